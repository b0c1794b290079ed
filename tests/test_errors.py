"""Errors are sentences, with the exit code that they end with."""

from __future__ import annotations

import json

import pytest

from portfolio.errors import (
    DataError,
    Fault,
    PortfolioError,
    ReportError,
    ScenarioError,
    SolveError,
    nearest,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DataError([]), 2),
        (ScenarioError("x"), 2),
        (SolveError("x"), 1),
        (ReportError("x"), 1),
    ],
)
def test_each_knows_its_exit_code(error: PortfolioError, code: int) -> None:
    assert isinstance(error, PortfolioError)
    assert error.exit_code == code


def test_a_fault_is_a_sentence_that_says_where() -> None:
    fault = Fault("costs.csv", 7, "amount", "(500)", "is not a number", "write -500", "costs")
    assert str(fault) == "costs.csv, row 7, column amount: '(500)' is not a number; write -500."


def test_a_fault_of_a_whole_file_names_no_row() -> None:
    assert str(Fault("costs.csv", None, "", "", "is empty", "fill it")) == (
        "costs.csv: is empty; fill it."
    )


@pytest.mark.parametrize("remedy", ["did you mean 'x'?", "see the guide."])
def test_a_sentence_ends_once(remedy: str) -> None:
    assert str(Fault("f", None, "", "", "is wrong", remedy)).endswith(remedy)


def test_a_fault_is_plain_json() -> None:
    fault = Fault("f", 2, "c", "v", "r", "m", "t")
    given = {"file": "f", "row": 2, "column": "c", "value": "v"}
    assert json.loads(json.dumps(fault.as_dict())) == given | {
        "rule": "r",
        "remedy": "m",
        "table": "t",
        "severity": "fault",
    }
    assert fault.as_warning().as_dict() == fault.as_dict() | {"severity": "warning"}


def test_data_error_shows_every_fault_and_counts_them() -> None:
    faults = [Fault("f", n, "c", "v", "r", "m") for n in (2, 3)]
    error = DataError(faults)
    assert error.faults == tuple(faults)
    assert str(error).startswith("2 faults in the data:\n")
    assert str(error).count("column c") == 2
    assert str(DataError(faults[:1])).startswith("1 fault in")


def test_scenario_error_takes_one_or_several() -> None:
    assert ScenarioError("one").problems == ("one",)
    assert str(ScenarioError(["one", "two"])) == "one\ntwo"


@pytest.mark.parametrize(
    ("word", "known", "says"),
    [
        ("budgts", ["budgets", "costs"], "did you mean 'budgets'?"),
        ("xyz", ["b", "a", "a"], "known are: a, b"),
        ("", ["a"], "known are: a"),
        ("x", [], "none is known"),
    ],
)
def test_nearest(word: str, known: list[str], says: str) -> None:
    assert nearest(word, known) == says
