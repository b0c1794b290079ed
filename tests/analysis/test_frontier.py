"""The frontier: each point is the optimum under its own limits, and what is read from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.analysis.frontier import (
    FRONTIER_COLUMNS,
    PLAN_COLUMNS,
    Frontier,
    distances,
    frontier,
    knee,
    returning,
)
from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError
from portfolio.models.levels import LevelSession
from portfolio.models.linear import Objective
from portfolio.models.outcome import Outcome, Settings, without
from portfolio.optimize import optimize
from portfolio.plan import Status
from portfolio.scenario import Scenario

from ..sweeps import draws

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1)


@pytest.fixture(scope="module")
def portfolio(small: Small) -> Portfolio:
    """Five projects for ten units of money; one of little value is forced in."""
    projects: dict[str, dict[str, Any]] = {
        "A": {"value": 10, "cost": [6]},
        "B": {"value": 7, "cost": [4]},
        "C": {"value": 6, "cost": [4]},
        "D": {"value": 3, "cost": [3]},
        "M": {"value": 1, "cost": [2], "force": "in"},
    }
    return small(projects, periods=1, budget=10)


def today(found: Frontier, forced: bool, column: str) -> Any:
    """What a curve holds at today's limits."""
    curve = found.curve(forced)
    return curve.loc[curve["level"] == 1.0, column].item()


def solved(portfolio: Portfolio, level: float, scenario: dict[str, Any], table: str) -> float:
    """The best value where all amounts of a table are multiplied by a level."""
    column = "amount" if table == "budgets" else "fte"
    changes = [{"table": table, "scale": {column: level}}]
    plan = optimize(portfolio, Scenario.from_dict({**scenario, "changes": changes}), EXACT)
    assert plan.feasible
    return float(plan.objectives["value"].iloc[0])


def test_each_point_is_the_optimum_under_its_limits(portfolio: Portfolio) -> None:
    """Solving anew with the budgets multiplied gives the same value at every level."""
    found = frontier(portfolio, settings=EXACT, points=4)
    assert list(found.curves.columns) == list(FRONTIER_COLUMNS)
    worth = portfolio["projects"].set_index("project_id")["value"]
    cost = {"A": 6, "B": 4, "C": 4, "D": 3, "M": 2}
    for forced, ignore in ((True, []), (False, ["forced_in", "forced_out"])):
        curve = found.curve(forced)
        assert len(curve) == 4
        assert 1.0 in set(curve["level"])
        for row in curve.to_dict("records"):
            assert row["value"] == pytest.approx(
                solved(portfolio, row["level"], {"ignore": ignore}, "budgets")
            )
            assert row["bound"] == pytest.approx(row["value"])
            assert row["status"] == "optimal"
            assert row["limit"] == pytest.approx(10 * row["level"])
            assert row["used"] == pytest.approx(sum(cost[p] for p in row["projects"]))
            assert worth[list(row["projects"])].sum() == pytest.approx(row["value"])
            assert not forced or "M" in row["projects"]


def test_the_price_of_what_is_forced(portfolio: Portfolio) -> None:
    """With M only 8 are left: B and C; without it A and B."""
    found = frontier(portfolio, settings=EXACT, points=8)
    assert [today(found, forced, "value") for forced in (True, False)] == [14, 17]
    assert list(found.plans.columns) == list(PLAN_COLUMNS)
    away = distances(found).set_index("forced")
    assert away.loc[True, "reach_low"] == away.loc[True, "reach_high"] == 1
    assert away.loc[False, "reach_low"] == pytest.approx(14 / 17)
    assert away.loc[False, "reach_high"] == pytest.approx(14 / 17)
    # Nothing under 10 brings 14 or more: B and C bring 13 for 8.
    limits = found.curve(False)["limit"]
    assert away.loc[False, "same_high"] == pytest.approx(10)
    assert away.loc[False, "same_low"] == pytest.approx(limits[limits < 10 - 1e-9].max())


def test_people_of_several_roles_are_multiplied_too(small: Small) -> None:
    """Two people who know both roles; three projects of one FTE each, then."""
    projects = {
        name: {"value": value, "need": {role: [1]}}
        for name, value, role in (("A", 4, "R"), ("B", 3, "S"), ("C", 2, "R"))
    }
    people = {"Ann": {"R": 1.0, "S": 1.0}, "Bob": {"R": 1.0, "S": 1.0}}
    found = frontier(
        small(projects, periods=1, people=people), settings=EXACT, over="role_capacity", points=5
    )
    curve = found.curve(True)
    assert today(found, True, "projects") == ("A", "B")
    assert today(found, True, "limit") == pytest.approx(2)
    assert today(found, True, "used") == pytest.approx(2)
    assert curve["projects"].iloc[-1] == ("A", "B", "C")
    assert curve["limit"].iloc[-1] >= 3


def test_over_what_is_given_as_capacity(small: Small) -> None:
    """The same for a role without people."""
    needs = {"A": {"value": 3, "need": [1]}, "B": {"value": 2, "need": [1]}}
    capacity = [{"role_id": "R", "period": "2027", "kind": "total", "fte": 1}]
    found = frontier(
        small(needs, periods=1, capacity=capacity), settings=EXACT, over="role_capacity", points=5
    )
    assert today(found, True, "projects") == ("A",)
    assert found.curve(True)["projects"].iloc[-1] == ("A", "B")
    assert found.curve(False).empty


def test_membership_is_not_monotone(small: Small) -> None:
    """A is in from 4, out from 6, where B and C fit, and in again from 7."""
    projects = {
        "A": {"value": 5, "cost": [4]},
        "B": {"value": 4, "cost": [3]},
        "C": {"value": 4, "cost": [3]},
    }
    found = frontier(small(projects, periods=1, budget=5), settings=EXACT, points=17)
    curve = found.curve(True)
    limit = curve["limit"]
    holds = curve["projects"].map(lambda chosen: "A" in chosen)
    assert (holds == (limit.between(4, 6, inclusive="left") | (limit >= 7))).all()
    assert "A" in returning(curve)
    before: set[str] = set()
    for row in curve.to_dict("records"):
        assert set(row["entered"]) == set(row["projects"]) - before
        assert set(row["left"]) == before - set(row["projects"])
        before = set(row["projects"])


def test_what_runs_already_lies_where_its_money_is(small: Small) -> None:
    """It takes 4 of the 10 that there are, and brings 2."""
    projects = {
        "F": {"value": 2, "cost": [4], "stage": "in_flight", "started": "2027"},
        "A": {"value": 5, "cost": [5]},
    }
    found = frontier(small(projects, periods=1, budget=10), settings=EXACT, points=5)
    plans = found.plans.set_index("plan")
    assert plans.loc["as_is", "projects"] == ("F",)
    assert plans.loc["as_is", "limit"] == pytest.approx(4, rel=1e-4)
    assert plans.loc["as_is", "value"] == 2
    assert plans.loc["proposed", "projects"] == ("F", "A")


def test_a_plan_that_gives_up_value_lies_below(small: Small) -> None:
    """For an earlier start a third of the value was given up; the same money buys 3."""
    projects = {
        "A": {"value": 3, "cost": [4], "earliest_start": "2028"},
        "B": {"value": 2, "cost": [4]},
    }
    exclusive = [{"group_id": "G", "kind": "at_most", "limit": 1}]
    members = [{"group_id": "G", "project_id": p} for p in "AB"]
    portfolio = small(projects, periods=2, budget=4, groups=exclusive, group_members=members)
    scenario = Scenario.from_dict(
        {"objectives": ["strategic_value", "early_start"], "give_up": [0.4, 0.0]}
    )
    plan = optimize(portfolio, scenario, EXACT)
    found = frontier(portfolio, scenario, EXACT, points=4, plan=plan)
    away = distances(found).iloc[0]
    assert (away["value"], away["best_low"]) == (2, 3)
    assert away["reach_low"] == away["reach_high"] == pytest.approx(2 / 3)


def test_levels_where_nothing_is_possible_have_no_numbers(small: Small) -> None:
    """A forced project of 12 for a budget of 10 needs a fifth more."""
    projects = {"M": {"value": 1, "cost": [12], "force": "in"}, "A": {"value": 2, "cost": [3]}}
    found = frontier(small(projects, periods=1, budget=10), settings=EXACT, points=6)
    held, free = found.curve(True), found.curve(False)
    at = held.set_index("level")
    assert at.loc[1.0, "status"] == "infeasible"
    assert at.loc[1.0, ["used", "value", "bound", "gap"]].isna().all()
    assert at.loc[1.0, "projects"] == ()
    assert (held["value"].notna() == (held["level"] >= 1.2 - 1e-9)).all()
    assert free["value"].notna().all()
    assert "proposed" not in set(found.plans["plan"])


def test_where_no_level_helps_all_points_say_so(small: Small) -> None:
    """Two projects that exclude each other are both forced in."""
    projects = {name: {"value": 1, "cost": [1], "force": "in"} for name in "AB"}
    members = [{"group_id": "G", "project_id": p} for p in "AB"]
    groups = [{"group_id": "G", "kind": "at_most", "limit": 1}]
    portfolio = small(projects, periods=1, budget=5, groups=groups, group_members=members)
    found = frontier(portfolio, settings=EXACT, points=4)
    held = found.curve(True)
    assert (held["status"] == "infeasible").all()
    assert held["value"].isna().all()
    assert found.curve(False)["value"].notna().all()


def test_least_cost_falls_the_other_way(small: Small) -> None:
    """Of less-is-better values the bound lies below, and there is no share to tell."""
    projects = {"M": {"value": 1, "cost": [2], "force": "in"}, "A": {"value": 2, "cost": [3]}}
    found = frontier(
        small(projects, periods=1, budget=10),
        Scenario.from_dict({"objectives": ["cost"]}),
        EXACT,
        points=4,
    )
    assert found.curve(True)["value"].tolist() == pytest.approx([2.0] * 4)
    assert found.curve(False)["value"].tolist() == pytest.approx([0.0] * 4)
    assert distances(found)["reach_low"].isna().all()


@settings(max_examples=draws(4), deadline=None)
@given(
    works=st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["", "in", "out"])),
        min_size=2,
        max_size=7,
    ),
    budget=st.integers(3, 20),
    gap=st.sampled_from([0.0, 0.1]),
)
def test_curves_rise_and_hold_what_is_proven(
    small: Small, works: list[tuple[int, int, str]], budget: int, gap: float
) -> None:
    """Monotone by construction; forced below free; no bound under a value; plans keep the limit."""
    projects = {
        f"P{n}": {"value": value, "cost": [cost], "force": force}
        for n, (value, cost, force) in enumerate(works)
    }
    found = frontier(
        small(projects, periods=1, budget=budget), settings=Settings(gap=gap, threads=1), points=5
    )
    for forced in found.curves["forced"].unique():
        curve = found.curve(forced)
        plans = curve[curve["value"].notna()]
        assert plans["value"].is_monotonic_increasing
        assert plans["bound"].is_monotonic_increasing
        assert (plans["bound"] >= plans["value"] - 1e-9).all()
        assert (plans["used"] <= plans["limit"] + 1e-6).all()
        for row in plans.to_dict("records"):
            best = max(
                sum(value for value, _, _ in chosen)
                for chosen in subsets(works, forced)
                if sum(cost for _, cost, _ in chosen) <= row["limit"] + 1e-9
            )
            assert row["value"] <= best + 1e-6 <= row["bound"] + 2e-6
            assert best <= row["value"] * (1 + gap) + 1e-6
    if set(found.curves["forced"]) == {True, False}:
        held, free = found.curve(True)["value"], found.curve(False)["value"]
        assert (held.isna() | (held <= free + 1e-9)).all()


def subsets(works: list[tuple[int, int, str]], forced: bool) -> list[list[tuple[int, int, str]]]:
    """Every choice of projects; with what is forced, or any."""
    every = [
        [work for n, work in enumerate(works) if code >> n & 1] for code in range(2 ** len(works))
    ]
    if not forced:
        return every
    must = [n for n, work in enumerate(works) if work[2] == "in"]
    never = [n for n, work in enumerate(works) if work[2] == "out"]
    return [
        chosen
        for code, chosen in enumerate(every)
        if all(code >> n & 1 for n in must) and not any(code >> n & 1 for n in never)
    ]


@pytest.mark.parametrize(
    ("values", "row"),
    [([1, 5, 9, 10, 11], 2), ([1, 2, 3], None), ([4, 4, 4], None), ([1, np.nan, 2], None)],
)
def test_the_knee_is_where_more_begins_to_bring_less(values: list[float], row: int | None) -> None:
    """The point farthest above the straight line from the first to the last."""
    curve = pd.DataFrame({"limit": np.arange(len(values)) * 10.0, "value": values})
    assert knee(curve) == row


def test_a_rule_that_is_left_out_has_no_frontier(portfolio: Portfolio, small: Small) -> None:
    """It would be a flat line that says nothing; so would one over people where there are none."""
    with pytest.raises(ScenarioError, match="leaves out"):
        frontier(portfolio, Scenario.from_dict({"ignore": ["budget"]}))
    with pytest.raises(ScenarioError, match="needs people or capacity, and there are none"):
        frontier(portfolio, over="role_capacity")
    with pytest.raises(ScenarioError, match="did you mean 'budget'"):
        frontier(portfolio, over="budgets")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="2 points"):
        frontier(portfolio, points=1)


def test_who_joins_by_a_plan_stays_with_it(small: Small) -> None:
    """A needs two people and costs 3; one is hired for 2, one contracted for 1: 6 in all.

    For 4 there is B alone. The plan lies where it was made, with its people and their cost.
    """
    role = {"role_id": "R", "name": "R", "hire_cost": 2, "hire_max": 1}
    role |= {"cost_rate": 0, "contractor_rate": 1}
    portfolio = small(
        {"A": {"value": 5, "cost": [3], "need": [2]}, "B": {"value": 1, "cost": [1]}},
        periods=1,
        budget=8,
        roles=[role],
        contractor_limits=[{"role_id": "R", "period": "2027", "fte": 1}],
        settings={"labour_in_costs": "yes"},
    )
    scenario = Scenario(hiring="both")
    plan = optimize(portfolio, scenario, EXACT)
    assert plan.hires is not None
    assert sorted(plan.hires["kind"]) == ["contractor", "internal"]
    found = frontier(portfolio, scenario, EXACT, points=3, plan=plan)
    (proposed,) = found.plans.to_dict("records")
    assert (proposed["plan"], proposed["level"]) == ("proposed", 1.0)
    assert (proposed["used"], proposed["value"]) == (pytest.approx(7), pytest.approx(6))
    assert proposed["projects"] == ("A", "B")


def test_a_plan_of_which_time_tells_nothing_is_left_out(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The curves stand without it; that it breaks the rules is said only where a solve shows it."""
    plan = optimize(portfolio, None, EXACT)

    def late(self: LevelSession, decisions: object, seconds: float) -> Outcome:
        return without(Objective("value", "max", np.zeros(1)), Status.NO_SOLUTION, seconds)

    monkeypatch.setattr(LevelSession, "kept_at", late)
    found = frontier(portfolio, None, EXACT, points=3, plan=plan)
    assert found.plans.empty
    assert distances(found).empty
    assert today(found, True, "value") == pytest.approx(plan.objectives["value"].iloc[0])
