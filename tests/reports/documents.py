"""A small document with every piece and every kind of figure, as a notebook shows it."""

from __future__ import annotations

import datetime as dt
import itertools
from functools import cache
from typing import Any

import pandas as pd

from portfolio import figures
from portfolio.reports import pieces
from portfolio.reports.document import About, Document, read_document
from portfolio.reports.pieces import Pieces
from portfolio.reports.written import SHARE, money_in

from .notebooks import code, notebook

HOSTILE = [
    '#eval("1+1") *bold* _it_ $x^2$ @ref <label> `raw`',
    '=cmd|"/c calc"!A1',
    "+1-2",
    "-@SUM(1)",
    "\t=1+1",
    "{=1+1}",
    "https://evil.invalid/x mailto:a@b",
    "<script>alert(1)</script> & ]]> </a:t>",
    "\u202egnp.exe\u2066 turned\x00\x1b[31m\x0b round",
    "x" * 500,
    "\U0001f680 emoji and \u4e2d\u6587",
    "_x0041_ [Sheet]!A1 'quoted' \"double\"",
    "lone \ud800 surrogate",
]
"""Names that would be markup, formulas, links, controls or too long somewhere."""

MADE = dt.datetime(2026, 11, 26, 9, 30, 15, 250_000, tzinfo=dt.UTC)


def about(name: str = "Water") -> About:
    return About(name, "board report", "Nov 2026", "RUN-1", MADE)


def cell(shown: Any, *tags: str) -> Any:
    """An executed cell that ends with what is shown."""
    bundle = shown._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    made = code("show()", *tags)
    made.outputs = [
        {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": metadata}
    ]
    made.execution_count = 1
    return made


def listing(names: list[str], wide: str = "Because.") -> Pieces:
    """A table of things with a cost and a share."""
    number = range(len(names))
    frame = pd.DataFrame(
        {
            "id": [f"P{i:03}" for i in number],
            "name": names,
            "cost": [1234567.8 * (i + 1) for i in number],
            "part": [1 / (i + 2) for i in number],
            "why": [wide] * len(names),
        }
    )
    return pieces.table(
        frame,
        {"id": "Id", "name": "Project", "cost": "Cost", "part": "Share", "why": "Why"},
        name="Newly funded",
        numbers={"cost": money_in("EUR"), "part": SHARE},
        unbroken=("id",),
        wide=("why",),
        caption="What is funded",
        total={"id": "All", "cost": frame["cost"].sum()},
    )


def charts(names: list[str]) -> list[figures.Picture]:
    """One figure of each kind that is plotted."""
    periods = ["2027-01", "2027-02", "2027-03"]
    both = list(itertools.product(range(len(names)), periods))
    spend = pd.DataFrame(
        {"period": periods, "kind": ["must_do", "committed", "discretionary"], "amount": [1e6] * 3}
    )
    budget = pd.DataFrame({"period": periods, "amount": [2e6, 2e6, 0.5e6]})
    capacity = pd.DataFrame(
        [
            {"role_id": f"R{i}", "role": names[i], "period": period, "demand": i, "capacity": 4.0}
            for i, period in both
        ]
    )
    roadmap = pd.DataFrame(
        {
            "project_id": [f"P{i}" for i in range(len(names))],
            "name": names,
            "programme": names,
            "decision": "funded",
            "start": "2027-01",
            "finish": "2027-02",
            "earliest_start": "",
            "target_finish": "2027-01",
        }
    )
    limits = pd.DataFrame(
        {
            "limit": names,
            "used": [float(i) for i in range(len(names))],
            "available": 1.0,
            "unit": "FTE",
        }
    )
    return [
        figures.show(figures.spend_chart(spend, budget, currency="EUR")),
        figures.show(figures.capacity_chart(capacity)),
        figures.show(figures.roadmap_chart(roadmap, periods)),
        figures.show(figures.bindings_chart(limits, currency="EUR")),
    ]


def executed(names: list[str], wide: str = "Because.") -> Any:
    """A whole executed notebook about things with these names."""
    drawn = charts(names)
    head = pieces.heading(names[0], names[-1])
    decision = pieces.title("For decision") + pieces.paragraphs([f"Approve {names[0]}."], "ask")
    table = pieces.finding(f"{len(names)} are funded", names[0]) + listing(names, wide)
    return notebook(
        cell(head),
        cell(pieces.cards([("3 of 4", name) for name in names[:4]])),
        cell(decision, "decision"),
        cell(pieces.finding("Left") + listing(names[:2]), "panel", "half"),
        cell(drawn[3], "panel", "half"),
        cell(table, "panel", "page"),
        *[cell(chart, "panel") for chart in drawn],
        cell(pieces.title("Appendix") + pieces.paragraphs(names), "appendix", "page"),
    )


def document(names: list[str], wide: str = "Because.") -> Document:
    """As `executed`, read."""
    return _document(tuple(names), wide)


@cache
def _document(names: tuple[str, ...], wide: str) -> Document:
    return read_document(executed(list(names), wide), about())
