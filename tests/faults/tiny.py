"""A report of a few lines, for runs that are to be disturbed.

As a script, a run of it as a process of its own: ``tiny.py FOLDER REPORTS``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from portfolio.errors import PortfolioError
from portfolio.reports.kinds import BOARD
from portfolio.reports.publish import PublishedRun, publish_report
from portfolio.reports.store import Place, stage

PARAMETERS = """
data: str = ""  # folder
scenario: str = ""
period: str = ""
out: str = ""
"""
SUMMARY = """
import json
facts = {"portfolio": "Tiny", "period": "2027", "scenario": "baseline", "status": "optimal"}
with open("summary.json", "w") as file:
    json.dump(facts, file)
"""
SHOW = "from IPython.display import HTML; HTML('<h1>' + 'Tiny ' * 20 + '</h1>')"
PLACE = Place("board", "Tiny", "2027", "baseline")
SETTINGS = "key,value\nname,Tiny\nfrequency,year\nfirst_period,2027\nperiods,2\n"


def prepare(folder: Path, *cells: str) -> Path:
    """Put the report's notebook and its data into a folder."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    (folder / "data").mkdir(parents=True)
    (folder / "data" / "settings.csv").write_text(SETTINGS)
    parameters = new_code_cell(PARAMETERS.strip(), metadata={"tags": ["parameters"]})
    sources = (SUMMARY.strip(), *cells, SHOW)
    notebook = new_notebook(cells=[parameters, *map(new_code_cell, sources)])
    nbformat.write(notebook, folder / "tiny.ipynb")
    return folder


def good(reports: Path) -> Path:
    """Publish a good run of the same report, made without a notebook."""
    with stage(reports, PLACE) as staging:
        (staging.folder / "report.html").write_text("<h1>Tiny</h1>")
        return staging.publish({"status": "optimal"}, ["report.html"])


def run(folder: Path, reports: Path) -> PublishedRun:
    return publish_report(
        BOARD,
        folder / "data",
        reports=reports,
        notebook=folder / "tiny.ipynb",
        progress=False,
    )


def main(folder: str, reports: str) -> int:
    try:
        run(Path(folder), Path(reports))
    except PortfolioError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
