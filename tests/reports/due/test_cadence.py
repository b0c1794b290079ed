"""When reports fall due, also on days of 23 and of 25 hours."""

from __future__ import annotations

import datetime as dt
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.data.calendar import Calendar
from portfolio.reports.due.cadence import Cadence, check_cron

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = ["UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
ZONES += ["Africa/Cairo", "Pacific/Apia", "America/Sao_Paulo"]


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: ZoneInfo = AMSTERDAM) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("frequency", "period", "moment", "year_start"),
    [
        ("month", "2026-10", "2026-11-01T00:00", 1),
        ("month", "2026-12", "2027-01-01T00:00", 1),
        ("quarter", "2026Q3", "2026-10-01T00:00", 1),
        ("quarter", "2026Q1", "2026-07-01T00:00", 4),
        ("year", "2026", "2027-01-01T00:00", 1),
        ("year", "2026", "2027-04-01T00:00", 4),
    ],
)
def test_a_report_is_due_when_its_period_has_ended(
    frequency: str, period: str, moment: str, year_start: int
) -> None:
    cadence = Cadence(frequency, AMSTERDAM, year_start=year_start)
    end = local(moment).astimezone(UTC)
    assert cadence.due(period, end) == (end, end)
    assert cadence.due(period, end - dt.timedelta(seconds=1)) is None
    assert cadence.newest(end) == period
    before = cadence.newest(end - dt.timedelta(seconds=1))
    assert cadence.periods(before, period) == [before, period]
    assert cadence.coming(end - dt.timedelta(seconds=1)) == (period, end)
    assert cadence.coming(end)[0] == cadence.shifted(period, 1)


def test_days_and_a_time_after_the_end() -> None:
    cadence = Cadence("month", AMSTERDAM, days_after=2, time=dt.time(6))
    assert cadence.due("2026-10", utc("2026-11-03T05:00")) is not None
    assert cadence.due("2026-10", utc("2026-11-03T04:59:59")) is None
    assert cadence.newest(utc("2026-11-03T04:59:59")) == "2026-09"


def test_a_wait_longer_than_a_period() -> None:
    cadence = Cadence("month", ZoneInfo("UTC"), days_after=70)
    assert cadence.newest(utc("2026-11-01T00:00")) == "2026-07"
    assert cadence.coming(utc("2026-11-01T00:00")) == ("2026-08", utc("2026-11-10T00:00"))


def test_the_day_on_which_the_clock_is_put_forward() -> None:
    """On 29 March 2026, 02:00 is followed by 03:00: the day has 23 hours, and no 02:30."""
    days = Cadence("month", AMSTERDAM, days_after=28, time=dt.time(2, 30))
    assert days.due("2026-02", utc("2026-03-29T01:30")) is not None
    assert days.due("2026-02", utc("2026-03-29T01:29")) is None
    cron = Cadence("month", AMSTERDAM, cron="30 2 * * *")
    found = cron.due("2026-02", utc("2026-03-29T12:00"))
    assert found == (utc("2026-03-01T01:30"), utc("2026-03-29T01:00"))  # 03:00, once


def test_the_day_on_which_the_clock_is_put_back() -> None:
    """On 25 October 2026, 03:00 is followed by 02:00: the day has 25 hours, and 02:30 twice."""
    first, second = utc("2026-10-25T00:30"), utc("2026-10-25T01:30")
    assert first.astimezone(AMSTERDAM).hour == second.astimezone(AMSTERDAM).hour == 2
    for cadence in (
        Cadence("month", AMSTERDAM, days_after=24, time=dt.time(2, 30)),
        Cadence("month", AMSTERDAM, cron="30 2 25 * *"),
    ):
        for now in (first, first + dt.timedelta(minutes=50), second, utc("2026-10-26T00:00")):
            assert cadence.due("2026-09", now) == (first, first)
        assert cadence.due("2026-09", first - dt.timedelta(seconds=1)) is None
        assert cadence.coming(first)[1] > second


def test_a_month_that_ends_with_the_clock_put_back() -> None:
    """In Cairo the clock was put back as 31 October 2024 ended: an hour more."""
    cadence = Cadence("month", ZoneInfo("Africa/Cairo"))
    (end, _) = cadence.due("2024-10", utc("2024-11-05T00:00")) or (None, None)
    assert end == utc("2024-10-31T22:00")
    assert end is not None
    assert cadence.newest(end - dt.timedelta(minutes=30)) == "2024-09"


def test_a_midnight_that_does_not_exist() -> None:
    """In Sao Paulo, 4 November 2018 began at 01:00."""
    cadence = Cadence("month", ZoneInfo("America/Sao_Paulo"), days_after=3)
    (moment, _) = cadence.due("2018-10", utc("2018-11-05T00:00")) or (None, None)
    assert moment == local("2018-11-04T01:00", ZoneInfo("America/Sao_Paulo")).astimezone(UTC)


def test_a_cron_line_reports_the_last_period_that_has_ended() -> None:
    weekly = Cadence("month", AMSTERDAM, cron="0 7 * * 1")
    assert weekly.newest(utc("2026-11-26T12:00")) == "2026-10"
    assert weekly.due("2026-10", utc("2026-11-26T12:00")) == (
        local("2026-11-02T07:00").astimezone(UTC),
        local("2026-11-23T07:00").astimezone(UTC),
    )
    # on the 1st nothing has come for October yet
    assert weekly.newest(utc("2026-11-01T12:00")) == "2026-09"
    assert weekly.coming(utc("2026-11-01T12:00"))[0] == "2026-10"
    leap = Cadence("year", AMSTERDAM, cron="0 6 29 2 *")
    assert leap.newest(utc("2026-11-26T12:00")) == "2023"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("weekly", "neither monthly or quarterly or yearly nor a cron line"),
        ("0 0 6 * * *", "nor a cron line of five fields"),
        ("61 * * * *", "bad minute"),
        ("0 0 30 2 *", "bad day-of-month"),
        ("0 0 * * MOON", "bad day-of-week"),
    ],
)
def test_what_is_no_cron_line(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_cron(line)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    minute=st.sampled_from([0, 1, 30, 59]),
    cron=st.booleans(),
    day=st.integers(1, 28),
    start=st.integers(0, 400 * 24),
)
def test_each_period_falls_due_once_and_in_order(
    zone: str, hour: int, minute: int, cron: bool, day: int, start: int
) -> None:
    """Hour by hour over forty days: what an hourly call sees as the newest never goes back."""
    cadence = (
        Cadence("month", ZoneInfo(zone), cron=f"{minute} {hour} {day} * *")
        if cron
        else Cadence("month", ZoneInfo(zone), days_after=day - 1, time=dt.time(hour, minute))
    )
    calendar = Calendar("month", "2000-01", 1)
    now = dt.datetime(2024, 1, 1, tzinfo=UTC) + dt.timedelta(hours=start)
    seen, ahead = cadence.newest(now), cadence.coming(now)
    for step in range(0, 40 * 24, 5):
        later = now + dt.timedelta(hours=step)
        newest = cadence.newest(later)
        assert calendar.index(newest) - calendar.index(seen) in (0, 1)
        if newest != seen:
            assert cadence.due(newest, later) is not None
            assert ahead[0] == newest
            assert later - dt.timedelta(hours=5) < ahead[1] <= later
            seen, ahead = newest, cadence.coming(later)
