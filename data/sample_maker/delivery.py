"""How projects went so far: baselines, progress, actuals, risks, bookings of people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from .estimates import CATEGORIES, SPONSORS, Estimate, benefits, performance
from .people import Person
from .projects import FREE, Project
from .size import LAST_ACTUAL, Size, between, day, month, pick
from .tables import Tables

ROOM = 30
RISKS = {
    "build": (
        ("Ground conditions differ from the survey", 0.3, 0.08, 2),
        ("Main contractor's prices rise before award", 0.4, 0.06, 0),
        ("Permit comes later than planned", 0.25, 0.02, 3),
        ("Outage window for the tie-in is lost", 0.2, 0.04, 2),
    ),
    "software": (
        ("Data is worse than the sample showed", 0.45, 0.08, 2),
        ("Supplier leaves the product", 0.1, 0.2, 4),
        ("Users need more training than planned", 0.35, 0.03, 1),
    ),
    "survey": (
        ("Access to private land is refused", 0.3, 0.05, 2),
        ("Season for field work is missed", 0.2, 0.06, 3),
        ("Instruments arrive late", 0.3, 0.02, 1),
    ),
}


@dataclass(frozen=True)
class Booking:
    """Work of a project in flight, by period of the horizon, for which people can be named."""

    project: Project
    role_id: str
    fte: np.ndarray


def cumulative(months: int) -> np.ndarray:
    """Share of the cost that should have been spent by the end of each period of its life."""
    curve = 0.25 + np.sin(np.pi * (np.arange(months) + 0.5) / months)
    return np.cumsum(curve) / curve.sum()


def write_delivery(tables: Tables, project: Project, option: Estimate, size: Size) -> None:
    """All of it, for one project, in its running (or full) option."""
    random = size.random(ROOM, project.number)
    if project.stage in ("in_flight", "closed", "approved"):
        _write_baselines(tables, project, size)
    if project.stage in ("in_flight", "closed"):
        _write_actuals(tables, project, option, size, random)
    if project.stage == "closed":
        _write_benefit_actuals(tables, project, option, random)
    if project.stage in (*FREE, "in_flight"):
        for number, place in enumerate(sorted(random.choice(3, 1 + project.number % 2, False))):
            name, probability, impact, delay = RISKS[project.kind.tasks][place]
            tables.add(
                "risks",
                project_id=project.project_id,
                risk_id=f"R{number + 1}",
                name=name,
                probability=round(probability * between(random, 0.7, 1.3), 2),
                cost_impact=round(project.cost * impact, -3),
                delay=delay,
                owner=SPONSORS[project.kind.programme] if number else "Project manager",
                due=day((project.earliest or 0) + 1, 15),
            )


def baseline(project: Project, size: Size) -> tuple[int, int, float]:
    """Start, months and cost as first approved."""
    slip = performance(project, size)[1] if project.stage == "in_flight" else 0
    start = project.started if project.started is not None else project.earliest or 0
    return start, project.months - slip, 1.09 * project.cost


def _write_baselines(tables: Tables, project: Project, size: Size) -> None:
    start, months, cost = baseline(project, size)
    late = project.months - months
    versions = [(1, start - 1, months, cost, "Business case")]
    if late >= 2:
        versions.append((2, LAST_ACTUAL - 2, project.months, 1.05 * cost, "Later finish agreed"))
    for version, approved, length, money, reason in versions:
        own = {"project_id": project.project_id, "version": version}
        tables.add(
            "baselines",
            **own,
            approved_on=day(min(approved, LAST_ACTUAL), 12),
            approved_by="Investment board",
            reason=reason,
            finish=month(start + length - 1),
            cost=round(money, -3),
        )
        for offset, share in enumerate(cumulative(length)):
            tables.add(
                "baseline_values",
                **own,
                period=month(start + offset),
                planned_value=round(round(money, -3) * share, -2),
            )


def _write_actuals(
    tables: Tables, project: Project, option: Estimate, size: Size, random: np.random.Generator
) -> None:
    start, months, cost = baseline(project, size)
    flying = project.stage == "in_flight"
    planned = cumulative(months)
    reached = cumulative(project.months)
    pace = between(random, 0.92, 1.03) if flying else 1.0
    spent = 0
    for offset in range(min(project.months, LAST_ACTUAL + 1 - start)):
        own = {"project_id": project.project_id, "period": month(start + offset)}
        for category, line in zip(CATEGORIES, option.spend, strict=True):
            amount = int(line[offset] if flying else line[offset] * between(random, 0.9, 1.1))
            if amount:
                tables.add("actuals", **own, category=category, amount=amount)
                spent += amount
        for role, line in option.fte.items():
            if line[offset]:
                fte = round(float(line[offset]) * between(random, 0.85, 1.15), 2)
                tables.add("actuals", **own, role_id=role, fte=fte)
        share = min(1.0, pace * float(reached[offset]))
        due = float(planned[offset]) if offset < months else 1.0
        late = due - share
        tables.add(
            "progress",
            **own,
            planned_value=round(round(cost, -3) * due, -2),
            earned_value=round(round(cost, -3) * share, -2),
            actual_cost=spent,
            percent_complete=round(100 * share, 1),
            forecast_finish=month(start + project.months - 1),
            rag="red" if late > 0.1 else "amber" if late > 0.03 else "green",
            updated_on=day(start + offset, 25),
        )


def _write_benefit_actuals(
    tables: Tables, project: Project, option: Estimate, random: np.random.Generator
) -> None:
    for benefit_id, offset, amount in benefits(project, option):
        if project.started + offset <= LAST_ACTUAL:
            tables.add(
                "benefit_actuals",
                project_id=project.project_id,
                benefit_id=benefit_id,
                period=month(project.started + offset),
                amount=int(amount * between(random, 0.6, 1.1)),
            )


def bookings(project: Project, option: Estimate, size: Size) -> list[Booking]:
    """What is left of the work of a project in flight."""
    if project.stage != "in_flight":
        return []
    found = []
    for role, line in option.fte.items():
        left = line[-project.started :][: size.periods]
        if left.any():
            found.append(Booking(project, role, left))
    return found


def write_assignments(
    tables: Tables, size: Size, work: list[Booking], people: list[Person]
) -> None:
    """Name people for work in flight, never above their time; and a few wishes."""
    by_role: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_role[person.role_id].append(person)
    left = {person.person_id: 0.8 * person.time for person in people}
    seen = set()
    for number, booking in enumerate(work):
        random = size.random(ROOM + 1, number)
        programme = booking.project.kind.programme
        able = [
            person
            for person in by_role[booking.role_id]
            if person.programme_id in ("", programme) and person.time.min() > 0
        ]
        if not able:
            continue
        person = pick(random, able)
        own = {
            "person_id": person.person_id,
            "project_id": booking.project.project_id,
            "role_id": booking.role_id,
        }
        wish = number % 4
        if wish == 3:
            kind = pick(random, ["preferred", "banned"])
            # Who is wanted there gives half of their time at most.
            tables.add("assignments", **own, kind=kind, fte_max=0.5 if kind == "preferred" else "")
            continue
        if wish == 2 and size.projects > 200:
            continue
        for index in np.flatnonzero(booking.fte[:6]):
            most = min(booking.fte[index] / person.proficiency, left[person.person_id][index])
            fte = np.floor(20 * min(most, 0.5)) / 20
            if fte >= 0.1 and (person.person_id, index, own["project_id"]) not in seen:
                left[person.person_id][index] -= fte
                tables.add(
                    "assignments",
                    **own,
                    period=month(int(index)),
                    fte=float(fte),
                    booking="proposed" if wish == 2 else "committed",
                    kind="" if wish == 2 else "fixed",
                )
