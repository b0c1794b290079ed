"""PDF: tagged, in its own font, the same words as the page, whatever names say."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from portfolio.errors import ReportError
from portfolio.figures.labels import clean
from portfolio.reports import pdf, pieces
from portfolio.reports.document import Document, Figure, Section, read_document
from portfolio.reports.pieces import Paragraphs

from . import documents


def written(document: Document, folder: Path) -> PdfReader:
    pdf.write_pdf(document, folder / "report.pdf")
    return PdfReader(folder / "report.pdf")


def words(reader: PdfReader) -> str:
    """All text without white space, as lines are broken where they may."""
    return re.sub(r"[\s\u200b]", "", "".join(page.extract_text() for page in reader.pages))


def said(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_it_is_tagged_named_and_in_its_own_font(tmp_path: Path) -> None:
    reader = written(documents.document(["Pump", "Main"]), tmp_path)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == "Water: board report Nov 2026"
    assert reader.metadata.creation_date == documents.MADE.replace(microsecond=0)
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert fonts
    assert all("LiberationSans" in font for font in fonts)


def test_pages_are_a4_and_say_whose_they_are(tmp_path: Path) -> None:
    reader = written(documents.document(["Pump", "Main"]), tmp_path)
    number = len(reader.pages)
    assert number > 3
    for at, page in enumerate(reader.pages, start=1):
        assert sorted(round(float(side)) for side in page.mediabox[2:]) == [595, 842]
        text = page.extract_text()
        assert "Run RUN-1 · Draft, not issued" in text
        assert f"{at} / {number}" in text
        assert at == 1 or "board report · Nov 2026" in text


def test_figures_have_alternative_text_and_their_headline_is_a_heading(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    figures = [b for section in document for b in section.blocks if isinstance(b, Figure)]
    reader = written(document, tmp_path)
    tags: dict[str, list[str]] = {}

    def walk(node: object) -> None:
        node = getattr(node, "get_object", lambda: node)()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            tags.setdefault(str(node.get("/S")), []).append(str(node.get("/Alt", "")))
            walk(node.get("/K", []))

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert sorted(tags["/Figure"]) == sorted(figure.alt for figure in figures)
    assert len(tags["/H2"]) > len(figures)
    assert tags["/TH"]
    text = words(reader)
    assert all(said(figure.title) in text for figure in figures)


def test_a_long_table_has_its_headings_on_each_page(tmp_path: Path) -> None:
    names = [f"Project {i}" for i in range(90)]
    reader = written(documents.document(names), tmp_path)
    holding = [p.extract_text() for p in reader.pages if re.search(r"P0\d\d", p.extract_text())]
    assert len(holding) > 2
    assert all("Id" in text and "Why" in text for text in holding)
    text = words(reader)
    assert all(said(name) in text for name in names)


def test_hostile_names_are_text(tmp_path: Path) -> None:
    reader = written(documents.document(documents.HOSTILE), tmp_path)
    text = words(reader)
    for name in documents.HOSTILE:
        # what no font has is a box; which fonts there are depends on the computer
        plain = re.sub(r"[\U0001f680\u4e2d\u6587]", "", said(clean(name)))
        assert plain in re.sub(r"[\u25a1\U0001f680\u4e2d\u6587]", "", text), name
    assert "\u202e" not in text
    assert not any("/Annots" in page for page in reader.pages)


def test_signs_that_no_font_has_are_boxes_and_it_says_so(tmp_path: Path) -> None:
    unknown = Paragraphs(("A\U000f0000B \U00030000C",))
    document = Document(documents.about(), (Section((unknown,), frozenset()),))
    text = words(written(document, tmp_path))
    assert "A\u25a1B\u25a1C" in text
    assert said("stands for a sign that no font") in text
    plain = Document(documents.about(), (Section((Paragraphs(("A",)),), frozenset()),))
    assert "\u25a1" not in words(written(plain, tmp_path))


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    written(document, tmp_path)
    first = (tmp_path / "report.pdf").read_bytes()
    written(document, tmp_path)
    assert (tmp_path / "report.pdf").read_bytes() == first


def test_a_figure_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    broken = Figure("A figure", "<svg", title="T", head=10)
    document = Document(documents.about(), (Section((broken,), frozenset()),))
    with pytest.raises(ReportError, match="no SVG"):
        pdf.write_pdf(document, tmp_path / "report.pdf")


def test_a_column_of_many_words_leaves_room_for_sentences(tmp_path: Path) -> None:
    table = pieces.table(
        pd.DataFrame(
            {
                "project": ["Pump"],
                "pushes": ["Main, well and " * 12],
                "more": ["What more money would bring in " * 4],
            }
        ),
        {"project": "Project", "pushes": "It pushes out", "more": "Or comes in with"},
        wide=("more",),
    )
    made = documents.notebook(documents.cell(pieces.heading("Water", "") + table, "panel"))
    pdf.write_pdf(read_document(made, documents.about()), tmp_path / "report.pdf")
    text = PdfReader(tmp_path / "report.pdf").pages[0].extract_text()
    # Several words of the sentence stand on a line, so that its column has room.
    assert re.search(r"What more money would", text)
