"""Who is booked where, and who was allocated where last time, as codes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.models.codes import places

__all__ = ["allocated", "booked"]


def booked(portfolio: Portfolio, running: pd.DataFrame) -> pd.DataFrame:
    """The assignments of projects that run, one row a period; see `Work.bookings`.

    Parameters
    ----------
    portfolio : Portfolio
    running : pandas.DataFrame
        `Work.running`.
    """
    tables, calendar = portfolio.tables, portfolio.calendar
    table = tables["assignments"]
    frame = pd.DataFrame(
        {
            "row": np.arange(len(table)),
            "person": places(table["person_id"], tables["people"]["person_id"]),
            "project": places(table["project_id"], tables["projects"]["project_id"]),
            "role": places(table["role_id"], tables["roles"]["role_id"]),
            "t": [calendar.index(label) if label else -1 for label in table["period"]],
            "every": (table["period"] == "").to_numpy(dtype=bool),
            "fte": table["fte"].astype("float64").to_numpy(),
            "fte_max": table["fte_max"].astype("float64").to_numpy(),
            "banned": (table["kind"] == "banned").to_numpy(dtype=bool),
            "preferred": (table["kind"] == "preferred").to_numpy(dtype=bool),
            "reserves": (
                ((table["booking"] == "committed") | (table["kind"] == "fixed"))
                & (table["kind"] != "banned")
            ).to_numpy(dtype=bool),
        }
    ).merge(running[["project", "first", "last"]], on="project")
    first = frame["first"].clip(lower=0).to_numpy(np.int64)
    last = frame["last"].clip(upper=calendar.periods - 1).to_numpy(np.int64)
    count = np.where(frame["every"], np.clip(last - first + 1, 0, None), 1)
    repeated = frame.loc[frame.index.repeat(count)].reset_index(drop=True)
    step = np.arange(len(repeated)) - np.repeat(np.cumsum(count) - count, count)
    repeated["t"] = np.where(
        repeated["every"], repeated["first"].clip(lower=0) + step, repeated["t"]
    )
    inside = (repeated["t"] >= repeated["first"].clip(lower=0)) & (
        repeated["t"] <= repeated["last"].clip(upper=calendar.periods - 1)
    )
    key = ["person", "project", "role", "t"]
    kept = repeated[inside].sort_values([*key, "every"], kind="stable")
    return kept.drop_duplicates(key).drop(columns=["every", "first", "last"]).reset_index(drop=True)


def allocated(portfolio: Portfolio, allocation: pd.DataFrame) -> pd.DataFrame:
    """What people, projects and roles that are still known were allocated: codes, t and fte."""
    tables, calendar = portfolio.tables, portfolio.calendar
    frame = pd.DataFrame(
        {
            "person": places(allocation["person_id"], tables["people"]["person_id"]),
            "project": places(allocation["project_id"], tables["projects"]["project_id"]),
            "role": places(allocation["role_id"], tables["roles"]["role_id"]),
            "t": [calendar.index(label) for label in allocation["period"]],
            "fte": allocation["fte"].to_numpy(np.float64),
        }
    )
    known = (frame[["person", "project", "role"]] >= 0).all(axis=1)
    return frame[known].groupby(["person", "project", "role", "t"], as_index=False).sum()
