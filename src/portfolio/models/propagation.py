"""What a model's limits rule out by themselves: bounds carried from row to row, without a solver.

Of columns in one group at most one is chosen, and exactly one where the group
must be. The least that a row can come to is

    least[r] = sum over groups g of min over what g may choose of a[r, j]
               + sum over loose columns of min(a[r, j] x lower[j], a[r, j] x upper[j])

and a choice j of g is ruled out where least[r] - (g's own part) + a[r, j] > upper[r].
What is ruled out changes the least of other rows, so this is done until nothing
changes. It is the domain propagation of M. W. P. Savelsbergh, Preprocessing and
probing techniques for mixed integer programming problems (1994), with the groups
taken into the bounds of a row. What it rules out no plan can have; it does not
find all that no plan can have.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from portfolio.models.linear import LinearModel

__all__ = ["Broken", "Reach", "propagate"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_TOLERANCE = 1e-6
_WORTH_A_ROUND = 1e-3
_MOST_ROUNDS = 200


@dataclass(frozen=True)
class Broken:
    """A row that no choice can keep.

    Attributes
    ----------
    row : int
        Its number in the model.
    excess : float
        By how much its limit is passed at least, in the model's unit.
    parts : dict of int to float
        What each group brings to it at least, where that is more than nothing.
    """

    row: int
    excess: float
    parts: dict[int, float]


@dataclass(frozen=True)
class Reach:
    """What is left of a model when all that its rows rule out is gone.

    Attributes
    ----------
    open : numpy.ndarray of bool, shape (columns,)
        Whether a column may still be chosen; always true of columns in no group.
    ruled_by : numpy.ndarray of int, shape (columns,)
        Row that ruled each column out; -1 where none did.
    need, room : numpy.ndarray of float, shape (columns,)
        What a column that is ruled out brings to that row, and what the row had for it.
    broken : list of Broken
    """

    open: Flags
    ruled_by: Ints
    need: Floats
    room: Floats
    broken: list[Broken] = field(default_factory=list)

    def take_reasons(self, before: Reach) -> None:
        """Of columns that were closed from the outset, say what had ruled them out before."""
        closed = ~self.open & (self.ruled_by < 0)
        self.ruled_by[closed] = before.ruled_by[closed]
        self.need[closed] = before.need[closed]
        self.room[closed] = before.room[closed]


def propagate(
    model: LinearModel,
    groups: Ints,
    must: Flags,
    *,
    without: Collection[str] = (),
    closed: Flags | None = None,
) -> Reach:
    """Rule out what no plan can have.

    Parameters
    ----------
    model : LinearModel
    groups : numpy.ndarray of int, shape (columns,)
        Group of each column, -1 for none. Columns in groups are 0 or 1.
    must : numpy.ndarray of bool, shape (groups,)
        Whether one of each group's columns has to be chosen.
    without : collection of str
        Families that are left out.
    closed : numpy.ndarray of bool, shape (columns,), optional
        Columns that may not be chosen from the outset.

    Returns
    -------
    Reach
    """
    rows = _Rows(model, groups, without)
    count = model.n_columns
    reach = Reach(
        np.ones(count, dtype=bool) if closed is None else ~closed,
        np.full(count, -1, dtype=np.int64),
        np.zeros(count),
        np.zeros(count),
    )
    lower, upper = model.column_bounds
    must = must.copy()
    for _ in range(_MOST_ROUNDS):
        # A group that must be, and of which nothing is left, is told by what ruled it out.
        left = np.bincount(groups[(groups >= 0) & reach.open], minlength=len(must))
        must &= left > 0
        if not rows.carry(reach, lower, upper, left, must):
            break
    return reach


class _Rows:
    """The rows of a model as sums that may not be more than a limit, cut into groups' parts."""

    def __init__(self, model: LinearModel, groups: Ints, without: Collection[str]) -> None:
        kept = np.zeros(model.n_rows, dtype=bool)
        for name in model.families:
            kept[model.row_numbers(name)] = name not in without
        lower, upper = model.row_bounds
        most, least = (
            np.flatnonzero(kept & (upper < np.inf)),
            np.flatnonzero(kept & (lower > -np.inf)),
        )
        matrix = sp.vstack([model.matrix[most], -model.matrix[least]], format="csr")
        self.origin = np.concatenate([most, least])
        self.limit = np.concatenate([upper[most], -lower[least]])
        self.slack = _TOLERANCE * (1.0 + np.abs(self.limit))
        row = np.repeat(np.arange(len(self.origin)), np.diff(matrix.indptr))
        column, value = matrix.indices.astype(np.int64), matrix.data
        loose = groups[column] < 0
        self.loose = (row[loose], column[loose], value[loose])
        row, column, value = row[~loose], column[~loose], value[~loose]
        key = row * (int(groups.max(initial=0)) + 1) + groups[column]
        order = np.argsort(key, kind="stable")
        self.row, self.column, self.value = row[order], column[order], value[order]
        self.first = np.flatnonzero(np.diff(key[order], prepend=-1))
        self.part = np.repeat(np.arange(len(self.first)), np.diff(self.first, append=len(order)))
        self.part_row, self.part_group = self.row[self.first], groups[self.column[self.first]]
        self.groups = groups

    def carry(self, reach: Reach, lower: Floats, upper: Floats, left: Ints, must: Flags) -> bool:
        """Rule out once what every row rules out; whether anything has changed."""
        open_ = reach.open[self.column]
        part, free = self._parts(open_, left, must)
        least = np.zeros(len(self.limit))
        np.add.at(least, self.part_row, part)
        row, column, value = self.loose
        bound = np.where(value > 0, lower[column], upper[column])
        np.add.at(least, row, value * bound)
        changed = self._break(reach, least, part)
        room = self.limit[self.part_row] - (least[self.part_row] - part)
        slack = self.slack[self.part_row]
        over = open_ & (self.value > (room + slack)[self.part])
        self._rule_out(reach, np.flatnonzero(over), room)
        # Where choosing nothing that counts in a row is too little, the rest is ruled out.
        for number in np.flatnonzero(free & (room + slack < 0)):
            must[self.part_group[number]] = True
            changed |= self._keep_only(reach, int(number), float(room[number]))
        return self._tighten(least, lower, upper) or changed or bool(over.any())

    def _parts(self, open_: Flags, left: Ints, must: Flags) -> tuple[Floats, Flags]:
        """Least part of each group in each row, and whether it may choose what is not in it."""
        if not len(self.first):
            return np.empty(0), np.empty(0, dtype=bool)
        smallest = np.minimum.reduceat(np.where(open_, self.value, np.inf), self.first)
        inside = np.add.reduceat(open_.astype(np.int64), self.first)
        free = ~must[self.part_group] | (inside < left[self.part_group])
        part = np.where(free, np.minimum(smallest, 0.0), smallest)
        return np.where(np.isfinite(part), part, 0.0), free

    def _break(self, reach: Reach, least: Floats, part: Floats) -> bool:
        broken = np.flatnonzero(least > self.limit + self.slack)
        for number in broken:
            mine = np.flatnonzero((self.part_row == number) & (part > 0))
            parts = dict(zip(self.part_group[mine].tolist(), part[mine].tolist(), strict=True))
            excess = float(least[number] - self.limit[number])
            reach.broken.append(Broken(int(self.origin[number]), excess, parts))
        self.limit[broken] = np.inf  # told once; it shall not rule out all the rest
        return bool(len(broken))

    def _rule_out(self, reach: Reach, entries: Ints, room: Floats) -> None:
        # The first row in the model's order is the one that is told.
        column, first = np.unique(self.column[entries], return_index=True)
        entry = entries[first]
        reach.open[column] = False
        reach.ruled_by[column] = self.origin[self.row[entry]]
        reach.need[column] = self.value[entry]
        reach.room[column] = room[self.part[entry]]

    def _keep_only(self, reach: Reach, number: int, room: float) -> bool:
        """Rule out a group's columns that do not count in a row; whether there were any."""
        inside = self.column[self.part == number]
        others = np.flatnonzero((self.groups == self.part_group[number]) & reach.open)
        others = others[~np.isin(others, inside)]
        reach.open[others] = False
        reach.ruled_by[others] = self.origin[self.part_row[number]]
        reach.room[others] = room
        return bool(len(others))

    def _tighten(self, least: Floats, lower: Floats, upper: Floats) -> bool:
        """Lower the upper bounds of loose columns; whether one fell by more than a little."""
        row, column, value = self.loose
        more = value > 0
        row, column, value = row[more], column[more], value[more]
        rest = self.limit[row] - (least[row] - value * lower[column])
        known = np.isfinite(rest)
        most = np.maximum(rest[known] / value[known], lower[column[known]])
        before = upper.copy()
        np.minimum.at(upper, column[known], most)
        fell = np.flatnonzero(upper < before)
        return bool((before[fell] - upper[fell] > _WORTH_A_ROUND * (1.0 + upper[fell])).any())
