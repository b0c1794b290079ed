"""The rules of the allocation model in words, from their docstrings, for ``docs/allocation.md``.

Write it again with ``python -m portfolio.models.allocation.describe > docs/allocation.md``.
"""

from __future__ import annotations

import inspect
import sys

from portfolio.allocation import Allocation
from portfolio.models import allocation
from portfolio.models.allocation.model import families
from portfolio.models.allocation.objectives import OBJECTIVES
from portfolio.models.rules_page import rules_page

__all__ = ["allocation_markdown"]


def allocation_markdown() -> str:
    """The sets, objectives and constraint families of the allocation model, and its results.

    Returns
    -------
    str
        Markdown, one heading a family; the heading is the family's name in a
        scenario's ``ignore`` and in messages.
    """
    names = (
        "`portfolio allocate DATA --out DIR` names people by these rules. The names below are "
        "those of a scenario's `ignore`; `person_time` may be softened."
    )
    page = rules_page("Naming people", names, allocation, OBJECTIVES, families())
    described = inspect.getdoc(Allocation) or ""
    tables = described.partition("Attributes\n----------\n")[2]
    return f"{page}\n## What is written\n\n```text\n{tables}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(allocation_markdown())
