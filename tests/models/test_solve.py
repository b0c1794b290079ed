"""How a solve ends: statuses, limits, gaps, what is held, and what is refused."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from portfolio.errors import ScenarioError, SolveError
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings, without
from portfolio.models.selection import build_selection, select
from portfolio.models.solve import HighsSession, polished, solve_in_order
from portfolio.optimize import optimize
from portfolio.plan import Status
from portfolio.scenario import Scenario

CBC = pytest.mark.filterwarnings("ignore:.*PULP_CBC_CMD.*:DeprecationWarning")
BOTH = pytest.mark.parametrize("solver", ["highs", pytest.param("PULP_CBC_CMD", marks=CBC)])


def whole(size: int, rows=(), **bounds) -> LinearModel:
    """Columns 0 or 1 (or as bounded), and rows (coefficients, lower, upper)."""
    model = LinearModel("m")
    bounds = {"upper": 1.0, "integer": True, **bounds}
    model.add_block("x", pd.DataFrame({"i": range(size)}), **bounds)
    for number, (coefficients, lower, upper) in enumerate(rows):
        entries = pd.DataFrame({"row": 0, "column": range(size), "coefficient": coefficients})
        keys = pd.DataFrame({"a": [0]})
        model.add_family(Family(f"f{number}", keys, entries, lower, upper))
    return model


def most(coefficients, name="most") -> Objective:
    return Objective(name, "max", np.array(coefficients, dtype=float))


def least(coefficients, name="least") -> Objective:
    return Objective(name, "min", np.array(coefficients, dtype=float))


def hard() -> tuple[LinearModel, list[Objective]]:
    """Far too many knapsacks in one to be proven in seconds."""
    rng = np.random.default_rng(0)
    size, rows = 200, 30
    weight = rng.integers(1, 1000, (rows, size)).astype(float)
    limits = [(weight[k], -np.inf, weight[k].sum() / 3) for k in range(rows)]
    first = most(weight.sum(0) / rows + rng.integers(0, 500, size), "first")
    return whole(size, limits), [first, most(rng.integers(1, 10, size), "second")]


@BOTH
def test_optimal(solver):
    model = whole(3, [([4, 3, 2], -np.inf, 5)])
    outcome = solve_in_order(model, [most([6, 5, 4])], [0.0], Settings(gap=0.0, solver=solver))[0]
    assert (outcome.status, outcome.objective, outcome.sense) == (Status.OPTIMAL, "most", "max")
    assert outcome.value == pytest.approx(9)
    assert outcome.bound == pytest.approx(9)
    assert outcome.gap == pytest.approx(0)


@BOTH
def test_least_is_optimal_too(solver):
    model = whole(3, [([4, 3, 2], 5, np.inf)])
    outcome = solve_in_order(model, [least([6, 5, 4])], [0.0], Settings(gap=0.0, solver=solver))[0]
    assert outcome.value == pytest.approx(9)
    assert outcome.bound <= outcome.value + 1e-9


@BOTH
def test_infeasible_has_no_values(solver):
    model = whole(2, [([1, 1], 3, np.inf)])
    settings = Settings(solver=solver)
    outcomes = solve_in_order(model, [most([1, 1]), most([2, 1])], [0.0, 0.0], settings)
    assert len(outcomes) == 1
    assert outcomes[0].status == Status.INFEASIBLE
    assert outcomes[0].columns is None
    assert (outcomes[0].value, outcomes[0].bound, outcomes[0].gap) == (None, None, None)


def test_infeasible_for_want_of_whole_numbers():
    """2 x = 1 has a half as its solution, and no whole number."""
    model = whole(1, [([2], 1, 1)])
    assert solve_in_order(model, [most([1])], [0.0], Settings())[0].status == Status.INFEASIBLE


@BOTH
@pytest.mark.parametrize("integer", [True, False])
def test_unbounded_is_refused(solver, integer):
    """Neither infeasible nor a plan: a mistake in the model."""
    model = whole(2, [([1, -1], -np.inf, 0)], upper=np.inf, integer=integer)
    with pytest.raises(SolveError, match="nothing limits the objective most"):
        solve_in_order(model, [most([1, 1])], [0.0], Settings(solver=solver))


def test_infeasible_is_not_taken_for_unbounded():
    rows = [([1, -1], -np.inf, 0), ([1, -1], 1, np.inf)]
    model = whole(2, rows, upper=np.inf)
    assert solve_in_order(model, [most([1, 1])], [0.0], Settings())[0].status == Status.INFEASIBLE


def test_limit_before_any_solution():
    """Five rows must each sum to exactly half, by the same forty numbers: no quick find.

    Cornuéjols and Dawande, A class of hard small 0-1 programs (1999): neither a solution nor
    the proof that there is none comes within the time of a test on any machine.
    """
    rng = np.random.default_rng(0)
    weight = rng.integers(0, 100, (5, 40)).astype(float)
    half = weight.sum(1) // 2
    model = whole(40, [(weight[k], half[k], half[k]) for k in range(5)])
    objectives = [most(np.ones(40), "first"), most(np.arange(40.0), "second")]
    outcomes = solve_in_order(model, objectives, [0.0, 0.0], Settings(time_limit=0.05, gap=0.0))
    assert [outcome.status for outcome in outcomes] == [Status.NO_SOLUTION]
    assert outcomes[0].columns is None


def test_limit_with_a_solution_has_bound_and_gap():
    """And the limit is that of all objectives together, in processor time as below."""
    model, objectives = hard()
    settings = Settings(time_limit=1.0, gap=0.0, threads=1)
    began = time.process_time()
    outcomes = solve_in_order(model, objectives, [0.0, 0.0], settings)
    assert time.process_time() - began < 1.8
    first, second = outcomes
    assert (first.status, second.status) == (Status.FEASIBLE, Status.FEASIBLE)
    assert first.bound > first.value > 0
    assert first.gap == pytest.approx((first.bound - first.value) / first.value)
    assert objectives[0].value(second.columns) >= first.value - 1e-6 * first.value


@CBC
def test_limit_with_a_solution_by_cbc():
    """PuLP calls it optimal; it is not, and no bound is known."""
    model, objectives = hard()
    settings = Settings(time_limit=1.0, gap=0.0, solver="PULP_CBC_CMD")
    outcome = solve_in_order(model, objectives[:1], [0.0], settings)[0]
    assert outcome.status == Status.FEASIBLE
    assert outcome.value > 0
    assert (outcome.bound, outcome.gap) == (None, None)


def test_asked_gap_ends_a_solve():
    model, objectives = hard()
    outcome = solve_in_order(model, objectives[:1], [0.0], Settings(gap=0.05))[0]
    assert outcome.status == Status.OPTIMAL
    assert 0 < outcome.gap <= 0.05


def test_plan_at_a_limit_without_a_solution_has_no_tables(small):
    """Projects enough that nothing is found in a hundred-thousandth of a second."""
    rng = np.random.default_rng(1)
    portfolio = small(
        {
            f"A{n}": {"value": int(rng.integers(1, 99)), "cost": rng.integers(1, 9, 4).tolist()}
            for n in range(40)
        },
        periods=12,
        budget=9,
        groups=[{"group_id": "G", "kind": "at_least", "limit": 5}],
        group_members=[{"group_id": "G", "project_id": f"A{n}"} for n in range(40)],
    )
    plan = optimize(portfolio, settings=Settings(time_limit=1e-5))
    assert plan.status == Status.NO_SOLUTION
    assert plan.selection is None
    assert plan.spend is None
    assert plan.objectives["value"].isna().all()


# --- Objectives in order ------------------------------------------------------------


PAIRS = [([5, 4, 4, 1], [0, 3, 0, 9]), ([1, 1, 1, 1], [1, 2, 3, 4]), ([3, 2, 2, 0], [1, 1, 1, 5])]


@BOTH
@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("share", [0.0, 0.12, 0.5, 1.0])
def test_earlier_objectives_are_held(solver, first, second, share):
    """At most two of four: second best among all that keep 1 - share of the first's best."""
    model = whole(4, [([1, 1, 1, 1], -np.inf, 2)])
    every = [np.array(x) for x in itertools.product((0, 1), repeat=4) if sum(x) <= 2]
    top = max(float(x @ first) for x in every)
    wanted = max(float(x @ second) for x in every if x @ first >= top - share * abs(top) - 1e-9)
    objectives = [most(first, "first"), most(second, "second")]
    settings = Settings(gap=0.0, solver=solver)
    outcomes = solve_in_order(model, objectives, [share, 0.0], settings)
    assert [outcome.value for outcome in outcomes] == pytest.approx([top, wanted])
    assert objectives[0].value(outcomes[1].columns) >= top - share * top - 1e-6


def test_least_is_held_as_well():
    """One must be taken: the cheapest costs 4; a quarter more lets the worthier one in."""
    model = whole(3, [([1, 1, 1], 1, np.inf)])
    objectives = [least([4, 5, 9]), most([1, 2, 9])]
    outcomes = solve_in_order(model, objectives, [0.25, 0.0], Settings(gap=0.0))
    assert [outcome.value for outcome in outcomes] == pytest.approx([4, 2])
    held = solve_in_order(model, objectives, [0.2, 0.0], Settings(gap=0.0))
    assert [outcome.value for outcome in held] == pytest.approx([4, 1])


def test_give_up_of_a_loss_is_a_share_of_its_size():
    """Something must be taken, at a loss of 10 at least; a tenth of it, 1, may be given up."""
    model = whole(3, [([1, 1, 1], 1, 1)])
    objectives = [most([-10, -11, -12]), most([0, 1, 2])]
    outcomes = solve_in_order(model, objectives, [0.1, 0.0], Settings(gap=0.0))
    assert [outcome.value for outcome in outcomes] == pytest.approx([-10, 1])


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_held_at_any_scale(scale):
    """Amounts in billions or scores in millionths: nothing of the first is given up."""
    model = whole(3, [([1, 1, 1], 1, 1)])
    objectives = [most(np.array([1.0, 0.999, 0.5]) * scale), most([0, 5, 9])]
    outcomes = solve_in_order(model, objectives, [0.0, 0.0], Settings(gap=0.0))
    assert outcomes[-1].columns.tolist() == [1, 0, 0]


@CBC
def test_three_objectives_by_pulp_with_one_share_less(small):
    """The last objective holds nothing, so its share is not asked for."""
    portfolio = small({"A": {"value": 1, "cost": [1], "benefit": [2]}})
    scenario = Scenario(objectives=("strategic_value", "npv", "cost"), give_up=(0.0, 0.0))
    for solver in ("highs", "PULP_CBC_CMD"):
        plan = optimize(portfolio, scenario, Settings(solver=solver))
        assert plan.objectives["value"].tolist() == [1, 1, 1]


def test_near_ties_are_not_traded_at_a_gap_of_nothing(small):
    """B is worth a millionth more than A, which could start earlier: B it is."""
    members = [{"group_id": "G", "project_id": p} for p in "AB"]
    portfolio = small(
        {
            "A": {"value": 1, "cost": [1]},
            "B": {"value": 1.000001, "cost": [1], "earliest_start": "2029"},
        },
        groups=[{"group_id": "G", "kind": "at_most", "limit": 1}],
        group_members=members,
    )
    plan = optimize(portfolio, settings=Settings(gap=0.0))
    assert plan.status == Status.OPTIMAL
    assert plan.selection["selected"].tolist() == [False, True]


@pytest.mark.parametrize("seed", range(4))
def test_many_near_ties_are_proven_or_said_not_to_be(small, seed):
    """Scores of many digits tie within every tolerance; no plan may be refused for it."""
    rng = np.random.default_rng(seed)
    projects = {
        f"A{n}": {"value": round(rng.random(), 7), "cost": [int(rng.integers(1, 20)), 1]}
        for n in range(14)
    }
    plan = optimize(small(projects, periods=4, budget=30), settings=Settings(gap=0.0))
    assert plan.status == Status.OPTIMAL


# --- The session --------------------------------------------------------------------


def test_session_needs_an_aim():
    with pytest.raises(SolveError, match="no objective"):
        HighsSession(whole(1), Settings()).solve()


def test_session_solves_again_after_a_change():
    model = whole(3, [([4, 3, 2], -np.inf, 5)])
    session = HighsSession(model, Settings(gap=0.0))
    session.aim(most([6, 5, 4]))
    assert session.solve().value == pytest.approx(9)
    session.fix(np.array([0]), np.array([1.0]))
    assert session.solve().value == pytest.approx(6)
    session.aim(least([1, 1, 1]))
    assert session.solve().value == pytest.approx(1)


def test_each_solve_of_a_session_has_its_own_limit():
    """What was solved before does not lengthen the limit.

    In processor time, of which one thread never has more than passes by the clock: on a busy
    machine it has less, and more only where the limit is not kept.
    """
    model, objectives = hard()
    session = HighsSession(model, Settings(time_limit=0.4, gap=0.0, threads=1))
    for _ in range(3):
        session.aim(objectives[0])
        began = time.process_time()
        session.solve()
        assert time.process_time() - began < 0.75


def test_polished_keeps_decisions_and_settles_the_rest():
    """x is taken and needs 3 of y; 7 were given, 3 are enough."""
    model = whole(1)
    model.add_block("y", pd.DataFrame({"i": [0]}))
    entries = pd.DataFrame({"row": [0, 0], "column": [0, 1], "coefficient": [3.0, -1.0]})
    model.add_family(Family("need", pd.DataFrame({"a": [0]}), entries, upper=0.0))
    settled = polished(model, np.array([1.0, 7.0]), [least([0, 1])], Settings())
    assert settled.tolist() == pytest.approx([1, 3])
    impossible = np.array([2.0, 0.0])
    model.add_family(Family("no", pd.DataFrame({"a": [0]}), entries.iloc[:1], upper=1.0))
    assert polished(model, impossible, [least([0, 1])], Settings()) is impossible


def test_settling_out_of_time_still_settles_the_last_aim(monkeypatch):
    """First as little as may be of z, which is whole; for want of time it stays, y is settled."""
    model = whole(1)
    model.add_block("z", pd.DataFrame({"i": [0]}), upper=9.0, integer=True)
    model.add_block("y", pd.DataFrame({"i": [0]}))
    entries = pd.DataFrame({"row": 0, "column": [0, 1, 2], "coefficient": [5.0, -1.0, -1.0]})
    model.add_family(Family("need", pd.DataFrame({"a": [0]}), entries, upper=0.0))
    aims = [replace(least([0, 1, 0]), name="first"), replace(least([0, 0, 1]), name="last")]
    given = np.array([1.0, 2.0, 7.0])
    decided = np.array([0])
    in_time = polished(model, given, aims, Settings(), decided=decided, seconds=1.0)
    assert in_time.tolist() == pytest.approx([1, 0, 5])
    solve = HighsSession.solve

    def late(session, seconds=None):
        if session._objective.name == "first":
            return without(session._objective, Status.NO_SOLUTION, 0.0)
        return solve(session, seconds)

    monkeypatch.setattr(HighsSession, "solve", late)
    out_of_time = polished(model, given, aims, Settings(), decided=decided, seconds=-1.0)
    assert out_of_time.tolist() == pytest.approx([1, 2, 3])


@BOTH
def test_columns_that_stand_in_no_row(small, solver):
    """Without budgets nothing limits what is carried over; what people do is read all the same."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [5, 5], "need": {"R": [1], "S": [0.5]}},
            "B": {"value": 2, "cost": [1], "need": {"S": [1]}},
        },
        budget=4,
        people={"X": {"R": 1, "S": 1}, "Y": {"S": 1}},
        funds=[{"fund_id": "F", "carry_over": True}],
    )
    ignoring = Scenario(ignore=frozenset(["budget"]))
    plan = optimize(portfolio, ignoring, Settings(gap=0.0, solver=solver))
    assert plan.objectives["value"].tolist() == [7, 5]


# --- What is refused ----------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_limit": 0},
        {"time_limit": -1},
        {"time_limit": float("nan")},
        {"gap": -0.1},
        {"gap": 1},
        {"gap": float("nan")},
        {"threads": -1},
        {"threads": 1025},
        {"seed": -1},
        {"seed": 2**31},
    ],
)
def test_settings_are_checked(wrong):
    with pytest.raises(ValueError, match=r"\w+"):
        Settings(**wrong)


def test_settings_as_whole_numbers(small):
    portfolio = small({"A": {"value": 1, "cost": [1]}})
    plan = optimize(portfolio, settings=Settings(time_limit=10, gap=0, seed=7, threads=1))
    assert plan.status == Status.OPTIMAL
    assert dict(plan.settings) == {
        "time_limit": 10,
        "gap": 0,
        "seed": 7,
        "threads": 1,
        "solver": "highs",
        "limit": "time",
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ignore": ["budgets"]}, "ignore: 'budgets' is not a rule; did you mean 'budget'"),
        ({"ignore": ["role_capacities"]}, "did you mean 'role_capacity'"),
        (
            {"soften": {"rolecapacity": 0.1}},
            "soften: 'rolecapacity' .* did you mean 'role_capacity'",
        ),
        ({"ignore": ["once"]}, "'once' cannot be left out"),
        ({"ignore": ["in_flight"]}, "'in_flight' cannot be left out"),
        ({"ignore": ["zzz"]}, "known are: .*balance, .*budget, "),
    ],
)
def test_unknown_families_are_refused(small, given, words):
    with pytest.raises(ScenarioError, match=words):
        optimize(small({"A": {"value": 1}}), Scenario.from_dict(given))


def test_families_whose_limits_cannot_be_softened(small):
    """A share of nothing is nothing: such softening would silently change nothing."""
    scenario = Scenario.from_dict({"soften": {"requires": 0.1}})
    with pytest.raises(ScenarioError, match="requires"):
        optimize(small({"A": {"value": 1}}), scenario)


def test_every_problem_of_a_scenario_is_told(small):
    scenario = Scenario.from_dict(
        {
            "ignore": ["budgets"],
            "hiring": "both",
            "balance": [{"by": "category", "key": "x", "min": 0.1}],
        }
    )
    with pytest.raises(ScenarioError) as raised:
        optimize(small({"A": {"value": 1}}), scenario)
    said = [problem.split(": ")[1] for problem in raised.value.problems]
    assert list(dict.fromkeys(said)) == ["ignore", "balance", "hiring"]


# --- The same again -----------------------------------------------------------------


@BOTH
def test_same_run_twice_is_equal(small, solver):
    """Many equal choices: the same ones are taken both times."""
    projects = {f"A{n}": {"value": 1, "cost": [1, 1], "need": [0.5]} for n in range(8)}
    portfolio = small(projects, periods=4, budget=5, people={"X": {"R": 1}, "Y": {"R": 1, "S": 1}})
    settings = Settings(solver=solver, seed=3)
    one, other = (optimize(portfolio, settings=settings) for _ in range(2))
    for (name, table), (_, again) in zip(one.tables(), other.tables(), strict=True):
        pd.testing.assert_frame_equal(table, again, obj=name)


def test_progress_is_told(small):
    told = []
    portfolio = small({"A": {"value": 1, "cost": [1]}})
    optimize(portfolio, progress=told.append)
    assert told[0] == "building the model"
    assert any("strategic value" in words for words in told)
    assert "checking" in told[-1]


@pytest.mark.parametrize("stage", ["idea", "closed"])
@BOTH
def test_nothing_to_decide_is_a_plan(small, stage, solver):
    """Only ideas, or only what is closed: an empty plan, and no failure."""
    portfolio = small({"A": {"value": 1, "cost": [1], "stage": stage}})
    plan = optimize(portfolio, settings=Settings(solver=solver))
    assert plan.status == Status.OPTIMAL
    assert plan.objectives["value"].tolist() == [0, 0]
    assert not plan.selection["selected"].any()


@BOTH
def test_forced_in_without_a_start_is_infeasible(small, solver):
    """Four years do not fit in three, and nothing else is there to decide."""
    portfolio = small({"A": {"value": 1, "cost": [1, 1, 1, 1], "force": "in"}})
    assert optimize(portfolio, settings=Settings(solver=solver)).status == Status.INFEASIBLE


def test_select_gives_one_outcome_an_objective(small):
    portfolio = small({"A": {"value": 1, "cost": [1]}})
    outcomes = select(build_selection(portfolio, Scenario()), Settings())
    assert [outcome.objective for outcome in outcomes] == ["strategic_value", "early_start"]
