"""How the numbers of a report on scenarios are written: nothing where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from portfolio.figures.scenario_bars_words import value_words
from portfolio.language import decimal
from portfolio.reports.pieces import Written
from portfolio.reports.scenarios import ScenariosContent
from portfolio.reports.written import SCORE, money_in

__all__ = ["NO_GAP", "or_blank", "per_cent", "sized", "valued"]

NO_GAP: Final = 1e-9
"""A gap that is none."""

_LEAST = 1e-6
"""The least difference that is told."""


def or_blank(written: Written) -> Written:
    """As numbers are written, and nothing where one is missing.

    Parameters
    ----------
    written : Written
    """
    words = written.words
    return replace(written, words=lambda value: "" if math.isnan(value) else words(value))


def per_cent(share: float) -> str:
    """A share as per cent with a decimal: ``0.5 %``.

    Parameters
    ----------
    share : float
    """
    return decimal(share, ".1%").replace("%", " %")


def valued(content: ScenariosContent) -> Written:
    """How a value is written: as money where it is, else as a score.

    Parameters
    ----------
    content : ScenariosContent
    """
    currency = content.value_currency
    if currency is not None:
        return money_in(currency)
    values = content.shown.scenarios["value"]
    return Written(value_words(float(values.abs().max()), None), SCORE)


def sized(content: ScenariosContent) -> Callable[[float], str]:
    """How a difference of values is written: as values are, and one too small for that by itself.

    Parameters
    ----------
    content : ScenariosContent
    """
    written = valued(content)
    if content.value_currency is not None:
        return written
    nothing = written(0.0)

    def words(value: float) -> str:
        said = written(value)
        if said != nothing or value < _LEAST:
            return said
        return decimal(value, f".{-math.floor(math.log10(value))}f")

    return words
