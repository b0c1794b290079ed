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

from portfolio.errors import DataError, Fault

if TYPE_CHECKING:
    from portfolio.data.portfolio import Portfolio
    from portfolio.plan import Plan

__all__ = ["no_plan", "seen", "show_done", "show_faults", "show_plan"]

# What moves a terminal's cursor, or turns round what a reader sees.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NARROWEST = 24


def show_faults(faults: Sequence[Fault], form: str) -> None:
    """Show every fault, as a list of sentences, JSON or CSV."""
    if form == "json":
        click.echo(json.dumps([fault.as_dict() for fault in faults], indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(_csv([fault.as_dict() for fault in faults], list(Fault.__dataclass_fields__)))
    else:
        click.echo(seen(str(DataError(faults))))


def _csv(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str:
    from portfolio.data.write import disarmed

    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: disarmed(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        )
    return text.getvalue().rstrip("\n")


def show_plan(result: Plan, portfolio: Portfolio, form: str) -> None:
    """Show a plan: a line a project, the summary as JSON, or the selection as CSV."""
    if form == "json":
        click.echo(json.dumps(result.summary(), indent=2, ensure_ascii=False, allow_nan=False))
        return
    if result.selection is None:
        return
    rows = [{str(k): v for k, v in row.items()} for row in result.selection.to_dict("records")]
    if form == "csv":
        for row in rows:
            row["selected"] = "true" if row["selected"] else "false"
        click.echo(_csv(rows, list(result.selection.columns)))
        return
    names = portfolio["projects"].set_index("project_id")["name"].to_dict()
    columns = ["project", "name", "decision", "start", "finish", "reason"]
    lines = [
        [
            row["project_id"],
            _shortened(_line(names[row["project_id"]]), 36),
            row["decision"].replace("_", " "),
            row["start"],
            row["finish"],
            row["reason"],
        ]
        for row in rows
    ]
    click.echo(_table(columns, lines))
    first = result.objectives.iloc[0]
    number = sum(row["selected"] for row in rows)
    offered = sum(row["decision"] not in ("not_offered", "closed") for row in rows)
    value, gap = float(first["value"]), float(first["gap"])
    words = f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.6g}"
    distance = "how far from the best possible is not known"
    if not math.isnan(gap):
        distance = (
            f"at most {gap:.2%} from the best possible" if gap > 1e-9 else "the best possible"
        )
    click.echo(
        f"\n{number} of {offered} projects in the plan; {first['objective'].replace('_', ' ')} "
        f"{words}, {distance} ({result.status}, {result.seconds:.1f} s)."
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their columns; the last one takes what room a terminal has left."""
    cells = [[_line(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    if sys.stdout.isatty():
        room = shutil.get_terminal_size().columns - sum(width + 2 for width in widths[:-1])
        for row in cells:
            row[-1] = _shortened(row[-1], max(room, _NARROWEST))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _line(text: str) -> str:
    return " ".join(seen(text).split())


def seen(text: str) -> str:
    """Text with whatever could move the terminal or turn it round made visible."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def no_plan(result: Plan) -> str:
    """Why there is no plan, and what to do."""
    if result.status == "infeasible":
        return (
            "No plan is possible: the rules cannot all hold together. Leave rules out with "
            "`ignore:` or widen them with `soften:` in a scenario to see which."
        )
    return "No plan was found within the time limit; give more with --time-limit."


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
        click.echo(_csv([facts], list(facts)))
    else:
        click.echo(seen(sentence))
