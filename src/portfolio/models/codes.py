"""Keys as codes: which rows of tables belong together, without the cost of a merge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["pairs", "places", "positions"]

Ints = npt.NDArray[np.int64]

_LARGEST_LOOKUP = 20_000_000
"""Cells of a lookup up to which it is made; beyond it rows are searched for."""


def pairs(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Every pair of positions at which two arrays of codes are equal.

    Parameters
    ----------
    left, right : numpy.ndarray of int
        Codes, 0 or more.

    Returns
    -------
    left_positions, right_positions : numpy.ndarray of int
        In the order of `left`; a merge without the cost of one.
    """
    order = np.argsort(right, kind="stable")
    size = int(max(left.max(initial=-1), right.max(initial=-1))) + 1
    counts = np.bincount(right, minlength=size)
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    repeat = counts[left]
    left_positions = np.repeat(np.arange(len(left)), repeat)
    starts = np.repeat(first[left], repeat)
    within = np.arange(len(left_positions)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    return left_positions, order[starts + within]


def positions(rows: pd.DataFrame, entries: pd.DataFrame) -> Ints:
    """Positions in `rows` of the keys of entries, by packed codes and a lookup.

    Parameters
    ----------
    rows : pandas.DataFrame
        Keys of rows, as codes; no two rows are the same.
    entries : pandas.DataFrame
        The same columns, and maybe others.

    Returns
    -------
    numpy.ndarray of int, shape (entries,)

    Raises
    ------
    KeyError
        If an entry has the keys of no row.
    """
    sizes = [
        int(max(rows[name].max() if len(rows) else -1, entries[name].max() if len(entries) else -1))
        + 1
        for name in rows.columns
    ]
    packed_rows = _packed(rows, list(rows.columns), sizes)
    packed = _packed(entries, list(rows.columns), sizes)
    for name in rows.columns:
        if len(entries) and entries[name].min() < 0:
            lost = entries.iloc[int(np.argmin(entries[name].to_numpy()))].to_dict()
            raise KeyError(f"an entry belongs to no row of its family: {lost}")
    size = int(np.prod([float(s) for s in sizes])) if sizes else 1
    if not len(rows):
        numbers = np.full(len(entries), -1, dtype=np.int64)
    elif size <= _LARGEST_LOOKUP:
        lookup = np.full(max(size, 1), -1, dtype=np.int64)
        lookup[packed_rows] = np.arange(len(rows))
        numbers = lookup[packed]
    else:
        order = np.argsort(packed_rows)
        place = np.searchsorted(packed_rows[order], packed)
        place = np.minimum(place, len(rows) - 1)
        numbers = np.where(packed_rows[order][place] == packed, order[place], -1)
    if len(numbers) and numbers.min() < 0:
        lost = entries.iloc[int(np.argmin(numbers))].to_dict()
        raise KeyError(f"an entry belongs to no row of its family: {lost}")
    return numbers


def _packed(frame: pd.DataFrame, names: list[str], sizes: list[int]) -> Ints:
    packed = np.zeros(len(frame), dtype=np.int64)
    for name, size in zip(names, sizes, strict=True):
        packed = packed * size + frame[name].to_numpy(dtype=np.int64)
    return packed


def places(texts: pd.Series, names: Iterable[str]) -> Ints:
    """Position in `names` of each text; -1 where it is none of them."""
    found: Ints = pd.Index(list(names)).get_indexer(pd.Index(texts)).astype(np.int64)
    return found
