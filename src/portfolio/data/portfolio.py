"""A portfolio: frozen, checked tables, their calendar and the sets derived from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import pandas as pd

from portfolio.data.calendar import Calendar
from portfolio.data.cells import Notation
from portfolio.data.checks import CHECKS
from portfolio.data.schema import (
    RawTable,
    dictionary,
    doubled_keys,
    empty_table,
    parse_table,
)
from portfolio.data.settings import Settings, parse_settings
from portfolio.data.tables import Tables
from portfolio.errors import DataError, Fault, nearest

__all__ = ["FREE_STAGES", "Portfolio", "as_text"]

FREE_STAGES = ("proposed", "approved", "on_hold")
"""Stages in which the optimiser decides; the others are settled or not offered."""

Records: TypeAlias = pd.DataFrame | Iterable[Mapping[str, object]] | Mapping[str, object]


@dataclass(frozen=True)
class Portfolio:
    """Checked tables. A change makes a new portfolio; nothing is ever written into one.

    Attributes
    ----------
    settings : Settings
        What holds for the whole portfolio.
    tables : mapping of str to pandas.DataFrame
        Every table of the dictionary, parsed; blanks in text are "".

    Notes
    -----
    ``portfolio["costs"]`` gives a table that may be changed without changing
    the portfolio (pandas copies on write).
    """

    settings: Settings
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Records]) -> Portfolio:
        """Make a portfolio from plain Python or pandas tables.

        Parameters
        ----------
        tables : mapping of str to table
            A DataFrame or a list of records a table; `settings` may be one
            mapping. All values go through text, and are parsed and checked as
            a file's would be.

        Returns
        -------
        Portfolio

        Raises
        ------
        DataError
            With every fault found.
        """
        faults = []
        raws = {}
        for name, records in tables.items():
            if name not in dictionary():
                rule, remedy = "is not a table", nearest(name, dictionary())
                faults.append(Fault(name, None, "", name, rule, remedy, name))
                continue
            frame = _text_frame(name, records)
            raws[name] = RawTable(name, name, frame, np.arange(2, len(frame) + 2))
        return cls.from_raw(raws, Notation(), faults)

    @classmethod
    def from_raw(
        cls,
        raws: Mapping[str, RawTable],
        notation: Notation | None = None,
        faults: Iterable[Fault] = (),
    ) -> Portfolio:
        """Parse and check tables of text cells.

        Parameters
        ----------
        raws : mapping of str to RawTable
            The tables found.
        notation : Notation, optional
            How numbers are written.
        faults : iterable of Fault
            What was found wrong while reading; reported with the rest.

        Returns
        -------
        Portfolio

        Raises
        ------
        DataError
            With every fault found.
        """
        notation = notation or Notation()
        found = list(faults)
        found += _missing_tables(raws, found)
        frames = {}
        for name, table in dictionary().items():
            if name == "settings":
                continue
            if name in raws:
                frames[name], table_faults = parse_table(raws[name], notation)
                found += table_faults
            else:
                frames[name] = empty_table(table)
        settings = None
        if "settings" in raws:
            settings, table_faults = parse_settings(raws["settings"], notation)
            found += table_faults
            frames["settings"] = raws["settings"].frame
        else:
            frames["settings"] = pd.DataFrame({"key": [], "value": []}, dtype="str")
        places = {name: (raw.file, raw.rows) for name, raw in raws.items()}
        return cls._checked(settings, frames, places, found)

    @classmethod
    def from_changed(cls, frames: Mapping[str, pd.DataFrame]) -> Portfolio:
        """Make a portfolio from tables that are parsed already, and check them again.

        Parameters
        ----------
        frames : mapping of str to pandas.DataFrame
            Every table of the dictionary, parsed; `settings` as key and value.

        Raises
        ------
        DataError
            With every fault found; rows are counted from 2, as in a file of the table.
        """
        frame = frames["settings"]
        raw = RawTable("settings", "settings", frame, np.arange(2, len(frame) + 2))
        settings, faults = parse_settings(raw, Notation())
        for name, table in dictionary().items():
            faults += doubled_keys(name, table, frames[name]) if table.key else []
        return cls._checked(settings, frames, {}, faults)

    @classmethod
    def _checked(
        cls,
        settings: Settings | None,
        frames: Mapping[str, pd.DataFrame],
        places: Mapping[str, tuple[str, np.ndarray]],
        faults: list[Fault],
    ) -> Portfolio:
        tables = Tables(frames, places, settings, faults)
        found = [fault for check in CHECKS for fault in check(tables)]
        faults = [*faults, *found]
        if faults or settings is None:
            raise DataError(_in_order(faults))
        ordered = {name: frames[name].reset_index(drop=True) for name in dictionary()}
        return cls(settings, MappingProxyType(ordered))

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise KeyError(f"'{name}' is not a table; {nearest(name, self.tables)}")
        return self.tables[name].copy(deep=False)

    @cached_property
    def calendar(self) -> Calendar:
        """The periods of the horizon."""
        return self.settings.calendar

    @cached_property
    def options(self) -> pd.DataFrame:
        """Every option of every project, implicit ones included.

        Returns
        -------
        pandas.DataFrame
            project_id, option_id ("" for the implicit one), name, duration
            (periods, int64), value_share; in the order of `projects`, then of
            `options`. A blank duration is the last offset with cost or
            demand, plus one, and at least one period.
        """
        projects = self.tables["projects"][["project_id"]]
        options = projects.merge(self.tables["options"], on="project_id", how="left")
        options["option_id"] = options["option_id"].astype("str").fillna("")
        options["name"] = options["name"].astype("str").fillna("")
        options["value_share"] = options["value_share"].fillna(1.0)
        derived = options[["project_id", "option_id"]].merge(
            self._last_offsets(), on=["project_id", "option_id"], how="left"
        )
        last = derived["offset"].fillna(0).to_numpy(dtype=np.int64)
        given = options["duration"].astype("float64").to_numpy()
        options["duration"] = np.where(np.isnan(given), np.maximum(last + 1, 1), given).astype(
            np.int64
        )
        return options

    def _last_offsets(self) -> pd.DataFrame:
        rows = pd.concat(
            [
                self.by_offset(table)[["project_id", "option_id", "offset"]]
                for table in ("costs", "demand")
            ]
        )
        key = ["project_id", "option_id"]
        return rows.groupby(key)["offset"].max().reset_index()

    def by_offset(self, table: str) -> pd.DataFrame:
        """The rows of costs, benefits or demand, all counted from the project's start.

        Parameters
        ----------
        table : str
            ``costs``, ``benefits`` or ``demand``.

        Returns
        -------
        pandas.DataFrame
            The table with `offset` (int64) filled in and a blank option named.
            Rows by period become offsets from `started`; they may be negative
            where a project was paid for before it started.
        """
        rows = self[table]
        blank = (rows["option_id"] == "").to_numpy()
        if blank.any() and len(self._default_option):
            defaults = rows["project_id"].map(self._default_option).astype("str").fillna("")
            rows["option_id"] = rows["option_id"].where(~blank, defaults)
        offset = rows["offset"].astype("float64").to_numpy(copy=True)
        dated = (rows["period"] != "").to_numpy()
        if dated.any():
            codes, labels = pd.factorize(rows["period"][dated])
            index = np.array([self.calendar.index(label) for label in labels])[codes]
            started = rows["project_id"][dated].map(self.started).to_numpy()
            offset[dated] = index - started
        rows["offset"] = offset.astype(np.int64)
        return rows.drop(columns="period")

    @cached_property
    def _default_option(self) -> pd.Series[str]:
        """What a blank option means: the running one, else the only one."""
        first = self.tables["options"].groupby("project_id")["option_id"].first()
        projects = self.tables["projects"].set_index("project_id")["option_id"]
        running = projects[projects != ""]
        defaults: pd.Series[str] = pd.concat([running, first[~first.index.isin(running.index)]])
        return defaults

    @cached_property
    def started(self) -> pd.Series[int]:
        """Period number in which each project started; 0 where none is given.

        Returns
        -------
        pandas.Series of int64, indexed by project_id
            Negative before the horizon.
        """
        projects = self.tables["projects"]
        index = [self.calendar.index(label) if label else 0 for label in projects["started"]]
        return pd.Series(index, index=projects["project_id"], dtype=np.int64)


def _text_frame(name: str, records: Records) -> pd.DataFrame:
    if name == "settings" and isinstance(records, Mapping):
        records = [{"key": key, "value": value} for key, value in records.items()]
    if isinstance(records, Mapping):
        records = [records]
    frame = records if isinstance(records, pd.DataFrame) else pd.DataFrame(list(records))
    if frame.columns.empty:
        frame = pd.DataFrame(columns=list(dictionary()[name].header))
    texts = {str(c): [as_text(v) for v in frame[c]] for c in frame.columns}
    return pd.DataFrame(texts, dtype="str")


def as_text(value: object) -> str:
    """A plain value as the text that a table's cell would hold."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return ""
        return np.format_float_positional(value, trim="-")
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)


def _missing_tables(raws: Mapping[str, RawTable], found: list[Fault]) -> list[Fault]:
    already = {fault.table for fault in found}
    return [
        Fault(
            name, None, "", "", f"the table {name} is missing", f"add it: {table.description}", name
        )
        for name, table in dictionary().items()
        if table.required and name not in raws and name not in already
    ]


def _in_order(faults: list[Fault]) -> list[Fault]:
    order = {name: number for number, name in enumerate(dictionary())}
    last = len(order)
    return sorted(
        dict.fromkeys(faults), key=lambda f: (order.get(f.table, last), f.file, f.row or 0)
    )
