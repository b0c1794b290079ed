from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio.reports.store import issue_run, prune, verify_reports
from portfolio.reports.store.seal import seal

from .published import HOME, fail, publish, writable


def faults(reports: Path) -> list[str]:
    return [
        f"{problem.folder.relative_to(reports / HOME)}: {problem.fault}"
        for problem in verify_reports(reports)[1]
    ]


def test_what_is_whole(tmp_path: Path) -> None:
    assert verify_reports(tmp_path / "absent") == (0, [])
    first = publish(tmp_path)
    publish(tmp_path)
    issue_run(tmp_path, first.name, "J. Doe")
    publish(tmp_path, period="2026-12")
    with pytest.raises(ValueError, match="odd"):
        fail(tmp_path, ValueError("odd"))
    assert verify_reports(tmp_path) == (4, [])


def changed(folder: Path) -> None:
    (folder / "report.html").write_text("better")


def removed(folder: Path) -> None:
    (folder / "tables" / "spend.csv").unlink()


def added(folder: Path) -> None:
    (folder / "more.csv").touch()


def link_added(folder: Path) -> None:
    (folder / "more").symlink_to("/etc/hostname")


def unlisted(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


def odd_list(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text("nothing to see\n")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (changed, "report.html was changed"),
        (removed, "tables/spend.csv is missing"),
        (added, "more.csv was added"),
        (link_added, "The run holds more, which is no plain file."),
        (unlisted, "has no readable SHA256SUMS (No such file or directory)"),
        (odd_list, "SHA256SUMS was changed: 'nothing to see' is no line of a hash list"),
    ],
)
def test_a_run_that_was_changed_is_named(
    tmp_path: Path, spoil: Callable[[Path], None], fault: str
) -> None:
    whole, spoilt = publish(tmp_path), publish(tmp_path)
    writable(spoilt)
    spoil(spoilt)
    found = faults(tmp_path)
    assert f"{spoilt.name}: {fault}" in found
    assert not any(whole.name in one for one in found)


def test_what_a_file_browser_leaves_behind_changes_nothing(tmp_path: Path) -> None:
    run = publish(tmp_path)
    record = issue_run(tmp_path, run.name, "J. Doe")
    for folder in (run, record.folder):
        writable(folder)
        (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (run / "tables" / "Thumbs.db").touch()
    assert verify_reports(tmp_path) == (2, [])
    (run / "Thumbs.db.exe").touch()
    assert faults(tmp_path) == [f"{run.name}: Thumbs.db.exe was added"]


def test_a_file_browser_s_file_that_was_published_is_checked(tmp_path: Path) -> None:
    run = publish(tmp_path)
    writable(run)
    (run / "tables" / "Thumbs.db").write_text("sealed")
    seal(run)
    writable(run)
    (run / "tables" / "Thumbs.db").write_text("other")
    assert f"{run.name}: tables/Thumbs.db was changed" in faults(tmp_path)


def test_a_change_with_new_hashes_is_told_by_what_came_after(tmp_path: Path) -> None:
    first = publish(tmp_path)
    second = publish(tmp_path)
    issue_run(tmp_path, first.name, "J. Doe")
    for folder in (first, second):
        writable(folder)
        changed(folder)
        seal(folder)
    assert faults(tmp_path) == [
        f"{second.name}: the run before it, {first.name}, was changed with its hash list",
        f"issued/{first.name}: the run that it issued is gone or was changed",
        f"latest.json: what it names, {second.name}, was changed with its hash list",
    ]


def test_an_issue_that_was_changed_or_taken_away(tmp_path: Path) -> None:
    first, second = publish(tmp_path), publish(tmp_path)
    one = issue_run(tmp_path, first.name, "J. Doe")
    two = issue_run(tmp_path, second.name, "J. Doe")
    writable(one.folder)
    record = json.loads((one.folder / "issue.json").read_text())
    (one.folder / "issue.json").write_text(json.dumps({**record, "by": "Somebody else"}))
    seal(one.folder)
    assert faults(tmp_path) == [
        f"issued/{first.name}: its report.html is not that of the run that it issued",
        f"issued/{second.name}: the issue before it, {first.name}, is gone or was changed",
    ]
    shutil.rmtree(one.folder)
    assert faults(tmp_path) == [
        f"issued/{second.name}: the issue before it, {first.name}, is gone or was changed"
    ]
    assert two.page.is_file()


def test_a_run_that_was_taken_away_or_put_elsewhere(tmp_path: Path) -> None:
    first, second, third = (publish(tmp_path) for _ in range(3))
    writable(first)
    shutil.move(first, tmp_path / HOME.parent / "other" / first.name)
    shutil.rmtree(second, ignore_errors=True)
    writable(third)
    found = [str(problem) for problem in verify_reports(tmp_path)[1]]
    assert found[0] == f"{tmp_path / HOME / third.name}: the run before it, {second.name}, is gone"
    assert any(one.endswith("its manifest.json names another run or place") for one in found)


def test_a_run_that_was_pruned_is_not_missed(tmp_path: Path) -> None:
    for _ in range(3):
        publish(tmp_path)
    assert len(prune(tmp_path, 1)) == 2
    assert verify_reports(tmp_path) == (1, [])
