"""One sheet of a workbook read as text cells, each row numbered as the spreadsheet does.

What a spreadsheet shows and what its file holds can differ, and a sheet is refused where
they do: hidden rows and columns, merged cells, a table's totals row, formulas whose
results were never calculated. Each is a fault that says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries

from portfolio.data.cellwords import CellWords
from portfolio.data.header import Header, read_header
from portfolio.data.package import Package, Sheet, flag, local, parse_xml, walk
from portfolio.data.schema import RawTable, Table
from portfolio.errors import Fault

__all__ = ["START_SHEET", "read_sheet"]

START_SHEET = "start here"
"""Name of the template's first sheet, which holds no data."""

_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384


@dataclass
class _Found:
    """What a sheet holds; rows are as the spreadsheet counts them, columns count from 0."""

    names: dict[int, str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    columns: dict[int, list[str]] = field(default_factory=dict)
    stray: dict[int, tuple[int, str]] = field(default_factory=dict)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    dates: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: bytearray = field(default_factory=lambda: bytearray(_MOST_COLUMNS))
    merged: list[str] = field(default_factory=list)


def read_sheet(
    package: Package, sheet: Sheet, words: CellWords, table: Table, file: str
) -> tuple[RawTable | None, list[Fault]]:
    """Read the sheet of one table.

    Parameters
    ----------
    package : Package
        The workbook.
    sheet : Sheet
        The sheet.
    words : CellWords
        Puts its cells into words.
    table : Table
        What the dictionary says of the table.
    file : str
        The sheet, as a user would say it: ``book.xlsx[projects]``.

    Returns
    -------
    table : RawTable or None
        None where the sheet is no table at all.
    faults : list of Fault
    """
    total_rows = _totals_rows(package, sheet)
    found = _Reader(words, total_rows, table).read(package, sheet)
    names = [found.names.get(place, "") for place in range(max(found.names, default=-1) + 1)]
    header, faults = read_header(names, 1, file, table)
    faults += _sheet_faults(found, sheet, total_rows, file, table)
    if header is None:
        return None, faults
    for place, (row, text) in found.stray.items():
        faults.append(header.nameless_fault(place, row, text))
    faults += _cell_faults(found, header, file, table)
    frame = pd.DataFrame(
        {name: found.columns[place] for name, place in header.places.items()}, dtype="str"
    )
    return RawTable(table.name, file, frame, np.array(found.rows, dtype=np.int64)), faults


class _Reader:
    """Takes a sheet's elements as they come."""

    def __init__(self, words: CellWords, skipped: Iterable[int], table: Table) -> None:
        self._words = words
        self._skipped = frozenset(skipped)
        self._table = table
        self._found = _Found()
        self._places: dict[str, int] = {}
        self._row = 0
        self._row_hidden = self._row_uncalculated = False
        self._cells: dict[int, str] = {}
        self._place = -1
        self._kind = "n"
        self._style = 0
        self._formula = self._valued = self._collecting = self._phonetic = False
        self._pieces: list[str] = []
        self._uncalculated_book = False

    def read(self, package: Package, sheet: Sheet) -> _Found:
        """Read the whole sheet."""
        self._uncalculated_book = package.uncalculated
        parse_xml(package.open(sheet.part), self._start, self._end, self._text)
        return self._found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = local(name)
        if element == "c":
            self._start_cell(attributes)
        elif element == "v" or (element == "t" and not self._phonetic):
            self._valued = self._collecting = True
        elif element == "f":
            self._formula = True
        elif element == "rPh":
            self._phonetic = True
        elif element == "row":
            self._start_row(attributes)
        elif element == "col":
            if flag(attributes, "hidden") or float(attributes.get("width", 1)) == 0:
                first, last = int(attributes["min"]) - 1, min(int(attributes["max"]), _MOST_COLUMNS)
                self._found.hidden_columns[first:last] = b"\1" * (last - first)
        elif element == "mergeCell":
            self._found.merged.append(attributes["ref"])

    def _text(self, piece: str) -> None:
        if self._collecting:
            self._pieces.append(piece)

    def _end(self, name: str) -> None:
        element = local(name)
        if element in ("v", "t"):
            self._collecting = False
        elif element == "c":
            self._end_cell()
        elif element == "row":
            self._end_row()
        elif element == "rPh":
            self._phonetic = False

    def _start_row(self, attributes: dict[str, str]) -> None:
        row = int(attributes.get("r", self._row + 1))
        if not self._row < row <= _MOST_ROWS:
            raise ValueError(f"row {row} comes after row {self._row}")
        self._row = row
        self._row_hidden = flag(attributes, "hidden") or float(attributes.get("ht", 1)) == 0
        self._row_uncalculated = False
        self._place = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            letters = reference.rstrip("0123456789")
            place = self._places.get(letters)
            if place is None:
                place = self._places[letters] = column_index_from_string(letters) - 1
        else:
            place = self._place + 1
        self._place = place
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._formula = self._valued = False
        self._pieces.clear()

    def _end_cell(self) -> None:
        raw = "".join(self._pieces)
        # A result that is blank text has the type str; one that is not there has none.
        missing = not raw and not (self._valued and self._kind == "str")
        if self._formula and (missing or self._uncalculated_book):
            self._found.uncalculated.append((self._row, self._place))
            self._row_uncalculated = True
            return
        text = self._words.words(self._kind, raw, self._style).strip()
        if text:
            self._cells[self._place] = text
            if self._words.is_date(self._kind, self._style):
                self._note_date(text)

    def _note_date(self, text: str) -> None:
        name = self._found.names.get(self._place, "")
        if self._row > 1 and name in self._table.names and self._table.column(name).type == "id":
            self._found.dates.append((self._row, self._place, text))

    def _end_row(self) -> None:
        found, cells = self._found, self._cells
        if self._row == 1:
            found.names = dict(cells)
            found.columns = {place: [] for place in cells}
        elif cells and not self._row_uncalculated and self._row not in self._skipped:
            found.rows.append(self._row)
            for place, column in found.columns.items():
                column.append(cells.pop(place, ""))
            for place, text in cells.items():
                found.stray.setdefault(place, (self._row, text))
        if self._row_hidden and (cells or found.rows[-1:] == [self._row]):
            found.hidden_rows.append(self._row)
        cells.clear()


def _totals_rows(package: Package, sheet: Sheet) -> list[int]:
    rows: list[int] = []

    def visit(element: str, above: str, attributes: dict[str, str]) -> None:
        if element == "table" and int(attributes.get("totalsRowCount", 0)):
            rows.append(range_boundaries(attributes["ref"])[3] or 0)

    for _, kind, part in package.related(sheet.part):
        if kind == "table" and package.has(part):
            walk(package.open(part), visit)
    return rows


def _sheet_faults(
    found: _Found, sheet: Sheet, total_rows: list[int], file: str, table: Table
) -> list[Fault]:
    faults = []

    def add(row: int | None, value: str, rule: str, remedy: str) -> None:
        faults.append(Fault(file, row, "", value, rule, remedy, table.name))

    if sheet.hidden:
        add(None, "", "the sheet is hidden", "unhide it, or delete it")
    for reference in found.merged:
        first = re.search(r"\d+", reference)
        row = int(first[0]) if first else None
        add(row, reference, "are merged cells", "split them, and fill in each cell")
    for first_row, last in _runs(found.hidden_rows):
        which = f"row {first_row} is" if first_row == last else f"rows {first_row} to {last} are"
        remedy = "unhide or delete them; a filter hides rows too"
        add(first_row, "", f"{which} hidden, and not blank", remedy)
    held = [place for place in sorted(found.columns) if found.hidden_columns[place]]
    for first_place, last in _runs(held):
        which = f"column {get_column_letter(first_place + 1)} is"
        if first_place != last:
            letters = get_column_letter(last + 1)
            which = f"columns {get_column_letter(first_place + 1)} to {letters} are"
        add(None, "", f"{which} hidden, and not blank", "unhide or delete them")
    for row in total_rows:
        add(row, "", "is the totals row of a spreadsheet table", "switch the totals row off")
    return faults


def _cell_faults(found: _Found, header: Header, file: str, table: Table) -> list[Fault]:
    names = {place: name for name, place in header.places.items()}
    rule = "is a formula that was never calculated"
    remedy = "open the workbook in a spreadsheet and save it, or type the value"
    faults = [
        Fault(file, row, names.get(place, ""), "", rule, remedy, table.name)
        for row, place in found.uncalculated
    ]
    rule = "is a date where an id belongs"
    remedy = "set the cell's format to text, and type the id again"
    faults += [
        Fault(file, row, names.get(place, ""), text, rule, remedy, table.name)
        for row, place, text in found.dates
    ]
    return faults


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
