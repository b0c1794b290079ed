"""Numbers as a board reads them, and the check of what a figure is given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from portfolio.errors import ReportError
from portfolio.figures.labels import clean
from portfolio.language import decimal, mark, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

__all__ = [
    "LARGE",
    "NEARLY",
    "money",
    "money_unit",
    "number",
    "records",
    "share",
    "worth",
    "worths",
]

_SYMBOLS = {"GBP": "£", "EUR": "€"}
_SCALES = ((1e9, mark("{number} bn")), (1e6, mark("{number} m")), (1e3, mark("{number} k")))
_UNKNOWN = "–"
# Scores from here on are as short as money.
LARGE = 10_000
# Sums of floats miss 0, and all of a room or budget, by less than this share.
NEARLY = 1e-6


def symbol(currency: str) -> str:
    """The sign of a currency where it has one of its own, else its name.

    Parameters
    ----------
    currency : str
        As in the settings: ``GBP``, ``EUR``, ``£``.

    Returns
    -------
    str
        ``£`` and ``€``; a dollar stays ``USD`` or ``AUD``, since its sign says less.
    """
    text = clean(currency)
    return _SYMBOLS.get(text.upper(), text)


def number(value: float) -> str:
    """A number with as many decimals as matter: ``0.25``, ``3.4``, ``1,250``.

    Parameters
    ----------
    value : float
        Any number.

    Returns
    -------
    str
        Two significant decimals below 1, one below 100, else none.
    """
    if not math.isfinite(value):
        return _UNKNOWN
    size = abs(value)
    decimals = 2 if size < 1 else 1 if size < 100 else 0
    text = decimal(size, f",.{decimals}f", short=True)
    return f"−{text}" if value < 0 and text != "0" else text


def money(amount: float, currency: str) -> str:
    """An amount in short form: ``£ 24.4 m``, ``€ 950 k``, ``−£ 1.2 bn``.

    Parameters
    ----------
    amount : float
        In whole units of the currency.
    currency : str
        As in the settings; GBP and EUR are printed as £ and €.

    Returns
    -------
    str
        Three significant digits or more; a dash where the amount is not a number.
    """
    if not math.isfinite(amount):
        return _UNKNOWN
    size = abs(amount)
    text = decimal(size, ",.0f")
    for scale, words in _SCALES:
        # From 999.5 k on it rounds to 1.0 m, which reads better than 1,000 k.
        if size >= scale * 0.9995:
            scaled = size / scale
            form = ",.1f" if scaled < 99.95 else ",.0f"
            text = say(words, number=decimal(scaled, form))
            break
    sign = "−" if amount < 0 and text != "0" else ""
    unit = symbol(currency)
    return f"{sign}{unit} {text}" if unit else f"{sign}{text}"


def money_unit(largest: float, currency: str) -> tuple[float, str]:
    """The unit of an axis: what amounts are divided by, and how the unit is called.

    Parameters
    ----------
    largest : float
        The largest amount on the axis.
    currency : str
        As in the settings.

    Returns
    -------
    tuple of (float, str)
        For example ``(1e6, "£ m")``.
    """
    for scale, words in _SCALES:
        if abs(largest) >= scale:
            return scale, say(words, number=symbol(currency))
    return 1.0, symbol(currency)


def share(value: float) -> str:
    """A share as a whole number of per cent that does not round to a lie.

    Only nothing is ``0 %`` and only all is ``100 %``: what is a little more or less is
    written ``<1 %``, ``>99 %`` or ``>100 %``.

    Parameters
    ----------
    value : float
        The share; 1 is all.

    Returns
    -------
    str
        Per cent; a dash where the share is not a number.
    """
    if not math.isfinite(value):
        return _UNKNOWN
    percent = round(value * 100)
    if percent == 0 and abs(value) > NEARLY:
        return "<1 %" if value > 0 else ">−1 %"
    if percent == 100 and value < 1 - NEARLY:
        return ">99 %"
    if percent == 100 and value > 1 + NEARLY:
        return ">100 %"
    return f"{percent} %".replace("-", "−")


def records(
    table: pd.DataFrame, *, text: Sequence[str] = (), numbers: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Rows of a table as plain Python, after a check of its columns.

    Parameters
    ----------
    table : DataFrame
        What a figure is given.
    text, numbers : sequence of str
        Columns it needs, of text and of finite numbers. A blank text is "".

    Returns
    -------
    list of dict
        One a row, with these columns only.

    Raises
    ------
    ReportError
        A column is missing, or a number is missing or not finite.
    """
    missing = [name for name in (*text, *numbers) if name not in table.columns]
    if missing:
        raise ReportError(f"The figure's table lacks the column {', '.join(missing)}.")
    columns: dict[str, list[Any]] = {}
    for name in text:
        blank = table[name].isna()
        columns[name] = [
            "" if empty else str(value) for value, empty in zip(table[name], blank, strict=True)
        ]
    for name in numbers:
        try:
            values = [float(value) for value in table[name]]
        except (TypeError, ValueError) as error:
            raise ReportError(f"The figure needs a number in each row of '{name}'.") from error
        if not all(math.isfinite(value) for value in values):
            raise ReportError(f"The figure needs a finite number in each row of '{name}'.")
        columns[name] = values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def worth(value: float) -> str:
    """A value by score or by hand, short where it is large.

    Parameters
    ----------
    value : float

    Returns
    -------
    str
        Three digits that matter below a thousand, then whole numbers, then ``12 k``.
    """
    if abs(value) >= LARGE:
        return money(value, "")
    text = decimal(abs(value), ",.0f" if abs(value) >= 999.5 else ".3g")
    return f"−{text}" if value < 0 else text


def worths(largest: float, decimals: int, currency: str | None) -> Callable[[float], str]:
    """How values that stand together are written.

    Parameters
    ----------
    largest : float
        The largest of them, without its sign.
    decimals : int
        Of scores that are not large.
    currency : str or None
        Currency, where value is money; else it is a score.

    Returns
    -------
    callable
        From a value to its words.
    """
    if currency is not None or largest >= LARGE:
        return lambda value: money(value, currency or "")
    return lambda score: decimal(score, f",.{decimals}f").replace("-", "−")
