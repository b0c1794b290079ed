"""A large allocation, period by period: amounts first, then whole people who stay where they are.

Each period's amounts alone are solved to optimality first, which bounds the whole
(`portfolio.models.allocation.bounds`). Then, by the clock:

1. The periods are settled one after the other, for as little short and as few hand-overs
   as may be, each with the few candidates that matter to it: those who work in the optimal
   amounts, those who are there already, those who are booked, and of the others the few who
   have most time for what is left of the project. The solver begins with the amounts made
   whole without a search (`portfolio.models.allocation.rounding`); where time is up, those stay.
2. Where more is short than in the amounts, the solver looks again, at the shortage alone
   (`portfolio.models.allocation.alone`).
3. While time is left, each period is settled again, with the people before and after it known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.allocation.alone import (
    Settled,
    at_once,
    close,
    least_short,
    nearest,
    settled,
    without_search,
)
from portfolio.models.allocation.amounts import NEGLIGIBLE, Amounts, measured
from portfolio.models.allocation.bounds import Flow
from portfolio.models.allocation.clock import Clock
from portfolio.models.allocation.model import Model, build_allocation
from portfolio.models.allocation.outset import affinity, guess, weighed
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.rounding import at
from portfolio.models.allocation.work import Work
from portfolio.models.linear import Family, Objective
from portfolio.models.outcome import Progress, Settings
from portfolio.models.solve import HighsSession

__all__ = ["Rolled", "roll"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_SETTLED, _IMPROVED = 0.65, 0.85
"""Shares of the time by which the steps end; what is left is the bounds'."""
_NEAREST = 1
_WHOLE_GAP = 0.01
_BEYOND = (1e5, 1e3)
_EARLY = 3.0
_SEARCHED = 0.6
_DIFFERS = 1e-6
_SWEEPS = 2
_NEW_PERSON = 0.4
_SHORT_STAY = 0.4


@dataclass(eq=False)
class Rolled:
    """An allocation made period by period, with the bounds of its amounts.

    Attributes
    ----------
    amounts : Amounts
    flows : list of Flow
        One a period, solved for `shortage` and `change`.
    """

    amounts: Amounts
    flows: list[Flow] = field(default_factory=list)


def roll(work: Work, settings: Settings, clock: Clock, tell: Progress) -> Rolled:
    """Allocate period by period.

    Parameters
    ----------
    work : Work
    settings : Settings
    clock : Clock
        Of the whole run.
    tell : callable
        Is told in words what is being done.

    Returns
    -------
    Rolled
    """
    tell("weighing each period by itself")
    flows, least = weighed(work, settings, clock)
    tell("looking for people who can stay")
    rolling = _Rolling(work, settings, clock, flows, guess(work, least), affinity(work))
    for t in range(work.periods):
        tell(f"naming people for {work.portfolio.calendar.label(t)}")
        rolling.settle(t)
    again = "looking again at who is short in {}"
    rolling.improve_late(lambda t: tell(again.format(work.portfolio.calendar.label(t))))
    tell("looking for people who can stay longer")
    rolling.smooth()
    return Rolled(rolling.amounts(), flows)


class _Rolling:
    """The periods as they are so far."""

    def __init__(
        self,
        work: Work,
        settings: Settings,
        clock: Clock,
        flows: list[Flow],
        guess: Bools,
        affinity: Floats,
    ) -> None:
        self._work, self._settings, self._clock = work, settings, clock
        self._flows, self._guess, self._affinity = flows, guess, affinity
        self.periods: list[Settled] = []

    def settle(self, t: int) -> None:
        """Name people for the period after the last one; without a search where time is up."""
        flow = self._flows[t]
        wanted, leaning = self._wanted(t)
        left = self._clock.until(_SETTLED)
        if left <= 0:
            self.periods.append(without_search(flow, leaning, self._settings))
            return
        share = Clock(left * min(1.0, _EARLY / (self._work.periods - t)))
        start, least = at_once(flow, leaning), flow.least["shortage"]
        self.periods.append(self._settled(t, wanted, start, least, share.until(1.0)))
        left = share.until(1.0)
        if left > 0 and t in self.late():
            self.improve(t, left)

    def late(self) -> list[int]:
        """Settled periods with more short than is known to be necessary, the furthest first."""
        over = {
            t: period.short - self._flows[t].least["shortage"]
            for t, period in enumerate(self.periods)
            if not close(period.short, self._flows[t], self._settings)
        }
        return sorted(over, key=lambda t: -over[t])

    def improve_late(self, tell: Callable[[int], None]) -> None:
        """Less short in the periods where it is not the least that is known, as time allows."""
        late = self.late()
        for number, t in enumerate(late):
            left = self._clock.until(_IMPROVED)
            if left <= 0:
                return
            tell(t)
            self.improve(t, left / (len(late) - number))

    def improve(self, t: int, seconds: float) -> None:
        """Less short in a settled period, where that is found in so many seconds."""
        flow, known, clock = self._flows[t], self.periods[t], Clock(seconds)
        found = least_short(flow, known, clock, _SEARCHED, self._settings)
        if found is known:
            return
        self.periods[t] = found
        left = clock.until(1.0)
        if left > 0:
            # The search looked at nothing but the shortage.
            wanted, _ = self._wanted(t)
            again = self._settled(t, wanted | found.works, found.works, found.short, left)
            if again.short <= found.short + NEGLIGIBLE:
                self.periods[t] = again

    def smooth(self) -> None:
        """Fewer hand-overs: each period again, with the next one known too, as time allows."""
        best = self._values()
        for _ in range(_SWEEPS):
            better = False
            for t, known in enumerate(self.periods):
                left = self._clock.until(_IMPROVED)
                if left <= 0:
                    return
                wanted, _ = self._wanted(t)
                works = known.works
                self.periods[t] = self._settled(t, wanted | works, works, known.short, left / 5)
                found = self._values()
                if _clearly_less(found, best):
                    best, better = found, True
                else:
                    self.periods[t] = known
            if not better:
                return

    def amounts(self) -> Amounts:
        """The periods' solutions together."""
        amounts = Amounts.none(self._work)
        for period in self.periods:
            amounts.fill(period.built.part, period.built.model, period.columns)
        return amounts

    def _values(self) -> list[float]:
        return list(measured(self._work, self.amounts()).values())

    def _before(self, t: int) -> Ints:
        return _pairs(self.periods[t - 1]) if t else self._work.before

    def _after(self, t: int) -> Ints:
        known = t + 1 < len(self.periods)
        return _pairs(self.periods[t + 1]) if known else np.empty(0, dtype=np.int64)

    def _members(self, t: int) -> Ints:
        """Who works on which project in any other period that is settled."""
        pairs = [_pairs(period) for number, period in enumerate(self.periods) if number != t]
        return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *pairs]))

    def _wanted(self, t: int) -> tuple[Bools, Floats | None]:
        """Who should work in a period: those of the guess, there, or booked, and who they need.

        Amounts that lean on those who are wanted anyway show who else is needed.

        Returns
        -------
        wanted : numpy.ndarray of bool, shape (candidates,)
        leaning : numpy.ndarray or None
            Those amounts, as a solution of the flow.
        """
        flow, work = self._flows[t], self._work
        numbers = flow.built.part.candidate_numbers
        rows = work.candidates.iloc[numbers]
        packed = work.packed(rows["person"].to_numpy(np.int64), rows["project"].to_numpy(np.int64))
        wanted = self._guess[numbers] | np.isin(packed, np.union1d(self._before(t), self._after(t)))
        wanted |= (rows["booked"] > 0).to_numpy() | (rows["current"] > 0).to_numpy()
        leaning = flow.leaning(np.where(wanted, 0.0, 2.0 - self._affinity[numbers]))
        if leaning is not None:
            wanted |= leaning[flow.built.model.blocks["work"].columns] > NEGLIGIBLE
        among = np.zeros(len(work.candidates), dtype=bool)
        among[numbers[wanted]] = True
        return among, leaning

    def _settled(
        self, t: int, wanted: Bools, start: Bools, least: float, seconds: float
    ) -> Settled:
        """Settle one period: whole people first, then the amounts among them."""
        flow = self._flows[t]
        among = wanted | start | nearest(flow, self._affinity, _NEAREST)
        part = Part(self._work, [t], among, self._before(t), self._members(t))
        built = build_allocation(part)
        limits = (max(least, 0.0), max(flow.least.get("change", 0.0), 0.0))
        stays = np.where(self._guess, 1.0, self._affinity - 1.0)[part.candidate_numbers]
        stretches = _stretches(built, limits, stays, self._after(t))
        gap = max(self._settings.gap, _WHOLE_GAP)
        session = HighsSession(built.model, replace(self._settings, gap=gap))
        session.aim(stretches)
        first = at(built, start[part.candidate_numbers])
        whole = np.flatnonzero(built.model.integrality == 1)
        session.start_from_some(dict(zip(whole.tolist(), first[whole].tolist(), strict=True)))
        columns = session.solve(seconds).columns
        columns = settled(built, first if columns is None else columns, self._settings)
        return Settled(built, columns, built.objectives[0].over(len(columns)).value(columns))


def _clearly_less(values: list[float], than: list[float]) -> bool:
    """Whether values are less in the first that differ."""
    for value, other in zip(values, than, strict=True):
        if abs(value - other) > _DIFFERS * max(1.0, abs(other)):
            return value < other
    return False


def _pairs(period: Settled) -> Ints:
    """Who works on which project in a period, packed."""
    rows = period.built.part.work.candidates[period.works]
    work = period.built.part.work
    return np.unique(
        work.packed(rows["person"].to_numpy(np.int64), rows["project"].to_numpy(np.int64))
    )


def _stretches(built: Model, limits: tuple[float, float], stays: Floats, after: Ints) -> Objective:
    """Hand-overs, new people, and of those who come the ones who can stay longest.

    What is short or changed beyond its limit weighs far more.

    Parameters
    ----------
    built : Model
    limits : tuple of float
        Of shortage and change.
    stays : numpy.ndarray, shape (candidates,)
        How well each suits whole stretches, at most 1.
    after : numpy.ndarray of int
        Who works where in the next period, packed, where that is known: who is
        there now need not come then.
    """
    objectives = {o.name: o for o in built.objectives}
    part, model = built.part, built.model
    beyond = model.add_block("beyond", pd.DataFrame({"objective": ["shortage", "change"]}))
    for number, name in enumerate(("shortage", "change")):
        used = np.flatnonzero(objectives[name].coefficients)
        coefficients = objectives[name].coefficients[used]
        entries = pd.DataFrame(
            {
                "row": 0,
                "column": np.append(used, beyond.columns[number]),
                "coefficient": np.append(coefficients, -1.0),
            }
        )
        key = pd.DataFrame({"objective": [name]})
        model.add_family(Family(f"held_{name}", key, entries, upper=limits[number]))
    coefficients = np.zeros(model.n_columns)
    for name, weight in (("handovers", 1.0), ("people", _NEW_PERSON)):
        own = objectives[name].coefficients
        coefficients[: len(own)] += weight * own
    suits = np.full(len(part.ons), -np.inf)
    np.maximum.at(suits, part.candidates["on"].to_numpy(np.int64), stays)
    coefficients[model.blocks["comes"].columns] += _SHORT_STAY * (1.0 - suits)
    coefficients[model.blocks["on"].columns[np.isin(part.ons["pair"], after)]] -= 1.0
    coefficients[beyond.columns] = _BEYOND
    return Objective("stretches", "min", coefficients)
