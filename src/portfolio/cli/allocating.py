"""The command that names people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.files import writable
from portfolio.cli.options import FOLDER, notation, result_format, scenario_file, solving
from portfolio.cli.planning import show_joining
from portfolio.cli.refusing import refuse_without_plan
from portfolio.cli.words import csv_text, line, seen, shortened, table, tell
from portfolio.errors import SolveError

if TYPE_CHECKING:
    import pandas as pd

    from portfolio.allocation import Allocation
    from portfolio.data.portfolio import Portfolio
    from portfolio.plan import Plan
    from portfolio.scenario import Scenario

__all__ = ["allocate"]

_MOST_LINES = 20


@click.command()
@asks
@scenario_file
@click.option(
    "--plan", "planned", type=FOLDER, help="Folder of a plan; projects are chosen where absent."
)
@click.option(
    "--previous",
    type=FOLDER,
    help="Folder of the last allocation, to change as little as possible.",
)
@click.option(
    "--out", type=FOLDER, help="Folder for allocation.csv, shortage.csv, changes and summary.json."
)
@result_format
@solving
@notation
def allocate(
    asked: Asked,
    planned: Path | None,
    previous: Path | None,
    out: Path | None,
    form: str,
) -> None:
    """Name the people who do the work of DATA's plan, and say where people are short.

    Without --plan the projects are chosen first, and the plan is written to the
    folder plan in --out. A shortage is an answer, and no error. With --format
    json: the summary that is also written to summary.json; with csv:
    a row a person, project, role and period.
    """
    from portfolio.allocate import allocate as name_people
    from portfolio.allocation import read_allocation
    from portfolio.plan import read_plan

    portfolio, wanted, settings = asked.portfolio, asked.scenario, asked.settings
    _tell_doubts(portfolio, wanted)
    given = read_plan(planned) if planned else None
    before = read_allocation(previous) if previous else None
    if out is not None:
        writable(out)
    plan, result = name_people(portfolio, wanted, settings, tell, plan=given, previous=before)
    if out is not None:
        result.write(out)
        if given is None:
            plan.write(out / "plan")
    _show(result, plan, portfolio, form)
    refuse_without_plan(plan)
    if not result.feasible:
        raise SolveError("No allocation was found within the time limit; give more.")


def _tell_doubts(portfolio: Portfolio, scenario: Scenario) -> None:
    """Say before the solve what of people's tables is worth a look."""
    from portfolio.doubts import doubts

    found = doubts(scenario.apply(portfolio), scenario)
    about = [doubt for doubt in found if doubt.table in ("absences", "people")]
    for doubt in about[:_MOST_LINES]:
        click.echo(f"Worth a look: {seen(str(doubt))}", err=True)
    if len(about) > _MOST_LINES:
        more = len(about) - _MOST_LINES
        click.echo(f"and {more} more; portfolio check shows them.", err=True)


def _show(result: Allocation, plan: Plan, portfolio: Portfolio, form: str) -> None:
    """Show an allocation: what is short, the summary as JSON, or its rows as CSV."""
    if form == "json":
        click.echo(json.dumps(result.summary(), indent=2, ensure_ascii=False, allow_nan=False))
        return
    if result.allocation is None or result.shortage is None:
        return
    if form == "csv":
        rows = [{str(k): v for k, v in row.items()} for row in result.allocation.to_dict("records")]
        click.echo(csv_text(rows, list(result.allocation.columns)))
        return
    projects = portfolio["projects"]
    names = dict(zip(projects["project_id"], projects["name"], strict=True))
    names[""] = "work outside the portfolio"
    if len(result.shortage):
        _show_shortage(result.shortage, names)
    if result.given_up is not None and len(result.given_up):
        click.echo()
        for row in result.given_up.itertuples(index=False):
            click.echo(line(f"{row.project_id} {names[row.project_id]}: {row.reason}."))
    if result.changes is not None and len(result.changes):
        _show_changes(result)
    if len(plan.joining()):
        show_joining(plan, portfolio)
        click.echo(
            "Who joins has no name yet: in allocation.csv their work, like that of capacity by "
            "hand, has no person_id."
        )
    if result.allocation.empty and result.shortage.empty:
        click.echo("\nNothing to allocate: the plan's projects need nobody; see the table demand.")
        return
    facts = result.summary()
    click.echo(
        f"\n{facts['people']} people on {facts['projects']} projects with {facts['fte']:,.1f} "
        f"FTE-periods; {_short_words(result)} ({result.status}, {result.seconds:.1f} s)."
    )


def _show_shortage(shortage: pd.DataFrame, names: dict[str, str]) -> None:
    """A line a project and role that is short."""
    columns = ["project", "name", "role", "periods", "FTE-periods", "what would close it"]
    lines: list[list[str]] = []
    key: Any
    for key, rows in shortage.groupby(["project_id", "role_id"], sort=False):
        project, role = key
        periods = _span(rows["period"])
        worst = rows.iloc[int(rows["fte"].to_numpy().argmax())]
        fte = f"{rows['fte'].sum():.2f}"
        name = shortened(line(names[project]), 30)
        lines.append([project, name, role, periods, fte, f"{worst['period']}: {worst['reason']}"])
    lines.sort(key=lambda cells: -float(cells[4]))
    click.echo(table(columns, lines[:_MOST_LINES]))
    if len(lines) > _MOST_LINES:
        click.echo(f"and {len(lines) - _MOST_LINES} more; all are in shortage.csv.")


def _span(periods: Iterable[str]) -> str:
    ordered = sorted(periods)
    return ordered[0] if len(ordered) == 1 else f"{len(ordered)} from {ordered[0]}"


def _show_changes(result: Allocation) -> None:
    """A line on how much differs from before."""
    changed = result.summary()["changed"]
    people = "1 person works" if changed["people"] == 1 else f"{changed['people']} people work"
    click.echo(
        f"\n{people} otherwise than before: {changed['added']:,.1f} FTE-periods more, "
        f"{changed['removed']:,.1f} less; person_changes.csv and project_changes.csv say where."
    )


def _short_words(result: Allocation) -> str:
    assert result.shortage is not None
    if result.shortage.empty:
        return "nothing is short"
    return f"{result.shortage['fte'].sum():,.2f} FTE-periods are short, {_distance(result)}"


def _distance(result: Allocation) -> str:
    """How far the shortage is from the least possible."""
    first = result.objectives.iloc[0]
    if first["value"] != first["value"] or first["bound"] != first["bound"]:
        return "how far from the least possible is not known"
    if first["value"] - first["bound"] <= 1e-6:
        return "the least possible"
    return f"at most {first['gap']:.2%} from the least possible"
