"""A first plan: down from the relaxation, the weightiest groups first."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt

from portfolio.models.search.problem import Problem, Reduced, settled_upper
from portfolio.models.search.relaxation import Relaxation, ask

__all__ = ["first_plan"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_CORE = 1e-4
"""Share of the bound that a column's reduced cost may be, to be in the core of a dive."""

_STEP = 3e-4
"""Share of the bound that one step of a dive may lose before it is taken back."""

_WHOLE = 1e-6


class _Dive:
    """The relaxation of a core, with more and more of its columns settled.

    What is weighty is settled first: when little is left to decide, it is of
    little worth, and what rounding loses is too (diving as in [1]_, with the
    large objects first as in bin packing).

    References
    ----------
    .. [1] T. Achterberg (2007). Constraint Integer Programming, section 9.2.
       Dissertation, TU Berlin.
    """

    def __init__(self, problem: Problem, core: Reduced, seed: int, deadline: float) -> None:
        self.problem, self.core = problem, core
        self.group = problem.group[core.columns]
        self.rng = np.random.default_rng(seed)
        self.deadline = deadline
        self.lower, self.upper = core.lower.copy(), core.upper.copy()
        answer, self._highs = ask(core, self._left(), whole=False)
        self.part = answer.columns
        self.value = answer.value
        self.skipped = np.zeros(problem.groups, dtype=bool)
        self.binary = core.whole & (core.upper - core.lower == 1.0)

    def _left(self) -> float:
        return self.deadline - time.monotonic()

    def run(self, least: float) -> None:
        """Go down until little is fractional, a loss cannot be helped, or the worth is spent.

        Parameters
        ----------
        least : float
            The relaxation's value at which the dive ends.
        """
        import highspy

        self._optimal = highspy.HighsModelStatus.kOptimal
        allowed = _STEP * abs(self.value)
        while self.part is not None and self.value > least and self._left() > 0:
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
                        # Neither way is cheap: it stays open, for HiGHS to decide.
                        self.skipped[self.group[columns]] = True
                    break

    def _fractional(self) -> tuple[Ints, Flags]:
        """One fractional column of each of the weightiest groups, and whether it goes up."""
        assert self.part is not None
        part, group = self.part, self.group
        inside = (part > self.lower + _WHOLE) & (part < self.upper - _WHOLE)
        columns = np.flatnonzero(self.binary & inside & ~self.skipped[group])
        if not len(columns):
            return columns, np.empty(0, dtype=bool)
        total = np.bincount(group[self.binary], part[self.binary], minlength=self.problem.groups)
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
        out = np.isin(self.group, self.group[columns[~up]]) & self.binary
        upper[out] = np.maximum(lower[out], self.core.lower[out])
        upper = settled_upper(self.core, lower, upper)
        before = self.lower, self.upper
        if self._solve(lower, upper) and self._highs_value() >= self.value - allowed:
            self.value = self._highs_value()
            self.part = np.array(self._highs.getSolution().col_value)
            return True
        self._bounds(*before)
        return False

    def _solve(self, lower: Floats, upper: Floats) -> bool:
        if (lower > upper).any():
            return False
        self._bounds(lower, upper)
        self._highs.setOptionValue("time_limit", max(self._left(), 0.05))
        self._highs.run()
        return bool(self._highs.getModelStatus() == self._optimal)

    def _bounds(self, lower: Floats, upper: Floats) -> None:
        moved = np.flatnonzero((self.lower != lower) | (self.upper != upper)).astype(np.int32)
        self.lower, self.upper = lower, upper
        self._highs.changeColsBounds(len(moved), moved, lower[moved], upper[moved])

    def _highs_value(self) -> float:
        return float(self._highs.getInfo().objective_function_value)


def first_plan(
    problem: Problem,
    relaxation: Relaxation,
    seconds: float,
    seed: int,
    least: float = 1e-3,
    nodes: int | None = None,
) -> Floats | None:
    """A plan near the relaxation: a dive, and HiGHS for what it leaves open.

    Parameters
    ----------
    problem : Problem
        Tightened.
    relaxation : Relaxation
    seconds : float
    seed : int
    least : float
        Share of the bound that the dive may lose.
    nodes : int, optional
        A limit of work for HiGHS, which otherwise ends by time.

    Returns
    -------
    numpy.ndarray or None
        None where nothing feasible was found in time.
    """
    deadline = time.monotonic() + seconds
    lower = np.where(np.isfinite(problem.lower), problem.lower, 0.0)
    near = -relaxation.reduced <= _CORE * abs(relaxation.bound)
    core = problem.reduced(~problem.whole | near, lower)
    dive = _Dive(problem, core, seed, time.monotonic() + 0.6 * seconds)
    if dive.part is not None:
        dive.run(dive.value - least * abs(dive.value))
        open_ = dive.upper > dive.lower
        columns = core.filled(dive.lower)
        free = np.zeros(problem.size, dtype=bool)
        free[core.columns[open_]] = True
        found = _decided(problem, free, columns, 0.7 * (deadline - time.monotonic()), seed, nodes)
        if found is not None:
            return found
    for free in (~problem.whole | near, np.ones(problem.size, dtype=bool)):
        left = 0.5 * (deadline - time.monotonic())
        found = _decided(problem, free, lower, left, seed, nodes) if left > 0 else None
        if found is not None:
            return found
    return None


def _decided(
    problem: Problem,
    free: Flags,
    columns: Floats,
    seconds: float,
    seed: int,
    nodes: int | None,
) -> Floats | None:
    """What HiGHS makes of the free columns."""
    reduced = problem.reduced(free, columns)
    options: dict[str, float | int] = {"mip_rel_gap": 2e-4, "mip_heuristic_effort": 0.3}
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    answer, _ = ask(reduced, seconds, random_seed=seed, **options)
    if answer.columns is None:
        return None
    found = reduced.filled(answer.columns)
    return found if problem.allows(found) else None
