"""How projects in flight stand: reports, dates, money and people, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.reports.content import BoardContent
from portfolio.reports.health import health, health_sentence, health_table

from . import boards

Small = Callable[..., Portfolio]
RUNS: dict[str, Any] = {"stage": "in_flight", "started": "2026", "value": 1, "cost": [40, 60, 20]}


def report(project: str, period: str, rag: str, **more: Any) -> dict[str, Any]:
    return {"project_id": project, "period": period, "rag": rag, **more}


def baseline(project: str, version: int, finish: str, cost: float) -> dict[str, Any]:
    return {"project_id": project, "version": version, "finish": finish, "cost": cost}


def board(small: Small, *rows: dict[str, Any], **tables: Any) -> BoardContent:
    projects = {name: {**RUNS, "name": name} for name in ("Amber", "Green", "Red", "Silent")}
    projects["Red"] |= tables.pop("red", {})
    given = {"progress": list(rows), **tables}
    return boards.solve(small(projects, **{k: v for k, v in given.items() if v}), period="2027")


REPORTS = (
    report("Amber", "2026", "green"),
    report("Amber", "2027", "amber", percent_complete=50),
    report("Green", "2026", "green", forecast_finish="2029"),
    report("Red", "2027", "red"),
    report("Silent", "2028", "red"),
)


def test_the_last_report_counts_and_the_worst_comes_first(small: Small) -> None:
    content = board(small, *REPORTS)
    table = health_table(content)
    assert list(table["rag"]) == ["red", "amber", "", "green"]
    page = health(content)
    assert [row["Reported"] for row in boards.rows(page)] == [
        "■ Red",
        "▲ Amber",
        "Not reported",
        "● Green",
    ]
    assert boards.finding(page) == "1 of 4 projects in flight is red: Red"


@pytest.mark.parametrize("period", ["2027Q1", "2027-05"])
def test_a_report_may_come_more_often_than_the_plan_has_periods(small: Small, period: str) -> None:
    content = board(small, *REPORTS)
    oftener = replace(content, period=period)
    assert health_table(oftener).equals(health_table(content))
    assert "1 of 4 projects in flight is red: Red" in boards.page(oftener)


def test_a_report_may_come_less_often_than_the_plan_has_periods(small: Small) -> None:
    rows = [report("A", "2027-02", "amber"), report("A", "2027-04", "red")]
    runs = {**RUNS, "started": "2026-12"}
    months = small({"A": runs}, frequency="month", periods=6, progress=rows)
    content = boards.solve(months, period="2027Q1")
    assert list(health_table(content)["rag"]) == ["amber"]
    assert "Amber" in boards.page(content)


def test_dates_and_money_beside_the_current_baseline(small: Small) -> None:
    """All cost 120 and end in 2028 by the plan; Green is expected in 2029."""
    approved = [
        baseline("Green", 1, "2027", 50),
        baseline("Green", 2, "2028", 100),
        baseline("Red", 1, "2028", 120),
    ]
    table = health_table(board(small, *REPORTS, baselines=approved)).set_index("project_id")
    assert table.loc["Green", ["finish_approved", "finish", "late"]].tolist() == ["2028", "2029", 1]
    assert table.loc["Green", ["cost_approved", "cost", "over"]].tolist() == [100, 120, 20]
    assert table.loc["Red", ["late", "over"]].tolist() == [0, 0]
    assert table.loc["Amber", "finish_approved"] == ""
    assert health_sentence(table.reset_index()).endswith(
        "; 1 ends later than approved and 1 costs more"
    )


def test_how_old_the_reports_are_is_said(small: Small) -> None:
    content = board(
        small,
        report("Red", "2027", "red", updated_on="2027-05-04"),
        report("Amber", "2027", "amber", updated_on="2027-03-01"),
    )
    note = boards.paragraphs(health(content))[0]
    assert note == "As managers reported, the last on 2027-05-04; 1 of the reports is older"


def test_people_used_beside_people_planned(small: Small) -> None:
    used = {"project_id": "Red", "period": "2026", "role_id": "R", "category": ""}
    content = board(
        small,
        *REPORTS,
        red={"need": [2, 3]},
        actuals=[{**used, "fte": 1.5}],
        people={name: {"R": 1} for name in "abc"},
    )
    shown = {row["Project"]: row for row in boards.rows(health(content))}
    assert shown["Red"]["FTE used"] == "1.5 of 2"
    assert shown["Amber"]["FTE used"] == ""


def test_a_confidential_project_counts_and_is_not_named(small: Small) -> None:
    content = board(small, *REPORTS, red={"confidential": True})
    page = health(content)
    assert boards.finding(page) == "1 of 4 projects in flight is red"
    assert "Red" not in {row["Project"] for row in boards.rows(page)}
    assert "1 confidential project in the totals only" in boards.paragraphs(page)[0]


def test_nothing_is_said_where_nobody_reports(small: Small) -> None:
    assert not health(board(small))
    assert not health(board(small, report("Red", "2028", "red")))
