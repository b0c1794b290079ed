"""Tiny notebooks for the tests, and a way to run them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

PARAMETERS = "data: str = ''  # folder\nscenario: str = ''\nperiod: str = ''\nout: str = '.'\n"


def code(source: str, *tags: str, **metadata: Any) -> Any:
    return new_code_cell(source, metadata={"tags": list(tags), **metadata})


def shown(data: dict[str, str], *tags: str, alt: str = "", **metadata: Any) -> Any:
    """An executed cell with one display output."""
    kind = next(iter(data))
    output = new_output("display_data", data=data, metadata={kind: {"alt": alt}} if alt else {})
    cell = code("show()", *tags, **metadata)
    cell.outputs, cell.execution_count = [output], 1
    return cell


def notebook(*cells: Any) -> Any:
    return new_notebook(cells=[code(c) if isinstance(c, str) else c for c in cells])


def markdown(source: str, *tags: str) -> Any:
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def write(path: Path, *cells: Any, parameters: str = PARAMETERS) -> Path:
    nbformat.write(notebook(code(parameters, "parameters"), *cells), path)
    return path
