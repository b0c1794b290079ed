"""Write the sample portfolio, a fictional water authority, at any size.

    python data/make_sample.py                                the committed sample
    python data/make_sample.py /tmp/large --projects 5000 --periods 36 --roles 40

The same arguments write the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sample_maker.delivery import bookings, write_assignments, write_delivery
from sample_maker.estimates import Totals, estimate, write_estimates, write_project
from sample_maker.governance import write_commentary, write_governance
from sample_maker.money import scenarios, write_money
from sample_maker.people import write_people
from sample_maker.projects import Structure, make_structure
from sample_maker.roles import make_roles
from sample_maker.size import DATA_DATE, Size, heads, month
from sample_maker.tables import Tables, open_tables
from sample_maker.tasks import is_scheduled, write_links_across, write_tasks

HERE = Path(__file__).resolve().parent
DICTIONARY = HERE.parent / "src" / "portfolio" / "data" / "dictionary.csv"


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and write the sample."""
    out, size = _parse(arguments)
    with open_tables(out, DICTIONARY) as tables:
        files = make(tables, size)
    folder = out / "scenarios"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8", newline="\n")
    _say(f"{sum(tables.counts.values()):,} rows in {len(tables.counts)} tables: {out}")


def make(tables: Tables, size: Size) -> dict[str, str]:
    """Write every table; give back the scenario files by name."""
    _write_settings(tables, size)
    roles = make_roles(size)
    structure = make_structure(size)
    totals = Totals.none(size, roles)
    work = []
    for done, project in enumerate(structure.projects):
        if done % 500 == 0 and size.projects > 500:
            _say(f"{done:,} of {size.projects:,} projects", end="\r")
        options = estimate(project, size, roles)
        totals.add(project, options)
        write_project(tables, project, options, size)
        write_estimates(tables, project, options)
        write_delivery(tables, project, options[0], size)
        write_governance(tables, project, options[0], size)
        if is_scheduled(project):
            write_tasks(tables, project, size, roles)
        work += bookings(project, options[0], size)
    _write_rules(tables, structure)
    write_links_across(tables, structure.links)
    budgets = write_money(tables, size, totals)
    people = write_people(tables, size, roles, totals)
    write_assignments(tables, size, work, people)
    flying = [(p.project_id, p.name) for p in structure.projects if p.stage == "in_flight"]
    write_commentary(tables, flying[:12])
    return scenarios(roles, budgets)


def _write_settings(tables: Tables, size: Size) -> None:
    settings = {
        "name": "Fenmere Water",
        "currency": "GBP",
        "frequency": "month",
        "first_period": month(0),
        "periods": size.periods,
        "year_start": 1,
        "discount_rate": 0.035,
        "fte_hours": 150,
        "data_date": DATA_DATE,
        "labour_in_costs": True,
    }
    for key, value in settings.items():
        tables.add("settings", key=key, value=value)


def _write_rules(tables: Tables, structure: Structure) -> None:
    for link in structure.links:
        tables.add(
            "dependencies",
            project_id=link.project.project_id,
            other_id=link.other.project_id,
            kind=link.kind,
            lag=link.lag,
            agreed_on=link.agreed,
        )
    for group in structure.groups:
        tables.add("groups", group_id=group.group_id, kind=group.kind, limit=group.limit)
        for project in group.members:
            tables.add("group_members", group_id=group.group_id, project_id=project.project_id)


def _parse(arguments: list[str] | None) -> tuple[Path, Size]:
    parser = argparse.ArgumentParser(
        description="Write the sample portfolio, a fictional water authority, at any size."
    )
    default = Size()
    add = parser.add_argument
    add(
        "out",
        nargs="?",
        type=Path,
        default=HERE / "sample",
        metavar="OUT",
        help="folder for the tables (default: data/sample)",
    )
    add(
        "--projects",
        type=_at_least(20),
        default=default.projects,
        metavar="N",
        help="how many (default: 60)",
    )
    add(
        "--periods",
        type=_at_least(12),
        default=default.periods,
        metavar="T",
        help="months from 2027-01 (default: 24)",
    )
    add(
        "--roles",
        type=_at_least(2),
        default=default.roles,
        metavar="R",
        help="how many (default: 12)",
    )
    add(
        "--people",
        type=_at_least(2),
        metavar="P",
        help="how many (default: in step with the work, and fewer for it in a large portfolio, "
        "where peaks even out)",
    )
    add(
        "--seed",
        type=int,
        default=default.seed,
        metavar="S",
        help=f"of the random numbers (default: {default.seed})",
    )
    add(
        "--tightness",
        type=float,
        default=default.tightness,
        metavar="X",
        help="2 halves the money and people for what is free (default: 1)",
    )
    given = parser.parse_args(arguments)
    if given.tightness <= 0 or given.seed < 0:
        parser.error("--tightness is above 0, --seed at least 0")
    people = given.people
    if people is None:
        people = max(given.roles, heads(given.projects, given.periods, given.tightness))
    elif people < given.roles:
        parser.error("--people is at least --roles: every role needs somebody")
    return given.out, Size(
        given.projects, given.periods, given.roles, people, given.seed, given.tightness
    )


def _at_least(least: int) -> object:
    def parse(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"is at least {least}")
        return int(text)

    return parse


def _say(text: str, end: str = "\n") -> None:
    if sys.stderr.isatty() or end == "\n":
        print(text, file=sys.stderr, end=end)


if __name__ == "__main__":
    main()
