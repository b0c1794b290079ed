"""What is seen before the solve: at its place, in words, and never where there is a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.data.portfolio import Portfolio
from portfolio.errors import Fault, ScenarioError
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.propagation import propagate
from portfolio.models.selection import build_selection, select
from portfolio.models.solve import solve_in_order
from portfolio.optimize import foresight, optimize
from portfolio.plan import Status, read_plan
from portfolio.scenario import Scenario

from ..sweeps import some
from .test_brute_force import Case, as_portfolio, best, draw, scenario_of

Small = Callable[..., Portfolio]


def one(faults: tuple[Fault, ...]) -> Fault:
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def place(fault: Fault) -> tuple[str, int | None, str, str]:
    return fault.table, fault.row, fault.column, fault.value


# A project alone.


def test_a_forced_project_that_alone_breaks_a_budget(small: Small) -> None:
    portfolio = small(
        {"A": {"value": 1, "cost": [2]}, "B": {"value": 1, "cost": [9], "force": "in"}}, budget=5
    )
    fault = one(foresight(portfolio).faults)
    assert place(fault) == ("projects", 3, "force", "in")
    assert "needs EUR 9 of fund F in 2027, which has EUR 5 for it" in fault.rule
    assert fault.severity == "fault"


def test_a_free_project_that_alone_breaks_a_budget_is_a_warning(small: Small) -> None:
    portfolio = small({"A": {"value": 1, "cost": [9]}}, budget=5)
    known = foresight(portfolio)
    assert known.faults == ()
    warning = one(known.warnings)
    assert place(warning) == ("projects", 2, "project_id", "A")
    assert warning.severity == "warning"
    assert "can never be chosen" in warning.rule
    # Forced out, that is just what is wanted.
    portfolio = small({"A": {"value": 1, "cost": [9], "force": "out"}}, budget=5)
    assert foresight(portfolio) == type(known)()


def test_a_forced_project_that_needs_more_people_than_there_are(small: Small) -> None:
    portfolio = small(
        {"A": {"value": 1, "need": {"R": [2]}, "force": "in"}}, people={"X": {"R": 1}}
    )
    fault = one(foresight(portfolio).faults)
    assert place(fault) == ("projects", 2, "force", "in")
    assert "needs 2 FTE of R in 2027, and 1 FTE can be had" in fault.rule


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"cost": [1, 1, 1, 1]}, "takes 4 years, and the horizon, 2027 to 2029, is shorter"),
        ({"cost": [1, 1], "latest_finish": 0}, "its window (latest_finish 2027) leave no start"),
        (
            {"cost": [1, 1], "earliest_start": 2},
            "its window (earliest_start 2029) leave no start",
        ),
    ],
)
def test_a_forced_project_without_time(small: Small, facts: dict[str, Any], words: str) -> None:
    labels = {key: str(2027 + when) for key, when in facts.items() if key != "cost"}
    portfolio = small({"A": {"value": 1, "force": "in", **facts, **labels}})
    assert words in one(foresight(portfolio).faults).rule


def test_a_forced_project_that_needs_one_forced_out(small: Small) -> None:
    portfolio = small(
        {
            "A": {"value": 1, "cost": [1], "force": "in"},
            "B": {"value": 1, "cost": [1], "force": "out"},
        },
        dependencies=[{"project_id": "A", "other_id": "B", "kind": "requires"}],
    )
    fault = one(foresight(portfolio).faults)
    assert place(fault) == ("projects", 2, "force", "in")
    assert "it needs B, which cannot be chosen" in fault.rule


def test_one_mistake_is_told_once(small: Small) -> None:
    """B waits for A, and A cannot be done: that B cannot either is no mistake of its own."""
    portfolio = small(
        {
            "A": {"value": 1, "cost": [9], "force": "in"},
            "B": {"value": 1, "cost": [1], "force": "in"},
        },
        dependencies=[{"project_id": "B", "other_id": "A", "kind": "requires"}],
        budget=5,
    )
    assert place(one(foresight(portfolio).faults)) == ("projects", 2, "force", "in")


# A cost that no fund can pay.


@pytest.mark.parametrize(("stage", "force"), [("proposed", "in"), ("in_flight", "")])
def test_a_cost_that_no_fund_can_pay(small: Small, stage: str, force: str) -> None:
    cost = {"capex": [1], "opex": [1]}
    facts = {"value": 1, "cost": cost, "stage": stage, "force": force}
    facts |= {"started": "2027"} if stage == "in_flight" else {}
    portfolio = small({"A": facts, "B": {"value": 1, "cost": {"capex": [1]}}}, funds=CAPEX)
    fault = one(foresight(portfolio).faults)
    assert place(fault) == ("costs", 3, "category", "opex")
    assert "no fund may pay for opex" in fault.rule
    portfolio = small(
        {"A": {"value": 1, "cost": cost}, "B": {"value": 1, "cost": {"capex": [1]}}},
        funds=CAPEX,
    )
    assert foresight(portfolio).faults == ()
    assert "can never be chosen" in foresight(portfolio).warnings[0].rule


CAPEX = [{"fund_id": "F", "category": "capex"}]


# Together.


def test_projects_in_flight_that_break_a_budget_together(small: Small) -> None:
    flying = {"value": 1, "cost": [3], "stage": "in_flight", "started": "2027", "stop_cost": 1}
    portfolio = small({"A": flying, "B": flying}, budget=5, periods=1)
    fault = one(foresight(portfolio, Scenario()).faults)
    # Of the tables alone it is a warning: a scenario may allow stops.
    assert foresight(portfolio).faults == ()
    assert foresight(portfolio).warnings == (fault.as_warning(),)
    assert place(fault) == ("budgets", 2, "amount", "5")
    assert "A (EUR 3), B (EUR 3)" in fault.rule
    assert "EUR 1 more is needed of fund F in 2027" in fault.rule
    # Where one may be stopped there is a plan.
    assert foresight(portfolio, Scenario(allow_stops=True)).faults == ()
    assert optimize(portfolio, Scenario(allow_stops=True)).feasible


def test_forced_projects_that_need_too_many_people_together(small: Small) -> None:
    """One after the other they would have time: it is their windows that let them collide."""
    forced = {"value": 1, "need": {"R": [1]}, "force": "in"}
    portfolio = small({"A": forced, "B": forced}, people={"X": {"R": 1}})
    assert foresight(portfolio).faults == ()
    early = {**forced, "latest_start": "2027"}
    portfolio = small({"A": early, "B": early}, people={"X": {"R": 1}})
    fault = one(foresight(portfolio).faults)
    assert place(fault) == ("roles", 2, "role_id", "R")
    assert "is too short in 2027" in fault.rule


def test_a_group_that_cannot_be_met(small: Small) -> None:
    portfolio = small(
        {"A": {"value": 1, "cost": [9]}, "B": {"value": 1, "cost": [1]}},
        groups=[{"group_id": "G", "kind": "at_least", "limit": 2}],
        group_members=[{"group_id": "G", "project_id": p} for p in ("A", "B")],
        budget=5,
    )
    fault = one(foresight(portfolio).faults)
    assert (fault.table, fault.column, fault.value) == ("groups", "limit", "2")


# What a scenario says.


def test_what_the_scenario_ignores_or_widens_is_no_fault(small: Small) -> None:
    portfolio = small({"A": {"value": 1, "cost": [6], "force": "in"}}, budget=5)
    assert foresight(portfolio).faults
    for scenario in (
        Scenario(ignore=frozenset(["budget"])),
        Scenario(ignore=frozenset(["forced_in"])),
        Scenario(soften={"budget": 0.2}),
        Scenario().with_changes({"table": "budgets", "scale": {"amount": 2}}),
    ):
        assert foresight(portfolio, scenario).faults == ()


def test_money_carried_over_is_money(small: Small) -> None:
    """6 in the second year, of 5 and what is left of the 5 before."""
    forced = {"value": 1, "cost": [6], "force": "in", "earliest_start": "2028"}
    for carries, number in ((True, 0), (False, 1)):
        fund = {"fund_id": "F", "carry_over": carries}
        faults = foresight(small({"A": forced}, budget=5, periods=2, funds=[fund])).faults
        assert len(faults) == number


def test_a_scenario_that_makes_it_impossible_is_told_by_its_change(small: Small) -> None:
    portfolio = small({"A": {"value": 1, "cost": [3]}, "B": {"value": 1, "cost": [1]}}, budget=5)
    scenario = Scenario().with_changes(
        {"table": "budgets", "scale": {"amount": 0.5}},
        {"table": "projects", "where": {"project_id": "A"}, "set": {"force": "in"}},
        {"table": "projects", "where": {"project_id": "B"}, "set": {"value": 2}},
        name="cut",
    )
    fault = one(foresight(portfolio, scenario).faults)
    assert str(fault).startswith("scenario 'cut', change 2 (projects): 'in' forces in a project")


def test_a_fault_of_the_data_stays_one_under_a_scenario(small: Small) -> None:
    """The scenario drops the row before it; the row is counted as the file has it."""
    portfolio = small(
        {"A": {"value": 1, "cost": [3]}, "B": {"value": 1, "cost": [9], "force": "in"}}, budget=5
    )
    scenario = Scenario().with_changes({"table": "projects", "drop": {"project_id": "A"}})
    assert place(one(foresight(portfolio, scenario).faults)) == ("projects", 3, "force", "in")


def test_the_plan_says_why_there_is_none(small: Small, tmp_path) -> None:
    portfolio = small({"A": {"value": 1, "cost": [9], "force": "in"}}, budget=5)
    plan = optimize(portfolio)
    assert plan.status == Status.INFEASIBLE
    assert plan.faults == foresight(portfolio).faults
    plan.write(tmp_path)
    assert read_plan(tmp_path).faults == plan.faults
    plan = optimize(small({"A": {"value": 1, "cost": [9]}}, budget=5))
    assert plan.feasible
    assert [warning.value for warning in plan.warnings] == ["A"]


# No false alarms.


@pytest.mark.parametrize("seed", some(range(60, 85), 3))
def test_what_is_called_impossible_is(small: Small, seed: int) -> None:
    """No fault where enumeration finds a plan; a project warned of cannot be forced in."""
    case = drawn(small, seed)
    portfolio, scenario = as_portfolio(small, case), scenario_of(case, seed)
    scenario = replace(scenario, objectives=("strategic_value",), give_up=(0.0,))
    known = foresight(portfolio, scenario)
    if best(case, scenario.objectives, scenario.give_up) is not None:
        assert known.faults == ()
    for warning in known.warnings:
        if "can never be chosen" in warning.rule:
            number = warning.row - 2
            project = portfolio[warning.table]["project_id"].iloc[number]
            forced = scenario.with_changes(
                {"table": "projects", "where": {"project_id": project}, "set": {"force": "in"}}
            )
            selection = build_selection(forced.apply(portfolio), forced)
            assert select(selection, Settings(gap=0.0))[0].status == Status.INFEASIBLE


def test_the_draws_have_something_to_find(small: Small) -> None:
    faults = warnings = 0
    for seed in range(60, 110):
        case = drawn(small, seed)
        known = foresight(as_portfolio(small, case), scenario_of(case, seed))
        faults, warnings = faults + bool(known.faults), warnings + bool(known.warnings)
        if faults >= 2 and warnings >= 5:
            return
    pytest.fail(f"only {faults} draws with faults, and {warnings} with warnings")


def drawn(small: Small, seed: int) -> Case:
    """A draw without shares of spend where its projects cannot keep them at all."""
    case = draw(seed)
    try:
        scenario_of(case, seed).apply(as_portfolio(small, case))
    except ScenarioError:
        case.balance.clear()
    return case


# Propagation by itself.


@given(
    st.integers(1, 3).flatmap(
        lambda rows: st.tuples(
            st.lists(
                st.lists(st.integers(-3, 3), min_size=5, max_size=5), min_size=rows, max_size=rows
            ),
            st.lists(st.integers(-3, 3), min_size=rows, max_size=rows),
            st.lists(st.booleans(), min_size=2, max_size=2),
        )
    )
)
def test_propagation_rules_out_nothing_that_a_solution_has(given: Any) -> None:
    """Two groups of two columns and a loose one, against every combination."""
    matrix, upper, must = np.array(given[0], float), np.array(given[1], float), np.array(given[2])
    groups = np.array([0, 0, 1, 1, -1])
    model = LinearModel("small")
    model.add_block("x", pd.DataFrame({"x": range(4)}), upper=1.0, integer=True)
    model.add_block("y", pd.DataFrame({"y": [0]}), upper=2.0)
    row, column = np.nonzero(matrix)
    entries = pd.DataFrame({"row": row, "column": column, "coefficient": matrix[row, column]})
    rows = pd.DataFrame({"r": range(len(upper))})
    model.add_family(Family("limit", rows, entries, upper=upper))
    reach = propagate(model, groups, must)
    feasible = [
        (*first, *second)
        for first in ((0, 0), (1, 0), (0, 1))
        for second in ((0, 0), (1, 0), (0, 1))
        if sum(first) >= must[0]
        and sum(second) >= must[1]
        # The row is linear in the loose column: if any y in 0 to 2 will do, so will a corner
        # of the intervals that the rows leave.
        and _some_loose(matrix, upper, np.array([*first, *second], float))
    ]
    if feasible:
        assert not reach.broken
        assert reach.open[:4][np.any(feasible, axis=0)].all()


def _some_loose(matrix: np.ndarray, upper: np.ndarray, chosen: np.ndarray) -> bool:
    rest, slope = upper - matrix[:, :4] @ chosen, matrix[:, 4]
    low = max([0.0, *(rest[slope < 0] / slope[slope < 0])])
    high = min([2.0, *(rest[slope > 0] / slope[slope > 0])])
    return bool((rest[slope == 0] >= 0).all() and low <= high)


def test_propagation_leaves_the_model_as_it_was(small: Small) -> None:
    selection = build_selection(small({"A": {"value": 1, "cost": [9]}}, budget=5), Scenario())
    model = selection.model
    before = model.matrix.copy(), *model.column_bounds, *model.row_bounds
    groups = np.zeros(model.n_columns, dtype=np.int64)
    assert not propagate(model, groups, np.array([True])).open.any()
    assert (abs(model.matrix - before[0]) > 0).nnz == 0
    for now, then in zip((*model.column_bounds, *model.row_bounds), before[1:], strict=True):
        np.testing.assert_array_equal(now, then)
    worth = Objective("worth", "max", np.ones(model.n_columns))
    assert solve_in_order(model, [worth], [0.0], Settings())[0].value == 0
