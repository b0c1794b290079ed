"""Labels, numbers and days of periods."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.data.calendar import FREQUENCIES, Calendar, label_frequency

FIRST = {"month": "2026-11", "quarter": "2026Q4", "year": "2026"}

frequencies = st.sampled_from(sorted(FREQUENCIES))
years = st.integers(1900, 2199)
periods = st.integers(1, 400)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    frequency, year = draw(frequencies), draw(years)
    first = {
        "month": f"{year}-{draw(st.integers(1, 12)):02d}",
        "quarter": f"{year}Q{draw(st.integers(1, 4))}",
        "year": f"{year}",
    }[frequency]
    return Calendar(frequency, first, draw(periods), draw(st.integers(1, 12)))


def test_months_roll_over_the_year() -> None:
    assert Calendar("month", "2026-11", 4).labels == ("2026-11", "2026-12", "2027-01", "2027-02")


def test_quarters_roll_over_the_year() -> None:
    assert Calendar("quarter", "2026Q3", 3).labels == ("2026Q3", "2026Q4", "2027Q1")


def test_years() -> None:
    assert Calendar("year", "2026", 3).labels == ("2026", "2027", "2028")


@pytest.mark.parametrize("year_start", range(1, 13))
def test_labels_do_not_depend_on_the_start_of_the_year(year_start: int) -> None:
    assert Calendar("quarter", "2026Q3", 3, year_start).labels == ("2026Q3", "2026Q4", "2027Q1")
    assert Calendar("month", "2026-11", 3, year_start).labels == ("2026-11", "2026-12", "2027-01")


def test_a_year_from_april_is_named_by_the_year_in_which_it_begins() -> None:
    months = Calendar("month", "2026-01", 24, year_start=4)
    assert months.span("2026") == (3, 14)
    assert months.span("2025") == (-9, 2)
    assert months.span("2026Q1") == (3, 5)
    assert months.span("2026Q4") == (12, 14)
    assert months.coarser(2, "year") == "2025"
    assert months.coarser(3, "year") == "2026"
    assert months.coarser(14, "quarter") == "2026Q4"
    assert months.coarser(15, "quarter") == "2027Q1"


def test_days_of_a_year_from_april() -> None:
    years = Calendar("year", "2026", 2, year_start=4)
    assert (years.first_day(0), years.last_day(0)) == (dt.date(2026, 4, 1), dt.date(2027, 3, 31))
    quarters = Calendar("quarter", "2026Q4", 2, year_start=4)
    assert (quarters.first_day(0), quarters.last_day(0)) == (
        dt.date(2027, 1, 1),
        dt.date(2027, 3, 31),
    )


def test_a_year_that_begins_late_names_quarters_of_the_next_calendar_year() -> None:
    quarters = Calendar("quarter", "2026Q1", 4, year_start=12)
    assert quarters.first_day(0) == dt.date(2026, 12, 1)
    assert quarters.last_day(0) == dt.date(2027, 2, 28)
    assert quarters.of_date(dt.date(2026, 11, 30)) == "2025Q4"
    assert quarters.of_date(dt.date(2026, 12, 1)) == "2026Q1"


def test_leap_years() -> None:
    months = Calendar("month", "2027-12", 4)
    assert months.last_day(2) == dt.date(2028, 2, 29)
    assert Calendar("month", "2100-02", 1).last_day(0) == dt.date(2100, 2, 28)


def test_past_and_beyond_have_numbers_too() -> None:
    months = Calendar("month", "2026-11", 2)
    assert months.index("2026-10") == -1
    assert months.index("2025-11") == -12
    assert months.index("2027-01") == 2
    assert months.label(-1) == "2026-10"
    assert months.label(2) == "2027-01"
    assert months.span("2025") == (-22, -11)
    assert months.span("2027") == (2, 13)


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_shorter_labels_are_not_covered(frequency: str) -> None:
    calendar = Calendar(frequency, FIRST[frequency], 4)
    for other, label in FIRST.items():
        assert calendar.covers(label) == (FREQUENCIES[other] >= FREQUENCIES[frequency])
        if not calendar.covers(label):
            with pytest.raises(ValueError, match=f"is not a {frequency} or longer"):
                calendar.span(label)
        if other != frequency:
            with pytest.raises(ValueError, match=f"is not a {frequency}"):
                calendar.index(label)


@pytest.mark.parametrize(
    "label",
    [
        *("", " ", "2026-13", "2026-00", "2026-1", "26-01", "2026-011", "2026-01-01", "2026/01"),
        *("2026Q0", "2026Q5", "2026q1", "2026 Q1", "Q1 2026", "202", "20266", "-2026", "+2026"),
        *(
            "0000",
            "0000-01",
            "0999Q1",
            "2026\n",
            "2026-01\n",
            "\uff12\uff10\uff12\uff16",
            "٢٠٢٦-01",
            "2026\uff311",
            "202\uff16",
        ),
        *("2026*", "2026-*", "Jan 2026", "2026-W01", "2026.0", "2_026", "1e3", "2026\0"),
    ],
)
def test_what_is_no_label(label: str) -> None:
    assert label_frequency(label) == ""
    months = Calendar("month", "2026-01", 3)
    assert not months.covers(label)
    with pytest.raises(ValueError, match="is not a month"):
        months.index(label)
    with pytest.raises(ValueError, match="is not a month or longer"):
        months.span(label)


@pytest.mark.parametrize("first", ["2026", "2026Q1", "2026-13", "", "2026-01-01"])
def test_the_first_period_has_the_frequency(first: str) -> None:
    with pytest.raises(ValueError, match="is not a month"):
        Calendar("month", first, 3)


def test_matching_stars() -> None:
    months = Calendar("month", "2026-11", 4)
    assert months.matching("2027-*") == ("2027-01", "2027-02")
    assert months.matching("*") == months.labels
    assert months.matching("*-12") == ("2026-12",)
    assert months.matching("2030*") == ()
    for text in ("2027-0?", "[2]*", "2027-0[12]", "*" * 60 + "x"):
        assert months.matching(text) == ()


def test_years_from_start() -> None:
    assert Calendar("month", "2026-11", 4).years_from_start(6) == 0.5
    assert Calendar("quarter", "2026Q4", 4).years_from_start(-2) == -0.5
    assert Calendar("year", "2026", 4).years_from_start(3) == 3.0


@given(calendars(), st.integers(-900, 2400))  # a label has a year from 1000 on
def test_label_and_number_are_inverse(calendar: Calendar, index: int) -> None:
    label = calendar.label(index)
    assert label_frequency(label) == calendar.frequency
    assert calendar.index(label) == index
    assert calendar.label(calendar.index(label)) == label
    assert calendar.span(label) == (index, index)


@given(calendars(), st.integers(-600, 600))
def test_days_partition_time(calendar: Calendar, index: int) -> None:
    first, last = calendar.first_day(index), calendar.last_day(index)
    assert first <= last
    assert calendar.first_day(index + 1) - last == dt.timedelta(days=1)
    assert calendar.of_date(first) == calendar.of_date(last) == calendar.label(index)


@given(calendars(), st.sampled_from(["quarter", "year"]))
def test_spans_of_a_longer_length_partition_the_horizon(calendar: Calendar, longer: str) -> None:
    if FREQUENCIES[longer] < FREQUENCIES[calendar.frequency]:
        return
    labels = dict.fromkeys(calendar.coarser(i, longer) for i in range(calendar.periods))
    spans = [calendar.span(label) for label in labels]
    assert spans[0][0] <= 0
    assert spans[-1][1] >= calendar.periods - 1
    assert all(b[0] == a[1] + 1 for a, b in itertools.pairwise(spans))
    each = FREQUENCIES[longer] // FREQUENCIES[calendar.frequency]
    assert {last - first + 1 for first, last in spans} == {each}


@given(calendars(), st.integers(-60, 60), st.sampled_from(list(FREQUENCIES)))
def test_a_label_of_any_length_reaches_up_to_a_period(
    calendar: Calendar, month: int, frequency: str
) -> None:
    other = Calendar(frequency, FIRST[frequency], 4, calendar.year_start)
    label = other.label(month)
    reached = calendar.up_to(label)
    if calendar.covers(label):
        assert reached == calendar.span(label)[1]
    else:
        assert calendar.first_day(reached) <= other.first_day(month) <= calendar.last_day(reached)


@given(calendars())
def test_labels_are_in_order_and_as_many_as_periods(calendar: Calendar) -> None:
    assert len(calendar.labels) == calendar.periods
    assert list(calendar.labels) == sorted(set(calendar.labels))
    assert [calendar.index(label) for label in calendar.labels] == list(range(calendar.periods))
