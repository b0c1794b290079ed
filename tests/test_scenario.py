"""Scenarios from files and from Python: what is understood, and what is refused and how."""

from __future__ import annotations

import copy
import math
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.changes import ACTIONS
from portfolio.data.portfolio import Portfolio
from portfolio.data.schema import dictionary
from portfolio.errors import DataError, ScenarioError
from portfolio.scenario import OBJECTIVES, OwnRule, Scenario, ShareLimit, Term, read_scenario

from .sweeps import draws

Write = Callable[..., Path]


def make() -> Portfolio:
    return Portfolio.from_tables(
        {
            "settings": {
                "name": "Works",
                "currency": "EUR",
                "frequency": "month",
                "first_period": "2026-11",
                "periods": 6,
            },
            "projects": [
                {"project_id": p, "name": p, "stage": "proposed", "category": c}
                for p, c in (("007", "growth"), ("7", ""), ("NO", "run"))
            ],
            "budgets": [
                {"fund_id": "F", "period": p, "amount": a}
                for p, a in (("2026-11", 100), ("2026-12", 200), ("2027-01", 400))
            ],
            "costs": [{"project_id": "007", "offset": 0, "amount": 10}],
            "dependencies": [{"project_id": "7", "other_id": "007", "kind": "requires"}],
        }
    )


@pytest.fixture
def portfolio() -> Portfolio:
    return make()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "cut") -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refused(what: Callable[[], object]) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        what()
    assert caught.value.exit_code == 2
    assert all(caught.value.problems)
    return caught.value.problems


def only(what: Callable[[], object], *says: str) -> None:
    problems = refused(what)
    assert len(problems) == 1, problems
    for words in says:
        assert words in problems[0]


# Every key.


def test_the_baseline() -> None:
    baseline = Scenario()
    assert baseline.name == "baseline"
    assert baseline.objectives == ("strategic_value", "early_start")
    assert baseline.give_up == (0, 0)
    assert baseline.ignore == frozenset()
    assert dict(baseline.soften) == {}
    assert baseline.changes == ()
    assert Scenario.from_dict({}) == baseline


EVERY_KEY = """
scenario: budget-cut-10
title: Ten per cent less money in 2027
parent: baseline
objectives: [strategic_value, npv, early_start]
give_up: [0.01, 0, 0.5]
ignore: [role_capacity]
soften: {budget: 0.05}
hiring: both
price_labour: no
balance: [{by: category, key: growth, min: 0.2, max: 0.5}]
minimum_fraction: 0.2
risk_adjusted: true
allow_stops: yes
own:
  - {rule: one of two, at_most: 1, terms: [{project_id: 007}, {project_id: 7, times: 2}]}
changes:
  - {table: budgets, where: {period: "2027*"}, scale: {amount: 0.9}}
  - {table: projects, where: {project_id: 007}, set: {force: in}}
  - {table: budgets, append: [{fund_id: G, period: "2027-*", amount: 2}]}
  - {table: projects, drop: {project_id: NO}}
"""


def test_every_key(write: Write, portfolio: Portfolio) -> None:
    found = read_scenario(write(EVERY_KEY))
    assert found.name == "budget-cut-10"
    assert found.title == "Ten per cent less money in 2027"
    assert found.parent == "baseline"
    assert found.objectives == ("strategic_value", "npv", "early_start")
    assert found.give_up == (0.01, 0, 0.5)
    assert found.ignore == {"role_capacity"}
    assert dict(found.soften) == {"budget": 0.05}
    assert found.hiring == "both"
    assert found.price_labour is False
    assert found.balance == (ShareLimit("category", "growth", 0.2, 0.5),)
    assert found.minimum_fraction == 0.2
    assert found.risk_adjusted is True
    assert found.allow_stops is True
    assert found.own == (OwnRule("one of two", (Term("007"), Term("7", times=2.0)), at_most=1),)
    assert [change.action for change in found.changes] == ["scale", "set", "append", "drop"]
    applied = found.apply(portfolio)
    assert list(applied["budgets"]["amount"]) == [100, 200, 360, 2, 2, 2, 2]
    assert list(applied["projects"]["project_id"]) == ["007", "7"]
    assert list(applied["projects"]["force"]) == ["in", ""]


def test_the_same_from_python() -> None:
    plain = yaml.safe_load(EVERY_KEY.replace("007", "'007'").replace("NO", "'NO'"))
    as_text = yaml.load(EVERY_KEY, Loader=yaml.BaseLoader)
    assert Scenario.from_dict(plain) == Scenario.from_dict(as_text)


def test_every_key_is_a_field_or_the_name(write: Write) -> None:
    given = yaml.load(EVERY_KEY, Loader=yaml.BaseLoader)
    fields = set(Scenario.__dataclass_fields__)
    assert {"name" if key == "scenario" else key for key in given} == fields


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("scenario", "", "is blank"),
        ("scenario", None, "is blank"),
        ("scenario", ["a"], "is a list"),
        ("scenario", "two\nlines", "has a line break"),
        ("scenario", "a\x1b[31m", "has a line break or another control character"),
        ("title", {"a": 1}, "is a list"),
        ("objectives", [], "names no objective"),
        ("objectives", "", "names no objective"),
        ("objectives", None, "names no objective"),
        ("objectives", ["nvp"], "did you mean 'npv'?"),
        ("objectives", ["strategic value"], "did you mean 'strategic_value'?"),
        ("objectives", ["npv", "npv"], "twice"),
        ("objectives", [["npv"]], "is a list"),
        ("objectives", {"npv": 1}, "is a list"),
        ("objectives", [None], "is not an objective"),
        ("give_up", [], "0 shares for 2 objectives"),
        ("give_up", [0, 0, 0], "3 shares for 2 objectives"),
        ("give_up", -0.1, "not between 0 and 1"),
        ("give_up", 1.1, "not between 0 and 1"),
        ("give_up", "5%", "'5%' is not a number"),
        ("give_up", "nan", "not between 0 and 1"),
        ("give_up", math.inf, "not between 0 and 1"),
        ("give_up", True, "is not a number"),
        ("give_up", [None, 0], "is not a number"),
        ("give_up", {"npv": 0.1}, "is not a number"),
        ("ignore", {"budget": 1}, "is a list"),
        ("ignore", [["budget"]], "is a list"),
        ("soften", ["budget"], "a share a family"),
        ("soften", "budget", "a share a family"),
        ("soften", {"budget": "much"}, "is not a number"),
        ("soften", {"budget": 2}, "not between 0 and 1"),
        ("hiring", "intern", "did you mean 'internal'?"),
        ("hiring", None, "known are"),
        ("balance", ["growth"], "row 1: is no mapping like"),
        ("balance", {"by": "category", "min": 0.1}, "row 1: key is missing"),
        ("balance", [{"by": "category", "key": "growth"}], "gives neither min nor max"),
        ("balance", [{"by": "category", "key": "growth", "mn": 0.1}], "did you mean 'min'?"),
        ("balance", [{"by": "category", "key": "growth", "min": "x"}], "is not a number"),
        ("balance", [{"by": "category", "key": "growth", "max": 2}], "not between 0 and 1"),
        ("balance", [{"by": "category", "key": "growth", "min": 0.3, "max": 0.2}], "above max"),
        ("balance", [{"by": "", "key": "growth", "min": 0.3}], "is blank"),
        ("minimum_fraction", "x", "is not a number"),
        ("minimum_fraction", 2, "not between 0 and 1"),
        ("risk_adjusted", "maybe", "neither true nor false"),
        ("risk_adjusted", None, "neither true nor false"),
        ("risk_adjusted", [True], "is a list"),
        ("allow_stops", 1, "neither true nor false"),
        ("changes", {"table": "budgets"}, "is a list"),
        ("changes", "budgets", "is a list"),
        ("changes", [5], "change 1: is not a change"),
        ("parent", ["a"], "is a list"),
        ("parent", "other", "not at hand"),
    ],
)
def test_a_value_that_is_refused(key: str, value: Any, says: str) -> None:
    only(
        lambda: Scenario.from_dict({key: value}), key.rstrip("s") if key == "changes" else key, says
    )


@pytest.mark.parametrize(
    ("objectives", "give_up", "found"),
    [
        (None, None, (0, 0)),
        (None, 0.1, (0.1, 0.1)),
        (None, "0.1", (0.1, 0.1)),
        (None, [0.1], (0.1, 0.1)),
        (None, (0.1, 0.2), (0.1, 0.2)),
        ("npv", None, (0,)),
        (["npv", "cost", "benefit"], None, (0, 0, 0)),
        (["npv", "cost", "benefit"], 0.2, (0.2, 0.2, 0.2)),
        (["npv"], ["0.3"], (0.3,)),
        (["npv"], 1, (1,)),
    ],
)
def test_shapes_of_give_up(objectives: Any, give_up: Any, found: tuple[float, ...]) -> None:
    given = {"objectives": objectives, "give_up": give_up}
    scenario = Scenario.from_dict({k: v for k, v in given.items() if v is not None})
    assert scenario.give_up == found


def test_shares_of_a_parent_go_with_its_objectives() -> None:
    parent = Scenario.from_dict({"scenario": "p", "give_up": [0.1, 0.2]})
    assert Scenario.from_dict({}, parent).give_up == (0.1, 0.2)
    only(lambda: Scenario.from_dict({"objectives": "npv"}, parent), "2 shares for 1 objectives")
    same = Scenario.from_dict({"scenario": "p", "give_up": 0.1})
    assert Scenario.from_dict({"objectives": "npv"}, same).give_up == (0.1,)


def test_every_objective_is_known() -> None:
    assert Scenario.from_dict({"objectives": list(OBJECTIVES)}).objectives == OBJECTIVES
    assert Scenario.from_dict({"objectives": "cost"}).objectives == ("cost",)


def test_every_problem_is_named_once() -> None:
    given = {
        "scenario": "x",
        "titel": "t",
        "objectives": ["nvp"],
        "give_up": "a",
        "changes": [{"table": "budgts", "set": {"amount": 1}}, {"table": "budgets"}],
        5: 1,
    }
    problems = refused(lambda: Scenario.from_dict(given))
    assert len(problems) == 6
    assert all(problem.startswith("scenario 'x': ") for problem in problems)
    assert "did you mean 'title'?" in problems[0]


@pytest.mark.parametrize("given", [None, [], "baseline", 5, [("title", "x")]])
def test_what_is_no_scenario(given: Any) -> None:
    only(lambda: Scenario.from_dict(given), "is a mapping")


def test_a_scenario_is_frozen() -> None:
    found = Scenario.from_dict({"soften": {"budget": 0.1}})
    with pytest.raises(AttributeError):
        found.name = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.soften["budget"] = 1  # type: ignore[index]


def test_what_was_given_is_not_kept() -> None:
    given: dict[str, Any] = {
        "soften": {"budget": 0.1},
        "balance": [{"by": "category", "key": "growth", "min": 0.2}],
        "changes": [{"table": "budgets", "set": {"amount": 1}}],
    }
    found = Scenario.from_dict(given)
    before = copy.deepcopy(found.changes[0].as_dict())
    given["soften"]["budget"] = 1
    given["balance"][0]["min"] = 1
    given["changes"][0]["set"]["amount"] = 7
    assert dict(found.soften) == {"budget": 0.1}
    assert found.balance[0].least == 0.2
    assert found.changes[0].as_dict() == before


# Files.


def test_the_name_is_the_files_where_none_is_given(write: Write) -> None:
    assert read_scenario(write("title: x", "hot-summer")).name == "hot-summer"
    assert read_scenario(str(write("scenario: own", "hot-summer"))).name == "own"


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "---\n", "{}", "\ufeff"])
def test_an_empty_file_is_the_baseline_by_another_name(write: Write, text: str) -> None:
    assert read_scenario(write(text)) == Scenario(name="cut")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("007", "007"),
        ("1E5", "1E5"),
        ("1.10", "1.10"),
        ("2027-01-01", "2027-01-01"),
        ("12:30:45", "12:30:45"),
        ("0x1F", "0x1F"),
        ("~", "~"),
        ("null", "null"),
        (".inf", ".inf"),
        ("1_000", "1_000"),
        ("!!python/object:os.system x", "x"),
        ("!!int 5", "5"),
        ("'quoted'", "quoted"),
    ],
)
def test_words_mean_what_was_typed(write: Write, typed: str, found: str) -> None:
    text = f"changes: [{{table: projects, where: {{name: {typed}}}, set: {{name: {typed}}}}}]"
    (change,) = read_scenario(write(text)).changes
    assert dict(change.values) == {"name": found}
    assert dict(change.where) == {"name": (found,)}


def test_ids_of_a_file_keep_their_zeros(write: Write, portfolio: Portfolio) -> None:
    text = "changes: [{table: projects, where: {project_id: %s}, set: {name: hit}}]"
    for project in ("007", "7", "NO"):
        applied = read_scenario(write(text % project)).apply(portfolio)
        hit = applied["projects"]["project_id"][applied["projects"]["name"] == "hit"]
        assert list(hit) == [project]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: *x", "aliases are not allowed"),
        ("title: &x hot\nscenario: *x", "aliases are not allowed"),
        ("&x a: [*x]", "aliases are not allowed"),
        ("title: a\ntitle: b", "the key 'title' stands twice"),
        ("changes: [{table: budgets, table: costs, set: {amount: 1}}]", "'table' stands twice"),
        ("- a\n- b", "is a list of keys and values"),
        ("just words", "is a list of keys and values"),
        ("5", "is a list of keys and values"),
        ("[]", "is a list of keys and values"),
        ("title: [a", "is not YAML"),
        ("title: a: b", "is not YAML"),
        ("\ttitle: a", "is not YAML"),
        ("? [a]\n: b", "is not YAML"),
        ("{a: b}: c", "is not YAML"),
        ("a: b\n---\nc: d", "is not YAML"),
        ("title: '", "is not YAML"),
        ("title: \0", "is not YAML"),
        ('title: "\\UFFFFFFFF"', "is not YAML"),
        ("%YAML " + "1" * 5000 + ".1\n---\n", "is not YAML"),
        ("[" * 20_000, "is not YAML"),
        ("{a: " * 20_000, "is not YAML"),
        (b"\xff\xfet\0i\0", "cannot be read as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", "cannot be read as UTF-8"),
        (b"PK\x03\x04\0\0\0", "is not YAML"),
        ("<<: {title: a}", "'<<' is not a key"),
        ("titel: a", "did you mean 'title'?"),
        ("Title: a", "did you mean 'title'?"),
        ("changes: {}", "changes: is a list"),
    ],
)
def test_a_file_that_cannot_be_read(write: Write, text: str | bytes, says: str) -> None:
    path = write(text)
    only(lambda: read_scenario(path), says, str(path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    only(lambda: read_scenario(tmp_path / "no.yaml"), "there is no such scenario file")
    only(lambda: read_scenario(tmp_path), "is a folder; name a scenario file in it")


# Parents.


def test_the_parents_changes_come_first(write: Write, portfolio: Portfolio) -> None:
    write("parent: middle\nchanges: [{table: budgets, set: {amount: 7}}]\ntitle: top", "top")
    write(
        "parent: base\nignore: [budget]\nchanges: [{table: budgets, scale: {amount: 2}}]", "middle"
    )
    path = write("title: B\nobjectives: npv\nchanges: [{table: budgets, set: {amount: 1}}]", "base")
    middle = read_scenario(path.with_name("middle.yaml"))
    assert set(middle.apply(portfolio)["budgets"]["amount"]) == {2}
    top = read_scenario(path.with_name("top.yaml"))
    assert (top.name, top.title, top.parent) == ("top", "top", "middle")
    assert (top.objectives, top.give_up, top.ignore) == (("npv",), (0,), {"budget"})
    assert [change.action for change in top.changes] == ["set", "scale", "set"]
    assert set(top.apply(portfolio)["budgets"]["amount"]) == {7}
    assert middle.title == ""


def test_a_child_may_undo_what_a_parent_ignores(write: Write) -> None:
    write("ignore: [budget]\nallow_stops: true\nsoften: {budget: 0.1}", "base")
    found = read_scenario(write("parent: base\nignore: []\nallow_stops: false\nsoften:"))
    assert (found.ignore, found.allow_stops, dict(found.soften)) == (frozenset(), False, {})


def test_the_baseline_needs_no_file_but_may_have_one(write: Write) -> None:
    path = write("parent: baseline")
    assert read_scenario(path).objectives == Scenario().objectives
    write("objectives: npv", "baseline")
    assert read_scenario(path).objectives == ("npv",)


def test_parents_in_a_loop(write: Write) -> None:
    only(lambda: read_scenario(write("parent: cut")), "round in a loop", "cut -> cut")
    write("parent: b", "a")
    write("parent: c", "b")
    path = write("parent: a", "c")
    only(lambda: read_scenario(path), "round in a loop", "c -> a -> b -> c")


def test_a_parent_that_is_not_there_names_the_nearest(write: Write) -> None:
    write("title: x", "hot-summer")
    only(lambda: read_scenario(write("parent: hot-sumer")), "did you mean 'hot-summer'?")
    only(lambda: read_scenario(write("parent: zzz")), "known are: hot-summer")


def test_a_problem_in_a_parent_is_laid_at_its_door(write: Write) -> None:
    parent = write("titel: x", "base")
    only(lambda: read_scenario(write("parent: base")), str(parent), "did you mean 'title'?")


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "..",
        ".",
        "/etc/passwd",
        "a/b",
        "a\\\\b",
        "C:x",
        ".hidden",
        "x\\0y",
        "x" * 300,
        "é" * 150,
        "./cut",
        "~/x",
        "\\ud800",
        "*",
        "con\\n",
        "cut.yaml",
    ],
)
def test_hostile_names_of_parents(write: Write, name: str) -> None:
    path = write(f'parent: "{name}"')
    path.parent.with_name("x.yaml").write_text("title: outside")
    only(lambda: read_scenario(path), "parent", str(path))


def test_a_parent_in_python() -> None:
    parent = Scenario.from_dict(
        {"scenario": "p", "changes": [{"table": "budgets", "set": {"amount": 1}}]}
    )
    child = Scenario.from_dict({"parent": "p", "risk_adjusted": True}, parent)
    assert child.parent == "p"
    assert len(child.changes) == 1


# Applied.


def frames(portfolio: Portfolio) -> dict[str, pd.DataFrame]:
    return {name: frame.copy(deep=True) for name, frame in portfolio.tables.items()}


def test_apply_never_changes_the_portfolio_that_it_is_given(portfolio: Portfolio) -> None:
    before = frames(portfolio)
    scenario = Scenario.from_dict(yaml.load(EVERY_KEY, Loader=yaml.BaseLoader))
    applied = scenario.apply(portfolio)
    assert applied is not portfolio
    only(lambda: scenario.with_changes({"table": "costs", "set": {"amount": "x"}}).apply(portfolio))
    for name, frame in portfolio.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
    once = frames(applied)
    scenario.apply(portfolio)
    for name, frame in applied.tables.items():
        pd.testing.assert_frame_equal(frame, once[name])


def test_a_scenario_without_changes_gives_the_same_portfolio(portfolio: Portfolio) -> None:
    assert Scenario().apply(portfolio) is portfolio


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"table": "budgets", "where": {"period": "2030"}, "set": {"amount": 1}}, "matches no row"),
        ({"table": "budgets", "set": {"amont": 1}}, "did you mean 'amount'?"),
        ({"table": "budgets", "where": {"perod": "2027"}, "set": {"amount": 1}}, "'period'?"),
        ({"table": "budgets", "scale": {"amount": -1}}, "below the least allowed"),
        ({"table": "budgets", "append": [{"fund_id": "F"}]}, "is missing"),
        (
            {"table": "budgets", "append": [{"fund_id": "F", "period": "2026-11", "amount": 1}]},
            "stands already in row 2",
        ),
        ({"table": "budgets", "set": {"period": "2027-01"}}, "stands already in row 2"),
        ({"table": "settings", "drop": {"key": "currency"}}, "currency is missing"),
        ({"table": "projects", "set": {"programme_id": "G"}}, "is not in the table programmes"),
        ({"table": "projects", "set": {"stage": "in_flight"}}, "in flight"),
    ],
)
def test_a_change_that_cannot_be_made(portfolio: Portfolio, change: Any, says: str) -> None:
    scenario = Scenario.from_dict({"scenario": "hot", "changes": [change]})
    problems = refused(lambda: scenario.apply(portfolio))
    assert all("scenario 'hot'" in problem for problem in problems)
    assert says in problems[0]


def test_every_problem_of_every_change_is_named(portfolio: Portfolio) -> None:
    scenario = Scenario.from_dict(
        {
            "changes": [
                {"table": "budgets", "set": {"amont": 1}},
                {"table": "costs", "drop": {"project_id": "x"}},
                {"table": "costs", "set": {"low": "(5)", "amount": ""}},
            ]
        }
    )
    problems = refused(lambda: scenario.apply(portfolio))
    assert len(problems) == 4
    assert problems[1].startswith("scenario 'baseline', change 2 (costs): matches no row")


def test_a_drop_that_breaks_references_says_which(small: Callable[..., Portfolio]) -> None:
    """A role that projects ask for goes with their demand; what only names it is refused."""
    portfolio = small(
        {"A": {"value": 1, "cost": [1], "programme_id": "P"}},
        programmes=[{"programme_id": "P", "name": "P"}],
    )
    scenario = Scenario.from_dict(
        {"changes": [{"table": "programmes", "drop": {"programme_id": "P"}}]}
    )
    problems = refused(lambda: scenario.apply(portfolio))
    assert len(problems) == 1
    assert "projects, row 2, column programme_id: 'P' is not in the table programmes" in problems[0]


def test_settings_by_a_scenario(portfolio: Portfolio) -> None:
    longer = {"table": "settings", "where": {"key": "periods"}, "set": {"value": 24}}
    rate = {"table": "settings", "where": {"key": "discount_rate"}, "set": {"value": 0.05}}
    stars = {"table": "budgets", "append": [{"fund_id": "G", "period": "2028-1*", "amount": 1}]}
    applied = Scenario.from_dict({"changes": [longer, rate]}).apply(portfolio)
    assert applied.settings.periods == applied.calendar.periods == 24
    assert applied.settings.discount_rate == 0.05
    assert portfolio.settings.periods == 6
    assert len(applied.calendar.labels) == 24
    # A later star is of the horizon that the earlier change has made.
    applied = Scenario.from_dict({"changes": [longer, stars]}).apply(portfolio)
    assert list(applied["budgets"]["period"])[3:] == ["2028-10"]


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("periods", "none", "is not a number"),
        ("periods", 0, "below the least"),
        ("frequency", "year", "is not a year"),
        ("first_period", "2027-13", "is not a period"),
        ("name", "", "must be filled"),
    ],
)
def test_settings_that_a_scenario_breaks(
    portfolio: Portfolio, key: str, value: Any, says: str
) -> None:
    change = {"table": "settings", "where": {"key": key}, "set": {"value": value}}
    problems = refused(lambda: Scenario.from_dict({"changes": [change]}).apply(portfolio))
    assert says in problems[0]


def test_with_changes() -> None:
    one = Scenario.from_dict(
        {"scenario": "one", "changes": [{"table": "costs", "set": {"low": 1}}]}
    )
    two = one.with_changes({"table": "costs", "drop": {"project_id": "7"}}, name="two")
    assert (one.name, two.name) == ("one", "two")
    assert [change.action for change in two.changes] == ["set", "drop"]
    assert len(one.changes) == 1
    only(lambda: one.with_changes({"table": "cost", "set": {"low": 1}}), "did you mean 'costs'?")


@settings(
    max_examples=draws(4),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(-12, 12))
def test_scaling_by_a_power_of_two_and_back_changes_nothing(
    portfolio: Portfolio, power: int
) -> None:
    changes = [{"table": "budgets", "scale": {"amount": 2.0**p}} for p in (power, -power)]
    applied = Scenario.from_dict({"changes": changes}).apply(portfolio)
    for name, frame in portfolio.tables.items():
        pd.testing.assert_frame_equal(applied[name], frame, check_exact=True)


# Garbage.

NAMES = [
    "P",
    "007",
    "F",
    "2027-01",
    "2027*",
    "*",
    "x",
    "in",
    "proposed",
    "(5)",
    "1e400",
    "",
    "#N/A",
]
SCALARS = st.sampled_from([*NAMES, None, True, 0, 1, -1, 0.5, math.nan, math.inf, 10**30])
COLUMNS = st.sampled_from(
    ["project_id", "amount", "period", "fund_id", "stage", "key", "value", "offset", "x", 5]
)
NESTED = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(COLUMNS, SCALARS, max_size=2)
CHANGES = st.fixed_dictionaries(
    {"table": st.sampled_from([*dictionary(), "budget", None])},
    optional={
        key: st.dictionaries(COLUMNS, NESTED, max_size=3) | NESTED | st.lists(NESTED, max_size=2)
        for key in ("where", *ACTIONS)
    },
)
KEYS = ["scenario", "title", "parent", "objectives", "give_up", "ignore", "soften", "hiring"]
KEYS += ["price_labour", "balance", "minimum_fraction", "risk_adjusted", "allow_stops", "x"]
FUZZED = make()


def are_sentences(problems: tuple[str, ...], place: str = "") -> None:
    assert problems
    assert all(len(problem) > 10 and place in problem for problem in problems)


@settings(max_examples=draws(30), deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(KEYS), NESTED | st.sampled_from([*OBJECTIVES, "baseline"]), max_size=3
    ),
    st.lists(CHANGES, max_size=3),
)
def test_garbage_is_refused_in_sentences(given: dict[Any, Any], changes: list[Any]) -> None:
    for whole in ({**given, "changes": changes}, {"changes": changes}):
        try:
            applied = Scenario.from_dict(whole).apply(FUZZED)
        except ScenarioError as error:
            are_sentences(error.problems)
        else:
            again = {name: applied[name] for name in dictionary()}
            assert applied.with_tables(again).settings == applied.settings


@settings(max_examples=draws(20), deadline=None)
@given(
    st.sampled_from(["budgets", "projects", "costs", "dependencies", "settings"]).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.sampled_from(ACTIONS),
            st.dictionaries(
                st.sampled_from(dictionary()[name].header), SCALARS, min_size=1, max_size=4
            ),
            st.dictionaries(st.sampled_from(dictionary()[name].header), SCALARS, max_size=1),
        )
    )
)
def test_changes_that_are_well_formed_are_made_or_refused(given: tuple[Any, ...]) -> None:
    """What a change leaves is what a reader of the same tables would accept."""
    name, action, content, where = given
    change = {"table": name, action: [content] if action == "append" else content}
    if where and action in ("set", "scale"):
        change["where"] = where
    try:
        applied = Scenario.from_dict({"changes": [change]}).apply(FUZZED)
    except ScenarioError as error:
        are_sentences(error.problems)
        return
    tables = {
        table: frame for table, frame in applied.tables.items() if len(frame) or table == name
    }
    try:
        again = Portfolio.from_tables(tables)
    except DataError as error:
        raise AssertionError(f"{change} leaves what cannot be read") from error
    for table in dictionary():
        pd.testing.assert_frame_equal(again[table], applied[table])


@settings(
    max_examples=draws(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.binary(max_size=60) | st.text(max_size=60) | st.text("{}[]:,-&*!|>'\"%@ \nab", max_size=40)
)
def test_any_file_is_read_or_refused(write: Write, content: str | bytes) -> None:
    if isinstance(content, str):
        content = content.encode("utf-8", "replace")
    path = write(content)
    try:
        read_scenario(path)
    except ScenarioError as error:
        are_sentences(error.problems, str(path))


BALANCED = {
    "A": {"category": "growth", "cost": {"capex": [1]}, "programme_id": "Q"},
    "B": {"category": "run", "cost": {"opex": [1]}},
}
PROGRAMMES = [
    {"programme_id": "P", "name": "P"},
    {"programme_id": "Q", "name": "Q", "parent_id": "P"},
    {"programme_id": "R", "name": "R"},
]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["category grwth min 0.1"], "'grwth' is not in projects.category; did you mean 'growth'?"),
        (["programme S min 0.1"], "'S' is not in the table programmes"),
        (["location Q min 0.1"], "'Q' is not in the table locations; none is known"),
        (["cost_category capx max 0.1"], "'capx' is not in costs.category; did you mean 'capex'?"),
        (["driver D max 0.1"], "'D' is not in the table drivers"),
        (["programme Q min 0.6", "programme R min 0.5"], "by programme sum to 1.1"),
        (["category growth max 0.4", "category run max 0.5"], "so that nothing could be spent"),
        (["programme P min 0.4", "programme Q min 0.6", "programme R min 0.5"], "sum to 1.1"),
    ],
)
def test_a_balance_that_does_not_fit(
    small: Callable[..., Portfolio], rows: list[str], says: str
) -> None:
    portfolio = small(BALANCED, programmes=PROGRAMMES)
    scenario = Scenario.from_dict({"balance": [as_row(row) for row in rows]})
    with pytest.raises(ScenarioError, match=f"balance: .*{re.escape(says)}"):
        scenario.apply(portfolio)


@pytest.mark.parametrize(
    "rows",
    [
        ["programme P min 0.6", "programme Q min 0.6", "programme R min 0.4"],
        ["cost_category stopping max 0", "cost_category hiring max 0"],
        ["category growth min 1"],
        ["category growth max 0.4"],
        ["category growth max 0.4", "category run max 0.6"],
    ],
)
def test_a_balance_that_fits(small: Callable[..., Portfolio], rows: list[str]) -> None:
    """What Q must have at the least, P has too, since Q lies within it."""
    portfolio = small(BALANCED, programmes=PROGRAMMES)
    assert Scenario.from_dict({"balance": [as_row(row) for row in rows]}).apply(portfolio)


def as_row(words: str) -> dict[str, Any]:
    by, key, bound, share = words.split()
    return {"by": by, "key": key, bound: share}


def test_every_problem_of_a_balance_is_named() -> None:
    rows = [
        {"by": "categry", "key": "growth", "min": 2, "most": 0.5},
        {"by": "driver"},
        "growth",
        {"by": "driver", "key": "D", "min": 0.6},
        {"by": "driver", "key": "E", "min": 0.6},
        {"by": "driver", "key": "E", "max": 0.7},
    ]
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict({"balance": rows})
    text = "\n".join(caught.value.problems)
    for says in (
        "row 1: 'most' is not known; known are: by, key, max, min",
        "row 1: min: 2 is not between 0 and 1",
        "row 1: by: 'categry' is no grouping; did you mean 'category'?",
        "row 2: key is missing",
        "row 3: is no mapping like",
        "driver E is given 2 times; keep one row",
    ):
        assert says in text
    with pytest.raises(ScenarioError, match=r"by driver sum to 1\.2"):
        Scenario.from_dict({"balance": rows[3:5]})


def test_ratings_of_none_share_nothing(small: Callable[..., Portfolio]) -> None:
    portfolio = small(
        {"A": {"value": 1}},
        drivers=[{"driver_id": "D", "name": "D", "weight": 1}],
        impacts=[{"project_id": "A", "driver_id": "D", "rating": "none"}],
    )
    scenario = Scenario(balance=(ShareLimit("driver", "D", 0.5),))
    with pytest.raises(ScenarioError, match="no project has a rating above none"):
        scenario.apply(portfolio)


PAGE = Path(__file__).parents[1] / "docs" / "scenarios.md"


def test_every_example_of_the_page_is_understood() -> None:
    """Each can be read, and together they show every key but those of files and people."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    shown: set[str] = set()
    for block in blocks:
        given = yaml.load(block, Loader=yaml.BaseLoader)
        Scenario.from_dict(given)
        shown |= given.keys()
    keys = {"scenario" if name == "name" else name for name in Scenario.__dataclass_fields__}
    assert keys - shown <= {"minimum_fraction"}


def test_a_scenario_travels_between_processes() -> None:
    """It is pickled and copied whole, its read-only mappings too."""
    scenario = Scenario.from_dict(
        {
            "scenario": "x",
            "soften": {"budget": 0.1},
            "changes": [{"table": "budgets", "where": {"period": "2027"}, "scale": {"amount": 2}}],
        }
    )
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert copy.deepcopy(scenario) == scenario


def test_dropping_a_project_takes_what_is_its_own(small: Callable[..., Portfolio]) -> None:
    """Its costs, demand and links go with it; another project's stay."""
    portfolio = small(
        {
            "A": {"value": 1, "cost": [1], "need": [1], "benefit": [2]},
            "B": {"value": 2, "cost": [1, 1]},
        },
        people={"X": {"R": 1}},
        dependencies=[{"project_id": "B", "other_id": "A", "kind": "requires"}],
        groups=[{"group_id": "g", "kind": "at_most", "limit": 1}],
        group_members=[
            {"group_id": "g", "project_id": "A"},
            {"group_id": "g", "project_id": "B"},
        ],
    )
    drop = {"changes": [{"table": "projects", "drop": {"project_id": "A"}}]}
    changed = Scenario.from_dict(drop).apply(portfolio)
    assert list(changed["projects"]["project_id"]) == ["B"]
    assert set(changed["costs"]["project_id"]) == {"B"}
    assert list(changed["group_members"]["project_id"]) == ["B"]
    for name in ("demand", "benefits", "dependencies"):
        assert changed[name].empty
    assert len(portfolio["costs"]) == 3


def test_the_change_that_breaks_the_tables_is_named(small) -> None:
    """Neither the one before, nor the one after which it is still broken."""
    scenario = Scenario().with_changes(
        {"table": "projects", "set": {"weight": 2}},
        {"table": "dependencies", "append": [{"project_id": "A", "other_id": "A", **KIND}]},
        {"table": "projects", "set": {"weight": 1}},
        name="loop",
    )
    portfolio = small({"A": {"value": 1, "cost": [1]}})
    with pytest.raises(ScenarioError, match=r"'loop', change 2 \(dependencies\) breaks the tables"):
        scenario.apply(portfolio)


KIND = {"kind": "requires"}
