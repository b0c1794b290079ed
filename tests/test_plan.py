"""A plan's tables, and what is written of it to a folder and read back."""

from __future__ import annotations

import csv
import json
import math
import pickle
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.errors import DataError
from portfolio.plan import (
    BEYOND_COLUMNS,
    BINDING_COLUMNS,
    BUDGET_COLUMNS,
    CAPACITY_COLUMNS,
    DECISIONS,
    HIRES_COLUMNS,
    OBJECTIVE_COLUMNS,
    OVERSHOOT_COLUMNS,
    SELECTION_COLUMNS,
    SPEND_COLUMNS,
    SUPPLY_COLUMNS,
    TABLES,
    Plan,
    Status,
    read_plan,
)

from .sweeps import draws


def make_plan(**changes: Any) -> Plan:
    plan = Plan(
        status=Status.FEASIBLE,
        scenario="cut",
        objectives=pd.DataFrame(
            [("strategic_value", "max", 12.5, 13.0, 0.04, "feasible", 1.25)],
            columns=list(OBJECTIVE_COLUMNS),
        ),
        selection=pd.DataFrame(
            [
                ("P1", "", True, "2027-01", "Its value is high.", "2027-03", "funded"),
                ("007", "big", False, "", "No money is left.", "", "left_out"),
            ],
            columns=list(SELECTION_COLUMNS),
        ),
        spend=pd.DataFrame(
            [
                ("F1", "", "capex", "2027-02", 0.25),
                ("F1", "", "capex", "2027-01", 1000000.0),
                ("F2", "", "capex", "2027-01", 0.5),
            ],
            columns=list(SPEND_COLUMNS),
        ),
        budget=pd.DataFrame(
            [("F1", "2027", 2000000.0, 1000000.1, 0.0, 0.0)], columns=list(BUDGET_COLUMNS)
        ),
        capacity=pd.DataFrame(
            [("engineer", "2027-01", 1 / 3, 2.0)], columns=list(CAPACITY_COLUMNS)
        ),
        supply=pd.DataFrame(
            [("ann", "", "engineer", "2027-01", 0.5, 0.25)], columns=list(SUPPLY_COLUMNS)
        ),
        binding=pd.DataFrame(
            [("budget", "fund_id=F1, period=2027", math.nan, 5.0, 5.0, 0.0)],
            columns=list(BINDING_COLUMNS),
        ),
        hires=pd.DataFrame(
            [("engineer", "internal", "2027-02", 1.0, 2.0, 0.25, 9000.5)],
            columns=list(HIRES_COLUMNS),
        ),
        beyond=pd.DataFrame([("P1", "costs", "2029-01", -3.5)], columns=list(BEYOND_COLUMNS)),
        overshoot=pd.DataFrame(
            [
                ("budget", "F", 5.0, 6.0, 1.0, 0.2, "money", "F pays 6, 1 more than the 5."),
                ("budget", "G", 5.0, 7.0, 2.0, 0.4, "money", "G pays 7, 2 more than the 5."),
                ("forced_out", "P2", *(math.nan,) * 4, "", "P2 is forced out, and selected."),
            ],
            columns=list(OVERSHOOT_COLUMNS),
        ),
        seconds=2.5,
        settings={"gap": 0.001, "time_limit": None, "seed": 0},
        solver="HiGHS",
    )
    return replace(plan, **changes)


def assert_equal(one: Plan, other: Plan) -> None:
    for name in ("status", "scenario", "seconds", "settings", "solver"):
        assert getattr(one, name) == getattr(other, name)
    pd.testing.assert_frame_equal(one.objectives, other.objectives)
    left, right = dict(one.tables()), dict(other.tables())
    assert list(left) == list(right)
    for name, frame in left.items():
        pd.testing.assert_frame_equal(frame, right[name], check_exact=True)


def without_solution(status: Status = Status.INFEASIBLE) -> Plan:
    return Plan(
        status=status,
        objectives=pd.DataFrame(
            [("npv", "max", math.nan, math.nan, math.nan, "infeasible", 0.5)],
            columns=list(OBJECTIVE_COLUMNS),
        ),
    )


def test_frames_get_columns_and_types_of_their_table() -> None:
    frame = make_plan().selection
    assert frame is not None
    shuffled = frame[list(reversed(frame.columns))].set_axis([5, 9])
    shuffled["option_id"] = [None, "big"]
    shuffled["selected"] = np.array([1, 0])
    plan = make_plan(selection=shuffled)
    pd.testing.assert_frame_equal(plan.selection, frame)
    assert plan.selection is not None
    assert plan.selection["selected"].dtype == "bool"
    assert plan.selection["option_id"].dtype == "str"


def test_a_wrong_column_is_refused() -> None:
    with pytest.raises(ValueError, match=r"lacks columns \['amount'\].*\['sum'\]"):
        make_plan(spend=pd.DataFrame(columns=[*SPEND_COLUMNS[:-1], "sum"]))


def test_status_is_one_that_is_known() -> None:
    assert Plan(status="optimal").feasible  # type: ignore[arg-type]
    assert [Plan(status=status).feasible for status in Status] == [True, True, False, False, False]
    with pytest.raises(ValueError, match="Optimal"):
        Plan(status="Optimal")  # type: ignore[arg-type]


def test_a_plan_is_frozen_and_travels_between_processes() -> None:
    plan = make_plan()
    with pytest.raises(AttributeError):
        plan.seconds = 1.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        plan.settings["gap"] = 1  # type: ignore[index]
    assert_equal(plan, pickle.loads(pickle.dumps(plan)))


def test_summary_says_what_the_plan_is(tmp_path: Path) -> None:
    make_plan().write(tmp_path / "new" / "plan")
    summary = json.loads((tmp_path / "new" / "plan" / "summary.json").read_text("utf-8"))
    assert summary == {
        "status": "feasible",
        "scenario": "cut",
        "objective": 12.5,
        "bound": 13.0,
        "gap": 0.04,
        "seconds": 2.5,
        "selected": ["P1"],
        "spend": {"total": 1000000.75, "by_period": {"2027-01": 1000000.5, "2027-02": 0.25}},
        "joining": [
            {
                "role_id": "engineer",
                "kind": "internal",
                "people": 2.0,
                "first": "2027-02",
                "last": "2027-02",
                "idle": 0.25,
                "cost": 9000.5,
            }
        ],
        "overshoot": {
            "budget": {
                "limits": 2,
                "overshoot": 2.0,
                "share": 0.4,
                "sentence": "G pays 7, 2 more than the 5.",
            },
            "forced_out": {
                "limits": 1,
                "overshoot": None,
                "share": None,
                "sentence": "P2 is forced out, and selected.",
            },
        },
        "objectives": [
            {
                "objective": "strategic_value",
                "sense": "max",
                "value": 12.5,
                "bound": 13.0,
                "gap": 0.04,
                "status": "feasible",
                "seconds": 1.25,
            }
        ],
        "settings": {"gap": 0.001, "time_limit": None, "seed": 0},
        "solver": "HiGHS",
        "conflict": None,
        "faults": [],
        "warnings": [],
    }


def test_one_csv_a_table_with_its_columns_in_order(tmp_path: Path) -> None:
    make_plan().write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["summary.json", *(f"{table}.csv" for table in TABLES)]
    )
    lines = (tmp_path / "selection.csv").read_text("utf-8").splitlines()
    assert lines == [
        "project_id,option_id,selected,start,reason,finish,decision",
        "P1,,true,2027-01,Its value is high.,2027-03,funded",
        "007,big,false,,No money is left.,,left_out",
    ]
    assert (tmp_path / "spend.csv").read_text("utf-8").splitlines()[1:3] == [
        "F1,,capex,2027-02,0.25",
        "F1,,capex,2027-01,1000000",
    ]
    assert (tmp_path / "binding.csv").read_text("utf-8").splitlines()[1] == (
        'budget,"fund_id=F1, period=2027",,5,5,0'
    )


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.NO_SOLUTION, Status.INVALID])
def test_without_a_solution_no_number_and_no_table_stays(tmp_path: Path, status: Status) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    make_plan().write(tmp_path)
    plan = without_solution(status)
    plan.write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "summary.json"]
    text = (tmp_path / "summary.json").read_text("utf-8")
    summary = json.loads(text)
    assert "NaN" not in text
    for name in ("objective", "bound", "gap", "selected", "spend", "joining", "overshoot"):
        assert summary[name] is None
    assert_equal(plan, read_plan(tmp_path))


def test_an_invalid_plan_is_written_without_its_tables(tmp_path: Path) -> None:
    make_plan(status=Status.INVALID).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
    assert json.loads((tmp_path / "summary.json").read_text("utf-8"))["selected"] is None


def test_the_folder_of_a_portfolio_is_refused(tmp_path: Path) -> None:
    for name in ("settings.csv", "capacity.csv"):
        (tmp_path / name).write_text("mine")
    with pytest.raises(DataError, match="holds the tables of a portfolio"):
        make_plan().write(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "settings.csv": "mine",
        "capacity.csv": "mine",
    }


def test_a_failed_write_leaves_the_earlier_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_plan()
    first.write(tmp_path)

    def full(*args: object, **kwargs: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("portfolio.result_tables.json.dumps", full)
        with pytest.raises(OSError, match="No space"):
            make_plan(scenario="other").write(tmp_path)
    assert_equal(first, read_plan(tmp_path))
    assert not list(tmp_path.glob(".result-*"))


def test_a_write_that_stops_midway_leaves_no_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_plan().write(tmp_path)
    moved = Path.replace

    def stop(self: Path, target: Path) -> Path:
        if self.name == "supply.csv":
            raise KeyboardInterrupt
        return moved(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            make_plan(scenario="other").write(tmp_path)
    with pytest.raises(DataError, match="holds no whole plan"):
        read_plan(tmp_path)


FORMULAS = ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "'=x", "''-", "="]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_is_neutralised(tmp_path: Path, text: str) -> None:
    plan = make_plan()
    assert plan.selection is not None
    plan = replace(plan, selection=plan.selection.assign(reason=[text, f"a{text}"]))
    plan.write(tmp_path)
    with (tmp_path / "selection.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["reason"] for row in csv.DictReader(file)]
    assert cells == [f"'{text}", f"a{text}"]
    assert_equal(plan, read_plan(tmp_path))


TEXT = st.one_of(st.sampled_from(FORMULAS), st.text(st.characters(codec="utf-8"), max_size=8))
NUMBER = st.floats(allow_nan=True, allow_infinity=True)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    example = make_plan()
    tables = {}
    for name, frame in example.tables():
        kinds = {
            column: {"str": TEXT, "float64": NUMBER, "bool": st.booleans()}[str(dtype)]
            for column, dtype in frame.dtypes.items()
        }
        rows = draw(st.lists(st.fixed_dictionaries(kinds), max_size=3))
        tables[name] = pd.DataFrame(rows, columns=list(frame.columns))
    status = draw(st.sampled_from([Status.OPTIMAL, Status.FEASIBLE]))
    return replace(example, status=status, scenario=draw(TEXT), **tables)


@settings(deadline=None, max_examples=draws(20))
@given(plan=plans())
def test_what_is_written_reads_back_equal(plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan.write(folder)
        assert_equal(plan, read_plan(folder))


def test_a_summary_never_holds_what_json_has_not(tmp_path: Path) -> None:
    objectives = make_plan().objectives.assign(bound=math.inf, gap=math.nan)
    make_plan(objectives=objectives, settings={"gap": np.float64("nan"), "threads": np.int64(2)})
    plan = make_plan(objectives=objectives, settings={"limits": (np.int64(2), math.inf)})
    plan.write(tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert summary["bound"] is None
    assert summary["gap"] is None
    assert summary["settings"] == {"limits": [2, None]}


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("summary.json", None, "holds no whole plan"),
        ("summary.json", "{", "is not a plan's summary"),
        ("summary.json", '{"status": "good"}', "is not a plan's summary"),
        ("spend.csv", None, "cannot be read"),
        ("spend.csv", "", "is not the header"),
        ("spend.csv", "fund_id,amount\n", "is not the header"),
        ("spend.csv", ",".join(SPEND_COLUMNS) + "\nF1,,x\n", "row 2: has 3 cells"),
        ("spend.csv", ",".join(SPEND_COLUMNS) + "\nF1,,x,2027,ten\n", "'ten' is not a number"),
        ("selection.csv", ",".join(SELECTION_COLUMNS) + "\nA,,1,,,,\n", "neither true nor false"),
    ],
)
def test_a_broken_folder_is_refused(
    tmp_path: Path, file: str, text: str | None, message: str
) -> None:
    make_plan().write(tmp_path)
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_plan(tmp_path)


def test_decisions_are_those_that_reports_know() -> None:
    assert set(DECISIONS) == {
        "in_flight",
        "funded",
        "deferred",
        "left_out",
        "stopped",
        "not_offered",
        "closed",
    }
