"""The same model solved by any solver that PuLP drives."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from portfolio.errors import SolveError
from portfolio.models.linear import LinearModel, Objective
from portfolio.models.outcome import Outcome, Progress, Settings, found, kept, without
from portfolio.models.pulp_problem import pulp_problem
from portfolio.models.solvers import keeps_gap, pulp_name, pulp_solver
from portfolio.plan import Status

if TYPE_CHECKING:
    import pulp

__all__ = ["solve_in_order_by_pulp"]

Floats = npt.NDArray[np.float64]

_TOLERANCE = 1e-5


def solve_in_order_by_pulp(
    model: LinearModel,
    objectives: Sequence[Objective],
    give_up: Sequence[float],
    settings: Settings,
    progress: Progress | None = None,
) -> list[Outcome]:
    """As `portfolio.models.solve.solve_in_order`, by the solver that the settings name.

    Raises
    ------
    SolveError
        If PuLP does not know the solver, it is not installed, it fails, or what
        it calls a solution is none.
    """
    import pulp

    tell = progress or (lambda words: None)
    name = pulp_name(settings.solver)
    problem, in_order = pulp_problem(model, objectives[0])
    deadline = time.monotonic() + settings.time_limit
    outcomes: list[Outcome] = []
    for number, objective in enumerate(objectives):
        tell(f"solving for {objective.name.replace('_', ' ')} with {name}")
        terms = {
            in_order[n]: float(objective.coefficients[n]) / objective.scale
            for n in np.flatnonzero(objective.coefficients)
        }
        expression = pulp.LpAffineExpression(terms)
        problem.sense = pulp.LpMaximize if objective.sense == "max" else pulp.LpMinimize
        problem.setObjective(expression)
        solver = pulp_solver(name, settings, max(deadline - time.monotonic(), 1.0))
        outcome = _solve_once(problem, in_order, model, objective, settings, solver)
        if outcome.columns is None and outcomes:
            outcome = kept(objective, outcomes[-1])
        outcomes.append(outcome)
        if outcome.columns is None or number + 1 == len(objectives):
            break
        best = objective.value(outcome.columns) - objective.constant
        slack = give_up[number] * abs(best + objective.constant)
        slack += 1e-7 * max(objective.scale, abs(best))
        limit = (best - slack if objective.sense == "max" else best + slack) / objective.scale
        side = pulp.LpConstraintGE if objective.sense == "max" else pulp.LpConstraintLE
        problem += pulp.LpConstraint(expression.copy(), side, f"hold{number}", limit)
    return outcomes


def _solve_once(
    problem: pulp.LpProblem,
    variables: list[pulp.LpVariable],
    model: LinearModel,
    objective: Objective,
    settings: Settings,
    solver: pulp.LpSolver,
) -> Outcome:
    import pulp

    began = time.perf_counter()
    try:
        problem.solve(solver)
    except pulp.PulpSolverError as error:
        raise SolveError(f"{solver.name} failed: {error}") from error
    seconds = time.perf_counter() - began
    # The status alone says "Optimal" at a time limit too; what the solution is, says sol_status.
    if problem.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        if problem.status == pulp.LpStatusUnbounded:
            raise SolveError(f"nothing limits the objective {objective.name}")
        infeasible = problem.status == pulp.LpStatusInfeasible
        return without(objective, Status.INFEASIBLE if infeasible else Status.NO_SOLUTION, seconds)
    # What no row and no objective knows has no value: any within its bounds will do.
    values = np.array([float(variable.varValue or 0.0) for variable in variables])
    lower, upper = model.column_bounds
    columns = np.clip(values, lower, upper)
    whole = model.integrality == 1
    columns[whole] = np.round(columns[whole])
    proven = problem.sol_status == pulp.LpSolutionOptimal
    if not _holds(model, columns):
        if proven:
            raise SolveError(f"{solver.name} calls optimal what breaks rules of the model")
        return without(objective, Status.NO_SOLUTION, seconds)
    value = objective.value(columns) - objective.constant
    # PuLP hands back no bound: where the solver says that it is done, the gap that it
    # was asked for is all that is known; of one that cannot be asked, nothing is.
    toward = settings.gap * abs(value) if objective.sense == "max" else -settings.gap * abs(value)
    bound = value + toward if proven and keeps_gap(solver.name) else np.nan
    return found(objective, columns, bound, proven, seconds)


def _holds(model: LinearModel, columns: Floats) -> bool:
    """Whether all rows hold: at a time limit PuLP may call "feasible" where a solver stood."""
    lower, upper = model.row_bounds
    activity = model.matrix @ columns
    room = _TOLERANCE * (1.0 + abs(model.matrix) @ np.abs(columns))
    return bool(((activity >= lower - room) & (activity <= upper + room)).all())
