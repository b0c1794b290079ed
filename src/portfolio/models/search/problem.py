"""A linear model as arrays, and the smaller one that is left where columns are settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from portfolio.errors import SolveError
from portfolio.models.linear import LinearModel, Objective

__all__ = ["TOLERANCE", "Layout", "Problem", "Reduced", "problem_of", "settled_upper"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TOLERANCE = 1e-6
"""How far a row may be passed, relative where its limit is above 1: the solver's own."""


@dataclass(frozen=True)
class Layout:
    """What the columns of a model stand for, as far as neighbourhoods need to know.

    Attributes
    ----------
    group : str
        Key of the whole columns that are decided together; columns without it
        are groups of their own.
    period : str
        Key that says when a column's group starts.
    keys : tuple of str
        Further keys of columns whose groups belong together.
    """

    group: str = "project"
    period: str = "t"
    keys: tuple[str, ...] = ()


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
        Code of the column's group, 0 or more; -1 where it is never settled.
    period : numpy.ndarray of int, shape (columns,)
        -1 where it has none.
    keys : tuple of numpy.ndarray of int, shape (groups,)
        Codes of further keys of the groups.
    """

    cost: Floats
    matrix: sp.csc_array
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    whole: Flags
    group: Ints
    period: Ints
    keys: tuple[Ints, ...]

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @cached_property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.group.max(initial=-1)) + 1

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
        return whole and self.excess(columns) <= 2 * TOLERANCE

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
        rows, columns, values = _entries(self.matrix)
        _settle(
            rows,
            columns,
            values,
            _Bounded(self.lower, self.whole),
            self.row_lower,
            self.row_upper,
            upper,
        )
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

        sub = _Bounded(self.lower[numbers], self.whole[numbers])
        upper = self.upper[numbers]
        rows, places, values = _entries(part)
        least, most = _settle(rows, places, values, sub, row_lower, row_upper, upper)
        upper = np.maximum(upper, np.where(columns[numbers] > upper, columns[numbers], upper))
        left = (upper > sub.lower) | (columns[numbers] != sub.lower)
        slack = TOLERANCE * 1e-3
        kept = np.flatnonzero((most > row_upper + slack) | (least < row_lower - slack))
        chosen = np.flatnonzero(left)
        # What is settled at its lower bound still counts in the rows.
        rest = np.where(left, 0.0, sub.lower)
        if rest.any():
            moved = part @ rest
            row_upper, row_lower = row_upper - moved, row_lower - moved
        small = part[:, chosen].tocsr()[kept]
        settled = stay.copy()
        settled[numbers] = rest
        return Reduced(
            numbers[chosen],
            settled,
            self.cost[numbers[chosen]],
            small,
            sub.lower[chosen],
            upper[chosen],
            row_lower[kept],
            row_upper[kept],
            sub.whole[chosen],
        )


@dataclass(frozen=True, eq=False)
class _Bounded:
    """Columns as far as their bounds go."""

    lower: Floats
    whole: Flags


@dataclass(frozen=True, eq=False)
class Reduced:
    """A problem with its settled columns taken out.

    Attributes
    ----------
    columns : numpy.ndarray of int
        Numbers of the columns that are left.
    settled : numpy.ndarray
        Values of all columns, 0 where they are left.
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

    @cached_property
    def entries(self) -> tuple[Ints, Ints, Floats]:
        """Row, column and coefficient of each entry."""
        return _entries(sp.csc_array(self.matrix))

    def filled(self, part: Floats) -> Floats:
        """A solution of the whole problem from one of what is left."""
        columns = self.settled.copy()
        columns[self.columns] = np.where(self.whole, np.round(part), part)
        return columns


def problem_of(
    model: LinearModel,
    objective: Objective,
    held: Sequence[tuple[Floats, float, float]] = (),
    layout: Layout | None = None,
) -> Problem:
    """A model's arrays, with the objective scaled and made a maximum.

    Parameters
    ----------
    model : LinearModel
    objective : Objective
    held : sequence of (coefficients, lower, upper)
        Further rows: objectives that are held.
    layout : Layout, optional

    Returns
    -------
    Problem
    """
    layout = layout or Layout()
    matrix = model.matrix
    row_lower, row_upper = model.row_bounds
    if held:
        rows, low, high = zip(*held, strict=True)
        matrix = sp.vstack([matrix, sp.csr_array(np.array(rows))])
        row_lower = np.concatenate([row_lower, low])
        row_upper = np.concatenate([row_upper, high])
    lower, upper = model.column_bounds
    group, period, keys = _read_keys(model, layout)
    sign = 1.0 if objective.sense == "max" else -1.0
    return Problem(
        cost=sign * objective.coefficients / objective.scale,
        matrix=sp.csc_array(matrix),
        lower=lower,
        upper=upper,
        row_lower=row_lower,
        row_upper=row_upper,
        whole=model.integrality == 1,
        group=group,
        period=period,
        keys=keys,
    )


def _read_keys(model: LinearModel, layout: Layout) -> tuple[Ints, Ints, tuple[Ints, ...]]:
    group = np.full(model.n_columns, -1, dtype=np.int64)
    period = np.full(model.n_columns, -1, dtype=np.int64)
    further = [np.full(model.n_columns, -1, dtype=np.int64) for _ in layout.keys]
    whole = [block for block in model.blocks.values() if block.integer and len(block.keys)]
    named = [block for block in whole if layout.group in block.keys]
    names: list[Any] = [block.keys[layout.group] for block in named]
    codes = _codes(pd.concat(names, ignore_index=True)) if names else np.empty(0, dtype=np.int64)
    next_code, place = int(codes.max(initial=-1)) + 1, 0
    for block in whole:
        size = len(block.keys)
        if layout.group in block.keys:
            group[block.columns] = codes[place : place + size]
            place += size
        else:
            group[block.columns] = np.arange(next_code, next_code + size)
            next_code += size
        if layout.period in block.keys:
            period[block.columns] = _codes(block.keys[layout.period])
        for number, name in enumerate(layout.keys):
            if name in block.keys:
                further[number][block.columns] = _codes(block.keys[name])
    keys = []
    known = np.flatnonzero(group >= 0)
    for values in further:
        of_group = np.full(next_code, -1, dtype=np.int64)
        of_group[group[known]] = values[known]
        keys.append(of_group)
    return group, period, tuple(keys)


def settled_upper(reduced: Reduced, lower: Floats, upper: Floats) -> Floats:
    """Upper bounds with columns settled that alone pass a row, under tighter lower bounds."""
    upper = upper.copy()
    rows, columns, values = reduced.entries
    part = _Bounded(lower, reduced.whole)
    _settle(rows, columns, values, part, reduced.row_lower, reduced.row_upper, upper)
    return upper


def _codes(values: pd.Series[Any]) -> Ints:
    """Numbers of labels, in their order; whole numbers stay as they are."""
    if values.dtype.kind in "iu":
        return values.to_numpy(dtype=np.int64)
    return pd.factorize(values, sort=True)[0].astype(np.int64)


def _entries(matrix: sp.csc_array) -> tuple[Ints, Ints, Floats]:
    columns = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    return matrix.indices, columns, matrix.data


def _settle(
    rows: Ints,
    columns: Ints,
    values: Floats,
    bounded: _Bounded,
    row_lower: Floats,
    row_upper: Floats,
    upper: Floats,
) -> tuple[Floats, Floats]:
    """Lower the upper bounds of columns of 0 or 1 that alone pass a row; in place.

    Returns the least and the largest activity that the rows can then have.
    """
    lower, size = bounded.lower, len(row_lower)
    slack = TOLERANCE * np.maximum(1.0, np.abs(np.where(np.isfinite(row_upper), row_upper, 0.0)))
    under = TOLERANCE * np.maximum(1.0, np.abs(np.where(np.isfinite(row_lower), row_lower, 0.0)))
    for _ in range(8):
        low, high = values * lower[columns], values * upper[columns]
        least = np.bincount(rows, np.minimum(low, high), minlength=size)
        most = np.bincount(rows, np.maximum(low, high), minlength=size)
        # At its upper bound the column moves its row away from one end by the whole span.
        span = high - low
        with np.errstate(invalid="ignore"):
            too_much = (span > 0) & (least[rows] + span > (row_upper + slack)[rows])
            too_little = (span < 0) & (most[rows] + span < (row_lower - under)[rows])
        hit = np.unique(columns[too_much | too_little])
        hit = hit[bounded.whole[hit] & (upper[hit] - lower[hit] == 1.0)]
        if not len(hit):
            break
        upper[hit] = lower[hit]
    else:
        low, high = values * lower[columns], values * upper[columns]
        least = np.bincount(rows, np.minimum(low, high), minlength=size)
        most = np.bincount(rows, np.maximum(low, high), minlength=size)
    if not len(values):
        least, most = np.zeros(size), np.zeros(size)
    if np.isnan(least).any() or np.isnan(most).any():
        raise SolveError("the model's numbers are out of range")
    return least, most
