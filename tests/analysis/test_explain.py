"""Why not, and why: answers known by hand and by trying every choice."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portfolio.analysis.explain import EXPLANATIONS, explain, explanations_table, why_not_all
from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError, SolveError
from portfolio.language import spoken
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.plan import Plan
from portfolio.scenario import Scenario
from portfolio.verify import verify

from ..sweeps import draws

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1, time_limit=600)


@pytest.fixture(scope="module")
def ten(small: Small) -> Portfolio:
    """For ten units of money: A and B; C, Z, O and the idea I are not in."""
    projects: dict[str, dict[str, Any]] = {
        "A": {"value": 10, "cost": [6]},
        "B": {"value": 7, "cost": [4]},
        "C": {"value": 6, "cost": [5]},
        "Z": {"value": 1, "cost": [20]},
        "O": {"value": 3, "cost": [1], "force": "out", "force_reason": "strategic"},
        "I": {"value": 3, "cost": [1], "stage": "idea"},
        "X": {"value": 0, "stage": "closed"},
    }
    return small(projects, periods=1, budget=10)


def worth(plan: Plan) -> float:
    """What a plan is worth by its first objective."""
    return float(plan.objectives["value"].iloc[0])


def chosen(plan: Plan) -> set[str]:
    """The projects in a plan."""
    assert plan.selection is not None
    return set(plan.selection.loc[plan.selection["selected"], "project_id"])


def test_what_a_project_lacks_and_pushes_out(ten: Portfolio) -> None:
    """C fits beside B alone: 13 instead of 17. With 5 more money it fits beside both."""
    found = explain(ten, "C", None, EXACT)
    assert not found.in_plan
    assert (found.objective, found.value, found.other_value) == ("strategic_value", 17, 13)
    assert (found.value_lost, found.value_lost_low, found.value_lost_high) == (4, 4, 4)
    assert (found.displaced, found.replaced_by) == (("A",), ())
    (limit,) = found.binding.to_dict("records")
    assert limit == {
        "family": "budget",
        "key": "fund_id=F, period=2027",
        "slack": 0,
        "missing": pytest.approx(5),
    }
    assert found.brings_in.value == pytest.approx(10)
    assert found.brings_in.capacity is None
    assert found.brings_in.budget is not None
    assert found.brings_in.budget.to_dict("records") == [
        {"fund_id": "F", "period": "2027", "amount": pytest.approx(5)}
    ]
    assert found.brings_in.unsettled == ()
    assert found.sentence == (
        "C (Project C) is left out: from 2027, beside today's plan, it would pass fund F for 2027 "
        "by EUR 5; with it the strategic value is 13, 4 less than today's 17; it pushes out "
        "A (Project A). It would come in with a value of 10 instead of 6. A plan with it would be "
        "worth as much as today's with EUR 5 more money (F in 2027: EUR 5)."
    )
    assert chosen(found.plans["other"]) == {"B", "C"}
    assert chosen(found.plans["budget"]) == {"A", "B", "C"}
    for name, plan in found.plans.items():
        assert verify(plan, ten, found.scenarios[name]) == []


def test_answers_in_dutch(ten: Portfolio) -> None:
    with spoken("nl"):
        why_not, why_in = (explain(ten, project, None, EXACT) for project in "CA")
    assert why_not.sentence == (
        "C (Project C) staat niet in het plan: vanaf 2027 overschrijdt het, naast het huidige "
        "plan, het budget van F voor 2027 met EUR 5; met dit project is de uitkomst voor "
        "strategische waarde 13, dat is 4 lager dan de huidige 17; het verdringt A (Project A). "
        "Het komt in het plan met een waarde van 10 in plaats van 6. Een plan met dit project is "
        "evenveel waard als het huidige bij EUR 5 extra geld (F in 2027: EUR 5)."
    )
    assert why_in.sentence == (
        "A (Project A) staat in het plan: zonder dit project is de uitkomst voor strategische "
        "waarde 13, dat is 4 lager dan de huidige 17; C (Project C) zou ervoor in de plaats komen."
    )


def test_the_answer_is_a_scenario_that_the_analyst_can_run(ten: Portfolio) -> None:
    """With its changes the optimiser finds the same plan by itself."""
    found = explain(ten, "C", None, EXACT)
    for name, plan in found.plans.items():
        again = optimize(ten, found.scenarios[name], EXACT)
        assert chosen(again) == chosen(plan)
        assert found.scenarios[name].name == "baseline-with-C"


def test_what_no_plan_can_hold_today_may_still_be_brought_in(ten: Portfolio) -> None:
    """Z alone takes 20: no plan has room for it, 20 more money has."""
    found = explain(ten, "Z", None, EXACT)
    assert (found.other_value, found.value_lost, found.brings_in.value) == (None, None, None)
    assert found.brings_in.budget is not None
    assert found.brings_in.budget["amount"].sum() == pytest.approx(20)
    assert "no plan within today's limits can hold it" in found.sentence
    (limit,) = found.binding.to_dict("records")
    assert limit["missing"] == pytest.approx(10)
    assert (
        "even if all that may leave did, it would pass fund F for 2027 by EUR 10" in found.sentence
    )


def test_a_decision_against_a_project_is_named_and_priced(ten: Portfolio) -> None:
    """Without the decision O would go with B and C: 16, less than 17."""
    found = explain(ten, "O", None, EXACT)
    assert found.value_lost == 1
    assert (found.brings_in.value, found.brings_in.budget, found.brings_in.capacity) == (None,) * 3
    assert "kept out by decision (strategic)" in found.sentence
    assert chosen(found.plans["other"]) == {"O", "B", "C"}


@pytest.mark.parametrize(("project", "words"), [("I", "an idea"), ("X", "closed")])
def test_on_what_is_not_offered_there_is_nothing_to_solve(
    ten: Portfolio, project: str, words: str
) -> None:
    """Neither is a question for the solver."""
    found = explain(ten, project, None, EXACT)
    assert words in found.sentence
    assert found.value_lost is None
    assert found.as_dict()["brings_in"]["value"] is None
    assert not found.plans


def test_why_a_project_is_in(ten: Portfolio) -> None:
    """Without A there are B and C."""
    found = explain(ten, "A", None, EXACT)
    assert found.in_plan
    assert (found.value_lost, found.displaced, found.replaced_by) == (4, (), ("C",))
    assert found.sentence == (
        "A (Project A) is in the plan: without it the strategic value is 13, 4 less than today's "
        "17; C (Project C) would take its place."
    )
    assert chosen(found.plans["other"]) == {"B", "C"}


@pytest.fixture(scope="module")
def flying(small: Small) -> Portfolio:
    """Three people: F is in flight and needs two, so that A does not fit; M must be done."""
    projects = {
        "A": {"value": 10, "cost": [6], "need": [2]},
        "F": {"value": 1, "cost": [2], "need": [2], "stage": "in_flight", "started": "2027"},
        "G": {"value": 1, "stage": "in_flight", "started": "2027", "duration": 1},
        "B": {"value": 7, "cost": [4], "need": [1]},
        "M": {"value": 1, "cost": [1], "force": "in", "force_reason": "regulatory"},
    }
    people = {name: {"R": 1.0} for name in ("Ann", "Bob", "Eve")}
    return small(projects, periods=1, budget=10, people=people)


def test_people_bring_in_what_money_does_not(flying: Portfolio) -> None:
    """A needs one person more beside F, whatever money there is."""
    found = explain(flying, "A", None, EXACT)
    assert found.other_value is None
    assert found.brings_in.budget is None
    assert found.brings_in.capacity is not None
    assert found.brings_in.capacity.to_dict("records") == [
        {"role_id": "R", "period": "2027", "fte": pytest.approx(1)}
    ]
    assert list(found.binding["family"]) == ["role_capacity"]
    assert chosen(found.plans["capacity"]) == {"A", "F", "G", "M"}


def test_what_is_forced_or_in_flight_says_so_and_what_that_costs(flying: Portfolio) -> None:
    """Without F there is room for A; M costs nothing but the money that nobody else needs."""
    flight = explain(flying, "F", None, EXACT)
    assert flight.value_lost == -2
    assert (flight.displaced, flight.replaced_by) == (("B",), ("A",))
    assert "is in flight and stays" in flight.sentence
    assert "2 more than today's 10" in flight.sentence
    scenario = flight.scenarios["other"]
    assert verify(flight.plans["other"], flying, scenario) == []
    assert chosen(optimize(flying, scenario, EXACT)) == {"A", "G", "M"}
    forced = explain(flying, "M", None, EXACT)
    assert forced.value_lost == 1
    assert "must be done (regulatory)" in forced.sentence


def test_what_is_stopped_is_not_in_and_what_is_kept_may_be(small: Small) -> None:
    """Stopping F costs 1 and frees 3 of 6 for A; without A it would be kept."""
    flying = {"stage": "in_flight", "started": "2027", "stop_cost": 1}
    projects = {
        "F": {"value": 2, "cost": [3], **flying},
        "A": {"value": 5, "cost": [5]},
    }
    portfolio = small(projects, periods=1, budget=6)
    scenario = Scenario.from_dict({"allow_stops": True})
    stopped = explain(portfolio, "F", scenario, EXACT)
    assert (stopped.in_plan, stopped.value_lost, stopped.displaced) == (False, 3, ("A",))
    assert stopped.brings_in.budget is not None
    assert stopped.brings_in.budget["amount"].tolist() == pytest.approx([2])
    assert "is stopped: kept, beside today's plan, it would pass fund F" in stopped.sentence
    kept = small({"F": projects["F"]}, periods=1, budget=6)
    found = explain(kept, "F", scenario, EXACT)
    assert (found.in_plan, found.value_lost) == (True, 2)
    assert "is in flight and kept" in found.sentence


def test_what_a_group_or_a_dependency_rules_out_is_named(small: Small) -> None:
    """D needs an idea; E stands against the forced F; neither money nor people change that."""
    projects = {
        "D": {"value": 9, "cost": [1]},
        "I": {"value": 9, "cost": [1], "stage": "idea"},
        "E": {"value": 9, "cost": [1]},
        "F": {"value": 1, "cost": [1], "force": "in"},
    }
    portfolio = small(
        projects,
        periods=1,
        budget=10,
        dependencies=[{"project_id": "D", "other_id": "I", "kind": "requires"}],
        groups=[{"group_id": "G", "kind": "at_most", "limit": 1}],
        group_members=[{"group_id": "G", "project_id": p} for p in "EF"],
    )
    for project, family, words in (("D", "requires", "needs I"), ("E", "groups", "group G")):
        found = explain(portfolio, project, None, EXACT)
        assert list(found.binding["family"]) == [family]
        assert words in found.sentence
        assert "Neither value nor money nor people would bring it in." in found.sentence
        assert found.brings_in.as_dict()["budget"] is None


def test_membership_is_not_monotone_and_the_least_money_is_found_all_the_same(small: Small) -> None:
    """A is in at 4 and 5, out at 6, where B and C fit, and in again from 7 on with one of them.

    At 6 a plan with A is worth 5, 3 less than 8; with 1 more money it holds B too.
    """
    projects = {
        "A": {"value": 5, "cost": [4]},
        "B": {"value": 4, "cost": [3]},
        "C": {"value": 4, "cost": [3]},
    }
    at = {money: small(projects, periods=1, budget=money) for money in range(4, 9)}
    inside = {money: "A" in chosen(optimize(p, None, EXACT)) for money, p in at.items()}
    assert inside == {4: True, 5: True, 6: False, 7: True, 8: True}
    found = explain(at[6], "A", None, EXACT)
    assert found.value_lost == 3
    assert found.brings_in.value == pytest.approx(8)
    assert found.brings_in.budget is not None
    assert found.brings_in.budget["amount"].tolist() == pytest.approx([1])


def test_options_of_different_worth_tie_where_the_best_of_them_does(small: Small) -> None:
    """X whole costs 6 and fits with none; half of its value costs 4 and fits beside C.

    Today is A with C: 12. At its value of 4, half of it and C bring 2 + 2. Whole it ties at
    12, and half with C at 2 x (12 - 2) = 20: the tie is at 12, not at 20.
    """
    projects = {
        "A": {"value": 10, "cost": [4]},
        "C": {"value": 2, "cost": [2]},
        "X": {
            "value": 3,
            "options": {
                "whole": {"cost": [6], "value_share": 1.0},
                "half": {"cost": [4], "value_share": 0.5},
            },
        },
    }
    portfolio = small(projects, periods=1, budget=6)
    found = explain(portfolio, "X", None, EXACT)
    assert found.other_value == 3.5
    assert found.brings_in.value == pytest.approx(12)


def test_a_better_plan_that_turns_up_takes_the_place_of_the_one_asked_about(
    ten: Portfolio, small: Small
) -> None:
    """Asked about a plan that holds B and C alone, the answer is about A and B."""
    poor = optimize(
        ten,
        Scenario().with_changes(
            {"table": "projects", "where": {"project_id": "A"}, "set": {"force": "out"}}
        ),
        EXACT,
    )
    assert chosen(poor) == {"B", "C"}
    rows = poor.objectives.assign(bound=[17.0, 99.0], gap=[4 / 13, None], status="feasible")
    rows.loc[1, ["bound", "gap"]] = None
    plan = Plan(**{**poor.__dict__, "objectives": rows, "status": "feasible"})
    found = explain(ten, "A", None, EXACT, plan=plan)
    assert found.replaced
    assert found.in_plan
    assert chosen(found.plan) == {"A", "B"}
    assert found.sentence.startswith(
        "A better plan turned up on the way and takes the plan's place (strategic value 17 "
        "instead of 13). A (Project A) is in the plan: without it the strategic value is 13"
    )
    every = why_not_all(ten, None, EXACT, plan=plan)
    assert [one.project_id for one in every] == ["C", "Z", "O"]
    assert all(one.replaced and one.value == 17 for one in every)


def test_every_project_that_is_left_out_in_one_go(ten: Portfolio) -> None:
    """The same answers as one by one, as a table too."""
    every = why_not_all(ten, None, EXACT)
    assert [one.project_id for one in every] == ["C", "Z", "O"]
    for one in every:
        alone = explain(ten, one.project_id, None, EXACT).as_dict()
        assert one.as_dict() | {"seconds": 0} == alone | {"seconds": 0}
    table = explanations_table(every)
    assert tuple(table.columns) == EXPLANATIONS
    assert table["money"].tolist()[:2] == pytest.approx([5, 20])
    assert table["value_lost"].isna().tolist() == [False, True, False]


def test_money_objectives_and_least_cost(small: Small) -> None:
    """By NPV, B brings 2 and needs 5; by cost, what is forced in costs what it costs."""
    projects = {
        "A": {"cost": [4], "benefit": [9]},
        "B": {"cost": [4], "benefit": [6]},
        "M": {"cost": [3], "benefit": [1], "force": "in"},
    }
    portfolio = small(projects, periods=1, budget=7)
    by_npv = explain(portfolio, "B", Scenario.from_dict({"objectives": ["npv"]}), EXACT)
    assert (by_npv.value_lost, by_npv.brings_in.value) == (pytest.approx(3), pytest.approx(5))
    assert "EUR 3 less than today's EUR 3" in by_npv.sentence
    by_cost = explain(portfolio, "B", Scenario.from_dict({"objectives": ["cost"]}), EXACT)
    assert by_cost.value_lost == pytest.approx(4)
    assert "EUR 4 more than today's EUR 3" in by_cost.sentence
    forced = explain(portfolio, "M", Scenario.from_dict({"objectives": ["cost"]}), EXACT)
    assert forced.value_lost == pytest.approx(-3)


def test_what_was_given_up_is_no_better_plan(small: Small) -> None:
    """B starts early, and for that the plan gave up A, which is worth 3 instead of 2."""
    projects = {
        "A": {"value": 3, "cost": [4], "earliest_start": "2028"},
        "B": {"value": 2, "cost": [4]},
    }
    portfolio = small(
        projects,
        periods=2,
        budget=4,
        groups=[{"group_id": "G", "kind": "at_most", "limit": 1}],
        group_members=[{"group_id": "G", "project_id": p} for p in "AB"],
    )
    scenario = Scenario.from_dict(
        {"objectives": ["strategic_value", "early_start"], "give_up": [0.4, 0.0]}
    )
    found = explain(portfolio, "A", scenario, EXACT)
    assert not found.in_plan
    assert not found.replaced
    assert found.value_lost == pytest.approx(0)


@pytest.mark.parametrize(
    ("project", "words"),
    [
        ("c", "'c' is not a project of this portfolio"),
        ("Project C", "'C' has that name: did you mean that"),
        ("", "'' is not a project"),
    ],
)
def test_a_project_that_is_not_there_is_refused(ten: Portfolio, project: str, words: str) -> None:
    """With the nearest one that is, before anything is solved."""
    with pytest.raises(ScenarioError, match=words):
        explain(ten, project, None, EXACT)


def test_a_plan_of_another_portfolio_is_refused(ten: Portfolio, flying: Portfolio) -> None:
    """Nor can one be asked about a plan that is none."""
    with pytest.raises(ScenarioError, match="is not one of this portfolio under scenario"):
        explain(ten, "C", None, EXACT, plan=optimize(flying, None, EXACT))
    never = Scenario().with_changes({"table": "projects", "set": {"force": "in"}}, name="never")
    with pytest.raises((ScenarioError, SolveError), match="no plan to ask about"):
        explain(flying, "A", never, EXACT)


Works = list[tuple[int, int, int]]


def best_of(works: Works, budget: float, people: float, must: int | None = None) -> float | None:
    """The best value of all choices, by trying them; None where none holds what must be."""
    found = [
        sum(works[n][0] for n in subset)
        for subset in subsets(len(works))
        if (must is None or must in subset)
        and sum(works[n][1] for n in subset) <= budget + 1e-9
        and sum(works[n][2] for n in subset) <= people + 1e-9
    ]
    return max(found, default=None)


def subsets(size: int) -> Iterable[tuple[int, ...]]:
    """Every choice among so many."""
    return itertools.chain.from_iterable(
        itertools.combinations(range(size), number) for number in range(size + 1)
    )


@settings(max_examples=draws(3), deadline=None)
@given(
    works=st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 3)), min_size=3, max_size=6
    ),
    budget=st.integers(3, 16),
    people=st.integers(1, 6),
)
def test_the_amounts_are_the_least_that_do(
    small: Small, works: Works, budget: int, people: int
) -> None:
    """With the stated money or people it is worth today's, with 1 % less it is not.

    At a little over the value at which it ties it is in every best plan, at a little under
    in none.
    """
    projects = {
        f"P{n}": {"value": value, "cost": [cost], "need": [need]}
        for n, (value, cost, need) in enumerate(works)
    }
    capacity = [{"role_id": "R", "period": "2027", "kind": "total", "fte": people}]
    portfolio = small(projects, periods=1, budget=budget, capacity=capacity)
    plan = optimize(portfolio, None, EXACT)
    out = [n for n in range(len(works)) if f"P{n}" not in chosen(plan)]
    assume(out)
    today = best_of(works, budget, people)
    assert today is not None
    for n in out[:2]:
        found = explain(portfolio, f"P{n}", None, EXACT, plan=plan)
        with_it = best_of(works, budget, people, n)
        assert found.value_lost == (None if with_it is None else pytest.approx(today - with_it))
        brings = found.brings_in
        ways = (
            (brings.budget, "amount", lambda more: (budget + more, people)),
            (brings.capacity, "fte", lambda more: (budget, people + more)),
        )
        for rows, column, limits in ways:
            if rows is None:
                assert best_of(works, *limits(1000), n) in (None, *range(today))
                continue
            more = float(rows[column].sum())
            reached = best_of(works, *limits(more), n)
            assert reached is not None
            assert reached >= today
            if more > 0:
                less = best_of(works, *limits(more * 0.99), n)
                assert less is None or less < today
        if brings.value is not None:
            for factor, inside in ((1.01, True), (0.99, False)):
                tied = [
                    (v if m != n else brings.value * factor, c, d)
                    for m, (v, c, d) in enumerate(works)
                ]
                others = best_of(
                    [(0 if m == n else v, c, d) for m, (v, c, d) in enumerate(works)],
                    budget,
                    people,
                )
                holding = best_of(tied, budget, people, n)
                assert holding is not None
                assert others is not None
                assert (holding > others) is inside
