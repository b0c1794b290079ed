"""The money of a plan as a board sees it: by period and kind, and beside the budgets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan
from portfolio.reports.decision_words import KINDS
from portfolio.reports.history import IN
from portfolio.reports.timed import timed

__all__ = ["budget_spans", "money_by_kind", "spend_by_kind"]


def spend_by_kind(portfolio: Portfolio, plan: Plan, projects: pd.DataFrame) -> pd.DataFrame:
    """Spend inside the horizon by period and kind.

    What stops cost is committed money, what those who join cost is a choice.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    plan : Plan
        With a solution.
    projects : pandas.DataFrame
        As `BoardContent.projects`.

    Returns
    -------
    pandas.DataFrame
        period, kind, amount.
    """
    assert plan.hires is not None
    calendar = portfolio.calendar
    chosen = projects[projects["decision"].isin(IN)]
    due = timed(portfolio, chosen[["project_id", "option_id", "start", "kind"]], "costs")
    due = due[(due["t"] >= 0) & (due["t"] < calendar.periods)]
    stop_cost = portfolio.tables["projects"].set_index("project_id")["stop_cost"]
    stopped = projects.loc[projects["decision"] == "stopped", "project_id"]
    stops = pd.DataFrame({"amount": stopped.map(stop_cost).fillna(0.0), "t": 0})
    hires = pd.DataFrame(
        {
            "amount": plan.hires["cost"],
            "t": [calendar.index(label) for label in plan.hires["period"]],
        }
    )
    parts = [due[["t", "kind", "amount"]], stops.assign(kind="committed")]
    parts.append(hires.assign(kind="discretionary"))
    due = pd.concat([part for part in parts if len(part)] or parts)
    sums = due.groupby(["t", "kind"])["amount"].sum().reset_index()
    labels = np.array(calendar.labels, dtype=object)
    sums.insert(0, "period", labels[sums["t"].to_numpy(np.int64)])
    return sums.drop(columns="t")


def budget_spans(portfolio: Portfolio, plan: Plan) -> pd.DataFrame:
    """Budget rows: period, first and last (labels of the horizon), amount."""
    assert plan.budget is not None
    calendar = portfolio.calendar
    rows = plan.budget
    spans = [calendar.span(label) for label in rows["period"]]
    last = calendar.periods - 1
    return pd.DataFrame(
        {
            "period": rows["period"],
            "first": [calendar.labels[max(a, 0)] for a, _ in spans],
            "last": [calendar.labels[min(b, last)] for _, b in spans],
            "amount": rows["amount"] + rows["carried_in"] - rows["carried_out"],
        }
    )


def money_by_kind(spend: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Must-do, committed and discretionary money.

    Parameters
    ----------
    spend : pandas.DataFrame
        As `spend_by_kind`.
    chosen : pandas.DataFrame
        The projects that the plan holds.

    Returns
    -------
    pandas.DataFrame
        kind, projects, spend, share.
    """
    sums = spend.groupby("kind")["amount"].sum()
    total = float(sums.sum())
    return pd.DataFrame(
        [
            {
                "kind": kind,
                "projects": int((chosen["kind"] == kind).sum()),
                "spend": float(sums.get(kind, 0.0)),
                "share": float(sums.get(kind, 0.0)) / total if total else 0.0,
            }
            for kind in KINDS
        ]
    )
