"""Sentences of the page, beside plans known by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan, Status
from portfolio.reports import sentences
from portfolio.reports.content import BoardContent

from . import boards

Small = Callable[..., Portfolio]


def with_first(board: BoardContent, **changes: Any) -> BoardContent:
    """The content with another first objective in the plan."""
    objectives = board.plan.objectives.copy()
    for name, value in changes.items():
        objectives[name] = objectives[name].astype(object)
        objectives.loc[0, name] = value
    plan = replace(board.plan, objectives=objectives)
    return boards.content(board.portfolio, plan, board.scenario, other=board.next_best)


@pytest.fixture(scope="module")
def board(small: Small) -> BoardContent:
    """One of two: B for 5 of 8 in value; A is the next best."""
    return boards.solve(
        small(
            {
                "A": {"value": 3, "cost": [9], "name": "Alpha"},
                "B": {"value": 5, "cost": [9], "name": "Beta"},
            },
            periods=1,
            budget=10,
        ),
        next_best=True,
    )


def test_of_one_period(board: BoardContent) -> None:
    assert sentences.approve_sentence(board) == (
        "Approve 1 project of € 9 in all; the first by 1 January 2027."
    )
    assert sentences.release_sentence(board) == (
        "Release € 9 to 1 project, each up to its next gate or, without one, the end of its first "
        "year in the plan; the first by 1 January 2027."
    )
    assert sentences.stop_sentence(board) == ""
    assert sentences.kinds_sentence(board) == "Of € 9 inside the horizon, € 9 is a choice."
    assert sentences.cannot_sentence(board) == (
        "1 project is left out, worth 38 % of the value on offer. The most valuable is Alpha: at "
        "its best start, 2027, it would pass the budget of F for 2027 by € 8."
    )
    assert sentences.next_best_sentence(board) == (
        "The next-best choice takes in Alpha and gives up Beta, for 40.00 % less value."
    )
    assert sentences.distance_sentence(board) == "No plan within the rules has a higher value."


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (0.0, "No plan within the rules has a higher value."),
        (0.0005, "No plan within the rules can be better by more than 0.05 %."),
        # to the nearest it would be 0.12 %, which was not proven
        (0.001234, "No plan within the rules can be better by more than 0.13 %."),
        (0.000001, "No plan within the rules can be better by more than 0.01 %."),
        (2.5, "No plan within the rules can be better by more than 250.00 %."),
        (5e9, "A much better plan may exist: there was too little time to tell."),
        (float("nan"), "How far the plan is from the best possible is not known."),
    ],
)
def test_distance(board: BoardContent, gap: float, said: str) -> None:
    assert sentences.distance_sentence(with_first(board, gap=gap)) == said


def test_distance_of_a_plan_that_is_to_be_cheap(board: BoardContent) -> None:
    cheap = with_first(board, objective="cost", sense="min", gap=0.0)
    assert sentences.distance_sentence(cheap) == "No plan within the rules is better."


class TestNextBest:
    def of(self, board: BoardContent, other: Plan | None) -> str:
        return sentences.next_best_sentence(replace(board, next_best=other))

    def test_nothing_is_said_where_it_was_not_looked_for(self, board: BoardContent) -> None:
        assert self.of(board, None) == ""

    def test_none_within_the_rules_is_not_none_found(self, board: BoardContent) -> None:
        assert self.of(board, Plan(Status.INFEASIBLE)) == (
            "There is no other choice of projects within the rules."
        )
        assert self.of(board, Plan(Status.NO_SOLUTION)) == (
            "No other choice of projects was found in the time given."
        )

    @pytest.mark.parametrize(
        ("objective", "sense", "mine", "other", "said"),
        [
            ("strategic_value", "max", 100, 99, "for 1.00 % less value."),
            ("strategic_value", "max", 100, 99.9999, "for under 0.01 % less value."),
            ("strategic_value", "max", 100, 100, "at the same value."),
            ("strategic_value", "max", -100, -150, "for 50.00 % less value."),
            ("strategic_value", "max", 0, -3, "for 3 less value."),
            ("strategic_value", "max", 0, 0, "at the same value."),
            ("cost", "min", 100, 150, "for 50.00 % more cost."),
            ("npv", "max", 100, 50, "for 50.00 % less npv."),
        ],
    )
    def test_what_it_is_worth(
        self, board: BoardContent, objective: str, sense: str, mine: float, other: float, said: str
    ) -> None:
        plan = with_first(board, objective=objective, sense=sense, value=mine)
        assert board.next_best is not None
        beside = with_first(
            replace(board, plan=board.next_best), objective=objective, sense=sense, value=other
        )
        assert self.of(plan, beside.plan).endswith(said)

    def test_names_three_and_counts_the_rest_and_the_confidential(self, small: Small) -> None:
        projects = {name: {"value": 1, "cost": [1], "name": f"Project {name}"} for name in "ABCDE"}
        portfolio = small(
            {
                **projects,
                "S": {"value": 1, "cost": [1], "confidential": "yes", "name": "Secret"},
                "Z": {"value": 5.5, "cost": [6], "name": "Zeta"},
            },
            periods=1,
            budget=6,
        )
        board = boards.solve(portfolio, next_best=True)
        said = sentences.next_best_sentence(board)
        names = "Project A, Project B, Project C and 3 more"
        assert (
            said
            == f"The next-best choice takes in Zeta and gives up {names}, for 8.33 % less value."
        )

    def test_only_a_confidential_project_differs(self, small: Small) -> None:
        secret = {"value": 1, "cost": [1], "confidential": "yes", "name": "Secret"}
        board = boards.solve(small({"S": secret}, periods=1), next_best=True)
        assert sentences.next_best_sentence(board) == (
            "The next-best choice gives up 1 project, for 100.00 % less value."
        )


class TestWhatCannotBeDone:
    def said(self, small: Small, *args: Any, **tables: Any) -> str:
        return sentences.cannot_sentence(boards.solve(small(*args, **tables)))

    def test_nothing(self, small: Small) -> None:
        assert self.said(small, {"A": {"value": 1}}) == "Every project on offer is in the plan."

    def test_kept_out_by_decision(self, small: Small) -> None:
        said = self.said(small, {"A": {"value": 1, "force": "out", "force_reason": "strategic"}})
        assert said == (
            "1 project is left out, worth 100 % of the value on offer. The most valuable is "
            "Project A: kept out by decision (strategic)."
        )

    def test_everything_with_the_most_valuable_confidential(self, small: Small) -> None:
        said = self.said(
            small,
            {
                "A": {"value": 9, "cost": [5], "confidential": "yes", "name": "Secret"},
                "B": {"value": 1, "cost": [5]},
            },
            budget=1,
        )
        assert said.startswith(
            "2 projects are left out, worth 100 % of the value on offer. Of those that may be "
            "named, the most valuable is Project B: "
        )

    def test_all_of_it_confidential(self, small: Small) -> None:
        said = self.said(small, {"A": {"value": 9, "cost": [5], "confidential": "yes"}}, budget=1)
        assert said == "1 project is left out, worth 100 % of the value on offer."

    def test_values_below_zero(self, small: Small) -> None:
        said = self.said(small, {"A": {"value": -9, "cost": [5]}})
        assert said.startswith("1 project is left out, worth −9 in value. ")

    def test_stops_only(self, small: Small) -> None:
        runs = {"stage": "in_flight", "started": "2026", "stop_cost": 2}
        portfolio = small(
            {
                "A": {**runs, "value": 1, "cost": [50, 20], "name": "Alpha"},
                "B": {**runs, "value": 9, "cost": [50, 7], "name": "Beta"},
            },
            budget=10,
        )
        board = boards.solve(portfolio, {"allow_stops": "true"})
        assert sentences.stop_sentence(board) == (
            "Stop 1 project in flight, which would still cost € 20."
        )
        said = sentences.cannot_sentence(board)
        assert said.startswith("1 project in flight is stopped. The costliest is Alpha: ")


def test_kinds_are_listed_and_sum_up(small: Small) -> None:
    forced = {"force": "in", "value": 1}
    board = boards.solve(
        small(
            {
                "A": {**forced, "cost": [3000], "force_reason": "regulatory"},
                "B": {**forced, "cost": [2000], "force_reason": "committed"},
                "C": {"value": 1, "cost": [1000]},
            },
            settings={"currency": "GBP"},
        )
    )
    assert sentences.kinds_sentence(board) == (
        "Of £ 6.0 k inside the horizon, £ 3.0 k must be spent, £ 2.0 k is committed and £ 1.0 k is "
        "a choice."
    )


def test_no_spend(small: Small) -> None:
    board = boards.solve(small({"A": {"value": 1}}))
    assert sentences.kinds_sentence(board) == "No money is spent inside the horizon."
    assert sentences.release_sentence(board) == "No money is to be released."


def test_a_credit_is_not_no_spend(small: Small) -> None:
    costs = [
        {"project_id": "A", "offset": 0, "category": "refund", "amount": -5},
    ]
    board = boards.solve(small({"A": {"value": 1, "duration": 1}}, costs=costs))
    assert sentences.kinds_sentence(board) == "Of −€ 5 inside the horizon, −€ 5 is a choice."
