"""The command that sets what drivers weigh beside what they get."""

from __future__ import annotations

import json

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.options import notation, result_format, scenario_file, solving
from portfolio.cli.words import csv_text, seen, table, tell
from portfolio.errors import SolveError

__all__ = ["alignment"]


@click.command()
@asks
@scenario_file
@result_format
@solving
@notation
def alignment(
    asked: Asked,
    form: str,
) -> None:
    """Set each driver's weight beside its share of the plan's spend.

    The plan for DATA is made first. A project's spend inside the horizon is
    shared over the drivers in proportion to weight x rating; what serves no
    driver stands last. With --format json and csv: driver_id, driver, weight,
    spend, share, projects.
    """
    from portfolio.analysis.alignment import alignment as compared
    from portfolio.figures import alignment_headline, money, share
    from portfolio.optimize import optimize

    portfolio, wanted = asked.portfolio, asked.scenario
    plan = optimize(portfolio, wanted, asked.settings, tell)
    if not plan.feasible:
        raise SolveError(
            f"There is no plan to compare with the drivers: {plan.status.replace('_', ' ')}; "
            "portfolio plan says why."
        )
    found = compared(wanted.apply(portfolio), plan, wanted)
    rows = [{str(name): value for name, value in row.items()} for row in found.to_dict("records")]
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False))
        return
    if form == "csv":
        click.echo(csv_text(rows, list(found.columns)))
        return
    if rows:
        currency = portfolio.settings.currency
        lines = [
            [
                row["driver"],
                share(row["weight"]) if row["driver_id"] else "",
                share(row["share"]),
                money(row["spend"], currency),
                str(row["projects"]),
            ]
            for row in rows
        ]
        click.echo(table(["driver", "weight", "of spend", "spend", "projects"], lines))
        click.echo()
    click.echo(seen(f"{alignment_headline(found)}."))
