"""What a plan leaves free of every limit, and which limits a further project would pass.

Used for the sentences of `portfolio.reasons`. Amounts are taken from the
plan's own tables, which `portfolio.verify` has checked or will check.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.data.wording import Wording
from portfolio.language import decimal, plural, say
from portfolio.plan import HIRING, STOPPING, Plan
from portfolio.reasons.load import Load, Own
from portfolio.reasons.money_left import MoneyLeft
from portfolio.reasons.own import OwnRules
from portfolio.reasons.passed import SMALL, Passed
from portfolio.reasons.people_left import PeopleLeft
from portfolio.reasons.programmes import ProgrammeLimit, programme_limits
from portfolio.reasons.shares import ShareOfSpend, shares_of_spend
from portfolio.scenario import Scenario

__all__ = ["Room", "rows_by"]

Floats = npt.NDArray[np.float64]


class Room:
    """What a plan leaves free.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    wording : Wording
    """

    def __init__(
        self, plan: Plan, portfolio: Portfolio, scenario: Scenario, wording: Wording
    ) -> None:
        assert plan.selection is not None
        self.plan = plan
        self.portfolio = portfolio
        self.scenario = scenario
        self.wording = wording
        self.calendar = portfolio.calendar
        self._projects = rows_by(portfolio.tables["projects"], "project_id")
        self._selection = rows_by(plan.selection, "project_id")
        self._load = load = Load(portfolio)
        self._money = MoneyLeft(
            plan, portfolio, scenario, load, self._projects, self._selection, wording
        )
        self._people = PeopleLeft(
            plan, portfolio, scenario, load, self._money, self._projects, wording
        )

    def passed(self, project: str, option: str, start: int) -> list[Passed]:
        """Limits that the project would pass, the most severe first."""
        own = self._own(project)
        passed = [
            *self._groups_passed(project),
            *self._money.passed(project, option, start, own),
            *self._people.passed(project, option, start, own),
            *self._programme_passed(project, option, start),
            *self._shares_passed(project, option, start),
            *self._own_passed(project, option, start),
        ]
        return sorted(passed, key=lambda one: -one.share)

    def _own(self, project: str) -> Own:
        """Option and start that the plan gives it, whose load is its own already."""
        if not self._selection[project]["selected"]:
            return None
        start = self.calendar.index(self._selection[project]["start"])
        return self._selection[project]["option_id"], start

    def _programme_passed(self, project: str, option: str, start: int) -> list[Passed]:
        """Programme limits on the number of projects, which adding one would pass."""
        programme = self._projects[project]["programme_id"]
        if self._selection[project]["selected"]:
            return []
        finish = start + self._durations[project, option] - 1
        costs = sum(self._load.of("costs", project, option, start).values(), self._nothing)
        worst: dict[str, Passed] = {}
        for limit in self._programme_limits:
            if programme not in limit.inside:
                continue
            runs = not limit.label or (start <= limit.last and finish >= limit.first)
            most = limit.most_projects
            if most is not None and runs and limit.projects + 1 > most + SMALL:
                words = _too_many(limit, most)
                worst[words] = Passed.said(words, 1.0)
            if limit.most_money is None:
                continue
            cost = costs[limit.first : limit.last + 1].sum()
            over = limit.spent + cost - limit.most_money
            if cost > 0 and over > SMALL * max(1.0, limit.most_money):
                words = self._too_much(limit, over)
                worst[words] = Passed.said(words, over / max(limit.most_money, over))
        return list(worst.values())

    def _shares_passed(self, project: str, option: str, start: int) -> list[Passed]:
        """Limits on shares of spend, which a project passes by its own spend or by none of it."""
        if not self._shares:
            return []
        more = self._costs(project, option, start)
        less = self._spend.get(project, {})
        found = [share.passed(project, more, less) for share in self._shares]
        return [Passed.said(words, share) for words, share in found if words]

    def _costs(self, project: str, option: str, start: int) -> dict[str, float]:
        """Spend inside the horizon by category, credits not taken off."""
        load = self._load.of("costs", project, option, start)
        return {name: float(np.clip(amounts, 0.0, None).sum()) for name, amounts in load.items()}

    @cached_property
    def _spend(self) -> dict[str, dict[str, float]]:
        """Spend inside the horizon by project, "" for none of them, and category."""
        spend = {}
        for project, row in self._selection.items():
            if row["selected"]:
                start = self.calendar.index(row["start"])
                spend[project] = self._costs(project, row["option_id"], start)
            elif row["decision"] == "stopped":
                spend[project] = {STOPPING: float(self._projects[project]["stop_cost"])}
        assert self.plan.hires is not None
        spend[""] = {HIRING: float(self.plan.hires["cost"].sum())}
        return spend

    @cached_property
    def _shares(self) -> list[ShareOfSpend]:
        spend = self._spend if self.scenario.balance else {}
        return shares_of_spend(self.portfolio, self.scenario, spend)

    @cached_property
    def _nothing(self) -> Floats:
        return np.zeros(self.calendar.periods)

    @cached_property
    def _durations(self) -> dict[tuple[str, str], int]:
        options = self.portfolio.options
        return {
            (project, option): int(duration)
            for project, option, duration in zip(
                options["project_id"], options["option_id"], options["duration"], strict=True
            )
        }

    @cached_property
    def _programme_limits(self) -> list[ProgrammeLimit]:
        return programme_limits(self.plan, self.portfolio, self.scenario)

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        table = self.portfolio.tables["group_members"]
        members: dict[str, list[str]] = {}
        for group, project in zip(table["group_id"], table["project_id"], strict=True):
            members.setdefault(group, []).append(project)
        return members

    @cached_property
    def _groups_of(self) -> dict[str, list[tuple[str, str, float]]]:
        """Group, kind and limit of the groups that each project is in."""
        groups = self.portfolio.tables["groups"]
        found: dict[str, list[tuple[str, str, float]]] = {}
        for group, kind, limit in zip(
            groups["group_id"], groups["kind"], groups["limit"], strict=True
        ):
            for project in dict.fromkeys(self._members.get(group, [])):
                found.setdefault(project, []).append((group, kind, limit))
        return found

    def _groups_passed(self, project: str) -> list[Passed]:
        if "groups" in self.scenario.ignore or self._selection[project]["selected"]:
            return []
        passed = []
        soft = 1.0 + self.scenario.soften.get("groups", 0.0)
        for group, kind, limit in self._groups_of.get(project, []):
            if kind == "at_least":
                continue
            names = self._members[group]
            names = [name for name in names if self._projects[name]["stage"] != "closed"]
            called = self.wording.code(group)
            chosen = sum(bool(self._selection[name]["selected"]) for name in names)
            if kind == "all_or_none":
                if chosen < len(names) - 1:
                    words = say(
                        "the rule that all or none of group {group} is chosen", group=called
                    )
                    passed.append(Passed.said(words, 1.0))
            elif chosen + 1 > int(limit) * soft + SMALL:
                words = say(
                    "the rule that at most {number} of group {group} may be chosen",
                    number=decimal(int(limit), "d"),
                    group=called,
                )
                passed.append(Passed.said(words, 1.0))
        return passed

    def _own_passed(self, project: str, option: str, start: int) -> list[Passed]:
        return [
            Passed.said(
                say("your rule '{rule}' by {over}", rule=rule.name, over=decimal(over, ",.4g")),
                share,
            )
            for rule, over, share in self._own_rules.passed(project, option, start)
        ]

    @cached_property
    def _own_rules(self) -> OwnRules:
        return OwnRules(self.plan, self.portfolio, self.scenario)

    def money(self, amount: float) -> str:
        """An amount as a sentence says it."""
        return self.wording.money(amount, self.portfolio.settings.currency)

    def _too_much(self, limit: ProgrammeLimit, over: float) -> str:
        fields = {"programme": limit.name, "over": self.money(over)}
        if limit.label:
            period = self.wording.period(limit.label)
            return say(
                "the most that {programme} may spend in {period} by {over}", period=period, **fields
            )
        return say("the most that {programme} may spend by {over}", **fields)


def _too_many(limit: ProgrammeLimit, most: float) -> str:
    """A limit on the number of a programme's projects, which may be softened to no whole one."""
    number, fields = 1 if most == 1 else 2, {"most": decimal(most, "g"), "programme": limit.name}
    if limit.label:
        return plural(
            "the {most} project that {programme} may have at once",
            "the {most} projects that {programme} may have at once",
            number,
            **fields,
        )
    return plural(
        "the {most} project that {programme} may have",
        "the {most} projects that {programme} may have",
        number,
        **fields,
    )


def rows_by(table: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Rows of a table as plain data, by a key."""
    return {str(row[key]): {str(k): v for k, v in row.items()} for row in table.to_dict("records")}
