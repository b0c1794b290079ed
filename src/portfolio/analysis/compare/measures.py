"""What a plan comes to, as numbers that plans of other scenarios have too."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from portfolio.analysis.capacity import analyse_capacity
from portfolio.data.portfolio import Portfolio
from portfolio.models.allocation import Work
from portfolio.optimize import Question
from portfolio.plan import Plan
from portfolio.result_tables import Columns
from portfolio.scenario import Scenario
from portfolio.verify.loads import Loads
from portfolio.verify.worth import project_values

__all__ = ["COSTS", "MEASURES", "costs_by_year", "measures", "valued_alike"]

MEASURES: Final[Columns] = {
    "strategic_value": "number",
    "npv": "number",
    "benefit": "number",
    "cost": "number",
    "budget": "number",
    "spend": "number",
    "unspent": "number",
    "chosen": "number",
    "in_flight": "number",
    "funded": "number",
    "deferred": "number",
    "left_out": "number",
    "stopped": "number",
    "joining": "number",
    "deficit": "number",
    "passed": "number",
    "confidence": "number",
    "risk_cost": "number",
}
"""What is measured of every plan; NaN where the tables do not say it."""

COSTS: Final[Columns] = {"scenario": "text", "year": "text", "spend": "number"}

_COUNTED: Final = ("in_flight", "funded", "deferred", "left_out", "stopped")
_SAME: Final = 1e-9


def measures(question: Question, plan: Plan) -> dict[str, float]:
    """Everything of `MEASURES`, from the tables and the plan's.

    Parameters
    ----------
    question : Question
        That the plan answers.
    plan : Plan
        With a solution.

    Returns
    -------
    dict of str to float
        Money, FTE-periods, numbers of projects and of people, and shares.
    """
    portfolio, scenario = question.selection.terms.portfolio, question.scenario
    tables = portfolio.tables
    assert plan.selection is not None
    assert plan.spend is not None
    assert plan.budget is not None
    assert plan.hires is not None
    assert plan.overshoot is not None
    loads = Loads(portfolio, scenario, plan)
    found = loads.objectives()
    if not (tables["projects"]["value"].notna().any() or len(tables["impacts"])):
        found["strategic_value"] = np.nan
    if tables["benefits"].empty:
        found["npv"] = found["benefit"] = np.nan
    spend, budget = float(plan.spend["amount"].sum()), float(plan.budget["amount"].sum())
    chosen = plan.selection.loc[plan.selection["selected"], "project_id"]
    counts = plan.selection["decision"].value_counts()
    work = Work(portfolio, scenario, plan.selection, hires=plan.hires)
    return {
        **{name: found[name] for name in ("strategic_value", "npv", "benefit", "cost")},
        "budget": budget,
        "spend": spend,
        "unspent": budget - spend,
        "chosen": float(len(chosen)),
        **{name: float(counts.get(name, 0)) for name in _COUNTED},
        "joining": float(plan.joining()["people"].sum()),
        "deficit": float(analyse_capacity(work).roles["deficit"].sum()),
        "passed": float(len(plan.overshoot)),
        "confidence": _confidence(loads),
        "risk_cost": _risk_cost(tables["risks"], set(chosen)),
    }


def _confidence(loads: Loads) -> float:
    """Delivery confidence of what is chosen, weighted by value; NaN where nobody gave one."""
    chosen = loads.chosen
    value = chosen["project_id"].map(project_values(loads.portfolio, risk_adjusted=False))
    value = (value * chosen["value_share"]).clip(lower=0.0)
    confidence = chosen["project_id"].map(loads.projects["delivery_confidence"])
    given = confidence.notna() & value.notna()
    weight = float(value[given].sum())
    return float((value * confidence)[given].sum()) / weight if weight > 0 else np.nan


def _risk_cost(risks: pd.DataFrame, chosen: set[str]) -> float:
    """Probability times cost of the open risks of what is chosen; NaN without any risk."""
    if risks.empty:
        return np.nan
    own = risks[risks["project_id"].isin(chosen)]
    return float((own["probability"] * own["cost_impact"]).sum())


def costs_by_year(plan: Plan, portfolio: Portfolio) -> pd.DataFrame:
    """Spend inside the horizon by year: scenario, year (its label), spend.

    Parameters
    ----------
    plan : Plan
    portfolio : Portfolio
        With the scenario's changes made.
    """
    calendar = portfolio.calendar
    years = {label: calendar.coarser(t, "year") for t, label in enumerate(calendar.labels)}
    sums = dict.fromkeys(years.values(), 0.0)
    if plan.spend is not None:
        by_year = plan.spend.groupby(plan.spend["period"].map(years))["amount"].sum()
        sums |= {str(year): float(amount) for year, amount in by_year.items()}
    rows = {"scenario": plan.scenario, "year": list(sums), "spend": list(sums.values())}
    return pd.DataFrame(rows)


def valued_alike(one: Portfolio, first: Scenario, two: Portfolio, other: Scenario) -> bool:
    """Whether values of two scenarios' plans may be set side by side.

    So they may where both aim at the same first, and what that is made of is the same for
    every project that both have: values, or costs, benefits and the discount rate.

    Parameters
    ----------
    one, two : Portfolio
        With the changes of the scenario beside it made.
    first, other : Scenario
    """
    objective = first.objectives[0]
    if other.objectives[0] != objective:
        return False
    if objective == "strategic_value":
        values = project_values(one, risk_adjusted=first.risk_adjusted)
        others = project_values(two, risk_adjusted=other.risk_adjusted)
        both = values.index.intersection(others.index)
        apart = (values[both] - others[both]).abs()
        return not (apart > _SAME * values[both].abs().clip(lower=1.0)).any()
    if objective == "early_start":
        return True
    if one.settings.discount_rate != two.settings.discount_rate:
        return False
    return all(_same_rows(one, two, table) for table in ("costs", "benefits"))


def _same_rows(one: Portfolio, two: Portfolio, table: str) -> bool:
    """Whether a table says the same of every project that both portfolios have."""
    both = set(one.tables["projects"]["project_id"]) & set(two.tables["projects"]["project_id"])
    rows: list[Any] = []
    for portfolio in (one, two):
        frame = portfolio.tables[table]
        own = frame[frame["project_id"].isin(both)]
        rows.append(own.sort_values(list(own.columns)).reset_index(drop=True))
    return bool(rows[0].equals(rows[1]))
