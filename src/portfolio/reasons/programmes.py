"""Programme limits beside what a plan has of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = ["ProgrammeLimit", "programme_limits"]


@dataclass(frozen=True)
class ProgrammeLimit:
    """A row of programme_limits beside what the plan has of it.

    Attributes
    ----------
    name : str
        Name of the programme.
    label : str
        The period; "" over the horizon.
    inside : frozenset of str
        The programme and those within it.
    first, last : int
        Periods that it spans.
    most_money, most_projects : float or None
        Softened limits; None where there is none.
    spent : float
        Money.
    projects : int
        Chosen, or running in the span.
    """

    name: str
    label: str
    inside: frozenset[str]
    first: int
    last: int
    most_money: float | None
    most_projects: float | None
    spent: float
    projects: int


def programme_limits(plan: Plan, portfolio: Portfolio, scenario: Scenario) -> list[ProgrammeLimit]:
    """Every limit of a programme beside what the plan has of it.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    """
    calendar = portfolio.calendar
    programmes = portfolio.tables["programmes"]
    named = dict(zip(programmes["programme_id"], programmes["name"], strict=True))
    assert plan.spend is not None
    assert plan.selection is not None
    spend = plan.spend.assign(t=[calendar.index(p) for p in plan.spend["period"]])
    chosen = plan.selection[plan.selection["selected"]].merge(
        portfolio.tables["projects"][["project_id", "programme_id"]], on="project_id"
    )
    begin = np.array([calendar.index(p) for p in chosen["start"]], dtype=np.int64)
    end = np.array([calendar.index(p) for p in chosen["finish"]], dtype=np.int64)
    limits = []
    table = portfolio.tables["programme_limits"]
    for programme, label, money, number in zip(
        table["programme_id"],
        table["period"],
        table["budget_max"],
        table["projects_max"],
        strict=True,
    ):
        inside = portfolio.programmes_within[programme]
        first, last = calendar.span(label) if label else (0, calendar.periods - 1)
        money_seen = spend["programme_id"].isin(inside) & spend["t"].between(first, last)
        own = chosen["programme_id"].isin(inside).to_numpy()
        if label:
            own = own & (begin <= last) & (end >= first)
        soft = 1 + scenario.soften.get("programme_budget", 0.0)
        limits.append(
            ProgrammeLimit(
                named[programme],
                label,
                inside,
                max(first, 0),
                last,
                None
                if np.isnan(money) or "programme_budget" in scenario.ignore
                else float(money) * soft,
                None
                if pd.isna(number) or "programme_projects" in scenario.ignore
                else float(number) * (1 + scenario.soften.get("programme_projects", 0.0)),
                float(spend.loc[money_seen, "amount"].sum()),
                int(own.sum()),
            )
        )
    return limits
