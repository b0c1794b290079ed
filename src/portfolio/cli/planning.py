"""The command that makes a plan."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.files import writable
from portfolio.cli.options import FOLDER, notation, result_format, scenario_file, solving
from portfolio.cli.refusing import refuse_without_plan
from portfolio.cli.solvers import solver as solver_name
from portfolio.cli.words import amount_words, csv_text, line, shortened, table, tell

if TYPE_CHECKING:
    from portfolio.data.portfolio import Portfolio
    from portfolio.plan import Plan
    from portfolio.scenario import Scenario

__all__ = ["plan"]


@click.command()
@asks
@scenario_file
@click.option("--out", type=FOLDER, help="Folder for summary.json and one CSV a table.")
@solver_name
@result_format
@solving
@notation
def plan(
    asked: Asked,
    out: Path | None,
    form: str,
) -> None:
    """Choose projects and start dates for DATA, and check the plan.

    With --format json: the summary that is also written to summary.json
    (status, objective, bound, gap, seconds, selected, spend, faults, warnings);
    with csv: a row a project. Exit code 2 where it is seen before the solve that
    there can be no plan.
    """
    from portfolio.optimize import optimize

    portfolio, wanted, settings = asked.portfolio, asked.scenario, asked.settings
    if out is not None:
        writable(out)
    result = optimize(portfolio, wanted, settings, tell)
    if out is not None:
        result.write(out)
    _show_plan(result, portfolio, wanted, form)
    refuse_without_plan(result)


def _show_plan(result: Plan, portfolio: Portfolio, scenario: Scenario, form: str) -> None:
    """Show a plan: a line a project, the summary as JSON, or the selection as CSV."""
    if form == "json":
        click.echo(json.dumps(result.summary(), indent=2, ensure_ascii=False, allow_nan=False))
        return
    if result.selection is None:
        return
    rows = [{str(k): v for k, v in row.items()} for row in result.selection.to_dict("records")]
    if form == "csv":
        for row in rows:
            row["selected"] = "true" if row["selected"] else "false"
        click.echo(csv_text(rows, list(result.selection.columns)))
        return
    names = portfolio["projects"].set_index("project_id")["name"].to_dict()
    columns = ["project", "name", "decision", "start", "finish", "reason"]
    lines = [
        [
            row["project_id"],
            shortened(line(names[row["project_id"]]), 36),
            row["decision"].replace("_", " "),
            row["start"],
            row["finish"],
            row["reason"],
        ]
        for row in rows
    ]
    click.echo(table(columns, lines))
    show_joining(result, portfolio)
    first = result.objectives.iloc[0]
    number = sum(row["selected"] for row in rows)
    offered = sum(row["decision"] not in ("not_offered", "closed") for row in rows)
    gap = float(first["gap"])
    value, bound = (amount_words(float(first[name])) for name in ("value", "bound"))
    if math.isnan(gap):
        distance = "how far from the best possible is not known"
    elif gap <= 1e-9:
        distance = "the best possible"
    else:
        # Of a value near nothing every distance is a share without end.
        far = f"where {bound} may be the best possible"
        distance = far if gap > 1 else f"at most {gap:.2%} from the best possible"
        if len(scenario.objectives) > 1 and scenario.give_up[0] > 0:
            distance += ", what later objectives were given included"
    click.echo(
        f"\n{number} of {offered} projects in the plan; {first['objective'].replace('_', ' ')} "
        f"{value}, {distance} ({result.status}, {result.seconds:.1f} s)."
    )
    for sentence in _passed(result):
        click.echo(sentence)
    if result.warnings:
        number = len(result.warnings)
        things = "1 thing is" if number == 1 else f"{number} things are"
        click.echo(f"{things} worth a look in the data: portfolio check shows them.")


def _passed(result: Plan) -> list[str]:
    """What the plan passes because its scenario lets it: a line a family of limits."""
    families = result.summary()["overshoot"]
    lines = ["Past its limits, as the scenario lets it:"] if families else []
    for family, short in families.items():
        more = short["limits"] - 1
        rest = f" And {more} more." if more else ""
        lines.append(f"  {family.replace('_', ' ')}: {line(short['sentence'])}{rest}")
    return lines


def show_joining(result: Plan, portfolio: Portfolio) -> None:
    """Show who joins, where anybody does."""
    joining = result.joining()
    if joining.empty:
        return
    names = portfolio["roles"].set_index("role_id")["name"].to_dict()
    lines = [
        [
            "hired" if row["kind"] == "internal" else "contracted",
            f"{row['people']:.4g}",
            row["first"],
            "stays" if row["kind"] == "internal" else row["last"],
            f"{row['cost']:,.0f}",
            line(names[row["role_id"]]),
        ]
        for row in joining.to_dict("records")
    ]
    click.echo()
    click.echo(table(["joining", "people", "from", "to", "cost", "role"], lines))
