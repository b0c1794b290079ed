"""Which limits a project and today's plan would pass together, and what the plan leaves in them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.models.linear import Objective

__all__ = ["BINDING_LIMITS", "limits_passed"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BINDING_LIMITS: Final = ("family", "key", "slack", "missing")

# What was decided on other projects is no limit on this one.
_DECISIONS = ("forced_in", "forced_out")
_WINDOWS = ("earliest_start", "latest_start", "latest_finish")
# A start outside its window is named where there is none inside it.
_PRICE_OF_WINDOWS = 100.0
_PASSED = 1e-6


def limits_passed(
    asked: Inquiry, project: str, *, leaving: bool = False
) -> tuple[pd.DataFrame, str]:
    """Limits that a project would pass beside the plan as it stands.

    Of all its options and starts the one that passes the least is taken, and payments and
    people are divided anew: minimise sum over rows of amount passed / limit, with every
    other choice as in the plan.

    Parameters
    ----------
    asked : Inquiry
    project : str
        One that is not in the plan.
    leaving : bool
        Whether projects of the plan may leave for it; what is passed then is passed by every
        plan that holds it.

    Returns
    -------
    limits : pandas.DataFrame
        family, key (text such as ``fund_id=F1, period=2027``), slack (what the plan leaves;
        NaN where the limit is no amount of its own) and missing (how far it would be
        passed), in the users' unit; the most severe first. Empty where nothing would be
        passed, or no start is left at all.
    start : str
        Period of that start; blank where there is none.
    """
    prices = _prices(asked)
    open_ = asked.choices_on(project, *(asked.chosen if leaving else ()))
    with (
        asked.holding(project, chosen=True),
        asked.passable(_limits(asked)),
        asked.decided(asked.decisions, but=open_),
    ):
        asked.session.aim(Objective("passed", "min", prices, fine=True))
        columns = asked.session.solve(asked.settings.time_limit).columns
    if columns is None:
        return pd.DataFrame(columns=list(BINDING_LIMITS)), ""
    starts = asked.starts_of(project)
    (taken,) = starts[columns[starts] > 0.5]
    start = asked.terms.portfolio.calendar.label(int(asked.terms.starts["t"].iloc[taken]))
    return _table(asked, columns, prices), start


def _limits(asked: Inquiry) -> Ints:
    """Columns by which limits are passed."""
    rows = [rule.rows for rule in asked.rules if rule.family not in _DECISIONS]
    numbers = np.concatenate([np.empty(0, np.int64), *rows])
    return np.concatenate([asked.over[numbers], asked.under[numbers]])


def _prices(asked: Inquiry) -> Floats:
    """What it costs to pass each limit by one unit: a share of the limit where it has one."""
    lower, upper = asked.model.row_bounds
    prices = np.zeros(asked.model.n_columns)
    for rule in asked.rules:
        for columns, limit in ((asked.over, upper), (asked.under, lower)):
            size = np.abs(np.where(np.isfinite(limit[rule.rows]), limit[rule.rows], 0.0))
            price = 1.0 / np.where(size > 0, size, 1.0)
            prices[columns[rule.rows]] = price * (
                _PRICE_OF_WINDOWS if rule.family in _WINDOWS else 1.0
            )
    if "role_capacity" in asked.model.families:
        # A role's row stands without what its people supply.
        capacity = asked.plan.capacity
        assert capacity is not None
        mean = capacity.groupby("role_id")["capacity"].mean()
        keys = asked.model.keys_of("role_capacity")["role_id"]
        rows = asked.model.row_numbers("role_capacity")
        prices[asked.over[rows]] = 1.0 / np.maximum(keys.map(mean).fillna(0.0).to_numpy(), 0.1)
    return prices


def _table(asked: Inquiry, columns: Floats, prices: Floats) -> pd.DataFrame:
    left = _left(asked)
    units = _units(asked)
    rows = []
    for rule in asked.rules:
        over, under = asked.over[rule.rows], asked.under[rule.rows]
        passed = columns[over] + columns[under]
        if passed.max(initial=0.0) <= _PASSED:
            continue
        row = rule.rows[int(np.argmax(passed))]
        severity = float(columns[over] @ prices[over] + columns[under] @ prices[under])
        slack, missing = left[row], float(passed.max()) * units[row]
        rows.append((rule.family, rule.text, slack, missing, severity))
    frame = pd.DataFrame(rows, columns=[*BINDING_LIMITS, "severity"])
    frame = frame.sort_values("severity", ascending=False, kind="stable", ignore_index=True)
    return frame[list(BINDING_LIMITS)]


def _left(asked: Inquiry) -> Floats:
    """What the plan leaves of each row's limit, in the users' unit; NaN where that says nothing."""
    model, plan, soften = asked.model, asked.plan, asked.scenario.soften
    assert plan.budget is not None
    assert plan.capacity is not None
    activity = model.matrix @ asked.today
    lower, upper = model.row_bounds
    left = np.minimum(upper - activity, activity - lower) * _units(asked)
    left[~np.isfinite(left)] = np.nan
    if "budget" in model.families:
        money = plan.budget
        soft = 1.0 + soften.get("budget", 0.0)
        of = money["amount"] * soft + money["carried_in"] - money["spent"] - money["carried_out"]
        left[model.row_numbers("budget")] = of.to_numpy(np.float64)
    if "role_capacity" in model.families:
        people = plan.capacity
        soft = 1.0 + soften.get("role_capacity", 0.0)
        fte = people["capacity"] * soft - people["demand"]
        left[model.row_numbers("role_capacity")] = fte.to_numpy(np.float64)
    if "balance" in model.families:
        left[model.row_numbers("balance")] = np.nan
    kept: Floats = np.maximum(left, 0.0)
    return kept


def _units(asked: Inquiry) -> Floats:
    model = asked.model
    units = np.ones(model.n_rows)
    for name, family in model.families.items():
        units[model.row_numbers(name)] = family.unit
    return units
