"""Sections of a report on capacity and people: content in, pieces out."""

from __future__ import annotations

import math

import pandas as pd

from portfolio import figures
from portfolio.figures import number, period_words, share
from portfolio.figures.labels import count, join_names
from portfolio.reports import pieces
from portfolio.reports.capacity import CapacityContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.written import FTE, SHARE

__all__ = [
    "all_work",
    "bottleneck",
    "bottlenecks",
    "cards",
    "heading",
    "loads",
    "person",
    "places",
    "shortage",
    "shortfall",
    "today",
    "wanted",
]

_MOST_ROWS = 20
_REMEDIES = {
    "rearrange": "Let people who have time work there",
    "move": "Move people from what matters less",
    "train": "Train people who have time",
    "hire": "Hire or contract",
}

_MISSING = Written(lambda fte: number(fte) if fte > 1e-6 else "", FTE.form)
_PEAK = Written(lambda part: "nobody there" if math.isnan(part) else share(part), SHARE.form)


def heading(content: CapacityContent) -> Pieces:
    """The title, and what the report is about."""
    first, last = period_words(content.periods[0]), period_words(content.periods[-1])
    horizon = first if len(content.periods) == 1 else f"{first} to {last}"
    scenario = content.scenario.title or f"scenario {content.scenario.name}"
    return pieces.heading(
        f"{content.portfolio.settings.name}: capacity and people {period_words(content.period)}",
        f"{horizon} · {scenario} · {shortage_sentence(content)}",
    )


def cards(content: CapacityContent) -> Pieces:
    """The four figures at the top."""
    planned, wanted = content.planned.roles, content.wanted.roles
    demand = float(planned["demand"].sum())
    over = content.planned.summary()["over_allocated"]["people"]
    short = content.shown_bottlenecks(content.wanted)
    short = short[short["periods_short"] > 0]
    used = content.loads[["time", "load"]].sum()
    covered = share(float(planned["supplied"].sum()) / demand) if demand > 0 else "–"
    return pieces.cards(
        [
            (covered, f"of the plan's {_amount(content, demand)} covered"),
            (
                str(len(short)),
                f"{'role' if len(short) == 1 else 'roles'} short if all that is wanted began at "
                f"once, by {_amount(content, float(wanted['deficit'].sum()))}",
            ),
            (str(over), f"{_people(over)} booked today for more than there is"),
            (
                share(float(used["load"] / used["time"])) if used["time"] > 0 else "–",
                f"of the time of {count_people(len(content.people))} used by the plan",
            ),
        ]
    )


def count_people(number_: int) -> str:
    """A number of people in words."""
    return f"{number_} {_people(number_)}"


def _people(number_: int) -> str:
    return "person" if number_ == 1 else "people"


def _amount(content: CapacityContent, fte: float) -> str:
    return f"{number(fte)} FTE-{content.portfolio.calendar.frequency}s"


def shortage_sentence(content: CapacityContent) -> str:
    """What is short in the plan."""
    deficit = float(content.planned.roles["deficit"].sum())
    if deficit <= 1e-6:
        return "The plan has the people it needs"
    short = content.shown_bottlenecks(content.planned)
    short = short[short["periods_short"] > 0]
    return f"The plan lacks {_amount(content, deficit)}, most of {join_names(short['role'], 1)}"


def today(content: CapacityContent) -> Pieces:
    """Who is booked for more than there is, before any optimisation."""
    rows = content.over_today
    over = content.planned.summary()["over_allocated"]
    if rows.empty:
        return pieces.finding(
            "Today nobody is booked for more than there is",
            "Bookings as they stand in the data, before any optimisation",
        )
    firm = int((rows["over_committed"] > 1e-6).sum())
    periods = count(len(rows), content.portfolio.calendar.frequency)
    words = (
        f"Today {count_people(over['people'])} {'is' if over['people'] == 1 else 'are'} booked "
        f"for more than there is, in {periods} taken together"
    )
    alone = (
        f"{firm} of the rows by committed bookings alone" if firm else "committed ones alone fit"
    )
    note = f"Bookings as they stand in the data, before any optimisation; {alone}"
    if len(rows) > _MOST_ROWS:
        note += f". The {_MOST_ROWS} rows furthest over, of {len(rows)}"
    columns = {
        "person": "Person",
        "period": "Period",
        "time": "Time",
        "committed": "Committed",
        "proposed": "Proposed",
        "over": "Too much",
    }
    if content.names:
        columns["bookings"] = "Bookings"
    shown = rows.head(_MOST_ROWS).assign(period=rows["period"].head(_MOST_ROWS).map(period_words))
    return pieces.finding(words, note) + pieces.table(
        shown,
        columns,
        name="Booked too much",
        numbers=dict.fromkeys(("time", "committed", "proposed", "over"), FTE),
        unbroken=("person", "period"),
        caption="FTE",
    )


def wanted(content: CapacityContent) -> figures.Picture:
    """Where roles would be short if everything that is wanted began at once."""
    rows = content.shown_roles(content.wanted)
    return figures.show(figures.shortfall_chart(_needed(rows)))


def shortfall(content: CapacityContent) -> figures.Picture:
    """Where roles are short in the plan, and where there is room."""
    return figures.show(figures.shortfall_chart(_needed(content.shown_roles(content.planned))))


def _needed(rows: pd.DataFrame) -> pd.DataFrame:
    keep = rows.groupby("role_id")["demand"].transform("sum") > 1e-9
    return rows[keep]


def bottleneck(content: CapacityContent) -> figures.Picture:
    """The bottleneck role: what is wanted of it, against the most that it could give."""
    work, there = content.bottleneck_work
    name = content.roles[content.bottleneck][1] if content.bottleneck else "people"
    line = "Most that its people could give"
    return figures.show(
        figures.demand_chart(work, there, of=f"{name}, if all began at once", line=line)
    )


def all_work(content: CapacityContent) -> figures.Picture:
    """The plan's work against the time of everybody."""
    work, there = content.all_work
    return figures.show(figures.demand_chart(work, there, of="all people", line="Time of all"))


def loads(content: CapacityContent) -> figures.Picture:
    """How loaded people are."""
    return figures.show(figures.loads_chart(content.loads))


def person(content: CapacityContent, place: int) -> figures.Picture | Pieces:
    """The load of one person, counted from 1 by how loaded they are; nothing beyond the last."""
    if place > len(content.busiest):
        return Pieces()
    work, there, called = content.person_work(content.busiest[place - 1])
    return figures.show(figures.person_chart(work, there, person=called, width=figures.HALF))


def bottlenecks(content: CapacityContent) -> Pieces:
    """Roles in the order in which they run short, in what is wanted and in the plan."""
    asked = content.shown_bottlenecks(content.wanted)
    plan = content.shown_bottlenecks(content.planned).set_index("role_id")
    short = asked[asked["periods_short"] > 0]
    certain = float(short["certain"].sum())
    words = "No role would run short if all that is wanted began at once"
    if len(short):
        words = (
            f"If all that is wanted began at once, {join_names(short['role'])} would run short; "
            f"{share(certain / float(short['deficit'].sum()))} of it whatever is rearranged"
        )
    planned = plan["deficit"].reindex(asked["role_id"]).fillna(0.0).to_numpy()
    rows = asked.assign(
        planned=planned,
        periods=[f"{n:.0f}" if n else "" for n in asked["periods_short"]],
        first=[period_words(label) if label else "" for label in asked["first_short"]],
        peak=[period_words(label) for label in asked["peak_period"]],
    )
    return pieces.finding(
        words,
        "Peak use: the most that is asked of what the role could give if all who have it did "
        "nothing else",
    ) + pieces.table(
        rows,
        {
            "role": "Role",
            "periods": f"{content.portfolio.calendar.frequency.capitalize()}s short",
            "first": "First",
            "deficit": "Missing",
            "certain": "Certainly",
            "planned": "Missing in the plan",
            "peak_use": "Peak use",
            "peak": "In",
        },
        name="Bottlenecks",
        numbers={
            **dict.fromkeys(("deficit", "certain", "planned"), _MISSING),
            "peak_use": _PEAK,
        },
        unbroken=("first", "peak"),
        empty="No project needs anybody.",
    )


def shortage(content: CapacityContent) -> Pieces:
    """What is short in the plan, and what would close it."""
    rows = content.shortage
    if rows.empty:
        return pieces.finding("Named people can do all of the plan's work")
    note = ""
    if len(rows) > _MOST_ROWS:
        note = f"The {_MOST_ROWS} largest of {len(rows)}"
    shown = rows.head(_MOST_ROWS)
    shown = shown.assign(
        period=shown["period"].map(period_words), remedy=shown["remedy"].map(_REMEDIES)
    )
    return pieces.finding(shortage_sentence(content), note) + pieces.table(
        shown,
        {
            "project": "Project",
            "role": "Role",
            "period": "Period",
            "fte": "Missing",
            "demand": "Of",
            "remedy": "What would close it, the least first",
        },
        name="Missing people",
        numbers={"fte": FTE, "demand": FTE},
        unbroken=("period",),
    )


def places(content: CapacityContent) -> Pieces:
    """Programmes, and where people are."""
    unit = f"FTE-{content.portfolio.calendar.frequency}s over the whole time"
    by_place = content.locations
    away = by_place[by_place["demand"] > by_place["time"] * (1 + 1e-9)]
    words = "Programmes and places"
    if len(away):
        need = "needs" if len(away) == 1 else "need"
        words = f"{join_names(away['location'])} {need} people from elsewhere"
    return (
        pieces.finding(words, "People of a place work for projects elsewhere too")
        + pieces.table(
            content.programmes,
            {
                "programme": "Programme",
                "demand": "Needs",
                "supplied": "Gets",
                "deficit": "Missing",
            },
            name="Programmes",
            numbers={"demand": FTE, "supplied": FTE, "deficit": _MISSING},
            caption=unit,
        )
        + pieces.table(
            by_place,
            {"location": "Place", "demand": "Its projects need", "time": "Its people have"},
            name="Places",
            numbers={"demand": FTE, "time": FTE},
            caption=unit,
        )
    )
