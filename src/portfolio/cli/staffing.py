"""Commands that ask line managers for people, and take their answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio.cli.files import read
from portfolio.cli.options import DATA, FOLDER, notation, result_format, scenario_file
from portfolio.cli.words import csv_text, seen, show_done, tell

if TYPE_CHECKING:
    import pandas as pd

    from portfolio.data.portfolio import Portfolio
    from portfolio.errors import Fault

__all__ = ["staffing"]


@click.group()
def staffing() -> None:
    """Ask line managers who works where, and take their answers back.

    An allocation is a proposal. `request` makes it a question to each line of
    people: a workbook to answer in, and a page to read. `answers` makes what
    comes back into the table assignments: agreed rows are committed bookings,
    refused ones bans, and the next portfolio allocate keeps both.
    """


@staffing.command()
@click.argument("data", type=DATA)
@click.option(
    "--allocation",
    "allocated",
    type=FOLDER,
    required=True,
    help="Folder of the allocation, as portfolio allocate --out wrote it.",
)
@click.option("--out", type=FOLDER, required=True, help="Folder for the workbooks and pages.")
@scenario_file
@click.option(
    "--line",
    type=click.Choice(["role", "location", "programme"]),
    default="role",
    show_default=True,
    help="By what people form a line: the role they do best, where they are, or their ring-fence.",
)
@click.option("--until", default="", help="Last period asked about; all by default.")
@click.option("--force", is_flag=True, help="Replace requests that stand there.")
@result_format
@notation
def request(
    data: Path,
    allocated: Path,
    out: Path,
    scenario: Path | None,
    line: str,
    until: str,
    force: bool,
    form: str,
    decimal: str,
    thousands: str,
) -> None:
    """Write a workbook and a page for each line of people that DATA's allocation asks for.

    What is committed already is not asked again. The files name people, since
    they go to those people's own managers; they hold no rates.
    """
    from portfolio.allocation import read_allocation
    from portfolio.errors import DataError, Fault
    from portfolio.reports.staffing import write_requests
    from portfolio.scenario import Scenario, read_scenario

    tell(f"reading {data}")
    wanted = read_scenario(scenario) if scenario else Scenario()
    portfolio = wanted.apply(read(data, decimal, thousands))
    allocation = read_allocation(allocated)
    faults = []
    if not allocation.feasible:
        rule = f"holds a run without a solution ({allocation.status})"
        faults.append(Fault(str(allocated), None, "", "", rule, "allocate first"))
    if until and until not in portfolio.calendar.labels:
        labels = portfolio.calendar.labels
        rule = f"is no period of the data, {labels[0]} to {labels[-1]}"
        faults.append(Fault("--until", None, "", until, rule, "write one of them"))
    if not faults:
        faults = _strangers(allocated, allocation.allocation, portfolio)
    if faults:
        raise DataError(faults)
    made = write_requests(portfolio, allocation, out, line=line, until=until, overwrite=force)
    sentence = "\n".join(
        [
            *(f"{one.workbook}: {one.line}, {one.rows} to answer" for one in made),
            f"Written: {len(made)} workbooks, each with a page. When they come back: "
            f"portfolio staffing answers {data} {out}/*.xlsx --out assignments.csv",
        ]
    )
    facts = [
        {"line": r.line, "workbook": str(r.workbook), "page": str(r.page), "rows": r.rows}
        for r in made
    ]
    if form == "json":
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(csv_text(facts, list(facts[0])))
    else:
        click.echo(seen(sentence))


def _strangers(folder: Path, rows: pd.DataFrame | None, portfolio: Portfolio) -> list[Fault]:
    """Faults of an allocation that names what the data do not know."""
    from portfolio.errors import Fault

    assert rows is not None
    faults = []
    for name, table in (("person_id", "people"), ("project_id", "projects"), ("role_id", "roles")):
        known = {"", *portfolio[table][name]}
        strange = [text for text in dict.fromkeys(rows[name]) if text not in known]
        remedy = "name the data, and the scenario, that this allocation was made of"
        rule = f"is in the allocation and not in the table {table}"
        faults += [
            Fault(f"{folder}/allocation.csv", None, name, text, rule, remedy) for text in strange
        ]
    return faults


@staffing.command()
@click.argument("data", type=DATA)
@click.argument("workbooks", type=DATA, nargs=-1, required=True)
@click.option("--out", type=DATA, required=True, help="CSV file for the whole table assignments.")
@click.option("--force", is_flag=True, help="Replace the file where it stands.")
@result_format
@notation
def answers(
    data: Path,
    workbooks: tuple[Path, ...],
    out: Path,
    force: bool,
    form: str,
    decimal: str,
    thousands: str,
) -> None:
    """Make the answers in WORKBOOKS into the table assignments of DATA.

    The file holds all assignments: those of DATA, and what the answers change.
    Put it in the place of DATA's own. Faults are named all at once, by
    workbook, sheet and row, and then nothing is written.
    """
    from portfolio.data.write import write_table
    from portfolio.staffing.answers import answered_assignments

    tell(f"reading {data}")
    portfolio = read(data, decimal, thousands)
    found = answered_assignments(portfolio, workbooks)
    write_table("assignments", found.assignments, out, overwrite=force)
    words = f"{found.agreed} agreed, {found.changed} changed, {found.refused} refused"
    sentence = (
        f"Written: {out}, {len(found.assignments)} assignments ({words}, {found.open} open). "
        "Put it in the place of the data's own assignments, and allocate again."
    )
    facts = {
        "file": str(out),
        "assignments": len(found.assignments),
        "agreed": found.agreed,
        "changed": found.changed,
        "refused": found.refused,
        "open": found.open,
    }
    show_done(sentence, facts, form)
