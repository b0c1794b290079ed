"""Check of any allocation: who may work where, and all that it states, from the tables alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from portfolio.allocation import ALLOCATION_TABLES, REMEDIES, Allocation
from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan, Status
from portfolio.scenario import Scenario
from portfolio.verify.allocation_figures import changes_stated, objectives_stated
from portfolio.verify.allocation_rules import ALLOCATION_FAMILIES, ROUNDED, where
from portfolio.verify.ids import misstated
from portfolio.verify.records import records
from portfolio.verify.rows import Found, Violation, amount
from portfolio.verify.staffing import Staffing

__all__ = ["verify_allocation"]

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
    found += changes_stated(staffing)
    found += objectives_stated(staffing)
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
        if not math.isnan(row.bound) and row.bound > row.value + ROUNDED * max(1, abs(row.value)):
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


def _skills(staffing: Staffing) -> Found:
    """People work in roles that they have, and only where there is something to do."""
    for (person, project, role, t), fte in staffing.work.items():
        key = where(person, project, role, t, staffing)
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
