"""The command that says why a project is in the plan or not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.asking import given_plan, plan_asked_about, rows_csv
from portfolio.cli.files import savable
from portfolio.cli.options import (
    Finite,
    notation,
    result_format,
    scenario_file,
    solving,
)
from portfolio.cli.words import amount_words, line, seen, table, tell
from portfolio.errors import SolveError

if TYPE_CHECKING:
    from portfolio.analysis.explain import Explanation

__all__ = ["explain"]

_SAVED = {"force": "other", "money": "budget", "people": "capacity"}


@click.command()
@asks
@click.argument("project", required=False)
@click.option("--all", "every", is_flag=True, help="Every project that is left out.")
@scenario_file
@given_plan
@click.option(
    "--within",
    default=2.5,
    show_default=True,
    type=Finite(0, min_open=True),
    metavar="SECONDS",
    help="Most time for the solves of one answer.",
)
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the scenario in which PROJECT is in, or out where it is in the plan.",
)
@click.option(
    "--by",
    type=click.Choice(list(_SAVED)),
    default="force",
    show_default=True,
    help="What brings PROJECT in, in the scenario that is saved.",
)
@result_format
@solving
@notation
def explain(
    asked: Asked,
    project: str | None,
    every: bool,
    folder: Path | None,
    within: float,
    save: Path | None,
    by: str,
    form: str,
) -> None:
    """Why PROJECT of DATA is not in the plan, or why it is.

    The plan is solved again with PROJECT held in, or out. Of one that is left
    out: by how much less the plan would be worth with it, what it would push
    out, which limits it would pass, and what would bring it in: the value at
    which it ties, the least extra money, the least extra FTE. Of one that is in:
    what is lost without it, and what would take its place. Value is the
    scenario's first objective.

    A difference of two solves carries the gaps of both, so it is an interval; a
    smaller --gap and more time --within make it narrower. --time-limit is that of
    the plan, where none is given.

    With --format json: project_id, in_plan, value_lost, displaced, binding, brings_in,
    sentence and more; with csv: a row a project.

    \b
    For example:
      portfolio explain my.xlsx P020
      portfolio plan my.xlsx --out plan
      portfolio explain my.xlsx P020 --plan plan --format json
      portfolio explain my.xlsx P020 --plan plan --save p020.yaml --by money
      portfolio explain my.xlsx --all --plan plan --within 10
    """  # noqa: D301
    from portfolio.analysis.explain import LEFT_OUT, explanations_table, why_not_all
    from portfolio.analysis.explain import explain as explained
    from portfolio.analysis.explain.inquiry import check_project

    if (project is None) != every:
        raise click.UsageError("Name one project, or ask about --all that are left out.")
    if every and save is not None:
        raise click.UsageError("Name the project of which the scenario is to be saved.")
    portfolio, wanted, settings = asked.portfolio, asked.scenario, asked.settings
    if project is not None:
        check_project(wanted.apply(portfolio), project)
    if save is not None:
        savable(save)
    plan = plan_asked_about(portfolio, wanted, settings, folder)
    if project is None:
        assert plan.selection is not None
        number = int(plan.selection["decision"].isin(LEFT_OUT).sum())
        allowed = replace(settings, time_limit=within * max(number, 1))
        answers = why_not_all(portfolio, wanted, allowed, plan=plan, progress=tell)
    else:
        allowed = replace(settings, time_limit=within)
        answers = [explained(portfolio, project, wanted, allowed, plan=plan, progress=tell)]
        if save is not None:
            _save(answers[0], by, save)
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


def _save(answer: Explanation, by: str, file: Path) -> None:
    """Write the scenario of one of an answer's plans."""
    from portfolio.scenario.saving import write_scenario

    wanted = answer.scenarios.get(_SAVED[by])
    if wanted is None:
        ways = [way for way, name in _SAVED.items() if name in answer.scenarios]
        others = f"by {' or '.join(ways)} there is one" if ways else "nor in any other way"
        raise SolveError(
            f"{answer.sentence}\nThere is no scenario to save in which {answer.project_id} "
            f"{'is out' if answer.in_plan else 'comes in'} by {by}; {others}."
        )
    write_scenario(replace(wanted, name=file.stem), file)


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
            amount_words(row["slack"], 4),
            amount_words(row["missing"], 4),
        ]
        for row in answer.binding.to_dict("records")
    ]
    if limits:
        click.echo("\nLimits that it would pass:")
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
        ways.append(["value", amount_words(brings.value, 4), "in all"])
    for kind, rows, of, amount in (
        ("money", brings.budget, "fund_id", "amount"),
        ("FTE", brings.capacity, "role_id", "fte"),
    ):
        if rows is not None:
            ways += [
                [kind, amount_words(row[amount], 4), f"{row[of]} in {row['period']}"]
                for row in rows.to_dict("records")
            ]
    return ways
