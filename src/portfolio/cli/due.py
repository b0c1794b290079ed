"""The command ``portfolio due``: make the reports that are due."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.options import DATA, result_format
from portfolio.cli.words import csv_text, seen, table, tell

if TYPE_CHECKING:
    import datetime as dt

    from portfolio.reports.due import Summary

__all__ = ["due"]

_COLUMNS = ("report", "period", "scenario", "due", "state", "tries", "of", "told")


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.datetime:
    import datetime as dt

    if value is None:
        return dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError as problem:
        raise click.BadParameter(
            f"'{value}' is not a time such as 2027-01-01T06:00 or 2027-01-01T06:00+01:00."
        ) from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


@click.command()
@click.argument("schedule", type=DATA, default=Path("reports.yaml"))
@click.option("--dry-run", is_flag=True, help="Only say what is due; make nothing.")
@click.option(
    "--at",
    callback=_moment,
    metavar="TIME",
    help="Take that for now, such as 2027-01-01T06:00; UTC where it names no zone.",
)
@result_format
def due(schedule: Path, dry_run: bool, at: dt.datetime, form: str) -> None:
    """Make the reports of SCHEDULE that are due, and those that were missed.

    SCHEDULE is a YAML file, reports.yaml by default, that says which reports
    are made of which data, and how often. The oldest is made first; one that
    fails stops no other, and is tried again by the next calls, a few times.
    Call it every hour, from cron or a systemd timer: it makes nothing twice.

    Exit codes: 0 all that was due is made; 1 something could not be made; 2
    the schedule is wrong; 75 another call is at work; 130 (Ctrl-C) and 143 it
    was told to end.

    \b
    Examples:
      portfolio due --dry-run
      portfolio due /srv/pmo/reports.yaml --format json
      portfolio due --dry-run --at 2027-01-01T06:00
    """  # noqa: D301 -- click's mark, not a backslash
    from portfolio.reports.due import look, read_schedule, run_due

    read = read_schedule(schedule)
    summary = look(read, at) if dry_run else run_due(read, at, tell=tell)
    _show(summary, form)
    if not dry_run and summary.exit_code:
        raise click.exceptions.Exit(summary.exit_code)


def _show(summary: Summary, form: str) -> None:
    facts = summary.facts()
    rows: list[dict[str, Any]] = facts["reports"]
    if form == "json":
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(csv_text(rows, list(rows[0]) if rows else _COLUMNS))
    else:
        if rows:
            heads = ("report", "period", "scenario", "due", "state", "try", "told")
            shown = [
                [
                    *(str(row[name] or "") for name in heads[:5]),
                    f"{row['tries']} of {row['of']}" if row["tries"] else "",
                    row["told"],
                ]
                for row in rows
            ]
            click.echo(table(heads, shown))
        click.echo(seen(_sentence(facts)))


def _sentence(facts: dict[str, Any]) -> str:
    counts: dict[str, int] = {}
    for row in facts["reports"]:
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    said = ", ".join(f"{number} {state}" for state, number in counts.items())
    removed = f" {facts['removed']} old runs removed." if facts["removed"] else ""
    following = facts["next"][:1]
    coming = "".join(f" Next: {n['report']} {n['period']}, on {n['due']}." for n in following)
    return f"{said or 'Nothing is due'}.{removed}{coming}"
