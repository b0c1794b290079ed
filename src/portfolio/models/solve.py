"""Solving a linear model: a session that keeps the solver, and objectives in order."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from portfolio.errors import SolveError
from portfolio.models.linear import LinearModel, Objective
from portfolio.models.outcome import Outcome, Progress, Settings, found, kept, without
from portfolio.models.solvers import DIRECT
from portfolio.models.threads import run_on
from portfolio.plan import Status

if TYPE_CHECKING:
    from portfolio.models.search import SearchSession

__all__ = ["HighsSession", "Outcome", "Settings", "polished", "solve_in_order"]

Floats = npt.NDArray[np.float64]

_AT_LEAST = 3.0
"""Seconds that settling has, however late it is."""


class HighsSession:
    """A model handed to HiGHS, kept for solving again after small changes.

    Parameters
    ----------
    model : LinearModel
    settings : Settings
    """

    def __init__(self, model: LinearModel, settings: Settings) -> None:
        import highspy

        self.model = model
        self.settings = settings
        self._core = highspy
        self._highs = highspy.Highs()
        self._option("output_flag", False)
        self._option("random_seed", settings.seed)
        self._option("mip_rel_gap", settings.gap)
        if settings.threads:
            self._option("threads", settings.threads)
        self._pass_model()
        self._scale = 1.0
        self._objective: Objective | None = None

    def _option(self, name: str, value: bool | int | float | str) -> None:
        if self._highs.setOptionValue(name, value) == self._core.HighsStatus.kError:
            raise SolveError(f"HiGHS refuses the setting {name} = {value}")

    def _pass_model(self) -> None:
        model = self.model
        matrix = model.matrix
        lower, upper = model.column_bounds
        row_lower, row_upper = model.row_bounds
        status = self._highs.passModel(
            model.n_columns,
            model.n_rows,
            matrix.nnz,
            int(self._core.MatrixFormat.kRowwise),
            int(self._core.ObjSense.kMaximize),
            0.0,
            np.zeros(model.n_columns),
            lower,
            upper,
            row_lower,
            row_upper,
            matrix.indptr.astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
            model.integrality,
        )
        if status == self._core.HighsStatus.kError:
            raise SolveError("HiGHS does not take the model; its numbers are out of range")

    def aim(self, objective: Objective) -> None:
        """Set what is made as large or as small as it can be."""
        self._scale = objective.scale
        self._objective = objective
        columns = np.arange(self.model.n_columns, dtype=np.int32)
        scaled = objective.coefficients / self._scale
        self._highs.changeColsCost(len(columns), columns, scaled)
        maximise = objective.sense == "max"
        sense = self._core.ObjSense.kMaximize if maximise else self._core.ObjSense.kMinimize
        self._highs.changeObjectiveSense(sense)

    def hold(self, objective: Objective, value: float) -> None:
        """Keep an objective at a value or better, in the model's unit."""
        used = np.flatnonzero(objective.coefficients).astype(np.int32)
        scale = objective.scale
        limit = (value - objective.constant) / scale
        low, high = (limit, np.inf) if objective.sense == "max" else (-np.inf, limit)
        coefficients = objective.coefficients[used] / scale
        self._highs.addRow(low, high, len(used), used, coefficients)

    def start_from(self, columns: Floats) -> None:
        """Offer a solution to begin with."""
        solution = self._core.HighsSolution()
        solution.col_value = columns.tolist()
        self._highs.setSolution(solution)

    def start_from_some(self, values: Mapping[int, float]) -> None:
        """Offer the values of some columns to begin with; the solver works out the others."""
        numbers = np.array(list(values), dtype=np.int32)
        self._highs.setSolution(len(numbers), numbers, np.array(list(values.values())))

    def limit(self, rows: npt.NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Change the limits of rows, by their numbers in the model."""
        for row, low, high in zip(rows.tolist(), lower.tolist(), upper.tolist(), strict=True):
            self._highs.changeRowBounds(row, low, high)

    def fix(self, numbers: npt.NDArray[np.int64], values: Floats) -> None:
        """Fix columns at values."""
        self._highs.changeColsBounds(len(numbers), numbers.astype(np.int32), values, values)

    def solve(self, seconds: float | None = None) -> Outcome:
        """Solve for the objective that `aim` set.

        Parameters
        ----------
        seconds : float, optional
            Limit of this solve; the settings' where absent.

        Returns
        -------
        Outcome
        """
        if self._objective is None:
            raise SolveError("no objective is set")
        limit = self.settings.time_limit if seconds is None else max(seconds, 0.01)
        if not self.model.n_columns:
            return self._settled(self._objective)
        # A limit of this run, although the run time that HiGHS tells is that of all runs.
        self._option("time_limit", limit)
        began = time.perf_counter()
        run_on(self._highs, self.settings.threads)
        self._refuse_unbounded(self._objective)
        return self._read(self._objective, time.perf_counter() - began)

    def _settled(self, objective: Objective) -> Outcome:
        """Outcome of a model without columns, which HiGHS calls empty whatever its rows say."""
        lower, upper = self.model.row_bounds
        if (lower > 0).any() or (upper < 0).any():
            return without(objective, Status.INFEASIBLE, 0.0)
        return found(objective, np.empty(0), 0.0, True, 0.0)

    def _refuse_unbounded(self, objective: Objective) -> None:
        """Raise where nothing limits the objective; HiGHS may leave open which of two it is."""
        known = self._core.HighsModelStatus
        status = self._highs.getModelStatus()
        if status == known.kUnboundedOrInfeasible:
            # Without an objective only the other one can be found.
            columns = np.arange(self.model.n_columns, dtype=np.int32)
            self._highs.changeColsCost(len(columns), columns, np.zeros(len(columns)))
            run_on(self._highs, self.settings.threads)
            if self._highs.getModelStatus() != known.kOptimal:
                return
            status = known.kUnbounded
        if status == known.kUnbounded:
            raise SolveError(f"nothing limits the objective {objective.name}")

    def _read(self, objective: Objective, seconds: float) -> Outcome:
        status = self._highs.getModelStatus()
        info = self._highs.getInfo()
        known = self._core.HighsModelStatus
        feasible = self._core.SolutionStatus.kSolutionStatusFeasible
        if info.primal_solution_status != feasible:
            if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
                return without(objective, Status.INFEASIBLE, seconds)
            if status not in (known.kTimeLimit, known.kIterationLimit, known.kSolutionLimit):
                word = self._highs.modelStatusToString(status)
                raise SolveError(f"HiGHS ended without an answer: {word}")
            return without(objective, Status.NO_SOLUTION, seconds)
        columns = np.array(self._highs.getSolution().col_value)
        whole = self.model.integrality == 1
        proven = status == known.kOptimal
        bound = info.mip_dual_bound
        if not whole.any():
            bound = info.objective_function_value if proven else np.nan
        columns[whole] = np.round(columns[whole])
        return found(objective, columns, bound * self._scale, proven, seconds)


def solve_in_order(
    model: LinearModel,
    objectives: Sequence[Objective],
    give_up: Sequence[float],
    settings: Settings,
    progress: Progress | None = None,
    start: Mapping[int, float] | None = None,
) -> list[Outcome]:
    """Solve for objectives in order of importance, each held while later ones are improved.

    After each objective its best found z is held: z' >= z - give_up |z|.

    Parameters
    ----------
    model : LinearModel
    objectives : sequence of Objective
    give_up : sequence of float
        Share of |z| that later objectives may spend, one an objective.
    settings : Settings
    progress : callable, optional
        Is told in words what is being done.
    start : mapping of int to float, optional
        Values of whole columns to begin with; the solver works out the others.

    Returns
    -------
    list of Outcome
        One an objective, until one has no solution. The last one's columns are the plan.
    """
    if settings.solver.strip().lower() != DIRECT:
        from portfolio.models.pulp_solver import solve_in_order_by_pulp

        return solve_in_order_by_pulp(model, objectives, give_up, settings, progress)
    tell = progress or (lambda words: None)
    session = _session(model, settings, tell)
    deadline = time.monotonic() + settings.time_limit
    outcomes: list[Outcome] = []
    for number, objective in enumerate(objectives):
        tell(f"solving for {objective.name.replace('_', ' ')}")
        session.aim(objective)
        if outcomes and outcomes[-1].columns is not None:
            session.start_from(outcomes[-1].columns)
        elif start:
            session.start_from_some(start)
        outcome = session.solve(deadline - time.monotonic())
        if outcome.columns is None and outcomes:
            # Out of time: the solution of the objective before holds all that is held.
            outcome = kept(objective, outcomes[-1])
        outcomes.append(outcome)
        if outcome.columns is None:
            break
        if number + 1 < len(objectives):
            best = objective.value(outcome.columns)
            slack = give_up[number] * abs(best) + 1e-9 * max(objective.scale, abs(best))
            session.hold(objective, best - slack if objective.sense == "max" else best + slack)
    return outcomes


def _session(
    model: LinearModel, settings: Settings, tell: Progress
) -> HighsSession | SearchSession:
    """HiGHS alone, or, where the model is large, a search that HiGHS is part of."""
    from portfolio.models.search import SearchSession, is_large

    return (
        SearchSession(model, settings, tell) if is_large(model) else HighsSession(model, settings)
    )


def polished(
    model: LinearModel,
    columns: Floats,
    aims: Sequence[Objective],
    settings: Settings,
    *,
    decided: npt.NDArray[np.int64] | None = None,
    held: Sequence[Objective] = (),
    seconds: float | None = None,
) -> Floats:
    """The same decisions with all other columns settled again.

    A solver takes 0.999999 for whole; rounding it leaves payments and supply
    that are off by a little, and what no objective asks for may stand at more
    than is needed. So the rest is solved for again with the decisions fixed.

    Parameters
    ----------
    model : LinearModel
    columns : numpy.ndarray
        A solution whose integer columns are rounded.
    aims : sequence of Objective
        What is made small among the other columns, in order of importance. For
        the last one all integer columns are fixed.
    settings : Settings
    decided : numpy.ndarray of int, optional
        Columns that are fixed; all integer ones where absent.
    held : sequence of Objective
        What the other columns have a part in, and must not make worse.
    seconds : float, optional
        What is left of the time for all aims together, though never less than a few
        seconds; the settings' limit for each aim where absent, or where it is on work.
        What an aim has no time for is decided no better; the last is always settled, since
        without it a plan's payments are a little off.

    Returns
    -------
    numpy.ndarray
        The given columns where nothing better is found.
    """
    whole = np.flatnonzero(model.integrality == 1)
    decided = whole if decided is None else decided
    if len(decided) == model.n_columns:
        return columns
    left = model.decided(decided, columns[decided])
    session = HighsSession(left, replace(settings, gap=0.0))
    for objective in held:
        session.hold(objective, _no_worse(objective, columns))
    timed = seconds is not None and settings.limit == "time"
    each = settings.time_limit
    deadline = time.monotonic() + max(seconds or 0.0, _AT_LEAST) if timed else np.inf
    late = []
    for aim in aims[:-1]:
        left_over = min(deadline - time.monotonic(), each)
        columns, proven = _settled_for(session, aim, columns, left_over)
        if not proven:
            late.append(aim)
    session.fix(whole, columns[whole])
    for aim in late:
        columns, _ = _settled_for(session, aim, columns, _AT_LEAST if timed else each)
    for aim in aims[-1:]:
        # A linear program without decisions, which takes a second or less; a busy machine must
        # not leave it undone.
        columns, _ = _settled_for(session, aim, columns, max(each, _AT_LEAST))
    return columns


def _settled_for(
    session: HighsSession, aim: Objective, columns: Floats, seconds: float
) -> tuple[Floats, bool]:
    """Columns that are best for an aim, which is then held; and whether they are proven to be."""
    session.aim(aim)
    whole = np.flatnonzero(session.model.integrality == 1)
    session.start_from_some(dict(zip(whole.tolist(), columns[whole].tolist(), strict=True)))
    outcome = session.solve(seconds)
    if outcome.columns is None:
        return columns, False
    session.hold(aim, _no_worse(aim, outcome.columns))
    return outcome.columns, outcome.status == Status.OPTIMAL


def _no_worse(objective: Objective, columns: Floats) -> float:
    """The value that columns have, less what a solver's tolerances may take."""
    value = objective.value(columns)
    slack = 1e-9 * max(objective.scale, abs(value))
    return value - slack if objective.sense == "max" else value + slack
