"""What the selection makes as large or as small as it can be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.drivers import strategic_value as values_of
from portfolio.models.linear import LinearModel, Objective
from portfolio.models.selection.terms import Terms

__all__ = ["OBJECTIVES"]


def strategic_value(terms: Terms, model: LinearModel) -> Objective:
    """Value of what is chosen.

    sum over p, o, t of value[p] x value_share[o] x start[p, o, t]
    """
    values = values_of(terms.portfolio, risk_adjusted=terms.scenario.risk_adjusted)
    coefficients = np.zeros(model.n_columns)
    project, option = terms.starts["project"].to_numpy(), terms.starts["option"].to_numpy()
    share = terms.options["value_share"].to_numpy()
    coefficients[: len(project)] = values["value"].to_numpy()[project] * share[option]
    return Objective("strategic_value", "max", coefficients)


def benefit(terms: Terms, model: LinearModel) -> Objective:
    """Benefits from the first period on, also beyond the horizon; money."""
    rows = terms.benefits
    return Objective("benefit", "max", _summed(rows, rows["amount"], model), unit=terms.unit)


def npv(terms: Terms, model: LinearModel) -> Objective:
    """Net present value; money.

    sum over t >= 0 of (benefit[t] - cost[t]) / (1 + discount_rate) ^ (years from
    the start of the horizon to the start of period t), stopping included
    """
    discount = _discount(terms)
    benefits, costs = terms.benefits, terms.costs
    coefficients = _summed(benefits, benefits["amount"] * discount(benefits["t"]), model)
    coefficients -= _summed(costs, costs["amount"] * discount(costs["t"]), model)
    return Objective("npv", "max", coefficients, unit=terms.unit)


def cost(terms: Terms, model: LinearModel) -> Objective:
    """All cost from the first period on, also beyond the horizon, stopping included; money."""
    rows = terms.costs
    return Objective("cost", "min", _summed(rows, rows["amount"], model), unit=terms.unit)


def early_start(terms: Terms, model: LinearModel) -> Objective:
    """Early starts of free projects.

    sum over p, o, t of (T - t) x start[p, o, t]; the sum of starts made small
    would drop projects instead.
    """
    starts = terms.starts
    coefficients = np.zeros(model.n_columns)
    early = np.where(terms.free[starts["project"].to_numpy()], terms.periods - starts["t"], 0)
    coefficients[: len(starts)] = early
    return Objective("early_start", "max", coefficients)


def _summed(rows: pd.DataFrame, amounts: pd.Series, model: LinearModel) -> npt.NDArray[np.float64]:
    column = rows["column"].to_numpy(np.int64)
    sums = np.bincount(column, amounts.to_numpy(np.float64), minlength=model.n_columns)
    return sums.astype(np.float64)


def _discount(terms: Terms) -> Callable[[pd.Series], pd.Series]:
    rate = terms.portfolio.settings.discount_rate
    year = terms.portfolio.calendar.years_from_start(1)
    return lambda t: (1.0 + rate) ** (-year * t.astype("float64"))


OBJECTIVES: dict[str, Callable[[Terms, LinearModel], Objective]] = {
    "strategic_value": strategic_value,
    "benefit": benefit,
    "npv": npv,
    "cost": cost,
    "early_start": early_start,
}
