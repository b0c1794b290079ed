"""The command ``portfolio reports``: what is published, whether it is whole, who answers for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.options import FOLDER, Command, result_format
from portfolio.cli.words import csv_text, seen, show_done, table
from portfolio.errors import ReportError

if TYPE_CHECKING:
    from portfolio.reports.store import Run

__all__ = ["reports"]

_SHOWN = ("run_id", "kind", "audience", "period", "portfolio", "scenario", "state")
_STATES = click.Choice(["draft", "issued", "failed", "running", "killed"])


@click.group()
def reports() -> None:
    """What is published, whether it is whole, and who answers for it.

    A run makes a draft. Once somebody issues it, it is the report of its
    period, and what "since the last report" means. A run that failed is kept
    apart and shown as failed; it never replaces a good one.

    \b
    Examples:
      portfolio reports list
      portfolio reports verify
      portfolio reports issue 20261126T161052123456Z-9f3eab --by "J. Doe"
      portfolio reports prune --keep 3 --dry-run
    """  # noqa: D301 -- click's mark, not a backslash


def _folder(command: Command) -> Command:
    help_ = "The reports folder."
    return click.option(
        "--reports", "folder", type=FOLDER, default=Path("reports"), show_default=True, help=help_
    )(command)


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise ReportError(f"There is no folder {folder}; name the reports folder: --reports.", 2)
    return folder.absolute()


@reports.command(name="list")
@_folder
@result_format
@click.option("--kind", help="Only reports of that kind, such as board.")
@click.option("--period", help="Only reports of that period.")
@click.option("--state", type=_STATES, help="Only runs of that state.")
def list_(folder: Path, form: str, **wanted: str | None) -> None:
    """List all runs, the newest first.

    draft: published, not issued; issued; failed: kept apart, and why; running:
    at work now; killed: its process ended without a word, and the next run, or
    `portfolio reports sweep`, keeps it as failed.
    """
    from portfolio.reports.store import find_runs

    asked = {name: value for name, value in wanted.items() if value}
    runs = [run for run in find_runs(_existing(folder)) if asked.items() <= run.facts().items()]
    _show_runs(runs, form, "There are no runs.")


@reports.command()
@_folder
@result_format
def verify(folder: Path, form: str) -> None:
    """Check that all published runs, and all issues, are whole.

    Every file must have the hash that it was published with, none may be
    missing or added, and later runs and issues, which hold the seals of those
    before them, must agree. Exit code 0: all are whole; 1: not, and which.
    """
    from portfolio.reports.store import verify_reports

    checked, problems = verify_reports(_existing(folder))
    rows = [{"folder": str(problem.folder), "fault": problem.fault} for problem in problems]
    if form == "json":
        click.echo(json.dumps({"checked": checked, "problems": rows}, indent=2))
    elif form == "csv":
        click.echo(csv_text(rows, ["folder", "fault"]))
    elif rows:
        click.echo(table(["what", "fault"], [list(row.values()) for row in rows]))
    else:
        noun = "run or issue is" if checked == 1 else "runs and issues are"
        click.echo(f"{checked} {noun} whole.")
    if rows:
        raise click.exceptions.Exit(1)


@reports.command()
@click.argument("run")
@click.option("--by", required=True, metavar="NAME", help="Who issues it, as it is printed.")
@_folder
@result_format
def issue(run: str, by: str, folder: Path, form: str) -> None:
    """Issue RUN: somebody answers for it from now on.

    RUN is the id of a draft, its first signs, or its folder. The run stays as
    it is; beside it appears who issued it and when, with the same page, on
    which "Draft" reads "Issued". It can be done once.
    """
    from portfolio.reports.index import indexed
    from portfolio.reports.store import issue_run

    with indexed(_existing(folder)):
        done = issue_run(folder.absolute(), run, by)
    sentence = f"Issued {done.run.run_id}, the {done.run.place}, by {done.by}: {done.page}"
    facts = {"run_id": done.run.run_id, "page": str(done.page), "by": done.by, "issued": done.at}
    show_done(sentence, facts, form)


@reports.command()
@_folder
@click.option(
    "--keep",
    type=click.IntRange(0),
    default=12,
    show_default=True,
    help="Drafts, and failed runs, that each report keeps.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@result_format
def prune(folder: Path, keep: int, dry_run: bool, form: str) -> None:
    """Remove old drafts and failed runs of each report.

    The last good run of a report, issued runs and runs at work stay, whatever
    is asked. A report is one kind, period and scenario of one portfolio.
    """
    from portfolio.reports.index import indexed
    from portfolio.reports.store import prune as remove

    with indexed(_existing(folder)):
        gone = remove(folder.absolute(), keep, dry=dry_run)
    _show_runs(gone, form, "Nothing is to be removed.")


@reports.command()
@_folder
@result_format
def sweep(folder: Path, form: str) -> None:
    """Keep killed runs as failed, and set pointers right.

    Every run of a report does so first; this is for when none is due.
    """
    from portfolio.reports.index import indexed
    from portfolio.reports.store import sweep_all

    with indexed(_existing(folder)):
        done = sweep_all(folder.absolute())
    if form == "json":
        click.echo(json.dumps(done, indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(csv_text([{"done": one} for one in done], ["done"]))
    else:
        click.echo("\n".join(map(seen, done)) or "Nothing is left over.")


@reports.command()
@_folder
@result_format
def index(folder: Path, form: str) -> None:
    """Make index.html anew: all reports, their states, figures and trends.

    Every run, issue and call of `portfolio due` does so too. The page is made
    from the manifests alone, and works from a file share.
    """
    from portfolio.reports.index import write_index

    page = write_index(_existing(folder))
    show_done(f"Written: {page}", {"page": str(page)}, form)


def _show_runs(runs: Sequence[Run], form: str, nothing: str) -> None:
    from portfolio.reports.store.runs import FACTS

    rows = [run.facts() for run in runs]
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(csv_text(rows, FACTS))
    elif rows:
        cells = [[*(str(row[name] or "") for name in _SHOWN), _told(row)] for row in rows]
        click.echo(table([*_SHOWN, ""], cells))
    else:
        click.echo(nothing)


def _told(row: Mapping[str, Any]) -> str:
    """A run in a line: who issued it, why it failed, or how it was solved."""
    if row["issued_by"]:
        return f"by {row['issued_by']}, {str(row['issued'])[:10]}"
    return str(row["error"] or row["owner"] or row["status"] or "")
