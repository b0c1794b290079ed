"""The calendar of a portfolio: labels of periods, their order and their days.

Periods are labels: months ``2026-11``, quarters ``2026Q4``, years ``2026``. A
year is named by the calendar year in which it begins, so with ``year_start=4``
the year ``2026`` runs from April 2026 to March 2027, and ``2026Q1`` is April
to June 2026. Months are always calendar months.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import re
from dataclasses import dataclass
from functools import cached_property

__all__ = ["FREQUENCIES", "Calendar", "label_frequency", "matches"]

FREQUENCIES = {"month": 1, "quarter": 3, "year": 12}
# Only the digits 0 to 9: Python reads those of other scripts as numbers too, and a
# label in them would be a second name of the same period.
_PATTERNS = {
    "month": re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"([1-9][0-9]{3})Q([1-4])"),
    "year": re.compile(r"([1-9][0-9]{3})"),
}


def label_frequency(label: str) -> str:
    """Tell what kind of period a label names.

    Parameters
    ----------
    label : str
        For example ``2026-11``, ``2026Q4`` or ``2026``.

    Returns
    -------
    str
        ``month``, ``quarter`` or ``year``; empty where it is no label.
    """
    for frequency, pattern in _PATTERNS.items():
        if pattern.fullmatch(label):
            return frequency
    return ""


def matches(label: str, pattern: str) -> bool:
    """Whether a label is what a pattern says, in which only ``*`` stands for anything."""
    return fnmatch.fnmatchcase(label, pattern.replace("[", "[[]").replace("?", "[?]"))


@dataclass(frozen=True)
class Calendar:
    """The periods of the horizon, numbered from 0.

    Parameters
    ----------
    frequency : str
        ``month``, ``quarter`` or ``year``: the length of one period.
    first_period : str
        Label of period 0.
    periods : int
        Number of periods in the horizon.
    year_start : int
        Month in which the year begins, 1 to 12.

    Raises
    ------
    ValueError
        If `first_period` is not a label of `frequency`.
    """

    frequency: str
    first_period: str
    periods: int
    year_start: int = 1

    def __post_init__(self) -> None:
        if label_frequency(self.first_period) != self.frequency:
            raise ValueError(f"'{self.first_period}' is not a {self.frequency}")

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Labels of the horizon's periods, in order."""
        return tuple(self.label(index) for index in range(self.periods))

    @cached_property
    def _months_each(self) -> int:
        return FREQUENCIES[self.frequency]

    @cached_property
    def _first_month(self) -> int:
        return self._month_span(self.first_period)[0]

    def _month_span(self, label: str) -> tuple[int, int]:
        """First and last month of a label, counted from January of year 0."""
        frequency = label_frequency(label)
        if not frequency:
            raise ValueError(f"'{label}' is not a period")
        match = _PATTERNS[frequency].fullmatch(label)
        assert match is not None
        year = int(match[1])
        if frequency == "month":
            first = year * 12 + int(match[2]) - 1
        else:
            first = year * 12 + self.year_start - 1
            if frequency == "quarter":
                first += 3 * (int(match[2]) - 1)
        return first, first + FREQUENCIES[frequency] - 1

    def index(self, label: str) -> int:
        """Number of a period; negative in the past, `periods` or more beyond the horizon.

        Raises
        ------
        ValueError
            If the label is no period of this calendar's frequency.
        """
        if label_frequency(label) != self.frequency:
            raise ValueError(f"'{label}' is not a {self.frequency}")
        return (self._month_span(label)[0] - self._first_month) // self._months_each

    def span(self, label: str) -> tuple[int, int]:
        """First and last period that a label of the same or a longer length covers, inclusive.

        Raises
        ------
        ValueError
            If the label is no period, or shorter than this calendar's periods.
        """
        if not self.covers(label):
            raise ValueError(f"'{label}' is not a {self.frequency} or longer")
        first, last = self._month_span(label)
        return (
            (first - self._first_month) // self._months_each,
            (last - self._first_month) // self._months_each,
        )

    def covers(self, label: str) -> bool:
        """Whether a label names a period of this calendar's length or longer."""
        frequency = label_frequency(label)
        return bool(frequency) and FREQUENCIES[frequency] >= self._months_each

    def up_to(self, label: str) -> int:
        """Number of the last period that a label reaches, whatever its length.

        The last one within a longer label; of a shorter one, that which holds it.

        Raises
        ------
        ValueError
            If the label is no period.
        """
        return (self._month_span(label)[1] - self._first_month) // self._months_each

    def label(self, index: int) -> str:
        """Label of the period with a number, which may lie outside the horizon."""
        month = self._first_month + index * self._months_each
        return self._label_of_month(month, self.frequency)

    def _label_of_month(self, month: int, frequency: str) -> str:
        if frequency == "month":
            return f"{month // 12:04d}-{month % 12 + 1:02d}"
        year, into = divmod(month - (self.year_start - 1), 12)
        if frequency == "quarter":
            return f"{year:04d}Q{into // 3 + 1}"
        return f"{year:04d}"

    def coarser(self, index: int, frequency: str) -> str:
        """Label of the longer period (``quarter`` or ``year``) that a period lies in."""
        return self._label_of_month(self._first_month + index * self._months_each, frequency)

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Labels of the horizon that a pattern with ``*`` matches."""
        return tuple(label for label in self.labels if matches(label, pattern))

    def of_date(self, day: dt.date) -> str:
        """Label of the period that holds a day."""
        return self._label_of_month(day.year * 12 + day.month - 1, self.frequency)

    def first_day(self, index: int) -> dt.date:
        """First day of a period."""
        month = self._first_month + index * self._months_each
        return dt.date(month // 12, month % 12 + 1, 1)

    def last_day(self, index: int) -> dt.date:
        """Last day of a period."""
        return self.first_day(index + 1) - dt.timedelta(days=1)

    def years_from_start(self, index: int) -> float:
        """Years from the start of the horizon to the start of a period."""
        return index * self._months_each / 12
