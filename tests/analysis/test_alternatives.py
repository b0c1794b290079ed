"""Plans nearly as good and as different as can be, against every choice there is."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from portfolio.analysis.explain import alternatives
from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.scenario import Scenario
from portfolio.verify import verify

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1, time_limit=600)

WORKS = {"A": (10, 6), "B": (7, 4), "C": (6, 5), "D": (6, 4), "E": (3, 1), "F": (9, 7)}
BUDGET = 12


def choices(loss: float) -> list[tuple[set[str], int]]:
    """Every choice within a loss of the best, and what it is worth."""
    found = []
    for size in range(len(WORKS) + 1):
        for some in itertools.combinations(WORKS, size):
            if sum(WORKS[one][1] for one in some) <= BUDGET:
                found.append((set(some), sum(WORKS[one][0] for one in some)))
    best = max(value for _, value in found)
    return [(some, value) for some, value in found if value >= (1 - loss) * best]


@pytest.mark.parametrize("loss", [0.0, 0.15, 0.5])
def test_each_plan_is_as_far_as_any_from_those_before_and_the_best_of_those(
    small: Small, loss: float
) -> None:
    projects = {name: {"value": value, "cost": [cost]} for name, (value, cost) in WORKS.items()}
    portfolio = small(projects, periods=1, budget=BUDGET)
    found = alternatives(portfolio, None, EXACT, loss=loss, number=2)
    assert all(verify(plan, portfolio, Scenario()) == [] for plan in found.plans)
    grid = found.grid.set_index("project_id") != ""
    plans = [set(grid.index[grid[name]]) for name in found.table["plan"]]
    assert found.in_all == tuple(sorted(set.intersection(*plans)))
    every = choices(loss)
    for number in range(1, 3):
        before = plans[:number]

        def away(some: set[str], before: list[set[str]] = before) -> int:
            return min(len(some ^ other) for other in before)

        farthest = max(away(some) for some, _ in every)
        if farthest == 0:
            assert len(plans) == number
            break
        row = found.table.iloc[number]
        assert (row["distance"], away(plans[number])) == (farthest, farthest)
        assert row["value"] == max(value for some, value in every if away(some) == farthest)


def test_where_nothing_is_offered_there_is_no_other_plan(small: Small) -> None:
    portfolio = small({"X": {"value": 0, "stage": "closed"}}, periods=1, budget=1)
    found = alternatives(portfolio, None, EXACT)
    assert list(found.table["plan"]) == ["today"]
    assert found.sentence == "No other choice of projects is within 1 % of today's strategic value."
