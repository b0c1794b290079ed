"""When a report falls due: after the end of each period, or by a cron line; in a time zone.

All moments are compared in UTC. Python compares two times of one zone by their clocks, which is
wrong on the days on which the clock is put forward or back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from portfolio.data.calendar import Calendar, label_frequency

__all__ = ["CADENCES", "Cadence", "check_cron"]

CADENCES: Final = {"monthly": "month", "quarterly": "quarter", "yearly": "year"}
"""Cadences in a word, and the period that each reports."""

_FIELDS = 5
# A clock is put forward or back by less; what a cron line gives within is looked at in UTC.
_SHIFT = dt.timedelta(hours=3)


def check_cron(line: str) -> None:
    """Refuse what is no cron line, or one that never comes.

    Parameters
    ----------
    line : str
        Minute, hour, day of the month, month, day of the week.

    Raises
    ------
    ValueError
        With what is wrong.
    """
    if len(line.split()) != _FIELDS:
        words = " or ".join(CADENCES)
        raise ValueError(
            f"'{line}' is neither {words} nor a cron line of five fields: minute, hour, day of the "
            "month, month, day of the week"
        )
    try:
        next(CronSim(line, dt.datetime(2000, 1, 1, tzinfo=UTC)))
    except CronSimError as problem:
        raise ValueError(f"'{line}' is not a cron line: {str(problem).lower()}") from problem
    except StopIteration:
        raise ValueError(f"the cron line '{line}' never comes") from None


@dataclass(frozen=True)
class Cadence:
    """When reports on periods of one length fall due.

    Attributes
    ----------
    frequency : str
        Length of the periods reported: month, quarter or year.
    zone : ZoneInfo
        Whose midnight ends a period, and whose clock a cron line means.
    cron : str
        A cron line; then a report falls due at each of its moments, and is of the last period that
        has ended by then. "": once, after the end of each period.
    days_after : int
        Days after the end of the period; without a cron line.
    time : datetime.time
        Time of that day; without a cron line.
    year_start : int
        Month in which the year begins.
    """

    frequency: str
    zone: ZoneInfo
    cron: str = ""
    days_after: int = 0
    time: dt.time = dt.time()
    year_start: int = 1

    def due(self, period: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime] | None:
        """Since when, and since when again, the report of a period is due.

        A cron line may come several times while a period is the last that has ended: then the
        report is made anew each time.

        Parameters
        ----------
        period : str
        now : datetime.datetime
            With its zone.

        Returns
        -------
        (datetime.datetime, datetime.datetime) or None
            The first and the last moment up to now, in UTC; None where there is none yet.
        """
        now = now.astimezone(UTC)
        if not self.cron:
            moment = self._after(period)
            return (moment, moment) if moment <= now else None
        begin, end = self._ends(period, 0), self._ends(period, 1)
        last = self._cron_before(min(now, end - dt.timedelta(seconds=1)))
        first = next(self._cron_from(begin), None)
        if last is None or first is None or last < begin:
            return None
        return first, last

    def newest(self, now: dt.datetime) -> str:
        """Label of the newest period whose report is due.

        Parameters
        ----------
        now : datetime.datetime
            With its zone.
        """
        label = self.shifted(self._holding(now), -1)
        while self.due(label, now) is None:
            label = self.shifted(label, -1)
        return label

    def coming(self, now: dt.datetime) -> tuple[str, dt.datetime]:
        """The period that falls due next, and when, in UTC.

        Parameters
        ----------
        now : datetime.datetime
            With its zone.
        """
        now = now.astimezone(UTC)
        if self.cron:
            moment = next(m for m in self._cron_from(now) if m > now)
            return self.shifted(self._holding(moment), -1), moment
        label = self.newest(now)
        while self._after(label) <= now:
            label = self.shifted(label, 1)
        return label, self._after(label)

    def shifted(self, period: str, by: int) -> str:
        """Label of the period that comes so many periods later."""
        return self._calendar(period).label(by)

    def periods(self, first: str, last: str) -> list[str]:
        """Labels from one period to another, inclusive."""
        calendar = self._calendar(first)
        return [calendar.label(number) for number in range(calendar.index(last) + 1)]

    def fits(self, period: str) -> bool:
        """Whether a label is one of the periods reported."""
        return label_frequency(period) == self.frequency

    def _calendar(self, first: str) -> Calendar:
        return Calendar(self.frequency, first, 1, self.year_start)

    def _holding(self, now: dt.datetime) -> str:
        """The period that is going on, by the zone's own calendar."""
        day = now.astimezone(self.zone).date()
        any_label = {"month": "2000-01", "quarter": "2000Q1", "year": "2000"}[self.frequency]
        return self._calendar(any_label).of_date(day)

    def _ends(self, period: str, later: int) -> dt.datetime:
        """Midnight after a period, or after one that comes later."""
        return self._at(self._calendar(period).first_day(later + 1), dt.time())

    def _after(self, period: str) -> dt.datetime:
        day = self._calendar(period).first_day(1) + dt.timedelta(days=self.days_after)
        return self._at(day, self.time)

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        """A time of the zone's clock: one that does not exist is as much later as the clock jumps.

        One that comes twice is the first.
        """
        return dt.datetime.combine(day, time, self.zone).astimezone(UTC)

    def _cron_before(self, now: dt.datetime) -> dt.datetime | None:
        """The last moment of the cron line, now included."""
        moments = CronSim(self.cron, (now + _SHIFT).astimezone(self.zone), reverse=True)
        return next((m for m in map(_utc, moments) if m <= now), None)

    def _cron_from(self, begin: dt.datetime) -> Iterator[dt.datetime]:
        """Moments of the cron line from a moment on, that one included."""
        moments = CronSim(self.cron, (begin - _SHIFT).astimezone(self.zone))
        return (m for m in map(_utc, moments) if m >= begin)


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(UTC)
