"""Any solver that PuLP knows, by name: found, told what it can be told, and believed with care."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pulp
import pytest

from portfolio.errors import SolveError
from portfolio.models.linear import Objective
from portfolio.models.outcome import Settings
from portfolio.models.solve import solve_in_order
from portfolio.models.solvers import (
    asked_gap,
    check_solver,
    keeps_gap,
    known_solvers,
    pulp_name,
    pulp_solver,
)
from portfolio.optimize import optimize
from portfolio.plan import Status

from .test_solve import hard, most, whole

EXACT = Settings(gap=0.0)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("PULP_CBC_CMD", "PULP_CBC_CMD"),
        ("pulp_cbc_cmd", "PULP_CBC_CMD"),
        ("CBC", "PULP_CBC_CMD"),
        (" cbc ", "PULP_CBC_CMD"),
        ("pulp:HiGHS", "HiGHS"),
        ("PULP:highs", "HiGHS"),
    ],
)
def test_names_are_understood(given, meant):
    assert pulp_name(given) == meant


@pytest.mark.parametrize("name", ["highs", "HiGHS", " HIGHS"])
def test_highs_is_called_directly(small, name):
    check_solver(name)
    plan = optimize(small({"A": {"value": 1}}), settings=replace(EXACT, solver=name))
    assert plan.solver.startswith("HiGHS 1")
    assert plan.objectives["bound"].notna().all()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cbcc", "did you mean 'cbc'?"),
        ("glpkk", "did you mean 'glpk'?"),
        ("", "installed are: highs, pulp:HiGHS"),
        ("xyzzy", "installed are: highs, pulp:HiGHS"),
    ],
)
def test_unknown_solver_is_named(small, name, said):
    with pytest.raises(SolveError, match="is no solver that PuLP knows; ") as caught:
        optimize(small({"A": {"value": 1}}), settings=Settings(solver=name))
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["GUROBI_CMD", "sas94", "mosek"])
def test_solver_that_is_not_installed(small, name):
    with pytest.raises(SolveError, match=rf"'{name}' is not installed here; installed are: highs"):
        optimize(small({"A": {"value": 1}}), settings=Settings(solver=name))


def test_every_solver_of_pulp_is_listed_and_told_something():
    """Each takes the options that it is given, whether it is installed or not."""
    known = known_solvers()
    assert {name.removeprefix("pulp:") for name in known} - {"highs"} == set(pulp.listSolvers())
    assert next(iter(known)) == "highs"
    here = list(known.values())
    assert here == sorted(here, reverse=True)
    settings = Settings(gap=0.02, seed=3, threads=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in pulp.listSolvers():
            if name.startswith("COPT_DLL"):
                continue
            solver = pulp_solver(name, settings, 1.2)
            assert solver.name == name


def test_options_of_those_that_are_here():
    settings = Settings(gap=0.25, seed=3, threads=2)
    cbc = pulp_solver("PULP_CBC_CMD", settings, 1.2)
    assert (cbc.timeLimit, cbc.optionsDict["gapRel"], cbc.optionsDict["threads"]) == (2, 0.2, 2)
    assert cbc.options == ["randomCbcSeed 3", "randomSeed 3"]
    highs = pulp_solver("HiGHS", settings, 7)
    assert (highs.timeLimit, highs.gapRel, highs.threads) == (7, 0.2, 2)
    assert highs.optionsDict["random_seed"] == 3
    assert pulp_solver("GLPK_CMD", settings, 7).options == ["--mipgap", "0.2"]


@pytest.mark.parametrize("solver", ["pulp:highs", "cbc"])
@pytest.mark.parametrize("threads", [0, 1, 2])
def test_same_optimum_with_seed_and_threads(solver, threads):
    model = whole(3, [([4, 3, 2], -np.inf, 5)])
    settings = Settings(gap=0.0, seed=5, threads=threads, solver=solver)
    (outcome,) = solve_in_order(model, [most([6, 5, 4])], [0.0], settings)
    assert (outcome.status, outcome.value, outcome.gap) == (Status.OPTIMAL, 9, 0)


@pytest.mark.parametrize("gap", [0.0, 0.001, 0.2, 0.9])
def test_the_bound_holds_whichever_way_a_solver_takes_the_gap(gap):
    """As a share of the value, or of the bound."""
    value, asked = 100.0, asked_gap(gap)
    of_value, of_bound = value * (1 + asked), value / (1 - asked)
    assert max(of_value, of_bound) <= value * (1 + gap) * (1 + 1e-12)


@pytest.mark.parametrize("solver", ["pulp:highs", "cbc"])
def test_at_a_time_limit_a_plan_has_no_bound(solver):
    model, objectives = hard()
    settings = Settings(time_limit=1.0, gap=0.0, solver=solver)
    outcome = solve_in_order(model, objectives[:1], [0.0], settings)[0]
    assert outcome.status == Status.FEASIBLE
    assert outcome.value > 0
    assert (outcome.bound, outcome.gap) == (None, None)


class Lying(pulp.LpSolver):
    """Calls anything a solution."""

    name = "LYING"
    says = pulp.LpSolutionOptimal

    def __init__(self, mip=True, msg=True, timeLimit=None):
        super().__init__(mip, msg, timeLimit=timeLimit)

    def available(self):
        return True

    def actualSolve(self, lp):
        for variable in lp.variables():
            variable.varValue = 1.0
        lp.assignStatus(pulp.LpStatusOptimal, self.says)
        return lp.status


@pytest.fixture
def lying(monkeypatch):
    kinds = [*pulp.apis._all_solvers, Lying]
    monkeypatch.setattr(pulp.apis, "_all_solvers", kinds)
    return replace(EXACT, solver="lying")


def test_what_breaks_rules_is_no_solution(lying, monkeypatch):
    model = whole(2, [([1, 1], -np.inf, 1)])
    with pytest.raises(SolveError, match="LYING calls optimal what breaks rules of the model"):
        solve_in_order(model, [most([1, 1])], [0.0], lying)
    monkeypatch.setattr(Lying, "says", pulp.LpSolutionIntegerFeasible)
    (outcome,) = solve_in_order(model, [most([1, 1])], [0.0], lying)
    assert (outcome.status, outcome.columns) == (Status.NO_SOLUTION, None)


def test_of_a_solver_that_cannot_be_asked_for_a_gap_no_bound_is_claimed(lying):
    assert not keeps_gap("LYING")
    assert keeps_gap("GLPK_CMD")
    model = whole(2, [([1, 1], -np.inf, 2)])
    (outcome,) = solve_in_order(model, [Objective("all", "max", np.ones(2))], [0.0], lying)
    assert (outcome.status, outcome.value, outcome.bound) == (Status.FEASIBLE, 2, None)
