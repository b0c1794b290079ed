"""No plan with it, no plan without it: the rules that make it so, known by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portfolio.analysis.explain import explain
from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.scenario import Scenario

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1, time_limit=600)


def rules(conflict: dict[str, Any]) -> set[tuple[str, str]]:
    """Family and key of each rule."""
    assert conflict["proven"]
    return {(row["family"], row["key"]) for row in conflict["rows"]}


@pytest.fixture(scope="module")
def bound(small: Small) -> Portfolio:
    """D is the only one of G; N needs Y, which must be done; A and C exclude each other."""
    projects: dict[str, dict[str, Any]] = {
        "A": {"value": 3, "cost": [4], "force": "in", "force_reason": "regulatory"},
        "C": {"value": 5, "cost": [4]},
        "D": {"value": 1, "cost": [1]},
        "N": {"value": 1, "cost": [1]},
        "Y": {"value": 1, "cost": [1], "force": "in"},
        "Z": {"value": 1, "cost": [7]},
    }
    return small(
        projects,
        periods=1,
        budget=10,
        dependencies=[{"project_id": "Y", "other_id": "N", "kind": "requires"}],
        groups=[
            {"group_id": "G", "kind": "at_least", "limit": 1},
            {"group_id": "H", "kind": "at_most", "limit": 1},
        ],
        group_members=[
            {"group_id": "G", "project_id": "D"},
            *({"group_id": "H", "project_id": one} for one in "AC"),
        ],
    )


def test_one_rule_that_leaves_no_plan_without_it(bound: Portfolio) -> None:
    """Without D the group G has nobody."""
    found = explain(bound, "D", None, EXACT)
    assert found.value_lost is None
    conflict = found.as_dict()["conflict"]
    assert rules(conflict) == {("groups", "group_id=G")}
    assert found.sentence == (
        "D (Project D) is in the plan: no plan is possible without it. Without it this rule cannot "
        "hold: group G takes at least 1 project, and there can be at most 0 projects. The least "
        "that would make a plan possible is to pass group G by 1 project (100.00%)."
    )
    (softening,) = conflict["softening"]
    assert (softening["key"], softening["by"]) == ("group_id=G", 1)


def test_several_rules_that_leave_no_plan_without_it(bound: Portfolio) -> None:
    """Y is forced in, and needs N; no limit that could be passed changes that."""
    found = explain(bound, "N", None, EXACT)
    conflict = found.as_dict()["conflict"]
    assert rules(conflict) == {
        ("forced_in", "project_id=Y"),
        ("requires", "project_id=Y, other_id=N"),
    }
    assert conflict["softening"] is None
    assert found.sentence.endswith(
        "no plan is possible without it. Without it these rules cannot all hold together: "
        "Y (Project Y) is forced in; Y (Project Y) needs N (Project N)."
    )


def test_rules_that_leave_no_plan_with_it(bound: Portfolio) -> None:
    """C stands against A, which is forced in; money would bring Z in, but not C."""
    against = explain(bound, "C", None, EXACT)
    assert rules(against.as_dict()["conflict"]) == {
        ("forced_in", "project_id=A"),
        ("groups", "group_id=H"),
    }
    assert against.sentence == (
        "C (Project C) is left out: no plan within today's limits can hold it. With it these rules "
        "cannot all hold together: A (Project A) is forced in (regulatory); group H takes at most "
        "1 project, and the others need at least 2 projects. "
        "Neither value nor money nor people would bring it in."
    )
    crowded = explain(bound, "Z", None, EXACT)
    assert ("budget", "fund_id=F, period=2027") in rules(crowded.as_dict()["conflict"])
    assert "fund F for 2027 has EUR 10, and the others need at least EUR 1" in crowded.sentence
    assert "A plan with it would be worth as much as today's with EUR" in crowded.sentence


def test_where_a_plan_is_possible_there_is_no_conflict(bound: Portfolio) -> None:
    """In Python it is None, for machines null."""
    found = explain(bound, "A", None, EXACT)
    assert found.conflict is None
    assert found.as_dict()["conflict"] is None


@pytest.mark.parametrize("stops", [False, True])
def test_what_is_in_flight_stays_where_another_is_asked_about(small: Small, stops: bool) -> None:
    """Z does not fit beside F in flight, which may not be stopped; where it may, A is in the way.

    F is needed by A, which is forced in.
    """
    flying = {"stage": "in_flight", "started": "2027", "stop_cost": 1}
    portfolio = small(
        {
            "F": {"value": 2, "cost": [3], **flying},
            "Z": {"value": 2, "cost": [5]},
            "A": {"value": 5, "cost": [5], "force": "in"},
        },
        periods=1,
        budget=9,
        dependencies=[{"project_id": "A", "other_id": "F", "kind": "requires"}],
    )
    scenario = Scenario.from_dict({"allow_stops": stops})
    without = explain(portfolio, "F", scenario, EXACT)
    assert rules(without.as_dict()["conflict"]) == {
        ("forced_in", "project_id=A"),
        ("requires", "project_id=A, other_id=F"),
    }
    beside = explain(portfolio, "Z", scenario, EXACT).as_dict()["conflict"]
    assert rules(beside) == {("forced_in", "project_id=A"), ("budget", "fund_id=F, period=2027")}
    # Stopped, F still takes its stop cost of 1.
    (money,) = (row for row in beside["rows"] if row["family"] == "budget")
    assert money["needed"] == pytest.approx(11 if stops else 13)
