"""The what-if notebook run from top to bottom, without a page."""

from __future__ import annotations

from pathlib import Path

from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.lab.launch import NOTEBOOK
from portfolio.reports.notebook import run_notebook
from portfolio.reports.places import find_notebook


def test_it_runs_without_a_page(explored: Portfolio, tmp_path: Path) -> None:
    data = write_folder(explored.tables, tmp_path / "data")
    given = {"data": str(data), "folder": str(tmp_path / "scenarios")}
    target = tmp_path / "run.ipynb"
    run = run_notebook(find_notebook(NOTEBOOK), target, given, cwd=tmp_path, progress=False)
    run.raise_for_error()
    shown = [
        str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
        for cell in run.notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    table = next(text for text in shown if "Strategic value" in text)
    assert "7" in table.split("Strategic value")[1].splitlines()[0]
    assert "scenario: baseline\n" in shown[-1]
    assert not (tmp_path / "scenarios").exists()
