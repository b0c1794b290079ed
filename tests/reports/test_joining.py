"""People who join, on the board's page: computed, and equal to the plan's tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.figures import money
from portfolio.reports.content import BoardContent
from portfolio.reports.joining import joining
from portfolio.reports.sentences import kinds_sentence

from . import boards

Small = Callable[..., Portfolio]
ROLE = {"role_id": "R", "name": "Engineer & co", "cost_rate": 500, "hire_cost": 300}
ROLE |= {"hire_max": 2, "contractor_rate": 800, "contractor_term": 2}


def board(small: Small, hiring: str, need: float, labour: str = "yes") -> BoardContent:
    """A needs engineers in 2027, and nobody is there."""
    facts: dict[str, Any] = {"value": 5, "cost": [700], "need": [need], "latest_start": "2027"}
    portfolio = small(
        {"A": facts},
        roles=[ROLE],
        settings={"labour_in_costs": labour},
        contractor_limits=[{"role_id": "R", "period": str(2027 + t), "fte": 3} for t in range(3)],
    )
    return boards.solve(portfolio, {"hiring": hiring})


@pytest.mark.parametrize(
    ("hiring", "need", "said"),
    [
        ("internal", 1, "1 person is hired, for € 1.3 k of spend on hiring"),
        ("internal", 2, "2 people are hired, for € 2.6 k of spend on hiring"),
        ("contractors", 1, "1 contractor comes for a time, for € 1.1 k of spend on hiring"),
        ("contractors", 3, "3 contractors come for a time, for € 3.3 k of spend on hiring"),
    ],
)
def test_the_headline_counts_who_joins(small: Small, hiring: str, need: float, said: str) -> None:
    """A hire: 300, and two idle years at 500. A contractor: twice 300, and one idle year at 500."""
    assert boards.finding(joining(board(small, hiring, need))) == said


def test_the_table_is_the_plans(small: Small) -> None:
    content = board(small, "internal", 2)
    (row, total) = boards.rows(joining(content))
    assert row["Role"] == "Engineer & co"
    assert (row["How"], row["People"], row["From"], row["To"]) == ("Hired, stays", "2", "2027", "")
    assert row["Not needed, years"] == "4.0"
    assert row["Spend on hiring"] == total["Spend on hiring"] == money(content.hiring, "EUR")
    assert row["Salaries a year"] == total["Salaries a year"] == money(1000, "EUR")
    assert content.hiring == 2600


def test_spend_on_hiring_is_a_choice_and_in_the_totals(small: Small) -> None:
    content = board(small, "contractors", 1)
    assert content.spent == 700 + 1100
    assert content.plan.spend is not None
    assert content.spent == content.plan.spend["amount"].sum()
    assert kinds_sentence(content).endswith("is a choice (€ 1.1 k of it for people who join).")


def test_nothing_is_said_where_nobody_joins(small: Small) -> None:
    portfolio = small({"A": {"value": 5, "cost": [7]}})
    content = boards.solve(portfolio)
    assert not joining(content)
    assert "people who join" not in boards.page(content)


def test_the_whole_page_with_people_who_join(small: Small) -> None:
    page = boards.page(board(small, "both", 2, labour="no"))
    assert "as hires and as contractors" in page
    assert "Engineer &amp; co" in page
