"""Contents of board reports from small portfolios, and what they must say, counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.plan import Plan
from portfolio.reports import (
    appendix,
    benefits,
    beside,
    brings_in,
    decided,
    funding,
    health,
    joining,
    moved,
    one_more,
    project_lists,
    released,
    risks,
    sections,
)
from portfolio.reports.audience import Audience
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.scenario import Scenario

IN = ("in_flight", "funded", "deferred")
OUT = ("left_out", "stopped")
# Small portfolios have roles of one person, which are told apart here.
EACH_ROLE = Audience(names=True)
RUN = "20270101T000000000Z-abcdef"


def solve(
    portfolio: Portfolio,
    scenario: Mapping[str, Any] | None = None,
    *,
    period: str = "",
    next_best: bool = False,
    assumptions: tuple[str, ...] = (),
    audience: Audience = EACH_ROLE,
) -> BoardContent:
    """The content of a report of the best plan."""
    asked = Scenario.from_dict(scenario or {})
    settings = Settings(gap=0.0, threads=1)
    plan = optimize(portfolio, asked, settings)
    other = optimize(portfolio, asked, settings, other_than=plan) if next_best else None
    return content(
        portfolio,
        plan,
        asked,
        other=other,
        period=period,
        assumptions=assumptions,
        audience=audience,
    )


def content(
    portfolio: Portfolio,
    plan: Plan,
    scenario: Scenario | None = None,
    *,
    other: Plan | None = None,
    period: str = "",
    assumptions: tuple[str, ...] = (),
    audience: Audience = EACH_ROLE,
) -> BoardContent:
    asked = scenario or Scenario()
    return BoardContent(
        portfolio=asked.apply(portfolio),
        scenario=asked,
        plan=plan,
        period=period or portfolio.calendar.first_period,
        next_best=other,
        assumptions=assumptions,
        audience=audience,
    )


def page(board: BoardContent) -> str:
    """All that the sections of the page say, in the order of the notebook."""
    return str(
        sum(
            [
                sections.heading(board),
                sections.cards(board),
                sections.decision(board),
                sections.passed(board),
                sections.kinds(board),
                released.released(board),
                sections.asks(board),
                health.health(board),
                joining.joining(board),
                one_more.one_more(board),
                project_lists.funded(board),
                project_lists.left_out(board),
                brings_in.brings_in(board),
                beside.beside(board),
                project_lists.not_drawn(board),
                moved.moved(board),
                funding.funding(board),
                benefits.benefits(board),
                risks.risks(board),
                project_lists.in_flight(board),
                appendix.appendix(board, RUN),
                decided.decided(board),
            ],
            Pieces(),
        )
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.texts: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self._cell = False
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True
        elif tag in ("h1", "h2", "h3", "p", "caption"):
            self.texts.append((tag, ""))
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False
        elif self._open and tag == self._open[-1]:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data
        elif self._open:
            tag, text = self.texts[-1]
            self.texts[-1] = (tag, text + data)


def read(html: str | Pieces) -> _Reader:
    """What a browser reads of a piece: rows of cells, headings and paragraphs, names of tags."""
    reader = _Reader()
    reader.feed(str(html))
    reader.close()
    return reader


def rows(html: str | Pieces) -> list[dict[str, str]]:
    """Rows of the only table of a piece, by the headings of their columns."""
    head, *body = read(html).rows or [[]]
    return [dict(zip(head, row, strict=True)) for row in body]


def finding(html: str | Pieces) -> str:
    """The headline of a piece."""
    return next(text for tag, text in read(html).texts if tag == "h2")


def paragraphs(html: str) -> list[str]:
    return [text for tag, text in read(html).texts if tag == "p"]


@dataclass(frozen=True)
class Facts:
    """What a plan amounts to, counted row by row from the tables, without pandas."""

    board: BoardContent

    @property
    def projects(self) -> dict[str, dict[str, Any]]:
        return {row["project_id"]: row for row in _records(self.board.portfolio["projects"])}

    @property
    def chosen(self) -> dict[str, dict[str, Any]]:
        assert self.board.plan.selection is not None
        return {row["project_id"]: row for row in _records(self.board.plan.selection)}

    def decided(self, *decisions: str) -> set[str]:
        return {name for name, row in self.chosen.items() if row["decision"] in decisions}

    def kind(self, project: str) -> str:
        row = self.projects[project]
        if row["force"] == "in":
            return "committed" if row["force_reason"] == "committed" else "must_do"
        return "committed" if row["stage"] == "in_flight" else "discretionary"

    def spends(self, project: str, begin: int | None = None) -> list[tuple[int, float]]:
        """Period and amount of each cost of a project that starts when the plan says."""
        calendar = self.board.portfolio.calendar
        row = self.chosen[project]
        if begin is None:
            begin = calendar.index(row["start"])
        found = []
        options = _records(self.board.portfolio["options"])
        only = [o["option_id"] for o in options if o["project_id"] == project]
        for cost in _records(self.board.portfolio["costs"]):
            option = cost["option_id"] or (only[0] if len(only) == 1 else "")
            if cost["project_id"] != project or option != row["option_id"]:
                continue
            t = calendar.index(cost["period"]) if cost["period"] else begin + int(cost["offset"])
            found.append((t, float(cost["amount"])))
        return found

    def ahead(self, project: str) -> float:
        """Money from the first period on; of what is left out, as if it began at once."""
        begin = None
        if self.chosen[project]["decision"] == "stopped":
            begin = self.board.portfolio.calendar.index(self.projects[project]["started"])
        elif not self.chosen[project]["start"]:
            begin = 0
        return sum(amount for t, amount in self.spends(project, begin) if t >= 0)

    def spend(self) -> dict[tuple[int, str], float]:
        """Spend inside the horizon by period and kind."""
        sums: dict[tuple[int, str], float] = {}
        periods = self.board.portfolio.calendar.periods
        for project in self.decided(*IN):
            for t, amount in self.spends(project):
                if 0 <= t < periods:
                    key = (t, self.kind(project))
                    sums[key] = sums.get(key, 0.0) + amount
        for project in self.decided("stopped"):
            cost = float(self.projects[project]["stop_cost"])
            sums[0, "committed"] = sums.get((0, "committed"), 0.0) + cost
        return sums

    def value(self, project: str) -> float:
        return float(self.projects[project]["value"])

    @property
    def today(self) -> dt.date:
        day = self.board.portfolio.settings.data_date
        return day or self.board.portfolio.calendar.first_day(0)

    def period_of(self, day: dt.date) -> int:
        calendar = self.board.portfolio.calendar
        return next(
            t for t in range(-100, 100) if calendar.first_day(t) <= day <= calendar.last_day(t)
        )

    def released(self, project: str) -> float:
        mine = [
            row
            for row in _records(self.board.portfolio["approvals"])
            if row["project_id"] == project
        ]
        if not mine:
            return sum(amount for t, amount in self.spends(project) if t < 0)
        return sum(float(row["amount"]) for row in mine if not pd.isna(row["released_on"]))

    def gate(self, project: str) -> tuple[str, int] | None:
        """The first gate to come, and its period."""
        ahead = [
            (row["planned"].date(), row["gate"])
            for row in _records(self.board.portfolio["gates"])
            if row["project_id"] == project
            and pd.isna(row["passed_on"])
            and not pd.isna(row["planned"])
        ]
        if not ahead:
            return None
        day = min(day for day, _ in ahead)
        first = next(gate for when, gate in ahead if when == day)
        # One that is overdue is still to come, and not before today.
        return first, max(self.period_of(day), self.period_of(self.today), 0)

    def release(self, project: str) -> float:
        """The forecast up to the next gate, else to the end of the first year in the plan."""
        calendar = self.board.portfolio.calendar
        gate = self.gate(project)
        first = max(calendar.index(self.chosen[project]["start"]), 0)
        if gate and gate[1] >= first:
            last = gate[1]
        else:
            year = calendar.coarser(first, "year")
            last = max(t for t in range(-100, 200) if calendar.coarser(t, "year") == year)
        due = sum(amount for t, amount in self.spends(project) if t <= last)
        return max(due - self.released(project), 0.0)

    def asked(self) -> dict[str, str]:
        """What is asked for each project."""
        asked = {}
        for project, row in self.chosen.items():
            stage = self.projects[project]["stage"]
            if row["decision"] == "stopped":
                asked[project] = "stop"
            elif row["decision"] in ("funded", "deferred") and stage != "approved":
                asked[project] = "approve"
            elif row["decision"] in IN and self.release(project) >= 0.5:
                asked[project] = "release"
        return asked


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): cell for key, cell in row.items()} for row in frame.to_dict("records")]
