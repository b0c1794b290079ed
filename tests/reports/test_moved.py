"""Dates that moved against what was approved or wanted, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from portfolio.data.portfolio import Portfolio
from portfolio.reports.earlier import Earlier
from portfolio.reports.moved import moved, moved_table

from . import boards

Small = Callable[..., Portfolio]


def test_the_approved_end_goes_before_the_wanted_one(small: Small) -> None:
    portfolio = small(
        {
            "Early": {"value": 1, "cost": [1], "latest_start": "2027", "target_finish": "2029"},
            "Late": {
                "value": 1,
                "cost": [1],
                "earliest_start": "2029",
                "target_finish": "2029",
            },
            "Same": {"value": 1, "cost": [1], "latest_start": "2027", "target_finish": "2027"},
            "Undated": {"value": 1, "cost": [1]},
        },
        baselines=[
            {"project_id": "Late", "version": 1, "finish": "2027"},
            {"project_id": "Late", "version": 2, "finish": "2028"},
        ],
    )
    content = boards.solve(portfolio)
    table = moved_table(content).set_index("project_id")
    assert table["late"].to_dict() == {"Late": 1, "Same": 0, "Early": -2}
    assert table["kind"].to_dict() == {"Late": "approved", "Same": "wanted", "Early": "wanted"}
    page = moved(content)
    assert boards.finding(page) == (
        "Of 3 projects with an approved end or a wanted end, 1 ends later, by 1 year, and 1 earlier"
    )
    early, late = boards.rows(page)
    assert (early["First approved"], early["Moved"]) == ("", "2 years earlier")
    assert (late["First approved"], late["Approved or wanted"]) == ("2027", "2028")
    assert (late["By this plan"], late["Moved"]) == ("2029", "1 year later")


def test_dates_that_moved_since_the_last_issue(small: Small, tmp_path: Path) -> None:
    """A project without an approved or wanted date stands beside the plan that was issued."""
    before = boards.solve(small({"A": {"value": 1, "cost": [1]}, "B": {"value": 1, "cost": [1]}}))
    before.write(tmp_path)
    wanted = {"latest_start": "2027", "target_finish": "2029"}
    after = {
        "A": {"value": 1, "cost": [1, 1], "latest_start": "2027"},
        "B": {"value": 1, "cost": [1], **wanted},
        "New": {"value": 1, "cost": [1], "latest_start": "2027"},
    }
    earlier = (Earlier("2026", "R1", tmp_path),)
    content = replace(boards.solve(small(after)), earlier=earlier)
    table = moved_table(content).set_index("project_id")
    assert table["since"].to_dict() == {"A": 1, "B": 0}
    page = moved(content)
    assert boards.finding(page) == (
        "Of 1 project with a wanted end, 0 end later, and 1 earlier; since 2026, 1 moved later and "
        "0 earlier"
    )
    rows = {row["Project"]: row for row in boards.rows(page)}
    assert rows["Project A"]["As issued for 2026"] == "2027"
    assert (rows["Project A"]["By this plan"], rows["Project A"]["Since 2026"]) == (
        "2028",
        "1 year later",
    )
    assert (rows["Project B"]["Moved"], rows["Project B"]["Since 2026"]) == ("2 years earlier", "")


def test_a_confidential_project_counts_and_is_not_named(small: Small) -> None:
    late = {"value": 1, "cost": [1], "earliest_start": "2028"}
    portfolio = small(
        {"A": late, "B": {**late, "confidential": True, "name": "Merger"}},
        baselines=[{"project_id": name, "version": 1, "finish": "2027"} for name in "AB"],
    )
    page = moved(boards.solve(portfolio))
    assert boards.finding(page).startswith("Of 2 projects with an approved end, 2 end later")
    assert [row["Project"] for row in boards.rows(page)] == ["Project A"]


def test_nothing_is_said_where_no_date_moves(small: Small) -> None:
    facts = {"value": 1, "cost": [1], "latest_start": "2027", "target_finish": "2027"}
    assert not moved(boards.solve(small({"A": facts, "B": {"value": 1}})))
