"""The projects of a board report: decisions, dates, money and value, one row a project."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.drivers import strategic_value
from portfolio.plan import Plan
from portfolio.reasons import with_reasons
from portfolio.reports.roles import Roles
from portfolio.reports.written import WORDING
from portfolio.scenario import Scenario

__all__ = ["project_rows"]


def project_rows(
    portfolio: Portfolio, scenario: Scenario, plan: Plan, roles: Roles
) -> pd.DataFrame:
    """One row a project, confidential ones included.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    plan : Plan
        With a solution.
    roles : Roles
        Reasons call those of few people by one name.

    Returns
    -------
    pandas.DataFrame
        See `BoardContent.projects`.
    """
    # The plan's own reasons are exact, and name roles that this audience may not tell apart.
    plan = with_reasons(plan, roles.renamed, scenario, WORDING)
    assert plan.selection is not None
    table = portfolio.tables["projects"]
    columns = ["project_id", "name", "programme_id", "stage", "force", "force_reason"]
    columns += ["earliest_start", "target_finish", "confidential"]
    rows = table[columns].merge(plan.selection, on="project_id")
    named = portfolio.tables["programmes"].set_index("programme_id")["name"]
    rows["programme"] = rows["programme_id"].map(named).astype("str").fillna("")
    forced = rows["force"] == "in"
    rows["kind"] = np.select(
        [
            forced & (rows["force_reason"] != "committed"),
            forced | (rows["stage"] == "in_flight"),
        ],
        ["must_do", "committed"],
        "discretionary",
    )
    rows["cost"] = _costs(portfolio, rows)
    values = strategic_value(portfolio, risk_adjusted=scenario.risk_adjusted)
    shares = portfolio.options.set_index(["project_id", "option_id"])["value_share"]
    keys = pd.MultiIndex.from_frame(rows[["project_id", "option_id"]])
    rows = rows.merge(values[["project_id", "value", "priority"]], on="project_id")
    rows["value"] = rows["value"] * shares.reindex(keys).fillna(1.0).to_numpy()
    return rows.drop(columns=["force", "force_reason"])


def _costs(portfolio: Portfolio, rows: pd.DataFrame) -> pd.Series[float]:
    """Cost of each project's option from the first period on."""
    costs = portfolio.by_offset("costs")
    calendar = portfolio.calendar
    starts_at = [calendar.index(label) if label else 0 for label in rows["start"]]
    stopped = rows["decision"] == "stopped"
    begin = np.where(stopped, rows["project_id"].map(portfolio.started), starts_at)
    starts = rows[["project_id", "option_id"]].assign(begin=begin)
    ahead = costs.merge(starts, on=["project_id", "option_id"])
    ahead = ahead[ahead["begin"] + ahead["offset"] >= 0]
    sums = ahead.groupby("project_id")["amount"].sum()
    return rows["project_id"].map(sums).fillna(0.0)
