"""Amounts as sentences about a plan say them."""

from __future__ import annotations

from functools import cached_property

from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.language import decimal
from portfolio.scenario.words import code_words

__all__ = ["Amounts"]

_THOUSAND, _LARGE = 1e3, 1e6
_MONEY = ("npv", "benefit", "cost")


class Amounts:
    """Amounts of one plan, in its objective and its currency.

    Parameters
    ----------
    asked : Inquiry
    """

    def __init__(self, asked: Inquiry) -> None:
        self.asked = asked
        self.currency = asked.changed.settings.currency
        self.objective = code_words(asked.objective.name)

    @cached_property
    def role_names(self) -> dict[str, str]:
        """Names of the roles, by id."""
        roles = self.asked.changed.tables["roles"]
        return dict(zip(roles["role_id"], roles["name"], strict=True))

    def worth(self, value: float) -> str:
        """A value of the first objective."""
        if self.asked.objective.name in _MONEY:
            return self.money(value)
        return decimal(value, ",.0f" if abs(value) >= _LARGE else ",.6g")

    def size(self, difference: float) -> str:
        """A difference of two values, which no solve knows to six digits."""
        if self.asked.objective.name in _MONEY:
            return self.money(difference)
        rounded = float(f"{difference:.3g}")
        return decimal(rounded, ",.0f" if abs(rounded) >= _THOUSAND else ",.3g")

    def money(self, amount: float) -> str:
        """An amount of money."""
        return self.asked.wording.money(amount, self.currency)
