"""Money on the board's page by year, category and fund: equal to the plan's tables."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.figures import money
from portfolio.reports.funding import fund_years, funding, funding_sentence, spend_rows
from portfolio.reports.years import year_amounts

from . import boards

Small = Callable[..., Portfolio]


def test_categories_and_funds_by_year(small: Small) -> None:
    portfolio = small(
        {"A": {"value": 5, "cost": {"capex": [60, 20], "opex": [0, 10]}, "latest_start": "2027"}},
        budget={"capital": {"2027": 60, "2028": 50}, "revenue": {"2028": 40}},
        funds=[
            {"fund_id": "capital", "category": "capex"},
            {"fund_id": "revenue", "category": "opex"},
        ],
    )
    content = boards.solve(portfolio)
    table = year_amounts(content, spend_rows(content), "category").set_index("category")
    assert table.T.to_dict() == {
        "Capex": {"2027": 60, "2028": 20, "2029": 0, "total": 80},
        "Opex": {"2027": 0, "2028": 10, "2029": 0, "total": 10},
    }
    assert table["total"].sum() == content.spent
    columns = ["fund_id", "year", "available", "spent", "left"]
    assert fund_years(content)[columns].to_numpy().tolist() == [
        ["capital", "2027", 60, 60, 0],
        ["capital", "2028", 50, 20, 30],
        ["revenue", "2028", 40, 10, 30],
    ]
    assert funding_sentence(content) == (
        f"Capex takes 89 % of {money(90, 'EUR')}; 2027 takes the most of the years, "
        f"{money(60, 'EUR')}; used up: capital of 2027"
    )


@pytest.mark.parametrize(
    ("cost", "words"),
    [(60, "; used up: F of 2027"), (59.8, "; all but used up: F of 2027"), (59, "")],
)
def test_a_fund_is_used_up_where_nothing_is_left(small: Small, cost: float, words: str) -> None:
    budget = {"2027": 60, "2028": 50}
    content = boards.solve(small({"A": {"value": 5, "cost": [cost]}}, budget=budget))
    _, amount, rest = funding_sentence(content).partition(money(cost, "EUR"))
    assert amount
    assert rest.partition(money(cost, "EUR"))[2] == words


def test_what_is_carried_over_is_available_in_the_next_year(small: Small) -> None:
    portfolio = small(
        {"A": {"value": 5, "cost": [0, 30], "latest_start": "2027"}},
        budget={"F": {"2027": 20, "2028": 15}},
        funds=[{"fund_id": "F", "carry_over": True}],
    )
    rows = fund_years(boards.solve(portfolio)).set_index("year")
    assert rows.loc["2028", "spent"] == 30
    assert 30 <= rows.loc["2028", "available"] <= 35
    assert rows["available"].sum() == 35


def test_periods_of_a_year_are_added_up(small: Small) -> None:
    portfolio = small(
        {"A": {"value": 5, "cost": [5, 5, 5]}}, frequency="quarter", periods=6, budget=8
    )
    content = boards.solve(portfolio)
    rows = fund_years(content)
    assert list(rows["year"]) == ["2027", "2028"]
    assert list(rows["available"]) == [32, 16]
    assert rows["spent"].sum() == 15


def test_nothing_is_said_where_nothing_is_spent(small: Small) -> None:
    assert not funding(boards.solve(small({"A": {"value": 5}})))
