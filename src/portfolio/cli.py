"""The command ``portfolio``: check tables, plan, publish reports."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from portfolio.errors import DataError, PortfolioError, SolveError
from portfolio.terminal import no_plan, seen, show_done, show_faults, show_plan

if TYPE_CHECKING:
    from portfolio.data.portfolio import Portfolio
    from portfolio.reports.board import PublishedRun

__all__ = ["main"]

Command = TypeVar("Command", bound=Callable[..., Any])

_DATA = click.Path(path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FORMATS = click.Choice(["table", "json", "csv"])


class _Sentence(click.ClickException):
    """An error of ours as click shows it: its sentence, and its exit code."""

    @classmethod
    def of(cls, message: str, exit_code: int) -> _Sentence:
        """A sentence with its exit code."""
        error = cls(message)
        error.__dict__["exit_code"] = exit_code
        return error

    def show(self, file: Any = None) -> None:
        click.echo(seen(self.format_message()), file=file or sys.stderr)


class _Finite(click.FloatRange):
    """A number in a range; NaN and infinity are in none."""

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


class _Sentences(click.Group):
    """A group whose commands end in sentences, never in tracebacks, unless --debug is given."""

    def invoke(self, ctx: click.Context) -> Any:
        if ctx.params.get("debug"):
            return super().invoke(ctx)
        try:
            return super().invoke(ctx)
        except PortfolioError as error:
            raise _Sentence.of(str(error), error.exit_code) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            place = f"{error.filename}: " if error.filename else ""
            raise _Sentence.of(f"{place}{error.strerror or error}", 1) from error
        except MemoryError as error:
            raise _Sentence.of("There is too little memory for this portfolio.", 1) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}".removesuffix(": ").rstrip(".")
            sentence = f"This should not have happened: {said}. Where: portfolio --debug ..."
            raise _Sentence.of(sentence, 1) from error


@click.group(cls=_Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="portfolio", prog_name="portfolio")
@click.option("--debug", is_flag=True, help="Show tracebacks instead of sentences.")
def main(debug: bool) -> None:
    """Optimise a project portfolio: which projects to fund, when, under shared people and money.

    DATA is a folder of CSV files, one a table, or an .xlsx workbook, one sheet
    a table. Begin with `portfolio demo`, then `portfolio template my.xlsx`.

    Exit codes: 0 done; 1 the work failed (nothing feasible, no solution, a
    notebook failed); 2 bad input or usage.
    """


def _format(command: Command) -> Command:
    """The option that says how the result is shown."""
    shown = "How the result is shown; json is for machines, and stays as it is."
    return click.option("--format", "form", type=_FORMATS, default="table", help=shown)(command)


def _notation(command: Command) -> Command:
    """Options that say how numbers are written."""
    command = click.option(
        "--thousands", default="", help="Thousands separator in numbers; none by default."
    )(command)
    return click.option(
        "--decimal", default=".", type=click.Choice([".", ","]), help="Decimal sign in numbers."
    )(command)


def _solving(command: Command) -> Command:
    """Options that say how a model is solved."""
    for option in (
        click.option("--threads", default=0, type=click.IntRange(0), help="Threads; 0: all."),
        click.option("--seed", default=0, type=click.IntRange(0, 2**31 - 1), help="Random seed."),
        click.option(
            "--gap",
            default=0.001,
            show_default=True,
            type=_Finite(0, 1, max_open=True),
            help="Distance from the best possible at which solving may end, as a share.",
        ),
        click.option(
            "--time-limit",
            default=60.0,
            show_default=True,
            type=_Finite(0, min_open=True),
            metavar="SECONDS",
            help="Most time for solving.",
        ),
    ):
        command = option(command)
    return command


@main.command()
@click.argument("data", type=_DATA)
@_format
@_notation
def check(data: Path, form: str, decimal: str, thousands: str) -> None:
    """Check the tables of DATA and show every fault at once.

    Exit code 2 where there are faults. With --format json: a list of faults,
    each with file, row (as the spreadsheet counts it), column, value, rule
    and remedy.
    """
    try:
        portfolio = _read(data, decimal, thousands)
    except DataError as error:
        show_faults(error.faults, form)
        raise SystemExit(error.exit_code) from error
    if form != "table":
        show_faults((), form)
        return
    tables = {name: len(frame) for name, frame in portfolio.tables.items() if len(frame)}
    rows = ", ".join(f"{name} {number:,}" for name, number in tables.items())
    calendar = portfolio.calendar
    click.echo(f"{portfolio.settings.name}: no faults.")
    click.echo(f"Periods {calendar.labels[0]} to {calendar.labels[-1]}. Rows: {rows}.")


@main.command()
@click.argument("file", type=_DATA)
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@_format
def template(file: Path, force: bool, form: str) -> None:
    """Write an empty workbook FILE.xlsx, ready to be filled in.

    It has a sheet a table, with lists for the words that a column knows and a
    line of help a column; the first sheet says which three to fill first.
    """
    from portfolio.data.write import write_template

    path = write_template(file, overwrite=force)
    sentence = f"Written: {path}. Fill in settings, projects and budgets first."
    show_done(sentence, {"file": str(path)}, form)


@main.group(name="import")
def import_() -> None:
    """Turn files of other tools into tables."""


@import_.command()
@click.argument("source", type=_DATA)
@click.argument("target", type=_DATA)
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
    type=_Finite(0),
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
    type=_Finite(0),
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
@_format
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


@main.command()
@click.argument("data", type=_DATA)
@click.option("--scenario", type=_DATA, help="Scenario file; the baseline by default.")
@click.option("--out", type=_FOLDER, help="Folder for summary.json and one CSV a table.")
@click.option("--solver", default="highs", show_default=True, help="highs, or one PuLP knows.")
@_format
@_solving
@_notation
def plan(
    data: Path,
    scenario: Path | None,
    out: Path | None,
    solver: str,
    form: str,
    time_limit: float,
    gap: float,
    seed: int,
    threads: int,
    decimal: str,
    thousands: str,
) -> None:
    """Choose projects and start dates for DATA, and check the plan.

    With --format json: the summary that is also written to summary.json
    (status, objective, bound, gap, seconds, selected, spend); with csv: a row
    a project.
    """
    from portfolio.models.outcome import Settings
    from portfolio.optimize import optimize
    from portfolio.scenario import Scenario, read_scenario

    _tell(f"reading {data}")
    portfolio = _read(data, decimal, thousands)
    wanted = read_scenario(scenario) if scenario else Scenario()
    settings = Settings(time_limit, gap, seed, threads, solver)
    if out is not None:
        _writable(out)
    result = optimize(portfolio, wanted, settings, _tell)
    if out is not None:
        result.write(out)
    show_plan(result, portfolio, form)
    if not result.feasible:
        raise SolveError(no_plan(result))


@main.group()
def report() -> None:
    """Run a report's notebook and publish the report."""


@report.command()
@click.argument("data", type=_DATA)
@click.option("--period", help="Period reported; by default the one that the data date lies in.")
@click.option("--scenario", type=_DATA, help="Scenario file; the baseline by default.")
@click.option(
    "--reports", type=_FOLDER, default=Path("reports"), show_default=True, help="Where to publish."
)
@_format
@_solving
@_notation
def board(
    data: Path,
    period: str | None,
    scenario: Path | None,
    reports: Path,
    form: str,
    **parameters: Any,
) -> None:
    """Publish a board report of DATA.

    The notebook 10-board-report.ipynb is run with papermill in a staging
    folder; the report appears whole, under a new folder of its own, or not at
    all.
    """
    published = _publish(data, period, scenario, reports, parameters)
    show_done(f"Published: {published.page.resolve()}", _facts(published), form)


@main.command()
@click.option(
    "--reports", type=_FOLDER, default=Path("reports"), show_default=True, help="Where to publish."
)
@_format
def demo(reports: Path, form: str) -> None:
    """Publish a board report of the sample portfolio, and say where it is."""
    from portfolio.reports.places import find_sample

    published = _publish(find_sample(), None, None, reports, {})
    sentence = (
        f"Published: {published.page.resolve()}\n"
        "Open it in a browser. Your own data: portfolio template my.xlsx"
    )
    show_done(sentence, _facts(published), form)


def _facts(published: PublishedRun) -> dict[str, Any]:
    return {
        "page": str(published.page.resolve()),
        "run_id": published.run_id,
        "period": published.summary["period"],
        "scenario": published.summary["scenario"],
        "status": published.summary["status"],
    }


def _publish(
    data: Path,
    period: str | None,
    scenario: Path | None,
    reports: Path,
    parameters: dict[str, Any],
) -> PublishedRun:
    from portfolio.reports.board import publish_board

    _tell(f"making the board report of {data}")
    return publish_board(
        data,
        period=period,
        scenario=scenario,
        reports=reports,
        parameters=parameters,
        progress=sys.stderr.isatty(),
    )


def _writable(folder: Path) -> None:
    """Refuse a folder that could not be written to, before anything is solved for it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(13, "cannot be written to", str(folder))


def _read(data: Path, decimal: str, thousands: str) -> Portfolio:
    from portfolio.data.read import read_portfolio

    try:
        return read_portfolio(data, decimal=decimal, thousands=thousands)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error


def _tell(words: str) -> None:
    """Progress for people; a pipe stays quiet."""
    if sys.stderr.isatty():
        click.echo(f"  {words}", err=True)


if __name__ == "__main__":
    main()
