"""The size that was asked for, its calendar, and its random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")

FIRST_YEAR = 2027
DATA_DATE = date(2026, 11, 30)
STEADY = 0.28  # of the sample's heads would do its work if that had no peaks
LAST_ACTUAL = -2  # period index of the data date: 2026-12 is forecast, but past for the plan


@dataclass(frozen=True)
class Size:
    """How large, how tight, and from which seed."""

    projects: int = 60
    periods: int = 24
    roles: int = 12
    people: int = 72
    seed: int = 2031
    tightness: float = 1.0

    def random(self, room: int, item: int = 0) -> np.random.Generator:
        """Random numbers of one item of a room: another item's count never shifts them."""
        return np.random.default_rng([self.seed, room, item])

    def months(self, offset: int) -> int:
        """An offset of the catalogue, which is written for 24 months, in this horizon."""
        return offset if self.periods >= 24 else offset * self.periods // 24


def heads(projects: int, periods: int, tightness: float) -> int:
    """How many people there are for so many projects over so many periods.

    In step with the projects alone, nobody would be missed in a large portfolio: few projects
    have peaks, for which people wait the rest of the time; many even out. So a large one has
    people for its steady work and little more: about two in five limits of roles bind, beside
    the money. The sample's own size keeps its own number.
    """
    own = Size()
    work = own.people * projects / own.projects * own.periods / periods
    peaks = min(1.0, own.projects / projects)
    return round(work * (STEADY + (1 - STEADY) * peaks) / tightness)


def between(random: np.random.Generator, low: float, high: float) -> float:
    return low + (high - low) * float(random.random())


def pick(random: np.random.Generator, items: Sequence[Item]) -> Item:
    return items[int(random.random() * len(items))]


def month(index: int) -> str:
    """The label of a period: ``2027-01`` for 0, ``2026-12`` for -1."""
    return f"{FIRST_YEAR + index // 12:04d}-{index % 12 + 1:02d}"


def quarter(index: int) -> str:
    return f"{FIRST_YEAR + index // 12:04d}Q{index % 12 // 3 + 1}"


def year(index: int) -> str:
    return f"{FIRST_YEAR + index // 12:04d}"


def day(index: int, number: int = 1) -> date:
    """A weekday in a period, on or just after the day of this number (at most 25)."""
    found = date(FIRST_YEAR + index // 12, index % 12 + 1, number)
    return found + timedelta(days=max(0, 7 - found.weekday())) if found.weekday() > 4 else found


def bank_holidays(year: int) -> list[tuple[date, str]]:
    """The eight bank holidays of England and Wales, with their substitute days."""
    easter = _easter(year)
    days = [
        (_monday_if_weekend(date(year, 1, 1)), "New Year's Day"),
        (easter - timedelta(days=2), "Good Friday"),
        (easter + timedelta(days=1), "Easter Monday"),
        (_next_monday(date(year, 5, 1)), "Early May bank holiday"),
        (_next_monday(date(year, 5, 25)), "Spring bank holiday"),
        (_next_monday(date(year, 8, 25)), "Summer bank holiday"),
    ]
    christmas = date(year, 12, 25)
    # Christmas and Boxing Day push each other on where one falls on a weekend.
    first, second = {4: (25, 28), 5: (27, 28), 6: (27, 26)}.get(christmas.weekday(), (25, 26))
    days.append((date(year, 12, first), "Christmas Day"))
    days.append((date(year, 12, second), "Boxing Day"))
    return sorted(days)


def _easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian algorithm."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, number = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, number + 1)


def _next_monday(first: date) -> date:
    return first + timedelta(days=-first.weekday() % 7)


def _monday_if_weekend(found: date) -> date:
    return _next_monday(found) if found.weekday() > 4 else found
