"""Why each project is in, later or out: one sentence each, from the tables and the plan.

No solver is asked. For a project that is left out, every option and start that
its own limits allow is tried beside the plan as it stands, and the best one is
that which passes the other limits by the least, as a share of what they allow.
The sentence names those limits and by how much they would be passed. What
would follow from forcing it in is another question, for `portfolio.analysis`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from portfolio.data.forced import forced_words
from portfolio.data.portfolio import Portfolio
from portfolio.data.wording import EXACT, Wording
from portfolio.drivers import strategic_value
from portfolio.language import decimal, listed, plural, say
from portfolio.plan import Plan
from portfolio.reasons.passed import Passed
from portfolio.reasons.room import Room, rows_by
from portfolio.scenario import Scenario

__all__ = ["with_reasons"]

_NAMED = 3


def with_reasons(
    plan: Plan, portfolio: Portfolio, scenario: Scenario, wording: Wording = EXACT
) -> Plan:
    """The plan with a sentence for every project.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    wording : Wording

    Returns
    -------
    Plan
    """
    assert plan.selection is not None
    reasons = _Reasons(plan, portfolio, scenario, wording)
    sentences = [
        reasons.sentence(project, decision)
        for project, decision in zip(
            plan.selection["project_id"], plan.selection["decision"], strict=True
        )
    ]
    return replace(plan, selection=plan.selection.assign(reason=sentences))


class _Reasons:
    """The sentences of one plan."""

    def __init__(
        self, plan: Plan, portfolio: Portfolio, scenario: Scenario, wording: Wording
    ) -> None:
        self.plan = plan
        self.portfolio = portfolio
        self.scenario = scenario
        assert plan.selection is not None
        self.calendar = portfolio.calendar
        self.room = Room(plan, portfolio, scenario, wording)
        self.projects = rows_by(portfolio.tables["projects"], "project_id")
        self.selection = rows_by(plan.selection, "project_id")

    def sentence(self, project: str, decision: str) -> str:
        """Why a project has its decision."""
        facts = self.projects[project]
        if decision == "closed":
            return say("Closed: takes nothing.")
        if decision == "not_offered":
            return say("An idea: not yet offered for a decision.")
        if decision == "in_flight":
            return say("In flight: stays, and its money and people come first.")
        if decision == "stopped":
            return self._stopped(project, facts)
        if decision == "left_out":
            return self._left_out(project, facts)
        return self._funded(project, facts, decision)

    def _stopped(self, project: str, facts: dict[str, Any]) -> str:
        cost = float(facts["stop_cost"])
        price = self.room.money(cost)
        if facts["force"] == "out" and "forced_out" not in self.scenario.ignore:
            reason = forced_words("out", facts["force_reason"])
            if not cost:
                return say("Stopped by decision ({reason}).", reason=reason)
            return say(
                "Stopped at a cost of {cost} by decision ({reason}).", cost=price, reason=reason
            )
        stopped = say("Stopped at a cost of {cost}", cost=price) if cost else say("Stopped")
        return f"{stopped}: {self._why_stopped(project)}."

    def _why_stopped(self, project: str) -> str:
        if self._by_value and self.priority[project] < 0:
            return say("its value is below zero")
        option = self.selection[project]["option_id"]
        passed = self.room.passed(project, option, int(self.portfolio.started[project]))
        if passed:
            return say("kept, it would pass {limits}", limits=_limits(passed))
        return say("what it frees is worth more elsewhere in the plan")

    def _funded(self, project: str, facts: dict[str, Any], decision: str) -> str:
        start = self.selection[project]["start"]
        period = self.room.wording.period(start)
        if facts["force"] == "in" and "forced_in" not in self.scenario.ignore:
            reason = forced_words("in", facts["force_reason"])
            why = say("Must be done ({reason}), from {start}", reason=reason, start=period)
        else:
            why = self._worth(project, period)
        if decision != "deferred":
            return f"{why}."
        earliest = max(self._index(facts["earliest_start"], 0), 0)
        ready, waits_for = self._ready(project)
        if waits_for and ready >= self.calendar.index(start):
            waits = say("it waits for {project}", project=waits_for)
            return f"{why}; {waits}."
        earliest = max(earliest, ready)
        passed = self.room.passed(project, self.selection[project]["option_id"], earliest)
        if passed:
            not_before = say(
                "at its earliest start, {period}, it would pass {limits}",
                period=self._period(earliest),
                limits=_limits(passed),
            )
        else:
            not_before = say(
                "an earlier start passes no limit by itself, but the plan is better so"
            )
        return f"{why}; {not_before}."

    def _left_out(self, project: str, facts: dict[str, Any]) -> str:
        if facts["force"] == "out" and "forced_out" not in self.scenario.ignore:
            reason = forced_words("out", facts["force_reason"])
            return say("Kept out by decision ({reason}).", reason=reason)
        missing = self._missing_needs(project)
        if missing:
            return say("Left out: it needs {projects}, not in the plan.", projects=listed(missing))
        tried = [
            (self.room.passed(project, option, start), start)
            for option, start in self._candidates(project, facts)
        ]
        if not tried:
            return say(
                "Left out: it has no start at which it ends inside the horizon and its limits."
            )
        passed, start = min(tried, key=lambda item: (sum(p.share for p in item[0]), item[1]))
        label = self._period(start)
        if passed:
            return say(
                "Left out: at its best start, {period}, it would pass {limits}.",
                period=label,
                limits=_limits(passed),
            )
        if self._by_value and self.priority[project] <= 0:
            return say("Left out: it would fit, and adds no value.")
        return say(
            "Left out: no single limit stops it at {period}; the plan as a whole is better "
            "without it, within its precision.",
            period=label,
        )

    @property
    def _by_value(self) -> bool:
        """Whether strategic value is what is asked for first."""
        return self.scenario.objectives[0] == "strategic_value"

    def _worth(self, project: str, start: str) -> str:
        """That it is funded, and what the chosen option is worth."""
        if not self._by_value:
            return say("Funded from {start}", start=start)
        option = self.selection[project]["option_id"]
        worth = self.priority[project] * self._value_shares[project, option]
        if worth <= 0:
            return say("Funded from {start}: it adds no value", start=start)
        return say(
            "Funded from {start}: {share} of the portfolio's value",
            start=start,
            share=decimal(worth, ".1%"),
        )

    @cached_property
    def _value_shares(self) -> dict[tuple[str, str], float]:
        options = self.portfolio.options
        keys = zip(options["project_id"], options["option_id"], strict=True)
        return dict(zip(keys, options["value_share"], strict=True))

    @cached_property
    def priority(self) -> dict[str, float]:
        """Share of the portfolio's value, by project."""
        values = strategic_value(self.portfolio, risk_adjusted=self.scenario.risk_adjusted)
        return dict(zip(values["project_id"], values["priority"], strict=True))

    def _missing_needs(self, project: str) -> list[str]:
        return [
            self._called(other)
            for other, _, _ in self._links.get(project, [])
            if not self.selection[other]["selected"] and self.projects[other]["stage"] != "closed"
        ]

    def _called(self, project: str) -> str:
        """What a project is called in the sentence of another, which everyone may read."""
        facts = self.projects[project]
        if facts["confidential"]:
            return say("a confidential project")
        return f"{project} ({facts['name']})"

    @cached_property
    def _links(self) -> dict[str, list[tuple[str, str, int]]]:
        links: dict[str, list[tuple[str, str, int]]] = {}
        table = self.portfolio.tables["dependencies"]
        for project, other, kind, lag in zip(
            table["project_id"], table["other_id"], table["kind"], table["lag"], strict=True
        ):
            if kind not in self.scenario.ignore:
                links.setdefault(project, []).append((other, kind, int(lag)))
        return links

    def _candidates(self, project: str, facts: dict[str, Any]) -> list[tuple[str, int]]:
        """Options and starts that the project's own windows and needs allow."""
        window = {
            name: "" if name in self.scenario.ignore else facts[name]
            for name in ("earliest_start", "latest_start", "latest_finish")
        }
        first = max(self._index(window["earliest_start"], 0), self._ready(project)[0], 0)
        finish = self._index(window["latest_finish"], 10**6)
        found = []
        for option, duration in self._options.get(project, []):
            # A latest start opens the starts up to it, also where it is no limit any more.
            last = self.calendar.periods - duration
            if facts["latest_start"]:
                last = max(last, self._index(facts["latest_start"], 0))
            last = min(last, self._index(window["latest_start"], last), finish - duration + 1)
            last = min(last, self.calendar.periods - 1)
            found += [(option, start) for start in range(first, last + 1)]
        return found

    def _ready(self, project: str) -> tuple[int, str]:
        """First period in which all that it waits for has happened, and what comes last of it."""
        ready, last = 0, ""
        for other, kind, lag in self._links.get(project, []):
            label = self.selection[other]["start"]
            if kind == "requires" or not label:
                continue
            end = "finish" if kind == "finish_to_start" else "start"
            after = 1 if kind == "finish_to_start" else 0
            when = self.calendar.index(self.selection[other][end]) + after + lag
            if when > ready:
                ready, last = when, self._called(other)
        return ready, last

    @cached_property
    def _options(self) -> dict[str, list[tuple[str, int]]]:
        options = self.portfolio.options
        found: dict[str, list[tuple[str, int]]] = {}
        for project, option, duration in zip(
            options["project_id"], options["option_id"], options["duration"], strict=True
        ):
            found.setdefault(project, []).append((option, int(duration)))
        return found

    def _period(self, t: int) -> str:
        return self.room.wording.period(self.calendar.label(t))

    def _index(self, label: str, otherwise: int) -> int:
        return self.calendar.index(label) if label else otherwise


def _limits(passed: list[Passed]) -> str:
    named = [one.words for one in passed[:_NAMED]]
    more = len(passed) - _NAMED
    if more > 0:
        named.append(plural("{n} more limit", "{n} more limits", more))
    return listed(named)
