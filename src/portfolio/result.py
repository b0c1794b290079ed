"""Result: what a solve found, as tables that exist only where there is a solution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

import pandas as pd

from portfolio.errors import DataError, Fault
from portfolio.result_tables import (
    SUMMARY,
    Columns,
    conform,
    number,
    plain,
    read_summary,
    read_table,
    write_folder,
)

__all__ = ["OBJECTIVES", "OBJECTIVE_COLUMNS", "Result", "Status", "read_result", "records"]


class Status(StrEnum):
    """How a solve ended; values exist for the first two only."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NO_SOLUTION = "no_solution"
    INVALID = "invalid"


OBJECTIVES: Final[Columns] = {
    "objective": "text",
    "sense": "text",
    "value": "number",
    "bound": "number",
    "gap": "number",
    "status": "text",
    "seconds": "number",
}
"""Columns of the table of objectives, which every result has."""

OBJECTIVE_COLUMNS: Final = tuple(OBJECTIVES)


@dataclass(frozen=True, eq=False)
class Result:
    """What every result has; its kinds add their tables, each None without a solution.

    Frames are brought to the columns and types of their table: text is never
    missing (blank is ""), numbers are float64, flags are bool.

    Attributes
    ----------
    status : Status
        How the solve ended.
    scenario : str
        Name of the scenario.
    objectives : pandas.DataFrame
        One row an objective, in order: objective, sense (max, min), value, bound,
        gap (a fraction of the value), status, seconds.
    seconds : float
        Time of the whole run.
    settings : mapping
        Settings of the solve, as plain JSON data; `gap` is the gap asked for.
    solver : str
        Solver and version.
    """

    COLUMNS: ClassVar[Mapping[str, Columns]] = {}
    """The tables that exist only where there is a solution, in the order they are written."""

    status: Status
    scenario: str = "baseline"
    objectives: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(OBJECTIVE_COLUMNS))
    )
    seconds: float = 0.0
    settings: Mapping[str, Any] = field(default_factory=dict)
    solver: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))
        for name, columns in {"objectives": OBJECTIVES, **self.COLUMNS}.items():
            frame = getattr(self, name)
            if frame is not None:
                object.__setattr__(self, name, conform(name, columns, frame))

    def __getstate__(self) -> dict[str, Any]:
        # A mapping proxy cannot be pickled, and results travel between processes.
        return {**self.__dict__, "settings": dict(self.settings)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state | {"settings": MappingProxyType(state["settings"])})

    @property
    def feasible(self) -> bool:
        """Whether there is a solution, so that the tables hold one."""
        return self.status in (Status.OPTIMAL, Status.FEASIBLE)

    def tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Name and frame of each table that there is, in the order they are written."""
        for name in self.COLUMNS:
            frame = getattr(self, name)
            if frame is not None:
                yield name, frame

    def summary(self) -> dict[str, Any]:
        """What every result has, as plain JSON data."""
        return {
            "status": str(self.status),
            "scenario": self.scenario,
            "objectives": records(self.objectives),
            "seconds": plain(self.seconds),
            "settings": {name: plain(value) for name, value in self.settings.items()},
            "solver": self.solver,
        }

    def write(self, folder: str | Path) -> None:
        """Write summary.json and one CSV a table.

        Everything is written beside first and moved afterwards, the summary last:
        a folder with a summary holds the whole that it sums up. Tables of an
        earlier result are removed; other files in the folder stay as they are.

        Parameters
        ----------
        folder : str or Path
            Folder to write to; made where it is missing.

        Raises
        ------
        OSError
            If the folder cannot be written; before the first move, an earlier result
            there is left as it was.
        """
        tables = dict(self.tables()) if self.feasible else {}
        typed = {name: (self.COLUMNS[name], frame) for name, frame in tables.items()}
        write_folder(folder, typed, self.COLUMNS, self.summary())


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain JSON data."""
    return [
        {str(column): plain(value) for column, value in row.items()}
        for row in frame.to_dict("records")
    ]


def read_result(
    folder: str | Path,
    what: str,
    columns: Mapping[str, Columns],
    own: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Read what `Result.write` has written.

    Parameters
    ----------
    folder : str or Path
        Folder with summary.json and, where there is a solution, one CSV a table.
    what : str
        The kind of result in words, such as ``plan``.
    columns : mapping of str to columns
        Its tables.
    own : callable, optional
        Reads what this kind of result adds to the summary.

    Returns
    -------
    dict
        The result's attributes by name.

    Raises
    ------
    DataError
        If the folder does not hold a whole one; every fault is in `faults`.
    """
    summary = read_summary(folder, what)
    try:
        facts: dict[str, Any] = {
            "status": Status(summary["status"]),
            "scenario": str(summary["scenario"]),
            "objectives": pd.DataFrame(summary["objectives"], columns=list(OBJECTIVE_COLUMNS)),
            "seconds": number(summary["seconds"]),
            "settings": dict(summary["settings"]),
            "solver": str(summary["solver"]),
            **(own(summary) if own else {}),
        }
    except (ValueError, KeyError, TypeError) as error:
        rule = f"is not {'an' if what[0] in 'aeiou' else 'a'} {what}'s summary"
        fault = Fault(SUMMARY, None, "", str(error), rule, "write it again")
        raise DataError([fault]) from None
    faults: list[Fault] = []
    if facts["status"] in (Status.OPTIMAL, Status.FEASIBLE):
        _refuse_other_kinds(Path(folder), what, columns)
        for table, kinds in columns.items():
            path = Path(folder) / f"{table}.csv"
            facts[table] = read_table(path, table, kinds, faults)
    if faults:
        raise DataError(faults)
    return facts


def _refuse_other_kinds(folder: Path, what: str, columns: Mapping[str, Columns]) -> None:
    """Raise where a folder holds another kind of result, none of whose tables is asked for."""
    if any((folder / f"{table}.csv").exists() for table in columns):
        return
    inside = folder / what
    remedy = f"give the folder that the {what} was written to"
    if (inside / SUMMARY).exists():
        remedy = f"did you mean {inside}?"
    rule = f"holds another kind of result, and no {what}"
    raise DataError([Fault(SUMMARY, None, "", str(folder), rule, remedy)])
