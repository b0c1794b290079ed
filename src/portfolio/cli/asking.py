"""The plan that a question is about: read from a folder, or made first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from portfolio.cli.options import FOLDER
from portfolio.cli.refusing import refuse_without_plan
from portfolio.cli.words import csv_text, tell

if TYPE_CHECKING:
    import pandas as pd

    from portfolio.data.portfolio import Portfolio
    from portfolio.models.outcome import Settings
    from portfolio.plan import Plan
    from portfolio.scenario import Scenario

__all__ = ["given_plan", "plan_asked_about", "rows_csv"]

Command = TypeVar("Command", bound=Callable[..., Any])


def given_plan(command: Command) -> Command:
    """The option that names the plan that is asked about."""
    return click.option(
        "--plan",
        "folder",
        type=FOLDER,
        help="Folder of the plan that is asked about, as `portfolio plan --out` has written it; "
        "made first by default.",
    )(command)


def plan_asked_about(
    portfolio: Portfolio, scenario: Scenario, settings: Settings, folder: Path | None
) -> Plan:
    """The plan in a folder, or the one that is found now.

    Raises
    ------
    DataError
        If the folder does not hold a whole plan.
    SolveError
        If there is no plan.
    """
    from portfolio.optimize import optimize
    from portfolio.plan import read_plan

    plan = read_plan(folder) if folder else optimize(portfolio, scenario, settings, tell)
    refuse_without_plan(plan)
    return plan


def rows_csv(rows: pd.DataFrame) -> str:
    """A table of answers as CSV: several names in one cell, and blank where nothing is known."""
    import pandas as pd

    def cell(value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, tuple):
            return "; ".join(value)
        return "" if pd.isna(value) else value

    plain = [{str(k): cell(v) for k, v in row.items()} for row in rows.to_dict("records")]
    return csv_text(plain, [str(name) for name in rows.columns])
