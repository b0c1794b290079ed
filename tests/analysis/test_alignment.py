"""Each driver's weight beside its share of spend, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portfolio.analysis.alignment import ALIGNMENT_COLUMNS, alignment
from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.reports.places import find_sample
from portfolio.scenario import Scenario

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1)
RATINGS = {
    "A": {"safe": "extreme", "green": "none"},
    "B": {"safe": "low", "green": "moderate"},
    "C": {"safe": "none", "green": "none"},
    "D": {"safe": "extreme", "green": "extreme"},
}


@pytest.fixture
def portfolio(small: Small) -> Portfolio:
    """A and B are affordable, C is forced in, D is too dear."""
    projects: dict[str, dict[str, Any]] = {
        "A": {"cost": [10, 2, 100]},
        "B": {"cost": {"capex": [9], "grant": [-3]}},
        "C": {"cost": [4], "force": "in"},
        "D": {"cost": [500]},
    }
    given = {name: {**facts, "value": None} for name, facts in projects.items()}
    return small(
        given,
        periods=2,
        budget={"2027": 30, "2028": 10},
        drivers=[
            {"driver_id": "green", "name": "Greener", "weight": 0.25},
            {"driver_id": "safe", "name": "Safer", "weight": 0.75},
        ],
        impacts=[
            {"project_id": project, "driver_id": driver, "rating": rating}
            for project, ratings in RATINGS.items()
            for driver, rating in ratings.items()
        ],
    )


def test_spend_is_shared_by_weight_and_rating(portfolio: Portfolio) -> None:
    """A starts late or its 100 lies beyond; B's 9 goes half and half: 0.75 x 1 and 0.25 x 3."""
    changed = Scenario.from_dict(
        {"changes": [{"table": "projects", "where": {"project_id": "A"},
                      "set": {"latest_start": "2027"}}]}
    )  # fmt: skip
    made = changed.apply(portfolio)
    plan = optimize(portfolio, changed, EXACT)
    found = alignment(made, plan, changed)
    assert list(found.columns) == list(ALIGNMENT_COLUMNS)
    chosen = set(plan.selection.loc[plan.selection["selected"], "project_id"])  # type: ignore[index,union-attr]
    assert chosen == {"A", "B", "C"}
    rows = found.set_index("driver_id")
    assert list(rows.index) == ["safe", "green", ""]
    assert rows["spend"].to_dict() == pytest.approx({"safe": 12 + 4.5, "green": 4.5, "": 4})
    assert rows["share"].to_dict() == pytest.approx(
        {"safe": 16.5 / 25, "green": 4.5 / 25, "": 4 / 25}
    )
    assert rows["projects"].to_dict() == {"safe": 2, "green": 1, "": 1}
    assert rows["weight"].to_dict() == {"safe": 0.75, "green": 0.25, "": 0}


def test_what_those_who_join_cost_serves_no_driver(small: Small) -> None:
    """A spends 3 on its driver; whom it hires for 1 is spend of no project."""
    portfolio = small(
        {"A": {"value": None, "cost": [3], "need": [1]}},
        periods=1,
        roles=[{"role_id": "R", "name": "R", "hire_cost": 1, "hire_max": 1, "cost_rate": 0}],
        settings={"labour_in_costs": "yes"},
        drivers=[{"driver_id": "d", "name": "D", "weight": 1}],
        impacts=[{"project_id": "A", "driver_id": "d", "rating": "low"}],
    )
    scenario = Scenario(hiring="internal")
    found = alignment(portfolio, optimize(portfolio, scenario, EXACT), scenario)
    rows = found[["driver_id", "spend", "projects"]].values.tolist()
    assert rows == [["d", 3.0, 1], ["", 1.0, 0]]


def test_without_drivers_there_is_nothing_to_say(small: Small) -> None:
    portfolio = small({"A": {"value": 1, "cost": [1]}})
    assert alignment(portfolio, optimize(portfolio, None, EXACT)).empty


def test_on_the_sample_shares_and_spend_add_up() -> None:
    portfolio = read_portfolio(find_sample())
    plan = optimize(portfolio, None, Settings(gap=0.05))
    found = alignment(portfolio, plan)
    assert found["share"].sum() == pytest.approx(1)
    assert found["weight"].sum() == pytest.approx(1)
    assert plan.spend is not None
    assert found["spend"].sum() >= plan.spend["amount"].sum() * (1 - 1e-9)
