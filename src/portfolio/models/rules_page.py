"""The rules of a model in words, from its own docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

__all__ = ["rules_page"]


def rules_page(
    title: str,
    names: str,
    model: ModuleType,
    objectives: Mapping[str, Callable[..., Any]],
    families: Iterable[Callable[..., Any]],
) -> str:
    """The sets, objectives and constraint families of a model.

    Parameters
    ----------
    title : str
    names : str
        A sentence that says where the names are used.
    model : module
        Its docstring says what the sets and columns are.
    objectives : mapping of str to callable
    families : iterable of callable

    Returns
    -------
    str
        Markdown, one heading an objective or family.
    """
    text = inspect.getdoc(model) or ""
    lines = [f"# {title}", "", names, "", "```text", text, "```", "", "## Objectives", ""]
    for name, objective in objectives.items():
        lines += [f"### {name}", "", *_body(objective), ""]
    lines += ["## Constraint families", ""]
    for family in families:
        lines += [f"### {family.__name__}", "", *_body(family), ""]
    return "\n".join(lines).rstrip() + "\n"


def _body(described: object) -> list[str]:
    """A docstring's sentence, and its formula as a block."""
    paragraphs = (inspect.getdoc(described) or "").split("\n\n")
    lines = [paragraphs[0].replace("\n", " ")]
    for paragraph in paragraphs[1:]:
        formula = any(sign in paragraph for sign in ("<=", ">=", " = ", "sum over"))
        lines += ["", f"```text\n{paragraph}\n```" if formula else paragraph.replace("\n", " ")]
    return lines
