"""Sections of a report on capacity and people: content in, pieces out."""

from __future__ import annotations

import math

import pandas as pd

from portfolio import figures
from portfolio.figures import number, period_words, share
from portfolio.language import decimal, mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.capacity import CapacityContent
from portfolio.reports.capacity_sentences import (
    bottlenecks_sentence,
    places_sentence,
    shortage_sentence,
    today_note,
    today_sentence,
    work_words,
)
from portfolio.reports.horizon import horizon_words
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
    "rearrange": mark("Let people who have time work there"),
    "move": mark("Move people from what matters less"),
    "train": mark("Train people who have time"),
    "hire": mark("Hire or contract"),
}
_OVER_THE_WHOLE_TIME = {
    "month": mark("FTE-months over the whole time"),
    "quarter": mark("FTE-quarters over the whole time"),
    "year": mark("FTE-years over the whole time"),
}
_SHORT_PERIODS = {
    "month": mark("Months short"),
    "quarter": mark("Quarters short"),
    "year": mark("Years short"),
}

_MISSING = Written(lambda fte: number(fte) if fte > 1e-6 else "", FTE.form)
_PEAK = Written(lambda part: say("nobody there") if math.isnan(part) else share(part), SHARE.form)


def heading(content: CapacityContent) -> Pieces:
    """The title, and what the report is about."""
    scenario = content.scenario.title or say("scenario {name}", name=content.scenario.name)
    return pieces.heading(
        say(
            "{portfolio}: capacity and people {period}",
            portfolio=content.portfolio.settings.name,
            period=period_words(content.period),
        ),
        f"{horizon_words(content.periods)} · {scenario} · {shortage_sentence(content)}",
    )


def cards(content: CapacityContent) -> Pieces:
    """The four figures at the top."""
    planned, wanted = content.planned.roles, content.wanted.roles
    demand = float(planned["demand"].sum())
    over = content.planned.summary()["over_allocated"]["people"]
    all_people = len(content.people)
    short = content.shown_bottlenecks(content.wanted)
    short = short[short["periods_short"] > 0]
    used = content.loads[["time", "load"]].sum()
    covered = share(float(planned["supplied"].sum()) / demand) if demand > 0 else "–"
    return pieces.cards(
        [
            (covered, say("of the plan's {amount} covered", amount=work_words(content, demand))),
            (
                str(len(short)),
                plural(
                    "role short if all that is wanted began at once, by {amount}",
                    "roles short if all that is wanted began at once, by {amount}",
                    len(short),
                    amount=work_words(content, float(wanted["deficit"].sum())),
                ),
            ),
            (
                decimal(over, ",d"),
                plural(
                    "person booked today for more than there is",
                    "people booked today for more than there is",
                    over,
                ),
            ),
            (
                share(float(used["load"] / used["time"])) if used["time"] > 0 else "–",
                plural(
                    "of the time of {n} person used by the plan",
                    "of the time of {n} people used by the plan",
                    all_people,
                ),
            ),
        ]
    )


def today(content: CapacityContent) -> Pieces:
    """Who is booked for more than there is, before any optimisation."""
    rows = content.over_today
    words, note = today_sentence(content), today_note(content)
    if rows.empty:
        return pieces.finding(words, note)
    if len(rows) > _MOST_ROWS:
        note = say(
            "{note}. The {most} rows furthest over, of {all}",
            note=note,
            most=_MOST_ROWS,
            all=decimal(len(rows), ",d"),
        )
    columns = {
        "person": say("Person"),
        "period": say("Period"),
        "time": say("Time"),
        "committed": say("Committed"),
        "proposed": say("Proposed"),
        "over": say("Too much"),
    }
    if content.names:
        columns["bookings"] = say("Bookings")
    shown = rows.head(_MOST_ROWS).assign(period=rows["period"].head(_MOST_ROWS).map(period_words))
    return pieces.finding(words, note) + pieces.table(
        shown,
        columns,
        name=say("Booked too much"),
        numbers=dict.fromkeys(("time", "committed", "proposed", "over"), FTE),
        unbroken=("person", "period"),
        caption=say("FTE"),
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
    name = content.roles[content.bottleneck][1] if content.bottleneck else say("people")
    line = say("Most that its people could give")
    of = say("{role}, if all began at once", role=name)
    return figures.show(figures.demand_chart(work, there, of=of, line=line))


def all_work(content: CapacityContent) -> figures.Picture:
    """The plan's work against the time of everybody."""
    work, there = content.all_work
    of, line = say("all people"), say("Time of all")
    return figures.show(figures.demand_chart(work, there, of=of, line=line))


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
    planned = plan["deficit"].reindex(asked["role_id"]).fillna(0.0).to_numpy()
    rows = asked.assign(
        planned=planned,
        periods=[decimal(n, ",.0f") if n else "" for n in asked["periods_short"]],
        first=[period_words(label) if label else "" for label in asked["first_short"]],
        peak=[period_words(label) for label in asked["peak_period"]],
    )
    return pieces.finding(
        bottlenecks_sentence(asked),
        say(
            "Peak use: the most that is asked of what the role could give if all who have it did "
            "nothing else"
        ),
    ) + pieces.table(
        rows,
        {
            "role": say("Role"),
            "periods": say(_SHORT_PERIODS[content.portfolio.calendar.frequency]),
            "first": say("First"),
            "deficit": say("Missing"),
            "certain": say("Certainly"),
            "planned": say("Missing in the plan"),
            "peak_use": say("Peak use"),
            "peak": say("In"),
        },
        name=say("Bottlenecks"),
        numbers={
            **dict.fromkeys(("deficit", "certain", "planned"), _MISSING),
            "peak_use": _PEAK,
        },
        unbroken=("first", "peak"),
        empty=say("No project needs anybody."),
    )


def shortage(content: CapacityContent) -> Pieces:
    """What is short in the plan, and what would close it."""
    rows = content.shortage
    if rows.empty:
        return pieces.finding(say("Named people can do all of the plan's work"))
    note = ""
    if len(rows) > _MOST_ROWS:
        note = say("The {most} largest of {all}", most=_MOST_ROWS, all=decimal(len(rows), ",d"))
    shown = rows.head(_MOST_ROWS)
    shown = shown.assign(
        period=shown["period"].map(period_words),
        remedy=[say(_REMEDIES[remedy]) for remedy in shown["remedy"]],
    )
    return pieces.finding(shortage_sentence(content), note) + pieces.table(
        shown,
        {
            "project": say("Project"),
            "role": say("Role"),
            "period": say("Period"),
            "fte": say("Missing"),
            "demand": say("Of"),
            "remedy": say("What would close it, the least first"),
        },
        name=say("Missing people"),
        numbers={"fte": FTE, "demand": FTE},
        unbroken=("period",),
    )


def places(content: CapacityContent) -> Pieces:
    """Programmes, and where people are."""
    unit = say(_OVER_THE_WHOLE_TIME[content.portfolio.calendar.frequency])
    return (
        pieces.finding(
            places_sentence(content), say("People of a place work for projects elsewhere too")
        )
        + pieces.table(
            content.programmes,
            {
                "programme": say("Programme"),
                "demand": say("Needs"),
                "supplied": say("Gets"),
                "deficit": say("Missing"),
            },
            name=say("Programmes"),
            numbers={"demand": FTE, "supplied": FTE, "deficit": _MISSING},
            caption=unit,
        )
        + pieces.table(
            content.locations,
            {
                "location": say("Place"),
                "demand": say("Its projects need"),
                "time": say("Its people have"),
            },
            name=say("Places"),
            numbers={"demand": FTE, "time": FTE},
            caption=unit,
        )
    )
