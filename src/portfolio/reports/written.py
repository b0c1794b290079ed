"""How the numbers of a report's tables are written, in words and in a workbook."""

from __future__ import annotations

from portfolio.figures import money, number, share
from portfolio.reports.pieces import Written

__all__ = ["FTE", "SHARE", "WHOLE", "money_in"]

WHOLE = Written("{:.0f}".format, "0")
"""Things that are counted."""

SHARE = Written(share, "0.0%")
"""Shares of a whole."""

FTE = Written(number, "#,##0.00")
"""People, and other amounts with a decimal or two."""


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
