"""Read a portfolio from a folder of CSV files or from a workbook.

Nothing is guessed and nothing is dropped in silence: cells are taken as text, and
what cannot be read without a guess is a fault with its place, its rule and a remedy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from portfolio.data.cells import Notation
from portfolio.data.csvfile import read_csv_table
from portfolio.data.package import PackageError, open_package
from portfolio.data.portfolio import Portfolio
from portfolio.data.schema import RawTable, dictionary
from portfolio.errors import DataError, Fault

__all__ = ["read_portfolio", "read_tables"]

_MOST_SHEETS = 200


def read_portfolio(path: str | Path, *, decimal: str = ".", thousands: str = "") -> Portfolio:
    """Read and check a portfolio.

    Parameters
    ----------
    path : path
        A folder with a file ``<table>.csv`` a table, or a workbook (``.xlsx`` or
        ``.xlsm``, whose macros are never run) with a sheet a table.
    decimal : str
        The decimal sign of numbers written as text: ``.`` or ``,``.
    thousands : str
        Their thousands separator; "" where there is none.

    Returns
    -------
    Portfolio

    Raises
    ------
    portfolio.errors.DataError
        With every fault of every table.

    Notes
    -----
    What stands in a folder beside the CSV files, its sub-folders included, is left
    alone, as are the sheet ``start here`` and sheets whose name begins with ``_``.
    """
    notation = Notation(decimal, thousands)
    tables, faults = read_tables(path, decimal=decimal)
    if not tables and faults:
        raise DataError(faults)
    return Portfolio.from_raw(tables, notation, faults)


def read_tables(path: str | Path, *, decimal: str = ".") -> tuple[dict[str, RawTable], list[Fault]]:
    """Read tables as text cells, unchecked.

    Parameters
    ----------
    path : path
        A folder or a workbook.
    decimal : str
        The sign with which number cells of a workbook are put into words, so that
        they and numbers typed as text are read in the same way.

    Returns
    -------
    tables : dict of str to RawTable
        Those that could be read, by name.
    faults : list of Fault
        Whatever was wrong with files, sheets and rows.
    """
    path = Path(path)
    try:
        if path.is_dir():
            return _read_folder(path)
        if path.is_file():
            return _read_workbook(path, decimal)
        exists = path.exists()
    except (OSError, ValueError) as problem:
        return {}, [_place_fault(path, _reason(problem), "check the path and its permissions")]
    if exists:
        return {}, [_place_fault(path, "is neither a folder nor a file", "name one of them")]
    return {}, [_place_fault(path, "does not exist", "check the path; it is read from here")]


def _read_folder(folder: Path) -> tuple[dict[str, RawTable], list[Fault]]:
    tables: dict[str, RawTable] = {}
    faults: list[Fault] = []
    files = [entry for entry in sorted(folder.iterdir()) if _is_table_file(entry)]
    if not files:
        remedy = f"put {_files(_required())} there, or name another folder"
        workbooks = [entry.name for entry in sorted(folder.iterdir()) if _is_workbook(entry)]
        if workbooks:
            remedy = f"name the workbook itself: {folder.name}/{workbooks[0]}"
        return {}, [_place_fault(folder, "holds no CSV file", remedy)]
    for file in files:
        if file.stem not in dictionary():
            faults.append(_unknown(file.name, file.stem, "rename or remove the file"))
        elif file.stem in tables:
            rule = f"is the table {file.stem} a second time"
            remedy = "keep one of the two files"
            faults.append(Fault(file.name, None, "", "", rule, remedy, file.stem))
        else:
            try:
                table, table_faults = read_csv_table(file, dictionary()[file.stem])
            except OSError as problem:
                rule, remedy = _reason(problem), "check the file and its permissions"
                faults.append(Fault(file.name, None, "", "", rule, remedy, file.stem))
                continue
            faults += table_faults
            if table is not None:
                tables[file.stem] = table
    return tables, faults


def _read_workbook(path: Path, decimal: str) -> tuple[dict[str, RawTable], list[Fault]]:
    if path.suffix.lower() == ".csv":
        remedy = "name the folder in which the tables stand"
        return {}, [_place_fault(path, "is a single table", remedy)]
    # openpyxl takes longer to load than a folder of CSV files takes to read.
    from portfolio.data.cellwords import CellWords
    from portfolio.data.workbook import START_SHEET, read_sheet

    tables: dict[str, RawTable] = {}
    faults: list[Fault] = []
    try:
        with open_package(path) as package:
            if len(package.sheets) > _MOST_SHEETS:
                rule = f"has {len(package.sheets)} sheets; at most {_MOST_SHEETS} are read"
                return {}, [_place_fault(path, rule, "keep the sheets that are tables")]
            words = CellWords(package, decimal)
            seen: set[str] = set()
            for sheet in package.sheets:
                file = f"{path.name}[{sheet.name}]"
                if sheet.name.startswith("_") or sheet.name == START_SHEET:
                    continue
                if sheet.name not in dictionary():
                    remedy = "rename or delete the sheet, or begin its name with _"
                    faults.append(_unknown(file, sheet.name, remedy))
                elif sheet.name in seen:
                    rule, remedy = "is there a second time", "keep one of the two sheets"
                    faults.append(Fault(file, None, "", "", rule, remedy, sheet.name))
                else:
                    seen.add(sheet.name)
                    described = dictionary()[sheet.name]
                    table, found = read_sheet(package, sheet, words, described, file)
                    faults += found
                    if table is not None:
                        tables[sheet.name] = table
    except PackageError as problem:
        return {}, [_place_fault(path, problem.rule, problem.remedy)]
    if not tables and not faults:
        remedy = f"add the sheets {', '.join(_required())}"
        faults.append(_place_fault(path, "has no sheet that is a table", remedy))
    return tables, faults


def _is_table_file(entry: Path) -> bool:
    # Names that begin with "." or "~" are left by editors and by copying from a Mac.
    return entry.suffix.lower() == ".csv" and not entry.name.startswith((".", "~"))


def _is_workbook(entry: Path) -> bool:
    return entry.suffix.lower() in (".xlsx", ".xlsm") and not entry.name.startswith((".", "~"))


def _unknown(file: str, name: str, remedy: str) -> Fault:
    # The fault is laid at the door of the table that was probably meant, so that the
    # other tables' references into it are not reported as faults of their own.
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    close = difflib.get_close_matches(plain, dictionary(), n=1, cutoff=0.6)
    if close:
        remedy = f"{close[0]} may be meant; {remedy}"
    else:
        remedy = f"{remedy}; tables are: {', '.join(dictionary())}"
    return Fault(file, None, "", name, "is not the name of a table", remedy, *close)


def _place_fault(path: Path, rule: str, remedy: str) -> Fault:
    return Fault(str(path), None, "", "", rule, remedy)


def _reason(problem: OSError | ValueError) -> str:
    if isinstance(problem, PermissionError):
        return "may not be read by this user"
    if isinstance(problem, IsADirectoryError):
        return "is a folder"
    text = problem.strerror if isinstance(problem, OSError) else str(problem)
    return f"cannot be read ({text or problem})"


def _required() -> list[str]:
    return [name for name, table in dictionary().items() if table.required]


def _files(names: Iterable[str]) -> str:
    return ", ".join(f"{name}.csv" for name in names)
