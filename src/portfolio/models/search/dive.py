"""Down from the relaxation: the weightiest groups are settled first."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt

from portfolio.models.search.highs import Basis, Option, ask
from portfolio.models.search.problem import Problem, Reduced
from portfolio.models.search.relaxation import Relaxation
from portfolio.models.threads import run_on

__all__ = ["completed", "dive"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_CORE = 1e-4
"""Share of the bound that a column's reduced cost may be, to be in the core of a dive."""

_STEP = 3e-4
"""Share of the bound that one step of a dive may lose before it is taken back."""

_LEAST = 1e-3
"""Share of the bound that a dive may lose."""

_WHOLE = 1e-6


def dive(problem: Problem, relaxation: Relaxation, seconds: float, seed: int) -> Floats | None:
    """A point of the relaxation in which what is weighty is whole.

    When little is left to decide, it is of little worth, and what rounding
    loses is too (diving as in [1]_, with the large objects first as in bin packing).

    Parameters
    ----------
    problem : Problem
        Tightened.
    relaxation : Relaxation
    seconds : float
        Time limit; infinite for none.
    seed : int

    Returns
    -------
    numpy.ndarray or None
        None where the linear relaxation of the core has no solution in time.

    References
    ----------
    .. [1] T. Achterberg (2007). Constraint Integer Programming, section 9.2.
       Dissertation, TU Berlin.
    """
    deadline = time.monotonic() + seconds
    near = -relaxation.reduced <= _CORE * abs(relaxation.bound)
    core = problem.reduced(~problem.whole | near, _lowest(problem))
    basis = relaxation.basis
    if basis is not None:
        basis = basis[0][core.columns], basis[1][core.rows]
    way = _Dive(problem, core, basis, seed, deadline)
    if way.part is None:
        return None
    way.run(way.value - _LEAST * abs(way.value))
    columns = core.settled.copy()
    columns[core.columns] = way.part
    return columns


def completed(
    problem: Problem,
    relaxation: Relaxation,
    point: Floats | None,
    seconds: float,
    nodes: int | None,
) -> Floats | None:
    """What HiGHS makes of a point: what is whole stays, what is not is decided.

    Parameters
    ----------
    problem : Problem
        Tightened.
    relaxation : Relaxation
    point : numpy.ndarray or None
        Of a dive; without it, or where it leads nowhere, all columns whose
        reduced cost is small are decided, and at last all.
    seconds : float
    nodes : int, optional
        A limit of work for each attempt.

    Returns
    -------
    numpy.ndarray or None
        None where nothing feasible was found in time.
    """
    deadline = time.monotonic() + seconds
    lowest = _lowest(problem)
    near = ~problem.whole | (-relaxation.reduced <= _CORE * abs(relaxation.bound))
    attempts = [(near, lowest), (np.ones(problem.size, dtype=bool), lowest)]
    if point is not None:
        taken = problem.whole & (point > 1.0 - _WHOLE)
        attempts.insert(0, (near & ~taken, np.where(taken, np.round(point), lowest)))
    options: dict[str, Option] = {"mip_rel_gap": 2e-4, "mip_heuristic_effort": 0.3}
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    for free, columns in attempts:
        left = 0.5 * (deadline - time.monotonic())
        if left <= 0:
            break
        reduced = problem.reduced(free, columns)
        answer, _ = ask(reduced, left, options=options)
        if answer.columns is not None:
            found = reduced.filled(answer.columns)
            if problem.allows(found):
                return found
    return None


def _lowest(problem: Problem) -> Floats:
    """All columns at their lower bounds; 0 where they have none."""
    return np.where(np.isfinite(problem.lower), problem.lower, 0.0)


class _Dive:
    """The relaxation of a core, with more and more of its columns settled."""

    def __init__(
        self, problem: Problem, core: Reduced, basis: Basis | None, seed: int, deadline: float
    ) -> None:
        self.groups, self.core = problem.groups, core
        self.group = problem.group[core.columns]
        self.rng = np.random.default_rng(seed)
        self.deadline = deadline
        self.lower, self.upper = core.lower.copy(), core.upper.copy()
        answer, self._highs = ask(core, self._left(), whole=False, basis=basis)
        self.part = answer.columns if answer.closed else None
        self.value = answer.value
        self.skipped = np.zeros(problem.groups, dtype=bool)
        self.open = (self.group >= 0) & (core.upper - core.lower == 1.0)

    def _left(self) -> float:
        return self.deadline - time.monotonic()

    def run(self, least: float) -> None:
        """Go down until little is fractional, or the relaxation is worth no more than `least`."""
        import highspy

        self._optimal = highspy.HighsModelStatus.kOptimal
        allowed = _STEP * abs(self.value)
        while self.value > least and self._left() > 0:
            columns, up = self._fractional()
            if not len(columns):
                return
            while not self._settle(columns, up, allowed):
                if self._left() <= 0:
                    return
                if len(columns) > 1:
                    columns, up = columns[: len(columns) // 2], up[: len(columns) // 2]
                else:
                    if not self._settle(columns, ~up, 2 * allowed):
                        # Neither way is cheap: it stays open, to be decided later.
                        self.skipped[self.group[columns]] = True
                    break

    def _fractional(self) -> tuple[Ints, Flags]:
        """One fractional column of each of the weightiest groups, and whether it goes up."""
        assert self.part is not None
        part, group = self.part, self.group
        inside = (part > self.lower + _WHOLE) & (part < self.upper - _WHOLE)
        columns = np.flatnonzero(self.open & inside)
        columns = columns[~self.skipped[group[columns]]]
        if not len(columns):
            return columns, np.empty(0, dtype=bool)
        total = np.bincount(group[self.open], part[self.open], minlength=self.groups)
        columns = columns[np.argsort(-part[columns], kind="stable")]
        columns = columns[np.unique(group[columns], return_index=True)[1]]
        share = total[group[columns]]
        up = share >= 0.5
        sure = np.where(up, np.maximum(part[columns], 0.3), 1.0 - share)
        noise = 1.0 + 0.3 * self.rng.random(len(columns))
        order = np.argsort(-np.abs(self.core.cost[columns]) * sure * noise, kind="stable")
        order = order[: max(1, len(order) // 10)]
        return columns[order], up[order]

    def _settle(self, columns: Ints, up: Flags, allowed: float) -> bool:
        """Settle columns; False, and as before, where that loses more than is allowed."""
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[columns[up]] = upper[columns[up]]
        out = np.isin(self.group, self.group[columns[~up]]) & self.open
        upper[out] = np.maximum(lower[out], self.core.lower[out])
        upper = self.core.settled_upper(lower, upper)
        before = self.lower, self.upper
        if self._solve(lower, upper) and self._worth() >= self.value - allowed:
            self.value = self._worth()
            self.part = np.array(self._highs.getSolution().col_value)
            return True
        self._bounds(*before)
        return False

    def _solve(self, lower: Floats, upper: Floats) -> bool:
        if (lower > upper).any():
            return False
        self._bounds(lower, upper)
        # HiGHS counts the time of all its runs of a linear problem against the limit.
        limit = self._highs.getRunTime() + max(self._left(), 0.05)
        self._highs.setOptionValue("time_limit", limit)
        run_on(self._highs, 1)
        return bool(self._highs.getModelStatus() == self._optimal)

    def _bounds(self, lower: Floats, upper: Floats) -> None:
        moved = np.flatnonzero((self.lower != lower) | (self.upper != upper)).astype(np.int32)
        self.lower, self.upper = lower, upper
        self._highs.changeColsBounds(len(moved), moved, lower[moved], upper[moved])

    def _worth(self) -> float:
        return float(self._highs.getInfo().objective_function_value)
