"""A board report of names that mean harm, made twice: nothing is run, and both are the same."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder, write_workbook
from portfolio.reports.kinds import BOARD
from portfolio.reports.publish import PublishedRun, publish_report
from portfolio.reports.store import verify_reports

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "{{ 7 * 7 }} ${7*7} {x}",
    "[link](javascript:alert(1)) ![p](http://host/p.png)",
    "'; import os; os.abort() #",
    "\u202eflipped \u2066here",
    "]]></svg><svg onload=alert(1)>",
]
MASKS = {
    r"\d{8}T\d{12}Z-[0-9a-f]{6}": "RUN",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?": "TIME",
    r'("(?:\w*seconds|duration)": )[\d.]+': r"\1SECONDS",
    r"\d+\.\d+ s of at most": "SECONDS of at most",
    r">\d+\.\d\d</td></tr>": ">SECONDS</td></tr>",
    r'"text": "\d+\.\d\d",\s+"value": [\d.e-]+': '"text": "SECONDS"',
    r"Cell\(text='\d+\.\d\d', value=[\d.e-]+\)": "SECONDS",
}


@pytest.fixture(scope="module")
def portfolio(small: Callable[..., Portfolio]) -> Portfolio:
    projects: dict[str, dict[str, Any]] = {
        f"P{number}": {"name": name, "value": 10 - number, "cost": [1], "need": {"R": [0.2]}}
        for number, name in enumerate(HOSTILE)
    }
    projects["P0"] |= {"stage": "in_flight", "started": "2027"}
    projects["=P9"] = {**projects.pop("P9"), "programme_id": "-G"}
    return small(
        projects,
        budget=7,
        people={f"p{number}": {"R": 1.0} for number in range(3)},
        facts={f"p{number}": {"name": name} for number, name in enumerate(HOSTILE)},
        programmes=[{"programme_id": "-G", "name": HOSTILE[0]}],
        groups=[{"group_id": "+G", "kind": "at_most", "limit": 1}],
        group_members=[{"group_id": "+G", "project_id": one} for one in ("P1", "P2")],
        commentary=[
            {"period": "2027", "project_id": "P1", "section": "=S", "text": name, "author": name}
            for name in HOSTILE[:1]
        ],
        settings={"name": HOSTILE[4] + HOSTILE[0]},
    )


@pytest.fixture(scope="module")
def runs(portfolio: Portfolio, tmp_path_factory: pytest.TempPathFactory) -> list[PublishedRun]:
    """The same report twice."""
    folder = tmp_path_factory.mktemp("hostile")
    data = write_folder(portfolio.tables, folder / "data")
    parameters = {"gap": 0.0, "frontier_points": 0, "threads": 1}
    return [
        publish_report(BOARD, data, reports=folder / "reports", parameters=parameters)
        for _ in range(2)
    ]


def masked(path: Path) -> str:
    """What a file says, but for times and ids."""
    text = path.read_text(encoding="utf-8")
    for look, instead in MASKS.items():
        text = re.sub(look, instead, text)
    if path.name == "objectives.csv":
        text = "\n".join(line.rpartition(",")[0] for line in text.splitlines())
    return text


def test_a_rerun_is_the_same_but_for_times_and_ids(runs: list[PublishedRun]) -> None:
    first, second = (
        {
            path.name: masked(path)
            for path in run.folder.iterdir()
            if path.name not in ("SHA256SUMS", "manifest.json")
        }
        for run in runs
    )
    assert set(first) >= {"report.html", "report.ipynb", "summary.json", "selection.csv"}
    for name, text in first.items():
        assert text == second[name], name
    one, other = (json.loads((run.folder / "manifest.json").read_text()) for run in runs)
    differing = {name for name in one if one[name] != other[name]}
    assert differing <= {
        *("run_id", "started", "finished", "seconds", "notebook_seconds", "previous"),
        "parameters",
    }
    assert {**one["parameters"], "run_id": ""} == {**other["parameters"], "run_id": ""}


class Page(HTMLParser):
    """What a browser would build of a page, as far as it could run or load something."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.active: list[tuple[str, str, str | None]] = []
        self.said = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            loads = name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset")
            local = (value or "").startswith(("#", "data:image/"))
            if name.startswith("on") or (loads and not local):
                self.active.append((tag, name, value))

    def handle_data(self, data: str) -> None:
        self.said += data


def test_nothing_on_the_page_is_run_or_loaded(runs: list[PublishedRun]) -> None:
    page = Page(runs[0].page.read_text(encoding="utf-8"))
    assert page.active == []
    assert not page.tags & {"script", "iframe", "object", "embed", "form", "base", "foreignobject"}
    for name in HOSTILE:
        if "\u202e" not in name:
            assert name in page.said, name
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.said)


def test_no_cell_of_a_table_is_a_formula(runs: list[PublishedRun]) -> None:
    tables = list(runs[0].folder.glob("*.csv"))
    assert len(tables) > 4
    for path in tables:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                for cell in row:
                    number = re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)
                    assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_no_name_is_a_path(runs: list[PublishedRun]) -> None:
    reports = runs[0].folder.parents[4]
    assert [path.name for path in sorted(reports.parent.iterdir())] == ["data", "reports"]
    assert runs[0].folder.parents[3].name.startswith("etc-passwd-script-alert-1-script-")
    assert verify_reports(reports) == (2, [])


def test_a_workbook_of_the_same_holds_no_formula(portfolio: Portfolio, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = write_workbook(portfolio.tables, tmp_path / "data.xlsx")
    kinds = {
        cell.data_type for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row
    }
    assert "f" not in kinds
