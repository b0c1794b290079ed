"""Scenarios side by side: hand-solvable comparisons, and what made the difference."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.analysis.compare import TABLES, Comparison, change_words, compare, moves
from portfolio.analysis.compare.asked import gather
from portfolio.analysis.compare.steps import steps_between
from portfolio.analysis.compare.words import compared_words, gain_words
from portfolio.analysis.side_by_side import SideBySide
from portfolio.changes import Change
from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.errors import ScenarioError, SolveError
from portfolio.importers.gmpp import import_gmpp, write_import
from portfolio.language import spoken
from portfolio.models.outcome import Settings
from portfolio.models.selection import fingerprint
from portfolio.optimize import optimize, pose
from portfolio.scenario import Scenario, read_scenario

from ..sweeps import draws

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1)

SHARED = Path(
    os.environ.get("PORTFOLIO_SHARED_DATA")
    or Path(__file__).resolve().parents[3] / "shared" / "data"
)
GMPP = SHARED / "gmpp" / "gmpp_2019_2023.csv"
COSTS = {"A": 6, "B": 4, "C": 4, "D": 3}
HALF = {"table": "budgets", "scale": {"amount": 0.8}}


def scenario(name: str, *changes: dict[str, Any], **keys: Any) -> Scenario:
    return Scenario.from_dict({"scenario": name, "changes": list(changes), **keys})


@pytest.fixture(scope="module")
def portfolio(small: Small) -> Portfolio:
    """Four projects of one year for ten units of money: A and B are best."""
    projects: dict[str, dict[str, Any]] = {
        name: {
            "value": value,
            "cost": [COSTS[name]],
            "benefit": [2 * value],
            "need": [1],
            "delivery_confidence": confidence,
        }
        for name, value, confidence in (("A", 10, 0.5), ("B", 7, 1.0), ("C", 6, 0.8), ("D", 3, 0.9))
    }
    risks = [
        {"project_id": "A", "risk_id": "r", "name": "late", "probability": 0.5, "cost_impact": 4},
        {"project_id": "D", "risk_id": "r", "name": "late", "probability": 1, "cost_impact": 100},
    ]
    capacity = [{"role_id": "R", "period": "2027", "kind": "total", "fte": 2}]
    return small(projects, periods=1, budget=10, capacity=capacity, risks=risks)


@pytest.fixture(scope="module")
def found(portfolio: Portfolio) -> Comparison:
    """The baseline (A, B: 17), less money, people left out, the same again, and the impossible."""
    asked = [
        # Of eight, A alone leaves two: B and C bring 13.
        scenario("less", HALF),
        # First D is in whatever happens (A and D: 13), then B alone has room beside it.
        scenario(
            "forced",
            {"table": "projects", "where": {"project_id": "D"}, "set": {"force": "in"}},
            HALF,
        ),
        # Seventeen of money, and people are no limit: all four.
        scenario(
            "crowded", {"table": "budgets", "scale": {"amount": 1.7}}, ignore=["role_capacity"]
        ),
        scenario("again", title="The baseline by another name"),
        scenario(
            "impossible",
            {"table": "projects", "where": {"project_id": ["B", "C", "D"]}, "set": {"force": "in"}},
        ),
    ]
    return compare(portfolio, asked, replace(EXACT, threads=2), points=3)


def row(found: Comparison, name: str) -> dict[str, Any]:
    return {str(k): v for k, v in found.scenarios.set_index("scenario").loc[name].items()}


def test_each_scenario_is_solved_as_it_would_be_alone(
    found: Comparison, portfolio: Portfolio
) -> None:
    """Values by hand, and those that `optimize` finds."""
    values = found.scenarios.set_index("scenario")["value"].dropna().to_dict()
    assert values == {"baseline": 17, "less": 13, "forced": 10, "crowded": 26, "again": 17}
    for name, value in values.items():
        plan = optimize(portfolio, found.definitions[name], EXACT)
        assert plan.objectives["value"].iloc[0] == pytest.approx(value)
    assert found.first == "baseline"
    assert found.feasible


def test_what_a_plan_comes_to(found: Comparison) -> None:
    """Money, people, confidence and risk of A and B, by hand."""
    base = row(found, "baseline")
    assert base["spend"] == base["cost"] == COSTS["A"] + COSTS["B"]
    assert base["unspent"] == 0
    assert base["benefit"] == 2 * 17
    assert base["npv"] == pytest.approx(2 * 17 - 10)
    assert base["chosen"] == base["funded"] == 2
    assert base["left_out"] == 2
    assert base["confidence"] == pytest.approx((10 * 0.5 + 7 * 1.0) / 17)
    assert base["risk_cost"] == pytest.approx(0.5 * 4)
    assert base["deficit"] == 0
    crowded = row(found, "crowded")
    # Four projects need an FTE each, and two are there.
    assert crowded["deficit"] == pytest.approx(2)
    assert crowded["passed"] == 1
    assert crowded["risk_cost"] == pytest.approx(0.5 * 4 + 100)
    assert row(found, "less")["unspent"] == pytest.approx(0)
    assert found.costs.groupby("scenario")["spend"].sum()["less"] == pytest.approx(8)


def test_equal_models_are_solved_once(found: Comparison, portfolio: Portfolio) -> None:
    """The baseline by another name needs no solve; a step that a scenario asks for neither."""
    assert row(found, "again")["same_as"] == "baseline"
    assert found.plans["again"].scenario == "again"
    # baseline, less, forced, crowded, impossible; the steps "D in" and "1.7 times the money".
    assert found.solves == 7
    alone = compare(portfolio, [scenario("one"), scenario("two")], EXACT)
    assert alone.solves == 1


def test_equal_models_have_equal_fingerprints(portfolio: Portfolio) -> None:
    """Names do not matter, and anything that could change a plan does."""

    def of(**keys: Any) -> str:
        changes = keys.pop("changes", [])
        return fingerprint(pose(portfolio, scenario("s", *changes, **keys)).selection)

    same = of()
    named = {"table": "projects", "where": {"project_id": "A"}, "set": {"name": "Other"}}
    assert of(changes=[named]) == same
    assert of(title="x", minimum_fraction=0.3) == same
    others = [
        of(changes=[HALF]),
        of(objectives=["npv", "early_start"]),
        of(give_up=0.1),
        of(ignore=["role_capacity"]),
        of(soften={"budget": 0.1}),
        # The same limits as softened ones, and yet another limit to keep as near as can be.
        of(changes=[{"table": "budgets", "scale": {"amount": 1.1}}]),
        of(changes=[{"table": "projects", "where": {"project_id": "A"}, "set": {"value": 11}}]),
    ]
    assert len({same, *others}) == len(others) + 1


def test_what_is_impossible_is_a_row_with_its_conflict(found: Comparison) -> None:
    impossible = row(found, "impossible")
    assert impossible["status"] == "infeasible"
    assert math.isnan(impossible["value"])
    assert math.isnan(impossible["chosen"])
    assert "is forced in" in impossible["why_not"]
    assert found.as_dict()["conflicts"]["impossible"]["families"]
    assert "impossible" not in set(found.projects["scenario"])
    assert "impossible" not in set(found.differences["scenario"])
    assert compared_words(found, "impossible") == "impossible: there is no plan"


def test_who_moves_and_because_of_which_change(found: Comparison) -> None:
    """With D forced in B leaves for it; with less money then A has no room either."""
    own = found.differences[found.differences["scenario"] == "forced"]
    told = {r["project_id"]: (r["what"], r["because"], r["steps"]) for r in own.to_dict("records")}
    assert told == {
        "D": ("enters", "projects: force = in where project is D", "1"),
        "A": ("leaves", "budgets: amount × 0.8", "2"),
    }
    steps = found.steps[found.steps["scenario"] == "forced"]
    # First A and D (13) instead of A and B (17), then B and D (10).
    assert steps["value"].tolist() == [13, 10]
    assert steps["gain"].tolist() == [-4, -3]
    assert steps["gain"].sum() == row(found, "forced")["gain"]
    assert "1 enters, 1 leaves" in compared_words(found, "forced")


def test_any_two_can_be_compared(found: Comparison) -> None:
    """From less (B, C) to forced (B, D)."""
    between = found.difference("less", "forced")
    assert dict(zip(between["project_id"], between["what"], strict=True)) == {
        "C": "leaves",
        "D": "enters",
    }
    years = found.cost_difference("baseline", "less")
    assert years["more"].tolist() == [-2]
    with pytest.raises(ValueError, match="has no plan"):
        found.difference("less", "impossible")


def test_where_plans_lie_beside_the_frontier(found: Comparison) -> None:
    places = found.places.set_index("scenario")
    assert found.frontier is not None
    assert places.loc["baseline", "reach_low"] == pytest.approx(1)
    # For 17 of money the baseline's people do no more than A and B.
    assert places.loc["crowded", "reach_high"] > 1
    assert set(places.index) == {"baseline", "less", "forced", "crowded", "again"}


def test_a_scenario_of_other_values_is_told_apart(portfolio: Portfolio) -> None:
    """Of other aims, or other values, there is no gain."""
    dearer = {"table": "projects", "where": {"project_id": "A"}, "set": {"value": 99}}
    asked = [scenario("npv", objectives=["npv"]), scenario("dearer", dearer)]
    found = compare(portfolio, asked, EXACT)
    for name in ("npv", "dearer"):
        assert not row(found, name)["alike"]
        assert math.isnan(row(found, name)["gain"])
        assert "mean different things" in compared_words(found, name)
    assert row(found, "baseline")["gain"] == 0


def test_where_the_first_has_no_plan_the_next_stands_for_it(portfolio: Portfolio) -> None:
    """All are compared with the first that has a plan, and the way there begins at it."""
    force = {"table": "projects", "where": {"project_id": ["A", "B", "C"]}, "set": {"force": "in"}}
    impossible = scenario("baseline", force)
    found = compare(
        portfolio, [impossible, scenario("less", HALF), scenario("plain")], EXACT, points=2
    )
    assert found.names == ("baseline", "less", "plain")
    assert found.first == "less"
    assert found.others == ("baseline", "plain")
    assert row(found, "plain")["gain"] == 17 - 13
    told = set(found.differences["because"])
    assert told == {"without: budgets: amount × 0.8"}
    assert found.frontier is not None
    assert compared_words(found, "baseline") == "baseline: there is no plan"
    # What leads to a scenario without a plan has none of its own.
    steps = found.steps[found.steps["scenario"] == "baseline"]
    assert steps["status"].iloc[-1] == "infeasible"


@pytest.mark.skipif(
    not GMPP.exists(), reason=f"the shared data are not there: {GMPP} (PORTFOLIO_SHARED_DATA)"
)
def test_the_government_portfolio_with_its_two_scenarios(tmp_path: Path) -> None:
    """Nothing fits the budgets as they are; without them all stays, or some is stopped."""
    target = tmp_path / "gmpp"
    write_import(import_gmpp(GMPP, year=2023), target)
    files = [target / "scenarios" / f"{name}.yaml" for name in ("as-is", "spending-review")]
    found = compare(read_portfolio(target), files, Settings(gap=0.001, threads=2))
    assert found.scenarios["status"].tolist() == ["infeasible", "optimal", "optimal"]
    assert found.first == "as-is"
    review = row(found, "spending-review")
    assert review["stopped"] > 0
    assert review["unspent"] >= 0 > row(found, "as-is")["unspent"]
    leaves = found.differences["what"] == "leaves"
    assert leaves.sum() == review["stopped"]
    assert set(found.differences["because"]) == {"ignore: none; allow stops: yes"}


def test_tables_are_written_whole(found: Comparison, tmp_path: Path) -> None:
    found.write(tmp_path)
    assert {path.stem for path in tmp_path.glob("*.csv")} == set(TABLES)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert [one["scenario"] for one in summary["scenarios"]] == list(found.names)
    grid = found.grid()
    assert list(grid.columns) == ["baseline", "less", "forced", "crowded", "again"]
    assert grid.loc["A"].tolist() == ["2027", "", "", "2027", "2027"]


def test_every_misfit_is_told_before_anything_is_solved(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(SideBySide, "results", lambda *_: pytest.fail("something was solved"))
    broken = tmp_path / "broken.yaml"
    broken.write_text("scenario: broken\nobjetives: [npv]\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        compare(portfolio, [broken, tmp_path / "missing.yaml"], EXACT)
    assert len(caught.value.problems) == 2
    lost = scenario("lost", {"table": "projects", "drop": {"project_id": "Z"}})
    stops = scenario("unknown", ignore=["budgets"])
    with pytest.raises(ScenarioError) as caught:
        compare(portfolio, [lost, stops], EXACT)
    assert "scenario 'lost'" in caught.value.problems[0]
    assert "scenario 'unknown'" in caught.value.problems[1]


def test_names_tell_scenarios_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "cut.yaml").write_text("title: x\n", encoding="utf-8")
    files = [tmp_path / folder / "cut.yaml" for folder in ("a", "b")]
    with pytest.raises(ScenarioError, match="2 scenarios are called 'cut'"):
        gather(files)
    with pytest.raises(ScenarioError, match="nothing to compare"):
        gather([])


def test_the_baseline_is_the_one_that_scenarios_build_on(tmp_path: Path) -> None:
    (tmp_path / "baseline.yaml").write_text("objectives: [npv]\n", encoding="utf-8")
    child = tmp_path / "child.yaml"
    child.write_text("parent: baseline\n", encoding="utf-8")
    first, second = gather([child])
    assert (first.name, first.objectives) == ("baseline", ("npv",))
    assert second.name == "child"
    assert [one.name for one in gather([child], baseline=False)] == ["child"]
    given = [child, tmp_path / "baseline.yaml"]
    assert [one.name for one in gather(given)] == ["baseline", "child"]
    assert [one.name for one in gather(given, baseline=False)] == ["child", "baseline"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "baseline.yaml").write_text("objectives: [cost]\n", encoding="utf-8")
    other = tmp_path / "other" / "late.yaml"
    other.write_text("parent: baseline\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="different baselines"):
        gather([child, other])


@pytest.mark.parametrize(
    ("change", "english", "dutch"),
    [
        (
            {"table": "budgets", "where": {"period": "2027*"}, "scale": {"amount": 0.9}},
            "budgets: amount × 0.9 where period is 2027*",
            "budgetten: bedrag × 0,9 waar periode 2027* is",
        ),
        (
            {"table": "projects", "drop": {"project_id": ["A", "B"]}},
            "projects: without those where project is A or B",
            "projecten: zonder die waarvan project A of B is",
        ),
        (
            {"table": "roles", "append": [{"role_id": name} for name in "ABC"]},
            "roles: 3 more (A; B and 1 more)",
            "functies: 3 erbij (A; B en nog 1)",
        ),
        (
            {
                "table": "projects",
                "where": {"project_id": "A", "stage": "proposed"},
                "set": {"force": "in"},
            },
            "projects: force = in where project is A and stage is proposed",
            "projecten: verplicht = in waar project A is en fase proposed is",
        ),
    ],
)
def test_a_change_in_words(change: dict[str, Any], english: str, dutch: str) -> None:
    assert change_words(Change.from_dict(change)) == english
    with spoken("nl"):
        assert change_words(Change.from_dict(change)) == dutch


def test_the_keys_of_a_scenario_in_dutch() -> None:
    before = scenario("before", objectives=["npv", "cost"])
    after = scenario("after", soften={"budget": 0.05}, ignore=["role_capacity"], hiring="both")
    with spoken("nl"):
        way = steps_between(before, after, 9, lambda one: True)
    assert [step.words for step in way] == [
        "doelstellingen: strategische waarde, vroege start",
        "zonder de regels: capaciteit van functies",
        "verruimd: budget 0,05",
        "uitbreiding: aanstellingen en inhuur",
    ]


def test_the_way_takes_back_makes_and_sets() -> None:
    """Own changes of the first are taken back, from the last on; keys come at the end."""
    drop = {"table": "projects", "drop": {"project_id": "A"}}
    before = scenario("before", HALF, drop)
    after = replace(scenario("after", HALF, hiring="both"), allow_stops=True)
    way = steps_between(before, after, 6, lambda one: True)
    assert [step.words for step in way] == [
        "without: projects: without those where project is A",
        "hiring: both",
        "allow stops: yes",
    ]
    assert way[-1].scenario == after
    assert way[0].scenario.changes == after.changes
    assert [step.words for step in steps_between(before, after, 1, lambda one: True)] == [
        "; ".join(step.words for step in way)
    ]
    # What does not fit on the way is no step of its own.
    there = steps_between(before, after, 6, lambda one: one.hiring != "both")
    assert [step.words for step in there] == [way[0].words, f"{way[1].words}; {way[2].words}"]
    assert steps_between(before, replace(before, name="twin"), 6, lambda one: True) == ()


def test_neighbours_of_one_table_are_joined_first() -> None:
    cuts = [{**HALF, "where": {"period": year}} for year in ("2027", "2028", "2029")]
    force = {"table": "projects", "where": {"project_id": "A"}, "set": {"force": "in"}}
    way = steps_between(Scenario(), scenario("many", force, *cuts), 2, lambda one: True)
    assert len(way) == 2
    assert way[0].words.startswith("projects")
    assert way[1].words.count("budgets") == 3


@given(
    changes=st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=6, unique=True),
    shared=st.integers(0, 6),
    most=st.integers(1, 4),
)
@settings(max_examples=draws(15), deadline=None)
def test_every_way_ends_where_it_should(changes: list[str], shared: int, most: int) -> None:
    """Whatever the changes: at most so many steps, the last one the scenario itself."""
    made = [{"table": "projects", "drop": {"project_id": name}} for name in changes]
    before, after = scenario("before", *made[:shared], HALF), scenario("after", *made)
    way = steps_between(before, after, most, lambda one: True)
    assert len(way) <= most
    assert way[-1].scenario == after


def test_a_gain_is_an_interval() -> None:
    exact = {"gain": 2.0, "gain_low": 2.0, "gain_high": 2.0}
    assert gain_words(exact) == "+2"
    assert gain_words({**exact, "gain_low": -1.0}) == "+2 (between −1 and +2)"
    assert gain_words({**exact, "gain": np.nan}) == ""
    assert "not known" in gain_words({**exact, "gain_high": np.nan})


def test_gains_carry_both_gaps(small: Small) -> None:
    """Bounds that are wider than values make the interval wider, on the right side."""
    projects = {"A": {"value": 10, "cost": [6]}, "B": {"value": 7, "cost": [4]}}
    found = compare(small(projects, periods=1, budget=10), [scenario("less", HALF)], EXACT)
    base, less = row(found, "baseline"), row(found, "less")
    assert less["gain_low"] <= less["gain"] <= less["gain_high"]
    assert less["gain"] == less["value"] - base["value"] == -7


def test_nothing_moves_between_equal_plans(found: Comparison) -> None:
    assert moves(found.plans["baseline"], found.plans["again"]).empty
    assert found.difference("baseline", "again").empty


def test_no_change_is_a_cause_where_nothing_is_asked_otherwise(portfolio: Portfolio) -> None:
    """Two ways to ask for the same money: one solve, and no way from one to the other."""
    named = {"table": "budgets", "where": {"period": "*"}, "scale": {"amount": 0.8}}
    asked = [scenario("one", HALF), scenario("two", named)]
    found = compare(portfolio, asked, EXACT, baseline=False)
    assert row(found, "two")["same_as"] == "one"
    assert (found.solves, len(found.steps), len(found.differences)) == (1, 0, 0)


def test_of_many_reasons_the_first_are_told_and_all_are_data(small: Small) -> None:
    """Without money none of seven can stay: each is a fault of its own."""
    projects = {
        name: {"value": 1, "cost": [1], "force": "in", "force_reason": "committed"}
        for name in "ABCDEFG"
    }
    none = scenario("none", {"table": "budgets", "scale": {"amount": 0}})
    found = compare(small(projects, periods=1, budget=10), [none], EXACT)
    said = row(found, "none")["why_not"]
    assert said.count("forces in a project that no plan can hold") == 3
    assert "4 more like these." in said
    faults = found.as_dict()["faults"]
    assert {name: len(those) for name, those in faults.items()} == {"none": 7}
    assert faults["none"][0]["rule"] in said


def test_files_and_scenarios_mix(portfolio: Portfolio, tmp_path: Path) -> None:
    file = tmp_path / "cut.yaml"
    file.write_text("changes: [{table: budgets, scale: {amount: 0.8}}]\n", encoding="utf-8")
    found = compare(portfolio, [file, scenario("less", HALF)], EXACT, steps=0)
    assert row(found, "less")["same_as"] == "cut"
    assert found.definitions["cut"] == read_scenario(file)
    assert found.steps.empty
    assert set(found.differences["because"]) == {""}


def test_a_call_that_fails_is_told() -> None:
    with SideBySide(1) as work, pytest.raises(SolveError, match="math domain error"):
        work.results([(math.sqrt, (-1.0,))])


def test_a_process_that_dies_is_told() -> None:
    with SideBySide(2) as work, pytest.raises(SolveError, match=r"exit code 7"):
        work.results([(os._exit, (7,)), (math.sqrt, (4.0,))])


def test_processes_are_used_again() -> None:
    with SideBySide(1) as work:
        assert work.results([(math.sqrt, (4.0,)), (math.sqrt, (9.0,))]) == [2.0, 3.0]
        first = work.results([(os.getpid, ())])
        assert work.results([(os.getpid, ())]) == first


def test_an_interrupt_ends_all_processes(tmp_path: Path) -> None:
    """Ctrl-C while processes work: they are gone, and so is the caller."""
    script = tmp_path / "waits.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import os, time
            from portfolio.analysis.side_by_side import SideBySide
            # No guard for the main module is needed: it is not run again.
            with SideBySide(2) as work:
                pids = work.results([(os.getpid, ())])
                open({str(tmp_path / "pid")!r}, "w").write(str(pids[0]))
                work.results([(time.sleep, (600,)), (time.sleep, (600,))])
            """
        ),
        encoding="utf-8",
    )
    process = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE, text=True)
    pid = tmp_path / "pid"
    until = time.monotonic() + 120
    while not (pid.exists() and pid.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert "KeyboardInterrupt" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
