"""A limit that a project would pass, and the words for amounts and lists in it."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.data.portfolio import Portfolio

__all__ = ["SMALL", "Passed", "money", "some"]

SMALL = 1e-6
"""What is no more than this, relative where the amount is above 1, passes nothing."""


@dataclass(frozen=True)
class Passed:
    """One limit that a project would pass: in words, and by what share of the limit."""

    words: str
    share: float


def money(portfolio: Portfolio, amount: float) -> str:
    """An amount as a sentence says it."""
    number = f"{amount:,.0f}" if abs(amount) >= 9.5 else f"{amount:.2g}"
    return f"{portfolio.settings.currency} {number}"


def some(names: list[str], most: int = 2) -> str:
    """The first names, and how many more there are."""
    if len(names) <= most + 1:
        return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return ", ".join(names[:most]) + f" and {len(names) - most} more"
