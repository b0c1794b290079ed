from __future__ import annotations

import json
import stat
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook

from portfolio.errors import ReportError
from portfolio.reports import formats
from portfolio.reports.document import About
from portfolio.reports.edition import draft_line, issued_page
from portfolio.reports.store import find_run, find_runs, issue_run, stage
from portfolio.reports.store.issue import issues

from .published import HOME, PLACE, content, fail, pointer, publish, writable


def test_issuing_leaves_the_run_as_it_is(tmp_path: Path) -> None:
    run = publish(tmp_path, "what was decided")
    before = content(run)
    issue = issue_run(tmp_path, run.name[:12], " J.  Doe <PMO> ")
    assert content(run) == before
    assert issue.folder == tmp_path / HOME / "issued" / run.name
    record = json.loads((issue.folder / "issue.json").read_text())
    assert record["by"] == issue.by == "J. Doe <PMO>"
    assert record["run_seal"] == sha256((run / "SHA256SUMS").read_bytes()).hexdigest()
    assert record["previous"] is None
    page = issue.page.read_text()
    assert "what was decided" in page
    assert f"On {record['issued'][:10]} by J. Doe &lt;PMO&gt;." in page
    assert "Draft" not in page
    assert stat.S_IMODE(issue.page.stat().st_mode) == 0o444
    assert pointer(tmp_path, "issued.json")["path"] == f"issued/{run.name}"
    (found,) = find_runs(tmp_path)
    assert (found.state, found.facts()["issued_by"]) == ("issued", "J. Doe <PMO>")


def test_issues_stand_in_a_row_over_periods(tmp_path: Path) -> None:
    first, second = publish(tmp_path), publish(tmp_path, period="2026-12", scenario="cut")
    other = publish(tmp_path, audience="internal")
    for run in (first, other, second):
        issue_run(tmp_path, run.name, "J. Doe")
    row = issues(tmp_path, PLACE)
    assert [issue.run.run_id for issue in row] == [first.name, second.name]
    record = json.loads((row[1].folder / "issue.json").read_text())
    assert record["previous"]["run_id"] == first.name


def test_what_cannot_be_issued(tmp_path: Path) -> None:
    run = publish(tmp_path)
    with pytest.raises(ReportError, match="nobody is named") as caught:
        issue_run(tmp_path, run.name, "  ")
    assert caught.value.exit_code == 2
    with pytest.raises(ReportError, match="there are no runs"):
        issue_run(tmp_path / "absent", run.name, "J. Doe")
    with pytest.raises(ReportError, match=f"did you mean '{run.name}'"):
        issue_run(tmp_path, run.name + "x", "J. Doe")
    with pytest.raises(ReportError, match="There is no run"):
        issue_run(tmp_path, "", "J. Doe")
    issue_run(tmp_path, str(run), "J. Doe")
    with pytest.raises(ReportError, match=r"was issued already, on 2.* by J\. Doe") as caught:
        issue_run(tmp_path, run.name, "Somebody else")
    assert caught.value.exit_code == 2
    with pytest.raises(ValueError, match="odd"):
        fail(tmp_path, ValueError("odd"))
    failed = next(run for run in find_runs(tmp_path) if run.state == "failed")
    with pytest.raises(ReportError, match="is failed: only a draft"):
        issue_run(tmp_path, failed.run_id, "J. Doe")
    with pytest.raises(ReportError, match="Several runs begin with 2"):
        find_run(tmp_path, "2")


def test_a_run_that_is_not_whole_is_not_issued(tmp_path: Path) -> None:
    run = publish(tmp_path)
    writable(run)
    (run / "report.html").write_text(f"{draft_line()} better")
    with pytest.raises(ReportError, match=r"not whole.*report\.html was changed") as caught:
        issue_run(tmp_path, run.name, "J. Doe")
    assert caught.value.exit_code == 1
    assert not (tmp_path / HOME / "issued" / run.name).exists()
    assert not any((tmp_path / ".staging").iterdir())


def test_a_page_with_no_line_or_two() -> None:
    for page in ("", draft_line() * 2):
        with pytest.raises(ReportError, match="no single line that says draft"):
            issued_page(page, "J. Doe", "2026-11-26")


def test_documents_of_other_formats_are_issued_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[About, list[str]]] = []

    def write(
        _notebook: object, about: About, folder: Path, names: list[str], slides: Path | None
    ) -> list[str]:
        assert slides is None
        written.append((about, names))
        (folder / "report.pdf").write_text(about.edition)
        return ["report.pdf"]

    monkeypatch.setattr(formats, "write_formats", write)
    with stage(tmp_path, replace(PLACE, audience="names")) as staging:
        (staging.folder / "report.html").write_text(draft_line())
        (staging.folder / "report.pdf").write_text("Draft, not issued")
        nbformat.write(new_notebook(), staging.folder / "report.ipynb")
        run = staging.publish({}, ["report.html"])
    issue = issue_run(tmp_path, run.name, "J. Doe")
    ((about, names),) = written
    assert set(names) == {"html", "pdf"}
    assert (about.portfolio, about.run_id) == ("water", run.name)
    words = f"Issued on {issue.at[:10]} by J. Doe. With names of people"
    assert (issue.folder / "report.pdf").read_text() == about.edition == words
    assert (run / "report.pdf").read_text() == "Draft, not issued"
