"""The workbook: numbers in full, charts, and nothing that a name could turn into a formula."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from portfolio.figures.formats import worth
from portfolio.figures.heat import ink_on
from portfolio.figures.labels import clean
from portfolio.reports import pieces
from portfolio.reports.document import Document, Figure, Section, read_document
from portfolio.reports.pieces import Table, Written
from portfolio.reports.workbook import write_workbook
from portfolio.reports.written import SCORE

from . import documents


def written(document: Document, folder: Path) -> Workbook:
    write_workbook(document, folder / "report.xlsx")
    return openpyxl.load_workbook(folder / "report.xlsx")


def texts(book: Workbook) -> set[str]:
    return {
        cell.value for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)
    }


def test_a_sheet_a_part_and_a_summary_that_leads_there(tmp_path: Path) -> None:
    book = written(documents.document(["Pump", "Main"]), tmp_path)
    assert book.sheetnames == [
        "Summary", "Newly funded", "Use of limits", "Newly funded (2)", "Spend and budget",
        "Capacity", "Roadmap", "Use of limits (2)",
    ]  # fmt: skip
    summary = book["Summary"]
    links = {cell.value: cell.hyperlink.location for (cell, *_) in summary if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in book.sheetnames[1:]}
    said = texts(book)
    assert {"Pump", "3 of 4", "For decision", "Approve Pump.", "2 are funded"} <= said
    assert "Run RUN-1 · Draft, not issued" in said


def test_numbers_stand_in_full_with_their_unit(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    book = written(document, tmp_path)
    rows = [[cell.value for cell in row] for row in book["Newly funded (2)"]]
    head = next(at for at, row in enumerate(rows) if row[0] == "Id")
    assert rows[head] == ["Id", "Project", "Cost (EUR)", "Share", "Why"]
    (table,) = [
        block for section in document for block in section.blocks
        if isinstance(block, Table) and "half" not in section.tags
    ]  # fmt: skip
    for row, cells in zip(rows[head + 1 :], table.rows, strict=False):
        for got, cell in zip(row, cells, strict=True):
            expected = cell.text if cell.value is None else cell.value
            assert got == (pytest.approx(expected) if cell.value is not None else expected)
    total = rows[head + 1 + len(table.rows)]
    assert total[0] == "All"
    assert total[2] == pytest.approx(sum(row[2] for row in rows[head + 1 : head + 3]))
    cost = book["Newly funded (2)"].cell(head + 2, 3)
    assert cost.number_format == "#,##0"


def test_no_number_is_wider_than_its_column(tmp_path: Path) -> None:
    values = [447_113_000_000.0, -0.125, 12.5]
    table = pieces.table(
        pd.DataFrame({"v": values}),
        {"v": "V"},
        numbers={"v": Written(worth, SCORE)},
        total={"v": sum(values)},
        name="Worth",
    )
    made = documents.notebook(documents.cell(pieces.finding("Worth") + table, "panel"))
    sheet = written(read_document(made, documents.about()), tmp_path)["Worth"]
    # As a spreadsheet shows it: without decimals where they would say nothing.
    assert sheet.column_dimensions["A"].width > len("447,113,000,000")
    assert sheet["A3"].number_format == SCORE


def test_amounts_on_bars_can_be_read_on_their_fill(tmp_path: Path) -> None:
    written(documents.document(["Pump", "Main"]), tmp_path)
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        names = [n for n in archive.namelist() if re.match(r"xl/charts/chart\d", n)]
        charts = [archive.read(name).decode() for name in names]
    pairs = [
        (fill, ink)
        for chart in charts
        for fill, ink in re.findall(
            r'<c:ser>.*?<a:srgbClr val="(\w+)"/>.*?<c:dLbls>.*?<a:srgbClr val="(\w+)"/>', chart
        )
    ]
    assert pairs
    assert all(ink_on(f"#{fill.lower()}") == f"#{ink.lower()}" for fill, ink in pairs)


def test_charts_can_be_edited_and_have_alternative_text(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    written(document, tmp_path)
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        names = archive.namelist()
        charts = [archive.read(n).decode() for n in names if re.match(r"xl/charts/chart\d", n)]
        drawings = "".join(
            archive.read(n).decode() for n in names if re.match(r"xl/drawings/drawing\d", n)
        )
    kinds = [set(re.findall(r"<c:(\w+Chart)>", chart)) for chart in charts]
    assert sorted(kinds, key=len) == [{"barChart"}, {"barChart"}, {"barChart", "lineChart"}]
    figures = [b for section in document for b in section.blocks if isinstance(b, Figure)]
    drawn = [figure for figure in figures if figure.title.startswith(("Spend", "1 of", "2 of 2"))]
    assert len(drawn) == 4
    assert all(f'descr="{figure.alt}"' in drawings for figure in drawn)


def test_a_heat_map_is_coloured_cells_with_numbers(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    sheet = written(document, tmp_path)["Capacity"]
    rows = {str(row[0].value): row[1:] for row in sheet}
    assert [cell.value for cell in rows["Main"]] == [0.25] * 3
    assert len({cell.fill.fgColor.rgb for cell in rows["Main"]}) == 1
    assert rows["Main"][0].fill.fgColor.rgb != rows["Pump"][0].fill.fgColor.rgb


def test_hostile_names_are_text_and_nothing_else(tmp_path: Path) -> None:
    book = written(documents.document(documents.HOSTILE), tmp_path)
    found = texts(book)
    assert {clean(name) for name in documents.HOSTILE} <= {clean(text) for text in found}
    for sheet in book:
        for row in sheet:
            for cell in row:
                assert cell.data_type != "f", cell.value
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix, cell.value
                if cell.hyperlink:
                    assert cell.hyperlink.target is None
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        assert not any("External" in archive.read(n).decode("utf-8", "replace")
                       for n in archive.namelist() if n.endswith(".rels"))  # fmt: skip


def test_names_of_sheets_are_fit_and_differ(tmp_path: Path) -> None:
    (table,) = documents.listing(["A"]).all
    assert isinstance(table, Table)
    names = ["[a]:*?/\\'b'", "History", "x" * 60, "x" * 60, "Summary", "", "summary"]
    sections = tuple(
        Section((Table(table.columns, table.rows, name),), frozenset()) for name in names
    )
    book = written(Document(documents.about(), sections), tmp_path)
    assert len(book.sheetnames) == len(names) + 1
    assert all(0 < len(name) <= 31 for name in book.sheetnames)
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    assert "History" not in book.sheetnames


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    written(document, tmp_path)
    first = (tmp_path / "report.xlsx").read_bytes()
    written(document, tmp_path)
    assert (tmp_path / "report.xlsx").read_bytes() == first
