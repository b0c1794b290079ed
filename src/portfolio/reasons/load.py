"""What a project takes in each period, had it an option and a start."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from portfolio.data.portfolio import Portfolio

__all__ = ["Load", "Own"]

Floats = npt.NDArray[np.float64]

Own = tuple[str, int] | None
"""Option and start that the plan gives a project, whose load is its own already."""


class Load:
    """What projects take.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.calendar = portfolio.calendar

    def of(self, table: str, project: str, option: str, start: int) -> dict[str, Floats]:
        """Amounts inside the horizon by category or role."""
        loads: dict[str, Floats] = {}
        for key, offset, amount in self._profiles[table].get((project, option), []):
            t = start + offset
            if 0 <= t < self.calendar.periods:
                loads.setdefault(key, np.zeros(self.calendar.periods))[t] += amount
        return loads

    @cached_property
    def _profiles(self) -> dict[str, dict[tuple[str, str], list[tuple[str, int, float]]]]:
        found: dict[str, dict[tuple[str, str], list[tuple[str, int, float]]]] = {}
        for table, key, amount in (("costs", "category", "amount"), ("demand", "role_id", "fte")):
            rows = self.portfolio.by_offset(table)
            profiles: dict[tuple[str, str], list[tuple[str, int, float]]] = {}
            columns = ("project_id", "option_id", key, "offset", amount)
            for project, option, name, offset, value in zip(
                *(rows[c] for c in columns), strict=True
            ):
                profiles.setdefault((project, option), []).append((name, int(offset), value))
            found[table] = profiles
        return found
