"""Telling equal models apart from those that only look alike: all that a solve reads, as a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from portfolio.models.linear import LinearModel
from portfolio.models.selection.model import Selection
from portfolio.models.selection.solving import aims_of_settling

__all__ = ["fingerprint"]


def fingerprint(selection: Selection) -> str:
    """A hash of all that a solve of a selection model reads.

    Models with the same fingerprint have the same solutions, column by column, in
    whatever words their tables name projects and limits.

    Parameters
    ----------
    selection : Selection

    Returns
    -------
    str
        SHA-256 of matrix, bounds, objectives, what they may give up, and what is settled
        afterwards.
    """
    digest = hashlib.sha256()
    settling, aims = aims_of_settling(selection)
    parts = [selection.model] if settling is selection.model else [selection.model, settling]
    for model in parts:
        for numbers in _of_model(model):
            digest.update(repr(numbers.shape).encode() + np.ascontiguousarray(numbers).tobytes())
    for objective in (*selection.objectives, *aims):
        digest.update(repr((objective.name, objective.sense, objective.constant)).encode())
        digest.update(repr(objective.unit).encode() + objective.coefficients.tobytes())
    digest.update(repr((selection.terms.scenario.give_up, selection.terms.first_hire)).encode())
    return digest.hexdigest()


def _of_model(model: LinearModel) -> Iterator[npt.NDArray[np.float64] | npt.NDArray[np.int64]]:
    matrix = model.matrix
    yield matrix.indptr.astype(np.int64)
    yield matrix.indices.astype(np.int64)
    yield matrix.data.astype(np.float64)
    yield from model.column_bounds
    yield from model.row_bounds
    yield model.integrality.astype(np.int64)
