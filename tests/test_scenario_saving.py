"""A scenario written to a file reads back as the same scenario."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.scenario import (
    HIRING,
    OBJECTIVES,
    Scenario,
    read_scenario,
    scenario_text,
    write_scenario,
)

SHARES = st.sampled_from([0, 0.05, 0.1, 1 / 3, 1])
# What YAML, or a careless reader of it, takes for something else than text.
TEXTS = st.one_of(
    st.sampled_from(["007", "NO", "null", "~", "2027-01-01", "1e5", "yes", "a: b", "# c", "- d"]),
    st.sampled_from(["'", '"', "{x}", "[y]", "*", "2027*", "&a", "!t", "%", "@", "é\u2028ü", "|"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12),
).filter(lambda text: text == text.strip() and text)
CHANGES = st.one_of(
    st.fixed_dictionaries(
        {
            "table": st.just("budgets"),
            "where": st.fixed_dictionaries({"fund_id": st.lists(TEXTS, min_size=1, max_size=3)}),
            "scale": st.fixed_dictionaries({"amount": SHARES}),
        }
    ),
    st.fixed_dictionaries(
        {
            "table": st.just("projects"),
            "where": st.fixed_dictionaries({"project_id": TEXTS}),
            "set": st.fixed_dictionaries({"name": st.one_of(TEXTS, st.just(""))}),
        }
    ),
    st.fixed_dictionaries(
        {
            "table": st.just("capacity"),
            "append": st.lists(
                st.fixed_dictionaries({"role_id": TEXTS, "fte": st.floats(-5, 5)}),
                min_size=1,
                max_size=3,
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "table": st.just("projects"),
            "drop": st.fixed_dictionaries({"project_id": TEXTS}),
        }
    ),
)
SCENARIOS = st.fixed_dictionaries(
    {"scenario": TEXTS},
    optional={
        "title": TEXTS,
        "objectives": st.lists(st.sampled_from(OBJECTIVES), min_size=1, unique=True),
        "give_up": SHARES,
        "ignore": st.lists(TEXTS, max_size=2),
        "soften": st.dictionaries(TEXTS, SHARES, max_size=2),
        "hiring": st.sampled_from(HIRING),
        "price_labour": st.booleans(),
        "balance": st.just([{"by": "category", "key": "007", "min": 0.2}]),
        "minimum_fraction": SHARES,
        "risk_adjusted": st.booleans(),
        "allow_stops": st.booleans(),
        "own": st.just(
            [
                {
                    "rule": "r",
                    "at_most": 1.5,
                    "terms": [{"project_id": "007", "start": "2027*", "times": 2}],
                }
            ]
        ),
        "changes": st.lists(CHANGES, max_size=3),
    },
)


@given(SCENARIOS)
@settings(deadline=None)
def test_a_file_reads_back_as_the_same_scenario(
    tmp_path_factory: pytest.TempPathFactory, plain: dict[str, Any]
) -> None:
    scenario = Scenario.from_dict(plain)
    path = tmp_path_factory.mktemp("scenario") / "any.yaml"
    write_scenario(scenario, path)
    assert read_scenario(path) == scenario


def test_shares_that_differ_by_objective(tmp_path: Path) -> None:
    scenario = Scenario.from_dict({"objectives": ["npv", "early_start"], "give_up": [0.1, 0]})
    write_scenario(scenario, tmp_path / "x.yaml")
    assert read_scenario(tmp_path / "x.yaml") == scenario


def test_what_is_as_in_the_baseline_is_not_written() -> None:
    assert scenario_text(Scenario()) == "scenario: baseline\n"


def test_it_stands_alone_with_what_its_parents_say(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "allow_stops: true\nchanges:\n- {table: budgets, scale: {amount: 0.5}}\n"
    )
    (tmp_path / "child.yaml").write_text(
        "parent: base\nchanges:\n- {table: budgets, scale: {amount: 0.9}}\n"
    )
    child = read_scenario(tmp_path / "child.yaml")
    alone = tmp_path / "elsewhere" / "alone.yaml"
    write_scenario(child, alone)
    assert read_scenario(alone) == replace(child, parent="")
    assert "parent" not in alone.read_text()


def test_a_change_is_a_line() -> None:
    changes = [
        {"table": "budgets", "where": {"period": "2027*"}, "scale": {"amount": 0.9}},
        {"table": "projects", "where": {"project_id": "P1"}, "set": {"force": "in"}},
    ]
    text = scenario_text(Scenario.from_dict({"scenario": "cut", "changes": changes}))
    assert text.splitlines() == [
        "scenario: cut",
        "changes:",
        "- {table: budgets, where: {period: 2027*}, scale: {amount: 0.9}}",
        "- {table: projects, where: {project_id: P1}, set: {force: in}}",
    ]


def test_a_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    write_scenario(Scenario(), tmp_path / "x.yaml")
    (tmp_path / "other").write_text("")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("x.yaml", "other")]
    assert modes[0] == modes[1]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    with pytest.raises(OSError, match=r"x\.yaml"):
        write_scenario(Scenario(), tmp_path / "x.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]
