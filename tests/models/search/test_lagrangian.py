"""Bounds from prices: valid whatever the model, near the linear relaxation, and rebuilt by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.data.read import read_portfolio
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.search.highs import ask
from portfolio.models.search.lagrangian import relax_by_prices
from portfolio.models.search.others import Others
from portfolio.models.search.problem import Problem, problem_of
from portfolio.models.search.relaxation import relax
from portfolio.models.selection import build_selection
from portfolio.scenario import Scenario

from ...sweeps import draws

NO_LIMIT = np.inf
"""Seconds: all that is solved here is small, and how busy the machine is must not matter."""

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
MANY = settings(max_examples=draws(20), deadline=None, derandomize=True, database=None)


def entries(matrix: np.ndarray) -> pd.DataFrame:
    """A dense matrix as the entries of a family."""
    row, column = np.nonzero(matrix)
    return pd.DataFrame({"row": row, "column": column, "coefficient": matrix[row, column]})


def model_of(
    matrix: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    whole: int,
    cost: np.ndarray,
    sense: str = "max",
) -> tuple[LinearModel, Objective]:
    """A model of binary columns first, and of columns without upper bound after them."""
    model = LinearModel("small")
    rest = matrix.shape[1] - whole
    model.add_block("start", pd.DataFrame({"n": range(whole)}), upper=1.0, integer=True)
    model.add_block("amount", pd.DataFrame({"n": range(rest)}))
    rows = pd.DataFrame({"n": range(len(matrix))})
    model.add_family(Family("rows", rows, entries(matrix), lower, upper))
    return model, Objective("worth", sense, cost)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Projects with a few starts each, limits on them, links, equalities, money and supply.

    Columns without upper bound are payments: they help rows, and a budget or
    a supply limits them, or nothing does but what is needed.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups, each, amounts = (
        draw(st.integers(1, 5)),
        draw(st.integers(1, 3)),
        draw(st.integers(0, 3)),
    )
    whole = groups * each
    size = whole + amounts
    rows: list[tuple[np.ndarray, float, float]] = []

    def add(row: np.ndarray, lower: float, upper: float) -> None:
        rows.append((row, lower, upper))

    for group in range(groups):
        row = np.zeros(size)
        row[group * each : (group + 1) * each] = 1.0
        kind = draw(st.sampled_from(["once", "exactly", "free", "both"]))
        if kind != "free":
            add(row, 1.0 if kind == "exactly" else -np.inf, 1.0)
        if kind == "both":
            add(row, 1.0, np.inf)
    for _ in range(draw(st.integers(0, 4))):
        row = np.zeros(size)
        row[:whole] = rng.integers(0, 5, whole)
        kind = draw(st.sampled_from(["most", "least", "between", "link", "equal"]))
        total = row.sum()
        if kind == "most" and amounts:
            row[whole:] = -rng.integers(0, 3, amounts)
        if kind == "link":
            row[:whole] = rng.integers(-1, 2, whole)
            add(row, -np.inf, 0.0)
        elif kind == "equal":
            add(np.sign(row), float(rng.integers(0, 3)), np.inf)
            rows[-1] = (rows[-1][0], rows[-1][1], rows[-1][1])
        else:
            least = float(np.floor(0.2 * total)) if kind in ("least", "between") else -np.inf
            add(row, least, np.inf if kind == "least" else float(np.ceil(0.4 * total)))
    if amounts and draw(st.booleans()):
        row = np.zeros(size)
        row[whole:] = rng.integers(1, 3, amounts)
        add(row, -np.inf, float(rng.integers(0, 6)))
    cost = np.zeros(size)
    cost[:whole] = rng.integers(-3, 10, whole)
    cost[whole:] = -rng.integers(0, 2, amounts)
    matrix = np.array([row for row, _, _ in rows]).reshape(len(rows), size)
    lower = np.array([low for _, low, _ in rows])
    upper = np.array([high for _, _, high in rows])
    return problem_of(*model_of(matrix, lower, upper, whole, cost)).tightened()


@MANY
@given(problems())
def test_no_solution_is_better_than_the_bound(problem: Problem) -> None:
    """HiGHS' optimum is within the bound, which is infeasible only where HiGHS says so too."""
    best, _ = ask(problem, NO_LIMIT, options={"mip_rel_gap": 0.0})
    answer, relaxation = relax_by_prices(problem, NO_LIMIT)
    if answer.infeasible:
        assert best.infeasible
        assert relaxation is None
    elif best.columns is not None:
        assert answer.bound >= best.value - 1e-6 * max(1.0, abs(best.value))


@MANY
@given(problems())
def test_the_bound_comes_near_the_linear_relaxation(problem: Problem) -> None:
    """Small and awkward models too: never below it, since both bounds are of one kind."""
    answer, relaxation = relax(problem, NO_LIMIT)
    if relaxation is None:
        return
    found, _ = relax_by_prices(problem, NO_LIMIT)
    scale = max(1.0, float(np.abs(problem.cost).sum()))
    assert found.bound <= answer.value + 0.05 * scale


@MANY
@given(problems())
def test_prices_and_reduced_costs_make_up_the_bound(problem: Problem) -> None:
    """A limit has a price of its sign, and what they add up to is the bound."""
    _, relaxation = relax_by_prices(problem, NO_LIMIT)
    if relaxation is None:
        return
    prices, reduced = relaxation.prices, relaxation.reduced
    assert reduced == pytest.approx(problem.cost - prices @ problem.matrix, abs=1e-9)
    assert not (np.isinf(problem.row_upper) & (prices > 0)).any()
    assert not (np.isinf(problem.row_lower) & (prices < 0)).any()
    limit = np.where(prices > 0, problem.row_upper, problem.row_lower)
    paid = float(limit[prices != 0] @ prices[prices != 0])
    binary = problem.whole
    ends = np.where(reduced > 0, problem.upper, problem.lower)
    assert relaxation.bound >= paid + float(ends[binary] @ reduced[binary]) - 1e-6


def test_a_column_that_nothing_limits_has_no_bound() -> None:
    """Worth something and free to grow: prices of rows say nothing."""
    model, objective = model_of(
        np.array([[1.0, -1.0]]), np.array([-np.inf]), np.array([1.0]), 1, np.array([1.0, 2.0])
    )
    answer, relaxation = relax_by_prices(problem_of(model, objective), 1.0)
    assert answer.bound == np.inf
    assert relaxation is None


def test_a_row_that_nothing_can_hold_is_infeasible() -> None:
    """Two starts of one project cannot make two projects."""
    matrix = np.array([[1.0, 1.0], [1.0, 1.0]])
    lower, upper = np.array([-np.inf, 2.0]), np.array([1.0, np.inf])
    model, objective = model_of(matrix, lower, upper, 2, np.array([1.0, 2.0]))
    answer, relaxation = relax_by_prices(problem_of(model, objective), 1.0)
    assert answer.infeasible
    assert relaxation is None


def test_what_has_to_be_made_small_is_bounded_from_below() -> None:
    """Two of three, the cheaper ones, for a least number of two: worth -3 at most."""
    matrix = np.array([[1.0, 1.0, 1.0]])
    model, objective = model_of(
        matrix, np.array([2.0]), np.array([np.inf]), 3, np.array([1.0, 2.0, 4.0]), "min"
    )
    answer, relaxation = relax_by_prices(problem_of(model, objective), 5.0)
    assert answer.bound * objective.scale == pytest.approx(-3.0, abs=1e-2)
    assert relaxation is not None
    assert relaxation.prices[0] < 0


def test_the_sample_is_bounded_within_a_thousandth_of_its_linear_relaxation() -> None:
    """Funds, carry-over, pools, ring-fences, links and groups together."""
    selection = build_selection(read_portfolio(SAMPLE), Scenario())
    for objective in selection.objectives:
        problem = problem_of(selection.model, objective).tightened()
        exact, _ = relax(problem, 20.0)
        answer, relaxation = relax_by_prices(problem, 60.0, steps=300)
        assert relaxation is not None
        assert exact.value - 1e-6 <= answer.bound <= 1.002 * exact.value


def test_other_columns_are_settled_for_what_is_taken() -> None:
    """Of two payers with 3 and 1, both pay where 4 is spent; what no payer has is missing."""
    matrix = np.array([[4.0, -1.0, -1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    lower, upper = np.full(3, -np.inf), np.array([0.0, 3.0, 1.0])
    model, objective = model_of(matrix, lower, upper, 1, np.array([1.0, 0.0, 0.0]))
    problem = problem_of(model, objective)
    others = Others(problem, np.ones(3))
    assert others.settled(np.array([1.0, 0.0, 0.0])) == pytest.approx([1.0, 3.0, 1.0])
    tight = replace(problem, row_upper=np.array([0.0, 2.0, 1.0]))
    assert Others(tight, np.ones(3)).settled(np.array([1.0, 0.0, 0.0])) == pytest.approx([1, 2, 1])


def test_other_columns_that_have_to_be_whole_are_decided_once_and_then_stay() -> None:
    """Who is hired supplies 1: for 1.5 two are, of whom half a one is nobody; for 0.5 they stay."""
    matrix = np.array([[1.5, 0.5, -1.0], [0.0, 0.0, 1.0]])
    lower, upper = np.full(2, -np.inf), np.array([0.0, 2.0])
    model, objective = model_of(matrix, lower, upper, 2, np.array([1.0, 1.0, -0.5]))
    problem = problem_of(model, objective)
    problem = replace(problem, whole=np.ones(3, dtype=bool))
    others = Others(problem, np.ones(2))
    begun = others.begun(np.array([1.0, 0.0, 0.0]))
    assert begun == pytest.approx([1.0, 0.0, 2.0])
    assert others.settled(np.array([0.0, 1.0, 2.0])) == pytest.approx([0.0, 1.0, 2.0])
    assert others.begun(np.array([0.0, 1.0, 2.0])) == pytest.approx([0.0, 1.0, 1.0])
