"""The command that names people, as an analyst, a scheduler and somebody careless use it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

Small = Callable[..., Portfolio]
TABLES = {"allocation", "shortage", "changes", "person_changes", "project_changes", "given_up"}


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["allocate", *(str(argument) for argument in arguments)])
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture(scope="module")
def data(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A and B are forced in and need 1 FTE each; one person is there for both."""
    portfolio = small(
        {
            name: {"value": value, "need": [1], "name": title, "force": "in"}
            for name, value, title in (("A", 5, "Alpha"), ("B", 4, "=Beta"))
        },
        periods=1,
        people={"x": {"R": 1}},
    )
    folder = tmp_path_factory.mktemp("data")
    write_folder(portfolio.tables, folder)
    ignoring = "scenario: short\nobjectives: [strategic_value]\nignore: [role_capacity]\n"
    (folder / "short.yaml").write_text(ignoring)
    return folder


def test_for_people(data: Path) -> None:
    """What is short, on which project, with what would close it."""
    shown = run(data, "--scenario", data / "short.yaml").output
    line = next(line for line in shown.splitlines() if line.startswith("B "))
    assert "hire or contract" in line
    assert shown.splitlines()[-1].startswith(
        "1 people on 1 projects with 1.0 FTE-periods; 1.00 FTE-periods are short"
    )


def test_for_machines(data: Path) -> None:
    """The summary is the one that is written."""
    shown = json.loads(run(data, "--scenario", data / "short.yaml", "--format", "json").output)
    assert shown["status"] == "optimal"
    assert shown["shortage"] == {
        "total": 1.0,
        "by_role": {"R": 1.0},
        "by_remedy": {"hire": 1.0},
    }
    assert [row["objective"] for row in shown["objectives"]][:2] == ["shortage", "change"]


def test_for_spreadsheets(data: Path) -> None:
    shown = run(data, "--scenario", data / "short.yaml", "--format", "csv").output
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert rows == [
        {"person_id": "x", "project_id": "A", "role_id": "R", "period": "2027", "fte": "1.0"}
    ]


def test_files_and_the_next_period(data: Path, tmp_path: Path) -> None:
    """The plan lies beside; from the allocation and the plan of before nothing changes."""
    run(data, "--scenario", data / "short.yaml", "--out", tmp_path)
    assert {path.stem for path in tmp_path.glob("*.csv")} == TABLES
    assert (tmp_path / "plan" / "selection.csv").exists()
    again = tmp_path / "again"
    given = ["--plan", tmp_path / "plan", "--previous", tmp_path, "--out", again]
    run(data, "--scenario", data / "short.yaml", *given)
    assert not (again / "plan").exists()
    assert (again / "changes.csv").read_text().count("\n") == 1


def test_who_joins_is_said(small: Small, tmp_path: Path) -> None:
    """One person for two projects, and one more may be hired, who has no name yet."""
    portfolio = small(
        {name: {"value": 1, "force": "in", "need": [1]} for name in "AB"},
        periods=1,
        people={"x": {"R": 1}},
        roles=[{"role_id": "R", "name": "Rigger", "hire_max": 1, "hire_cost": 0, "cost_rate": 0}],
        settings={"labour_in_costs": "yes"},
    )
    write_folder(portfolio.tables, tmp_path / "data")
    (tmp_path / "hire.yaml").write_text("scenario: hire\nhiring: internal\n")
    shown = run(tmp_path / "data", "--scenario", tmp_path / "hire.yaml").stdout
    assert "hired    1       2027  stays  0     Rigger" in shown
    assert "Who joins has no name yet" in shown
    assert "nothing is short" in shown


def test_what_is_worth_a_look_is_said_before_the_solve(small: Small, tmp_path: Path) -> None:
    """And not on standard output, which is for the result."""
    portfolio = small(
        {"A": {"value": 1, "need": [0.5]}},
        periods=1,
        people={"x": {"R": 1}, "y": {}},
        absences=[
            {"person_id": "x", "first_day": f"2027-03-0{day}", "last_day": "2027-03-09"}
            for day in (1, 5)
        ],
    )
    write_folder(portfolio.tables, tmp_path / "data")
    shown = run(tmp_path / "data", "--format", "json")
    assert "Worth a look: absences.csv, row 3, column first_day" in shown.stderr
    assert "Worth a look: people.csv, row 3, column person_id: 'y' has no skill" in shown.stderr
    assert json.loads(shown.stdout)["people"] == 1


def test_no_plan(data: Path) -> None:
    """Both are forced in, and one person cannot do both: there is no plan to allocate."""
    assert "No plan is possible" in run(data, code=2).output


def test_projects_that_need_nobody(small: Small, tmp_path: Path) -> None:
    write_folder(small({"A": {"value": 1}}).tables, tmp_path / "data")
    assert "Nothing to allocate" in run(tmp_path / "data").output


@pytest.mark.parametrize("option", ["--plan", "--previous"])
def test_a_folder_that_holds_nothing(data: Path, tmp_path: Path, option: str) -> None:
    shown = run(data, option, tmp_path, code=2).output
    assert "holds no whole" in shown


def test_a_plan_of_another_portfolio(data: Path, small: Small, tmp_path: Path) -> None:
    """Its projects are not known here; that is said, and nothing is written."""
    other = small({"Z": {"value": 1, "need": [1]}}, periods=1, people={"x": {"R": 1}})
    write_folder(other.tables, tmp_path / "other")
    run(tmp_path / "other", "--out", tmp_path / "out")
    given = ["--plan", tmp_path / "out" / "plan", "--out", tmp_path / "new"]
    shown = run(data, *given, code=2).output
    assert "Z" in shown
    assert not list((tmp_path / "new").glob("*.csv"))


def test_a_rule_that_is_not_known(data: Path, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("ignore: [persn_time]\n")
    shown = run(data, "--scenario", tmp_path / "s.yaml", code=2).output
    assert "did you mean 'person_time'?" in shown
