import math

import pandas as pd
import pytest

from portfolio.errors import ReportError
from portfolio.figures import money, number, period_name, share
from portfolio.figures.formats import money_unit, records
from portfolio.figures.periods import timeline


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (24.4e6, "GBP", "£ 24.4 m"),
        (24.4e6, "£", "£ 24.4 m"),
        (950_000, "EUR", "€ 950 k"),
        (950_000, "USD", "USD 950 k"),
        (9e6, "EUR", "€ 9.0 m"),
        (123.4e9, "GBP", "£ 123 bn"),
        (999_960, "GBP", "£ 1.0 m"),
        (99_960_000, "GBP", "£ 100 m"),
        (999, "GBP", "£ 999"),
        (0, "GBP", "£ 0"),
        (-0.2, "GBP", "£ 0"),
        (-1.2e9, "GBP", "−£ 1.2 bn"),
        (5e6, "", "5.0 m"),
        (math.nan, "GBP", "–"),
        (math.inf, "GBP", "–"),
    ],
)
def test_money_in_short_form(amount, currency, text):
    assert money(amount, currency) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.455, "46 %"),
        (0.001, "<1 %"),
        (0.999, ">99 %"),
        (1.001, ">100 %"),
        (1.0 + 1e-9, "100 %"),
        (1.0 - 1e-9, "100 %"),
        (1e-9, "0 %"),
        (1.26, "126 %"),
        (-0.25, "−25 %"),
        (math.inf, "–"),
    ],
)
def test_share_never_rounds_to_nothing_or_all(value, text):
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.25, "0.25"), (3.4, "3.4"), (8.0, "8"), (1250.4, "1,250"), (0, "0"), (-2.5, "−2.5")],
)
def test_number(value, text):
    assert number(value) == text


def test_unit_of_an_axis():
    assert money_unit(24e6, "GBP") == (1e6, "£ m")
    assert money_unit(-3e9, "EUR") == (1e9, "€ bn")
    assert money_unit(12, "USD") == (1.0, "USD")


@pytest.mark.parametrize(
    ("label", "name"),
    [("2026-11", "Nov 26"), ("2026Q4", "Q4 26"), ("2026", "2026"), ("2026-13", "2026-13")],
)
def test_name_of_a_period(label, name):
    assert period_name(label) == name


def test_timeline_fills_gaps_and_knows_what_lies_outside():
    time = timeline(["2027-02", "2026-11"])
    assert time.labels == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert time.names == ["Nov 26", "Dec 26", "Jan 27", "Feb 27"]
    assert [time.index("2026-10"), time.index("2026-11"), time.index("2027-05")] == [-1, 0, 6]
    assert timeline(["2027Q1", "2026Q3"]).labels == ["2026Q3", "2026Q4", "2027Q1"]


@pytest.mark.parametrize("labels", [["2026-13"], ["2026-11", "2026"], [], [""]])
def test_timeline_refuses_what_is_no_row_of_periods(labels):
    with pytest.raises(ReportError):
        timeline(labels)


def test_records_are_checked():
    table = pd.DataFrame({"a": ["x", None], "b": [1, 2.5]})
    assert records(table, text=["a"], numbers=["b"]) == [{"a": "x", "b": 1.0}, {"a": "", "b": 2.5}]
    with pytest.raises(ReportError, match="lacks the column c"):
        records(table, text=["c"])
    for bad in (math.nan, math.inf, "x", pd.NA):
        with pytest.raises(ReportError, match="number in each row of 'b'"):
            records(pd.DataFrame({"b": [1, bad]}, dtype=object), numbers=["b"])
