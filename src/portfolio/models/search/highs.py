"""HiGHS on a problem, or on what is left of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.errors import SolveError
from portfolio.models.search.problem import Problem, Reduced
from portfolio.models.threads import run_on

__all__ = ["Answer", "Basis", "Option", "ask", "basis_of"]

Basis = tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]
Option = bool | int | float | str

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


def ask(
    model: Problem | Reduced,
    seconds: float,
    *,
    whole: bool = True,
    start: Floats | None = None,
    basis: Basis | None = None,
    prepare: Callable[[Any], None] | None = None,
    options: Mapping[str, Option] | None = None,
) -> tuple[Answer, Any]:
    """Have HiGHS solve a problem, or what is left of one, on one thread.

    Parameters
    ----------
    model : Problem or Reduced
    seconds : float
        Time limit; infinite for none.
    whole : bool
        False for the linear relaxation.
    start : numpy.ndarray, optional
        A solution to begin with.
    basis : (numpy.ndarray, numpy.ndarray), optional
        Status of each column and row to begin with.
    prepare : callable, optional
        Gets the HiGHS object before it runs, for callbacks.
    options : mapping, optional
        Further options of HiGHS.

    Returns
    -------
    answer : Answer
    highs : highspy.Highs
        For what else is read from it.
    """
    import highspy

    highs = highspy.Highs()
    settings: dict[str, Option] = {"output_flag": False, "threads": 1}
    settings |= {"time_limit": max(seconds, 0.05), **(options or {})}
    for name, value in settings.items():
        if highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            raise SolveError(f"HiGHS refuses the setting {name} = {value}")
    _pass(highs, model, whole)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    if basis is not None:
        _set_basis(highs, basis)
    if prepare is not None:
        prepare(highs)
    run_on(highs, 1)
    return _read(highs, whole and bool(model.whole.any())), highs


def basis_of(highs: Any) -> Basis:
    """The basis at which HiGHS ended, as numbers."""
    basis = highs.getBasis()
    columns, rows = (
        np.array([int(status) for status in statuses], dtype=np.int8)
        for statuses in (basis.col_status, basis.row_status)
    )
    return columns, rows


def _set_basis(highs: Any, basis: Basis) -> None:
    import highspy

    given = highspy.HighsBasis()
    given.col_status, given.row_status = (
        [highspy.HighsBasisStatus(status) for status in part.tolist()] for part in basis
    )
    # HiGHS mends a basis that is not one of this problem.
    given.valid, given.alien = True, True
    highs.setBasis(given)


def _pass(highs: Any, model: Problem | Reduced, whole: bool) -> None:
    import highspy

    formats = highspy.MatrixFormat
    by_rows = model.matrix.format == "csr"
    rows, columns = model.matrix.shape
    status = highs.passModel(
        columns,
        rows,
        model.matrix.nnz,
        int(formats.kRowwise if by_rows else formats.kColwise),
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
        return Answer(None, -np.inf, float(bound), False)
    columns = np.array(highs.getSolution().col_value)
    return Answer(columns, float(info.objective_function_value), float(bound), closed)
