"""Kill a step of the store before each of its operations on files, and look at what is left.

``crashes.py STEP FOLDER`` does so for publish, issue or prune, once for every operation, and
prints a JSON object a kill. Each process is forked, and kills itself before its n-th call that
opens, writes, moves, makes, protects, removes or syncs a file.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portfolio.reports.edition import draft_line
from portfolio.reports.store import (
    Place,
    find_runs,
    issue_run,
    prune,
    stage,
    sweep_all,
    verify_reports,
)

OPERATIONS = {"open", "rename", "replace", "mkdir", "chmod", "unlink", "rmdir", "fsync"}
PLACE = Place("board", "Tiny", "2027", "baseline")


def publish(reports: Path) -> Path:
    with stage(reports, PLACE) as run:
        (run.folder / "report.html").write_text(f"{draft_line()} Tiny")
        (run.folder / "tables").mkdir()
        (run.folder / "tables" / "spend.csv").write_text("a\n")
        return run.publish({}, ["report.html"])


def issue(reports: Path) -> None:
    newest = next(run for run in find_runs(reports) if run.good)
    issue_run(reports, newest.run_id, "J. Doe")


STEPS: dict[str, Callable[[Path], Any]] = {
    "publish": publish,
    "issue": issue,
    "prune": lambda reports: prune(reports, 0),
}


def touches_files(called: Any) -> bool:
    """Whether a built-in function changes files: one of the system's, or a write to an open one."""
    if getattr(called, "__module__", None) == os.open.__module__:
        return called.__name__ in OPERATIONS
    return called.__name__ == "write" and isinstance(called.__self__, io.IOBase)


def kill_at(number: int) -> None:
    """Let this process be killed before its n-th operation on files from now on."""
    done = 0

    def profile(_frame: Any, event: str, called: Any) -> None:
        nonlocal done
        if event == "c_call" and touches_files(called):
            done += 1
            if done == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(profile)


def once(step: str, reports: Path, number: int) -> dict[str, Any]:
    child = os.fork()
    if not child:
        kill_at(number)
        STEPS[step](reports)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    home = PLACE.home(reports)
    states = {run.run_id: run.state for run in find_runs(reports)}
    good = [run_id for run_id, state in states.items() if state in ("draft", "issued")]
    named = json.loads((home / "latest.json").read_text())["run_id"]
    before = [str(problem) for problem in verify_reports(reports)[1]]
    sweep_all(reports)
    after = [str(problem) for problem in verify_reports(reports)[1]]
    publish(reports)  # nothing is in the way of the next run
    return {
        "ended": ended,
        "good": len(good),
        "issued": list(states.values()).count("issued"),
        "named_is_good": named in good,
        "before": before,
        "after": after,
    }


def main(step: str, folder: Path) -> None:
    publish(folder / "start")
    publish(folder / "start")
    STEPS[step](shutil.copytree(folder / "start", folder / "rehearsal"))  # all is loaded
    number, ended = 0, -signal.SIGKILL
    while ended:
        number += 1
        reports = shutil.copytree(folder / "start", folder / f"{number}")
        found = once(step, reports, number)
        ended = found["ended"]
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
