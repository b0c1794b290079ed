"""What a problem is worth at most: its linear relaxation, and HiGHS on reduced problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from portfolio.errors import SolveError
from portfolio.models.search.problem import Problem, Reduced

__all__ = ["Answer", "Relaxation", "ask", "losses", "relax"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answer:
    """What HiGHS said.

    Attributes
    ----------
    columns : numpy.ndarray or None
        The best solution, where there is one.
    value : float
        Its objective; -inf without one.
    bound : float
        No solution is better; inf where unknown.
    closed : bool
        Whether HiGHS was done, and not stopped by a limit.
    infeasible : bool
    unbounded : bool
        Or infeasible: HiGHS may leave open which of two it is.
    """

    columns: Floats | None
    value: float
    bound: float
    closed: bool
    infeasible: bool = False
    unbounded: bool = False


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The optimum where whole columns may be taken in part.

    Attributes
    ----------
    bound : float
        Its value: no solution is better.
    columns : numpy.ndarray, shape (columns,)
    reduced : numpy.ndarray, shape (columns,)
        Reduced costs: what a column adds to the objective net of the rows' prices.
    prices : numpy.ndarray, shape (rows,)
        Dual values, positive where a row's upper limit holds the objective back.
    """

    bound: float
    columns: Floats
    reduced: Floats
    prices: Floats


def ask(
    model: Problem | Reduced,
    seconds: float,
    *,
    whole: bool = True,
    start: Floats | None = None,
    prepare: Callable[[Any], None] | None = None,
    **options: bool | int | float | str,
) -> tuple[Answer, Any]:
    """Have HiGHS solve a problem, or what is left of one.

    Parameters
    ----------
    model : Problem or Reduced
    seconds : float
        Time limit.
    whole : bool
        False for the linear relaxation.
    start : numpy.ndarray, optional
        A solution to begin with.
    prepare : callable, optional
        Gets the HiGHS object before it runs, for callbacks.
    **options
        Further options of HiGHS.

    Returns
    -------
    answer : Answer
    highs : highspy.Highs
        For what else is read from it.
    """
    import highspy

    highs = highspy.Highs()
    settings = {"output_flag": False, "threads": 1, "time_limit": max(seconds, 0.05), **options}
    for name, value in settings.items():
        if highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            raise SolveError(f"HiGHS refuses the setting {name} = {value}")
    _pass(highs, model, whole)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    if prepare is not None:
        prepare(highs)
    highs.run()
    return _read(highs, whole and bool(model.whole.any())), highs


def _pass(highs: Any, model: Problem | Reduced, whole: bool) -> None:
    import highspy

    rowwise = sp.issparse(model.matrix) and model.matrix.format == "csr"
    formats = highspy.MatrixFormat
    rows, columns = model.matrix.shape
    status = highs.passModel(
        columns,
        rows,
        model.matrix.nnz,
        int(formats.kRowwise if rowwise else formats.kColwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        model.cost,
        model.lower,
        model.upper,
        model.row_lower,
        model.row_upper,
        model.matrix.indptr.astype(np.int32),
        model.matrix.indices.astype(np.int32),
        model.matrix.data,
        (model.whole if whole else np.zeros(columns)).astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise SolveError("HiGHS does not take the model; its numbers are out of range")


def _read(highs: Any, whole: bool) -> Answer:
    import highspy

    known = highspy.HighsModelStatus
    status, info = highs.getModelStatus(), highs.getInfo()
    closed = status in (known.kOptimal, known.kModelEmpty)
    if status == known.kInfeasible:
        return Answer(None, -np.inf, -np.inf, True, infeasible=True)
    if status in (known.kUnbounded, known.kUnboundedOrInfeasible):
        return Answer(None, -np.inf, np.inf, True, unbounded=True)
    bound = info.mip_dual_bound if whole else info.objective_function_value
    if not whole and not closed:
        bound = np.inf
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Answer(None, -np.inf, float(bound), closed and status != known.kModelEmpty)
    columns = np.array(highs.getSolution().col_value)
    return Answer(columns, float(info.objective_function_value), float(bound), closed)


def relax(problem: Problem, seconds: float) -> tuple[Answer, Relaxation | None]:
    """Solve the linear relaxation.

    Parameters
    ----------
    problem : Problem
        Tightened, so that its bound is worth something.
    seconds : float

    Returns
    -------
    answer : Answer
    relaxation : Relaxation or None
        None where it was not solved in time, or there is none.
    """
    answer, highs = ask(problem, seconds, whole=False, solver="simplex")
    if answer.columns is None or not answer.closed:
        return answer, None
    solution = highs.getSolution()
    reduced, prices = np.array(solution.col_dual), np.array(solution.row_dual)
    return answer, Relaxation(answer.value, answer.columns, reduced, prices)


def losses(problem: Problem, relaxation: Relaxation, columns: Floats) -> tuple[Floats, Floats]:
    """Where a solution loses what lies between it and the relaxation.

    bound - value = sum over rows of |price| x slack + sum over columns of
    |reduced cost| x distance from the bound that the relaxation wants
    (complementary slackness, summed up).

    Parameters
    ----------
    problem : Problem
    relaxation : Relaxation
    columns : numpy.ndarray
        A solution.

    Returns
    -------
    of_rows, of_columns : numpy.ndarray
        Loss of each row and of each column, 0 or more.
    """
    activity = problem.matrix @ columns
    prices, reduced = relaxation.prices, relaxation.reduced
    # A limit that has no price may be infinite.
    upper = np.where(prices > 0, problem.row_upper, activity)
    lower = np.where(prices < 0, problem.row_lower, activity)
    of_rows = np.abs(prices) * np.maximum(upper - activity, activity - lower)
    high = np.where(reduced > 0, problem.upper, columns)
    low = np.where(reduced < 0, problem.lower, columns)
    of_columns = np.abs(reduced) * np.maximum(high - columns, columns - low)
    finite = np.isfinite(of_rows), np.isfinite(of_columns)
    return np.where(finite[0], of_rows, 0.0), np.where(finite[1], of_columns, 0.0)
