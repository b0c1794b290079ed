"""The command that says why a project is in the plan or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.asking import given_plan, plan_asked_about, rows_csv
from portfolio.cli.files import read
from portfolio.cli.options import DATA, notation, result_format, scenario_file, solving
from portfolio.cli.words import line, seen, table, tell

if TYPE_CHECKING:
    from portfolio.analysis.explain import Explanation

__all__ = ["explain"]


@click.command()
@click.argument("data", type=DATA)
@click.argument("project", required=False)
@click.option("--all", "every", is_flag=True, help="Every project that is left out.")
@scenario_file
@given_plan
@result_format
@solving
@notation
def explain(
    data: Path,
    project: str | None,
    every: bool,
    scenario: Path | None,
    folder: Path | None,
    form: str,
    time_limit: float,
    gap: float,
    seed: int,
    threads: int,
    decimal: str,
    thousands: str,
) -> None:
    """Why PROJECT of DATA is not in the plan, or why it is.

    The plan is solved again with PROJECT held in, or out. Of one that is left
    out: by how much less the plan would be worth with it, what it would push
    out, which limits it would pass, and what would bring it in: the value at
    which it ties, the least extra money, the least extra FTE. Of one that is in:
    what is lost without it, and what would take its place. Value is the
    scenario's first objective.

    A difference of two solves carries the gaps of both, so it is an interval; a
    smaller --gap makes it narrower. The time limit is for all solves of the answers,
    and once more for the plan where none is given.

    With --format json: project_id, in_plan, value_lost, displaced, binding, brings_in,
    sentence and more; with csv: a row a project.

    \b
    For example:
      portfolio explain my.xlsx P020
      portfolio plan my.xlsx --out plan
      portfolio explain my.xlsx P020 --plan plan --format json
      portfolio explain my.xlsx --all --plan plan --time-limit 120
    """  # noqa: D301
    from portfolio.analysis.explain import explain as explained
    from portfolio.analysis.explain import explanations_table, why_not_all
    from portfolio.analysis.explain.inquiry import check_project
    from portfolio.models.outcome import Settings
    from portfolio.scenario import Scenario, read_scenario

    if (project is None) != every:
        raise click.UsageError("Name one project, or ask about --all that are left out.")
    tell(f"reading {data}")
    portfolio = read(data, decimal, thousands)
    wanted = read_scenario(scenario) if scenario else Scenario()
    settings = Settings(time_limit, gap, seed, threads)
    if project is not None:
        check_project(wanted.apply(portfolio), project)
    plan = plan_asked_about(portfolio, wanted, settings, folder)
    if project is None:
        answers = why_not_all(portfolio, wanted, settings, plan=plan, progress=tell)
    else:
        answers = [explained(portfolio, project, wanted, settings, plan=plan, progress=tell)]
    if form == "json":
        facts = [answer.as_dict() for answer in answers]
        shown = facts if every else facts[0]
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        click.echo(rows_csv(explanations_table(answers)))
    elif every:
        _show_all(answers)
    else:
        _show(answers[0])


def _show_all(answers: list[Explanation]) -> None:
    for answer in answers:
        click.echo(seen(f"{line(answer.sentence)}\n"))
    if not answers:
        click.echo("Every project that is offered is in the plan.")


def _show(answer: Explanation) -> None:
    click.echo(seen(line(answer.sentence)))
    limits = [
        [
            row["family"].replace("_", " "),
            row["key"],
            _number(row["slack"]),
            _number(row["missing"]),
        ]
        for row in answer.binding.to_dict("records")
    ]
    if limits:
        click.echo("\nLimits that it would pass beside today's plan:")
        click.echo(table(["rule", "left", "short by", "of"], [_turned(row) for row in limits]))
    ways = _ways(answer)
    if ways:
        click.echo("\nWhat would bring it in, each by itself:")
        click.echo(table(["with more", "amount", "of"], ways))


def _turned(row: list[str]) -> list[str]:
    rule, key, left, missing = row
    return [rule, left, missing, key]


def _ways(answer: Explanation) -> list[list[str]]:
    brings = answer.brings_in
    ways = []
    if brings.value is not None:
        ways.append(["value", _number(brings.value), "in all"])
    for kind, rows, of, amount in (
        ("money", brings.budget, "fund_id", "amount"),
        ("FTE", brings.capacity, "role_id", "fte"),
    ):
        if rows is not None:
            ways += [
                [kind, _number(row[amount]), f"{row[of]} in {row['period']}"]
                for row in rows.to_dict("records")
            ]
    return ways


def _number(value: Any) -> str:
    return "" if value != value else f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.4g}"
