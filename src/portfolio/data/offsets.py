"""Periods counted from the start of a project, where a table gives them by their labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portfolio.data.calendar import Calendar

__all__ = ["counted_from_start", "periods_started"]


def periods_started(projects: pd.DataFrame, calendar: Calendar) -> pd.Series[int]:
    """Period number in which each project started, by project_id; 0 where none is given."""
    index = [calendar.index(label) if label else 0 for label in projects["started"]]
    return pd.Series(index, index=projects["project_id"], dtype=np.int64)


def counted_from_start(
    rows: pd.DataFrame, defaults: pd.Series[str], started: pd.Series[int], calendar: Calendar
) -> pd.DataFrame:
    """Rows of costs, benefits or demand, all counted from the project's start.

    Parameters
    ----------
    rows : pandas.DataFrame
        The table.
    defaults : pandas.Series of str
        What a blank option means, by project_id.
    started : pandas.Series of int64
        As `periods_started`.
    calendar : Calendar

    Returns
    -------
    pandas.DataFrame
        As `Portfolio.by_offset`.
    """
    options = rows["option_id"]
    blank = (options == "").to_numpy()
    if blank.any() and len(defaults):
        meant = rows["project_id"].map(defaults).astype("str").fillna("")
        options = options.where(~blank, meant)
    offset = rows["offset"].astype("float64").to_numpy(copy=True)
    dated = (rows["period"] != "").to_numpy()
    if dated.any():
        codes, labels = pd.factorize(rows["period"][dated])
        index = np.array([calendar.index(label) for label in labels])[codes]
        offset[dated] = index - rows["project_id"][dated].map(started).to_numpy()
    return rows.assign(option_id=options, offset=offset.astype(np.int64)).drop(columns="period")
