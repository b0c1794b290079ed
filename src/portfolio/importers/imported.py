"""What an importer gives, and the folder that it is written to."""

from __future__ import annotations

import csv
import os
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from portfolio.data.place import refuse
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import disarmed, write_folder
from portfolio.errors import PortfolioError

__all__ = ["Imported", "write_import"]


@dataclass(frozen=True)
class Imported:
    """Tables made from a file of another tool, and an account of how.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        Text cells by the names of the dictionary; blank is "".
    scenarios : dict of str to str
        YAML text by file name.
    notes : pandas.DataFrame
        One row a cell that could not be used: project_id, name, row (of the
        source, as a spreadsheet counts it), column, value (as published), note.
    left_out : pandas.DataFrame
        Projects that are not in the tables: project_id, name, programme, row, reason.
    assumptions : tuple of str
        Sentences, with the numbers that were used.
    """

    tables: dict[str, pd.DataFrame] = field(repr=False)
    scenarios: dict[str, str] = field(repr=False)
    notes: pd.DataFrame = field(repr=False)
    left_out: pd.DataFrame = field(repr=False)
    assumptions: tuple[str, ...] = field(repr=False)


def write_import(imported: Imported, target: Path) -> None:
    """Write an import as a folder that `read_portfolio` reads, whole or not at all.

    Parameters
    ----------
    imported : Imported
    target : Path
        The folder; it must not exist, or be empty. It gets a CSV file a table,
        ``scenarios/`` and ``notes/`` (``import-notes.csv``, ``left-out.csv``,
        ``assumptions.md``).

    Raises
    ------
    DataError
        If the target is no folder or holds something, or the tables are no valid
        portfolio.
    PortfolioError
        If it cannot be written.
    """
    target = Path(target).absolute()
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        refuse(target, "is not a folder", "name a new folder")
    if target.is_dir() and any(target.iterdir()):
        refuse(target, "is not empty", "name a new folder, or empty this one first")
    Portfolio.from_tables(imported.tables)
    staging = target.with_name(f".{target.name}-{uuid.uuid4().hex}")
    try:
        staging.parent.mkdir(parents=True, exist_ok=True)
        write_folder(imported.tables, staging)
        _write_account(imported, staging)
        if os.name == "nt" and target.is_dir():
            target.rmdir()  # Windows renames onto no folder, not even an empty one
        staging.replace(target)
    except OSError as problem:
        sentence = f"{target} cannot be written: {problem.strerror or problem}."
        raise PortfolioError(sentence) from problem
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_account(imported: Imported, folder: Path) -> None:
    (folder / "scenarios").mkdir()
    for name, text in imported.scenarios.items():
        (folder / "scenarios" / name).write_text(text, encoding="utf-8", newline="\n")
    notes = folder / "notes"
    notes.mkdir()
    _write_csv(notes / "import-notes.csv", imported.notes)
    _write_csv(notes / "left-out.csv", imported.left_out)
    lines = ["# Assumptions of this import", "", *(f"- {line}" for line in imported.assumptions)]
    text = "\n".join(lines) + "\n"
    (notes / "assumptions.md").write_text(text, encoding="utf-8", newline="\n")


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    safe = table.map(lambda text: disarmed(text, number=True))
    # With the mark spreadsheets know UTF-8; published cells often hold a pound sign.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(safe.columns)
        writer.writerows(safe.itertuples(index=False, name=None))
