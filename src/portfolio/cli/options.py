"""Arguments and options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = [
    "DATA",
    "FOLDER",
    "Finite",
    "notation",
    "result_format",
    "scenario_file",
    "scenario_files",
    "solving",
    "solving_within",
]

Command = TypeVar("Command", bound=Callable[..., Any])

DATA = click.Path(path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
_FORMATS = click.Choice(["table", "json", "csv"])


class Finite(click.FloatRange):
    """A number in a range; NaN and infinity are in none."""

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """The number as Python knows it."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


def result_format(command: Command) -> Command:
    """The option that says how the result is shown."""
    shown = "How the result is shown; json is for machines, and stays as it is."
    return click.option("--format", "form", type=_FORMATS, default="table", help=shown)(command)


def notation(command: Command) -> Command:
    """Options that say how numbers are written."""
    command = click.option(
        "--thousands", default="", help="Thousands separator in numbers; none by default."
    )(command)
    return click.option(
        "--decimal", default=".", type=click.Choice([".", ","]), help="Decimal sign in numbers."
    )(command)


def solving_within(gap: float) -> Callable[[Command], Command]:
    """Options that say how a model is solved, with a gap of one's own by default."""
    options = (
        click.option("--threads", default=0, type=click.IntRange(0, 1024), help="Threads; 0: all."),
        click.option("--seed", default=0, type=click.IntRange(0, 2**31 - 1), help="Random seed."),
        click.option(
            "--gap",
            default=gap,
            show_default=True,
            type=Finite(0, 1, max_open=True),
            help="Distance from the best possible at which solving may end, as a share.",
        ),
        click.option(
            "--time-limit",
            default=60.0,
            show_default=True,
            type=Finite(0, min_open=True),
            metavar="SECONDS",
            help="Most time for solving.",
        ),
    )

    def decorated(command: Command) -> Command:
        for option in options:
            command = option(command)
        return command

    return decorated


solving = solving_within(0.001)
"""Options that say how a model is solved."""


def scenario_file(command: Command) -> Command:
    """The option that names a scenario."""
    return click.option("--scenario", type=DATA, help="Scenario file; the baseline by default.")(
        command
    )


def scenario_files(command: Command) -> Command:
    """The option that names several scenarios, one at a time."""
    return click.option(
        "--scenario",
        "scenarios",
        type=DATA,
        multiple=True,
        required=True,
        help="Scenario file; give it as often as there are scenarios.",
    )(command)
