"""How the command line shows results: sentences for people, JSON and CSV for machines."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "amount_words",
    "csv_of",
    "csv_text",
    "line",
    "seen",
    "shortened",
    "show_done",
    "table",
    "tell",
]

# What moves a terminal's cursor, or turns round what a reader sees.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NARROWEST = 24


def csv_text(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str:
    """Rows as CSV, with a header; what a spreadsheet would run is disarmed."""
    from portfolio.data.write import disarmed

    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: disarmed(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        )
    return text.getvalue().rstrip("\n")


def csv_of(frame: pd.DataFrame) -> str:
    """A frame as CSV: no number is blank, and several names stand in one cell."""

    def cell(value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float) and math.isnan(value):
            return ""
        return "; ".join(value) if isinstance(value, tuple) else value

    plain = [{str(n): cell(v) for n, v in row.items()} for row in frame.to_dict("records")]
    return csv_text(plain, list(frame.columns))


def amount_words(value: float, digits: int = 6) -> str:
    """A value or an amount as exact as it is read at a terminal; blank where it is not known."""
    if math.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.{digits}g}"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their columns; the last one takes what room a terminal has left."""
    cells = [[line(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    if sys.stdout.isatty():
        room = shutil.get_terminal_size().columns - sum(width + 2 for width in widths[:-1])
        for row in cells:
            row[-1] = shortened(row[-1], max(room, _NARROWEST))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def line(text: str) -> str:
    """Text in one line, with what cannot be seen made visible."""
    return " ".join(seen(text).split())


def seen(text: str) -> str:
    """Text with whatever could move the terminal or turn it round made visible."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def shortened(text: str, width: int) -> str:
    """Text of at most that many signs; an ellipsis says that some is gone."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def show_done(sentence: str, facts: Mapping[str, Any], form: str) -> None:
    """Show what a command has done: a sentence, or the same as data.

    Parameters
    ----------
    sentence : str
    facts : mapping
        Plain JSON data.
    form : str
        table, json or csv.
    """
    if form == "json":
        click.echo(json.dumps(dict(facts), indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(csv_text([facts], list(facts)))
    else:
        click.echo(seen(sentence))


def tell(words: str) -> None:
    """Progress for people; a pipe stays quiet."""
    if sys.stderr.isatty():
        click.echo(f"  {words}", err=True)
