"""Decisions taken before, and their conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portfolio.data.portfolio import Portfolio
from portfolio.reports import sections
from portfolio.reports.content import BoardContent
from portfolio.reports.decided import conditions_sentence, decided, decisions_table

from . import boards

Small = Callable[..., Portfolio]


def decision(number: int, **more: Any) -> dict[str, Any]:
    return {"decision_id": f"D{number}", "period": "2026", "decision": "approve", **more}


def board(small: Small, *rows: dict[str, Any], **secret: Any) -> BoardContent:
    portfolio = small(
        {"A": {"value": 5}, "B": {"value": 4, **secret}},
        decisions=list(rows),
        settings={"data_date": "2026-12-31"},
    )
    return boards.solve(portfolio, period="2026")


def test_the_latest_first_and_none_from_the_future(small: Small) -> None:
    content = board(
        small,
        decision(1, period="2025", project_id="A"),
        decision(2, decision="defer", reason="no money"),
        decision(3, period="2027", project_id="A"),
    )
    assert list(decisions_table(content)["decision_id"]) == ["D2", "D1"]
    later, earlier = boards.rows(decided(content))
    assert (later["About"], later["Decision"], later["Why"]) == (
        "The portfolio",
        "Defer",
        "no money",
    )
    assert (earlier["About"], earlier["When"]) == ("Project A", "2025")
    assert "Condition" not in later


def test_conditions_that_are_not_met_are_told_on_page_one(small: Small) -> None:
    content = board(
        small,
        decision(1, condition="price", due="2026-12-30"),
        decision(2, condition="permit", due="2027-01-15"),
        decision(3, condition="plan", due="2026-06-30", closed_on="2026-07-01"),
    )
    said = "2 conditions of earlier decisions are not met yet, 1 of them overdue."
    assert conditions_sentence(content) == said
    assert said in boards.paragraphs(sections.decision(content))
    state = {row["Condition"]: row["Condition is"] for row in boards.rows(decided(content))}
    assert state == {"price": "open, overdue", "permit": "still open", "plan": "met"}


def test_decisions_on_confidential_projects_are_not_shown(small: Small) -> None:
    content = board(
        small,
        decision(1, project_id="A", reason="before the merger"),
        decision(2, project_id="B"),
        decision(3, project_id="A"),
        name="Merger",
        confidential=True,
    )
    page = decided(content)
    assert [row["About"] for row in boards.rows(page)] == ["Project A"]
    assert "erger" not in str(page)
    assert boards.paragraphs(page)[-1] == "2 decisions on confidential projects left out."


def test_nothing_is_said_where_nothing_was_decided(small: Small) -> None:
    content = board(small)
    assert not decided(content)
    assert conditions_sentence(content) == ""
