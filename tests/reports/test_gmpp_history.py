"""Five years of the UK Government's Major Projects returns, as five board reports in a row."""

from __future__ import annotations

import json
import os
import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from portfolio.importers.gmpp import import_gmpp, write_import
from portfolio.reports.due import read_schedule, run_due
from portfolio.reports.history import changes
from portfolio.reports.index import write_index
from portfolio.reports.store import find_runs, issue_run

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("PORTFOLIO_SHARED_DATA", ROOT.parent / "shared" / "data"))
SOURCE = SHARED / "gmpp" / "gmpp_2019_2023.csv"
YEARS = ("2019", "2020", "2021", "2022", "2023")
SCHEDULE = """
reports: published
schedule:
  - kind: board
    cadence: yearly
    since: 2019
    data: "returns/{period}"
    scenarios: "returns/{period}/scenarios/spending-review.yaml"
    notebook: quick.ipynb
    gap: 0.05
    time_limit: 10
"""


@pytest.mark.skipif(not SOURCE.exists(), reason="the returns are not in the shared data folder")
def test_each_year_is_compared_with_the_one_issued_before(tmp_path: Path) -> None:
    """What the page says has changed is what the published tables of both years say."""
    for year in YEARS:
        write_import(import_gmpp(SOURCE, year=int(year)), tmp_path / "returns" / year)
    _quick(tmp_path / "quick.ipynb")
    (tmp_path / "reports.yaml").write_text(SCHEDULE)
    schedule = read_schedule(tmp_path / "reports.yaml")
    folders: dict[str, Path] = {}
    for year in YEARS:
        # the board meets, and issues the report, before the next year has ended
        summary = run_due(schedule, pd.Timestamp(f"{int(year) + 1}-01-02", tz="UTC"))
        (outcome,) = summary.outcomes
        assert (outcome.due.period, outcome.state) == (year, "made"), outcome.told
        folders[year] = Path(outcome.told).parent
        issue_run(schedule.reports, folders[year].name, "The Infrastructure and Projects Authority")
    assert {run.state for run in find_runs(schedule.reports)} == {"issued"}
    first = (folders["2019"] / "report.html").read_text(encoding="utf-8")
    assert "Since 20" not in first
    for before, now in pairwise(YEARS):
        manifest = json.loads((folders[now] / "manifest.json").read_text())
        compared = manifest["compared_with"]
        assert [one["period"] for one in compared] == list(YEARS[: YEARS.index(now)])
        assert compared[-1]["run_id"] == folders[before].name
        found = changes(folders[before], folders[now])
        page = (folders[now] / "report.html").read_text(encoding="utf-8")
        assert "Stop " in page
        assumptions = tmp_path / "returns" / now / "notes" / "assumptions.md"
        for line in assumptions.read_text(encoding="utf-8").splitlines():
            if line.startswith("- ") and "&" not in line:
                assert line.removeprefix("- ").split(",")[0] in page
        # page one says it first; dates that moved say their part of it once more
        said, *_ = re.findall(rf"Since {before}, [^<]*", page)
        numbers = [int(number) for number in re.findall(r"\b\d+(?= )", said.partition(", ")[2])]
        assert numbers[:2] == [len(found.joined), len(found.left)]
        assert sum(numbers[2:]) == len(found.differing("finish"))
        assert len(found.stayed) > 30
    index = write_index(schedule.reports).read_text(encoding="utf-8")
    assert "Value of the plan: " in index
    assert index.count('<p class="state issued">') == len(YEARS)


def _quick(path: Path) -> None:
    """The board's own notebook, without the next-best choice, the frontier and the questions."""
    text = (ROOT / "notebooks" / "10-board-report.ipynb").read_text(encoding="utf-8")
    for before, now in (
        ("next_best: bool = True", "next_best: bool = False"),
        ("frontier_points: int = 8", "frontier_points: int = 0"),
        ("questions_time: float = 30.0", "questions_time: float = 0.0"),
    ):
        assert before in text
        text = text.replace(before, now)
    path.write_text(text, encoding="utf-8")
