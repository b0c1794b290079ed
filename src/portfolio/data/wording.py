"""How sentences write periods, money and ids: as tables do, or for who reads no tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from portfolio.language import decimal

__all__ = ["EXACT", "Wording"]


def _exact(amount: float, currency: str) -> str:
    number = decimal(amount, ",.0f" if abs(amount) >= 1000 else ",.6g")
    return f"{currency} {number}"


@dataclass(frozen=True)
class Wording:
    """How sentences write periods, money and ids.

    Attributes
    ----------
    period : callable
        From a label to its words; the label itself, which tables can be searched for, by default.
    money : callable
        From an amount and its currency to words; in full by default.
    code : callable
        From the id of what has no name, such as a fund, to words; the id itself by default.
    """

    period: Callable[[str], str] = str
    money: Callable[[float, str], str] = _exact
    code: Callable[[str], str] = str


EXACT: Final = Wording()
