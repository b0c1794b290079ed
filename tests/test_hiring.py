"""Who joins, end to end: what it costs, what a plan says of it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.errors import DataError, ScenarioError
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.plan import HIRING, Plan
from portfolio.scenario import Scenario
from portfolio.verify import verify

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0)
BOTH = Scenario(hiring="both")
ROLE = {"role_id": "R", "name": "Engineer", "cost_rate": 5, "hire_cost": 3, "hire_lead": 1}
ROLE |= {"hire_max": 2, "contractor_rate": 8, "contractor_lead": 1, "contractor_term": 2}
YEARS = ["2027", "2028", "2029", "2030"]


def engineer(small: Small, labour: str = "yes", **changes: Any) -> Portfolio:
    """A (5) needs an engineer for 2028; there is none, and who joins comes from 2028 on."""
    role = {**ROLE, **changes.pop("role", {})}
    tables: dict[str, Any] = {
        "roles": [role],
        "settings": {"labour_in_costs": labour},
        "contractor_limits": [{"role_id": "R", "period": year, "fte": 1} for year in YEARS],
        "budget": 40,
    }
    facts = {"value": 5, "cost": [5], "need": [1], "earliest_start": "2028"}
    project = {**facts, "latest_start": "2028", **changes.pop("project", {})}
    return small({"A": project}, periods=4, **{**tables, **changes})


def hires(plan: Plan) -> list[tuple[Any, ...]]:
    assert plan.hires is not None
    return list(plan.hires.itertuples(index=False, name=None))


def hiring_spend(plan: Plan) -> list[tuple[str, str, str, float]]:
    assert plan.spend is not None
    rows = plan.spend[plan.spend["category"] == HIRING]
    columns = ["fund_id", "programme_id", "period", "amount"]
    return list(rows[columns].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("labour", "hiring", "costs"),
    [
        # The project pays 5 for its engineer: a hire costs 3, and 5 while nobody needs it.
        ("yes", "internal", [3, 5, 5]),
        # Contracted for two years at 8: the project pays 5 of the first.
        ("yes", "contractors", [3, 8]),
        # Nobody else pays: 3 and 5 a year, or 8 a year.
        ("no", "internal", [8, 5, 5]),
        ("no", "contractors", [8, 8]),
    ],
)
def test_what_is_spent_on_who_joins(
    small: Small, labour: str, hiring: str, costs: list[float]
) -> None:
    plan = optimize(engineer(small, labour), Scenario(hiring=hiring), EXACT)
    years = YEARS[1 : 1 + len(costs)]
    kind = "internal" if hiring == "internal" else "contractor"
    idle = [0.0] + [1.0] * (len(costs) - 1)
    assert hires(plan) == [
        ("R", kind, year, float(year == "2028"), 1.0, unused, cost)
        for year, unused, cost in zip(years, idle, costs, strict=True)
    ]
    assert hiring_spend(plan) == [
        ("F", "", year, cost) for year, cost in zip(years, costs, strict=True)
    ]


def test_labour_priced_from_rates_is_counted_once(small: Small) -> None:
    """As where costs hold it: 5 for the project's engineer, and who joins as before."""
    for hiring in ("internal", "contractors"):
        scenario = Scenario(hiring=hiring, price_labour=True, objectives=("cost",), give_up=(0.0,))
        priced = engineer(small, "no", project={"force": "in", "cost": [0]})
        held = engineer(small, "yes", project={"force": "in", "cost": [5]})
        mine = optimize(priced, scenario, EXACT)
        other = optimize(held, replace(scenario, price_labour=False), EXACT)
        assert hires(mine) == hires(other)
        assert mine.objectives["value"].tolist() == other.objectives["value"].tolist()


def test_a_cheap_contractor_saves_projects_nothing(small: Small) -> None:
    """At 4 a year where the project pays 5: nothing on top while busy, 5 while idle."""
    cheap = engineer(small, role={"contractor_rate": 4})
    plan = optimize(cheap, Scenario(hiring="contractors"), EXACT)
    assert [row[-1] for row in hires(plan)] == [0, 5]


def test_the_cheapest_way_is_taken(small: Small) -> None:
    """3 + 5 + 5 for a hire, 3 + 8 for a contractor; a hire where it is needed to the end."""
    plan = optimize(engineer(small), BOTH, EXACT)
    assert {row[1] for row in hires(plan)} == {"contractor"}
    longer = engineer(small, project={"need": [1, 1, 1]})
    plan = optimize(longer, BOTH, EXACT)
    assert {row[1] for row in hires(plan)} == {"internal"}
    assert hiring_spend(plan) == [("F", "", "2028", 3.0)]


def test_nobody_joins_without_need(small: Small) -> None:
    idle = engineer(small, people={"X": {"R": 1}}, role={"hire_cost": 0, "cost_rate": 0})
    assert hires(optimize(idle, BOTH, EXACT)) == []


def test_what_cannot_be_paid_does_not_join(small: Small) -> None:
    dear = {"hire_cost": 10**6, "contractor_rate": 10**6}
    plan = optimize(engineer(small, role=dear), BOTH, EXACT)
    assert hires(plan) == []
    assert plan.objectives["value"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("funds", "value"),
    [
        ([{"fund_id": "G", "category": HIRING}], 5),
        ([{"fund_id": "G", "category": "stopping"}], 0),
        ([{"fund_id": "G", "programme_id": "P"}], 0),
    ],
)
def test_only_a_fund_for_hiring_or_for_anything_pays(
    small: Small, funds: list[dict[str, str]], value: float
) -> None:
    """Fund F pays for costs alone."""
    portfolio = engineer(
        small,
        funds=[{"fund_id": "F", "category": "costs"}, *funds],
        budget={name: dict.fromkeys(YEARS, 40) for name in "FG"},
        programmes=[{"programme_id": "P", "name": "P"}],
        project={"programme_id": "P"},
    )
    if value:
        assert optimize(portfolio, BOTH, EXACT).objectives["value"].iloc[0] == value
    else:
        with pytest.raises(ScenarioError, match="no fund may pay"):
            optimize(portfolio, BOTH, EXACT)


def test_capacity_is_with_who_joined(small: Small) -> None:
    plan = optimize(engineer(small), Scenario(hiring="internal"), EXACT)
    assert plan.capacity is not None
    assert plan.capacity["capacity"].tolist() == [0, 1, 1, 1]


def test_cost_and_value_have_who_joins_in_them(small: Small) -> None:
    """5 for the project and 11 for the contractor; discounted by a tenth a year."""
    settings = {"labour_in_costs": "yes", "discount_rate": 0.1}
    benefits = [{"project_id": "A", "offset": 1, "amount": 60}]
    portfolio = engineer(small, settings=settings, benefits=benefits)
    scenario = Scenario(hiring="contractors", objectives=("npv", "cost"), give_up=(0.0, 0.0))
    plan = optimize(portfolio, scenario, EXACT)
    npv = (60 - 8) / 1.1**2 - (5 + 3) / 1.1
    assert plan.objectives["value"].tolist() == pytest.approx([npv, 16])


def test_a_plan_with_hires_reads_back(small: Small, tmp_path: Any) -> None:
    from portfolio.plan import read_plan

    plan = optimize(engineer(small), Scenario(hiring="internal"), EXACT)
    plan.write(tmp_path)
    back = read_plan(tmp_path)
    assert back.hires is not None
    assert plan.hires is not None
    pd.testing.assert_frame_equal(back.hires, plan.hires)
    assert verify(back, engineer(small), Scenario(hiring="internal")) == []
    (row,) = plan.joining().to_dict("records")
    assert row == {
        "role_id": "R",
        "kind": "internal",
        "people": 1.0,
        "first": "2028",
        "last": "2030",
        "idle": 2.0,
        "cost": 13.0,
    }


@pytest.mark.parametrize("column", ["arriving", "present", "idle", "cost"])
@pytest.mark.parametrize("hiring", ["internal", "contractors"])
def test_a_wrong_number_is_found(small: Small, hiring: str, column: str) -> None:
    portfolio, scenario = engineer(small), Scenario(hiring=hiring)
    plan = optimize(portfolio, scenario, EXACT)
    assert plan.hires is not None
    for row in plan.hires.index:
        wrong = plan.hires.copy()
        wrong.loc[row, column] += 1.0
        assert verify(replace(plan, hires=wrong), portfolio, scenario) != [], (row, column)


def test_who_may_not_join_is_found(small: Small) -> None:
    portfolio = engineer(small)
    plan = optimize(portfolio, Scenario(hiring="internal"), EXACT)
    for other in ("none", "contractors"):
        found = verify(plan, portfolio, Scenario(hiring=other))
        assert {one.family for one in found} == {"offered"}
    assert plan.hires is not None
    half = plan.hires.assign(arriving=plan.hires["arriving"] / 2, present=0.5)
    found = verify(replace(plan, hires=half), portfolio, Scenario(hiring="internal"))
    assert any("only whole people join" in one.message for one in found)


def test_reasons_name_leads_limits_and_money(small: Small) -> None:
    def reason(portfolio: Portfolio) -> str:
        plan = optimize(portfolio, Scenario(hiring="internal"), EXACT)
        assert plan.selection is not None
        return str(plan.selection["reason"].iloc[0])

    early = engineer(small, role={"hire_lead": 2})
    assert "Engineer in 2028 by 1.0 FTE" in reason(early)
    two = engineer(small, project={"need": [3]})
    assert "Engineer in 2028 by 1.0 FTE, beyond all who can join" in reason(two)
    poor = engineer(small, role={"hire_cost": 500})
    assert "the money for more of Engineer to join by EUR 340" in reason(poor)


@pytest.mark.parametrize(
    ("changes", "hiring", "said"),
    [
        ({"labour": ""}, "both", "do not say whether costs hold"),
        ({"role": {"hire_max": None}}, "internal", "nobody can join.*hire_max"),
        ({"contractor_limits": []}, "contractors", "nobody can join.*contractor_limits"),
        ({"role": {"hire_lead": 9}}, "internal", "nobody can join in time"),
        ({"role": {"contractor_term": 4}}, "contractors", "nobody can join in time"),
        ({"role": {"cost_rate": None}}, "both", r"cost_rate is blank for 1 of the roles.*\(R\)"),
    ],
)
def test_hiring_that_cannot_be_is_refused(
    small: Small, changes: dict[str, Any], hiring: str, said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        optimize(engineer(small, **changes), Scenario(hiring=hiring), EXACT)


def test_data_on_hires_are_checked(small: Small) -> None:
    with pytest.raises(DataError) as caught:
        engineer(small, role={"hire_cost": None, "contractor_rate": None})
    faults = {(fault.table, fault.row, fault.column) for fault in caught.value.faults}
    assert faults == {("roles", 2, "hire_cost"), ("contractor_limits", 2, "role_id")}
    nobody = {"hire_max": None, "contractor_rate": None}
    with pytest.raises(DataError, match="nobody has this skill"):
        engineer(small, role=nobody, contractor_limits=[])
