"""What is written reads back equal, and never stands over what was there."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio, read_tables
from portfolio.data.schema import dictionary
from portfolio.data.write import disarmed, write_folder, write_template, write_workbook
from portfolio.errors import DataError, PortfolioError

from ..sweeps import draws

SETTINGS: dict[str, object] = {
    "name": "Waterworks, =the second",
    "currency": "EUR",
    "frequency": "month",
    "first_period": "2027-01",
    "periods": 12,
    "discount_rate": 0.035,
    "data_date": "2026-12-31",
    "labour_in_costs": False,
}
TABLES: dict[str, Any] = {
    "settings": SETTINGS,
    "programmes": [{"programme_id": "001", "name": "@home"}],
    "projects": [
        {"project_id": "007", "name": "=1+1", "stage": "proposed", "programme_id": "001",
         "value": 3, "earliest_start": "2027-03", "confidential": True},
        {"project_id": "1E5", "name": "Brücke\n'-quoted", "stage": "approved", "value": 0.1},
        {"project_id": "-3", "name": "'=x", "stage": "idea", "value": 1e-7, "force": "out"},
        {"project_id": "+4", "name": "''+x", "stage": "proposed", "value": 123456789.25},
    ],
    "budgets": [{"fund_id": "main", "period": "2027", "amount": 1234.5}],
    "costs": [
        {"project_id": "007", "offset": 0, "amount": -5},
        {"project_id": "1E5", "offset": 3, "amount": 1 / 3, "low": 0.25, "high": 1e9},
    ],
    "locations": [{"location_id": "L", "name": "Here", "working_days": "Sun,Mon,Tue"}],
    "holidays": [{"location_id": "L", "date": "2027-05-05", "name": "-"}],
}  # fmt: skip


@pytest.fixture
def portfolio() -> Portfolio:
    return Portfolio.from_tables(TABLES)


def assert_equal(left: Portfolio, right: Portfolio) -> None:
    assert left.settings == right.settings
    for name in dictionary():
        if name != "settings":
            pd.testing.assert_frame_equal(left[name], right[name])


def test_a_folder_reads_back_equal(portfolio: Portfolio, tmp_path: Path) -> None:
    write_folder(portfolio.tables, tmp_path / "data")
    assert_equal(read_portfolio(tmp_path / "data"), portfolio)


def test_a_workbook_reads_back_equal(portfolio: Portfolio, tmp_path: Path) -> None:
    # A workbook keeps 16 digits, which a third needs all of.
    write_workbook(portfolio.tables, tmp_path / "book.xlsx")
    assert_equal(read_portfolio(tmp_path / "book.xlsx"), portfolio)


def test_a_filled_template_reads_back_equal_to_a_folder(
    portfolio: Portfolio, tmp_path: Path
) -> None:
    write_folder(portfolio.tables, tmp_path / "data")
    path = write_template(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    for name, rows in TABLES.items():
        sheet = book[name]
        if name == "settings":
            for row in range(2, sheet.max_row + 1):
                value = SETTINGS.get(str(sheet.cell(row, 1).value))
                sheet.cell(row, 2, "no" if value is False else as_typed(value))
            continue
        header = [cell.value for cell in sheet[1]]
        for number, row in enumerate(rows, 2):
            for column, value in row.items():
                cell = sheet.cell(number, header.index(column) + 1)
                cell.value = as_typed(value)
                if isinstance(value, str) and cell.data_type == "f":
                    cell.data_type = "s"
    book.calculation.fullCalcOnLoad = False
    book.save(path)
    assert_equal(read_portfolio(path), read_portfolio(tmp_path / "data"))


def as_typed(value: object) -> Any:
    """What a spreadsheet makes of what is typed into a cell of the template."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value[:2] == "20" and len(value) == 10:
        return dt.date.fromisoformat(value)
    return value


def test_the_template(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_template(tmp_path / "book.xlsx"))
    assert book.sheetnames == ["start here", *dictionary()]
    links = {
        cell.hyperlink.location for row in book["start here"] for cell in row if cell.hyperlink
    }
    assert links == {f"'{name}'!A1" for name in dictionary()}
    first = [book["start here"].cell(row, 1).value for row in (4, 5, 6)]
    assert first == ["1. settings", "2. projects", "3. budgets"]
    for name, table in dictionary().items():
        sheet = book[name]
        if table.layout == "key_value":
            assert [cell.value for cell in sheet["A"]] == ["key", *table.names]
            assert all(cell.comment for cell in sheet["A"][1:])
            continue
        assert [cell.value for cell in sheet[1]] == list(table.names)
        text_columns = {
            place
            for width in sheet.column_dimensions.values()
            if width.number_format == "@"
            for place in range(width.min, width.max + 1)
        }
        ranges = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
        for cell, column in zip(sheet[1], table.columns, strict=True):
            assert cell.comment is not None
            assert column.description in cell.comment.text
            assert bool(cell.font.bold) == column.required
            letter = cell.column_letter
            if column.type in ("id", "period", "word", "text"):
                assert cell.column in text_columns
            if column.words:
                formula = ranges[f"{letter}2:{letter}1048576"].formula1
                assert formula == f'"{",".join(column.words)}"'


def test_the_empty_template_lacks_only_what_must_be_filled(tmp_path: Path) -> None:
    tables, faults = read_tables(write_template(tmp_path / "book.xlsx"))
    assert faults == []
    assert set(tables) == set(dictionary())
    with pytest.raises(DataError) as error:
        read_portfolio(tmp_path / "book.xlsx")
    values = {fault.value for fault in error.value.faults if fault.table == "settings"}
    assert values == {column.name for column in dictionary()["settings"].columns if column.required}


# What no cell can hold: half signs, and control characters.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
TRICKY = st.text(st.sampled_from("'=+-@\"',;\n\t #x_0041N/A "), max_size=8)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=draws(10),
    deadline=None,
)
@given(st.lists(TEXTS | TRICKY, min_size=1, max_size=5))
def test_any_text_reads_back_equal(tmp_path: Path, texts: list[str]) -> None:
    frame = pd.DataFrame({"project_id": map(str, range(len(texts))), "name": texts}, dtype="str")
    write_folder({"projects": frame}, tmp_path / "data", overwrite=True)
    write_workbook({"projects": frame}, tmp_path / "book.xlsx", overwrite=True)
    for path in (tmp_path / "data", tmp_path / "book.xlsx"):
        found = read_tables(path)[0]["projects"].frame["name"]
        assert list(found) == [text.strip() for text in texts]


@given(TRICKY)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not disarmed(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    number = disarmed(text, number=True)
    assert not number.startswith(("=", "@", "\t", "\r"))
    if number.startswith(("+", "-")):
        assert number[1:2].isdigit() or number[1:2] in (".", ",")


def test_formulas_in_files_are_disarmed(portfolio: Portfolio, tmp_path: Path) -> None:
    write_folder(portfolio.tables, tmp_path / "data")
    write_workbook(portfolio.tables, tmp_path / "book.xlsx")
    with (tmp_path / "data/projects.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        assert not [name for name in sheets if b"<f>" in archive.read(name)]


def test_numbers_are_written_in_full(tmp_path: Path) -> None:
    values = [0.1 + 0.2, 1e15, -1e-9, 5.0, np.nan, -0.0]
    frame = pd.DataFrame({"fund_id": list("abcdef"), "period": "2027", "amount": values})
    write_folder({"budgets": frame}, tmp_path / "data")
    text = (tmp_path / "data/budgets.csv").read_text()
    found = [line.split(",")[2] for line in text.splitlines()[1:]]
    assert found == ["0.30000000000000004", "1000000000000000", "-0.000000001", "5", "", "0"]


def test_files_are_marked_as_utf8_only_where_they_need_it(tmp_path: Path) -> None:
    frames = {
        "roles": pd.DataFrame({"role_id": ["a"], "name": ["Prüfer"]}),
        "drivers": pd.DataFrame({"driver_id": ["a"], "name": ["Safe"]}),
    }
    write_folder(frames, tmp_path / "data")
    assert (tmp_path / "data/roles.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    assert (tmp_path / "data/drivers.csv").read_bytes() == b"driver_id,name\na,Safe\n"


def test_nothing_is_overwritten_unless_asked(portfolio: Portfolio, tmp_path: Path) -> None:
    book, folder = tmp_path / "book.xlsx", tmp_path / "data"
    write_template(book)
    before = book.read_bytes()
    with pytest.raises(DataError, match="is there already"):
        write_workbook(portfolio.tables, book)
    assert book.read_bytes() == before
    folder.mkdir()
    (folder / "notes.csv").write_text("mine")
    write_folder(portfolio.tables, folder)
    with pytest.raises(DataError, match=r"holds budgets\.csv already"):
        write_folder(portfolio.tables, folder)
    assert (folder / "costs.csv").exists()
    fewer = {name: frame for name, frame in portfolio.tables.items() if name != "costs"}
    write_folder(fewer, folder, overwrite=True)
    assert not (folder / "costs.csv").exists()
    assert (folder / "notes.csv").read_text() == "mine"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["book.xlsx", "data"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    frame = pd.DataFrame({"role_id": ["a"], "name": ["\ud800"]}, dtype="object")
    with pytest.raises(PortfolioError, match=r"U\+D800"):
        write_folder({"roles": frame}, tmp_path / "data")
    long = pd.DataFrame({"role_id": ["a"], "name": ["x" * 40_000]})
    with pytest.raises(PortfolioError, match="40,000 signs in row 2"):
        write_workbook({"roles": long}, tmp_path / "book.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("absent/book.xlsx", "there is no folder"),
        ("folder.xlsx", "is a folder"),
        ("book.csv", "is no name for a workbook"),
    ],
)
def test_places_that_cannot_be_written(tmp_path: Path, path: str, words: str) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(PortfolioError, match=words):
        write_template(tmp_path / path)


def test_unknown_tables_and_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PortfolioError, match="did you mean 'projects'"):
        write_folder({"project": pd.DataFrame()}, tmp_path / "data")
    with pytest.raises(PortfolioError, match="did you mean 'name'"):
        write_folder({"roles": pd.DataFrame({"nam": ["a"]})}, tmp_path / "data")
