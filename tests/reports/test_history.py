"""What has changed between two published runs, from their tables alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from portfolio.errors import ReportError
from portfolio.plan import Plan
from portfolio.reports.history import PROJECT_COLUMNS, Changes, changes, trends
from portfolio.result_tables import conform, write_table

BLANK: dict[str, Any] = dict.fromkeys(PROJECT_COLUMNS, "")
BLANK |= {"cost": 0.0, "whole_cost": 100.0, "value": 1.0, "confidence": float("nan")}
COLUMNS = {"projects": PROJECT_COLUMNS, **Plan.COLUMNS}


def project(key: str, decision: str = "funded", **given: Any) -> dict[str, Any]:
    return {**BLANK, "project_id": key, "name": f"Project {key}", "decision": decision, **given}


def published(folder: Path, projects: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Path:
    folder.mkdir()
    for name in ("projects", "budget", "capacity", "overshoot"):
        rows = projects if name == "projects" else tables.get(name, [])
        frame = pd.DataFrame(rows, columns=list(COLUMNS[name]))
        write_table(folder / f"{name}.csv", COLUMNS[name], conform(name, COLUMNS[name], frame))
    return folder


def compared(folder: Path, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Changes:
    return changes(published(folder / "then", before), published(folder / "now", after))


def ids(frame: pd.DataFrame) -> list[str]:
    return sorted(frame["project_id"])


def test_projects_in_and_out(tmp_path: Path) -> None:
    before = [
        project("A"),
        project("B", "left_out"),
        project("C", "in_flight"),
        project("D"),
        project("E", "left_out"),
    ]
    after = [
        project("A", "in_flight"),
        project("B"),
        project("C", "stopped"),
        project("E", "left_out"),
        project("F", "deferred"),
    ]
    found = compared(tmp_path, before, after)
    assert ids(found.joined) == ["B", "F"]
    assert ids(found.left) == ["C", "D"]
    assert ids(found.stayed) == ["A"]
    told = found.projects.set_index("project_id")
    assert (told.loc["D", "id"], told.loc["D", "decision"]) == ("", "")
    assert (told.loc["F", "id_before"], told.loc["F", "decision_before"]) == ("", "")


def test_dates_cost_value_and_status(tmp_path: Path) -> None:
    before = [
        project("A", finish="2028", start="2026", rag="green", confidence=0.6),
        project("B", finish="2028", stage="approved"),
        project("C", "left_out", finish="2028"),
    ]
    after = [
        project("A", finish="2029", start="2026", rag="red", confidence=0.4, whole_cost=120.0),
        project("B", finish="2028", stage="in_flight", value=1 + 1e-9),
        project("C", "left_out", finish="2030"),
    ]
    found = compared(tmp_path, before, after)
    expected = {"finish": ["A"], "start": [], "rag": ["A"], "stage": ["B"]}
    assert {name: ids(found.differing(name)) for name in expected} == expected
    assert ids(found.differing("confidence")) == ["A"]
    assert ids(found.differing("whole_cost")) == ["A"]
    assert ids(found.differing("value")) == []  # the noise of a solver


def test_a_project_under_another_id_is_known_by_its_name(tmp_path: Path) -> None:
    before = [project("A1", name="High Speed "), project("B1", name="Twice"), project("C1")]
    after = [
        project("A2", name="high speed"),
        project("B2", name="Twice"),
        project("B3", name="Twice"),
        project("D", name=""),
    ]
    found = compared(tmp_path, [*before, project("X", name="")], after)
    (row,) = found.stayed.to_dict("records")
    assert (row["id_before"], row["project_id"]) == ("A1", "A2")
    assert ids(found.joined) == ["B2", "B3", "D"]
    assert ids(found.left) == ["B1", "C1", "X"]


def test_money_people_and_limits(tmp_path: Path) -> None:
    def money(period: str, amount: float, fund: str = "F") -> dict[str, Any]:
        zeros = dict.fromkeys(("carried_in", "carried_out"), 0.0)
        return {"fund_id": fund, "period": period, "amount": amount, "spent": 1.0, **zeros}

    def people(period: str, fte: float) -> dict[str, Any]:
        return {"role_id": "R", "period": period, "demand": 1.0, "capacity": fte}

    def passed(key: str, by: float) -> dict[str, Any]:
        numbers = {"limit": 1.0, "activity": 1.0 + by, "overshoot": by, "share": by}
        return {"family": "budget", "key": key, **numbers, "unit": "money", "sentence": ""}

    before = published(
        tmp_path / "then",
        [project("A")],
        budget=[money("2026", 5), money("2027", 10), money("2027", 2, "G")],
        capacity=[people("2027", 3)],
        overshoot=[passed("fund_id=F, period=2027", 1), passed("fund_id=G, period=2027", 2)],
    )
    after = published(
        tmp_path / "now",
        [project("A")],
        budget=[money("2027", 9), money("2028", 7)],
        capacity=[people("2027", 4), people("2028", 4)],
        overshoot=[passed("fund_id=F, period=2027", 3), passed("fund_id=F, period=2028", 1)],
    )
    found = changes(before, after)
    (budget,) = found.budget.to_dict("records")
    assert budget == {
        "period": "2027",
        "amount_before": 12.0,
        "amount": 9.0,
        "spent_before": 2.0,
        "spent": 1.0,
    }
    (role,) = found.capacity.to_dict("records")
    assert (role["period"], role["capacity_before"], role["capacity"]) == ("2027", 3.0, 4.0)
    limits = found.limits.set_index("key")
    assert limits.loc["fund_id=F, period=2027", ["overshoot_before", "overshoot"]].tolist() == [
        1,
        3,
    ]
    assert limits["was_passed"].tolist() == [True, False, True]
    assert limits["is_passed"].tolist() == [True, True, False]
    assert trends([("2026", before), ("2027", after)]).to_dict("list") == {
        "period": ["2026", "2027"],
        "in_plan": [1, 1],
        "whole_cost": [100.0, 100.0],
        "value": [1.0, 1.0],
        "budget": [17.0, 16.0],
        "spent": [3.0, 2.0],
        "passed": [2, 2],
    }


def test_hostile_names_and_folders(tmp_path: Path) -> None:
    names = ["=1+1", "'=1+1", 'a,"b"\nc', "'); drop table before; --", "007", "NA", " NULL "]
    rows = [project(f"P{number}", name=name) for number, name in enumerate(names)]
    folder = tmp_path / "run [1] * ? 'x'"
    folder.mkdir()
    found = compared(folder, rows, rows)
    assert found.projects.sort_values("project_id")["name"].tolist() == names
    assert len(found.stayed) == len(names)


def test_nothing_is_the_same_as_nothing(tmp_path: Path) -> None:
    found = compared(tmp_path, [], [])
    assert found.projects.empty
    assert found.joined.empty
    assert trends([]).empty


def test_runs_that_cannot_be_compared(tmp_path: Path) -> None:
    good = published(tmp_path / "good", [project("A")])
    with pytest.raises(ReportError, match="has no table projects"):
        changes(tmp_path / "absent", good)
    other = published(tmp_path / "other", [project("A")])
    (other / "budget.csv").write_text("fund_id,period\nF,2027\n")
    with pytest.raises(ReportError, match="other columns than a table budget"):
        changes(good, other)
    (other / "budget.csv").write_text((good / "budget.csv").read_text() + "F,2027,much,0,0,0\n")
    with pytest.raises(ReportError, match="cannot be read"):
        changes(good, other)
