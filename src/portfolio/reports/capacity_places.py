"""Programmes and places as a report on capacity and people shows them."""

from __future__ import annotations

from typing import Final

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.language import mark, say
from portfolio.reports.pseudonyms import too_small

__all__ = ["OTHER_PLACES", "by_place", "by_programme"]

OTHER_PLACES: Final = mark("Places of few people")


def by_programme(portfolio: Portfolio, rows: pd.DataFrame) -> pd.DataFrame:
    """What programmes need and get over all periods; those that need nobody are left out.

    Parameters
    ----------
    portfolio : Portfolio
    rows : pandas.DataFrame
        As `CapacityAnalysis.programmes`.

    Returns
    -------
    pandas.DataFrame
        programme (name), demand, supplied, deficit (FTE-periods).
    """
    sums = rows.groupby("programme_id", sort=False)[["demand", "supplied", "deficit"]].sum()
    table = portfolio.tables["programmes"]
    names = dict(zip(table["programme_id"], table["name"], strict=True))
    sums.insert(0, "programme", [names.get(key, say("No programme")) for key in sums.index])
    needed: pd.DataFrame = sums[sums["demand"] > 0]
    return needed.reset_index(drop=True)


def by_place(portfolio: Portfolio, rows: pd.DataFrame) -> pd.DataFrame:
    """What places need and have over all periods; places of few people are one.

    Parameters
    ----------
    portfolio : Portfolio
    rows : pandas.DataFrame
        As `CapacityAnalysis.locations`.

    Returns
    -------
    pandas.DataFrame
        location (name), demand, time (FTE-periods).
    """
    people, table = portfolio.tables["people"], portfolio.tables["locations"]
    names = dict(zip(table["location_id"], table["name"], strict=True))
    names = {"": say("No location"), **names}
    small = too_small(
        {place: set(people.loc[people["location_id"] == place, "person_id"]) for place in names}
    )
    shown = rows.assign(
        location=[say(OTHER_PLACES) if p in small else names[p] for p in rows["location_id"]]
    )
    sums = shown.groupby("location", sort=False)[["demand", "time"]].sum()
    return sums.reset_index()
