"""The people of a plan as a board sees them: what roles have and need."""

from __future__ import annotations

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan
from portfolio.reports.roles import Roles

__all__ = ["capacity_by_role", "in_few_periods", "tightest"]


def capacity_by_role(plan: Plan, roles: Roles) -> pd.DataFrame:
    """Demand and capacity (FTE): role_id, role (its name), period, demand, capacity."""
    assert plan.capacity is not None
    rows = roles.together(plan.capacity, ["demand", "capacity"])
    names = {roles.key(role): name for role, name in roles.names.items()}
    return rows.assign(role=rows["role_id"].map(names))


def in_few_periods(portfolio: Portfolio, capacity: pd.DataFrame) -> pd.DataFrame:
    """Of roles that are needed, by quarter where there are many months.

    Parameters
    ----------
    portfolio : Portfolio
    capacity : pandas.DataFrame
        As `capacity_by_role`.
    """
    needed = capacity.groupby("role_id")["demand"].transform("sum") > 1e-9
    rows = capacity[needed]
    calendar = portfolio.calendar
    if calendar.frequency != "month" or calendar.periods <= 12 or rows.empty:
        return rows
    # A quarter shows its tightest month: a mean would hide the shortage that binds.
    quarter = [calendar.coarser(calendar.index(p), "quarter") for p in rows["period"]]
    ratio = rows["demand"] / rows["capacity"].clip(lower=1e-9)
    shown = rows.loc[ratio.groupby([rows["role_id"], quarter]).idxmax().to_numpy()]
    labels = [calendar.coarser(calendar.index(p), "quarter") for p in shown["period"]]
    return shown.assign(period=labels)


def tightest(capacity: pd.DataFrame) -> pd.DataFrame:
    """The period of each role in which the largest share of it is used, by role_id.

    Parameters
    ----------
    capacity : pandas.DataFrame
        As `capacity_by_role`.

    Returns
    -------
    pandas.DataFrame
        Its rows with ratio (demand by capacity); of roles that are needed.
    """
    used = capacity[capacity["demand"] > 1e-9]
    rows = used.assign(ratio=used["demand"] / used["capacity"].clip(lower=1e-9))
    return rows.loc[list(rows.groupby("role_id")["ratio"].idxmax())]
