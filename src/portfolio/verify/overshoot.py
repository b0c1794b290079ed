"""By how much a plan passes the limits that its scenario softens or ignores."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.plan import OVERSHOOT_COLUMNS, Plan
from portfolio.scenario import Scenario
from portfolio.verify.choices import FAMILIES, unpaid
from portfolio.verify.limits import LIMITS
from portfolio.verify.loads import Loads
from portfolio.verify.rows import Row, Violation, text_key

__all__ = ["overshoots", "passed_limits"]

_UNITS = {"count": "projects"}

Line = tuple[str, str, float, float, float, float, str, str]


def overshoots(plan: Plan, portfolio: Portfolio, scenario: Scenario) -> pd.DataFrame:
    """Every limit that a plan passes because its scenario lets it.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario

    Returns
    -------
    pandas.DataFrame
        The table ``overshoot`` of a plan; limits are those of the tables, neither
        softened nor left out.
    """
    return passed_limits(Loads(portfolio, scenario, plan))


def passed_limits(loads: Loads) -> pd.DataFrame:
    """As `overshoots`, from what the plan implies."""
    return pd.DataFrame(list(_lines(loads)), columns=list(OVERSHOOT_COLUMNS))


def _lines(loads: Loads) -> Iterator[Line]:
    scenario = loads.scenario
    softened = {family for family, share in scenario.soften.items() if share}
    relaxed = scenario.ignore | softened
    for family in dict.fromkeys([*LIMITS, *FAMILIES]):
        if family not in relaxed:
            continue
        if family in LIMITS:
            rows = LIMITS[family](loads)
        elif family == "spend_paid":
            rows = unpaid(loads)
        else:
            yield from (_told(violation) for violation in FAMILIES[family](loads))
            continue
        yield from (_measured(row) for row in rows if not row.holds())


def _measured(row: Row) -> Line:
    limit = row.upper + row.extra if row.above < row.below else row.lower
    past = -min(row.above, row.below)
    share = past / abs(limit) if limit else math.nan
    violation = row.violation()
    unit = _UNITS.get(row.unit, row.unit)
    return (
        row.family, text_key(row.key), limit, row.activity, past, share, unit, violation.message
    )  # fmt: skip


def _told(violation: Violation) -> Line:
    key = violation.key if isinstance(violation.key, str) else text_key(violation.key)
    blank = (math.nan,) * 4
    return (violation.family, key, *blank, "", violation.message)
