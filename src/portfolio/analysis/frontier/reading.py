"""Reading a frontier: how far a plan is from it, what more would bring, and where that ends."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from portfolio.analysis.frontier.curves import Frontier

__all__ = ["DISTANCE_COLUMNS", "distances", "knee", "returning"]

DISTANCE_COLUMNS: Final = (
    "plan", "forced", "value", "limit", "best_low", "best_high", "reach_low", "reach_high",
    "same_low", "same_high",
)  # fmt: skip
_SAME = 1e-9


def distances(found: Frontier) -> pd.DataFrame:
    """How far each plan is from each curve.

    Parameters
    ----------
    found : Frontier

    Returns
    -------
    pandas.DataFrame
        One row a plan and curve: plan, forced, value, limit (what the plan needs),
        best_low and best_high (between which the best value for the same limit lies),
        reach_low and reach_high (the plan's value as a share of it; NaN where
        values are not above 0 or less is better), same_low and same_high (between
        which the least limit lies that gives the same value; same_low is 0 where
        already the curve's first point does).
    """
    rows = [
        _distance(plan, found.curve(forced), forced, found.sense)
        for plan in found.plans.to_dict("records")
        for forced in found.curves["forced"].unique()
    ]
    return pd.DataFrame(rows, columns=list(DISTANCE_COLUMNS))


def _distance(
    plan: Mapping[Hashable, Any], curve: pd.DataFrame, forced: bool, sense: str
) -> dict[str, Any]:
    sign = 1.0 if sense == "max" else -1.0
    level, value = float(plan["level"]), float(plan["value"])
    levels, limits = curve["level"].to_numpy(), curve["limit"].to_numpy()
    values, bounds = sign * curve["value"].to_numpy(), sign * curve["bound"].to_numpy()
    below = values[(levels <= level + _SAME) & ~np.isnan(values)]
    above = bounds[(levels >= level - _SAME) & ~np.isnan(bounds)]
    # The plan itself can be had for what it needs, if nothing that it leaves out is forced.
    low = max([*below, *([] if forced else [sign * value])], default=np.nan)
    high = max(min(above, default=np.nan), low)
    reach = (np.nan, np.nan)
    if sign > 0 and value > 0 and low > 0:
        reach = (value / high, min(value / low, 1.0))
    slack = _SAME * max(abs(value), 1.0)
    reached = limits[values >= sign * value - slack]
    short = limits[bounds < sign * value - slack]
    return {
        "plan": plan["plan"],
        "forced": forced,
        "value": value,
        "limit": plan["limit"],
        "best_low": sign * low,
        "best_high": sign * high,
        "reach_low": reach[0],
        "reach_high": reach[1],
        "same_low": max(short, default=0.0),
        "same_high": min(reached, default=np.nan),
    }


def knee(curve: pd.DataFrame) -> int | None:
    """Where more begins to bring less: the point farthest above the chord of the curve.

    With both axes scaled to 0 ... 1 (Satopää, Albrecht, Irwin and Raghavan, Finding a
    "Kneedle" in a Haystack, 2011).

    Parameters
    ----------
    curve : pandas.DataFrame
        One curve of a `Frontier`.

    Returns
    -------
    int or None
        The row; None where the curve is flat, falls, or has fewer than 3 points.
    """
    rows = curve[curve["value"].notna()]
    if len(rows) < 3:
        return None
    x, y = rows["limit"].to_numpy(np.float64), rows["value"].to_numpy(np.float64)
    if y[-1] <= y[0] + _SAME * max(abs(y[0]), 1.0) or x[-1] <= x[0]:
        return None
    above = (y - y[0]) / (y[-1] - y[0]) - (x - x[0]) / (x[-1] - x[0])
    best = int(np.argmax(above))
    return int(rows.index[best]) if above[best] > _SAME else None


def returning(curve: pd.DataFrame) -> tuple[str, ...]:
    """Projects that leave the plan as the limit rises: whether one is in is not monotone.

    Parameters
    ----------
    curve : pandas.DataFrame
        One curve of a `Frontier`.

    Returns
    -------
    tuple of str
        In the order in which they first leave.
    """
    return tuple(dict.fromkeys(project for gone in curve["left"] for project in gone))
