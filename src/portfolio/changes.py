"""One change of a scenario: rows set, scaled, appended or dropped in one table."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.calendar import Calendar, matches
from portfolio.data.cells import CellFault, Notation, parse_cell
from portfolio.data.records import as_text
from portfolio.data.schema import Column, RawTable, Table, dictionary, parse_table
from portfolio.errors import nearest

__all__ = ["ACTIONS", "Change", "apply_change"]


# Scenarios travel between processes, and their read-only mappings with them.
def _read_only(mapping: dict[str, Any]) -> MappingProxyType[str, Any]:
    return MappingProxyType(mapping)


copyreg.pickle(MappingProxyType, lambda mapping: (_read_only, (dict(mapping),)))

ACTIONS = ("set", "scale", "append", "drop")
_KEYS = ("table", "where", *ACTIONS)


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes
    ----------
    table : str
    action : str
        set, scale, append or drop.
    where : mapping of str to tuple of str
        Column -> texts of which a row has one; `*` in a period stands for anything.
    values : mapping of str to str
        What is set, or the factors of scale.
    rows : tuple of mappings
        What is appended.
    """

    table: str
    action: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    rows: tuple[Mapping[str, str], ...] = ()

    @classmethod
    def from_dict(cls, given: Any) -> Change:
        """Make a change from plain data.

        Raises
        ------
        ValueError
            If it is not a table, one action and where it applies.
        """
        if not isinstance(given, Mapping):
            raise ValueError("is not a change: it has a table and one of " + ", ".join(ACTIONS))
        for key in given:
            if key not in _KEYS:
                raise ValueError(f"'{key}' is not a key of a change; {nearest(str(key), _KEYS)}")
        table = str(given.get("table") or "")
        if table not in dictionary():
            raise ValueError(f"'{table}' is not a table; {nearest(table, dictionary())}")
        actions = [action for action in ACTIONS if action in given]
        if len(actions) != 1:
            raise ValueError(f"takes exactly one of {', '.join(ACTIONS)}")
        action = actions[0]
        if "where" in given and action in ("append", "drop"):
            raise ValueError(f"{action} takes no where")
        if "where" in given and not given["where"]:
            raise ValueError("where is blank; leave it out to change every row")
        content = given[action]
        if action == "append":
            rows = content if isinstance(content, list | tuple) else [content]
            if not rows or not all(isinstance(row, Mapping) and row for row in rows):
                raise ValueError("append is a list of rows, each with columns and values")
            return cls(table, action, rows=tuple(_texts(row) for row in rows))
        if not isinstance(content, Mapping) or not content:
            raise ValueError(f"{action} gives columns and values")
        if action == "drop":
            return cls(table, action, where=_patterns(content))
        where = _patterns(given.get("where", {}))
        return cls(table, action, where=where, values=_texts(content))

    def as_dict(self) -> dict[str, Any]:
        """The change as plain data, ready for YAML."""
        where = {c: (t[0] if len(t) == 1 else list(t)) for c, t in self.where.items()}
        if self.action == "append":
            return {"table": self.table, "append": [dict(row) for row in self.rows]}
        if self.action == "drop":
            return {"table": self.table, "drop": where}
        start = {"table": self.table, "where": where} if where else {"table": self.table}
        return {**start, self.action: dict(self.values)}


def _patterns(given: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(given, Mapping):
        raise ValueError("where gives columns and the values that they must have")
    return MappingProxyType(
        {
            str(column): tuple(
                _cell(column, one)
                for one in (value if isinstance(value, list | tuple) else [value])
            )
            for column, value in given.items()
        }
    )


def _texts(given: Mapping[Any, Any]) -> Mapping[str, str]:
    return MappingProxyType({str(column): _cell(column, v) for column, v in given.items()})


def _cell(column: object, value: object) -> str:
    try:
        return as_text(value)
    except ValueError as problem:
        raise ValueError(f"'{column}' {problem}") from None


def apply_change(change: Change, tables: dict[str, pd.DataFrame], calendar: Calendar) -> list[str]:
    """Replace one table of `tables` by its changed version.

    Parameters
    ----------
    change : Change
    tables : dict of str to pandas.DataFrame
        Parsed tables; the changed one is replaced, none is written into.
    calendar : Calendar
        For `*` in appended periods.

    Returns
    -------
    list of str
        What is wrong with the change; empty where it was made.
    """
    table = dictionary()[change.table]
    frame = tables[change.table]
    problems = _unknown_columns(change, table)
    if problems:
        return problems
    if change.action == "append":
        added, problems = _appended(change, table, calendar)
        if not problems:
            tables[change.table] = pd.concat([frame, added], ignore_index=True)
        return problems
    hit = _matching(change, table, frame)
    if not hit.any():
        where = ", ".join(f"{c}: {' or '.join(t)}" for c, t in change.where.items())
        return [f"matches no row ({where or 'the table is empty'})"]
    if change.action == "drop":
        _drop(change.table, hit, tables)
        return []
    changed = frame.copy()
    for name, text in change.values.items():
        problems += _set_column(changed, hit, change, table, name, text)
    if not problems:
        tables[change.table] = changed
    return problems


def _drop(name: str, hit: npt.NDArray[np.bool_], tables: dict[str, pd.DataFrame]) -> None:
    """Drop rows, and with them the rows of other tables that cannot stand without them.

    Those are the rows that are named by what is dropped: the costs, demand,
    links and risks of a project, the limits of a programme. What only mentions
    it in passing stays, and is refused by the checks if it must name something.
    """
    frame = tables[name]
    gone = frame[hit]
    tables[name] = frame[~hit].reset_index(drop=True)
    key = list(dictionary()[name].key)
    if not key:
        return
    left = pd.MultiIndex.from_frame(tables[name][key])
    keys = pd.MultiIndex.from_frame(gone[key])
    lost = keys[~keys.isin(left)]
    for other, table in dictionary().items():
        for column in table.columns:
            if not (column.key or (name == "projects" and other == "decisions")):
                continue
            if column.reference is None or column.reference[0] != name:
                continue
            mine = tables[other][list(column.reference[1])].set_axis(key, axis=1)
            orphans = pd.MultiIndex.from_frame(mine).isin(lost)
            orphans &= (tables[other][column.name].astype("str") != "").to_numpy()
            if orphans.any():
                _drop(other, orphans, tables)


def _unknown_columns(change: Change, table: Table) -> list[str]:
    names = [*change.where, *change.values, *(name for row in change.rows for name in row)]
    return [
        f"'{name}' is not a column of {table.name}; {nearest(name, table.header)}"
        for name in dict.fromkeys(names)
        if name not in table.header
    ]


def _matching(change: Change, table: Table, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    hit = np.ones(len(frame), dtype=bool)
    for name, patterns in change.where.items():
        codes, values = pd.factorize(frame[name], use_na_sentinel=False)
        column = None if table.layout == "key_value" else table.column(name)
        exact = {_as_parsed(pattern, column) for pattern in patterns}
        starred = [p for p in patterns if "*" in p] if column and column.type == "period" else []
        wanted = [
            text in exact or any(matches(text, pattern) for pattern in starred)
            for text in map(as_text, values)
        ]
        hit &= np.array(wanted, dtype=bool)[codes]
    return hit


def _as_parsed(text: str, column: Column | None) -> str:
    """A value to look for as the table has it: 1.0 finds the number 1, and true the flag yes."""
    if column is None or not text.strip():
        return text.strip()
    try:
        return as_text(parse_cell(text, column, Notation()))
    except CellFault:
        return text


def _set_column(
    frame: pd.DataFrame,
    hit: npt.NDArray[np.bool_],
    change: Change,
    table: Table,
    name: str,
    text: str,
) -> list[str]:
    if table.layout == "key_value":
        if name != "value" or change.action != "set":
            return ["of settings only 'value' can be set"]
        frame.loc[hit, "value"] = text
        return []
    column = table.column(name)
    if change.action == "scale":
        if column.type not in ("number", "integer"):
            return [f"'{name}' is no number and cannot be scaled"]
        try:
            factor = float(text)
        except ValueError:
            return [f"'{text}' is not a factor to scale {name} by"]
        if not np.isfinite(factor):
            return [f"'{text}' is not a factor to scale {name} by"]
        return _scale_column(frame, hit, column, factor)
    try:
        value: Any = parse_cell(text, column, Notation())
    except CellFault as problem:
        return [f"{name}: '{text}' {problem}"]
    frame.loc[hit, name] = value
    return []


def _scale_column(
    frame: pd.DataFrame, hit: npt.NDArray[np.bool_], column: Column, factor: float
) -> list[str]:
    scaled = frame.loc[hit, column.name].astype("float64") * factor
    if column.type == "integer":
        scaled = scaled.round()
    given = scaled.dropna()
    if given.empty:
        return [f"'{column.name}' is blank in every row that matches, and cannot be scaled"]
    # If any number breaks a bound, one of these does.
    extremes = [given.min(), given.max(), given.where(given != 0).abs().min()]
    for text in filter(None, dict.fromkeys(map(as_text, extremes))):
        try:
            parse_cell(text, column, Notation())
        except CellFault as problem:
            return [f"{column.name}: '{text}', scaled, {problem}"]
    frame.loc[hit, column.name] = scaled
    return []


def _appended(change: Change, table: Table, calendar: Calendar) -> tuple[pd.DataFrame, list[str]]:
    if table.layout == "key_value":
        rows = [dict(row) for row in change.rows]
        return pd.DataFrame(rows, columns=["key", "value"], dtype="str").fillna(""), []
    rows, problems = [], []
    for row in change.rows:
        period = row.get("period", "")
        if "*" not in period:
            rows.append(dict(row))
            continue
        labels = calendar.matching(period)
        if not labels:
            problems.append(f"period '{period}' matches no period of the horizon")
        rows += [{**row, "period": label} for label in labels]
    if problems:
        return pd.DataFrame(), problems
    columns = [name for name in table.names if any(name in row for row in rows)]
    texts = {name: [row.get(name, "") for row in rows] for name in columns}
    raw = RawTable(
        table.name, "append", pd.DataFrame(texts, dtype="str"), np.arange(1, len(rows) + 1)
    )
    frame, faults = parse_table(raw, Notation())
    return frame, [str(fault) for fault in faults]
