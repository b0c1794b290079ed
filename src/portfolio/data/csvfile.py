"""One CSV file read as text cells, each record numbered as a spreadsheet would number it.

A file is UTF-8, with or without the mark at its beginning. Its delimiter is the comma;
where the header's names are the table's only when a semicolon or a tab divides them
(Excel writes semicolons wherever the comma is the decimal sign), that one is taken. The
header decides this and the numbers never do, so no decimal sign is guessed.

Text that a spreadsheet would run as a formula carries a leading apostrophe in CSV files
(see `portfolio.data.write`), which is taken off here.
"""

from __future__ import annotations

import csv
import gc
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from portfolio.data.header import read_header
from portfolio.data.schema import RawTable, Table
from portfolio.errors import Fault

__all__ = ["MARKED", "TEXT_TYPES", "read_csv_table"]

MARKED = re.compile(r"'+[=+\-@]")
"""A text cell that begins with a formula's sign, and with the apostrophe that disarms it."""

TEXT_TYPES = ("id", "text", "word", "weekdays")
"""Types of columns whose cells may begin with any sign."""

_LARGEST_FILE = 1_000_000_000
_LONGEST_LINE = 1_000_000
_CHUNK = 20_000


def read_csv_table(path: Path, table: Table) -> tuple[RawTable | None, list[Fault]]:
    """Read the file of one table.

    Parameters
    ----------
    path : Path
        The file; its name is that of the table.
    table : Table
        What the dictionary says of the table.

    Returns
    -------
    table : RawTable or None
        Rows with the right number of cells; None where the file is no table at all.
    faults : list of Fault

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    if path.stat().st_size > _LARGEST_FILE:
        rule = f"is larger than {_LARGEST_FILE // 1_000_000:,} MB"
        return None, [Fault(path.name, None, "", "", rule, "split the portfolio", table.name)]
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    fault = _not_a_table(data, path.name, table)
    if fault:
        return None, [fault]
    faults = []
    encoding = "utf-8"
    try:
        data.decode(encoding)
    except UnicodeDecodeError as problem:
        faults.append(_encoding_fault(data, problem, path.name, table))
        # The rest is still checked. Latin-1 gives each byte a sign of its own, so that no
        # two ids become one.
        encoding = "latin-1"
    with _collector_off():
        raw, found = _read(data, encoding, path.name, table)
    return raw, faults + found


def _not_a_table(data: bytes, file: str, table: Table) -> Fault | None:
    rule, remedy = "", "save it as 'CSV UTF-8' from the spreadsheet"
    if data[:4] == b"PK\x03\x04":
        rule = "is a workbook or a zip file that is called .csv"
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        rule = "is text in UTF-16"
    elif b"\0" in data:
        row = data.count(b"\n", 0, data.index(b"\0")) + 1
        return Fault(file, row, "", "", "holds a NUL byte and is no text file", remedy, table.name)
    elif not data.strip():
        rule, remedy = "is empty", f"begin it with the row {','.join(table.header)}, or remove it"
    if rule:
        return Fault(file, None, "", "", rule, remedy, table.name)
    line = _too_long_line(data)
    if line:
        rule = f"is a line of over {_LONGEST_LINE // 1_000_000} MB"
        return Fault(file, line, "", "", rule, "look for a line break that is missing", table.name)
    return None


def _too_long_line(data: bytes) -> int | None:
    start = 0
    while start + _LONGEST_LINE < len(data):
        end = start + _LONGEST_LINE
        last = max(data.rfind(b"\n", start, end), data.rfind(b"\r", start, end))
        if last < 0:
            return data.count(b"\n", 0, start) + 1
        start = last + 1
    return None


def _encoding_fault(data: bytes, problem: UnicodeDecodeError, file: str, table: Table) -> Fault:
    before = io.TextIOWrapper(io.BytesIO(data[: problem.start] + b"?"), encoding="utf-8")
    row = sum(1 for _ in _numbered(csv.reader(before), []))
    rule = f"is not UTF-8: byte {problem.start + 1} of the file is 0x{data[problem.start]:02X}"
    return Fault(file, row, "", "", rule, "save it as 'CSV UTF-8' from the spreadsheet", table.name)


@contextmanager
def _collector_off() -> Iterator[None]:
    # Rows are lists of text, of which none can be part of a cycle; looking for cycles
    # among a million of them takes longer than reading them.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Known(dict[str, str]):
    """Each distinct cell, stripped, once."""

    def __missing__(self, cell: str) -> str:
        text = cell.strip()
        self[cell] = text = self.setdefault(text, text)
        return text


def _read(
    data: bytes, encoding: str, file: str, table: Table
) -> tuple[RawTable | None, list[Fault]]:
    # newline=None: all line breaks become "\n", within quotes as well.
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline=None)
    delimiter = _delimiter(data, encoding, table)
    broken: list[Fault] = []
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    records = _numbered(reader, broken, file, table.name)
    number, first = next(records, (1, []))
    header, faults = read_header(first, number, file, table)
    if header is None:
        return None, broken[:1] or faults
    width = len(first)
    cells: list[list[str]] = [[] for _ in range(width)]
    rows: list[int] = []
    chunk: list[list[str]] = []
    known = _Known()
    for number, record in records:
        if not record or not (record[0].strip() or any(map(str.strip, record))):
            continue
        if len(record) != width:
            faults.append(_ragged(record, number, width, file, table))
            continue
        chunk.append(record)
        rows.append(number)
        if len(chunk) == _CHUNK:
            _store(chunk, cells, known)
    _store(chunk, cells, known)
    faults += broken + header.nameless_faults(cells, rows)
    named = {name: _unmarked(name, cells[place], table) for name, place in header.places.items()}
    frame = pd.DataFrame(named, dtype="str")
    return RawTable(table.name, file, frame, np.array(rows, dtype=np.int64)), faults


def _store(chunk: list[list[str]], cells: list[list[str]], known: _Known) -> None:
    for column, found in zip(cells, zip(*chunk, strict=True), strict=False):
        column.extend(map(known.__getitem__, found))
    chunk.clear()


def _delimiter(data: bytes, encoding: str, table: Table) -> str:
    line = re.split(rb"[\r\n]", data[:_LONGEST_LINE], maxsplit=1)[0]
    text = line.decode(encoding, errors="replace")

    def names(delimiter: str) -> int:
        return len({cell.strip(' "') for cell in text.split(delimiter)} & {*table.header})

    return max((",", ";", "\t"), key=names)


def _numbered(
    reader: Iterator[list[str]], faults: list[Fault], file: str = "", table: str = ""
) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        try:
            for record in reader:
                number += 1
                yield number, record
            return
        except csv.Error as problem:
            number += 1
            faults.append(Fault(file, number, "", "", *_quotes(str(problem)), table))
            if "field larger" in str(problem):
                # What follows is most likely the inside of a text whose quote is never
                # closed: each of its lines would be a fault, and none of them true.
                return


def _quotes(problem: str) -> tuple[str, str]:
    if "unexpected end" in problem:
        return "opens a quote that is never closed", "close it, or write it twice"
    if "field larger" in problem:
        return "has a cell of over 131,072 signs", "look for a quote that is never closed"
    return "has text after a closing quote", 'write a quote within quotes twice: ""'


def _ragged(record: list[str], number: int, width: int, file: str, table: Table) -> Fault:
    rule = f"the row has {len(record)} cells, and the header has {width}"
    if len(record) > width:
        remedy = "put text that holds the delimiter in quotes, or take out the cells too many"
    else:
        remedy = "add the cells that are missing, blank where there is nothing to say"
    return Fault(file, number, "", "", rule, remedy, table.name)


def _unmarked(name: str, cells: list[str], table: Table) -> list[str]:
    types = {column.name: column.type for column in table.columns}
    if table.layout == "table" and types.get(name) not in TEXT_TYPES:
        return cells
    return [cell[1:] if cell[:1] == "'" and MARKED.match(cell) else cell for cell in cells]
