"""A staffing request as files: a workbook and a page for each line of people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from portfolio.allocation import Allocation
from portfolio.data.place import new_folder
from portfolio.data.portfolio import Portfolio
from portfolio.errors import ReportError
from portfolio.figures import period_words
from portfolio.figures.lengths import work
from portfolio.language import decimal, plural, say
from portfolio.reports import pieces
from portfolio.reports.page import page_of
from portfolio.reports.store import slug
from portfolio.staffing.request import staffing_requests
from portfolio.staffing.workbook import write_request

__all__ = ["Request", "write_requests"]


@dataclass(frozen=True)
class Request:
    """What one line is asked.

    Attributes
    ----------
    line : str
        The line, in words.
    workbook, page : Path
        Its files.
    rows : int
        How many questions.
    """

    line: str
    workbook: Path
    page: Path
    rows: int


def write_requests(
    portfolio: Portfolio,
    allocation: Allocation,
    folder: Path,
    *,
    line: str = "role",
    until: str = "",
    overwrite: bool = False,
) -> list[Request]:
    """Write the requests of an allocation, all of them or none.

    They go to the people's own managers and so name people; they hold no rate. Names of
    confidential projects are in them: who works there has to know.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    allocation : Allocation
        With a solution.
    folder : Path
        Where to; made where it is missing.
    line : str
        By what people form a line; see `staffing_requests`.
    until : str
        The last period asked about; "" for all.
    overwrite : bool
        Whether requests that stand there may be replaced.

    Returns
    -------
    list of Request

    Raises
    ------
    DataError
        If requests are there already, or the parent folder is not.
    ReportError
        If nobody is to be asked anything.
    """
    rows = staffing_requests(portfolio, allocation, line=line, until=until)
    if rows.empty:
        raise ReportError(
            "Nobody is to be asked anything: all that the allocation needs is committed already."
        )
    lines = [(str(name), own) for name, own in rows.groupby("line", sort=False)]
    names = [f"staffing-{slug(name)}" for name, _ in lines]
    standing = {entry.name for entry in folder.glob("staffing-*")} if folder.is_dir() else set()
    files = {f"{name}{end}" for name in names for end in (".xlsx", ".html")} | standing
    with new_folder(folder, files, overwrite=overwrite) as staged:
        for name, (called, own) in zip(names, lines, strict=True):
            about = _about(portfolio, allocation, own)
            write_request(staged / f"{name}.xlsx", called, own, about)
            page = _page(portfolio, called, own, about)
            (staged / f"{name}.html").write_text(page, encoding="utf-8")
    return [
        Request(called, folder / f"{name}.xlsx", folder / f"{name}.html", len(own))
        for name, (called, own) in zip(names, lines, strict=True)
    ]


def _about(portfolio: Portfolio, allocation: Allocation, rows: pd.DataFrame) -> str:
    labels = [label for label in portfolio.calendar.labels if label in set(rows["period"])]
    people = rows.loc[rows["person_id"] != "", "person_id"].nunique()
    nobody = int((rows["person_id"] == "").sum())
    sentence = say(
        "{portfolio}, scenario {scenario}, {span}: {rows} on {people}, {amount} in all.",
        portfolio=portfolio.settings.name,
        scenario=allocation.scenario,
        span=_span(labels[0], labels[-1]),
        rows=plural("{n} row", "{n} rows", len(rows)),
        people=plural("{n} person", "{n} people", people),
        amount=work(float(rows["fte"].sum()), portfolio.calendar.frequency),
    )
    if nobody:
        without = plural(
            "In {n} row nobody is found yet.", "In {n} rows nobody is found yet.", nobody
        )
        sentence = f"{sentence} {without}"
    return sentence


def _span(first: str, last: str) -> str:
    if first == last:
        return period_words(first)
    return say("{first} to {last}", first=period_words(first), last=period_words(last))


def _page(portfolio: Portfolio, line: str, rows: pd.DataFrame, about: str) -> str:
    title = say("Staffing request: {line}", line=line)
    shown = _stretches(portfolio, rows)
    table = pieces.table(
        shown,
        {
            "person": say("Person"),
            "role": say("Role"),
            "project": say("Project"),
            "when": say("When"),
            "fte": say("FTE"),
            "why": say("Why"),
        },
        numbers={"fte": lambda fte: decimal(fte, ".2f")},
        unbroken=("when",),
        wide=("why",),
        caption=say("Consecutive periods that are alike share a row"),
    )
    how = pieces.paragraphs(
        [
            say(
                "This is a question, and no order: line managers decide who works where. Answers "
                "go into the workbook of the same name, row by row: agreed, changed to, or refused."
            )
        ],
        "ask",
    )
    return page_of(
        [(pieces.heading(title, about), ()), (how, ("decision",)), (table, ("panel",))],
        title,
        footer=f"{title}. {about}",
    )


def _stretches(portfolio: Portfolio, rows: pd.DataFrame) -> pd.DataFrame:
    """Consecutive periods of one person, role and project with the same FTE, as one row."""
    t_of = {label: t for t, label in enumerate(portfolio.calendar.labels)}
    same = ["person_id", "role_id", "project_id", "fte", "why"]
    found: list[dict[str, object]] = []
    for row in rows.to_dict("records"):
        t = t_of[row["period"]]
        last = found[-1] if found else None
        if last and all(last[name] == row[name] for name in same) and last["last"] == t - 1:
            last["last"] = t
        else:
            found.append({**{str(name): value for name, value in row.items()}, "last": t})
    labels = portfolio.calendar.labels
    for one in found:
        end = labels[int(str(one["last"]))]
        one["when"] = _span(str(one["period"]), end)
    return pd.DataFrame(found)
