"""The command that lists solvers, and the option that names one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from portfolio.cli.options import result_format
from portfolio.cli.words import csv_text, table
from portfolio.errors import SolveError

__all__ = ["solver", "solvers"]

Command = TypeVar("Command", bound=Callable[..., Any])


class _Solver(click.ParamType[str]):
    """The name of a solver that is installed; PuLP is only asked about others than HiGHS."""

    name = "solver"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """The name as it was given."""
        from portfolio.models.solvers import check_solver

        try:
            check_solver(value)
        except SolveError as error:
            self.fail(str(error), param, ctx)
        return str(value)

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
        """Names of installed solvers."""
        from portfolio.models.solvers import known_solvers

        begun = incomplete.lower()
        return [
            CompletionItem(name)
            for name, here in known_solvers().items()
            if here and name.lower().startswith(begun)
        ]


def solver(command: Command) -> Command:
    """The option that names a solver."""
    return click.option(
        "--solver",
        default="highs",
        show_default=True,
        type=_Solver(),
        metavar="NAME",
        help="highs, cbc or any other that `portfolio solvers` lists as installed.",
    )(command)


@click.command()
@result_format
def solvers(form: str) -> None:
    """List the solvers: HiGHS, and all that PuLP knows, with those that are installed here."""
    from portfolio.models.solvers import DIRECT, known_solvers

    rows = [
        {"solver": name, "installed": here, "called": "directly" if name == DIRECT else "by PuLP"}
        for name, here in known_solvers().items()
    ]
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
    elif form == "csv":
        texts = [{**row, "installed": str(row["installed"]).lower()} for row in rows]
        click.echo(csv_text(texts, ["solver", "installed", "called"]))
    else:
        lines = [
            [str(row["solver"]), "installed" if row["installed"] else "-", str(row["called"])]
            for row in rows
        ]
        click.echo(table(["solver", "here", "called"], lines))
