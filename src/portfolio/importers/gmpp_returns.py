"""The published file of the Government Major Projects Portfolio: the rows of one year."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from portfolio.errors import DataError, Fault, nearest
from portfolio.importers.gmpp_cells import parse_date, parse_money, parse_rating, unread

__all__ = ["COLUMNS", "Return", "read_returns", "unique"]

COLUMNS = (
    "year",
    "gmpp_id",
    "project",
    "department",
    "category",
    "dca_ipa",
    "dca_sro",
    "start",
    "end",
    "fy_baseline_m",
    "fy_forecast_m",
    "wlc_m",
    "benefits_m",
)
"""Columns of the published file; only ``fy_forecast_m`` may be missing, as it is not used."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ERROR_CELL = re.compile(r"#[A-Z0/]+[!?]?")
_LONGEST = 200


@dataclass(frozen=True)
class Return:
    """One project in the return of one year.

    Attributes
    ----------
    row : int
        Row of the source as a spreadsheet counts it.
    project_id : str
        The published id, else one made from the name; unique in the year.
    name, department, category : str
        As published, with spaces put in order; "" where blank.
    rating, rated_by : str
        Delivery confidence, one of `gmpp_cells.RATINGS`, and whose it is (``reviewer``,
        ``owner``); both "" where neither gives one.
    start, end : datetime.date or None
    cost, benefit, baseline : int or None
        Whole-life cost, monetised benefit and the year's baseline, in GBP.
    unread : mapping of str to str
        Columns whose cells could not be used, with the reason.
    cells : mapping of str to str
        The cells as published, by column.
    """

    row: int
    project_id: str
    name: str
    department: str
    category: str
    rating: str
    rated_by: str
    start: dt.date | None
    end: dt.date | None
    cost: int | None
    benefit: int | None
    baseline: int | None
    unread: Mapping[str, str]
    cells: Mapping[str, str]


def read_returns(source: Path, year: int) -> list[Return]:
    """Read the projects that one year's return names.

    Parameters
    ----------
    source : Path
        The published file: CSV, UTF-8, the header in row 1.
    year : int

    Returns
    -------
    list of Return
        In the order of the file.

    Raises
    ------
    DataError
        With every fault: not this file, columns missing, rows that cannot be
        told apart, a year that is not in it.
    """
    records = _records(source)
    faults: list[Fault] = []
    years: set[int] = set()
    chosen = []
    for row, cells in records:
        if not re.fullmatch(r"[0-9]{4}", cells["year"]):
            rule = "is not a year, so the row belongs to no return"
            remedy = "write the year of the return in four digits"
            faults.append(Fault(source.name, row, "year", cells["year"], rule, remedy))
            continue
        years.add(int(cells["year"]))
        if int(cells["year"]) == year:
            chosen.append((row, cells))
    if not chosen and not faults:
        there = ", ".join(map(str, sorted(years)))
        rule = "is a year that the file does not hold"
        remedy = f"ask for one of {there}" if years else "the file has no rows under its header"
        faults.append(Fault(source.name, None, "year", str(year), rule, remedy))
    faults += _naming_faults(source.name, chosen)
    if faults:
        raise DataError(sorted(faults, key=lambda fault: (fault.row or 0, fault.column)))
    ids = {cells["gmpp_id"] for _, cells in chosen if cells["gmpp_id"]}
    return [_return(row, cells, year, ids) for row, cells in chosen]


def unique(wanted: str, taken: set[str]) -> str:
    """An id that is not taken yet, which it then is: ``name``, ``name-2``, ``name-3``."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found


def _records(source: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows with their place; names, ids and words with their spaces in order."""
    rows = _lines(source)
    header = [name.strip() for name in next(rows, (1, []))[1]]
    faults = [
        Fault(source.name, 1, name, "", "is missing", _remedy_of_missing(name, header))
        for name in COLUMNS
        if name not in header and name != "fy_forecast_m"
    ]
    faults += [
        Fault(source.name, 1, name, "", "stands twice in the header", "keep one of the columns")
        for name in COLUMNS
        if header.count(name) > 1
    ]
    if faults:
        raise DataError(faults)
    records = []
    for row, texts in rows:
        if not any(text.strip() for text in texts):
            continue
        if len(texts) != len(header):
            rule = f"has {len(texts)} cells, and the header has {len(header)}"
            remedy = "put cells that hold a comma in double quotes, or mend the row"
            faults.append(Fault(source.name, row, "", "", rule, remedy))
            continue
        cells = {name: " ".join(text.split()) for name, text in zip(header, texts, strict=True)}
        records.append((row, {name: cells.get(name, "") for name in COLUMNS if name in cells}))
    if faults:
        raise DataError(faults)
    return records


def _remedy_of_missing(name: str, header: list[str]) -> str:
    if not any(header):
        return "give the file as published: its first row names the columns"
    others = [other for other in header if other and other not in COLUMNS]
    hint = f"; {nearest(name, others)}" if others else ""
    return f"give the file as published, or name the column {name}{hint}"


def _lines(source: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows of text as a spreadsheet counts them, a row of several lines as one."""
    try:
        text = source.read_bytes().decode("utf-8-sig")
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1)
    except OSError as problem:
        rule = f"cannot be read ({problem.strerror or problem})"
        remedy = "name the published CSV file"
        raise DataError([Fault(source.name, None, "", "", rule, remedy)]) from None
    except UnicodeDecodeError as problem:
        rule = f"is not text in UTF-8 (byte {problem.start + 1})"
        remedy = "save it as CSV UTF-8"
        raise DataError([Fault(source.name, None, "", "", rule, remedy)]) from None
    except csv.Error as problem:
        rule = f"is not a CSV file ({problem})"
        remedy = "save it as CSV UTF-8, with a comma between cells"
        raise DataError([Fault(source.name, None, "", "", rule, remedy)]) from None


def _naming_faults(file: str, chosen: list[tuple[int, dict[str, str]]]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row, cells in chosen:
        for column in ("gmpp_id", "project", "department", "category"):
            text = cells[column]
            if _CONTROL.search(text) or _ERROR_CELL.fullmatch(text) or len(text) > _LONGEST:
                rule = "is an error of a spreadsheet, holds a control character or is too long"
                yield Fault(file, row, column, text[:_LONGEST], rule, "type it again")
        if not cells["gmpp_id"] and not cells["project"]:
            rule = "has neither an id nor a name of a project"
            yield Fault(file, row, "project", "", rule, "fill in one of the two, or delete the row")
        if cells["gmpp_id"]:
            before = first.setdefault(cells["gmpp_id"], row)
            if before != row:
                rule = f"stands already in row {before}; its money would count twice"
                remedy = "keep one of the two rows, or give one its own id"
                yield Fault(file, row, "gmpp_id", cells["gmpp_id"], rule, remedy)


def _return(row: int, cells: dict[str, str], year: int, ids: set[str]) -> Return:
    problems: dict[str, str] = {}

    def money(column: str) -> int | None:
        pounds = parse_money(cells.get(column, ""))
        if pounds is None:
            problems[column] = unread(cells.get(column, ""))
        return pounds

    def day(column: str) -> dt.date | None:
        found = parse_date(cells[column], year)
        if found is None:
            problems[column] = unread(cells[column])
        return found

    name = cells["project"] or cells["gmpp_id"]
    for column in ("gmpp_id", "project", "department", "category"):
        if not cells[column]:
            problems[column] = "blank"
    reviewer, owner = parse_rating(cells["dca_ipa"]), parse_rating(cells["dca_sro"])
    for column, rating in (("dca_ipa", reviewer), ("dca_sro", owner)):
        # The returns give one rating a project: a blank beside it is no gap.
        if not rating and (cells[column] or not (reviewer or owner)):
            problems[column] = unread(cells[column])
    start, end = day("start"), day("end")
    cost, benefit, baseline = money("wlc_m"), money("benefits_m"), money("fy_baseline_m")
    if "fy_forecast_m" in cells:
        money("fy_forecast_m")
    return Return(
        row=row,
        project_id=cells["gmpp_id"] or unique(_readable(name), ids),
        name=name,
        department=cells["department"],
        category=cells["category"],
        rating=reviewer or owner,
        rated_by="reviewer" if reviewer else "owner" if owner else "",
        start=start,
        end=end,
        cost=cost,
        benefit=benefit,
        baseline=baseline,
        unread=problems,
        cells=cells,
    )


def _readable(name: str) -> str:
    """An id from a name: plain small letters and digits, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower().replace("'", ""))
    readable = "-".join(words) or "project"
    return readable if len(readable) <= 60 else readable[:60].rsplit("-", 1)[0]
