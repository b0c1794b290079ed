"""The index of a reports folder: every report and its state, from the manifests alone."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from portfolio.cli import main
from portfolio.errors import SolveError
from portfolio.figures import money
from portfolio.reports.edition import draft_line
from portfolio.reports.index import write_index
from portfolio.reports.index.entries import read_entries
from portfolio.reports.index.sparkline import HEIGHT, WIDTH, points
from portfolio.reports.store import Place, issue_run, prune, stage

PLACE = Place("board", "Water & Co", "2026-11", "baseline")
HOSTILE = "<script>alert(1)</script>\"'\u202e{{ 3 * 'qq' }}"


def publish(reports: Path, value: float = 5.0, **place: str) -> Path:
    figures = {"currency": "EUR", "projects": 3, "offered": 7, "value": value, "value_offered": 9.0}
    with stage(reports, replace(PLACE, **place)) as run:
        (run.folder / "report.html").write_text(f"<main>{draft_line()}</main>")
        figures |= {"spend": 1_200_000.0, "budget": 2_000_000.0, "passed": 0}
        return run.publish({"figures": figures}, ["report.html"])


def fail(reports: Path, error: str = "Nothing is feasible.", **place: str) -> None:
    with pytest.raises(SolveError), stage(reports, replace(PLACE, **place)):
        raise SolveError(error)


def note(reports: Path, done: str = "", **row: Any) -> None:
    missing = {**PLACE.facts(), "due": "2026-12-01T00:00+01:00", "told": "There is no data.", **row}
    called = {"at": "2026-12-01T05:00:00+00:00", "schedule": "reports.yaml", "missing": [missing]}
    called |= {"done": done or datetime.now(UTC).isoformat(), "next": []}
    (reports / "due.json").write_text(json.dumps(called))


def page(reports: Path) -> str:
    return write_index(reports).read_text(encoding="utf-8")


def text(html: str) -> str:
    return " ".join(
        unescape(re.sub(r"<(style|title).*?</\1>|<[^>]*>", " ", html, flags=re.S)).split()
    )


def test_every_state_is_told(tmp_path: Path) -> None:
    issued = publish(tmp_path, period="2026-09")
    issue_run(tmp_path, issued.name, "J. Doe <PMO>")
    publish(tmp_path, period="2026-10")
    fail(tmp_path, period="2026-10")
    fail(tmp_path, "No money.", period="2026-11")
    note(tmp_path, period="2026-12", scenario="cut")
    html = page(tmp_path)
    said = text(html)
    for number, words in ((1, "issued"), (1, "in draft"), (2, "failed at"), (1, "missed")):
        assert f"{number} {words}" in said
    order = [said.index(label) for label in ("Dec 2026", "Nov 2026", "Oct 2026", "Sep 2026")]
    assert order == sorted(order)
    assert "by J. Doe <PMO>" in said
    assert "Failed" in said
    assert "No money." in said
    assert "due since 1 Dec 2026 00:00 +0100 There is no data." in said
    assert "3 of 7 in the plan" in said
    assert f"{money(1_200_000, 'EUR')} of {money(2_000_000, 'EUR')} planned" in said


def test_links_are_relative_and_lead_to_what_is_there(tmp_path: Path) -> None:
    first = publish(tmp_path / "a")
    issue_run(tmp_path / "a", first.name, "J. Doe")
    publish(tmp_path / "a")
    publish(tmp_path / "a", period="2026-10", portfolio="100 % #1?")
    write_index(tmp_path / "a")
    moved = tmp_path / "b"
    shutil.move(tmp_path / "a", moved)
    links = re.findall(r'href="([^"#]+)"', (moved / "index.html").read_text())
    assert len(links) == 3
    for link in links:
        assert not re.match(r"[a-z]+:|/", link)
        assert (moved / unquote(link)).is_file()
    assert f"issued/{first.name}/report.html" in " ".join(links)


def test_older_runs_are_folded_away(tmp_path: Path) -> None:
    for _ in range(3):
        publish(tmp_path)
    (entry,) = read_entries(tmp_path).entries
    assert len(entry.older) == 2
    assert entry.states == ("draft",)
    assert "2 earlier runs" in text(page(tmp_path))


def test_the_trend_is_in_words_too(tmp_path: Path) -> None:
    for number, period in enumerate(("2026-09", "2026-10", "2026-11")):
        publish(tmp_path, value=5.0 + number, period=period)
    publish(tmp_path, value=99.0, period="2026-10", scenario="cut")
    publish(tmp_path, value=99.0, period="2026")
    newest = next(e for e in read_entries(tmp_path).entries if e.place.period == "2026-11")
    assert newest.trend == (("2026-09", 5.0), ("2026-10", 6.0), ("2026-11", 7.0))
    words = "Value of the plan: 5 in Sep 2026, 6 in Oct 2026, 7 in Nov 2026"
    assert f'role="img" aria-label="{words}"' in page(tmp_path)


def test_a_line_from_left_to_right() -> None:
    line = points([1.0, 3.0, 2.0])
    assert [x for x, _ in line] == sorted({x for x, _ in line})
    heights = [y for _, y in line]
    assert heights[1] == min(heights)
    assert heights[0] == max(heights)
    assert heights[2] == sum((heights[0], heights[1])) / 2
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in line)
    assert {y for _, y in points([2.0, 2.0])} == {HEIGHT / 2}


def test_a_missed_report_that_was_made_since_is_missed_no_more(tmp_path: Path) -> None:
    publish(tmp_path)
    note(tmp_path, done="2001-01-01T00:00:00+00:00")
    (entry,) = read_entries(tmp_path).entries
    assert entry.missed is None
    note(tmp_path)
    (entry,) = read_entries(tmp_path).entries
    assert entry.states == ("draft", "missed")


def test_a_run_at_work(tmp_path: Path) -> None:
    with stage(tmp_path, PLACE) as run:
        assert "Being made" in page(tmp_path)
        (run.folder / "report.html").write_text("page")
        run.publish({}, ["report.html"])
    assert "Being made" not in page(tmp_path)


def test_when_is_told_in_words(tmp_path: Path) -> None:
    publish(tmp_path)
    note(tmp_path)
    path = tmp_path / "due.json"
    called = json.loads(path.read_text())
    called["next"] = [{"report": "board", "period": "2027-01", "due": "2027-02-01T07:00+01:00"}]
    path.write_text(json.dumps(called))
    said = text(page(tmp_path))
    assert "was last looked at for 1 Dec 2026 05:00 UTC." in said
    assert "Next is board Jan 2027, on 1 Feb 2027 07:00 +0100." in said
    assert re.search(r"Made from 1 run on \d+ \w+ \d{4} \d\d:\d\d UTC\.", said)


def test_hostile_names_are_text(tmp_path: Path) -> None:
    publish(tmp_path, portfolio=HOSTILE, scenario=HOSTILE, kind=HOSTILE, period=HOSTILE)
    fail(tmp_path, HOSTILE)
    note(tmp_path, told=HOSTILE, scenario=HOSTILE)
    html = page(tmp_path)
    assert "<script" not in html
    assert "qqqqqq" not in html
    assert "\u202e" not in html
    assert html.count("&lt;script&gt;") >= 4


def test_a_note_or_manifest_that_is_none_stops_nothing(tmp_path: Path) -> None:
    run = publish(tmp_path)
    (tmp_path / "due.json").write_text('{"missing": [7, {"kind": "board"}], "next": 5}')
    (tmp_path / "due.json").write_text('{"missing": "x", "at": "y"}')
    run.chmod(0o755)
    (run / "manifest.json").chmod(0o644)
    (run / "manifest.json").write_text('{"figures": {"value": "much", "currency": "<b>"}}')
    assert "Board" in page(tmp_path)


def test_an_empty_folder(tmp_path: Path) -> None:
    assert "There are no reports yet." in page(tmp_path)


def test_on_the_command_line(tmp_path: Path) -> None:
    run = publish(tmp_path)
    publish(tmp_path)
    folder = ["--reports", str(tmp_path)]
    done = CliRunner().invoke(main, ["reports", "issue", run.name, "--by", "J. Doe", *folder])
    assert done.exit_code == 0, done.output
    index = tmp_path / "index.html"
    assert "by J. Doe" in index.read_text()
    index.unlink()
    made = CliRunner().invoke(main, ["reports", "index", "--format", "json", *folder])
    assert json.loads(made.stdout) == {"page": str(index)}
    assert prune(tmp_path, 0) == []
    absent = CliRunner().invoke(main, ["reports", "index", "--reports", str(tmp_path / "no")])
    assert absent.exit_code == 2


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("there is no Chromium on this computer")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


def test_everybody_can_read_it(tmp_path: Path, browser: Any) -> None:
    """axe finds no violation in Chromium, from a file, and the page asks nobody for anything."""
    from axe_playwright_python.sync_playwright import Axe

    for period in ("2026-08", "2026-09", "2026-10"):
        publish(tmp_path, period=period)
    issue_run(tmp_path, publish(tmp_path, period="2026-09").name, "J. Doe")
    fail(tmp_path, period="2026-10")
    note(tmp_path)
    opened = browser.new_page(bypass_csp=True)  # for axe's own script
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(write_index(tmp_path).as_uri())
    found = Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()
    assert asked == [(tmp_path / "index.html").as_uri()]
    opened.close()
