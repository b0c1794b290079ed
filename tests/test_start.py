"""What the command line may load before it knows what it is asked to do.

`portfolio --help` has to answer at once. A time would depend on the machine, so the
test names what must not be loaded: each of these packages alone costs a good part of
the time that the whole answer may take.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "altair",
    "great_tables",
    "highspy",
    "nbclient",
    "nbconvert",
    "numba",
    "numpy",
    "openpyxl",
    "ortools",
    "pandas",
    "papermill",
    "pulp",
    "pydantic",
    "scipy",
    "vl_convert",
    "xlsxwriter",
}

SAY_WHAT_IS_LOADED = """
import json, sys
names = {{name.partition(".")[0] for name in sys.modules}}
{statements}
new = {{name.partition(".")[0] for name in sys.modules}} - names
print("loaded: " + json.dumps(sorted(new)))
"""


def loaded_by(statements: str) -> set[str]:
    """Top-level packages that the statements load, in an interpreter of their own."""
    done = subprocess.run(
        [sys.executable, "-c", SAY_WHAT_IS_LOADED.format(statements=statements)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.rpartition("loaded: ")[2]))


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param("import portfolio", id="import portfolio"),
        pytest.param("import portfolio.cli", id="import portfolio.cli"),
        pytest.param(
            "from portfolio.cli import main; main(['--help'], standalone_mode=False)",
            id="portfolio --help",
        ),
        # The process that starts a report only waits for the one that reads and solves.
        pytest.param("import portfolio.reports.publish", id="import portfolio.reports.publish"),
    ],
)
def test_the_start_loads_nothing_heavy(statements: str) -> None:
    loaded = loaded_by(statements)
    assert "portfolio" in loaded
    assert loaded & HEAVY == set()


def test_charts_and_notebooks_wait_for_no_grammar_of_addresses() -> None:
    loaded = loaded_by("import portfolio.figures, altair, nbformat.validator")
    assert {"altair", "jsonschema"} <= loaded
    assert "lark" not in loaded
