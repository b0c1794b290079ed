"""The command ``portfolio``: check tables, plan, publish reports.

A command stands in the module that `_COMMANDS` names, and is loaded when it is
asked for. These modules load at their top what click needs, and all else where it
is used, so that help answers at once.
"""

from __future__ import annotations

import click

from portfolio.cli.group import Commands

__all__ = ["main"]

_COMMANDS = {
    "alignment": "portfolio.cli.alignment:alignment",
    "allocate": "portfolio.cli.allocating:allocate",
    "alternatives": "portfolio.cli.alternatives:alternatives",
    "bottlenecks": "portfolio.cli.bottlenecks:bottlenecks",
    "capacity": "portfolio.cli.capacity:capacity",
    "check": "portfolio.cli.tables:check",
    "compare": "portfolio.cli.comparing:compare",
    "conflict": "portfolio.cli.conflict:conflict",
    "demo": "portfolio.cli.publishing:demo",
    "drivers": "portfolio.cli.drivers:drivers",
    "due": "portfolio.cli.due:due",
    "explain": "portfolio.cli.explaining:explain",
    "frontier": "portfolio.cli.frontier:frontier",
    "import": "portfolio.cli.importing:import_",
    "lab": "portfolio.cli.lab:lab",
    "plan": "portfolio.cli.planning:plan",
    "report": "portfolio.cli.publishing:report",
    "reports": "portfolio.cli.reports:reports",
    "solvers": "portfolio.cli.solvers:solvers",
    "staffing": "portfolio.cli.staffing:staffing",
    "template": "portfolio.cli.tables:template",
}


@click.group(
    cls=Commands, homes=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="portfolio", prog_name="portfolio")
@click.option("--debug", is_flag=True, help="Show tracebacks instead of sentences.")
def main(debug: bool) -> None:
    """Optimise a project portfolio: which projects to fund, when, under shared people and money.

    DATA is a folder of CSV files, one a table, or an .xlsx workbook, one sheet
    a table. Begin with `portfolio demo`, then `portfolio template my.xlsx`.

    Exit codes: 0 done; 1 the work failed (nothing feasible, no solution, a
    notebook failed); 2 bad input or usage; 75 somebody else makes that report
    now; 128 and the number of the signal that ended a run.
    """
