"""Which groups are decided again: kinds of neighbourhoods.

Large neighbourhood search: most groups stay as they are, and HiGHS decides
some again, exactly ([1]_, [2]_). Each kind ranks the groups; as many as fit the
size are freed, with those of their columns whose reduced cost is small (the
core of [3]_).

References
----------
.. [1] P. Shaw (1998). Using constraint programming and local search methods to
   solve vehicle routing problems. CP98, 417-431.
.. [2] E. Danna, E. Rothberg, C. Le Pape (2005). Exploring relaxation induced
   neighborhoods to improve MIP solutions. Mathematical Programming 102, 71-90.
.. [3] E. Balas, E. Zemel (1980). An algorithm for large zero-one knapsack
   problems. Operations Research 28, 1130-1154.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portfolio.models.search.problem import Problem
from portfolio.models.search.relaxation import Relaxation, losses

__all__ = ["DEPTHS", "KINDS", "Neighbourhood", "Neighbourhoods"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KINDS = ("loss", "relaxed", "small", "mixture")

DEPTHS = (0.002, 0.006, 0.02, 0.06)
"""How large a reduced cost may be, as a share of the distance to the bound."""


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Columns that are decided again.

    Attributes
    ----------
    free : numpy.ndarray of bool, shape (columns,)
    everything : bool
        Whether all groups are free.
    """

    free: Flags
    everything: bool


class Neighbourhoods:
    """Makes neighbourhoods of a solution.

    Parameters
    ----------
    problem : Problem
    relaxation : Relaxation
    rng : numpy.random.Generator
    """

    def __init__(self, problem: Problem, relaxation: Relaxation, rng: np.random.Generator) -> None:
        self.problem, self.relaxation, self.rng = problem, relaxation, rng
        self._known = np.flatnonzero(problem.group >= 0)
        self._group = problem.group[self._known]
        self._cost = np.maximum(-relaxation.reduced, 0.0)[self._known]
        self._least = np.full(problem.groups, np.inf)
        np.minimum.at(self._least, self._group, self._cost)
        self._size = np.zeros(problem.groups)
        np.maximum.at(self._size, self._group, np.abs(problem.cost[self._known]))

    def make(
        self, kind: str, depth: float, size: float, columns: Floats, gap: float
    ) -> Neighbourhood:
        """A neighbourhood of a solution.

        Parameters
        ----------
        kind : str
            One of `KINDS`: near a row that loses much; where the relaxation
            has it otherwise; what is worth little; any mixture.
        depth : float
            How large a reduced cost may be, as a share of `gap`.
        size : float
            How many columns of 0 or 1 may be free.
        columns : numpy.ndarray
            The solution.
        gap : float
            Its distance to the bound.

        Returns
        -------
        Neighbourhood
            What is not of 0 or 1 is always free.
        """
        problem = self.problem
        open_ = self._cost <= depth * gap
        open_ &= problem.upper[self._known] > problem.lower[self._known]
        at = columns[self._known] > problem.lower[self._known] + 0.5
        open_ |= at
        count = np.bincount(self._group[open_], minlength=problem.groups)
        # A group with nothing but what it has can still be given up.
        rank = self._rank(kind, columns, at, gap * depth)
        rank = np.where(count > 0, rank, np.inf)
        order = np.argsort(rank, kind="stable")
        order = order[np.isfinite(rank[order])]
        fits = np.cumsum(count[order]) <= size
        taken = np.zeros(problem.groups, dtype=bool)
        taken[order[fits]] = True
        free = problem.group < 0
        free[self._known] = open_ & taken[self._group]
        return Neighbourhood(free, bool(fits.all()))

    def _rank(self, kind: str, columns: Floats, at: Flags, limit: float) -> Floats:
        """The groups' order in which they are freed, from small to large."""
        noise = self.rng.random(self.problem.groups)
        chosen = np.zeros(self.problem.groups, dtype=bool)
        chosen[self._group[at]] = True
        # What is left out and far from coming in is freed late.
        far = np.where(chosen, 0.0, np.minimum(self._least / max(limit, 1e-12), 20.0))
        if kind == "loss":
            return self._rank_by_loss(columns) * (0.5 + noise) + 0.3 * far
        if kind == "relaxed":
            apart = np.zeros(self.problem.groups)
            part = self.relaxation.columns[self._known]
            np.add.at(apart, self._group, np.abs(part - columns[self._known]))
            return np.where(apart > 1e-6, 0.0, 1.0) + noise + 0.3 * far
        if kind == "small":
            return self._size * (0.3 + noise) + 0.3 * far * float(np.median(self._size))
        return noise + far

    def _rank_by_loss(self, columns: Floats) -> Floats:
        """Groups by what they lose, near one row that loses much."""
        problem = self.problem
        of_rows, of_columns = losses(problem, self.relaxation, columns)
        loss = np.zeros(problem.groups)
        np.add.at(loss, self._group, of_columns[self._known])
        inside = np.zeros(problem.groups)
        total = of_rows.sum()
        if total > 0:
            row = int(self.rng.choice(len(of_rows), p=of_rows / total))
            rows = problem.by_rows
            entries = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            # Only where the group stands now, or fits in best, does it use the row.
            least = np.where(problem.group[entries] >= 0, self._least[problem.group[entries]], 0.0)
            near = (columns[entries] > 0.5) | (-self.relaxation.reduced[entries] <= least + 1e-9)
            members = problem.group[entries[near]]
            inside[members[members >= 0]] = 1.0
        scale = loss / max(loss.max(initial=0.0), 1e-12)
        rank: Floats = 2.0 - inside - np.sqrt(scale)
        return rank
