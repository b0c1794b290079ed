"""The cells of the published returns: money, days, ratings, and why a cell is none of these.

A cell is read where it is written in one of the ways that the returns use; all
else (blanks, exemption sentences, what cannot be read) is kept with the reason
why it was not read, and never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

__all__ = ["RATINGS", "parse_date", "parse_money", "parse_rating", "plain", "unread"]

RATINGS = ("Red", "Amber/Red", "Amber", "Amber/Green", "Green")
"""Delivery confidence, from the worst; from 2022 only Red, Amber and Green are given."""

_MONEY = re.compile(
    r"(?P<sign>-?)£?(?P<minus>-?)(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<part>\.[0-9]+)?"
)
_LARGEST = Decimal(10**8)  # GBP million: far above any return, and exact in floating point
_YEARS = range(1900, 2200)


def parse_money(text: str) -> int | None:
    """GBP million as published, in whole GBP.

    Parameters
    ----------
    text : str
        For example ``£1,234.56``, ``1234.5`` or ``-30.69``.

    Returns
    -------
    int or None
        None where it is no such number; a comma that does not part thousands
        makes it none.
    """
    match = _MONEY.fullmatch(text.strip())
    if not match or (match["sign"] and match["minus"]):
        return None
    millions = Decimal(match["digits"].replace(",", "") + (match["part"] or ""))
    if millions >= _LARGEST:
        return None
    pounds = int((millions * 10**6).to_integral_value(ROUND_HALF_EVEN))
    return -pounds if match["sign"] or match["minus"] else pounds


def parse_date(text: str, year: int) -> dt.date | None:
    """A day as published: ``01.05.2022``, ``01.05.22`` or ``2022-05-01``.

    Parameters
    ----------
    text : str
    year : int
        Year of the return. A year of two digits is the nearest to it, so that in
        2019 ``98`` is 1998 and ``50`` is 2050.

    Returns
    -------
    datetime.date or None
        None where it is no such day.
    """
    text = text.strip()
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
        numbers = int(match[1]), int(match[2]), int(match[3])
    elif match := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})", text):
        numbers = int(match[3]), int(match[2]), int(match[1])
        if len(match[3]) == 2:
            century = year // 100 * 100
            near = (century - 100, century, century + 100)
            nearest_year = min((c + numbers[0] for c in near), key=lambda y: abs(y - year))
            numbers = nearest_year, *numbers[1:]
    else:
        return None
    if numbers[0] not in _YEARS:
        return None
    try:
        return dt.date(*numbers)
    except ValueError:
        return None


def parse_rating(text: str) -> str:
    """A delivery confidence, in whatever capitals; "" where it is none."""
    folded = {rating.casefold(): rating for rating in RATINGS}
    return folded.get(re.sub(r"\s*/\s*", "/", text.strip()).casefold(), "")


def unread(text: str) -> str:
    """Say why a cell could not be used.

    Parameters
    ----------
    text : str
        A cell that is no number, date or rating.

    Returns
    -------
    str
        ``blank``, ``exempt from publication``, ``not published`` (another sentence) or
        ``unreadable``.
    """
    words = text.split()
    if not words:
        return "blank"
    if words[0].casefold() in ("exempt", "exemption"):
        return "exempt from publication"
    figures = any(character.isdigit() for character in text)
    if len(words) >= 4 or (len(words) >= 2 and not figures):
        return "not published"
    return "unreadable"


def plain(number: Fraction) -> str:
    """A number in digits, without an exponent or zeros at its end."""
    text = f"{float(number):.12f}".rstrip("0").rstrip(".")
    return text or "0"
