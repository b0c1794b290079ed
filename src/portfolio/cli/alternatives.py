"""The command that finds plans nearly as good and as different as can be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.asking import given_plan, plan_asked_about, rows_csv
from portfolio.cli.files import writable
from portfolio.cli.options import (
    FOLDER,
    Finite,
    notation,
    result_format,
    scenario_file,
    solving,
)
from portfolio.cli.words import amount_words, line, seen, shortened, table, tell

if TYPE_CHECKING:
    from portfolio.analysis.explain import Alternatives
    from portfolio.data.portfolio import Portfolio

__all__ = ["alternatives"]


@click.command()
@asks
@scenario_file
@given_plan
@click.option(
    "--loss",
    default=0.01,
    show_default=True,
    type=Finite(0, 1, max_open=True),
    help="Most that a plan may be worth less than today's, as a share.",
)
@click.option(
    "--number",
    default=3,
    show_default=True,
    type=click.IntRange(1, 50),
    help="How many plans beside today's, at most.",
)
@click.option("--starts", is_flag=True, help="Count a project that starts at another time too.")
@click.option("--out", type=FOLDER, help="Folder for the plans: one folder each, as plan --out.")
@result_format
@solving
@notation
def alternatives(
    asked: Asked,
    folder: Path | None,
    loss: float,
    number: int,
    starts: bool,
    out: Path | None,
    form: str,
) -> None:
    """Plans for DATA that are nearly as good as today's, and differ from it most.

    One after another, each is as far as can be from the nearest of those before
    it, counted in projects that one holds and the other does not; among such
    plans the best is taken. Projects that all of them hold do not depend on the
    last per cent. Value is the scenario's first objective.

    The time limit is for all plans together. With --format json: plans, grid, in_all,
    in_none and sentence; with csv: a row a project with its start in each plan.

    \b
    For example:
      portfolio alternatives my.xlsx
      portfolio alternatives my.xlsx --loss 0.03 --number 5 --starts --out alternatives
    """  # noqa: D301
    from portfolio.analysis.explain import alternatives as found_alternatives

    portfolio, wanted, settings = asked.portfolio, asked.scenario, asked.settings
    if out is not None:
        writable(out)
    plan = plan_asked_about(portfolio, wanted, settings, folder)
    found = found_alternatives(
        portfolio,
        wanted,
        settings,
        plan=plan,
        loss=loss,
        number=number,
        starts=starts,
        progress=tell,
    )
    if out is not None:
        for name, one in zip(found.table["plan"], found.plans, strict=True):
            one.write(out / name)
    if form == "json":
        click.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        click.echo(rows_csv(found.grid))
    else:
        _show(found, portfolio)


def _show(found: Alternatives, portfolio: Portfolio) -> None:
    """A line a project that the plans do not agree on, and a line a plan."""
    names = portfolio["projects"].set_index("project_id")["name"].to_dict()
    same = {*found.in_all, *found.in_none}
    columns = list(found.table["plan"])
    rows = [
        [
            row["project_id"],
            *(row[c] or "-" for c in columns),
            shortened(line(names[row["project_id"]]), 40),
        ]
        for row in found.grid.to_dict("records")
        if row["project_id"] not in same
    ]
    if rows:
        click.echo(table(["project", *columns, "name"], rows))
        click.echo()
    lines = [
        [
            row["plan"],
            amount_words(row["value"]),
            "" if row["lost_share"] != row["lost_share"] else f"{row['lost_share']:.2%}",
            str(row["projects"]),
            "" if row["distance"] != row["distance"] else f"{row['distance']:.0f}",
        ]
        for row in found.table.to_dict("records")
    ]
    click.echo(table(["plan", "value", "less by", "projects", "differs by"], lines))
    click.echo()
    click.echo(seen(line(found.sentence)))
    if found.in_all:
        click.echo(seen(f"In all of them: {', '.join(found.in_all)}."))
