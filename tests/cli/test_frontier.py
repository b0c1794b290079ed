"""`portfolio frontier`, as an analyst, a machine and somebody careless use it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portfolio.analysis.frontier import FRONTIER_COLUMNS
from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

Small = Callable[..., Portfolio]


@pytest.fixture(scope="module")
def data(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With M forced in, B fits beside it; without, A and B."""
    projects = {
        "A": {"value": 6, "cost": [6]},
        "B": {"value": 4, "cost": [4]},
        "M": {"value": 1, "cost": [2], "force": "in"},
    }
    folder = tmp_path_factory.mktemp("portfolio")
    write_folder(small(projects, periods=1, budget=10).tables, folder)
    return folder


def run(*arguments: object, code: int = 0) -> Result:
    """Run the command: the exit code is as said, and no traceback is shown."""
    result = CliRunner().invoke(main, ["frontier", *map(str, arguments)])
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    assert "Traceback" not in result.output
    return result


def test_both_curves_and_the_finding_in_words(data: Path) -> None:
    said = run(data, "--points", 5, "--gap", 0).output
    assert "With what is forced:" in said
    assert "With nothing forced:" in said
    assert said.rstrip().endswith(
        "The proposed plan reaches 70 % of what its money could buy if nothing were forced."
    )


def test_json_is_plain_data(data: Path) -> None:
    found = json.loads(run(data, "--points", 4, "--format", "json").stdout)
    assert set(found) == {
        "over", "unit", "objective", "sense", "points", "plans", "distances", "knees", "left",
        "seconds", "settings",
    }  # fmt: skip
    assert [len([p for p in found["points"] if p["forced"] is kind]) for kind in (True, False)] == [
        4,
        4,
    ]
    assert tuple(found["points"][0]) == FRONTIER_COLUMNS
    today = [point for point in found["points"] if point["level"] == 1.0]
    assert [point["projects"] for point in today] == [["A", "M"], ["A", "B"]]
    assert found["plans"][0]["value"] == 7


def test_csv_and_files_hold_the_same_rows(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = run(data, "--points", 4, "--format", "csv", "--out", out).stdout
    rows = list(csv.DictReader(io.StringIO(said)))
    assert tuple(rows[0]) == FRONTIER_COLUMNS
    assert {row["forced"] for row in rows} == {"true", "false"}
    assert "A; M" in {row["projects"] for row in rows}
    assert (out / "frontier.csv").read_text() == said
    assert (out / "distances.csv").read_text().startswith("plan,forced,value,limit")
    assert "70 %" in (out / "frontier.svg").read_text()


def test_what_is_possible_at_no_level_is_said(small: Small, tmp_path: Path) -> None:
    """Two that exclude each other are forced in; then a group asks for both, and one for one."""
    members = [{"group_id": "G", "project_id": p} for p in "AB"]
    one = [{"group_id": "G", "kind": "at_most", "limit": 1}]
    projects = {name: {"value": 1, "cost": [1], "force": "in"} for name in "AB"}
    forced = small(projects, periods=1, budget=5, groups=one, group_members=members)
    write_folder(forced.tables, tmp_path / "forced")
    said = run(tmp_path / "forced", "--points", 3).output
    assert "What is forced cannot all be done at any level of money." in said
    members += [{"group_id": "H", "project_id": p} for p in "AB"]
    groups = [*one, {"group_id": "H", "kind": "exactly", "limit": 2}]
    free = {name: {"value": 1, "cost": [1]} for name in "AB"}
    never = small(free, periods=1, budget=5, groups=groups, group_members=members)
    write_folder(never.tables, tmp_path / "never")
    said = run(tmp_path / "never", "--points", 3, code=1).output
    assert "No plan is possible at any level, up to 125% of today's money" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--over", "people"], "'people' is not one of"),
        (["--points", 1], "1 is not in the range"),
        (["--over", "role_capacity"], "needs people or capacity, and there are none"),
        (["--gap", "nan"], "is not a number"),
    ],
)
def test_careless_input_is_told_so(data: Path, arguments: list[object], words: str) -> None:
    assert words in run(data, *arguments, code=2).output


def test_a_rule_that_is_ignored_cannot_be_varied(data: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "open.yaml"
    scenario.write_text("scenario: open\nignore: [budget]\n")
    out = tmp_path / "out"
    said = run(data, "--scenario", scenario, "--out", out, code=2).output
    assert "needs the rule that the scenario leaves out" in said
    assert list(out.iterdir()) == []
