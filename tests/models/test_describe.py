"""The page of rules is made from the model's own docstrings."""

from __future__ import annotations

from pathlib import Path

from portfolio.models import allocation
from portfolio.models.allocation.describe import allocation_markdown
from portfolio.models.allocation.objectives import OBJECTIVES as ALLOCATION_OBJECTIVES
from portfolio.models.selection.describe import rules_markdown
from portfolio.models.selection.model import CONSTRAINTS
from portfolio.scenario import OBJECTIVES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_up_to_date() -> None:
    """`python -m portfolio.models.selection.describe > docs/rules.md` writes it again."""
    assert PAGE.read_text(encoding="utf-8") == rules_markdown()


def test_every_rule_and_objective_has_its_heading() -> None:
    """A name in a message can be looked up."""
    headings = [line[4:] for line in rules_markdown().splitlines() if line.startswith("### ")]
    assert headings == [*OBJECTIVES, *CONSTRAINTS]


def test_the_page_of_people_is_up_to_date() -> None:
    """`python -m portfolio.models.allocation.describe > docs/allocation.md` writes it again."""
    page = PAGE.with_name("allocation.md").read_text(encoding="utf-8")
    assert page == allocation_markdown()
    headings = [line[4:] for line in page.splitlines() if line.startswith("### ")]
    assert headings == [*ALLOCATION_OBJECTIVES, *allocation.CONSTRAINTS]
