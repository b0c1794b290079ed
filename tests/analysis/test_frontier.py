"""The frontier: each point is the optimum under its own limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portfolio.analysis.frontier import FRONTIER_COLUMNS, frontier
from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.scenario import Scenario

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0)


@pytest.fixture
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


@pytest.mark.parametrize("forced", [True, False])
def test_each_point_is_the_optimum_under_its_limits(portfolio: Portfolio, forced: bool) -> None:
    """Solving anew with the budgets multiplied gives the same value at every level."""
    found = frontier(portfolio, settings=EXACT, points=6, forced=forced)
    assert list(found.columns) == list(FRONTIER_COLUMNS)
    assert 1.0 in set(found["level"])
    ignore = [] if forced else ["forced_in", "forced_out"]
    for level, value, projects in zip(
        found["level"], found["value"], found["projects"], strict=True
    ):
        scale = {"table": "budgets", "scale": {"amount": level}}
        scenario = Scenario.from_dict({"ignore": ignore, "changes": [scale]})
        plan = optimize(portfolio, scenario, EXACT)
        assert plan.feasible
        assert value == pytest.approx(plan.objectives["value"].iloc[0])
        worth = portfolio["projects"].set_index("project_id")["value"]
        assert worth[list(projects)].sum() == pytest.approx(value)


def test_more_money_is_never_worse_and_forced_lies_below(portfolio: Portfolio) -> None:
    """The curve rises, and what is forced in costs value."""
    held, free = (frontier(portfolio, settings=EXACT, points=8, forced=f) for f in (True, False))
    for curve in (held, free):
        values = curve["value"].dropna()
        assert values.is_monotonic_increasing
        assert (curve["bound"].dropna() >= values - 1e-9).all()
    today = [curve.loc[curve["level"] == 1.0, "value"].item() for curve in (held, free)]
    # With M only 8 are left: B and C; without it A and B.
    assert today == [14, 17]


def test_over_people(small: Small) -> None:
    """The same over what people can do."""
    needs = {"A": {"value": 3, "need": [1]}, "B": {"value": 2, "need": [1]}}
    capacity = [{"role_id": "R", "period": "2027", "kind": "total", "fte": 1}]
    found = frontier(
        small(needs, periods=1, capacity=capacity), settings=EXACT, over="role_capacity", points=5
    )
    assert found.loc[found["level"] == 1.0, "projects"].item() == ("A",)
    assert found["projects"].iloc[-1] == ("A", "B")


def test_a_rule_that_is_left_out_has_no_frontier(portfolio: Portfolio) -> None:
    """It would be a flat line that says nothing."""
    with pytest.raises(ScenarioError, match="leaves out"):
        frontier(portfolio, Scenario.from_dict({"ignore": ["budget"]}))
