"""Answers in plain words, each with its numbers."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from portfolio.analysis.explain.amounts import Amounts
from portfolio.analysis.explain.answers import Explanation
from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.analysis.explain.ways_in import ways_in
from portfolio.conflict import Conflict
from portfolio.data.forced import forced_words
from portfolio.language import decimal, listed, mark, plural, say
from portfolio.models.selection.rule_words import RuleWords

__all__ = ["Words"]

_NAMED = 3
_PASSED = {
    (False, False): mark("from {start}, beside today's plan, it would pass {limits}"),
    (False, True): mark("from {start}, even if all that may leave did, it would pass {limits}"),
    (True, False): mark("kept, beside today's plan, it would pass {limits}"),
    (True, True): mark("kept, even if all that may leave did, it would pass {limits}"),
}
_WITH = (
    mark("with it the plan has the same {objective}, today's {today}"),
    mark("with it the {objective} is {value}, {size} less than today's {today}"),
    mark("with it the {objective} is {value}, {size} more than today's {today}"),
)
_WITHOUT = (
    mark("without it the plan has the same {objective}, today's {today}"),
    mark("without it the {objective} is {value}, {size} less than today's {today}"),
    mark("without it the {objective} is {value}, {size} more than today's {today}"),
)


class Words(Amounts):
    """Sentences about one plan.

    Parameters
    ----------
    asked : Inquiry
    """

    def __init__(self, asked: Inquiry) -> None:
        super().__init__(asked)
        self.rules = RuleWords(asked.terms, asked.wording)

    def not_offered(self, project: str, decision: str) -> str:
        """Of a project on which there is nothing to decide."""
        called = self._called(project)
        if decision == "closed":
            return say(
                "{project} is closed: it takes nothing, and nothing brings it in.", project=called
            )
        return say(
            "{project} is an idea and not yet offered for a decision: set its stage to proposed, "
            "here or in a scenario, and ask again.",
            project=called,
        )

    def why_not(self, answer: Explanation, own: float | None, *, impossible: bool) -> str:
        """Of a project that is left out."""
        project = answer.project_id
        facts = self.asked.facts(project)
        called = self._called(project)
        parts: list[str] = []
        kept_out = self.asked.forced(project) == "out"
        if kept_out:
            lead = say(
                "{project} is kept out by decision ({reason}), and nothing brings it in while "
                "that stands",
                project=called,
                reason=forced_words("out", facts["force_reason"]),
            )
        elif facts["stage"] == "in_flight":
            lead = say("{project} is stopped", project=called)
        else:
            lead = say("{project} is left out", project=called)
        beyond = impossible and not self._said_by_limits(answer)
        if not beyond:
            parts += self._limits(answer, impossible=impossible)
        if answer.value_lost is not None:
            parts.append(self._lost(answer, _WITH))
            parts += self._pushed_out(answer)
        elif impossible:
            parts.append(say("no plan within today's limits can hold it"))
        else:
            parts.append(say("what a plan with it is worth was not found in the time"))
        sentence = f"{lead}: {'; '.join(parts)}."
        if beyond and answer.conflict is not None:
            sentence = f"{sentence} {self._conflict(answer.conflict)}"
        if kept_out:
            return sentence
        return f"{sentence} {ways_in(answer.brings_in, own, self)}"

    def why_in(self, answer: Explanation, *, must: bool, impossible: bool) -> str:
        """Of a project that is in the plan."""
        project = answer.project_id
        facts = self.asked.facts(project)
        flying = facts["stage"] == "in_flight"
        called = self._called(project)
        if flying and must:
            lead = self._stays(called, facts["stop_cost"])
        elif must:
            reason = forced_words("in", facts["force_reason"])
            lead = say("{project} must be done ({reason})", project=called, reason=reason)
        elif flying:
            lead = say("{project} is in flight and kept", project=called)
        else:
            lead = say("{project} is in the plan", project=called)
        parts = []
        if impossible:
            parts.append(say("no plan is possible without it"))
        elif answer.value_lost is None:
            parts.append(say("what a plan without it is worth was not found in the time"))
        else:
            parts.append(self._lost(answer, _WITHOUT))
            if answer.displaced:
                parts.append(
                    plural(
                        "{projects} would leave with it",
                        "{projects} would leave with it",
                        len(answer.displaced),
                        projects=self._projects(answer.displaced),
                    )
                )
            if answer.replaced_by:
                parts.append(
                    plural(
                        "{projects} would take its place",
                        "{projects} would take its place",
                        len(answer.replaced_by),
                        projects=self._projects(answer.replaced_by),
                    )
                )
        sentence = f"{lead}: {'; '.join(parts)}."
        if not impossible:
            return sentence
        if answer.conflict is None:
            unknown = say("Which rules make it so was not found in the time.")
            return f"{sentence} {unknown}"
        return f"{sentence} {answer.conflict.sentence}"

    def replaced(self, before: float, answer: Explanation) -> str:
        """That a better plan turned up on the way, before the answer itself."""
        better = say(
            "A better plan turned up on the way and takes the plan's place "
            "({objective} {value} instead of {before}).",
            objective=self.objective,
            value=self.worth(answer.value),
            before=self.worth(before),
        )
        return f"{better} {answer.sentence}"

    def worth_of_more(self, row: dict[str, Any]) -> str:
        """What more of one thing brings, beside what it costs."""
        if row["kind"] == "people":
            what = say(
                "{fte} FTE more of {role} in every period",
                fte=decimal(row["more"], ".3g"),
                role=self.role_names[row["role_id"]],
            )
        else:
            what = say(
                "{amount} more in {fund} for {period}",
                amount=self.money(row["more"]),
                fund=self.asked.wording.code(row["fund_id"]),
                period=self.asked.wording.period(row["period"]),
            )
        gain = self.size(row["gain"])
        words = say(
            "{more}, which makes the {objective} {gain} better",
            more=what,
            objective=self.objective,
            gain=gain,
        )
        if row["kind"] == "people" and not math.isnan(row["cost"]):
            return say("{more}, at a cost of {cost}", more=words, cost=self.money(row["cost"]))
        return words

    def _lost(self, answer: Explanation, words_of: tuple[str, str, str]) -> str:
        """What the other plan is worth beside today's, with the interval of the two best."""
        lost, low, high = answer.value_lost, answer.value_lost_low, answer.value_lost_high
        assert lost is not None
        assert answer.other_value is not None
        today, (same, less, more) = self.worth(answer.value), words_of
        if abs(lost) <= 1e-6 * max(1.0, abs(answer.value)):
            words = say(same, objective=self.objective, today=today)
        else:
            words = say(
                less if (lost > 0) == (answer.sense == "max") else more,
                objective=self.objective,
                value=self.worth(answer.other_value),
                size=self.size(abs(lost)),
                today=today,
            )
        if low is None or high is None or high - low <= 1e-6 * max(1.0, abs(answer.value)):
            return words
        return say(
            "{difference} (of the two best plans: between {low} and {high})",
            difference=words,
            low=self.size(low),
            high=self.size(high),
        )

    def _pushed_out(self, answer: Explanation) -> list[str]:
        parts = []
        if answer.displaced:
            parts.append(say("it pushes out {projects}", projects=self._projects(answer.displaced)))
        if answer.replaced_by:
            parts.append(
                plural(
                    "{projects} would come with it",
                    "{projects} would come with it",
                    len(answer.replaced_by),
                    projects=self._projects(answer.replaced_by),
                )
            )
        return parts

    def _conflict(self, found: Conflict) -> str:
        """Rules that leave no plan with a project; what brings it in is said apart."""
        families, rows = found.families, found.rows
        return self.rules.rules(families, rows, proven=found.proven, beside="with")

    def _said_by_limits(self, answer: Explanation) -> bool:
        """Whether the limits that it would pass are all that stands against it."""
        if answer.conflict is None or not answer.conflict.rows:
            return True
        passed = set(zip(answer.binding["family"], answer.binding["key"], strict=True))
        return {(row.family, row.key) for row in answer.conflict.rows} <= passed

    def _limits(self, answer: Explanation, *, impossible: bool) -> list[str]:
        if answer.binding.empty:
            return [] if answer.start else [say("no start is left for it")]
        rows = answer.binding.to_dict("records")
        named = [self._passed({str(k): v for k, v in row.items()}) for row in rows[:_NAMED]]
        more = len(rows) - _NAMED
        if more > 0:
            named.append(plural("{n} more limit", "{n} more limits", more))
        # What is in flight has its start behind it.
        flying = self.asked.facts(answer.project_id)["stage"] == "in_flight"
        words, start = _PASSED[flying, impossible], self.asked.wording.period(answer.start)
        return [say(words, start=start, limits=listed(named))]

    def _passed(self, row: dict[str, Any]) -> str:
        key = dict(part.split("=", 1) for part in row["key"].split(", ")) if row["key"] else {}
        return self.rules.passed(row["family"], key, float(row["missing"]))

    def _stays(self, project: str, stop_cost: Any) -> str:
        if pd.isna(stop_cost) or not stop_cost:
            return say("{project} is in flight and stays", project=project)
        return say(
            "{project} is in flight and stays (the {cost} that stopping it would cost are not "
            "counted)",
            project=project,
            cost=self.money(float(stop_cost)),
        )

    def _projects(self, projects: tuple[str, ...]) -> str:
        named = [self._called(one) for one in projects[:_NAMED]]
        more = len(projects) - _NAMED
        if more <= 0:
            return listed(named)
        number = decimal(more, "d")
        return say("{names} and {number} more", names=", ".join(named), number=number)

    def _called(self, project: str) -> str:
        facts = self.asked.facts(project)
        return project if facts["confidential"] else f"{project} ({facts['name']})"
