"""Check of any allocation: who may work where, and all that it states, from the tables alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from portfolio.allocation import ALLOCATION_TABLES, REMEDIES, Allocation
from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan, Status
from portfolio.scenario import Scenario
from portfolio.verify.ids import misstated
from portfolio.verify.loads import records
from portfolio.verify.rows import Found, Violation, amount, differ
from portfolio.verify.staffing import Need, Staffing

__all__ = ["ALLOCATION_FAMILIES", "verify_allocation"]

_NONE: Final = 1e-5
"""FTE that rounding to six digits may leave in a sum."""
_OBJECTIVES: Final = ("shortage", "change", "handovers", "people", "balance", "cost")
_KEYS: Final[Mapping[str, list[str]]] = {
    "allocation": ["person_id", "project_id", "role_id", "period"],
    "shortage": ["project_id", "role_id", "period"],
    "changes": ["person_id", "project_id", "role_id", "period"],
    "person_changes": ["person_id"],
    "project_changes": ["project_id"],
}


def verify_allocation(
    allocation: Allocation,
    portfolio: Portfolio,
    scenario: Scenario,
    plan: Plan,
    previous: Allocation | None = None,
) -> list[Violation]:
    """Find everything that is wrong with an allocation.

    Parameters
    ----------
    allocation : Allocation
    portfolio : Portfolio
        As it was read, without the scenario's changes; they are made here.
    scenario : Scenario
        Families that it ignores are not checked.
    plan : Plan
        The plan whose work is allocated.
    previous : Allocation, optional
        What as little as possible was to change from.

    Returns
    -------
    list of Violation
        Empty where the allocation may be shown. Beside the constraint families
        there are ``skills``, ``status``, ``objective`` and ``tables``.
    """
    found = list(_status(allocation, scenario))
    if not allocation.feasible:
        return found
    portfolio = scenario.apply(portfolio)
    unreadable = list(_unreadable(allocation, portfolio))
    if unreadable:
        return found + unreadable
    staffing = Staffing(portfolio, scenario, plan, allocation, previous)
    found += _skills(staffing)
    for family, check in ALLOCATION_FAMILIES.items():
        if family not in scenario.ignore:
            found += check(staffing)
    found += _changes(staffing)
    found += _objectives(staffing)
    return found


def _status(allocation: Allocation, scenario: Scenario) -> Found:
    if allocation.scenario != scenario.name:
        message = f"The allocation is of scenario '{allocation.scenario}', not '{scenario.name}'."
        yield Violation("status", "scenario", message)
    if not allocation.feasible:
        for name, _ in allocation.tables():
            message = f"The allocation has no solution ({allocation.status}), but a table {name}."
            yield Violation("status", name, message)
        return
    names = tuple(allocation.objectives["objective"])
    if names != _OBJECTIVES:
        message = f"The allocation has the objectives {', '.join(names) or 'none'}."
        yield Violation("objective", "objectives", message)
    for row in records(allocation.objectives):
        key = {"objective": row.objective}
        if row.sense != "min":
            message = f"Objective {row.objective} is said to be {row.sense}, and is min."
            yield Violation("objective", key, message)
        if not math.isnan(row.bound) and row.bound > row.value + _NONE * max(1, abs(row.value)):
            message = (
                f"Objective {row.objective} is {amount(row.value)}, better than its bound "
                f"{amount(row.bound)}."
            )
            yield Violation("objective", key, message)
    if allocation.status == Status.OPTIMAL and set(allocation.objectives["status"]) != {"optimal"}:
        message = "The allocation is said to be optimal, and not all its objectives are."
        yield Violation("status", "allocation", message)


def _unreadable(allocation: Allocation, portfolio: Portfolio) -> Found:
    missing = [name for name in ALLOCATION_TABLES if getattr(allocation, name) is None]
    for name in missing:
        yield misstated(name, {}, f"The allocation has no table {name}.")
    known = {
        "person_id": {"", *portfolio["people"]["person_id"]},
        "project_id": {"", *portfolio["projects"]["project_id"]},
        "role_id": set(portfolio["roles"]["role_id"]),
        "remedy": set(REMEDIES),
        "period": set(portfolio.calendar.labels),
    }
    for name, frame in allocation.tables():
        # What was before may be of people and projects that are no more.
        past = "changes" in name
        for column in frame.columns.intersection(list(known)):
            if past and column != "period":
                continue
            for value in sorted(set(frame[column]) - known[column]):
                message = f"Table {name} has {column} '{value}', which is not known."
                yield misstated(name, {column: value}, message)
        for column in frame.columns[frame.dtypes == "float64"]:
            for number in np.flatnonzero(~np.isfinite(frame[column]) | (frame[column] < 0)):
                message = f"Row {number + 1} of table {name} has {column} {frame[column][number]}."
                yield misstated(name, {"row": str(number + 1), "column": column}, message)
        keys = _KEYS.get(name)
        if keys and frame.duplicated(keys).any():
            first = int(np.flatnonzero(frame.duplicated(keys))[0])
            key = {column: str(frame[column][first]) for column in keys}
            yield misstated(name, key, f"Table {name} has two rows for {key}.")


def _key(person: str, project: str, role: str, t: int, staffing: Staffing) -> dict[str, str]:
    label = staffing.portfolio.calendar.label(t)
    key = {"person_id": person, "project_id": project, "role_id": role, "period": label}
    return {column: value for column, value in key.items() if value}


def _skills(staffing: Staffing) -> Found:
    """People work in roles that they have, and only where there is something to do."""
    for (person, project, role, t), fte in staffing.work.items():
        key = _key(person, project, role, t, staffing)
        if person and (person, role) not in staffing.skills:
            message = f"{person} works as {role}, and has no such skill."
            yield Violation("skills", key, message)
        if not person and not project:
            yield misstated(
                "allocation", key, "A row of table allocation has nobody and no project."
            )
        place = (project, role, t)
        held = (person, project, role, t) in staffing.held
        if project and place not in staffing.needs and not held:
            message = f"{amount(fte)} FTE of {role} are on {project}, which needs none then."
            yield Violation("demand_covered", key, message)


def person_time(staffing: Staffing) -> Found:
    """Nobody works more than the time that they have."""
    soft = 1.0 + staffing.scenario.soften.get("person_time", 0.0)
    for (person, t), load in staffing.load.items():
        time = float(staffing.time[person][t]) * soft
        if load > time + _NONE:
            message = f"{person} works {amount(load)} FTE and has {amount(time)}."
            yield Violation("person_time", _key(person, "", "", t, staffing), message)


def ring_fence(staffing: Staffing) -> Found:
    """People who are ring-fenced work for their programme only, but for bookings."""
    fence = dict(
        zip(
            staffing.portfolio["people"]["person_id"],
            staffing.portfolio["people"]["programme_id"],
            strict=True,
        )
    )
    programme = dict(
        zip(
            staffing.portfolio["projects"]["project_id"],
            staffing.portfolio["projects"]["programme_id"],
            strict=True,
        )
    )
    away: dict[tuple[str, int], float] = defaultdict(float)
    for (person, project, _, t), fte in staffing.work.items():
        if person and fence[person] and fence[person] != programme.get(project, ""):
            away[person, t] += fte
    for (person, project, _, t), fte in staffing.held.items():
        if fence[person] and fence[person] != programme[project]:
            away[person, t] -= fte
    for (person, t), fte in away.items():
        if fte > _NONE:
            message = f"{person} is ring-fenced for {fence[person]} and works elsewhere."
            yield Violation("ring_fence", _key(person, "", "", t, staffing), message)


def booked(staffing: Staffing) -> Found:
    """Fixed and committed assignments are kept."""
    for key, held in staffing.held.items():
        fte = staffing.work.get(key, 0.0)
        if fte < held - _NONE:
            message = (
                f"{key[0]} is booked on {key[1]} with {amount(held)} FTE and has {amount(fte)}."
            )
            yield Violation("booked", _key(*key, staffing), message)


def banned(staffing: Staffing) -> Found:
    """Nobody works where an assignment bans them."""
    for key, fte in staffing.work.items():
        booking = staffing.bookings.get(key)
        if booking is not None and booking.banned and fte > _NONE:
            message = f"{key[0]} is banned from {key[1]} and works there."
            yield Violation("banned", _key(*key, staffing), message)


def fte_max(staffing: Staffing) -> Found:
    """Nobody works more on a project than an assignment allows there."""
    for key, fte in staffing.work.items():
        booking = staffing.bookings.get(key)
        if booking is not None and fte > booking.most + _NONE:
            most = amount(booking.most)
            message = f"{key[0]} works {amount(fte)} FTE on {key[1]}, and gives {most} at most."
            yield Violation("fte_max", _key(*key, staffing), message)


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
            yield Violation("max_projects", _key(person, "", "", t, staffing), message)


def minimum_fraction(staffing: Staffing) -> Found:
    """Who works on a project at all works there a least part of their time, but for bookings."""
    for (person, project, t), fte in staffing.stays.items():
        least = staffing.scenario.minimum_fraction * float(staffing.time[person][t])
        held = staffing.held_stays.get((person, project, t), 0.0)
        least = min(least, held) if held > 0 else least
        if fte < least - _NONE:
            message = f"{person} works {amount(fte)} FTE on {project}, less than {amount(least)}."
            yield Violation("minimum_fraction", _key(person, project, "", t, staffing), message)


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
            yield Violation("people_max", _key("", project, role, t, staffing), message)


def people_min(staffing: Staffing) -> Found:
    """A role of a project is done by no fewer people than it asks for, but for bookings."""
    for (project, role, t), people in _people_on(staffing).items():
        least = staffing.needs.get((project, role, t), Need()).people_min
        beyond = sum(
            staffing.work[person, project, role, t]
            - staffing.held.get((person, project, role, t), 0.0)
            for person in people
        )
        if least > 1 and len(people) < least and beyond > _NONE:
            message = f"{len(people)} people work on {project} as {role}, and {least:g} must."
            yield Violation("people_min", _key("", project, role, t, staffing), message)


def demand_covered(staffing: Staffing) -> Found:
    """What is supplied, with what is said to be short, is what projects need."""
    supplied: dict[tuple[str, str, int], float] = defaultdict(float)
    for (person, project, role, t), held in staffing.held.items():
        supplied[project, role, t] += staffing.supplied(person, role, held)
    places = staffing.needs.keys() | {place for place in staffing.covered if place[0]}
    for place in sorted(places | {place for place in staffing.shortage if place[0]}):
        need = staffing.needs.get(place, Need()).fte
        given = staffing.covered.get(place, 0.0) + staffing.shortage.get(place, 0.0)
        if given < need - _NONE or given > max(need, supplied.get(place, 0.0)) + _NONE:
            message = (
                f"{place[0]} needs {amount(need)} FTE of {place[1]} and has {amount(given)}, "
                "with what is said to be short."
            )
            yield Violation("demand_covered", _key("", *place, staffing), message)


def capacity_by_hand(staffing: Staffing) -> Found:
    """Capacity without names is used no more than there is."""
    used: dict[tuple[str, int], float] = defaultdict(float)
    for (person, _, role, t), fte in staffing.work.items():
        if not person:
            used[role, t] += fte
    for (role, t), fte in used.items():
        most = max(staffing.given.get((role, t), 0.0), 0.0)
        if fte > most + _NONE:
            message = (
                f"{amount(fte)} FTE of {role} are used without names; {amount(most)} are there."
            )
            yield Violation("capacity_by_hand", _key("", "", role, t, staffing), message)


def reserved_work(staffing: Staffing) -> Found:
    """What is reserved of a role is done before any project, or said to be short."""
    for (role, t), given in sorted(staffing.given.items()):
        done = staffing.covered.get(("", role, t), 0.0) + staffing.shortage.get(("", role, t), 0.0)
        if done < -given - _NONE:
            message = f"{amount(-given)} FTE of {role} are reserved, and {amount(done)} done."
            yield Violation("reserved_work", _key("", "", role, t, staffing), message)


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


def _changes(staffing: Staffing) -> Found:
    """The changes stated are those between before and after."""
    allocation, position = staffing.allocation, staffing.position
    assert allocation.changes is not None
    stated = {
        (r.person_id, r.project_id, r.role_id, position[r.period]): (
            float(r.before),
            float(r.after),
        )
        for r in records(allocation.changes)
    }
    if staffing.previous is not None and staffing.previous.allocation is not None:
        rows = staffing.previous.allocation
        rows = rows[(rows["person_id"] != "") & (rows["project_id"] != "")]
    else:
        rows = staffing.portfolio["assignments"]
        rows = rows[(rows["kind"] != "banned") & rows["fte"].notna()]
    was = {
        (r.person_id, r.project_id, r.role_id, position[r.period]): float(r.fte)
        for r in records(rows)
        if r.period in position
    }
    now = {key: fte for key, fte in staffing.work.items() if key[0] and key[1]}
    for key in sorted(was.keys() | now.keys() | stated.keys()):
        real = (was.get(key, 0.0), now.get(key, 0.0))
        said = stated.get(key)
        if said is None and abs(real[0] - real[1]) <= 2 * _NONE:
            continue
        if said is None or max(abs(a - b) for a, b in zip(real, said, strict=True)) > _NONE:
            message = (
                f"{key[0]} on {key[1]} goes from {amount(real[0])} to {amount(real[1])} FTE, "
                "and table changes says otherwise."
            )
            yield misstated("changes", _key(key[0], key[1], key[2], key[3], staffing), message)


def _objectives(staffing: Staffing) -> Found:
    """The objectives' values are those that the allocation has."""
    real = _recomputed(staffing)
    for row in records(staffing.allocation.objectives):
        value = real.get(row.objective, math.nan)
        # Thousands of rows, each rounded to six digits.
        size = _NONE * max(1.0, abs(value)) * 10
        if differ(row.value, value) and not abs(row.value - value) <= size:
            message = (
                f"Objective {row.objective} is said to be {amount(row.value)}, "
                f"and the allocation has {amount(value)}."
            )
            yield Violation("objective", {"objective": row.objective}, message)


def _recomputed(staffing: Staffing) -> dict[str, float]:
    own, of_role = staffing.rates
    change = 0.0
    for key, fte in staffing.before.items():
        person, _, role, t = key
        if (person, role) in staffing.skills and person in staffing.time:
            there = staffing.time[person][t] > 0
            counts = min(fte, staffing.most(key)) if there and _offered(key, staffing) else 0.0
            change += max(counts - staffing.work.get(key, 0.0), 0.0)
    came = sum(
        (person, project, t - 1) not in staffing.stays
        and not (t == 0 and (person, project) in staffing.on_before)
        for person, project, t in staffing.stays
    )
    cost = sum(
        fte * own.get(person, of_role[role])
        for (person, project, role, _), fte in staffing.work.items()
        if project
    )
    return {
        "shortage": sum(
            staffing.weights[project] * fte for (project, _, _), fte in staffing.shortage.items()
        ),
        "change": change,
        "handovers": float(came),
        "people": float(len({(person, project) for person, project, _ in staffing.stays})),
        "balance": sum(
            max(load - share * float(staffing.time[person][t]), 0.0)
            for (person, t), load in staffing.load.items()
            for share in (0.5, 0.7, 0.9)
        ),
        "cost": cost,
    }


def _offered(key: tuple[str, str, str, int], staffing: Staffing) -> bool:
    """Whether the project has work for the role then, or a booking that holds time."""
    place = key[1:]
    return place in staffing.needs or any(
        booking.reserves and other[1:] == place for other, booking in staffing.bookings.items()
    )
