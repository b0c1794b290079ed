"""What a plan is judged by, written as what it is: money, or a value."""

from __future__ import annotations

from portfolio.figures.formats import worth
from portfolio.reports.pieces import Written
from portfolio.reports.written import money_in

__all__ = ["amount_of", "in_money"]

_MONEY = ("npv", "benefit", "cost")


def in_money(objective: str) -> bool:
    """Whether an objective is an amount of money."""
    return objective in _MONEY


def amount_of(objective: str, currency: str) -> Written:
    """How amounts of an objective are written.

    Parameters
    ----------
    objective : str
        By its name in a scenario.
    currency : str
        As in the settings.
    """
    return money_in(currency) if in_money(objective) else Written(worth, "#,##0.000")
