"""Workbooks: what spreadsheets store differently from what they show, and hostile files."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.table import Table as SheetTable

from portfolio.data.cellwords import number_words
from portfolio.data.read import read_portfolio, read_tables
from portfolio.errors import DataError, Fault

ROWS = [
    ["project_id", "name", "stage", "value"],
    ["007", "Pumps", "proposed", 3],
    ["1E5", "Pipes", "approved", 2.5],
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def make(place: Path, rows: list[list[Any]], change: Callable[[Any, Any], None]) -> None:
    """Make a workbook as openpyxl does, and as a spreadsheet would have left it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "projects"
    for row in rows:
        sheet.append(row)
    change(book, sheet)
    book.calculation.fullCalcOnLoad = False
    book.save(place)


def edit(place: Path, part: str, old: str, new: str) -> None:
    """Change the text of one part of a workbook."""
    with zipfile.ZipFile(place) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    assert old in text
    parts[part] = text.replace(old, new).encode()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def only(faults: list[Fault]) -> Fault:
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def column(place: Path, values: list[Any], formats: str = "", name: str = "value") -> list[str]:
    def change(book: Any, sheet: Any) -> None:
        for row, value in enumerate(values, 2):
            cell = sheet.cell(row, 1, value)
            if formats:
                cell.number_format = formats

    make(place, [[name]], change)
    return list(read_tables(place)[0]["projects"].frame[name])


def test_cells_become_words(place: Path) -> None:
    values = [12.0, 0.1, 1e-5, 1e22, -3, 1.1, True, "007", " x ", dt.date(2026, 11, 3)]
    assert column(place, values) == [
        "12", "0.1", "0.00001", "10000000000000000000000", "-3", "1.1", "TRUE",
        "007", "x", "2026-11-03",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (46329, "dd/mm/yyyy", "2026-11-03"),
        (46329.75, "dd/mm/yyyy hh:mm", "2026-11-03 18:00:00"),
        (46329, "[$-413]d mmmm yyyy", "2026-11-03"),
        (0.05, "0.0%", "5%"),
        (0.07, "0%", "7%"),
        (7, "000", "007"),
        (1234.5, "#,##0", "1234.5"),
        (1234.5, '#,##0 "days"', "1234.5"),
        (-5e9, "dd/mm/yyyy", "-5000000000"),
    ],
)
def test_formats_that_say_what_a_number_means(
    place: Path, value: float, code: str, words: str
) -> None:
    assert column(place, [value], code) == [words]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_value_and_have_no_exponent(value: float) -> None:
    words = number_words(repr(value))
    assert float(words) == value
    assert re.fullmatch(r"-?\d+(\.\d+)?", words)


def test_number_cells_follow_the_declared_decimal_sign(place: Path) -> None:
    make(place, [["project_id", "name", "stage", "value"], ["A", "a", "idea", 1.5]], skip)
    frame = read_tables(place, decimal=",")[0]["projects"].frame
    assert frame["value"][0] == "1,5"


def skip(book: Any, sheet: Any) -> None:
    """Leave the workbook as it is."""


def test_rows_are_counted_as_the_spreadsheet_counts_them(place: Path) -> None:
    make(place, [*ROWS[:2], [None, " "], [], ROWS[2]], skip)
    tables, faults = read_tables(place)
    assert faults == []
    assert tables["projects"].file == "book.xlsx[projects]"
    assert list(tables["projects"].rows) == [2, 5]


def test_dates_of_1904(place: Path) -> None:
    with xlsxwriter.Workbook(place, {"date_1904": True}) as book:
        sheet = book.add_worksheet("projects")
        sheet.write(0, 0, "value")
        sheet.write(1, 0, 46329, book.add_format({"num_format": "yyyy-mm-dd"}))
    assert read_tables(place)[0]["projects"].frame["value"][0] == "2030-11-04"


def date_format(sheet: Any) -> None:
    sheet["A2"].number_format = "yyyy-mm-dd"


def test_results_of_formulas_are_read(place: Path) -> None:
    with xlsxwriter.Workbook(place) as book:
        sheet = book.add_worksheet("projects")
        sheet.write_row(0, 0, ["project_id", "name", "stage", "value"])
        sheet.write_row(1, 0, ["A", "", "idea"])
        sheet.write_formula(1, 3, "=1+1", None, 2)
        sheet.write_formula(1, 1, '=""', None, " ")
    edit(place, "xl/workbook.xml", ' fullCalcOnLoad="1"', "")
    tables, faults = read_tables(place)
    assert faults == []
    assert list(tables["projects"].frame.iloc[0]) == ["A", "", "idea", "2"]


def test_results_that_were_never_calculated_are_refused(place: Path) -> None:
    # xlsxwriter writes 0 as the result of each formula, and says that it is none.
    with xlsxwriter.Workbook(place) as book:
        sheet = book.add_worksheet("projects")
        sheet.write_row(0, 0, ["project_id", "name", "stage", "value"])
        sheet.write_row(1, 0, ["A", "a", "idea"])
        sheet.write_formula(1, 3, "=1+1")
    fault = only(read_tables(place)[1])
    assert (fault.row, fault.column) == (2, "value")


def test_rich_text_phonetic_guides_and_escapes(place: Path) -> None:
    with xlsxwriter.Workbook(place) as book:
        book.add_worksheet("projects").write_column(0, 0, ["name", "KANJI", "a\x01_x0041_b"])
    edit(
        place,
        "xl/sharedStrings.xml",
        "<t>KANJI</t>",
        "<r><t>Ka</t></r><r><rPr><b/></rPr><t>nji</t></r><rPh sb='0' eb='1'><t>guide</t></rPh>",
    )
    assert list(read_tables(place)[0]["projects"].frame["name"]) == ["Kanji", "a\x01_x0041_b"]


def totals(_: Any, sheet: Any) -> None:
    sheet.append(["Total", "", "idea", 5.5])
    table = SheetTable(displayName="T", ref="A1:D4")
    table.totalsRowCount = 1
    sheet.add_table(table)


def hide_row(_: Any, sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def hide_column(_: Any, sheet: Any) -> None:
    sheet.column_dimensions["B"].hidden = True


def hide_sheet(book: Any, sheet: Any) -> None:
    book.create_sheet("_notes")
    sheet.sheet_state = "veryHidden"


def unknown_sheet(book: Any, _: Any) -> None:
    book.create_sheet("Sheet2").append(["x"])


def blank_sheet(book: Any, _: Any) -> None:
    book.create_sheet("costs")


def far_cell(_: Any, sheet: Any) -> None:
    sheet["XFD1048576"] = "here"


def put(cell: str, value: object) -> Callable[[Any, Any], None]:
    def change(_: Any, sheet: Any) -> None:
        sheet[cell] = value

    return change


PLANTED: dict[str, tuple[Callable[[Any, Any], None], int | None, str]] = {
    "a formula without a result": (put("D3", "=1+1"), 3, "never calculated"),
    "merged cells": (lambda _, sheet: sheet.merge_cells("A3:A4"), 3, "merged"),
    "a hidden row": (hide_row, 3, "row 3 is hidden"),
    "a hidden column": (hide_column, None, "column B is hidden"),
    "a totals row": (totals, 4, "totals row"),
    "a hidden sheet": (hide_sheet, None, "the sheet is hidden"),
    "an unknown sheet": (unknown_sheet, None, "is not the name of a table"),
    "a blank sheet": (blank_sheet, 1, "the first row is blank"),
    "a cell far away": (far_cell, 1_048_576, "column XFD"),
    "a name twice": (put("D1", "name"), 1, "two columns"),
    "a note beside the table": (put("F2", "check this"), 2, "column F"),
    "a date for an id": (put("A3", dt.date(2026, 3, 1)), 3, "date where an id belongs"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_reported_once(place: Path, name: str) -> None:
    change, row, words = PLANTED[name]
    make(place, ROWS, change)
    fault = only(read_tables(place)[1])
    assert fault.row == row
    assert words in fault.rule
    assert fault.file.startswith("book.xlsx[")


def test_rows_and_columns_of_no_size_are_hidden(place: Path) -> None:
    make(place, ROWS, skip)
    part = "xl/worksheets/sheet1.xml"
    edit(place, part, '<row r="3"', '<row r="3" ht="0" customHeight="1"')
    edit(place, part, "<sheetData>", '<cols><col min="2" max="3" width="0"/></cols><sheetData>')
    rules = [fault.rule for fault in read_tables(place)[1]]
    assert rules == ["row 3 is hidden, and not blank", "columns B to C are hidden, and not blank"]


def test_blank_rows_and_columns_may_be_hidden_and_runs_are_one_fault(place: Path) -> None:
    def change(_: Any, sheet: Any) -> None:
        for row in (2, 3, 40, 41):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["Z"].hidden = True

    make(place, ROWS, change)
    assert "rows 2 to 3 are hidden" in only(read_tables(place)[1]).rule


def test_error_cells_and_percentages_are_faults_of_their_cells(place: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet["B2"] = "#N/A"
        sheet["D2"].number_format = "0%"
        sheet["D3"] = dt.date(2026, 11, 3)
        sheet = book.create_sheet("settings")
        sheet.append(["key", "value"])
        for pair in ({"name": "x", "currency": "EUR", "frequency": "month", "periods": 4}).items():
            sheet.append(pair)
        sheet.append(["first_period", dt.date(2026, 11, 3)])
        book.create_sheet("budgets").append(["fund_id", "period", "amount"])

    make(place, ROWS, change)
    with pytest.raises(DataError) as error:
        read_portfolio(place)
    found = {(fault.table, fault.row, fault.value) for fault in error.value.faults}
    assert found >= {
        ("projects", 2, "#N/A"),
        ("projects", 2, "300%"),
        ("projects", 3, "2026-11-03"),
    }
    period = [fault for fault in error.value.faults if fault.table == "settings"]
    assert "2026-11 for a month" in only(period).remedy


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def book_with(sheet: bytes, extra: bytes = b"") -> bytes:
    """A workbook of one sheet, by hand."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/package/2006/relationships"
    return packed(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{relation}"><Relationship Id="a" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
            "xl/workbook.xml": f'<x:workbook xmlns:x="{main}" xmlns:r="{office}"><x:sheets>'
            '<x:sheet name="projects" sheetId="1" r:id="b"/></x:sheets></x:workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relation}"><Relationship Id="b" '
            f'Type="{office}/worksheet" Target="/xl/sheet.xml"/></Relationships>'.encode(),
            "xl/sheet.xml": extra + f'<x:worksheet xmlns:x="{main}">'.encode()
            + b"<x:sheetData>" + sheet + b"</x:sheetData></x:worksheet>",
        }
    )  # fmt: skip


HEAD = b"<x:row><x:c t='inlineStr'><x:is><x:t>project_id</x:t></x:is></x:c></x:row>"


def test_other_programs_prefixes_and_cells_without_references(place: Path) -> None:
    place.write_bytes(book_with(HEAD + b"<x:row><x:c><x:v>7</x:v></x:c></x:row>"))
    tables, faults = read_tables(place)
    assert faults == []
    assert list(tables["projects"].frame["project_id"]) == ["7"]
    assert list(tables["projects"].rows) == [2]


ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'
HOSTILE = {
    "a bomb": (book_with(HEAD + b"<x:row/>" * 5_000_000), "would unpack to"),
    "entities": (book_with(HEAD, ENTITIES), "document type"),
    "no end": (book_with(HEAD + b"<x:row>"), "damaged"),
    "rows backwards": (book_with(b"<x:row r='5'/><x:row r='2'/>"), "damaged"),
    "a row past the last": (book_with(b"<x:row r='1048577'/>"), "damaged"),
    "a string that is not there": (
        book_with(b"<x:row><x:c t='s'><x:v>9</x:v></x:c></x:row>"),
        "damaged",
    ),
    "no number": (book_with(b"<x:row><x:c><x:v>x</x:v></x:c></x:row>"), "damaged"),
    "no style": (book_with(b"<x:row><x:c s='x'/></x:row>"), "damaged"),
    "another zip": (packed({"a.txt": b"a"}), "without a workbook"),
    "a document": (
        packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}),
        "without a workbook",
    ),
    "an OpenDocument file": (packed({"mimetype": b"application/vnd.oasis"}), "OpenDocument"),
    "a binary workbook": (packed({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), ".xlsb"),
    "many parts": (
        packed({"[Content_Types].xml": b""} | {str(i): b"" for i in range(10_001)}),
        "parts",
    ),
    "cut off": (book_with(HEAD)[:300], "cut off"),
    "nothing": (b"", "is empty"),
    "a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook" * 9, ".xls"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_and_broken_workbooks_are_refused_at_once(place: Path, name: str) -> None:
    data, words = HOSTILE[name]
    place.write_bytes(data)
    started = time.process_time()
    with pytest.raises(DataError) as error:
        read_portfolio(place)
    assert time.process_time() - started < 1
    assert words in str(only(list(error.value.faults)))


def test_a_workbook_within_the_limits_is_read_in_bounded_time(place: Path) -> None:
    # 7.5 MB of the smallest cells, in a file of a few kB.
    cells = b"<x:row>" + b"<x:c/>" * 250_000 + b"</x:row>"
    place.write_bytes(book_with(HEAD + cells * 5))
    assert place.stat().st_size < 100_000
    started = time.process_time()
    read_tables(place)
    assert time.process_time() - started < 20


def test_flipped_bytes_never_crash(place: Path) -> None:
    make(place, ROWS, skip)
    data = place.read_bytes()
    for at in range(0, len(data), 37):
        place.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        read_tables(place)
        place.write_bytes(data[:at])
        assert read_tables(place)[1]


def test_macro_workbooks_are_read_and_their_macros_are_not(tmp_path: Path) -> None:
    make(tmp_path / "book.xlsm", ROWS, skip)
    assert read_tables(tmp_path / "book.xlsm")[1] == []


def test_two_hundred_sheets_are_enough(place: Path) -> None:
    make(place, ROWS, lambda book, _: [book.create_sheet(f"_{i}") for i in range(200)] and None)
    assert "201 sheets" in only(read_tables(place)[1]).rule
