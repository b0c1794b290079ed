"""Commands about tables: check them, begin with a template."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from portfolio.cli.files import read
from portfolio.cli.options import DATA, notation, result_format, scenario_file
from portfolio.cli.words import csv_text, seen, show_done
from portfolio.errors import DataError, Fault

__all__ = ["check", "template"]


@click.command()
@click.argument("data", type=DATA)
@scenario_file
@result_format
@notation
def check(data: Path, scenario: Path | None, form: str, decimal: str, thousands: str) -> None:
    """Check the tables of DATA and show every fault at once.

    Also found, without a solver: what no plan under the scenario can hold, such
    as a project that is forced in and alone breaks a budget. Warnings are about
    what is not wrong, and yet is worth a look.

    Exit code 2 where there are faults. With --format json: a list of faults and
    warnings, each with file, row (as the spreadsheet counts it), column, value,
    rule, remedy, table and severity.
    """
    from portfolio.optimize import foresight
    from portfolio.scenario import read_scenario

    try:
        portfolio = read(data, decimal, thousands)
        known = foresight(portfolio, read_scenario(scenario) if scenario else None)
        if known.faults:
            raise DataError(known.faults)
    except DataError as error:
        _show_faults(error.faults, form)
        raise SystemExit(error.exit_code) from error
    if form != "table":
        _show_faults(known.warnings, form)
        return
    tables = {name: len(frame) for name, frame in portfolio.tables.items() if len(frame)}
    rows = ", ".join(f"{name} {number:,}" for name, number in tables.items())
    calendar = portfolio.calendar
    click.echo(f"{portfolio.settings.name}: no faults.")
    click.echo(f"Periods {calendar.labels[0]} to {calendar.labels[-1]}. Rows: {rows}.")
    if known.warnings:
        click.echo(f"\nWorth a look ({len(known.warnings)}):")
        for warning in known.warnings:
            click.echo(f"  {seen(str(warning))}")


@click.command()
@click.argument("file", type=DATA)
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@result_format
def template(file: Path, force: bool, form: str) -> None:
    """Write an empty workbook FILE.xlsx, ready to be filled in.

    It has a sheet a table, with lists for the words that a column knows and a
    line of help a column; the first sheet says which three to fill first.

    FILE.pptx writes the template of the slides instead: change its master and
    its two layouts, and give it to `portfolio report ... --slides FILE.pptx`.
    """
    if file.suffix.lower() == ".pptx":
        _slides(file, force, form)
        return
    from portfolio.data.write import write_template

    path = write_template(file, overwrite=force)
    sentence = f"Written: {path}. Fill in settings, projects and budgets first."
    show_done(sentence, {"file": str(path)}, form)


def _slides(file: Path, force: bool, form: str) -> None:
    """Write the template of the slides."""
    from portfolio.reports.slides_template import write_slides_template

    path = write_slides_template(file, overwrite=force)
    sentence = f"Written: {path}. Change its master and layouts, and give it to --slides."
    show_done(sentence, {"file": str(path)}, form)


def _show_faults(faults: Sequence[Fault], form: str) -> None:
    """Show every fault, as a list of sentences, JSON or CSV."""
    if form == "json":
        click.echo(json.dumps([fault.as_dict() for fault in faults], indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(
            csv_text([fault.as_dict() for fault in faults], list(Fault.__dataclass_fields__))
        )
    else:
        click.echo(seen(str(DataError(faults))))
