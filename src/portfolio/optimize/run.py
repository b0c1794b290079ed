"""A portfolio and a scenario -> a verified plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.errors import SolveError
from portfolio.foresight import Foresight, foresight_of
from portfolio.models.outcome import Outcome, Settings, without
from portfolio.models.selection import (
    Selection,
    build_selection,
    find_conflict,
    limit_demand,
    plan_tables,
    rule_out,
    rule_out_starts,
    select,
)
from portfolio.models.solvers import DIRECT, check_solver, pulp_name
from portfolio.optimize.changing import changed
from portfolio.plan import OBJECTIVE_COLUMNS, Plan, Status
from portfolio.reasons import with_reasons
from portfolio.scenario import Scenario
from portfolio.verify import overshoots, verify

__all__ = ["Question", "answer", "foresight", "optimize", "pose", "solve", "solver_words"]


def optimize(
    portfolio: Portfolio,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    progress: Callable[[str], None] | None = None,
    *,
    start: Plan | None = None,
    other_than: Plan | None = None,
    nameable: pd.DataFrame | None = None,
    unnameable: pd.DataFrame | None = None,
    question: Question | None = None,
    reasons: bool = True,
) -> Plan:
    """Choose projects, options and starts, and check the plan.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here, once.
    scenario : Scenario, optional
        The baseline where absent.
    settings : Settings, optional
    progress : callable, optional
        Is told in words what is being done.
    start : Plan, optional
        A plan to begin with: the one found is at least as good.
    other_than : Plan, optional
        A plan whose choice of projects is ruled out: the best other choice is found.
    nameable : pandas.DataFrame, optional
        Most FTE that projects may need of a role_id in a period beside those who join, since
        named people can do no more; bounds are then of what is left, not of all plans.
    unnameable : pandas.DataFrame, optional
        Each project_id, option_id and start that named people cannot do.
    question : Question, optional
        The portfolio and scenario as `pose` puts them, where that was done before.
    reasons : bool
        Whether the plan says of each project why it has its decision; blank otherwise.

    Returns
    -------
    Plan
        Without tables where there is no solution; where the rules cannot all hold
        together, with the conflict instead, and where that was seen before the solve,
        with the faults that make it so.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the portfolio or the model.
    SolveError
        If the solver fails, or its plan breaks a rule.
    """
    scenario = scenario or Scenario()
    settings = settings or Settings()
    tell = progress or (lambda words: None)
    began = time.perf_counter()
    check_solver(settings.solver)
    if question is None:
        tell("building the model")
        question = pose(portfolio, scenario)
    cut = other_than is not None or nameable is not None or unnameable is not None
    if cut:
        question = question.copy()
    selection = question.selection
    if other_than is not None and other_than.selection is not None:
        chosen = other_than.selection["selected"]
        rule_out(selection, set(other_than.selection.loc[chosen, "project_id"]))
    if nameable is not None:
        limit_demand(selection, nameable)
    if unnameable is not None:
        rule_out_starts(selection, unnameable)
    outcomes = solve(question, settings, tell, start)
    plan = answer(question, outcomes, settings, tell, conflict=not cut, reasons=reasons)
    return replace(plan, seconds=time.perf_counter() - began)


@dataclass(frozen=True, eq=False)
class Question:
    """A portfolio under a scenario, as it is put to a solver.

    Attributes
    ----------
    portfolio : Portfolio
        As it was read.
    scenario : Scenario
    selection : Selection
        The model of the portfolio with the scenario's changes made.
    known : Foresight
        What is known before the solve.
    """

    portfolio: Portfolio
    scenario: Scenario
    selection: Selection
    known: Foresight

    def copy(self) -> Question:
        """The same question, to whose model rules may be added."""
        selection = replace(self.selection, model=self.selection.model.copy())
        return replace(self, selection=selection)


def pose(portfolio: Portfolio, scenario: Scenario) -> Question:
    """Make the scenario's changes, and build the model.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the portfolio or the model.
    """
    selection = build_selection(changed(portfolio, scenario), scenario)
    return Question(portfolio, scenario, selection, foresight_of(selection, portfolio, scenario))


def solve(
    question: Question,
    settings: Settings,
    progress: Callable[[str], None] | None = None,
    start: Plan | None = None,
) -> list[Outcome]:
    """One outcome an objective; of what is known to be impossible, without a solve.

    Raises
    ------
    SolveError
        If the solver fails.
    """
    selection = question.selection
    if question.known.faults:
        return [without(selection.objectives[0], Status.INFEASIBLE, 0.0)]
    return select(selection, settings, progress, start)


def answer(
    question: Question,
    outcomes: list[Outcome],
    settings: Settings,
    progress: Callable[[str], None] | None = None,
    *,
    conflict: bool = True,
    reasons: bool = True,
) -> Plan:
    """The plan that a solve has found, with its reasons, checked.

    Parameters
    ----------
    question : Question
    outcomes : list of Outcome
        Of this question's model, or of an equal one's.
    settings : Settings
    progress : callable, optional
        Is told in words what is being done.
    conflict : bool
        Whether to look for the rules in conflict, where no plan is possible.
    reasons : bool
        Whether to say of each project why it has its decision; blank otherwise.

    Raises
    ------
    SolveError
        If the plan breaks a rule.
    """
    tell = progress or (lambda words: None)
    selection, scenario, known = question.selection, question.scenario, question.known
    planned = selection.terms.portfolio
    plan = _plan(selection, outcomes, scenario, settings)
    if plan.status == Status.INFEASIBLE and conflict:
        tell("looking for the rules that cannot hold together")
        plan = replace(plan, conflict=find_conflict(selection, settings))
    if plan.feasible:
        tell(f"{'writing reasons and ' if reasons else ''}checking the plan")
        plan = replace(plan, overshoot=overshoots(plan, planned, scenario))
        if reasons:
            plan = with_reasons(plan, planned, scenario)
    plan = replace(plan, faults=known.faults, warnings=known.warnings)
    violations = verify(plan, question.portfolio, scenario)
    if violations:
        lines = "\n".join(f"  {violation.message}" for violation in violations[:20])
        more = f"\n  and {len(violations) - 20} more" if len(violations) > 20 else ""
        raise SolveError(f"the plan is refused, since it breaks its own rules:\n{lines}{more}")
    return plan


def foresight(portfolio: Portfolio, scenario: Scenario | None = None) -> Foresight:
    """What is known before the solve: why there can be no plan, and what is worth a look.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario : Scenario, optional
        Where absent, the baseline; but what is impossible only because nothing in
        flight may be stopped is then a warning, since a scenario may allow it.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the portfolio or the model.
    """
    asked = scenario or Scenario()
    planned = portfolio if scenario is None else changed(portfolio, scenario)
    known = foresight_of(build_selection(planned, asked), portfolio, asked)
    if scenario is not None or not known.faults:
        return known
    stopping = replace(asked, allow_stops=True)
    lenient = foresight_of(build_selection(portfolio, stopping), portfolio, stopping)
    return known.where_stops_are_allowed(lenient)


def _plan(
    selection: Selection, outcomes: list[Outcome], scenario: Scenario, settings: Settings
) -> Plan:
    plan = Plan(
        status=_overall(outcomes),
        scenario=scenario.name,
        objectives=_objectives(selection, outcomes),
        settings=settings.as_dict(),
        solver=solver_words(settings),
    )
    columns = outcomes[-1].columns
    if columns is None:
        return plan
    tables: dict[str, Any] = dict(plan_tables(selection, columns))
    return replace(plan, **tables)


def _overall(outcomes: list[Outcome]) -> Status:
    if outcomes[-1].columns is None:
        return outcomes[-1].status
    proven = all(outcome.status == Status.OPTIMAL for outcome in outcomes)
    return Status.OPTIMAL if proven else Status.FEASIBLE


def solver_words(settings: Settings) -> str:
    """The solver that the settings name, and its version."""
    if settings.solver.strip().lower() == DIRECT:
        return f"HiGHS {version('highspy')}"
    return f"{pulp_name(settings.solver)} through PuLP {version('pulp')}"


def _objectives(selection: Selection, outcomes: list[Outcome]) -> pd.DataFrame:
    """Every objective with its own bound, and its value in the plan that came last."""
    last = outcomes[-1].columns
    rows = []
    for objective, outcome in zip(selection.objectives, outcomes, strict=False):
        value, gap = outcome.value, outcome.gap
        if last is not None:
            value = objective.value(last) * objective.unit
        bound = outcome.bound
        if value is not None and bound is not None:
            bound = max(bound, value) if objective.sense == "max" else min(bound, value)
            gap = abs(bound - value) / max(abs(value), 1e-9)
        status = str(outcome.status)
        rows.append((objective.name, objective.sense, value, bound, gap, status, outcome.seconds))
    return pd.DataFrame(rows, columns=list(OBJECTIVE_COLUMNS))
