"""Answers hold, and run as scenarios, whatever rules the scenario ignores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio.analysis.explain import explain
from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.plan import Plan
from portfolio.scenario import Scenario, read_scenario
from portfolio.scenario.saving import write_scenario

from ..sweeps import some

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1, time_limit=600)


@pytest.fixture(scope="module")
def mixed(small: Small) -> Portfolio:
    """Something of everything: forced both ways, in flight, needed, grouped, short of all."""
    flying = {"stage": "in_flight", "started": "2027", "stop_cost": 1}
    projects = {
        "A": {"value": 10, "cost": [6], "need": [1]},
        "B": {"value": 7, "cost": [4], "latest_start": "2027"},
        "C": {"value": 6, "cost": [5], "need": [1], "earliest_start": "2028"},
        "M": {"value": 1, "cost": [1], "force": "in"},
        "O": {"value": 3, "cost": [1], "force": "out"},
        "F": {"value": 1, "cost": [2], **flying},
        "K": {"value": 0.5, "cost": [1], "force": "in", **flying},
    }
    return small(
        projects,
        periods=2,
        budget=7,
        people={"Ann": {"R": 1.0}},
        dependencies=[{"project_id": "C", "other_id": "M", "kind": "finish_to_start"}],
        groups=[{"group_id": "G", "kind": "at_most", "limit": 2}],
        group_members=[{"group_id": "G", "project_id": one} for one in "ABC"],
    )


def worth(plan: Plan) -> float:
    """What a plan is worth by its first objective."""
    return float(plan.objectives["value"].iloc[0])


@pytest.mark.parametrize(
    ("project", "stops"),
    some([("C", False), ("C", True), ("O", False), ("O", True), ("K", True), ("K", False)], 2),
)
def test_every_answer_runs_as_the_scenario_that_it_saves(
    mixed: Portfolio, tmp_path: Path, project: str, stops: bool
) -> None:
    """Saved and read back, the optimiser finds the project in, or out, and the same value."""
    scenario = Scenario.from_dict({"ignore": ["forced_in", "forced_out"], "allow_stops": stops})
    plan = optimize(mixed, scenario, EXACT)
    _runs_as_saved(mixed, project, scenario, plan, tmp_path)


@pytest.mark.parametrize("family", some(["budget", "spend_paid", "role_capacity", "groups"], 2))
def test_whatever_is_ignored(mixed: Portfolio, tmp_path: Path, family: str) -> None:
    """The same of a project that is forced out."""
    scenario = Scenario.from_dict({"ignore": [family], "objectives": ["strategic_value"]})
    _runs_as_saved(mixed, "O", scenario, optimize(mixed, scenario, EXACT), tmp_path)


def _runs_as_saved(
    portfolio: Portfolio, project: str, scenario: Scenario, plan: Plan, folder: Path
) -> None:
    found = explain(portfolio, project, scenario, EXACT, plan=plan)
    assert found.other_value is not None or found.conflict is not None
    for name, answer in found.plans.items():
        file = folder / f"{name}.yaml"
        write_scenario(found.scenarios[name], file)
        again = optimize(portfolio, read_scenario(file), EXACT)
        assert again.selection is not None
        assert again.selection.set_index("project_id").loc[project, "selected"] != found.in_plan
        if name == "other":
            assert worth(again) == pytest.approx(worth(answer))
        else:
            assert worth(again) >= worth(plan) - 1e-6


def test_what_is_ignored_stays_without_force_in_the_saved_scenario(small: Small) -> None:
    """M, forced in the tables, is left out as before beside C, which the answer forces."""
    projects = {
        "A": {"value": 10, "cost": [5]},
        "C": {"value": 6, "cost": [5]},
        "M": {"value": 1, "cost": [5], "force": "in"},
    }
    portfolio = small(projects, periods=1, budget=5)
    found = explain(portfolio, "C", Scenario.from_dict({"ignore": ["forced_in"]}), EXACT)
    saved = found.scenarios["other"]
    assert "forced_in" not in saved.ignore
    assert saved.apply(portfolio)["projects"]["force"].tolist() == ["", "in", ""]
    assert worth(optimize(portfolio, saved, EXACT)) == 6
