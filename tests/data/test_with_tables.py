"""A changed portfolio is checked as a whole, though not everything is looked at twice."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.data import checks
from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.data.tables import Tables
from portfolio.errors import DataError, Fault

SAMPLE = read_portfolio(Path(__file__).parents[2] / "data" / "sample")
FILLED = sorted(name for name in SAMPLE.tables if len(SAMPLE[name]) and name != "settings")
STRANGE: dict[str, tuple[Any, ...]] = {
    "str": ("", "nowhere", "2027", "2027-03", "total"),
    "float64": (np.nan, -1.0, 0.0, 1e9),
    "Int64": (pd.NA, -1, 0, 99),
    "int64": (-1, 0, 99),
    "bool": (True, False),
    "boolean": (True, False),
}


@st.composite
def one_cell(draw: st.DrawFn) -> tuple[str, pd.DataFrame]:
    """A table of the sample in which one cell says something else."""
    name = draw(st.sampled_from(FILLED))
    frame = SAMPLE[name].copy()
    column = draw(st.sampled_from([c for c in frame if str(frame[c].dtype) in STRANGE]))
    row = draw(st.integers(0, len(frame) - 1))
    values = [*STRANGE[str(frame[column].dtype)], frame[column].iloc[-1]]
    frame.loc[row, column] = draw(st.sampled_from(values))
    return name, frame


def outcome(portfolio: Portfolio, tables: dict[str, pd.DataFrame]) -> tuple[Fault, ...]:
    try:
        portfolio.with_tables(tables)
    except DataError as error:
        return error.faults
    return ()


@settings(max_examples=8, deadline=None)
@given(one_cell(), one_cell())
def test_the_faults_are_those_of_a_check_of_everything(
    first: tuple[str, pd.DataFrame], second: tuple[str, pd.DataFrame]
) -> None:
    whole = dict(SAMPLE.tables)
    portfolio = SAMPLE
    for name, frame in (first, second):
        whole = {**whole, name: frame}
        found = outcome(portfolio, {name: frame})
        assert found == outcome(SAMPLE, whole)
        if found:
            return
        portfolio = portfolio.with_tables({name: frame})


def test_what_a_change_can_have_broken_is_found() -> None:
    projects = SAMPLE["projects"]
    projects.loc[0, "programme_id"] = "nowhere"
    assert [fault.column for fault in outcome(SAMPLE, {"projects": projects})] == ["programme_id"]
    # What others refer to is gone: the fault is theirs, whose tables are as they were.
    roles = SAMPLE["roles"].iloc[1:].reset_index(drop=True)
    lost = outcome(SAMPLE, {"roles": roles})
    assert {"demand", "skills"} <= {fault.table for fault in lost}


def test_a_check_of_tables_that_are_as_they_were_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []
    original = Tables.found_by

    def noted(self: Tables, check: Any) -> Any:
        ran.append(check.__name__)
        return original(self, check)

    monkeypatch.setattr(Tables, "found_by", noted)
    copied = pickle.loads(pickle.dumps(SAMPLE))
    copied.with_tables({"budgets": SAMPLE["budgets"]})
    assert "check_budgets" in ran
    assert "check_dependencies" not in ran
    assert len(ran) < len(checks.CHECKS) / 2
