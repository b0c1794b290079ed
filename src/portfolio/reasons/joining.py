"""Who could still join beside those whom a plan has, and what that would cost at the least."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = ["Joinable", "joinable"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Joinable:
    """Who of one role could still join.

    Attributes
    ----------
    hires : numpy.ndarray, shape (periods,)
        People who could be there by being hired.
    contractors : numpy.ndarray, shape (periods,)
        People who could be there as contractors.
    hire_cost, salary, contractor_price : float
        What a hire costs on arrival and in each period, and an FTE of a contractor in
        each period, beside what projects pay; money.
    """

    hires: Floats
    contractors: Floats
    hire_cost: float
    salary: float
    contractor_price: float

    @property
    def fte(self) -> Floats:
        """All who could still be there, shape (periods,)."""
        return self.hires + self.contractors

    def least_cost(self, missing: Floats) -> float:
        """What it costs at the least to have who is missing; terms and idle time come on top."""
        by_contract = np.minimum(missing, self.contractors)
        ways = [self._hired(missing - by_contract) + self._contracted(by_contract)]
        by_hire = np.minimum(missing, self.hires)
        ways.append(self._hired(by_hire) + self._contracted(missing - by_hire))
        return min(ways)

    def _hired(self, missing: Floats) -> float:
        people = math.ceil(float(missing.max()) - 1e-9)
        if people <= 0:
            return 0.0
        stay = len(missing) - int(np.flatnonzero(missing > 1e-9)[0])
        return people * (self.hire_cost + stay * self.salary)

    def _contracted(self, missing: Floats) -> float:
        return float(np.ceil(missing - 1e-9).sum()) * self.contractor_price


def joinable(plan: Plan, portfolio: Portfolio, scenario: Scenario) -> dict[str, Joinable]:
    """Who could still join, by role; nobody where the scenario has no hiring.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    """
    if scenario.hiring == "none":
        return {}
    hired, contracted = _present(plan, portfolio)
    limits = _limits(portfolio, scenario)
    most_hired = 1.0 + scenario.soften.get("hire_limit", 0.0)
    projects_pay = bool(portfolio.settings.labour_in_costs)
    blank = {"hire_max": 0.0, "cost_rate": 0.0, "hire_cost": 0.0}
    roles: list[dict[Hashable, Any]] = portfolio.tables["roles"].fillna(blank).to_dict("records")
    found = {}
    t = np.arange(portfolio.calendar.periods)
    for row in roles:
        role = str(row["role_id"])
        nobody = np.zeros(len(t))
        hires, contractors = nobody, nobody
        if scenario.hiring in ("internal", "both"):
            lead = 0 if "hire_lead" in scenario.ignore else row["hire_lead"]
            left = (
                math.floor(float(row["hire_max"]) * most_hired + 1e-9) - hired.get(role, nobody)[-1]
            )
            if "hire_limit" in scenario.ignore and row["hire_max"] > 0:
                left = math.inf
            hires = np.where(t >= lead, max(left, 0.0), 0.0)
        rate = float(row["contractor_rate"])
        if scenario.hiring in ("contractors", "both") and not math.isnan(rate):
            lead = 0 if "contractor_lead" in scenario.ignore else row["contractor_lead"]
            most = np.floor(limits.get(role, nobody) + 1e-9)
            left_over = np.maximum(most - contracted.get(role, nobody), 0.0)
            if "contractor_limit" in scenario.ignore:
                left_over = np.full(len(t), math.inf)
            contractors = np.where(t >= lead, left_over, 0.0)
        cost_rate = float(row["cost_rate"])
        found[role] = Joinable(
            hires,
            contractors,
            float(row["hire_cost"]),
            0.0 if projects_pay else cost_rate,
            max(rate - cost_rate, 0.0) if projects_pay else rate,
        )
    return found


def _present(plan: Plan, portfolio: Portfolio) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """FTE who joined by role: hired, contracted."""
    assert plan.hires is not None
    found: tuple[dict[str, Floats], dict[str, Floats]] = ({}, {})
    index, periods = portfolio.calendar.index, portfolio.calendar.periods
    for role, kind, label, fte in zip(
        *(plan.hires[column] for column in ("role_id", "kind", "period", "present")), strict=True
    ):
        of_kind = found[0 if kind == "internal" else 1]
        of_kind.setdefault(role, np.zeros(periods))[index(label)] = fte
    return found


def _limits(portfolio: Portfolio, scenario: Scenario) -> dict[str, Floats]:
    """Most contractors by role and period, softened."""
    soft = 1.0 + scenario.soften.get("contractor_limit", 0.0)
    table, calendar = portfolio.tables["contractor_limits"], portfolio.calendar
    found: dict[str, Floats] = {}
    for role, label, fte in zip(table["role_id"], table["period"], table["fte"], strict=True):
        t = calendar.index(label)
        if 0 <= t < calendar.periods:
            found.setdefault(role, np.zeros(calendar.periods))[t] = fte * soft
    return found
