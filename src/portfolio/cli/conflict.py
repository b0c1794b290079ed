"""The command that says which rules cannot all hold together."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.options import notation, result_format, scenario_file, solving
from portfolio.cli.words import amount_words, csv_text, line, seen, table, tell

if TYPE_CHECKING:
    from portfolio.plan import Plan

__all__ = ["conflict"]

_COLUMNS = ("part", "family", "key", "limit", "needed", "missing", "share", "words")
# Whether there is a plan at all is known as soon as there is one.
_ANY_PLAN = 0.99


@click.command()
@asks
@scenario_file
@result_format
@solving
@notation
def conflict(
    asked: Asked,
    form: str,
) -> None:
    """Which rules of DATA cannot all hold together, where no plan is possible.

    None of the rules named is there without need: without any one of them the
    others can hold. Beside them stands the least that would make a plan
    possible: which limits to pass, and by how much.

    Exit code 0 where a plan is possible, else 1. With --format json: possible, status,
    conflict and faults; with csv: a row a rule in conflict, and one a limit to pass.

    \b
    For example:
      portfolio conflict my.xlsx
      portfolio conflict my.xlsx --scenario all-in.yaml --format json
    """  # noqa: D301
    from portfolio.optimize import optimize

    portfolio, wanted = asked.portfolio, asked.scenario
    settings = replace(asked.settings, gap=max(asked.settings.gap, _ANY_PLAN))
    first = replace(wanted, objectives=wanted.objectives[:1], give_up=wanted.give_up[:1])
    found = optimize(portfolio, first, settings, tell)
    if form == "json":
        click.echo(json.dumps(_facts(found), indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        click.echo(csv_text(_rows(found), list(_COLUMNS)))
    else:
        _show(found)
    if not found.feasible:
        raise SystemExit(1)


def _sentence(found: Plan) -> str:
    if found.feasible:
        return "A plan is possible: all rules can hold together."
    if found.conflict is not None:
        return found.conflict.sentence
    if found.status == "infeasible":
        return (
            "No plan is possible, and the time limit did not show which rules are in conflict; "
            "give more with --time-limit."
        )
    return (
        "Whether a plan is possible was not found within the time limit; give more with "
        "--time-limit."
    )


def _facts(found: Plan) -> dict[str, Any]:
    known = found.feasible or found.status == "infeasible"
    return {
        "possible": found.feasible if known else None,
        "status": str(found.status),
        "scenario": found.scenario,
        "sentence": _sentence(found),
        "conflict": None if found.conflict is None else found.conflict.as_dict(),
        "faults": [fault.as_dict() for fault in found.faults],
        "seconds": found.seconds,
    }


def _rows(found: Plan) -> list[dict[str, Any]]:
    if found.conflict is None:
        return []
    blank = dict.fromkeys(_COLUMNS, "")
    rules = [
        {"part": "conflict", "limit": r.limit, "needed": r.needed, "missing": r.missing}
        | {"family": r.family, "key": r.key, "words": r.words}
        for r in found.conflict.rows
    ]
    ways = [
        {"part": "softening", "limit": s.limit, "missing": s.by, "share": s.share}
        | {"family": s.family, "key": s.key, "words": s.words}
        for s in found.conflict.softening or ()
    ]
    return [blank | {k: "" if v is None else v for k, v in row.items()} for row in rules + ways]


def _show(found: Plan) -> None:
    rows = _rows(found)
    if rows:
        lines = [
            [
                "in conflict" if row["part"] == "conflict" else "to pass",
                row["family"].replace("_", " "),
                "" if row["missing"] == "" else amount_words(row["missing"]),
                line(row["words"]),
            ]
            for row in rows
        ]
        click.echo(table(["", "rule", "short by", "in words"], lines))
        click.echo()
    click.echo(seen(_sentence(found)))
    for fault in found.faults:
        click.echo(seen(f"  {fault}"))
