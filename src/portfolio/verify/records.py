"""Rows of a table one by one, their sums, and the numbers of their periods."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.calendar import Calendar

__all__ = ["period_numbers", "records", "sums"]


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples."""
    row = _row_of(tuple(frame.columns))
    return map(row._make, zip(*(frame[column].tolist() for column in frame.columns), strict=True))


@cache
def _row_of(columns: tuple[str, ...]) -> Any:
    # Frames make such a class anew for each call, which takes longer than their few rows.
    return namedtuple("Row", columns, rename=True)


def sums(rows: pd.DataFrame, keys: list[str], column: str = "amount") -> dict[Any, float]:
    """Sum of a column by keys."""
    result: dict[Any, float] = rows.groupby(keys)[column].sum().to_dict()
    return result


def period_numbers(calendar: Calendar, labels: pd.Series) -> npt.NDArray[np.int64]:
    """Numbers of the periods that labels name."""
    codes, names = pd.factorize(labels)
    numbers = np.array([calendar.index(str(name)) for name in names], dtype=np.int64)
    return numbers[codes] if len(codes) else np.empty(0, dtype=np.int64)
