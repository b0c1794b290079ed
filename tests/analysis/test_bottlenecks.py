"""What one more is worth, against the best of every choice."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from portfolio.analysis.explain import bottlenecks
from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.verify import verify

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1, time_limit=600)

# Value, cost and FTE of R.
WORKS = {"A": (10, 6, 2), "B": (7, 4, 1), "C": (6, 5, 1), "D": (6, 4, 1), "E": (3, 1, 2)}


def best_of(budget: float, people: float) -> int:
    """The best value of all choices."""
    return max(
        sum(WORKS[one][0] for one in some)
        for size in range(len(WORKS) + 1)
        for some in itertools.combinations(WORKS, size)
        if sum(WORKS[one][1] for one in some) <= budget
        and sum(WORKS[one][2] for one in some) <= people
    )


@pytest.mark.parametrize(("budget", "people"), [(10, 3), (14, 3), (10, 6)])
def test_more_is_worth_what_the_best_choice_gains(small: Small, budget: int, people: int) -> None:
    """One FTE more in every period, and 4 more money; each by itself."""
    projects = {n: {"value": v, "cost": [c], "need": [fte]} for n, (v, c, fte) in WORKS.items()}
    roles = [{"role_id": "R", "name": "Engineer", "cost_rate": 2}]
    capacity = [{"role_id": "R", "period": "2027", "kind": "total", "fte": people}]
    portfolio = small(projects, periods=1, budget=budget, capacity=capacity, roles=roles)
    found = bottlenecks(portfolio, None, EXACT, money=4)
    today = best_of(budget, people)
    rows = found.table.set_index("kind")
    assert found.value == today
    assert rows.loc["people", "gain"] == best_of(budget, people + 1) - today
    assert rows.loc["money", "gain"] == best_of(budget + 4, people) - today
    assert (rows["gain_low"] <= rows["gain"]).all()
    assert (rows["gain"] <= rows["gain_high"]).all()
    assert rows.loc["people", "cost"] == 2
    for name, plan in found.plans.items():
        assert verify(plan, portfolio, found.scenarios[name]) == []


def test_where_there_is_nothing_to_have_more_of_that_is_said(small: Small) -> None:
    portfolio = small({"A": {"value": 1, "cost": [1]}}, periods=1, budget=0)
    found = bottlenecks(portfolio, None, EXACT)
    assert found.table.empty
    assert found.sentence.startswith("There is nothing to have more of")
