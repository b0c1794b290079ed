"""`portfolio compare`, as an analyst, a machine and somebody careless use it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portfolio.analysis.compare import TABLES
from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

Small = Callable[..., Portfolio]


@pytest.fixture(scope="module")
def data(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of ten units of money A and B take all; of eight A alone leaves two."""
    projects = {
        "A": {"value": 10, "cost": [6]},
        "B": {"value": 7, "cost": [4], "name": "=HYPERLINK(1)"},
        "C": {"value": 6, "cost": [4]},
    }
    folder = tmp_path_factory.mktemp("portfolio")
    write_folder(small(projects, periods=1, budget=10).tables, folder)
    files = {
        "less": 'title: "Less \\e[31mmoney"\nchanges: [{table: budgets, scale: {amount: 0.8}}]\n',
        "none": "changes:\n"
        "  - {table: projects, where: {project_id: [A, B, C]}, set: {force: in}}\n",
        "wrong": "changes: [{table: budgets, scale: {amont: 0.8}}]\n",
        "worse": "ignore: [budgets]\n",
    }
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def run(data: Path, *arguments: object, code: int = 0) -> Result:
    """Run the command: the exit code is as said, and no traceback is shown."""
    named = [str(one) for one in arguments]
    scenarios = [word for word in named if not word.startswith("-")]
    files = [part for one in scenarios for part in ("--scenario", str(data / f"{one}.yaml"))]
    rest = [word for word in named if word.startswith("-")]
    exact = ["--gap=0", "--threads=1"]
    result = CliRunner().invoke(main, ["compare", str(data), *files, *exact, *rest])
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    assert "Traceback" not in result.output
    return result


def test_a_table_and_what_made_the_difference(data: Path) -> None:
    said = run(data, "less", "none").output
    assert "less against baseline: 1 enters, 1 leaves; value −4." in said
    assert "budgets: amount × 0.8" in said
    assert "\x1b" not in said
    assert "Less \ufffd[31mmoney" in said
    assert "none has no plan." in said
    assert "is forced in" in said
    assert "infeasible" in said


def test_equal_scenarios_are_one_model(data: Path, tmp_path: Path) -> None:
    same = tmp_path / "same.yaml"
    same.write_text("title: As it is\n", encoding="utf-8")
    said = run(data, same.with_suffix("")).output
    assert "same asks for the same as baseline: solved once." in said
    assert "\n1 model solved in " in said


def test_json_is_plain_data_and_the_folder_whole(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = json.loads(run(data, "less", "--format=json", "--points=3", f"--out={out}").stdout)
    assert set(found) == {"first", *TABLES, "conflicts", "faults", "solves", "seconds", "settings"}
    assert [row["scenario"] for row in found["scenarios"]] == ["baseline", "less"]
    assert found["scenarios"][1]["gain"] == -4
    assert found["scenarios"][0]["npv"] is None
    assert found["places"]
    assert {path.stem for path in out.iterdir()} == {*TABLES, "summary"}


def test_csv_is_a_row_a_scenario(data: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(data, "less", "none", "--format=csv").stdout)))
    assert [row["value"] for row in rows] == ["17.0", "13.0", ""]
    assert rows[2]["status"] == "infeasible"
    assert rows[2]["chosen"] == ""


def test_without_a_plan_in_any_scenario_it_fails(data: Path) -> None:
    said = run(data, "none", "--no-baseline", code=1).output
    assert said.rstrip().endswith("No scenario has a plan.")


def test_every_file_that_is_wrong_is_told_at_once(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = run(data, "wrong", "worse", f"--out={out}", code=2).output
    assert "'amont' is not a column of budgets; did you mean 'amount'?" in said
    assert "'budgets' is not a rule; did you mean 'budget'?" in said
    assert not list(out.iterdir())
    said = run(data, "less", "less", "missing", code=2).output
    assert "2 scenarios are called 'less'" in said
    assert "there is no such scenario file" in said


@pytest.mark.parametrize("place", ["", "projects.csv/out"])
def test_the_tables_are_not_replaced_by_results(data: Path, place: str) -> None:
    before = {path: path.read_bytes() for path in data.iterdir()}
    said = run(data, "less", f"--out={data / place}", code=2).output
    assert "name one in another place" in said or "name a folder of its own" in said
    assert {path: path.read_bytes() for path in data.iterdir()} == before


def test_it_asks_for_a_scenario(data: Path) -> None:
    assert "--scenario" in run(data, code=2).output


def test_a_project_in_flight_is_stopped_and_does_not_leave(small: Small, tmp_path: Path) -> None:
    flying = {"stage": "in_flight", "started": "2026", "stop_cost": 0}
    projects = {
        "A": {"value": 10, "cost": [1, 6]} | flying,
        "B": {"value": 7, "cost": [1, 4]} | flying,
    }
    write_folder(small(projects, periods=1, budget=10).tables, tmp_path)
    less = "allow_stops: true\nchanges: [{table: budgets, scale: {amount: 0.6}}]\n"
    (tmp_path / "less.yaml").write_text(less, encoding="utf-8")
    lines = [line.split() for line in run(tmp_path, "less").output.splitlines()]
    heads = next(line for line in lines if line[:1] == ["scenario"])
    assert "stopped" in heads
    moved = next(line for line in lines if line[:1] == ["B"])
    assert moved[moved.index("leaves") + 1 :][:2] == ["2026", "stopped"]
