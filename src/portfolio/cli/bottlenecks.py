"""The command that ranks what a little more of would be worth most."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.asked import Asked, asks
from portfolio.cli.asking import given_plan, plan_asked_about, rows_csv
from portfolio.cli.options import Finite, notation, result_format, scenario_file, solving
from portfolio.cli.words import amount_words, line, seen, table, tell

if TYPE_CHECKING:
    from portfolio.analysis.explain import Bottlenecks

__all__ = ["bottlenecks"]


@click.command()
@asks
@scenario_file
@given_plan
@click.option(
    "--fte",
    default=1.0,
    show_default=True,
    type=Finite(0, min_open=True),
    help="How much more of each role, in every period.",
)
@click.option(
    "--money",
    type=Finite(0, min_open=True),
    help="How much more in each fund's budget period; a hundredth of what is there by default.",
)
@result_format
@solving
@notation
def bottlenecks(
    asked: Asked,
    folder: Path | None,
    fte: float,
    money: float | None,
    form: str,
) -> None:
    """What one more FTE of each role, and more money in each budget, would be worth to DATA.

    Each is solved again by itself, since a plan of whole projects has no valid
    price of its limits, and set beside what it costs: the role's cost rate over
    all periods (and its contractor rate), or the money itself. What is worth
    most for its cost stands first. Value is the scenario's first objective.

    The time limit is for all solves together; what is between the two ends of a gain
    is not known any closer. With --format json: objective, value, sentence and rows;
    with csv: the rows.

    \b
    For example:
      portfolio bottlenecks my.xlsx
      portfolio bottlenecks my.xlsx --plan plan --money 250000 --time-limit 180
    """  # noqa: D301
    from portfolio.analysis.explain import bottlenecks as found_bottlenecks

    portfolio, wanted, settings = asked.portfolio, asked.scenario, asked.settings
    plan = plan_asked_about(portfolio, wanted, settings, folder)
    found = found_bottlenecks(
        portfolio, wanted, settings, plan=plan, fte=fte, money=money, progress=tell
    )
    if form == "json":
        click.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        click.echo(rows_csv(found.table))
    else:
        _show(found, portfolio.settings.currency)


def _show(found: Bottlenecks, currency: str) -> None:
    from portfolio.figures import money

    head = ["more", "of", "gain", "at least", "at most", "cost", "by contractors"]
    rows = [
        [
            f"{row['more']:.3g} FTE" if row["kind"] == "people" else money(row["more"], currency),
            row["role_id"] or f"{row['fund_id']} in {row['period']}",
            *(amount_words(row[name], 4) for name in ("gain", "gain_low", "gain_high")),
            *(
                "" if _unknown(row[c]) else money(row[c], currency)
                for c in ("cost", "contractor_cost")
            ),
        ]
        for row in found.table.to_dict("records")
    ]
    if rows:
        click.echo(table(head, rows))
        click.echo()
    click.echo(seen(line(found.sentence)))


def _unknown(value: Any) -> bool:
    return bool(value != value)
