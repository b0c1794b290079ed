"""A large model that is searched, behind the calls of a session that HiGHS solves alone."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from portfolio.errors import SolveError
from portfolio.models.linear import LinearModel, Objective
from portfolio.models.outcome import Outcome, Progress, Settings, found, without
from portfolio.models.search.highs import ask
from portfolio.models.search.problem import Problem, problem_of
from portfolio.models.search.search import Found, search
from portfolio.plan import Status

__all__ = ["SearchSession", "is_large"]

Floats = npt.NDArray[np.float64]

LARGE = 5000
"""Whole columns from which a model is searched: HiGHS alone settles smaller ones in time."""


def is_large(model: LinearModel) -> bool:
    """Whether HiGHS alone is unlikely to find a good plan of the model soon."""
    return int(model.integrality.sum()) >= LARGE


class SearchSession:
    """A model that is searched again after small changes.

    Parameters
    ----------
    model : LinearModel
    settings : Settings
    progress : callable, optional
        Is told in words how far a search has come.
    """

    def __init__(
        self, model: LinearModel, settings: Settings, progress: Progress | None = None
    ) -> None:
        self.model, self.settings, self.progress = model, settings, progress
        self._objective: Objective | None = None
        self._held: list[tuple[Floats, float, float]] = []
        self._start: Floats | None = None
        self._some: Mapping[int, float] = {}

    def aim(self, objective: Objective) -> None:
        """Set what is made as large or as small as it can be."""
        self._objective = objective

    def hold(self, objective: Objective, value: float) -> None:
        """Keep an objective at a value or better, in the model's unit."""
        scale = objective.scale
        limit = (value - objective.constant) / scale
        low, high = (limit, np.inf) if objective.sense == "max" else (-np.inf, limit)
        self._held.append((objective.coefficients / scale, low, high))

    def start_from(self, columns: Floats) -> None:
        """Offer a solution to begin with."""
        self._start = columns

    def start_from_some(self, values: Mapping[int, float]) -> None:
        """Offer the values of some columns to begin with; the others are worked out."""
        self._some = values

    def solve(self, seconds: float | None = None) -> Outcome:
        """Search for the objective that `aim` set.

        Parameters
        ----------
        seconds : float, optional
            Limit of this search; the settings' where absent, or where it is on work.

        Returns
        -------
        Outcome

        Raises
        ------
        SolveError
            If nothing limits the objective, or a worker fails.
        """
        if self._objective is None:
            raise SolveError("no objective is set")
        objective, settings = self._objective, self.settings
        work = settings.limit == "work"
        # What is left of the time depends on the clock, which work does not.
        limit = settings.time_limit if seconds is None or work else max(seconds, 0.01)
        began = time.perf_counter()
        problem = problem_of(self.model, objective, self._held)
        sign = 1.0 if objective.sense == "max" else -1.0
        result = search(
            problem,
            limit,
            gap=settings.gap,
            offset=sign * objective.constant / objective.scale,
            seed=settings.seed,
            threads=settings.threads,
            work=work,
            start=self._begin(problem, limit),
            tell=self.progress,
        )
        return self._outcome(objective, result, sign, time.perf_counter() - began)

    def _begin(self, problem: Problem, seconds: float) -> Floats | None:
        """The plan to begin with, its other columns worked out where only some are given."""
        if self._start is not None or not self._some:
            return self._start
        free = np.ones(problem.size, dtype=bool)
        values = np.zeros(problem.size)
        numbers = np.array(list(self._some), dtype=np.int64)
        values[numbers] = list(self._some.values())
        free[numbers] = False
        if not free.any():
            return values
        reduced = problem.reduced(free, values)
        answer, _ = ask(reduced, seconds)
        return None if answer.columns is None else reduced.filled(answer.columns)

    def _outcome(self, objective: Objective, result: Found, sign: float, seconds: float) -> Outcome:
        if result.unbounded:
            raise SolveError(f"nothing limits the objective {objective.name}")
        if result.infeasible:
            return without(objective, Status.INFEASIBLE, seconds)
        if result.columns is None:
            return without(objective, Status.NO_SOLUTION, seconds)
        bound = sign * result.bound * objective.scale
        return found(objective, result.columns, bound, result.closed, seconds)
