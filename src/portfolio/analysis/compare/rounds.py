"""Rounds of solves side by side: what is solved in one is there for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from portfolio.analysis.compare.solving import Asking, Solved, solve_alike
from portfolio.analysis.frontier import Frontier, frontier
from portfolio.analysis.side_by_side import Call, SideBySide
from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.models.solvers import DIRECT
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = ["Rounds", "frontier_call"]

_FRONTIER_GAP = 0.02


class Rounds:
    """Solves scenarios, each model once.

    Parameters
    ----------
    asking : Asking
        Scenarios that are added to it share a solve with those of the same model.
    explained : sequence of Scenario
        Those of which the rules in conflict are wanted, where no plan is possible.
    settings : Settings
        Of each solve; `threads` are the processors.
    work : SideBySide
    tell : callable
        Is told in words what is being done.
    """

    def __init__(
        self,
        asking: Asking,
        explained: Sequence[Scenario],
        settings: Settings,
        work: SideBySide,
        tell: Callable[[str], None],
    ) -> None:
        self.asking, self.settings, self.work, self.tell = asking, settings, work, tell
        self._explained = frozenset(repr(one) for one in explained)
        self._found: dict[str, Solved] = {}

    def found(self, scenario: Scenario) -> Solved:
        """What came of a scenario that was solved."""
        return self._found[repr(scenario)]

    def first(self, scenario: Scenario) -> Plan:
        """The plan of a scenario that is solved alone, by all processors."""
        self.tell(f"solving {scenario.name}")
        self._solve([scenario], None, self.settings, [])
        return self.found(scenario).plan

    def rest(
        self, scenarios: Iterable[Scenario], start: Plan | None, further: Sequence[Call] = ()
    ) -> list[Any]:
        """Solve scenarios side by side, from a plan to begin with.

        Returns
        -------
        list
            What the further calls return, which are made beside them.
        """
        alone = replace(self.settings, threads=1)
        return self._solve(list(scenarios), start, alone, list(further))

    def _solve(
        self,
        scenarios: list[Scenario],
        start: Plan | None,
        settings: Settings,
        further: list[Call],
    ) -> list[Any]:
        for scenario in scenarios:
            self.asking.add(scenario)
        wanted = {repr(one) for one in scenarios}
        groups = [g for g in self.asking.groups if wanted & {repr(one) for one in g}]
        new = [g for g in groups if not any(repr(one) in self._found for one in g)]
        portfolio, explained = self.asking.portfolio, self._explained
        calls: list[Call] = [
            (solve_alike, (portfolio, group, settings, start, explained)) for group in new
        ]
        # What takes longest begins first.
        results = self.work.results([*further, *calls], _Progress(len(calls), self.tell))
        for group, result in zip(new, results[len(further) :], strict=True):
            self._found |= {repr(s): one for s, one in zip(group, result, strict=True)}
        for group in groups:
            known = next(self._found[repr(one)] for one in group if repr(one) in self._found)
            for one in group:
                self._found.setdefault(repr(one), known)
        return results[: len(further)]


def frontier_call(
    portfolio: Portfolio, scenario: Scenario, settings: Settings, points: int, plan: Plan
) -> Call:
    """The frontier over money of a scenario, for a process."""
    gap = max(settings.gap, _FRONTIER_GAP)
    modest = replace(settings, threads=1, gap=gap, solver=DIRECT)
    return _frontier, (portfolio, scenario, modest, points, plan)


def _frontier(
    portfolio: Portfolio, scenario: Scenario, settings: Settings, points: int, plan: Plan
) -> Frontier:
    return frontier(portfolio, scenario, settings, points=points, plan=plan)


class _Progress:
    """Tells in words which solves have ended, and how many are left."""

    def __init__(self, number: int, tell: Callable[[str], None]) -> None:
        self.left, self.number, self.tell = number, number, tell

    def __call__(self, number: int, result: list[Solved] | Frontier) -> None:
        if not isinstance(result, list):
            self.tell("solved: the frontier")
            return
        self.left -= 1
        plan = result[0].plan
        self.tell(f"solved: {plan.scenario}, {plan.status}; {self.left} of {self.number} are left")
