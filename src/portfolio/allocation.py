"""Allocation: who works on what and when, as tables, and how it is written and read back.

An allocation without a solution has a status and no tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import pandas as pd

from portfolio.result import Result, read_result
from portfolio.result_tables import Columns, plain

__all__ = ["ALLOCATION_TABLES", "REMEDIES", "Allocation", "read_allocation"]

REMEDIES: Final = ("rearrange", "move", "train", "hire")
"""What would close a shortage, the least first: let people who have time work there, move them
from what matters less, train people who have time, hire."""

_COLUMNS: Final[Mapping[str, Columns]] = {
    "allocation": {
        "person_id": "text",
        "project_id": "text",
        "role_id": "text",
        "period": "text",
        "fte": "number",
    },
    "shortage": {
        "project_id": "text",
        "role_id": "text",
        "period": "text",
        "fte": "number",
        "demand": "number",
        "spare": "number",
        "movable": "number",
        "trainable": "number",
        "remedy": "text",
        "reason": "text",
    },
    "changes": {
        "person_id": "text",
        "project_id": "text",
        "role_id": "text",
        "period": "text",
        "before": "number",
        "after": "number",
    },
    "person_changes": {
        "person_id": "text",
        "added": "number",
        "removed": "number",
        "joins": "text",
        "leaves": "text",
    },
    "project_changes": {
        "project_id": "text",
        "added": "number",
        "removed": "number",
        "joins": "text",
        "leaves": "text",
    },
    "given_up": {
        "project_id": "text",
        "role_id": "text",
        "period": "text",
        "reason": "text",
    },
}

ALLOCATION_TABLES: Final = tuple(_COLUMNS)
"""The tables that exist only where there is a solution, in the order they are written."""


@dataclass(frozen=True, eq=False)
class Allocation(Result):
    """Who works on what, where people are short, and what has changed.

    Frames are brought to the columns and types of their table, as a plan's are.

    Attributes
    ----------
    status : Status
        How the solve ended.
    scenario : str
        Name of the scenario.
    objectives : pandas.DataFrame
        One row an objective, in order: objective, sense, value (in this allocation),
        bound (no allocation as good by the objectives before it can pass it), gap (a
        fraction of the value), status, seconds.
    allocation : pandas.DataFrame or None
        FTE spent by person_id, project_id, role_id and period. A blank person_id is
        capacity that the table `capacity` gives without names; a blank project_id is
        reserved work outside the portfolio that people of the role do.
    shortage : pandas.DataFrame or None
        One row a project, role and period in which FTE are missing (fte, of the
        demand); a blank project_id is reserved work. spare: FTE that people who have the role could
        still supply, movable: FTE that they supply to projects of less weight, trainable:
        FTE of time that people without the role have left, all in that period;
        remedy: one of `REMEDIES`; reason: a sentence.
    changes : pandas.DataFrame or None
        Where the FTE before (the previous allocation, else the bookings) and after differ.
    person_changes, project_changes : pandas.DataFrame or None
        The same in short: FTE-periods added and removed, and who comes (joins) and goes
        (leaves): projects of the person, people of the project.
    given_up : pandas.DataFrame or None
        Projects that the selection dropped or moved because named people could not do
        them, with the role and period in which they were short, and a sentence.
    seconds : float
        Time of the whole run.
    settings : mapping
        Settings of the solve, as plain JSON data.
    solver : str
        Solver and version.
    """

    COLUMNS: ClassVar[Mapping[str, Columns]] = _COLUMNS

    allocation: pd.DataFrame | None = None
    shortage: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    person_changes: pd.DataFrame | None = None
    project_changes: pd.DataFrame | None = None
    given_up: pd.DataFrame | None = None

    def summary(self) -> dict[str, Any]:
        """The allocation in short, as plain JSON data.

        Returns
        -------
        dict
            status, scenario, people (who work on projects), projects, fte (FTE-periods
            that people and capacity spend on projects), shortage (FTE-periods in
            all, by role and by remedy), changed (FTE-periods added and removed, and the
            number of people), given_up (project ids),
            objectives in order, seconds, settings, solver. Null stands for what only a
            solution has.
        """
        facts: dict[str, Any] = dict.fromkeys(
            ("people", "projects", "fte", "shortage", "changed", "given_up")
        )
        if (
            self.allocation is not None
            and self.shortage is not None
            and self.person_changes is not None
            and self.project_changes is not None
            and self.given_up is not None
        ):
            work = self.allocation[self.allocation["project_id"] != ""]
            short = self.shortage
            facts |= {
                "people": int(work.loc[work["person_id"] != "", "person_id"].nunique()),
                "projects": int(work["project_id"].nunique()),
                "fte": float(work["fte"].sum()),
                "shortage": {
                    "total": float(short["fte"].sum()),
                    "by_role": short.groupby("role_id")["fte"].sum().to_dict(),
                    "by_remedy": short.groupby("remedy")["fte"].sum().to_dict(),
                },
                "changed": {
                    "added": float(self.project_changes["added"].sum()),
                    "removed": float(self.project_changes["removed"].sum()),
                    "people": len(self.person_changes),
                },
                "given_up": list(dict.fromkeys(self.given_up["project_id"])),
            }
        common = super().summary()
        return {
            "status": common.pop("status"),
            "scenario": common.pop("scenario"),
            **{name: plain(value) for name, value in facts.items()},
            **common,
        }


def read_allocation(folder: str | Path) -> Allocation:
    """Read an allocation that `Allocation.write` has written.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    Allocation

    Raises
    ------
    DataError
        If the folder does not hold a whole one; every fault is in `faults`.
    """
    return Allocation(**read_result(folder, "allocation", _COLUMNS))
