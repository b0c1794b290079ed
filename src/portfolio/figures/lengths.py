"""Lengths of periods in words: by month, 3 of 24 months, FTE-months.

Languages differ in the gender and the plural of these words, so each use is written out.
"""

from __future__ import annotations

from portfolio.figures.formats import number
from portfolio.language import mark, plural, say

__all__ = [
    "by_length",
    "each_length",
    "fte_lengths",
    "fullest",
    "in_each",
    "length",
    "part_of",
    "work",
]

_NOUNS = {
    "month": mark("month"), "quarter": mark("quarter"), "year": mark("year"),
    "period": mark("period"),
}  # fmt: skip
_BY = {"month": mark("by month"), "quarter": mark("by quarter"), "year": mark("by year")}
_EACH = {
    "month": mark("each month"), "quarter": mark("each quarter"), "year": mark("each year"),
    "period": mark("each period"),
}  # fmt: skip
_IN_EACH = {
    "month": mark("in each month"), "quarter": mark("in each quarter"),
    "year": mark("in each year"), "period": mark("in each period"),
}  # fmt: skip
_FULLEST = {
    "month": mark("the fullest month"), "quarter": mark("the fullest quarter"),
    "year": mark("the fullest year"), "period": mark("the fullest period"),
}  # fmt: skip
_FTE = {
    "month": mark("FTE-months"), "quarter": mark("FTE-quarters"), "year": mark("FTE-years"),
}  # fmt: skip


def length(unit: str) -> str:
    """The bare noun.

    Parameters
    ----------
    unit : str
        month, quarter or year; period, where lengths are mixed.
    """
    return say(_NOUNS[unit])


def by_length(unit: str) -> str:
    """``by month``, as in: spend by month.

    Parameters
    ----------
    unit : str
        month, quarter or year.
    """
    return say(_BY[unit])


def each_length(unit: str) -> str:
    """``each month``, as in: spend of budget, each month.

    Parameters
    ----------
    unit : str
        As in `length`.
    """
    return say(_EACH[unit])


def in_each(unit: str) -> str:
    """``in each month``, as in: the same in each month.

    Parameters
    ----------
    unit : str
        As in `length`.
    """
    return say(_IN_EACH[unit])


def fullest(unit: str) -> str:
    """``the fullest month``, as in: May is the fullest month.

    Parameters
    ----------
    unit : str
        As in `length`.
    """
    return say(_FULLEST[unit])


def fte_lengths(unit: str) -> str:
    """``FTE-months``, the unit of work over time.

    Parameters
    ----------
    unit : str
        month, quarter or year.
    """
    return say(_FTE[unit])


def work(fte: float, unit: str) -> str:
    """``12 FTE-months``: work over time, with its unit.

    Parameters
    ----------
    fte : float
        Summed over periods.
    unit : str
        As in `fte_lengths`.
    """
    return f"{number(fte)} {fte_lengths(unit)}"


def part_of(part: int, whole: int, unit: str) -> str:
    """Some of several periods: ``3 of 24 months``.

    Parameters
    ----------
    part, whole : int
        How many.
    unit : str
        As in `length`.
    """
    some = number(part)
    if unit == "month":
        return plural("{part} of {n} month", "{part} of {n} months", whole, part=some)
    if unit == "quarter":
        return plural("{part} of {n} quarter", "{part} of {n} quarters", whole, part=some)
    if unit == "year":
        return plural("{part} of {n} year", "{part} of {n} years", whole, part=some)
    return plural("{part} of {n} period", "{part} of {n} periods", whole, part=some)
