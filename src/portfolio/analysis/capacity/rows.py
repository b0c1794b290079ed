"""Things by period as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.analysis.capacity.result import DIGITS
from portfolio.models.allocation import Work

__all__ = ["by_period", "flat", "places"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def places(names: Iterable[str], texts: Iterable[str]) -> Ints:
    """Position in `names` of each text; -1 where it is none of them."""
    places: Ints = pd.Index(list(names)).get_indexer(pd.Index(list(texts))).astype(np.int64)
    return places


def by_period(work: Work, name: str, ids: Sequence[str]) -> dict[str, Any]:
    """The keys of a table of things by period."""
    return {
        name: np.repeat(np.array(ids, dtype=object), work.periods),
        "period": np.tile(np.array(work.portfolio.calendar.labels, dtype=object), len(ids)),
    }


def flat(amounts: Floats) -> Floats:
    """Amounts of things by period, as a column of such a table."""
    return np.round(amounts.ravel(), DIGITS)
