"""The efficient frontier: for each level of money or people, the best plan under it.

Each point is the optimum under its own limits, not a ranking by value per
cost. Forced projects usually lie below the curve without them, so both are
drawn. A point whose gap is not closed is an interval, from its value to its bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError
from portfolio.models.linear import Objective
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.selection import Selection, build_selection
from portfolio.models.solve import HighsSession
from portfolio.scenario import Scenario

__all__ = ["FRONTIER_COLUMNS", "frontier"]

Floats = npt.NDArray[np.float64]

FRONTIER_COLUMNS = (
    "forced", "level", "limit", "used", "value", "bound", "gap", "status", "projects",
)  # fmt: skip
_LOWEST, _AMPLE, _HIGHEST = 0.05, 1.25, 2.0
_HALVINGS = 6


def frontier(
    portfolio: Portfolio,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    *,
    over: Literal["budget", "role_capacity"] = "budget",
    points: int = 20,
    forced: bool = True,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Best value at each level of money, or of people.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario : Scenario, optional
    settings : Settings, optional
        The time limit is for all points together.
    over : {"budget", "role_capacity"}
        The limits that are multiplied by the level.
    points : int
        How many levels, 2 or more; 1, today's limits, is always one of them.
    forced : bool
        Whether projects that are forced in or out stay so; False frees them.
    progress : callable, optional
        Is told in words what is being done.

    Returns
    -------
    pandas.DataFrame
        One row a level, the lowest first: forced, level (multiple of today's
        limits), limit (money, or FTE added up over roles and periods), used
        (the same, of the plan), value (of the scenario's first objective),
        bound, gap, status, projects (tuple of project_id in the plan). Without
        a plan, value is NaN and projects is empty.

    Raises
    ------
    ScenarioError
        If the scenario does not fit, or leaves out the rule that is varied.
    """
    scenario = scenario or Scenario()
    if over in scenario.ignore:
        raise ScenarioError(f"a frontier over {over} needs the rule that the scenario leaves out")
    if not forced:
        scenario = replace(scenario, ignore=scenario.ignore | {"forced_in", "forced_out"})
    selection = build_selection(scenario.apply(portfolio), scenario)
    curve = _Curve(selection, over, settings or Settings(), progress or (lambda words: None))
    rows = [{"forced": forced, **row} for row in curve.points(max(points, 2))]
    return pd.DataFrame(rows, columns=list(FRONTIER_COLUMNS))


class _Curve:
    """One model, built and handed over once, solved at level after level."""

    def __init__(
        self, selection: Selection, over: str, settings: Settings, tell: Callable[[str], None]
    ) -> None:
        self.selection = selection
        self.model = selection.model
        self.objective = selection.objectives[0]
        self.family = self.model.families[over]
        self.rows = self.model.row_numbers(over)
        self.today = np.asarray(self.family.upper, dtype=np.float64)
        self.settings = settings
        self.tell = tell
        self.session = HighsSession(self.model, settings)
        self.session.aim(self.objective)

    def points(self, number: int) -> list[dict[str, Any]]:
        """All levels, from the lowest up.

        A plan fits under every higher level, so each point starts from its
        neighbour below; and no level has more than the highest one's bound.
        """
        levels = self._levels(number)
        seconds = self.settings.time_limit / number
        top = self._solve(levels[-1], None, seconds)
        rows, last = [], None
        for level in levels[:-1]:
            outcome = self._solve(level, last, seconds)
            rows.append(self._row(level, outcome, top))
            last = outcome if outcome.columns is not None else last
        if last is not None and (top.value is None or _better(last, top)):
            top = replace(top, status=last.status, value=last.value, columns=last.columns)
        return [*rows, self._row(levels[-1], top, top)]

    def _levels(self, number: int) -> Floats:
        spread = np.linspace(self._least(), self._enough(), number)
        spread[np.argmin(np.abs(spread - 1.0))] = 1.0
        return spread

    def _least(self) -> float:
        """About the lowest level at which what must be done can be done."""
        nothing = Objective("nothing", "max", np.zeros(self.model.n_columns))
        self.session.aim(nothing)
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            level = (low + high) / 2
            outcome = self._solve(level, None, self.settings.time_limit / _HALVINGS)
            low, high = (level, high) if outcome.columns is None else (low, level)
        self.session.aim(self.objective)
        return max(high, _LOWEST)

    def _enough(self) -> float:
        """A level at which the limits hardly bind: what all together would take, within reason."""
        starts = self.model.blocks["start"].columns
        taken = self.model.matrix[self.rows][:, starts].maximum(0.0).sum(axis=0)
        project = self.selection.terms.starts["project"].to_numpy(np.int64)
        most = np.zeros(project.max(initial=-1) + 1)
        np.maximum.at(most, project, np.asarray(taken).ravel())
        limit = float(self.today[self.today > 0].sum())
        return float(np.clip(most.sum() / limit if limit > 0 else 1.0, _AMPLE, _HIGHEST))

    def _limits(self, level: float) -> Floats:
        # What is reserved beyond what there is stays so at every level.
        return np.where(self.today > 0, self.today * level, self.today)

    def _solve(self, level: float, start: Outcome | None, seconds: float) -> Outcome:
        self.tell(f"the best plan at {level:.0%} of today's limits")
        lower = np.full(len(self.rows), -np.inf)
        self.session.limit(self.rows, lower, self._limits(level))
        if start is not None and start.columns is not None:
            self.session.start_from(start.columns)
        return self.session.solve(seconds)

    def _row(self, level: float, outcome: Outcome, top: Outcome) -> dict[str, Any]:
        unit = self.family.unit
        row: dict[str, Any] = {
            "level": float(level),
            "limit": float(self._limits(level).sum()) * unit,
            "used": np.nan,
            "value": np.nan,
            "bound": np.nan,
            "gap": np.nan,
            "status": str(outcome.status),
            "projects": (),
        }
        if outcome.columns is None or outcome.value is None:
            return row
        bounds = [b for b in (outcome.bound, top.bound) if b is not None]
        sense = self.objective.sense
        bound = (min(bounds) if sense == "max" else max(bounds)) if bounds else np.nan
        starts = self.model.blocks["start"]
        chosen = outcome.columns[starts.columns] > 0.5
        codes = np.unique(self.selection.terms.starts["project"].to_numpy(np.int64)[chosen])
        names = self.selection.terms.projects["project_id"].to_numpy(object)[codes]
        used = self.model.matrix[self.rows] @ outcome.columns
        return row | {
            "used": float(used.sum()) * unit,
            "value": outcome.value,
            "bound": bound,
            "gap": abs(bound - outcome.value) / max(abs(outcome.value), 1e-9),
            "projects": tuple(names),
        }


def _better(one: Outcome, other: Outcome) -> bool:
    assert one.value is not None
    assert other.value is not None
    return one.value > other.value if one.sense == "max" else one.value < other.value
