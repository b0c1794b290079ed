"""What was approved of projects, and what is now expected of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio

__all__ = ["approved", "latest_progress", "periods_late", "whole_cost"]


def approved(portfolio: Portfolio) -> pd.DataFrame:
    """Finish and cost that were approved, first and now.

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    pandas.DataFrame
        By project_id: first_finish, finish (labels, blank where none), first_cost, cost (money,
        NaN where none), versions (how often something was approved).
    """
    rows = portfolio.tables["baselines"].sort_values("version", kind="stable")
    by = rows.groupby("project_id")
    first, last = by.head(1).set_index("project_id"), by.tail(1).set_index("project_id")
    return pd.DataFrame(
        {
            "first_finish": first["finish"],
            "finish": last["finish"],
            "first_cost": first["cost"],
            "cost": last["cost"],
            "versions": by.size(),
        }
    )


def latest_progress(portfolio: Portfolio, period: str) -> pd.DataFrame:
    """The last report of each project up to a period: the columns of `progress` by project_id."""
    calendar = portfolio.calendar
    rows = portfolio.tables["progress"]
    at = np.array([calendar.index(label) for label in rows["period"]], dtype=np.int64)
    seen = rows.assign(at=at)[at <= calendar.up_to(period)].sort_values("at", kind="stable")
    return seen.groupby("project_id").tail(1).drop(columns="at").set_index("project_id")


def whole_cost(portfolio: Portfolio, projects: pd.DataFrame) -> pd.Series[float]:
    """Cost by project_id of each project's option: what is past, and what is to come.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    projects : pandas.DataFrame
        project_id, option_id.
    """
    keys = ["project_id", "option_id"]
    rows = portfolio.by_offset("costs").merge(projects[keys], on=keys)
    return rows.groupby("project_id")["amount"].sum()


def periods_late(portfolio: Portfolio, finish: pd.Series[str], due: pd.Series[str]) -> list[float]:
    """By how many periods each finish is after what was due; NaN where either is blank."""
    calendar = portfolio.calendar
    return [
        float(calendar.index(one) - calendar.span(other)[1]) if one and other else np.nan
        for one, other in zip(finish, due, strict=True)
    ]
