"""Rows into CSV files: the dictionary's order of columns, and no column without a value."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

Cell = str | int | float | bool | date | None


class Tables:
    """Every table of the dictionary, open for rows.

    Rows go to disk at once, so that memory does not grow with the portfolio; the columns that
    turned out to be blank are dropped when the files are copied to their place.
    """

    def __init__(self, scratch: Path, dictionary: Path, files: ExitStack) -> None:
        self.columns = _columns(dictionary)
        self.counts = dict.fromkeys(self.columns, 0)
        self.scratch = scratch
        self._filled = {table: [False] * len(names) for table, names in self.columns.items()}
        self._writers = {}
        for table in self.columns:
            file = files.enter_context(self._part(table).open("w", encoding="utf-8", newline=""))
            self._writers[table] = csv.writer(file, lineterminator="\n")

    def add(self, table: str, **cells: Cell) -> None:
        """One row; a column that the dictionary does not know is an error of the maker."""
        row = [_text(cells.pop(name, None)) for name in self.columns[table]]
        if cells:
            raise KeyError(f"{table} has no column {', '.join(cells)}")
        filled = self._filled[table]
        for place, text in enumerate(row):
            if text:
                filled[place] = True
        self._writers[table].writerow(row)
        self.counts[table] += 1

    def copy_to(self, folder: Path) -> None:
        """Write ``<table>.csv`` for every table that has rows, when no more come."""
        folder.mkdir(parents=True, exist_ok=True)
        for table, names in self.columns.items():
            if not self.counts[table]:
                (folder / f"{table}.csv").unlink(missing_ok=True)
                continue
            keep = [place for place, filled in enumerate(self._filled[table]) if filled]
            with (
                self._part(table).open(encoding="utf-8", newline="") as source,
                (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as target,
            ):
                writer = csv.writer(target, lineterminator="\n")
                writer.writerow([names[place] for place in keep])
                writer.writerows([row[place] for place in keep] for row in csv.reader(source))

    def _part(self, table: str) -> Path:
        return self.scratch / f"{table}.part"


@contextmanager
def open_tables(folder: Path, dictionary: Path) -> Iterator[Tables]:
    """Tables that land in a folder if, and only if, the block ends well."""
    with TemporaryDirectory(prefix="sample-") as scratch:
        with ExitStack() as files:
            tables = Tables(Path(scratch), dictionary, files)
            yield tables
        tables.copy_to(folder)


def _columns(dictionary: Path) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    with dictionary.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["column"]:
                columns[row["table"]] = []
                layout = row["type"]
                if layout == "key_value":
                    columns[row["table"]] = ["key", "value"]
            elif layout == "table":
                columns[row["table"]].append(row["column"])
    return columns


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.4f}".rstrip("0").rstrip(".")
    return str(cell)
