from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.data.title import read_title
from portfolio.data.write import write_folder, write_workbook


@pytest.mark.parametrize("frequency", ["month", "quarter", "year"])
@pytest.mark.parametrize("day", [None, dt.date(2026, 3, 31), dt.date(2026, 4, 1)])
def test_it_is_what_reading_the_whole_says(
    small: Callable[..., Portfolio], tmp_path: Path, frequency: str, day: dt.date | None
) -> None:
    settings: dict[str, Any] = {"name": "=Water, 'é' & Co", "year_start": 4, "data_date": day}
    portfolio = small({"A": {"cost": [1], "value": 1}}, frequency=frequency, settings=settings)
    write_folder(portfolio.tables, tmp_path / "data")
    write_workbook(portfolio.tables, tmp_path / "data.xlsx")
    calendar = portfolio.calendar
    period = calendar.of_date(day) if day else calendar.first_period
    for path in (tmp_path / "data", tmp_path / "data.xlsx"):
        read = read_portfolio(path)
        assert read_title(path) == (read.settings.name, period)


def test_other_delimiters(small: Callable[..., Portfolio], tmp_path: Path) -> None:
    (tmp_path / "settings.csv").write_text(
        "key;value\nname;Water; and more\nfrequency;year\nfirst_period;2027\n", encoding="utf-8-sig"
    )
    assert read_title(tmp_path) == ("Water", "2027")


@pytest.mark.parametrize(
    "text",
    ["", "key,value\n", "\0", "key\nname\n", "name,Water\n", "key,value\ndata_date,soon\n"],
)
def test_what_cannot_be_read_is_left_to_others(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.csv").write_text(text)
    assert read_title(tmp_path) == ("", "")
    assert read_title(tmp_path / "absent") == ("", "")
    (tmp_path / "no.xlsx").write_text("no workbook")
    assert read_title(tmp_path / "no.xlsx") == ("", "")
    (tmp_path / "settings.csv").write_bytes(b"key,value\nname,\xff\n")
    assert read_title(tmp_path) == ("", "")
