"""What tables, columns and forced projects are called, in each language."""

from __future__ import annotations

import pytest

from portfolio.data import called
from portfolio.data.called import column_words, table_words
from portfolio.data.forced import forced_words
from portfolio.data.schema import dictionary
from portfolio.language import spoken


def test_every_table_and_column_has_words() -> None:
    """Else a change of a scenario would be told half in English."""
    tables = {table.replace("_", " ") for table in dictionary()}
    columns = {
        name.removesuffix("_id").replace("_", " ")
        for table, schema in dictionary().items()
        if table != "settings"
        for name in schema.names
    }
    assert set(called._TABLES) == tables
    assert set(called._COLUMNS) == columns | {"key", "value"}


def test_words_of_tables_and_columns() -> None:
    assert (table_words("programme_limits"), column_words("fund_id")) == (
        "programme limits",
        "fund",
    )
    with spoken("nl"):
        assert table_words("budgets") == "budgetten"
        assert column_words("earliest_start") == "vroegste start"


@pytest.mark.parametrize("reason", ["", "regulatory", "committed", "strategic", "other"])
def test_every_reason_of_the_dictionary_has_words(reason: str) -> None:
    (column,) = [c for c in dictionary()["projects"].columns if c.name == "force_reason"]
    assert {"regulatory", "committed", "strategic", "other"} == set(column.words)
    assert forced_words("in", reason) == (reason or "forced in")
    with spoken("nl"):
        assert forced_words("out", reason) != (reason or "forced out")
