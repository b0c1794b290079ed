"""What a frontier varies: limits of money or of people, multiplied by one level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from portfolio.errors import ScenarioError, nearest
from portfolio.models.selection import Selection

__all__ = ["OVER", "Over", "ScaledLimits"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Over = Literal["budget", "role_capacity"]

OVER: Final[dict[str, tuple[str, ...]]] = {
    "budget": ("budget",),
    # People of several roles have their time in pools; the rest of a role stands in its own row.
    "role_capacity": ("role_capacity", "pool_time"),
}
"""What a frontier may be over -> the families whose limits are multiplied."""

_AMPLE, _HIGHEST = 1.25, 2.0


@dataclass(frozen=True, eq=False)
class ScaledLimits:
    """The rows whose limits are multiplied, and how much of them a plan uses.

    Parameters
    ----------
    selection : Selection
    over : {"budget", "role_capacity"}
    """

    selection: Selection
    over: Over

    def __post_init__(self) -> None:
        if self.over not in OVER:
            hint = nearest(self.over, OVER)
            raise ScenarioError(
                f"a frontier is over money or people, not over '{self.over}'; {hint}"
            )
        if self.over in self.selection.terms.scenario.ignore:
            raise ScenarioError(
                f"a frontier over {self.over} needs the rule that the scenario leaves out"
            )
        if not (self._today > 0).any():
            what = "budgets" if self.over == "budget" else "people or capacity"
            raise ScenarioError(f"a frontier over {self.over} needs {what}, and there are none")

    @cached_property
    def rows(self) -> Ints:
        """Numbers of the rows in the model."""
        model = self.selection.model
        numbers = [model.row_numbers(name) for name in OVER[self.over] if name in model.families]
        return np.concatenate(numbers)

    @cached_property
    def _today(self) -> Floats:
        upper: Floats = self.selection.model.row_bounds[1][self.rows].astype(np.float64)
        return upper

    def at(self, level: float) -> Floats:
        """Upper limits of the rows; what is reserved beyond what there is stays at every level."""
        return np.where(self._today > 0, self._today * level, self._today)

    def total(self, level: float) -> float:
        """All money, or all FTE on the average of the periods, that there is at a level."""
        return float(self._today[self._today > 0].sum()) * level * self._unit

    def used(self, columns: Floats) -> float:
        """Money that a plan spends inside the horizon, or FTE that it needs on average."""
        column, amount = self._takes
        return float(amount @ columns[column]) * self._unit

    @property
    def _unit(self) -> float:
        terms = self.selection.terms
        return terms.unit if self.over == "budget" else 1.0 / terms.periods

    @cached_property
    def _takes(self) -> tuple[Ints, Floats]:
        terms = self.selection.terms
        rows = terms.spend if self.over == "budget" else terms.demand
        amount = rows["amount" if self.over == "budget" else "fte"]
        return rows["column"].to_numpy(np.int64), amount.to_numpy(np.float64)

    def enough(self) -> float:
        """A level at which the limits hardly bind: what all together would take, within reason."""
        column, amount = self._takes
        starts = self.selection.terms.starts["project"].to_numpy(np.int64)
        taken = np.bincount(column, np.maximum(amount, 0.0), minlength=len(starts))[: len(starts)]
        most = np.zeros(starts.max(initial=-1) + 1)
        np.maximum.at(most, starts, taken)
        limit = float(self._today[self._today > 0].sum())
        return float(np.clip(most.sum() / limit, _AMPLE, _HIGHEST))
