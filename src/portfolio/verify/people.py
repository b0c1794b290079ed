"""Pools of people and the time that they have, recomputed from the raw tables.

Written apart from the optimisation models on purpose: the same mistake should
not be made twice in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.cells import weekday_mask
from portfolio.data.portfolio import Portfolio

__all__ = ["FTE", "Pool", "people_time", "pools"]

FTE: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """People who can stand in for each other.

    Attributes
    ----------
    pool_id : str
        Id of its first person, in the order of the table ``people``.
    programme_id : str
        Programme that it is ring-fenced for; "" where it is not.
    skills : mapping of str to float
        FTE supplied per FTE spent, by role.
    fte : array, shape (periods,)
        FTE that its people have in each period.
    """

    pool_id: str
    programme_id: str
    skills: Mapping[str, float]
    fte: FTE


def pools(portfolio: Portfolio) -> list[Pool]:
    """People of equal skills, ring-fence, calendar and rate, and the time that they have.

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    list of Pool
        In the order of their first people. Roles with a capacity by hand of kind
        ``total`` are left out, and so is who has no other.
    """
    capacity = portfolio["capacity"]
    totals = set(capacity.loc[capacity["kind"] == "total", "role_id"])
    skills: dict[str, dict[str, float]] = {}
    rows = portfolio["skills"]
    for person, role, proficiency in zip(
        rows["person_id"], rows["role_id"], rows["proficiency"], strict=True
    ):
        if role not in totals and proficiency > 0:
            skills.setdefault(person, {})[role] = float(proficiency)
    time = people_time(portfolio)
    found: dict[object, Pool] = {}
    people = portfolio["people"]
    rates = people["cost_rate"].fillna(-1.0)
    for person, programme, location, rate in zip(
        people["person_id"], people["programme_id"], people["location_id"], rates, strict=True
    ):
        if person not in skills:
            continue
        alike = (frozenset(skills[person].items()), programme, location, rate)
        pool = found.setdefault(
            alike, Pool(person, programme, skills[person], np.zeros(portfolio.calendar.periods))
        )
        np.add(pool.fte, time[person], out=pool.fte)
    return list(found.values())


def people_time(portfolio: Portfolio) -> dict[str, FTE]:
    """FTE of each person in each period: days worked over weekdays, less what is reserved."""
    calendar = portfolio.calendar
    firsts = np.array(
        [calendar.first_day(index) for index in range(calendar.periods + 1)], "datetime64[D]"
    )
    days = np.arange(firsts[0], firsts[-1])
    bounds = (firsts[:-1] - firsts[0]).astype("int64")
    masks = {"": "1111100"}
    for location, text in portfolio["locations"][["location_id", "working_days"]].to_numpy():
        masks[location] = weekday_mask(text)
    weekdays = {name: np.is_busday(days, weekmask=mask) for name, mask in masks.items()}
    worked = {name: mask.copy() for name, mask in weekdays.items()}
    holidays = portfolio["holidays"]
    for location, day in zip(holidays["location_id"], _days(holidays["date"]), strict=True):
        worked[location] &= days != day
    away: dict[str, npt.NDArray[np.bool_]] = {}
    absences = portfolio["absences"]
    spans = (_days(absences["first_day"]), _days(absences["last_day"]))
    for person, first, last in zip(absences["person_id"], *spans, strict=True):
        absent = away.setdefault(person, np.zeros(len(days), dtype=bool))
        absent |= (days >= first) & (days <= last)
    people = portfolio["people"]
    time: dict[str, FTE] = {}
    for person, location, fte, first, last in zip(
        people["person_id"],
        people["location_id"],
        people["fte"],
        _days(people["available_from"]),
        _days(people["available_to"]),
        strict=True,
    ):
        there = worked[location].copy()
        if person in away:
            there &= ~away[person]
        if not np.isnat(first):
            there &= days >= first
        if not np.isnat(last):
            there &= days <= last
        present = np.add.reduceat(there.astype("int64"), bounds)
        full = np.add.reduceat(weekdays[location].astype("int64"), bounds)
        time[person] = np.where(full > 0, fte * present / np.maximum(full, 1), 0.0)
    reserved = portfolio["reserved"]
    for person, label, fte in zip(
        reserved["person_id"], reserved["period"], reserved["fte"], strict=True
    ):
        t = calendar.index(label)
        if person and 0 <= t < calendar.periods:
            time[person][t] = max(time[person][t] - fte, 0.0)
    return time


def _days(dates: pd.Series) -> npt.NDArray[np.datetime64]:
    return dates.to_numpy("datetime64[D]")
