"""What is left of a problem when rows have become prices: parts that are solved by inspection.

A Lagrangian relaxation keeps those rows of which each column is in one at most:

* sum of x <= 1, or = 1, of whole columns: the best of them is taken, or none;
* sum of a x <= b of columns that need not be whole: all of b goes to the one
  that brings most for it, or to none;
* a column in no such row stands for itself, at its lower or its upper bound.

All three are one thing: a part is a list of items of which one is taken, with
a value that is linear in the prices. The extreme points of the kept rows are
whole, so that the best Lagrangian bound is that of the linear relaxation [1]_.

References
----------
.. [1] A. M. Geoffrion (1974). Lagrangean relaxation for integer programming.
   Mathematical Programming Study 2, 82-114.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from portfolio.models.search.boxes import Entries, Rest, implied, needed
from portfolio.models.search.problem import TOLERANCE, Problem

__all__ = ["Priced", "priced"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Priced:
    """A problem with rows that have prices, and parts that are solved by inspection.

    With prices y, an item is worth ``values - matrix.T @ y``, and no solution is
    better than ``constant + limit @ y`` and the best item of each part, where
    `limit` is the upper one where y > 0 and the lower one where y < 0.

    Attributes
    ----------
    constant : float
        Worth of what is settled.
    values : numpy.ndarray, shape (items,)
    matrix : scipy.sparse.csr_array, shape (priced rows, items)
        Coefficients times what the item adds to its column.
    lower, upper : numpy.ndarray, shape (priced rows,)
        Limits, less what is settled.
    part : numpy.ndarray of int, shape (items,)
        In order.
    may_be_empty : numpy.ndarray of bool, shape (parts,)
        Whether no item need be taken, which is worth nothing.
    columns : numpy.ndarray of int, shape (items,)
        The item's column in the problem.
    takes : numpy.ndarray, shape (items,)
        What the item adds to its column.
    base : numpy.ndarray, shape (columns,)
        The columns without any item.
    rows : numpy.ndarray of int, shape (priced rows,)
        Numbers of the rows in the problem; a row with two limits stands here twice.
    above, below : numpy.ndarray of int, shape (parts,)
        The row that holds the part from above, and from below; -1 where none does.
    coefficient : numpy.ndarray, shape (items,)
        Of the item's column in the row that holds its part.
    impossible : bool
        Whether there is a row that nothing can hold.
    """

    constant: float
    values: Floats
    matrix: sp.csr_array
    lower: Floats
    upper: Floats
    part: Ints
    may_be_empty: Flags
    columns: Ints
    takes: Floats
    base: Floats
    rows: Ints
    above: Ints
    below: Ints
    coefficient: Floats
    impossible: bool

    @cached_property
    def firsts(self) -> Ints:
        """The first item of each part."""
        return np.searchsorted(self.part, np.arange(len(self.may_be_empty))).astype(np.int64)

    def filled(self, shares: Floats) -> Floats:
        """The problem's columns, where a share of each item is taken."""
        columns = self.base.copy()
        columns[self.columns] += self.takes * shares
        return columns


def priced(problem: Problem) -> Priced | None:
    """Choose the rows that stay, and give all others prices.

    Parameters
    ----------
    problem : Problem
        Tightened.

    Returns
    -------
    Priced or None
        None where a column has no finite bounds and none follow.
    """
    open_ = np.flatnonzero(problem.upper > problem.lower)
    if not np.isfinite(problem.lower[open_]).all():
        return None
    base = np.where(problem.upper > problem.lower, 0.0, problem.lower)
    parts = _parts(_View(problem, open_, base))
    order = np.argsort(parts.of_column, kind="stable")
    parts = parts.in_order(order)
    view = _View(problem, open_[order], base)
    high, rest = _bounded(view, parts)
    if not np.isfinite(high[parts.alone]).all():
        return None
    return _assembled(problem, view, parts, high, rest, base)


class _View:
    """Some columns of a problem, row by row; the limits are less what the others come to."""

    def __init__(self, problem: Problem, columns: Ints, base: Floats) -> None:
        given = problem.matrix @ base
        self.lower, self.upper = problem.row_lower - given, problem.row_upper - given
        self.columns = columns
        self.cost, self.whole = problem.cost[columns], problem.whole[columns]
        self.low, self.high = problem.lower[columns], problem.upper[columns]
        self.matrix = sp.csr_array(problem.matrix[:, columns].tocsr())
        self.value, self.column = self.matrix.data, self.matrix.indices
        self.count = np.diff(self.matrix.indptr)
        self.row = np.repeat(np.arange(len(self.lower)), self.count)

    def of_row(self, row: int) -> Ints:
        """Columns of a row."""
        span = slice(self.matrix.indptr[row], self.matrix.indptr[row + 1])
        return np.asarray(self.column[span], dtype=np.int64)

    def all_of(self, entries: Flags) -> Flags:
        """Rows that have columns, all of whose entries have a property."""
        number = np.bincount(self.row, entries, minlength=len(self.lower))
        return np.asarray((self.count > 0) & (number == self.count))


@dataclass(frozen=True, eq=False)
class _Parts:
    """Parts by column, and what holds them.

    Attributes
    ----------
    of_column : numpy.ndarray of int, shape (columns,)
    packed, alone : numpy.ndarray of bool, shape (columns,)
        Whether one column at most of the part is taken, whole; whether the part is one column.
    coefficient : numpy.ndarray, shape (columns,)
        In the row that holds the part; 1 where none does.
    above, below : numpy.ndarray of int, shape (parts,)
    exact : numpy.ndarray of bool, shape (parts,)
    settled : numpy.ndarray of bool, shape (rows,)
        Rows that the parts hold.
    """

    of_column: Ints
    packed: Flags
    alone: Flags
    coefficient: Floats
    above: Ints
    below: Ints
    exact: Flags
    settled: Flags

    def in_order(self, order: Ints) -> _Parts:
        """The same for columns in another order."""
        return _Parts(
            self.of_column[order],
            self.packed[order],
            self.alone[order],
            self.coefficient[order],
            self.above,
            self.below,
            self.exact,
            self.settled,
        )


def _parts(view: _View) -> _Parts:
    """Keep rows that share no column: first those of which one is taken, the longest first."""
    from_zero = (view.value > 0) & (view.low[view.column] == 0)
    first = np.zeros(len(view.lower))
    filled = view.count > 0
    first[filled] = view.value[view.matrix.indptr[:-1][filled]]
    with np.errstate(divide="ignore", invalid="ignore"):
        least, most = view.lower / first, view.upper / first
    alike = view.all_of(from_zero & (view.value == first[view.row]) & view.whole[view.column])
    one = alike & (np.abs(most - 1.0) <= TOLERANCE * 1e-3)
    one &= (least <= 0) | (np.abs(least - 1.0) <= TOLERANCE * 1e-3)
    shared = view.all_of(from_zero & ~view.whole[view.column])
    shared &= np.isfinite(view.upper) & (view.upper >= 0) & (view.lower <= 0)

    part = np.full(len(view.columns), -1, dtype=np.int64)
    kept: list[int] = []
    for rows in (np.flatnonzero(one), np.flatnonzero(shared)):
        for row in rows[np.argsort(-view.count[rows], kind="stable")].tolist():
            columns = view.of_row(row)
            if (part[columns] < 0).all():
                part[columns] = len(kept)
                kept.append(row)

    packed = (part >= 0) & view.whole
    above = np.array(kept, dtype=np.int64)
    exact = view.lower[above] > 0
    below = np.where(exact, above, -1)
    size = np.bincount(part[part >= 0], minlength=len(kept))
    settled = np.zeros(len(view.lower), dtype=bool)
    settled[above] = True
    coefficient = np.ones(len(view.columns))
    held = settled[view.row]
    coefficient[view.column[held]] = view.value[held]
    # That one has to be taken may stand in a row of its own.
    demanding = alike & (np.abs(least - 1.0) <= TOLERANCE * 1e-3) & (most >= 1.0) & ~settled
    for row in np.flatnonzero(demanding).tolist():
        columns = view.of_row(row)
        found = part[columns[0]]
        if packed[columns].all() and (part[columns] == found).all() and size[found] == len(columns):
            exact[found], below[found], settled[row] = True, row, True

    alone = part < 0
    part[alone] = len(kept) + np.arange(int(alone.sum()))
    none = np.full(int(alone.sum()), -1)
    return _Parts(
        part,
        packed,
        alone,
        coefficient,
        np.append(above, none),
        np.append(below, none),
        np.append(exact, np.zeros(len(none), dtype=bool)),
        settled,
    )


def _bounded(view: _View, parts: _Parts) -> tuple[Floats, Rest]:
    """Upper bounds of the columns, and what the rows can come to with them."""
    without = np.isinf(view.high)
    known = ~without[view.column]
    least, most = _ends(view, parts, known, view.high)
    entries = Entries(view.row[~known], view.column[~known], view.value[~known])
    rest = Rest(least, most, view.lower, view.upper)
    high = implied(entries, rest, view.low, view.high)
    high = needed(entries, rest, without & (view.cost <= 0) & ~view.whole, view.low, high)
    low_end, high_end = _ends(view, parts, ~known, high)
    return high, Rest(least + low_end, most + high_end, view.lower, view.upper)


def _ends(view: _View, parts: _Parts, among: Flags, high: Floats) -> tuple[Floats, Floats]:
    """The least and the most that some entries of each row come to; of a packed part one counts."""
    row, column, value = view.row[among], view.column[among], view.value[among]
    size = len(view.lower)
    if not len(row):
        return np.zeros(size), np.zeros(size)
    part = parts.of_column[column]
    ends = value * view.low[column], value * high[column]
    together = np.zeros(len(row), dtype=bool)
    together[1:] = (row[1:] == row[:-1]) & (part[1:] == part[:-1]) & parts.packed[column[1:]]
    firsts = np.flatnonzero(~together)
    least = np.minimum.reduceat(np.minimum(*ends), firsts)
    most = np.maximum.reduceat(np.maximum(*ends), firsts)
    summed = [np.bincount(row[firsts], each, minlength=size) for each in (least, most)]
    return summed[0].astype(np.float64), summed[1].astype(np.float64)


def _assembled(
    problem: Problem, view: _View, parts: _Parts, high: Floats, rest: Rest, base: Floats
) -> Priced:
    amount = np.zeros(len(parts.above))
    held = parts.above >= 0
    amount[held] = view.upper[parts.above[held]]
    amount = amount[parts.of_column]
    # Where one of a part is taken, the row's limit is 1 but for rounding.
    takes = np.where(parts.packed, 1.0, amount / parts.coefficient)
    takes = np.where(parts.alone, high - view.low, takes)
    shift = np.where(parts.alone, view.low, 0.0)
    base = base.copy()
    base[view.columns] += shift
    hair = (
        TOLERANCE * np.maximum(1.0, np.abs(rest.upper)),
        TOLERANCE * np.maximum(1.0, np.abs(rest.lower)),
    )
    impossible = (rest.least > rest.upper + hair[0]) | (rest.most < rest.lower - hair[1])
    loose = (rest.most <= rest.upper) & (rest.least >= rest.lower)
    rows = np.flatnonzero(~parts.settled & ~loose & (view.count > 0))
    lower, upper = view.lower[rows], view.upper[rows]
    # A row with two limits is two: its worth has a kink where the price is 0.
    double = np.flatnonzero(np.isfinite(lower) & np.isfinite(upper) & (lower < upper))
    rows = np.append(rows, rows[double])
    upper = np.append(upper, np.full(len(double), np.inf))
    lower = np.append(lower, lower[double])
    lower[double] = -np.inf
    matrix = view.matrix[rows]
    moved = matrix @ shift
    return Priced(
        constant=float(problem.cost @ base),
        values=view.cost * takes,
        matrix=sp.csr_array(matrix @ sp.diags_array(takes)),
        lower=lower - moved,
        upper=upper - moved,
        part=parts.of_column,
        may_be_empty=~parts.exact,
        columns=view.columns,
        takes=takes,
        base=base,
        rows=rows,
        above=parts.above,
        below=parts.below,
        coefficient=parts.coefficient,
        impossible=bool(impossible.any()),
    )
