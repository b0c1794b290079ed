"""Commands about people: where they are short, whom to ask, what they answer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

Small = Callable[..., Portfolio]


def run(*arguments: object, code: int = 0) -> Result:
    """Run the command in this process: the exit code is as said, and no traceback is shown."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    assert "Traceback" not in result.output
    return result


@pytest.fixture(scope="module")
def data(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people for A and B, which want three at once; p is booked for too much."""
    booked = {"person_id": "p", "role_id": "R", "period": "2027"}
    portfolio = small(
        {"A": {"value": 2, "need": [1.5, 1]}, "B": {"value": 1, "need": [1.5]}},
        periods=2,
        people={"p": {"R": 1}, "q": {"R": 1}},
        locations=[{"location_id": "N", "name": "North"}],
        assignments=[
            {**booked, "project_id": "A", "fte": 0.8, "booking": "committed"},
            {**booked, "project_id": "B", "fte": 0.5, "booking": "proposed"},
        ],
    )
    return write_folder(portfolio.tables, tmp_path_factory.mktemp("people") / "data")


@pytest.fixture(scope="module")
def allocated(data: Path) -> Path:
    out = data.parent / "staff"
    run("allocate", data, "--out", out, "--gap", "0", "--threads", "1")
    return out


class TestCapacity:
    def test_what_is_wanted_the_bottlenecks_first(self, data: Path) -> None:
        said = run("capacity", data).output
        assert said.splitlines()[0].split()[:2] == ["role", "name"]
        first = said.splitlines()[2 - 1]
        assert first.split()[0] == "R"
        assert "1.00 in 2027" in first
        assert "Of 4.0 FTE-periods that projects want, 1.0 are short" in said
        assert "1 person is booked for more than there is, by 0.00 FTE-periods committed" in said
        assert "A 0.8, B 0.5 proposed" in said

    def test_json_is_for_machines(self, data: Path) -> None:
        facts = json.loads(run("capacity", data, "--format", "json").stdout)
        assert (facts["basis"], facts["demand_of"], facts["deficit"]) == ("at_will", "wanted", 1)
        rows = json.loads(run("capacity", data, "--format", "json", "--by", "person").stdout)
        assert {row["person_id"] for row in rows} == {"p", "q"}
        assert rows[0]["worked"] is None

    @pytest.mark.parametrize("by", ["role", "pool", "location", "programme", "person"])
    def test_by(self, data: Path, by: str) -> None:
        assert "Sums of FTE" in run("capacity", data, "--by", by).output
        rows = csv.DictReader(
            io.StringIO(run("capacity", data, "--by", by, "--format", "csv").stdout)
        )
        assert {row["period"] for row in rows} <= {"2027", "2028"}

    def test_of_an_allocation_and_its_plan(self, data: Path, allocated: Path) -> None:
        out = data.parent / "capacity"
        said = run("capacity", data, "--allocation", allocated, "--out", out).output
        assert "that the plan needs, nothing is short with people as they are named" in said
        summary = json.loads((out / "summary.json").read_text())
        assert (summary["basis"], summary["demand_of"]) == ("allocation", "plan")
        assert (out / "today.csv").is_file()
        at_will = run("capacity", data, "--plan", allocated / "plan").output
        assert "people divided at will" in at_will

    def test_careless(self, data: Path, allocated: Path, tmp_path: Path) -> None:
        assert (
            "holds no folder plan" in run("capacity", data, "--allocation", tmp_path, code=2).output
        )
        assert "no whole plan" in run("capacity", data, "--plan", tmp_path, code=2).output
        assert "does not exist" in run("capacity", tmp_path / "none", code=2).output
        other = tmp_path / "other"
        write_folder(
            {n: f for n, f in _tables(data).items() if n not in ("demand", "assignments")}, other
        )
        (other / "projects.csv").write_text("project_id,name,stage,value\nZ,Zed,proposed,1\n")
        said = run("capacity", other, "--plan", allocated / "plan", code=2).output
        assert "is a project of the plan and not of the data" in said


def _tables(data: Path) -> dict[str, object]:
    from portfolio.data.read import read_portfolio

    return dict(read_portfolio(data).tables)


class TestStaffing:
    def test_round_trip(self, data: Path, allocated: Path, tmp_path: Path) -> None:
        out = tmp_path / "requests"
        asked = ["staffing", "request", data, "--allocation", allocated, "--out", out]
        facts = json.loads(run(*asked, "--format", "json").stdout)
        assert [one["line"] for one in facts] == ["role R"]
        assert "already" in run(*asked, code=2).output
        run(*asked, "--force")
        book = openpyxl.load_workbook(facts[0]["workbook"])
        sheet = book.worksheets[1]
        header = [cell.value for cell in sheet[1]]
        answer = header.index("answer")
        for row in sheet.iter_rows(min_row=2):
            row[answer].value = "agreed"
        book.save(facts[0]["workbook"])
        table = tmp_path / "assignments.csv"
        given = ["staffing", "answers", data, facts[0]["workbook"], "--out", table]
        said = json.loads(run(*given, "--format", "json").stdout)
        assert said["agreed"] == facts[0]["rows"]
        assert "already" in run(*given, code=2).output
        assert "Put it in the place" in run(*given, "--force").output
        (data.parent / "after").mkdir()
        after = write_folder(_tables(data), data.parent / "after" / "data")
        (after / "assignments.csv").write_bytes(table.read_bytes())
        assert "no faults" in run("check", after).output
        again = data.parent / "again"
        run("allocate", after, "--out", again, "--gap", "0", "--threads", "1")
        before, now = ((f / "allocation.csv").read_text() for f in (allocated, again))
        assert sorted(now.splitlines()) == sorted(before.splitlines())

    def test_wrong_answers_write_nothing(self, data: Path, allocated: Path, tmp_path: Path) -> None:
        out = tmp_path / "requests"
        run("staffing", "request", data, "--allocation", allocated, "--out", out)
        (path,) = out.glob("*.xlsx")
        book = openpyxl.load_workbook(path)
        for place in (2, 3):
            book.worksheets[1].cell(place, 10).value = "perhaps"
        book.save(path)
        table = tmp_path / "assignments.csv"
        said = run("staffing", "answers", data, path, "--out", table, code=2).output
        assert said.count("'perhaps' is not a word that this column knows") == 2
        assert f"{path.name}[role R], row 3, column answer" in said
        assert list(tmp_path.glob("*.csv")) == []

    def test_careless(self, data: Path, allocated: Path, tmp_path: Path) -> None:
        asked = ["staffing", "request", data, "--out", tmp_path / "out"]
        said = run(*asked, "--allocation", tmp_path, code=2).output
        assert "holds no whole allocation" in said
        said = run(*asked, "--allocation", allocated, "--until", "2031", code=2).output
        assert "'2031' is no period of the data" in said
        said = run("staffing", "answers", data, data, "--out", tmp_path / "a.csv", code=2).output
        assert "is no file" in said
        assert not (tmp_path / "out").exists()
