"""What the roadmap of a board report shows: when projects run, and when they were to end."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from portfolio.reports.history import IN, Changes

__all__ = ["issued_finishes", "roadmap_rows"]

_MOST = 64


def roadmap_rows(shown: pd.DataFrame, first_period: str, issued: Mapping[str, str]) -> pd.DataFrame:
    """The projects of the plan that may be named.

    Parameters
    ----------
    shown : pandas.DataFrame
        As `BoardContent.shown`.
    first_period : str
        Label of the first period.
    issued : mapping of str to str
        As `issued_finishes`.

    Returns
    -------
    pandas.DataFrame
        As `shown`, of those in the plan, with issued_finish (label; blank where there is none)
        and drawn: all that are new, and the costliest in flight while there is room.
        earliest_start is the first period where a project that starts later names none.
    """
    rows = shown[shown["decision"].isin(IN)]
    flying = rows[rows["decision"] == "in_flight"]
    room = max(_MOST - (len(rows) - len(flying)), 0)
    kept = flying.sort_values("cost", ascending=False, kind="stable").head(room)
    at_once = (rows["decision"] == "deferred") & (rows["earliest_start"].fillna("") == "")
    return rows.assign(
        issued_finish=[issued.get(str(project), "") for project in rows["project_id"]],
        drawn=(rows["decision"] != "in_flight") | rows.index.isin(kept.index),
        earliest_start=rows["earliest_start"].mask(at_once, first_period),
    )


def issued_finishes(changes: Changes | None) -> dict[str, str]:
    """When each project was to end by the plan that was issued last; of what stayed in the plan."""
    if changes is None:
        return {}
    rows = changes.stayed
    return dict(zip(rows["project_id"], rows["finish_before"], strict=True))
