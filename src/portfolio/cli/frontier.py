"""The command that draws the frontier: what more money, or more people, would bring."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.files import writable
from portfolio.cli.options import (
    FOLDER,
    notation,
    result_format,
    scenario_file,
    solving_within,
)
from portfolio.cli.words import amount_words, csv_of, seen, table, tell
from portfolio.errors import SolveError

if TYPE_CHECKING:
    import pandas as pd

    from portfolio.analysis.frontier import Frontier

__all__ = ["frontier"]


@click.command()
@asks
@scenario_file
@click.option(
    "--over",
    type=click.Choice(["budget", "role_capacity"]),
    default="budget",
    show_default=True,
    help="What is made less and more: the money of all funds, or what people and roles can do.",
)
@click.option(
    "--points",
    default=20,
    show_default=True,
    type=click.IntRange(2, 200),
    help="How many levels, from the least that all that must be done takes.",
)
@click.option("--out", type=FOLDER, help="Folder for frontier.csv, distances.csv, frontier.svg.")
@result_format
@solving_within(0.02)
@notation
def frontier(
    asked: Asked,
    over: str,
    points: int,
    out: Path | None,
    form: str,
) -> None:
    """What more money, or more people, would bring DATA; and how near the plan is to the best.

    At each level all budgets (or all capacity) are multiplied by one number, and
    the best plan under them is found: an optimum of its own, not a ranking. 100 %
    is today. Where projects are forced in or out there are two curves, with and
    without: what lies between is the price of forcing.

    A project that is in at some level may be out at a higher one, because two
    others then fit; `left` names those. A value whose best is not proven stands
    with the bound that no plan can pass (`at most`).

    The gap is that of a point; today's is found ten times as closely. With
    --format json: objective, points, plans and their distances from each curve;
    with csv: a row a point.

    \b
    For example:
      portfolio frontier my.xlsx
      portfolio frontier my.xlsx --over role_capacity --points 10
      portfolio frontier my.xlsx --scenario cut.yaml --out frontier-cut
    """  # noqa: D301
    from portfolio.analysis.frontier import frontier as solved

    portfolio, wanted = asked.portfolio, asked.scenario
    if out is not None:
        writable(out)
    found = solved(
        portfolio,
        wanted,
        asked.settings,
        over=over,  # type: ignore[arg-type]
        points=points,
        progress=tell,
    )
    currency = portfolio.settings.currency
    if out is not None:
        _write(found, currency, out)
    if form == "json":
        facts = _facts(found, currency)
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        click.echo(csv_of(found.curves))
    else:
        _show(found, currency)
    if found.curves["value"].isna().all():
        raise SolveError(_nothing(found))


def _show(found: Frontier, currency: str) -> None:
    from portfolio.figures import frontier_headline, share

    for forced in found.curves["forced"].unique():
        curve = found.curve(forced)
        if len(found.curves["forced"].unique()) > 1:
            click.echo("\nWith what is forced:" if forced else "\nWith nothing forced:")
        head = ["level", "limit", "value", "at most", "projects", "entered", "left"]
        rows = [
            [
                share(row["level"]),
                _amount(row["limit"], found.over, currency),
                amount_words(row["value"]) if row["value"] == row["value"] else row["status"],
                amount_words(row["bound"]),
                str(len(row["projects"])) if row["projects"] else "",
                _names(row["entered"]),
                _names(row["left"]),
            ]
            for row in curve.to_dict("records")
        ]
        click.echo(table(head, rows))
    tables = _figure_tables(found)
    click.echo(seen(f"\n{frontier_headline(*tables, over=found.over, currency=currency)}."))


def _amount(value: float, over: str, currency: str) -> str:
    from portfolio.figures import money, number

    return money(value, currency) if over == "budget" else f"{number(value)} FTE"


def _names(projects: tuple[str, ...], most: int = 5) -> str:
    rest = len(projects) - most
    return ", ".join(projects[:most]) + (f" and {rest} more" if rest > 0 else "")


def _figure_tables(found: Frontier) -> tuple[pd.DataFrame, pd.DataFrame]:
    from portfolio.analysis.frontier import distances

    return found.curves, distances(found)


def _plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON data: no number is None, and projects are lists."""

    def cell(value: Any) -> Any:
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return list(value) if isinstance(value, tuple) else value

    return [
        {str(name): cell(value) for name, value in row.items()} for row in rows.to_dict("records")
    ]


def _facts(found: Frontier, currency: str) -> dict[str, Any]:
    from portfolio.analysis.frontier import distances, knee, returning

    kinds = [bool(forced) for forced in found.curves["forced"].unique()]
    knees = {forced: knee(found.curve(forced)) for forced in kinds}
    levels = {forced: found.curve(forced)["level"].tolist() for forced in kinds}
    return {
        "over": found.over,
        "unit": currency if found.over == "budget" else "FTE",
        "objective": found.objective,
        "sense": found.sense,
        "points": _plain(found.curves),
        "plans": _plain(found.plans),
        "distances": _plain(distances(found)),
        "knees": [
            {"forced": forced, "level": levels[forced][row]}
            for forced, row in knees.items()
            if row is not None
        ],
        "left": [{"forced": f, "projects": list(returning(found.curve(f)))} for f in kinds],
        "seconds": found.seconds,
        "settings": found.settings.as_dict(),
    }


def _write(found: Frontier, currency: str, out: Path) -> None:
    from portfolio.figures import frontier_chart, svg

    curves, away = _figure_tables(found)
    chart = frontier_chart(curves, away, over=found.over, currency=currency)
    written = {
        "frontier.csv": csv_of(curves) + "\n",
        "distances.csv": csv_of(away) + "\n",
        "frontier.svg": svg(chart),
    }
    for name, text in written.items():
        (out / name).write_text(text, encoding="utf-8")


def _nothing(found: Frontier) -> str:
    if (found.curves["status"] == "infeasible").all():
        highest = found.curves["level"].max()
        what = "money" if found.over == "budget" else "capacity"
        return (
            f"No plan is possible at any level, up to {highest:.0%} of today's {what}: other "
            "rules cannot hold together; portfolio plan says which."
        )
    return "No plan was found within the time limit; give more with --time-limit."
