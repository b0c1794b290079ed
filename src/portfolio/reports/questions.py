"""What would change a plan: questions about it that share one time."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from portfolio.analysis.explain import (
    Bottlenecks,
    Explanation,
    inquiry,
    why_not_each,
    worth_of_more,
)
from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = ["MOST_ASKED", "NOT_ASKED", "Questions", "ask"]

MOST_ASKED: Final = 5
"""Of how many projects that are left out it is asked what would bring them in."""

_ON_PROJECTS: Final = 0.6


@dataclass(frozen=True, eq=False)
class Questions:
    """Answers about a plan.

    Attributes
    ----------
    explanations : tuple of Explanation
        Why projects are left out, and what would bring each in.
    more : Bottlenecks or None
        What one more person of each role would be worth.
    better : Plan or None
        A better plan that turned up on the way; then there are no answers.
    """

    explanations: tuple[Explanation, ...] = ()
    more: Bottlenecks | None = None
    better: Plan | None = None


NOT_ASKED: Final = Questions()
"""No answers."""


def ask(
    portfolio: Portfolio,
    scenario: Scenario,
    plan: Plan,
    settings: Settings,
    projects: Collection[str],
) -> Questions:
    """Ask what would bring projects in, and what one more person would be worth.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    scenario : Scenario
    plan : Plan
        With a solution, as `optimize` made it.
    settings : Settings
        The time limit is for all questions together.
    projects : collection of str
        Those that are left out and asked about.

    Returns
    -------
    Questions
    """
    about_people = "role_capacity" not in scenario.ignore and not portfolio["demand"].empty
    if not projects and not about_people:
        return NOT_ASKED
    deadline = time.monotonic() + settings.time_limit
    asked = inquiry(portfolio, scenario, settings, plan, checked=True)
    explanations: list[Explanation] = []
    if projects:
        asked.allow(settings.time_limit * _ON_PROJECTS)
        explanations = why_not_each(asked, projects)
        if asked.plan is not plan:
            return Questions(better=asked.plan)
    if not about_people:
        return Questions(tuple(explanations))
    asked.allow(max(deadline - time.monotonic(), 1.0))
    more = worth_of_more(asked, money=0.0)
    if more.replaced:
        return Questions(better=more.plan)
    return Questions(tuple(explanations), more)
