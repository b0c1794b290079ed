"""The curves of a frontier as tables: what was asked, what came of it, and where plans lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from portfolio.analysis.frontier.point import Point
from portfolio.analysis.frontier.points import Curves
from portfolio.analysis.frontier.scaled import Over, ScaledLimits
from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.models.selection import Selection, build_selection
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = ["FRONTIER_COLUMNS", "PLAN_COLUMNS", "Frontier", "frontier"]

FRONTIER_COLUMNS: Final = (
    "forced", "level", "limit", "used", "value", "bound", "gap", "status", "projects", "entered",
    "left",
)  # fmt: skip
PLAN_COLUMNS: Final = ("plan", "level", "limit", "used", "value", "projects")


@dataclass(frozen=True, eq=False)
class Frontier:
    """Curves, and where plans lie beside them.

    Attributes
    ----------
    over : str
        ``budget`` (money) or ``role_capacity`` (FTE on the average of the periods).
    objective : str
        What is as good as it can be: the scenario's first objective.
    sense : str
        max or min.
    curves : pandas.DataFrame
        One row a curve and level, the lowest level first: forced (whether forced
        projects stay forced), level (multiple of today's limits), limit (what there
        is at it), used (what the plan takes of it), value, bound (no plan under these
        limits is better), gap (distance of the two as a share of the value), status,
        projects (tuple of the project_id chosen), entered and left (those that the
        curve's point before did not hold, or held alone). Without a plan, the
        numbers are NaN and the tuples empty.
    plans : pandas.DataFrame
        One row a plan: plan (``proposed``: the plan under today's limits; ``as_is``:
        what is in flight runs on, and nothing else), level (the least at which it fits;
        1 for the proposed plan, since today's limits were its own), limit, used,
        value, projects. The proposed plan has no row where the time was over before it
        was known where it lies.
    settings : Settings
    seconds : float
        Time of all solves.
    """

    over: Over
    objective: str
    sense: str
    curves: pd.DataFrame
    plans: pd.DataFrame
    settings: Settings
    seconds: float

    def curve(self, forced: bool) -> pd.DataFrame:
        """One of the curves; without rows where nothing is forced and it was not drawn."""
        return self.curves[self.curves["forced"] == forced].reset_index(drop=True)


def frontier(
    portfolio: Portfolio,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    *,
    over: Over = "budget",
    points: int = 20,
    plan: Plan | None = None,
    free: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Frontier:
    """Best value at each level of money, or of people.

    With projects that are forced in or out there are two curves over the same
    levels: with them forced, and free.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario : Scenario, optional
    settings : Settings, optional
        The time limit is for all points together; the gap is that of a point, and at
        today's limits a tenth of it.
    over : {"budget", "role_capacity"}
        The limits that are multiplied by the level.
    points : int
        How many levels, 2 or more; 1, today's limits, is always one of them.
    plan : Plan, optional
        The proposed plan, made under the same scenario; by default the one found at
        today's limits.
    free : bool
        Whether the curve without forcing is drawn too.
    progress : callable, optional
        Is told in words what is being done.

    Returns
    -------
    Frontier

    Raises
    ------
    ScenarioError
        If the scenario does not fit, leaves out the rule that is varied, or there is
        nothing to vary.
    """
    if points < 2:
        raise ValueError("a frontier has 2 points or more")
    scenario, settings = scenario or Scenario(), settings or Settings()
    selection = build_selection(scenario.apply(portfolio), scenario)
    limits = ScaledLimits(selection, over)
    curves = Curves(selection, limits, settings, progress or (lambda words: None))
    proposed = {} if plan is None else selection.decisions(plan)
    bound = _bound(plan, scenario) / selection.objectives[0].unit
    found = curves.solve(points, proposed, bound, free=free)
    rows = [
        row for forced, series in found.items() for row in _rows(selection, limits, forced, series)
    ]
    objective = selection.objectives[0]
    table = pd.DataFrame(rows, columns=list(FRONTIER_COLUMNS))
    return Frontier(
        over=over,
        objective=objective.name,
        sense=objective.sense,
        curves=table,
        plans=_plans(selection, limits, curves, table),
        settings=settings,
        seconds=curves.seconds,
    )


def _bound(plan: Plan | None, scenario: Scenario) -> float:
    """What no plan can pass at today's limits, as a plan's solve has proven; NaN if unknown."""
    if plan is None or plan.scenario != scenario.name or plan.objectives.empty:
        return np.nan
    first = plan.objectives.iloc[0]
    return float(first["bound"]) if first["objective"] == scenario.objectives[0] else np.nan


def _rows(
    selection: Selection, limits: ScaledLimits, forced: bool, points: list[Point]
) -> list[dict[str, Any]]:
    unit = selection.objectives[0].unit
    rows: list[dict[str, Any]] = []
    before: tuple[str, ...] = ()
    for point in points:
        row: dict[str, Any] = {
            "forced": forced,
            "level": point.level,
            "limit": limits.total(point.level),
            **dict.fromkeys(("used", "value", "bound", "gap"), np.nan),
            "status": str(point.status),
            **dict.fromkeys(("projects", "entered", "left"), ()),
        }
        if point.columns is not None:
            chosen = _chosen(selection, point.columns)
            known = not np.isnan(point.bound)
            row |= {
                "used": limits.used(point.columns),
                "value": point.value * unit,
                "bound": point.bound * unit,
                "gap": point.gap if known else np.nan,
                "projects": chosen,
                "entered": tuple(p for p in chosen if p not in before),
                "left": tuple(p for p in before if p not in chosen),
            }
            before = chosen
        rows.append(row)
    return rows


def _chosen(
    selection: Selection, columns: np.ndarray[Any, np.dtype[np.float64]]
) -> tuple[str, ...]:
    starts = selection.model.blocks["start"]
    taken = columns[starts.columns] > 0.5
    codes = np.unique(selection.terms.starts["project"].to_numpy(np.int64)[taken])
    return tuple(selection.terms.projects["project_id"].to_numpy(object)[codes])


def _plans(
    selection: Selection, limits: ScaledLimits, curves: Curves, table: pd.DataFrame
) -> pd.DataFrame:
    unit = selection.objectives[0].unit
    rows: list[tuple[Any, ...]] = []
    for name, placed in (("proposed", curves.proposed), ("as_is", curves.as_is)):
        if placed is not None and placed.columns is not None:
            rows.append(
                (
                    name,
                    placed.level,
                    limits.total(placed.level),
                    limits.used(placed.columns),
                    placed.value * unit,
                    _chosen(selection, placed.columns),
                )
            )
    return pd.DataFrame(rows, columns=list(PLAN_COLUMNS))
