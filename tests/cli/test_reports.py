from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portfolio.cli import main
from portfolio.errors import SolveError
from portfolio.reports.edition import draft_line
from portfolio.reports.store import Place, stage
from portfolio.reports.store.runs import FACTS

PLACE = Place("board", "=Water\x07", "2026-11", "baseline")


def run(*given: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(one) for one in given])
    assert result.exit_code == code, result.output
    return result


def publish(reports: Path) -> str:
    with stage(reports, PLACE) as staging:
        (staging.folder / "report.html").write_text(draft_line())
        return staging.publish({"status": "optimal"}, ["report.html"]).name


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder with two good runs, and one that failed between them."""
    publish(tmp_path)
    with pytest.raises(SolveError), stage(tmp_path, PLACE):
        raise SolveError("Nothing is feasible:\nthe budget is too small.")
    publish(tmp_path)
    return tmp_path


def listed(reports: Path, *more: str) -> list[dict[str, Any]]:
    found = json.loads(
        run("reports", "list", "--reports", reports, "--format", "json", *more).stdout
    )
    assert isinstance(found, list)
    return found


def test_the_list_shows_the_failed_run_and_why(reports: Path) -> None:
    rows = listed(reports)
    assert [row["state"] for row in rows] == ["draft", "failed", "draft"]
    assert list(rows[0]) == list(FACTS)
    assert rows[1]["error"] == "Nothing is feasible:\nthe budget is too small."
    assert listed(reports, "--state", "failed") == [rows[1]]
    assert listed(reports, "--kind", "capacity") == []
    shown = run("reports", "list", "--reports", reports).stdout
    assert "Nothing is feasible: the budget is too small." in shown
    assert "\x07" not in shown
    text = run("reports", "list", "--reports", reports, "--format", "csv").stdout
    (first, *_) = csv.DictReader(io.StringIO(text))
    assert first["portfolio"] == "'=Water\x07"


def test_verify_says_what_is_not_whole(reports: Path) -> None:
    assert run("reports", "verify", "--reports", reports).stdout == "2 runs and issues are whole.\n"
    newest = Path(listed(reports)[0]["folder"])
    (newest / "report.html").chmod(0o644)
    (newest / "report.html").write_text("better")
    shown = run("reports", "verify", "--reports", reports, code=1).stdout
    assert f"{newest}  report.html was changed" in shown
    said = run("reports", "verify", "--reports", reports, "--format", "json", code=1).stdout
    fault = {"folder": str(newest), "fault": "report.html was changed"}
    assert json.loads(said) == {"checked": 2, "problems": [fault]}
    said = run("reports", "verify", "--reports", reports, "--format", "csv", code=1).stdout
    assert list(csv.DictReader(io.StringIO(said))) == [fault]


def test_issue_and_prune(reports: Path) -> None:
    oldest = listed(reports)[-1]["run_id"]
    said = run("reports", "issue", oldest, "--by", "J. Doe", "--reports", reports).stdout
    assert said.startswith(f"Issued {oldest}, the board report of =Water")
    assert listed(reports, "--state", "issued")[0]["issued_by"] == "J. Doe"
    assert "by J. Doe, 2" in run("reports", "list", "--reports", reports).stdout
    run("reports", "issue", oldest, "--by", "J. Doe", "--reports", reports, code=2)
    dry = run("reports", "prune", "--keep", 0, "--dry-run", "--reports", reports).stdout
    assert dry == run("reports", "prune", "--keep", 0, "--reports", reports).stdout
    assert [row["state"] for row in listed(reports)] == ["draft", "issued"]
    assert "Nothing is" in run("reports", "prune", "--keep", 0, "--reports", reports).stdout
    assert run("reports", "sweep", "--reports", reports).stdout == "Nothing is left over.\n"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    for command in (["list"], ["verify"], ["prune"], ["sweep"], ["issue", "2", "--by", "J. Doe"]):
        result = run("reports", *command, "--reports", tmp_path / "absent", code=2)
        assert f"There is no folder {tmp_path / 'absent'}; name the" in result.output
    assert run("reports", "list", "--reports", tmp_path).stdout == "There are no runs.\n"
    assert (
        json.loads(run("reports", "list", "--reports", tmp_path, "--format", "json").stdout) == []
    )
    header = run("reports", "list", "--reports", tmp_path, "--format", "csv").stdout
    assert header.strip().split(",") == list(FACTS)
