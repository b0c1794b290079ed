"""How long does it take until `portfolio --help` answers, and `import portfolio` is done?

Each beside a Python that does nothing, and one that imports click: processes of their own, taking
turns. Wall and CPU seconds, the median of the repeats.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

SOLVERS = ("highspy", "numba", "ortools", "pulp", "scipy", "papermill", "altair", "pandas", "numpy")


def once(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=21)
    given = parser.parse_args()
    python = sys.executable
    script = Path(python).with_name("portfolio")
    help_ = [str(script), "--help"]
    if not script.exists():
        help_ = [python, "-c", "from portfolio.cli import main; main(['--help'])"]
    commands = {
        "python -c pass": [python, "-c", "pass"],
        "import click": [python, "-c", "import click"],
        "import portfolio": [python, "-c", "import portfolio"],
        "portfolio --help": help_,
    }
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for command in commands.values():
        once(command)  # compiled files and the disk's cache are there for all
    for _ in range(given.repeats):
        for name, command in commands.items():
            seconds[name].append(once(command))
    bare = statistics.median(wall for wall, _ in seconds["python -c pass"])
    for name, taken in seconds.items():
        wall = statistics.median(wall for wall, _ in taken)
        row = {
            "start": name,
            "repeats": given.repeats,
            "wall_seconds": round(wall, 3),
            "least_wall_seconds": round(min(wall for wall, _ in taken), 3),
            "cpu_seconds": round(statistics.median(cpu for _, cpu in taken), 3),
            "over_bare_python": round(wall / bare, 2),
        }
        print(json.dumps(row), flush=True)
    code = f"import sys, portfolio.cli; print([m for m in {SOLVERS!r} if m in sys.modules])"
    loaded = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    print(json.dumps({"start": "loaded by portfolio.cli", "heavy": loaded.stdout.strip()}))


if __name__ == "__main__":
    main()
