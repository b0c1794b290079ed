"""Finite upper bounds for columns that the model leaves without one.

A Lagrangian relaxation takes rows away. A column that only these rows held
back, such as a payment that a budget limits, would then grow without end and
the bound would be worth nothing. Two arguments give it a bound of its own:

*Implied.* In a row with an upper limit, a column is at most what the limit
leaves when all others are as small as they can be; every solution keeps it.

*Needed.* A column that costs something, or nothing, is worth having only for
rows that it helps. Of all best solutions take one in which the sum of these
columns is least: each is at its lower bound, or some row that it helps is at
its limit, and then it is at most what the row can lack. Not every solution
keeps this bound, but a best one does, and a bound on the objective needs no more.

Both are far tighter where of the whole columns of a group, of which at most one
is taken, only the largest coefficient counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Entries", "Rest", "implied", "needed"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_ROUNDS = 100
"""Bounds that follow from others: a fund that carries over does so period by period."""

_WORTH = 1e-6
"""Share by which a bound has to become better to be worth another round."""

_SAFE = 1e-9
"""Share by which bounds are made wider than computed, so that rounding cuts nothing off."""


@dataclass(frozen=True, eq=False)
class Entries:
    """Coefficients of the columns that are given bounds.

    Attributes
    ----------
    row, column : numpy.ndarray of int, shape (entries,)
    value : numpy.ndarray, shape (entries,)
    """

    row: Ints
    column: Ints
    value: Floats


@dataclass(frozen=True, eq=False)
class Rest:
    """What all other columns of each row can come to, with the row's limits.

    Attributes
    ----------
    least, most : numpy.ndarray, shape (rows,)
    lower, upper : numpy.ndarray, shape (rows,)
    """

    least: Floats
    most: Floats
    lower: Floats
    upper: Floats


def implied(entries: Entries, rest: Rest, lower: Floats, upper: Floats) -> Floats:
    """Upper bounds that every solution keeps.

    Parameters
    ----------
    entries : Entries
    rest : Rest
    lower, upper : numpy.ndarray, shape (columns,)
        Of the columns; lower bounds are finite.

    Returns
    -------
    numpy.ndarray, shape (columns,)
        Infinite where none follows.
    """
    row, column, value = entries.row, entries.column, entries.value
    upper = upper.copy()
    for _ in range(_ROUNDS):
        smallest = np.where(value > 0, value * lower[column], value * upper[column])
        largest = np.where(value > 0, value * upper[column], value * lower[column])
        room = rest.upper[row] - _others(row, smallest, rest.least)
        over = (value > 0) & np.isfinite(room)
        lack = rest.lower[row] - _others(row, largest, rest.most)
        under = (value < 0) & np.isfinite(lack)
        found = np.full(len(upper), np.inf)
        np.minimum.at(found, column[over], room[over] / value[over])
        np.minimum.at(found, column[under], lack[under] / value[under])
        found = np.maximum(_wider(found), lower)
        better = np.isfinite(found) & (_wider(found, _WORTH) < upper)
        if not better.any():
            break
        upper = np.where(better, found, upper)
    return upper


def needed(entries: Entries, rest: Rest, free: Flags, lower: Floats, upper: Floats) -> Floats:
    """Upper bounds that some best solution keeps.

    Parameters
    ----------
    entries : Entries
    rest : Rest
    free : numpy.ndarray of bool, shape (columns,)
        Whether the column adds nothing to the objective, or takes from it.
    lower, upper : numpy.ndarray, shape (columns,)

    Returns
    -------
    numpy.ndarray, shape (columns,)
    """
    row, column, value = entries.row, entries.column, entries.value
    smallest = np.where(value > 0, value * lower[column], value * upper[column])
    largest = np.where(value > 0, value * upper[column], value * lower[column])
    need = lower.copy()
    helps = (value < 0) & np.isfinite(rest.upper[row])
    lack = _others(row, largest, rest.most)[helps] - rest.upper[row[helps]]
    np.maximum.at(need, column[helps], lack / -value[helps])
    helps = (value > 0) & np.isfinite(rest.lower[row])
    lack = rest.lower[row[helps]] - _others(row, smallest, rest.least)[helps]
    np.maximum.at(need, column[helps], lack / value[helps])
    return np.where(free, np.minimum(upper, _wider(need)), upper)


def _others(row: Ints, ends: Floats, rest: Floats) -> Floats:
    """What a row comes to without one of its entries, where each is at its end."""
    infinite = np.isinf(ends)
    finite = np.where(infinite, 0.0, ends)
    total = rest + np.bincount(row, finite, minlength=len(rest))
    endless = np.bincount(row, infinite, minlength=len(rest))
    # All but one of a row's ends have one sign of infinity.
    sign = np.where(np.bincount(row, np.where(infinite, ends, 0.0), len(rest)) < 0, -np.inf, np.inf)
    return np.where(endless[row] > infinite, sign[row], total[row] - finite)


def _wider(bounds: Floats, share: float = _SAFE) -> Floats:
    return bounds + share * np.maximum(1.0, np.where(np.isfinite(bounds), np.abs(bounds), 0.0))
