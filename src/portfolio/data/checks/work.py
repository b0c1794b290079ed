"""Rules on people, their time and the demand for it."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio.data.checks.hiring import may_join
from portfolio.data.tables import Tables
from portfolio.errors import Fault

__all__ = [
    "check_absences",
    "check_capacity_total",
    "check_demand_has_people",
    "check_people_dates",
    "check_reserved",
]


def check_people_dates(tables: Tables) -> Iterator[Fault]:
    """Nobody leaves before they come."""
    people = tables["people"]
    bad = (people["available_to"] < people["available_from"]).fillna(False)
    rule, remedy = "lies before available_from", "correct available_from or available_to"
    yield from tables.where("people", bad, ("available_to", "available_from"), rule, remedy)


def check_absences(tables: Tables) -> Iterator[Fault]:
    """No absence ends before it begins."""
    absences = tables["absences"]
    bad = (absences["last_day"] < absences["first_day"]).fillna(False)
    rule, remedy = "lies before first_day", "correct first_day or last_day"
    yield from tables.where("absences", bad, ("last_day", "first_day"), rule, remedy)


def check_reserved(tables: Tables) -> Iterator[Fault]:
    """Time is reserved of a role or of a person, not of both or neither."""
    rows = tables["reserved"]
    both = (rows["role_id"] != "") == (rows["person_id"] != "")
    rule = "and person_id are both given, or both blank"
    remedy = "name the role or the person whose time is reserved"
    yield from tables.where("reserved", both, ("role_id", "person_id"), rule, remedy)


def check_capacity_total(tables: Tables) -> Iterator[Fault]:
    """A role's whole capacity is not negative."""
    rows = tables["capacity"]
    bad = (rows["kind"] == "total") & (rows["fte"] < 0).fillna(False)
    rule, remedy = "is a negative total", "write 0 or more; only an extra may be negative"
    yield from tables.where("capacity", bad, ("fte", "kind"), rule, remedy)


def check_demand_has_people(tables: Tables) -> Iterator[Fault]:
    """A role that projects need is one that somebody can fill, or join to fill."""
    if any(tables.unreadable(name) for name in ("skills", "capacity", "roles", "demand")):
        return
    demand = tables["demand"]
    supplied = set(tables["skills"]["role_id"]) | set(tables["capacity"]["role_id"])
    supplied |= may_join(tables)
    roles = set(tables["roles"]["role_id"])
    needed = demand[(demand["fte"] > 0) & demand["role_id"].isin(roles - supplied)]
    # A supply whose role is at fault may be the one that seems to be missing.
    if needed["role_id"].nunique() <= len(supplied - roles) or any(
        tables.incomplete(name) for name in ("skills", "capacity")
    ):
        return
    for number in needed.drop_duplicates("role_id").index:
        rule = "is needed, but nobody has this skill and capacity does not give it"
        remedy = "add people with the skill, rows in capacity, or a hire_max to its role"
        if tables.sound("demand", int(number), "role_id"):
            yield tables.fault("demand", int(number), "role_id", rule, remedy)
