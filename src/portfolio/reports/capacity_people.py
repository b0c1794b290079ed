"""People as a report on capacity shows them: by pseudonyms, unless they may be named."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.reports.pseudonyms import pseudonyms

__all__ = ["booked_over", "busiest_first", "loads_of", "people_called"]


def people_called(portfolio: Portfolio, *, names: bool) -> dict[str, str]:
    """What each person is called, by person_id."""
    if not names:
        return pseudonyms(portfolio)
    table = portfolio.tables["people"]
    return {
        person: name or person
        for person, name in zip(table["person_id"], table["name"], strict=True)
    }


def loads_of(rows: pd.DataFrame, people: Mapping[str, str], *, names: bool) -> pd.DataFrame:
    """How loaded people are, by period, in the order of what they are called.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `CapacityAnalysis.people`.
    people : mapping
        As `people_called`.
    names : bool
        Whether people are named.

    Returns
    -------
    pandas.DataFrame
        person_id (what they are called, where they are not named), person, period, time,
        committed, proposed, load (FTE).
    """
    called = rows["person_id"].map(people)
    keys = rows["person_id"] if names else called
    frame = pd.DataFrame({"person_id": keys, "person": called})
    for name in ("period", "time", "committed", "proposed", "load"):
        frame[name] = rows[name].to_numpy()
    return frame.sort_values("person_id", kind="stable", ignore_index=True)


def booked_over(rows: pd.DataFrame, people: Mapping[str, str], *, names: bool) -> pd.DataFrame:
    """Who is booked for more than there is, the furthest first.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `CapacityAnalysis.over_allocated`.
    people : mapping
        As `people_called`.
    names : bool
        Whether people are named.

    Returns
    -------
    pandas.DataFrame
        person, period, time, committed, proposed, over_committed, over; with names bookings
        too, since who knows the projects knows the person.
    """
    columns = ["period", "time", "committed", "proposed", "over_committed", "over"]
    if names:
        columns.append("bookings")
    frame = rows[columns].copy()
    frame.insert(0, "person", [people[person] for person in rows["person_id"]])
    return frame.sort_values("over", ascending=False, kind="stable", ignore_index=True)


def busiest_first(loads: pd.DataFrame) -> list[str]:
    """Keys (person_id of `loads_of`) of everybody who has work, the most loaded first."""
    sums = loads.groupby("person_id", sort=False)[["time", "load"]].sum()
    over = loads.assign(over=loads["load"] - loads["time"])
    top = over.groupby("person_id", sort=False)["over"].max().clip(lower=0)
    sums = sums.assign(over=top, used=sums["load"] / sums["time"])
    sums = sums[sums["load"] > 0].sort_values(["over", "used"], ascending=False, kind="stable")
    return [str(key) for key in sums.index]
