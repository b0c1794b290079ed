"""Parameters of a notebook: what its ``parameters`` cell declares, and what may be passed to it.

They are checked before papermill sees them, because it executes their names as code, only warns of
names that the notebook does not know, and turns dates, paths and numpy numbers into text.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from portfolio.errors import ReportError, nearest
from portfolio.notebook_format import load_nbformat
from portfolio.reports.secrets import refuse_secrets

__all__ = ["JSON", "check_parameters", "declared_in", "declared_parameters", "read_notebook"]

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"


def read_notebook(source: Path) -> Any:
    """A notebook of format 4 from its file.

    Parameters
    ----------
    source : Path
        The notebook.

    Returns
    -------
    nbformat.NotebookNode
        The notebook.

    Raises
    ------
    ReportError
        If it cannot be read or is no notebook.
    """
    try:
        notebook = load_nbformat().read(source, as_version=4)
    except OSError as error:
        raise ReportError(
            f"The notebook {source} cannot be read: {error.strerror or error}."
        ) from error
    except Exception as error:
        # What nbformat raises has no class in common: AttributeError for a list, TypeError for
        # cells that are none, jsonschema's own errors, ValueError for another format.
        raise ReportError(f"{source} is not a notebook.") from error
    return notebook


def declared_parameters(source: Path) -> list[str]:
    """Names that the notebook's ``parameters`` cell assigns, in order.

    Parameters
    ----------
    source : Path
        The notebook.

    Returns
    -------
    list of str
        Empty if no cell is tagged ``parameters``.

    Raises
    ------
    ReportError
        If the notebook cannot be read, or its parameters cell is no valid Python.
    """
    return declared_in(read_notebook(source), source.name)


def declared_in(notebook: Any, name: str) -> list[str]:
    """Names that the ``parameters`` cell of a notebook in memory assigns, in order.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The notebook.
    name : str
        Its name, for the message.

    Returns
    -------
    list of str
        Empty if no cell is tagged ``parameters``.

    Raises
    ------
    ReportError
        If the cell is no valid Python.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            try:
                body = ast.parse(cell.source).body
            except SyntaxError as error:
                raise ReportError(
                    f"The parameters cell of {name} is not valid Python: {error.msg}."
                ) from error
            targets: list[ast.expr] = []
            for statement in body:
                if isinstance(statement, ast.Assign):
                    targets += statement.targets
                elif isinstance(statement, ast.AnnAssign):
                    targets.append(statement.target)
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []


def check_parameters(
    parameters: Mapping[str, JSON], declared: Sequence[str], notebook: str
) -> None:
    """Refuse parameters that papermill would take wrongly.

    Parameters
    ----------
    parameters : mapping
        Names and values.
    declared : sequence of str
        Names that the notebook declares.
    notebook : str
        Its name, for the message.

    Raises
    ------
    ReportError
        For the first name that is not declared, or value that is not plain JSON, and for all that
        are secrets; with exit code 2.
    """
    for name, value in parameters.items():
        if name not in declared:
            hint = nearest(str(name), declared)
            raise ReportError(f"The notebook {notebook} has no parameter {name!r}; {hint}", 2)
        _check_value(value, f"the parameter '{name}' of {notebook}")
    refuse_secrets(parameters)


def _check_value(value: object, what: str) -> None:
    # exact types: a numpy number or an enum is a subclass, which papermill writes otherwise
    if value is None or type(value) in (bool, int, str):
        return
    if type(value) is float:
        if not math.isfinite(value):
            raise ReportError(f"The value of {what} is {value}, which JSON cannot hold.", 2)
        return
    if type(value) is list:
        for item in value:
            _check_value(item, what)
        return
    if type(value) is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise ReportError(f"A key in {what} is {key!r}; keys must be text.", 2)
            _check_value(item, what)
        return
    raise ReportError(
        f"The value of {what} is a {type(value).__name__}; only text, whole and decimal numbers, "
        "true, false, none, and lists and dicts of them can be passed to a notebook.",
        2,
    )
