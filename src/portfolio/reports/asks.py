"""What a board is asked to approve, to release and to stop, and by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from typing import Any

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.language import say
from portfolio.reports.timed import timed

__all__ = ["asks", "releases"]

_ORDER = {"stop": 0, "approve": 1, "release": 2}
_COLUMNS = ["project_id", "name", "ask", "start", "cost", "release", "until", "by", "confidential"]


def asks(portfolio: Portfolio, projects: pd.DataFrame) -> pd.DataFrame:
    """What the board is asked for, the most urgent first; on a day stops, approvals, releases.

    Approval is asked for what the plan starts and no board has approved; it is
    due on the last day before the start. A release is the forecast up to the
    project's next gate (the period in which it lies included) less what is
    released already; without a gate to come, up to the end of its first year in
    the plan. Where nothing is known of a project's releases, what is past counts
    as released. It is due with the approval, or, for
    what runs, in the period in which spend passes what has been released.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    projects : pandas.DataFrame
        As `BoardContent.projects`.

    Returns
    -------
    pandas.DataFrame
        project_id, name, ask (approve, release, stop), start (label), cost
        (money), release (money, 0 where none is asked), until (gate or period
        that the release pays up to), by (date), confidential.
    """
    spend = _Spend(portfolio, projects)
    rows = [
        ask
        for project in projects.to_dict("records")
        if (ask := _ask(project, portfolio, spend)) is not None
    ]
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, "value"])
    frame["order"] = frame["ask"].map(_ORDER)
    frame = frame.sort_values(
        ["by", "order", "value"], ascending=[True, True, False], kind="stable"
    )
    return frame[_COLUMNS].reset_index(drop=True)


def releases(portfolio: Portfolio, projects: pd.DataFrame) -> pd.DataFrame:
    """What is released to each project of a plan, and what it needs up to its next gate.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    projects : pandas.DataFrame
        Those in the plan, as `BoardContent.projects`.

    Returns
    -------
    pandas.DataFrame
        project_id, until (gate or period), released, forecast (money, what is past included).
    """
    spend = _Spend(portfolio, projects)
    rows = []
    for project, start in zip(projects["project_id"], projects["start"], strict=True):
        until, last = spend.released_until(project, start)
        rows.append((project, until, spend.released_of(project), spend.up_to(project, last)))
    return pd.DataFrame(rows, columns=["project_id", "until", "released", "forecast"])


def _ask(
    project: dict[Hashable, Any], portfolio: Portfolio, spend: _Spend
) -> dict[Hashable, Any] | None:
    calendar = portfolio.calendar
    now = _now(portfolio)
    decision = project["decision"]
    if decision == "stopped":
        return {**project, "ask": "stop", "release": 0.0, "until": "", "by": now}
    if decision not in ("funded", "deferred", "in_flight"):
        return None
    name, flying = project["project_id"], decision == "in_flight"
    until, last = spend.released_until(name, project["start"])
    released = spend.released_of(name)
    release = max(spend.up_to(name, last) - released, 0.0)
    new = not flying and project["stage"] != "approved"
    if not new and release < 0.5:
        return None
    if flying:
        by = calendar.first_day(spend.used_up(name, released))
    else:
        by = calendar.first_day(calendar.index(project["start"])) - dt.timedelta(days=1)
    ask = "approve" if new else "release"
    return {**project, "ask": ask, "release": release, "until": until, "by": max(by, now)}


def _now(portfolio: Portfolio) -> dt.date:
    return portfolio.settings.data_date or portfolio.calendar.first_day(0)


class _Spend:
    """What projects in the plan spend over time, and what of it is released."""

    def __init__(self, portfolio: Portfolio, projects: pd.DataFrame) -> None:
        self._calendar = portfolio.calendar
        self._amounts = _amounts(portfolio, projects)
        self._gates = _next_gates(portfolio)
        approvals = portfolio.tables["approvals"]
        paid = approvals[approvals["released_on"].notna()]
        self._known = frozenset(approvals["project_id"])
        self._released: dict[Hashable, float] = paid.groupby("project_id")["amount"].sum().to_dict()

    def released_of(self, project: str) -> float:
        """What is released of a project's money."""
        return (
            self._released.get(project, 0.0) if project in self._known else self.up_to(project, -1)
        )

    def released_until(self, project: str, start: str) -> tuple[str, int]:
        """The gate to come, or the first year in the plan, and the last period up to it."""
        first = max(self._calendar.index(start), 0)
        if project in self._gates and self._gates[project][1] >= first:
            gate, period = self._gates[project]
            return say("gate {gate}", gate=gate), period
        year = self._calendar.coarser(first, "year")
        return say("the end of {year}", year=year), self._calendar.span(year)[1]

    def up_to(self, project: str, last: int) -> float:
        """Spend of a project up to a period, what is past included."""
        return sum(amount for t, amount in self._amounts.get(project, []) if t <= last)

    def used_up(self, project: str, released: float) -> int:
        """First period in which the spend passes what is released."""
        total = 0.0
        for t, amount in sorted(self._amounts.get(project, [])):
            total += amount
            if total > released:
                return t
        return 0


def _amounts(portfolio: Portfolio, projects: pd.DataFrame) -> dict[str, list[tuple[int, float]]]:
    costs = timed(portfolio, projects[["project_id", "option_id", "start"]], "costs")
    amounts: dict[str, list[tuple[int, float]]] = {}
    for project, t, amount in zip(costs["project_id"], costs["t"], costs["amount"], strict=True):
        amounts.setdefault(project, []).append((int(t), float(amount)))
    return amounts


def _next_gates(portfolio: Portfolio) -> dict[str, tuple[str, int]]:
    """The first planned gate that a project has not passed, and the period in which it lies.

    A gate that is overdue is still the next one; money is needed until it is passed.
    """
    calendar = portfolio.calendar
    now = max(calendar.index(calendar.of_date(_now(portfolio))), 0)
    gates = portfolio.tables["gates"]
    ahead = gates[gates["passed_on"].isna() & gates["planned"].notna()].sort_values("planned")
    return {
        project: (gate, max(calendar.index(calendar.of_date(planned.date())), now))
        for project, gate, planned in zip(
            ahead["project_id"][::-1], ahead["gate"][::-1], ahead["planned"][::-1], strict=True
        )
    }
