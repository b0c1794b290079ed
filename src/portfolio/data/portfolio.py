"""A portfolio: frozen, checked tables, their calendar and the sets derived from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.calendar import Calendar
from portfolio.data.cells import Notation
from portfolio.data.checks import CHECKS
from portfolio.data.checks.money import check_funds_used
from portfolio.data.frozen import FrozenTables
from portfolio.data.offsets import counted_from_start, periods_started
from portfolio.data.options import default_options, every_option
from portfolio.data.parsing import parse_tables, settings_frame
from portfolio.data.records import Records, text_frame
from portfolio.data.schema import RawTable, dictionary, doubled_keys
from portfolio.data.settings import Settings, parse_settings
from portfolio.data.tables import Check, Tables
from portfolio.errors import DataError, Fault, nearest

__all__ = ["FREE_STAGES", "Portfolio"]

FREE_STAGES = ("proposed", "approved", "on_hold")
"""Stages in which the optimiser decides; the others are settled or not offered."""


@dataclass(frozen=True, eq=False)
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
    ``portfolio["costs"]`` and ``portfolio.tables["costs"]`` give a table that may be
    changed without changing the portfolio (pandas copies on write). A portfolio is
    equal to itself only: comparing the tables is for whoever knows what matters.
    """

    settings: Settings
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    _places: Mapping[str, tuple[str, npt.NDArray[np.int64]]] = field(
        default_factory=dict, repr=False
    )
    _looked_into: Mapping[Check, frozenset[str]] = field(default_factory=dict, repr=False)

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
                rule, remedy = "is not a table", nearest(str(name), dictionary())
                faults.append(Fault(str(name), None, "", str(name), rule, remedy, str(name)))
                continue
            try:
                frame, found = text_frame(name, records)
            except TypeError:
                rule, remedy = "is not a table", "give a DataFrame or a list of records"
                faults.append(Fault(name, None, "", "", rule, remedy, name))
                continue
            faults += found
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
        parsed = parse_tables(raws, notation or Notation(), faults)
        return cls._checked(
            parsed.settings, parsed.frames, parsed.tables, parsed.faults, parsed.places
        )

    def with_tables(self, changed: Mapping[str, pd.DataFrame]) -> Portfolio:
        """The portfolio with other contents of some tables, checked again.

        What no change can have broken is not checked twice: a check that looked only into
        tables that are as they were.

        Parameters
        ----------
        changed : mapping of str to pandas.DataFrame
            Parsed tables; `settings` as key and value.

        Returns
        -------
        Portfolio

        Raises
        ------
        DataError
            With every fault found; rows are counted from 2, as in a file of the table.
        """
        frames = {**self.tables, **changed}
        frame = frames["settings"]
        raw = RawTable("settings", "settings", frame, np.arange(2, len(frame) + 2))
        settings, calendar, faults = parse_settings(raw, Notation())
        for name, table in dictionary().items():
            if name in changed and table.key:
                faults += doubled_keys(name, table, frames[name])
        frames = {**frames, "settings": settings_frame(settings)}
        unchanged = frames.keys() - changed.keys()
        tables = Tables(frames, {}, calendar, faults, unchanged=unchanged)
        passed = {
            check: read for check, read in self._looked_into.items() if not read & changed.keys()
        }
        # A fund whose last project a scenario drops is no mistake of anybody's.
        passed[check_funds_used] = frozenset()
        return self._checked(settings, frames, tables, faults, passed=passed)

    @classmethod
    def _checked(
        cls,
        settings: Settings | None,
        frames: Mapping[str, pd.DataFrame],
        tables: Tables,
        faults: list[Fault],
        places: Mapping[str, tuple[str, npt.NDArray[np.int64]]] | None = None,
        passed: Mapping[Check, frozenset[str]] | None = None,
    ) -> Portfolio:
        looked_into = dict(passed or {})
        for check in CHECKS:
            if check not in looked_into:
                found, looked_into[check] = tables.found_by(check)
                faults = [*faults, *found]
        if faults or settings is None:
            raise DataError(_in_order(faults))
        ordered = {name: frames[name].reset_index(drop=True) for name in dictionary()}
        return cls(settings, FrozenTables(ordered), places or {}, looked_into)

    def fault(self, table: str, number: int, column: str, rule: str, remedy: str) -> Fault:
        """A fault in one cell, at its place in the file that the portfolio was read from.

        Parameters
        ----------
        table : str
        number : int
            Position of the row in the table, from 0.
        column : str
        rule, remedy : str
        """
        return self._located.fault(table, number, column, rule, remedy)

    def table_fault(self, table: str, rule: str, remedy: str) -> Fault:
        """A fault of a table as a whole."""
        return self._located.table_fault(table, rule, remedy)

    @cached_property
    def _located(self) -> Tables:
        return Tables(self.tables, self._places, self.calendar, ())

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise KeyError(f"'{name}' is not a table; {nearest(name, self.tables)}")
        return self.tables[name]

    @cached_property
    def calendar(self) -> Calendar:
        """The periods of the horizon."""
        return self.settings.calendar

    @property
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
        return self._options.copy(deep=False)

    @cached_property
    def _options(self) -> pd.DataFrame:
        happening = (self.by_offset(table) for table in ("costs", "demand"))
        return every_option(self.tables["projects"], self.tables["options"], happening)

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
        if table not in self._by_offset:
            self._by_offset[table] = self._counted_from_start(table)
        return self._by_offset[table].copy(deep=False)

    @cached_property
    def _by_offset(self) -> dict[str, pd.DataFrame]:
        return {}

    def _counted_from_start(self, table: str) -> pd.DataFrame:
        return counted_from_start(self[table], self._default_options, self._started, self.calendar)

    @cached_property
    def _default_options(self) -> pd.Series[str]:
        return default_options(self.tables["projects"], self.tables["options"])

    @cached_property
    def programmes_within(self) -> Mapping[str, frozenset[str]]:
        """Each programme with itself and all programmes that belong to it, at any depth."""
        table = self.tables["programmes"]
        parent = dict(zip(table["programme_id"], table["parent_id"], strict=True))
        inside: dict[str, set[str]] = {programme: set() for programme in parent}
        for programme in parent:
            above = programme
            while above:
                inside[above].add(programme)
                above = parent[above]
        return {programme: frozenset(those) for programme, those in inside.items()}

    @property
    def started(self) -> pd.Series[int]:
        """Period number in which each project started; 0 where none is given.

        Returns
        -------
        pandas.Series of int64, indexed by project_id
            Negative before the horizon.
        """
        return self._started.copy(deep=False)

    @cached_property
    def _started(self) -> pd.Series[int]:
        return periods_started(self.tables["projects"], self.calendar)


def _in_order(faults: list[Fault]) -> list[Fault]:
    order = {name: number for number, name in enumerate(dictionary())}
    last = len(order)
    return sorted(
        dict.fromkeys(faults), key=lambda f: (order.get(f.table, last), f.file, f.row or 0)
    )
