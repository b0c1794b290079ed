"""Risks on the board's page: weighed by hand, the heaviest first, secrets in totals only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from portfolio.data.portfolio import Portfolio
from portfolio.figures import money
from portfolio.reports.audience import Audience
from portfolio.reports.content import BoardContent
from portfolio.reports.risks import risks, risks_sentence, risks_table

from . import boards

Small = Callable[..., Portfolio]


def risk(project: str, number: int, **more: Any) -> dict[str, Any]:
    facts = {"project_id": project, "risk_id": f"R{number}", "name": f"risk {project}{number}"}
    return {**facts, "probability": 0.5, "cost_impact": 100, "delay": 0, **more}


def board(small: Small, *rows: dict[str, Any], **projects: dict[str, Any]) -> BoardContent:
    given = {"A": {"value": 5}, "B": {"value": 4}, **projects}
    settings = {"data_date": "2027-06-30"}
    return boards.solve(small(given, risks=list(rows), settings=settings))


def test_the_heaviest_comes_first_and_all_are_weighed(small: Small) -> None:
    content = board(
        small, risk("A", 1), risk("B", 1, probability=0.1, cost_impact=2000), risk("A", 2, delay=3)
    )
    table = risks_table(content)
    assert list(table["name"]) == ["risk B1", "risk A2", "risk A1"]
    assert list(table["expected"]) == [200, 50, 50]
    assert risks_sentence(content, table).startswith(f"3 risks may cost {money(300, 'EUR')}")
    shown = boards.rows(risks(content))
    assert [row["Risk"] for row in shown] == ["risk B1", "risk A2", "risk A1"]
    assert [row["Delay, years"] for row in shown] == ["", "3", ""]


def test_ten_are_shown_and_their_part_is_told(small: Small) -> None:
    content = board(small, *(risk("A", n, cost_impact=100 * n) for n in range(1, 13)))
    page = risks(content)
    assert len(boards.rows(page)) == 10
    # 300 + ... + 1,200 of 100 + ... + 1,200
    assert boards.finding(page).endswith("the heaviest 10 are 96 % of it")


def test_what_is_overdue_is_said_in_words(small: Small) -> None:
    content = board(small, risk("A", 1, due="2027-06-29"), risk("A", 2, due="2027-06-30"))
    page = risks(content)
    assert "1 response is overdue" in boards.finding(page)
    assert {row["Response due"] for row in boards.rows(page)} == {
        "2027-06-29, overdue",
        "2027-06-30",
    }


def test_risks_of_what_is_left_out_do_not_count(small: Small) -> None:
    content = board(small, risk("A", 1), risk("C", 1), C={"value": 9, "cost": [5_000_000]})
    assert list(risks_table(content)["project_id"]) == ["A"]
    assert not risks(board(small, risk("C", 1), C={"value": 9, "cost": [5_000_000]}))


def test_a_confidential_risk_is_in_the_total_only(small: Small) -> None:
    secret = {"value": 9, "name": "Merger", "confidential": True}
    content = board(
        small,
        risk("A", 1),
        risk("A", 2, name="waits for the merger"),
        risk("C", 1, name="leak", cost_impact=900),
        C=secret,
    )
    page = risks(content)
    assert boards.finding(page).startswith(f"3 risks may cost {money(550, 'EUR')}")
    assert [row["Risk"] for row in boards.rows(page)] == ["risk A1"]
    assert "erger" not in str(page)
    leave = replace(content, audience=Audience(names=True, confidential=True))
    assert [row["Risk"] for row in boards.rows(risks(leave))] == [
        "leak",
        "risk A1",
        "waits for the merger",
    ]


def test_owners_that_are_people_have_pseudonyms(small: Small) -> None:
    portfolio = small(
        {"A": {"value": 5}},
        people={"E1": {"R": 1}},
        facts={"E1": {"name": "Ann Lee"}},
        risks=[risk("A", 1, owner="Ann Lee"), risk("A", 2, owner="E1, finance")],
    )
    content = boards.solve(portfolio, audience=Audience())
    assert [row["Who answers"] for row in boards.rows(risks(content))] == [
        "Person 01",
        "Person 01, finance",
    ]
    named = replace(content, audience=Audience(names=True))
    assert [row["Who answers"] for row in boards.rows(risks(named))] == [
        "Ann Lee",
        "E1, finance",
    ]


def test_risks_without_an_amount(small: Small) -> None:
    content = board(small, risk("A", 1, cost_impact=0))
    assert boards.finding(risks(content)) == "1 risk is known, without an amount"
