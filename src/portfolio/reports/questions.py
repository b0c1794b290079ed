"""What would change a plan: questions about it that share one time."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from portfolio.analysis.explain import Bottlenecks, Explanation, bottlenecks, why_not_each
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
    deadline = time.monotonic() + settings.time_limit
    explanations: list[Explanation] = []
    if projects:
        share = replace(settings, time_limit=settings.time_limit * _ON_PROJECTS)
        explanations, best = why_not_each(
            portfolio, projects, scenario, share, plan=plan, checked=True
        )
        if best is not plan:
            return Questions(better=best)
    if "role_capacity" in scenario.ignore or portfolio.tables["demand"].empty:
        return Questions(tuple(explanations))
    rest = replace(settings, time_limit=max(deadline - time.monotonic(), 1.0))
    more = bottlenecks(portfolio, scenario, rest, plan=plan, money=0.0, checked=True)
    if more.replaced:
        return Questions(better=more.plan)
    return Questions(tuple(explanations), more)
