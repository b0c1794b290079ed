"""Folders of CSV files: what is read, how rows are counted, and every fault, once."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import pytest

from portfolio.data.read import read_portfolio, read_tables
from portfolio.errors import DataError, Fault

SETTINGS = {
    "name": "Waterworks",
    "currency": "EUR",
    "frequency": "quarter",
    "first_period": "2027Q1",
    "periods": "8",
}
TABLES = {
    "settings.csv": "key,value\n" + "".join(f"{k},{v}\n" for k, v in SETTINGS.items()),
    "projects.csv": "project_id,name,stage,value\n007,Pumps,proposed,3\n1E5,Pipes,approved,2\n",
    "budgets.csv": "fund_id,period,amount\nmain,2027,1000\nmain,2028,500.5\n",
    "costs.csv": "project_id,offset,amount\n007,0,100\n007,1,50\n1E5,0,70\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    place.mkdir()
    for name, text in TABLES.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def put(folder: Path, name: str, text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(data)


def faults_of(folder: Path) -> list[Fault]:
    return read_tables(folder)[1]


def only(faults: list[Fault]) -> Fault:
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def test_folder_is_read_as_text(folder: Path) -> None:
    portfolio = read_portfolio(folder)
    assert list(portfolio["projects"]["project_id"]) == ["007", "1E5"]
    assert list(portfolio["budgets"]["amount"]) == [1000, 500.5]
    assert portfolio.settings.periods == 8


def test_what_is_no_table_is_left_alone(folder: Path) -> None:
    (folder / "scenarios").mkdir()
    put(folder, "scenarios/cut.csv", "a,b\n")
    for name in ("notes.txt", "cut.yaml", ".~lock.projects.csv#", "._projects.csv", "~$costs.csv"):
        put(folder, name, b"\0\1")
    assert faults_of(folder) == []


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_line_ends_and_the_mark_of_utf8(
    folder: Path, mark: bytes, end: str, delimiter: str
) -> None:
    text = "project_id,name,stage\nP1,Brücke,proposed\nP2,Kraan,idea\n"
    put(folder, "projects.csv", mark + text.replace(",", delimiter).replace("\n", end).encode())
    tables, faults = read_tables(folder)
    assert faults == []
    assert list(tables["projects"].frame["name"]) == ["Brücke", "Kraan"]


def test_the_delimiter_is_read_from_the_header_and_not_from_numbers(folder: Path) -> None:
    put(folder, "budgets.csv", "fund_id;period;amount\nA;2027;1000,5\nB;2027;2000,5\n")
    tables, faults = read_tables(folder)
    assert faults == []
    assert list(tables["budgets"].frame["amount"]) == ["1000,5", "2000,5"]
    with pytest.raises(DataError) as error:
        read_portfolio(folder)
    assert [fault.value for fault in error.value.faults] == ["1000,5", "2000,5"]
    assert sum(read_portfolio(folder, decimal=",")["budgets"]["amount"]) == 3001


def test_a_comma_is_kept_where_both_would_do(folder: Path) -> None:
    put(folder, "funds.csv", "fund_id\nA;B\n")
    assert list(read_tables(folder)[0]["funds"].frame["fund_id"]) == ["A;B"]


def test_rows_are_counted_as_a_spreadsheet_counts_them(folder: Path) -> None:
    text = 'project_id,name,stage\n\nP1,"two\nlines\nand ""quotes""",idea\n , ,\nP2,last,idea\n'
    put(folder, "projects.csv", text)
    table = read_tables(folder)[0]["projects"]
    assert list(table.rows) == [3, 5]
    assert list(table.frame["name"]) == ['two\nlines\nand "quotes"', "last"]


def test_cells_are_stripped_and_inner_line_breaks_are_one_kind(folder: Path) -> None:
    put(folder, "projects.csv", ' project_id , name,stage\r\n P1\u00a0,"a\r\nb", idea\r\n')
    frame = read_tables(folder)[0]["projects"].frame
    assert list(frame.columns) == ["project_id", "name", "stage"]
    assert list(frame.iloc[0]) == ["P1", "a\nb", "idea"]


def test_the_mark_before_a_formula_is_taken_off_text_only(folder: Path) -> None:
    put(folder, "costs.csv", "project_id,offset,amount,category\n'-1,0,'-5,''=x\n'a,0,-5,'b\n")
    frame = read_tables(folder)[0]["costs"].frame
    assert list(frame["project_id"]) == ["-1", "'a"]
    assert list(frame["amount"]) == ["'-5", "-5"]
    assert list(frame["category"]) == ["'=x", "'b"]


PLANTED = {
    "a row with too many cells": ("costs.csv", "project_id,offset,amount\n007,0,1,5\n", 2),
    "a row with too few cells": ("costs.csv", "project_id,offset,amount\n007,0,1\n007,0\n", 3),
    "blank cells too many": ("costs.csv", "project_id,offset,amount\n007,0,1,\n", 2),
    "a quote never closed": ("costs.csv", 'project_id,offset,amount\n007,0,1\n007,"1,2\n', 3),
    "text after a quote": ("costs.csv", 'project_id,offset,amount\n"007"x,0,1\n007,1,1\n', 2),
    "a name twice": ("costs.csv", "project_id,offset,amount,offset\n007,0,1,2\n", 1),
    "values without a name": ("costs.csv", "project_id,offset,,amount\n007,,,1\n007,0,x,1\n", 3),
    "a blank first row": ("costs.csv", "\nproject_id,offset,amount\n007,0,1\n", 1),
    "an empty file": ("costs.csv", "", None),
    "only line breaks": ("costs.csv", "\n\n\n", None),
    "a byte of another encoding": (
        "projects.csv",
        'project_id,name,stage\nP1,"a\nb",idea\nP2,Br\xfccke,idea\n'.encode("latin-1"),
        3,
    ),
    "UTF-16": ("costs.csv", "project_id,offset,amount\n".encode("utf-16"), None),
    "a NUL byte": ("costs.csv", b"project_id,offset,amount\n007,0,1\n007,1,\0\n", 3),
    "a workbook called csv": ("costs.csv", b"PK\x03\x04\x14\x00\x06\x00", None),
    "no text at all": ("costs.csv", os.urandom(4000) + b"\0", ...),
    "an unknown table": ("cost.csv", "project_id,offset,amount\n", None),
    "an unknown table, far from all": ("zzz.csv", "a\n", None),
    "a table in capitals": ("Roles.csv", "role_id,name\n", None),
}


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_reported_once(folder: Path, name: str) -> None:
    file, text, row = PLANTED[name]
    put(folder, file, text)
    fault = only(faults_of(folder))
    assert fault.file == file
    assert row in (..., fault.row)
    assert fault.rule
    assert fault.remedy
    assert str(fault).endswith(".")


def test_all_faults_are_reported_together(folder: Path) -> None:
    put(folder, "costs.csv", "project_id,offset,amount\n007,0\n007,0,1,2\n" + '"x"y,0,1\n' * 3)
    put(folder, "roles.csv", b"")
    put(folder, "peple.csv", b"")
    put(folder, "budgets.csv", "fund_id,period,amount,amount\nmain,2027,x,1\nmain,2028,(5),1\n")
    with pytest.raises(DataError) as error:
        read_portfolio(folder)
    found = [(fault.file, fault.row) for fault in error.value.faults]
    assert sorted(found, key=str) == sorted(
        [("costs.csv", row) for row in (2, 3, 4, 5, 6)]
        + [("roles.csv", None), ("peple.csv", None)]
        + [("budgets.csv", 1), ("budgets.csv", 2), ("budgets.csv", 3)],
        key=str,
    )


def test_the_first_bad_byte_is_named(folder: Path) -> None:
    put(folder, "projects.csv", b"project_id,name,stage\nP1,Br\xfccke,idea\n")
    fault = only(faults_of(folder))
    assert "byte 28 " in fault.rule
    assert "0xFC" in fault.rule
    assert "UTF-8" in fault.remedy


def test_a_near_name_is_offered(folder: Path) -> None:
    put(folder, "role.csv", "role_id,name\n")
    fault = only(faults_of(folder))
    assert fault.table == "roles"
    assert "roles" in fault.remedy


def test_a_file_that_may_be_a_required_table_is_one_fault(folder: Path) -> None:
    (folder / "projects.csv").rename(folder / "project.csv")
    with pytest.raises(DataError) as error:
        read_portfolio(folder)
    only(list(error.value.faults))


def test_blank_columns_at_the_end_are_no_fault(folder: Path) -> None:
    put(folder, "costs.csv", "project_id,offset,amount,,\n007,0,1,,\n,,,,\n")
    assert faults_of(folder) == []


def test_places_that_are_no_portfolio(tmp_path: Path, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with_book = tmp_path / "with_book"
    with_book.mkdir()
    put(with_book, "plan.xlsx", b"")
    put(tmp_path, "plan.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    put(tmp_path, "plan.docx", b"hello")
    paths = {
        tmp_path / "absent": "does not exist",
        tmp_path / ("x" * 5000): "cannot be read",
        Path("nul\0byte"): "cannot be read",
        empty: "holds no CSV file",
        with_book: "name the workbook itself: with_book/plan.xlsx",
        folder / "projects.csv": "is a single table",
        tmp_path / "plan.xls": "old kind (.xls)",
        tmp_path / "plan.docx": "is not a workbook",
    }
    for path, words in paths.items():
        with pytest.raises(DataError) as error:
            read_portfolio(path)
        fault = only(list(error.value.faults))
        assert words in str(fault) or "does not exist" in str(fault), str(fault)


def test_a_folder_called_like_a_table_is_a_fault(folder: Path) -> None:
    (folder / "costs.csv").unlink()
    (folder / "costs.csv").mkdir()
    assert "is a folder" in only(faults_of(folder)).rule


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_fault(folder: Path) -> None:
    (folder / "costs.csv").chmod(0)
    assert "may not be read" in only(faults_of(folder)).rule


@pytest.mark.parametrize(
    "data",
    [
        b"project_id,offset,amount\n" + b"x" * 20_000_000,
        b"," * 20_000_000,
        b'project_id,offset,amount\n"' + b"x\n" * 1_000_000,
        b'"' * 3_000_000,
    ],
    ids=["a long cell", "a long row", "a quote never closed", "quotes"],
)
def test_hostile_files_are_refused_quickly(folder: Path, data: bytes) -> None:
    put(folder, "costs.csv", data)
    started = time.process_time()
    faults = faults_of(folder)
    assert faults
    assert {fault.file for fault in faults} == {"costs.csv"}
    assert time.process_time() - started < 5


def test_a_long_table_is_read_whole(folder: Path) -> None:
    with (folder / "costs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["project_id", "offset", "amount"])
        writer.writerows([f"P{i // 100}", i % 100, i] for i in range(50_000))
    table = read_tables(folder)[0]["costs"]
    assert list(table.rows[[0, -1]]) == [2, 50_001]
    assert list(table.frame["amount"].iloc[[19_999, 20_000, -1]]) == ["19999", "20000", "49999"]
