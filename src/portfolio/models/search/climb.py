"""From a plan to better ones: annealing and neighbourhoods, whichever pays."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from portfolio.models.search.anneal import Annealer, Cooling
from portfolio.models.search.arms import Arms
from portfolio.models.search.highs import Answer, Option, ask
from portfolio.models.search.neighbourhoods import DEPTHS, KINDS, Neighbourhoods
from portfolio.models.search.problem import Problem, Reduced
from portfolio.models.search.relaxation import Relaxation

__all__ = ["Climber", "Pace"]

Floats = npt.NDArray[np.float64]

_SIZE = 400.0
"""Columns of 0 or 1 that are free in a neighbourhood at first."""

_HEATS = (0.5, 0.35, 0.25)
"""Temperatures at which a plan is annealed again, as a share of the first."""

_NODES = 200
"""Nodes of a neighbourhood where the limit is on work."""

_MOVES = 3e6
"""Moves of an annealing that count as a second where the limit is on work."""

_DECIDED = 2.0
"""Seconds as which a neighbourhood counts where the limit is on work."""

_SUB: dict[str, Option] = {
    "mip_rel_gap": 0.0,
    "mip_heuristic_effort": 0.1,
    "mip_detect_symmetry": False,
}


class Pace:
    """How long something may take: a time, or work that counts as time.

    Parameters
    ----------
    seconds : float
        Altogether.
    work : bool
        Whether work is counted, and the clock does not matter.
    """

    def __init__(self, seconds: float, work: bool) -> None:
        self.seconds, self.work = seconds, work
        self._began, self._counted = time.monotonic(), 0.0

    @property
    def left(self) -> float:
        """Seconds that are left."""
        gone = self._counted if self.work else time.monotonic() - self._began
        return self.seconds - gone

    @property
    def wall(self) -> float:
        """Time limit for a solver that may take what is left."""
        return np.inf if self.work else self.left

    def count(self, seconds: float) -> None:
        """Count work that is done."""
        self._counted += seconds

    def annealing(self, seconds: float) -> Callable[[int], float]:
        """Share of an annealing of so many seconds that is over, given its moves."""
        if self.work:
            return lambda moves: moves / max(seconds * _MOVES, 1.0)
        began = time.monotonic()
        return lambda moves: (time.monotonic() - began) / max(seconds, 1e-3)


class Climber:
    """Improves a plan, one step after the other.

    Parameters
    ----------
    problem : Problem
        Tightened.
    relaxation : Relaxation
    bound : float
        No plan is better.
    columns : numpy.ndarray
        A plan.
    rng : numpy.random.Generator
    pace : Pace
    annealer : Annealer, optional
        Of this problem and relaxation, where there is one already.
    """

    def __init__(
        self,
        problem: Problem,
        relaxation: Relaxation,
        bound: float,
        columns: Floats,
        rng: np.random.Generator,
        pace: Pace,
        annealer: Annealer | None = None,
    ) -> None:
        self.problem, self.bound, self.rng, self.pace = problem, bound, rng, pace
        self.columns, self.value = columns, problem.value(columns)
        self._around = Neighbourhoods(problem, relaxation, rng)
        self._annealer = annealer or Annealer(problem, relaxation, rng)
        kinds: list[tuple[str, float]] = [(kind, depth) for kind in KINDS for depth in DEPTHS]
        heats = [("anneal", heat) for heat in _HEATS] if problem.groups else []
        self._kinds = [*heats, *kinds]
        slice_ = max(0.03 * pace.seconds, 0.5)
        sizes = [slice_] * len(heats) + [_SIZE] * len(kinds)
        self._longest = max(0.02 * pace.seconds, 1.0)
        self._arms = Arms(sizes, rng)

    def take(self, columns: Floats) -> None:
        """Go on from a plan found elsewhere, where it is better."""
        value = self.problem.value(columns)
        if value > self.value:
            self.columns, self.value = columns, value

    def step(self) -> bool:
        """Anneal the plan, or decide a neighbourhood of it again.

        Returns
        -------
        bool
            Whether the plan is better than before.
        """
        number = self._arms.draw()
        kind, depth = self._kinds[number]
        size = self._arms.sizes[number]
        began = time.perf_counter()
        if kind == "anneal":
            gain, taken, larger = self._anneal(depth, size)
        else:
            gain, taken, larger = self._decide(kind, depth, size)
        if not self.pace.work:
            taken = time.perf_counter() - began
        self.pace.count(taken)
        self._arms.learn(number, gain, taken, larger)
        return gain > 0

    def _anneal(self, heat: float, seconds: float) -> tuple[float, float, float]:
        seconds = min(seconds, self.pace.left)
        cooling = Cooling().from_heat(heat)
        found = self._annealer.run(
            self.columns, cooling, self.pace.annealing(seconds), self.bound - self.value
        )
        gain = self._gain(found)
        return gain, seconds, 1.0 if gain > 0 else 1.2

    def _decide(self, kind: str, depth: float, size: float) -> tuple[float, float, float]:
        gap = max(self.bound - self.value, 0.0)
        near = self._around.make(kind, depth, size, self.columns, gap)
        reduced = self.problem.reduced(near.free, self.columns)
        limit = np.inf if self.pace.work else min(self._longest, self.pace.left)
        began = time.perf_counter()
        answer = self._answer(reduced, limit)
        taken = time.perf_counter() - began
        found = None if answer.columns is None else reduced.filled(answer.columns)
        gain = self._gain(found)
        if not answer.closed:
            larger = 0.85 if gain <= 0 else 0.95
        elif near.everything or taken > 0.5 * limit:
            larger = 1.0
        else:
            larger = 1.3 if self.pace.work or taken < 0.2 * limit else 1.1
        return gain, _DECIDED, larger

    def _gain(self, found: Floats | None) -> float:
        """What a new point gains; it is the plan then."""
        if found is None:
            return 0.0
        value = self.problem.value(found)
        gain = value - self.value
        if gain <= 1e-9 * max(1.0, abs(self.value)) or not self.problem.allows(found):
            return 0.0
        self.columns, self.value = found, value
        return gain

    def _answer(self, reduced: Reduced, limit: float) -> Answer:
        if not len(reduced.columns):
            return Answer(None, -np.inf, np.inf, True)
        options = {
            **_SUB,
            "random_seed": int(self.rng.integers(2**31 - 1)),
            "mip_abs_gap": 1e-6 * max(1.0, abs(self.value)),
        }
        if self.pace.work:
            options["mip_max_nodes"] = _NODES
        return ask(reduced, limit, start=self.columns[reduced.columns], options=options)[0]
