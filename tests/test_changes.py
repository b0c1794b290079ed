"""One change of a scenario: what it hits, what it does, and what it says when it cannot."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.changes import ACTIONS, Change, apply_change
from portfolio.data.portfolio import Portfolio
from portfolio.data.schema import dictionary

from .sweeps import draws

SETTINGS = {
    "name": "Works",
    "currency": "EUR",
    "frequency": "month",
    "first_period": "2026-11",
    "periods": 6,
}


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    projects = [
        {"project_id": p, "name": p, "stage": "proposed", "value": v, "confidential": c}
        for p, v, c in (("007", 1, True), ("7", 2, False), ("1E5", 3.5, False), ("NO", 0, True))
    ]
    projects[1]["force"] = "in"
    return Portfolio.from_tables(
        {
            "settings": SETTINGS,
            "projects": projects,
            "budgets": [
                {"fund_id": "F", "period": p, "amount": a}
                for p, a in (("2026-11", 100), ("2026-12", 200), ("2027-01", 400), ("2027-02", 0.1))
            ],
            "costs": [
                {"project_id": "007", "offset": o, "amount": 10.0 + o, "low": 5 if o else None}
                for o in range(3)
            ],
            "roles": [{"role_id": "R", "name": "R"}],
            "people": [{"person_id": "A", "available_from": "2027-01-05"}, {"person_id": "B"}],
            "artefacts": [
                {"project_id": "7", "artefact": a, "version": v}
                for a, v in (("a", "1.1"), ("b", "1.10"), ("c", "1"))
            ],
        }
    )


def change(portfolio: Portfolio, **given: Any) -> pd.DataFrame:
    tables = dict(portfolio.tables)
    problems = apply_change(Change.from_dict(given), tables, portfolio.calendar)
    assert problems == []
    return tables[given["table"]]


def problem(portfolio: Portfolio, **given: Any) -> str:
    tables = dict(portfolio.tables)
    before = {name: frame.copy() for name, frame in tables.items()}
    (found,) = apply_change(Change.from_dict(given), tables, portfolio.calendar)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
    return found


def hit(portfolio: Portfolio, table: str, where: dict[str, Any]) -> list[int]:
    """Rows that a `drop` takes away."""
    frame = portfolio[table]
    kept = change(portfolio, table=table, drop=where)
    key = list(dictionary()[table].key)
    merged = frame.merge(kept[key].drop_duplicates(), on=key, how="left", indicator="side")
    return [int(n) for n in np.flatnonzero(merged["side"] == "left_only")]


# The shape of a change.


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (5, "is not a change"),
        (None, "is not a change"),
        ("budgets", "is not a change"),
        ([], "is not a change"),
        ({}, "'' is not a table"),
        ({"table": "budgts", "set": {"amount": 1}}, "did you mean 'budgets'"),
        ({"table": None, "set": {"amount": 1}}, "is not a table"),
        ({"table": ["budgets"], "set": {"amount": 1}}, "is not a table"),
        ({"table": "budgets"}, "exactly one of set, scale, append, drop"),
        ({"table": "budgets", "set": {"amount": 1}, "scale": {"amount": 2}}, "exactly one of"),
        ({"table": "budgets", "sett": {"amount": 1}}, "did you mean 'set'"),
        ({"table": "budgets", "Where": {}, "set": {"amount": 1}}, "did you mean 'where'"),
        ({"table": "budgets", 5: 1}, "'5' is not a key of a change"),
        ({"table": "budgets", "set": {}}, "set gives columns and values"),
        ({"table": "budgets", "set": None}, "set gives columns and values"),
        ({"table": "budgets", "scale": 0.9}, "scale gives columns and values"),
        ({"table": "budgets", "drop": {}}, "drop gives columns and values"),
        ({"table": "budgets", "drop": ["F"]}, "drop gives columns and values"),
        ({"table": "budgets", "append": []}, "append is a list of rows"),
        ({"table": "budgets", "append": {}}, "append is a list of rows"),
        ({"table": "budgets", "append": "x"}, "append is a list of rows"),
        ({"table": "budgets", "append": [{"fund_id": "F"}, 5]}, "append is a list of rows"),
        ({"table": "budgets", "where": {"period": "2027"}, "append": [{"a": 1}]}, "takes no where"),
        ({"table": "budgets", "where": {"period": "2027"}, "drop": {"a": 1}}, "takes no where"),
        ({"table": "budgets", "where": "2027", "set": {"amount": 1}}, "where gives columns"),
        ({"table": "budgets", "where": ["period"], "set": {"amount": 1}}, "where gives columns"),
        ({"table": "budgets", "where": None, "set": {"amount": 1}}, "where is blank"),
        ({"table": "budgets", "where": {}, "set": {"amount": 1}}, "where is blank"),
        ({"table": "budgets", "where": "", "set": {"amount": 1}}, "where is blank"),
        ({"table": "budgets", "set": {"amount": [1]}}, "'amount' is a list where one value"),
        ({"table": "budgets", "set": {"amount": {"a": 1}}}, "is a dict where one value"),
        ({"table": "budgets", "append": [{"amount": [1]}]}, "is a list where one value"),
        ({"table": "budgets", "drop": {"period": [["2027"]]}}, "is a list where one value"),
        ({"table": "budgets", "drop": {"period": {"2027"}}}, "is a set where one value"),
    ],
)
def test_what_is_no_change(given: Any, says: str) -> None:
    with pytest.raises(ValueError, match=r"is|takes|gives") as caught:
        Change.from_dict(given)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"table": "budgets", "where": {"period": "2027*"}, "scale": {"amount": "0.9"}},
        {"table": "budgets", "where": {"period": ["2027-01", "2027-02"]}, "set": {"amount": "0"}},
        {"table": "projects", "set": {"force": "in"}},
        {"table": "projects", "drop": {"project_id": "7"}},
        {"table": "budgets", "append": [{"fund_id": "F", "period": "2027-03", "amount": "1"}]},
    ],
)
def test_a_change_as_plain_data_and_back(given: dict[str, Any]) -> None:
    assert Change.from_dict(given).as_dict() == given
    assert Change.from_dict(Change.from_dict(given).as_dict()) == Change.from_dict(given)


def test_a_change_is_frozen() -> None:
    found = Change.from_dict({"table": "projects", "set": {"force": "in"}})
    with pytest.raises(TypeError):
        found.values["force"] = "out"  # type: ignore[index]
    with pytest.raises(AttributeError):
        found.table = "costs"  # type: ignore[misc]


# Unknown names.


@pytest.mark.parametrize("action", ACTIONS)
def test_an_unknown_column_names_the_nearest(portfolio: Portfolio, action: str) -> None:
    content: Any = {"amont": "1"}
    given = {"table": "budgets", action: [content] if action == "append" else content}
    assert "did you mean 'amount'" in problem(portfolio, **given)
    if action in ("set", "scale"):
        where = {"table": "budgets", "where": {"perod": "2027"}, action: {"amount": 1}}
        assert "did you mean 'period'" in problem(portfolio, **where)


def test_every_unknown_column_is_named(portfolio: Portfolio) -> None:
    tables = dict(portfolio.tables)
    given = Change.from_dict({"table": "budgets", "where": {"a": 1}, "set": {"b": 1, "a": 2}})
    assert len(apply_change(given, tables, portfolio.calendar)) == 2


# Where.


@pytest.mark.parametrize(
    ("table", "where", "rows"),
    [
        ("projects", {"project_id": "007"}, [0]),
        ("projects", {"project_id": "7"}, [1]),
        ("projects", {"project_id": 7}, [1]),
        ("projects", {"project_id": 7.0}, [1]),
        ("projects", {"project_id": "1E5"}, [2]),
        ("projects", {"project_id": "NO"}, [3]),
        ("projects", {"project_id": [" 007 ", "NO"]}, [0, 3]),
        ("projects", {"project_id": ("007", "no such")}, [0]),
        ("projects", {"value": 1}, [0]),
        ("projects", {"value": "1.0"}, [0]),
        ("projects", {"value": "03.50"}, [2]),
        ("projects", {"value": 0}, [3]),
        ("projects", {"value": -0.0}, [3]),
        ("projects", {"confidential": True}, [0, 3]),
        ("projects", {"confidential": "true"}, [0, 3]),
        ("projects", {"confidential": "No"}, [1, 2]),
        ("projects", {"force": None}, [0, 2, 3]),
        ("projects", {"force": ""}, [0, 2, 3]),
        ("projects", {"force": ["", "in"]}, [0, 1, 2, 3]),
        ("projects", {"force": "in", "value": 2}, [1]),
        ("costs", {"low": None}, [0]),
        ("costs", {"low": float("nan")}, [0]),
        ("costs", {"offset": 1}, [1]),
        ("costs", {"offset": "1.0"}, [1]),
        ("people", {"available_from": dt.date(2027, 1, 5)}, [0]),
        ("people", {"available_from": pd.Timestamp("2027-01-05")}, [0]),
        ("people", {"available_from": pd.NaT}, [1]),
        ("budgets", {"period": "2027*"}, [2, 3]),
        ("budgets", {"period": "*-1*"}, [0, 1]),
        ("budgets", {"period": "*"}, [0, 1, 2, 3]),
        ("budgets", {"period": ["2026-11", "*-02"]}, [0, 3]),
        ("budgets", {"amount": "0.1"}, [3]),
        ("artefacts", {"version": "1.1"}, [0]),
        ("artefacts", {"version": "1.10"}, [1]),
        ("artefacts", {"version": 1}, [2]),
    ],
)
def test_where(portfolio: Portfolio, table: str, where: dict[str, Any], rows: list[int]) -> None:
    assert hit(portfolio, table, where) == rows


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ("projects", {"project_id": "70"}),
        ("projects", {"project_id": "*"}),
        ("projects", {"project_id": "7*"}),
        ("projects", {"project_id": "100000"}),
        ("projects", {"project_id": "no"}),
        ("projects", {"value": "abc"}),
        ("projects", {"force": "in", "value": 1}),
        ("projects", {"project_id": []}),
        ("budgets", {"period": "2027"}),
        ("budgets", {"period": "2030*"}),
        ("budgets", {"period": "2026-1?*"}),
        ("budgets", {"period": "[2]026-*"}),
        ("people", {"available_from": "2027-01"}),
        ("groups", {"group_id": "x"}),
    ],
)
def test_a_change_that_matches_nothing_is_an_error(
    portfolio: Portfolio, table: str, where: dict[str, Any]
) -> None:
    assert "matches no row" in problem(portfolio, table=table, drop=where)
    column = dictionary()[table].columns[-1].name
    assert "matches no row" in problem(portfolio, table=table, where=where, set={column: ""})


def test_a_change_of_an_empty_table_is_an_error(portfolio: Portfolio) -> None:
    assert "the table is empty" in problem(portfolio, table="groups", set={"kind": "exactly"})


# Set.


@pytest.mark.parametrize(
    ("table", "column", "value", "found"),
    [
        ("projects", "force", "out", "out"),
        ("projects", "force", None, ""),
        ("projects", "value", 7, 7.0),
        ("projects", "value", "7.5", 7.5),
        ("projects", "weight", None, 1.0),
        ("projects", "confidential", True, True),
        ("projects", "confidential", "NO", False),
        ("projects", "earliest_start", "2027-01", "2027-01"),
        ("projects", "name", "NO", "NO"),
        ("projects", "name", "007", "007"),
        ("costs", "offset", 4, 4),
        ("costs", "offset", 4.0, 4),
        ("people", "available_to", dt.date(2027, 1, 9), pd.Timestamp("2027-01-09")),
        ("people", "available_to", "2027-01-09", pd.Timestamp("2027-01-09")),
        ("people", "fte", 0.5, 0.5),
    ],
)
def test_set(portfolio: Portfolio, table: str, column: str, value: Any, found: Any) -> None:
    frame = change(portfolio, table=table, set={column: value})
    assert set(frame[column]) == {found}
    assert frame.dtypes.equals(portfolio[table].dtypes)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("projects", "value"),
        ("costs", "offset"),
        ("people", "available_from"),
        ("benefits", "cashable"),
    ],
)
def test_set_to_blank(portfolio: Portfolio, table: str, column: str) -> None:
    if portfolio[table].empty:
        rows = [{"project_id": "7", "offset": 0, "amount": 1, "cashable": True}]
        portfolio = portfolio.with_tables({table: change(portfolio, table=table, append=rows)})
    frame = change(portfolio, table=table, set={column: None})
    assert frame[column].isna().all()
    assert frame.dtypes.equals(portfolio[table].dtypes)


def test_only_what_matches_is_set(portfolio: Portfolio) -> None:
    frame = change(portfolio, table="budgets", where={"period": "2027*"}, set={"amount": 1})
    assert list(frame["amount"]) == [100, 200, 1, 1]


@pytest.mark.parametrize(
    ("table", "values", "says"),
    [
        ("projects", {"force": "maybe"}, "force: 'maybe' is not a word"),
        ("projects", {"value": "(5)"}, "value: '(5)' is not a number; write a minus sign"),
        ("projects", {"value": float("inf")}, "is not a number"),
        ("projects", {"name": ""}, "must be filled"),
        ("projects", {"confidential": "maybe"}, "neither yes nor no"),
        ("projects", {"started": "2027-01-01"}, "is a date where a period belongs"),
        ("projects", {"started": "2027-*"}, "is not a period"),
        ("budgets", {"amount": -1}, "below the least allowed"),
        ("people", {"fte": True}, "is not a number"),
        ("people", {"available_to": pd.Timestamp("2027-01-01 12:00")}, "is not a date"),
        ("costs", {"offset": 1.5}, "not a whole number"),
    ],
)
def test_a_value_that_breaks_a_rule(
    portfolio: Portfolio, table: str, values: dict[str, Any], says: str
) -> None:
    assert says in problem(portfolio, table=table, set=values)


def test_nothing_is_set_where_one_of_two_is_wrong(portfolio: Portfolio) -> None:
    assert "amount" in problem(portfolio, table="budgets", set={"fund_id": "G", "amount": "x"})


def test_settings_by_key(portfolio: Portfolio) -> None:
    frame = change(portfolio, table="settings", where={"key": "periods"}, set={"value": 12})
    assert dict(zip(frame["key"], frame["value"], strict=True))["periods"] == "12"
    for wrong, says in (
        ({"where": {"key": "perids"}, "set": {"value": 12}}, "matches no row"),
        ({"where": {"key": "periods"}, "set": {"key": "x"}}, "only 'value' can be set"),
        ({"where": {"key": "periods"}, "scale": {"value": 2}}, "only 'value' can be set"),
        ({"set": {"periods": 12}}, "'periods' is not a column of settings"),
    ):
        assert says in problem(portfolio, table="settings", **wrong)


# Scale.


def test_scale(portfolio: Portfolio) -> None:
    frame = change(portfolio, table="budgets", where={"period": "2026*"}, scale={"amount": "0.5"})
    assert list(frame["amount"]) == [50, 100, 400, 0.1]
    frame = change(portfolio, table="costs", scale={"amount": 2, "low": 2})
    assert list(frame["amount"]) == [20, 22, 24]
    assert frame["low"].isna().tolist() == [True, False, False]
    assert frame.dtypes.equals(portfolio["costs"].dtypes)


def test_scale_whole_numbers(portfolio: Portfolio) -> None:
    frame = change(portfolio, table="costs", scale={"offset": 3})
    assert list(frame["offset"]) == [0, 3, 6]
    assert frame["offset"].dtype == "Int64"


@pytest.mark.parametrize(
    ("table", "values", "says"),
    [
        ("projects", {"force": 2}, "is no number and cannot be scaled"),
        ("projects", {"project_id": 2}, "is no number and cannot be scaled"),
        ("people", {"available_from": 2}, "is no number and cannot be scaled"),
        ("budgets", {"period": 2}, "is no number and cannot be scaled"),
        ("budgets", {"amount": "0,9"}, "is not a factor"),
        ("budgets", {"amount": "90%"}, "is not a factor"),
        ("budgets", {"amount": ""}, "is not a factor"),
        ("budgets", {"amount": None}, "is not a factor"),
        ("budgets", {"amount": "nan"}, "is not a factor"),
        ("budgets", {"amount": "1e400"}, "is not a factor"),
        ("budgets", {"amount": float("inf")}, "is not a factor"),
        ("budgets", {"amount": True}, "is not a factor"),
        ("budgets", {"amount": -1}, "below the least allowed"),
        ("budgets", {"amount": 1e14}, "too large"),
        ("budgets", {"amount": 1e300}, "too large"),
        ("budgets", {"amount": 1e-9}, "near to zero"),
        ("people", {"fte": 1.5}, "above the most allowed"),
        ("people", {"cost_rate": 1.5}, "is blank in every row"),
        ("projects", {"stop_cost": 2}, "is blank in every row"),
    ],
)
def test_a_factor_that_breaks_a_rule(
    portfolio: Portfolio, table: str, values: dict[str, Any], says: str
) -> None:
    assert says in problem(portfolio, table=table, scale=values)


@settings(max_examples=draws(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-20, 20))
def test_scaling_by_a_power_of_two_and_back_changes_nothing(
    portfolio: Portfolio, power: int
) -> None:
    there = change(portfolio, table="budgets", scale={"amount": 2.0**power})
    tables = {**portfolio.tables, "budgets": there}
    back = Change.from_dict({"table": "budgets", "scale": {"amount": 2.0**-power}})
    assert apply_change(back, tables, portfolio.calendar) == []
    pd.testing.assert_frame_equal(tables["budgets"], portfolio["budgets"], check_exact=True)


@settings(max_examples=draws(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(1e-3, 1e3))
def test_scaling_and_back_changes_nothing_to_speak_of(portfolio: Portfolio, factor: float) -> None:
    there = change(portfolio, table="budgets", scale={"amount": factor})
    tables = {**portfolio.tables, "budgets": there}
    back = Change.from_dict({"table": "budgets", "scale": {"amount": 1 / factor}})
    assert apply_change(back, tables, portfolio.calendar) == []
    pd.testing.assert_frame_equal(tables["budgets"], portfolio["budgets"], rtol=1e-12)


# Append and drop.


def test_append_to_a_filled_and_an_empty_table(portfolio: Portfolio) -> None:
    row = {"fund_id": "G", "period": "2027-03", "amount": 7}
    frame = change(portfolio, table="budgets", append=[row])
    assert list(frame["amount"]) == [100, 200, 400, 0.1, 7]
    assert list(frame.index) == list(range(5))
    one = change(portfolio, table="budgets", append=row)
    pd.testing.assert_frame_equal(one, frame)
    group = change(
        portfolio, table="groups", append=[{"group_id": "X", "kind": "exactly", "limit": 1}]
    )
    assert group.dtypes.equals(portfolio["groups"].dtypes)
    assert group.loc[0].tolist() == ["X", "exactly", 1]


def test_append_fills_in_defaults(portfolio: Portfolio) -> None:
    rows = [
        {"project_id": "8", "name": "x", "stage": "idea"},
        {"project_id": 9, "name": "x", "stage": "idea", "weight": 2, "started": None},
    ]
    frame = change(portfolio, table="projects", append=rows).tail(2)
    assert list(frame["project_id"]) == ["8", "9"]
    assert list(frame["weight"]) == [1, 2]
    assert list(frame["confidential"]) == [False, False]
    assert frame.dtypes.equals(portfolio["projects"].dtypes)


def test_a_star_in_an_appended_period_is_every_period_of_the_horizon(portfolio: Portfolio) -> None:
    row = {"role_id": "R", "period": "2027-*", "kind": "extra", "fte": 2}
    frame = change(portfolio, table="capacity", append=[row, {**row, "period": "2026-11"}])
    assert list(frame["period"]) == ["2027-01", "2027-02", "2027-03", "2027-04", "2026-11"]
    assert set(frame["fte"]) == {2}
    assert len(change(portfolio, table="capacity", append={**row, "period": "*"})) == 6


@pytest.mark.parametrize(
    ("table", "row", "says"),
    [
        (
            "capacity",
            {"role_id": "R", "period": "2030*", "kind": "extra", "fte": 1},
            "matches no period",
        ),
        ("capacity", {"role_id": "R", "period": "2027", "fte": 1}, "the column kind is missing"),
        ("budgets", {"fund_id": "", "period": "2027-01", "amount": 1}, "is blank"),
        ("budgets", {"fund_id": "F", "period": "2027-01", "amount": "x"}, "is not a number"),
        (
            "projects",
            {"project_id": "8", "name": "x", "stage": "idea", "started": "*"},
            "not a period",
        ),
    ],
)
def test_a_row_that_cannot_be_appended(
    portfolio: Portfolio, table: str, row: dict[str, Any], says: str
) -> None:
    assert says in problem(portfolio, table=table, append=[row])


def test_drop(portfolio: Portfolio) -> None:
    frame = change(portfolio, table="projects", drop={"project_id": ["7", "NO"]})
    assert list(frame["project_id"]) == ["007", "1E5"]
    assert list(frame.index) == [0, 1]
    assert len(change(portfolio, table="budgets", drop={"fund_id": "F"})) == 0


def test_changes_go_to_another_process_as_plain_data(portfolio: Portfolio) -> None:
    given = Change.from_dict({"table": "budgets", "scale": {"amount": 2}})
    assert Change.from_dict(pickle.loads(pickle.dumps(given.as_dict()))) == given
