"""Tables of results: brought to their columns and types, written to a folder whole, read back."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from portfolio.errors import DataError, Fault

__all__ = [
    "SUMMARY",
    "Columns",
    "Kind",
    "conform",
    "number",
    "plain",
    "read_summary",
    "read_table",
    "spare_data",
    "write_folder",
    "write_table",
]

Kind = Literal["text", "number", "flag"]
Columns: TypeAlias = Mapping[str, Kind]

SUMMARY: Final = "summary.json"
_SETTINGS: Final = "settings.csv"


def write_folder(
    folder: str | Path,
    tables: Mapping[str, tuple[Columns, pd.DataFrame]],
    every: Iterable[str],
    summary: Mapping[str, Any],
) -> None:
    """Write summary.json and one CSV a table.

    Everything is written beside first and moved afterwards, the summary last:
    a folder with a summary holds all that it sums up. Tables of an earlier
    result are removed; other files in the folder stay as they are.

    Parameters
    ----------
    folder : str or Path
        Folder to write to; made where it is missing.
    tables : mapping of str to (columns, frame)
    every : iterable of str
        Every table that such a result may have.
    summary : mapping
        Plain JSON data.

    Raises
    ------
    DataError
        If the folder holds the tables of a portfolio.
    OSError
        If the folder cannot be written; before the first move, an earlier
        result there is left as it was.
    """
    target = Path(folder)
    spare_data(target)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".result-") as name:
        staging = Path(name)
        for table, (columns, frame) in tables.items():
            write_table(staging / f"{table}.csv", columns, frame)
        text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
        (staging / SUMMARY).write_text(text + "\n", encoding="utf-8")
        (target / SUMMARY).unlink(missing_ok=True)
        for table in every:
            if table in tables:
                (staging / f"{table}.csv").replace(target / f"{table}.csv")
            else:
                (target / f"{table}.csv").unlink(missing_ok=True)
        (staging / SUMMARY).replace(target / SUMMARY)


def spare_data(folder: Path) -> None:
    """Refuse the folder of a portfolio: results have tables of the same names.

    Parameters
    ----------
    folder : Path
        Where a result is to be written; it may be missing.

    Raises
    ------
    DataError
        If it holds settings, which every portfolio has and no result.
    """
    if (folder / _SETTINGS).exists():
        rule = f"holds the tables of a portfolio ({_SETTINGS}), which a result would replace"
        remedy = "name a folder of its own"
        raise DataError([Fault(os.fspath(folder), None, "", "", rule, remedy)])


def read_summary(folder: str | Path, what: str) -> dict[str, Any]:
    """Read the summary of a result, whose folder holds the whole of it.

    Parameters
    ----------
    folder : str or Path
    what : str
        The result in words, such as ``plan``.

    Raises
    ------
    DataError
        If there is none, or it is none.
    """
    remedy = "write it again"
    try:
        found = json.loads((Path(folder) / SUMMARY).read_text(encoding="utf-8"))
        return dict(found)
    except OSError:
        rule = f"holds no whole {what}"
        raise DataError([Fault(SUMMARY, None, "", os.fspath(folder), rule, remedy)]) from None
    except (ValueError, TypeError) as error:
        rule = f"is not {'an' if what[0] in 'aeiou' else 'a'} {what}'s summary"
        raise DataError([Fault(SUMMARY, None, "", str(error), rule, remedy)]) from None


def conform(table: str, columns: Columns, frame: pd.DataFrame) -> pd.DataFrame:
    """A new frame with exactly the columns of the table, in their order and types.

    Parameters
    ----------
    table : str
        Its name, for the message.
    columns : mapping of str to {"text", "number", "flag"}
    frame : pandas.DataFrame

    Raises
    ------
    ValueError
        If it lacks columns, or has others.
    """
    if _conforms(columns, frame):
        return frame.copy(deep=False)
    missing = [column for column in columns if column not in frame.columns]
    unknown = [str(column) for column in frame.columns if column not in columns]
    if missing or unknown:
        raise ValueError(f"The table {table} lacks columns {missing} and must not have {unknown}.")
    result: dict[str, Any] = {}
    for column, kind in columns.items():
        values = frame[column]
        if kind == "text":
            texts = values.astype(object)
            result[column] = texts.where(texts.notna(), "").astype("str").array
        elif kind == "number":
            result[column] = pd.to_numeric(values).to_numpy("float64", na_value=np.nan)
        else:
            result[column] = values.to_numpy("bool")
    return pd.DataFrame(result, index=pd.RangeIndex(len(frame)))


_DTYPES: Final = {
    "text": pd.Series(dtype="str").dtype,
    "number": np.dtype("float64"),
    "flag": np.dtype("bool"),
}


def _conforms(columns: Columns, frame: pd.DataFrame) -> bool:
    """Whether there is nothing to be brought to anything: results are replaced in part, often."""
    return (
        list(frame.columns) == list(columns)
        and frame.index.equals(pd.RangeIndex(len(frame)))
        and list(frame.dtypes) == [_DTYPES[kind] for kind in columns.values()]
        and not any(frame[column].hasnans for column, kind in columns.items() if kind == "text")
    )


def plain(value: object) -> object:
    """The value as JSON data; null for a number that is not finite."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def number(value: object) -> float:
    """The number that JSON data stand for; null is NaN."""
    return math.nan if value is None else float(str(value))


# A spreadsheet runs a cell that begins with one of these as a formula. The quotes
# before it are counted too, so that what is written can be told from what was there.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_QUOTED: Final = re.compile(r"'+[=+\-@\t\r]")
_SPECIAL: Final = re.compile(r'[",\r\n]')


def _text_cell(text: str) -> str:
    if _FORMULA.match(text):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def _number_cell(number: float) -> str:
    if math.isnan(number):
        return ""
    # Whole money is written as people write it; repr reads back as the same number.
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def write_table(path: Path, columns: Columns, frame: pd.DataFrame) -> None:
    """Write a table as CSV."""
    cells: list[list[str]] = []
    for column, kind in columns.items():
        values = frame[column].tolist()
        if kind == "text":
            cells.append([_text_cell(value) for value in values])
        elif kind == "number":
            cells.append([_number_cell(value) for value in values])
        else:
            cells.append(["true" if value else "false" for value in values])
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(columns) + "\n")
        file.writelines(",".join(row) + "\n" for row in zip(*cells, strict=True))


def read_table(
    path: Path, table: str, columns: Columns, faults: list[Fault]
) -> pd.DataFrame | None:
    """Read a table that `write_table` has written; what is wrong with it is added to `faults`."""
    remedy = "write it again"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, ValueError, csv.Error) as error:
        faults.append(Fault(path.name, None, "", "", f"cannot be read ({error})", remedy, table))
        return None
    header = tuple(rows[0]) if rows else ()
    if header != tuple(columns):
        rule = f"is not the header of this table, which is {', '.join(columns)}"
        faults.append(Fault(path.name, 1, "", ",".join(header), rule, remedy, table))
        return None
    values: dict[str, list[Any]] = {column: [] for column in columns}
    for place, row in enumerate(rows[1:], start=2):
        if len(row) != len(columns):
            rule = f"has {len(row)} cells where the table has {len(columns)} columns"
            faults.append(Fault(path.name, place, "", "", rule, remedy, table))
            continue
        for (column, kind), cell in zip(columns.items(), row, strict=True):
            try:
                values[column].append(_parse(cell, kind))
            except ValueError:
                rule = "is not a number" if kind == "number" else "is neither true nor false"
                faults.append(Fault(path.name, place, column, cell, rule, remedy, table))
    if any(fault.table == table for fault in faults):
        return None
    return pd.DataFrame(values, columns=list(columns))


def _parse(cell: str, kind: Kind) -> object:
    if kind == "text":
        return cell[1:] if _QUOTED.match(cell) else cell
    if kind == "number":
        return math.nan if cell == "" else float(cell)
    if cell not in ("true", "false"):
        raise ValueError(cell)
    return cell == "true"
