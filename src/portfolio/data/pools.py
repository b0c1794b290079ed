"""Pools: people who can stand in for each other, the time they have, and each role's fixed part.

People with the same roles and proficiencies, ring-fence, location and rate
form a pool. What a person has in a period is their FTE times the share of the
period's working days on which they are there: within their dates, less
holidays and absences, less what is reserved of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.cells import weekday_mask
from portfolio.data.portfolio import Portfolio

__all__ = ["Workforce", "person_time", "workforce"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Workforce:
    """Who can do what, by pool, role and period.

    Attributes
    ----------
    roles : tuple of str
        In the order of the table `roles`.
    pools : pandas.DataFrame
        pool_id (id of its first person), programme_id ("" where not ring-fenced), people (number).
    skills : pandas.DataFrame
        pool (position in `pools`), role (position in `roles`), proficiency.
    time : numpy.ndarray, shape (pools, periods)
        FTE that each pool has.
    fixed : numpy.ndarray, shape (roles, periods)
        FTE by `capacity` less what is reserved of the role; with what pools
        supply it is the role's limit, and never below 0 for a role alone.
    owed : numpy.ndarray, shape (roles, periods)
        FTE reserved of a role beyond all that it has: of more capacity that comes first.
    """

    roles: tuple[str, ...]
    pools: pd.DataFrame
    skills: pd.DataFrame
    time: Floats
    fixed: Floats
    owed: Floats


def workforce(portfolio: Portfolio) -> Workforce:
    """Pool the people of a portfolio.

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    Workforce
    """
    roles = tuple(portfolio.tables["roles"]["role_id"])
    given, total = _given_capacity(portfolio, roles)
    pools, skills, members = _pools(portfolio, roles, total)
    time = np.zeros((len(pools), portfolio.calendar.periods))
    np.add.at(time, members["pool"].to_numpy(), person_time(portfolio)[members["person"]])
    most = given.copy()
    supply = skills["proficiency"].to_numpy()[:, None] * time[skills["pool"].to_numpy()]
    # People who are ring-fenced serve their programme's projects, and nothing that is reserved.
    shared = (pools["programme_id"] == "").to_numpy(dtype=bool)[skills["pool"].to_numpy()]
    np.add.at(most, skills["role"].to_numpy()[shared], supply[shared])
    # What is reserved beyond all that a role has cannot be taken from any project.
    asked = _reserved_by_role(portfolio, roles)
    reserved = np.minimum(asked, np.clip(most, 0.0, None))
    owed = asked - reserved + np.clip(-most, 0.0, None)
    fixed = given - reserved + np.clip(-most, 0.0, None)
    return Workforce(roles, pools, skills, time, fixed, owed)


def person_time(portfolio: Portfolio) -> Floats:
    """FTE that each person has, less what is reserved of them.

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    numpy.ndarray, shape (people, periods)
        In the order of the table `people`.
    """
    people = portfolio.tables["people"]
    calendar = portfolio.calendar
    if people.empty:
        return np.zeros((0, calendar.periods))
    first, end = calendar.first_day(0), calendar.first_day(calendar.periods)
    days = np.arange(np.datetime64(first), np.datetime64(end))
    begins = np.array(
        [(calendar.first_day(t) - first).days for t in range(calendar.periods)], dtype=np.int64
    )
    locations, worked, open_days = _location_days(portfolio, days)
    location = people["location_id"].map(locations).to_numpy(np.int64)
    arrives = _days(people["available_from"].fillna(pd.Timestamp(first)))
    leaves = _days(people["available_to"].fillna(pd.Timestamp(end)))
    there = open_days[location] & (days >= arrives[:, None]) & (days <= leaves[:, None])
    for person, absent in _absences(portfolio, days[0]):
        there[person, absent] = False
    full = np.add.reduceat(worked, begins, axis=1, dtype=np.int64)[location]
    here = np.add.reduceat(there, begins, axis=1, dtype=np.int64)
    share = np.divide(here, full, out=np.zeros(full.shape), where=full > 0)
    time = people["fte"].to_numpy(np.float64)[:, None] * share
    return np.clip(time - _reserved_by_person(portfolio), 0.0, None)


def _absences(portfolio: Portfolio, first: np.datetime64) -> Iterator[tuple[int, slice]]:
    """Who is absent (position in `people`), and on which days, counted from a first one."""
    absences = portfolio.tables["absences"]
    place = {p: n for n, p in enumerate(portfolio.tables["people"]["person_id"])}
    begins = (_days(absences["first_day"]) - first).astype(np.int64)
    ends = (_days(absences["last_day"]) - first).astype(np.int64) + 1
    # A slice counts what is below 0 from the end.
    spans = zip(begins.clip(0).tolist(), ends.clip(0).tolist(), strict=True)
    for person, (begin, end) in zip(absences["person_id"].tolist(), spans, strict=True):
        yield place[person], slice(begin, end)


def _days(dates: pd.Series) -> npt.NDArray[np.datetime64]:
    return dates.to_numpy().astype("datetime64[D]")


def _location_days(
    portfolio: Portfolio, days: npt.NDArray[np.datetime64]
) -> tuple[dict[str, int], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Codes of the locations, weekdays worked at each, and those of them that are no holiday."""
    locations = portfolio.tables["locations"]
    holidays = portfolio.tables["holidays"]
    masks = dict(zip(locations["location_id"], locations["working_days"], strict=True))
    masks.setdefault("", "Mon-Fri")
    worked = np.zeros((len(masks), len(days)), dtype=bool)
    open_days = np.zeros_like(worked)
    for number, (location, text) in enumerate(masks.items()):
        worked[number] = np.is_busday(days, weekmask=weekday_mask(text))
        off = _days(holidays.loc[holidays["location_id"] == location, "date"])
        open_days[number] = worked[number] & ~np.isin(days, off)
    return {location: number for number, location in enumerate(masks)}, worked, open_days


def _reserved_by_person(portfolio: Portfolio) -> Floats:
    people = {p: n for n, p in enumerate(portfolio.tables["people"]["person_id"])}
    rows = portfolio.tables["reserved"]
    return _by_period(portfolio, rows[rows["person_id"] != ""], "person_id", people)


def _reserved_by_role(portfolio: Portfolio, roles: tuple[str, ...]) -> Floats:
    rows = portfolio.tables["reserved"]
    place = {role: number for number, role in enumerate(roles)}
    return _by_period(portfolio, rows[rows["role_id"] != ""], "role_id", place)


def _given_capacity(portfolio: Portfolio, roles: tuple[str, ...]) -> tuple[Floats, set[int]]:
    rows = portfolio.tables["capacity"]
    place = {role: number for number, role in enumerate(roles)}
    given = _by_period(portfolio, rows, "role_id", place)
    total = {place[role] for role in rows.loc[rows["kind"] == "total", "role_id"]}
    return given, total


def _by_period(
    portfolio: Portfolio, rows: pd.DataFrame, column: str, place: dict[str, int]
) -> Floats:
    calendar = portfolio.calendar
    sums = np.zeros((len(place), calendar.periods))
    columns = (rows[name].tolist() for name in (column, "period", "fte"))
    for name, label, fte in zip(*columns, strict=True):
        period = calendar.index(label)
        if 0 <= period < calendar.periods:
            sums[place[name], period] += fte
    return sums


def _pools(
    portfolio: Portfolio, roles: tuple[str, ...], total: set[int]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Pools, their skills, and who is in which (pool, person: positions)."""
    place = {role: number for number, role in enumerate(roles)}
    table = portfolio.tables["skills"]
    known: dict[str, list[tuple[int, float]]] = {}
    for person, role, proficiency in zip(
        *(table[name].tolist() for name in ("person_id", "role_id", "proficiency")), strict=True
    ):
        if place[role] not in total and proficiency > 0:
            known.setdefault(person, []).append((place[role], float(proficiency)))
    people = portfolio.tables["people"]
    columns = ("person_id", "programme_id", "location_id", "cost_rate")
    numbers: dict[object, int] = {}
    pools, skills, members = [], [], []
    for number, (person, programme, location, rate) in enumerate(
        zip(*(people[c] for c in columns), strict=True)
    ):
        if person not in known:
            continue
        can = tuple(sorted(known[person]))
        key = (can, programme, location, None if np.isnan(rate) else rate)
        if key not in numbers:
            numbers[key] = len(numbers)
            pools.append({"pool_id": person, "programme_id": programme, "people": 0})
            skills += [(numbers[key], role, proficiency) for role, proficiency in can]
        pools[numbers[key]]["people"] += 1
        members.append((numbers[key], number))
    return (
        pd.DataFrame(pools, columns=["pool_id", "programme_id", "people"]),
        pd.DataFrame(skills, columns=["pool", "role", "proficiency"]).astype(
            {"pool": np.int64, "role": np.int64, "proficiency": np.float64}
        ),
        pd.DataFrame(members, columns=["pool", "person"]).astype(np.int64),
    )
