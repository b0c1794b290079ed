from __future__ import annotations

import errno
import json
import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portfolio.errors import ReportError, SolveError
from portfolio.reports import store
from portfolio.reports.provenance import input_hashes, versions
from portfolio.reports.store import Staging, new_run_id, slug, stage

PLACE = {"kind": "board", "portfolio": "water", "period": "2026-11", "scenario": "baseline"}
HOME = Path("water", "2026-11", "board", "baseline")


def publish(reports: Path, text: str = "page", status: str = "optimal") -> Path:
    with stage(reports, **PLACE) as run:
        (run.folder / "report.html").write_text(text)
        (run.folder / "tables").mkdir()
        (run.folder / "tables" / "spend.csv").write_text("a\n")
        return run.publish({"status": status, "gap": 0.0}, ["report.html"])


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def latest(reports: Path) -> dict[str, Any]:
    found = json.loads((reports / HOME / "latest.json").read_text())
    assert isinstance(found, dict)
    return found


NAMES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["..", ".", "", "/etc/passwd", "a/../b", "CON", "nul", "com1", "a.b", "A", "a"]
    ),
    st.text("aAqQ2-_0. /é", max_size=8),
)


@given(NAMES)
@example("con.txt")
@example("failed")
@example("2026q4")
@example("x" * 300)
@example("\ud800")
def test_a_slug_is_a_safe_folder_name(text: str) -> None:
    name = slug(text)
    assert 0 < len(name) <= 60
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_Q")
    assert name[0] not in "-_"
    assert name not in {"con", "prn", "aux", "nul", "com1", "lpt9", "failed"}
    assert slug(text) == name


@given(NAMES, NAMES)
@example("Base", "base")
@example("2026Q4", "2026q4")
@example("Water Board", "water-board")
@example("Base", slug("Base"))
@example("", "x")
def test_different_names_get_different_folders(one: str, two: str) -> None:
    # also where the file system ignores case
    assert (slug(one).lower() == slug(two).lower()) == (one == two)


def test_plain_names_stay_as_they_are() -> None:
    for name in ("2026-11", "2026Q4", "2026", "budget-cut-10", "board", "water_2"):
        assert slug(name) == name
    assert slug("Riverland Water").startswith("riverland-water-")


def test_run_ids_sort_by_time_and_differ() -> None:
    noon = datetime(2026, 3, 29, 12, tzinfo=UTC)
    later = (noon + timedelta(milliseconds=1)).astimezone(timezone(timedelta(hours=-5)))
    assert new_run_id(noon) < new_run_id(later)
    assert new_run_id(noon) != new_run_id(noon)
    assert slug(new_run_id(noon).lower())
    with pytest.raises(ValueError, match="zone"):
        new_run_id(datetime(2026, 1, 1))


def test_publishing_is_whole_and_read_only(tmp_path: Path) -> None:
    first = publish(tmp_path / "reports")
    assert first.parent == tmp_path / "reports" / HOME
    manifest = json.loads((first / "manifest.json").read_text())
    assert manifest["state"] == "published"
    assert manifest["run_id"] == first.name
    assert {key: manifest[key] for key in PLACE} == PLACE
    assert manifest["status"] == "optimal"
    assert manifest["files"] == {
        "report.html": sha256(b"page").hexdigest(),
        "tables/spend.csv": sha256(b"a\n").hexdigest(),
    }
    assert datetime.fromisoformat(manifest["started"]) <= datetime.fromisoformat(
        manifest["finished"]
    )
    for path in first.rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert latest(tmp_path / "reports") == {
        "path": first.name,
        "run_id": first.name,
        "finished": manifest["finished"],
        "status": "optimal",
        "kind": "board",
    }
    before = content(first)
    second = publish(tmp_path / "reports", "new page")
    assert latest(tmp_path / "reports")["run_id"] == second.name != first.name
    assert content(first) == before
    assert not any((tmp_path / "reports" / ".staging").iterdir())


@pytest.mark.parametrize("error", [SolveError("Nothing is feasible."), KeyboardInterrupt(), None])
def test_a_failed_run_replaces_nothing(tmp_path: Path, error: BaseException | None) -> None:
    good = publish(tmp_path)
    before, pointer = content(good), latest(tmp_path)
    runs: list[Staging] = []

    def work() -> None:
        with stage(tmp_path, **PLACE) as run:
            runs.append(run)
            (run.folder / "half.html").write_text("half")
            run.facts["inputs"] = {"a.csv": "1"}
            if error is not None:
                raise error

    with pytest.raises(type(error) if error else ReportError) as caught:
        work()
    (run,) = runs
    assert (caught.value is error) == (error is not None)
    assert content(good) == before
    assert latest(tmp_path) == pointer
    failed = tmp_path / HOME / "failed" / run.run_id
    manifest = json.loads((failed / "manifest.json").read_text())
    assert manifest["state"] == manifest["status"] == "failed"
    assert manifest["inputs"] == {"a.csv": "1"}
    assert manifest["error"] == (
        "Nothing is feasible."
        if isinstance(error, SolveError)
        else "KeyboardInterrupt"
        if error
        else f"The run {run.run_id} ended without a report."
    )
    assert (failed / "half.html").read_text() == "half"


def test_what_is_missing_or_strange_is_not_published(tmp_path: Path) -> None:
    def work(name: str, *, link: bool = False) -> None:
        with stage(tmp_path, **PLACE) as run:
            (run.folder / "empty.html").touch()
            (run.folder / "full.html").write_text("x")
            if link:
                (run.folder / "link").symlink_to("/etc/hostname")
            run.publish({}, [name])

    with pytest.raises(ReportError, match="left no absent"):
        work("absent.html")
    with pytest.raises(ReportError, match="left no empty"):
        work("empty.html")
    with pytest.raises(ReportError, match="no plain file"):
        work("full.html", link=True)
    assert not (tmp_path / HOME / "latest.json").exists()
    assert len(list((tmp_path / HOME / "failed").iterdir())) == 3


def test_hostile_names_stay_inside(tmp_path: Path) -> None:
    with stage(tmp_path / "r", kind="board") as run:
        (run.folder / "x").write_text("x")
        run.identify(portfolio="../../out", period="/etc", scenario="..")
        folder = run.publish({}, ["x"])
    assert folder.resolve().is_relative_to(tmp_path / "r")
    assert len(folder.relative_to(tmp_path / "r").parts) == 5


def test_a_reports_path_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("x")
    with (
        pytest.raises(
            ReportError, match=r"reports folder .* cannot be written: (Not a dir|File ex)"
        ),
        stage(tmp_path / "reports", **PLACE),
    ):
        pytest.fail("must not start")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_reports_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(ReportError, match="Permission denied"), stage(tmp_path, **PLACE):
        pytest.fail("must not start")


@pytest.mark.parametrize("step", ["manifest", "latest"])
def test_a_full_disk_leaves_the_last_good_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    good = publish(tmp_path)
    before, pointer = content(good), latest(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")

    monkeypatch.setattr(store, "_sync" if step == "manifest" else "_replace", full)
    with pytest.raises(ReportError, match="cannot be written: No space left on device"):
        publish(tmp_path)
    monkeypatch.undo()
    assert content(good) == before
    assert latest(tmp_path) == pointer
    assert not list((tmp_path / HOME).glob(".latest*"))


def test_provenance(tmp_path: Path) -> None:
    data, scenario = tmp_path / "data", tmp_path / "cut.yaml"
    data.mkdir()
    (data / "b.csv").write_text("b")
    (data / "a.csv").write_text("a")
    (data / "note.txt").write_text("no input")
    scenario.write_text("s")
    assert input_hashes(data, scenario) == {
        "a.csv": sha256(b"a").hexdigest(),
        "b.csv": sha256(b"b").hexdigest(),
        "scenario/cut.yaml": sha256(b"s").hexdigest(),
    }
    assert list(input_hashes(scenario)) == ["cut.yaml"]
    with pytest.raises(ReportError, match="cannot be read"):
        input_hashes(tmp_path / "absent.xlsx")
    assert list(versions())[:2] == ["python", "portfolio"]
    assert versions()["pandas"].startswith("3.")
