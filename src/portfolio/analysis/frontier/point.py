"""What is known at a level of a frontier: the best plan so far, and what no plan can pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portfolio.models.linear import Objective
from portfolio.models.outcome import Outcome
from portfolio.plan import Status

__all__ = ["Point", "plan_of"]

Floats = npt.NDArray[np.float64]


@dataclass
class Point:
    """What is known at a level: the best plan so far, and what no plan can pass.

    Attributes
    ----------
    level : float
    sign : float
        1 where more is better, else -1.
    status : Status
    value, bound : float
        In the model's unit; NaN while unknown.
    columns : numpy.ndarray or None
    """

    level: float
    sign: float
    status: Status = Status.NO_SOLUTION
    value: float = np.nan
    bound: float = np.nan
    columns: Floats | None = None

    @property
    def gap(self) -> float:
        """Distance of value and bound as a share of the value; infinite while unknown."""
        distance = abs(self.bound - self.value) / max(abs(self.value), 1e-9)
        return np.inf if np.isnan(distance) else distance

    def offer(self, value: float, columns: Floats | None) -> None:
        """Take a plan where it is better than the one known."""
        if columns is None:
            return
        if self.columns is None or self.sign * value > self.sign * self.value:
            self.value, self.columns = value, columns

    def beats(self, other: Point) -> bool:
        """Whether its plan is better than another point's, or alone."""
        return other.columns is None or self.sign * self.value > self.sign * other.value

    def cap(self, bound: float) -> None:
        """Take a bound where it is tighter than the one known."""
        if np.isnan(bound):
            return
        if np.isnan(self.bound) or self.sign * bound < self.sign * self.bound:
            self.bound = bound

    def settle(self, gap: float) -> None:
        """Say how it ended, and let no rounding put the bound on the wrong side."""
        if self.columns is None:
            return
        if not np.isnan(self.bound) and self.sign * self.bound < self.sign * self.value:
            self.bound = self.value
        self.status = Status.OPTIMAL if self.gap <= gap * (1 + 1e-9) else Status.FEASIBLE


def plan_of(outcome: Outcome, objective: Objective) -> tuple[float, Floats | None]:
    """Value, in the model's unit, and columns."""
    if outcome.columns is None:
        return np.nan, None
    return objective.value(outcome.columns), outcome.columns
