"""Solving the points of a frontier: one model, built once, at level after level.

What a plan keeps within, it keeps within at every higher level, and a plan with
projects forced is one of those without. So values rise along a curve and from
the forced to the free one, bounds fall the other way, and every point starts
from the best plan that its neighbours have. What time the quick points save is
there for the slow ones, and for those that are still open at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from portfolio.analysis.frontier.scaled import ScaledLimits
from portfolio.errors import ScenarioError
from portfolio.models.levels import LevelSession
from portfolio.models.linear import Objective
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.selection import Selection
from portfolio.plan import Status

__all__ = ["Curves", "Point"]

Floats = npt.NDArray[np.float64]

_LOWEST = 0.05
_HALVINGS = 6
_FINE_HALVINGS = 20
# How much closer than asked today's point is found, and how much of the time left it may take.
_TODAY_CLOSER, _FOR_TODAY = 0.1, 0.2
# Of the steps of a climb, what is put by for closing.
_RESERVE = 1.25
_FORCING = ("forced_in", "forced_out")


@dataclass
class Point:
    """What is known at a level: the best plan so far, and what no plan can pass.

    Attributes
    ----------
    level : float
    sign : float
        1 where more is better, else -1.
    status : Status
    value, bound : float
        In the model's unit; NaN while unknown.
    columns : numpy.ndarray or None
    """

    level: float
    sign: float
    status: Status = Status.NO_SOLUTION
    value: float = np.nan
    bound: float = np.nan
    columns: Floats | None = None

    @property
    def gap(self) -> float:
        """Distance of value and bound as a share of the value; infinite while unknown."""
        distance = abs(self.bound - self.value) / max(abs(self.value), 1e-9)
        return np.inf if np.isnan(distance) else distance

    def offer(self, value: float, columns: Floats | None) -> None:
        """Take a plan where it is better than the one known."""
        if columns is None:
            return
        if self.columns is None or self.sign * value > self.sign * self.value:
            self.value, self.columns = value, columns

    def beats(self, other: Point) -> bool:
        """Whether its plan is better than another point's, or alone."""
        return other.columns is None or self.sign * self.value > self.sign * other.value

    def cap(self, bound: float) -> None:
        """Take a bound where it is tighter than the one known."""
        if np.isnan(bound):
            return
        if np.isnan(self.bound) or self.sign * bound < self.sign * self.bound:
            self.bound = bound

    def settle(self, gap: float) -> None:
        """Say how it ended, and let no rounding put the bound on the wrong side."""
        if self.columns is None:
            return
        if not np.isnan(self.bound) and self.sign * self.bound < self.sign * self.value:
            self.bound = self.value
        self.status = Status.OPTIMAL if self.gap <= gap * (1 + 1e-9) else Status.FEASIBLE


class Curves:
    """The points of both curves over the same levels.

    Parameters
    ----------
    selection : Selection
    limits : ScaledLimits
    settings : Settings
        The time limit is for everything together.
    tell : callable
        Is told in words what is being done.
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
        self.seconds = 0.0
        self.proposed: Point | None = None
        self.as_is: Point | None = None
        self._steps_left = 0

    def solve(
        self, number: int, proposed: Mapping[int, float], bound: float, *, free: bool
    ) -> dict[bool, list[Point]]:
        """All points of each curve, the lowest level first.

        Parameters
        ----------
        number : int
            Levels of a curve.
        proposed : mapping of int to float
            The whole columns of the proposed plan; empty where it is the one found.
        bound : float
            What no plan with what is forced can pass at today's limits; NaN if unknown.
        free : bool
            Whether the curve without forcing is wanted too.

        Returns
        -------
        dict
            Points with forced projects under True, without under False; the latter
            only where something is forced.
        """
        kinds = (True, False) if free and len(self.forcing) else (True,)
        self._steps_left = round(number * len(kinds) * _RESERVE)
        self.as_is = self._as_is()
        levels = self._levels(number)
        found = {forced: [Point(level, self.sign) for level in levels] for forced in kinds}
        given = self._given(proposed) if proposed else None
        next(point for point in found[True] if point.level == 1.0).cap(bound)
        for forced in kinds:
            if given is not None:
                for point in found[forced]:
                    if point.level >= given.level:
                        point.offer(given.value, given.columns)
            self._climb(found[forced], forced, found[True])
        self._close(found)
        for points in found.values():
            self._share(points)
            for point in points:
                point.settle(self.settings.gap)
        today = next(point for point in found[True] if point.level == 1.0)
        self.proposed = given if proposed else today
        self.seconds = time.monotonic() - self.began
        return found

    def _climb(self, points: list[Point], forced: bool, held: list[Point]) -> None:
        """From level to level: a bound, and a search near the best plan known so far.

        The highest comes first, since no level has more than its bound, and then today's.
        Their plans may fit at lower levels too.
        """
        self._force(forced)
        for point in (points[-1], next(p for p in points if p.level == 1.0)):
            if not forced:
                self._offer_held(points, held)
            self._visit(point, forced, points.index(point) + 1, len(points))
            self._hand_down(points)
        known = points[0]
        for number, point in enumerate(points):
            point.offer(known.value, known.columns)
            point.cap(points[-1].bound)
            if point.level != 1.0 and number + 1 < len(points):
                self._visit(point, forced, number + 1, len(points))
            if point.columns is not None:
                known = point
        self._hand_down(points)

    def _offer_held(self, points: list[Point], held: list[Point]) -> None:
        """A plan that does what is forced is one of those that need not."""
        for point, other in zip(points, held, strict=True):
            point.offer(other.value, other.columns)

    def _hand_down(self, points: list[Point]) -> None:
        """Try each plan at the level below; limits are rarely used up to the last."""
        for upper, lower in pairwise(points[::-1]):
            if upper.columns is None or not upper.beats(lower):
                continue
            whole = np.flatnonzero(self.model.integrality == 1)
            decided = dict(zip(whole.tolist(), upper.columns[whole].tolist(), strict=True))
            kept = self._kept(decided, lower.level)
            lower.offer(*_plan_of(kept, self.objective))

    def _visit(self, point: Point, forced: bool, number: int, of: int) -> None:
        words = "" if forced or not len(self.forcing) else ", nothing forced"
        self.tell(f"point {number} of {of}: the best plan at {point.level:.0%} of today{words}")
        self._steps_left -= 1
        if point.gap > self._asked(point):
            self._limit(point.level)
            self._solve(point)

    def _close(self, found: Mapping[bool, list[Point]]) -> None:
        """Solve what is still open, the widest first, in the time that is left."""
        tried: set[tuple[bool, float]] = set()
        while True:
            for points in found.values():
                self._share(points)
            if False in found:
                self._offer_held(found[False], found[True])
                for held, free in zip(found[True], found[False], strict=True):
                    held.cap(free.bound)
            open_ = [
                (point.gap, -point.level, forced, point)
                for forced, points in found.items()
                for point in points
                if point.status is not Status.INFEASIBLE
                and point.gap > self._asked(point)
                and (forced, point.level) not in tried
            ]
            if not open_ or self._left() <= 0:
                return
            _, _, forced, point = max(open_, key=lambda one: one[:2])
            tried.add((forced, point.level))
            self._steps_left = len(open_)
            self.tell(
                f"closing the distance at {point.level:.0%} of today; {len(open_)} points are open"
            )
            self._force(forced)
            self._limit(point.level)
            self._solve(point)

    def _share(self, points: list[Point]) -> None:
        """Hand plans up and bounds down the curve."""
        for lower, upper in pairwise(points):
            upper.offer(lower.value, lower.columns)
        for upper, lower in pairwise(points[::-1]):
            lower.cap(upper.bound)

    def _asked(self, point: Point) -> float:
        return self.settings.gap * (_TODAY_CLOSER if point.level == 1.0 else 1.0)

    def _solve(self, point: Point) -> None:
        """Solve from the best plan known so far."""
        if point.columns is not None:
            self.session.start_from(point.columns)
        gap = self._asked(point)
        seconds = self._seconds()
        if gap < self.settings.gap:
            seconds = max(seconds, _FOR_TODAY * self._left())
        self._take(point, self.session.solve_to(gap, seconds))

    def _take(self, point: Point, outcome: Outcome) -> None:
        point.offer(*_plan_of(outcome, self.objective))
        if outcome.bound is not None:
            point.cap(outcome.bound / self.objective.unit)
        if point.columns is None:
            point.status = outcome.status

    def _left(self) -> float:
        return self.settings.time_limit - (time.monotonic() - self.began)

    def _seconds(self) -> float:
        """A fair share of the time that is left: what one step saves is there for the others."""
        return max(self._left(), 0.0) / max(self._steps_left, 1)

    def _limit(self, level: float) -> None:
        rows = self.limits.rows
        self.session.limit(rows, np.full(len(rows), -np.inf), self.limits.at(level))

    def _force(self, forced: bool) -> None:
        """Hold forced projects, or set them free."""
        lower, upper = (bounds[self.forcing] for bounds in self.model.row_bounds)
        if not forced:
            lower, upper = np.full_like(lower, -np.inf), np.full_like(upper, np.inf)
        self.session.limit(self.forcing, lower, upper)

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
        value, columns = _plan_of(least, self.objective)
        return Point(float(level), self.sign, Status.FEASIBLE, value, np.nan, columns)

    def _kept(self, decisions: Mapping[int, float], level: float) -> Outcome:
        # Little is left to solve: no share of the time is too short for it but on a busy machine.
        self._limit(level)
        return self.session.kept_at(decisions, self._left())


def _plan_of(outcome: Outcome, objective: Objective) -> tuple[float, Floats | None]:
    """Value, in the model's unit, and columns."""
    if outcome.columns is None:
        return np.nan, None
    return objective.value(outcome.columns), outcome.columns
