"""Who does the work: roles, locations, people, their skills and time, and capacity by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from .estimates import Totals
from .roles import Role, Roles
from .size import FIRST_YEAR, Size, bank_holidays, between, day, month, pick
from .tables import Tables

ROOM = 20
LOCATIONS = {
    "HQ": ("Fenmere House", "Mon-Fri", "1111100"),
    "DEP": ("Northern depot", "Mon-Fri", "1111100"),
    "CTL": ("Control centre", "Tue-Sat", "0111110"),
}
RING_FENCES = {
    "software_developer": "CUS",
    "electrical_engineer": "NZE",
    "data_engineer": "CUS",
    "telemetry_engineer": "NET",
    "process_engineer": "NZE",
}
BY_HAND = ("site_supervisor", "field_technician")  # whole capacity from a framework contract
CONTRACTED = ("process_engineer", "telemetry_engineer", "software_developer")
# Heads for the same work: under 1 where a role is hard to hire.
SCARCE = {
    "telemetry_engineer": 0.6,
    "process_engineer": 0.8,
    "network_modeller": 1.2,
    "project_manager": 1.25,
    "software_developer": 1.3,
}
OFFERED_SHARE = 1.0  # of the free projects' work that the roles by hand are made for


@dataclass(frozen=True)
class Person:
    """What bookings need to know of a person; `time` is FTE by period."""

    person_id: str
    role_id: str
    programme_id: str
    proficiency: float
    time: np.ndarray


def write_people(tables: Tables, size: Size, roles: Roles, totals: Totals) -> list[Person]:
    """Everybody, with their time; and capacity that lets the certificate's work be done."""
    _write_roles(tables, size, roles)
    holidays = _write_locations(tables, size)
    people = []
    reserved: dict[str, np.ndarray] = {}
    for role, count in _heads(size, roles, totals):
        for place in range(count):
            number = len(people) + 1
            people.append(_write_person(tables, size, role, place, number, holidays))
        reserved[role.role_id] = _write_reserved(tables, size, role, count)
    _write_capacity(tables, size, roles, totals, people, reserved)
    return people


def _write_roles(tables: Tables, size: Size, roles: Roles) -> None:
    for role in roles.all:
        tables.add("roles", role_id=role.role_id, name=role.name, **role.money)
    for role in roles.all:
        if role.role_id in CONTRACTED:
            for index in range(size.periods):
                most = (1.0 if index < 6 else 2.0) * max(1, round(size.projects / 60))
                tables.add("contractor_limits", role_id=role.role_id, period=month(index), fte=most)


def _write_locations(tables: Tables, size: Size) -> dict[str, list[date]]:
    days: dict[str, list[date]] = {}
    for location, (name, worked, _) in LOCATIONS.items():
        tables.add("locations", location_id=location, name=name, working_days=worked)
        found: list[tuple[date, str]] = []
        for number in range(FIRST_YEAR, FIRST_YEAR + math.ceil(size.periods / 12) + 1):
            found += bank_holidays(number)
            if location == "DEP":
                found.append((day(12 * (number - FIRST_YEAR) + 6, 15), "Fen Fair day"))
        for holiday, name in sorted(found):
            tables.add("holidays", location_id=location, date=holiday, name=name)
        days[location] = [holiday for holiday, _ in found]
    return days


def _heads(size: Size, roles: Roles, totals: Totals) -> list[tuple[Role, int]]:
    """How many people have each role as their first: in proportion to the work, one at least."""
    staffed = [role for role in roles.all if role.role_id not in BY_HAND]
    work = np.array(
        [
            SCARCE.get(role.role_id, 1.0)
            * (totals.certain_fte[role.role_id].sum() + totals.offered_fte[role.role_id])
            for role in staffed
        ]
    )
    shares = work / max(work.sum(), 1.0) * (size.people - len(staffed))
    heads = np.floor(shares).astype(int)
    spare = size.people - len(staffed) - int(heads.sum())
    heads[np.argsort(heads - shares, kind="stable")[:spare]] += 1
    return [(role, int(count) + 1) for role, count in zip(staffed, heads, strict=True)]


def _write_person(
    tables: Tables,
    size: Size,
    role: Role,
    place: int,
    number: int,
    holidays: dict[str, list[date]],
) -> Person:
    random = size.random(ROOM, number)
    person_id = f"E{number:0{max(3, len(str(size.people)))}d}"
    draw, kind, skill = (float(random.random()) for _ in range(3))
    ring = RING_FENCES.get(role.role_id, "") if place % 6 == 1 else ""
    contractor = kind > 0.93
    first = int(between(random, 1, size.periods / 2)) if draw < 0.07 or contractor else 0
    last = size.periods
    if 0.07 <= draw < 0.13 or contractor:
        last = min(size.periods, first + int(between(random, 6, 16)))
    fte = pick(random, [0.5, 0.6, 0.8]) if 0.13 <= draw < 0.28 else 1.0
    tables.add(
        "people",
        person_id=person_id,
        name=f"{role.name} {place + 1:02d}",
        location_id=role.location,
        programme_id=ring,
        employment="contractor" if contractor else "staff",
        fte=fte,
        available_from=day(first) if first else None,
        available_to=_first_day(last) - timedelta(days=1) if last < size.periods else None,
        cost_rate=role.money["contractor_rate"] if contractor else None,
        max_projects=3 if fte == 1.0 else 2,
    )
    junior = skill > 0.85
    proficiency = 0.8 if junior else 1.0
    tables.add("skills", person_id=person_id, role_id=role.role_id, proficiency=proficiency)
    if role.second and skill < role.second_share:
        tables.add("skills", person_id=person_id, role_id=role.second, proficiency=0.75)
    absences = _write_absences(tables, size, person_id, role.location, random)
    time = _time(size, role.location, holidays[role.location], absences, fte, (first, last))
    if 0.28 <= draw < 0.34:
        for index in range(size.periods):
            tables.add(
                "reserved",
                person_id=person_id,
                period=month(index),
                fte=0.25,
                reason="On-call rota" if role.location == "CTL" else "Line management",
            )
        time = np.maximum(0, time - 0.25)
    return Person(person_id, role.role_id, ring, proficiency, time)


def _write_absences(
    tables: Tables, size: Size, person_id: str, location: str, random: np.random.Generator
) -> list[tuple[date, date]]:
    """A long leave in the summer and a short one in the spring of each year, for most people."""
    found = []
    for turn in range(math.ceil(size.periods / 12)):
        for low, high, days in ((5, 9, 11), (1, 4, 4)):
            index = 12 * turn + int(between(random, low, high))
            if index < size.periods and random.random() < 0.6:
                first = day(index, int(between(random, 1, 15)))
                first -= timedelta(days=first.weekday() - (1 if location == "CTL" else 0))
                found.append((first, first + timedelta(days=days)))
    if random.random() < 0.03:
        first = day(int(between(random, 9, 11)), 6)
        found.append((first, first + timedelta(days=80)))
    for first, last in found:
        tables.add("absences", person_id=person_id, first_day=first, last_day=last)
    return found


def _time(
    size: Size,
    location: str,
    holidays: list[date],
    absences: list[tuple[date, date]],
    fte: float,
    stay: tuple[int, int],
) -> np.ndarray:
    """FTE by period: days worked over the period's weekdays."""
    begins = np.array([_first_day(t) for t in range(size.periods + 1)], dtype="datetime64[D]")
    mask = LOCATIONS[location][2]
    free = np.array(holidays, dtype="datetime64[D]")
    worked = np.busday_count(begins[:-1], begins[1:], weekmask=mask, holidays=free)
    for first, last in absences:
        low = np.clip(np.datetime64(first), begins[:-1], begins[1:])
        high = np.clip(np.datetime64(last + timedelta(days=1)), begins[:-1], begins[1:])
        worked = worked - np.busday_count(low, high, weekmask=mask, holidays=free)
    worked[: stay[0]] = 0
    worked[stay[1] :] = 0
    weekdays = np.busday_count(begins[:-1], begins[1:], weekmask=mask)
    return fte * np.maximum(0, worked) / weekdays


def _first_day(index: int) -> date:
    return date(FIRST_YEAR + index // 12, index % 12 + 1, 1)


def _write_reserved(tables: Tables, size: Size, role: Role, count: int) -> np.ndarray:
    """Operations take some of a role before any project does."""
    line = np.zeros(size.periods)
    reasons = {
        "project_manager": "Portfolio office duties",
        "telemetry_engineer": "Winter readiness",
        "data_engineer": "Annual regulatory return",
        "process_engineer": "Operational incidents",
    }
    if role.role_id not in reasons:
        return line
    for index in range(size.periods):
        season = index % 12
        share = {
            "project_manager": 0.06,
            "telemetry_engineer": 0.12 if season in (0, 1, 10, 11) else 0.0,
            "data_engineer": 0.2 if season in (4, 5) else 0.0,
            "process_engineer": 0.05,
        }[role.role_id]
        line[index] = round(4 * share * count) / 4
        if line[index]:
            tables.add(
                "reserved",
                role_id=role.role_id,
                period=month(index),
                fte=float(line[index]),
                reason=reasons[role.role_id],
            )
    return line


def _write_capacity(
    tables: Tables,
    size: Size,
    roles: Roles,
    totals: Totals,
    people: list[Person],
    reserved: dict[str, np.ndarray],
) -> None:
    """Capacity by hand; where first skills alone cannot do the certificate's work, more of it."""
    supply = {role.role_id: np.zeros(size.periods) for role in roles.all}
    for person in people:
        if not person.programme_id:
            supply[person.role_id] += person.proficiency * person.time
    growth = size.projects / 60
    for role in roles.all:
        certain = totals.certain_fte[role.role_id]
        if role.role_id in BY_HAND:
            offered = OFFERED_SHARE * totals.offered_fte[role.role_id] / size.periods
            level = (certain.mean() + offered) / size.tightness
            for index in range(size.periods):
                winter = 0.8 if index % 12 in (0, 1, 11) else 1.0
                fte = max(_quarters(certain[index]), _quarters(level * winter))
                tables.add(
                    "capacity", role_id=role.role_id, period=month(index), kind="total", fte=fte
                )
            continue
        for index in range(size.periods):
            planned = 0.0
            if role.role_id == "business_analyst" and 3 <= index < 9:
                planned = _quarters(0.75 * growth)
            elif role.role_id == "network_modeller" and 12 <= index < 15:
                planned = -_quarters(0.25 * growth)
            there = supply[role.role_id][index] - reserved[role.role_id][index] + planned
            extra = planned + _quarters(max(0.0, certain[index] - there))
            if extra:
                tables.add(
                    "capacity", role_id=role.role_id, period=month(index), kind="extra", fte=extra
                )


def _quarters(fte: float) -> float:
    return math.ceil(4 * fte - 1e-9) / 4
