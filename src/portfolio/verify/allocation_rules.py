"""The rules of an allocation, one check each, recomputed from the tables alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from portfolio.verify.loads import nested
from portfolio.verify.records import records
from portfolio.verify.rows import Found, Violation, amount
from portfolio.verify.staffing import Need, Staffing

__all__ = ["ALLOCATION_FAMILIES", "ROUNDED", "where"]

ROUNDED: Final = 1e-5
"""FTE that rounding to six digits may leave in a sum."""


def where(person: str, project: str, role: str, t: int, staffing: Staffing) -> dict[str, str]:
    """What a violation is about, by column."""
    label = staffing.portfolio.calendar.label(t)
    key = {"person_id": person, "project_id": project, "role_id": role, "period": label}
    return {column: value for column, value in key.items() if value}


def person_time(staffing: Staffing) -> Found:
    """Nobody works more than the time that they have."""
    soft = 1.0 + staffing.scenario.soften.get("person_time", 0.0)
    for (person, t), load in staffing.load.items():
        time = float(staffing.time[person][t]) * soft
        if load > time + ROUNDED:
            message = f"{person} works {amount(load)} FTE and has {amount(time)}."
            yield Violation("person_time", where(person, "", "", t, staffing), message)


def ring_fence(staffing: Staffing) -> Found:
    """People who are ring-fenced work for their programme and those within it, but for bookings."""
    people, projects = staffing.portfolio["people"], staffing.portfolio["projects"]
    fence = dict(zip(people["person_id"], people["programme_id"], strict=True))
    programme = dict(zip(projects["project_id"], projects["programme_id"], strict=True))
    inside = nested(staffing.portfolio)
    away: dict[tuple[str, int], float] = defaultdict(float)
    for work, sign in ((staffing.work, 1.0), (staffing.held, -1.0)):
        for (person, project, _, t), fte in work.items():
            of = fence.get(person, "")
            if of and programme.get(project, "") not in inside[of]:
                away[person, t] += sign * fte
    for (person, t), fte in away.items():
        if fte > ROUNDED:
            message = f"{person} is ring-fenced for {fence[person]} and works elsewhere."
            yield Violation("ring_fence", where(person, "", "", t, staffing), message)


def booked(staffing: Staffing) -> Found:
    """Fixed and committed assignments are kept."""
    for key, held in staffing.held.items():
        fte = staffing.work.get(key, 0.0)
        if fte < held - ROUNDED:
            message = (
                f"{key[0]} is booked on {key[1]} with {amount(held)} FTE and has {amount(fte)}."
            )
            yield Violation("booked", where(*key, staffing), message)


def banned(staffing: Staffing) -> Found:
    """Nobody works where an assignment bans them."""
    for key, fte in staffing.work.items():
        booking = staffing.bookings.get(key)
        if booking is not None and booking.banned and fte > ROUNDED:
            message = f"{key[0]} is banned from {key[1]} and works there."
            yield Violation("banned", where(*key, staffing), message)


def fte_max(staffing: Staffing) -> Found:
    """Nobody works more on a project than an assignment allows there."""
    for key, fte in staffing.work.items():
        booking = staffing.bookings.get(key)
        if booking is not None and fte > booking.most + ROUNDED:
            most = amount(booking.most)
            message = f"{key[0]} works {amount(fte)} FTE on {key[1]}, and gives {most} at most."
            yield Violation("fte_max", where(*key, staffing), message)


def max_projects(staffing: Staffing) -> Found:
    """Nobody works on more projects at once than they may, but for bookings."""
    most = {row.person_id: row.max_projects for row in records(staffing.portfolio["people"])}
    at_once: dict[tuple[str, int], int] = defaultdict(int)
    held: dict[tuple[str, int], int] = defaultdict(int)
    for person, _, t in staffing.stays:
        at_once[person, t] += 1
    for person, _, t in staffing.held_stays:
        held[person, t] += 1
    for (person, t), number in at_once.items():
        limit = most[person]
        if not pd.isna(limit) and number > max(int(limit), held[person, t]):
            message = f"{person} works on {number} projects at once, and may on {int(limit)}."
            yield Violation("max_projects", where(person, "", "", t, staffing), message)


def minimum_fraction(staffing: Staffing) -> Found:
    """Who works on a project at all works there a least part of their time, but for bookings."""
    for (person, project, t), fte in staffing.stays.items():
        least = staffing.scenario.minimum_fraction * float(staffing.time[person][t])
        held = staffing.held_stays.get((person, project, t), 0.0)
        least = min(least, held) if held > 0 else least
        if fte < least - ROUNDED:
            message = f"{person} works {amount(fte)} FTE on {project}, less than {amount(least)}."
            yield Violation("minimum_fraction", where(person, project, "", t, staffing), message)


def _people_on(staffing: Staffing) -> dict[tuple[str, str, int], list[str]]:
    found: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for person, project, role, t in staffing.work:
        if person and project:
            found[project, role, t].append(person)
    return found


def people_max(staffing: Staffing) -> Found:
    """A role of a project is spread over no more people than it allows, but for bookings."""
    for (project, role, t), people in _people_on(staffing).items():
        most = staffing.needs.get((project, role, t), Need()).people_max
        held = sum((person, project, role, t) in staffing.held for person in people)
        if len(people) > max(most, held):
            message = f"{len(people)} people work on {project} as {role}, and {most:g} may."
            yield Violation("people_max", where("", project, role, t, staffing), message)


def people_min(staffing: Staffing) -> Found:
    """A role of a project is done by no fewer people than it asks for, but for bookings."""
    for (project, role, t), people in _people_on(staffing).items():
        least = staffing.needs.get((project, role, t), Need()).people_min
        beyond = sum(
            staffing.work[person, project, role, t]
            - staffing.held.get((person, project, role, t), 0.0)
            for person in people
        )
        if least > 1 and len(people) < least and beyond > ROUNDED:
            message = f"{len(people)} people work on {project} as {role}, and {least:g} must."
            yield Violation("people_min", where("", project, role, t, staffing), message)


def demand_covered(staffing: Staffing) -> Found:
    """What is supplied, with what is said to be short, is what projects need."""
    supplied: dict[tuple[str, str, int], float] = defaultdict(float)
    for (person, project, role, t), held in staffing.held.items():
        supplied[project, role, t] += staffing.supplied(person, role, held)
    places = staffing.needs.keys() | {place for place in staffing.covered if place[0]}
    for place in sorted(places | {place for place in staffing.shortage if place[0]}):
        need = staffing.needs.get(place, Need()).fte
        given = staffing.covered.get(place, 0.0) + staffing.shortage.get(place, 0.0)
        if given < need - ROUNDED or given > max(need, supplied.get(place, 0.0)) + ROUNDED:
            message = (
                f"{place[0]} needs {amount(need)} FTE of {place[1]} and has {amount(given)}, "
                "with what is said to be short."
            )
            yield Violation("demand_covered", where("", *place, staffing), message)


def capacity_by_hand(staffing: Staffing) -> Found:
    """Capacity without names is used no more than there is."""
    used: dict[tuple[str, int], float] = defaultdict(float)
    for (person, _, role, t), fte in staffing.work.items():
        if not person:
            used[role, t] += fte
    for (role, t), fte in used.items():
        most = max(staffing.given.get((role, t), 0.0), 0.0)
        if fte > most + ROUNDED:
            message = (
                f"{amount(fte)} FTE of {role} are used without names; {amount(most)} are there."
            )
            yield Violation("capacity_by_hand", where("", "", role, t, staffing), message)


def reserved_work(staffing: Staffing) -> Found:
    """What is reserved of a role is done before any project, or said to be short."""
    for (role, t), given in sorted(staffing.given.items()):
        done = staffing.covered.get(("", role, t), 0.0) + staffing.shortage.get(("", role, t), 0.0)
        if done < -given - ROUNDED:
            message = f"{amount(-given)} FTE of {role} are reserved, and {amount(done)} done."
            yield Violation("reserved_work", where("", "", role, t, staffing), message)


ALLOCATION_FAMILIES: Final[Mapping[str, Callable[[Staffing], Found]]] = {
    check.__name__: check
    for check in (
        demand_covered,
        reserved_work,
        capacity_by_hand,
        person_time,
        booked,
        banned,
        fte_max,
        ring_fence,
        max_projects,
        minimum_fraction,
        people_max,
        people_min,
    )
}
"""A check for each constraint family of the allocation that a user may name."""
