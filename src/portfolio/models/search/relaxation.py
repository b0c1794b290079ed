"""What a problem is worth at most, and what that says of each row and column.

The search is led by a `Relaxation` wherever it comes from: the linear
relaxation (`relax`), or any prices of the rows (`priced`), which a Lagrangian
bound finds where the linear relaxation is too slow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portfolio.models.search.highs import Answer, Basis, ask, basis_of
from portfolio.models.search.problem import Problem

__all__ = ["Relaxation", "losses", "priced", "relax"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Relaxation:
    """A bound, with the prices that prove it and a point near which good plans lie.

    Attributes
    ----------
    bound : float
        No solution is better, in the problem's own unit (scaled, made a maximum).
    columns : numpy.ndarray, shape (columns,)
        A point within the columns' bounds that leads the way, whole columns in
        part; it need not hold the rows exactly.
    reduced : numpy.ndarray, shape (columns,)
        Reduced costs: cost - prices @ matrix, what a column adds net of what its rows cost.
    prices : numpy.ndarray, shape (rows,)
        Dual values, 0 or more where a row's upper limit holds the objective
        back, 0 or less where its lower limit does.
    basis : (numpy.ndarray, numpy.ndarray), optional
        HiGHS' status of each column and row, where the linear relaxation was solved.
    """

    bound: float
    columns: Floats
    reduced: Floats
    prices: Floats
    basis: Basis | None = None


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
    answer, highs = ask(problem, seconds, whole=False, options={"solver": "simplex"})
    if answer.columns is None or not answer.closed:
        return answer, None
    solution = highs.getSolution()
    reduced, prices = np.array(solution.col_dual), np.array(solution.row_dual)
    basis = basis_of(highs)
    return answer, Relaxation(answer.value, answer.columns, reduced, prices, basis)


def priced(problem: Problem, prices: Floats, columns: Floats | None = None) -> Relaxation:
    """The bound that prices of the rows prove ([1]_): rows may be passed, at their prices.

    bound = prices @ limits + sum over groups of max(0, largest reduced cost)
    + sum over other columns of the larger of reduced cost x lower and x upper

    Parameters
    ----------
    problem : Problem
    prices : numpy.ndarray, shape (rows,)
        0 or more where only the upper limit is finite, 0 or less where only
        the lower one is; those of the groups' own rows are worked out here.
    columns : numpy.ndarray, optional
        The point that leads the way; where absent the optimum under the prices.

    Returns
    -------
    Relaxation
        Its bound is infinite where the prices prove none.

    References
    ----------
    .. [1] A. M. Geoffrion (1974). Lagrangean relaxation for integer programming.
       Mathematical Programming Study 2, 82-114.
    """
    prices = prices.copy()
    own = problem.group_row[problem.group_row >= 0]
    prices[own] = 0.0
    reduced = problem.cost - problem.matrix.T @ prices
    grouped = np.flatnonzero((problem.group >= 0) & (problem.upper > 0.5))
    best = np.zeros(problem.groups)
    np.maximum.at(best, problem.group[grouped], reduced[grouped])
    # A column that has to be taken is worth what it is worth.
    forced = grouped[problem.lower[grouped] > 0.5]
    best[problem.group[forced]] = reduced[forced]
    other = problem.group < 0
    high = np.where(reduced > 0, problem.upper, problem.lower)
    limits = np.where(prices > 0, problem.row_upper, problem.row_lower)
    used = prices != 0
    alone = other & (reduced != 0)
    bound = float(best.sum() + reduced[alone] @ high[alone] + prices[used] @ limits[used])
    if columns is None:
        columns = np.where(np.isfinite(high) & other, high, 0.0)
        at = grouped[(reduced[grouped] >= best[problem.group[grouped]]) & (reduced[grouped] > 0)]
        at = at[np.unique(problem.group[at], return_index=True)[1]]
        columns[at] = 1.0
    known = problem.group_row >= 0
    prices[own] = best[known]
    reduced = problem.cost - problem.matrix.T @ prices
    return Relaxation(bound, columns, reduced, prices)


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
