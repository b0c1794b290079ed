"""What a selection implies, recomputed from the raw tables.

Written apart from the optimisation models on purpose, and without their helpers:
the same mistake should not be made twice in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from portfolio.data.calendar import Calendar
from portfolio.data.portfolio import Portfolio
from portfolio.drivers import driver_weights
from portfolio.plan import STOPPING, Plan
from portfolio.scenario import Scenario
from portfolio.verify.hires import Joined
from portfolio.verify.records import period_numbers, records, sums
from portfolio.verify.supply import Supply
from portfolio.verify.worth import RATINGS, project_values

__all__ = ["FREE", "Loads", "nested"]

FREE: Final = ("proposed", "approved", "on_hold")
_PERIODS_A_YEAR: Final = {"month": 12, "quarter": 4, "year": 1}


@dataclass(frozen=True, eq=False)
class Loads:
    """Everything that the selection of a plan implies, in numbers of periods from 0.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    plan : Plan
        With a solution; ids and labels in its tables are known ones.
    """

    portfolio: Portfolio
    scenario: Scenario
    plan: Plan

    @cached_property
    def calendar(self) -> Calendar:
        """The periods of the horizon."""
        return self.portfolio.calendar

    @cached_property
    def position(self) -> dict[str, int]:
        """Number of each period of the horizon, by label."""
        return {label: index for index, label in enumerate(self.calendar.labels)}

    @cached_property
    def projects(self) -> pd.DataFrame:
        """The projects, by project_id."""
        return self.portfolio["projects"].set_index("project_id", drop=False)

    @cached_property
    def nested(self) -> dict[str, set[str]]:
        """Each programme with itself and all programmes that belong to it, directly or not."""
        return nested(self.portfolio)

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """What is selected: project_id, option_id, start, duration, value_share, stage, ..."""
        selection = self.plan.selection
        assert selection is not None
        rows = selection.loc[selection["selected"], ["project_id", "option_id", "start"]]
        rows = rows.assign(start=period_numbers(self.calendar, rows["start"]))
        options = self.portfolio.options[["project_id", "option_id", "duration", "value_share"]]
        projects = self.portfolio["projects"][["project_id", "programme_id", "stage"]]
        return rows.merge(options, on=["project_id", "option_id"]).merge(projects, on="project_id")

    @cached_property
    def running(self) -> dict[str, tuple[int, int]]:
        """Start and duration of each selected project."""
        chosen = self.chosen
        return dict(
            zip(
                chosen["project_id"],
                zip(chosen["start"].tolist(), chosen["duration"].tolist(), strict=True),
                strict=True,
            )
        )

    @cached_property
    def stopped(self) -> list[str]:
        """Projects in flight that the plan stops."""
        selection = self.plan.selection
        assert selection is not None
        stopped = ~selection["selected"] & (selection["decision"] == "stopped")
        names = selection.loc[stopped, "project_id"]
        return [name for name in names if self.projects.at[name, "stage"] == "in_flight"]

    def happenings(self, table: str) -> pd.DataFrame:
        """Rows of costs, benefits or demand of what is selected, from period 0 on.

        Parameters
        ----------
        table : str
            ``costs``, ``benefits`` or ``demand``.

        Returns
        -------
        pandas.DataFrame
            The table's columns, programme_id, and the number of the period, ``t``.
        """
        chosen = self.chosen[["project_id", "option_id", "start", "programme_id"]]
        rows = self.portfolio[table].merge(chosen, on="project_id", suffixes=("", "_chosen"))
        mine = (rows["option_id"] == "") | (rows["option_id"] == rows["option_id_chosen"])
        rows = rows[mine].reset_index(drop=True)
        dated = (rows["period"] != "").to_numpy()
        t = rows["start"].to_numpy("int64") + rows["offset"].fillna(0).to_numpy("int64")
        t[dated] = period_numbers(self.calendar, rows.loc[dated, "period"])
        rows = rows.assign(t=t)
        return rows[rows["t"] >= 0]

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Costs from period 0 on, stopping and hiring included; also beyond the horizon."""
        rows = self.happenings("costs")[["project_id", "programme_id", "category", "t", "amount"]]
        stopped = self.projects.loc[self.stopped, ["project_id", "programme_id", "stop_cost"]]
        stopped = stopped.rename(columns={"stop_cost": "amount"}).fillna({"amount": 0.0})
        parts = [rows, stopped.assign(category=STOPPING, t=0), self.joined.spend(self.need)]
        return pd.concat([part for part in parts if len(part)] or [rows], ignore_index=True)

    @cached_property
    def joined(self) -> Joined:
        """Who joins."""
        hires = self.plan.hires
        assert hires is not None
        return Joined(hires, self.portfolio, self.scenario)

    @cached_property
    def supply(self) -> Supply:
        """What people can give."""
        supply = self.plan.supply
        assert supply is not None
        return Supply(supply, self.portfolio, self.joined)

    @cached_property
    def benefits(self) -> pd.DataFrame:
        """Benefits from period 0 on; also beyond the horizon."""
        return self.happenings("benefits")[["project_id", "t", "amount"]]

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Demand from period 0 on; also beyond the horizon."""
        rows = self.happenings("demand")[["project_id", "programme_id", "role_id", "t", "fte"]]
        return rows.rename(columns={"fte": "amount"})

    @cached_property
    def due(self) -> dict[tuple[str, str, int], float]:
        """Money due inside the horizon by (programme_id, category, period)."""
        rows = self.costs[self.costs["t"] < self.calendar.periods]
        return sums(rows, ["programme_id", "category", "t"])

    @cached_property
    def need(self) -> dict[tuple[str, int], float]:
        """Demand (FTE) inside the horizon by (role_id, period)."""
        rows = self.demand[self.demand["t"] < self.calendar.periods]
        return sums(rows, ["role_id", "t"])

    @cached_property
    def own_need(self) -> dict[tuple[str, str, int], float]:
        """Demand (FTE) inside the horizon by (programme_id, role_id, period)."""
        rows = self.demand[self.demand["t"] < self.calendar.periods]
        return sums(rows, ["programme_id", "role_id", "t"])

    @cached_property
    def beyond(self) -> dict[tuple[str, str, str], float]:
        """What falls after the horizon, by (project_id, table, period label)."""
        result: dict[tuple[str, str, str], float] = {}
        for table in ("costs", "benefits", "demand"):
            rows: pd.DataFrame = getattr(self, table)
            late = rows[rows["t"] >= self.calendar.periods]
            for (project, t), amount in sums(late, ["project_id", "t"]).items():
                result[project, table, self.calendar.label(t)] = amount
        return result

    @cached_property
    def paid(self) -> pd.DataFrame:
        """Payments of the plan, with the number of the period, ``t``."""
        spend = self.plan.spend
        assert spend is not None
        return spend.assign(t=period_numbers(self.calendar, spend["period"]))

    @cached_property
    def fund_spend(self) -> dict[tuple[str, int], float]:
        """Payments by (fund_id, period)."""
        return sums(self.paid, ["fund_id", "t"])

    def driver_parts(self, driver: str) -> dict[str, float]:
        """Part of each project's spend that serves a driver: weight x rating over their sum."""
        weights = driver_weights(self.portfolio).weights
        points: dict[str, float] = {}
        whole: dict[str, float] = {}
        for row in records(self.portfolio["impacts"]):
            point = float(weights[row.driver_id]) * RATINGS[row.rating]
            whole[row.project_id] = whole.get(row.project_id, 0.0) + point
            if row.driver_id == driver:
                points[row.project_id] = point
        return {project: point / whole[project] for project, point in points.items() if point > 0}

    def objectives(self) -> dict[str, float]:
        """The value of every objective, whether the scenario asks for it or not.

        Returns
        -------
        dict
            strategic_value, benefit, npv, cost, early_start.
        """
        calendar, chosen = self.calendar, self.chosen
        values = project_values(self.portfolio, risk_adjusted=self.scenario.risk_adjusted)
        growth = 1.0 + self.portfolio.settings.discount_rate
        years = _PERIODS_A_YEAR[calendar.frequency]

        def present(rows: pd.DataFrame) -> float:
            discount = growth ** (rows["t"].to_numpy("float64") / years)
            return float((rows["amount"].to_numpy("float64") / discount).sum())

        worth = chosen["project_id"].map(values) * chosen["value_share"]
        free = chosen[chosen["stage"].isin(FREE)]
        return {
            "strategic_value": float(worth.sum()),
            "benefit": float(self.benefits["amount"].sum()),
            "npv": present(self.benefits) - present(self.costs),
            "cost": float(self.costs["amount"].sum()),
            "early_start": float((calendar.periods - free["start"]).sum()),
        }


def nested(portfolio: Portfolio) -> dict[str, set[str]]:
    """Each programme with itself and all programmes that belong to it, directly or not."""
    programmes = portfolio["programmes"]
    parent = dict(zip(programmes["programme_id"], programmes["parent_id"], strict=True))
    inside: dict[str, set[str]] = {programme: set() for programme in parent}
    for programme in parent:
        above = programme
        while above:
            inside[above].add(programme)
            above = parent[above]
    return inside
