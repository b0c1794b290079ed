"""One model solved again and again under other limits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from portfolio.models.linear import LinearModel
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.solve import HighsSession

__all__ = ["LevelSession"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class LevelSession(HighsSession):
    """A session for solving a model under one set of limits after another.

    Parameters
    ----------
    model : LinearModel
    settings : Settings
    """

    def __init__(self, model: LinearModel, settings: Settings) -> None:
        super().__init__(model, settings)
        self._whole = np.flatnonzero(model.integrality == 1)

    def bound(self, numbers: Ints, lower: Floats, upper: Floats) -> None:
        """Change the bounds of columns, by their numbers in the model."""
        self._highs.changeColsBounds(len(numbers), numbers.astype(np.int32), lower, upper)

    def solve_to(self, gap: float, seconds: float) -> Outcome:
        """Solve, to a gap of this solve alone."""
        self._option("mip_rel_gap", gap)
        outcome = self.solve(seconds)
        self._option("mip_rel_gap", self.settings.gap)
        return outcome

    def kept_at(self, decisions: Mapping[int, float], seconds: float) -> Outcome:
        """What the model gives where each whole column stands at its decision, or at 0."""
        values = np.zeros(self.model.n_columns)
        values[list(decisions)] = list(decisions.values())
        self.fix(self._whole, values[self._whole])
        outcome = self.solve(seconds)
        lower, upper = self.model.column_bounds
        self.bound(self._whole, lower[self._whole], upper[self._whole])
        return outcome
