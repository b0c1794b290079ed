"""Scenarios solved side by side, each model once, in processes of their own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from portfolio.analysis.compare.measures import measures
from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError, SolveError
from portfolio.models.outcome import Settings
from portfolio.models.selection import fingerprint
from portfolio.optimize import Question, answer, pose, solve
from portfolio.plan import Plan, Status
from portfolio.scenario import Scenario

__all__ = ["Asking", "Solved", "solve_alike"]


@dataclass(frozen=True, eq=False)
class Solved:
    """What came of a scenario.

    Attributes
    ----------
    plan : Plan
        Of the status `INVALID` where the solve failed.
    measures : dict of str to float
        See `portfolio.analysis.compare.measures`; empty without a solution.
    failed : str
        How the solve failed.
    """

    plan: Plan
    measures: dict[str, float]
    failed: str = ""


class Asking:
    """The models of scenarios, by their fingerprints: what is equal is solved once.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self._prints: dict[str, str] = {}
        self._groups: dict[str, dict[str, Scenario]] = {}

    def pose(self, scenario: Scenario) -> Question:
        """A scenario's model.

        Raises
        ------
        ScenarioError
            If it does not fit the portfolio or the model.
        """
        question = pose(self.portfolio, scenario)
        # What is known to be impossible is told apart by its words, which tables give.
        impossible = bool(question.known.faults)
        self._prints[repr(scenario)] = (
            repr(scenario) if impossible else fingerprint(question.selection)
        )
        return question

    def fits(self, scenario: Scenario) -> bool:
        """Whether a scenario fits the portfolio and the model."""
        try:
            self.pose(scenario)
        except ScenarioError:
            return False
        return True

    def add(self, scenario: Scenario) -> None:
        """Put a scenario that fits among those that are solved."""
        key = repr(scenario)
        if key not in self._prints:
            self.pose(scenario)
        self._groups.setdefault(self._prints[key], {}).setdefault(key, scenario)

    @property
    def groups(self) -> list[tuple[Scenario, ...]]:
        """Scenarios of one model together, in the order of adding."""
        return [tuple(group.values()) for group in self._groups.values()]


def solve_alike(
    portfolio: Portfolio,
    scenarios: Sequence[Scenario],
    settings: Settings,
    start: Plan | None,
    explained: frozenset[str],
) -> list[Solved]:
    """Solve for the first scenario, and read the others' plans from what was found.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    scenarios : sequence of Scenario
        Whose models are equal.
    settings : Settings
    start : Plan or None
        A plan to begin with.
    explained : frozenset of str
        Scenarios, as `repr` has them, of which the rules in conflict are wanted where no
        plan is possible.

    Returns
    -------
    list of Solved
        One a scenario.
    """
    began = time.perf_counter()
    question = pose(portfolio, scenarios[0])
    if start is not None and not _same_periods(portfolio, question):
        start = None
    try:
        outcomes = solve(question, settings, start=start)
    except SolveError as error:
        return [_failed(scenario, error) for scenario in scenarios]
    found = []
    for number, scenario in enumerate(scenarios):
        if number:
            began = time.perf_counter()
            question = pose(portfolio, scenario)
        try:
            plan = answer(question, outcomes, settings, conflict=repr(scenario) in explained)
        except SolveError as error:
            found.append(_failed(scenario, error))
            continue
        plan = replace(plan, seconds=time.perf_counter() - began)
        found.append(Solved(plan, measures(question, plan) if plan.feasible else {}))
    return found


def _failed(scenario: Scenario, error: SolveError) -> Solved:
    return Solved(Plan(status=Status.INVALID, scenario=scenario.name), {}, str(error))


def _same_periods(portfolio: Portfolio, question: Question) -> bool:
    """Whether a plan of other tables can be read in the periods of these."""
    return portfolio.calendar.frequency == question.selection.terms.portfolio.calendar.frequency
