"""The command line, as an analyst, a scheduler and somebody careless use it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder, write_workbook
from portfolio.errors import ReportError
from portfolio.reports.places import find_sample

Small = Callable[..., Portfolio]
KEYS = ["file", "row", "column", "value", "rule", "remedy", "table", "severity"]
TABLES = {"selection", "spend", "budget", "capacity", "supply", "hires", "binding", "beyond"}
TABLES.add("overshoot")


def run(*arguments: object, code: int = 0) -> Result:
    """Run the command in this process: the exit code is as said, and no traceback is shown."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def shell(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, piped."""
    command = [sys.executable, "-m", "portfolio.cli", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def portfolio(small: Small) -> Portfolio:
    """B for 5 of 8 in value; A would pass the budget beside it."""
    return small(
        {
            "A": {"value": 3, "cost": [9], "name": "Alpha"},
            "007": {"value": 5, "cost": [9], "name": "=Beta"},
        },
        periods=1,
        budget=10,
        settings={"data_date": "2026-12-31", "name": "Tiny"},
    )


@pytest.fixture
def data(portfolio: Portfolio, tmp_path: Path) -> Path:
    return write_folder(portfolio.tables, tmp_path / "data")


@pytest.fixture
def impossible(tmp_path: Path) -> Path:
    path = tmp_path / "impossible.yaml"
    path.write_text("changes:\n  - {table: projects, set: {force: in}}\n")
    return path


@pytest.fixture
def faulty(data: Path) -> Path:
    """Two faults: a word in a number, and a stage that is none."""
    projects = data / "projects.csv"
    projects.write_text("project_id,name,stage,value\n007,=Beta,proposed,=1+1\nA,Alpha,propsed,3\n")
    return data


class TestCheck:
    def test_no_faults(self, data: Path) -> None:
        shown = run("check", data).stdout
        assert re.fullmatch(
            r"Tiny: no faults\.\nPeriods 2027 to 2027\. "
            r"Rows: settings \d+, projects 2, budgets 1, costs 2\.\n",
            shown,
        )
        assert json.loads(run("check", data, "--format", "json").stdout) == []
        assert run("check", data, "--format", "csv").stdout.strip() == ",".join(KEYS)

    def test_every_fault_at_once(self, faulty: Path) -> None:
        shown = run("check", faulty, code=2)
        assert "2 faults in the data" in shown.output
        assert "projects.csv, row 2, column value: '=1+1'" in shown.output
        assert "projects.csv, row 3, column stage: 'propsed'" in shown.output

    def test_faults_for_machines(self, faulty: Path) -> None:
        faults = json.loads(run("check", faulty, "--format", "json", code=2).stdout)
        assert [list(fault) for fault in faults] == [KEYS, KEYS]
        assert [(f["file"], f["row"], f["column"], f["value"]) for f in faults] == [
            ("projects.csv", 2, "value", "=1+1"),
            ("projects.csv", 3, "stage", "propsed"),
        ]
        assert all(fault["rule"] and fault["remedy"] for fault in faults)

    def test_faults_for_spreadsheets_run_nothing(self, faulty: Path) -> None:
        shown = run("check", faulty, "--format", "csv", code=2).stdout
        rows = list(csv.DictReader(io.StringIO(shown)))
        assert list(rows[0]) == KEYS
        assert [row["value"] for row in rows] == ["'=1+1", "propsed"]

    @pytest.mark.parametrize("name", ["nowhere", "nowhere.xlsx", "../nowhere", "notes.txt"])
    @pytest.mark.parametrize("form", ["table", "json"])
    def test_no_data(self, tmp_path: Path, name: str, form: str) -> None:
        (tmp_path / "notes.txt").write_text("hello")
        shown = run("check", tmp_path / name, "--format", form, code=2)
        if form == "json":
            assert len(json.loads(shown.stdout)) == 1
        else:
            assert Path(name).name in shown.output

    def test_what_a_cell_does_to_a_terminal(self, data: Path) -> None:
        (data / "projects.csv").write_text(
            "project_id,name,stage,value\nA,Alpha,\x1b[2J\u202egnp,3\n", encoding="utf-8"
        )
        shown = run("check", data, code=2).output
        assert "\x1b" not in shown
        assert "\u202e" not in shown

    def test_numbers_as_declared(self, data: Path) -> None:
        (data / "budgets.csv").write_text('fund_id,period,amount\nF,2027,"1.000,50"\n')
        assert "1.000,50" in run("check", data, code=2).output
        assert "no faults" in run("check", data, "--decimal", ",", "--thousands", ".").output
        for wrong in (["--decimal", ";"], ["--thousands", "x"], ["--thousands", "."]):
            assert "Usage" in run("check", data, *wrong, code=2).output

    def test_a_workbook(self, portfolio: Portfolio, tmp_path: Path) -> None:
        path = write_workbook(portfolio.tables, tmp_path / "my data.xlsx")
        assert "Tiny: no faults." in run("check", path).output


class TestTemplate:
    def test_is_written_once(self, tmp_path: Path) -> None:
        path = tmp_path / "my.xlsx"
        assert str(path) in run("template", path).output
        before = path.read_bytes()
        refused = run("template", path, code=2)
        assert "my.xlsx" in refused.output
        assert path.read_bytes() == before
        path.write_text("mine")
        run("template", path, code=2)
        assert path.read_text() == "mine"
        run("template", path, "--force")
        assert path.read_bytes()[:2] == b"PK"

    def test_an_empty_one_says_what_to_fill_in(self, tmp_path: Path) -> None:
        path = tmp_path / "my.xlsx"
        run("template", path)
        shown = run("check", path, code=2).output
        assert "5 faults in the data" in shown
        for name in ("name", "currency", "frequency", "first_period", "periods"):
            assert f"'{name}' is blank" in shown

    def test_places_that_cannot_be(self, tmp_path: Path) -> None:
        (tmp_path / "folder.xlsx").mkdir()
        for place in ("nowhere/my.xlsx", "folder.xlsx"):
            shown = CliRunner().invoke(main, ["template", str(tmp_path / place)])
            assert shown.exit_code in (1, 2)
            assert isinstance(shown.exception, SystemExit)
        assert not (tmp_path / "nowhere").exists()


RETURNS = """\
year,gmpp_id,project,department,category,dca_ipa,dca_sro,start,end,fy_baseline_m,fy_forecast_m,\
wlc_m,benefits_m
2023,AAA_1,Alpha,AAA,ICT,Amber,,01.01.2022,31.12.2024,"£1,000.50",7,"£3,000",9000
2023,AAA_2,Beta,AAA,ICT,Red,,01.01.2022,31.12.2023,£10,7,£20,100
2023,BBB_1,Gamma,BBB,ICT,Exempt under Section 43,,,,,,,
"""


class TestForesight:
    """What is wrong with the data under a scenario, before any solve."""

    def test_a_forced_project_that_breaks_a_budget(self, small: Small, tmp_path: Path) -> None:
        tables = small({"A": {"value": 1, "cost": [9], "force": "in"}}, budget=5).tables
        folder = write_folder(tables, tmp_path / "data")
        for command in ("check", "plan"):
            result = run(command, folder, code=2)
            assert "projects.csv, row 2, column force: 'in' forces in a project" in result.output
        wider = tmp_path / "wider.yaml"
        wider.write_text("scenario: wider\nsoften: {budget: 1}\n")
        assert "no faults" in run("check", folder, "--scenario", wider).output
        assert run("plan", folder, "--scenario", wider).stdout

    def test_warnings(self, small: Small, tmp_path: Path) -> None:
        facts = {"value": 1, "cost": [9]}
        folder = write_folder(small({"A": facts}, budget=5).tables, tmp_path / "data")
        result = run("check", folder)
        assert "no faults" in result.stdout
        assert "Worth a look (1):\n  projects.csv, row 2, column project_id: 'A'" in result.stdout
        (warning,) = json.loads(run("check", folder, "--format", "json").stdout)
        assert (warning["severity"], warning["row"]) == ("warning", 2)
        assert "1 thing is worth a look" in run("plan", folder).stdout


class TestDrivers:
    @pytest.fixture
    def compared(self, small: Small, tmp_path: Path) -> Path:
        words = {"AB": "more", "BC": "more", "CA": "more"}
        portfolio = small(
            {"P": {"value": None, "cost": [1]}, "Q": {"value": None, "cost": [1]}},
            drivers=[{"driver_id": d, "name": f"Driver {d}"} for d in "ABCD"],
            comparisons=[
                {"driver_a": a, "driver_b": b, "preference": word} for (a, b), word in words.items()
            ],
            impacts=[
                {"project_id": p, "driver_id": d, "rating": rating}
                for p, rating in (("P", "extreme"), ("Q", "none"))
                for d in "ABCD"
            ],
        )
        return write_folder(portfolio.tables, tmp_path / "compared")

    def test_for_people(self, compared: Path) -> None:
        shown = run("drivers", compared).stdout
        assert re.search(r"^A +Driver A +26\.8%$", shown, re.MULTILINE)
        assert "3 of 6 pairs compared. Consistency 0." in shown
        assert "calls for another look" in shown
        assert "Not compared, filled from the others: Driver A and Driver D; " in shown
        assert "Least in line with the others: Driver A against Driver B is 'more'; " in shown
        assert re.search(r"^P +Project P +1\.000 +1 +100\.00%$", shown, re.MULTILINE)

    def test_for_machines(self, compared: Path) -> None:
        known = json.loads(run("drivers", compared, "--format", "json").stdout)
        weights = [driver["weight"] for driver in known["weights"]]
        assert sum(weights) == pytest.approx(1)
        assert weights[:3] == pytest.approx([weights[0]] * 3)
        assert known["consistency"] == pytest.approx(max(0, 1 - known["consistency_ratio"]))
        assert (known["compared"], known["pairs"]) == (3, 6)
        assert known["filled"] == [["A", "D"], ["B", "D"], ["C", "D"]]
        assert known["correction"]["consistency"] > known["consistency"]
        assert len(known["warnings"]) == 1
        assert [project["priority"] for project in known["projects"]] == [1, 0]
        rows = list(csv.DictReader(io.StringIO(run("drivers", compared, "--format", "csv").stdout)))
        assert [(row["kind"], row["id"]) for row in rows] == [
            *(("driver", d) for d in "ABCD"),
            *(("project", p) for p in "PQ"),
        ]

    def test_without_drivers(self, data: Path) -> None:
        shown = run("drivers", data).stdout
        assert "driver " not in shown
        known = json.loads(run("drivers", data, "--format", "json").stdout)
        assert (known["source"], known["values_by_hand"]) == ("none", True)
        assert [project["score"] for project in known["projects"]] == [None, None]

    def test_what_is_worth_a_look_in_the_comparisons(self, compared: Path) -> None:
        found = json.loads(run("check", compared, "--format", "json").stdout)
        assert [(f["table"], f["column"]) for f in found] == [
            ("comparisons", "preference"),
            ("comparisons", ""),
        ]
        assert "consistency" in found[0]["rule"]
        assert "A and D, B and D, C and D" in found[1]["rule"]


class TestImport:
    @pytest.fixture
    def returns(self, tmp_path: Path) -> Path:
        path = tmp_path / "returns.csv"
        path.write_text(RETURNS, encoding="utf-8")
        return path

    def test_then_check_and_plan(self, returns: Path, tmp_path: Path) -> None:
        target = tmp_path / "gov"
        shown = run("import", "gmpp", returns, target, "--year", "2023").output
        said = rf"Written: {re.escape(str(target))}: 2 projects, 1 left out, \d+ notes "
        assert re.fullmatch(said + rf"\(in {re.escape(str(target / 'notes'))}\)\.\n", shown)
        assert "no faults" in run("check", target).output
        for scenario in ("as-is", "spending-review"):
            path = target / "scenarios" / f"{scenario}.yaml"
            summary = json.loads(run("plan", target, "--scenario", path, "--format", "json").stdout)
            assert summary["scenario"] == scenario
            assert summary["status"] == "optimal"

    def test_a_target_that_stands_is_not_written_over(self, returns: Path, tmp_path: Path) -> None:
        target = tmp_path / "gov"
        target.mkdir()
        (target / "projects.csv").write_text("mine")
        (target / "letter.txt").write_text("mine too")
        run("import", "gmpp", returns, target, code=2)
        assert (target / "projects.csv").read_text() == "mine"
        assert sorted(path.name for path in target.iterdir()) == ["letter.txt", "projects.csv"]

    @pytest.mark.parametrize(
        "options",
        [
            ["--year", "1066"],
            ["--year", "x"],
            ["--value", "love"],
            ["--budget-factor", "nan"],
            ["--budget-factor", "-1"],
            ["--discount-rate", "inf"],
            ["--discount-rate", "nan"],
            ["--periods", "0"],
        ],
    )
    def test_wrong_options(self, returns: Path, tmp_path: Path, options: list[str]) -> None:
        run("import", "gmpp", returns, tmp_path / "gov", *options, code=2)
        assert not (tmp_path / "gov").exists()

    def test_no_source(self, tmp_path: Path) -> None:
        run("import", "gmpp", tmp_path / "nowhere.csv", tmp_path / "gov", code=2)
        assert not (tmp_path / "gov").exists()


class TestPlan:
    def test_for_people(self, data: Path) -> None:
        shown = run("plan", data).stdout.splitlines()
        assert shown[0].split() == ["project", "name", "decision", "start", "finish", "reason"]
        assert shown[2].startswith("007      =Beta  funded    2027   2027    Funded from 2027: ")
        assert shown[1].startswith("A        Alpha  left out                 Left out: at its best")
        assert re.fullmatch(
            r"1 of 2 projects in the plan; strategic value 5, the best possible "
            r"\(optimal, \d+\.\d s\)\.",
            shown[-1],
        )

    @pytest.mark.parametrize(
        ("give_up", "words"),
        [
            ("0.5", "value 3, at most 66.67% from the best possible, what"),
            ("1", "value 0, where 5 may be the best possible, what"),
        ],
    )
    def test_what_later_objectives_were_given_is_said(
        self, data: Path, tmp_path: Path, give_up: str, words: str
    ) -> None:
        """Alpha is worth 3 for 4.5 beside Beta with 5 for 9; nothing at all costs least."""
        file = tmp_path / "cheap.yaml"
        lines = [
            "objectives: [strategic_value, cost]",
            f"give_up: {give_up}",
            "changes: [{table: costs, where: {project_id: A}, scale: {amount: 0.5}}]",
        ]
        file.write_text("\n".join(lines), encoding="utf-8")
        said = run("plan", data, "--scenario", file).stdout.splitlines()[-1]
        assert f"{words} later objectives were given included (optimal" in said

    def test_for_machines(self, data: Path) -> None:
        result = run("plan", data, "--format", "json", "--gap", "0", "--seed", "7")
        assert result.stderr == ""
        summary = json.loads(result.stdout)
        assert {"status", "objective", "bound", "gap", "seconds", "selected", "spend"} <= set(
            summary
        )
        assert (summary["status"], summary["objective"], summary["gap"]) == ("optimal", 5, 0)
        assert summary["selected"] == ["007"]
        assert summary["spend"] == {"total": 9, "by_period": {"2027": 9}}
        assert (summary["settings"]["gap"], summary["settings"]["seed"]) == (0, 7)

    def test_for_spreadsheets(self, data: Path) -> None:
        rows = list(csv.DictReader(io.StringIO(run("plan", data, "--format", "csv").stdout)))
        assert list(rows[0])[:5] == ["project_id", "option_id", "selected", "start", "reason"]
        assert [(r["project_id"], r["selected"], r["start"]) for r in rows] == [
            ("A", "false", ""),
            ("007", "true", "2027"),
        ]

    def test_nothing_in_a_name_runs_or_moves_the_terminal(
        self, small: Small, tmp_path: Path
    ) -> None:
        names = {"=1+1": "=2+2", "B": "\u202egnp.exe", "C": "W" * 300, "D": "é 超"}
        made = small({key: {"value": 1, "name": name} for key, name in names.items()})
        data = write_folder(made.tables, tmp_path / "data")
        shown = run("plan", data).stdout
        assert not {"\x1b", "\u202e"} & set(shown)
        assert "W" * 30 in shown
        assert "W" * 40 not in shown
        rows = list(csv.DictReader(io.StringIO(run("plan", data, "--format", "csv").stdout)))
        assert rows[0]["project_id"] == "'=1+1"

    def test_files(self, data: Path, tmp_path: Path) -> None:
        out = tmp_path / "new" / "plan"
        run("plan", data, "--out", out)
        assert {path.name for path in out.iterdir()} == {
            "summary.json",
            *(f"{name}.csv" for name in TABLES),
        }
        heads = {name: (out / f"{name}.csv").read_text().split("\n")[0] for name in TABLES}
        assert heads["selection"].startswith("project_id,option_id,selected,start,reason")
        assert heads["spend"] == "fund_id,programme_id,category,period,amount"
        assert heads["capacity"] == "role_id,period,demand,capacity"
        assert heads["binding"] == "family,key,lower,upper,activity,slack"
        rows = list(csv.reader((out / "selection.csv").read_text().splitlines()))
        assert rows[2][:4] == ["007", "", "true", "2027"]
        summary = json.loads((out / "summary.json").read_text())
        assert (summary["status"], summary["selected"]) == ("optimal", ["007"])

    def test_what_is_past_its_limits_is_said(self, data: Path, tmp_path: Path) -> None:
        """Both cost 9, and there is 10: eight tenths more are asked for, and told."""
        scenario = tmp_path / "soft.yaml"
        scenario.write_text("soften: {budget: 0.8}\n")
        out = tmp_path / "plan"
        shown = run("plan", data, "--scenario", scenario, "--out", out).stdout.splitlines()
        assert shown[-2:] == [
            "Past its limits, as the scenario lets it:",
            "  budget: What fund F pays in 2027 is 18, 8 more than the 10 allowed.",
        ]
        (row,) = csv.DictReader((out / "overshoot.csv").read_text().splitlines())
        assert (row["key"], row["limit"], row["overshoot"], row["share"]) == (
            "fund_id=F, period=2027", "10", "8", "0.8"
        )  # fmt: skip
        summary = json.loads((out / "summary.json").read_text())
        assert summary["overshoot"]["budget"]["limits"] == 1

    def test_without_a_plan_no_earlier_one_stays(
        self, data: Path, impossible: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "plan"
        out.mkdir()
        (out / "letter.txt").write_text("mine")
        (out / "my_spend.csv").write_text("mine")
        run("plan", data, "--out", out)
        result = run("plan", data, "--scenario", impossible, "--out", out, code=2)
        assert result.stdout == ""
        assert result.stderr.startswith("No plan is possible, as is seen before the solve:")
        assert "scenario 'impossible', change 1 (projects): '10' is too little" in result.stderr
        assert "cannot all hold together: " in result.stderr
        assert {path.name for path in out.iterdir()} == {
            *("letter.txt", "my_spend.csv", "summary.json")
        }
        assert (out / "letter.txt").read_text() == "mine"
        summary = json.loads((out / "summary.json").read_text())
        assert summary["status"] == "infeasible"
        assert summary["scenario"] == "impossible"
        assert all(summary[key] is None for key in ("objective", "bound", "selected", "spend"))

    def test_without_a_plan_for_machines(self, data: Path, impossible: Path) -> None:
        result = run("plan", data, "--scenario", impossible, "--format", "json", code=2)
        summary = json.loads(result.stdout)
        assert summary["status"] == "infeasible"
        assert [fault["table"] for fault in summary["faults"]] == ["budgets"]
        assert summary["conflict"]["proven"] is True
        assert summary["conflict"]["sentence"] in result.stderr

    def test_too_little_time(self, data: Path) -> None:
        result = CliRunner().invoke(
            main, ["plan", str(data), "--time-limit", "1e-9", "--format", "json"]
        )
        summary = json.loads(result.stdout)
        assert summary["status"] in ("optimal", "feasible", "no_solution")
        assert result.exit_code == (1 if summary["status"] == "no_solution" else 0)
        assert (summary["selected"] is None) == (summary["status"] == "no_solution")

    @pytest.mark.parametrize(
        "options",
        [
            *(["--time-limit", limit] for limit in ("0", "-1", "nan", "inf", "soon")),
            *(["--gap", gap] for gap in ("-0.1", "1", "nan", "10%")),
            *(["--threads", "-1"], ["--seed", "-1"], ["--seed", "1.5"], ["--format", "xml"]),
            ["--colour"],
        ],
    )
    def test_wrong_options(self, data: Path, options: list[str]) -> None:
        assert "Usage" in run("plan", data, *options, code=2).stderr

    def test_a_file_where_a_folder_is_to_be(self, data: Path, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        assert "is a file" in run("plan", data, "--out", tmp_path / "file", code=2).stderr
        shown = run("plan", data, "--out", tmp_path / "file" / "below", code=2)
        assert "cannot be written to" in shown.stderr
        assert (tmp_path / "file").read_text() == "mine"

    def test_solvers(self, data: Path) -> None:
        for name in ("highest", "GUROBI_CMD", ""):
            shown = run("plan", data, "--solver", name, code=2).stderr
            assert "highs" in shown
        assert "=Beta" in run("plan", data, "--solver", "cbc").stdout
        listed = json.loads(run("solvers", "--format", "json").stdout)
        here = {row["solver"] for row in listed if row["installed"]}
        assert {"highs", "pulp:HiGHS", "PULP_CBC_CMD"} <= here
        assert not any(row["installed"] for row in listed if row["solver"] == "SAS94")
        assert run("solvers").stdout.splitlines()[1].split() == ["highs", "installed", "directly"]
        assert run("solvers", "--format", "csv").stdout.startswith("solver,installed,called\n")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("objectivs: [npv]", "did you mean 'objectives'"),
            ("ignore: [budgets]", "did you mean 'budget'"),
            ("changes: [{table: projects, drop: {project_id: Z}}]", "change 1 (projects)"),
            ("objectives: [npv]", "need the table benefits"),
            (": :", "is not YAML"),
        ],
    )
    def test_wrong_scenarios(self, data: Path, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "s.yaml"
        path.write_text(text)
        assert said in run("plan", data, "--scenario", path, code=2).stderr

    def test_faulty_data_and_no_scenario(self, faulty: Path, tmp_path: Path) -> None:
        assert "2 faults" in run("plan", faulty, "--out", tmp_path / "plan", code=2).stderr
        assert not (tmp_path / "plan").exists()
        shown = run("plan", faulty, "--scenario", tmp_path / "none.yaml", code=2)
        assert "2 faults" in shown.stderr or "no such scenario file" in shown.stderr


class TestReportBoard:
    def test_is_published(self, data: Path, tmp_path: Path) -> None:
        (data / "budgets.csv").write_text('fund_id,period,amount\nF,2027,"10,0"\n')
        done = shell("report", "board", data, "--period", "2027", "--decimal", ",", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        page = Path(re.fullmatch(r"Published: (.+)\n", done.stdout)[1])  # type: ignore[index]
        run_folder = page.parent
        home = tmp_path / "reports" / "tiny-" / "2027"
        assert run_folder.parents[3].parent == home.parents[1]
        assert run_folder.parents[1].name == "board"
        assert run_folder.parents[2].name == "2027"
        assert json.loads((run_folder.parent / "latest.json").read_text())["path"] == (
            run_folder.name
        )
        assert "<h1" in page.read_text(encoding="utf-8")

    def test_no_plan_is_no_report(self, data: Path, impossible: Path, tmp_path: Path) -> None:
        reports = tmp_path / "published"
        result = run(
            "report", "board", data, "--scenario", impossible, "--reports", reports, code=2
        )
        assert "No plan is possible" in result.stderr
        assert "cannot all hold together: " in result.stderr
        assert not list(reports.rglob("latest.json"))
        (manifest,) = reports.rglob("failed/*/manifest.json")
        assert "No plan is possible" in json.loads(manifest.read_text())["error"]

    @pytest.mark.parametrize(
        "period",
        ["../../x", "2026-13", "2026-1", "2026Q5", "26", "/etc", "2026-11-01", " ", "٢٠٢٦"],
    )
    def test_a_period_that_is_none_starts_no_run(
        self, data: Path, tmp_path: Path, period: str
    ) -> None:
        before = sorted(tmp_path.rglob("*"))
        reports = tmp_path / "reports"
        shown = run("report", "board", data, "--period", period, "--reports", reports, code=2)
        assert f"'{period}' is not a period" in shown.stderr
        assert sorted(tmp_path.rglob("*")) == before

    def test_missing_data_or_scenario_starts_no_run(self, data: Path, tmp_path: Path) -> None:
        reports = tmp_path / "reports"
        shown = run("report", "board", tmp_path / "no", "--reports", reports, code=2)
        assert f"there is no {tmp_path / 'no'}" in shown.stderr
        scenario = ["--scenario", tmp_path / "no.yaml"]
        shown = run("report", "board", data, *scenario, "--reports", reports, code=2)
        assert "no such scenario file" in shown.stderr
        assert "Usage" in run("report", "board", "--reports", reports, code=2).stderr
        (tmp_path / "bad.yaml").write_text("objectivs: [npv]")
        scenario = ["--scenario", tmp_path / "bad.yaml"]
        shown = run("report", "board", data, *scenario, "--reports", reports, code=2)
        assert "did you mean 'objectives'" in shown.stderr
        assert not reports.exists()

    def test_a_reports_folder_that_cannot_be(self, data: Path, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        shown = run("report", "board", data, "--reports", tmp_path / "file", code=2)
        assert "is a file" in shown.stderr
        shown = run("report", "board", data, "--reports", tmp_path / "file" / "in", code=1)
        assert "cannot be written" in shown.stderr
        assert (tmp_path / "file").read_text() == "mine"

    @pytest.mark.skipif(
        hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere"
    )
    def test_a_reports_folder_without_leave(self, data: Path, tmp_path: Path) -> None:
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        shown = run("report", "board", data, "--reports", locked / "in", code=1)
        assert "cannot be written" in shown.stderr


def sample() -> bool:
    try:
        find_sample()
    except ReportError:
        return False
    return True


class TestDemo:
    def test_says_where_the_sample_should_be(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("portfolio.reports.places.__file__", str(tmp_path / "a" / "b" / "c.py"))
        shown = run("demo", "--reports", tmp_path / "reports", code=1)
        assert "The sample portfolio is in neither" in shown.stderr
        assert not (tmp_path / "reports").exists()


class TestErrors:
    @pytest.mark.parametrize(
        "arguments",
        [[], ["chek"], ["check"], ["plan"], ["report"], ["report", "bord"], ["import", "x"],
         ["template"], ["--format", "json"], ["check", "a", "b"]],
    )  # fmt: skip
    def test_usage(self, arguments: list[str]) -> None:
        assert "Usage: " in run(*arguments, code=2).output

    def test_help_and_version(self) -> None:
        for command in ([], ["check"], ["plan"], ["report", "board"], ["demo"], ["import", "gmpp"]):
            for flag in ("-h", "--help"):
                assert "Usage" in run(*command, flag).output
        assert run("--version").output.startswith("portfolio, version ")

    def test_debug_shows_where(self, tmp_path: Path) -> None:
        scenario = ["--scenario", "none.yaml"]
        plain = shell("plan", find_data(tmp_path), *scenario, cwd=tmp_path)
        assert (plain.returncode, plain.stdout) == (2, "")
        assert plain.stderr == "none.yaml: there is no such scenario file\n"
        debug = shell("--debug", "plan", find_data(tmp_path), *scenario, cwd=tmp_path)
        assert debug.returncode != 0
        assert "Traceback" in debug.stderr
        assert "ScenarioError" in debug.stderr

    def test_what_nobody_expected_is_a_sentence_too(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: Any, **options: Any) -> None:
            raise KeyError("project_id")

        monkeypatch.setattr("portfolio.data.read.read_portfolio", broken)
        shown = run("check", data, code=1)
        assert shown.output == (
            "This should not have happened: KeyError: 'project_id'. Where: portfolio --debug ...\n"
        )
        debug = CliRunner().invoke(main, ["--debug", "check", str(data)])
        assert isinstance(debug.exception, KeyError)

    def test_an_old_terminal_without_utf8(self, small: Small, tmp_path: Path) -> None:
        made = small({"A": {"value": 1, "name": "Größe 超"}})
        data = write_folder(made.tables, tmp_path / "data")
        done = shell("plan", data, cwd=tmp_path, PYTHONIOENCODING="ascii")
        assert "Traceback" not in done.stderr

    def test_a_reader_that_goes_away(self, data: Path) -> None:
        command = f'"{sys.executable}" -m portfolio.cli check "{data}" --format json | true'
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.stderr == ""


def find_data(folder: Path) -> Path:
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "settings.csv").write_text(
        "key,value\nname,Tiny\ncurrency,EUR\nfrequency,year\nfirst_period,2027\nperiods,1\n"
    )
    (data / "projects.csv").write_text("project_id,name,stage,value\nA,Alpha,proposed,1\n")
    (data / "budgets.csv").write_text("fund_id,period,amount\nF,2027,5\n")
    return data


def test_progress_is_told_on_a_terminal(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no terminals of its own")
    leader, follower = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "portfolio.cli", "plan", str(find_data(tmp_path))],
        stdout=follower,
        stderr=follower,
        env={**os.environ, "COLUMNS": "60"},
    )
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 4096):
            shown += part
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(leader)
    assert done.wait(60) == 0
    lines = shown.decode().replace("\r", "").splitlines()
    assert any("building the model" in line for line in lines)
    (row,) = [line for line in lines if line.startswith("A  ")]
    assert row.endswith("…")
    assert len(row) <= 70
