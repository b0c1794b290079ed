"""Plans made by hand, without a solver: the right ones pass, each planted fault is found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from portfolio.conflict import Conflict
from portfolio.data.portfolio import Portfolio
from portfolio.plan import (
    BEYOND_COLUMNS,
    BINDING_COLUMNS,
    BUDGET_COLUMNS,
    CAPACITY_COLUMNS,
    HIRES_COLUMNS,
    OBJECTIVE_COLUMNS,
    OVERSHOOT_COLUMNS,
    SELECTION_COLUMNS,
    SPEND_COLUMNS,
    SUPPLY_COLUMNS,
    TABLES,
    Plan,
    Status,
)
from portfolio.scenario import OwnRule, Scenario, ShareLimit, Term
from portfolio.verify import FAMILIES, LIMITS, Violation, overshoots, verify
from portfolio.verify.people import pools
from portfolio.verify.worth import project_values

from .sweeps import some

Records = list[dict[str, Any]]


def frame(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


def families(found: list[Violation]) -> list[str]:
    return [violation.family for violation in found]


# --- One plan written out in full -------------------------------------------------


@cache
def whole_portfolio() -> Portfolio:
    """Four quarters, two nested programmes, every kind of stage, fund and capacity."""

    def rows(project: str, amounts: Mapping[int, float], category: str = "capex") -> Records:
        return [
            {"project_id": project, "offset": offset, "category": category, "amount": amount}
            for offset, amount in amounts.items()
        ]

    def project(name: str, stage: str, programme: str, value: float, **more: object) -> dict:
        return {
            "project_id": name,
            "name": name,
            "stage": stage,
            "programme_id": programme,
            "value": value,
            **more,
        }

    def need(project: str, role: str, offset: int, fte: float) -> dict[str, object]:
        return {"project_id": project, "role_id": role, "offset": offset, "fte": fte}

    return Portfolio.from_tables(
        {
            "settings": {
                "name": "whole",
                "currency": "EUR",
                "frequency": "quarter",
                "first_period": "2027Q1",
                "periods": 4,
                "discount_rate": 0.1,
            },
            "programmes": [
                {"programme_id": "P", "name": "P"},
                {"programme_id": "Q", "name": "Q", "parent_id": "P"},
            ],
            "projects": [
                project("A", "proposed", "P", 10),
                project("B", "approved", "Q", 8, latest_start="2027Q4"),
                project("C", "in_flight", "P", 6, started="2026Q4", stop_cost=50),
                project("D", "proposed", "Q", 4),
                project("E", "idea", "Q", 2),
                project("F", "closed", "Q", 1),
                project("G", "in_flight", "Q", 3, started="2026Q3", stop_cost=3),
            ],
            "budgets": [
                {"fund_id": "F1", "period": "2027Q1", "amount": 140},
                {"fund_id": "F1", "period": "2027Q2", "amount": 20},
                {"fund_id": "F1", "period": "2027Q4", "amount": 40},
                {"fund_id": "F2", "period": "2026", "amount": 7},
                {"fund_id": "F2", "period": "2027", "amount": 500},
            ],
            "funds": [
                {"fund_id": "F1", "category": "capex", "carry_over": True},
                {"fund_id": "F2"},
            ],
            "costs": [
                *rows("A", {0: 100}),
                *rows("A", {1: 50}, "opex"),
                *rows("B", {0: 40, 1: 40}),
                *rows("C", {0: 30, 1: 30, 2: 30}),
                {"project_id": "C", "period": "2027Q3", "category": "opex", "amount": 5},
                *rows("D", {0: 1000}),
                *rows("G", dict.fromkeys(range(6), 20)),
            ],
            "benefits": [
                {"project_id": "A", "offset": 2, "amount": 300},
                {"project_id": "C", "period": "2028Q2", "amount": 100},
                {"project_id": "G", "offset": 4, "amount": 900},
            ],
            "roles": [{"role_id": "R", "name": "R"}, {"role_id": "S", "name": "S"}],
            "people": [
                {"person_id": "X", "name": "X"},
                {"person_id": "Y", "name": "Y", "fte": 0.5},
                {"person_id": "Z", "name": "Z", "programme_id": "Q"},
            ],
            "skills": [
                {"person_id": "X", "role_id": "R"},
                {"person_id": "X", "role_id": "S"},
                {"person_id": "Y", "role_id": "R", "proficiency": 0.5},
                {"person_id": "Z", "role_id": "R"},
            ],
            "capacity": [
                {"role_id": "R", "period": "2027Q1", "kind": "extra", "fte": 0.25},
                {"role_id": "S", "period": "2027Q1", "kind": "total", "fte": 1},
                {"role_id": "S", "period": "2027Q2", "kind": "extra", "fte": 2},
            ],
            "reserved": [
                {"role_id": "R", "period": "2027Q1", "fte": 0.25},
                {"person_id": "X", "period": "2027Q2", "fte": 0.5},
            ],
            "demand": [
                need("A", "R", 0, 1),
                need("A", "R", 1, 0.5),
                need("A", "S", 0, 1),
                need("B", "R", 0, 1),
                need("B", "R", 1, 1),
                need("C", "R", 1, 0.25),
            ],
        }
    )


WHOLE = Scenario(
    name="whole",
    objectives=("strategic_value", "benefit", "npv", "cost", "early_start"),
    give_up=(0.0,) * 5,
    allow_stops=True,
)


def whole_plan(**changes: Any) -> Plan:
    # Costs by quarter: 133, 80, 5, 40, and 40 after the horizon.
    npv = (
        300 / 1.1**0.5
        + 100 / 1.1**1.25
        - (133 + 80 / 1.1**0.25 + 5 / 1.1**0.5 + 40 / 1.1**0.75 + 40 / 1.1)
    )
    plan = Plan(
        status=Status.FEASIBLE,
        scenario="whole",
        objectives=frame(
            OBJECTIVE_COLUMNS,
            [
                ("strategic_value", "max", 24.0, 24.0, 0.0, "optimal", 1.0),
                ("benefit", "max", 400.0, 410.0, 0.025, "feasible", 1.0),
                ("npv", "max", npv, math.nan, math.nan, "feasible", 1.0),
                ("cost", "min", 298.0, 298.0, 0.0, "optimal", 1.0),
                ("early_start", "max", 5.0, 5.0, 0.0, "optimal", 1.0),
            ],
        ),
        selection=frame(
            SELECTION_COLUMNS,
            [
                ("A", "", True, "2027Q1", "", "2027Q2", "funded"),
                ("B", "", True, "2027Q4", "", "2028Q1", "deferred"),
                ("C", "", True, "2026Q4", "", "2027Q3", "in_flight"),
                ("D", "", False, "", "", "", "left_out"),
                ("E", "", False, "", "", "", "not_offered"),
                ("F", "", False, "", "", "", "closed"),
                ("G", "", False, "", "", "", "stopped"),
            ],
        ),
        spend=frame(
            SPEND_COLUMNS,
            [
                ("F1", "P", "capex", "2027Q1", 130.0),
                ("F2", "Q", "stopping", "2027Q1", 3.0),
                ("F1", "P", "capex", "2027Q2", 30.0),
                ("F2", "P", "opex", "2027Q2", 50.0),
                ("F2", "P", "opex", "2027Q3", 5.0),
                ("F1", "Q", "capex", "2027Q4", 40.0),
            ],
        ),
        budget=frame(
            BUDGET_COLUMNS,
            [
                ("F1", "2027Q1", 140.0, 130.0, 0.0, 10.0),
                ("F1", "2027Q2", 20.0, 30.0, 10.0, 0.0),
                ("F1", "2027Q4", 40.0, 40.0, 0.0, 0.0),
                ("F2", "2027", 500.0, 58.0, 0.0, 0.0),
            ],
        ),
        supply=frame(
            SUPPLY_COLUMNS,
            [
                ("X", "", "R", "2027Q1", 1.0, 1.0),
                ("Y", "", "R", "2027Q1", 0.5, 0.25),
                ("X", "", "R", "2027Q2", 0.5, 0.5),
                ("Z", "Q", "R", "2027Q4", 1.0, 1.0),
            ],
        ),
        capacity=frame(
            CAPACITY_COLUMNS,
            [
                ("R", "2027Q1", 1.25, 1.25),
                ("R", "2027Q2", 0.5, 0.75),
                ("R", "2027Q3", 0.0, 1.25),
                ("R", "2027Q4", 1.0, 2.25),
                ("S", "2027Q1", 1.0, 1.0),
                ("S", "2027Q2", 0.0, 2.0),
            ],
        ),
        binding=frame(
            BINDING_COLUMNS,
            [
                ("budget", "fund_id=F1, period=2027Q1", math.nan, 140.0, 140.0, 0.0),
                ("budget", "fund_id=F1, period=2027Q4", math.nan, 40.0, 40.0, 0.0),
                ("role_capacity", "role_id=S, period=2027Q1", math.nan, 1.0, 1.0, 0.0),
                # The supply may stand on the side of the demand.
                ("role_capacity", "role_id=R, period=2027Q1", math.nan, 0.0, 0.0, 0.0),
                ("pool_time", "pool_id=X, period=2027Q2", math.nan, 0.5, 0.5, 0.0),
                ("in_flight", "project_id=C", 1.0, 1.0, 1.0, 0.0),
            ],
        ),
        hires=frame(HIRES_COLUMNS, []),
        beyond=frame(
            BEYOND_COLUMNS,
            [
                ("B", "costs", "2028Q1", 40.0),
                ("B", "demand", "2028Q1", 1.0),
                ("C", "benefits", "2028Q2", 100.0),
            ],
        ),
        overshoot=frame(OVERSHOOT_COLUMNS, []),
        seconds=1.0,
        settings={"gap": 0.001},
    )
    return replace(plan, **changes)


def test_a_right_plan_passes() -> None:
    assert verify(whole_plan(), whole_portfolio(), WHOLE) == []


def cells() -> list[tuple[str, int, str]]:
    """Every cell of the plan but those that carry no claim to check."""
    plan = whole_plan()
    free = {("selection", "reason"), ("objectives", "seconds")}
    # A family without amounts is only checked against itself.
    alone = {("binding", 5, "key"), ("binding", 5, "upper")}
    return [
        (name, number, str(column))
        for name, table in [("objectives", plan.objectives), *plan.tables()]
        for number in range(len(table))
        for column in table.columns
        if (name, column) not in free and (name, number, column) not in alone
    ]


@pytest.mark.parametrize(("table", "row", "column"), some(cells(), 6))
def test_every_cell_of_a_plan_is_checked(table: str, row: int, column: str) -> None:
    plan = whole_plan()
    changed = getattr(plan, table).copy()
    value = changed.at[row, column]
    family = changed.at[row, "family"] if table == "binding" else ""
    if isinstance(value, str):
        changed.loc[row, column] = value + "x"
        if column == "family":
            changed.loc[row, column] = "pool_time" if family != "pool_time" else "budget"
    elif isinstance(value, bool | np.bool_):
        changed.loc[row, column] = not value
    elif math.isnan(value):
        # A bound without a gap or the other way round; a limit that the rule has not.
        changed.loc[row, column] = 0.25
    else:
        changed.loc[row, column] = value + 0.01
    assert verify(replace(plan, **{table: changed}), whole_portfolio(), WHOLE) != []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("objectives", "value"),
        ("objectives", "bound"),
        ("objectives", "gap"),
        ("spend", "amount"),
        ("budget", "carried_in"),
        ("capacity", "capacity"),
        ("supply", "fte"),
        ("binding", "slack"),
        ("beyond", "amount"),
    ],
)
def test_numbers_are_finite(table: str, column: str, value: float) -> None:
    changed = getattr(whole_plan(), table).copy()
    changed.loc[0, column] = value
    found = verify(whole_plan(**{table: changed}), whole_portfolio(), WHOLE)
    assert set(families(found)) == {"objective" if table == "objectives" else "tables"}


def drop(table: str, row: int) -> Plan:
    return whole_plan(**{table: getattr(whole_plan(), table).drop(index=row)})


def double(table: str, row: int) -> Plan:
    rows = getattr(whole_plan(), table)
    return whole_plan(**{table: pd.concat([rows, rows.loc[[row]]], ignore_index=True)})


@pytest.mark.parametrize("table", ["budget", "selection", "capacity", "beyond"])
def test_a_missing_row_is_found(table: str) -> None:
    assert set(families(verify(drop(table, 0), whole_portfolio(), WHOLE))) == {"tables"}


@pytest.mark.parametrize(
    "table", ["budget", "selection", "capacity", "beyond", "spend", "supply", "binding"]
)
def test_a_row_twice_is_found(table: str) -> None:
    assert "tables" in families(verify(double(table, 0), whole_portfolio(), WHOLE))


@pytest.mark.parametrize("table", ["selection", "spend", "supply", "binding"])
def test_a_missing_table_is_found(table: str) -> None:
    found = verify(whole_plan(**{table: None}), whole_portfolio(), WHOLE)
    assert families(found) == ["tables"]


# --- Status, objectives and gaps --------------------------------------------------


def objectives(**changes: object) -> pd.DataFrame:
    """The plan's objectives with cells of the first row changed."""
    rows = whole_plan().objectives.copy()
    for column, value in changes.items():
        rows.loc[0, column] = value
    return rows


ALL_OPTIMAL = whole_plan().objectives.assign(
    bound=lambda rows: rows["value"], gap=0.0, status="optimal"
)


@pytest.mark.parametrize(
    ("plan", "family"),
    [
        (whole_plan(scenario="other"), "status"),
        (whole_plan(status=Status.OPTIMAL), "status"),
        (whole_plan(objectives=objectives(bound=25.0, gap=1 / 24)), "status"),
        (whole_plan(objectives=objectives(bound=math.nan, gap=math.nan)), "status"),
        (whole_plan(objectives=objectives(gap=0.0005)), "status"),
        (whole_plan(objectives=objectives(status="best")), "status"),
        (whole_plan(settings={"gap": math.nan}), "status"),
        (whole_plan(settings={"gap": "small"}), "status"),
        (whole_plan(objectives=objectives(value=23.0, bound=23.0)), "objective"),
        (whole_plan(objectives=objectives(bound=23.0, gap=1 / 24)), "objective"),
        (whole_plan(objectives=objectives(sense="min")), "objective"),
        (whole_plan(objectives=whole_plan().objectives.iloc[:3]), "objective"),
        (whole_plan(objectives=whole_plan().objectives.iloc[::-1]), "objective"),
    ],
)
def test_status_and_objectives(plan: Plan, family: str) -> None:
    found = set(families(verify(plan, whole_portfolio(), WHOLE)))
    assert family in found
    assert found <= {"status", "objective"}


def test_optimal_where_every_objective_is() -> None:
    plan = whole_plan(status=Status.OPTIMAL, objectives=ALL_OPTIMAL)
    assert verify(plan, whole_portfolio(), WHOLE) == []
    near = ALL_OPTIMAL.copy()
    near.loc[0, ["bound", "gap"]] = [24.024, 0.001]
    assert verify(replace(plan, objectives=near), whole_portfolio(), WHOLE) == []


def test_what_is_given_up_of_an_objective_does_not_make_it_less_optimal() -> None:
    plan = whole_plan(objectives=objectives(bound=26.0, gap=1 / 12))
    assert families(verify(plan, whole_portfolio(), WHOLE)) == ["status"]
    giving = replace(WHOLE, give_up=(0.1, 0.0, 0.0, 0.0, 0.0))
    assert verify(plan, whole_portfolio(), giving) == []


def test_a_plan_has_no_conflict() -> None:
    conflict = Conflict(("budget",), (), True, None, "One rule cannot hold by itself.")
    plan = replace(whole_plan(), conflict=conflict)
    (violation,) = verify(plan, whole_portfolio(), WHOLE)
    assert (violation.family, violation.key) == ("status", "conflict")
    without = Plan(status=Status.INFEASIBLE, scenario="whole", conflict=conflict)
    assert verify(without, whole_portfolio(), WHOLE) == []


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.NO_SOLUTION, Status.INVALID])
def test_without_a_solution_there_are_no_tables(status: Status) -> None:
    assert verify(Plan(status=status, scenario="whole"), whole_portfolio(), WHOLE) == []
    blank = objectives().assign(value=math.nan, bound=math.nan, gap=math.nan)
    plan = Plan(status=status, scenario="whole", objectives=blank)
    assert verify(plan, whole_portfolio(), WHOLE) == []
    left = whole_plan(status=status)
    assert families(verify(left, whole_portfolio(), WHOLE)) == ["status"] * (len(TABLES) + 1)


# --- One tiny portfolio a rule ----------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A tiny portfolio, a plan that keeps its rules and one that breaks one.

    Six quarters; projects A and B (programme P) and C (programme Q, nested in P),
    each two quarters long at 10 a quarter, paid by fund F of 1000 a year.
    """

    family: str
    key: Mapping[str, str]
    good: Mapping[str, Any]
    bad: Mapping[str, Any]
    tables: Mapping[str, Any] = field(default_factory=dict)
    scenario: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


def tiny_portfolio(tables: Mapping[str, Any]) -> Portfolio:
    tables = dict(tables)
    facts: dict[str, dict[str, Any]] = tables.pop("facts", {})
    projects = [
        {
            "project_id": name,
            "name": name,
            "stage": "proposed",
            "programme_id": "Q" if name == "C" else "P",
            "value": 1,
            **facts.get(name, {}),
        }
        for name in "ABC"
    ]
    base: dict[str, Any] = {
        "settings": {
            "name": "tiny",
            "currency": "EUR",
            "frequency": "quarter",
            "first_period": "2027Q1",
            "periods": 6,
        },
        "programmes": [
            {"programme_id": "P", "name": "P"},
            {"programme_id": "Q", "name": "Q", "parent_id": "P"},
        ],
        "projects": projects,
        "budgets": [
            {"fund_id": "F", "period": "2027", "amount": 1000},
            {"fund_id": "F", "period": "2028", "amount": 1000},
        ],
        "costs": [
            {"project_id": name, "offset": offset, "amount": 10}
            for name in "ABC"
            for offset in (0, 1)
        ],
        "roles": [{"role_id": "R", "name": "R"}],
    }
    return Portfolio.from_tables({**base, **tables})


def tiny_plan(
    portfolio: Portfolio,
    scenario: Scenario,
    *,
    starts: Mapping[str, str] | list[tuple[str, str]],
    stopped: tuple[str, ...] = (),
    pays: list[tuple[str, str, str, str, float]] | None = None,
    carried: Mapping[str, float] | None = None,
    supply: list[tuple[str, str, str, str, float, float]] | None = None,
    spare: float = 0.0,
    hires: list[tuple[str, str, str, float, float, float, float]] | None = None,
) -> Plan:
    """A plan with all tables that go with the starts, in plain loops.

    `carried` is what each fund carries from 2027 to 2028; `spare` is what the
    role R could have beyond its supply, in every quarter with demand.
    """
    calendar = portfolio.calendar
    pairs = list(starts.items()) if isinstance(starts, Mapping) else starts
    projects = portfolio["projects"].set_index("project_id")
    selection: list[tuple[Any, ...]] = []
    due: dict[tuple[str, str, str], float] = {}
    need: dict[str, float] = {}
    for project, start in pairs:
        first = calendar.index(start)
        fact = projects.loc[project]
        earliest = max(calendar.index(fact["earliest_start"] or "2027Q1"), 0)
        decision = "deferred" if first > earliest else "funded"
        if fact["stage"] == "in_flight":
            decision = "in_flight"
        finish = calendar.label(first + 1)
        selection.append((project, "", True, start, "", finish, decision))
        for offset in (0, 1):
            if first + offset >= 0:
                place = (fact["programme_id"], "cost", calendar.label(first + offset))
                due[place] = due.get(place, 0.0) + 10
    for name in projects.index:
        if name not in dict(pairs):
            decision = "stopped" if name in stopped else "left_out"
            stage = projects.loc[name, "stage"]
            decision = {"idea": "not_offered", "closed": "closed"}.get(stage, decision)
            selection.append((name, "", False, "", "", "", decision))
        if name in stopped:
            cost = projects.loc[name, "stop_cost"]
            if cost > 0:
                due[projects.loc[name, "programme_id"], "stopping", "2027Q1"] = float(cost)
    for project, start in pairs:
        for row in portfolio["demand"].itertuples():
            if row.project_id == project:
                label = calendar.label(calendar.index(start) + int(row.offset))
                need[label] = need.get(label, 0.0) + row.fte
    for _, _, label, _, _, _, cost in hires or []:
        due["", "hiring", label] = due.get(("", "hiring", label), 0.0) + cost
    if pays is None:
        pays = [("F", *place, amount) for place, amount in due.items()]
    carried = carried or {}
    budget = []
    for fund, label, amount in portfolio["budgets"][["fund_id", "period", "amount"]].to_numpy():
        inside = calendar.labels[slice(*np.add(calendar.span(label), (0, 1)))]
        spent = sum(pay[4] for pay in pays if pay[0] == fund and pay[3] in inside)
        into = carried.get(fund, 0.0) if label == "2028" else 0.0
        out = carried.get(fund, 0.0) if label == "2027" else 0.0
        budget.append((fund, label, amount, spent, into, out))
    capacity = []
    for label, demand in need.items():
        given = sum(row[5] for row in supply or [] if row[3] == label)
        given += sum(row[4] for row in hires or [] if row[2] == label)
        for row in portfolio["capacity"].itertuples():
            given += row.fte if row.period == label else 0.0
        capacity.append(("R", label, demand, given + spare))
    free = [
        calendar.periods - calendar.index(start)
        for name, start in pairs
        if projects.loc[name, "stage"] != "in_flight"
    ]
    values = (float(len(pairs)), float(sum(free)))
    return Plan(
        status=Status.OPTIMAL,
        scenario=scenario.name,
        objectives=frame(
            OBJECTIVE_COLUMNS,
            [
                (name, "max", value, value, 0.0, "optimal", 0.0)
                for name, value in zip(scenario.objectives, values, strict=True)
            ],
        ),
        selection=frame(SELECTION_COLUMNS, selection),
        spend=frame(SPEND_COLUMNS, list(pays)),
        budget=frame(BUDGET_COLUMNS, budget),
        capacity=frame(CAPACITY_COLUMNS, capacity),
        supply=frame(SUPPLY_COLUMNS, list(supply or [])),
        binding=frame(BINDING_COLUMNS, []),
        hires=frame(HIRES_COLUMNS, list(hires or [])),
        beyond=frame(BEYOND_COLUMNS, []),
        overshoot=frame(OVERSHOOT_COLUMNS, []),
        settings={"gap": 0.0},
    )


def early(*names: str, at: str = "2027Q1") -> dict[str, Any]:
    return {"starts": dict.fromkeys(names, at)}


def facts(name: str, **values: object) -> dict[str, Any]:
    return {"facts": {name: values}}


def link(kind: str, lag: int = 0, other: str = "B") -> dict[str, Any]:
    row = {"project_id": "A", "other_id": other, "kind": kind, "lag": lag}
    return {"dependencies": [row]}


def group(kind: str, limit: int | None = None) -> dict[str, Any]:
    return {
        "groups": [{"group_id": "G", "kind": kind, "limit": limit}],
        "group_members": [{"group_id": "G", "project_id": name} for name in "ABC"],
    }


def limits(**values: object) -> dict[str, Any]:
    return {"programme_limits": [{"programme_id": "P", **values}]}


def share(by: str, key: str, **bounds: float) -> dict[str, Any]:
    return {"balance": (ShareLimit(by, key, **bounds),)}


QUARTERS = ["2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028Q1", "2028Q2"]


def joining(contractors: Mapping[str, float] | None = None) -> dict[str, Any]:
    """One hire for 5 after a quarter; contractors at 3 a quarter, for two quarters at least."""
    role = {"role_id": "R", "name": "R", "hire_cost": 5, "hire_max": 1, "hire_lead": 1}
    role |= {"contractor_rate": 3, "contractor_lead": 1, "contractor_term": 2}
    most = contractors or dict.fromkeys(QUARTERS, 1)
    limits = [{"role_id": "R", "period": label, "fte": fte} for label, fte in most.items()]
    return {"roles": [role], "contractor_limits": limits}


def hired(people: float, first: str = "2027Q2") -> dict[str, Any]:
    """People hired, who have nothing to do and stay."""
    rows = [("R", "internal", first, people, people, people, 5 * people)]
    later = QUARTERS[QUARTERS.index(first) + 1 :]
    rows += [("R", "internal", label, 0.0, people, people, 0.0) for label in later]
    return {"hires": rows, "starts": {}}


def contracted(fte: float, *labels: str, arriving: float | None = None) -> dict[str, Any]:
    """Contractors who come in the first of the quarters, and have nothing to do."""
    came = [fte if arriving is None else arriving, *[0.0] * (len(labels) - 1)]
    rows = [
        ("R", "contractor", label, one, fte, fte, 3 * fte)
        for label, one in zip(labels, came, strict=True)
    ]
    return {"hires": rows, "starts": {}}


def paid_as(capex: float, opex: float) -> list[tuple[str, str, str, str, float]]:
    return [("F", "P", "capex", "2027Q1", capex), ("F", "P", "opex", "2027Q2", opex)]


RATED = {
    "drivers": [{"driver_id": "D", "name": "D", "weight": 0.5},
                {"driver_id": "E", "name": "E", "weight": 0.5}],
    "impacts": [{"project_id": "A", "driver_id": "D", "rating": "extreme"},
                {"project_id": "B", "driver_id": "D", "rating": "low"},
                {"project_id": "B", "driver_id": "E", "rating": "moderate"}],
}  # fmt: skip
FLYING = {"stage": "in_flight", "started": "2026Q4", "stop_cost": 7}
DEMAND = [{"project_id": name, "role_id": "R", "offset": 0, "fte": 1} for name in "ABC"]
ANN = {"person_id": "ann", "name": "Ann"}
SKILL = {"person_id": "ann", "role_id": "R"}
TEAM = {"demand": DEMAND, "people": [ANN], "skills": [SKILL]}
RATIO = {
    "demand": DEMAND,
    "capacity": [
        {"role_id": "R", "period": label, "kind": "total", "fte": 1}
        for label in ("2027Q1", "2027Q2")
    ],
}
NESTED = {
    "demand": DEMAND,
    "people": [{**ANN, "programme_id": "P"},
               {"person_id": "bob", "name": "Bob", "programme_id": "Q"}],
    "skills": [SKILL, {"person_id": "bob", "role_id": "R"}],
}  # fmt: skip
FENCED = {"demand": DEMAND, "people": [{**ANN, "programme_id": "Q"}], "skills": [SKILL]}


def capex(programme: str, label: str, amount: float, fund: str = "F") -> tuple[Any, ...]:
    return (fund, programme, "cost", label, amount)


A_PAID = [capex("P", "2027Q1", 10.0), capex("P", "2027Q2", 10.0)]
A_SPLIT = [capex("P", "2027Q1", 4.0), capex("P", "2027Q1", 6.0, "H"), capex("P", "2027Q2", 10.0)]
BUDGETS = [
    {"fund_id": "F", "period": "2027", "amount": 1000},
    {"fund_id": "H", "period": "2027", "amount": 100},
]


CASES = [
    Case("once", {"project_id": "A"}, early("A"),
         {"starts": [("A", "2027Q1"), ("A", "2027Q3")]}),
    Case("earliest_start", {"project_id": "A"}, early("A", at="2027Q2"), early("A"),
         facts("A", earliest_start="2027Q2")),
    Case("latest_start", {"project_id": "A"}, early("A", at="2027Q2"), early("A", at="2027Q3"),
         facts("A", latest_start="2027Q2")),
    Case("latest_finish", {"project_id": "A"}, early("A"), early("A", at="2027Q2"),
         facts("A", latest_finish="2027Q2")),
    Case("forced_in", {"project_id": "A"}, early("A"), early("B"), facts("A", force="in")),
    Case("forced_out", {"project_id": "A"}, early("B"), early("A", "B"), facts("A", force="out")),
    Case("forced_in", {"project_id": "A"}, early("A", at="2026Q4"),
         {"starts": {}, "stopped": ("A",)}, facts("A", force="in", **FLYING),
         {"allow_stops": True}, name="in flight"),
    Case("forced_out", {"project_id": "A"}, {"starts": {}, "stopped": ("A",)},
         early("A", at="2026Q4"), facts("A", force="out", **FLYING), {"allow_stops": True},
         name="in flight"),
    Case("in_flight", {"project_id": "A"}, early("A", at="2026Q4"),
         {"starts": {}, "stopped": ("A",)}, facts("A", **FLYING)),
    Case("in_flight", {"project_id": "A"}, early("A", at="2026Q4"),
         {"starts": {}, "stopped": ("A",)}, facts("A", **{**FLYING, "stop_cost": None}),
         {"allow_stops": True}, name="no stop cost"),
    Case("budget", {"fund_id": "F", "period": "2027"}, early("A"), early("A", "B"),
         {"budgets": [{"fund_id": "F", "period": "2027", "amount": 39}]}),
    Case("budget", {"fund_id": "F", "period": "2028"},
         {**early("A", "B", at="2028Q1"), "carried": {"F": 30.0}},
         {**early("A", "B", at="2028Q1"), "carried": {"F": 29.0}},
         {"budgets": [{"fund_id": "F", "period": "2027", "amount": 40},
                      {"fund_id": "F", "period": "2028", "amount": 10}],
          "funds": [{"fund_id": "F", "carry_over": True}]}, name="carried"),
    Case("budget", {"fund_id": "F", "period": "2027"},
         early("A"), {**early("A"), "carried": {"F": 29.0}},
         {"funds": [{"fund_id": "F", "carry_over": False}],
          "budgets": [{"fund_id": "F", "period": "2027", "amount": 100}]}, name="carries not"),
    Case("budget", {"fund_id": "F", "period": "2027"},
         {**early("A"), "carried": {"F": 20.0}}, {**early("A"), "carried": {"F": 20.5}},
         {"budgets": [{"fund_id": "F", "period": "2027", "amount": 40},
                      {"fund_id": "F", "period": "2028", "amount": 10}],
          "funds": [{"fund_id": "F", "carry_over": True}]}, name="carries too much"),
    Case("spend_paid", {"programme_id": "P", "category": "cost", "period": "2027Q1"},
         {**early("A"), "pays": A_PAID},
         {**early("A"), "pays": [capex("P", "2027Q1", 9.0), A_PAID[1]]}, name="underpaid"),
    Case("spend_paid", {"programme_id": "P", "category": "cost", "period": "2027Q1"},
         {**early("A"), "pays": A_PAID},
         {**early("A"), "pays": [capex("P", "2027Q1", 11.0), A_PAID[1]]}, name="overpaid"),
    Case("spend_paid", {"programme_id": "Q", "category": "cost", "period": "2027Q3"},
         {**early("A"), "pays": A_PAID},
         {**early("A"), "pays": [*A_PAID, capex("Q", "2027Q3", 1.0)]}, name="paid for nothing"),
    Case("spend_paid", {"programme_id": "P", "category": "cost", "period": "2027Q1"},
         {**early("A"), "pays": A_PAID}, {**early("A"), "pays": A_SPLIT},
         {"budgets": BUDGETS, "funds": [{"fund_id": "H", "category": "stopping"}]},
         name="category"),
    Case("spend_paid", {"programme_id": "P", "category": "cost", "period": "2027Q1"},
         {**early("A"), "pays": A_PAID}, {**early("A"), "pays": A_SPLIT},
         {"budgets": BUDGETS, "funds": [{"fund_id": "H", "programme_id": "Q"}]}, name="programme"),
    Case("spend_paid", {"programme_id": "P", "category": "cost", "period": "2027Q2"},
         {**early("A"), "pays": [A_PAID[0], capex("P", "2027Q2", 10.0, "H")]},
         {**early("A"), "pays": A_PAID},
         {"budgets": [{"fund_id": fund, "period": f"2027{quarter}", "amount": 100}
                      for fund, quarter in (("F", "Q1"), ("H", "Q2"), ("F", "Q3"))]},
         name="no money then"),
    Case("role_capacity", {"role_id": "R", "period": "2027Q1"}, early("A"), early("A", "B"), RATIO,
         name="total"),
    Case("role_capacity", {"role_id": "R", "period": "2027Q3"}, early("A"), early("A", at="2027Q3"),
         RATIO, name="total without a row"),
    Case("role_capacity", {"role_id": "R", "period": "2027Q1"},
         {**early("A"), "supply": [("ann", "", "R", "2027Q1", 1.0, 1.0)]},
         {**early("A"), "supply": [("ann", "", "R", "2027Q1", 0.75, 0.75)], "spare": 0.25}, TEAM,
         name="supplied"),
    Case("pool_time", {"pool_id": "ann", "period": "2027Q1"},
         {**early("A"), "supply": [("ann", "", "R", "2027Q1", 1.0, 1.0)]},
         {**early("A", "B"), "supply": [("ann", "", "R", "2027Q1", 2.0, 2.0)]}, TEAM),
    Case("ring_fence", {"programme_id": "Q", "role_id": "R", "period": "2027Q1"},
         {**early("C"), "supply": [("ann", "Q", "R", "2027Q1", 1.0, 1.0)]},
         {**early("A"), "supply": [("ann", "Q", "R", "2027Q1", 1.0, 1.0)]}, FENCED),
    Case("ring_fence", {"programme_id": "P", "role_id": "R", "period": "2027Q1"},
         {**early("C"), "supply": [("ann", "P", "R", "2027Q1", 1.0, 1.0)]},
         {**early("C"), "supply": [("ann", "P", "R", "2027Q1", 1.0, 1.0),
                                   ("bob", "Q", "R", "2027Q1", 1.0, 1.0)]}, NESTED,
         name="twice, with those within it"),
    Case("requires", {"project_id": "A", "other_id": "B"}, early("A", "B"), early("A", "C"),
         link("requires")),
    Case("finish_to_start", {"project_id": "A", "other_id": "B"},
         {"starts": {"B": "2027Q1", "A": "2027Q4"}}, {"starts": {"B": "2027Q1", "A": "2027Q3"}},
         link("finish_to_start", 1)),
    Case("finish_to_start", {"project_id": "A", "other_id": "B"},
         {"starts": {"B": "2027Q1", "A": "2027Q3"}}, early("A", at="2027Q3"),
         link("finish_to_start"), name="not chosen"),
    Case("finish_to_start", {"project_id": "A", "other_id": "B"},
         {"starts": {"B": "2026Q4", "A": "2027Q2"}}, {"starts": {"B": "2026Q4", "A": "2027Q1"}},
         {**link("finish_to_start"), **facts("B", **FLYING)}, name="in flight"),
    Case("finish_to_start", {"project_id": "A", "other_id": "B"},
         {"starts": {"B": "2026Q4", "A": "2027Q2"}},
         {"starts": {"A": "2027Q2"}, "stopped": ("B",)},
         {**link("finish_to_start"), **facts("B", **FLYING)}, {"allow_stops": True},
         name="stopped"),
    Case("start_to_start", {"project_id": "A", "other_id": "B"},
         {"starts": {"B": "2027Q2", "A": "2027Q3"}}, {"starts": {"B": "2027Q2", "A": "2027Q2"}},
         link("start_to_start", 1)),
    Case("start_to_start", {"project_id": "A", "other_id": "B"},
         {"starts": {"B": "2027Q1", "A": "2027Q3"}}, early("A", at="2027Q3"),
         link("start_to_start"), name="not chosen"),
    Case("groups", {"group_id": "G"}, early("A", "B"), early("A"), group("exactly", 2)),
    Case("groups", {"group_id": "G"}, early("A", "B"), early("A", "B", "C"), group("at_most", 2),
         name="at most"),
    Case("groups", {"group_id": "G"}, early("A", "B", "C"), early("A"), group("at_least", 2),
         name="at least"),
    Case("groups", {"group_id": "G"}, early(), early("A", "B"), group("all_or_none"),
         name="all or none"),
    Case("own", {"rule": "one of two"}, early("A"), early("A", "B"), {},
         {"own": (OwnRule("one of two", (Term("A"), Term("B", start="2027Q1")), at_most=1),)}),
    Case("own", {"rule": "money first"}, early("B"), early("A"), {},
         {"own": (OwnRule("money first", (Term("A", times=-2.0), Term("B", times=3.0)), 1),)},
         name="least"),
    Case("programme_budget", {"programme_id": "P", "period": "2027Q1"},
         early("A", "C"), early("A", "B", "C"), limits(period="2027Q1", budget_max=20)),
    Case("programme_budget", {"programme_id": "P", "period": ""},
         early("A", "C"), early("A"), limits(budget_min=30), name="least"),
    Case("balance", {"by": "category", "key": "g"}, early("A", "B"), early("A", "B", "C"),
         facts("A", category="g"), share("category", "g", least=0.5)),
    Case("balance", {"by": "programme", "key": "Q"}, early("A", "B", "C"), early("A", "C"),
         {}, share("programme", "Q", most=0.4), name="most"),
    Case("balance", {"by": "programme", "key": "P"}, early(), early("A", "C"),
         {}, share("programme", "P", most=0.9), name="those within it"),
    Case("balance", {"by": "location", "key": "L"}, early("A"), early("B"),
         {**facts("A", location_id="L"), "locations": [{"location_id": "L", "name": "L"}]},
         share("location", "L", least=0.1), name="location"),
    Case("balance", {"by": "cost_category", "key": "capex"},
         {**early("A"), "pays": paid_as(10.0, 10.0)}, {**early("B"), "pays": paid_as(9.0, 11.0)},
         {"costs": [{"project_id": "A", "offset": 0, "category": "capex", "amount": 10},
                    {"project_id": "A", "offset": 1, "category": "opex", "amount": 10},
                    {"project_id": "B", "offset": 0, "category": "capex", "amount": 9},
                    {"project_id": "B", "offset": 1, "category": "opex", "amount": 11}]},
         share("cost_category", "capex", least=0.5), name="cost category"),
    Case("balance", {"by": "driver", "key": "D"}, early("A", "B"), early("B"),
         RATED, share("driver", "D", least=0.4), name="driver"),
    Case("balance", {"by": "cost_category", "key": "stopping"},
         early("B", at="2026Q4"), {"starts": {}, "stopped": ("B",)},
         facts("B", **{**FLYING, "stop_cost": 5}),
         {"allow_stops": True, **share("cost_category", "stopping", most=0.2)}, name="stopping"),
    Case("programme_projects", {"programme_id": "P", "period": "2027Q2"},
         {"starts": {"A": "2027Q1", "C": "2027Q3"}}, early("A", "C"),
         limits(period="2027Q2", projects_max=1)),
    Case("programme_projects", {"programme_id": "P", "period": ""},
         early("A", "C"), early("C"), limits(projects_min=2), name="chosen"),
    Case("programme_projects", {"programme_id": "P", "period": "2027"},
         early("A", at="2028Q1"), early("A", at="2027Q4"), limits(period="2027", projects_max=0),
         name="a longer period"),
    Case("hire_limit", {"role_id": "R"}, hired(1), hired(2), joining(), {"hiring": "both"}),
    Case(
        "hire_lead", {"role_id": "R", "period": "2027Q1"}, hired(1), hired(1, "2027Q1"),
        joining(), {"hiring": "internal"},
    ),
    Case(
        "contractor_limit", {"role_id": "R", "period": "2027Q3"},
        contracted(1, "2027Q2", "2027Q3"), contracted(2, "2027Q2", "2027Q3"),
        joining({"2027Q2": 2, "2027Q3": 1}), {"hiring": "contractors"},
    ),
    Case(
        "contractor_lead", {"role_id": "R", "period": "2027Q1"},
        contracted(1, "2027Q2", "2027Q3"), contracted(1, "2027Q1", "2027Q2"),
        joining(), {"hiring": "both"},
    ),
    Case(
        "contractor_arrival", {"role_id": "R", "period": "2027Q2"},
        contracted(1, "2027Q2", "2027Q3"), contracted(1, "2027Q2", "2027Q3", arriving=0),
        joining(), {"hiring": "both"},
    ),
    Case(
        "contractor_term", {"role_id": "R", "period": "2027Q3"},
        contracted(1, "2027Q2", "2027Q3"), contracted(1, "2027Q2"),
        joining(), {"hiring": "both"},
    ),
    Case(
        "contractor_term", {"role_id": "R", "period": "2028Q2"},
        contracted(1, "2028Q1", "2028Q2"), contracted(1, "2028Q2"),
        joining(), {"hiring": "both"}, name="past the horizon",
    ),
]  # fmt: skip


TABLES_STILL = {
    ("spend_paid", "underpaid"): ["tables"],
    ("spend_paid", "overpaid"): ["tables"],
    ("spend_paid", "paid for nothing"): ["tables"],
    ("budget", "carries not"): ["budget"],
}
"""What is wrong with a plan's tables is found whatever is left out."""


def told(plan: Plan, portfolio: Portfolio, scenario: Scenario) -> Plan:
    """The plan with the limits that it passes because the scenario lets it."""
    return replace(plan, overshoot=overshoots(plan, portfolio, scenario))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.family} {case.name}".strip())
def test_a_planted_violation_is_found_and_only_it(case: Case) -> None:
    portfolio = tiny_portfolio(case.tables)
    scenario = replace(Scenario(), **case.scenario)
    good = tiny_plan(portfolio, scenario, **case.good)
    assert verify(good, portfolio, scenario) == []
    bad = tiny_plan(portfolio, scenario, **case.bad)
    (violation,) = verify(bad, portfolio, scenario)
    assert (violation.family, violation.key) == (case.family, case.key)
    assert violation.message.endswith(".")
    ignored = replace(scenario, ignore=frozenset({case.family}))
    assert families(verify(told(bad, portfolio, ignored), portfolio, ignored)) == TABLES_STILL.get(
        (case.family, case.name), []
    )
    others = (FAMILIES.keys() | LIMITS.keys()) - {case.family}
    assert len(verify(bad, portfolio, replace(scenario, ignore=frozenset(others)))) == 1


def test_every_family_has_a_planted_violation() -> None:
    assert {case.family for case in CASES} == FAMILIES.keys() | LIMITS.keys()


@pytest.mark.parametrize(
    ("family", "name", "message"),
    [
        ("budget", "", "What fund F pays in 2027 is 40, 1 more than the 39 allowed."),
        (
            "groups",
            "",
            "The number of projects chosen from group G is 1, 1 less than the 2 required.",
        ),
        (
            "role_capacity",
            "supplied",
            "Demand for role R in 2027Q1 is 1 FTE, 0.25 more than the 0.75 allowed.",
        ),
        (
            "spend_paid",
            "underpaid",
            "Programme P spends 10 on cost in 2027Q1, and the funds pay 9.",
        ),
    ],
)
def test_amounts_are_named(family: str, name: str, message: str) -> None:
    (case,) = [case for case in CASES if (case.family, case.name) == (family, name)]
    portfolio = tiny_portfolio(case.tables)
    (violation,) = verify(tiny_plan(portfolio, Scenario(), **case.bad), portfolio, Scenario())
    assert violation.message == message
    assert str(violation) == f"{family}: {message}"


@pytest.mark.parametrize(
    ("family", "name", "share", "short"),
    [
        ("budget", "", 0.03, 0.02),
        ("role_capacity", "total", 1.0, 0.99),
        ("role_capacity", "supplied", 0.34, 0.33),
        ("pool_time", "", 1.0, 0.99),
        ("groups", "", 0.5, 0.49),
        ("groups", "at most", 0.5, 0.49),
        ("groups", "at least", 0.5, 0.49),
        ("own", "", 1.0, 0.99),
        ("own", "least", 3.0, 2.99),
        ("programme_budget", "", 0.5, 0.49),
        ("programme_budget", "least", 0.34, 0.33),
        ("programme_projects", "", 1.0, 0.99),
        ("balance", "", 0.17, 0.16),
        ("balance", "most", 0.1, 0.09),
    ],
)
def test_a_softened_limit_may_be_passed_by_its_share(
    family: str, name: str, share: float, short: float
) -> None:
    (case,) = [case for case in CASES if (case.family, case.name) == (family, name)]
    portfolio = tiny_portfolio(case.tables)
    scenario = replace(Scenario(), **case.scenario)
    plan = tiny_plan(portfolio, scenario, **case.bad)
    enough = replace(scenario, soften={family: share})
    plan = told(plan, portfolio, enough)
    assert plan.overshoot["family"].tolist() == [family]
    assert verify(plan, portfolio, enough) == []
    assert families(verify(plan, portfolio, replace(scenario, soften={family: short}))) == [family]


PASSED = {
    "budget": (39, 40, 1, 1 / 39),
    "groups": (2, 1, 1, 0.5),
    "balance": (30, 20, 10, 1 / 3),
    "programme_projects": (1, 2, 1, 1),
    "ring_fence": (0, 1, 1, math.nan),
    "earliest_start": (math.nan,) * 4,
    "requires": (math.nan,) * 4,
}


@pytest.mark.parametrize("family", PASSED)
def test_what_is_passed_is_told_in_full(family: str) -> None:
    """Limit, amount, overshoot and its share, by hand; and every cell of the row is checked."""
    case = next(case for case in CASES if case.family == family)
    portfolio = tiny_portfolio(case.tables)
    scenario = Scenario(**{**case.scenario, "ignore": frozenset({family})})
    silent = tiny_plan(portfolio, scenario, **case.bad)
    (missing,) = verify(silent, portfolio, scenario)
    assert (missing.family, missing.key["table"]) == ("tables", "overshoot")
    plan = told(silent, portfolio, scenario)
    (row,) = plan.overshoot.itertuples()
    assert (row.limit, row.activity, row.overshoot, row.share) == pytest.approx(
        PASSED[family], nan_ok=True
    )
    assert verify(plan, portfolio, scenario) == []
    for column in OVERSHOOT_COLUMNS:
        value = plan.overshoot.at[0, column]
        other = value + "x" if isinstance(value, str) else 7.5
        changed = replace(plan, overshoot=plan.overshoot.assign(**{column: other}))
        assert set(families(verify(changed, portfolio, scenario))) == {"tables"}, column
    kept = replace(scenario, ignore=frozenset())
    good = tiny_plan(portfolio, kept, **case.good)
    claimed = replace(good, overshoot=plan.overshoot)
    assert families(verify(claimed, portfolio, kept)) == ["tables"]


def test_what_no_fund_pays_is_told() -> None:
    """4 of the 10 are paid: the other 6 stand in the table of spend without a fund."""
    portfolio = tiny_portfolio({})
    scenario = Scenario(ignore=frozenset({"spend_paid"}))
    pays = [capex("P", "2027Q1", 4.0), capex("P", "2027Q1", 6.0, ""), A_PAID[1]]
    plan = told(tiny_plan(portfolio, scenario, **early("A"), pays=pays), portfolio, scenario)
    (row,) = plan.overshoot.itertuples()
    assert (row.limit, row.activity, row.overshoot) == (4, 10, 6)
    assert row.sentence == "Spend of programme P on cost in 2027Q1 is 10, 6 more than the 4 paid."
    assert verify(plan, portfolio, scenario) == []


@pytest.mark.parametrize(
    ("family", "name"),
    [("ring_fence", ""), ("groups", "all or none"), ("programme_projects", "a longer period")],
)
def test_a_limit_of_nothing_has_no_share(family: str, name: str) -> None:
    (case,) = [case for case in CASES if (case.family, case.name) == (family, name)]
    portfolio = tiny_portfolio(case.tables)
    twice = Scenario(soften={family: 1.0})
    plan = told(tiny_plan(portfolio, twice, **case.bad), portfolio, twice)
    assert families(verify(plan, portfolio, twice)) == [family]


@pytest.mark.parametrize(
    ("tables", "plan"),
    [
        (facts("A", stage="idea"), early("A")),
        (facts("A", stage="closed"), early("A")),
        ({}, early("A", at="2026Q4")),
        (facts("A", latest_start="2027Q2"), early("A", at="2028Q2")),
        (facts("A", **FLYING), early("A", at="2027Q1")),
    ],
)
def test_what_is_not_offered_is_not_chosen(tables: dict[str, Any], plan: dict[str, Any]) -> None:
    portfolio = tiny_portfolio(tables)
    everything = Scenario(ignore=frozenset(FAMILIES.keys() | LIMITS.keys()))
    made = tiny_plan(portfolio, everything, **{**plan, "pays": []})
    assert "offered" in families(verify(made, portfolio, everything))


def test_an_unknown_option_start_or_project_is_found() -> None:
    portfolio = tiny_portfolio({})
    plan = tiny_plan(portfolio, Scenario(), **early("A"))
    assert plan.selection is not None
    for column, value in [("option_id", "big"), ("start", ""), ("start", "2027"), ("start", "x")]:
        rows = plan.selection.copy()
        rows.loc[0, column] = value
        found = verify(replace(plan, selection=rows), portfolio, Scenario())
        assert families(found) == ["tables"]


def test_the_scenarios_changes_are_made_once() -> None:
    cut = Scenario(name="cut").with_changes(
        {"table": "budgets", "where": {"period": "2027"}, "scale": {"amount": 0.5}}
    )
    for amount, found in [(40, ["tables"]), (39, ["budget", "tables"])]:
        portfolio = tiny_portfolio(
            {"budgets": [{"fund_id": "F", "period": "2027", "amount": amount}]}
        )
        plan = tiny_plan(portfolio, cut, **early("A"))
        # The plan's budget table still shows the money before the cut.
        assert families(verify(plan, portfolio, cut)) == found
        right = tiny_plan(cut.apply(portfolio), cut, **early("A"))
        assert families(verify(right, portfolio, cut)) == found[:-1]


def test_a_closed_predecessor_is_met_and_a_flying_successor_has_started() -> None:
    tables = {**link("finish_to_start"), **facts("B", stage="closed")}
    portfolio = tiny_portfolio(tables)
    assert verify(tiny_plan(portfolio, Scenario(), **early("A")), portfolio, Scenario()) == []
    portfolio = tiny_portfolio({**link("finish_to_start"), **facts("A", **FLYING)})
    plan = tiny_plan(portfolio, Scenario(), starts={"A": "2026Q4", "B": "2027Q1"})
    assert verify(plan, portfolio, Scenario()) == []


def test_groups_do_not_count_what_is_closed() -> None:
    portfolio = tiny_portfolio({**group("all_or_none"), **facts("C", stage="closed")})
    plan = tiny_plan(portfolio, Scenario(), **early("A", "B"))
    assert verify(plan, portfolio, Scenario()) == []


def test_a_credit_is_no_money_for_a_fund() -> None:
    costs = [
        {"project_id": name, "offset": offset, "amount": 10 if offset == 0 else -4}
        for name in "ABC"
        for offset in (0, 1)
    ]
    portfolio = tiny_portfolio({"costs": costs})
    pays = [capex("P", "2027Q1", 10.0)]
    plan = tiny_plan(portfolio, Scenario(), **early("A"), pays=pays)
    assert verify(plan, portfolio, Scenario()) == []
    minus = [*pays, capex("P", "2027Q2", -4.0)]
    plan = tiny_plan(portfolio, Scenario(), **early("A"), pays=minus)
    assert families(verify(plan, portfolio, Scenario())) == ["tables"]


# --- People and values -------------------------------------------------------------


def test_people_have_the_days_that_they_work() -> None:
    """January 2027 has 21 weekdays, February 20; 1 January is a Friday."""
    person = {"name": "n", "location_id": "here"}
    portfolio = tiny_portfolio(
        {
            "settings": {
                "name": "m",
                "currency": "EUR",
                "frequency": "month",
                "first_period": "2027-01",
                "periods": 2,
            },
            "locations": [
                {"location_id": "here", "name": "here"},
                {"location_id": "east", "name": "east", "working_days": "Sun-Thu"},
            ],
            "holidays": [
                {"location_id": "here", "date": "2027-01-01"},
                # A Saturday: nobody would have worked.
                {"location_id": "here", "date": "2027-01-02"},
            ],
            "absences": [
                {"person_id": "b", "first_day": "2027-01-30", "last_day": "2027-02-02"},
                {"person_id": "b", "first_day": "2027-02-02", "last_day": "2027-02-03"},
            ],
            "people": [
                {"person_id": "a", **person},
                {"person_id": "b", **person, "fte": 0.5, "cost_rate": 9},
                {"person_id": "c", "name": "c", "available_from": "2027-01-29"},
                {"person_id": "d", **person, "available_to": "2027-02-05"},
                {"person_id": "e", "name": "e", "location_id": "east"},
                {"person_id": "f", **person, "cost_rate": 1},
                {"person_id": "g", **person, "cost_rate": 2},
            ],
            "skills": [{"person_id": name, "role_id": "R"} for name in "abcdef"],
            "reserved": [
                {"person_id": "a", "period": "2027-02", "fte": 0.25},
                {"person_id": "f", "period": "2027-01", "fte": 2},
                {"person_id": "f", "period": "2026-12", "fte": 1},
            ],
        }
    )
    found = {pool.pool_id: pool for pool in pools(portfolio)}
    # a and d stand in for each other; g has no skill.
    assert list(found) == ["a", "b", "c", "e", "f"]
    expected = {
        "a": [20 / 21 + 20 / 21, 0.75 + 5 / 20],
        "b": [0.5 * 20 / 21, 0.5 * 17 / 20],
        "c": [1 / 21, 1.0],
        "e": [1.0, 1.0],
        "f": [0.0, 1.0],
    }
    for name, fte in expected.items():
        np.testing.assert_allclose(found[name].fte, fte)


def test_pools_leave_out_what_people_do_not_supply() -> None:
    people = [{"person_id": name, "name": name} for name in "abc"]
    portfolio = tiny_portfolio(
        {
            "roles": [{"role_id": role, "name": role} for role in "RST"],
            "people": people,
            "skills": [
                {"person_id": "a", "role_id": "R"},
                {"person_id": "a", "role_id": "S"},
                {"person_id": "b", "role_id": "R"},
                {"person_id": "b", "role_id": "T", "proficiency": 0},
                {"person_id": "c", "role_id": "S"},
            ],
            "capacity": [{"role_id": "S", "period": "2027Q1", "kind": "total", "fte": 3}],
        }
    )
    (pool,) = pools(portfolio)
    assert (pool.pool_id, dict(pool.skills)) == ("a", {"R": 1.0})
    np.testing.assert_allclose(pool.fte, 2.0)


@pytest.mark.parametrize(
    ("extra", "reserved", "reserved_holds"), [(0.0, 5.0, 1.0), (-3.0, 0.0, 0.0), (1.0, 5.0, 2.0)]
)
def test_no_more_is_reserved_than_there_is(
    extra: float, reserved: float, reserved_holds: float
) -> None:
    """Ann has one FTE; what is taken off beyond what there is stays undone."""
    tables = {
        **TEAM,
        "capacity": [{"role_id": "R", "period": "2027Q1", "kind": "extra", "fte": extra}],
        "reserved": [{"role_id": "R", "period": "2027Q1", "fte": reserved}],
    }
    portfolio = tiny_portfolio(tables)
    supply = [("ann", "", "R", label, 1.0, 1.0) for label in ("2027Q1", "2027Q2")]
    plan = tiny_plan(portfolio, Scenario(), starts={"A": "2027Q2"}, supply=supply)
    assert verify(plan, portfolio, Scenario()) == []
    idle = tiny_plan(portfolio, Scenario(), starts={"A": "2027Q2"}, supply=supply[1:])
    found = verify(idle, portfolio, Scenario())
    assert families(found) == ["role_capacity"]
    assert reserved_holds <= reserved


def test_values_come_from_ratings_unless_given() -> None:
    tables: dict[str, Any] = {
        "facts": {
            "A": {"value": None, "weight": 2, "delivery_confidence": 0.5},
            "B": {"value": None},
            "C": {"value": None, "delivery_confidence": 0},
        },
        "drivers": [
            {"driver_id": "d", "name": "d", "weight": 0.75},
            {"driver_id": "e", "name": "e", "weight": 0.25},
        ],
        "impacts": [
            {"project_id": project, "driver_id": driver, "rating": rating}
            for project, ratings in {
                "A": ("strong", "none"),
                "B": ("low", "extreme"),
                "C": ("moderate", "moderate"),
            }.items()
            for driver, rating in zip("de", ratings, strict=True)
        ],
    }
    values = project_values(tiny_portfolio(tables), risk_adjusted=False)
    assert values.to_dict() == pytest.approx({"A": 1.0, "B": 1 / 3, "C": 1 / 3})
    values = project_values(tiny_portfolio(tables), risk_adjusted=True)
    assert values.to_dict() == pytest.approx({"A": 0.5, "B": 1 / 3, "C": 0.0})
    by_hand = project_values(tiny_portfolio(facts("A", weight=2)), risk_adjusted=False)
    assert by_hand.to_dict() == {"A": 1.0, "B": 1.0, "C": 1.0}
