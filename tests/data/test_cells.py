"""One cell: nothing is guessed, nothing converted, and every refusal says what to do."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.data.cells import CellFault, Notation, parse_cell, weekday_mask
from portfolio.data.schema import Column, dictionary

TYPES = ("id", "text", "word", "number", "integer", "flag", "date", "period", "weekdays")
PLAIN = Notation()
GERMAN = Notation(",", ".")


def column(kind: str, **given: object) -> Column:
    plain = Column("c", kind, "", "", False, False, "", ("in", "out"), None, None, "What it is.")
    return replace(plain, **given)


def read(text: str, kind: str, notation: Notation = PLAIN, **given: object) -> object:
    return parse_cell(text, column(kind, **given), notation)


def refused(text: str, kind: str, notation: Notation = PLAIN, **given: object) -> CellFault:
    with pytest.raises(CellFault) as caught:
        read(text, kind, notation, **given)
    is_a_sentence(caught.value)
    return caught.value


def is_a_sentence(fault: CellFault) -> None:
    assert isinstance(fault, ValueError)
    assert fault.rule
    assert fault.remedy


# Ids and texts stay what they are.


@pytest.mark.parametrize(
    "text",
    [
        *("1E5", "007", "1.0", "1,000", "NO", "TRUE", "nan", "NULL", "None", "2027-01-01", "inf"),
        *(
            "-1",
            "+1",
            "=1+1",
            "@x",
            "NA",
            "n/a",
            "A-B",
            "A B",
            "A_B",
            "é",
            "漢字",
            "P 1",
            "(5)",
            "50%",
        ),
        *("0x1F", "1_000", "a\u00a0b", "#1", "x" * 200, "'quoted'"),
    ],
)
def test_ids_stay_text(text: str) -> None:
    assert read(text, "id") == text
    assert read(text, "text") == text


@pytest.mark.parametrize("text", ["  P1", "P1 ", "\u00a0P1\u00a0", "\tP1\n", "\u3000P1"])
def test_space_around_a_cell_is_no_part_of_it(text: str) -> None:
    assert read(text, "id") == "P1"


@pytest.mark.parametrize(
    "sign",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\x7f",
        "\x85",
        "\x9f",
        "\n",
        "\r",
        "\t",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\u00ad",
        "\u2060",
        "\ud800",
    ],
)
def test_an_id_holds_no_sign_that_cannot_be_seen(sign: str) -> None:
    assert "type it again" in refused(f"P{sign}1", "id").remedy


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b", "\x7f", "\x9f", "\ud800"])
def test_a_text_holds_no_control_sign(sign: str) -> None:
    refused(f"a{sign}b", "text")


def test_a_text_may_have_lines() -> None:
    assert read("one\ntwo\tthree", "text") == "one\ntwo\tthree"


def test_an_id_has_an_end() -> None:
    assert "shorten" in refused("x" * 201, "id").remedy


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    "text",
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"],
)
def test_errors_of_a_spreadsheet(text: str, kind: str) -> None:
    assert "formula" in refused(f" {text} ", kind).remedy


# Blanks.


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", ["", " ", "\t", "\u00a0", "\u3000 \n"])
def test_blanks(text: str, kind: str) -> None:
    fault = refused(text, kind, required=True)
    assert fault.rule == "is blank, and this column must be filled"
    assert fault.remedy == "fill it in: what it is"
    value = read(text, kind)
    missing = {"number": "nan", "integer": "<NA>", "flag": "<NA>", "date": "NaT"}
    assert str(value) == missing.get(kind, "")


@pytest.mark.parametrize(
    ("kind", "default", "value"),
    [
        ("id", "cost", "cost"),
        ("word", "in", "in"),
        ("number", "1.5", 1.5),
        ("integer", "3", 3),
        ("flag", "no", False),
        ("weekdays", "Mon-Fri", "Mon-Fri"),
    ],
)
def test_defaults_are_read_with_a_point_whatever_is_declared(
    kind: str, default: str, value: object
) -> None:
    assert read(" ", kind, GERMAN, default=default) == value


def test_every_default_of_the_dictionary_can_be_read() -> None:
    for table in dictionary().values():
        for described in table.columns:
            parse_cell("", described, PLAIN, blank_allowed=True)
            assert not (described.required and described.default), described


# Numbers.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("007", 7.0),
        ("+5", 5.0),
        ("-5", -5.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("1000.50", 1000.5),
        ("1000000000000000", 1e15),
        ("0.000000001", 1e-9),
        ("0.00000000000000", 0.0),
        (" 12 ", 12.0),
        ("\u00a012\u00a0", 12.0),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert read(text, "number") == value


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("(500)", "write a minus sign instead of brackets: -500"),
        ("( 500 )", "write a minus sign instead of brackets: -500"),
        ("1.000,50", "--decimal"),
        ("1,000.50", "--decimal"),
        ("1,000", "--decimal"),
        ("1 000", "--decimal"),
        ("1\u00a0000", "--decimal"),
        ("1\u202f000", "--decimal"),
        ("1'000", "--decimal"),
        ("1.2.3", "--decimal"),
        ("50%", "0.5 for 50%"),
        ("50 %", "0.5 for 50%"),
        ("1E5", "digits"),
        ("1e400", "digits"),
        ("-1.5e-3", "digits"),
        ("€500", "currency"),
        ("500 £", "currency"),
        ("EUR 500", "currency"),
        ("NaN", "blank"),
        ("nan", "blank"),
        ("inf", "blank"),
        ("N/A", "blank"),
        ("TBC", "blank"),
        ("-", "blank"),
        ("--5", "digits"),
        ("+-5", "digits"),
        ("5-", "digits"),
        ("5.", ""),
        (".", ""),
        ("Infinity", "digits"),
        ("1_000", "digits"),
        ("0x10", "digits"),
        ("½", "digits"),
        ("²", "digits"),
        ("\uff11\uff12", "digits"),
        ("٣", "digits"),
        ("१.५", "digits"),
        ("1k", "digits"),
        ("5 000 EUR", "digits"),
        ("12 months", "digits"),
        ("−5", "digits"),
        ("1\n2", "digits"),
        ("1\0", "digits"),
        ("TRUE", "digits"),
        ("=1+1", "digits"),
    ],
)
def test_what_is_no_number(text: str, remedy: str) -> None:
    for kind in ("number", "integer"):
        fault = refused(text, kind)
        assert fault.rule == "is not a number"
        assert remedy in fault.remedy


@pytest.mark.parametrize("text", ["1000000000000001", "-9" + "9" * 15, "1" * 400])
def test_too_large(text: str) -> None:
    assert "too large" in refused(text, "number").rule


@pytest.mark.parametrize("text", ["0.0000000009", "-0.0000000001", "0." + "0" * 400 + "1"])
def test_so_near_to_zero_that_it_is_a_slip(text: str) -> None:
    assert refused(text, "number").remedy == "write 0"


@pytest.mark.parametrize(
    ("notation", "text", "value"),
    [
        (Notation(","), "1000,50", 1000.5),
        (Notation(","), ",5", 0.5),
        (GERMAN, "1.000,50", 1000.5),
        (GERMAN, "1.000.000", 1e6),
        (GERMAN, "1.000", 1000.0),
        (GERMAN, "1000,50", 1000.5),
        (Notation(".", ","), "1,000.50", 1000.5),
        (Notation(".", " "), "1 000", 1000.0),
        (Notation(".", "\u00a0"), "1\u00a0000", 1000.0),
        (Notation(".", "\u202f"), "1\u202f000.5", 1000.5),
        (Notation(".", "'"), "-1'000'000.5", -1000000.5),
    ],
)
def test_declared_signs(notation: Notation, text: str, value: float) -> None:
    assert read(text, "number", notation) == value


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        (Notation(","), "1.5"),
        (Notation(","), "1.000,50"),
        (GERMAN, "1,000.50"),
        (GERMAN, "1.5"),
        (GERMAN, "1.00,5"),
        (GERMAN, "10000.000"),
        (GERMAN, "1..000"),
        (GERMAN, ".500"),
        (GERMAN, "1,5,5"),
        (Notation(".", ","), "1,00"),
        (Notation(".", ","), "1,0000"),
        (Notation(".", ","), ",500"),
        (Notation(".", ","), "1.000,5"),
        (Notation(".", " "), "1\u00a0000"),
    ],
)
def test_signs_other_than_the_declared_are_refused(notation: Notation, text: str) -> None:
    refused(text, "number", notation)


def test_the_remedy_is_in_the_declared_notation() -> None:
    assert "1234,5" in refused("x", "number", GERMAN).remedy
    assert "0,5" in refused("50%", "number", GERMAN).remedy


@pytest.mark.parametrize(
    "signs", [(".", "."), (",", ","), (";", ""), ("", ""), (".", "x"), (".", "  ")]
)
def test_signs_that_cannot_be_declared(signs: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"sign|separator"):
        Notation(*signs)


@pytest.mark.parametrize("text", ["0.5", "-1.25", "3.0001"])
def test_part_of_a_whole_number(text: str) -> None:
    assert refused(text, "integer").rule == "is not a whole number"


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("-3", -3), ("3.0", 3), ("007", 7)])
def test_whole_numbers(text: str, value: int) -> None:
    found = read(text, "integer")
    assert found == value
    assert isinstance(found, int)


def test_bounds() -> None:
    assert read("0", "number", minimum=0.0, maximum=1.0) == 0
    assert read("1", "number", minimum=0.0, maximum=1.0) == 1
    low = refused("-0.01", "number", minimum=0.0, maximum=1.0, unit="share")
    assert low.rule == "is below the least allowed, 0"
    assert low.remedy == "write a number from 0 to 1 (share)"
    assert "above the most" in refused("2", "integer", maximum=1.0).rule


@given(st.floats(-1e14, 1e14, allow_subnormal=False), st.sampled_from([PLAIN, GERMAN]))
def test_numbers_written_out_come_back(value: float, notation: Notation) -> None:
    value = 0.0 if abs(value) < 1e-9 else value
    text = format(pd.Series([value]).map(repr).map(__import__("decimal").Decimal)[0], "f")
    text = text.replace(".", notation.decimal)
    assert read(text, "number", notation) == value


@given(st.text(max_size=12), st.sampled_from(TYPES), st.booleans())
def test_any_text_is_parsed_or_refused(text: str, kind: str, required: bool) -> None:
    for notation in (PLAIN, GERMAN, Notation(".", " ")):
        try:
            value = read(text, kind, notation, required=required)
        except CellFault as fault:
            is_a_sentence(fault)
        else:
            if kind == "number":
                assert math.isnan(value) == (not text.strip())  # type: ignore[arg-type]
            if kind in ("id", "text", "word", "period", "weekdays"):
                assert value == text.strip()


# The rest.


def test_words() -> None:
    assert read("in", "word") == "in"
    assert "did you mean 'out'?" in refused("outt", "word").remedy
    for text in ("IN", "In", "i n", "yes"):
        assert "in, out" in refused(text, "word").rule


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("Yes", True), ("TRUE", True), ("no", False), ("NO", False), ("false", False)],
)
def test_flags(text: str, value: bool) -> None:
    assert read(text, "flag") is value


@pytest.mark.parametrize("text", ["1", "0", "y", "n", "on", "x", "ja", "tru"])
def test_what_is_no_flag(text: str) -> None:
    assert refused(text, "flag").remedy == "write yes or no"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-31", dt.date(2027, 3, 31)),
        ("2028-02-29", dt.date(2028, 2, 29)),
        ("2027-03-31 00:00:00", dt.date(2027, 3, 31)),
        ("2027-03-31T00:00:00.000", dt.date(2027, 3, 31)),
        ("0001-01-01", dt.date(1, 1, 1)),
        ("9999-12-31", dt.date(9999, 12, 31)),
    ],
)
def test_dates(text: str, day: dt.date) -> None:
    found = read(text, "date")
    assert isinstance(found, pd.Timestamp)
    assert found.date() == day


@pytest.mark.parametrize(
    "text", ["2027-02-31", "2027-02-29", "2027-13-01", "2027-00-10", "0000-01-01"]
)
def test_days_that_do_not_exist(text: str) -> None:
    assert refused(text, "date").rule == "is a day that does not exist"


@pytest.mark.parametrize(
    "text",
    [
        "31/03/2027",
        "3/31/27",
        "31.03.2027",
        "2027-3-31",
        "20270331",
        "45000",
        "2027-03",
        "2027",
        "31 March 2027",
        "2027-03-31 12:30",
        "2027-03-31Z",
        "tomorrow",
        "\uff12\uff10\uff12\uff17-03-31",
        "2027-03-3\uff11",
    ],
)
def test_what_is_no_date(text: str) -> None:
    fault = refused(text, "date")
    assert fault.rule == "is not a date"
    assert "year-month-day" in fault.remedy


@pytest.mark.parametrize("text", ["2027-03", "2027Q1", "2027"])
def test_periods(text: str) -> None:
    assert read(text, "period") == text


@pytest.mark.parametrize("text", ["2027-11-30", "2027-11-1", "2027-11-30 00:00:00"])
def test_a_date_in_a_period_column_is_told_its_period(text: str) -> None:
    fault = refused(text, "period")
    assert fault.rule == "is a date where a period belongs"
    for label in ("2027-11 for a month", "2027Q4 for a quarter", "2027 for a year"):
        assert label in fault.remedy


@pytest.mark.parametrize(
    "text",
    ["2027-1", "2027-13", "2027-13-01", "Nov 2027", "2027Q5", "2027-*", "\uff12\uff10\uff12\uff17"],
)
def test_what_is_no_period(text: str) -> None:
    fault = refused(text, "period")
    assert fault.rule == "is not a period"
    assert "2027Q1" in fault.remedy


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("Mon-Fri", "1111100"),
        ("Sun-Thu", "1111001"),
        ("Sat-Mon", "1000011"),
        ("Mon", "1000000"),
        ("Mon-Mon", "1000000"),
        ("Sun,Mon,Tue", "1100001"),
        ("Mon-Wed, Fri", "1110100"),
        ("Mon-Sun", "1111111"),
        ("Tue-Mon", "1111111"),
    ],
)
def test_weekdays(text: str, mask: str) -> None:
    assert weekday_mask(text) == mask
    assert read(text, "weekdays") == text


@pytest.mark.parametrize(
    "text", ["mon-fri", "Mon-", "-Fri", "Mon-Wed-Fri", ",", "Mo-Fr", "Mon–Fri", "5", "Mon;Tue"]
)
def test_what_are_no_weekdays(text: str) -> None:
    assert "Mon-Fri" in refused(text, "weekdays").remedy
