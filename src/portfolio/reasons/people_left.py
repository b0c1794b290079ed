"""People whom a plan leaves without work, and whom of them a further project would lack."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from portfolio.data.pools import workforce
from portfolio.data.portfolio import Portfolio
from portfolio.data.wording import Wording
from portfolio.language import decimal, mark, say
from portfolio.plan import HIRING, Plan
from portfolio.reasons.joining import Joinable, joinable
from portfolio.reasons.load import Load, Own
from portfolio.reasons.money_left import MoneyLeft
from portfolio.reasons.passed import SMALL, Passed, some
from portfolio.scenario import Scenario

__all__ = ["PeopleLeft"]

Floats = npt.NDArray[np.float64]

_SHORT: Final = mark("{role} in {periods} by {fte} FTE")
_SHORT_UP_TO: Final = mark("{role} in {periods} by up to {fte} FTE")


class PeopleLeft:
    """What a plan leaves of people's time.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    load : Load
    money : MoneyLeft
        For those who could join.
    projects : dict of str to dict
        Rows of the table, by project.
    wording : Wording
    """

    def __init__(
        self,
        plan: Plan,
        portfolio: Portfolio,
        scenario: Scenario,
        load: Load,
        money: MoneyLeft,
        projects: dict[str, dict[str, Any]],
        wording: Wording,
    ) -> None:
        self.plan, self.portfolio, self.scenario = plan, portfolio, scenario
        self.calendar = portfolio.calendar
        self._load, self._money, self._projects = load, money, projects
        self._wording = wording

    def passed(self, project: str, option: str, start: int, own: Own) -> list[Passed]:
        """Roles of which the project would need more than there is, and who could join."""
        if "role_capacity" in self.scenario.ignore:
            return []
        mine = self._load.of("demand", project, *own) if own else {}
        passed = []
        for role, need in self._load.of("demand", project, option, start).items():
            demand, capacity = self._capacity[role]
            capacity = capacity + self._more(self._projects[project]["programme_id"], role)
            over = need + demand - mine.get(role, 0.0) - capacity
            over[need <= 0] = 0.0
            if not (over > SMALL).any():
                continue
            joining = self._joinable.get(role)
            if joining is None or not joining.fte.any():
                passed.append(self._short_of_people(role, over, capacity))
            elif (over > joining.fte + SMALL).any():
                more = self._short_of_people(role, over - joining.fte, capacity)
                passed.append(replace(more, tell=partial(_beyond_all, more)))
            else:
                passed += self._joining_passed(role, joining.least_cost(np.clip(over, 0, None)))
        return passed

    def _short_of_people(self, role: str, over: Floats, capacity: Floats) -> Passed:
        share = float(np.clip(over, 0, None).sum() / max(capacity.mean(), 0.1))
        return Passed(partial(self._short_words, role, over), share)

    def _short_words(self, role: str, over: Floats) -> str:
        late = np.flatnonzero(over > SMALL)
        return say(
            _SHORT_UP_TO if len(late) > 1 else _SHORT,
            role=self._role_names[role],
            periods=some([self._wording.period(self.calendar.label(int(t))) for t in late]),
            fte=_fte(float(over.max())),
        )

    def _joining_passed(self, role: str, cost: float) -> list[Passed]:
        """The money for those who would have to join, where the plan has not that much left."""
        if not self._money.is_limited:
            return []
        over = cost - self._money.for_any(HIRING)
        if over <= SMALL * max(1.0, cost):
            return []
        words = say(
            "the money for more of {role} to join by {missing}",
            role=self._role_names[role],
            missing=self._wording.money(over, self.portfolio.settings.currency),
        )
        return [Passed.said(words, over / cost)]

    @cached_property
    def _joinable(self) -> dict[str, Joinable]:
        return joinable(self.plan, self.portfolio, self.scenario)

    @cached_property
    def _capacity(self) -> dict[str, tuple[Floats, Floats]]:
        assert self.plan.capacity is not None
        soft = 1.0 + self.scenario.soften.get("role_capacity", 0.0)
        return {
            str(role): (rows["demand"].to_numpy(), rows["capacity"].to_numpy() * soft)
            for role, rows in self.plan.capacity.groupby("role_id")
        }

    def _more(self, programme: str, role: str) -> Floats:
        key = programme, role
        if key not in self._more_table:
            self._more_table[key] = self._more_time(programme, role)
        return self._more_table[key]

    @cached_property
    def _more_table(self) -> dict[tuple[str, str], Floats]:
        return {}

    def _more_time(self, programme: str, role: str) -> Floats:
        """FTE of a role that people kept for the programme have left, or anyone may work longer."""
        anyone = "ring_fence" in self.scenario.ignore
        within = self.portfolio.programmes_within
        kept = [
            fte
            for (own, what), fte in self._fenced.items()
            if what == role and (anyone or programme in within[own])
        ]
        return sum(kept, self._longer.get(role, self._nothing))

    @cached_property
    def _longer(self) -> dict[str, Floats]:
        """FTE of each role by which people may pass their time, because the scenario lets them."""
        share = self.scenario.soften.get("pool_time", 0.0)
        without_end = "pool_time" in self.scenario.ignore
        force = workforce(self.portfolio)
        longer: dict[str, Floats] = {}
        for pool, role, proficiency in force.skills.itertuples(index=False, name=None):
            if not (share or without_end) or force.pools["programme_id"].iloc[pool]:
                continue
            time = force.time[pool]
            more = np.where(time > 0, np.inf, 0.0) if without_end else share * proficiency * time
            name = force.roles[role]
            longer[name] = longer.get(name, self._nothing) + more
        return longer

    @cached_property
    def _fenced(self) -> dict[tuple[str, str], Floats]:
        """FTE that people ring-fenced for a programme have left for a role of it."""
        assert self.plan.supply is not None
        force = workforce(self.portfolio)
        place = {pool: n for n, pool in enumerate(force.pools["pool_id"])}
        left = force.time.copy()
        supply = self.plan.supply
        for pool, label, fte in zip(
            supply["pool_id"], supply["period"], supply["fte"], strict=True
        ):
            left[place[pool], self.calendar.index(label)] -= fte
        fenced: dict[tuple[str, str], Floats] = {}
        programmes = force.pools["programme_id"].to_list()
        for pool, role, proficiency in force.skills.itertuples(index=False, name=None):
            if programmes[pool]:
                key = (programmes[pool], force.roles[role])
                spare = np.clip(left[pool], 0.0, None) * proficiency
                fenced[key] = fenced.get(key, self._nothing) + spare
        return fenced

    @cached_property
    def _role_names(self) -> dict[str, str]:
        roles = self.portfolio.tables["roles"]
        return dict(zip(roles["role_id"], roles["name"], strict=True))

    @cached_property
    def _nothing(self) -> Floats:
        return np.zeros(self.calendar.periods)


def _beyond_all(limit: Passed) -> str:
    return say("{limit}, beyond all who can join", limit=limit.words)


def _fte(amount: float) -> str:
    """An excess of people, never rounded to nothing."""
    return decimal(amount, ".1f" if amount >= 0.95 else ".1g")
