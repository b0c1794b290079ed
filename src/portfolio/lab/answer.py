"""What comes of one solve: a plan, and its pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from portfolio.data.portfolio import Portfolio
from portfolio.figures import (
    Picture,
    capacity_chart,
    roadmap_chart,
    selection_chart,
    show,
    spend_chart,
)
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.plan import Plan
from portfolio.reports.audience import Audience
from portfolio.reports.content import BoardContent
from portfolio.scenario import Scenario

__all__ = ["Answer", "Found", "find"]


@dataclass(frozen=True, eq=False)
class Found:
    """What a solve brings back from its process.

    Attributes
    ----------
    plan : Plan
        With a solution, or with what stands in its way.
    pictures : tuple of Picture or None
        None where they are still to be drawn.
    """

    plan: Plan
    pictures: tuple[Picture, ...] | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """A plan beside what it answers.

    Attributes
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    found : Found
    """

    portfolio: Portfolio
    scenario: Scenario
    found: Found

    @property
    def plan(self) -> Plan:
        """The plan, with a solution or without."""
        return self.found.plan

    @cached_property
    def content(self) -> BoardContent | None:
        """What a board report says of the plan; None where there is no solution."""
        if not self.plan.feasible:
            return None
        first = self.portfolio.calendar.first_period
        # Whoever explores the data has them before them.
        analyst = Audience(names=True, confidential=True)
        return BoardContent(self.portfolio, self.scenario, self.plan, first, audience=analyst)

    @cached_property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of the plan: worth, money, people, time; none without a solution."""
        if self.found.pictures is not None:
            return self.found.pictures
        return () if self.content is None else _drawn(self.content)


def find(
    portfolio: Portfolio,
    scenario: Scenario,
    settings: Settings,
    progress: Callable[[str], None] | None = None,
) -> Found:
    """Solve, and draw what was found.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    scenario : Scenario
    settings : Settings
    progress : callable, optional
        Is told in words what is being done.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the portfolio or the model.
    SolveError
        If the solver fails, or its plan breaks a rule.
    """
    plan = optimize(portfolio, scenario, settings, progress)
    if progress is not None and plan.feasible:
        progress("drawing the pictures")
    return Found(plan, Answer(scenario.apply(portfolio), scenario, Found(plan)).pictures)


def _drawn(content: BoardContent) -> tuple[Picture, ...]:
    charts = [
        selection_chart(content.projects, currency=content.currency),
        spend_chart(content.spend, content.budget, currency=content.currency),
        *([capacity_chart(content.capacity_shown)] if len(content.capacity_shown) else []),
        roadmap_chart(content.roadmap, content.periods),
    ]
    return tuple(show(chart) for chart in charts)
