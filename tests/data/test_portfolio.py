"""A portfolio is frozen, and is made from whatever plain Python or pandas gives."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.data.portfolio import Portfolio
from portfolio.data.records import as_text
from portfolio.data.schema import dictionary
from portfolio.errors import DataError, Fault

from ..sweeps import draws

SETTINGS = {
    "name": "Works",
    "currency": "EUR",
    "frequency": "quarter",
    "first_period": "2027Q1",
    "periods": 8,
}
PROJECTS = [{"project_id": "P1", "name": "Pump", "stage": "proposed"}]
BUDGETS = [{"fund_id": "main", "period": "2027", "amount": 100}]


def make(**tables: Any) -> Portfolio:
    return Portfolio.from_tables(
        {"settings": SETTINGS, "projects": PROJECTS, "budgets": BUDGETS, **tables}
    )


def faults(**tables: Any) -> tuple[Fault, ...]:
    with pytest.raises(DataError) as caught:
        make(**tables)
    return caught.value.faults


def places(**tables: Any) -> list[tuple[str, int | None, str]]:
    return [(fault.table, fault.row, fault.column) for fault in faults(**tables)]


# Frozen.


def test_nothing_can_be_set() -> None:
    portfolio = make()
    for name in ("settings", "tables", "calendar", "new"):
        with pytest.raises(FrozenInstanceError):
            setattr(portfolio, name, 1)
    with pytest.raises(TypeError):
        portfolio.tables["projects"] = pd.DataFrame()  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        portfolio.settings.periods = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "get",
    [
        lambda portfolio: portfolio["budgets"],
        lambda portfolio: portfolio.tables["budgets"],
        lambda portfolio: dict(portfolio.tables)["budgets"],
    ],
)
def test_writing_into_a_table_changes_only_the_copy(
    get: Callable[[Portfolio], pd.DataFrame],
) -> None:
    portfolio = make()
    table = get(portfolio)
    table.loc[0, "amount"] = 7.0
    table["more"] = 1
    del table["period"]
    assert list(portfolio["budgets"]["amount"]) == [100.0]
    assert list(portfolio.tables["budgets"]["amount"]) == [100.0]


def test_writing_into_a_derived_table_changes_only_the_copy() -> None:
    portfolio = make(costs=[{"project_id": "P1", "offset": 2, "amount": 5}])
    costs, options, started = portfolio.by_offset("costs"), portfolio.options, portfolio.started
    costs.loc[0, "amount"] = 7.0
    options.loc[0, "duration"] = 7
    started["P1"] = 7
    assert list(portfolio.by_offset("costs")["amount"]) == [5.0]
    assert list(portfolio.options["duration"]) == [3]
    assert list(portfolio.started) == [0]


def test_writing_into_what_was_given_changes_nothing() -> None:
    frame = pd.DataFrame(BUDGETS)
    portfolio = make(budgets=frame)
    frame.loc[0, "amount"] = 7
    assert list(portfolio["budgets"]["amount"]) == [100.0]


def test_a_portfolio_is_equal_to_itself_and_can_be_compared() -> None:
    one, two = make(), make()
    assert one == one
    assert one != two
    assert len({one, two}) == 2


def test_a_portfolio_goes_to_another_process() -> None:
    portfolio = make(costs=[{"project_id": "P1", "offset": 2, "amount": 5}])
    assert list(portfolio.options["duration"]) == [3]
    for other in (pickle.loads(pickle.dumps(portfolio)), copy.deepcopy(portfolio)):
        assert other.settings == portfolio.settings
        for name in dictionary():
            pd.testing.assert_frame_equal(other[name], portfolio[name])


def test_a_table_that_is_not_known_names_the_nearest() -> None:
    with pytest.raises(KeyError, match="did you mean 'budgets'"):
        make()["budget"]


# Every table, every column, in the dictionary's order and types.


def test_all_tables_are_there_with_all_columns_and_types() -> None:
    portfolio = make()
    assert list(portfolio.tables) == list(dictionary())
    for name, table in dictionary().items():
        frame = portfolio[name]
        assert list(frame.columns) == list(table.header)
        if name == "settings":
            continue
        assert isinstance(frame.index, pd.RangeIndex)
        for column in table.columns:
            assert frame[column.name].dtype == column.dtype, (name, column.name)


def test_blanks_and_defaults_of_a_row() -> None:
    project = make()["projects"].iloc[0]
    assert project["programme_id"] == ""
    assert project["force"] == ""
    assert project["weight"] == 1.0
    assert not project["confidential"]
    assert pd.isna(project["value"])
    assert list(make(people=[{"person_id": "x"}])["people"]["available_from"].isna()) == [True]


def test_settings_have_their_types() -> None:
    given = {**SETTINGS, "data_date": "2026-12-31", "labour_in_costs": "no", "discount_rate": 0.05}
    found = make(settings=given).settings
    assert found.periods == 8
    assert found.data_date == dt.date(2026, 12, 31)
    assert found.labour_in_costs is False
    assert found.fte_hours is None
    assert make().settings.labour_in_costs is None
    assert make().calendar.labels[-1] == "2028Q4"


def test_settings_as_a_table() -> None:
    rows = [{"key": key, "value": value} for key, value in SETTINGS.items()]
    assert make(settings=rows).settings == make().settings
    assert make(settings=pd.DataFrame(rows)).settings == make().settings


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"periods": 0}, "value", "below the least"),
        ({"periods": 1.5}, "value", "not a whole number"),
        ({"periods": None}, "value", "must be filled"),
        ({"frequency": "week"}, "value", "not a word"),
        ({"first_period": "2027-01"}, "value", "is not a quarter"),
        ({"first_period": "2027-01-01"}, "value", "is a date"),
        ({"first_period": "0202Q1"}, "value", "is not a period"),
        ({"first_period": "9999Q1"}, "value", "no year to plan in"),
        ({"first_period": "1066Q1"}, "value", "no year to plan in"),
        ({"year_start": 13}, "value", "above the most"),
        ({"curency": "EUR"}, "key", "not a setting"),
        ({"discount_rate": "5%"}, "value", "not a number"),
    ],
)
def test_a_faulty_setting(change: dict[str, object], column: str, says: str) -> None:
    (fault,) = faults(settings={**SETTINGS, **change})
    assert (fault.table, fault.column) == ("settings", column)
    assert says in fault.rule


def test_faults_of_settings_are_all_shown_and_hide_no_other() -> None:
    broken = {**SETTINGS, "discount_rate": "x", "first_period": "2027-01"}
    del broken["currency"]
    budgets = [{"fund_id": "F", "period": "2027", "amount": "x"}]
    found = faults(settings=broken, budgets=budgets)
    assert [fault.table for fault in found] == ["settings"] * 3 + ["budgets"]
    found = faults(
        settings={**SETTINGS, "currency": ""}, budgets=[{**BUDGETS[0], "period": "2027-01"}]
    )
    assert [fault.column for fault in found] == ["value", "period"]


def test_a_setting_twice() -> None:
    rows = [{"key": key, "value": value} for key, value in SETTINGS.items()]
    (fault,) = faults(settings=[*rows, rows[0]])
    assert (fault.row, fault.rule) == (7, "stands already in row 2")


# What Python gives.


def test_records_frames_and_numbers_as_text_are_one() -> None:
    rows = [
        {"project_id": "P1", "offset": 0, "amount": 1.5, "low": None},
        {"project_id": "P1", "offset": 1, "amount": 2, "low": 1},
    ]
    one = make(costs=rows)["costs"]
    for costs in (
        pd.DataFrame(rows),
        pd.DataFrame(rows).convert_dtypes(),
        pd.DataFrame(rows, index=[7, 7]),
        pd.DataFrame(rows).astype("str").replace("nan", ""),
        pd.DataFrame(rows).astype("category"),
        (row for row in rows),
        tuple(rows),
        [MappingProxyType(row) for row in rows],
    ):
        pd.testing.assert_frame_equal(make(costs=costs)["costs"], one)


@pytest.mark.parametrize(
    "blank", [None, np.nan, pd.NA, pd.NaT, "", " ", float("nan"), np.float32("nan")]
)
def test_every_missing_value_is_a_blank(blank: object) -> None:
    project = {
        **PROJECTS[0],
        "value": blank,
        "force": blank,
        "started": blank,
        "confidential": blank,
    }
    row = make(projects=[project])["projects"].iloc[0]
    assert pd.isna(row["value"])
    assert row["force"] == row["started"] == ""
    assert not row["confidential"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (np.bool_(True), "yes"),
        (7, "7"),
        (np.int64(7), "7"),
        (7.0, "7"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (np.float32(0.1), "0.1"),
        (1e-7, "0.0000001"),
        (1e22, "1" + "0" * 22),
        (12345678901234567890, "12345678901234567890"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (dt.date(2027, 3, 31), "2027-03-31"),
        (dt.datetime(2027, 3, 31), "2027-03-31 00:00:00"),
        (pd.Timestamp("2027-03-31"), "2027-03-31"),
        (pd.Timestamp("2027-03-31 15:30"), "2027-03-31 15:30:00"),
        (pd.Timestamp("2027-03-31", tz="UTC"), "2027-03-31 00:00:00+00:00"),
        (np.datetime64("2027-03-31"), "2027-03-31"),
        (pd.Period("2027Q1"), "2027Q1"),
        (pd.Period("2027-03", "M"), "2027-03"),
        ("007", "007"),
        (float("inf"), "inf"),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    "value", [[1], (1,), {1}, {"a": 1}, b"x", np.array([1]), pd.Series([1]), len, int, iter([])]
)
def test_what_is_no_plain_value(value: object) -> None:
    with pytest.raises(ValueError, match="where one value belongs"):
        as_text(value)
    found = faults(projects=[{**PROJECTS[0], "name": value}])
    assert [(f.row, f.column) for f in found] == [(2, "name")]
    assert "where one value belongs" in found[0].rule


def test_a_time_of_day_is_not_dropped() -> None:
    (fault,) = faults(
        people=[{"person_id": "x", "available_from": pd.Timestamp("2027-01-01 15:00")}]
    )
    assert fault.rule == "is not a date"


def test_dates_of_every_kind() -> None:
    days = [dt.date(2027, 1, 4), dt.datetime(2027, 1, 4), pd.Timestamp("2027-01-04"), "2027-01-04"]
    days.append(np.datetime64("2027-01-04T00:00:00", "ns"))
    rows = [{"person_id": str(n), "available_from": day} for n, day in enumerate(days)]
    assert set(make(people=rows)["people"]["available_from"]) == {pd.Timestamp("2027-01-04")}


def test_a_timestamp_in_a_period_is_told_its_period() -> None:
    (fault,) = faults(projects=[{**PROJECTS[0], "earliest_start": pd.Timestamp("2027-04-01")}])
    assert "2027Q2" in fault.remedy


def test_numbers_that_one_row_lacks_stay_whole_in_the_others() -> None:
    long = 12345678901234567
    rows = [{**PROJECTS[0], "category": long}, {**PROJECTS[0], "project_id": 7}]
    projects = make(projects=rows)["projects"]
    assert list(projects["category"]) == [str(long), ""]
    assert list(projects["project_id"]) == ["P1", "7"]


@pytest.mark.parametrize(
    "given", [None, 5, "abc", b"abc", [1, 2], [{"project_id": "P1"}, 5], [None]]
)
def test_what_is_no_table(given: object) -> None:
    (fault,) = faults(projects=given)
    assert (fault.table, fault.row, fault.rule) == ("projects", None, "is not a table")


@pytest.mark.parametrize("name", ["project", "Projects", "", 5, None])
def test_an_unknown_table(name: object) -> None:
    with pytest.raises(DataError) as caught:
        Portfolio.from_tables(
            {"settings": SETTINGS, "projects": PROJECTS, "budgets": BUDGETS, name: []}  # type: ignore[dict-item]
        )
    (fault,) = caught.value.faults
    assert fault.rule == "is not a table"
    assert ("did you mean 'projects'" in fault.remedy) == (name in ("project", "Projects"))


@pytest.mark.parametrize("missing", ["settings", "projects", "budgets"])
def test_a_required_table_is_missing(missing: str) -> None:
    tables = {"settings": SETTINGS, "projects": PROJECTS, "budgets": BUDGETS}
    tables["costs"] = [{"project_id": "P1", "offset": 0, "amount": 1}]  # type: ignore[list-item]
    del tables[missing]
    with pytest.raises(DataError) as caught:
        Portfolio.from_tables(tables)
    (fault,) = caught.value.faults
    assert (fault.table, fault.row) == (missing, None)
    assert "missing" in fault.rule


def test_nothing_at_all() -> None:
    with pytest.raises(DataError) as caught:
        Portfolio.from_tables({})
    assert {fault.table for fault in caught.value.faults} == {"settings", "projects", "budgets"}


def test_a_column_twice() -> None:
    frame = pd.DataFrame(
        [["P1", "Pump", "idea", "Pipe"]], columns=["project_id", "name", "stage", "name"]
    )
    assert places(projects=frame) == [("projects", 1, "name")]
    frame = pd.DataFrame([[1, 2]], columns=["5", 5])
    assert ("roles", 1, "5") in places(roles=frame)


def test_a_table_with_neither_rows_nor_columns() -> None:
    assert len(make(people=[], costs=pd.DataFrame())["people"]) == 0


# Derived sets.


def test_options_implicit_and_named_in_the_order_of_projects() -> None:
    portfolio = make(
        projects=[{**PROJECTS[0], "project_id": p} for p in ("P3", "P1", "P2", "P4")],
        options=[
            {"project_id": "P1", "option_id": "slow", "duration": 4, "value_share": 0.5},
            {"project_id": "P3", "option_id": "only"},
            {"project_id": "P1", "option_id": "fast"},
        ],
        costs=[
            {"project_id": "P1", "option_id": "fast", "offset": 1, "amount": 1},
            {"project_id": "P1", "option_id": "slow", "offset": 7, "amount": 1},
            {"project_id": "P3", "offset": 2, "amount": 1},
            {"project_id": "P2", "offset": 0, "amount": 1},
        ],
        benefits=[{"project_id": "P2", "offset": 9, "amount": 1}],
        roles=[{"role_id": "R", "name": "R"}],
        capacity=[{"role_id": "R", "period": "2027Q1", "kind": "total", "fte": 1}],
        demand=[{"project_id": "P2", "role_id": "R", "offset": 5, "fte": 1}],
    )
    options = portfolio.options
    assert list(zip(options["project_id"], options["option_id"], strict=True)) == [
        ("P3", "only"),
        ("P1", "slow"),
        ("P1", "fast"),
        ("P2", ""),
        ("P4", ""),
    ]
    # A given duration stands though money is paid later; benefits do not lengthen a project.
    assert list(options["duration"]) == [3, 4, 2, 6, 1]
    assert options["duration"].dtype == np.int64
    assert list(options["value_share"]) == [1.0, 0.5, 1.0, 1.0, 1.0]
    assert list(portfolio.by_offset("costs")["option_id"]) == ["fast", "slow", "only", ""]


def test_in_flight_periods_become_offsets_from_the_start() -> None:
    portfolio = make(
        projects=[
            {**PROJECTS[0], "stage": "in_flight", "started": "2026Q3", "option_id": "b"},
            {**PROJECTS[0], "project_id": "P2"},
        ],
        options=[
            {"project_id": "P1", "option_id": "a", "duration": 2},
            {"project_id": "P1", "option_id": "b"},
        ],
        costs=[
            {"project_id": "P1", "period": "2026Q2", "amount": 1},
            {"project_id": "P1", "period": "2027Q4", "amount": 2},
            {"project_id": "P1", "offset": 0, "amount": 3},
            {"project_id": "P2", "offset": 1, "amount": 4},
        ],
    )
    rows = portfolio.by_offset("costs")
    assert list(rows["offset"]) == [-1, 5, 0, 1]
    assert rows["offset"].dtype == np.int64
    assert "period" not in rows
    assert list(rows["option_id"]) == ["b", "b", "b", ""]
    assert portfolio.started.to_dict() == {"P1": -2, "P2": 0}
    assert list(portfolio.options["duration"]) == [2, 6, 2]


def test_tables_without_rows_have_derived_sets_too() -> None:
    portfolio = make(projects=[])
    assert len(portfolio.options) == 0
    assert len(portfolio.started) == 0
    for table in ("costs", "benefits", "demand"):
        assert len(portfolio.by_offset(table)) == 0


# Garbage.

GARBAGE = [
    *(
        "",
        " ",
        "P1",
        "P2",
        "x",
        "007",
        "1E5",
        "1",
        "0",
        "-1",
        "2.5",
        "0.5",
        "99999",
        "1e400",
        "NaN",
    ),
    *(
        "(500)",
        "50%",
        "#N/A",
        "2027Q1",
        "2027Q3",
        "2028Q1",
        "2026Q1",
        "2027",
        "2027-01",
        "2027-01-01",
    ),
    *(
        "2027-02-31",
        "yes",
        "no",
        "in",
        "proposed",
        "in_flight",
        "closed",
        "idea",
        "finish_to_start",
    ),
    *("requires", "exactly", "all_or_none", "total", "extra", "more", "equally", "none", "extreme"),
    *("Mon-Fri", "\0", "a\nb", "2027-03-01", "9999-12-31", "staff", "FS", "cost", "main", "\uff19"),
    *("\u200b", "\ud800", "=1+1", "../x"),
]
ODD = [
    None,
    True,
    float("nan"),
    float("inf"),
    pd.NA,
    pd.NaT,
    pd.Timestamp("2027-01-01"),
    10**30,
    [1],
]


def are_sentences(found: tuple[Fault, ...]) -> None:
    assert found
    assert len(set(found)) == len(found)
    for fault in found:
        assert fault.rule
        assert fault.remedy
        assert fault.table in dictionary()
        assert str(fault)


@st.composite
def garbage(draw: st.DrawFn) -> dict[str, Any]:
    values = st.sampled_from(GARBAGE) | st.text(max_size=4) | st.sampled_from(ODD)
    tables: dict[str, Any] = {"settings": SETTINGS, "projects": PROJECTS, "budgets": BUDGETS}
    for name in draw(st.lists(st.sampled_from(sorted(dictionary())), max_size=6, unique=True)):
        header = list(dictionary()[name].header)
        columns = draw(st.lists(st.sampled_from(header), unique=True))
        columns = [*columns, *draw(st.lists(st.sampled_from(["nme", "x"]), max_size=1))]
        tables[name] = draw(
            st.lists(st.fixed_dictionaries(dict.fromkeys(columns, values)), max_size=4)
        )
    return tables


@settings(max_examples=draws(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(garbage())
def test_garbage_is_refused_in_sentences(tables: dict[str, Any]) -> None:
    try:
        portfolio = Portfolio.from_tables(tables)
    except DataError as error:
        are_sentences(error.faults)
    else:
        assert len(portfolio.options) >= len(portfolio["projects"])


def _valid(column: Any) -> st.SearchStrategy[Any]:
    """Mostly values that the column takes, so that the checks across tables are reached."""
    kinds = {
        "id": st.sampled_from(["P1", "P2", "A", "B", "main"]),
        "text": st.sampled_from(["a", "b"]),
        "number": st.sampled_from(["0", "0.5", "1"]),
        "integer": st.sampled_from(["0", "1", "2"]),
        "flag": st.sampled_from(["yes", "no"]),
        "date": st.sampled_from(["2027-01-04", "2027-05-31", "2026-12-31"]),
        "period": st.sampled_from(["2027Q1", "2027Q2", "2026Q4", "2027", "2027-01"]),
        "weekdays": st.sampled_from(["Mon-Fri", "Sun-Thu"]),
    }
    value = st.sampled_from(column.words) if column.words else kinds[column.type]
    return value | st.just("" if not column.required else "1")


@st.composite
def half_valid(draw: st.DrawFn) -> dict[str, Any]:
    tables: dict[str, Any] = {"settings": SETTINGS, "projects": PROJECTS, "budgets": BUDGETS}
    names = sorted(set(dictionary()) - {"settings"})
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=8, unique=True)):
        row = st.fixed_dictionaries({c.name: _valid(c) for c in dictionary()[name].columns})
        tables[name] = draw(st.lists(row, max_size=4))
    return tables


@settings(max_examples=draws(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(half_valid())
def test_nearly_good_tables_are_refused_in_sentences(tables: dict[str, Any]) -> None:
    try:
        portfolio = Portfolio.from_tables(tables)
    except DataError as error:
        are_sentences(error.faults)
    else:
        assert (portfolio.options["duration"] >= 1).all()
        for table in ("costs", "benefits", "demand"):
            portfolio.by_offset(table)
