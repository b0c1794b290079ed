"""Write tables to a folder of CSV files or to a workbook; both read back equal.

A text that begins with ``=``, ``+``, ``-`` or ``@`` is a formula to a spreadsheet that
opens a CSV file. It is written with a leading apostrophe, the spreadsheets' own mark for
text, and reading takes exactly one off again: the file is harmless and the data are the
same. In a workbook such text is a text cell, which is never run, and needs no mark.

Numbers are written with every digit to CSV files. A workbook keeps 16 significant digits.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from portfolio.data.csvfile import TEXT_TYPES
from portfolio.data.place import new_file, new_folder
from portfolio.data.schema import Table, dictionary
from portfolio.errors import PortfolioError, nearest

__all__ = [
    "column_words",
    "disarmed",
    "write_folder",
    "write_table",
    "write_template",
    "write_workbook",
]

_FORMULA = re.compile(r"'*[=+\-@]")
_FORMULA_OR_NUMBER = re.compile(r"'*(?:[=@]|[+\-](?![\d.,]))")


def write_folder(
    tables: Mapping[str, pd.DataFrame], path: str | Path, *, overwrite: bool = False
) -> Path:
    """Write a file ``<table>.csv`` a table.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables of the dictionary, such as `Portfolio.tables`. Those without rows are left
        out unless they are required, as are columns that are blank throughout.
    path : path
        The folder; it may be there already, with other files in it.
    overwrite : bool
        Whether tables that stand there may be replaced; those that `tables` lacks are
        then removed, so that no two portfolios are mixed.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        If tables are there already, or the parent folder is not.
    PortfolioError
        If it cannot be written.
    """
    path = Path(path)
    known = {f"{name}.csv" for name in dictionary()}
    described = _described(tables)
    with new_folder(path, known, overwrite=overwrite) as folder:
        for table, frame in described:
            if len(frame) or table.required:
                _write_csv(table, frame, folder / f"{table.name}.csv")
    return path


def write_table(
    name: str, frame: pd.DataFrame, path: str | Path, *, overwrite: bool = False
) -> Path:
    """Write one table as a CSV file.

    Parameters
    ----------
    name : str
        The table, as the dictionary calls it.
    frame : pandas.DataFrame
        The table, parsed.
    path : path
        The file.
    overwrite : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        If the file is there already, or its folder is not.
    PortfolioError
        If it cannot be written.
    """
    path = Path(path)
    ((table, rows),) = _described({name: frame})
    with new_file(path, overwrite=overwrite) as staged:
        _write_csv(table, rows, staged)
    return path


def write_workbook(
    tables: Mapping[str, pd.DataFrame], path: str | Path, *, overwrite: bool = False
) -> Path:
    """Write a workbook: the template, filled.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables of the dictionary, such as `Portfolio.tables`.
    path : path
        The workbook.
    overwrite : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        The workbook.

    Raises
    ------
    DataError
        If the file is there already, or its folder is not.
    PortfolioError
        If it cannot be written, or a table does not fit into a sheet.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise PortfolioError(f"{path} is no name for a workbook; let it end with .xlsx.")
    found = {table.name: frame for table, frame in _described(tables)}
    with new_file(path, overwrite=overwrite) as staged:
        from portfolio.data.template import build_workbook  # with xlsxwriter, for few runs

        build_workbook(staged, found)
    return path


def write_template(path: str | Path, *, overwrite: bool = False) -> Path:
    """Write the empty workbook: a sheet a table, made from the dictionary.

    Parameters
    ----------
    path : path
        The workbook.
    overwrite : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        The workbook.

    Raises
    ------
    DataError
        If the file is there already, or its folder is not.
    PortfolioError
        If it cannot be written.
    """
    return write_workbook({}, path, overwrite=overwrite)


def column_words(column: pd.Series) -> list[str]:
    """A column as text cells, as they are read.

    Parameters
    ----------
    column : pandas.Series

    Returns
    -------
    list of str
        Numbers in digits, with no exponent and every digit that they need; dates as
        ``2026-11-03``; flags as ``yes`` and ``no``; blank as "".
    """
    codes, values = pd.factorize(column)
    words = [_words(value) for value in values]
    return [words[code] if code >= 0 else "" for code in codes]


def disarmed(text: str, *, number: bool = False) -> str:
    """A text for a cell of a CSV file, where a spreadsheet would run some as formulas.

    Parameters
    ----------
    text : str
        Any text.
    number : bool
        Whether it may be a number, whose sign stays as it is.

    Returns
    -------
    str
        The text, with an apostrophe before it where it would be run.
    """
    text = text.strip()
    formula = _FORMULA_OR_NUMBER if number else _FORMULA
    return f"'{text}" if formula.match(text) else text


def _described(tables: Mapping[str, pd.DataFrame]) -> list[tuple[Table, pd.DataFrame]]:
    for name, frame in tables.items():
        if name not in dictionary():
            raise PortfolioError(f"'{name}' is not a table; {nearest(name, dictionary())}")
        header = dictionary()[name].header
        for column in map(str, frame.columns):
            if column not in header:
                sentence = f"'{column}' is not a column of the table {name}"
                raise PortfolioError(f"{sentence}; {nearest(column, header)}")
    return [(table, tables[name]) for name, table in dictionary().items() if name in tables]


def _write_csv(table: Table, frame: pd.DataFrame, path: Path) -> None:
    types = {column.name: column.type for column in table.columns}
    required = {column.name for column in table.columns if column.required}
    header, columns = [], []
    for name in table.header:
        words = column_words(frame[name]) if name in frame.columns else [""] * len(frame)
        settings = table.layout == "key_value"
        if any(words) or settings or name in required:
            number = not settings and types[name] not in TEXT_TYPES
            header.append(name)
            columns.append([disarmed(text, number=number) for text in words])
    plain = all(text.isascii() for column in columns for text in column)
    # Without the mark, Excel takes UTF-8 for the code page of the country; files that
    # are plain ASCII do not need it.
    encoding = "utf-8" if plain else "utf-8-sig"
    try:
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(zip(*columns, strict=True))
    except UnicodeEncodeError as problem:
        sign = problem.object[problem.start]
        raise PortfolioError(
            f"The table {table.name} cannot be written: half a sign (U+{ord(sign):04X}) in a text."
        ) from problem


def _words(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return np.format_float_positional(value + 0.0, trim="-")
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)
