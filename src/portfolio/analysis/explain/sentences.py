"""Answers in plain words, each with its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from portfolio.analysis.explain.answers import Explanation
from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.conflict import Conflict
from portfolio.models.selection.rule_words import RuleWords

__all__ = ["Words", "listed"]

_NAMED = 3
_CLOSE, _TELLING = 0.99, 0.01
_THOUSAND, _LARGE = 1e3, 1e6
_MONEY = ("npv", "benefit", "cost")
_WAYS = {"value": "value", "budget": "money", "capacity": "people"}


class Words:
    """Sentences about one plan.

    Parameters
    ----------
    asked : Inquiry
    """

    def __init__(self, asked: Inquiry) -> None:
        self.asked = asked
        self.rules = RuleWords(asked.terms)
        self.currency = asked.changed.settings.currency
        self.objective = asked.objective.name.replace("_", " ")

    def not_offered(self, project: str, decision: str) -> str:
        """Of a project on which there is nothing to decide."""
        called = self._called(project)
        if decision == "closed":
            return f"{called} is closed: it takes nothing, and nothing brings it in."
        return (
            f"{called} is an idea and not yet offered for a decision: set its stage to proposed, "
            "here or in a scenario, and ask again."
        )

    def why_not(self, answer: Explanation, own: float | None, *, impossible: bool) -> str:
        """Of a project that is left out."""
        project = answer.project_id
        facts = self.asked.facts(project)
        parts = []
        kept_out = self.asked.forced(project) == "out"
        if kept_out:
            reason = facts["force_reason"] or "forced out"
            parts.append(
                f"is kept out by decision ({reason}), and nothing brings it in while that stands"
            )
        else:
            stopped = facts["stage"] == "in_flight"
            parts.append("is stopped" if stopped else "is left out")
        beyond = impossible and not self._said_by_limits(answer)
        if not beyond:
            parts += self._limits(answer, impossible=impossible)
        if answer.value_lost is not None:
            parts.append(self._lost(answer, "with it"))
            parts += self._pushed_out(answer)
        elif impossible:
            parts.append("no plan within today's limits can hold it")
        else:
            parts.append("what a plan with it is worth was not found in the time")
        sentence = f"{self._called(project)} {parts[0]}: {'; '.join(parts[1:])}."
        if beyond and answer.conflict is not None:
            sentence = f"{sentence} {self._conflict(answer.conflict)}"
        if kept_out:
            return sentence
        return f"{sentence} {self._brings_in(answer, own)}"

    def why_in(self, answer: Explanation, *, must: bool, impossible: bool) -> str:
        """Of a project that is in the plan."""
        project = answer.project_id
        facts = self.asked.facts(project)
        flying = facts["stage"] == "in_flight"
        if flying and must:
            first = f"is in flight and stays{self._stop_cost(facts)}"
        elif must:
            first = f"must be done ({facts['force_reason'] or 'forced in'})"
        else:
            first = "is in flight and kept" if flying else "is in the plan"
        parts = []
        if impossible:
            parts.append("no plan is possible without it")
        elif answer.value_lost is None:
            parts.append("what a plan without it is worth was not found in the time")
        else:
            parts.append(self._lost(answer, "without it"))
            if answer.displaced:
                parts.append(f"{self._projects(answer.displaced)} would leave with it")
            if answer.replaced_by:
                parts.append(f"{self._projects(answer.replaced_by)} would take its place")
        sentence = f"{self._called(project)} {first}: {'; '.join(parts)}."
        if not impossible:
            return sentence
        if answer.conflict is None:
            return f"{sentence} Which rules make it so was not found in the time."
        return f"{sentence} {answer.conflict.sentence}"

    def replaced(self, before: float, answer: Explanation) -> str:
        """That a better plan turned up on the way, before the answer itself."""
        return (
            f"A better plan turned up on the way and takes the plan's place "
            f"({self.objective} {self.worth(answer.value)} instead of {self.worth(before)}). "
            f"{answer.sentence}"
        )

    def worth(self, value: float) -> str:
        """A value of the first objective."""
        if self.asked.objective.name in _MONEY:
            return self.money(value)
        return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:,.6g}"

    def size(self, difference: float) -> str:
        """A difference of two values, which no solve knows to six digits."""
        if self.asked.objective.name in _MONEY:
            return self.money(difference)
        rounded = float(f"{difference:.3g}")
        return f"{rounded:,.0f}" if abs(rounded) >= _THOUSAND else f"{rounded:,.3g}"

    def money(self, amount: float) -> str:
        """An amount of money."""
        number = f"{amount:,.0f}" if abs(amount) >= _THOUSAND else f"{amount:,.6g}"
        return f"{self.currency} {number}"

    def worth_of_more(self, row: dict[str, Any]) -> str:
        """What more of one thing brings, beside what it costs."""
        if row["kind"] == "people":
            names = self.asked.changed.tables["roles"].set_index("role_id")["name"]
            what = f"{row['more']:.3g} FTE more of {names[row['role_id']]} in every period"
        else:
            what = f"{self.money(row['more'])} more in {row['fund_id']} for {row['period']}"
        words = f"{what}, which makes the {self.objective} {self.size(row['gain'])} better"
        if row["kind"] == "people" and not math.isnan(row["cost"]):
            words += f", at a cost of {self.money(row['cost'])}"
        return words

    def _lost(self, answer: Explanation, how: str) -> str:
        """What the other plan is worth beside today's, with the interval of the two best."""
        lost, low, high = answer.value_lost, answer.value_lost_low, answer.value_lost_high
        assert lost is not None
        assert answer.other_value is not None
        worth = f"{self.worth(answer.other_value)}"
        today = f"today's {self.worth(answer.value)}"
        if abs(lost) <= 1e-6 * max(1.0, abs(answer.value)):
            words = f"{how} the plan has the same {self.objective}, {today}"
        else:
            size, more = abs(lost), answer.sense == "max"
            compared = "less" if (lost > 0) == more else "more"
            words = (
                f"{how} the {self.objective} is {worth}, {self.size(size)} {compared} than {today}"
            )
        if low is None or high is None or high - low <= 1e-6 * max(1.0, abs(answer.value)):
            return words
        return f"{words} (of the two best plans: between {self.size(low)} and {self.size(high)})"

    def _pushed_out(self, answer: Explanation) -> list[str]:
        parts = []
        if answer.displaced:
            parts.append(f"it pushes out {self._projects(answer.displaced)}")
        if answer.replaced_by:
            parts.append(f"{self._projects(answer.replaced_by)} would come with it")
        return parts

    def _conflict(self, found: Conflict) -> str:
        """Rules that leave no plan with a project; what brings it in is said apart."""
        families, rows = found.families, found.rows
        return self.rules.rules(families, rows, proven=found.proven, beside="With it")

    def _said_by_limits(self, answer: Explanation) -> bool:
        """Whether the limits that it would pass are all that stands against it."""
        if answer.conflict is None or not answer.conflict.rows:
            return True
        passed = set(zip(answer.binding["family"], answer.binding["key"], strict=True))
        return {(row.family, row.key) for row in answer.conflict.rows} <= passed

    def _limits(self, answer: Explanation, *, impossible: bool) -> list[str]:
        if answer.binding.empty:
            return [] if answer.start else ["no start is left for it"]
        rows = answer.binding.to_dict("records")
        named = [self._passed({str(k): v for k, v in row.items()}) for row in rows[:_NAMED]]
        more = len(rows) - _NAMED
        if more > 0:
            named.append(f"{more} more {'limit' if more == 1 else 'limits'}")
        beside = "even if all that may leave did" if impossible else "beside today's plan"
        # What is in flight has its start behind it.
        flying = self.asked.facts(answer.project_id)["stage"] == "in_flight"
        held = "kept" if flying else f"from {answer.start}"
        return [f"{held}, {beside}, it would pass {listed(named)}"]

    def _passed(self, row: dict[str, Any]) -> str:
        key = dict(part.split("=", 1) for part in row["key"].split(", ")) if row["key"] else {}
        return self.rules.passed(row["family"], key, float(row["missing"]))

    def _brings_in(self, answer: Explanation, own: float | None) -> str:
        brings = answer.brings_in
        said, ways = list[str](), list[str]()
        if brings.value is not None and own is not None:
            value = f"{self.worth(brings.value)} instead of {self.worth(own)}"
            said.append(f"It would come in with a value of {value}.")
        if brings.budget is not None and len(brings.budget):
            least = float(brings.budget["amount"].sum()), brings.budget_at_least
            ways.append(self._more_money(brings.budget) + _perhaps(*least, self.money))
        if brings.capacity is not None and len(brings.capacity):
            least = float(brings.capacity["fte"].sum()), brings.capacity_at_least
            ways.append(self._more_people(brings.capacity) + _perhaps(*least, _fte))
        if ways:
            # The best plan with so much more may yet be another one, without the project.
            more = ", or with ".join(ways)
            said.append(f"A plan with it would be worth as much as today's with {more}.")
        elif brings.budget is not None or brings.capacity is not None:
            said.append("A plan with it is worth as much as today's.")
        if brings.unsettled:
            what = listed([_WAYS[name] for name in brings.unsettled])
            said.append(f"Whether {what} would bring it in was not found in the time.")
        return " ".join(said) or "Neither value nor money nor people would bring it in."

    def _more_money(self, rows: pd.DataFrame) -> str:
        total = float(rows["amount"].sum())
        places = _places(rows, "fund_id", "amount", self.money)
        return f"{self.money(total)} more money ({places})"

    def _more_people(self, rows: pd.DataFrame) -> str:
        total = float(rows["fte"].sum())
        names = self.asked.changed.tables["roles"].set_index("role_id")["name"]
        named = rows.assign(role_id=rows["role_id"].map(names))
        places = _places(named, "role_id", "fte", _fte)
        return f"{_fte(total)} more, summed over periods ({places})"

    def _stop_cost(self, facts: dict[str, Any]) -> str:
        cost = facts["stop_cost"]
        if pd.isna(cost) or not cost:
            return ""
        return f" (the {self.money(float(cost))} that stopping it would cost are not counted)"

    def _projects(self, projects: tuple[str, ...]) -> str:
        named = [self._called(one) for one in projects[:_NAMED]]
        more = len(projects) - _NAMED
        return listed([*named, f"{more} more"] if more > 0 else named)

    def _called(self, project: str) -> str:
        facts = self.asked.facts(project)
        return project if facts["confidential"] else f"{project} ({facts['name']})"


def listed(words: list[str]) -> str:
    """Words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _fte(amount: float) -> str:
    return f"{amount:.3g} FTE"


def _perhaps(total: float, at_least: float | None, said: Callable[[float], str]) -> str:
    """Whether less might do, where the least was not proven, and what no less would."""
    least = at_least or 0.0
    if least >= _CLOSE * total:
        return ""
    words = ", or perhaps with less"
    return f"{words}, though not below {said(least)}" if least >= _TELLING * total else words


def _places(rows: pd.DataFrame, key: str, amount: str, said: Any) -> str:
    """Where amounts are needed, the largest first."""
    largest = rows.sort_values(amount, ascending=False, kind="stable")
    columns = (largest[name].tolist() for name in (key, "period", amount))
    places = zip(*columns, strict=True)
    named = [f"{one} in {period}: {said(float(some))}" for one, period, some in places]
    more = len(named) - _NAMED
    return ", ".join([*named[:_NAMED], f"and {more} more"] if more > 0 else named)
