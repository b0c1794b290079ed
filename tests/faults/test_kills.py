"""Killed at any moment, a reader finds the old report or the new one, whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .tiny import prepare

HERE = Path(__file__).parent
KILLS = int(os.environ.get("PORTFOLIO_KILLS", "20"))


def script(name: str, *given: object) -> list[dict[str, Any]]:
    """The JSON objects that a script beside this file prints."""
    command = [sys.executable, str(HERE / name), *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_random_kills_of_a_report_over_a_good_one(tmp_path: Path) -> None:
    prepare(tmp_path / "tiny")
    rounds = script("kills.py", tmp_path / "tiny", tmp_path / "reports", KILLS, 7)
    assert len(rounds) == KILLS
    assert any(one["killed"] for one in rounds)
    for one in rounds:
        assert one["kept"], one
        assert one["named_is_good"], one
        assert one["newest_is_named"], one
        assert one["problems"] == one["left"] == [], one
        assert one["new"] <= 1, one
        assert one["killed"] or one["new"] == 1, one


@pytest.mark.parametrize(("step", "good"), [("publish", 1), ("issue", 0), ("prune", -1)])
def test_a_kill_before_each_operation_on_files(tmp_path: Path, step: str, good: int) -> None:
    rounds = script("crashes.py", step, tmp_path)
    assert len(rounds) > 10
    assert [one["ended"] for one in rounds] == [-9] * (len(rounds) - 1) + [0]
    for one in rounds:
        assert one["good"] in (2, 2 + good), one
        assert one["named_is_good"], one
        assert one["after"] == [], one
        # a pointer may come late; what it should name is whole all the same
        assert all("portfolio reports sweep sets it right" in said for said in one["before"]), one
    assert rounds[-1]["good"] == 2 + good
    assert rounds[-1]["issued"] == (step == "issue")
    assert rounds[-1]["before"] == []
    # some kills come before the step has been done, and some after
    if good:
        assert {one["good"] for one in rounds[:-1]} == {2, 2 + good}
    if step == "issue":
        assert {one["issued"] for one in rounds[:-1]} == {0, 1}
