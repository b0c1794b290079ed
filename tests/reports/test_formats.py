"""A run with several formats: all in one published folder, or none."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader

from portfolio.errors import ReportError
from portfolio.reports import pdf
from portfolio.reports.format_names import FORMATS, SLIDES
from portfolio.reports.formats import write_formats
from portfolio.reports.kinds import BOARD
from portfolio.reports.publish import PublishedRun, publish_report
from portfolio.reports.slides_template import write_slides_template
from portfolio.reports.store import HASHES, issue_run

from . import documents
from .notebooks import write
from .test_publish import ALL, SUMMARY

SHOW = """
from portfolio.reports import pieces
pieces.heading("A report", period) + pieces.finding("All is well")
"""


def published(tmp_path: Path, *formats: str, slides: Path | None = None) -> PublishedRun:
    data = tmp_path / "data"
    data.mkdir()
    (data / "projects.csv").write_text("project_id\nP01\n")
    return publish_report(
        BOARD,
        data,
        period="2026-11",
        reports=tmp_path / "reports",
        notebook=write(tmp_path / "n.ipynb", SUMMARY, SHOW, parameters=ALL),
        formats=formats,
        slides=slides,
    )


def test_all_formats_stand_in_one_run_with_their_hashes_and_are_issued_with_it(
    tmp_path: Path,
) -> None:
    template = write_slides_template(tmp_path / "mine.pptx")
    run = published(tmp_path, "html", "pdf", "pptx", "xlsx", slides=template)
    assert run.files == {name: run.folder / file for name, file in FORMATS.items()}
    hashes = (run.folder / HASHES).read_text()
    for path in (*run.files.values(), run.folder / SLIDES):
        assert f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" in hashes
    text = PdfReader(run.files["pdf"]).pages[0].extract_text()
    assert "All is well" in text
    assert f"Run {run.run_id} · Draft, not issued" in text
    issue_run(tmp_path / "reports", run.run_id, by="J. Doe")
    issued = run.folder.parent / "issued" / run.run_id
    assert {path.name for path in issued.iterdir()} >= set(FORMATS.values())
    assert "by J. Doe" in PdfReader(issued / "report.pdf").pages[0].extract_text()
    deck = Presentation(str(issued / "report.pptx"))
    assert any("by J. Doe" in s.text_frame.text for s in deck.slides[0].placeholders)


def test_a_format_that_fails_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ReportError("The document could not be set: no ink.")

    monkeypatch.setattr(pdf, "write_pdf", broken)
    with pytest.raises(ReportError, match="no ink"):
        published(tmp_path, "pdf", "xlsx")
    assert not list((tmp_path / "reports").rglob("latest.json"))
    (manifest,) = (tmp_path / "reports").rglob("failed/*/manifest.json")
    assert "no ink" in json.loads(manifest.read_text())["error"]


def test_a_template_that_is_none_is_refused_before_a_run_begins(tmp_path: Path) -> None:
    (tmp_path / "mine.pptx").write_text("no slides")
    with pytest.raises(ReportError, match="no presentation") as caught:
        published(tmp_path, "pptx", slides=tmp_path / "mine.pptx")
    assert caught.value.exit_code == 2
    assert not (tmp_path / "reports").exists()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "report.xlsx").mkdir()
    with pytest.raises(ReportError, match=r"report\.xlsx cannot be written"):
        write_formats(documents.executed(["A", "B"]), documents.about(), tmp_path, ["xlsx"])


def test_all_formats_say_the_same(tmp_path: Path) -> None:
    notebook = documents.executed(["Pump", "Main"])
    made = write_formats(notebook, documents.about(), tmp_path, list(FORMATS))
    assert made == ["report.pdf", "report.pptx", "report.xlsx"]
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages)
    deck = Presentation(str(tmp_path / "report.pptx"))
    said = "\n".join(
        shape.text_frame.text for slide in deck.slides for shape in slide.shapes
        if shape.has_text_frame
    )  # fmt: skip
    for words in ("2 are funded", "Approve Pump.", "Spend passes the budget in Mar 27"):
        assert words in text
        assert words in said
