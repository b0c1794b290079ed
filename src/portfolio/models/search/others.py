"""Columns that no group has, such as payments and hires, settled for what groups have taken."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from portfolio.models.search.problem import Problem
from portfolio.models.threads import run_on

__all__ = ["Others"]

Floats = npt.NDArray[np.float64]

_REWARD = 0.3
"""What a little free room in a row is worth, as a share of what it costs to pass the row."""

_NEAR, _NODES = 0.01, 50
"""Distance from the best, and most nodes, at which whole columns are good enough."""


class Others:
    """Settles all columns that are of no group, again and again, while groups move.

    maximise cost @ columns + sum over rows of weight x (0.3 x room - excess)

    Rows that groups have a part in may be passed, at their weights; all others
    may not. Room is rewarded up to what a group typically takes of the row, so
    that it lies where groups can use it: an optimum that leaves none anywhere
    would let no group move. One linear program, handed to HiGHS once: only
    its limits change, and it begins where it ended before. Columns that have to
    be whole, such as people hired, stay as they are in it, since parts of them
    are no plan; they are decided once, where the groups begin (`begun`).

    Parameters
    ----------
    problem : Problem
    weights : numpy.ndarray, shape (rows,)
        What it costs to pass each row by one.
    """

    def __init__(self, problem: Problem, weights: Floats) -> None:
        self.problem = problem
        alone = problem.group < 0
        self._columns = np.flatnonzero(alone & (problem.upper > problem.lower))
        if len(self._columns):
            self._hand_over(weights)

    def _hand_over(self, weights: Floats) -> None:
        import highspy

        problem = self.problem
        part = sp.csr_array(problem.matrix[:, self._columns].tocsr())
        self._rows = np.flatnonzero(np.diff(part.indptr))
        part, size = part[self._rows], len(self._rows)
        typical = _typical(problem, self._rows)
        shared, weight = typical > 0, weights[self._rows]
        over = np.isfinite(problem.row_upper[self._rows])
        under = np.isfinite(problem.row_lower[self._rows]) & shared
        one = sp.eye_array(size)
        matrix = sp.csc_array(sp.hstack([part, -one, one, one]))
        self._whole = np.flatnonzero(problem.whole[self._columns])
        free = np.full(size, np.inf)
        upper = [
            problem.upper[self._columns],
            np.where(over & shared, free, 0.0),
            np.where(under, free, 0.0),
            np.where(over, typical, 0.0),
        ]
        self._highs = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("mip_rel_gap", _NEAR)
        self._highs.setOptionValue("mip_max_nodes", _NODES)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._some = highspy.SolutionStatus.kSolutionStatusFeasible
        cost = [problem.cost[self._columns], -weight, -weight, _REWARD * weight]
        self._highs.passModel(
            matrix.shape[1],
            size,
            matrix.nnz,
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMaximize),
            0.0,
            np.concatenate(cost),
            np.append(problem.lower[self._columns], np.zeros(3 * size)),
            np.concatenate(upper),
            np.full(size, -np.inf),
            np.full(size, np.inf),
            matrix.indptr.astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
            np.zeros(matrix.shape[1], dtype=np.int32),
        )

    def begun(self, columns: Floats, seconds: float = np.inf) -> Floats:
        """The same with columns that are of no group settled, those that are whole among them.

        Parameters
        ----------
        columns : numpy.ndarray, shape (columns,)
        seconds : float
            Time limit for those that are whole; infinite for none.

        Returns
        -------
        numpy.ndarray, shape (columns,)
            As given, where none has to be whole; where nothing whole is found soon enough,
            with as little of it as may be.
        """
        if not len(self._columns) or not len(self._whole):
            return columns
        problem, whole = self.problem, self._columns[self._whole]
        self._limited(columns)
        self._bounded(problem.lower[whole], problem.upper[whole])
        self._highs.setOptionValue("time_limit", seconds)
        self._typed(1)
        run_on(self._highs, 1)
        begun = columns.copy()
        begun[whole] = problem.lower[whole]
        if self._highs.getInfo().primal_solution_status == self._some:
            found = np.array(self._highs.getSolution().col_value)
            begun[whole] = np.round(found[self._whole])
        self._typed(0)
        self._highs.setOptionValue("time_limit", np.inf)
        return self.settled(begun)

    def settled(self, columns: Floats) -> Floats:
        """The same with all columns that are of no group, and need not be whole, settled again.

        Parameters
        ----------
        columns : numpy.ndarray, shape (columns,)

        Returns
        -------
        numpy.ndarray, shape (columns,)
            As given, where rows that groups have no part in cannot be held.
        """
        if not len(self._columns):
            return columns
        self._limited(columns)
        whole = columns[self._columns[self._whole]]
        self._bounded(whole, whole)
        run_on(self._highs, 1)
        if self._highs.getModelStatus() != self._optimal:
            return columns
        found = np.array(self._highs.getSolution().col_value)
        settled = columns.copy()
        settled[self._columns] = found[: len(self._columns)]
        settled[self._columns[self._whole]] = whole
        return settled

    def _limited(self, columns: Floats) -> None:
        """Set the rows' limits to what the groups leave of them."""
        problem, rows = self.problem, self._rows
        groups = columns.copy()
        groups[self._columns] = 0.0
        given = (problem.matrix @ groups)[rows]
        low, high = problem.row_lower[rows] - given, problem.row_upper[rows] - given
        for row, (least, most) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
            self._highs.changeRowBounds(row, least, most)

    def _bounded(self, lower: Floats, upper: Floats) -> None:
        numbers = self._whole.astype(np.int32)
        self._highs.changeColsBounds(len(numbers), numbers, lower, upper)

    def _typed(self, kind: int) -> None:
        """Have columns that are whole taken for such (1), or not (0)."""
        numbers = self._whole.astype(np.int32)
        kinds = np.full(len(numbers), kind, dtype=np.uint8)
        self._highs.changeColsIntegrality(len(numbers), numbers, kinds)


def _typical(problem: Problem, rows: npt.NDArray[np.int64]) -> Floats:
    """The median of what groups' columns take of each row; 0 where none has a part in it."""
    part = sp.csr_array(problem.by_rows[rows][:, np.flatnonzero(problem.group >= 0)])
    row = np.repeat(np.arange(len(rows)), np.diff(part.indptr))
    sizes = np.abs(part.data)
    order = np.lexsort((sizes, row))
    used = np.diff(part.indptr) > 0
    typical = np.zeros(len(rows))
    middle = (part.indptr[:-1] + part.indptr[1:]) // 2
    typical[used] = sizes[order][middle[used]]
    return typical
