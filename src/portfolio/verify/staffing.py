"""What an allocation is measured against, recomputed from the tables: demand, time, bookings.

Written apart from the allocation model on purpose: the same mistake should not
be made twice in the same way.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import pandas as pd

from portfolio.allocation import Allocation
from portfolio.data.portfolio import Portfolio
from portfolio.drivers import strategic_value
from portfolio.plan import Plan
from portfolio.scenario import Scenario
from portfolio.verify.people import FTE, people_time, pools
from portfolio.verify.records import records

__all__ = ["Booking", "Need", "Place", "Staffing", "Stay"]

Place: TypeAlias = tuple[str, str, int]
"""Project, role and period."""
Stay: TypeAlias = tuple[str, str, int]
"""Person, project and period."""


@dataclass(frozen=True)
class Need:
    """A project's demand for a role in a period."""

    fte: float = 0.0
    people_min: float = 0.0
    people_max: float = math.inf


@dataclass(frozen=True)
class Booking:
    """What assignments say of a person on a project in a role and period; blank FTE is NaN."""

    fte: float
    most: float
    reserves: bool
    banned: bool
    preferred: bool


@dataclass(frozen=True)
class Staffing:
    """An allocation beside what the tables ask of it.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    plan : Plan
        With a solution: which projects run, from when to when, and who joins.
    allocation : Allocation
        With a solution.
    previous : Allocation or None
    """

    portfolio: Portfolio
    scenario: Scenario
    plan: Plan
    allocation: Allocation
    previous: Allocation | None = None

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Number of each period."""
        return {label: t for t, label in enumerate(self.portfolio.calendar.labels)}

    @cached_property
    def runs(self) -> dict[str, tuple[str, int, int]]:
        """Option, first and last period of each project that runs."""
        index = self.portfolio.calendar.index
        assert self.plan.selection is not None
        return {
            row.project_id: (row.option_id, index(row.start), index(row.finish))
            for row in records(self.plan.selection)
            if row.selected
        }

    @cached_property
    def needs(self) -> dict[Place, Need]:
        """Demand of the projects that run."""
        found: dict[Place, Need] = {}
        for row in records(self.portfolio.by_offset("demand")):
            option, first, _ = self.runs.get(row.project_id, (None, 0, 0))
            t = first + int(row.offset)
            if row.option_id != option or not row.fte > 0 or t not in self.position.values():
                continue
            least = 0.0 if pd.isna(row.people_min) else float(row.people_min)
            most = math.inf if pd.isna(row.people_max) else float(row.people_max)
            place = (row.project_id, row.role_id, t)
            before = found.get(place, Need())
            found[place] = Need(
                before.fte + float(row.fte),
                max(before.people_min, least),
                min(before.people_max, most),
            )
        return found

    @cached_property
    def time(self) -> dict[str, FTE]:
        """FTE that each person has, by period."""
        return people_time(self.portfolio)

    @cached_property
    def skills(self) -> dict[tuple[str, str], float]:
        """FTE that a person supplies in a role for one spent; without roles of given capacity."""
        capacity = self.portfolio["capacity"]
        given = set(capacity.loc[capacity["kind"] == "total", "role_id"])
        return {
            (row.person_id, row.role_id): float(row.proficiency)
            for row in records(self.portfolio["skills"])
            if row.role_id not in given and row.proficiency > 0
        }

    @cached_property
    def given(self) -> dict[tuple[str, int], float]:
        """FTE of each role and period by hand, less what is reserved; what is below 0 is duty."""
        supply: dict[tuple[str, int], float] = defaultdict(float)
        for row in records(self.portfolio["capacity"]):
            t = self.portfolio.calendar.index(row.period)
            supply[row.role_id, t] += float(row.fte)
        most = defaultdict(float, supply)
        for pool in pools(self.portfolio):
            if pool.programme_id == "":
                for role, proficiency in pool.skills.items():
                    for t, fte in enumerate(pool.fte):
                        most[role, t] += proficiency * float(fte)
        reserved: dict[tuple[str, int], float] = defaultdict(float)
        for row in records(self.portfolio["reserved"]):
            if row.role_id:
                reserved[row.role_id, self.portfolio.calendar.index(row.period)] += float(row.fte)
        found = {}
        for key in supply.keys() | reserved.keys():
            # Nobody can be kept from a project who is not there.
            taken = min(reserved[key], max(most[key], 0.0))
            found[key] = supply[key] - taken + max(-most[key], 0.0)
        if self.plan.hires is not None:
            for row in records(self.plan.hires):
                key = (row.role_id, self.position[row.period])
                found[key] = found.get(key, 0.0) + float(row.present)
        return {key: fte for key, fte in found.items() if key[1] in self.position.values()}

    @cached_property
    def bookings(self) -> dict[tuple[str, str, str, int], Booking]:
        """Assignments by person, project, role and period; one that names a period comes first."""
        found: dict[tuple[str, str, str, int], Booking] = {}
        rows = list(records(self.portfolio["assignments"]))
        for row in sorted(rows, key=lambda row: row.period == ""):
            if row.project_id not in self.runs:
                continue
            _, first, last = self.runs[row.project_id]
            inside = range(max(first, 0), min(last, len(self.position) - 1) + 1)
            asked = inside if not row.period else [self.portfolio.calendar.index(row.period)]
            banned = row.kind == "banned"
            booking = Booking(
                math.nan if pd.isna(row.fte) else float(row.fte),
                math.inf if pd.isna(row.fte_max) else float(row.fte_max),
                not banned and (row.kind == "fixed" or row.booking == "committed"),
                banned,
                row.kind == "preferred",
            )
            for t in asked:
                if t in inside:
                    found.setdefault((row.person_id, row.project_id, row.role_id, t), booking)
        return found

    def useful(self, person: str, project: str, role: str, t: int) -> float:
        """FTE of a person that a project has a use for: all that it needs, within their time."""
        proficiency = self.skills.get((person, role), 0.0)
        need = self.needs.get((project, role, t), Need()).fte
        return min(float(self.time[person][t]), need / proficiency) if proficiency else 0.0

    def asked(self, key: tuple[str, str, str, int]) -> float:
        """FTE that a booking asks for: where blank all of use there; no more than its most."""
        booking = self.bookings[key]
        fte = self.useful(*key) if math.isnan(booking.fte) else booking.fte
        return min(fte, booking.most)

    @cached_property
    def held(self) -> dict[tuple[str, str, str, int], float]:
        """FTE that fixed and committed assignments hold, cut to the person's time."""
        asked: dict[tuple[str, str, str, int], float] = {}
        total: dict[tuple[str, int], float] = defaultdict(float)
        for key, booking in self.bookings.items():
            person, _, role, t = key
            if not booking.reserves or (person, role) not in self.skills:
                continue
            fte = self.asked(key)
            if self.time[person][t] > 0:
                asked[key] = fte
                total[person, t] += fte
        return {
            key: fte * min(1.0, float(self.time[key[0]][key[3]]) / total[key[0], key[3]])
            for key, fte in asked.items()
            if fte > 0
        }

    @cached_property
    def weights(self) -> dict[str, float]:
        """Weight of what is short in each project; reserved work's is of the blank project."""
        values = strategic_value(self.portfolio, risk_adjusted=self.scenario.risk_adjusted)
        worth = {row.project_id: max(float(row.value), 0.0) for row in records(values)}
        largest = max(worth.values(), default=0.0)
        weights = {"": 10.0}
        for row in records(self.portfolio["projects"]):
            share = worth[row.project_id] / largest if largest > 0 else 1.0
            first = row.stage == "in_flight" or row.force == "in"
            weights[row.project_id] = 0.1 + 0.9 * share + (1.0 if first else 0.0)
        return weights

    @cached_property
    def work(self) -> dict[tuple[str, str, str, int], float]:
        """FTE of the allocation by person, project, role and period."""
        assert self.allocation.allocation is not None
        return {
            (row.person_id, row.project_id, row.role_id, self.position[row.period]): float(row.fte)
            for row in records(self.allocation.allocation)
        }

    @cached_property
    def shortage(self) -> dict[Place, float]:
        """FTE that the allocation says is short, by project, role and period."""
        assert self.allocation.shortage is not None
        return {
            (row.project_id, row.role_id, self.position[row.period]): float(row.fte)
            for row in records(self.allocation.shortage)
        }

    def supplied(self, person: str, role: str, fte: float) -> float:
        """FTE that a row of the allocation supplies; without a name it is what it is."""
        return fte * self.skills.get((person, role), 0.0) if person else fte

    @cached_property
    def covered(self) -> dict[Place, float]:
        """FTE supplied to each project, role and period."""
        found: dict[Place, float] = defaultdict(float)
        for (person, project, role, t), fte in self.work.items():
            found[project, role, t] += self.supplied(person, role, fte)
        return found

    @cached_property
    def load(self) -> dict[tuple[str, int], float]:
        """FTE that each person works in each period."""
        found: dict[tuple[str, int], float] = defaultdict(float)
        for (person, _, _, t), fte in self.work.items():
            if person:
                found[person, t] += fte
        return found

    @cached_property
    def stays(self) -> dict[Stay, float]:
        """FTE of each person on each project in each period."""
        found: dict[Stay, float] = defaultdict(float)
        for (person, project, _, t), fte in self.work.items():
            if person and project:
                found[person, project, t] += fte
        return found

    @cached_property
    def held_stays(self) -> dict[Stay, float]:
        """FTE held of each person on each project in each period."""
        found: dict[Stay, float] = defaultdict(float)
        for (person, project, _, t), fte in self.held.items():
            found[person, project, t] += fte
        return found

    @cached_property
    def before(self) -> dict[tuple[str, str, str, int], float]:
        """FTE that counts as there already: of the previous allocation, else of the bookings."""
        found: dict[tuple[str, str, str, int], float] = {}
        for key, booking in self.bookings.items():
            if booking.banned or (self.previous is not None and not booking.preferred):
                continue
            found[key] = self.asked(key)
        if self.previous is not None and self.previous.allocation is not None:
            for row in records(self.previous.allocation):
                t = self.position.get(row.period)
                if row.person_id and row.project_id and t is not None:
                    key = (row.person_id, row.project_id, row.role_id, t)
                    found[key] = max(found.get(key, 0.0), float(row.fte))
        return found

    @cached_property
    def on_before(self) -> set[tuple[str, str]]:
        """Who worked where in the period before the horizon."""
        if self.previous is None or self.previous.allocation is None:
            return set()
        label = self.portfolio.calendar.label(-1)
        rows = self.previous.allocation
        rows = rows[(rows["period"] == label) & (rows["person_id"] != "")]
        return set(zip(rows["person_id"], rows["project_id"], strict=True))

    def most(self, key: tuple[str, str, str, int]) -> float:
        """FTE of a person that may count on a project: useful there, or held."""
        return max(self.useful(*key), self.held.get(key, 0.0))

    @cached_property
    def rates(self) -> tuple[dict[str, float], dict[str, float]]:
        """Money an FTE and period: by person who has an own rate, and by role."""
        people, roles = self.portfolio["people"], self.portfolio["roles"]
        own = {r.person_id: float(r.cost_rate) for r in records(people) if not pd.isna(r.cost_rate)}
        role = {
            r.role_id: 0.0 if pd.isna(r.cost_rate) else float(r.cost_rate) for r in records(roles)
        }
        return own, role
