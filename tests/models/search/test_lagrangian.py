"""Bounds from prices: valid whatever the model, near the linear relaxation, and rebuilt by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.data.read import read_portfolio
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.search.lagrangian import relax_by_prices
from portfolio.models.search.problem import Problem, problem_of
from portfolio.models.search.highs import ask
from portfolio.models.search.relaxation import relax
from portfolio.models.selection import build_selection
from portfolio.scenario import Scenario

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
MANY = settings(max_examples=150, deadline=None, derandomize=True, database=None)


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
    groups, each, amounts = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(0, 3))
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
    best, _ = ask(problem, 10.0, mip_rel_gap=0.0)
    answer, relaxation = relax_by_prices(problem, 10.0)
    if answer.infeasible:
        assert best.infeasible
        assert relaxation is None
    elif best.columns is not None:
        assert answer.bound >= best.value - 1e-6 * max(1.0, abs(best.value))


@MANY
@given(problems())
def test_the_bound_comes_near_the_linear_relaxation(problem: Problem) -> None:
    """Small and awkward models too: never below it, since both bounds are of one kind."""
    answer, relaxation = relax(problem, 10.0)
    if relaxation is None:
        return
    found, _ = relax_by_prices(problem, 10.0)
    scale = max(1.0, float(np.abs(problem.cost).sum()))
    assert found.bound <= answer.value + 0.05 * scale


@MANY
@given(problems())
def test_prices_and_reduced_costs_make_up_the_bound(problem: Problem) -> None:
    """A limit has a price of its sign, and what they add up to is the bound."""
    _, relaxation = relax_by_prices(problem, 10.0)
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
