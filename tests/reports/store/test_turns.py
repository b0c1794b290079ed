from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portfolio.errors import ReportError
from portfolio.reports.store import find_runs, new_run_id, stage, sweep
from portfolio.reports.store.turns import Owner, is_free

from .published import HOME, PLACE, content, pointer, publish

SLEEP = """
import sys, time
from pathlib import Path
from portfolio.reports.store import Place, stage
with stage(Path(sys.argv[1]), Place("board", "water", "2026-11", "baseline")) as run:
    (run.folder / "half.html").write_text("half")
    print(run.run_id, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def killed(tmp_path: Path) -> str:
    """The id of a run that was killed while it worked."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEP, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        run_id = said.readline().strip()
    states = [run.state for run in find_runs(tmp_path)]
    process.kill()
    process.wait()
    assert states == ["running"]
    return run_id


def test_the_second_run_of_a_report_is_told_who_works(tmp_path: Path) -> None:
    with stage(tmp_path, PLACE) as run:
        with (
            pytest.raises(ReportError, match="is being made already") as caught,
            stage(tmp_path, PLACE),
        ):
            pytest.fail("must not start")
        assert caught.value.exit_code == 75
        assert f"process {os.getpid()} of " in str(caught.value)
        assert f" on {socket.gethostname()}, run {run.run_id}, since 2" in str(caught.value)
        assert "board report of water for 2026-11, baseline" in str(caught.value)
        # other reports, and the same one for another audience, wait for nobody
        for other in (replace(PLACE, period="2026-12"), replace(PLACE, audience="internal")):
            with stage(tmp_path, other) as second:
                (second.folder / "x").write_text("x")
                second.publish({}, ["x"])
        (run.folder / "x").write_text("x")
        run.publish({}, ["x"])
    publish(tmp_path)


def test_a_report_that_the_data_call_otherwise_waits_its_turn(tmp_path: Path) -> None:
    asked = replace(PLACE, period="unknown")
    with stage(tmp_path, asked) as run:
        (run.folder / "x").write_text("x")
        run.identify(portfolio="water", period="2026-11", scenario="baseline")
        folder = run.publish({}, ["x"])
    assert folder.parent == tmp_path / HOME


def test_a_killed_run_is_shown_and_then_kept_as_failed(tmp_path: Path, killed: str) -> None:
    (run,) = find_runs(tmp_path)
    assert (run.run_id, run.state) == (killed, "killed")
    assert is_free(tmp_path, PLACE)
    good = publish(tmp_path)  # sweeps
    failed = tmp_path / HOME / "failed" / killed
    assert {run.run_id: run.state for run in find_runs(tmp_path)} == {
        killed: "failed",
        good.name: "draft",
    }
    (error,) = (run.manifest["error"] for run in find_runs(tmp_path) if run.run_id == killed)
    assert error.startswith("The run was killed: process ")
    assert set(content(failed)) == {"half.html", "manifest.json"}
    assert not any((tmp_path / ".staging").iterdir())
    assert sweep(tmp_path) == []


def test_a_run_of_another_computer_is_left_alone_for_a_day(tmp_path: Path) -> None:
    run_id = new_run_id(datetime.now(UTC))
    outer = tmp_path / ".staging" / run_id
    (outer / "run").mkdir(parents=True)
    owner = Owner.me(run_id, PLACE, datetime.now(UTC))
    replace(owner, host="elsewhere").write(outer)
    assert sweep(tmp_path) == []
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in (outer / "run", outer / "owner.json", outer):
        os.utime(path, (two_days_ago, two_days_ago))
    (said,) = sweep(tmp_path)
    assert said.startswith(f"{run_id}: killed, kept as failed in ")


def test_what_nobody_owns_goes_after_an_hour(tmp_path: Path) -> None:
    folder = tmp_path / ".staging" / "left"
    folder.mkdir(parents=True)
    (folder / "file").touch()
    assert sweep(tmp_path) == []
    two_hours_ago = time.time() - 2 * 3600
    for path in (folder / "file", folder):
        os.utime(path, (two_hours_ago, two_hours_ago))
    assert sweep(tmp_path) == ["left: left over in the staging folder, removed."]
    assert not folder.exists()


def test_a_kill_between_the_run_and_its_pointer_is_mended(tmp_path: Path) -> None:
    first = publish(tmp_path)
    pointed = pointer(tmp_path)
    second = publish(tmp_path, "new")
    named = pointer(tmp_path)
    # as a kill leaves it: the second run stands, the pointer still names the first
    (tmp_path / HOME / "latest.json").unlink()
    shutil.copy(first / "manifest.json", tmp_path / HOME / "latest.json")
    outer = tmp_path / ".staging" / second.name
    outer.mkdir()
    Owner.me(second.name, PLACE, datetime.now(UTC)).write(outer)
    assert pointed["run_id"] == first.name
    assert sweep(tmp_path) == [f"{second.name}: published, and now named by latest.json too."]
    assert pointer(tmp_path) == named
