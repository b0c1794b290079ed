"""Work by what it is bound to: projects in flight, new ones, and what is outside the portfolio."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.models.allocation import Work

__all__ = ["kinds_of", "work_by_kind"]


def work_by_kind(work: Work, roles: pd.DataFrame) -> pd.DataFrame:
    """Demand by role, period and kind, with work outside the portfolio.

    Parameters
    ----------
    work : Work
        What the chosen projects need.
    roles : pandas.DataFrame
        As `CapacityAnalysis.roles`: what of each role is reserved.

    Returns
    -------
    pandas.DataFrame
        role_id, period, kind (in_flight, new, outside), fte.
    """
    portfolio = work.portfolio
    stage = portfolio.tables["projects"]["stage"].to_numpy(object)
    kind = np.where(stage[work.demand["project"]] == "in_flight", "in_flight", "new")
    labels = np.array(portfolio.calendar.labels, dtype=object)
    demand = pd.DataFrame(
        {
            "role_id": np.array(work.roles, dtype=object)[work.demand["role"]],
            "period": labels[work.demand["t"]],
            "kind": kind,
            "fte": work.demand["fte"],
        }
    )
    outside = roles[["role_id", "period"]].assign(kind="outside", fte=roles["reserved"])
    return pd.concat([demand, outside[outside["fte"] > 0]], ignore_index=True)


def kinds_of(portfolio: Portfolio, project_ids: Iterable[str]) -> list[str]:
    """The kind of each project's work (in_flight, new); of "", outside."""
    table = portfolio.tables["projects"]
    stage = dict(zip(table["project_id"], table["stage"], strict=True))
    return [_kind(project, stage) for project in project_ids]


def _kind(project: str, stage: dict[str, str]) -> str:
    if not project:
        return "outside"
    return "in_flight" if stage[project] == "in_flight" else "new"
