"""The section on what has changed since the last issued report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.errors import ReportError
from portfolio.reports.changed import changed, changed_sentence
from portfolio.reports.changed_in_full import changed_in_full
from portfolio.reports.content import BoardContent
from portfolio.reports.earlier import NONE, Earlier, earlier_folders, read_earlier
from portfolio.reports.edition import draft_line
from portfolio.reports.store import Place, issue_run, stage

from . import boards

Small = Callable[..., Portfolio]
PLACE = Place("board", "water", "2026", "baseline")
BEFORE: dict[str, dict[str, Any]] = {
    "A": {"value": 5, "cost": [7]},
    "B": {"value": 4, "cost": [6, 6]},
    "C": {"value": 3, "cost": [5]},
}


def since(board: BoardContent, before: BoardContent, folder: Path) -> BoardContent:
    folder.mkdir()
    before.write(folder)
    return replace(board, earlier=(Earlier("2026", "R1", folder),))


def test_what_changed_is_counted_and_listed(small: Small, tmp_path: Path) -> None:
    after = {
        "A": {"value": 5, "cost": [7, 2]},  # a year longer, and dearer
        "B": {"value": 4, "cost": [6, 6], "force": "out", "force_reason": "other"},
        "D": {"value": 2, "cost": [1]},
    }
    board = since(boards.solve(small(after)), boards.solve(small(BEFORE)), tmp_path / "run")
    assert changed_sentence(board) == (
        "Since 2026, 1 project joined the plan, 2 left it and 1 finishes later"
    )
    said = boards.read(str(changed(board)))
    assert [text for tag, text in said.texts if tag == "h2"] == [changed_sentence(board)]
    assert [text for tag, text in said.texts if tag == "p"][1:] == [
        "Joined: Project D; € 1.",
        "Left: Project B and Project C; € 17 in all.",
        "Later: Project A (2027 → 2028).",
        "Projects that stayed in the plan cost € 2 more; over the periods that both reports cover, "
        "planned spend is € 14 less.",
    ]
    said = boards.read(str(changed_in_full(board)))
    assert [text for tag, text in said.texts if tag == "h2"] == [
        "1 of 1 project that stayed since 2026 has another date, cost, value or status"
    ]
    cells = {row[0].removeprefix("Project "): row for row in said.rows}
    assert cells["D"][1:3] == ["Not in that report", "Funded"]
    assert cells["B"][1:3] == ["Funded", "Left out"]
    assert cells["C"][1:3] == ["Funded", "Not in the portfolio"]
    assert "→" in " ".join(cells["A"])


def test_nothing_changed(small: Small, tmp_path: Path) -> None:
    board = boards.solve(small(BEFORE))
    same = since(board, board, tmp_path / "run")
    assert changed_sentence(same) == (
        "Since 2026, no project joined or left the plan, or is to finish at another time"
    )
    assert len(boards.read(str(changed(same))).texts) == 2
    assert not changed_in_full(same)


def test_it_is_left_out_whole_where_nothing_was_issued(small: Small) -> None:
    board = boards.solve(small(BEFORE))
    assert board.changes is None
    assert not changed(board)
    assert not changed_in_full(board)


def test_what_is_confidential_now_is_not_named(small: Small, tmp_path: Path) -> None:
    after = {**BEFORE, "A": {**BEFORE["A"], "confidential": "yes"}}
    audience = boards.EACH_ROLE
    board = since(
        boards.solve(small(after), audience=audience), boards.solve(small(BEFORE)), tmp_path / "run"
    )
    assert "A" not in set(board.changes.projects["project_id"]) if board.changes else False
    assert "1 confidential project not compared" in str(changed(board))


def publish(reports: Path, small: Small | None = None, **place: str) -> Path:
    with stage(reports, replace(PLACE, **place)) as run:
        (run.folder / "report.html").write_text(f"<main>{draft_line()}</main>")
        (run.folder / "projects.csv").write_text("project_id\n")
        return run.publish({}, ["report.html"])


def test_which_reports_are_compared_with(tmp_path: Path) -> None:
    """The last issue of each period up to its own, of the same scenario; drafts do not count."""
    first, again = publish(tmp_path, period="2024"), publish(tmp_path, period="2024")
    second = publish(tmp_path, period="2025")
    publish(tmp_path, period="2026")
    others = [
        publish(tmp_path, period="2025", scenario="cut"),
        publish(tmp_path, period="2025-12"),
        publish(tmp_path, period="2027"),
    ]
    for run in (first, second, again, *others):
        issue_run(tmp_path, run.name, "J. Doe")
    assert earlier_folders(tmp_path, PLACE) == [again, second]
    assert read_earlier(second) == Earlier("2025", second.name, second)
    assert earlier_folders(tmp_path, replace(PLACE, portfolio="other")) == []


def test_another_run_may_be_compared_with(tmp_path: Path) -> None:
    """A draft, or one on another scenario; what was issued before it is still the trend."""
    old, new = publish(tmp_path, period="2024"), publish(tmp_path, period="2026")
    draft = publish(tmp_path, period="2025", scenario="cut")
    for run in (old, new):
        issue_run(tmp_path, run.name, "J. Doe")
    assert earlier_folders(tmp_path, PLACE) == [old, new]
    assert earlier_folders(tmp_path, PLACE, draft.name) == [old, draft]
    assert earlier_folders(tmp_path, PLACE, NONE) == []


def test_what_cannot_be_compared_with(tmp_path: Path) -> None:
    runs = {
        "is of the kind capacity, and not board": publish(tmp_path, kind="capacity"),
        "is of the audience internal, and not board": publish(tmp_path, audience="internal"),
        "is of 2026Q1, and 2026 is a period of another length": publish(tmp_path, period="2026Q1"),
        "is of 2027, after 2026": publish(tmp_path, period="2027"),
    }
    for words, run in runs.items():
        with pytest.raises(ReportError, match=words) as caught:
            earlier_folders(tmp_path, PLACE, run.name)
        assert caught.value.exit_code == 2
    with pytest.raises(ReportError, match="There is no run 1999"):
        earlier_folders(tmp_path, PLACE, "1999")


def test_an_issued_run_that_was_changed_is_compared_with_no_more(tmp_path: Path) -> None:
    run = publish(tmp_path, period="2025")
    issue_run(tmp_path, run.name, "J. Doe")
    run.chmod(0o755)
    (run / "projects.csv").chmod(0o644)
    (run / "projects.csv").write_text("project_id\nP1\n")
    with pytest.raises(ReportError, match=r"not whole: projects\.csv was changed"):
        earlier_folders(tmp_path, PLACE)


def test_what_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="is no published run") as caught:
        read_earlier(tmp_path)
    assert caught.value.exit_code == 2
