"""What people can give to projects, recomputed from the raw tables.

Written apart from the optimisation models on purpose: the same mistake should
not be made twice in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.verify.hires import Joined
from portfolio.verify.people import FTE, Pool, pools
from portfolio.verify.records import period_numbers, sums

__all__ = ["Supply"]


@dataclass(frozen=True, eq=False)
class Supply:
    """What roles can get of pools, of capacity by hand and of those who join, by period.

    Parameters
    ----------
    table : pandas.DataFrame
        The plan's supply, with ids and labels that are known.
    portfolio : Portfolio
        With the scenario's changes made.
    joined : Joined
        Who joins.
    """

    table: pd.DataFrame
    portfolio: Portfolio
    joined: Joined

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """The pools, by pool_id."""
        return {pool.pool_id: pool for pool in pools(self.portfolio)}

    @cached_property
    def supplied(self) -> dict[tuple[str, int], float]:
        """FTE that all pools supply, by (role_id, period)."""
        return self._by_period(self.table, "supplied")

    @cached_property
    def by_hand(self) -> dict[tuple[str, int], float]:
        """FTE of the table ``capacity``, total and extra, by (role_id, period)."""
        return self._by_period(self.portfolio["capacity"], "fte")

    @cached_property
    def reserved(self) -> dict[tuple[str, int], float]:
        """FTE reserved by role, by (role_id, period)."""
        reserved = self.portfolio["reserved"]
        reserved = reserved[(reserved["role_id"] != "") & (reserved["person_id"] == "")]
        return self._by_period(reserved, "fte")

    def _by_period(self, rows: pd.DataFrame, column: str) -> dict[tuple[str, int], float]:
        numbers = period_numbers(self.portfolio.calendar, rows["period"])
        return sums(rows.assign(t=numbers), ["role_id", "t"], column)

    @cached_property
    def pool_supply(self) -> dict[tuple[str, int], float]:
        """FTE that a role would get if all pools that serve any programme worked for it alone."""
        shared = {name: pool.fte for name, pool in self.pools.items() if not pool.programme_id}
        return self._by_role(shared)

    @cached_property
    def spare(self) -> dict[tuple[str, int], float]:
        """FTE that a role could get of what the pools have left, by (role_id, period).

        What ring-fenced people have left is nobody's but their programme's, and not counted.
        """
        left = {
            name: np.zeros_like(pool.fte) if pool.programme_id else pool.fte.copy()
            for name, pool in self.pools.items()
        }
        position = {label: t for t, label in enumerate(self.portfolio.calendar.labels)}
        spent = (self.table[column] for column in ("pool_id", "period", "fte"))
        for name, label, fte in zip(*spent, strict=True):
            left[name][position[label]] -= fte
        return self._by_role({name: np.maximum(fte, 0.0) for name, fte in left.items()})

    def _by_role(self, time: Mapping[str, FTE]) -> dict[tuple[str, int], float]:
        result: dict[tuple[str, int], float] = {}
        for name, fte in time.items():
            for role, proficiency in self.pools[name].skills.items():
                for t, value in enumerate(fte.tolist()):
                    result[role, t] = result.get((role, t), 0.0) + proficiency * value
        return result

    def limit(self, role: str, t: int) -> float:
        """FTE that projects may take of a role in a period, under the plan's supply and hires.

        No more is reserved, or taken off by a negative extra, than the role could
        have at all: work outside the portfolio that nobody can do stays undone.
        """
        place = (role, t)
        reach = self.pool_supply.get(place, 0.0)
        extra = max(self.by_hand.get(place, 0.0), -reach)
        reserved = min(self.reserved.get(place, 0.0), reach + extra)
        there = float(self.joined.there(role)[t]) if role in self._joined_roles else 0.0
        return extra - reserved + self.supplied.get(place, 0.0) + there

    @cached_property
    def _joined_roles(self) -> frozenset[str]:
        return frozenset(role for role, _ in self.joined.present)

    def capacity(self, role: str, t: int) -> float:
        """FTE of a role in a period if the pools gave it all they have left."""
        return max(self.limit(role, t) + self.spare.get((role, t), 0.0), 0.0)
