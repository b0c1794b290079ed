"""The rules of the selection model in words, from their own docstrings, for ``docs/rules.md``.

Write it again with ``python -m portfolio.models.selection.describe > docs/rules.md``.
"""

from __future__ import annotations

import inspect
import sys

from portfolio.models import selection
from portfolio.models.selection.model import families
from portfolio.models.selection.objectives import OBJECTIVES

__all__ = ["rules_markdown"]


def rules_markdown() -> str:
    """The sets, objectives and constraint families of the selection model.

    Returns
    -------
    str
        Markdown, one heading a family; the heading is the family's name in a
        scenario's ``ignore`` and ``soften``, in ``binding.csv`` and in messages.
    """
    lines = [
        "# Rules of the selection",
        "",
        "The names below are those of a scenario's `ignore` and `soften`, and of `binding.csv`.",
        "",
        "```text",
        inspect.getdoc(selection) or "",
        "```",
        "",
        "## Objectives",
        "",
    ]
    for name, objective in OBJECTIVES.items():
        lines += [f"### {name}", "", *_body(objective), ""]
    lines += ["## Constraint families", ""]
    for family in families():
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


if __name__ == "__main__":
    sys.stdout.write(rules_markdown())
