"""The page on tables says what the dictionary says."""

from __future__ import annotations

from pathlib import Path

from portfolio.data.describe import dictionary_markdown, help_line
from portfolio.data.schema import dictionary

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary_markdown(), (
        "write it again: python -m portfolio.data.describe > docs/tables.md"
    )


def test_the_page_names_every_table_and_column() -> None:
    text = dictionary_markdown()
    for name, table in dictionary().items():
        assert f"## {name}\n" in text
        for column in table.columns:
            assert f"| `{column.name}` |" in text


def test_help_fits_into_the_note_of_a_cell() -> None:
    for table in dictionary().values():
        for column in table.columns:
            assert len(help_line(column)) <= 255, (table.name, column.name)
