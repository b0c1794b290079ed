"""Rules on time: periods, offsets, windows, and when what is in flight began."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from portfolio.data.calendar import label_frequency
from portfolio.data.schema import dictionary
from portfolio.data.tables import Tables
from portfolio.errors import Fault

__all__ = [
    "BY_OFFSET",
    "check_in_flight",
    "check_offset_or_period",
    "check_period_lengths",
    "check_windows",
]

_LONGER_PERIODS = {
    ("budgets", "period"),
    ("programme_limits", "period"),
    ("commentary", "period"),
    ("decisions", "period"),
}
BY_OFFSET = ("costs", "benefits", "demand")
"""Tables whose rows are counted from a project's start."""


def check_period_lengths(tables: Tables) -> Iterator[Fault]:
    """A period is one of the calendar, or a longer one where the table allows it."""
    calendar = tables.calendar
    if calendar is None:
        return
    for name, table in dictionary().items():
        if table.layout == "key_value":
            continue
        for column in (c for c in table.columns if c.type == "period"):
            longer = (name, column.name) in _LONGER_PERIODS
            codes, labels = pd.factorize(tables[name][column.name])
            for code, label in enumerate(labels):
                if not label or label_frequency(label) == calendar.frequency:
                    continue
                if longer and calendar.covers(label):
                    continue
                allowed = f"a {calendar.frequency}" + (" or longer" if longer else "")
                rule = f"is not {allowed}, and settings say frequency {calendar.frequency}"
                remedy = f"write it like {calendar.first_period}"
                yield from tables.where(name, codes == code, (column.name,), rule, remedy)


def check_offset_or_period(tables: Tables) -> Iterator[Fault]:
    """Costs, benefits and demand give an offset or a period, and a period only in flight."""
    stage = tables["projects"].drop_duplicates("project_id").set_index("project_id")["stage"]
    for name in BY_OFFSET:
        frame = tables[name]
        dated = frame["period"] != ""
        counted = frame["offset"].notna()
        columns = ("offset", "period")
        rule, remedy = "is given with a period", "keep the offset or the period, not both"
        yield from tables.where(name, dated & counted, columns, rule, remedy)
        rule = "and period are both blank"
        remedy = "give the offset from the project's start, or the period for a project in flight"
        yield from tables.where(name, ~dated & ~counted, columns, rule, remedy)
        moves = ~frame["project_id"].map(stage).astype("object").fillna("").isin(
            ["in_flight", "closed", ""]
        )
        rule = "is a period, but the project is not in flight and may move"
        remedy = "give the offset from its start instead, or set its stage to in_flight"
        yield from tables.where(name, dated & ~counted & moves, ("period",), rule, remedy)


def check_in_flight(tables: Tables) -> Iterator[Fault]:
    """A project in flight says when it started, and that is not after the first period."""
    calendar = tables.calendar
    projects = tables["projects"]
    flying = projects["stage"] == "in_flight"
    rule = "is blank, and the project is in flight"
    remedy = "give the period in which it started, or another stage"
    yield from tables.where(
        "projects", flying & (projects["started"] == ""), ("started", "stage"), rule, remedy
    )
    if calendar is None:
        return
    late = [
        label_frequency(label) == calendar.frequency and calendar.index(label) > 0
        for label in projects["started"]
    ]
    rule = f"lies after the first period, {calendar.first_period}"
    remedy = "a project that has yet to start is approved, not in_flight: correct one of the two"
    yield from tables.where(
        "projects", flying & np.array(late, dtype=bool), ("started", "stage"), rule, remedy
    )


def check_windows(tables: Tables) -> Iterator[Fault]:
    """A project's latest start is not before its earliest, nor its finish before its start."""
    projects = tables["projects"]
    pairs = (
        ("latest_start", "earliest_start"),
        ("latest_finish", "earliest_start"),
        ("target_finish", "earliest_start"),
        ("latest_finish", "started"),
    )
    for end, begin in pairs:
        comparable = (
            (projects[end] != "")
            & (projects[begin] != "")
            & (projects[end].map(label_frequency) == projects[begin].map(label_frequency))
        )
        bad = comparable & (projects[end] < projects[begin])
        rule = f"lies before {begin}"
        yield from tables.where("projects", bad, (end, begin), rule, f"correct {end} or {begin}")
