"""Columns of 0 or 1 that can only be 0, since at 1 they alone would pass a row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from portfolio.errors import SolveError

__all__ = ["Entries", "entries_of", "settle"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Entries = tuple[Ints, Ints, Floats]

_ROUNDS = 8


def entries_of(matrix: sp.csc_array) -> Entries:
    """Row, column and coefficient of each entry."""
    columns = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    return matrix.indices, columns, matrix.data


def settle(
    entries: Entries,
    whole: Flags,
    lower: Floats,
    upper: Floats,
    row_lower: Floats,
    row_upper: Floats,
    tolerance: float,
) -> tuple[Floats, Floats]:
    """Lower the upper bounds of what alone would pass a row; `upper` is changed in place.

    Parameters
    ----------
    entries : row, column and coefficient of each entry
    whole : numpy.ndarray of bool, shape (columns,)
    lower, upper : numpy.ndarray, shape (columns,)
    row_lower, row_upper : numpy.ndarray, shape (rows,)
    tolerance : float
        How far a row may be passed, relative where its limit is above 1.

    Returns
    -------
    least, most : numpy.ndarray, shape (rows,)
        The least and the largest activity that the rows can then have.

    Raises
    ------
    SolveError
        If the numbers are not finite where they have to be.
    """
    rows, columns, values = entries
    size = len(row_lower)

    def allowed(limit: Floats) -> Floats:
        return tolerance * np.maximum(1.0, np.abs(np.where(np.isfinite(limit), limit, 0.0)))

    most_allowed, least_allowed = row_upper + allowed(row_upper), row_lower - allowed(row_lower)
    for number in range(_ROUNDS + 1):
        with np.errstate(invalid="ignore"):
            low, high = values * lower[columns], values * upper[columns]
        least = _summed(rows, np.minimum(low, high), size)
        most = _summed(rows, np.maximum(low, high), size)
        if number == _ROUNDS:
            break
        # At its upper bound the column moves its row away from one end by the whole span.
        span = high - low
        with np.errstate(invalid="ignore"):
            too_much = (span > 0) & (least[rows] + span > most_allowed[rows])
            too_little = (span < 0) & (most[rows] + span < least_allowed[rows])
        hit = np.unique(columns[too_much | too_little])
        hit = hit[whole[hit] & (upper[hit] - lower[hit] == 1.0)]
        if not len(hit):
            break
        upper[hit] = lower[hit]
    if np.isnan(least).any() or np.isnan(most).any():
        raise SolveError("the model's numbers are out of range")
    return least, most


def _summed(rows: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(rows, values, minlength=size).astype(np.float64)
