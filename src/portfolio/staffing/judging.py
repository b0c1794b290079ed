"""Answers held against the data: who they name, what they say, and everybody's time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from portfolio.data.pools import person_time
from portfolio.data.portfolio import Portfolio
from portfolio.errors import Fault
from portfolio.staffing.answer import KEY, SAME, Answer
from portfolio.staffing.layout import AGREED, ANSWERS, CHANGED, REFUSED

__all__ = ["answer_faults"]


def answer_faults(portfolio: Portfolio, answers: Sequence[Answer]) -> list[Fault]:
    """What is wrong with answers, each by itself and all together.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    answers : sequence of Answer
        Those whose cells could be read.

    Returns
    -------
    list of Fault
    """
    known = _Known(portfolio)
    faults = [fault for row in answers for fault in known.faults(row)]
    bad = {(fault.file, fault.row) for fault in faults}
    sound = [row for row in answers if (row.file, row.row) not in bad]
    seen: dict[tuple[str, ...], Answer] = {}
    for row in sound:
        if not row.person:
            continue
        first = seen.setdefault(row.key, row)
        if first is not row:
            rule = f"answers again what {first.file}, row {first.row} answers"
            faults.append(row.fault("answer", rule, "keep one of the two rows"))
    faults += _overbooked(portfolio, list(seen.values()))
    return faults


class _Known:
    """The rules that each answer is held against."""

    def __init__(self, portfolio: Portfolio) -> None:
        tables, self._calendar = portfolio.tables, portfolio.calendar
        self._ids = {
            name: set(tables[f"{table}"][name])
            for name, table in (
                ("person_id", "people"), ("role_id", "roles"), ("project_id", "projects")
            )
        }  # fmt: skip
        skills = tables["skills"][tables["skills"]["proficiency"] > 0]
        self._skills = set(zip(skills["person_id"], skills["role_id"], strict=True))
        people, projects = tables["people"], tables["projects"]
        self._fences = dict(zip(people["person_id"], people["programme_id"], strict=True))
        self._within = portfolio.programmes_within
        self._programmes = dict(zip(projects["project_id"], projects["programme_id"], strict=True))
        banned = tables["assignments"]
        banned = banned[(banned["kind"] == "banned") & (banned["period"] == "")]
        self._banned = set(zip(*(banned[name] for name in KEY[:3]), strict=True))

    def faults(self, row: Answer) -> list[Fault]:
        """What is wrong with one answer."""
        return [*self._of_asked(row), *self._of_answer(row)]

    def _of_asked(self, row: Answer) -> list[Fault]:
        found = []
        for name, ids in self._ids.items():
            value = row.cells[name]
            if value and value not in ids:
                rule, remedy = "is not in the data", "write it as it was in the request"
                found.append(row.fault(name, rule, remedy))
        if row.cells["person_agreed"] and row.cells["person_agreed"] not in self._ids["person_id"]:
            remedy = "write the person's id as it stands in the table people"
            found.append(row.fault("person_agreed", "is not the id of a person", remedy))
        period = row.cells["period"]
        if period and period not in self._calendar.labels:
            rule = (
                f"is no period of the data, {self._calendar.labels[0]} to "
                f"{self._calendar.labels[-1]}"
            )
            found.append(row.fault("period", rule, "write it as it was in the request"))
        return found

    def _of_answer(self, row: Answer) -> list[Fault]:
        cells, answer = row.cells, row.cells["answer"]
        given = not math.isnan(float(cells["fte_agreed"]))
        if not answer:
            rule = "is blank, and the row is filled in"
            return [row.fault("answer", rule, f"write one of: {', '.join(ANSWERS)}")]
        if answer == REFUSED:
            rule, remedy = "is filled in, and the row is refused", f"clear it, or write: {CHANGED}"
            filled = [name for name in ("fte_agreed", "person_agreed") if cells[name] != ""]
            return [
                row.fault(name, rule, remedy) for name in filled if name != "fte_agreed" or given
            ]
        if not row.person:
            rule = "is blank, and the row names nobody"
            return [row.fault("person_agreed", rule, f"write who works there, or: {REFUSED}")]
        if given and cells["fte_agreed"] <= 0:
            rule, remedy = "gives nothing", f"write a number above 0, or: {REFUSED}"
            return [row.fault("fte_agreed", rule, remedy)]
        if answer == AGREED and given and abs(row.fte - cells["fte"]) > SAME:
            rule = f"is not the {cells['fte']:g} asked for, and the row is agreed"
            return [row.fault("fte_agreed", rule, f"clear it, or write: {CHANGED}")]
        if answer == AGREED and cells["person_id"] and row.person != cells["person_id"]:
            rule = "is somebody else, and the row is agreed"
            return [row.fault("person_agreed", rule, f"clear it, or write: {CHANGED}")]
        if answer == CHANGED and not given and not cells["person_agreed"]:
            rule = "is blank, and the row is changed"
            return [row.fault("fte_agreed", rule, "write the FTE, or the person, that it becomes")]
        return self._of_person(row)

    def _of_person(self, row: Answer) -> list[Fault]:
        column = "person_agreed" if row.cells["person_agreed"] else "person_id"
        role, project = row.cells["role_id"], row.cells["project_id"]
        if row.person in self._ids["person_id"] and (row.person, role) not in self._skills:
            remedy = "name somebody who has it, or add it to the table skills"
            return [row.fault(column, f"has no skill for the role {role}", remedy)]
        fence = self._fences.get(row.person, "")
        if fence and self._programmes.get(project, fence) not in self._within[fence]:
            rule = f"is ring-fenced for {fence}, and {project} is not of it"
            return [row.fault(column, rule, f"name somebody else, or write: {REFUSED}")]
        if (row.person, project, role) in self._banned:
            rule = f"is banned from {project} in all periods by the table assignments"
            return [row.fault(column, rule, f"delete the ban there, or write: {REFUSED}")]
        return []


def _overbooked(portfolio: Portfolio, answers: Sequence[Answer]) -> list[Fault]:
    """Answers by which somebody is committed for more time than there is."""
    people = {p: n for n, p in enumerate(portfolio.tables["people"]["person_id"])}
    labels = {label: t for t, label in enumerate(portfolio.calendar.labels)}
    time = person_time(portfolio)
    replaced = {row.key for row in answers}
    sums: dict[tuple[str, str], float] = defaultdict(float)
    table = portfolio.tables["assignments"]
    firm = (table["booking"] == "committed") | (table["kind"] == "fixed")
    table = table[firm & (table["kind"] != "banned") & table["fte"].notna()]
    for cells in table.to_dict("records"):
        if tuple(cells[name] for name in KEY) not in replaced:
            sums[cells["person_id"], cells["period"]] += float(cells["fte"])
    faults = []
    for row in answers:
        if row.cells["answer"] == REFUSED:
            continue
        place = (row.person, str(row.cells["period"]))
        sums[place] += row.fte
        most = float(time[people[place[0]], labels[place[1]]])
        if sums[place] > most + SAME:
            column = "fte" if math.isnan(float(row.cells["fte_agreed"])) else "fte_agreed"
            rule = (
                f"makes {sums[place]:.4g} FTE committed of {place[0]} in {place[1]}, more than the "
                f"{most:.4g} that are there"
            )
            faults.append(row.fault(column, rule, f"write: {CHANGED}, and less; or: {REFUSED}"))
    return faults
