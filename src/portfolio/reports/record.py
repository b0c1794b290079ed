"""What a board report leaves for later ones: its projects as a table, its figures as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from portfolio.reports.decision_words import ON_OFFER
from portfolio.reports.history import IN, PROJECT_COLUMNS
from portfolio.reports.standing import latest_progress, whole_cost
from portfolio.result_tables import conform

if TYPE_CHECKING:
    from portfolio.reports.content import BoardContent

__all__ = ["figures", "recorded"]


def recorded(content: BoardContent) -> dict[str, pd.DataFrame]:
    """The tables in which later reports look for changes: see `portfolio.reports.history`.

    Confidential projects are in none of them.

    Parameters
    ----------
    content : BoardContent
    """
    plan = content.publishable
    assert plan.budget is not None
    assert plan.capacity is not None
    assert plan.overshoot is not None
    return {
        "projects": conform("projects", PROJECT_COLUMNS, _projects(content)),
        "budget": plan.budget,
        "capacity": plan.capacity,
        "overshoot": plan.overshoot,
    }


def figures(content: BoardContent) -> dict[str, float | int | str]:
    """The report's figures, confidential projects included: for its manifest, and the index.

    Returns
    -------
    dict
        currency; projects and offered (how many are in the plan, and on offer); value and
        value_offered; spend and budget (money, over the horizon); passed (limits).
    """
    offered, chosen = content.counted(*ON_OFFER), content.counted(*IN)
    return {
        "currency": content.currency,
        "projects": len(chosen),
        "offered": len(offered),
        "value": float(chosen["value"].sum()),
        "value_offered": float(offered["value"].sum()),
        "spend": content.spent,
        "budget": content.budget_total,
        "passed": len(content.passed),
    }


def _projects(content: BoardContent) -> pd.DataFrame:
    rows = content.shown
    portfolio = content.portfolio
    table = portfolio.tables["projects"].set_index("project_id")
    rags = latest_progress(portfolio, content.period)["rag"].dropna().to_dict()
    costs = whole_cost(portfolio, rows)
    return rows.assign(
        whole_cost=rows["project_id"].map(costs).fillna(0.0),
        confidence=rows["project_id"].map(table["delivery_confidence"]).astype("float64"),
        rag=[str(rags.get(project, "")) for project in rows["project_id"]],
    )[list(PROJECT_COLUMNS)]
