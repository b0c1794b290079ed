from __future__ import annotations

import csv
import datetime as dt
import os
import re
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.errors import DataError, PortfolioError
from portfolio.importers.gmpp import import_gmpp, write_import
from portfolio.importers.gmpp_cells import parse_date, parse_money, parse_rating, unread
from portfolio.importers.gmpp_returns import COLUMNS
from portfolio.importers.gmpp_spread import apportion
from portfolio.scenario import read_scenario

EXEMPT = "Exempt under Section 43 of the Freedom of Information Act 2000 (Commercial Interests)"
EARLY = "Early planning GMPP project  (The project has not yet passed SOC, or its programme)"
SHARED = Path(
    os.environ.get("PORTFOLIO_SHARED_DATA")
    or Path(__file__).parents[2].joinpath("..", "shared", "data")
)
SOURCE = SHARED / "gmpp" / "gmpp_2019_2023.csv"
real = pytest.mark.skipif(
    not SOURCE.exists(), reason=f"the shared data are not there: {SOURCE} (PORTFOLIO_SHARED_DATA)"
)

# Two years, 1 January 2022 to 31 December 2023: 365 days each, so half is left in 2023.
PLAIN = {
    "year": "2023",
    "gmpp_id": "AAA_0001_2223-Q1",
    "project": "Alpha",
    "department": "AAA",
    "category": "ICT",
    "dca_ipa": "Amber",
    "dca_sro": "",
    "start": "01.01.2022",
    "end": "31.12.2023",
    "fy_baseline_m": "£1,000.50",
    "fy_forecast_m": "7",
    "wlc_m": "£2,000",
    "benefits_m": "3000",
}


@pytest.fixture
def source(tmp_path):
    """Write rows in the published style; each differs from PLAIN in what is given."""

    def write(*rows, columns=COLUMNS, encoding="utf-8"):
        path = tmp_path / "returns.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            for number, row in enumerate(rows, 1):
                named = {"gmpp_id": f"AAA_{number:04d}_2223-Q1", "project": f"Project {number}"}
                writer.writerow({**PLAIN, **named, **row})
        return path

    return write


def faults(call):
    with pytest.raises(DataError) as caught:
        call()
    assert caught.value.exit_code == 2
    for fault in caught.value.faults:
        assert fault.rule
        assert fault.remedy
        assert str(fault) in str(caught.value)
    return caught.value.faults


def by_year(imported, table="costs"):
    frame = imported.tables[table]
    assert (frame["offset"] == "").all()
    return dict(zip(frame["period"], frame["amount"].astype(int), strict=True))


def project(imported, number=0):
    return imported.tables["projects"].iloc[number]


def note(imported, column):
    rows = imported.notes[imported.notes["column"] == column]
    return list(rows["note"])


class TestCells:
    @pytest.mark.parametrize(
        ("text", "pounds"),
        [
            ("£1,234.56", 1_234_560_000),
            ("£12,343.96", 12_343_960_000),
            ("0", 0),
            ("£0.00", 0),
            (" 7.9 ", 7_900_000),
            ("-30.69", -30_690_000),
            ("-£30.69", -30_690_000),
            ("£-30.69", -30_690_000),
            ("0.0000005", 0),
            ("0.0000015", 2),
            ("1234567", 1_234_567_000_000),
        ],
    )
    def test_money_as_published(self, text, pounds):
        assert parse_money(text) == pounds

    @pytest.mark.parametrize(
        "text",
        ["", EXEMPT, "(500)", "1,23", "1,2345", "12,34.5", "1.000,50", "1e5", "nan", "inf", "50%",
         "-£-1", "£", "£1,234.", "#N/A", "TBC", "1 234", "$5", "12 million", "9" * 400,
         "100000000", "٣"],
    )  # fmt: skip
    def test_what_is_no_money(self, text):
        assert parse_money(text) is None

    @pytest.mark.parametrize(
        ("text", "year", "day"),
        [
            ("01.05.2022", 2023, dt.date(2022, 5, 1)),
            ("2022-05-01", 2021, dt.date(2022, 5, 1)),
            ("30.06.08", 2019, dt.date(2008, 6, 30)),
            ("01.12.98", 2019, dt.date(1998, 12, 1)),
            ("31.12.50", 2020, dt.date(2050, 12, 31)),
            ("29.02.2024", 2023, dt.date(2024, 2, 29)),
            ("1.5.2022", 2023, dt.date(2022, 5, 1)),
        ],
    )
    def test_days_as_published(self, text, year, day):
        assert parse_date(text, year) == day

    @pytest.mark.parametrize(
        "text",
        ["", EXEMPT, "31.02.2023", "2023-02-29", "05/01/2022", "2022", "Data Not Provided", "0",
         "01.13.2022", "31.12.9999", "01.01.0001", "00.00.0000", "2022-5-1", "44682"],
    )  # fmt: skip
    def test_what_is_no_day(self, text):
        assert parse_date(text, 2023) is None

    def test_ratings_in_any_capitals(self):
        assert parse_rating("Amber/red") == "Amber/Red"
        assert parse_rating("AMBER / GREEN") == "Amber/Green"
        assert parse_rating("Reddish") == ""
        assert parse_rating(EXEMPT) == ""

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "blank"),
            (EXEMPT, "exempt from publication"),
            ("Exemption under Section 24 (National Security)", "exempt from publication"),
            (EARLY, "not published"),
            ("Not provided", "not published"),
            ("TBC", "unreadable"),
            ("12 million", "unreadable"),
            ("31.02.2023", "unreadable"),
        ],
    )
    def test_why_a_cell_is_not_used(self, text, why):
        assert unread(text) == why


class TestApportion:
    def test_largest_remainders_first(self):
        assert apportion(10, [1, 1, 1]) == [4, 3, 3]
        assert apportion(-10, [1, 1, 1]) == [-4, -3, -3]
        assert apportion(100, [1, 2, 4]) == [14, 29, 57]
        assert apportion(0, [3, 1]) == [0, 0]

    @pytest.mark.parametrize("total", [1, 7, 999_999_999, -12_345_678_901, 10**15])
    def test_sum_is_exact_and_shares_are_near(self, total):
        weights = [365, 365, 366, 1, 212]
        shares = apportion(total, weights)
        assert sum(shares) == total
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - Fraction(total * weight, sum(weights))) < 1


class TestMoney:
    def test_cost_is_spread_over_days_and_only_what_is_left_is_planned(self, source):
        # 730 days, 365 of them from 1 January 2023.
        imported = import_gmpp(source({}))
        assert by_year(imported) == {"2023": 1_000_000_000}

    def test_leap_years_have_a_day_more(self, source):
        row = {"start": "01.01.2023", "end": "31.12.2024", "wlc_m": "731"}
        imported = import_gmpp(source(row))
        assert by_year(imported) == {"2023": 365_000_000, "2024": 366_000_000}

    def test_part_years_and_uneven_division_sum_to_what_is_left(self, source):
        row = {"start": "01.07.2022", "end": "10.03.2026", "wlc_m": "0.001"}
        imported = import_gmpp(source(row))
        days = {"2023": 365, "2024": 366, "2025": 365, "2026": 69}
        whole = 184 + sum(days.values())
        left = round(Fraction(1000 * sum(days.values()), whole))
        assert sum(by_year(imported).values()) == left
        for year, amount in by_year(imported).items():
            assert abs(amount - Fraction(1000 * days[year], whole)) < 1

    def test_in_flight_beyond_the_horizon_keeps_its_later_money(self, source):
        imported = import_gmpp(source({"start": "01.01.2023", "end": "31.12.2040"}))
        assert set(by_year(imported)) == {str(year) for year in range(2023, 2041)}
        assert sum(by_year(imported).values()) == 2_000_000_000
        assert project(imported)["latest_start"] == ""
        assert any("1 project in flight ends after 2032" in text for text in imported.assumptions)

    def test_benefit_comes_in_ten_equal_parts_after_the_year_of_the_end(self, source):
        imported = import_gmpp(source({"end": "31.03.2025"}))
        assert by_year(imported, "benefits") == {
            str(year): 300_000_000 for year in range(2026, 2036)
        }
        shorter = import_gmpp(source({"benefits_m": "0.000001"}), benefit_years=3)
        assert by_year(shorter, "benefits") == {"2024": 1}

    def test_negative_benefit_is_taken_and_noted(self, source):
        imported = import_gmpp(source({"benefits_m": "-30.69"}))
        assert sum(by_year(imported, "benefits").values()) == -30_690_000
        assert project(imported)["value"] == str(-30_690_000 - 2_000_000_000)
        assert note(imported, "benefits_m") == ["is negative; taken as published"]

    def test_budgets(self, source):
        rows = (
            {"end": "31.12.2024", "wlc_m": "1096"},
            {"start": "01.01.2023", "end": "31.12.2023", "fy_baseline_m": EXEMPT},
        )
        imported = import_gmpp(source(*rows), periods=3)
        budgets = imported.tables["budgets"]
        assert list(budgets["period"]) == ["2023", "2024", "2025"]
        # The first project costs a million a day, 366 of them in 2024; in 2025 nothing is planned.
        assert list(budgets["amount"]) == ["1000500000", "329400000", "0"]
        assert note(imported, "fy_baseline_m") == [
            "exempt from publication; it adds nothing to the budget of 2023"
        ]
        half = import_gmpp(source(*rows), periods=3, budget_factor=0.5)
        assert half.tables["budgets"]["amount"][1] == "183000000"

    def test_a_closed_project_takes_nothing_and_keeps_its_later_benefits(self, source):
        row = {"start": "01.01.2015", "end": "30.06.2020", "benefits_m": "100"}
        imported = import_gmpp(source({}, row))
        assert list(imported.tables["projects"]["stage"]) == ["in_flight", "closed"]
        second = project(imported, 1)
        assert second["started"] == "2015"
        assert second["stop_cost"] == ""
        costs, benefits = imported.tables["costs"], imported.tables["benefits"]
        assert second["project_id"] not in set(costs["project_id"])
        kept = benefits[benefits["project_id"] == second["project_id"]]
        assert list(kept["period"]) == [str(year) for year in range(2023, 2031)]
        assert set(kept["amount"]) == {"10000000"}
        assert imported.tables["budgets"]["amount"][0] == "2001000000"
        assert "is in the budget of 2023, though the project ended" in note(
            imported, "fy_baseline_m"
        )


class TestStages:
    def test_begun_by_the_day_of_the_return_is_in_flight(self, source):
        rows = ({"start": "31.03.2023"}, {"start": "01.04.2023"})
        imported = import_gmpp(source(*rows))
        first, second = project(imported), project(imported, 1)
        assert (first["stage"], first["started"], first["option_id"]) == (
            "in_flight", "2023", "published",
        )  # fmt: skip
        assert (second["stage"], second["started"], second["earliest_start"]) == (
            "proposed", "", "2023",
        )  # fmt: skip
        later = import_gmpp(source(*rows), data_date=dt.date(2023, 4, 1))
        assert list(later.tables["projects"]["stage"]) == ["in_flight", "in_flight"]

    def test_a_project_that_has_yet_to_start_is_given_by_offset(self, source):
        row = {"start": "01.07.2024", "end": "31.12.2025", "wlc_m": "549", "benefits_m": "10"}
        imported = import_gmpp(source({}, row))
        planned = project(imported, 1)
        costs, benefits = (
            table[table["project_id"] == planned["project_id"]]
            for table in (imported.tables["costs"], imported.tables["benefits"])
        )
        assert list(zip(costs["offset"], costs["amount"], strict=True)) == [
            ("0", "184000000"),
            ("1", "365000000"),
        ]
        assert set(costs["period"]) == {""}
        assert list(benefits["offset"]) == [str(offset) for offset in range(2, 12)]
        assert planned["earliest_start"] == "2024"
        assert planned["latest_start"] == ""
        assert planned["stop_cost"] == ""

    def test_one_that_ends_beyond_the_horizon_may_start_as_planned(self, source):
        row = {"start": "01.07.2024", "end": "31.12.2040"}
        planned = project(import_gmpp(source({}, row)), 1)
        assert (planned["earliest_start"], planned["latest_start"]) == ("2024", "2024")

    def test_one_that_starts_beyond_the_horizon_is_not_offered(self, source):
        row = {"start": "01.07.2040", "end": "31.12.2041", "benefits_m": ""}
        imported = import_gmpp(source({}, row))
        planned = project(imported, 1)
        assert planned["stage"] == "idea"
        assert planned["force"] == ""
        assert "lies after the horizon; the project is not offered" in note(imported, "start")

    def test_durations_count_the_years_touched(self, source):
        imported = import_gmpp(source({"start": "31.12.1998", "end": "01.01.2024"}))
        assert list(imported.tables["options"]["duration"]) == ["27"]
        assert project(imported)["started"] == "1998"

    def test_stop_cost_is_an_option(self, source):
        assert project(import_gmpp(source({})))["stop_cost"] == "0"
        costly = import_gmpp(source({}), stop_cost=2_500_000.5)
        assert project(costly)["stop_cost"] == "2500000.5"
        assert "To stop a project in flight costs GBP 2500000.5." in costly.assumptions


class TestValue:
    def test_by_benefit_where_published(self, source):
        imported = import_gmpp(source({}))
        assert project(imported)["value"] == "1000000000"

    def test_by_cost_where_none_is_published(self, source):
        imported = import_gmpp(source({"benefits_m": ""}))
        assert project(imported)["value"] == "2000000000"
        assert project(imported)["force"] == ""
        assert note(imported, "benefits_m") == ["blank; it has no benefit in the tables"]

    def test_by_cost_where_asked(self, source):
        assert project(import_gmpp(source({}), value="cost"))["value"] == "2000000000"

    def test_without_a_benefit_a_project_stays_outside_the_choice(self, source):
        imported = import_gmpp(source({}, {"benefits_m": EXEMPT}))
        kept = project(imported, 1)
        assert (kept["value"], kept["force"], kept["force_reason"]) == ("0", "in", "committed")
        assert note(imported, "benefits_m") == [
            "exempt from publication; it stays in, outside the choice, with value 0"
        ]
        assert any(text.startswith("1 project that publish") for text in imported.assumptions)

    def test_by_benefit_where_none_is_published_is_refused(self, source):
        path = source({"benefits_m": ""}, {"benefits_m": "5", "wlc_m": EXEMPT})
        (fault,) = faults(lambda: import_gmpp(path, value="benefit"))
        assert fault.column == "benefits_m"
        assert "--value cost" in fault.remedy

    def test_a_review_that_cannot_fit_is_foretold(self, source):
        rows = ({"wlc_m": "10"}, {"benefits_m": "", "fy_baseline_m": "1", "wlc_m": "9000"})
        text = " ".join(import_gmpp(source(*rows)).assumptions)
        assert "need more than its budgets hold in 2023" in text
        assert "need more" not in " ".join(import_gmpp(source({})).assumptions)


class TestConfidence:
    @pytest.mark.parametrize(
        ("reviewer", "owner", "confidence"),
        [
            ("Red", "", "0.3"),
            ("Amber/red", "", "0.45"),
            ("Amber", "Green", "0.6"),
            ("Amber/Green", "Red", "0.75"),
            ("", "Green", "0.9"),
            (EXEMPT, "Red", "0.3"),
            ("", "", ""),
            (EXEMPT, EXEMPT, ""),
        ],
    )
    def test_the_reviewer_comes_before_the_owner(self, source, reviewer, owner, confidence):
        imported = import_gmpp(source({"dca_ipa": reviewer, "dca_sro": owner}))
        assert project(imported)["delivery_confidence"] == confidence

    def test_notes_only_where_a_rating_is_wanting(self, source):
        rows = ({"dca_ipa": "", "dca_sro": "Red"}, {"dca_ipa": EXEMPT, "dca_sro": "Red"}, {
            "dca_ipa": "", "dca_sro": "Purple",
        })  # fmt: skip
        imported = import_gmpp(source(*rows))
        assert note(imported, "dca_ipa") == [
            "exempt from publication; the owner's rating stands",
            "blank; no delivery confidence",
        ]
        assert note(imported, "dca_sro") == ["unreadable; no delivery confidence"]

    def test_levels_are_an_option(self, source):
        levels = {"red": 0.1, "amber/red": 0.2, "amber": 0.35, "amber/green": 0.4, "green": 1}
        imported = import_gmpp(source({}), confidence=levels)
        assert project(imported)["delivery_confidence"] == "0.35"


class TestNames:
    def test_ids_are_made_from_names_where_none_is_given(self, source):
        blank = {"gmpp_id": ""}
        imported = import_gmpp(
            source(
                {**blank, "project": "Children's Café  (Phase 2) "},
                {**blank, "project": "childrens cafe phase 2"},
                {**blank, "project": "Twice"},
                {**blank, "project": "Twice"},
                {"gmpp_id": "twice-2"},
                {**blank, "project": "東京"},
            )
        )
        assert list(imported.tables["projects"]["project_id"]) == [
            "childrens-cafe-phase-2", "childrens-cafe-phase-2-2", "twice", "twice-3", "twice-2",
            "project",
        ]  # fmt: skip
        assert imported.tables["projects"]["name"][0] == "Children's Café (Phase 2)"
        assert note(imported, "gmpp_id") == ["blank; the id is made from the name"] * 5
        assert len(note(imported, "project")) == 2

    def test_departments_are_programmes_whatever_their_capitals(self, source):
        rows = [{"department": name} for name in ("DFT", "DfT", "DEFRA & DFT", "", "DFT")]
        imported = import_gmpp(source(*rows))
        assert imported.tables["programmes"].to_numpy().tolist() == [
            ["DEFRA-DFT", "DEFRA & DFT"],
            ["DFT", "DFT"],
        ]
        assert list(imported.tables["projects"]["programme_id"]) == [
            "DFT", "DFT", "DEFRA-DFT", "", "DFT",
        ]  # fmt: skip
        assert note(imported, "department") == ["blank; it belongs to no programme"]

    def test_a_name_may_be_blank_beside_an_id(self, source):
        imported = import_gmpp(source({"project": ""}))
        assert project(imported)["name"] == "AAA_0001_2223-Q1"
        assert note(imported, "project") == ["blank; the id stands as the name"]


class TestLeftOut:
    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            ({"wlc_m": EXEMPT}, "no whole-life cost: exempt from publication"),
            ({"wlc_m": ""}, "no whole-life cost: blank"),
            ({"wlc_m": "£0.00"}, "the whole-life cost is published as zero"),
            ({"wlc_m": "-5"}, "the whole-life cost is published as negative"),
            ({"start": EARLY, "end": "31.02.2024"}, "no start: not published; no end: unreadable"),
            (
                {"start": "20.02.2023", "end": "20.01.2023"},
                "the end, 2023-01-20, lies before the start, 2023-02-20",
            ),
        ],
    )
    def test_without_cost_or_dates(self, source, cells, reason):
        imported = import_gmpp(source({}, cells))
        assert len(imported.tables["projects"]) == 1
        assert imported.left_out.to_numpy().tolist() == [
            ["AAA_0002_2223-Q1", "Project 2", "AAA", "3", reason]
        ]
        noted = imported.notes[imported.notes["row"] == "3"]
        named = {"end"} if reason.startswith("the end") else set(cells)
        assert set(noted["column"]) == named
        assert noted["note"].str.endswith("the project is left out").all()
        # Its baseline is no money of the portfolio.
        assert imported.tables["budgets"]["amount"][0] == "1000500000"

    def test_a_day_long_project_stays_in(self, source):
        imported = import_gmpp(source({"start": "05.05.2023", "end": "05.05.2023"}))
        assert imported.left_out.empty
        assert list(imported.tables["costs"]["amount"]) == ["2000000000"]

    def test_notes_hold_the_cell_as_published_and_its_place(self, source):
        imported = import_gmpp(source({}, {"fy_forecast_m": EXEMPT}))
        assert imported.notes.to_numpy().tolist() == [
            ["AAA_0002_2223-Q1", "Project 2", "3", "fy_forecast_m", EXEMPT,
             "exempt from publication; the import does not use it"]
        ]  # fmt: skip

    def test_nothing_to_plan_is_refused(self, source):
        (fault,) = faults(lambda: import_gmpp(source({"wlc_m": EXEMPT})))
        assert "no project of 2023 has a cost and dates" in fault.rule
        (fault,) = faults(lambda: import_gmpp(source({"fy_baseline_m": ""})))
        assert fault.column == "fy_baseline_m"


class TestOddSources:
    def test_a_year_that_is_not_there(self, source):
        (fault,) = faults(lambda: import_gmpp(source({}, {"year": "2021"}), year=2020))
        assert fault.value == "2020"
        assert fault.remedy == "ask for one of 2021, 2023"

    def test_missing_and_doubled_columns_are_all_named(self, source):
        columns = [name for name in COLUMNS if name not in ("wlc_m", "end", "fy_forecast_m")]
        path = source({}, columns=[*columns, "End"])
        found = faults(lambda: import_gmpp(path))
        assert [fault.column for fault in found] == ["end", "wlc_m"]
        assert "did you mean 'End'?" in found[0].remedy
        text = path.read_text(encoding="utf-8").replace("End", "start")
        path.write_text(text, encoding="utf-8")
        assert [fault.column for fault in faults(lambda: import_gmpp(path))] == [
            "end", "wlc_m", "start",
        ]  # fmt: skip

    def test_the_forecast_is_not_needed(self, source):
        columns = [name for name in COLUMNS if name != "fy_forecast_m"]
        assert import_gmpp(source({}, columns=columns)).notes.empty

    def test_columns_in_another_order_with_others_between(self, source):
        path = source({}, columns=[*reversed(COLUMNS), "other"])
        assert by_year(import_gmpp(path)) == {"2023": 1_000_000_000}

    def test_every_faulty_row_is_named_as_a_spreadsheet_counts(self, source, tmp_path):
        path = source(
            {"project": "two\nlines"},
            {"year": "twenty"},
            {"gmpp_id": "AAA_0001_2223-Q1"},
            {"gmpp_id": "", "project": ""},
            {"department": "#REF!"},
            {"project": "bell\a"},
        )
        found = faults(lambda: import_gmpp(path))
        assert [(fault.row, fault.column) for fault in found] == [
            (3, "year"), (4, "gmpp_id"), (5, "project"), (6, "department"), (7, "project"),
        ]  # fmt: skip
        assert "row 2" in found[1].rule
        with path.open("a", encoding="utf-8") as file:
            file.write("\n2023,too,few\n")
        (fault,) = faults(lambda: import_gmpp(path))
        assert fault.row == 9

    def test_the_same_id_in_two_years_is_no_fault(self, source):
        path = source({}, {"gmpp_id": "AAA_0001_2223-Q1", "year": "2022"})
        assert len(import_gmpp(path).tables["projects"]) == 1

    @pytest.mark.parametrize(
        ("content", "rule"),
        [
            (b"", "is missing"),
            (b"name,amount\nx,1\n", "is missing"),
            (b"PK\x03\x04\x14\x00\x00\xff\xfe", "is not text in UTF-8"),
            (b"year,\xa3\n", "is not text in UTF-8"),
            (b'year,"open\n', "is not a CSV file"),
            (b"year," + b"x" * 200_000, "is not a CSV file"),
        ],
    )
    def test_what_is_not_the_file(self, tmp_path, content, rule):
        path = tmp_path / "other.csv"
        path.write_bytes(content)
        found = faults(lambda: import_gmpp(path))
        assert all(rule in fault.rule for fault in found)
        assert {fault.file for fault in found} == {"other.csv"}

    def test_only_a_header(self, source):
        (fault,) = faults(lambda: import_gmpp(source()))
        assert "no rows" in fault.remedy

    def test_no_file_and_a_folder(self, tmp_path):
        for path in (tmp_path / "nothing.csv", tmp_path):
            (fault,) = faults(lambda path=path: import_gmpp(path))
            assert "cannot be read" in fault.rule

    def test_a_byte_order_mark_is_passed_over(self, source):
        assert len(import_gmpp(source({}, encoding="utf-8-sig")).tables["projects"]) == 1

    def test_another_encoding_is_refused(self, source):
        for encoding in ("cp1252", "utf-16"):
            (fault,) = faults(lambda e=encoding: import_gmpp(source({}, encoding=e)))
            assert "UTF-8" in fault.remedy

    def test_options_out_of_range_are_all_named(self, source):
        found = faults(
            lambda: import_gmpp(
                source({}),
                year=23,
                budget_factor=float("nan"),
                benefit_years=0,
                value="price",  # type: ignore[arg-type]
                stop_cost=-1,
                confidence={"Red": 2.0},
                periods=0,
                spending_cut=1.1,
                discount_rate=-0.1,
                data_date=dt.date(2024, 1, 1),
            )
        )
        assert [fault.column for fault in found] == [
            "year", "budget_factor", "benefit_years", "value", "stop_cost", "confidence",
            "confidence", "periods", "spending_cut", "discount_rate", "data_date",
        ]  # fmt: skip


class TestScenarios:
    def test_they_are_read_and_fit_the_portfolio(self, source, tmp_path):
        write_import(import_gmpp(source({})), tmp_path / "out")
        portfolio = read_portfolio(tmp_path / "out")
        stay = read_scenario(tmp_path / "out" / "scenarios" / "as-is.yaml")
        assert (stay.name, stay.allow_stops, stay.changes) == ("as-is", False, ())
        assert stay.ignore == {"budget"}
        review = read_scenario(tmp_path / "out" / "scenarios" / "spending-review.yaml")
        assert (review.name, review.allow_stops, review.ignore) == (
            "spending-review", True, frozenset(),
        )  # fmt: skip
        assert review.title.startswith("10 per cent less")
        before, after = portfolio["budgets"], review.apply(portfolio)["budgets"]
        assert after["amount"].to_list() == pytest.approx((before["amount"] * 0.9).to_list())

    def test_the_cut_is_an_option(self, source):
        text = import_gmpp(source({}), spending_cut=0.25).scenarios["spending-review.yaml"]
        assert "title: 25 per cent less" in text
        assert "scale: {amount: 0.75}" in text

    def test_as_is_says_by_how_much_the_budgets_are_passed(self, source):
        row = {"start": "01.01.2023", "end": "31.12.2024", "wlc_m": "731"}
        row["fy_baseline_m"] = "350"
        text = " ".join(import_gmpp(source(row)).assumptions)
        # 365 - 350 in 2023, and a tenth of 366 in 2024, which is a ninth of its budget.
        assert "passes the budgets in 2 of 10 years, by GBP 51.6 million in all" in text
        assert "in 2024 by 11.1 per cent, the most" in text
        assert "no plan is feasible" in text
        roomy = import_gmpp(source({**row, "fy_baseline_m": "365"}), budget_factor=1.0)
        assert "feasible" not in " ".join(roomy.assumptions)


class TestWriting:
    def test_a_folder_reads_back_as_it_was(self, source, tmp_path):
        rows = ({"project": '=1+1, "Beta"'}, {"start": "01.04.2024", "end": "31.12.2026"})
        imported = import_gmpp(source(*rows))
        target = tmp_path / "new" / "out"
        write_import(imported, target)
        portfolio = read_portfolio(target)
        straight = Portfolio.from_tables(imported.tables)
        for name, table in straight.tables.items():
            pd.testing.assert_frame_equal(portfolio[name], table)
        assert portfolio.settings.first_period == "2023"
        assert portfolio.settings.currency == "GBP"
        names = sorted(path.relative_to(target).as_posix() for path in target.rglob("*.*"))
        assert names == [
            "benefits.csv", "budgets.csv", "costs.csv", "notes/assumptions.md",
            "notes/import-notes.csv", "notes/left-out.csv", "options.csv", "programmes.csv",
            "projects.csv", "scenarios/as-is.yaml", "scenarios/spending-review.yaml",
            "settings.csv",
        ]  # fmt: skip
        assert [path.name for path in target.parent.iterdir()] == ["out"]

    def test_notes_are_safe_in_a_spreadsheet_and_say_the_assumptions(self, source, tmp_path):
        imported = import_gmpp(source({"project": "=HYPERLINK(1)", "benefits_m": "-30.69"}))
        write_import(imported, tmp_path / "out")
        with (tmp_path / "out/notes/import-notes.csv").open(
            encoding="utf-8-sig", newline=""
        ) as file:
            (row,) = csv.DictReader(file)
        assert row["name"] == "'=HYPERLINK(1)"
        assert row["value"] == "-30.69"
        text = (tmp_path / "out/notes/assumptions.md").read_text(encoding="utf-8")
        assert [line[2:] for line in text.splitlines()[2:]] == list(imported.assumptions)

    def test_the_same_source_gives_the_same_bytes(self, source, tmp_path):
        for name in ("one", "two"):
            write_import(import_gmpp(source({}, {"gmpp_id": ""})), tmp_path / name)
        for path in (tmp_path / "one").rglob("*.*"):
            other = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert path.read_bytes() == other.read_bytes()

    def test_an_empty_folder_is_filled_and_a_full_one_refused(self, source, tmp_path):
        imported = import_gmpp(source({}))
        target = tmp_path / "out"
        target.mkdir()
        write_import(imported, target)
        assert (target / "projects.csv").exists()
        (target / "projects.csv").write_text("mine", encoding="utf-8")
        (fault,) = faults(lambda: write_import(imported, target))
        assert "not empty" in fault.rule
        assert (target / "projects.csv").read_text(encoding="utf-8") == "mine"

    def test_a_file_or_a_link_is_refused(self, source, tmp_path):
        imported = import_gmpp(source({}))
        (tmp_path / "file").write_text("mine", encoding="utf-8")
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        for name in ("file", "link"):
            (fault,) = faults(lambda name=name: write_import(imported, tmp_path / name))
            assert "is not a folder" in fault.rule
        with pytest.raises(PortfolioError, match="cannot be written"):
            write_import(imported, tmp_path / "file" / "below")
        assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"

    def test_a_failure_leaves_nothing(self, source, tmp_path):
        imported = import_gmpp(source({}))
        imported.scenarios["no/such/folder.yaml"] = "scenario: x"
        place = tmp_path / "place"
        place.mkdir()
        with pytest.raises(PortfolioError, match="cannot be written"):
            write_import(imported, place / "out")
        assert list(place.iterdir()) == []

    def test_what_the_reader_would_refuse_is_not_written(self, source, tmp_path):
        imported = import_gmpp(source({}))
        imported.tables["projects"]["stage"] = "flying"
        assert {f.column for f in faults(lambda: write_import(imported, tmp_path / "out"))} == {
            "stage"
        }
        assert not (tmp_path / "out").exists()


def published(year):
    """The published rows, read apart from the importer: floats and plain string work."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == str(year)]
    for row in rows:
        for name in ("wlc_m", "benefits_m", "fy_baseline_m"):
            text = row[name].strip().lstrip("£").replace(",", "")
            row[name] = float(text) if re.fullmatch(r"-?[0-9.]+", text) else None
        for name in ("start", "end"):
            text = row[name]
            if re.fullmatch(r"\d\d\.\d\d\.\d\d", text):
                century = "19" if text[6:] > "69" else "20"
                text = text[:6] + century + text[6:]
            if re.fullmatch(r"\d\d\.\d\d\.\d{4}", text):
                text = "-".join(reversed(text.split(".")))
            row[name] = dt.date.fromisoformat(text) if re.fullmatch(r"[\d-]+", text) else None
    return rows


def usable(row):
    return bool(row["wlc_m"] and row["start"] and row["end"] and row["start"] <= row["end"])


@real
class TestRealData:
    # in, out, in flight, closed, proposed, with a benefit, first budget in GBP million
    COUNTS = {  # noqa: RUF012
        2019: (114, 19, 102, 12, 0, 0, 27138.39),
        2020: (110, 15, 93, 17, 0, 0, 23276.31),
        2021: (155, 29, 148, 6, 1, 0, 43116.68),
        2022: (190, 45, 186, 4, 0, 0, 41021.02),
        2023: (185, 59, 183, 2, 0, 102, 40508.98),
    }

    @pytest.mark.parametrize("year", sorted(COUNTS))
    def test_counts_and_totals_equal_an_independent_sum(self, year):
        imported = import_gmpp(SOURCE, year=year)
        rows = published(year)
        good = [row for row in rows if usable(row)]
        stages = imported.tables["projects"]["stage"].value_counts()
        benefits = [row["benefits_m"] for row in good if row["benefits_m"] is not None]
        first = sum(row["fy_baseline_m"] or 0 for row in good)
        assert (
            len(good),
            len(rows) - len(good),
            stages.get("in_flight", 0),
            stages.get("closed", 0),
            stages.get("proposed", 0),
            len(benefits),
            pytest.approx(first),
        ) == self.COUNTS[year]
        assert len(imported.tables["projects"]) == len(good)
        assert len(imported.left_out) == len(rows) - len(good)
        budgets = imported.tables["budgets"]["amount"].astype(float)
        assert budgets[0] == pytest.approx(first * 1e6)
        assert imported.tables["benefits"]["amount"].astype(float).sum() == pytest.approx(
            sum(benefits) * 1e6
        )

        frame = imported.tables["costs"]
        costs = frame["amount"].astype(float)
        planned = frame["period"].where(frame["period"] != "", str(year)).astype(int)
        planned += pd.to_numeric(frame["offset"]).fillna(0).astype(int)
        for number, t in enumerate(range(year, year + 10)):
            begin, finish = dt.date(t, 1, 1), dt.date(t, 12, 31)
            expected = sum(
                row["wlc_m"]
                * max((min(row["end"], finish) - max(row["start"], begin)).days + 1, 0)
                / ((row["end"] - row["start"]).days + 1)
                for row in good
            )
            assert costs[planned == t].sum() == pytest.approx(expected * 1e6, abs=len(good))
            if number:
                assert budgets[number] == pytest.approx(0.9 * costs[planned == t].sum(), abs=1)

    @pytest.mark.parametrize("year", sorted(COUNTS))
    def test_the_folder_reads_back_without_a_fault(self, year, tmp_path):
        imported = import_gmpp(SOURCE, year=year)
        write_import(imported, tmp_path / "gmpp")
        portfolio = read_portfolio(tmp_path / "gmpp")
        assert len(portfolio["projects"]) == self.COUNTS[year][0]
        for name in imported.scenarios:
            read_scenario(tmp_path / "gmpp" / "scenarios" / name).apply(portfolio)

    @pytest.mark.parametrize("year", sorted(COUNTS))
    def test_every_project_left_out_is_named_with_its_reason(self, year):
        imported = import_gmpp(SOURCE, year=year)
        names = {" ".join(row["project"].split()) for row in published(year) if not usable(row)}
        assert set(imported.left_out["name"]) == names
        assert (imported.left_out["reason"] != "").all()
        inside = set(imported.tables["projects"]["project_id"])
        assert inside.isdisjoint(imported.left_out["project_id"])

    @pytest.mark.parametrize("year", sorted(COUNTS))
    def test_every_sentence_in_the_source_is_a_note(self, year):
        imported = import_gmpp(SOURCE, year=year)
        with SOURCE.open(encoding="utf-8", newline="") as file:
            table = list(enumerate(csv.DictReader(file), 2))
        sentences = {
            (str(number), column)
            for number, row in table
            for column in ("dca_ipa", "dca_sro", *COLUMNS[7:])
            if row["year"] == str(year)
            and (row[column] == "" or len(row[column].split()) > 1)
            and not (column.startswith("dca") and row[column] == "")
        }
        noted = set(zip(imported.notes["row"], imported.notes["column"], strict=True))
        assert sentences <= noted

    def test_2023_is_valued_by_benefit_and_its_review_can_be_met(self):
        imported = import_gmpp(SOURCE)
        rows = {row["gmpp_id"]: row for row in published(2023)}
        projects = imported.tables["projects"].set_index("project_id")
        kept = projects.index[projects["force"] == "in"]
        assert len(kept) == 82
        for name, row in projects.iterrows():
            given = rows[name]["benefits_m"]
            worth = 0 if given is None else given - rows[name]["wlc_m"]
            assert float(row["value"]) == pytest.approx(worth * 1e6)
            assert (name in kept) == (given is None and row["stage"] == "in_flight")
        costs = imported.tables["costs"]
        costs = costs[costs["project_id"].isin(kept)]
        spend = costs["amount"].astype(float).groupby(costs["period"]).sum()
        budgets = imported.tables["budgets"].set_index("period")["amount"].astype(float)
        assert (spend.reindex(budgets.index) < 0.9 * budgets).all()

    def test_years_can_be_told_apart_that_are_not_there(self):
        (fault,) = faults(lambda: import_gmpp(SOURCE, year=2018))
        assert fault.remedy == "ask for one of 2019, 2020, 2021, 2022, 2023"
