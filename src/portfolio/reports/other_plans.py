"""Plans of other scenarios, laid beside the report's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portfolio.analysis.compare.measures import measures, valued_alike
from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize, pose
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = ["OtherPlan", "other_plans"]


@dataclass(frozen=True, eq=False)
class OtherPlan:
    """A plan of another scenario.

    Attributes
    ----------
    scenario : Scenario
    plan : Plan
        Without tables where there is none.
    measures : mapping of str to float
        What it comes to: see `portfolio.analysis.compare.measures`; empty without a plan.
    alike : bool
        Whether its value means the same as that of the report's plan.
    """

    scenario: Scenario
    plan: Plan
    measures: Mapping[str, float]
    alike: bool


def other_plans(
    portfolio: Portfolio,
    scenario: Scenario,
    plan: Plan,
    others: Sequence[Scenario],
    settings: Settings,
) -> tuple[OtherPlan, ...]:
    """Plans of other scenarios, each begun with the report's plan.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    scenario : Scenario
        The report's.
    plan : Plan
        The report's, with a solution.
    others : sequence of Scenario
    settings : Settings
        The time limit is for all of them together.

    Returns
    -------
    tuple of OtherPlan
        The report's own first; none where there are no others.
    """
    if not others:
        return ()
    question = pose(portfolio, scenario)
    share_ = replace(settings, time_limit=settings.time_limit / len(others))
    found = [OtherPlan(scenario, plan, measures(question, plan), alike=True)]
    own = scenario.apply(portfolio)
    for one in others:
        asked, changed = pose(portfolio, one), one.apply(portfolio)
        made = optimize(portfolio, one, share_, start=plan)
        measured = measures(asked, made) if made.feasible else {}
        found.append(
            OtherPlan(one, made, measured, alike=valued_alike(own, scenario, changed, one))
        )
    return tuple(found)
