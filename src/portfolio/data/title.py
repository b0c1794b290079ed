"""What a portfolio is called and the period that its data are of, before anything else is read.

Nothing is checked here: a run must know under which name it works before it may know whether its
data are right. What cannot be read is left for those who read the whole to say.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from portfolio.data.calendar import Calendar

__all__ = ["read_title", "read_year_start"]

_TABLE = "settings"
_LARGEST = 1_000_000


def read_title(path: Path) -> tuple[str, str]:
    """Name of a portfolio, and the period that its data date lies in.

    Parameters
    ----------
    path : Path
        A folder of CSV files, or a workbook.

    Returns
    -------
    name, period : str
        Each "" where it is not known.
    """
    given = _given(path)
    return given.get("name", ""), _period(given) if given else ""


def read_year_start(path: Path) -> int | None:
    """Month in which the year of a portfolio begins; None where its settings cannot be read.

    Parameters
    ----------
    path : Path
        A folder of CSV files, or a workbook.
    """
    given = _given(path)
    month = given.get("year_start") or "1"
    return int(month) if given and month.isascii() and month.isdigit() else None


def _given(path: Path) -> Mapping[str, str]:
    """The settings as they are written; empty where they cannot be read."""
    try:
        return _of_folder(path) if path.is_dir() else _of_workbook(path)
    except (OSError, ValueError, csv.Error):
        return {}


def _of_folder(folder: Path) -> dict[str, str]:
    file = folder / f"{_TABLE}.csv"
    if file.stat().st_size > _LARGEST:
        return {}
    text = file.read_text(encoding="utf-8-sig")
    header = text.partition("\n")[0]
    delimiter = next((sign for sign in ";\t" if sign in header and "," not in header), ",")
    rows = csv.DictReader(text.splitlines(), delimiter=delimiter)
    return {
        (row.get("key") or "").strip(): (row.get("value") or "").strip().removeprefix("'")
        for row in rows
    }


def _of_workbook(path: Path) -> dict[str, str]:
    # Imported late: it loads pandas, which a process that reads a folder has no need of.
    from portfolio.data.cellwords import CellWords
    from portfolio.data.package import PackageError, open_package
    from portfolio.data.schema import dictionary
    from portfolio.data.workbook import read_sheet

    try:
        with open_package(path) as package:
            sheets = [sheet for sheet in package.sheets if sheet.name == _TABLE]
            words = CellWords(package, ".")
            tables = (read_sheet(package, s, words, dictionary()[_TABLE], s.name) for s in sheets)
            frames = [table.frame for table, _ in tables if table is not None]
    except PackageError:
        return {}
    return {
        str(key).strip(): str(value).strip()
        for frame in frames
        if {"key", "value"} <= set(frame.columns)
        for key, value in zip(frame["key"], frame["value"], strict=True)
    }


def _period(given: Mapping[str, str]) -> str:
    first, frequency = given.get("first_period", ""), given.get("frequency", "")
    if not given.get("data_date"):
        return first
    try:
        day = dt.date.fromisoformat(given["data_date"])
        calendar = Calendar(frequency, first, 1, int(given.get("year_start") or 1))
        return calendar.of_date(day)
    except ValueError:
        return ""
