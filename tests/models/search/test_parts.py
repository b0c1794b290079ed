"""Parts of the search: groups, bounds from prices, what is left to decide, annealing."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.errors import SolveError
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.search.anneal import Annealer, Cooling
from portfolio.models.search.arms import Arms
from portfolio.models.search.dive import completed, dive
from portfolio.models.search.highs import ask
from portfolio.models.search.neighbourhoods import KINDS, Neighbourhoods
from portfolio.models.search.problem import Problem, problem_of
from portfolio.models.search.relaxation import losses, priced, relax

from ...sweeps import draws


def small(rows, costs, upper=None, **bounds) -> Problem:
    """Columns 0 or 1 under rows (coefficients, lower, upper)."""
    model = LinearModel("m")
    size = len(costs)
    model.add_block("x", pd.DataFrame({"i": range(size)}), upper=1.0, integer=True)
    for number, (coefficients, low, high) in enumerate(rows):
        entries = pd.DataFrame({"row": 0, "column": range(size), "coefficient": coefficients})
        entries["coefficient"] = entries["coefficient"].astype(float)
        model.add_family(Family(f"f{number}", pd.DataFrame({"a": [0]}), entries, low, high))
    return problem_of(model, Objective("most", "max", np.array(costs, dtype=float)), **bounds)


def plans(problem: Problem) -> list[np.ndarray]:
    """All plans of a problem of columns 0 or 1, by brute force."""
    every = itertools.product([0.0, 1.0], repeat=problem.size)
    return [x for x in map(np.array, every) if problem.allows(x)]


# --- the problem ------------------------------------------------------------------------


def test_groups_are_the_first_rows_of_which_one_is_taken():
    problem = small(
        [
            ([2, 1, 1, 0, 0], -np.inf, 1),  # not ones
            ([1, 1, 0, 0, 0], -np.inf, 1),
            ([0, 1, 1, 0, 0], -np.inf, 1),  # column 1 has a group
            ([0, 0, 1, 1, 0], -np.inf, 2),  # both may be taken
            ([0, 0, 1, 1, 0], 1, 1),
        ],
        [1, 1, 1, 1, 1],
    )
    assert problem.group.tolist() == [0, 0, 1, 1, 2]
    assert problem.group_row.tolist() == [1, 4, -1]


def test_only_columns_of_0_or_1_are_in_groups():
    model = LinearModel("m")
    model.add_block("x", pd.DataFrame({"i": [0]}), upper=1.0, integer=True)
    model.add_block("number", pd.DataFrame({"i": [0]}), upper=5.0, integer=True)
    model.add_block("part", pd.DataFrame({"i": [0]}), upper=1.0)
    problem = problem_of(model, Objective("o", "max", np.ones(3)))
    assert problem.group.tolist() == [0, -1, -1]


def test_what_alone_passes_a_row_is_settled():
    problem = small([([3, 2, 1], -np.inf, 2), ([-1, 0, -1], 0, np.inf)], [1, 1, 1])
    assert problem.tightened().upper.tolist() == [0, 1, 0]


def test_numbers_out_of_range_are_refused():
    problem = small([([np.inf, 1], -np.inf, 2)], [1, 1])
    with pytest.raises(SolveError, match="out of range"):
        problem.tightened()


def test_a_plan_must_be_whole_and_hold_rows_and_bounds():
    problem = small([([3, 2], 1, 3)], [1, 1])
    assert problem.allows(np.array([1.0, 0.0]))
    for wrong in ([1, 1], [0, 0], [0.5, 0.5], [0, 2]):
        assert not problem.allows(np.array(wrong, dtype=float))


@given(st.integers(0, 10_000))
@settings(max_examples=draws(12), deadline=None)
def test_what_is_left_to_decide_has_the_best_of_its_plans(seed):
    """Deciding some columns again is the same as brute force with the others fixed."""
    rng = np.random.default_rng(seed)
    rows = [(rng.integers(-3, 9, 6), -np.inf, int(rng.integers(3, 14))) for _ in range(3)]
    problem = small([*rows, ([1, 1, 1, 0, 0, 0], -np.inf, 1)], rng.integers(1, 9, 6))
    known = plans(problem)
    if not known:
        return
    plan = known[int(rng.integers(len(known)))]
    free = rng.random(6) < 0.5
    reduced = problem.reduced(free, plan)
    answer, _ = ask(reduced, 5.0, options={"mip_rel_gap": 0.0})
    best = max(problem.value(x) for x in known if (x[~free] == plan[~free]).all())
    found = reduced.filled(answer.columns if answer.columns is not None else np.empty(0))
    assert problem.allows(found)
    assert problem.value(found) == pytest.approx(best)


# --- bounds -----------------------------------------------------------------------------


@given(st.integers(0, 10_000))
@settings(max_examples=draws(12), deadline=None)
def test_any_prices_prove_a_bound(seed):
    rng = np.random.default_rng(seed)
    rows = [(rng.integers(0, 9, 6), -np.inf, int(rng.integers(3, 14))) for _ in range(2)]
    least = (rng.integers(0, 3, 6), 1, np.inf)
    problem = small([([1, 1, 1, 0, 0, 0], -np.inf, 1), *rows, least], rng.integers(-3, 9, 6))
    prices = np.array([*rng.uniform(0, 2, 3), -rng.uniform(0, 2)])
    known = plans(problem)
    bound = priced(problem, prices).bound
    assert all(problem.value(x) <= bound + 1e-9 for x in known)
    answer, relaxation = relax(problem, 5.0)
    if relaxation is None:
        assert answer.infeasible
        assert not known
        return
    assert all(problem.value(x) <= relaxation.bound + 1e-9 for x in known)
    # The best prices prove what the linear relaxation does.
    assert priced(problem, relaxation.prices).bound == pytest.approx(relaxation.bound, abs=1e-6)
    for x in known:
        of_rows, of_columns = losses(problem, relaxation, x)
        assert min(of_rows.min(), of_columns.min()) >= -1e-9
        loss = of_rows.sum() + of_columns.sum()
        assert loss == pytest.approx(relaxation.bound - problem.value(x), abs=1e-6)


def test_prices_of_a_column_without_an_end_prove_nothing():
    problem = small([([1, 1], -np.inf, 1)], [1, 1])
    problem = replace(problem, upper=np.array([1.0, np.inf]), group=np.array([0, -1]))
    problem = replace(problem, group_row=np.array([-1]))
    assert priced(problem, np.zeros(1)).bound == np.inf
    assert priced(problem, np.ones(1)).bound == pytest.approx(1.0)


def test_the_trivial_bound_is_the_best_of_each_group():
    problem = small([([1, 1, 0], -np.inf, 1)], [2, 3, 4])
    relaxation = priced(problem, np.zeros(1))
    assert relaxation.bound == pytest.approx(7)
    assert relaxation.columns.tolist() == [0, 1, 1]
    assert relaxation.prices == pytest.approx([3])


# --- dive, annealing, neighbourhoods ----------------------------------------------------


@pytest.fixture(scope="module")
def known(timed):
    model, objective = timed(60, 8)
    problem = problem_of(model, objective).tightened()
    relaxation = relax(problem, 30.0)[1]
    assert relaxation is not None
    return problem, relaxation


def test_a_dive_keeps_bounds_and_loses_little(known):
    problem, relaxation = known
    point = dive(problem, relaxation, np.inf, 0)
    assert point is not None
    assert (point >= problem.lower - 1e-7).all()
    assert (point <= problem.upper + 1e-7).all()
    assert 0.98 * relaxation.bound < problem.value(point) <= relaxation.bound + 1e-9
    before, after = (np.sum((p > 1e-6) & (p < 1 - 1e-6)) for p in (relaxation.columns, point))
    assert after < before
    plan = completed(problem, relaxation, point, 30.0, None)
    assert plan is not None
    assert problem.allows(plan)
    assert problem.value(plan) > 0.8 * relaxation.bound


def test_a_dive_without_time_finds_nothing(known):
    assert completed(*known, None, 0.0, None) is None


def annealed(problem, relaxation, seed=0, moves=2e6):
    annealer = Annealer(problem, relaxation, np.random.default_rng(seed))
    start = annealer.rounded(relaxation.columns)
    return annealer.run(start, Cooling(), lambda made: made / moves)


def test_annealing_ends_near_the_best(known):
    problem, relaxation = known
    best = ask(problem, 60.0, options={"mip_rel_gap": 0.02})[0]
    plan = annealed(problem, relaxation)
    assert plan is not None
    assert problem.allows(plan)
    assert 0.93 * best.value <= problem.value(plan) <= best.bound + 1e-9


def test_annealing_is_the_same_again(known):
    one, other = (annealed(*known, seed=3, moves=3e5) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.tolist() == other.tolist()


def test_annealing_holds_rows_that_ask_for_something():
    """What is worth nothing is taken where a row asks for it, and a full row is not passed."""
    problem = small([([1, 1, 1, 1], 2, np.inf), ([5, 5, 2, 2], -np.inf, 7)], [9, 8, -1, -2])
    relaxation = relax(problem, 5.0)[1]
    plan = annealed(problem, relaxation)
    assert plan is not None
    assert plan.tolist() == [1, 0, 1, 0]


def test_annealing_hires_whole_people():
    """Eight projects need 0.7 each of whom three can be hired; parts of a person are no plan."""
    model = LinearModel("m")
    projects = model.add_block("project", pd.DataFrame({"i": range(8)}), upper=1.0, integer=True)
    hires = model.add_block("hire", pd.DataFrame({"role": [0]}), upper=3.0, integer=True)
    need = pd.DataFrame({"row": 0, "column": projects.columns, "coefficient": 0.7})
    joined = pd.DataFrame({"row": 0, "column": hires.columns, "coefficient": -1.0})
    rows = pd.DataFrame({"role": [0]})
    model.add_family(Family("role_capacity", rows, [need, joined], upper=0.0))
    worth = np.append(np.arange(1.0, 9.0), 0.0)
    problem = problem_of(model, Objective("value", "max", worth)).tightened()
    relaxation = relax(problem, 5.0)[1]
    assert relaxation is not None
    plan = annealed(problem, relaxation, moves=1e5)
    assert plan is not None
    assert problem.allows(plan)
    assert problem.value(plan) == ask(problem, 5.0)[0].value == 8 + 7 + 6 + 5


def test_annealing_leaves_other_columns_as_they_are(timed):
    model, objective = timed(20, 5, paid=True)
    problem = problem_of(model, objective).tightened()
    relaxation = relax(problem, 30.0)[1]
    plan = annealed(problem, relaxation)
    assert plan is not None
    assert problem.allows(plan)
    pay = problem.group < 0
    assert plan[pay].tolist() == relaxation.columns[pay].tolist()


def test_annealing_meets_no_plan_where_there_is_none():
    problem = small([([1, 1, 0], -np.inf, 1), ([2, 2, 2], 3, 3)], [1, 1, 1])
    assert annealed(problem, priced(problem, np.zeros(2))) is None


@pytest.mark.parametrize("kind", KINDS)
def test_neighbourhoods_are_as_large_as_asked(known, kind):
    problem, relaxation = known
    plan = annealed(problem, relaxation, moves=3e5)
    around = Neighbourhoods(problem, relaxation, np.random.default_rng(0))
    gap = relaxation.bound - problem.value(plan)
    near = around.make(kind, 0.06, 40, plan, gap)
    assert 0 < near.free[problem.group >= 0].sum() <= 40
    assert not near.everything
    every = around.make(kind, np.inf, np.inf, plan, gap)
    assert every.everything
    assert every.free[problem.upper > problem.lower].all()


def test_what_pays_is_drawn_more_often():
    arms = Arms([1.0, 1.0], np.random.default_rng(0))
    for _ in range(400):
        arm = arms.draw()
        arms.learn(arm, float(arm == 1), 1.0, 1.0 if arm else 0.5)
    assert arms.sizes[1] == 1.0
    fewer = -np.log2(arms.sizes[0])
    assert 0 < fewer < 80
