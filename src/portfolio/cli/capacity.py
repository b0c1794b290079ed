"""The command that says where people run short."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio.cli.files import read, writable
from portfolio.cli.options import DATA, FOLDER, notation, result_format, scenario_file
from portfolio.cli.words import csv_text, line, shortened, table, tell

if TYPE_CHECKING:
    import pandas as pd

    from portfolio.allocation import Allocation
    from portfolio.analysis.capacity import CapacityAnalysis
    from portfolio.data.portfolio import Portfolio
    from portfolio.plan import Plan

__all__ = ["capacity"]

_MOST_LINES = 20
_BY = {
    "role": ("roles", ("role_id",)),
    "pool": ("pools", ("pool_id", "roles", "people")),
    "location": ("locations", ("location_id",)),
    "programme": ("programmes", ("programme_id",)),
    "person": ("people", ("person_id",)),
}
"""Table, and what names a row of it beside the period."""
_NAMED = {
    "role": ("roles", "role_id"),
    "location": ("locations", "location_id"),
    "programme": ("programmes", "programme_id"),
    "person": ("people", "person_id"),
}


@click.command()
@click.argument("data", type=DATA)
@scenario_file
@click.option(
    "--plan", "planned", type=FOLDER, help="Folder of a plan, whose projects need the people."
)
@click.option(
    "--allocation",
    "allocated",
    type=FOLDER,
    help="Folder of an allocation; its plan is looked for inside it where --plan is absent.",
)
@click.option("--by", type=click.Choice(list(_BY)), help="Show a line for each of these.")
@click.option("--out", type=FOLDER, help="Folder for summary.json and one CSV a table.")
@result_format
@notation
def capacity(
    data: Path,
    scenario: Path | None,
    planned: Path | None,
    allocated: Path | None,
    by: str | None,
    out: Path | None,
    form: str,
    decimal: str,
    thousands: str,
) -> None:
    """Say where people run short in DATA, the bottlenecks first.

    Without --plan: what everybody wants, each project on offer from its
    earliest start; this shows where the choice will hurt, before any is made.
    With --plan: what the chosen projects need. With --allocation: what named
    people do. Bookings that pass somebody's time today are listed in any case.

    \b
    most      what a role could get if all who have it did nothing else;
              do not add it up over roles: a person of two roles is in both
    deficit   demand that stays uncovered while everybody's time is spent once
    certain   the part of it that no rearranging closes: hire, train or wait

    \b
    portfolio capacity data/
    portfolio capacity data/ --plan plan/ --by person
    portfolio capacity data/ --allocation staff/ --format csv --by role

    With --format json: the summary that is also written to summary.json, or
    with --by the rows of its table; with csv: a row a role and period, or as
    --by says. Files and rows name people by their ids: they are for your own
    desk, and `portfolio report capacity` is for others.
    """  # noqa: D301 -- click reads the escape, which keeps lines as they are
    from portfolio.analysis.capacity import analyse_capacity
    from portfolio.analysis.wanted import wanted_selection
    from portfolio.models.allocation import Work
    from portfolio.scenario import Scenario, read_scenario

    tell(f"reading {data}")
    portfolio = read(data, decimal, thousands)
    wanted = read_scenario(scenario) if scenario else Scenario()
    plan, allocation = _results(planned, allocated)
    changed = wanted.apply(portfolio)
    selection = wanted_selection(changed) if plan is None else plan.selection
    assert selection is not None
    _check_fits(changed, selection, planned or allocated)
    if out is not None:
        writable(out)
    demand_of = "wanted" if plan is None else "plan"
    hires = None if plan is None else plan.hires
    work = Work(changed, wanted, selection, hires=hires)
    found = analyse_capacity(work, allocation, demand_of=demand_of)
    if out is not None:
        found.write(out)
    _show(found, changed, by, form)


def _results(planned: Path | None, allocated: Path | None) -> tuple[Plan | None, Allocation | None]:
    """The plan and the allocation that are named; each with a solution."""
    from portfolio.allocation import read_allocation
    from portfolio.errors import DataError, Fault
    from portfolio.plan import read_plan

    faults = []
    if allocated is not None and planned is None:
        planned = allocated / "plan"
        if not planned.is_dir():
            rule = "holds no folder plan, and the allocation says nothing without its plan"
            remedy = "name the folder of the plan with --plan"
            raise DataError([Fault(str(allocated), None, "", "", rule, remedy)])
    plan = read_plan(planned) if planned else None
    allocation = read_allocation(allocated) if allocated else None
    for result, folder, what in ((plan, planned, "plan"), (allocation, allocated, "allocation")):
        if result is not None and not result.feasible:
            rule = f"holds a run without a solution ({result.status}), and so no {what}"
            remedy = f"name the folder of a {what} that was found"
            faults.append(Fault(str(folder), None, "", "", rule, remedy))
    if faults:
        raise DataError(faults)
    return plan, allocation


def _check_fits(portfolio: Portfolio, selection: pd.DataFrame, folder: Path | None) -> None:
    """Refuse a plan of other projects or periods."""
    from portfolio.errors import DataError, Fault

    known = set(portfolio.tables["projects"]["project_id"])
    strange = [name for name in selection["project_id"] if name not in known]
    if strange:
        rule, remedy = "is a project of the plan and not of the data", "name the data of this plan"
        raise DataError([Fault(str(folder), None, "", strange[0], rule, remedy)])


def _show(found: CapacityAnalysis, portfolio: Portfolio, by: str | None, form: str) -> None:
    frame = getattr(found, _BY[by or "role"][0])
    if form == "json" and by is None:
        click.echo(json.dumps(found.summary(), indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "json":
        click.echo(json.dumps(_records(frame), indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        click.echo(csv_text(_records(frame), list(frame.columns)))
    else:
        _show_bottlenecks(found, portfolio)
        if by is not None:
            click.echo()
            _show_by(found, portfolio, by)
        click.echo()
        _show_today(found)
        click.echo(_sentence(found))


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as plain data; blank where a number is none."""
    return [
        {
            str(name): None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]


def _show_bottlenecks(found: CapacityAnalysis, portfolio: Portfolio) -> None:
    roles = portfolio["roles"]
    names = dict(zip(roles["role_id"], roles["name"], strict=True))
    columns = ["role", "name", "periods short", "from", "deficit", "certain", "worst", "peak use"]
    lines = []
    for row in found.bottlenecks.to_dict("records"):
        cells = [row["role_id"], shortened(line(names[row["role_id"]]), 34)]
        if row["periods_short"]:
            cells += [f"{row['periods_short']:.0f}", row["first_short"], f"{row['deficit']:.2f}"]
            worst = f"{row['worst_deficit']:.2f} in {row['worst_period']}"
            cells += [f"{row['certain']:.2f}", worst]
        else:
            cells += [""] * 5
        lines.append([*cells, f"{_percent(row['peak_use'])} in {row['peak_period']}"])
    if lines:
        click.echo(table(columns, lines))
    else:
        click.echo("No project needs anybody.")


def _show_by(found: CapacityAnalysis, portfolio: Portfolio, by: str) -> None:
    """A line a thing: sums over all periods, and the tightest period."""
    import numpy as np

    name, keys = _BY[by]
    frame = getattr(found, name)
    amounts = [
        column
        for column in frame.columns
        if column not in (*keys, "period", "utilisation", "most", "worked")
        and frame[column].dtype.kind == "f"
    ]
    used = ("load", "time") if by == "person" else ("spent", "time") if by == "pool" else None
    titles: dict[str, str] = {}
    if by in _NAMED:
        rows = portfolio[_NAMED[by][0]]
        titles = dict(zip(rows[_NAMED[by][1]], rows["name"], strict=True))
    lines = []
    for _, own in frame.groupby(keys[0], sort=False):
        cells = [str(own[key].iloc[0]).removesuffix(".0") for key in keys]
        if titles:
            cells.append(shortened(line(str(titles.get(cells[0], ""))), 30))
        sums = own[amounts].sum()
        cells += [f"{sums[amount]:.2f}" for amount in amounts]
        top = own["deficit"].max() if used is None else 0.0
        if used is not None:
            share = own[used[0]] / own[used[1]].where(own[used[1]] > 0)
            if share.notna().any():
                at = int(np.nanargmax(share.to_numpy()))
                top = float(share.iloc[at])
                cells.append(f"{_percent(top)} in {own['period'].iloc[at]}")
            else:
                cells.append("")
        lines.append((-top, cells))
    lines.sort(key=lambda one: one[0])
    titled = ["name"] if titles else []
    last = ["peak use"] if used else []
    click.echo(
        table([*keys, *titled, *amounts, *last], [cells for _, cells in lines[:_MOST_LINES]])
    )
    if len(lines) > _MOST_LINES:
        click.echo(f"and {len(lines) - _MOST_LINES} more; --format csv shows all, by period.")
    click.echo("Sums of FTE over all periods; --format csv shows each period.")


def _show_today(found: CapacityAnalysis) -> None:
    over = found.over_allocated.sort_values("over", ascending=False, kind="stable")
    if over.empty:
        return
    click.echo("Booked for more than there is, before any optimisation:")
    columns = ["person", "period", "time", "committed", "proposed", "too much", "bookings"]
    numbers = ("time", "committed", "proposed", "over")
    lines = [
        [row["person_id"], row["period"], *(f"{row[n]:.2f}" for n in numbers), row["bookings"]]
        for row in over.head(_MOST_LINES).to_dict("records")
    ]
    click.echo(table(columns, lines))
    if len(over) > _MOST_LINES:
        click.echo(f"and {len(over) - _MOST_LINES} more; all are in today.csv of --out.")
    click.echo()


def _sentence(found: CapacityAnalysis) -> str:
    facts = found.summary()
    whose = "the plan needs" if found.demand_of == "plan" else "projects want"
    how = "people as they are named" if found.basis == "allocation" else "people divided at will"
    short = (
        f"{facts['deficit']:,.1f} are short with {how}, {facts['certain']:,.1f} of them whatever "
        "is rearranged"
        if facts["deficit"]
        else f"nothing is short with {how}"
    )
    over = facts["over_allocated"]
    today = "nobody is booked for more than there is"
    if over["people"]:
        verb = "person is" if over["people"] == 1 else "people are"
        today = (
            f"{over['people']} {verb} booked for more than there is, by "
            f"{over['committed']:,.2f} FTE-periods committed and "
            f"{over['with_proposed'] - over['committed']:,.2f} more proposed"
        )
    return f"Of {facts['demand']:,.1f} FTE-periods that {whose}, {short}; today {today}."


def _percent(share: float) -> str:
    return "nobody there" if math.isnan(share) else f"{share:.0%}"
