"""Where the plans of scenarios lie beside the curve of what money can buy."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import pandas as pd

from portfolio.analysis.frontier import Frontier
from portfolio.data.portfolio import Portfolio
from portfolio.result_tables import Columns
from portfolio.scenario import Scenario

__all__ = ["PLACES", "frontier_applies", "places"]

PLACES: Final[Columns] = {
    "scenario": "text",
    "money": "number",
    "value": "number",
    "best_low": "number",
    "best_high": "number",
    "reach_low": "number",
    "reach_high": "number",
}

_SAME: Final = 1e-9


def frontier_applies(portfolio: Portfolio, scenario: Scenario) -> bool:
    """Whether there is a curve to draw: money limits the plan, and more of its value is better.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    scenario : Scenario
    """
    budgets = scenario.apply(portfolio).tables["budgets"]["amount"]
    limited = "budget" not in scenario.ignore and bool((budgets > 0).any())
    return limited and scenario.objectives[0] != "cost"


def places(
    found: Frontier, measured: pd.DataFrame, unlimited: Collection[str] = ()
) -> pd.DataFrame:
    """What each plan brings, and the best that the curve's scenario brings for the same money.

    Parameters
    ----------
    found : Frontier
        Over money, of the scenario that the others are compared with.
    measured : pandas.DataFrame
        `Comparison.scenarios`.
    unlimited : collection of str
        Scenarios that leave the rule ``budget`` out.

    Returns
    -------
    pandas.DataFrame
        One row a scenario with a plan: scenario, money (its budgets inside the horizon; what
        it spends where that is more, or where budgets are no limit), value (of the curve's
        objective), best_low and best_high (between which the best value lies that the curve's
        scenario has for that much money, spread over the periods as its own budgets are;
        best_low is NaN under the curve's first point), reach_low and reach_high (value as a
        share of them; above 1 where the scenario has something better than the curve's).
    """
    if found.objective not in measured:
        return pd.DataFrame(columns=list(PLACES))
    curve = found.curve(True)
    rows = measured[measured["chosen"].notna() & measured[found.objective].notna()]
    placed = []
    for row in rows.to_dict("records"):
        money = float(row["spend"])
        if row["scenario"] not in unlimited:
            money = max(money, float(row["budget"]))
        value = float(row[found.objective])
        placed.append(
            {
                "scenario": row["scenario"],
                "money": money,
                "value": value,
                **_beside(curve, money, value),
            }
        )
    return pd.DataFrame(placed, columns=list(PLACES))


def _beside(curve: pd.DataFrame, money: float, value: float) -> dict[str, Any]:
    limits, slack = curve["limit"].to_numpy(), _SAME * max(abs(money), 1.0)
    below = curve["value"].to_numpy()[limits <= money + slack]
    above = curve["bound"].to_numpy()[limits >= money - slack]
    low = max(below[~np.isnan(below)], default=np.nan)
    high = min(above[~np.isnan(above)], default=np.nan)
    high = max(high, low) if not np.isnan(low) else high
    return {
        "best_low": low,
        "best_high": high,
        "reach_low": value / high if high > 0 else np.nan,
        "reach_high": value / low if low > 0 else np.nan,
    }
