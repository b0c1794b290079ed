"""What a report on capacity and people says: every table and sentence of it.

What is published shows people by pseudonyms unless names are asked for, never a rate, and
no role, place or programme through which fewer than three people could be seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from portfolio.allocation import Allocation
from portfolio.analysis.capacity import CapacityAnalysis, analyse_capacity, bottlenecks
from portfolio.analysis.wanted import wanted_selection
from portfolio.data.portfolio import Portfolio
from portfolio.language import say
from portfolio.models.allocation import Work
from portfolio.plan import Plan
from portfolio.reports.audience import WITHOUT_LEAVE, Audience
from portfolio.reports.capacity_people import (
    booked_over,
    busiest_first,
    loads_of,
    people_called,
)
from portfolio.reports.capacity_places import by_place, by_programme
from portfolio.reports.capacity_work import kinds_of, work_by_kind
from portfolio.reports.roles import MERGED, Roles
from portfolio.result_tables import SUMMARY, plain
from portfolio.scenario import Scenario

__all__ = ["CapacityContent"]

_ADDED = ["demand", "reserved", "most", "supplied", "deficit", "certain"]
_SHORTAGE = ["project", "role", "period", "fte", "demand", "remedy"]


@dataclass(frozen=True, eq=False)
class CapacityContent:
    """The content of a report on capacity and people.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    plan : Plan
        With a solution.
    allocation : Allocation
        Who works where, in that plan.
    period : str
        The period reported.
    audience : Audience
        Who the report is for, and so whether people and confidential projects are named.
    """

    portfolio: Portfolio
    scenario: Scenario
    plan: Plan
    allocation: Allocation
    period: str
    audience: Audience = WITHOUT_LEAVE

    @property
    def names(self) -> bool:
        """Whether people are named."""
        return self.audience.names

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the horizon."""
        return self.portfolio.calendar.labels

    @cached_property
    def planned(self) -> CapacityAnalysis:
        """The plan's demand against people as they are named."""
        assert self.plan.selection is not None
        work = Work(self.portfolio, self.scenario, self.plan.selection, hires=self.plan.hires)
        return analyse_capacity(work, self.allocation)

    @cached_property
    def wanted(self) -> CapacityAnalysis:
        """What everybody wants, against people divided at will."""
        work = Work(self.portfolio, self.scenario, wanted_selection(self.portfolio))
        return analyse_capacity(work, demand_of="wanted")

    @cached_property
    def people(self) -> dict[str, str]:
        """What each person is called here, by person_id."""
        return people_called(self.portfolio, names=self.names)

    @cached_property
    def projects(self) -> dict[str, str]:
        """What each project is called here, by project_id; "" is work outside the portfolio."""
        table = self.portfolio.tables["projects"]
        hidden = table["confidential"].fillna(False).astype(bool)
        names = table["name"]
        if not self.audience.confidential:
            names = names.where(~hidden, say("A confidential project"))
        outside = say("Work outside the portfolio")
        return {"": outside, **dict(zip(table["project_id"], names, strict=True))}

    @cached_property
    def roles(self) -> dict[str, tuple[str, str]]:
        """Id and name under which each role is shown, by role_id; roles of few people share one."""
        roles = Roles(self.portfolio, each=self.names)
        return {role: (roles.key(role), name) for role, name in roles.names.items()}

    def shown_roles(self, analysis: CapacityAnalysis) -> pd.DataFrame:
        """The roles of an analysis, by period: as `CapacityAnalysis.roles`, and role (its name).

        Of roles that are shown together all is added up but `surplus`: somebody who is spare
        in two of them would be counted twice, so the largest stands.
        """
        rows = analysis.roles
        shown = [self.roles[role] for role in rows["role_id"]]
        rows = rows.assign(role_id=[key for key, _ in shown], role=[name for _, name in shown])
        order = {label: number for number, label in enumerate(self.periods)}
        grouped = rows.assign(t=rows["period"].map(order)).groupby(
            ["role_id", "role", "t", "period"], as_index=False, sort=False
        )
        return grouped.agg({**dict.fromkeys(_ADDED, "sum"), "surplus": "max"}).drop(columns="t")

    def shown_bottlenecks(self, analysis: CapacityAnalysis) -> pd.DataFrame:
        """As `CapacityAnalysis.bottlenecks`, of the roles as they are shown, and role (name)."""
        roles = self.shown_roles(analysis)
        names = dict(zip(roles["role_id"], roles["role"], strict=True))
        found = bottlenecks(roles)
        return found.assign(role=[names[role] for role in found["role_id"]])

    @cached_property
    def loads(self) -> pd.DataFrame:
        """How loaded people are, by period: person_id and person (as they are called here), FTE.

        In the order of the names, which says nothing of who they are.
        """
        return loads_of(self.planned.people, self.people, names=self.names)

    @cached_property
    def over_today(self) -> pd.DataFrame:
        """Who is booked today for more than there is, the furthest first.

        Returns
        -------
        pandas.DataFrame
            person (as called here), period, time, committed, proposed, over_committed, over; with
            names: bookings too, since who knows the projects knows the person.
        """
        return booked_over(self.planned.over_allocated, self.people, names=self.names)

    @cached_property
    def shortage(self) -> pd.DataFrame:
        """What is short in the plan: project, role (names), period, fte, demand, remedy."""
        assert self.allocation.shortage is not None
        rows = self.allocation.shortage
        rows = rows.assign(
            project=[self.projects[project] for project in rows["project_id"]],
            role=[self.roles[role][1] for role in rows["role_id"]],
        )
        key = ["project", "role", "period", "remedy"]
        grouped = rows.groupby(key, as_index=False, sort=False)[["fte", "demand"]].sum()
        frame: pd.DataFrame = grouped[_SHORTAGE]
        return frame.sort_values("fte", ascending=False, kind="stable", ignore_index=True)

    @cached_property
    def programmes(self) -> pd.DataFrame:
        """By programme, over all periods: programme (name), demand, supplied, deficit."""
        return by_programme(self.portfolio, self.planned.programmes)

    @cached_property
    def locations(self) -> pd.DataFrame:
        """By place, over all periods: location (name), demand, time; small places together."""
        return by_place(self.portfolio, self.planned.locations)

    @cached_property
    def all_work(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The plan's work by period and kind, and the time of all people with what is by hand."""
        assert self.plan.selection is not None
        work = Work(self.portfolio, self.scenario, self.plan.selection, hires=self.plan.hires)
        there = work.time.sum(axis=0) + work.by_hand.sum(axis=0)
        frame = pd.DataFrame({"period": self.periods, "fte": there})
        return work_by_kind(work, self.planned.roles), frame

    @cached_property
    def bottleneck(self) -> str:
        """The role that is wanted most beyond its people, and may be shown; "" for none."""
        found = self.shown_bottlenecks(self.wanted)
        own = found[found["role_id"] != MERGED]
        return str(own["role_id"].iloc[0]) if len(own) else ""

    @cached_property
    def bottleneck_work(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What is wanted of the bottleneck role by period and kind, and the most it could give."""
        roles = self.wanted.roles
        work = Work(self.portfolio, self.scenario, wanted_selection(self.portfolio))
        rows = work_by_kind(work, roles)
        own = roles[roles["role_id"] == self.bottleneck]
        there = own[["period"]].assign(fte=own["most"] + own["reserved"])
        return rows[rows["role_id"] == self.bottleneck], there

    @cached_property
    def busiest(self) -> list[str]:
        """Keys (person_id of `loads`) of everybody who has work, the most loaded first."""
        return busiest_first(self.loads)

    def person_work(self, key: str) -> tuple[pd.DataFrame, pd.DataFrame, str]:
        """The work of one person, the time that they have, and what they are called.

        With names the work is told by project; without, by how it is bound only, since who
        knows the projects knows the person.

        Parameters
        ----------
        key : str
            person_id of `loads`.
        """
        own = self.loads[self.loads["person_id"] == key]
        called = str(own["person"].iloc[0])
        person = key if self.names else {name: p for p, name in self.people.items()}[key]
        assert self.allocation.allocation is not None
        rows = self.allocation.allocation
        rows = rows[rows["person_id"] == person]
        if self.names:
            kinds = [self.projects[project] for project in rows["project_id"]]
        else:
            kinds = kinds_of(self.portfolio, rows["project_id"])
        work = rows[["period", "fte"]].assign(kind=kinds)
        there = own[["period"]].assign(fte=own["time"])
        return work, there, called

    def summary(self) -> dict[str, Any]:
        """The report in short, as plain JSON data: what the manifest is made from."""
        first = self.plan.objectives.iloc[0]
        settings = self.portfolio.settings
        used = self.loads[["time", "load"]].sum()
        return {
            "portfolio": settings.name,
            "period": self.period,
            "scenario": self.scenario.name,
            "status": str(self.allocation.status),
            "objective": plain(first["value"]),
            "gap": plain(first["gap"]),
            "seconds": plain(round(self.plan.seconds + self.allocation.seconds, 3)),
            "seed": self.plan.settings.get("seed"),
            "data_date": settings.data_date.isoformat() if settings.data_date else None,
            "names": self.names,
            "audience": self.audience.name,
            "demand": plain(round(float(self.planned.roles["demand"].sum()), 6)),
            "deficit": plain(round(float(self.planned.roles["deficit"].sum()), 6)),
            "wanted": plain(round(float(self.wanted.roles["demand"].sum()), 6)),
            "wanted_deficit": plain(round(float(self.wanted.roles["deficit"].sum()), 6)),
            "people": len(self.people),
            "utilisation": plain(round(float(used["load"] / used["time"]), 6))
            if used["time"] > 0
            else None,
            "over_allocated": self.planned.summary()["over_allocated"],
        }

    def write(self, folder: Path) -> None:
        """Write the tables that may be published, and the summary.

        Parameters
        ----------
        folder : Path
        """
        from portfolio.data.write import disarmed

        tables = {
            "bottlenecks": self.shown_bottlenecks(self.planned),
            "wanted": self.shown_roles(self.wanted),
            "roles": self.shown_roles(self.planned),
            "programmes": self.programmes,
            "locations": self.locations,
            "people": self.loads if self.names else self.loads.drop(columns="person_id"),
            "today": self.over_today,
            "shortage": self.shortage,
        }
        for name, frame in tables.items():
            shown = frame.drop(columns="role_id", errors="ignore")
            texts = {
                column: [disarmed(str(text)) for text in shown[column]]
                for column in shown.columns
                if shown[column].dtype.kind not in "fiu"
            }
            shown.assign(**texts).round(6).to_csv(folder / f"{name}.csv", index=False)
        text = json.dumps(self.summary(), indent=2, ensure_ascii=False, allow_nan=False)
        (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")
