"""What a board is asked for: amounts, gates and days known by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio

from . import boards

Small = Callable[..., Portfolio]
D = dt.date


def asked(small: Small, project: dict[str, Any], **tables: Any) -> dict[str, Any]:
    """The only ask of a portfolio of one project over months of 2027."""
    given = {"frequency": "month", "periods": 12, **tables}
    board = boards.solve(small({"A": {"value": 1, **project}}, **given))
    (row,) = board.asks.to_dict("records")
    return {str(key): value for key, value in row.items()}


def gate(name: str, planned: str, passed: str = "") -> dict[str, str]:
    return {"project_id": "A", "gate": name, "planned": planned, "passed_on": passed}


def test_a_new_project_without_a_gate(small: Small) -> None:
    row = asked(small, {"cost": [1, 2, 4], "earliest_start": "2027-11"}, periods=14)
    assert (row["ask"], row["start"]) == ("approve", "2027-11")
    assert row["cost"] == 7
    assert (row["release"], row["until"]) == (3, "the end of 2027")
    assert row["by"] == D(2027, 10, 31)


def test_a_release_ends_at_the_next_gate(small: Small) -> None:
    row = asked(
        small,
        {"cost": [1, 2, 4, 8]},
        gates=[
            gate("G1", "2026-12-15", "2026-12-20"),
            gate("G3", "2027-04-01"),
            gate("G2", "2027-03-10"),
        ],
    )
    assert (row["release"], row["until"]) == (1 + 2 + 4, "gate G2")


def test_a_gate_after_the_horizon_and_one_without_a_date(small: Small) -> None:
    row = asked(
        small,
        {"cost": [1, 2, 4, 8]},
        gates=[gate("G1", ""), gate("G2", "2035-03-10")],
    )
    assert (row["release"], row["until"]) == (15, "gate G2")


def test_what_is_released_is_taken_off_and_what_is_only_approved_is_not(small: Small) -> None:
    approvals = [
        {"project_id": "A", "category": "x", "amount": 4, "released_on": "2026-12-01"},
        {"project_id": "A", "category": "y", "amount": 50},
    ]
    row = asked(small, {"cost": [1, 2, 4, 8]}, approvals=approvals)
    assert (row["ask"], row["release"]) == ("approve", 15 - 4)


def test_nothing_is_released_where_all_is(small: Small) -> None:
    approvals = [{"project_id": "A", "amount": 40, "released_on": "2026-12-01"}]
    row = asked(small, {"cost": [1, 2]}, approvals=approvals)
    assert (row["ask"], row["release"]) == ("approve", 0)
    portfolio = small({"A": {"value": 1, "stage": "approved", "cost": [1, 2]}}, approvals=approvals)
    assert boards.solve(portfolio).asks.empty


def test_an_approved_project_asks_for_money_only(small: Small) -> None:
    row = asked(small, {"stage": "approved", "cost": [5], "earliest_start": "2027-03"})
    assert (row["ask"], row["release"], row["by"]) == ("release", 5, D(2027, 2, 28))


class TestInFlight:
    RUNS = {"stage": "in_flight", "started": "2026-11"}  # noqa: RUF012

    def test_is_due_when_the_spend_passes_what_is_released(self, small: Small) -> None:
        row = asked(
            small,
            {**self.RUNS, "cost": [1, 2, 4, 8, 16]},
            approvals=[{"project_id": "A", "amount": 8, "released_on": "2026-11-01"}],
            gates=[gate("G2", "2027-02-20")],
        )
        # 1 and 2 are past; 4 in January leaves 1 of the 8; February passes it
        assert (row["ask"], row["release"], row["until"]) == ("release", 15 - 8, "gate G2")
        assert row["by"] == D(2027, 2, 1)
        assert row["cost"] == 4 + 8 + 16

    def test_what_is_past_counts_as_released_where_nothing_is_known(self, small: Small) -> None:
        row = asked(small, {**self.RUNS, "cost": [100, 200, 4, 8]})
        assert (row["release"], row["until"]) == (12, "the end of 2027")
        assert row["by"] == D(2027, 1, 1)

    def test_what_was_spent_too_much_is_asked_for(self, small: Small) -> None:
        row = asked(
            small,
            {**self.RUNS, "cost": [100, 200, 4, 8]},
            approvals=[{"project_id": "A", "amount": 290, "released_on": "2026-11-01"}],
            settings={"data_date": "2027-01-15"},
        )
        assert row["release"] == 22
        assert row["by"] == D(2027, 1, 15)

    def test_costs_by_period(self, small: Small) -> None:
        costs = [
            {"project_id": "A", "period": period, "amount": amount}
            for period, amount in (("2026-12", 30), ("2027-02", 5), ("2028-01", 7))
        ]
        row = asked(
            small, {**self.RUNS, "duration": 15}, costs=costs, gates=[gate("G", "2027-06-30")]
        )
        assert (row["release"], row["cost"]) == (5, 12)
        assert row["by"] == D(2027, 2, 1)


def test_by_is_never_before_the_data_date(small: Small) -> None:
    row = asked(small, {"cost": [5]}, settings={"data_date": "2027-02-14"})
    assert row["by"] == D(2027, 2, 14)
    # without one, the first day of the horizon
    assert asked(small, {"cost": [5]})["by"] == D(2027, 1, 1)


@pytest.mark.parametrize(
    ("frequency", "start", "until", "release"),
    [("year", "2028", "the end of 2028", 1), ("quarter", "2027Q3", "the end of 2027", 3)],
)
def test_years_and_quarters(
    small: Small, frequency: str, start: str, until: str, release: float
) -> None:
    row = asked(
        small,
        {"cost": [1, 2, 4], "earliest_start": start},
        frequency=frequency,
        periods=6,
    )
    assert (row["start"], row["until"], row["release"]) == (start, until, release)


def test_a_year_that_begins_in_april(small: Small) -> None:
    row = asked(
        small,
        {"cost": [1, 2, 4], "earliest_start": "2027-02"},
        settings={"year_start": 4},
    )
    assert (row["until"], row["release"]) == ("the end of 2026", 1 + 2)


def test_the_most_urgent_come_first_and_on_a_day_stops_approvals_releases(
    small: Small,
) -> None:
    runs = {"stage": "in_flight", "started": "2026", "stop_cost": 0}
    board = boards.solve(
        small(
            {
                "stop": {**runs, "value": -1, "cost": [1, 1]},
                "run": {**runs, "value": 1, "cost": [1, 1]},
                "later": {"value": 9, "cost": [1], "earliest_start": "2028"},
                "small": {"value": 2, "cost": [1]},
                "large": {"value": 5, "cost": [1], "confidential": "yes"},
                "out": {"value": 1, "cost": [1], "force": "out"},
                "idea": {"value": 1, "stage": "idea"},
                "closed": {"value": 1, "stage": "closed"},
            }
        ),
        {"allow_stops": "true"},
    )
    assert list(board.asks["project_id"]) == ["stop", "large", "small", "run", "later"]
    assert list(board.asks["confidential"]) == [False, True, False, False, False]
