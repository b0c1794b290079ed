"""Where the plans of scenarios lie beside the curve of what money can buy."""

from __future__ import annotations

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
    "spend": "number",
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


def places(found: Frontier, measured: pd.DataFrame) -> pd.DataFrame:
    """What each plan brings, and the best that the curve's scenario brings for the same money.

    Parameters
    ----------
    found : Frontier
        Over money, of the scenario that the others are compared with.
    measured : pandas.DataFrame
        `Comparison.scenarios`.

    Returns
    -------
    pandas.DataFrame
        One row a scenario with a plan: scenario, spend (inside the horizon), value (of the
        curve's objective), best_low and best_high (between which the best value lies that
        the curve's scenario has for that much money, spread over the periods as its budgets
        are; best_low is NaN under the curve's first point), reach_low and reach_high (value
        as a share of them; above 1 where the scenario has more than money).
    """
    if found.objective not in measured:
        return pd.DataFrame(columns=list(PLACES))
    curve = found.curve(True)
    rows = measured[measured["chosen"].notna() & measured[found.objective].notna()]
    return pd.DataFrame(
        [
            _place(curve, str(row["scenario"]), float(row["spend"]), float(row[found.objective]))
            for row in rows.to_dict("records")
        ],
        columns=list(PLACES),
    )


def _place(curve: pd.DataFrame, scenario: str, spend: float, value: float) -> dict[str, Any]:
    limits, slack = curve["limit"].to_numpy(), _SAME * max(abs(spend), 1.0)
    below = curve["value"].to_numpy()[limits <= spend + slack]
    above = curve["bound"].to_numpy()[limits >= spend - slack]
    low = max(below[~np.isnan(below)], default=np.nan)
    high = min(above[~np.isnan(above)], default=np.nan)
    high = max(high, low) if not np.isnan(low) else high
    return {
        "scenario": scenario,
        "spend": spend,
        "value": value,
        "best_low": low,
        "best_high": high,
        "reach_low": value / high if high > 0 else np.nan,
        "reach_high": value / low if low > 0 else np.nan,
    }
