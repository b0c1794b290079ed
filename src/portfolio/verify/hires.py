"""Who joins by a plan, and what they cost beside what projects pay, recomputed from the tables.

Written apart from the optimisation models on purpose: the same mistake should
not be made twice in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.plan import HIRE_KINDS, HIRING
from portfolio.scenario import Scenario

__all__ = ["Joined", "or_nothing"]

FTE = npt.NDArray[np.float64]

_INTERNAL, _CONTRACTOR = HIRE_KINDS


@dataclass(frozen=True, eq=False)
class Joined:
    """Who joins by a plan, role by role.

    Parameters
    ----------
    hires : pandas.DataFrame
        The plan's table, with ids and labels that are known.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    """

    hires: pd.DataFrame
    portfolio: Portfolio
    scenario: Scenario

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Labels of the horizon."""
        return tuple(self.portfolio.calendar.labels)

    @cached_property
    def roles(self) -> dict[str, dict[str, Any]]:
        """The table `roles`, by role_id; a blank number is NaN."""
        table = self.portfolio["roles"]
        rows = {column: table[column].tolist() for column in table.columns}
        return {
            role: {
                column: math.nan if values[n] is pd.NA else values[n]
                for column, values in rows.items()
            }
            for n, role in enumerate(rows["role_id"])
        }

    def stated(self, column: str) -> dict[tuple[str, str], FTE]:
        """A column of the plan's table by role and kind, one number a period."""
        found: dict[tuple[str, str], FTE] = {}
        place = {label: t for t, label in enumerate(self.labels)}
        for role, kind, label, value in zip(
            *(self.hires[name] for name in ("role_id", "kind", "period", column)), strict=True
        ):
            found.setdefault((role, kind), np.zeros(len(self.labels)))[place[label]] = value
        return found

    @cached_property
    def arriving(self) -> dict[tuple[str, str], FTE]:
        """FTE who arrive, by role and kind."""
        return self.stated("arriving")

    @cached_property
    def present(self) -> dict[tuple[str, str], FTE]:
        """FTE who are there, by role and kind: those who were hired stay."""
        found = self.stated("present")
        for (role, kind), came in self.arriving.items():
            if kind == _INTERNAL:
                found[role, kind] = np.cumsum(came)
        return found

    def there(self, role: str) -> FTE:
        """FTE of a role who joined and are there, of both kinds."""
        nobody = np.zeros(len(self.labels))
        return sum((self.present.get((role, kind), nobody) for kind in HIRE_KINDS), nobody)

    def idle(self, need: Mapping[tuple[str, int], float]) -> dict[tuple[str, str], FTE]:
        """FTE that no project needs, by role and kind: contractors before those who were hired."""
        found: dict[tuple[str, str], FTE] = {}
        if "idle_time" in self.scenario.ignore:
            return found
        for role in {role for role, _ in self.present}:
            wanted = np.array([need.get((role, t), 0.0) for t in range(len(self.labels))])
            idle = np.maximum(self.there(role) - wanted, 0.0)
            contractors = self.present.get((role, _CONTRACTOR), np.zeros(len(self.labels)))
            found[role, _CONTRACTOR] = np.minimum(idle, contractors)
            found[role, _INTERNAL] = idle - found[role, _CONTRACTOR]
        return found

    def costs(self, need: Mapping[tuple[str, int], float]) -> dict[tuple[str, str], FTE]:
        """Spend of the category ``hiring``, by role and kind, one amount a period.

        What people cost, less what projects' costs pay for them already: the role's
        cost rate for all who are there and not idle, where costs hold labour.
        """
        paid_by_projects = bool(self.portfolio.settings.labour_in_costs)
        idle = self.idle(need)
        found = {}
        for (role, kind), present in self.present.items():
            facts = self.roles[role]
            rate = or_nothing(facts["cost_rate"])
            own = rate
            if kind == _CONTRACTOR:
                own = or_nothing(facts["contractor_rate"])
                # A contractor who is cheaper than what projects pay saves them nothing.
                own = max(own, rate) if paid_by_projects else own
            cost = own * present
            if paid_by_projects:
                cost = cost - rate * (present - idle.get((role, kind), np.zeros_like(present)))
            if kind == _INTERNAL:
                cost = cost + or_nothing(facts["hire_cost"]) * self.arriving[role, kind]
            found[role, kind] = cost
        return found

    def spend(self, need: Mapping[tuple[str, int], float]) -> pd.DataFrame:
        """As `costs`, in rows as of other costs: no project and no programme."""
        rows = [
            {"project_id": "", "programme_id": "", "category": HIRING, "t": t, "amount": money}
            for amounts in self.costs(need).values()
            for t, money in enumerate(amounts.tolist())
            if money
        ]
        return pd.DataFrame(rows, columns=["project_id", "programme_id", "category", "t", "amount"])

    def limit(self, role: str, t: int) -> float:
        """Most contractors of a role in a period."""
        return self._limits.get((role, self.labels[t]), 0.0)

    @cached_property
    def _limits(self) -> dict[tuple[str, str], float]:
        table = self.portfolio["contractor_limits"]
        return {
            (role, label): float(fte)
            for role, label, fte in zip(
                table["role_id"], table["period"], table["fte"], strict=True
            )
        }


def or_nothing(value: float) -> float:
    """A number, or 0 where it is NaN."""
    return 0.0 if math.isnan(value) else float(value)
