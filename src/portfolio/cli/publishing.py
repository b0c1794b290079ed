"""Commands that publish reports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.options import (
    DATA,
    FOLDER,
    Command,
    Finite,
    notation,
    result_format,
    scenario_file,
    scenario_files,
    solving,
    solving_within,
)
from portfolio.cli.words import show_done, tell
from portfolio.language import ENGLISH, languages

if TYPE_CHECKING:
    from portfolio.reports.kinds import Kind
    from portfolio.reports.publish import PublishedRun

__all__ = ["demo", "report"]


@click.group()
def report() -> None:
    """Run a report's notebook and publish the report."""


def _formats(context: click.Context, option: click.Parameter, given: str) -> tuple[str, ...]:
    """The formats of a list such as ``html,pdf``."""
    from portfolio.reports.format_names import FORMATS

    asked = tuple(name for part in given.split(",") if (name := part.strip().lower()))
    unknown = [name for name in asked if name not in FORMATS]
    if unknown or not asked:
        raise click.BadParameter(
            f"{unknown[0] if unknown else given!r} is no format of a report; there are "
            f"{', '.join(FORMATS)}, written with commas between.",
            context,
            option,
        )
    return asked


def _asked(command: Command) -> Command:
    """Argument and options of a report on one scenario."""
    return _asked_alike(scenario_file(solving(command)))


def _asked_alike(command: Command) -> Command:
    """Argument and options of every report."""
    for option in (
        notation,
        result_format,
        click.option(
            "--confidential",
            is_flag=True,
            help="Show confidential projects; by default they count in totals only.",
        ),
        click.option(
            "--names",
            is_flag=True,
            help="Name people, and tell roles of few people apart; by default people have "
            "pseudonyms.",
        ),
        click.option(
            "--audience",
            type=click.Choice(["board", "internal"]),
            default="board",
            show_default=True,
            help="internal: with --names and --confidential.",
        ),
        click.option(
            "--run-timeout",
            type=Finite(0, min_open=True),
            metavar="SECONDS",
            help="Most time for the whole notebook; twice that of one cell by default.",
        ),
        click.option(
            "--cell-timeout",
            type=Finite(0, min_open=True),
            metavar="SECONDS",
            help="Most time for one cell; by default half an hour more than all solves may take.",
        ),
        click.option(
            "--reports",
            type=FOLDER,
            default=Path("reports"),
            show_default=True,
            help="Where to publish.",
        ),
        click.option(
            "--to",
            "formats",
            default="html",
            show_default=True,
            callback=_formats,
            metavar="FORMATS",
            help="Formats: html, pdf, pptx, xlsx, with commas between. The page is always made.",
        ),
        click.option(
            "--language",
            default=ENGLISH,
            show_default=True,
            type=click.Choice(languages()),
            help="What the report is written in.",
        ),
        click.option(
            "--slides",
            type=DATA,
            help="Template of the slides (.pptx), with a master and layouts of your own.",
        ),
        click.option(
            "--period", help="Period reported; by default the one that the data date lies in."
        ),
        click.argument("data", type=DATA),
    ):
        command = option(command)
    return command


@report.command()
@_asked
@click.option(
    "--beside",
    "scenarios",
    type=DATA,
    multiple=True,
    help="Scenario file whose plan is laid beside the report's; may be given again. Without it, "
    "a report on another scenario is laid beside the baseline.",
)
@click.option(
    "--questions-time",
    default=30.0,
    show_default=True,
    type=Finite(0, 86_400),
    metavar="SECONDS",
    help="Most time for what would bring projects in, and what one more person of each role is "
    "worth; 0: not asked.",
)
@click.option(
    "--since",
    default="",
    metavar="RUN",
    help="Run that the report is compared with: its id, or the first signs of it; none: with no "
    "earlier one. By default what was issued last, of the same kind and scenario.",
)
def board(form: str, **asked: Any) -> None:
    """Publish a board report of DATA.

    The notebook 10-board-report.ipynb is run with papermill in a staging
    folder; the report appears whole, under a new folder of its own, or not at
    all. A section whose tables are empty is left out.

    \b
    For example:
      portfolio report board my.xlsx --beside cut.yaml --to pdf,pptx
    """  # noqa: D301
    from portfolio.reports.kinds import BOARD

    _show(_publish(BOARD, **asked), form)


@report.command()
@_asked_alike
@scenario_files
@click.option(
    "--against",
    "scenario",
    type=DATA,
    help="Scenario file that the others are compared with; the baseline by default.",
)
@click.option(
    "--answers",
    default=3,
    show_default=True,
    type=click.IntRange(0, 50),
    help="Of how many projects left out in each scenario to ask why; 0: none.",
)
@solving_within(0.005)
def scenarios(form: str, **asked: Any) -> None:
    """Publish a report of DATA on scenarios, side by side.

    It says what each brings, spends and leaves out, which projects enter, leave or move and
    because of which change, where the plans lie beside what more money could buy, and why
    valuable projects are left out. A scenario in which no plan is possible is told with its
    reason. The notebook is 15-scenarios.ipynb; --time-limit is for each solve.

    \b
    For example:
      portfolio report scenarios my.xlsx --scenario cut.yaml --scenario two-more-engineers.yaml
    """  # noqa: D301
    from portfolio.reports.kinds import SCENARIOS

    _show(_publish(SCENARIOS, **asked), form)


@report.command()
@_asked
def capacity(form: str, **asked: Any) -> None:
    """Publish a report of DATA on capacity and people.

    It says who is booked for too much today, which roles would run short if all
    that is wanted began at once, what the plan lacks and what would close it,
    and how loaded people are. The notebook is 20-capacity-and-people.ipynb.

    People are published by pseudonyms, roles and places of under three people
    together, and rates never.
    """
    from portfolio.reports.kinds import CAPACITY

    _show(_publish(CAPACITY, **asked), form)


def _show(published: PublishedRun, form: str) -> None:
    page, *further = published.files.values()
    lines = [f"Published: {page.resolve()}", *(f"           {file.resolve()}" for file in further)]
    show_done("\n".join(lines), _facts(published), form)


@click.command()
@click.option(
    "--reports", type=FOLDER, default=Path("reports"), show_default=True, help="Where to publish."
)
@result_format
def demo(reports: Path, form: str) -> None:
    """Publish a board report of the sample portfolio, and say where it is."""
    from portfolio.reports.kinds import BOARD
    from portfolio.reports.places import find_sample

    published = _publish(BOARD, find_sample(), reports=reports)
    sentence = (
        f"Published: {published.page.resolve()}\n"
        "Open it in a browser. Your own data: portfolio template my.xlsx"
    )
    show_done(sentence, _facts(published), form)


def _facts(published: PublishedRun) -> dict[str, Any]:
    return {
        "page": str(published.page.resolve()),
        **{name: str(file.resolve()) for name, file in published.files.items() if name != "html"},
        "run_id": published.run_id,
        "period": published.summary["period"],
        "scenario": published.summary["scenario"],
        "status": published.summary["status"],
    }


def _publish(
    kind: Kind,
    data: Path,
    period: str | None = None,
    scenario: Path | None = None,
    scenarios: Sequence[Path] = (),
    reports: Path = Path("reports"),
    audience: str = "board",
    names: bool = False,
    confidential: bool = False,
    cell_timeout: float | None = None,
    run_timeout: float | None = None,
    formats: tuple[str, ...] = (),
    slides: Path | None = None,
    since: str = "",
    **parameters: Any,
) -> PublishedRun:
    from portfolio.reports.audience import AUDIENCES
    from portfolio.reports.publish import publish_report

    by_name = dict(zip(("names", "confidential"), AUDIENCES[audience], strict=True))
    asked = {"names": names, "confidential": confidential}
    leave = {name: True for name, given in asked.items() if given or by_name[name]}
    tell(f"making the report on {data}: {kind.words}")
    return publish_report(
        kind,
        data,
        period=period,
        scenario=scenario,
        scenarios=scenarios,
        reports=reports,
        parameters=parameters | leave,
        cell_timeout=cell_timeout,
        run_timeout=run_timeout,
        formats=formats,
        slides=slides,
        since=since,
        progress=sys.stderr.isatty(),
    )
