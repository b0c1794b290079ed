"""Answers to a staffing request, read back as assignments: all of them, or none and every fault.

A workbook that comes back is read as the tables of a portfolio are: sizes are looked at
before anything is unpacked, formulas are never run, and what is read is what is seen.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from portfolio.data.cells import Notation
from portfolio.data.cellwords import CellWords
from portfolio.data.package import PackageError, open_package
from portfolio.data.pools import person_time
from portfolio.data.portfolio import Portfolio
from portfolio.data.schema import dictionary, parse_table
from portfolio.data.workbook import START_SHEET, read_sheet
from portfolio.errors import DataError, Fault
from portfolio.staffing.layout import AGREED, CHANGED, LAYOUT, REFUSED, TO_FILL

__all__ = ["Answered", "answered_assignments"]

_MOST_SHEETS = 50
_ROOM = 1e-6
"""FTE that a sum of answers may pass somebody's time, and two numbers may differ."""
_KEY = ["person_id", "project_id", "role_id", "period"]


@dataclass(frozen=True)
class Answered:
    """What came back.

    Attributes
    ----------
    assignments : pandas.DataFrame
        The whole table `assignments`: as it was, with what the answers change.
    agreed, changed, refused, open : int
        Rows by answer; open ones have none, or are refusals of a row without a person.
    """

    assignments: pd.DataFrame
    agreed: int
    changed: int
    refused: int
    open: int


@dataclass(frozen=True)
class _Answer:
    """One answered row, and where it stands."""

    file: str
    row: int
    cells: Mapping[str, Any]

    def fault(self, column: str, rule: str, remedy: str) -> Fault:
        value = self.cells[column]
        missing = value is None or value == "" or (isinstance(value, float) and math.isnan(value))
        words = "" if missing else f"{value:g}" if isinstance(value, float) else str(value)
        return Fault(self.file, self.row, column, words, rule, remedy, LAYOUT.name)

    @property
    def person(self) -> str:
        """Who works there by this answer."""
        return str(self.cells["person_agreed"] or self.cells["person_id"])

    @property
    def fte(self) -> float:
        """How much, by this answer."""
        agreed = float(self.cells["fte_agreed"])
        return float(self.cells["fte"]) if math.isnan(agreed) else agreed

    @property
    def replaced(self) -> tuple[str, ...]:
        """Key of who was asked for and does not come, where somebody else does; else empty."""
        asked = str(self.cells["person_id"])
        if self.cells["answer"] == REFUSED or asked in ("", self.person):
            return ()
        return (asked, *self.key[1:])

    @property
    def becomes(self) -> dict[str, Any]:
        """What stands in `assignments` for this answer, beside the key."""
        if self.cells["answer"] == REFUSED:
            return {"fte": math.nan, "fte_max": math.nan, "booking": "", "kind": "banned"}
        fte = round(self.fte, 6)
        less = self.fte < float(self.cells["fte"]) - _ROOM
        most = fte if less else math.nan
        return {"fte": fte, "fte_max": most, "booking": "committed", "kind": ""}

    @property
    def key(self) -> tuple[str, ...]:
        """Key of the assignment that this answer makes."""
        cells = self.cells
        return (self.person, *(str(cells[name]) for name in _KEY[1:]))


def answered_assignments(portfolio: Portfolio, workbooks: Sequence[str | Path]) -> Answered:
    """Make answers into assignments.

    Agreed and changed rows become committed bookings; with less than was asked, the booking
    is the most too. A refusal bans the person from the project, in that role and
    period, and so does somebody else who comes instead, but for what is booked already. A
    row stands instead of one of the same person, project, role and period that is in the data.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read, without a scenario.
    workbooks : sequence of path
        Those that came back.

    Returns
    -------
    Answered

    Raises
    ------
    DataError
        With every fault of every workbook.
    """
    faults: list[Fault] = []
    answers: list[_Answer] = []
    number = 0
    for path in workbooks:
        rows, found = _read(Path(path))
        faults += found
        number += len(rows)
        answers += [row for row in rows if _is_answered(row)]
    unread = {(fault.file, fault.row) for fault in faults}
    faults += _faults(portfolio, [row for row in answers if (row.file, row.row) not in unread])
    if faults:
        raise DataError(faults)
    made = [row for row in answers if row.person]
    table = _merged(portfolio, made)
    _check(portfolio, table, made)
    count = {word: sum(row.cells["answer"] == word for row in made) for word in _WORDS}
    return Answered(
        table, count[AGREED], count[CHANGED], count[REFUSED], number - sum(count.values())
    )


_WORDS = (AGREED, CHANGED, REFUSED)


def _is_answered(row: _Answer) -> bool:
    return any(
        value not in ("", None) and not (isinstance(value, float) and math.isnan(value))
        for value in (row.cells[name] for name in TO_FILL if name != "remark")
    )


def _read(path: Path) -> tuple[list[_Answer], list[Fault]]:
    """The rows of one workbook, answered or not."""
    rows: list[_Answer] = []
    faults: list[Fault] = []

    def refused(rule: str, remedy: str) -> tuple[list[_Answer], list[Fault]]:
        return [], [Fault(str(path), None, "", "", rule, remedy)]

    if not path.is_file():
        return refused("is no file", "name the workbooks that came back")
    try:
        with open_package(path) as package:
            if len(package.sheets) > _MOST_SHEETS:
                rule = f"has {len(package.sheets)} sheets; at most {_MOST_SHEETS} are read"
                return refused(rule, "keep the sheets of the request")
            words = CellWords(package, ".")
            for sheet in package.sheets:
                if sheet.name == START_SHEET or sheet.name.startswith("_"):
                    continue
                file = f"{path.name}[{sheet.name}]"
                raw, found = read_sheet(package, sheet, words, LAYOUT, file)
                faults += found
                if raw is not None:
                    frame, found = parse_table(raw, Notation(), LAYOUT)
                    faults += found
                    rows += [
                        _Answer(file, int(row), {str(k): v for k, v in cells.items()})
                        for row, cells in zip(raw.rows, frame.to_dict("records"), strict=True)
                    ]
    except PackageError as problem:
        return refused(problem.rule, problem.remedy)
    except OSError as problem:
        return refused(f"cannot be read ({problem.strerror or problem})", "check the file")
    if not rows and not faults:
        return refused("has no row of a request", "name the workbooks that came back")
    return rows, faults


def _faults(portfolio: Portfolio, answers: Sequence[_Answer]) -> list[Fault]:
    """What is wrong with answers, each by itself and all together."""
    known = _Known(portfolio)
    faults = [fault for row in answers for fault in known.faults(row)]
    bad = {(fault.file, fault.row) for fault in faults}
    sound = [row for row in answers if (row.file, row.row) not in bad]
    seen: dict[tuple[str, ...], _Answer] = {}
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
        self._banned = set(zip(*(banned[name] for name in _KEY[:3]), strict=True))

    def faults(self, row: _Answer) -> list[Fault]:
        """What is wrong with one answer."""
        return [*self._of_asked(row), *self._of_answer(row)]

    def _of_asked(self, row: _Answer) -> list[Fault]:
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

    def _of_answer(self, row: _Answer) -> list[Fault]:
        cells, answer = row.cells, row.cells["answer"]
        given = not math.isnan(float(cells["fte_agreed"]))
        if not answer:
            rule = "is blank, and the row is filled in"
            return [row.fault("answer", rule, f"write one of: {', '.join(_WORDS)}")]
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
        if answer == AGREED and given and abs(row.fte - cells["fte"]) > _ROOM:
            rule = f"is not the {cells['fte']:g} asked for, and the row is agreed"
            return [row.fault("fte_agreed", rule, f"clear it, or write: {CHANGED}")]
        if answer == AGREED and cells["person_id"] and row.person != cells["person_id"]:
            rule = "is somebody else, and the row is agreed"
            return [row.fault("person_agreed", rule, f"clear it, or write: {CHANGED}")]
        if answer == CHANGED and not given and not cells["person_agreed"]:
            rule = "is blank, and the row is changed"
            return [row.fault("fte_agreed", rule, "write the FTE, or the person, that it becomes")]
        return self._of_person(row)

    def _of_person(self, row: _Answer) -> list[Fault]:
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


def _overbooked(portfolio: Portfolio, answers: Sequence[_Answer]) -> list[Fault]:
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
        if tuple(cells[name] for name in _KEY) not in replaced:
            sums[cells["person_id"], cells["period"]] += float(cells["fte"])
    faults = []
    for row in answers:
        if row.cells["answer"] == REFUSED:
            continue
        place = (row.person, str(row.cells["period"]))
        sums[place] += row.fte
        most = float(time[people[place[0]], labels[place[1]]])
        if sums[place] > most + _ROOM:
            column = "fte" if math.isnan(float(row.cells["fte_agreed"])) else "fte_agreed"
            rule = (
                f"makes {sums[place]:.4g} FTE committed of {place[0]} in {place[1]}, more than the "
                f"{most:.4g} that are there"
            )
            faults.append(row.fault(column, rule, f"write: {CHANGED}, and less; or: {REFUSED}"))
    return faults


def _merged(portfolio: Portfolio, answers: Sequence[_Answer]) -> pd.DataFrame:
    """The table `assignments` with the answers in it, behind what stays as it was."""
    table = portfolio.tables["assignments"]
    known = list(zip(*(table[name] for name in _KEY), strict=True))
    keys = {row.key for row in answers}
    firm = (table["booking"] == "committed") | (table["kind"] == "fixed")
    held = {key for key, holds in zip(known, firm, strict=True) if holds}
    instead = dict.fromkeys(row.replaced for row in answers if row.replaced)
    gone = [key for key in instead if key not in keys | held]
    keys.update(gone)
    replaced = pd.Series([key in keys for key in known], index=table.index, dtype=bool)
    new = pd.DataFrame(
        [
            *({**dict(zip(_KEY, key, strict=True)), "kind": "banned"} for key in gone),
            *({**dict(zip(_KEY, row.key, strict=True)), **row.becomes} for row in answers),
        ],
        columns=list(dictionary()["assignments"].names),
    )
    new[["booking", "kind"]] = new[["booking", "kind"]].fillna("")
    kept = table[~replaced]
    return pd.concat([kept, new.astype(kept.dtypes.to_dict())], ignore_index=True)


def _check(portfolio: Portfolio, table: pd.DataFrame, answers: Sequence[_Answer]) -> None:
    """Hold the whole portfolio against its rules; faults of new rows are laid at their answers."""
    try:
        Portfolio.from_changed({**portfolio.tables, "assignments": table})
    except DataError as error:
        first = len(table) - len(answers) + 2
        raise DataError([_at_answer(fault, first, answers) for fault in error.faults]) from None


def _at_answer(fault: Fault, first: int, answers: Sequence[_Answer]) -> Fault:
    if fault.table != "assignments" or fault.row is None or fault.row < first:
        return fault
    row = answers[fault.row - first]
    return replace(fault, file=row.file, row=row.row)
