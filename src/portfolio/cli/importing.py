"""Commands that turn files of other tools into tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from portfolio.cli.options import DATA, Finite, result_format
from portfolio.cli.words import show_done

__all__ = ["import_"]


@click.group(name="import")
def import_() -> None:
    """Turn files of other tools into tables."""


@import_.command()
@click.argument("source", type=DATA)
@click.argument("target", type=DATA)
@click.option("--year", default=2023, show_default=True, type=int, help="Year of the return.")
@click.option(
    "--value",
    type=click.Choice(["benefit", "cost"]),
    help="Value from benefits less cost, or from cost; by default what the year publishes.",
)
@click.option(
    "--budget-factor",
    default=0.9,
    show_default=True,
    type=Finite(0),
    help="Later years' budgets, as a multiple of the planned spend.",
)
@click.option(
    "--benefit-years",
    default=10,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Years after the end over which the benefit is spread.",
)
@click.option(
    "--stop-cost",
    default=0.0,
    show_default=True,
    type=Finite(0),
    help="What stopping a project costs.",
)
@click.option(
    "--periods",
    default=10,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Years in the horizon.",
)
@click.option(
    "--discount-rate", default=0.0, show_default=True, type=float, help="A year, as a fraction."
)
@result_format
def gmpp(source: Path, target: Path, form: str, **options: Any) -> None:
    """Turn annual returns of the UK Government's Major Projects Portfolio into a portfolio.

    SOURCE.csv holds the returns as published; TARGET is a new folder. Beside
    the tables it gets two scenarios, as-is and spending-review, and notes of
    what was not published.
    """
    from portfolio.importers.gmpp import import_gmpp, write_import

    imported = import_gmpp(source, **options)
    write_import(imported, target)
    facts = {
        "folder": str(target),
        "projects": len(imported.tables["projects"]),
        "left_out": len(imported.left_out),
        "notes": len(imported.notes),
    }
    sentence = (
        f"Written: {target}: {facts['projects']} projects, {facts['left_out']} left out, "
        f"{facts['notes']} notes (in {target / 'notes'})."
    )
    show_done(sentence, facts, form)
