"""A linear model as arrays, and the smaller one that is left where columns are settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from portfolio.models.linear import LinearModel, Objective
from portfolio.models.search.settling import Entries, entries_of, settle

__all__ = ["TOLERANCE", "Problem", "Reduced", "problem_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TOLERANCE = 1e-6
"""How far a row may be passed, relative where its limit is above 1: the solver's own."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A linear model as plain arrays, its objective made as large as it can be.

    Attributes
    ----------
    cost : numpy.ndarray, shape (columns,)
    matrix : scipy.sparse.csc_array, shape (rows, columns)
    lower, upper : numpy.ndarray, shape (columns,)
    row_lower, row_upper : numpy.ndarray, shape (rows,)
    whole : numpy.ndarray of bool, shape (columns,)
    group : numpy.ndarray of int, shape (columns,)
        Columns of 0 or 1 of which at most one is taken have the same code, 0
        or more; -1 for columns that are not of 0 or 1.
    group_row : numpy.ndarray of int, shape (groups,)
        The row that says so; -1 where a column is a group of its own.
    """

    cost: Floats
    matrix: sp.csc_array
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    whole: Flags
    group: Ints
    group_row: Ints

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.group_row)

    @cached_property
    def by_rows(self) -> sp.csr_array:
        """The matrix, row by row."""
        return self.matrix.tocsr()

    def value(self, columns: Floats) -> float:
        """The objective's value."""
        return float(self.cost @ columns)

    def excess(self, columns: Floats) -> float:
        """How far the worst row or bound is passed, relative where its limit is above 1."""
        activity = self.matrix @ columns
        worst = 0.0
        for over, limit in (
            (activity - self.row_upper, self.row_upper),
            (self.row_lower - activity, self.row_lower),
            (columns - self.upper, self.upper),
            (self.lower - columns, self.lower),
        ):
            bounded = np.isfinite(limit)
            share = over[bounded] / np.maximum(1.0, np.abs(limit[bounded]))
            worst = max(worst, float(share.max(initial=0.0)))
        return worst

    def allows(self, columns: Floats) -> bool:
        """Whether a solution holds every row and bound, and is whole where it has to be."""
        part = columns[self.whole]
        whole = bool((np.abs(part - np.round(part)) <= TOLERANCE).all())
        return whole and self.excess(columns) <= TOLERANCE

    def tightened(self) -> Problem:
        """The same problem with columns settled that alone pass a row.

        A relaxation takes a part of what is too large to be taken whole, and
        its bound is worth little; see [1]_, section 3.

        References
        ----------
        .. [1] M. W. P. Savelsbergh (1994). Preprocessing and probing techniques
           for mixed integer programming problems. ORSA Journal on Computing 6, 445-454.
        """
        upper = self.upper.copy()
        limits = self.row_lower, self.row_upper
        settle(entries_of(self.matrix), self.whole, self.lower, upper, *limits, TOLERANCE)
        return replace(self, upper=upper)

    def reduced(self, free: Flags, columns: Floats) -> Reduced:
        """What is left to decide where all columns but some stay as they are.

        Parameters
        ----------
        free : numpy.ndarray of bool, shape (columns,)
        columns : numpy.ndarray, shape (columns,)
            A solution, or the values of the columns that stay.

        Returns
        -------
        Reduced
            Settled columns are taken out of the matrix, with the rows that
            can no longer be passed: far quicker to solve than fixed bounds.
        """
        numbers = np.flatnonzero(free)
        stay = np.where(free, 0.0, columns)
        given = self.matrix @ stay
        part = self.matrix[:, numbers]
        # A solution that passes a row by a hair, as solvers may, must stay one.
        now = part @ columns[numbers]
        hair = TOLERANCE * np.maximum(1.0, np.abs(now))
        row_upper, row_lower = self.row_upper - given, self.row_lower - given
        near = (now > row_upper) & (now <= row_upper + hair)
        row_upper = np.where(near, now, row_upper)
        near = (now < row_lower) & (now >= row_lower - hair)
        row_lower = np.where(near, now, row_lower)

        lower, upper, whole = self.lower[numbers], self.upper[numbers], self.whole[numbers]
        entries = entries_of(part)
        least, most = settle(entries, whole, lower, upper, row_lower, row_upper, TOLERANCE)
        upper = np.maximum(upper, np.where(columns[numbers] > upper, columns[numbers], upper))
        left = (upper > lower) | (columns[numbers] != lower)
        slack = TOLERANCE * 1e-3
        kept = np.flatnonzero((most > row_upper + slack) | (least < row_lower - slack))
        chosen = np.flatnonzero(left)
        # What is settled at its lower bound still counts in the rows.
        rest = np.where(left, 0.0, lower)
        if rest.any():
            moved = part @ rest
            row_upper, row_lower = row_upper - moved, row_lower - moved
        settled = stay.copy()
        settled[numbers] = rest
        return Reduced(
            numbers[chosen],
            settled,
            self.cost[numbers[chosen]],
            part[:, chosen].tocsr()[kept],
            lower[chosen],
            upper[chosen],
            row_lower[kept],
            row_upper[kept],
            whole[chosen],
            kept,
        )


@dataclass(frozen=True, eq=False)
class Reduced:
    """A problem with its settled columns taken out.

    Attributes
    ----------
    columns : numpy.ndarray of int
        Numbers of the columns that are left.
    settled : numpy.ndarray
        Values of all columns, 0 where they are left.
    rows : numpy.ndarray of int
        Numbers of the rows that are left.
    """

    columns: Ints
    settled: Floats
    cost: Floats
    matrix: sp.csr_array
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    whole: Flags
    rows: Ints

    @cached_property
    def entries(self) -> Entries:
        """Row, column and coefficient of each entry."""
        return entries_of(sp.csc_array(self.matrix))

    def settled_upper(self, lower: Floats, upper: Floats) -> Floats:
        """Upper bounds with columns settled that alone pass a row, under other lower bounds."""
        upper = upper.copy()
        limits = self.row_lower, self.row_upper
        settle(self.entries, self.whole, lower, upper, *limits, TOLERANCE)
        return upper

    def filled(self, part: Floats) -> Floats:
        """A solution of the whole problem from one of what is left."""
        columns = self.settled.copy()
        columns[self.columns] = np.where(self.whole, np.round(part), part)
        return columns


def problem_of(
    model: LinearModel,
    objective: Objective,
    held: Sequence[tuple[Floats, float, float]] = (),
) -> Problem:
    """A model's arrays, with the objective scaled and made a maximum.

    Parameters
    ----------
    model : LinearModel
    objective : Objective
    held : sequence of (coefficients, lower, upper)
        Further rows: objectives that are held.

    Returns
    -------
    Problem
    """
    matrix = model.matrix
    row_lower, row_upper = model.row_bounds
    if held:
        rows, low, high = zip(*held, strict=True)
        matrix = sp.vstack([matrix, sp.csr_array(np.array(rows))]).tocsr()
        row_lower = np.concatenate([row_lower, low])
        row_upper = np.concatenate([row_upper, high])
    lower, upper = model.column_bounds
    whole = model.integrality == 1
    group, group_row = _groups(matrix, row_upper, whole & (lower >= 0.0) & (upper <= 1.0))
    sign = 1.0 if objective.sense == "max" else -1.0
    return Problem(
        cost=sign * objective.coefficients / objective.scale,
        matrix=sp.csc_array(matrix),
        lower=lower,
        upper=upper,
        row_lower=row_lower,
        row_upper=row_upper,
        whole=whole,
        group=group,
        group_row=group_row,
    )


def _groups(matrix: sp.csr_array, row_upper: Floats, binary: Flags) -> tuple[Ints, Ints]:
    """Columns of 0 or 1 by the first rows that let at most one of them be taken.

    A row whose columns are partly in a group already makes none.
    """
    group = np.full(len(binary), -1, dtype=np.int64)
    sizes = np.diff(matrix.indptr)
    row = np.repeat(np.arange(len(sizes)), sizes)
    fits = binary[matrix.indices] & (matrix.data == 1.0)
    all_fit = np.bincount(row[fits], minlength=len(sizes)) == sizes
    rows: list[int] = []
    for number in np.flatnonzero(all_fit & (sizes > 1) & (row_upper >= 0) & (row_upper < 2)):
        columns = matrix.indices[matrix.indptr[number] : matrix.indptr[number + 1]]
        if (group[columns] < 0).all():
            group[columns] = len(rows)
            rows.append(int(number))
    alone = np.flatnonzero(binary & (group < 0))
    group[alone] = len(rows) + np.arange(len(alone))
    return group, np.array([*rows, *[-1] * len(alone)], dtype=np.int64)
