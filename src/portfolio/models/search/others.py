"""Columns that no group has, such as payments and supply, settled for what groups have taken."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from portfolio.models.search.problem import Problem

__all__ = ["Others"]

Floats = npt.NDArray[np.float64]

_REWARD = 0.3
"""What a little free room in a row is worth, as a share of what it costs to pass the row."""


class Others:
    """Settles all columns that are of no group, again and again, while groups move.

    maximise cost @ columns + sum over rows of weight x (0.3 x room - excess)

    Rows that groups have a part in may be passed, at their weights; all others
    may not. Room is rewarded up to what a group typically takes of the row, so
    that it lies where groups can use it: an optimum that leaves none anywhere
    would let no group move. One linear program, handed to HiGHS once: only
    its limits change, and it begins where it ended before.

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
        self._optimal = highspy.HighsModelStatus.kOptimal
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

    def settled(self, columns: Floats) -> Floats:
        """The same with all columns that are of no group settled again.

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
        problem, rows = self.problem, self._rows
        settled = columns.copy()
        settled[self._columns] = 0.0
        given = (problem.matrix @ settled)[rows]
        low, high = problem.row_lower[rows] - given, problem.row_upper[rows] - given
        for row, (least, most) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
            self._highs.changeRowBounds(row, least, most)
        self._highs.run()
        if self._highs.getModelStatus() != self._optimal:
            return columns
        found = np.array(self._highs.getSolution().col_value)
        settled[self._columns] = found[: len(self._columns)]
        return settled


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
