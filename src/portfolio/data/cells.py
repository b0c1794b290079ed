"""One cell of text, parsed by the column's description: nothing is guessed."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from portfolio.data.calendar import label_frequency
from portfolio.errors import nearest

if TYPE_CHECKING:
    from portfolio.data.schema import Column

__all__ = ["LARGEST", "CellFault", "Notation", "parse_cell", "weekday_mask"]

LARGEST = 1e15
"""Larger numbers are refused: sums of them lose whole units in floating point."""

_SMALLEST = 1e-9
_FLAGS = {"yes": True, "no": False, "true": True, "false": False}
_ERROR_CELLS = (
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Ids that look the same must be the same.
_UNSEEN = re.compile(r"[\n\r\t\u00ad\u200b\u2028\u2029\u2060\ufeff]")


@dataclass(frozen=True)
class Notation:
    """How numbers are written.

    Parameters
    ----------
    decimal : str
        The decimal sign.
    thousands : str
        The thousands separator; "" where there is none.

    Raises
    ------
    ValueError
        If the two are the same, or either is no single sign.
    """

    decimal: str = "."
    thousands: str = ""

    def __post_init__(self) -> None:
        if self.decimal not in (".", ","):
            raise ValueError("the decimal sign is '.' or ','")
        if self.thousands not in ("", ".", ",", " ", "'", "\u00a0", "\u202f"):
            raise ValueError("the thousands separator is '.', ',', a space, an apostrophe or ''")
        if self.decimal == self.thousands:
            raise ValueError("the decimal sign and the thousands separator cannot be the same")


class CellFault(ValueError):
    """A cell breaks a rule."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(f"{rule}; {remedy}")
        self.rule = rule
        self.remedy = remedy


def parse_cell(
    text: str, column: Column, notation: Notation, *, blank_allowed: bool = False
) -> object:
    """Parse one cell.

    Parameters
    ----------
    text : str
        The cell's text; "" is blank.
    column : Column
        What the dictionary says of it.
    notation : Notation
        How numbers are written.
    blank_allowed : bool
        Whether a blank passes even where the column is required.

    Returns
    -------
    object
        str, float, int, bool, datetime or a missing value; the default where blank.

    Raises
    ------
    CellFault
        With the rule that is broken and the remedy.
    """
    text = text.strip()
    if text in _ERROR_CELLS:
        raise CellFault("is an error of the spreadsheet", "mend the formula, or clear the cell")
    if not text:
        if column.required and not blank_allowed:
            remedy = f"fill it in: {_lower_first(column.description).rstrip('.')}"
            raise CellFault("is blank, and this column must be filled", remedy)
        if not column.default:
            return _BLANKS.get(column.type, "")
        text = column.default
        notation = Notation()
    return _PARSERS[column.type](text, column, notation)


_BLANKS = {"number": math.nan, "integer": pd.NA, "flag": pd.NA, "date": pd.NaT}


def _text(text: str, column: Column, notation: Notation) -> str:
    if _CONTROL.search(text):
        raise CellFault("holds a control character", "type it again")
    return text


def _id(text: str, column: Column, notation: Notation) -> str:
    if _CONTROL.search(text) or _UNSEEN.search(text):
        raise CellFault("is an id with a line break or a sign that cannot be seen", "type it again")
    if len(text) > 200:
        raise CellFault("is an id of over 200 characters", "shorten it")
    return text


def _word(text: str, column: Column, notation: Notation) -> str:
    if text in column.words:
        return text
    raise CellFault(
        f"is not a word that this column knows ({', '.join(column.words)})",
        nearest(text, column.words, otherwise="write one of these"),
    )


def _number(text: str, column: Column, notation: Notation) -> float:
    value = _plain_number(text, column, notation)
    if abs(value) > LARGEST:
        raise CellFault("is too large a number", f"check the unit; at most {LARGEST:.0e}")
    if abs(value) < _SMALLEST and re.search("[1-9]", text):
        raise CellFault("is so near to zero that it would upset the optimiser", "write 0")
    _check_bounds(value, column)
    return value


def _plain_number(text: str, column: Column, notation: Notation) -> float:
    thousands = re.escape(notation.thousands)
    decimal = re.escape(notation.decimal)
    whole = rf"\d{{1,3}}(?:{thousands}\d{{3}})+|\d+" if thousands else r"\d+"
    if re.fullmatch(rf"[+-]?(?:(?:{whole})(?:{decimal}\d+)?|{decimal}\d+)", text, re.ASCII):
        plain = text.replace(notation.thousands, "") if notation.thousands else text
        return float(plain.replace(notation.decimal, "."))
    raise CellFault("is not a number", _number_remedy(text, column, notation))


def _number_remedy(text: str, column: Column, notation: Notation) -> str:
    plain = f"{1234.5:.1f}".replace(".", notation.decimal)
    if re.fullmatch(r"\(.*\)", text):
        return f"write a minus sign instead of brackets: -{text.strip('() ')}"
    if text.endswith("%"):
        return "write the fraction, for example 0.5 for 50%".replace(".", notation.decimal)
    if re.fullmatch(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+", text, re.ASCII):
        return "write it out in digits"
    if re.search(r"[£$€]|^[A-Z]{3}\b.*\d", text):
        return "leave out the currency; settings name it"
    if re.fullmatch(r"[+-]?[\d., '\u00a0\u202f]+", text, re.ASCII):
        return f"write it as {plain}, or declare the signs with --decimal and --thousands"
    if text.lower() in ("n/a", "na", "none", "null", "nan", "-", "tbc", "tbd", "inf"):
        return "leave the cell blank where there is no number"
    return f"write digits only, for example {plain}"


def _integer(text: str, column: Column, notation: Notation) -> int:
    value = _number(text, column, notation)
    if value != int(value):
        raise CellFault("is not a whole number", "round it")
    return int(value)


def _check_bounds(value: float, column: Column) -> None:
    if column.minimum is not None and value < column.minimum:
        raise CellFault(f"is below the least allowed, {column.minimum:g}", _bounds_remedy(column))
    if column.maximum is not None and value > column.maximum:
        raise CellFault(f"is above the most allowed, {column.maximum:g}", _bounds_remedy(column))


def _bounds_remedy(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    low = "" if column.minimum is None else f" from {column.minimum:g}"
    high = "" if column.maximum is None else f" to {column.maximum:g}"
    return f"write a number{low}{high}{unit}"


def _flag(text: str, column: Column, notation: Notation) -> bool:
    if text.lower() in _FLAGS:
        return _FLAGS[text.lower()]
    raise CellFault("is neither yes nor no", "write yes or no")


def _date(text: str, column: Column, notation: Notation) -> pd.Timestamp:
    shape = r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?"
    match = re.fullmatch(shape, text, re.ASCII)
    if not match:
        remedy = "write year-month-day, for example 2027-03-31"
        raise CellFault("is not a date", remedy)
    try:
        return pd.Timestamp(dt.date(int(match[1]), int(match[2]), int(match[3]))).as_unit("s")
    except ValueError:
        raise CellFault("is a day that does not exist", "write a day of the calendar") from None


def _period(text: str, column: Column, notation: Notation) -> str:
    if label_frequency(text):
        return text
    rule = "is not a period"
    date = re.match(r"(\d{4})-(\d{1,2})-\d{1,2}", text, re.ASCII)
    if date and 1 <= int(date[2]) <= 12:
        year, month = int(date[1]), int(date[2])
        remedy = (
            f"write the period that it lies in: {year:04d}-{month:02d} for a month, "
            f"{year:04d}Q{(month - 1) // 3 + 1} for a quarter, {year:04d} for a year"
        )
        raise CellFault("is a date where a period belongs", remedy)
    raise CellFault(rule, "write 2027-03 for a month, 2027Q1 for a quarter, 2027 for a year")


def _weekdays(text: str, column: Column, notation: Notation) -> str:
    weekday_mask(text)
    return text


def weekday_mask(text: str) -> str:
    """Days of a week as numpy's mask, Monday first.

    Parameters
    ----------
    text : str
        For example ``Mon-Fri`` or ``Sun,Mon,Tue``.

    Returns
    -------
    str
        For example ``1111100``.

    Raises
    ------
    CellFault
        If it names no days of the week.
    """
    worked = set()
    for part in text.replace(" ", "").split(","):
        ends = part.split("-")
        if len(ends) > 2 or not all(day in _DAYS for day in ends):
            raise CellFault("is not a list of weekdays", "write for example Mon-Fri or Sun,Mon,Tue")
        first, last = _DAYS.index(ends[0]), _DAYS.index(ends[-1])
        worked |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return "".join("1" if day in worked else "0" for day in range(7))


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


_PARSERS = {
    "id": _id,
    "text": _text,
    "word": _word,
    "number": _number,
    "integer": _integer,
    "flag": _flag,
    "date": _date,
    "period": _period,
    "weekdays": _weekdays,
}
