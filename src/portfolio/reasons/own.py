"""The analyst's own rules beside what a plan has of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan
from portfolio.scenario import OwnRule, Scenario, Term

__all__ = ["OwnRules"]

_SMALL = 1e-6
Way = tuple[str, str]


@dataclass(frozen=True, eq=False)
class OwnRules:
    """What a plan's choices count in each own rule.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    """

    plan: Plan
    portfolio: Portfolio
    scenario: Scenario

    def passed(self, project: str, option: str, start: int) -> list[tuple[OwnRule, float, float]]:
        """Rules that would be passed by this project's start, all others as they are.

        Returns
        -------
        list of (OwnRule, float, float)
            The rule, by how much, and that as a share of its limit; of a rule
            that the plan itself already stretches, only what comes on top.
        """
        label = self.portfolio.calendar.label(start)
        found = []
        for rule, terms, total in self._by_project.get(project, []):
            mine = self._counted(terms, self._ways.get(project))
            then = total - mine + self._counted(terms, (option, label))
            over = max(then - max(rule.at_most, total), min(rule.at_least, total) - then)
            limit = rule.at_most if then > total else rule.at_least
            if over > _SMALL * max(1.0, abs(limit)):
                found.append((rule, over, over / max(abs(limit), over)))
        return found

    @cached_property
    def _ways(self) -> dict[str, Way]:
        """Option and start of what is selected."""
        assert self.plan.selection is not None
        chosen = self.plan.selection[self.plan.selection["selected"]]
        ways = zip(chosen["option_id"], chosen["start"], strict=True)
        return dict(zip(chosen["project_id"], ways, strict=True))

    @cached_property
    def _by_project(self) -> dict[str, list[tuple[OwnRule, list[Term], float]]]:
        """For each project the rules that speak of it, its terms there, and the plan's sum."""
        found: dict[str, list[tuple[OwnRule, list[Term], float]]] = {}
        if "own" in self.scenario.ignore:
            return found
        share = self.scenario.soften.get("own", 0.0)
        for rule in self.scenario.own:
            own: dict[str, list[Term]] = {}
            for term in rule.terms:
                own.setdefault(term.project_id, []).append(term)
            total = sum(self._counted(terms, self._ways.get(p)) for p, terms in own.items())
            for project, terms in own.items():
                found.setdefault(project, []).append((rule.softened(share), terms, total))
        return found

    @staticmethod
    def _counted(terms: list[Term], way: Way | None) -> float:
        if way is None:
            return 0.0
        option, start = way
        return sum(
            term.times
            for term in terms
            if term.option_id in ("", option) and term.start in ("", start)
        )
