"""Work against the room for it, as a heat map: the share that is used, and where it is too much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from portfolio.figures.formats import share
from portfolio.figures.heat import Cell, Row, tint
from portfolio.figures.sheet import Key
from portfolio.figures.style import ACCENT, DIM, INK, PALE, PAPER, RED

__all__ = ["Loaded", "percent_cells", "percent_keys", "percents_fit"]

# From here on a cell reads 100 %.
_AT_LIMIT = 0.995


class Loaded(Row):
    """One thing: work and the room for it by position on the timeline, FTE."""

    tolerance: ClassVar[float] = 1e-6
    """What is less than this is rounding, FTE."""

    def used(self, i: int) -> float:
        """Share of the room that is used; infinite where there is work and no room."""
        work, room = self.cells[i]
        if room > self.tolerance:
            return work / room
        return float("inf") if work > self.tolerance else 0.0

    def excess(self, i: int) -> float:
        """Work beyond the room, FTE."""
        work, room = self.cells[i]
        missing = work - room
        return missing if missing > self.tolerance * max(1.0, abs(room)) else 0.0

    @property
    def overs(self) -> list[int]:
        """Where there is more work than room."""
        return [i for i in self.cells if self.excess(i) > 0]

    @property
    def fulls(self) -> list[int]:
        """Where the room is just used up."""
        return [i for i in self.cells if self.used(i) >= _AT_LIMIT and not self.excess(i)]


def percents_fit(width: float, left: float, periods: int) -> bool:
    """Whether a cell has room for its number, of which >100 is the widest.

    Parameters
    ----------
    width, left : float
        Of the figure, and of the room at its left, px.
    periods : int
    """
    return (width - left - 14) / periods >= 2.2 * (10.5 if width < 640 else 11.5)


def percent_keys(rows: Sequence[Loaded], full: str, over: str) -> tuple[Key, ...]:
    """The legend: tints, and the outlines that occur.

    Parameters
    ----------
    rows : sequence of Loaded
    full, over : str
        What it is called where the room is used up, and where there is more work than room.
    """
    keys = []
    for part in (0.0, 0.5, 1.0):
        fill = tint(part, PALE, ACCENT)
        keys.append(Key(share(part), fill, fill))
    if any(row.fulls for row in rows):
        keys.append(Key(full, PAPER, INK))
    if any(row.overs for row in rows):
        keys.append(Key(over, PAPER, RED))
    return tuple(keys)


def percent_cells(row: Loaded, *, numbers: bool) -> dict[int, Cell]:
    """Cells with the share that is used, per cent; a dash where there is neither work nor room.

    Parameters
    ----------
    row : Loaded
    numbers : bool
        Whether there is room for them; else a triangle stands where there is too much work.
    """
    cells = {}
    for i, (_, room) in row.cells.items():
        used, over = row.used(i), row.excess(i) > 0
        if room <= row.tolerance and not over:
            cells[i] = Cell("–", PAPER, ink=DIM)
            continue
        percent = "0!" if used == float("inf") else share(used).removesuffix(" %")
        text = percent if numbers else "▲" if over else ""
        outline = RED if over else INK if used >= _AT_LIMIT else ""
        value = used if math.isfinite(used) else None
        cells[i] = Cell(text, tint(used, PALE, ACCENT), outline, over, value=value)
    return cells
