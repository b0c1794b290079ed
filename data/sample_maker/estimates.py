"""What projects cost, need and bring: the tables projects, options, costs, demand, benefits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .projects import FREE, LEVELS, Project
from .roles import Roles
from .size import LAST_ACTUAL, Size, between, month, pick
from .tables import Tables

ROOM = 10
PROGRAMMES = ("TRE", "NET", "CUS", "NZE", "RES")
CATEGORIES = ("capex", "opex", "contingency")
DRIVERS = ("quality", "supply", "environment", "customer", "cost_to_serve")
WORDS = dict(zip(LEVELS, ("none", "low", "moderate", "strong", "extreme"), strict=True))
SPONSORS = {
    "TRE": "Director of Operations",
    "NET": "Director of Networks",
    "CUS": "Director of Customer Services",
    "NZE": "Director of Strategy",
    "RES": "Director of Regulation",
}
BENEFITS = {
    "TRE": ("avoided_failure", "lower_running_cost"),
    "NET": ("less_leakage", "lower_running_cost"),
    "CUS": ("lower_cost_to_serve", "lower_bad_debt"),
    "NZE": ("energy_saving", "avoided_carbon"),
    "RES": ("avoided_penalty", "avoided_failure"),
}
CASHABLE = {"lower_running_cost", "lower_cost_to_serve", "lower_bad_debt", "energy_saving"}
PHASES = {"all": (0.0, 1.0), "design": (0.0, 0.45), "build": (0.35, 0.95), "end": (0.65, 1.0)}
QUARTERS = 16  # of benefits
RETENTION = 0.03  # of capital, paid two periods after the end


@dataclass(frozen=True)
class Estimate:
    """One option: `spend` by category and period of its life, `fte` by role."""

    option_id: str
    name: str
    months: int
    share: float
    spend: np.ndarray
    fte: dict[str, np.ndarray]


@dataclass
class Totals:
    """Sums over projects, by which money and people are measured out."""

    certain_spend: np.ndarray  # programme x category x period, of the certificate
    offered_spend: np.ndarray  # programme x category, of projects that are free
    certain_fte: dict[str, np.ndarray]
    offered_fte: dict[str, float]
    running: np.ndarray  # programme x period, of the certificate
    certain: np.ndarray  # programmes' projects in the certificate
    offered: np.ndarray  # programmes' free projects

    @classmethod
    def none(cls, size: Size, roles: Roles) -> Totals:
        p, t = len(PROGRAMMES), size.periods
        return cls(
            np.zeros((p, len(CATEGORIES), t)),
            np.zeros((p, len(CATEGORIES))),
            {role.role_id: np.zeros(t) for role in roles.all},
            dict.fromkeys((role.role_id for role in roles.all), 0.0),
            np.zeros((p, t), dtype=int),
            np.zeros(p, dtype=int),
            np.zeros(p, dtype=int),
        )

    def add(self, project: Project, options: list[Estimate]) -> None:
        programme = PROGRAMMES.index(project.kind.programme)
        periods = self.running.shape[1]
        if project.start is not None:
            option = options[0]
            first, last = max(0, project.start), min(periods, project.start + option.months)
            self.running[programme, first:last] += 1
            self.certain[programme] += 1
            _add_at(self.certain_spend[programme], option.spend, project.start)
            for role, fte in option.fte.items():
                _add_at(self.certain_fte[role][None, :], fte[None, :], project.start)
        if project.free:
            self.offered[programme] += 1
            self.offered_spend[programme] += options[0].spend.sum(axis=1)
            for role, fte in options[0].fte.items():
                self.offered_fte[role] += float(fte.sum())


def _add_at(total: np.ndarray, part: np.ndarray, start: int) -> None:
    first, last = max(0, start), min(total.shape[1], start + part.shape[1])
    if first < last:
        total[:, first:last] += part[:, first - start : last - start]


def performance(project: Project, size: Size) -> tuple[float, int]:
    """Of a project in flight: final cost over approved cost, and months that it is late."""
    random = size.random(ROOM + 1, project.number)
    return between(random, 0.94, 1.16), min(pick(random, [0, 0, 1, 2, 3]), project.months - 2)


def estimate(project: Project, size: Size, roles: Roles) -> list[Estimate]:
    """The options of a project, the full one first."""
    random = size.random(ROOM, project.number)
    overrun = performance(project, size)[0] if project.stage == "in_flight" else 1.0
    full_id = "full" if project.options else ""
    mix = [
        (roles.choose(base, random), fte * between(random, 0.85, 1.15), phase)
        for base, fte, phase in project.kind.roles
    ]
    found = [_option(project, full_id, "Full scope", project.months, 1.0, 1.0, mix, overrun)]
    if project.stage == "in_flight":
        # What was paid is paid to the unit; what is to come is an estimate in hundreds.
        past = found[0].spend[:, : LAST_ACTUAL + 1 - project.started]
        past *= 0.9 + 0.2 * random.random(past.shape)
        np.floor(past, out=past)
    if project.options == "two":
        months = max(2, math.ceil(0.75 * project.months))
        found.append(_option(project, "lite", "Reduced scope", months, 0.58, 0.66, mix, overrun))
    return found


def _option(
    project: Project,
    option_id: str,
    name: str,
    months: int,
    cost_share: float,
    value_share: float,
    mix: list[tuple[str, float, str]],
    overrun: float,
) -> Estimate:
    kind = project.kind
    cost = project.cost * cost_share * overrun
    # Retention is paid after the end; only with an explicit duration does that not move the end.
    late = 2 if option_id and kind.tasks == "build" else 0
    spend = np.zeros((len(CATEGORIES), months + late))
    curve = 0.25 + np.sin(np.pi * (np.arange(months) + 0.5) / months)
    capex, opex = cost * kind.capex_share, cost * (1 - kind.capex_share)
    held = capex * RETENTION if late else 0.0
    spend[0, :months] = np.round((capex - held) * curve / curve.sum(), -2)
    spend[0, months + late - 1] += round(held, -2)
    spend[1, :months] = round(opex / months, -2)
    for part in (0.5, 0.75, 1.0):
        spend[2, math.ceil(part * months) - 1] += round(0.03 * capex, -2)
    fte: dict[str, np.ndarray] = {}
    scale = math.sqrt(project.cost * cost_share / kind.cost)
    for role, amount, phase in mix:
        low, high = PHASES[phase]
        line = fte.setdefault(role, np.zeros(months))
        line[math.floor(low * months) : math.ceil(high * months)] += max(
            0.25, round(4 * amount * scale) / 4
        )
    return Estimate(option_id, name, months, value_share, spend, fte)


def write_project(tables: Tables, project: Project, options: list[Estimate], size: Size) -> None:
    """The project's own row, its options, impacts, and how far its estimates may be off."""
    random = size.random(ROOM + 2, project.number)
    live = project.stage in (*FREE, "in_flight")
    first = project.started if project.started is not None else project.earliest or 0
    full = options[0]
    confidence = round(between(random, 0.5, 0.95), 2)
    to_come = full.spend[:, max(0, -first) :].sum() if project.stage == "in_flight" else 0.0
    tables.add(
        "projects",
        project_id=project.project_id,
        name=project.name,
        programme_id=project.kind.programme,
        location_id={"build": "DEP", "survey": "HQ", "software": "HQ"}[project.kind.tasks]
        if project.kind.kind != "security"
        else "CTL",
        option_id=full.option_id if project.stage == "in_flight" else "",
        stage=project.stage,
        force=project.force,
        force_reason=project.reason,
        earliest_start=_label(project.earliest),
        latest_start=_label(project.latest_start),
        latest_finish=_label(project.latest_finish),
        target_finish=month(first + full.months + 1) if live and random.random() < 0.7 else "",
        started=_label(project.started),
        weight=project.weight,
        delivery_confidence=confidence if live else None,
        stop_cost=round(0.12 * to_come + 20_000, -4) if project.stage == "in_flight" else None,
        manager=f"Project manager {int(between(random, 1, 13)):02d}" if live else "",
        sponsor=SPONSORS[project.kind.programme],
        category=project.kind.category,
        confidential=True if project.confidential else None,
    )
    for option in options:
        if option.option_id:
            tables.add(
                "options",
                project_id=project.project_id,
                option_id=option.option_id,
                name=option.name,
                duration=option.months,
                value_share=option.share,
            )
    for driver, level in zip(DRIVERS, project.ratings, strict=True):
        tables.add("impacts", project_id=project.project_id, driver_id=driver, rating=WORDS[level])
    if live:
        _write_uncertainty(tables, project, random)


def _write_uncertainty(tables: Tables, project: Project, random: np.random.Generator) -> None:
    spans = {
        "cost": (0.92, 1.02, 1.35, "pert"),
        "duration": (0.95, 1.0, 1.4, "triangular"),
        "benefit": (0.5, 0.95, 1.15, "pert"),
        "demand": (0.9, 1.0, 1.25, "uniform"),
    }
    for quantity, (low, likely, high, shape) in spans.items():
        if quantity == "cost" or random.random() < 0.5:
            wide = between(random, 0.7, 1.2)
            skewed = quantity == "cost" and project.kind.kind == "works_upgrade"
            tables.add(
                "uncertainty",
                project_id=project.project_id,
                quantity=quantity,
                low=round(1 - (1 - low) * wide, 2),
                likely=likely,
                high=round(1 + (high - 1) * wide, 2),
                shape="lognormal" if skewed else shape,
            )


def _label(index: int | None) -> str:
    return "" if index is None else month(index)


def write_estimates(tables: Tables, project: Project, options: list[Estimate]) -> None:
    """Costs, demand and benefits; of projects in flight by period, of all others by offset."""
    started = project.started if project.stage == "in_flight" else None
    for option in options if started is None else options[:1]:
        own = {"project_id": project.project_id, "option_id": option.option_id}
        for category, line in zip(CATEGORIES, option.spend, strict=True):
            for offset in np.flatnonzero(line):
                past = started is not None and started + offset <= LAST_ACTUAL
                amount = int(line[offset])
                spread = not past and category != "contingency"
                tables.add(
                    "costs",
                    **own,
                    **_when(int(offset), started),
                    category=category,
                    amount=amount,
                    low=round(0.92 * amount, -2) if spread else None,
                    high=round(1.25 * amount, -2) if spread else None,
                )
        if project.stage != "closed":
            for role, line in option.fte.items():
                for offset in np.flatnonzero(line):
                    fte = float(line[offset])
                    tables.add(
                        "demand",
                        **own,
                        role_id=role,
                        **_when(int(offset), started),
                        fte=fte,
                        people_min=1 if fte > 1 else None,
                        people_max=math.ceil(fte) + 1 if fte > 1 else None,
                    )
        for benefit_id, offset, amount in benefits(project, option):
            tables.add(
                "benefits",
                **own,
                benefit_id=benefit_id,
                **_when(offset, started),
                amount=amount,
                owner=SPONSORS[project.kind.programme],
                cashable=benefit_id in CASHABLE,
            )


def benefits(project: Project, option: Estimate) -> Iterator[tuple[str, int, int]]:
    """Benefit, offset and amount, by quarter after the end, with a year of growth."""
    whole = project.cost * project.kind.benefit_ratio * option.share
    second = project.number % 5 == 0
    for benefit_id, share in zip(
        BENEFITS[project.kind.programme], (0.8, 0.2) if second else (1.0, 0.0), strict=True
    ):
        if share:
            for quarter in range(QUARTERS):
                amount = whole * share / QUARTERS * min(1.0, 0.4 + 0.2 * quarter)
                yield benefit_id, option.months + 1 + 3 * quarter, round(amount / 100) * 100


def _when(offset: int, started: int | None) -> dict[str, int | str]:
    return {"offset": offset} if started is None else {"period": month(started + offset)}
