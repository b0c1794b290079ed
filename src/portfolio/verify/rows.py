"""A rule's row, a violation, and how amounts are compared and said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

__all__ = ["TOLERANCE", "Found", "Row", "Violation", "amount", "differ", "text_key"]

TOLERANCE: Final = 1e-6


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with a plan.

    Attributes
    ----------
    family : str
        Constraint family, or status, objective, offered or tables.
    key : mapping of str to str, or str
        What it is about, by column.
    message : str
        A sentence with the amounts.
    """

    family: str
    key: Mapping[str, str] | str
    message: str

    def __str__(self) -> str:
        return f"{self.family}: {self.message}"


@dataclass(frozen=True)
class Row:
    """A limit on an amount.

    Attributes
    ----------
    family : str
    key : mapping of str to str
    activity : float
        The amount.
    lower, upper : float
        Its limits.
    extra : float
        Added to `upper`, and not widened.
    what : str
        The amount in words, as a sentence begins.
    unit : str
        money, FTE or count.
    soft : bool
        Whether a share of the limits means anything.
    whole : float
        What a share is taken of where the limits are shares themselves; NaN where
        it is taken of each limit.
    may : str
        What makes of `upper` a limit, in a word.
    """

    family: str
    key: Mapping[str, str]
    activity: float
    lower: float = -math.inf
    upper: float = math.inf
    extra: float = 0.0
    what: str = ""
    unit: str = ""
    soft: bool = True
    whole: float = math.nan
    may: str = "allowed"

    def widened(self, share: float) -> Row:
        """The row with limits that may be passed by a share of them."""
        if not share or not self.soft:
            return self
        shares = not math.isnan(self.whole)
        below, above = (self.whole,) * 2 if shares else (abs(self.lower), abs(self.upper))
        return replace(self, lower=self.lower - share * below, upper=self.upper + share * above)

    @property
    def below(self) -> float:
        """Room between the lower limit and the amount; negative where it is passed."""
        return self.activity - self.lower

    @property
    def above(self) -> float:
        """Room between the amount and the upper limit; negative where it is passed."""
        return self.upper + self.extra - self.activity

    @property
    def size(self) -> float:
        """Size of the numbers, for the tolerance."""
        ends = (self.activity, self.lower, self.upper, self.extra)
        return max(abs(end) for end in ends if math.isfinite(end))

    def holds(self) -> bool:
        """Whether the amount is within its limits."""
        return min(self.below, self.above) >= -TOLERANCE * max(1.0, self.size)

    def violation(self) -> Violation:
        """The violation, in a sentence."""
        value, unit = amount(self.activity), " FTE" if self.unit == "FTE" else ""
        if self.above < self.below:
            limit, by = amount(self.upper + self.extra), amount(-self.above)
            message = f"{self.what} is {value}{unit}, {by} more than the {limit} {self.may}."
        else:
            limit, by = amount(self.lower), amount(-self.below)
            message = f"{self.what} is {value}{unit}, {by} less than the {limit} required."
        return Violation(self.family, self.key, message)


def differ(one: float, other: float, size: float = 0.0) -> bool:
    """Whether two amounts differ by more than rounding, given the size of their parts."""
    if math.isinf(one) or math.isinf(other):
        return one != other
    # Written so that NaN differs from everything.
    return not abs(one - other) <= TOLERANCE * max(1.0, abs(one), abs(other), size)


def amount(value: float) -> str:
    """An amount as people read it."""
    if not math.isfinite(value):
        return str(value)
    text = f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def text_key(key: Mapping[str, object]) -> str:
    """A key as text, such as ``fund_id=F1, period=2027``."""
    return ", ".join(f"{column}={value}" for column, value in key.items())


Found: TypeAlias = Iterator[Violation]
"""Violations, one after the other."""
