"""One answered row of a staffing request, and what it becomes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from portfolio.errors import Fault
from portfolio.staffing.layout import LAYOUT, REFUSED, TO_FILL

__all__ = ["KEY", "SAME", "Answer"]

KEY: Final = ("person_id", "project_id", "role_id", "period")
"""Columns that name an assignment."""
SAME: Final = 1e-6
"""FTE by which two numbers may differ, and a sum of answers may pass somebody's time."""


@dataclass(frozen=True)
class Answer:
    """One answered row, and where it stands."""

    file: str
    row: int
    cells: Mapping[str, Any]

    def fault(self, column: str, rule: str, remedy: str) -> Fault:
        """A fault of one of the row's cells."""
        value = self.cells[column]
        missing = value is None or value == "" or (isinstance(value, float) and math.isnan(value))
        words = "" if missing else f"{value:g}" if isinstance(value, float) else str(value)
        return Fault(self.file, self.row, column, words, rule, remedy, LAYOUT.name)

    @property
    def person(self) -> str:
        """Who works there by this answer."""
        return str(self.cells["person_agreed"] or self.cells["person_id"])

    @property
    def fte(self) -> float:
        """How much, by this answer."""
        agreed = float(self.cells["fte_agreed"])
        return float(self.cells["fte"]) if math.isnan(agreed) else agreed

    @property
    def replaced(self) -> tuple[str, ...]:
        """Key of who was asked for and does not come, where somebody else does; else empty."""
        asked = str(self.cells["person_id"])
        if self.cells["answer"] == REFUSED or asked in ("", self.person):
            return ()
        return (asked, *self.key[1:])

    @property
    def becomes(self) -> dict[str, Any]:
        """What stands in `assignments` for this answer, beside the key."""
        if self.cells["answer"] == REFUSED:
            return {"fte": math.nan, "fte_max": math.nan, "booking": "", "kind": "banned"}
        fte = round(self.fte, 6)
        less = self.fte < float(self.cells["fte"]) - SAME
        most = fte if less else math.nan
        return {"fte": fte, "fte_max": most, "booking": "committed", "kind": ""}

    @property
    def key(self) -> tuple[str, ...]:
        """Key of the assignment that this answer makes."""
        cells = self.cells
        return (self.person, *(str(cells[name]) for name in KEY[1:]))

    @property
    def filled(self) -> bool:
        """Whether the line manager has written more than a remark."""
        return any(
            value not in ("", None) and not (isinstance(value, float) and math.isnan(value))
            for value in (self.cells[name] for name in TO_FILL if name != "remark")
        )
