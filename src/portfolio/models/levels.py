"""One model solved again and again under other limits, without a whole search each time.

A whole search costs most where it looks for plans. Where a good plan is known
from the solve before, three cheaper steps do most of its work: a bound from the
root of the search alone; the relaxation, which starts from its last basis; and a
search among the few columns that the relaxation and the known plan point to (in the
manner of RINS: Danna, Rothberg and Le Pape 2005).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from portfolio.models.linear import LinearModel, Objective
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.solve import HighsSession

__all__ = ["LevelSession"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Value = bool | int | float | str

_UNLIMITED: Final = 2**31 - 1
_NO_DIVING: Final[Mapping[str, Value]] = {
    "mip_max_nodes": 1,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
_WHOLE: Final[Mapping[str, Value]] = {
    "mip_max_nodes": _UNLIMITED,
    "mip_heuristic_run_rens": True,
    "mip_heuristic_run_rins": True,
    "mip_heuristic_run_root_reduced_cost": True,
}
_NODES_NEARBY: Final = 60
# A core this small is searched in a blink; about one column in twelve is in it.
_LEAST_CORE, _SHARE_OF_CORE = 60, 1 / 12


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
        self._relaxed = HighsSession(model, settings)
        self._relaxed._option("solve_relaxation", True)

    def aim(self, objective: Objective) -> None:
        """Set what is made as large or as small as it can be."""
        super().aim(objective)
        self._relaxed.aim(objective)

    def limit(self, rows: npt.NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Change the limits of rows, by their numbers in the model."""
        super().limit(rows, lower, upper)
        self._relaxed.limit(rows, lower, upper)

    def solve_to(self, gap: float, seconds: float) -> Outcome:
        """Solve, to a gap of this solve alone."""
        self._option("mip_rel_gap", gap)
        outcome = self.solve(seconds)
        self._option("mip_rel_gap", self.settings.gap)
        return outcome

    def glance(self, seconds: float) -> Outcome:
        """The bound at the root of the search, and a plan where one is met on the way."""
        return self._solve_with(_NO_DIVING, seconds)

    def nearby(self, start: Floats, seconds: float) -> Outcome:
        """The best plan among those that differ from a known one in a core of columns.

        The core is what the known plan and the relaxation use, and the columns of
        least reduced cost. The outcome's bound is one for these plans only.
        """
        columns = self._core_columns(start, seconds)
        if columns is None:
            return self.glance(seconds)
        fixed = np.setdiff1d(self._whole, columns)
        self.fix(fixed, np.round(start[fixed]))
        self.start_from(start)
        outcome = self._solve_with({**_WHOLE, "mip_max_nodes": _NODES_NEARBY}, seconds)
        self._release(fixed)
        return outcome

    def kept_at(self, decisions: Mapping[int, float], seconds: float) -> Outcome:
        """What the whole columns give where each stands at its decision, or at 0."""
        values = np.zeros(len(self._whole))
        values[np.searchsorted(self._whole, list(decisions))] = list(decisions.values())
        self.fix(self._whole, values)
        outcome = self.solve(seconds)
        self._release(self._whole)
        return outcome

    def _solve_with(self, options: Mapping[str, Value], seconds: float) -> Outcome:
        for name, value in options.items():
            self._option(name, value)
        outcome = self.solve(seconds)
        for name in options:
            self._option(name, _WHOLE[name])
        return outcome

    def _core_columns(self, start: Floats, seconds: float) -> npt.NDArray[np.int64] | None:
        """Whole columns in which a search is worth its while; None without a relaxation."""
        relaxed = self._relaxed
        relaxed._option("time_limit", max(seconds, 0.01))
        relaxed._highs.run()
        if relaxed._highs.getModelStatus() != self._core.HighsModelStatus.kOptimal:
            return None
        solution = relaxed._highs.getSolution()
        whole = self._whole
        used = np.array(solution.col_value)[whole] > 1e-6
        cost = np.abs(np.array(solution.col_dual)[whole])
        size = max(_LEAST_CORE, int(len(whole) * _SHARE_OF_CORE))
        core: Flags = used | (start[whole] > 0.5)
        core[np.argsort(cost, kind="stable")[:size]] = True
        return whole[core]

    def _release(self, numbers: npt.NDArray[np.int64]) -> None:
        lower, upper = self.model.column_bounds
        self._highs.changeColsBounds(
            len(numbers), numbers.astype(np.int32), lower[numbers], upper[numbers]
        )
