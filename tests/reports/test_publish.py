from __future__ import annotations

import json
from pathlib import Path

import pytest

from portfolio.errors import ReportError
from portfolio.reports.edition import draft_line
from portfolio.reports.kinds import BOARD
from portfolio.reports.places import find_notebook
from portfolio.reports.publish import publish_report
from portfolio.reports.store import Place, find_runs

from .notebooks import PARAMETERS, code, write

SUMMARY = """
import json
from pathlib import Path
summary = {"portfolio": "Water & Co", "period": period, "scenario": "baseline",
           "status": "optimal", "objective": 1.5, "gap": 0.0, "seconds": 0.1, "seed": seed}
(Path(out) / "summary.json").write_text(json.dumps(summary))
(Path(out) / "selection.csv").write_text("project_id\\nP01\\n")
"""
SHOW = """
from IPython.display import HTML
HTML(f'<header class="report-title"><h1>{run_id}</h1></header>')
"""
ALL = PARAMETERS + "seed: int = 0\nrun_id: str = ''\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "My data"
    folder.mkdir()
    (folder / "projects.csv").write_text("project_id\nP01\n")
    return folder


def test_publish_a_board_report_and_fail_the_next(tmp_path: Path, data: Path) -> None:
    reports = tmp_path / "reports"
    scenario = tmp_path / "cut.yaml"
    scenario.write_text("scenario: cut\n")
    source = write(tmp_path / "n.ipynb", SUMMARY, SHOW, parameters=ALL)
    done = publish_report(
        BOARD,
        data,
        period="2026-11",
        scenario=scenario,
        reports=reports,
        parameters={"seed": 7},
        notebook=source,
    )
    assert done.folder.parent.parent.name == "board"
    assert done.folder.parent.parent.parent.name == "2026-11"
    assert done.folder.is_relative_to(reports)
    assert {path.name for path in done.folder.iterdir()} == {
        *("report.html", "report.ipynb", "summary.json", "selection.csv"),
        *("manifest.json", "SHA256SUMS"),
    }
    page = done.page.read_text()
    assert "<title>Water &amp; Co: board report Nov 2026</title>" in page
    assert f"<h1>{done.run_id}</h1>" in page
    assert page.count(draft_line()) == 1
    manifest = json.loads((done.folder / "manifest.json").read_text())
    assert manifest["portfolio"] == "Water & Co"
    assert manifest["parameters"] == {
        "data": str(data),
        "scenario": str(scenario),
        "period": "2026-11",
        "out": ".",
        "seed": 7,
        "run_id": done.run_id,
    }
    assert set(manifest["inputs"]) == {"projects.csv", "scenario/cut.yaml"}
    assert (manifest["status"], manifest["gap"], manifest["seed"]) == ("optimal", 0.0, 7)
    assert manifest["notebook"]["name"] == "n.ipynb"
    assert manifest["versions"]["papermill"]
    latest = done.folder.parent / "latest.json"
    before = latest.read_bytes()

    infeasible = write(
        tmp_path / "n.ipynb",
        SUMMARY,
        code("from portfolio.errors import SolveError\nraise SolveError('Nothing is feasible.')"),
        parameters=ALL,
    )
    with pytest.raises(ReportError, match=r"^Nothing is feasible\.") as caught:
        publish_report(BOARD, data, period="2026-11", reports=reports, notebook=infeasible)
    assert caught.value.exit_code == 1
    assert latest.read_bytes() == before
    # the run never said whose it was, so it stands under the name of its data
    (failed,) = reports.glob("my-data-*/2026-11/board/baseline/failed/*")
    assert json.loads((failed / "manifest.json").read_text())["error"] == "Nothing is feasible."
    log = (failed / "log.txt").read_text()
    assert log.startswith("Nothing is feasible.\n")
    assert "raise SolveError('Nothing is feasible.')" in log
    assert "\x1b" not in log
    assert (failed / "report.ipynb").is_file()
    assert not (failed / "report.html").exists()


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1", "left no readable summary.json"),
        ("open('summary.json', 'w').write('{}')", "does not say portfolio, period, scenario"),
        (SUMMARY + "\nopen(data + '/projects.csv', 'a').write('P02')", "was changed while"),
    ],
)
def test_a_run_that_cannot_be_trusted(tmp_path: Path, data: Path, cell: str, said: str) -> None:
    source = write(tmp_path / "n.ipynb", cell, parameters=ALL)
    with pytest.raises(ReportError, match=said):
        publish_report(BOARD, data, period="2026-11", reports=tmp_path / "r", notebook=source)
    assert not list((tmp_path / "r").rglob("latest.json"))
    assert len(list((tmp_path / "r").rglob("failed/*/manifest.json"))) == 1


def test_an_unknown_parameter_or_notebook(tmp_path: Path, data: Path) -> None:
    source = write(tmp_path / "n.ipynb", "1")
    with pytest.raises(ReportError, match="no parameter 'sed'"):
        publish_report(BOARD, data, reports=tmp_path / "r", notebook=source, parameters={"sed": 1})
    with pytest.raises(ReportError, match="is in neither"):
        find_notebook("99-absent.ipynb")


def test_a_failed_run_stands_with_the_good_ones_of_its_report(tmp_path: Path, data: Path) -> None:
    settings = "key,value\nname,Water & Co\nfrequency,month\nfirst_period,2027-01\n"
    (data / "settings.csv").write_text(settings + "data_date,2026-11-30\n")
    scenario = tmp_path / "file-name.yaml"
    scenario.write_text("scenario: cut\n")
    source = write(tmp_path / "n.ipynb", "raise ValueError('odd')", parameters=ALL)
    with pytest.raises(ReportError, match="ValueError: odd"):
        publish_report(BOARD, data, scenario=scenario, reports=tmp_path / "r", notebook=source)
    (run,) = find_runs(tmp_path / "r")
    assert run.state == "failed"
    assert run.place == Place("board", "Water & Co", "2026-11", "cut")


def test_a_run_that_takes_too_long(tmp_path: Path, data: Path) -> None:
    source = write(tmp_path / "n.ipynb", "1", "import time; time.sleep(60)", parameters=ALL)
    reports = tmp_path / "r"
    with pytest.raises(ReportError, match=r"longer than the 1\.5 seconds that the whole run may"):
        publish_report(BOARD, data, reports=reports, notebook=source, run_timeout=1.5)
    (run,) = find_runs(reports)
    assert run.state == "failed"
