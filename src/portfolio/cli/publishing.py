"""Commands that publish reports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.options import DATA, FOLDER, notation, result_format, scenario_file, solving
from portfolio.cli.words import show_done, tell

if TYPE_CHECKING:
    from portfolio.reports.board import PublishedRun

__all__ = ["demo", "report"]


@click.group()
def report() -> None:
    """Run a report's notebook and publish the report."""


@report.command()
@click.argument("data", type=DATA)
@click.option("--period", help="Period reported; by default the one that the data date lies in.")
@scenario_file
@click.option(
    "--reports", type=FOLDER, default=Path("reports"), show_default=True, help="Where to publish."
)
@result_format
@solving
@notation
def board(
    data: Path,
    period: str | None,
    scenario: Path | None,
    reports: Path,
    form: str,
    **parameters: Any,
) -> None:
    """Publish a board report of DATA.

    The notebook 10-board-report.ipynb is run with papermill in a staging
    folder; the report appears whole, under a new folder of its own, or not at
    all.
    """
    published = _publish(data, period, scenario, reports, parameters)
    show_done(f"Published: {published.page.resolve()}", _facts(published), form)


@click.command()
@click.option(
    "--reports", type=FOLDER, default=Path("reports"), show_default=True, help="Where to publish."
)
@result_format
def demo(reports: Path, form: str) -> None:
    """Publish a board report of the sample portfolio, and say where it is."""
    from portfolio.reports.places import find_sample

    published = _publish(find_sample(), None, None, reports, {})
    sentence = (
        f"Published: {published.page.resolve()}\n"
        "Open it in a browser. Your own data: portfolio template my.xlsx"
    )
    show_done(sentence, _facts(published), form)


def _facts(published: PublishedRun) -> dict[str, Any]:
    return {
        "page": str(published.page.resolve()),
        "run_id": published.run_id,
        "period": published.summary["period"],
        "scenario": published.summary["scenario"],
        "status": published.summary["status"],
    }


def _publish(
    data: Path,
    period: str | None,
    scenario: Path | None,
    reports: Path,
    parameters: dict[str, Any],
) -> PublishedRun:
    from portfolio.reports.board import publish_board

    tell(f"making the board report of {data}")
    return publish_board(
        data,
        period=period,
        scenario=scenario,
        reports=reports,
        parameters=parameters,
        progress=sys.stderr.isatty(),
    )
