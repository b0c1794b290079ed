"""Rules on who can do what and when, which naming people relies on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from portfolio.data.calendar import Calendar, label_frequency
from portfolio.data.tables import Tables
from portfolio.errors import Fault

__all__ = [
    "check_assigned_have_skill",
    "check_fixed_against_bans",
    "check_fixed_in_time",
    "check_fixed_within_fte",
    "check_fte_within_most",
]


def check_assigned_have_skill(tables: Tables) -> Iterator[Fault]:
    """Who is assigned to a role has the skill for it."""
    if tables.unreadable("skills") or tables.incomplete("skills") or tables.lost("skills"):
        return
    skills, rows = tables["skills"], tables["assignments"]
    able = skills[(skills["proficiency"] > 0).fillna(False)]
    stray = ~able["person_id"].isin(tables["people"]["person_id"])
    stray |= ~able["role_id"].isin(tables["roles"]["role_id"])
    known = set(zip(able["person_id"], able["role_id"], strict=True))
    pairs = zip(rows["person_id"], rows["role_id"], strict=True)
    bad = pd.Series([pair not in known for pair in pairs], index=rows.index, dtype=bool)
    bad &= rows["person_id"].isin(tables["people"]["person_id"])
    bad &= rows["role_id"].isin(tables["roles"]["role_id"]) & (rows["kind"] != "banned")
    if int(bad.sum()) <= int(stray.sum()):
        return
    rule = "is a role that the person has no skill for"
    remedy = "add the skill to skills, or correct the role or the person"
    columns = ("role_id", "person_id", "kind")
    yield from tables.where("assignments", bad, columns, rule, remedy)


def check_fixed_in_time(tables: Tables) -> Iterator[Fault]:
    """A fixed assignment lies in the time in which the person is there."""
    calendar, rows = tables.calendar, tables["assignments"]
    if calendar is None or tables.unreadable("people"):
        return
    people = tables["people"].drop_duplicates("person_id").set_index("person_id")
    for number, row in _fixed(rows, calendar):
        if row.person_id not in people.index:
            continue
        index = calendar.index(row.period)
        first, last = calendar.first_day(index), calendar.last_day(index)
        comes = people["available_from"][row.person_id]
        goes = people["available_to"][row.person_id]
        if not pd.isna(comes) and comes.date() > last:
            rule = f"is before {row.person_id} is there, from {comes.date()}"
        elif not pd.isna(goes) and goes.date() < first:
            rule = f"is after {row.person_id} has left, on {goes.date()}"
        else:
            continue
        remedy = "delete the assignment, or correct the person's dates"
        if tables.sound("assignments", number, "period", "person_id", "kind"):
            yield tables.fault("assignments", number, "period", rule, remedy)


def check_fixed_within_fte(tables: Tables) -> Iterator[Fault]:
    """Fixed assignments of a person in a period are not more than the person's FTE."""
    calendar, rows = tables.calendar, tables["assignments"]
    if calendar is None or tables.unreadable("people"):
        return
    people = tables["people"].drop_duplicates("person_id").set_index("person_id")["fte"]
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for number, row in _fixed(rows, calendar):
        if row.person_id not in people.index or pd.isna(row.fte):
            continue
        key, most = (row.person_id, row.period), float(people[row.person_id])
        before = sums[key]
        sums[key] += float(row.fte)
        if before <= most + 1e-9 < sums[key]:
            rule = (
                f"makes {sums[key]:.4g} FTE of fixed assignments of {row.person_id} in "
                f"{row.period}, more than the {most:.4g} that the person has"
            )
            remedy = "lower the assignments, or correct the person's fte"
            if tables.sound("assignments", number, "fte", "period", "person_id", "kind"):
                yield tables.fault("assignments", number, "fte", rule, remedy)


def check_fixed_against_bans(tables: Tables) -> Iterator[Fault]:
    """Nobody is fixed where they are banned in all periods."""
    rows = tables["assignments"]
    key = ["person_id", "project_id", "role_id"]
    banned = rows[(rows["kind"] == "banned") & (rows["period"] == "")]
    bans = set(zip(*(banned[name] for name in key), strict=True))
    pairs = zip(*(rows[name] for name in key), strict=True)
    bad = pd.Series([pair in bans for pair in pairs], index=rows.index, dtype=bool)
    bad &= (rows["kind"] == "fixed") | ((rows["booking"] == "committed") & (rows["kind"] == ""))
    rule = "is fixed or committed, and another row bans the person there in all periods"
    yield from tables.where("assignments", bad, ("kind", *key), rule, "delete one of the two")


def check_fte_within_most(tables: Tables) -> Iterator[Fault]:
    """Nobody is assigned with more than they give there."""
    rows = tables["assignments"]
    bad = (rows["fte"] > rows["fte_max"]).fillna(False) & (rows["kind"] != "banned")
    rule, remedy = "is more than the fte_max of the same row", "lower it, or raise or clear fte_max"
    yield from tables.where("assignments", bad, ("fte", "fte_max", "kind"), rule, remedy)


def _fixed(rows: pd.DataFrame, calendar: Calendar) -> Iterator[tuple[int, Any]]:
    """Fixed assignments that name a period of the calendar, with their positions."""
    named = rows["period"].map(label_frequency) == calendar.frequency
    row: Any
    for row in rows[(rows["kind"] == "fixed") & named].itertuples():
        yield int(row.Index), row
