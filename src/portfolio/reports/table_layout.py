"""Widths of a table's columns and heights of its rows, for formats that do not lay it out."""

from __future__ import annotations

import math

from portfolio.reports.pieces import Cell, Table
from portfolio.reports.slide_text import width_of

__all__ = ["column_widths", "line_count"]

_PADDING = 1.1  # em beside a text, both sides together
_BOLD = 1.12  # of a text as headings are written, by its width in plain letters
_WORD = 13  # em that a word gets before it is broken
_SENTENCE = 48  # em that a column of sentences would like


def column_widths(table: Table, room: float, size: float) -> list[float]:
    """Widths that give numbers and ids one line, and words what is left.

    Parameters
    ----------
    table : Table
    room : float
        Width of the whole table.
    size : float
        Size of its text, in the unit of `room`.

    Returns
    -------
    list of float
        One a column; together no more than `room`.
    """
    rows = [row for row in (*table.rows, table.total) if row]
    wanted, least = [], []
    for at, column in enumerate(table.columns):
        texts = [column.heading, *(row[at].text for row in rows)]
        natural = max(width_of(text, size) for text in texts)
        natural = max(natural, _BOLD * width_of(column.heading, size)) + _PADDING * size
        word = max(width_of(word, size) for text in texts for word in [*text.split(), ""])
        if column.kind in ("number", "unbroken"):
            words = [*column.heading.split(), ""]
            head = _BOLD * max(width_of(one, size) for one in words)
            own = max(width_of(text, size) for text in texts[1:]) if rows else head
            least.append(max(head, min(own, room / 4)) + _PADDING * size)
        else:
            least.append(min(word + _PADDING * size, _WORD * size))
        wanted.append(min(natural, _SENTENCE * size))
    if sum(wanted) <= room:
        spare = room - sum(wanted)
        wide = [column.kind == "wide" for column in table.columns]
        return [
            want + (spare / sum(wide) if own else 0) for want, own in zip(wanted, wide, strict=True)
        ]
    if sum(least) >= room:
        return [one * room / sum(least) for one in least]
    part = (room - sum(least)) / sum(w - x for w, x in zip(wanted, least, strict=True) if w > x)
    return [x + max(w - x, 0) * part for w, x in zip(wanted, least, strict=True)]


def line_count(row: tuple[Cell, ...], widths: list[float], size: float) -> int:
    """Lines that the highest cell of a row takes, on the safe side.

    Parameters
    ----------
    row : tuple of Cell
    widths : list of float
        As `column_widths` gives them.
    size : float
        Size of the text.
    """
    most = 1
    for cell, width in zip(row, widths, strict=True):
        room = max(width - _PADDING * size, size)
        # The estimate of a width is on the safe side, which makes up for ends of lines.
        most = max(most, math.ceil(width_of(cell.text, size) / room - 0.02))
    return most
