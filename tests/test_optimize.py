"""A whole plan, table by table, on a case that fits in the head; and what each stage gets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from portfolio.errors import ScenarioError
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.plan import Plan, Status
from portfolio.scenario import Scenario
from portfolio.verify import verify

EXACT = Settings(gap=0.0)


def rows(frame: pd.DataFrame | None, *columns: str) -> list[tuple]:
    assert frame is not None
    names = list(columns) or list(frame.columns)
    return sorted(frame[names].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def case(small):
    """Three years; capex money of 6 a year, other money of 5, 6, 6; one engineer.

    C runs since 2026 and takes 3 of the other money in 2027 and 2028. A and B
    both need the engineer in their first year, A in its second too: B goes
    first, A after it. D is too dear in every year. G may only start in the last
    year, and runs on after it. Of I the fast way is worth more than the slow one.
    """
    return small(
        {
            "A": {
                "value": 8,
                "cost": {"capex": [4, 2]},
                "benefit": [0, 0, 5, 7],
                "need": {"R": [1, 1]},
                "programme_id": "P",
            },
            "B": {
                "value": 5,
                "cost": {"capex": [4], "opex": [0, 1]},
                "need": {"R": [1]},
                "programme_id": "Q",
            },
            "C": {
                "value": 2,
                "cost": {"opex": [9, 3, 3]},
                "stage": "in_flight",
                "started": "2026",
                "programme_id": "P",
            },
            "D": {"value": 9, "cost": {"capex": [20]}},
            "E": {"value": 9, "stage": "idea", "cost": {"opex": [1]}},
            "F": {"value": 3, "stage": "closed", "cost": {"opex": [1]}},
            "G": {
                "value": 1,
                "cost": {"opex": [1, 1, 1]},
                "need": {"R": [0, 0.5]},
                "earliest_start": "2029",
                "latest_start": "2029",
            },
            "H": {"value": 1, "cost": [1], "force": "out", "force_reason": "strategic"},
            "I": {
                "value": 1,
                "stage": "on_hold",
                "options": {
                    "slow": {"cost": {"opex": [1]}, "duration": 2},
                    "fast": {"cost": {"opex": [2]}, "duration": 1, "value_share": 1.5},
                },
            },
        },
        budget={
            "CAP": {"2027": 6, "2028": 6, "2029": 6},
            "OP": {"2026": 9, "2027": 5, "2028": 6, "2029": 6, "2030": 1},
        },
        funds=[{"fund_id": "CAP", "category": "capex"}, {"fund_id": "OP", "category": "opex"}],
        people={"X": {"R": 1}},
        programmes=[
            {"programme_id": "P", "name": "P"},
            {"programme_id": "Q", "name": "Q", "parent_id": "P"},
        ],
        programme_limits=[{"programme_id": "P", "period": "2028", "projects_max": 3}],
        settings={"discount_rate": 0.1},
    )


@pytest.fixture(scope="module")
def plan(case) -> Plan:
    return optimize(case, settings=EXACT)


def test_objectives(plan):
    """8 + 5 + 2 + 1 + 1.5; and 2 + 3 + 1 + 3 years before the horizon's end."""
    assert plan.status == Status.OPTIMAL
    assert rows(plan.objectives.drop(columns="seconds")) == [
        ("early_start", "max", 9.0, 9.0, 0.0, "optimal"),
        ("strategic_value", "max", 17.5, 17.5, 0.0, "optimal"),
    ]
    assert (plan.objectives["seconds"] >= 0).all()
    assert plan.solver.startswith("HiGHS 1.")
    assert plan.settings["gap"] == 0
    assert plan.seconds > 0


def test_selection(plan):
    columns = ("project_id", "option_id", "selected", "start", "finish", "decision")
    assert rows(plan.selection, *columns) == [
        ("A", "", True, "2028", "2029", "deferred"),
        ("B", "", True, "2027", "2028", "funded"),
        ("C", "", True, "2026", "2028", "in_flight"),
        ("D", "", False, "", "", "left_out"),
        ("E", "", False, "", "", "not_offered"),
        ("F", "", False, "", "", "closed"),
        ("G", "", True, "2029", "2031", "funded"),
        ("H", "", False, "", "", "left_out"),
        ("I", "fast", True, "2027", "2027", "funded"),
    ]
    assert (plan.selection["reason"] != "").all()


def test_spend(plan):
    assert rows(plan.spend) == [
        ("CAP", "P", "capex", "2028", 4.0),
        ("CAP", "P", "capex", "2029", 2.0),
        ("CAP", "Q", "capex", "2027", 4.0),
        ("OP", "", "opex", "2027", 2.0),
        ("OP", "", "opex", "2029", 1.0),
        ("OP", "P", "opex", "2027", 3.0),
        ("OP", "P", "opex", "2028", 3.0),
        ("OP", "Q", "opex", "2028", 1.0),
    ]


def test_budget(plan):
    """Without what lies outside the horizon."""
    assert rows(plan.budget) == [
        ("CAP", "2027", 6.0, 4.0, 0.0, 0.0),
        ("CAP", "2028", 6.0, 4.0, 0.0, 0.0),
        ("CAP", "2029", 6.0, 2.0, 0.0, 0.0),
        ("OP", "2027", 5.0, 5.0, 0.0, 0.0),
        ("OP", "2028", 6.0, 4.0, 0.0, 0.0),
        ("OP", "2029", 6.0, 1.0, 0.0, 0.0),
    ]


def test_people(plan):
    years = ("2027", "2028", "2029")
    assert rows(plan.capacity) == [("R", year, 1.0, 1.0) for year in years]
    assert rows(plan.supply) == [("X", "", "R", year, 1.0, 1.0) for year in years]


def test_binding(plan):
    """The money of OP in 2027, the engineer in every year, and three projects of P in 2028."""
    binding = plan.binding.fillna({"lower": -1.0})
    assert rows(binding) == [
        ("budget", "fund_id=OP, period=2027", -1.0, 5.0, 5.0, 0.0),
        ("programme_projects", "programme_id=P, period=2028", -1.0, 3.0, 3.0, 0.0),
        ("role_capacity", "role_id=R, period=2027", -1.0, 1.0, 1.0, 0.0),
        ("role_capacity", "role_id=R, period=2028", -1.0, 1.0, 1.0, 0.0),
        ("role_capacity", "role_id=R, period=2029", -1.0, 1.0, 1.0, 0.0),
    ]


def test_beyond(plan):
    """G was let start in 2029 and costs and needs more after; the benefits of A come late."""
    assert rows(plan.beyond) == [
        ("A", "benefits", "2030", 5.0),
        ("A", "benefits", "2031", 7.0),
        ("G", "costs", "2030", 1.0),
        ("G", "costs", "2031", 1.0),
        ("G", "demand", "2030", 0.5),
    ]


def test_money_objectives_count_what_lies_beyond(case):
    """Least cost with 15 of value or more: C stays, A and B and no more: 6 + 6 + 5."""
    scenario = Scenario(objectives=("strategic_value", "cost"), give_up=(2.5 / 17.5, 0.0))
    plan = optimize(case, scenario, EXACT)
    assert plan.objectives["value"].tolist() == pytest.approx([15.0, 17.0])
    npv = optimize(case, Scenario(objectives=("npv",), give_up=(0.0,)), EXACT)
    early = -4 - 2 / 1.1 + 5 / 1.1**2 + 7 / 1.1**3
    stays = -3 - 3 / 1.1
    assert npv.objectives["value"].tolist() == pytest.approx([early + stays])


def test_an_input_is_never_written_to(case):
    before = {name: frame.copy() for name, frame in case.tables.items()}
    optimize(case, Scenario(allow_stops=False))
    for name, frame in before.items():
        pd.testing.assert_frame_equal(case.tables[name], frame)


@pytest.mark.parametrize(
    ("stage", "decision", "value"),
    [
        ("proposed", "funded", 5),
        ("approved", "funded", 5),
        ("on_hold", "funded", 5),
        ("in_flight", "in_flight", 5),
        ("idea", "not_offered", 0),
        ("closed", "closed", 0),
    ],
)
def test_every_stage(small, stage, decision, value):
    facts = {"value": 5, "cost": [1], "stage": stage}
    if stage == "in_flight":
        facts["started"] = "2027"
    plan = optimize(small({"A": facts}), settings=EXACT)
    assert plan.selection["decision"].tolist() == [decision]
    assert plan.objectives["value"].iloc[0] == value


def test_running_option_in_flight_and_costs_by_period(small):
    """Of two ways the long one runs; what is dated 2026 is past, 2028 is to come."""
    portfolio = small(
        {
            "A": {
                "value": 4,
                "stage": "in_flight",
                "started": "2026",
                "option_id": "long",
                "options": {
                    "short": {"duration": 1, "cost": [50]},
                    "long": {"duration": 3, "value_share": 0.5},
                },
            }
        },
        costs=[
            {"project_id": "A", "period": period, "amount": amount}
            for period, amount in (("2026", 70), ("2028", 2), ("2031", 3))
        ],
        budget={"2028": 2},
    )
    plan = optimize(portfolio, settings=EXACT)
    assert rows(plan.selection, "option_id", "start", "finish") == [("long", "2026", "2028")]
    assert plan.objectives["value"].tolist() == [2, 0]
    assert rows(plan.spend) == [("F", "", "cost", "2028", 2.0)]
    assert rows(plan.beyond) == [("A", "costs", "2031", 3.0)]


def stopping(small, **facts):
    flying = {"value": 1, "cost": [5], "stage": "in_flight", "started": "2027", "stop_cost": 1}
    return small(
        {"A": flying | facts, "B": {"value": 4, "cost": {"capex": [5]}}},
        periods=1,
        budget=6,
    )


def test_stop_at_its_cost(small):
    """A is stopped for 1, in the category stopping, and B takes the other 5."""
    plan = optimize(stopping(small), Scenario(allow_stops=True), EXACT)
    assert rows(plan.selection, "project_id", "selected", "start", "decision") == [
        ("A", False, "", "stopped"),
        ("B", True, "2027", "funded"),
    ]
    assert rows(plan.spend, "category", "amount") == [("capex", 5.0), ("stopping", 1.0)]
    assert rows(plan.budget, "spent") == [(6.0,)]
    assert plan.selection["reason"].iloc[0].startswith("Stopped at a cost of EUR 1")


def test_stop_cost_counts_in_cost_and_npv(small):
    portfolio = small(
        {
            "A": {
                "cost": [5],
                "benefit": [3],
                "stage": "in_flight",
                "started": "2027",
                "stop_cost": 1,
            }
        }
    )
    for objective, value in (("cost", 1), ("npv", -1)):
        scenario = Scenario(objectives=(objective,), give_up=(0.0,), allow_stops=True)
        plan = optimize(portfolio, scenario, EXACT)
        assert plan.objectives["value"].tolist() == [value]
        assert plan.selection["decision"].tolist() == ["stopped"]


def test_stops_need_their_cost(small):
    with pytest.raises(ScenarioError, match=r"stop_cost is blank for 1 of the projects.*\(A\)"):
        optimize(stopping(small, stop_cost=None), Scenario(allow_stops=True))
    plan = optimize(stopping(small, stop_cost=None), settings=EXACT)
    assert plan.selection["decision"].tolist() == ["in_flight", "left_out"]


def test_values_that_are_missing_are_refused(small):
    portfolio = small({"A": {"value": None, "cost": [1]}})
    with pytest.raises(ScenarioError, match=r"projects\.value, or drivers and impacts"):
        optimize(portfolio)
    with pytest.raises(ScenarioError, match="need the table benefits"):
        optimize(portfolio, Scenario(objectives=("npv",), give_up=(0.0,)))
    plan = optimize(portfolio, Scenario(objectives=("cost",), give_up=(0.0,)))
    assert plan.objectives["value"].tolist() == [0]


def test_delivery_confidence(small):
    """8 at a half is worth less than 5 that are certain."""
    projects = {
        "A": {"value": 8, "cost": [1], "delivery_confidence": 0.5},
        "B": {"value": 5, "cost": [1], "delivery_confidence": 1},
        "C": {"value": 9, "stage": "closed"},
    }
    portfolio = small(projects, periods=1, budget=1)
    assert optimize(portfolio).selection["selected"].tolist() == [True, False, False]
    adjusted = optimize(portfolio, Scenario(risk_adjusted=True))
    assert adjusted.selection["selected"].tolist() == [False, True, False]
    assert adjusted.objectives["value"].iloc[0] == 5


@pytest.mark.parametrize(("share", "npv", "value"), [(0, -10, 1), (0.39, -10, 1), (0.4, -14, 5)])
def test_a_share_of_what_is_negative(small, share, npv, value):
    """Of an npv of -10 four tenths may be given up: down to -14, not up to -6."""
    options = {
        "x": {"cost": [10], "value_share": 0.2},
        "y": {"cost": [14], "value_share": 1},
        "z": {"cost": [15], "value_share": 2},
    }
    portfolio = small(
        {"A": {"value": 5, "force": "in", "options": options}, "B": {"benefit": [0], "value": 0}},
        periods=1,
        benefits=[{"project_id": "B", "offset": 0, "amount": 0}],
    )
    scenario = Scenario(objectives=("npv", "strategic_value"), give_up=(share, 0.0))
    plan = optimize(portfolio, scenario, EXACT)
    assert plan.objectives["value"].tolist() == [pytest.approx(npv), pytest.approx(value)]
    assert plan.objectives["status"].tolist() == ["optimal", "optimal"]


@pytest.mark.parametrize(("share", "chosen"), [(0, "A"), (0.5, "AB"), (0.6, "AC"), (1, "AC")])
def test_least_cost_first(small, share, chosen):
    """A must be done, at 10; what may be spent beyond that goes to B (5) or to C (6)."""
    portfolio = small(
        {
            "A": {"value": 1, "cost": [10], "force": "in"},
            "B": {"value": 3, "cost": [5]},
            "C": {"value": 4, "cost": [6]},
        },
        periods=1,
    )
    scenario = Scenario(objectives=("cost", "strategic_value"), give_up=(share, 0.0))
    plan = optimize(portfolio, scenario, EXACT)
    assert "".join(plan.selection.loc[plan.selection["selected"], "project_id"]) == chosen
    free = small({"A": {"value": 1, "cost": [10]}}, periods=1)
    assert optimize(free, scenario, EXACT).objectives["value"].tolist() == [0, 0]


def test_a_blank_confidence_is_not_certain(small):
    """What nobody has judged would have an advantage over what somebody has."""
    portfolio = small(
        {
            "A": {"value": 8, "cost": [1], "delivery_confidence": 0.5},
            "B": {"value": 5, "cost": [1]},
        },
        periods=1,
        budget=1,
    )
    adjusted = Scenario(risk_adjusted=True)
    with pytest.raises(ScenarioError, match=r"blank for 1 of the projects on offer \(B\)"):
        optimize(portfolio, adjusted)
    remedy = {
        "table": "projects",
        "where": {"delivery_confidence": ""},
        "set": {"delivery_confidence": 0.5},
    }
    plan = optimize(portfolio, adjusted.with_changes(remedy), EXACT)
    assert plan.objectives["value"].iloc[0] == 4


def test_risk_adjusting_what_is_not_asked_for_is_refused(small):
    scenario = Scenario(objectives=("cost",), give_up=(0.0,), risk_adjusted=True)
    with pytest.raises(ScenarioError, match="risk_adjusted: only strategic_value"):
        optimize(small({"A": {"value": 1}}), scenario)


@pytest.mark.parametrize(
    ("frequency", "labels"),
    [
        ("month", ["2027-01", "2027-02", "2027-03"]),
        ("quarter", ["2027Q1", "2027Q2", "2027Q3"]),
        ("year", ["2027", "2028", "2029"]),
    ],
)
def test_labels_are_those_of_the_calendar(small, frequency, labels):
    portfolio = small(
        {"A": {"value": 1, "cost": [1, 1], "need": [1], "earliest_start": labels[1]}},
        frequency=frequency,
        people={"X": {"R": 1}},
    )
    plan = optimize(portfolio)
    assert rows(plan.selection, "start", "finish", "decision") == [(labels[1], labels[2], "funded")]
    assert plan.spend["period"].tolist() == labels[1:]
    assert plan.capacity["period"].tolist() == labels


def test_softened_limits_may_be_passed_and_are_reported(small):
    """Ten per cent more than 10 pays for 11; the budget stays 10 in the table."""
    portfolio = small({"A": {"value": 1, "cost": [11]}}, periods=1, budget=10)
    assert optimize(portfolio).objectives["value"].iloc[0] == 0
    plan = optimize(portfolio, Scenario(soften={"budget": 0.1}))
    assert plan.objectives["value"].iloc[0] == 1
    assert rows(plan.budget, "amount", "spent") == [(10.0, 11.0)]
    assert rows(plan.binding, "upper", "slack") == [(pytest.approx(11), pytest.approx(0))]


@pytest.mark.parametrize("family", ["role_capacity", "pool_time"])
def test_people_bind_where_they_cannot_work_longer(small, family):
    """A takes the half more that X may work in 2027; B just what X has in 2028, and no more."""
    portfolio = small(
        {
            "A": {"value": 1, "need": [1.5]},
            "B": {"value": 1, "need": [1], "earliest_start": "2028"},
        },
        periods=2,
        people={"X": {"R": 1}},
    )
    plan = optimize(portfolio, Scenario(soften={family: 0.5}))
    assert plan.selection["start"].tolist() == ["2027", "2028"]
    assert rows(plan.binding, "family", "key", "upper", "slack") == [
        ("role_capacity", "role_id=R, period=2027", pytest.approx(1.5), pytest.approx(0))
    ]


def test_spend_that_no_fund_pays_where_that_rule_is_left_out(small):
    """Nobody can pay in 2028: the plan stands, and says so by a blank fund."""
    portfolio = small({"A": {"value": 1, "cost": [1, 1]}}, periods=2, budget={"2027": 1})
    plan = optimize(portfolio, Scenario(ignore=frozenset(["spend_paid"])))
    assert plan.objectives["value"].iloc[0] == 1
    assert plan.spend["amount"].sum() == 2
    assert plan.spend["fund_id"].tolist() == ["F", ""]


def two_funds(small, cost):
    """F pays for costs alone, so first: it has 4, and G has 5."""
    return small(
        {"A": {"value": 5, "cost": [cost]}},
        periods=1,
        budget={"F": {"2027": 4}, "G": {"2027": 5}},
        funds=[{"fund_id": "F", "category": "costs"}, {"fund_id": "G"}],
    )


def passed(plan):
    return rows(plan.overshoot, "family", "key", "limit", "activity", "overshoot", "share")


@pytest.mark.parametrize("how", [{"soften": {"budget": 0.5}}, {"ignore": {"budget"}}])
def test_no_limit_is_passed_that_need_not_be(small, how):
    """8 of 9 fit, whoever pays first; of 10 one is too much for one of the two."""
    scenario = Scenario.from_dict(how)
    assert passed(optimize(two_funds(small, 8), scenario, EXACT)) == []
    plan = optimize(two_funds(small, 10), scenario, EXACT)
    assert plan.overshoot["overshoot"].tolist() == [pytest.approx(1)]
    assert plan.overshoot["limit"].sum() in (4, 5)
    assert plan.summary()["overshoot"]["budget"]["limits"] == 1


def test_where_nobody_has_to_pay_all_is_paid_that_can_be(small):
    scenario = Scenario.from_dict({"ignore": ["spend_paid"]})
    assert passed(optimize(two_funds(small, 9), scenario, EXACT)) == []
    plan = optimize(two_funds(small, 10), scenario, EXACT)
    key = "programme_id=, category=costs, period=2027"
    assert passed(plan) == [("spend_paid", key, 9, 10, 1, pytest.approx(1 / 9))]
    assert rows(plan.spend, "fund_id", "amount") == [("", 1), ("F", 4), ("G", 5)]


@pytest.mark.parametrize(
    ("family", "key"), [("role_capacity", "role_id=R"), ("pool_time", "pool_id=X")]
)
@pytest.mark.parametrize("how", ["soften", "ignore"])
def test_people_work_no_longer_than_they_have_to(small, family, key, how):
    """R needs 1.5 and only X can: S is left to Y, and half an FTE is too much."""
    portfolio = small(
        {"A": {"value": 5, "need": {"R": [1.5], "S": [1]}}},
        periods=1,
        people={"X": {"R": 1, "S": 1}, "Y": {"S": 1}},
    )
    scenario = Scenario.from_dict({how: {family: 0.5} if how == "soften" else [family]})
    plan = optimize(portfolio, scenario, EXACT)
    assert passed(plan) == [(family, f"{key}, period=2027", 1, 1.5, 0.5, 0.5)]


@pytest.mark.parametrize("how", [{"soften": {"pool_time": 0.5}}, {"ignore": ["pool_time"]}])
def test_the_time_of_people_with_one_role_may_be_passed_too(small, how):
    portfolio = small({"A": {"value": 5, "need": [1.5]}}, periods=1, people={"X": {"R": 1}})
    assert optimize(portfolio, settings=EXACT).objectives["value"].iloc[0] == 0
    plan = optimize(portfolio, Scenario.from_dict(how), EXACT)
    assert plan.objectives["value"].iloc[0] == 5
    assert plan.overshoot["sentence"].tolist() == [
        "Work of pool X in 2027 is 1.5 FTE, 0.5 more than the 1 allowed."
    ]


def test_rules_without_amounts_are_told_where_they_are_broken(small):
    portfolio = small(
        {
            "A": {"value": 5, "cost": [1], "earliest_start": "2028"},
            "B": {"value": 2, "cost": [1], "force": "out"},
        },
        periods=1,
    )
    scenario = Scenario.from_dict({"ignore": ["earliest_start", "forced_out", "groups"]})
    plan = optimize(portfolio, scenario, EXACT)
    assert plan.overshoot["sentence"].tolist() == [
        "Project A starts in 2027, before its earliest start, 2028.",
        "Project B is forced out, and is selected.",
    ]
    assert optimize(portfolio, settings=EXACT).overshoot.empty


def test_changes_are_made_once(small):
    """A doubled budget is doubled, not more; and the portfolio stays as it was."""
    portfolio = small({"A": {"value": 1, "cost": [3]}}, periods=1, budget=1)
    double = {"table": "budgets", "scale": {"amount": 2}}
    scenario = Scenario().with_changes(double, name="double")
    plan = optimize(portfolio, scenario)
    assert plan.scenario == "double"
    assert rows(plan.budget, "amount") == [(2.0,)]
    assert plan.objectives["value"].iloc[0] == 0
    assert verify(plan, portfolio, scenario) == []


def test_idle_time_is_capacity_of_each_role_that_could_have_it(small):
    """X does both: half a year for R leaves half for R or S; so R could have 1, and S 0.5."""
    portfolio = small(
        {"A": {"value": 1, "need": {"R": [0.5]}}}, periods=1, people={"X": {"R": 1, "S": 1}}
    )
    plan = optimize(portfolio)
    assert rows(plan.capacity) == [("R", "2027", 0.5, 1.0), ("S", "2027", 0.0, 0.5)]
    assert rows(plan.supply) == [("X", "", "R", "2027", 0.5, 0.5)]
    assert plan.binding.empty


def test_infeasible_has_no_tables(small):
    plan = optimize(small({"A": {"value": 1, "cost": [9], "force": "in"}}, budget=1))
    assert plan.status == Status.INFEASIBLE
    assert list(plan.tables()) == []
    assert plan.objectives["value"].isna().all()
    assert np.isnan(plan.objectives["bound"].iloc[0])
