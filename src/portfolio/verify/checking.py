"""Check of any plan: what its selection implies is recomputed from the tables, rule by rule."""

from __future__ import annotations

from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan
from portfolio.scenario import Scenario
from portfolio.verify.choices import FAMILIES, offered
from portfolio.verify.ids import check_ids
from portfolio.verify.joining import hires_offered
from portfolio.verify.limits import LIMITS
from portfolio.verify.loads import Loads
from portfolio.verify.rows import Row, Violation
from portfolio.verify.status import check_objectives, check_status
from portfolio.verify.tables import check_tables

__all__ = ["verify"]


def verify(plan: Plan, portfolio: Portfolio, scenario: Scenario) -> list[Violation]:
    """Find everything that is wrong with a plan.

    Parameters
    ----------
    plan : Plan
    portfolio : Portfolio
        As it was read, without the scenario's changes; they are made here.
    scenario : Scenario
        Families that it ignores are not checked, and limits that it softens are
        widened by its share.

    Returns
    -------
    list of Violation
        Empty where the plan may be shown. Beside the constraint families there are
        ``status``, ``objective``, ``offered`` (a choice that is not open) and
        ``tables`` (a table that says something else than the selection).
    """
    found = list(check_status(plan, scenario))
    if not plan.feasible:
        return found
    portfolio = scenario.apply(portfolio)
    unreadable = list(check_ids(plan, portfolio))
    if unreadable:
        return found + unreadable
    loads = Loads(portfolio, scenario, plan)
    found += offered(loads)
    found += hires_offered(loads)
    rows: list[Row] = []
    for family, check in FAMILIES.items():
        # What a fund carries over is no limit, so it cannot be left out with the limits.
        if family not in scenario.ignore or family == "budget":
            found += check(loads)
    for family, limits in LIMITS.items():
        if family not in scenario.ignore:
            share = scenario.soften.get(family, 0.0)
            rows += [row.widened(share) for row in limits(loads)]
    found += [row.violation() for row in rows if not row.holds()]
    found += check_tables(loads, rows)
    found += check_objectives(loads)
    return found
