"""Planted faults: N in, N reported, each where it was planted, and no fault leads to another."""

from __future__ import annotations

import copy
import importlib
import pkgutil
from typing import Any

import numpy as np
import pandas as pd
import pytest

from portfolio.data import checks
from portfolio.data.checks import CHECKS
from portfolio.data.portfolio import Portfolio
from portfolio.data.schema import RawTable, dictionary
from portfolio.errors import DataError, Fault
from portfolio.scenario import Scenario

from ..sweeps import some

Rows = list[dict[str, Any]]
Place = tuple[str, int | None, str]


def project(name: str, stage: str = "proposed", **facts: Any) -> dict[str, Any]:
    return {"project_id": name, "name": name, "stage": stage, **facts}


def sound() -> dict[str, Any]:
    """A portfolio in months with something in most tables, and nothing wrong in any."""
    return copy.deepcopy(
        {
            "settings": {
                "name": "Works",
                "currency": "EUR",
                "frequency": "month",
                "first_period": "2027-01",
                "periods": 24,
            },
            "programmes": [
                {"programme_id": "G1", "name": "G1"},
                {"programme_id": "G2", "name": "G2", "parent_id": "G1"},
                {"programme_id": "G3", "name": "G3", "parent_id": "G2"},
            ],
            "programme_limits": [{"programme_id": "G1", "budget_min": 1, "budget_max": 9}],
            "projects": [
                project("P1", programme_id="G1", earliest_start="2027-02", latest_start="2027-06"),
                project("P2", "approved", force="in", latest_finish="2027-12"),
                project("P3", "in_flight", started="2026-10", option_id="a"),
                project("P4", "closed"),
                project("P5", "idea"),
                project("P6", "on_hold"),
            ],
            "options": [
                {"project_id": "P1", "option_id": "a"},
                {"project_id": "P1", "option_id": "b"},
                {"project_id": "P3", "option_id": "a"},
                {"project_id": "P3", "option_id": "b"},
            ],
            "drivers": [{"driver_id": "D1", "name": "D1"}, {"driver_id": "D2", "name": "D2"}],
            "comparisons": [{"driver_a": "D1", "driver_b": "D2", "preference": "more"}],
            "impacts": [
                {"project_id": f"P{p}", "driver_id": f"D{d}", "rating": "low"}
                for p in (1, 2, 3, 5, 6)
                for d in (1, 2)
            ],
            "budgets": [
                {"fund_id": "F1", "period": "2027", "amount": 5},
                {"fund_id": "F1", "period": "2028Q1", "amount": 5},
                {"fund_id": "F1", "period": "2028-04", "amount": 5},
            ],
            "costs": [
                {
                    "project_id": "P1",
                    "option_id": "a",
                    "offset": 0,
                    "amount": 2,
                    "low": 1,
                    "high": 3,
                },
                {"project_id": "P2", "offset": 0, "amount": 2},
                {"project_id": "P3", "period": "2027-01", "amount": 2},
                {"project_id": "P4", "period": "2026-01", "amount": 2},
                {
                    "project_id": "P1",
                    "option_id": "b",
                    "offset": 0,
                    "category": "capex",
                    "amount": 0,
                },
            ],
            "funds": [
                {"fund_id": "F1"},
                {"fund_id": "F2", "category": "capex", "programme_id": "G1"},
            ],
            "benefits": [{"project_id": "P2", "offset": 3, "amount": 2}],
            "dependencies": [
                {"project_id": "P2", "other_id": "P1", "kind": "finish_to_start"},
                {"project_id": "P6", "other_id": "P2", "kind": "finish_to_start", "lag": 1},
                {"project_id": "P1", "other_id": "P2", "kind": "requires"},
            ],
            "groups": [
                {"group_id": "X", "kind": "at_least", "limit": 1},
                {"group_id": "Y", "kind": "all_or_none"},
            ],
            "group_members": [
                {"group_id": g, "project_id": p} for g in ("X", "Y") for p in ("P1", "P2")
            ],
            "roles": [{"role_id": "R1", "name": "R1"}, {"role_id": "R2", "name": "R2"}],
            "people": [{"person_id": "A", "available_from": "2027-01-01"}, {"person_id": "B"}],
            "skills": [{"person_id": "A", "role_id": "R1"}, {"person_id": "B", "role_id": "R1"}],
            "absences": [{"person_id": "A", "first_day": "2027-02-01", "last_day": "2027-02-01"}],
            "capacity": [
                {"role_id": "R2", "period": "2027-01", "kind": "total", "fte": 1},
                {"role_id": "R1", "period": "2027-01", "kind": "extra", "fte": -1},
            ],
            "reserved": [
                {"role_id": "R1", "period": "2027-01", "fte": 1},
                {"person_id": "A", "period": "2027-01", "fte": 1},
            ],
            "demand": [
                {"project_id": "P2", "role_id": "R1", "offset": 0, "fte": 1},
                {"project_id": "P2", "role_id": "R2", "offset": 0, "fte": 1},
            ],
            "tasks": [
                {
                    "project_id": "P1",
                    "task_id": "T1",
                    "name": "T",
                    "low": 1,
                    "duration": 2,
                    "high": 3,
                },
                {"project_id": "P1", "task_id": "T2", "name": "T", "parent_id": "T1"},
            ],
            "task_links": [
                {
                    "project_id": "P1",
                    "task_id": "T2",
                    "predecessor_project_id": "P1",
                    "predecessor_id": "T1",
                }
            ],
            "uncertainty": [{"project_id": "P1", "quantity": "cost", "low": 0.9, "high": 1.2}],
            "gates": [{"project_id": "P1", "gate": "1"}],
            "approvals": [{"project_id": "P1", "gate": "1", "amount": 5}],
            "baselines": [{"project_id": "P1", "version": 1}],
            "baseline_values": [
                {"project_id": "P1", "version": 1, "period": "2027-01", "planned_value": 1}
            ],
        }
    )


def faults_of(tables: dict[str, Any]) -> tuple[Fault, ...]:
    try:
        Portfolio.from_tables(tables)
    except DataError as error:
        for fault in error.faults:
            assert fault.rule
            assert fault.remedy
            assert str(fault).endswith((".", "?"))
        return error.faults
    return ()


def places(tables: dict[str, Any]) -> list[Place]:
    return sorted(((fault.table, fault.row, fault.column) for fault in faults_of(tables)), key=str)


def row(tables: dict[str, Any], table: str) -> int:
    """Spreadsheet's number of the last row of a table."""
    return len(tables[table]) + 1


def add(tables: dict[str, Any], table: str, *rows: dict[str, Any]) -> int:
    tables.setdefault(table, []).extend(rows)
    return row(tables, table)


def with_rows(**added: Rows) -> dict[str, Any]:
    tables = sound()
    for table, rows in added.items():
        add(tables, table, *rows)
    return tables


def edited(table: str, number: int, **values: Any) -> dict[str, Any]:
    tables = sound()
    tables[table][number].update(values)
    return tables


def only(tables: dict[str, Any], place: Place, rule: str = "", remedy: str = "") -> None:
    found = faults_of(tables)
    assert [(f.table, f.row, f.column) for f in found] == [place], [str(f) for f in found]
    assert rule in found[0].rule
    assert remedy in found[0].remedy


def test_the_sound_portfolio_is_sound() -> None:
    assert faults_of(sound()) == ()


def test_every_check_is_tested_here() -> None:
    rooms = [
        importlib.import_module(f"{checks.__name__}.{room.name}")
        for room in pkgutil.iter_modules(checks.__path__)
    ]
    functions = {name for room in rooms for name in vars(room) if name.startswith("check_")}
    assert {check.__name__ for check in CHECKS} == functions
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_check_")}
    assert tested >= functions


# One test a check.


@pytest.mark.parametrize(
    ("table", "added", "column", "remedy"),
    [
        ("costs", {"project_id": "P11", "offset": 0, "amount": 1}, "project_id", "mean 'P1'"),
        ("projects", project("P9", "closed", programme_id="G9"), "programme_id", "known are: G1"),
        ("projects", project("P9", "closed", location_id="L"), "location_id", "none is known"),
        ("skills", {"person_id": "Z", "role_id": "R1"}, "person_id", "known are: A, B"),
        (
            "dependencies",
            {"project_id": "P1", "other_id": "P0", "kind": "requires"},
            "other_id",
            "P",
        ),
        ("programmes", {"programme_id": "G4", "name": "x", "parent_id": "G9"}, "parent_id", "G"),
        (
            "benefits",
            {"project_id": "P1", "option_id": "c", "offset": 0, "amount": 1},
            "option_id",
            "known are: a, b",
        ),
        (
            "baseline_values",
            {"project_id": "P1", "version": 2, "period": "2027-02", "planned_value": 1},
            "version",
            "known are: 1",
        ),
        (
            "tasks",
            {"project_id": "P2", "task_id": "T", "name": "T", "parent_id": "T1"},
            "parent_id",
            "",
        ),
        ("approvals", {"project_id": "P1", "gate": "2", "amount": 1}, "gate", "known are: 1"),
    ],
)
def test_check_references(table: str, added: dict[str, Any], column: str, remedy: str) -> None:
    tables = with_rows(**{table: [added]})
    only(tables, (table, row(tables, table), column), "is not in the table", remedy)


def test_a_reference_to_one_of_many_does_not_list_them_all() -> None:
    tables = with_rows(projects=[project(f"Q{n:02d}", "closed") for n in range(20)])
    number = add(tables, "costs", {"project_id": "zzz", "offset": 0, "amount": 1})
    (fault,) = faults_of(tables)
    assert (fault.row, fault.remedy) == (number, "add it to projects, or correct it")


def test_each_row_that_refers_to_nothing_is_named() -> None:
    rows = [{"project_id": "zzz", "offset": n, "amount": 1} for n in range(3)]
    tables = with_rows(costs=rows)
    last = row(tables, "costs")
    assert places(tables) == [("costs", last - n, "project_id") for n in (2, 1, 0)]


@pytest.mark.parametrize(
    ("table", "added", "column"),
    [
        ("projects", project("P9", "closed", earliest_start="2027Q1"), "earliest_start"),
        ("projects", project("P9", "closed", started="2027"), "started"),
        ("capacity", {"role_id": "R1", "period": "2027", "kind": "extra", "fte": 1}, "period"),
        ("costs", {"project_id": "P3", "period": "2027Q1", "amount": 1}, "period"),
        ("reserved", {"role_id": "R1", "period": "2027", "fte": 1}, "period"),
    ],
)
def test_check_period_lengths(table: str, added: dict[str, Any], column: str) -> None:
    tables = with_rows(**{table: [added]})
    only(tables, (table, row(tables, table), column), "is not a month", "like 2027-01")


def test_longer_periods_where_they_are_allowed() -> None:
    tables = with_rows(
        budgets=[{"fund_id": "F2", "period": "2027Q1", "amount": 1}],
        programme_limits=[{"programme_id": "G2", "period": "2027", "projects_max": 1}],
    )
    assert faults_of(tables) == ()
    tables["settings"]["frequency"], tables["settings"]["first_period"] = "year", "2027"
    wrong = {place[0] for place in places(tables)}
    assert {"budgets", "projects", "costs", "capacity", "reserved"} <= wrong


@pytest.mark.parametrize("table", ["costs", "benefits", "demand"])
def test_check_offset_or_period(table: str) -> None:
    extra: dict[str, Any] = {"fte": 1, "role_id": "R1"} if table == "demand" else {"amount": 1}
    both = {"project_id": "P3", "offset": 5, "period": "2027-05", **extra}
    neither = {"project_id": "P6", **extra}
    dated = {"project_id": "P6", "period": "2027-05", **extra}
    for added, column, says in (
        (both, "offset", "given with a period"),
        (neither, "offset", "both blank"),
        (dated, "period", "not in flight"),
    ):
        tables = with_rows(**{table: [added]})
        only(tables, (table, row(tables, table), column), says)
    for stage in ("approved", "on_hold", "idea"):
        tables = with_rows(**{table: [dated]})
        tables["projects"][5]["stage"] = stage
        only(tables, (table, row(tables, table), "period"))


def test_check_options_named() -> None:
    tables = with_rows(costs=[{"project_id": "P1", "offset": 5, "amount": 1}])
    only(tables, ("costs", row(tables, "costs"), "option_id"), "several options")
    # In flight a blank means the running option; only the project is at fault without one.
    only(edited("projects", 2, option_id=""), ("projects", 4, "option_id"), "in flight")


def test_check_in_flight() -> None:
    only(edited("projects", 2, started=""), ("projects", 4, "started"), "is blank")
    only(edited("projects", 2, started="2027-02"), ("projects", 4, "started"), "after the first")
    assert faults_of(edited("projects", 2, started="2027-01")) == ()


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"earliest_start": "2027-05", "latest_start": "2027-04"}, "latest_start"),
        ({"earliest_start": "2027-05", "latest_finish": "2026-04"}, "latest_finish"),
        ({"earliest_start": "2027-05", "target_finish": "2027-04"}, "target_finish"),
        ({"started": "2026-05", "latest_finish": "2026-04"}, "latest_finish"),
    ],
)
def test_check_windows(values: dict[str, str], column: str) -> None:
    only(edited("projects", 5, **values), ("projects", 7, column), "lies before")
    assert faults_of(edited("projects", 5, earliest_start="2027-05", latest_start="2027-05")) == ()


@pytest.mark.parametrize("stage", ["idea", "closed"])
def test_check_forced(stage: str) -> None:
    only(edited("projects", 4, stage=stage, force="in"), ("projects", 6, "force"), "not offered")
    assert faults_of(edited("projects", 4, stage=stage, force="out")) == ()


@pytest.mark.parametrize(
    ("periods", "wrong"),
    [
        (["2029", "2029-03"], [1]),
        (["2029-03", "2029"], [0]),
        (["2029Q1", "2029-03", "2029-04"], [1]),
        (["2029", "2029-01", "2029-02", "2029-12", "2030-01"], [1, 2, 3]),
        (["2029-01", "2029Q1", "2029"], [0, 1]),
        (["2029Q2", "2029-01", "2029", "2029Q3"], [0, 1, 3]),
        (["2029-01", "2029-02", "2029Q2", "2030"], []),
    ],
)
def test_check_budgets(periods: list[str], wrong: list[int]) -> None:
    tables = with_rows(budgets=[{"fund_id": "F2", "period": p, "amount": 1} for p in periods])
    first = row(tables, "budgets") - len(periods) + 1
    assert places(tables) == [("budgets", first + number, "period") for number in wrong]


def test_budgets_of_two_funds_do_not_overlap() -> None:
    assert faults_of(with_rows(budgets=[{"fund_id": "F2", "period": "2027-01", "amount": 1}])) == ()


@pytest.mark.parametrize(
    ("table", "number", "values", "column"),
    [
        ("costs", 0, {"low": 2.5}, "low"),
        ("costs", 0, {"amount": 4}, "amount"),
        ("uncertainty", 0, {"low": 1.1}, "low"),
        ("uncertainty", 0, {"likely": 1.3}, "likely"),
        ("tasks", 0, {"low": 3}, "low"),
        ("tasks", 0, {"duration": 4}, "duration"),
        ("tasks", 0, {"duration": "", "low": 4}, "low"),
    ],
)
def test_check_estimates(table: str, number: int, values: dict[str, Any], column: str) -> None:
    only(edited(table, number, **values), (table, number + 2, column), "is above")


def test_estimates_turned_round_are_two_faults() -> None:
    tables = edited("costs", 0, low=3, high=1)
    assert places(tables) == [("costs", 2, "amount"), ("costs", 2, "low")]


def test_check_dependencies() -> None:
    for kind in ("requires", "finish_to_start", "start_to_start"):
        tables = with_rows(dependencies=[{"project_id": "P1", "other_id": "P1", "kind": kind}])
        only(tables, ("dependencies", 5, "other_id"), "the project itself")
    tables = with_rows(
        dependencies=[{"project_id": "P1", "other_id": "P6", "kind": "finish_to_start"}]
    )
    only(tables, ("dependencies", 5, "other_id"), "P2 -> P6 -> P1 -> P2", "delete")
    tables["dependencies"][-1]["lag"] = -3
    assert faults_of(tables) == ()


def test_two_loops_are_two_faults() -> None:
    tables = with_rows(
        projects=[project(f"Q{n}", "closed") for n in range(6)],
        dependencies=[
            {"project_id": f"Q{a}", "other_id": f"Q{b}", "kind": "finish_to_start"}
            for a, b in ((0, 1), (1, 2), (2, 0), (3, 4), (4, 3), (5, 0))
        ],
    )
    assert places(tables) == [("dependencies", n, "other_id") for n in (7, 9)]


def test_check_nesting() -> None:
    only(edited("programmes", 0, parent_id="G1"), ("programmes", 2, "parent_id"), "itself")
    only(edited("programmes", 0, parent_id="G3"), ("programmes", 4, "parent_id"), "itself")
    tables = with_rows(
        programmes=[
            {"programme_id": name, "name": name, "parent_id": parent}
            for name, parent in (("A", "B"), ("B", "A"), ("C", "A"), ("D", "D"))
        ]
    )
    assert places(tables) == [("programmes", 6, "parent_id"), ("programmes", 8, "parent_id")]


def test_check_groups() -> None:
    only(edited("groups", 0, limit=3), ("groups", 2, "limit"), "more than the group has")
    only(edited("groups", 0, kind="exactly", limit=3), ("groups", 2, "limit"))
    only(edited("groups", 0, limit=None), ("groups", 2, "limit"), "is blank")
    assert faults_of(edited("groups", 0, kind="at_most", limit=9)) == ()
    tables = with_rows(groups=[{"group_id": "Z", "kind": "exactly", "limit": 1}])
    only(tables, ("groups", 4, "limit"))


def test_check_options_costed() -> None:
    tables = with_rows(options=[{"project_id": "P1", "option_id": "c"}])
    only(tables, ("options", row(tables, "options"), "option_id"), "has no costs", "amount of 0")
    # Of a project in flight only the running option counts, and of P2 none has costs.
    tables = with_rows(options=[{"project_id": "P6", "option_id": o} for o in ("x", "y")])
    assert faults_of(tables) == ()


@pytest.mark.parametrize(
    ("fund", "column", "rule", "remedy"),
    [
        ({"category": "capx"}, "category", "of no cost", "mean 'capex'"),
        ({"programme_id": "G2"}, "programme_id", "has no project", "another programme"),
        ({"category": "opex", "programme_id": "G1"}, "category", "in programme G1", "blank"),
    ],
)
def test_check_funds_used(fund: dict[str, str], column: str, rule: str, remedy: str) -> None:
    """A fund that nobody may use; other categories are spent by the plan itself."""
    tables = with_rows(funds=[{"fund_id": "F3", **fund}])
    add(tables, "costs", {"project_id": "P6", "offset": 0, "category": "opex", "amount": 1})
    only(tables, ("funds", row(tables, "funds"), column), rule, remedy)
    # P1 is in G3, which is within G2, which is within G1: each of their funds may pay.
    tables = with_rows(funds=[{"fund_id": f"F{n}", "programme_id": f"G{n}"} for n in (1, 2, 3)])
    tables["funds"] = tables["funds"][2:]
    tables["projects"][0]["programme_id"] = "G3"
    assert faults_of(tables) == ()
    for category in ("hiring", "stopping"):
        assert faults_of(with_rows(funds=[{"fund_id": "F3", "category": category}])) == ()


def test_a_scenario_may_leave_a_fund_without_users() -> None:
    """What is dropped for a what-if is no mistake of who wrote the funds."""
    portfolio = Portfolio.from_tables(sound())
    without = Scenario().with_changes({"table": "projects", "drop": {"project_id": "P1"}})
    assert "P1" not in set(without.apply(portfolio)["projects"]["project_id"])


def test_check_programme_limits() -> None:
    only(edited("programme_limits", 0, budget_min=10), ("programme_limits", 2, "budget_min"))
    tables = edited("programme_limits", 0, projects_min=2, projects_max=1)
    only(tables, ("programme_limits", 2, "projects_min"), "is above projects_max")


def test_check_value() -> None:
    tables = sound()
    for given in tables["projects"]:
        given["value"] = 1
    tables["impacts"] = []
    assert faults_of(tables) == ()
    del tables["projects"][3]["value"]
    only(tables, ("projects", 5, "value"), "other projects have a value")
    tables = sound()
    del tables["impacts"][3]
    only(tables, ("projects", 3, "project_id"), "no rating for D2")
    del tables["impacts"][2]
    only(tables, ("projects", 3, "project_id"), "no rating for D1, D2")


def test_check_driver_weights() -> None:
    tables = sound()
    del tables["comparisons"]
    assert places(tables) == [("drivers", 2, "weight"), ("drivers", 3, "weight")]
    tables["drivers"][0]["weight"], tables["drivers"][1]["weight"] = 0.5, 0.6
    only(tables, ("drivers", None, ""), "sum to 1.1, not to 1")
    tables["drivers"][1]["weight"] = 0.5
    assert faults_of(tables) == ()


def test_check_comparisons() -> None:
    same = {"driver_a": "D1", "driver_b": "D1", "preference": "equally"}
    only(with_rows(comparisons=[same]), ("comparisons", 3, "driver_b"), "itself")
    turned = {"driver_a": "D2", "driver_b": "D1", "preference": "less"}
    only(with_rows(comparisons=[turned]), ("comparisons", 3, "driver_a"), "other way round")


def test_check_people_dates() -> None:
    only(
        edited("people", 0, available_to="2026-12-31"), ("people", 2, "available_to"), "lies before"
    )
    assert faults_of(edited("people", 0, available_to="2027-01-01")) == ()


def test_check_absences() -> None:
    only(edited("absences", 0, last_day="2027-01-31"), ("absences", 2, "last_day"), "lies before")


def test_check_reserved() -> None:
    only(edited("reserved", 0, person_id="A", period="2027-02"), ("reserved", 2, "role_id"), "both")
    only(edited("reserved", 0, role_id=""), ("reserved", 2, "role_id"), "both blank")


def test_check_capacity_total() -> None:
    only(edited("capacity", 0, fte=-1), ("capacity", 2, "fte"), "negative total")


def test_check_demand_has_people() -> None:
    tables = sound()
    del tables["capacity"][0]
    only(tables, ("demand", 3, "role_id"), "nobody has this skill")
    tables["demand"].append({**tables["demand"][1], "offset": 1})
    only(tables, ("demand", 3, "role_id"))
    tables["demand"][1]["fte"] = tables["demand"][2]["fte"] = 0
    assert faults_of(tables) == ()


def test_check_hires_priced() -> None:
    tables = edited("roles", 0, hire_max=2)
    only(tables, ("roles", 2, "hire_cost"), "lets people be hired", "0 where it is free")
    tables["roles"][0]["hire_cost"] = 0
    assert faults_of(tables) == ()


def test_check_contractor_limits() -> None:
    limits = [{"role_id": "R1", "period": f"2027-0{month}", "fte": 1} for month in (1, 2)]
    tables = with_rows(contractor_limits=limits)
    only(tables, ("contractor_limits", 2, "role_id"), "no contractor_rate", "drop its rows")
    tables["roles"][0]["contractor_rate"] = 5
    assert faults_of(tables) == ()


def assigned(**facts: Any) -> dict[str, Any]:
    """B is in the sound portfolio from March to May, with an assignment."""
    row = {"person_id": "B", "project_id": "P3", "role_id": "R1", "period": "2027-04"}
    tables = with_rows(assignments=[row | {"fte": 0.5, "kind": "fixed"} | facts])
    tables["people"][1] |= {"available_from": "2027-03-15", "available_to": "2027-05-10"}
    return tables


def test_check_assigned_have_skill() -> None:
    place = ("assignments", 2, "role_id")
    only(assigned(role_id="R2"), place, "no skill for", "add the skill")
    only(assigned(role_id="R2", kind="", booking="proposed"), place)
    assert faults_of(assigned(role_id="R2", kind="banned")) == ()


def test_check_fixed_in_time() -> None:
    place = ("assignments", 2, "period")
    only(assigned(period="2027-02"), place, "from 2027-03-15", "correct the person's dates")
    only(assigned(period="2027-06"), place, "left, on 2027-05-10")
    for period in ("2027-03", "2027-05", ""):
        assert faults_of(assigned(period=period)) == ()
    assert faults_of(assigned(period="2027-06", kind="preferred")) == ()


def test_check_fixed_within_fte() -> None:
    tables = assigned(fte=1)
    more = {**tables["assignments"][0], "project_id": "P2", "fte": 0.25}
    tables["assignments"].append(more)
    only(tables, ("assignments", 3, "fte"), "makes 1.25 FTE", "lower")
    more["kind"] = "preferred"
    assert faults_of(tables) == ()


def test_check_fte_within_most() -> None:
    only(assigned(fte=0.5, fte_max=0.25), ("assignments", 2, "fte"), "fte_max", "lower it")
    for most in (0.5, 0.75, None):
        assert faults_of(assigned(fte=0.5, fte_max=most)) == ()


def test_check_fixed_against_bans() -> None:
    tables = assigned()
    ban = {"person_id": "B", "project_id": "P3", "role_id": "R1", "kind": "banned"}
    tables["assignments"].append(ban)
    only(tables, ("assignments", 2, "kind"), "bans the person there", "delete one")
    ban["project_id"] = "P2"
    assert faults_of(tables) == ()


# Cells, keys and headers.


def test_a_key_twice() -> None:
    tables = with_rows(costs=[{"project_id": "P2", "offset": 0, "amount": 9}])
    number = row(tables, "costs")
    only(tables, ("costs", number, "project_id"), "stands already in row 3", "add them up")
    tables["costs"][-1]["category"] = "other"
    assert faults_of(tables) == ()


def test_a_key_three_times_is_two_faults() -> None:
    tables = with_rows(roles=[{"role_id": "R1", "name": "again"}] * 2)
    assert places(tables) == [("roles", 4, "role_id"), ("roles", 5, "role_id")]


def test_an_unknown_column_is_one_fault() -> None:
    tables = sound()
    for given in tables["costs"]:
        given["ofset"] = given.pop("offset", "")
    # Without its offsets the table's rows say nothing that could be judged.
    only(tables, ("costs", 1, "ofset"), "not a column", "mean 'offset'")
    tables = sound()
    for given in tables["projects"]:
        given["projct_id"] = given.pop("project_id")
    only(tables, ("projects", 1, "projct_id"), "not a column", "mean 'project_id'")


def test_an_unknown_column_hides_no_other_fault() -> None:
    tables = with_rows(costs=[{"project_id": "zzz", "offset": 0, "amount": 1}])
    for given in tables["projects"]:
        given["colour"] = "red"
    assert places(tables) == [
        ("costs", row(tables, "costs"), "project_id"),
        ("projects", 1, "colour"),
    ]


def test_a_missing_column_is_one_fault() -> None:
    for table, column in (
        ("projects", "project_id"),
        ("impacts", "driver_id"),
        ("costs", "amount"),
    ):
        tables = sound()
        for given in tables[table]:
            del given[column]
        only(tables, (table, 1, column), "is missing", "add it")


BAD = {
    "id": "P\0",
    "text": "a\0",
    "word": "wrong",
    "number": "(500)",
    "integer": "1.5",
    "flag": "maybe",
    "date": "2027-02-31",
    "period": "2027-01-01",
    "weekdays": "Mo-Fr",
}
LEANT_ON = [
    (name, column.name)
    for name, table in dictionary().items()
    for column in table.columns
    if name in sound() and name != "settings" and (column.key or column.refers_to)
] + [("projects", "stage")]


@pytest.mark.parametrize(("table", "column"), some(LEANT_ON, 6))
def test_a_faulted_cell_leads_to_no_second_fault(table: str, column: str) -> None:
    kind, last = dictionary()[table].column(column).type, len(sound()[table]) - 1
    for number in range(last + 1) if table == "projects" and column == "stage" else [last]:
        only(edited(table, number, **{column: BAD[kind]}), (table, number + 2, column))


def test_all_other_cells_of_all_tables_at_once() -> None:
    tables, expected = sound(), []
    for name in set(tables) - {"settings"}:
        for column in dictionary()[name].columns:
            if (name, column.name) not in LEANT_ON:
                tables[name][-1][column.name] = BAD[column.type]
                expected.append((name, row(tables, name), column.name))
    assert places(tables) == sorted(expected, key=str)


@pytest.mark.parametrize("table", some([name for name in sound() if name != "settings"], 3))
def test_all_rows_faulted_are_as_many_faults(table: str) -> None:
    """A column that cannot be read at all: one fault a row, and no doubled keys."""
    for column in (c for c in dictionary()[table].columns if c.key):
        tables = sound()
        for given in tables[table]:
            given[column.name] = BAD[column.type]
        assert places(tables) == sorted(
            ((table, number + 2, column.name) for number in range(len(tables[table]))), key=str
        )


@pytest.mark.parametrize(
    ("table", "number", "column"),
    some(
        [
            (name, number, column.name)
            for name, rows in sound().items()
            if name != "settings"
            for number, given in enumerate(rows)
            for column in dictionary()[name].columns
            if column.name in given and column.refers_to
        ],
        8,
    ),
)
def test_a_reference_to_nothing_leads_to_no_second_fault(
    table: str, number: int, column: str
) -> None:
    kind = dictionary()[table].column(column).type
    tables = edited(table, number, **{column: "77" if kind == "integer" else "nothing"})
    only(tables, (table, number + 2, column), "is not in the table")


def test_a_row_whose_own_name_is_lost_does_not_orphan_others() -> None:
    only(edited("projects", 1, project_id=""), ("projects", 3, "project_id"), "is blank")
    # Two names that lead nowhere cannot both be the one that is lost.
    tables = edited("projects", 1, project_id="")
    add(tables, "benefits", {"project_id": "zzz", "offset": 0, "amount": 1})
    assert ("benefits", 3, "project_id") in places(tables)


# One of every kind in one portfolio.


def planted() -> tuple[dict[str, Any], set[Place]]:
    tables = sound()
    expected: set[Place] = set()

    def plant(table: str, column: str, *rows: dict[str, Any]) -> None:
        expected.add((table, add(tables, table, *rows), column))

    def closed(name: str, column: str, **facts: Any) -> None:
        plant("projects", column, project(name, "closed", **facts))

    # Cells, one of each type.
    plant("roles", "cost_rate", {"role_id": "R3", "name": "R3", "cost_rate": "(500)"})
    plant("roles", "hire_lead", {"role_id": "R4", "name": "R4", "hire_lead": "1.5"})
    plant("roles", "hire_max", {"role_id": "R5", "name": "R5", "hire_max": "-1"})
    plant("roles", "hire_cost", {"role_id": "R6", "name": "R6", "hire_cost": "1.000,50"})
    plant("roles", "contractor_rate", {"role_id": "R7", "name": "R7", "contractor_rate": "50%"})
    plant("roles", "name", {"role_id": "R8", "name": "#N/A"})
    plant("roles", "role_id", {"role_id": "R\u200b9", "name": "R9"})
    plant("roles", "name", {"role_id": "R10", "name": ""})
    closed("K1", "confidential", confidential="maybe")
    closed("K2", "force_reason", force_reason="regulatroy")
    closed("K3", "earliest_start", earliest_start="2027-01-01")
    plant("holidays", "date", {"location_id": "L", "date": "2027-02-31"})
    plant("locations", "working_days", {"location_id": "L", "name": "L", "working_days": "Mo-Fr"})
    # A key twice, and an unknown column.
    plant("roles", "role_id", {"role_id": "R1", "name": "again"})
    tables["artefacts"] = [{"project_id": "P1", "artefact": "case", "verion": "1"}]
    expected.add(("artefacts", 1, "verion"))
    # Rules across tables and between columns.
    plant("skills", "person_id", {"person_id": "nobody", "role_id": "R1"})
    plant("costs", "option_id", {"project_id": "P1", "option_id": "z", "offset": 0, "amount": 1})
    closed("K4", "latest_finish", latest_finish="2027Q1")
    plant("costs", "offset", {"project_id": "P3", "offset": 0, "period": "2027-05", "amount": 1})
    plant("costs", "offset", {"project_id": "P6", "amount": 1})
    plant("costs", "period", {"project_id": "P6", "period": "2027-05", "amount": 1})
    plant("costs", "option_id", {"project_id": "P1", "offset": 9, "amount": 1})
    plant("costs", "low", {"project_id": "P6", "offset": 1, "amount": 1, "low": 2})
    closed("K5", "latest_start", earliest_start="2027-05", latest_start="2027-04")
    closed("K6", "force", force="in")
    for name, column, facts in (
        ("K7", "started", {}),
        ("K8", "started", {"started": "2027-06"}),
    ):
        plant("projects", column, project(name, "in_flight", **facts))
        add(
            tables,
            "impacts",
            *({"project_id": name, "driver_id": d, "rating": "none"} for d in ("D1", "D2")),
        )
    plant("projects", "project_id", project("K9"))
    plant("budgets", "period", {"fund_id": "F1", "period": "2027-03", "amount": 1})
    loop = [
        {"project_id": a, "other_id": b, "kind": "finish_to_start"}
        for a, b in (("K1", "K2"), ("K2", "K1"))
    ]
    plant("dependencies", "other_id", *loop)
    plant("dependencies", "other_id", {"project_id": "K3", "other_id": "K3", "kind": "requires"})
    plant("programmes", "parent_id", {"programme_id": "G9", "name": "x", "parent_id": "G9"})
    add(tables, "costs", {"project_id": "K9", "option_id": "x", "offset": 0, "amount": 1})
    plant("options", "option_id", *({"project_id": "K9", "option_id": o} for o in ("x", "y")))
    plant("funds", "category", {"fund_id": "F3", "category": "capx"})
    plant("groups", "limit", {"group_id": "U", "kind": "at_most"})
    plant("groups", "limit", {"group_id": "V", "kind": "exactly", "limit": 1})
    plant(
        "programme_limits",
        "projects_min",
        {"programme_id": "G2", "projects_min": 2, "projects_max": 1},
    )
    plant("comparisons", "driver_b", {"driver_a": "D2", "driver_b": "D2", "preference": "equally"})
    plant("comparisons", "driver_a", {"driver_a": "D2", "driver_b": "D1", "preference": "less"})
    plant(
        "people",
        "available_to",
        {"person_id": "C", "available_from": "2027-02-01", "available_to": "2027-01-01"},
    )
    plant(
        "absences",
        "last_day",
        {"person_id": "A", "first_day": "2027-03-02", "last_day": "2027-03-01"},
    )
    plant("reserved", "role_id", {"role_id": "R1", "person_id": "A", "period": "2027-03", "fte": 1})
    plant("capacity", "fte", {"role_id": "R2", "period": "2027-02", "kind": "total", "fte": -1})
    plant("demand", "role_id", {"project_id": "P2", "role_id": "R3", "offset": 0, "fte": 1})
    return tables, expected


def test_one_of_every_kind() -> None:
    tables, expected = planted()
    found = faults_of(tables)
    assert {(f.table, f.row, f.column) for f in found} == expected
    assert len(found) == len(expected)


def test_one_of_every_kind_where_the_files_say() -> None:
    """The same through text tables whose rows the reader has counted, with gaps."""
    tables, expected = planted()
    settings = [{"key": key, "value": value} for key, value in tables["settings"].items()]
    raws = {}
    for name, rows in {**tables, "settings": settings}.items():
        frame = pd.DataFrame(rows).astype("object").fillna("").astype("str")
        for column in frame.columns:
            frame[column] = frame[column].str.replace(r"^(-?\d+)\.0$", r"\1", regex=True)
        raws[name] = RawTable(name, f"{name}.csv", frame, np.arange(len(rows)) * 3 + 2)
    with pytest.raises(DataError) as caught:
        Portfolio.from_raw(raws)
    counted = {(t, r if r in (None, 1) else (r - 2) * 3 + 2, c) for t, r, c in expected}
    assert {(f.table, f.row, f.column) for f in caught.value.faults} == counted
    assert {f.file for f in caught.value.faults} == {f"{place[0]}.csv" for place in expected}


def test_faults_come_in_the_order_of_tables_and_rows() -> None:
    order = {name: number for number, name in enumerate(dictionary())}
    found = [(order[f.table], f.row or 0) for f in faults_of(planted()[0])]
    assert found == sorted(found)
