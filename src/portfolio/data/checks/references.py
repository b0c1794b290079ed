"""What refers to another table names a row of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from portfolio.data.schema import dictionary
from portfolio.data.tables import Tables
from portfolio.errors import Fault, nearest

__all__ = ["check_references"]


def check_references(tables: Tables) -> Iterator[Fault]:
    """What refers to another table names a row of it."""
    references = [
        (name, column.name, *column.reference)
        for name, table in dictionary().items()
        for column in table.columns
        if column.reference is not None
    ]
    # References to a whole key of several columns come last: where the first of them
    # leads nowhere, that is the one mistake, and the rest of the row goes unjudged.
    references.sort(key=lambda reference: (len(reference[3]), reference[2]))
    astray: set[tuple[str, str, int]] = set()
    for other, group in itertools.groupby(references, key=lambda reference: reference[2]):
        dangling = [
            (name, column, columns, number)
            for name, column, _, columns in group
            for number in _dangling(tables, name, column, other, columns)
            if not any((name, part, number) in astray for part in columns)
        ]
        names = {_named(tables, *place) for place in dangling}
        # A row whose own name is at fault may be the one that is meant.
        key = dictionary()[other].key
        lost = {number for name, column, number in astray if name == other and column in key}
        if len(names) <= len(lost) + tables.lost(other):
            continue
        for name, column, columns, number in dangling:
            astray.add((name, column, number))
            value = str(tables[name][column].iloc[number])
            among = _known_values(tables, name, number, other, columns)
            rule = f"is not in the table {other}"
            remedy = f"add it to {other}, or correct it; {nearest(value, among)}"
            if len(among) > 12 and "did you mean" not in remedy:
                remedy = f"add it to {other}, or correct it"
            yield tables.fault(name, number, column, rule, remedy)


def _dangling(
    tables: Tables, name: str, column: str, other: str, columns: tuple[str, ...]
) -> list[int]:
    """Rows of a table whose reference leads nowhere."""
    if tables.unreadable(other) or tables.unreadable(name) or tables.incomplete(other):
        return []
    if tables.unchanged(name, other) or tables[name].empty:
        return []
    values = tables[name][column].astype("str").tolist()
    if not any(values):
        return []
    key = list(dictionary()[other].key)
    if len(key) == 1:
        names = {"", *tables[other][key[0]].astype("str").tolist()}
        numbers = [number for number, value in enumerate(values) if value not in names]
    else:
        known = pd.MultiIndex.from_frame(tables[other][key])
        used = tables[name][list(columns)].set_axis(key, axis=1)
        given = np.array(values) != ""
        numbers = np.flatnonzero(given & ~pd.MultiIndex.from_frame(used).isin(known)).tolist()
    return [number for number in numbers if tables.sound(name, number, *columns)]


def _named(
    tables: Tables, name: str, column: str, columns: tuple[str, ...], number: int
) -> tuple[str, ...]:
    return tuple(str(tables[name][part].iloc[number]) for part in columns)


def _known_values(
    tables: Tables, name: str, number: int, other: str, columns: tuple[str, ...]
) -> list[str]:
    key = dictionary()[other].key
    frame = tables[other]
    for mine, theirs in list(zip(columns, key, strict=True))[:-1]:
        frame = frame[frame[theirs] == tables[name][mine].iloc[number]]
    return [str(value) for value in frame[key[-1]]]
