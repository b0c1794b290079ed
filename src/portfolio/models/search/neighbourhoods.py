"""Which groups are decided again: kinds of neighbourhoods, and which of them pays.

Large neighbourhood search: most groups stay as they are, and HiGHS decides
some again, exactly ([1]_, [2]_). Each kind ranks the groups; as many as fit the
size are freed, with those of their columns whose reduced cost is small (the
core of [3]_). Sizes follow what HiGHS can close in time, and kinds are drawn by
what they brought lately, as in [4]_.

References
----------
.. [1] P. Shaw (1998). Using constraint programming and local search methods to
   solve vehicle routing problems. CP98, 417-431.
.. [2] E. Danna, E. Rothberg, C. Le Pape (2005). Exploring relaxation induced
   neighborhoods to improve MIP solutions. Mathematical Programming 102, 71-90.
.. [3] E. Balas, E. Zemel (1980). An algorithm for large zero-one knapsack
   problems. Operations Research 28, 1130-1154.
.. [4] S. Ropke, D. Pisinger (2006). An adaptive large neighborhood search
   heuristic for the pickup and delivery problem with time windows.
   Transportation Science 40, 455-472.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portfolio.models.search.problem import Problem
from portfolio.models.search.relaxation import Relaxation, losses

__all__ = ["Arms", "Neighbourhood", "Neighbourhoods"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_DEPTHS = (0.002, 0.006, 0.02, 0.06)
"""How large a reduced cost may be, as a share of the distance to the bound."""


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Columns that are decided again.

    Attributes
    ----------
    kind : str
    depth : float
        Limit of the reduced costs, as a share of the distance to the bound.
    free : numpy.ndarray of bool, shape (columns,)
    everything : bool
        Whether all groups are free.
    """

    kind: str
    depth: float
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
        least = np.full(problem.groups, np.inf)
        np.minimum.at(least, self._group, self._cost)
        self._least = least
        order = np.lexsort((self._cost, self._group))
        firsts = np.unique(self._group[order], return_index=True)[1]
        # The period at which a group fits in best.
        self._best_period = np.full(problem.groups, -1)
        chosen = self._known[order[firsts]]
        self._best_period[problem.group[chosen]] = problem.period[chosen]
        self._size = np.zeros(problem.groups)
        np.maximum.at(self._size, self._group, np.abs(problem.cost[self._known]))
        kinds = ["loss", "relaxed", "cheap", "mixture", "small"]
        if problem.period.max(initial=-1) > 0:
            kinds = ["period", *kinds]
        if any(len(np.unique(key)) > 1 for key in problem.keys):
            kinds.append("key")
        self.kinds = tuple(kinds)
        self.depths = _DEPTHS

    def make(
        self, kind: str, depth: float, size: float, columns: Floats, gap: float
    ) -> Neighbourhood:
        """A neighbourhood of a solution.

        Parameters
        ----------
        kind : str
        depth : float
        size : float
            How many whole columns may be free.
        columns : numpy.ndarray
            The solution.
        gap : float
            Its distance to the bound.

        Returns
        -------
        Neighbourhood
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
        return Neighbourhood(kind, depth, free, bool(fits.all()))

    def _rank(self, kind: str, columns: Floats, at: Flags, limit: float) -> Floats:
        """The groups' order in which they are freed, from small to large."""
        rng, groups = self.rng, self.problem.groups
        noise = rng.random(groups)
        chosen = np.zeros(groups, dtype=bool)
        chosen[self._group[at]] = True
        # What is left out and far from coming in is freed late.
        far = np.where(chosen, 0.0, np.minimum(self._least / max(limit, 1e-12), 20.0))
        if kind == "period":
            period = self._best_period.copy()
            period[self._group[at]] = self.problem.period[self._known[at]]
            low, high = 0, int(self.problem.period.max())
            centre = rng.integers(low, high + 1)
            return np.abs(period - centre) + 2.0 * noise + 2.0 * far
        if kind == "loss":
            return self._rank_by_loss(columns) * (0.5 + noise) + 0.3 * far
        if kind == "relaxed":
            apart = np.zeros(groups)
            part = self.relaxation.columns[self._known]
            np.add.at(apart, self._group, np.abs(part - columns[self._known]))
            return np.where(apart > 1e-6, 0.0, 1.0) + noise + 0.3 * far
        if kind == "cheap":
            second = np.where(at, np.inf, self._cost)
            other = np.full(groups, np.inf)
            np.minimum.at(other, self._group, second)
            return np.minimum(other, 1e30) * (0.2 + noise)
        if kind == "small":
            return self._size * (0.3 + noise) + 0.3 * far * np.median(self._size)
        if kind == "key":
            keys = [key for key in self.problem.keys if len(np.unique(key)) > 1]
            key = keys[rng.integers(len(keys))]
            one = key[rng.integers(len(key))]
            return np.where(key == one, 0.0, 1.0) + 0.5 * noise + 0.3 * far
        return noise + far

    def _rank_by_loss(self, columns: Floats) -> Floats:
        """Groups by what they lose, near one row that loses much."""
        problem, rng = self.problem, self.rng
        of_rows, of_columns = losses(problem, self.relaxation, columns)
        loss = np.zeros(problem.groups)
        np.add.at(loss, self._group, of_columns[self._known])
        inside = np.zeros(problem.groups)
        total = of_rows.sum()
        if total > 0:
            row = int(rng.choice(len(of_rows), p=of_rows / total))
            rows = problem.by_rows
            entries = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            # Only where the group stands now, or fits in best, does it use the row.
            near = (columns[entries] > 0.5) | (
                -self.relaxation.reduced[entries] <= self._least_of(problem.group[entries]) + 1e-9
            )
            members = problem.group[entries[near]]
            inside[members[members >= 0]] = 1.0
        scale = loss / max(loss.max(initial=0.0), 1e-12)
        return 2.0 - inside - np.sqrt(scale)

    def _least_of(self, groups: Ints) -> Floats:
        return np.where(groups >= 0, self._least[groups], 0.0)


class Arms:
    """Which kind, depth and size come next, by what they brought lately.

    Parameters
    ----------
    kinds : tuple of str
    depths : tuple of float
    rng : numpy.random.Generator
    size : float
        Whole columns that are free at first.
    """

    def __init__(
        self,
        kinds: tuple[str, ...],
        depths: tuple[float, ...],
        rng: np.random.Generator,
        size: float,
    ) -> None:
        self.arms = [(kind, depth) for kind in kinds for depth in depths]
        self.rng = rng
        self.sizes = np.full(len(self.arms), size)
        self.gains = np.full(len(self.arms), np.inf)
        self.tally = np.zeros((len(self.arms), 3))

    def draw(self) -> int:
        """Number of the arm that comes next."""
        untried = np.flatnonzero(np.isinf(self.gains))
        if len(untried):
            return int(self.rng.choice(untried))
        # Every arm keeps a chance: what brings nothing today may be all that is left tomorrow.
        share = np.sqrt(self.gains / max(self.gains.max(), 1e-300)) + 0.08
        return int(self.rng.choice(len(self.arms), p=share / share.sum()))

    def learn(self, arm: int, gain: float, seconds: float, limit: float, closed: bool) -> None:
        """Take in what came of an arm.

        Parameters
        ----------
        arm : int
        gain : float
            What the objective gained.
        seconds, limit : float
            What it took, and might have taken.
        closed : bool
            Whether HiGHS was done.
        """
        rate = max(gain, 0.0) / max(seconds, 1e-3)
        known = self.gains[arm]
        self.gains[arm] = rate if np.isinf(known) else 0.7 * known + 0.3 * rate
        self.tally[arm] += (1.0, gain, seconds)
        if closed and seconds < 0.5 * limit:
            self.sizes[arm] *= 1.3 if seconds < 0.2 * limit else 1.1
        elif not closed:
            self.sizes[arm] *= 0.85 if gain <= 0 else 0.95
