"""People's cost from rates, and that it is counted once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError
from portfolio.labour import LABOUR
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.plan import Plan
from portfolio.scenario import Scenario
from portfolio.verify import verify

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0)
PRICED = Scenario(price_labour=True)


def one_project(small: Small, labour: str = "no", **changes: Any) -> Portfolio:
    """A (5) needs 1 and 2 of R at 7, and half of S at 10: 12 in its first year and 14 after it."""
    tables: dict[str, Any] = {
        "people": {"X": {"R": 1}, "Y": {"R": 1}, "Z": {"S": 1}},
        "roles": [
            {"role_id": "R", "name": "R", "cost_rate": 7},
            {"role_id": "S", "name": "S", "cost_rate": 10},
        ],
        "settings": {"labour_in_costs": labour},
    }
    project = {"value": 5, "cost": [1], "need": {"R": [1, 2], "S": [0.5]}, "programme_id": "P"}
    programmes = [{"programme_id": "P", "name": "P"}]
    return small({"A": project}, programmes=programmes, periods=2, **{**tables, **changes})


def test_labour_is_spend_of_its_programme(small: Small) -> None:
    plan = optimize(one_project(small), replace(PRICED, objectives=("cost",), give_up=(0.0,)))
    assert plan.objectives["value"].tolist() == [0]
    plan = optimize(one_project(small), PRICED, EXACT)
    assert plan.spend is not None
    rows = plan.spend[plan.spend["category"] == LABOUR]
    assert rows[["programme_id", "period", "amount"]].values.tolist() == [
        ["P", "2027", 12.0],
        ["P", "2028", 14.0],
    ]


@pytest.mark.parametrize(("budget", "value"), [({"2027": 13, "2028": 14}, 5), ({"2027": 13}, 0)])
def test_labour_is_paid_from_the_budget(
    small: Small, budget: dict[str, float], value: float
) -> None:
    """1 and 12 in 2027, 14 in 2028."""
    portfolio = one_project(small, budget=budget)
    assert optimize(portfolio, PRICED, EXACT).objectives["value"].iloc[0] == value
    assert optimize(portfolio, settings=EXACT).objectives["value"].iloc[0] == 5


def test_labour_is_in_cost_and_net_present_value(small: Small) -> None:
    """Benefits of 40 in 2028, less 13 in 2027 and 14 in 2028, at a tenth a year."""
    settings = {"labour_in_costs": "no", "discount_rate": 0.1}
    benefits = [{"project_id": "A", "offset": 1, "amount": 40}]
    portfolio = one_project(small, settings=settings, benefits=benefits)
    scenario = replace(PRICED, objectives=("npv", "cost"), give_up=(0.0, 0.0))
    plan = optimize(portfolio, scenario, EXACT)
    assert plan.objectives["value"].tolist() == pytest.approx([(40 - 14) / 1.1 - 13, 27])


def test_a_plan_that_forgets_labour_is_refused(small: Small) -> None:
    portfolio = one_project(small)
    plan = optimize(portfolio, PRICED, EXACT)
    assert plan.spend is not None
    without: Plan = replace(plan, spend=plan.spend[plan.spend["category"] != LABOUR])
    assert "spend_paid" in {one.family for one in verify(without, portfolio, PRICED)}


@pytest.mark.parametrize(
    ("labour", "changes", "said"),
    [
        ("yes", {}, "count it twice"),
        ("", {}, "do not say whether"),
        (
            "no",
            {"roles": [{"role_id": "R", "name": "R"}, {"role_id": "S", "name": "S"}]},
            "2 of the roles",
        ),
        (
            "no",
            {"costs": [{"project_id": "A", "offset": 0, "category": LABOUR, "amount": 1}]},
            "the category labour already",
        ),
        ("no", {"demand": []}, "no labour to price"),
    ],
)
def test_labour_that_cannot_be_priced_is_refused(
    small: Small, labour: str, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        PRICED.apply(one_project(small, labour, **changes))


def test_labour_cannot_be_priced_twice(small: Small) -> None:
    with pytest.raises(ScenarioError, match="twice"):
        PRICED.apply(PRICED.apply(one_project(small)))


def test_a_fault_that_pricing_makes_is_said_to_be_its(small: Small) -> None:
    """Priced, one option costs something and the other nothing, which the tables do not allow."""
    options = {"lite": {"need": {"R": [1]}}, "full": {"duration": 1}}
    roles = [{"role_id": "R", "name": "R", "cost_rate": 7}]
    portfolio = small(
        {"A": {"value": 5, "options": options}},
        people={"X": {"R": 1}},
        roles=roles,
        settings={"labour_in_costs": "no"},
    )
    with pytest.raises(ScenarioError, match="'full' has no costs") as caught:
        PRICED.apply(portfolio)
    (problem,) = caught.value.problems
    assert problem.startswith("scenario 'baseline', price_labour breaks the tables: options, row 3")
