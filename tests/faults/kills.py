"""Kill runs of a report at random moments, and say what a reader finds after each kill.

``kills.py FOLDER REPORTS TIMES SEED`` prints a JSON object a kill. One process loads what a run
needs and forks each run from itself, so that a round costs little more than its kernel.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import nbclient
import nbconvert
import nbformat
import papermill.execute
import tiny

from portfolio.reports import html, kernel
from portfolio.reports.store import find_runs, sweep_all, verify_reports
from portfolio.reports.store.runs import homes

LOADED = (nbclient, nbconvert, nbformat, papermill, html, kernel)


def begin(folder: Path, reports: Path) -> int:
    """Begin a run in a process of its own; the number of the process."""
    child = os.fork()
    if child:
        return child
    os._exit(tiny.main(str(folder), str(reports)))


def main(folder: Path, reports: Path, times: int, seed: int) -> None:
    began = time.monotonic()
    assert os.waitstatus_to_exitcode(os.waitpid(begin(folder, reports), 0)[1]) == 0
    whole = time.monotonic() - began
    chance = random.Random(seed)
    for _ in range(times):
        old = {run.run_id for run in find_runs(reports) if run.good}
        child = begin(folder, reports)
        after = chance.uniform(0, 1.1 * whole)
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        good = {run.run_id for run in find_runs(reports) if run.good}
        (home,) = homes(reports)
        named = json.loads((home / "latest.json").read_text())["run_id"]
        checked, problems = verify_reports(reports)
        sweep_all(reports)
        found = {
            "after": round(after / whole, 3),
            "killed": ended == -signal.SIGKILL,
            "kept": old <= good,
            "new": len(good - old),
            "named_is_good": named in good,
            "newest_is_named": json.loads((home / "latest.json").read_text())["run_id"]
            == max(run.run_id for run in find_runs(reports) if run.good),
            "checked": checked,
            "problems": [str(problem) for problem in problems],
            "left": [run.state for run in find_runs(reports) if run.state in ("running", "killed")],
        }
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
