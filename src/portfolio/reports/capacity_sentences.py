"""Sentences of a report on capacity and people, each computed from the content beside it."""

from __future__ import annotations

import pandas as pd

from portfolio.data.called import periods_counted
from portfolio.figures import share
from portfolio.figures.labels import join_names
from portfolio.figures.lengths import work
from portfolio.language import plural, say
from portfolio.reports.capacity import CapacityContent

__all__ = [
    "bottlenecks_sentence",
    "places_sentence",
    "shortage_sentence",
    "today_note",
    "today_sentence",
    "work_words",
]


def work_words(content: CapacityContent, fte: float) -> str:
    """An amount of work over several periods, with its unit."""
    return work(fte, content.portfolio.calendar.frequency)


def shortage_sentence(content: CapacityContent) -> str:
    """What is short in the plan."""
    deficit = float(content.planned.roles["deficit"].sum())
    if deficit <= 1e-6:
        return say("The plan has the people it needs")
    short = content.shown_bottlenecks(content.planned)
    short = short[short["periods_short"] > 0]
    return say(
        "The plan lacks {amount}, most of {role}",
        amount=work_words(content, deficit),
        role=join_names(short["role"], 1),
    )


def today_sentence(content: CapacityContent) -> str:
    """How many people are booked for more than there is."""
    rows = content.over_today
    if rows.empty:
        return say("Today nobody is booked for more than there is")
    return plural(
        "Today {n} person is booked for more than there is, in {periods} taken together",
        "Today {n} people are booked for more than there is, in {periods} taken together",
        content.planned.summary()["over_allocated"]["people"],
        periods=periods_counted(len(rows), content.portfolio.calendar.frequency),
    )


def today_note(content: CapacityContent) -> str:
    """Which bookings are meant, and how many of them are too much by what is committed alone."""
    rows = content.over_today
    if rows.empty:
        return say("Bookings as they stand in the data, before any optimisation")
    firm = int((rows["over_committed"] > 1e-6).sum())
    if not firm:
        return say(
            "Bookings as they stand in the data, before any optimisation; committed ones alone fit"
        )
    return plural(
        "Bookings as they stand in the data, before any optimisation; {n} of the rows by "
        "committed bookings alone",
        "Bookings as they stand in the data, before any optimisation; {n} of the rows by "
        "committed bookings alone",
        firm,
    )


def bottlenecks_sentence(asked: pd.DataFrame) -> str:
    """Which roles would run short if all that is wanted began at once.

    Parameters
    ----------
    asked : pandas.DataFrame
        As `CapacityContent.shown_bottlenecks`, of what is wanted.
    """
    short = asked[asked["periods_short"] > 0]
    if short.empty:
        return say("No role would run short if all that is wanted began at once")
    certain = float(short["certain"].sum())
    return plural(
        "If all that is wanted began at once, {roles} would run short; {share} of it whatever "
        "is rearranged",
        "If all that is wanted began at once, {roles} would run short; {share} of it whatever "
        "is rearranged",
        len(short),
        roles=join_names(short["role"]),
        share=share(certain / float(short["deficit"].sum())),
    )


def places_sentence(content: CapacityContent) -> str:
    """Which places need people from elsewhere."""
    rows = content.locations
    away = rows[rows["demand"] > rows["time"] * (1 + 1e-9)]
    if away.empty:
        return say("Programmes and places")
    return plural(
        "{places} needs people from elsewhere",
        "{places} need people from elsewhere",
        len(away),
        places=join_names(away["location"]),
    )
