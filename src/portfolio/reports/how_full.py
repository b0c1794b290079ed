"""How full the limits of a plan are: budgets, people, and rules that leave no room."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.figures import period_words
from portfolio.figures.formats import NEARLY
from portfolio.language import say
from portfolio.plan import Plan
from portfolio.reports.board_capacity import tightest
from portfolio.reports.passed import key_columns, limit_words
from portfolio.reports.roles import Roles
from portfolio.reports.written import code_words

__all__ = ["how_full"]

_MOST_BUDGETS = 10
_UNITS = {
    "programme_projects": "projects",
    "groups": "projects",
    "programme_budget": "money",
    "balance": "money",
    "own": "",
}


def how_full(
    plan: Plan, portfolio: Portfolio, capacity: pd.DataFrame, roles: Roles
) -> pd.DataFrame:
    """How full each limit is.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    capacity : pandas.DataFrame
        As `capacity_by_role`.
    roles : Roles

    Returns
    -------
    pandas.DataFrame
        limit (words), used, available, unit (FTE, projects, money or blank).
    """
    assert plan.budget is not None
    rows = _budgets(plan.budget)
    for row in tightest(capacity).to_dict("records"):
        words = _in_period(str(row["role"]), str(row["period"]))
        rows.append((words, row["demand"], row["capacity"], "FTE"))
    rows += _rules(plan, portfolio, roles)
    return pd.DataFrame(rows, columns=["limit", "used", "available", "unit"])


def _in_period(limit: str, period: str) -> str:
    return f"{limit}, {period_words(period)}" if period else limit


def _budgets(budget: pd.DataFrame) -> list[tuple[str, float, float, str]]:
    """One limit a budget row, or one a fund where it has a row for every few weeks."""
    several = budget["fund_id"].nunique() > 1
    rows: list[tuple[str, float, float, str]] = []
    for fund, own in budget.groupby("fund_id", sort=False):
        name = say("Budget {fund}", fund=code_words(str(fund))) if several else say("Budget")
        has = own["amount"] + own["carried_in"] - own["carried_out"]
        if len(own) > _MOST_BUDGETS:
            full = int((own["spent"] >= has * (1 - NEARLY)).sum())
            words = name
            if full:
                words = say(
                    "{budget}, {full} of {all} periods used up",
                    budget=name,
                    full=full,
                    all=len(own),
                )
            rows.append((words, own["spent"].sum(), own["amount"].sum(), "money"))
            continue
        rows += [
            (_in_period(name, period), used, available, "money")
            for period, used, available in zip(own["period"], own["spent"], has, strict=True)
        ]
    return rows


def _rules(plan: Plan, portfolio: Portfolio, roles: Roles) -> list[tuple[str, float, float, str]]:
    """Limits of programmes, groups and the analyst's own rules that leave no room."""
    assert plan.binding is not None
    names = portfolio.tables["programmes"].set_index("programme_id")["name"]
    rows: list[tuple[str, float, float, str]] = []
    for family, key, upper, used in zip(
        *(plan.binding[c] for c in ("family", "key", "upper", "activity")), strict=True
    ):
        if family not in _UNITS or math.isnan(upper):
            continue
        keys = key_columns(key)
        if family in ("groups", "balance", "own"):
            words = limit_words(family, keys, portfolio, roles.names)
        else:
            programme = str(names.get(keys["programme_id"], keys["programme_id"]))
            words = _in_period(programme, keys.get("period", ""))
        rows.append((words, used, upper, _UNITS[family]))
    return rows
