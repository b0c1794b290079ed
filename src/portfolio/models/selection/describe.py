"""The rules of the selection model in words, from their own docstrings, for ``docs/rules.md``.

Write it again with ``python -m portfolio.models.selection.describe > docs/rules.md``.
"""

from __future__ import annotations

import sys

from portfolio.models import selection
from portfolio.models.rules_page import rules_page
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
    names = "The names below are those of a scenario's `ignore` and `soften`, and of `binding.csv`."
    return rules_page("Rules of the selection", names, selection, OBJECTIVES, families())


if __name__ == "__main__":
    sys.stdout.write(rules_markdown())
