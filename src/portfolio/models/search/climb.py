"""From the relaxation to a first plan, and from a plan to better ones."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from portfolio.models.search.neighbourhoods import Arms, Neighbourhoods
from portfolio.models.search.problem import Problem, Reduced
from portfolio.models.search.relaxation import Answer, Relaxation, ask

__all__ = ["Climber"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_CORE = 6000
"""Whole columns that HiGHS is given for a first plan."""

_SIZE = 400
"""Whole columns that are free in a neighbourhood at first."""

_SUB = {"mip_rel_gap": 0.0, "mip_heuristic_effort": 0.1, "mip_detect_symmetry": False}


class Climber:
    """Improves a plan, one neighbourhood after the other.

    Parameters
    ----------
    problem : Problem
        Tightened.
    relaxation : Relaxation
    bound : float
        No plan is better.
    columns : numpy.ndarray
        A plan.
    seed : int
    seconds : float
        Time limit of a neighbourhood.
    nodes : int, optional
        A limit of work instead: a neighbourhood ends after so many nodes.
    """

    def __init__(
        self,
        problem: Problem,
        relaxation: Relaxation,
        bound: float,
        columns: Floats,
        seed: int,
        seconds: float = 4.0,
        nodes: int | None = None,
    ) -> None:
        self.problem, self.relaxation, self.bound = problem, relaxation, bound
        self.columns, self.value = columns, problem.value(columns)
        self.rng = np.random.default_rng(seed)
        self.seconds, self.nodes = seconds, nodes
        self.around = Neighbourhoods(problem, relaxation, self.rng)
        self.arms = Arms(self.around.kinds, self.around.depths, self.rng, _SIZE)

    @property
    def gap(self) -> float:
        """Distance to the bound."""
        return max(self.bound - self.value, 0.0)

    def take(self, columns: Floats) -> None:
        """Go on from a plan found elsewhere, where it is better."""
        value = self.problem.value(columns)
        if value > self.value:
            self.columns, self.value = columns, value

    def step(self, seconds: float) -> bool:
        """Decide one neighbourhood again.

        Parameters
        ----------
        seconds : float
            Time that is left.

        Returns
        -------
        bool
            Whether the plan is better than before.
        """
        number = self.arms.draw()
        kind, depth = self.arms.arms[number]
        size = float(self.arms.sizes[number])
        near = self.around.make(kind, depth, size, self.columns, self.gap)
        reduced = self.problem.reduced(near.free, self.columns)
        limit = min(self.seconds, seconds)
        if self.nodes is not None:
            limit = seconds
        began = time.perf_counter()
        answer = self._decide(reduced, limit)
        taken = time.perf_counter() - began
        gain = 0.0
        if answer.columns is not None:
            found = reduced.filled(answer.columns)
            gain = self.problem.value(found) - self.value
            if gain > 1e-9 * max(1.0, abs(self.value)) and self.problem.allows(found):
                self.columns, self.value = found, self.problem.value(found)
            else:
                gain = 0.0
        self.last = (
            kind,
            depth,
            size,
            len(reduced.columns),
            reduced.matrix.shape[0],
            gain,
            taken,
            answer.closed,
        )
        closed = answer.closed and not (near.everything and depth >= 1.0)
        self.arms.learn(number, gain, taken, limit, closed)
        return gain > 0

    def _decide(self, reduced: Reduced, limit: float) -> Answer:
        if not len(reduced.columns):
            return Answer(None, -np.inf, np.inf, True)
        options = dict(_SUB)
        if self.nodes is not None:
            options["mip_max_nodes"] = self.nodes
        start = self.columns[reduced.columns]
        absolute = 1e-6 * max(1.0, abs(self.value))
        seed = int(self.rng.integers(2**31 - 1))
        return ask(reduced, limit, start=start, random_seed=seed, mip_abs_gap=absolute, **options)[
            0
        ]


Report = Callable[[float, Floats], None]
