"""How much does a whole board report run take beside bare papermill and nbconvert?

ours    `publish_report` of the portfolio: read, check, optimise, verify, draw, render, publish; the
        solve is timed inside the notebook and taken off, in two ways: `less_solve` is without
        the steps that optimise (the plan, the next-best choice, the questions, the frontier),
        whose tables the bare notebook finds stored; `less_solver` is only without the seconds
        inside HiGHS, so that building models and checking plans count as cost of the report
bare    papermill and nbconvert's stock HTML exporter on a notebook that only draws the same
        charts (as SVG) from stored tables, which are those of a finished plan
pdf, pptx, xlsx    each further format of our run, with all that it loads, apart: from the executed
        notebook to the file

Every run is a process of its own. CPU seconds of the process and its kernel, and wall seconds; the
two take turns and the median of the repeats counts.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

MAKER = Path(__file__).resolve().parents[1] / "data" / "make_sample.py"
FORMATS = ("pdf", "pptx", "xlsx")
SPENT = "PORTFOLIO_BENCHMARK_SPENT"

# Put into a copy of the notebook; it notes what HiGHS took, and what the steps around it took.
TIMER = f"""
import json, os, time
from portfolio.models.solve import HighsSession
from portfolio.reports import prepare as _steps

def _noted(name, call):
    def timed(*values, **named):
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            return call(*values, **named)
        finally:
            spent = [name, time.process_time() - cpu, time.perf_counter() - wall]
            with open(os.environ["{SPENT}"], "a") as file:
                file.write(json.dumps(spent) + "\\n")
    return timed

HighsSession.solve = _noted("solver", HighsSession.solve)
for _step in ("pose", "optimize", "ask", "frontier", "other_plans"):
    setattr(_steps, _step, _noted("solve", getattr(_steps, _step)))
"""

BARE = [
    """
import json
import pandas as pd
from portfolio import figures

tables = pd.read_pickle("tables.pickle")
words = json.load(open("words.json"))
""",
    "figures.show(figures.selection_chart(tables['projects'], currency=words['currency'], "
    "width=figures.HALF))",
    "figures.show(figures.spend_chart(tables['spend'], tables['budget'], "
    "currency=words['currency']))",
    "figures.show(figures.capacity_chart(tables['capacity']))",
    "figures.show(figures.roadmap_chart(tables['roadmap'], tuple(words['periods'])))",
    "figures.show(figures.bindings_chart(tables['limits'], currency=words['currency']))",
    "figures.show(figures.frontier_chart(tables['curves'], tables['distances'], "
    "currency=words['currency'], value_currency=None))",
    "figures.show(figures.alignment_chart(tables['alignment'], currency=words['currency']))",
]


def run_ours(folder: Path, data: Path) -> None:
    from portfolio.reports.kinds import BOARD
    from portfolio.reports.publish import publish_report

    notebook = folder / "10-board-report.ipynb"
    publish_report(BOARD, data, reports=folder / "reports", notebook=notebook, progress=False)


def run_bare(folder: Path) -> None:
    import papermill
    from nbconvert import HTMLExporter

    papermill.execute_notebook(
        folder / "bare.ipynb", folder / "bare-out.ipynb", cwd=folder, progress_bar=False
    )
    html, _ = HTMLExporter().from_filename(str(folder / "bare-out.ipynb"))
    (folder / "bare.html").write_text(html, encoding="utf-8")


def run_format(name: str, folder: Path) -> None:
    """One further format of the last run, from the executed notebook to the file."""
    from datetime import UTC, datetime

    from portfolio.reports.parameters import read_notebook

    notebook = read_notebook(sorted((folder / "reports").rglob("report.ipynb"))[-1])
    cpu, wall = time.process_time(), time.perf_counter()
    from portfolio.reports.document import About
    from portfolio.reports.formats import write_formats

    about = About("Sample", "board report", "Nov 2026", "RUN", datetime.now(UTC))
    write_formats(notebook, about, folder, [name])
    spent = [name, time.process_time() - cpu, time.perf_counter() - wall]
    with Path(os.environ[SPENT]).open("a") as file:
        file.write(json.dumps(spent) + "\n")


def prepare_both(folder: Path, data: Path) -> dict[str, Any]:
    """The two notebooks, and the tables of a finished plan; what is drawn is counted."""
    import nbformat
    import pandas as pd

    from portfolio.analysis.frontier import distances
    from portfolio.reports import sections, strategy
    from portfolio.reports.kinds import BOARD
    from portfolio.reports.places import find_notebook

    notebook = nbformat.read(find_notebook(BOARD.notebook), 4)
    # The notebook's own first cells, so that it may change without this script.
    names: dict[str, Any] = {}
    for number, cell in enumerate(notebook.cells):
        exec(cell.source, names)
        if number == 0:
            names["data"] = str(data)
        if "content" in names:
            break
    content = names["content"]
    notebook.cells.insert(1, nbformat.v4.new_code_cell(TIMER, metadata={"tags": ["remove-output"]}))
    nbformat.write(notebook, folder / "10-board-report.ipynb")
    tables = {
        "projects": content.projects,
        "spend": content.spend,
        "budget": content.budget,
        "capacity": content.capacity_shown,
        "roadmap": content.roadmap,
        "limits": content.limits,
        "curves": content.frontier.curves,
        "distances": distances(content.frontier),
        "alignment": content.alignment,
    }
    pd.to_pickle(tables, folder / "tables.pickle")
    words = {"currency": content.currency, "periods": content.periods}
    (folder / "words.json").write_text(json.dumps(words))
    bare = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source.strip()) for source in BARE],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    nbformat.write(bare, folder / "bare.ipynb")
    # Some of the board's charts are drawn by sections of its own.
    drawn, same = sorted(charts(notebook) + charts(strategy) + charts(sections)), charts(bare)
    assert drawn == same, f"the board report draws {drawn}, the bare notebook {same}"
    return {"projects": len(content.projects), "charts": len(drawn)}


def charts(drawing: Any) -> list[str]:
    """The charts that a notebook, or a module, draws."""
    if isinstance(drawing, ModuleType):
        sources = inspect.getsource(drawing)
    else:
        sources = "\n".join(cell.source for cell in drawing.cells)
    return sorted(re.findall(r"(?:figures\.|show\(|chart = )(\w+_chart)\(", sources))


def once(way: str, folder: Path, data: Path) -> dict[str, float]:
    """CPU and wall seconds of a run, and of what it spent on solving."""
    spent = folder / "spent.jsonl"
    spent.unlink(missing_ok=True)
    command = [sys.executable, __file__, "--one", way, str(folder), str(data)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, SPENT: str(spent)})
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "cpu": after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime,
        "wall": wall,
    }
    lines = spent.read_text().splitlines() if spent.exists() else []
    for name in ("solver", "solve", *FORMATS):
        rows = [row for row in map(json.loads, lines) if row[0] == name]
        found[f"{name}_cpu"] = sum(row[1] for row in rows)
        found[f"{name}_wall"] = sum(row[2] for row in rows)
    return found


def measure(folder: Path, data: Path, repeats: int) -> dict[str, Any]:
    facts = prepare_both(folder, data)
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for way in runs:
        once(way, folder, data)  # compiled files and the disk's cache are there for both
    for turn in range(repeats):
        for way in ("ours", "bare") if turn % 2 else ("bare", "ours"):
            runs[way].append(once(way, folder, data))

    def median(way: str, name: str, less: str = "") -> float:
        return statistics.median(run[name] - (run[less] if less else 0.0) for run in runs[way])

    row: dict[str, Any] = {**facts, "repeats": repeats}
    for kind in ("cpu", "wall"):
        row[f"ours_{kind}_seconds"] = median("ours", kind)
        row[f"solver_{kind}_seconds"] = median("ours", f"solver_{kind}")
        row[f"ours_less_solver_{kind}_seconds"] = median("ours", kind, f"solver_{kind}")
        row[f"ours_less_solve_{kind}_seconds"] = median("ours", kind, f"solve_{kind}")
        row[f"bare_{kind}_seconds"] = median("bare", kind)
    for name in FORMATS:
        made = [once(name, folder, data) for _ in range(repeats)]
        for kind in ("cpu", "wall"):
            row[f"{name}_{kind}_seconds"] = statistics.median(run[f"{name}_{kind}"] for run in made)
    row = {name: round(value, 2) for name, value in row.items()}
    for kind in ("cpu", "wall"):
        bare = median("bare", kind)
        row[f"less_solver_over_bare_{kind}"] = round(
            median("ours", kind, f"solver_{kind}") / bare, 2
        )
        row[f"less_solve_over_bare_{kind}"] = round(median("ours", kind, f"solve_{kind}") / bare, 2)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="*", type=Path, help="portfolios; default: the sample")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--one", nargs=3, metavar=("WAY", "FOLDER", "DATA"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        way, folder, data = given.one[0], Path(given.one[1]), Path(given.one[2])
        if way in FORMATS:
            run_format(way, folder)
        else:
            run_ours(folder, data) if way == "ours" else run_bare(folder)
        return
    with tempfile.TemporaryDirectory() as made:
        instances = given.instances
        if not instances:
            sample = Path(made) / "sample"
            subprocess.run([sys.executable, MAKER, sample], check=True, capture_output=True)
            instances = [sample]
        for number, data in enumerate(instances):
            folder = Path(made) / f"work{number}"
            folder.mkdir()
            print(json.dumps(measure(folder, data.resolve(), given.repeats)), flush=True)


if __name__ == "__main__":
    main()
