"""What an allocation states of itself: its changes and its objectives, computed again."""

from __future__ import annotations

import math

from portfolio.verify.allocation_rules import ROUNDED, where
from portfolio.verify.ids import misstated
from portfolio.verify.records import records
from portfolio.verify.rows import Found, Violation, amount, differ
from portfolio.verify.staffing import Staffing

__all__ = ["changes_stated", "objectives_stated"]


def changes_stated(staffing: Staffing) -> Found:
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
        if said is None and abs(real[0] - real[1]) <= 2 * ROUNDED:
            continue
        if said is None or max(abs(a - b) for a, b in zip(real, said, strict=True)) > ROUNDED:
            message = (
                f"{key[0]} on {key[1]} goes from {amount(real[0])} to {amount(real[1])} FTE, "
                "and table changes says otherwise."
            )
            yield misstated("changes", where(key[0], key[1], key[2], key[3], staffing), message)


def objectives_stated(staffing: Staffing) -> Found:
    """The objectives' values are those that the allocation has."""
    real = _recomputed(staffing)
    for row in records(staffing.allocation.objectives):
        value = real.get(row.objective, math.nan)
        # Thousands of rows, each rounded to six digits.
        size = ROUNDED * max(1.0, abs(value)) * 10
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
