"""Parsed tables on their way to be checked: where each row stands, and what is broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.calendar import Calendar
from portfolio.data.settings import Settings
from portfolio.errors import Fault

__all__ = ["Tables"]


class Tables:
    """Parsed tables with the place of every row, as the checks across tables need them.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Parsed tables.
    places : mapping of str to (str, array of int)
        File and spreadsheet rows of each table; rows count from 2 where absent.
    settings : Settings or None
        None where they have faults.
    faults : iterable of Fault
        What is wrong already: a cell with a fault was read as blank, so no
        second fault may be drawn from its blankness.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        places: Mapping[str, tuple[str, npt.NDArray[np.int64]]],
        settings: Settings | None,
        faults: Iterable[Fault],
    ) -> None:
        self._frames = frames
        self._places = places
        self.settings = settings
        self._cells = {(f.table, f.row, f.column) for f in faults}
        self._whole = {f.table for f in faults if f.row is None or f.row == 1}

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name]

    @property
    def calendar(self) -> Calendar | None:
        """The calendar; None where the settings have faults."""
        return self.settings.calendar if self.settings else None

    def unreadable(self, name: str) -> bool:
        """Whether the table as a whole is missing or has columns missing."""
        return name in self._whole

    def sound(self, name: str, number: int, *columns: str) -> bool:
        """Whether none of these cells was faulted before."""
        row = self._row(name, number)
        return not any((name, row, column) in self._cells for column in columns)

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
