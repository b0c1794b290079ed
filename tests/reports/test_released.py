"""Money released beside the forecast to the next gates: the asks, seen together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.reports.released import released, released_table

from . import boards

Small = Callable[..., Portfolio]


def approved(project: str, amount: float, **more: Any) -> dict[str, Any]:
    facts = {"project_id": project, "gate": "", "category": "costs", "amount": amount}
    return {**facts, "released_on": "2026-06-01", **more}


def test_released_and_needed_by_kind(small: Small) -> None:
    runs = {"stage": "in_flight", "started": "2026", "value": 1, "cost": [40, 60, 20]}
    portfolio = small(
        {
            "Short": runs,
            "Spare": runs,
            "Untold": runs,
            "New": {"value": 5, "cost": [70, 10], "latest_start": "2027"},
        },
        approvals=[
            approved("Short", 50),
            approved("Short", 500, released_on=None, category="later"),
            approved("Spare", 130),
        ],
    )
    content = boards.solve(portfolio)
    # Of what runs 100 is needed to the end of 2027; of Untold what is past counts as released.
    assert released_table(content).to_dict("records") == [
        {"kind": "committed", "projects": 3, "released": 220, "forecast": 300, "asked": 110,
         "spare": 30},
        {"kind": "discretionary", "projects": 1, "released": 0, "forecast": 70, "asked": 70,
         "spare": 0},
    ]  # fmt: skip
    assert released_table(content)["asked"].sum() == content.asks["release"].sum()
    assert boards.finding(released(content)) == (
        "€ 220 is released, and € 370 is needed up to the next gates: € 180 more, while € 30 is "
        "released and not needed before them"
    )
    *_, total = boards.rows(released(content))
    assert list(total.values()) == ["All", "4", "€ 220", "€ 370", "€ 180", "€ 30"]


@pytest.mark.parametrize("project", ["A", "B"])
def test_nothing_is_said_where_no_approval_is_known(small: Small, project: str) -> None:
    portfolio = small({project: {"value": 5, "cost": [7]}})
    assert not released(boards.solve(portfolio))
