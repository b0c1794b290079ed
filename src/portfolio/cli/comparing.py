"""The command that sets scenarios side by side."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.files import writable
from portfolio.cli.options import FOLDER, notation, result_format, scenario_files, solving
from portfolio.cli.words import amount_words, csv_of, line, seen, shortened, table, tell
from portfolio.errors import SolveError

if TYPE_CHECKING:
    from portfolio.analysis.compare import Comparison
    from portfolio.data.portfolio import Portfolio

__all__ = ["compare"]

_WHAT = {"enters": "enters", "leaves": "leaves", "option": "other option", "start": "moves"}
_MOST_LINES = 40


@click.command()
@asks
@scenario_files
@click.option(
    "--baseline/--no-baseline",
    default=True,
    show_default=True,
    help="Compare with the baseline, too; else with the first scenario.",
)
@click.option(
    "--points",
    default=0,
    show_default=True,
    type=click.IntRange(0, 200),
    help="Points of the frontier over money that plans are placed beside; 0: none.",
)
@click.option(
    "--steps",
    default=6,
    show_default=True,
    type=click.IntRange(0, 50),
    help="Most steps, each a solve, to say because of which change plans differ; 0: none.",
)
@click.option("--out", type=FOLDER, help="Folder for summary.json and one CSV a table.")
@result_format
@solving
@notation
def compare(
    asked: Asked,
    scenarios: tuple[Path, ...],
    baseline: bool,
    points: int,
    steps: int,
    out: Path | None,
    form: str,
) -> None:
    """Set scenarios of DATA side by side: value, cost, projects, and what made the difference.

    Scenarios are solved side by side, one on each of --threads processors, and each within
    --time-limit. The first, which is the baseline unless told otherwise, is solved before
    the others, and they begin with its plan. Equal models are solved once.

    A scenario in which no plan is possible is shown with the rules in conflict. Exit code 1
    only where no scenario has a plan; 2 where a file is wrong or does not fit, which is told
    of all files before anything is solved.

    With --format json: first, scenarios, costs (by year), projects, differences (from the
    first), steps (the way there, one change at a time), places (beside the frontier),
    conflicts and faults (why there is no plan); with csv: a row a scenario.

    \b
    For example:
      portfolio compare my.xlsx --scenario cut.yaml --scenario two-more-engineers.yaml
      portfolio compare my.xlsx --scenario cut.yaml --points 10 --out compared
      portfolio compare my.xlsx --scenario a.yaml --scenario b.yaml --no-baseline
    """  # noqa: D301
    from portfolio.analysis.compare import compare as compared

    portfolio = asked.portfolio
    if out is not None:
        writable(out)
    found = compared(
        portfolio,
        scenarios,
        asked.settings,
        baseline=baseline,
        points=points,
        steps=steps,
        progress=tell,
    )
    if out is not None:
        found.write(out)
    if form == "json":
        click.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        click.echo(csv_of(found.scenarios))
    else:
        _show(found, portfolio)
    if not found.feasible:
        raise SolveError("No scenario has a plan.")


def _show(found: Comparison, portfolio: Portfolio) -> None:
    from portfolio.analysis.compare.words import compared_words

    projects = portfolio["projects"]
    names = dict(zip(projects["project_id"], projects["name"], strict=True))
    currency = portfolio.settings.currency
    click.echo(table(_HEAD, [_row(row, currency) for row in found.scenarios.to_dict("records")]))
    for row in found.scenarios.to_dict("records"):
        if row["why_not"]:
            click.echo(seen(f"\n{row['scenario']} has no plan. {row['why_not']}"))
        if row["same_as"]:
            click.echo(
                seen(f"\n{row['scenario']} asks for the same as {row['same_as']}: solved once.")
            )
    for name in found.others:
        if not found.plans[name].feasible:
            continue
        click.echo(seen(f"\n{compared_words(found, name)}."))
        _show_difference(found, name, names)
    _show_places(found, currency)
    solved = "1 model" if found.solves == 1 else f"{found.solves} models"
    click.echo(f"\n{solved} solved in {found.seconds:.0f} s.")


def _show_difference(found: Comparison, name: str, names: Mapping[str, str]) -> None:
    """The way to a scenario step by step, and the projects that stand elsewhere in its plan."""
    from portfolio.analysis.compare.words import gain_words

    steps = found.steps[found.steps["scenario"] == name]
    if len(steps) > 1:
        lines = [
            [f"{row['step']:.0f}", gain_words(row), row["what"]] for row in steps.to_dict("records")
        ]
        click.echo(table(["step", "gain", "change"], lines))
    own = found.differences[found.differences["scenario"] == name]
    lines = [
        [
            row["project_id"],
            shortened(line(names.get(row["project_id"], "")), 36),
            _WHAT[row["what"]],
            row["start_before"] or _without_start(row["decision_before"]),
            row["start"] or _without_start(row["decision"]),
            row["because"],
        ]
        for row in own.head(_MOST_LINES).to_dict("records")
    ]
    if lines:
        click.echo(table(["project", "name", "", "from", "to", "because of"], lines))
    if len(own) > _MOST_LINES:
        click.echo(f"and {len(own) - _MOST_LINES} more: --out or --format json has them all")


def _without_start(decision: str) -> str:
    return "stopped" if decision == "stopped" else ""


def _show_places(found: Comparison, currency: str) -> None:
    """What each plan brings, beside the best that the first could have for as much money."""
    from portfolio.figures import money

    if found.places.empty:
        return
    lines = [
        [
            row["scenario"],
            money(row["money"], currency),
            amount_words(row["value"]),
            amount_words(row["best_low"]),
            amount_words(row["best_high"]),
        ]
        for row in found.places.to_dict("records")
    ]
    click.echo(seen(f"\nBeside the best that {found.first} could have for as much money:"))
    click.echo(table(["scenario", "money", "value", "best: at least", "at most"], lines))


_HEAD = (
    "scenario",
    "status",
    "value",
    "at most",
    "projects",
    "deferred",
    "left out",
    "stopped",
    "spend",
    "unspent",
    "npv",
    "FTE short",
    "title",
)


def _row(row: dict[Any, Any], currency: str) -> list[str]:
    from portfolio.figures import money, number

    def counted(name: str) -> str:
        return "" if math.isnan(row[name]) else f"{row[name]:.0f}"

    def in_money(name: str) -> str:
        return "" if math.isnan(row[name]) else money(row[name], currency)

    return [
        row["scenario"],
        row["status"].replace("_", " "),
        amount_words(row["value"]),
        amount_words(row["bound"]),
        counted("chosen"),
        counted("deferred"),
        counted("left_out"),
        counted("stopped"),
        in_money("spend"),
        in_money("unspent"),
        in_money("npv"),
        "" if math.isnan(row["deficit"]) else number(row["deficit"]),
        row["title"],
    ]
