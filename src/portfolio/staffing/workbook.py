"""A line's request as a workbook, ready to be answered."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
import xlsxwriter.exceptions

from portfolio.data.workbook import START_SHEET
from portfolio.staffing.layout import ANSWERS, LAYOUT, TO_FILL

__all__ = ["write_request"]

_ACCENT, _PALE = "#1F4E79", "#DDE6EF"
_WIDTHS = {"answer": 13, "person_agreed": 17, "remark": 32}
"""Of columns that are filled in; the others are as wide as what they hold."""
_WIDEST = 60
_BUTTON = 3
"""Signs that the button of a filter takes of a header."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_HOW = (
    "This is a question, and no order: you decide who of your people works where.",
    "Answer row by row in the columns on pale; fill down where rows are alike.",
    "agreed: the person works there with the FTE asked for.",
    "changed to: write the FTE in fte_agreed, the id of somebody else in person_agreed, or both.",
    "refused: the person does not work there then, and will not be planned there again.",
    "Where a row names nobody, agreed needs the id of somebody in person_agreed; refused "
    "leaves the work without anybody.",
    "A row without an answer stays open. Rows may be deleted; the other columns stay as they are.",
    "Send the workbook back as it is: an agreed row becomes a committed booking.",
)


def write_request(path: Path, line: str, rows: pd.DataFrame, about: str) -> None:
    """Write the workbook of one line.

    Parameters
    ----------
    path : Path
        Where to write.
    line : str
        The line, in words.
    rows : pandas.DataFrame
        Its requests, as `staffing_requests` gives them.
    about : str
        What the request is about, in a sentence.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # Texts are texts: nothing in the data becomes a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path, options)
    _start(book, line, about)
    _sheet(book, line, rows)
    try:
        book.close()
    except xlsxwriter.exceptions.XlsxFileError as problem:
        raise OSError(str(problem)) from problem


def _start(book: Any, line: str, about: str) -> None:
    sheet = book.add_worksheet(START_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    title = book.add_format({"bold": True, "font_size": 18, "font_color": _ACCENT})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"Staffing request: {line}", title)
    for row, sentence in enumerate((about, "", *_HOW), 1):
        sheet.write_string(row, 0, sentence, wrapped)


def _sheet(book: Any, line: str, rows: pd.DataFrame) -> None:
    sheet = book.add_worksheet(_sheet_name(line))
    framed = {"bold": True, "valign": "vcenter", "border": 1, "border_color": "#FFFFFF"}
    asked = book.add_format({**framed, "bg_color": _ACCENT, "font_color": "#FFFFFF"})
    fill = book.add_format({**framed, "bg_color": _PALE, "font_color": "#1A1A1A"})
    text = book.add_format({"num_format": "@"})
    centred = {"num_format": "0.00", "align": "center"}
    number = book.add_format(centred)
    open_text = book.add_format({"num_format": "@", "bg_color": "#F3F6FA"})
    open_number = book.add_format({**centred, "bg_color": "#F3F6FA"})
    for place, column in enumerate(LAYOUT.columns):
        to_fill, numeric = column.name in TO_FILL, column.type == "number"
        style = (open_number if numeric else open_text) if to_fill else number if numeric else text
        width = _WIDTHS.get(column.name) or _width(column.name, rows)
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, column.name, fill if to_fill else asked)
        sheet.write_comment(0, place, column.description)
        for row in range(len(rows)):
            if to_fill:
                sheet.write_blank(row + 1, place, None, style)
            elif numeric:
                sheet.write_number(row + 1, place, float(rows[column.name].iloc[row]), style)
            else:
                sheet.write_string(row + 1, place, str(rows[column.name].iloc[row]), style)
    last = max(len(rows), 1)
    answer, agreed = LAYOUT.names.index("answer"), LAYOUT.names.index("fte_agreed")
    sheet.data_validation(
        1, answer, last, answer,
        {"validate": "list", "source": list(ANSWERS), "error_title": "Answer",
         "error_message": f"Choose one of: {', '.join(ANSWERS)}."},
    )  # fmt: skip
    sheet.data_validation(
        1, agreed, last, agreed,
        {"validate": "decimal", "criteria": "between", "minimum": 0.01, "maximum": 1,
         "error_title": "FTE", "error_message": "Write a number above 0, at most 1."},
    )  # fmt: skip
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, last, len(LAYOUT.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.activate()


def _width(name: str, rows: pd.DataFrame) -> int:
    """Width of a column in signs: that of its header, or of what it holds."""
    held = rows[name].astype(str).str.len().max() if name in rows and len(rows) else 0
    return max(len(name) + _BUTTON, min(int(held) + 2, _WIDEST))


def _sheet_name(line: str) -> str:
    """The line as the name of a sheet: at most 31 signs, none that a sheet may not have."""
    name = " ".join(_FORBIDDEN.sub(" ", line).split())[:31].strip() or "request"
    # A sheet that begins with _ is left alone when it comes back, and so is the first one;
    # a spreadsheet keeps the name History for itself.
    return f"line {name}"[:31].strip() if name[0] == "_" or name.lower() in _TAKEN else name


_TAKEN = (START_SHEET, "history")
