"""Parsed tables on their way to be checked: where each row stands, and what is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.calendar import Calendar
from portfolio.data.schema import dictionary
from portfolio.errors import Fault

__all__ = ["Check", "Tables"]

Check: TypeAlias = "Callable[[Tables], Iterator[Fault]]"
"""A rule across tables: takes them and yields every fault that it finds."""


class Tables:
    """Parsed tables with the place of every row, as the checks across tables need them.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Parsed tables.
    places : mapping of str to (str, array of int)
        File and spreadsheet rows of each table; rows count from 2 where absent.
    calendar : Calendar or None
        None where the settings that it is made of have faults.
    faults : iterable of Fault
        What is wrong already: a cell with a fault was read as blank, so no
        second fault may be drawn from its blankness.
    absent : set of (str, str)
        Columns (table, column) that are missing, or may stand under another name.
    unchanged : set of str
        Tables that stand as they did when all checks passed them.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        places: Mapping[str, tuple[str, npt.NDArray[np.int64]]],
        calendar: Calendar | None,
        faults: Iterable[Fault],
        absent: Set[tuple[str, str]] = frozenset(),
        unchanged: Set[str] = frozenset(),
    ) -> None:
        self._frames = frames
        self._places = places
        self._calendar = calendar
        self._unchanged = unchanged
        self._read: set[str] = set()
        self._absent = absent
        self._cells = {(f.table, f.row, f.column) for f in faults}
        self._whole = {f.table for f in faults if f.row is None}
        self._whole |= {f.table for f in faults} - set(places) if places else set()
        self._partly = {f.table for f in faults if not f.column}

    def __getitem__(self, name: str) -> pd.DataFrame:
        self._read.add(name)
        return self._frames[name]

    @property
    def calendar(self) -> Calendar | None:
        """The periods; None where the settings that they are made of have faults."""
        self._read.add("settings")
        return self._calendar

    def unchanged(self, *names: str) -> bool:
        """Whether these tables stand as they did when all checks passed them."""
        self._read.update(names)
        return self._unchanged >= set(names)

    def found_by(self, check: Check) -> tuple[list[Fault], frozenset[str]]:
        """What a check finds, and the tables that it looks into for that."""
        self._read = set()
        return list(check(self)), frozenset(self._read)

    def unreadable(self, name: str) -> bool:
        """Whether the table as a whole is missing or has columns missing."""
        key = [c.name for c in dictionary()[name].columns if c.key and c.required]
        return name in self._whole or any((name, column) in self._absent for column in key)

    def incomplete(self, name: str) -> bool:
        """Whether rows of the table could not be read, so that others may refer to them."""
        return name in self._partly

    def lost(self, name: str) -> int:
        """Number of rows of a table whose key could not be read: what refers to them is right."""
        key = dictionary()[name].key
        return len({row for table, row, column in self._cells if table == name and column in key})

    def sound(self, name: str, number: int, *columns: str) -> bool:
        """Whether none of these cells was faulted before."""
        row = self._row(name, number)
        return not any(
            (name, row, column) in self._cells or (name, column) in self._absent
            for column in columns
        )

    def fault(self, name: str, number: int, column: str, rule: str, remedy: str) -> Fault:
        """A fault in one cell of a table.

        Parameters
        ----------
        name : str
            Table.
        number : int
            Position of the row in the parsed table, from 0.
        column : str
        rule, remedy : str
        """
        value = self._frames[name][column].iloc[number]
        text = "" if pd.isna(value) else _plain(value)
        return Fault(self._file(name), self._row(name, number), column, text, rule, remedy, name)

    def table_fault(self, name: str, rule: str, remedy: str) -> Fault:
        """A fault of a table as a whole."""
        return Fault(self._file(name), None, "", "", rule, remedy, name)

    def where(
        self, name: str, bad: npt.ArrayLike, columns: tuple[str, ...], rule: str, remedy: str
    ) -> Iterator[Fault]:
        """One fault a row where `bad`, in the first of `columns`, unless one of them is faulted."""
        for number in np.flatnonzero(np.asarray(bad, dtype=bool)):
            if self.sound(name, int(number), *columns):
                yield self.fault(name, int(number), columns[0], rule, remedy)

    def _file(self, name: str) -> str:
        return self._places[name][0] if name in self._places else name

    def _row(self, name: str, number: int) -> int:
        return int(self._places[name][1][number]) if name in self._places else number + 2


def _plain(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
