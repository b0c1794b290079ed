"""The workbook to fill in: a sheet a table, made from the dictionary.

Help stands where it is not read as data: as a note on each column's name, and in full on
the first sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
import xlsxwriter.exceptions

from portfolio.data.describe import FIRST_TABLES, RULES, help_line, what_to_write
from portfolio.data.schema import Column, Table, dictionary
from portfolio.data.workbook import START_SHEET
from portfolio.errors import PortfolioError

__all__ = ["build_workbook"]

_LAST_ROW = 1_048_575
_LONGEST_TEXT = 32_767
_REFERENCE_ROWS = 20_000
_ACCENT = "#1F4E79"
_PALE = "#DDE6EF"
_FIRST_DAY = dt.datetime(1900, 3, 1)


def build_workbook(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write a workbook with the given tables, and a sheet for each of the others.

    Parameters
    ----------
    path : Path
        Where to write.
    tables : mapping of str to pandas.DataFrame
        Parsed tables; `settings` as text in the columns key and value.

    Raises
    ------
    PortfolioError
        If a table has more rows, or a text more signs, than a sheet can hold.
    OSError
        If it cannot be written.
    """
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    sheets = _Sheets(book)
    sheets.start_sheet()
    for table in dictionary().values():
        frame = tables.get(table.name, pd.DataFrame())
        if len(frame) > _LAST_ROW:
            raise PortfolioError(
                f"The table {table.name} has {len(frame):,} rows, and a sheet holds "
                f"{_LAST_ROW:,}; write a folder of CSV files instead."
            )
        if table.layout == "key_value":
            sheets.settings_sheet(table, frame)
        else:
            sheets.table_sheet(table, frame)
    try:
        book.close()
    except xlsxwriter.exceptions.XlsxFileError as problem:
        raise OSError(str(problem)) from problem


class _Sheets:
    """Adds sheets to one workbook, in its styles."""

    def __init__(self, book: Any) -> None:
        self._book = book
        framed = {"valign": "vcenter", "border": 1, "border_color": "#FFFFFF"}
        self._needed = book.add_format(
            {**framed, "bold": True, "bg_color": _ACCENT, "font_color": "#FFFFFF"}
        )
        self._optional = book.add_format({**framed, "bg_color": _PALE, "font_color": "#1A1A1A"})
        self._text = book.add_format({"num_format": "@"})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._plain = book.add_format()
        self._title = book.add_format({"bold": True, "font_size": 18, "font_color": _ACCENT})
        self._heading = book.add_format({"bold": True, "font_size": 13, "font_color": _ACCENT})
        self._link = book.add_format({"font_color": _ACCENT, "underline": 1, "valign": "top"})
        self._strong_link = book.add_format(
            {"font_color": _ACCENT, "underline": 1, "valign": "top", "bold": True}
        )
        self._name = book.add_format({"bold": True, "valign": "top"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def start_sheet(self) -> None:
        """The first sheet: what to fill first, how, and what every column means."""
        sheet = self._book.add_worksheet(START_SHEET)
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, 2, 68)
        sheet.set_column(3, 3, 100)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, "A portfolio to fill in", self._title)
        sheet.write_string(1, 0, "One sheet a table, one row a thing. Fill these three first:")
        row = 3
        for number, name in enumerate(FIRST_TABLES, 1):
            self._link_to(sheet, row, name, f"{number}. {name}", self._strong_link)
            sheet.write_string(row, 1, dictionary()[name].description)
            row += 1
        sheet.write_string(row, 0, "Then check it: portfolio check FILE.xlsx names every fault.")
        row = self._heading_row(sheet, row + 2, "How to fill in")
        sheet.write_string(row, 0, "must be filled", self._needed)
        sheet.write_string(row, 1, "A column's name on dark, in bold. Rest on it to see its help.")
        sheet.write_string(row + 1, 0, "may be blank", self._optional)
        sheet.write_string(row + 1, 1, "A column's name on pale. The column may be deleted too.")
        row += 2
        notes = "Own notes go on sheets whose name begins with _, such as _notes; only they and "
        for rule in (*RULES, f"{notes}this sheet are not read."):
            sheet.write_string(row, 0, f"•  {rule}")
            row += 1
        row = self._heading_row(sheet, row + 1, "All tables")
        for name, table in dictionary().items():
            self._link_to(sheet, row, name, name, self._link)
            sheet.write_string(row, 1, table.description)
            row += 1
        row = self._heading_row(sheet, row + 1, "All columns")
        for place, title in enumerate(("table", "column", "write", "meaning")):
            sheet.write_string(row, place, title, self._optional)
        for table in dictionary().values():
            for column in table.columns:
                row += 1
                self._describe(sheet, row, table, column)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_first_sheet()
        sheet.activate()

    def table_sheet(self, table: Table, frame: pd.DataFrame) -> None:
        """The sheet of one table."""
        sheet = self._sheet(table)
        for place, column in enumerate(table.columns):
            style = self._style(column)
            width = max(11, len(column.name) + 3, 34 if column.name in ("name", "text") else 0)
            sheet.set_column(place, place, width, style)
            header = self._needed if column.required else self._optional
            sheet.write_string(0, place, column.name, header)
            self._note(sheet, 0, place, column)
            self._validate(sheet, (1, place, _LAST_ROW, place), column, {})
            if column.name in frame.columns:
                for row, value in enumerate(frame[column.name], 1):
                    self._cell(sheet, row, place, value, style, table.name)

    def settings_sheet(self, table: Table, frame: pd.DataFrame) -> None:
        """The sheet of settings: its keys stand there, their values are to be filled in."""
        sheet = self._sheet(table)
        sheet.set_column(0, 0, 22, self._text)
        sheet.set_column(1, 1, 34)
        sheet.write_string(0, 0, "key", self._needed)
        sheet.write_string(0, 1, "value", self._needed)
        given = dict(zip(frame["key"], frame["value"], strict=True)) if len(frame) else {}
        for row, column in enumerate(table.columns, 1):
            style = self._style(column)
            sheet.write_string(
                row, 0, column.name, self._needed if column.required else self._optional
            )
            self._note(sheet, row, 0, column)
            prompt = {"input_title": column.name, "input_message": help_line(column)[:255]}
            self._validate(sheet, (row, 1, row, 1), column, prompt)
            sheet.write_blank(row, 1, None, style)
            self._cell(sheet, row, 1, _typed(given.get(column.name, ""), column), style, table.name)

    def _sheet(self, table: Table) -> Any:
        sheet = self._book.add_worksheet(table.name)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 20)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        if table.required:
            sheet.set_tab_color(_ACCENT)
        return sheet

    def _style(self, column: Column) -> Any:
        if column.type == "date":
            return self._date
        return self._plain if column.type in ("number", "integer") else self._text

    def _note(self, sheet: Any, row: int, place: int, column: Column) -> None:
        text = help_line(column)
        size = {"x_scale": 2.2, "y_scale": max(0.8, 0.3 * (2 + len(text) // 38))}
        sheet.write_comment(row, place, text, {"author": "portfolio", "font_size": 9, **size})

    def _validate(
        self, sheet: Any, area: tuple[int, int, int, int], column: Column, prompt: dict[str, str]
    ) -> None:
        rule = _validation(column)
        if rule is None and not prompt:
            return
        message = f"Write {what_to_write(column)}."[:255]
        error = {"error_title": column.name[:32], "error_message": message}
        sheet.data_validation(*area, {**(rule or {"validate": "any"}), **error, **prompt})

    def _cell(
        self, sheet: Any, row: int, place: int, value: object, style: Any, table: str
    ) -> None:
        if value is None or value is pd.NA or value is pd.NaT or value != value or value == "":
            return
        if isinstance(value, bool):
            sheet.write_string(row, place, "yes" if value else "no", style)
        elif isinstance(value, pd.Timestamp):
            if value < pd.Timestamp(_FIRST_DAY):
                sheet.write_string(row, place, value.date().isoformat(), style)
            else:
                sheet.write_datetime(row, place, value.to_pydatetime(), style)
        elif isinstance(value, int | float):
            sheet.write_number(row, place, value, style)
        elif len(text := str(value).strip()) > _LONGEST_TEXT:
            raise PortfolioError(
                f"The table {table} has a text of {len(text):,} signs in row {row + 1}, and a "
                f"cell holds {_LONGEST_TEXT:,}; write a folder of CSV files instead."
            )
        else:
            sheet.write_string(row, place, text, style)

    def _heading_row(self, sheet: Any, row: int, text: str) -> int:
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, text, self._heading)
        return row + 1

    def _link_to(self, sheet: Any, row: int, name: str, text: str, style: Any) -> None:
        sheet.write_url(row, 0, f"internal:'{name}'!A1", style, text)

    def _describe(self, sheet: Any, row: int, table: Table, column: Column) -> None:
        self._link_to(sheet, row, table.name, table.name, self._link)
        sheet.write_string(row, 1, column.name, self._name if column.required else self._wrapped)
        sheet.write_string(row, 2, what_to_write(column), self._wrapped)
        default = f" Blank means {column.default}." if column.default else ""
        needed = " Must be filled." if column.required else ""
        sheet.write_string(row, 3, f"{column.description}{default}{needed}", self._wrapped)


def _validation(column: Column) -> dict[str, object] | None:
    words = ("yes", "no") if column.type == "flag" else column.words
    if words:
        return {"validate": "list", "source": list(words)}
    if column.reference and column.reference[0] in dictionary() and not column.words:
        target, columns = column.reference
        if len(columns) > 1:
            return None
        ids = f"{target}!$A$2:$A${_REFERENCE_ROWS}"
        source = f"=OFFSET({target}!$A$2,0,0,MAX(1,COUNTA({ids})),1)"
        # The list is an offer: the id may be added to the other table later.
        return {"validate": "list", "source": source, "show_error": False}
    if column.type in ("number", "integer"):
        low = -1e15 if column.minimum is None else column.minimum
        high = 1e15 if column.maximum is None else column.maximum
        kind = "integer" if column.type == "integer" else "decimal"
        return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    if column.type == "date":
        return {"validate": "date", "criteria": ">=", "value": _FIRST_DAY}
    return None


def _typed(text: str, column: Column) -> object:
    if column.type in ("number", "integer"):
        try:
            return float(text)
        except ValueError:
            return text
    if column.type == "date":
        try:
            return pd.Timestamp(dt.date.fromisoformat(text))
        except ValueError:
            return text
    return text
