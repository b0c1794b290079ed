"""A workbook's cells as the words that a CSV file of the same sheet would hold."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import cache

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from portfolio.data.package import Package, local, parse_xml, walk

__all__ = ["CellWords", "number_words"]

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class CellWords:
    """Puts the cells of one workbook into words.

    Numbers keep their value and not their looks, but for three looks that say what the
    value means: dates become ``2026-11-03``, percentages ``5%`` (which is no number to
    the dictionary: whether 5 or 0.05 is meant would be a guess) and a format such as
    ``000`` keeps its leading zeros.

    Parameters
    ----------
    package : Package
        The workbook.
    decimal : str
        The decimal sign of the words.
    """

    def __init__(self, package: Package, decimal: str) -> None:
        self._decimal = decimal
        self._epoch = MAC_EPOCH if package.from_1904 else WINDOWS_EPOCH
        self._strings = _shared_strings(package)
        self._formats = _formats(package)
        self._looks = [_look(code) for code in self._formats]

    def words(self, kind: str, raw: str, style: int) -> str:
        """One cell.

        Parameters
        ----------
        kind : str
            The cell's type in the file.
        raw : str
            Its value in the file.
        style : int
            Number of its style.

        Returns
        -------
        str
        """
        if kind == "s":
            return self._strings[int(raw)]
        if kind == "n":
            return self._number(raw, style) if raw else ""
        if kind == "b":
            return "TRUE" if raw.strip() in ("1", "true") else "FALSE"
        if kind == "d":
            return raw.removesuffix("T00:00:00")
        return raw if kind == "e" else _unescaped(raw)

    def is_date(self, kind: str, style: int) -> bool:
        """Whether a cell is shown as a date."""
        return kind == "d" or (kind == "n" and self._shown_as(style) == "date")

    def _shown_as(self, style: int) -> str:
        return self._looks[style] if style < len(self._looks) else ""

    def _number(self, raw: str, style: int) -> str:
        look = self._shown_as(style)
        if look == "date":
            return _date(float(raw), self._epoch) or number_words(raw, self._decimal)
        if look == "percent":
            return number_words(str(Decimal(repr(float(raw))) * 100), self._decimal) + "%"
        if look == "zeros":
            return number_words(raw, self._decimal).zfill(len(self._formats[style]))
        return number_words(raw, self._decimal)


def number_words(raw: str, decimal: str = ".") -> str:
    """A number in digits, without an exponent: the shortest that has its value.

    Parameters
    ----------
    raw : str
        As the file has it, for example ``1.1000000000000001`` or ``1E-5``.
    decimal : str
        The decimal sign.

    Returns
    -------
    str
        For example ``1.1`` or ``0.00001``.
    """
    if raw.isascii() and raw.isdigit() and len(raw) < 16:
        return raw if raw[0] != "0" else str(int(raw))
    value = float(raw)
    words = format(Decimal(repr(value)), "f")
    if "." in words:
        words = words.rstrip("0").rstrip(".")
    return "0" if value == 0 else words.replace(".", decimal)


@cache
def _look(code: str) -> str:
    plain = _QUOTED.sub("", code.split(";")[0])
    if is_date_format(code):
        return "date"
    if "%" in plain:
        return "percent"
    return "zeros" if re.fullmatch("0{2,}", plain) else ""


def _date(value: float, epoch: dt.datetime) -> str:
    try:
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return ""
    if isinstance(moment, dt.datetime):
        whole = moment.time() == dt.time()
        return moment.date().isoformat() if whole else moment.isoformat(" ")
    return "" if moment is None else str(moment)


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _shared_strings(package: Package) -> list[str]:
    part = package.relations.get("sharedStrings", "")
    strings: list[str] = []
    if not package.has(part):
        return strings
    pieces: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(local(name))
        if inside[-1] == "si":
            pieces.clear()

    def text(piece: str) -> None:
        # Phonetic guides (rPh) are shown above a text and are no part of it.
        if inside and inside[-1] == "t" and "rPh" not in inside[-2:]:
            pieces.append(piece)

    def end(name: str) -> None:
        if inside.pop() == "si":
            strings.append(_unescaped("".join(pieces)))

    parse_xml(package.open(part), start, end, text)
    return strings


def _formats(package: Package) -> list[str]:
    part = package.relations.get("styles", "")
    own: dict[str, str] = {}
    numbers: list[str] = []

    def visit(element: str, above: str, attributes: dict[str, str]) -> None:
        if element == "numFmt" and above == "numFmts":
            own[attributes["numFmtId"]] = attributes["formatCode"]
        elif element == "xf" and above == "cellXfs":
            numbers.append(attributes.get("numFmtId", "0"))

    if package.has(part):
        walk(package.open(part), visit)
    known = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    return [own.get(number) or known.get(number, "General") for number in numbers]
