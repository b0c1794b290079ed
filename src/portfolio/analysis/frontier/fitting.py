"""At which levels a frontier is asked for, and at which level given decisions fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from portfolio.analysis.frontier.point import Point, plan_of
from portfolio.analysis.frontier.scaled import ScaledLimits
from portfolio.errors import ScenarioError
from portfolio.models.levels import LevelSession
from portfolio.models.linear import Objective
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.selection import Selection
from portfolio.plan import Status

__all__ = ["Fitting"]

Floats = npt.NDArray[np.float64]

_LOWEST = 0.05
_HALVINGS = 6
_FINE_HALVINGS = 20
_FORCING = ("forced_in", "forced_out")


class Fitting:
    """One model at levels of its limits, with what is forced held or free.

    Parameters
    ----------
    selection : Selection
    limits : ScaledLimits
    settings : Settings
        The time limit is for everything together.
    tell : callable
        Is told in words what is being done.

    Attributes
    ----------
    forcing : numpy.ndarray of int
        Rows by which projects are forced.
    as_is : Point or None
        What is in flight runs on, and nothing else is done; None until levels are known.
    """

    def __init__(
        self,
        selection: Selection,
        limits: ScaledLimits,
        settings: Settings,
        tell: Callable[[str], None],
    ) -> None:
        self.selection, self.limits = selection, limits
        self.settings, self.tell = settings, tell
        self.model = selection.model
        self.objective = selection.objectives[0]
        self.sign = 1.0 if self.objective.sense == "max" else -1.0
        self.forcing = np.concatenate(
            [
                np.empty(0, np.int64),
                *(self.model.row_numbers(f) for f in _FORCING if f in self.model.families),
            ]
        )
        self.session = LevelSession(self.model, settings)
        self.session.aim(self.objective)
        self.began = time.monotonic()
        self.as_is: Point | None = None
        self._steps_left = 0

    def _levels(self, number: int) -> Floats:
        """Levels at even distances; today's is one of them, and so is that of what runs on."""
        least = self._least()
        spread = np.linspace(least, max(self.limits.enough(), least), number)
        if self.as_is is not None and self.as_is.level < 1.0:
            spread[np.argmin(np.abs(spread - self.as_is.level))] = max(self.as_is.level, least)
        spread[np.argmin(np.abs(spread - 1.0))] = 1.0
        return np.unique(spread)

    def _least(self) -> float:
        """About the lowest level at which what must be done can be done."""
        self.tell("the least with which all that must be done can be done")
        self.session.aim(Objective("nothing", "max", np.zeros(self.model.n_columns)))
        self._force(True)
        low, high = 0.0, 1.0
        if not self._possible(1.0):
            low, high = 1.0, self.limits.enough()
        for _ in range(_HALVINGS):
            level = (low + high) / 2
            low, high = (low, level) if self._possible(level) else (level, high)
        self.session.aim(self.objective)
        return max(high, _LOWEST)

    def _possible(self, level: float) -> bool:
        self._limit(level)
        return self.session.solve(self._seconds()).columns is not None

    def _as_is(self) -> Point | None:
        """What is in flight runs on, and nothing else is done."""
        terms = self.selection.terms
        running = terms.in_flight[terms.starts["project"].to_numpy(np.int64)]
        if not running.any():
            return None
        self._force(False)
        return self._fitted(dict.fromkeys(np.flatnonzero(running).tolist(), 1.0), None)

    def _given(self, proposed: Mapping[int, float]) -> Point | None:
        """The proposed plan at today's limits, or at the least at which it fits.

        None where the time was over before that was known.
        """
        self._force(True)
        highest = max(self.limits.enough(), 1.0)
        if self._kept(proposed, highest).status is Status.INFEASIBLE:
            raise ScenarioError(
                "the plan does not keep the rules of the scenario, whatever the limits; "
                "give the scenario that it was made with"
            )
        return self._fitted(proposed, 1.0) or self._fitted(proposed, None)

    def _fitted(self, decisions: Mapping[int, float], level: float | None) -> Point | None:
        """A plan by its decisions, at a level, or at the least at which it fits; None at none."""
        highest = max(self.limits.enough(), 1.0) if level is None else level
        least = self._kept(decisions, highest)
        if least.columns is None:
            return None
        if level is None:
            low, level = 0.0, highest
            for _ in range(_FINE_HALVINGS):
                middle = (low + level) / 2
                outcome = self._kept(decisions, middle)
                if outcome.columns is not None:
                    level, least = middle, outcome
                elif outcome.status is Status.INFEASIBLE:
                    low = middle
                else:
                    break
        value, columns = plan_of(least, self.objective)
        return Point(float(level), self.sign, Status.FEASIBLE, value, np.nan, columns)

    def _kept(self, decisions: Mapping[int, float], level: float) -> Outcome:
        # Little is left to solve: no share of the time is too short for it but on a busy machine.
        self._limit(level)
        return self.session.kept_at(decisions, self._left())

    def _limit(self, level: float) -> None:
        rows = self.limits.rows
        self.session.limit(rows, np.full(len(rows), -np.inf), self.limits.at(level))

    def _force(self, forced: bool) -> None:
        """Hold forced projects, or set them free."""
        lower, upper = (bounds[self.forcing] for bounds in self.model.row_bounds)
        if not forced:
            lower, upper = np.full_like(lower, -np.inf), np.full_like(upper, np.inf)
        self.session.limit(self.forcing, lower, upper)

    def _left(self) -> float:
        return self.settings.time_limit - (time.monotonic() - self.began)

    def _seconds(self) -> float:
        """A fair share of the time that is left: what one step saves is there for the others."""
        return max(self._left(), 0.0) / max(self._steps_left, 1)
