"""Answers to a staffing request, read back as assignments: all of them, or none and every fault.

A workbook that comes back is read as the tables of a portfolio are: sizes are looked at
before anything is unpacked, formulas are never run, and what is read is what is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from portfolio.data.cells import Notation
from portfolio.data.cellwords import CellWords
from portfolio.data.package import PackageError, open_package
from portfolio.data.portfolio import Portfolio
from portfolio.data.schema import dictionary, parse_table
from portfolio.data.workbook import START_SHEET, read_sheet
from portfolio.errors import DataError, Fault
from portfolio.staffing.answer import KEY, Answer
from portfolio.staffing.judging import answer_faults
from portfolio.staffing.layout import AGREED, ANSWERS, CHANGED, LAYOUT, REFUSED

__all__ = ["Answered", "answered_assignments"]

_MOST_SHEETS = 50


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
    answers: list[Answer] = []
    number = 0
    for path in workbooks:
        rows, found = _read(Path(path))
        faults += found
        number += len(rows)
        answers += [row for row in rows if row.filled]
    unread = {(fault.file, fault.row) for fault in faults}
    readable = [row for row in answers if (row.file, row.row) not in unread]
    faults += answer_faults(portfolio, readable)
    if faults:
        raise DataError(faults)
    made = [row for row in answers if row.person]
    table = _merged(portfolio, made)
    _check(portfolio, table, made)
    count = {word: sum(row.cells["answer"] == word for row in made) for word in ANSWERS}
    return Answered(
        table, count[AGREED], count[CHANGED], count[REFUSED], number - sum(count.values())
    )


def _read(path: Path) -> tuple[list[Answer], list[Fault]]:
    """The rows of one workbook, answered or not."""
    rows: list[Answer] = []
    faults: list[Fault] = []

    def refused(rule: str, remedy: str) -> tuple[list[Answer], list[Fault]]:
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
                        Answer(file, int(row), {str(k): v for k, v in cells.items()})
                        for row, cells in zip(raw.rows, frame.to_dict("records"), strict=True)
                    ]
    except PackageError as problem:
        return refused(problem.rule, problem.remedy)
    except OSError as problem:
        return refused(f"cannot be read ({problem.strerror or problem})", "check the file")
    if not rows and not faults:
        return refused("has no row of a request", "name the workbooks that came back")
    return rows, faults


def _merged(portfolio: Portfolio, answers: Sequence[Answer]) -> pd.DataFrame:
    """The table `assignments` with the answers in it, behind what stays as it was."""
    table = portfolio.tables["assignments"]
    known = list(zip(*(table[name] for name in KEY), strict=True))
    keys = {row.key for row in answers}
    firm = (table["booking"] == "committed") | (table["kind"] == "fixed")
    held = {key for key, holds in zip(known, firm, strict=True) if holds}
    instead = dict.fromkeys(row.replaced for row in answers if row.replaced)
    gone = [key for key in instead if key not in keys | held]
    keys.update(gone)
    replaced = pd.Series([key in keys for key in known], index=table.index, dtype=bool)
    new = pd.DataFrame(
        [
            *({**dict(zip(KEY, key, strict=True)), "kind": "banned"} for key in gone),
            *({**dict(zip(KEY, row.key, strict=True)), **row.becomes} for row in answers),
        ],
        columns=list(dictionary()["assignments"].names),
    )
    new[["booking", "kind"]] = new[["booking", "kind"]].fillna("")
    kept = table[~replaced]
    return pd.concat([kept, new.astype(kept.dtypes.to_dict())], ignore_index=True)


def _check(portfolio: Portfolio, table: pd.DataFrame, answers: Sequence[Answer]) -> None:
    """Hold the whole portfolio against its rules; faults of new rows are laid at their answers."""
    try:
        portfolio.with_tables({"assignments": table})
    except DataError as error:
        first = len(table) - len(answers) + 2
        raise DataError([_at_answer(fault, first, answers) for fault in error.faults]) from None


def _at_answer(fault: Fault, first: int, answers: Sequence[Answer]) -> Fault:
    if fault.table != "assignments" or fault.row is None or fault.row < first:
        return fault
    row = answers[fault.row - first]
    return replace(fault, file=row.file, row=row.row)
