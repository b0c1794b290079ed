"""The dictionary of tables, and one table of text cells parsed against it."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.cells import CellFault, Notation, parse_cell
from portfolio.errors import Fault, nearest

__all__ = [
    "Column",
    "RawTable",
    "Table",
    "dictionary",
    "doubled_keys",
    "empty_table",
    "parse_table",
]

_DTYPES = {"number": "float64", "integer": "Int64", "flag": "boolean", "date": "datetime64[s]"}


@dataclass(frozen=True)
class Column:
    """One column of a table, as the dictionary describes it."""

    name: str
    type: str
    unit: str
    default: str
    required: bool
    key: bool
    refers_to: str
    words: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    description: str

    @property
    def dtype(self) -> str:
        """The pandas dtype of the parsed column; text has blanks as ""."""
        return _DTYPES.get(self.type, "str")

    @cached_property
    def reference(self) -> tuple[str, tuple[str, ...]] | None:
        """The table referred to, and this table's columns that match its key in order."""
        if not self.refers_to:
            return None
        match = re.fullmatch(r"(\w+)(?:\(([\w, ]+)\))?", self.refers_to)
        assert match is not None, self.refers_to
        columns = tuple(match[2].split(", ")) if match[2] else (self.name,)
        return match[1], columns


@dataclass(frozen=True)
class Table:
    """One table, as the dictionary describes it."""

    name: str
    layout: str
    required: bool
    description: str
    columns: tuple[Column, ...]

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(column.name for column in self.columns if column.key)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all columns; of a key-value table, its keys."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """Names in the header row: those of a key-value table are ``key`` and ``value``."""
        return ("key", "value") if self.layout == "key_value" else self.names

    def column(self, name: str) -> Column:
        """The column of a name."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


@dataclass(frozen=True)
class RawTable:
    """A table as it was found: text cells, blank as "".

    Attributes
    ----------
    name : str
        Name of the table.
    file : str
        Where it was found, as a user would say it: ``projects.csv`` or ``book.xlsx[projects]``.
    frame : pandas.DataFrame
        Text cells under the header as found.
    rows : numpy.ndarray of int, shape (len(frame),)
        Row of each record as the spreadsheet counts it.
    """

    name: str
    file: str
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64] = field(repr=False)


@cache
def dictionary() -> Mapping[str, Table]:
    """Every table, by name, in the order of the dictionary.

    Returns
    -------
    mapping of str to Table
    """
    text = files("portfolio.data").joinpath("dictionary.csv").read_text(encoding="utf-8")
    heads: dict[str, dict[str, str]] = {}
    columns: dict[str, list[Column]] = {}
    for row in csv.DictReader(text.splitlines()):
        if not row["column"]:
            heads[row["table"]] = row
            columns[row["table"]] = []
            continue
        columns[row["table"]].append(
            Column(
                name=row["column"],
                type=row["type"],
                unit=row["unit"],
                default=row["default"],
                required=row["required"] == "yes",
                key=row["key"] == "yes",
                refers_to=row["refers_to"],
                words=tuple(row["words"].split()),
                minimum=float(row["minimum"]) if row["minimum"] else None,
                maximum=float(row["maximum"]) if row["maximum"] else None,
                description=row["description"],
            )
        )
    return MappingProxyType(
        {
            name: Table(
                name=name,
                layout=head["type"],
                required=head["required"] == "yes",
                description=head["description"],
                columns=tuple(columns[name]),
            )
            for name, head in heads.items()
        }
    )


def empty_table(table: Table) -> pd.DataFrame:
    """A table without rows, with the dictionary's columns and types."""
    return _empty(table.name).copy(deep=False)


@cache
def _empty(name: str) -> pd.DataFrame:
    columns = dictionary()[name].columns
    return pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in columns})


def parse_table(
    raw: RawTable, notation: Notation, table: Table | None = None
) -> tuple[pd.DataFrame, list[Fault]]:
    """Parse text cells by the dictionary.

    Parameters
    ----------
    raw : RawTable
        Text cells of a known table that is not ``settings``.
    notation : Notation
        The decimal sign and the thousands separator of numbers.
    table : Table, optional
        What the table is, where it is none of the dictionary's.

    Returns
    -------
    frame : pandas.DataFrame
        All columns of the dictionary, in its order and types. Cells with faults are blank.
    faults : list of Fault
        Unknown and missing columns, unreadable cells, doubled keys.
    """
    table = table or dictionary()[raw.name]
    faults = _header_faults(raw, table)
    parsed: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        if column.name in raw.frame.columns:
            parsed[column.name] = _parse_column(raw, column, notation, faults)
        else:
            parsed[column.name] = _default_series(column, len(raw.frame))
    frame = pd.DataFrame(parsed, index=pd.RangeIndex(len(raw.frame)))
    if table.key and not frame.empty:
        faults += doubled_keys(raw, table, frame, faults)
    return frame, faults


def _header_faults(raw: RawTable, table: Table) -> list[Fault]:
    faults = []
    header = [str(name) for name in raw.frame.columns]
    for name in header:
        if name not in table.names:
            rule = f"is not a column of the table {table.name}"
            faults.append(_fault(raw, 1, name, name, rule, nearest(name, table.names)))
    near = {
        match
        for name in header
        if name not in table.names
        for match in difflib.get_close_matches(name.lower(), table.names, n=1)
    }
    for column in table.columns:
        if column.required and column.name not in header and column.name not in near:
            rule = f"the column {column.name} is missing"
            faults.append(_fault(raw, 1, column.name, "", rule, f"add it: {column.description}"))
    return faults


def _parse_column(
    raw: RawTable, column: Column, notation: Notation, faults: list[Fault]
) -> pd.Series[Any]:
    # Each distinct text is parsed once: key columns of long tables repeat a few values.
    codes, texts = pd.factorize(raw.frame[column.name])
    values: list[object] = []
    for number, text in enumerate(texts):
        try:
            values.append(parse_cell(str(text), column, notation))
        except CellFault as problem:
            values.append(parse_cell("", column, notation, blank_allowed=True))
            faults += [
                _fault(raw, int(raw.rows[i]), column.name, str(text), problem.rule, problem.remedy)
                for i in np.flatnonzero(codes == number)
            ]
    distinct = pd.Series(values, dtype=column.dtype)
    return distinct.take(codes).reset_index(drop=True)


def _default_series(column: Column, length: int) -> pd.Series[Any]:
    value = parse_cell("", column, Notation(), blank_allowed=True)
    return pd.Series([value] * length, dtype=column.dtype)


def doubled_keys(
    raw: RawTable | str, table: Table, frame: pd.DataFrame, faults: Iterable[Fault] = ()
) -> list[Fault]:
    """Faults of rows whose key stands in an earlier row already.

    Parameters
    ----------
    raw : RawTable or str
        Where the rows stand; a file name where they count from 2.
    table : Table
    frame : pandas.DataFrame
        The parsed table.
    faults : iterable of Fault
        What is wrong already: rows whose key could not be read are passed over.
    """
    if isinstance(raw, str):
        raw = RawTable(table.name, raw, frame, np.arange(2, len(frame) + 2))
    key = list(table.key)
    # A column that stands under a wrong name is no blank part of the key.
    unknown = set(map(str, raw.frame.columns)) - set(table.names)
    if any(
        name not in raw.frame.columns and (unknown or table.column(name).required) for name in key
    ):
        return []
    lost = {fault.row for fault in faults if fault.column in key}
    doubled = frame.duplicated(key, keep="first").to_numpy()
    if lost:
        doubled = doubled & np.array([row not in lost for row in raw.rows.tolist()])
    if not doubled.any():
        return []
    first = frame.assign(_row=raw.rows).groupby(key, dropna=False, sort=False)["_row"]
    first_rows = first.transform("first").to_numpy()
    faults = []
    for i in np.flatnonzero(doubled):
        value = ", ".join(text for text in (_shown(v) for v in frame.loc[i, key]) if text)
        rule = f"stands already in row {first_rows[i]}; a row is named by {' + '.join(key)}"
        remedy = "keep one of the two rows, or add them up"
        faults.append(_fault(raw, int(raw.rows[i]), key[0], value, rule, remedy))
    return faults


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return "" if value is pd.NA or value is pd.NaT else str(value)


def _fault(raw: RawTable, row: int, column: str, value: str, rule: str, remedy: str) -> Fault:
    return Fault(raw.file, row, column, value, rule, remedy, raw.name)
