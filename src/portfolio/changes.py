"""One change of a scenario: rows set, scaled, appended or dropped in one table."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.calendar import Calendar
from portfolio.data.cells import CellFault, Notation, parse_cell
from portfolio.data.portfolio import as_text
from portfolio.data.schema import RawTable, Table, dictionary, parse_table
from portfolio.errors import nearest

__all__ = ["ACTIONS", "Change", "apply_change"]

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
        content = given[action]
        if action == "append":
            rows = content if isinstance(content, list | tuple) else [content]
            if not rows or not all(isinstance(row, Mapping) for row in rows):
                raise ValueError("append is a list of rows, each with columns and values")
            texts = tuple(
                MappingProxyType({str(c): as_text(v) for c, v in r.items()}) for r in rows
            )
            return cls(table, action, rows=texts)
        if not isinstance(content, Mapping) or not content:
            raise ValueError(f"{action} gives columns and values")
        if action == "drop":
            return cls(table, action, where=_patterns(content))
        values = MappingProxyType({str(c): as_text(v) for c, v in content.items()})
        return cls(table, action, where=_patterns(given.get("where") or {}), values=values)

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
            str(column): tuple(as_text(v) for v in value)
            if isinstance(value, list | tuple)
            else (as_text(value),)
            for column, value in given.items()
        }
    )


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
        tables[change.table] = frame[~hit].reset_index(drop=True)
        return []
    changed = frame.copy()
    for name, text in change.values.items():
        problems += _set_column(changed, hit, change, table, name, text)
    if not problems:
        tables[change.table] = changed
    return problems


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
        texts = [as_text(value) for value in values]
        is_period = table.layout == "table" and table.column(name).type == "period"
        wanted = [_matches(text, patterns, is_period) for text in texts]
        hit &= np.array(wanted, dtype=bool)[codes] if len(texts) else False
    return hit


def _matches(text: str, patterns: tuple[str, ...], is_period: bool) -> bool:
    for pattern in patterns:
        if text == pattern or (is_period and "*" in pattern and fnmatch.fnmatch(text, pattern)):
            return True
        # 1.0 and 1 are one number, however a file writes it.
        if _same_number(text, pattern):
            return True
    return False


def _same_number(one: str, other: str) -> bool:
    if one.lstrip("-").startswith("0") or other.lstrip("-").startswith("0"):
        return False
    try:
        return "." in one + other and float(one) == float(other)
    except ValueError:
        return False


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
        scaled = frame.loc[hit, name].astype("float64") * factor
        frame.loc[hit, name] = scaled.round() if column.type == "integer" else scaled
        return []
    try:
        frame.loc[hit, name] = parse_cell(text, column, Notation())
    except CellFault as problem:
        return [f"{name}: '{text}' {problem}"]
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
