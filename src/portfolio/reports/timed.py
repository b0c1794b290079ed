"""Costs, benefits and demand of projects in the periods in which a plan has them."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from portfolio.data.portfolio import Portfolio

__all__ = ["timed"]


def timed(
    portfolio: Portfolio,
    projects: pd.DataFrame,
    table: Literal["costs", "benefits", "demand"],
) -> pd.DataFrame:
    """Rows of projects that have a start, with the period in which each falls.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    projects : pandas.DataFrame
        project_id, option_id and start (label, blank where nothing starts); other columns
        come along.
    table : str
        costs, benefits or demand.

    Returns
    -------
    pandas.DataFrame
        The rows of the table, what is past and what lies beyond the horizon included, with
        t (position of their period in the calendar; below 0 before the plan begins).
    """
    calendar = portfolio.calendar
    running = projects[projects["start"] != ""]
    starts = running.assign(begin=[calendar.index(label) for label in running["start"]])
    rows = portfolio.by_offset(table).merge(starts, on=["project_id", "option_id"])
    return rows.assign(t=rows["begin"] + rows["offset"]).drop(columns=["begin", "offset"])
