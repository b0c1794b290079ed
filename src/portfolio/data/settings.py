"""What holds for the whole portfolio, parsed from the key-value table ``settings``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from portfolio.data.calendar import Calendar, label_frequency
from portfolio.data.cells import CellFault, Notation, parse_cell
from portfolio.data.schema import RawTable, dictionary
from portfolio.errors import Fault, nearest

__all__ = ["Settings", "parse_settings", "read_calendar"]


@dataclass(frozen=True)
class Settings:
    """Settings of a portfolio.

    Attributes
    ----------
    name, currency : str
        As printed on reports.
    frequency : str
        ``month``, ``quarter`` or ``year``.
    first_period : str
        Label of the first period that is planned.
    periods : int
        Number of periods.
    year_start : int
        Month in which the year begins.
    discount_rate : float
        A year, as a fraction.
    fte_hours : float or None
        Hours of one FTE in a full period.
    data_date : datetime.date or None
        Date up to which actuals are in the tables.
    labour_in_costs : bool or None
        Whether `costs` hold people's cost already; None where it is not said.
    """

    name: str
    currency: str
    frequency: str
    first_period: str
    periods: int
    year_start: int = 1
    discount_rate: float = 0.0
    fte_hours: float | None = None
    data_date: dt.date | None = None
    labour_in_costs: bool | None = None

    @property
    def calendar(self) -> Calendar:
        """The calendar that the settings describe."""
        return Calendar(self.frequency, self.first_period, self.periods, self.year_start)


_YEARS = (1900, 2199)
"""Years in which a horizon may begin: others are slips of the pen, and dates end with 9999."""


def parse_settings(
    raw: RawTable, notation: Notation
) -> tuple[Settings | None, Calendar | None, list[Fault]]:
    """Parse the table ``settings``.

    Parameters
    ----------
    raw : RawTable
        Columns ``key`` and ``value``.
    notation : Notation
        How numbers are written.

    Returns
    -------
    settings : Settings or None
        None where there are faults.
    calendar : Calendar or None
        None where there are faults in what it is made of.
    faults : list of Fault
    """
    faults = _header_faults(raw)
    if not {"key", "value"} <= set(raw.frame.columns):
        return None, None, faults
    table = dictionary()["settings"]
    given: dict[str, tuple[int, str]] = {}
    for row, text, value in zip(raw.rows, raw.frame["key"], raw.frame["value"], strict=True):
        key = text.strip()
        if key not in table.names:
            rule = "is not a setting"
            faults.append(_fault(raw, int(row), "key", key, rule, nearest(key, table.names)))
        elif key in given:
            rule = f"stands already in row {given[key][0]}"
            faults.append(_fault(raw, int(row), "key", key, rule, "keep one of the two rows"))
        else:
            given[key] = (int(row), value)
    parsed: dict[str, Any] = {}
    for column in table.columns:
        place, text = given.get(column.name, (None, ""))
        try:
            parsed[column.name] = parse_cell(text, column, notation)
        except CellFault as problem:
            if place is None:
                rule = f"the setting {column.name} is missing"
                remedy = f"add a row with the key {column.name}: {column.description}"
                faults.append(Fault(raw.file, None, "key", "", rule, remedy, "settings"))
            else:
                value = f"{column.name}: {text}" if text else column.name
                faults.append(_fault(raw, place, "value", value, problem.rule, problem.remedy))
    calendar = None
    if parsed.keys() >= {"first_period", "frequency"}:
        wrong = _first_period_faults(raw, given, parsed)
        faults += wrong
        if not wrong and parsed.keys() >= {"periods", "year_start"}:
            columns = ("frequency", "first_period", "periods", "year_start")
            calendar = Calendar(*(parsed[name] for name in columns))
    return (None if faults else _settings(parsed)), calendar, faults


def read_calendar(frame: pd.DataFrame) -> Calendar | None:
    """The calendar of a table ``settings`` with the columns key and value; None at a fault."""
    raw = RawTable("settings", "settings", frame, np.arange(2, len(frame) + 2))
    return parse_settings(raw, Notation())[1]


def _header_faults(raw: RawTable) -> list[Fault]:
    faults = [
        _fault(raw, 1, name, "", f"the column {name} is missing", "settings has key and value")
        for name in ("key", "value")
        if name not in raw.frame.columns
    ]
    for name in map(str, raw.frame.columns):
        if name not in ("key", "value"):
            rule = "is not a column of the table settings"
            faults.append(_fault(raw, 1, name, name, rule, "settings has key and value"))
    return faults


def _first_period_faults(
    raw: RawTable, given: dict[str, tuple[int, str]], parsed: dict[str, Any]
) -> list[Fault]:
    first, frequency = str(parsed["first_period"]), parsed["frequency"]
    if label_frequency(first) != frequency:
        rule = f"is not a {frequency}, and frequency says {frequency}"
        remedy = "write for example 2027-01 for a month, 2027Q1 for a quarter, 2027 for a year"
    elif not _YEARS[0] <= int(first[:4]) <= _YEARS[1]:
        rule = "is no year to plan in"
        remedy = f"write a period of the years {_YEARS[0]} to {_YEARS[1]}"
    else:
        return []
    return [_fault(raw, given["first_period"][0], "value", first, rule, remedy)]


def _settings(parsed: dict[str, Any]) -> Settings:
    return Settings(**{key: _plain(value) for key, value in parsed.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date()
    if value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    return value


def _fault(raw: RawTable, row: int, column: str, value: str, rule: str, remedy: str) -> Fault:
    return Fault(raw.file, row, column, value, rule, remedy, raw.name)
