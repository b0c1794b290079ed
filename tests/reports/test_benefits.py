"""Benefits on the board's page: by year, by kind and by owner, counted by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from portfolio.data.portfolio import Portfolio
from portfolio.figures import money
from portfolio.reports.benefits import benefits, benefits_rows, owners, realised
from portfolio.reports.content import BoardContent
from portfolio.reports.years import year_amounts

from . import boards

Small = Callable[..., Portfolio]


def row(project: str, offset: int, amount: float, **more: Any) -> dict[str, Any]:
    facts = {"project_id": project, "benefit_id": "b", "offset": offset, "amount": amount}
    return {**facts, "option_id": "", **more}


def board(small: Small, *rows: dict[str, Any], **tables: Any) -> BoardContent:
    projects = {
        "A": {"value": 5, "cost": [1], "earliest_start": "2028"},
        "B": {"value": 4, "cost": [1]},
        "C": {"value": 9, "cost": [5_000_000]},
    }
    return boards.solve(small(projects, benefits=list(rows), **tables))


def test_amounts_by_year_and_kind_and_what_comes_later(small: Small) -> None:
    content = board(
        small,
        row("A", 0, 10, cashable=True),
        row("A", 3, 7, cashable=True),
        row("B", 0, 4, cashable=False),
        row("B", 1, 2, benefit_id="c"),
        row("C", 0, 99),
    )
    table = year_amounts(content, benefits_rows(content), "kind").set_index("kind")
    assert table.T.to_dict() == {
        "cashable": {"2027": 0, "2028": 10, "2029": 0, "later": 7, "total": 17},
        "other": {"2027": 4, "2028": 0, "2029": 0, "later": 0, "total": 4},
        "": {"2027": 0, "2028": 2, "2029": 0, "later": 0, "total": 2},
    }
    page = benefits(content)
    assert boards.finding(page) == (
        f"The plan brings benefits of {money(16, 'EUR')} up to 2029 and {money(7, 'EUR')} after "
        "it; 74 % of all is cashable"
    )
    *_, total = boards.rows(page)
    assert list(total.values()) == ["All", "€ 4", "€ 12", "", "€ 7", "€ 23"]


def test_who_answers_for_how_much(small: Small) -> None:
    content = board(
        small,
        row("A", 0, 10, owner="Finance", cashable=True),
        row("B", 0, 30, owner="Sales"),
        row("B", 1, 5, owner="Finance"),
        row("A", 1, 3),
    )
    found = owners(benefits_rows(content)).to_dict("records")
    assert found == [
        {"owner": "Sales", "projects": 1, "amount": 30, "cashable": 0},
        {"owner": "Finance", "projects": 2, "amount": 15, "cashable": 10},
    ]
    assert boards.paragraphs(benefits(content))[-1] == f"Nobody is named for {money(3, 'EUR')}."


def test_what_has_come_so_far(small: Small) -> None:
    came = [
        {"project_id": "B", "benefit_id": "b", "period": period, "amount": amount}
        for period, amount in (("2026", 6), ("2027", 5), ("2028", 99))
    ]
    content = board(small, row("B", 0, 4), benefit_actuals=came)
    assert realised(content) == 11
    assert boards.paragraphs(benefits(content))[0] == "€ 11 has come so far, up to 2027"
    assert math.isnan(realised(board(small, row("B", 0, 4))))


def test_nothing_is_said_where_the_plan_has_none(small: Small) -> None:
    assert not benefits(board(small))
    assert not benefits(board(small, row("C", 0, 99)))
