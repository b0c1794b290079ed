"""How the numbers and days of a report's tables are written, in words and in a workbook."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from portfolio.data.wording import Wording
from portfolio.figures import money, number, period_words, share
from portfolio.language import date_words, decimal, mark, say
from portfolio.reports.pieces import Written

__all__ = [
    "FTE",
    "SCORE",
    "SHARE",
    "WHOLE",
    "WORDING",
    "code_words",
    "day_short",
    "day_words",
    "days_short",
    "money_in",
    "period_or_blank",
]

WHOLE = Written(lambda count: decimal(count, ".0f"), "0")
"""Things that are counted."""

SHARE = Written(share, "0.0%")
"""Shares of a whole."""

FTE = Written(number, "#,##0.00")
"""People, and other amounts with a decimal or two."""

SCORE = "[>=1000]#,##0;[<=-1000]-#,##0;0.000"
"""How a workbook writes values, whether they are scores or as large as money."""

_DAY = mark("yyyy-MM-dd")


def code_words(code: str) -> str:
    """What has no name, such as a fund, by its id: ``net_zero_grant`` is net zero grant."""
    return code.replace("_", " ")


WORDING = Wording(period_words, money, code_words)
"""Sentences that are made elsewhere and shown in a report."""


def money_in(currency: str, *, blank: bool = False) -> Written:
    """Money, short in words and in full in a workbook.

    Parameters
    ----------
    currency : str
        As in the settings.
    blank : bool
        Whether nothing stands where the amount is 0.
    """
    return Written(
        lambda amount: "" if blank and amount == 0 else money(amount, currency), "#,##0", currency
    )


def period_or_blank(label: str) -> str:
    """A period in words; blank where there is none."""
    return period_words(label) if label else ""


def day_words(day: object) -> str:
    """A day in a sentence: ``3 September 2026``."""
    return date_words(pd.Timestamp(str(day)).date(), "d MMMM y")


def day_short(day: dt.date) -> str:
    """A day in a table: ``2026-09-03``, or as the language has it."""
    return date_words(day, say(_DAY))


def days_short(days: pd.Series[Any]) -> list[str]:
    """Days in a table's column; blank where there is none."""
    return [day_short(day.date()) if pd.notna(day) else "" for day in days]
