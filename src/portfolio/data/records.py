"""Plain values from Python as the text that a table's cells hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import pandas as pd

from portfolio.data.schema import dictionary
from portfolio.errors import Fault

__all__ = ["Records", "as_text", "text_frame"]

Records: TypeAlias = pd.DataFrame | Iterable[Mapping[str, object]] | Mapping[str, object]
"""A table in Python: a data frame, a mapping a row, or, of `settings`, one mapping."""


def text_frame(name: str, records: Records) -> tuple[pd.DataFrame, list[Fault]]:
    """The cells of a table as text, and a fault for each that is no plain value.

    Parameters
    ----------
    name : str
        The table's.
    records : Records

    Returns
    -------
    frame : pandas.DataFrame of str
    faults : list of Fault
        Rows are counted from 2, as in a file of the table.

    Raises
    ------
    TypeError
        If the rows are no mappings.
    """
    faults = []
    texts: dict[str, list[str]] = {}
    for column, values in _columns(name, records):
        if column in texts:
            rule, remedy = "is the name of two columns", "rename or remove one of them"
            faults.append(Fault(name, 1, column, column, rule, remedy, name))
            continue
        texts[column] = cells = []
        for row, value in enumerate(values, 2):
            try:
                cells.append(as_text(value))
            except ValueError as problem:
                cells.append("")
                remedy = "give one text, number or date"
                faults.append(Fault(name, row, column, repr(value), str(problem), remedy, name))
    if not texts:
        texts = {column: [] for column in dictionary()[name].header}
    return pd.DataFrame(texts, dtype="str"), faults


def _columns(name: str, records: Records) -> Iterator[tuple[str, Iterable[object]]]:
    if isinstance(records, pd.DataFrame):
        for place, label in enumerate(records.columns):
            yield str(label), records.iloc[:, place]
        return
    if name == "settings" and isinstance(records, Mapping):
        records = [{"key": key, "value": value} for key, value in records.items()]
    rows = [records] if isinstance(records, Mapping) else list(records)
    if not all(isinstance(row, Mapping) for row in rows):
        raise TypeError("records are mappings")
    # Not through a DataFrame: a number that one row lacks would become a float in all.
    for label in dict.fromkeys(label for row in rows for label in row):
        yield str(label), [row.get(label) for row in rows]


def as_text(value: object) -> str:
    """A plain value as the text that a table's cell would hold.

    Raises
    ------
    ValueError
        If it is no plain value.
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if not isinstance(value, str) and (isinstance(value, Iterable | bytes) or callable(value)):
        raise ValueError(f"is a {type(value).__name__} where one value belongs")
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return ""
        return np.format_float_positional(value + 0.0, trim="-")  # no minus before a zero
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, pd.Timestamp) and value == value.normalize() and value.tz is None:
        return value.date().isoformat()
    return str(value)
