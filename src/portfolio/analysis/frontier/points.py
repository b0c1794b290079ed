"""Solving the points of a frontier: one model, built once, at level after level.

What a plan keeps within, it keeps within at every higher level, and a plan with
projects forced is one of those without. So values rise along a curve and from
the forced to the free one, bounds fall the other way, and every point starts
from the best plan that its neighbours have. What time the quick points save is
there for the slow ones, and for those that are still open at the end.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from portfolio.analysis.frontier.fitting import Fitting
from portfolio.analysis.frontier.point import Point, plan_of
from portfolio.models.outcome import Outcome
from portfolio.plan import Status

__all__ = ["Curves"]

# How much closer than asked today's point is found, and how much of the time left it may take.
_TODAY_CLOSER, _FOR_TODAY = 0.1, 0.2
# Of the steps of a climb, what is put by for closing.
_RESERVE = 1.25


class Curves(Fitting):
    """The points of both curves over the same levels; parameters as of `Fitting`.

    Attributes
    ----------
    proposed : Point or None
        The proposed plan, at the level at which it fits.
    seconds : float
        That all points took.
    """

    proposed: Point | None = None
    seconds: float = 0.0

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
            lower.offer(*plan_of(kept, self.objective))

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
        point.offer(*plan_of(outcome, self.objective))
        if outcome.bound is not None:
            point.cap(outcome.bound / self.objective.unit)
        if point.columns is None:
            point.status = outcome.status
