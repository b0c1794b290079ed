"""The commands that answer questions about a plan, as a person and a machine use them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portfolio.analysis.explain import ALTERNATIVES, BOTTLENECKS, EXPLANATIONS
from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.plan import read_plan

Small = Callable[..., Portfolio]


@pytest.fixture(scope="module")
def data(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For ten units of money and one person: A and B; C and D are left out, I is an idea."""
    projects = {
        "A": {"value": 10, "cost": [6], "need": [1]},
        "B": {"value": 7, "cost": [4]},
        "C": {"value": 6, "cost": [5], "need": [1]},
        "D": {"value": 6, "cost": [4]},
        "I": {"value": 6, "cost": [4], "stage": "idea"},
    }
    roles = [{"role_id": "R", "name": "Engineer", "cost_rate": 2, "contractor_rate": 3}]
    people = {"Ann": {"R": 1.0}}
    folder = tmp_path_factory.mktemp("portfolio")
    portfolio = small(projects, periods=1, budget=10, people=people, roles=roles)
    write_folder(portfolio.tables, folder)
    return folder


@pytest.fixture(scope="module")
def plan(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan that `portfolio plan` makes of it."""
    out = tmp_path_factory.mktemp("plan")
    run("plan", data, "--gap", 0, "--out", out)
    return out


def run(*arguments: object, code: int = 0) -> Result:
    """Run a command: the exit code is as said, and no traceback is shown."""
    ample = ["--within", "600"] if arguments[0] == "explain" else []
    command, *rest = map(str, arguments)
    result = CliRunner().invoke(main, [command, *ample, *rest])
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    assert "Traceback" not in result.output
    return result


def test_explain_as_json_has_what_a_machine_asks_for(data: Path, plan: Path) -> None:
    said = run("explain", data, "C", "--gap", 0, "--plan", plan, "--format", "json").stdout
    found = json.loads(said)
    assert set(found) >= {
        "project_id", "in_plan", "value_lost", "displaced", "binding", "brings_in", "sentence",
    }  # fmt: skip
    assert (found["project_id"], found["in_plan"], found["value_lost"]) == ("C", False, 4)
    assert found["displaced"] == ["A"]
    assert {limit["family"] for limit in found["binding"]} == {"budget", "role_capacity"}
    assert all({"family", "key", "slack"} <= set(limit) for limit in found["binding"])
    brings = found["brings_in"]
    assert brings["value"] == pytest.approx(10)
    # C with B and D costs 13 and is worth 19; no person more helps without money.
    assert brings["budget"] == [{"fund_id": "F", "period": "2027", "amount": pytest.approx(3)}]
    assert brings["capacity"] is None


def test_explain_in_words_and_as_a_row(data: Path, plan: Path) -> None:
    said = run("explain", data, "C", "--gap", 0, "--plan", plan).output
    assert said.startswith("C (Project C) is left out: ")
    assert "Limits that it would pass:" in said
    assert "EUR 3 more money" in said
    rows = list(
        csv.DictReader(io.StringIO(run("explain", data, "A", "--gap", 0, "--format", "csv").stdout))
    )
    assert tuple(rows[0]) == EXPLANATIONS
    assert (rows[0]["project_id"], rows[0]["in_plan"]) == ("A", "true")


def test_an_answer_is_saved_as_a_scenario_that_runs_unchanged(
    data: Path, plan: Path, tmp_path: Path
) -> None:
    """With 3 more money C is in; no people bring it in, and A can only be out."""
    file, out = tmp_path / "with-c.yaml", tmp_path / "out"
    asked = ("--gap", 0, "--plan", plan, "--save", file)
    run("explain", data, "C", *asked, "--by", "money")
    run("plan", data, "--scenario", file, "--gap", 0, "--out", out)
    rows = read_plan(out).selection
    assert rows is not None
    assert set(rows.loc[rows["selected"], "project_id"]) == {"B", "C", "D"}
    file.unlink()
    said = run("explain", data, "C", *asked, "--by", "people", code=1).output
    assert "There is no scenario to save in which C comes in by people" in said
    assert "by force or money there is one" in said
    assert not file.exists()
    run("explain", data, "A", *asked)
    assert "force: out" in file.read_text()


def test_every_project_that_is_left_out_at_once(data: Path, plan: Path) -> None:
    said = run("explain", data, "--all", "--gap", 0, "--plan", plan, "--format", "json").stdout
    assert [one["project_id"] for one in json.loads(said)] == ["C", "D"]
    words = run("explain", data, "--all", "--gap", 0, "--plan", plan).output
    assert words.count("is left out") == 2


def test_bottlenecks_in_each_form(data: Path, plan: Path) -> None:
    asked = ("bottlenecks", data, "--plan", plan, "--money", 4, "--gap", 0)
    found = json.loads(run(*asked, "--format", "json").stdout)
    assert tuple(found["rows"][0]) == BOTTLENECKS
    assert (found["rows"][0]["fund_id"], found["rows"][0]["gain"]) == ("F", 6)
    assert found["rows"][1]["cost"] == 2
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout)))
    assert [row["role_id"] for row in rows] == ["", "R"]
    assert "Worth most for its cost: EUR 4 more in F for 2027" in run(*asked).output


def test_alternatives_in_each_form(data: Path, plan: Path, tmp_path: Path) -> None:
    """Within 10 % of 17 there is one more: A and D, worth 16."""
    asked = ("alternatives", data, "--plan", plan, "--loss", 0.1, "--gap", 0)
    found = json.loads(run(*asked, "--format", "json").stdout)
    assert tuple(found["plans"][0]) == ALTERNATIVES
    assert [one["value"] for one in found["plans"]] == [17, 16]
    assert (found["in_all"], found["in_none"]) == (["A"], ["C"])
    assert found["plans"][1]["entered"] == ["D"]
    out = tmp_path / "out"
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv", "--out", out).stdout)))
    assert [row["1"] for row in rows] == ["2027", "", "", "2027"]
    other = read_plan(out / "1").selection
    assert other is not None
    assert set(other.loc[other["selected"], "project_id"]) == {"A", "D"}
    assert "In all of them: A." in run(*asked).output


def test_conflict_in_each_form(data: Path, tmp_path: Path) -> None:
    """A plan is possible; where A and C are both forced in, one person is not enough."""
    assert "A plan is possible" in run("conflict", data).output
    assert json.loads(run("conflict", data, "--format", "json").stdout)["possible"] is True
    scenario = tmp_path / "both.yaml"
    change = "{table: projects, where: {project_id: [A, C]}, set: {force: in}}"
    more = "{table: budgets, set: {amount: 100}}"
    scenario.write_text(f"changes:\n  - {change}\n  - {more}\n")
    asked = ("conflict", data, "--scenario", scenario)
    found = json.loads(run(*asked, "--format", "json", code=1).stdout)
    assert found["possible"] is False
    assert {row["family"] for row in found["conflict"]["rows"]} == {"forced_in", "role_capacity"}
    assert found["conflict"]["softening"]
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv", code=1).stdout)))
    assert {row["part"] for row in rows} == {"conflict", "softening"}
    assert "cannot all hold together" in run(*asked, code=1).output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["explain", "DATA"], 2, "Name one project, or ask about --all"),
        (["explain", "DATA", "A", "--all"], 2, "Name one project, or ask about --all"),
        (["explain", "DATA", "--all", "--save", "x.yaml"], 2, "Name the project of which"),
        (["explain", "DATA", "A", "--save", "DATA/projects.csv"], 2, "one that ends in .yaml"),
        (["explain", "DATA", "A", "--save", "DATA/projects.csv/a.yaml"], 2, "cannot be written"),
        (["explain", "DATA", "A", "--within", 0], 2, "0"),
        (["explain", "DATA", "c"], 2, "'c' is not a project of this portfolio"),
        (["explain", "DATA", "AA"], 2, "did you mean 'A'?"),
        (["explain", "DATA", "A", "--plan", "nowhere"], 2, "summary.json"),
        (["explain", "DATA", "I", "--plan", "PLAN"], 0, "is an idea and not yet offered"),
        (["explain", "nowhere", "A"], 2, "nowhere"),
        (["bottlenecks", "DATA", "--fte", 0], 2, "0"),
        (["bottlenecks", "DATA", "--money", "nan"], 2, "is not a number"),
        (["alternatives", "DATA", "--loss", 1], 2, "1"),
        (["alternatives", "DATA", "--number", 0], 2, "0"),
        (["conflict", "DATA", "--threads", 100_000], 2, "0<=x<=1024"),
        (["alternatives", "DATA", "--out", "DATA"], 2, "holds the tables of a portfolio"),
        (["alternatives", "DATA", "--out", "DATA/projects.csv/a"], 2, "cannot be written to"),
    ],
)
def test_careless_input_is_told_so(
    data: Path, plan: Path, arguments: list[object], code: int, words: str
) -> None:
    tables = {path: path.read_bytes() for path in data.iterdir()}
    given = [str(one).replace("DATA", str(data)).replace("PLAN", str(plan)) for one in arguments]
    said = " ".join(run(*given, code=code).output.split())
    assert words in said
    assert {path: path.read_bytes() for path in data.iterdir()} == tables


def test_a_plan_that_is_not_one_of_the_tables_is_refused(
    data: Path, plan: Path, small: Small, tmp_path: Path
) -> None:
    """Neither one of other tables, nor one of another scenario."""
    other = small({"A": {"value": 1, "cost": [20]}}, periods=1, budget=10)
    write_folder(other.tables, tmp_path / "other")
    said = run("bottlenecks", tmp_path / "other", "--plan", plan, code=2).output
    assert "is not one of this portfolio under scenario 'baseline'" in said
    scenario = tmp_path / "less.yaml"
    scenario.write_text("changes:\n  - {table: budgets, set: {amount: 5}}\n")
    said = run("explain", data, "C", "--plan", plan, "--scenario", scenario, code=2).output
    assert "is not one of this portfolio under scenario 'less'" in said


def test_where_there_is_no_plan_there_is_nothing_to_ask(data: Path, tmp_path: Path) -> None:
    """The sentence is that of `portfolio plan`."""
    scenario = tmp_path / "all.yaml"
    scenario.write_text(
        "changes:\n  - {table: projects, where: {stage: proposed}, set: {force: in}}\n"
    )
    for command in (["explain", data, "A"], ["bottlenecks", data], ["alternatives", data]):
        said = run(*command, "--scenario", scenario, code=2).output
        assert "No plan is possible, as is seen before the solve" in said
