"""The inner loop of the annealing, compiled: one or two groups at a time are moved."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["make_moves"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

_UNIT = 1.0 / 9007199254740992.0


@numba.njit(cache=True, nogil=True, inline="always")
def _drawn(seed: np.uint64) -> np.uint64:
    """Marsaglia's xorshift: the same everywhere, and quick."""
    seed ^= seed << np.uint64(13)
    seed ^= seed >> np.uint64(7)
    seed ^= seed << np.uint64(17)
    return seed


@numba.njit(cache=True, nogil=True, inline="always")
def _share(seed: np.uint64) -> float:
    return float(seed >> np.uint64(11)) * _UNIT


@numba.njit(cache=True, nogil=True)
def _give(
    start: int,
    end: int,
    sign: float,
    rows: Ints,
    values: Floats,
    weight: Floats,
    margin: Floats,
    room: Floats,
) -> tuple[float, int]:
    """Give room by entries start ... end - 1: what the penalties fall by, rows that are mended."""
    gain = 0.0
    mended = 0
    for k in range(start, end):
        i = rows[k]
        was = room[i]
        now = was + sign * values[k]
        room[i] = now
        if was < margin[i]:
            gain += weight[i] * (min(now, margin[i]) - was)
            if was < 0.0 and now >= 0.0:
                mended += 1
    return gain, mended


@numba.njit(cache=True, nogil=True)
def _take(
    start: int,
    end: int,
    sign: float,
    rows: Ints,
    values: Floats,
    weight: Floats,
    margin: Floats,
    room: Floats,
    gain: float,
    least: float,
) -> tuple[float, int, int]:
    """Take room, until the gain is too low: gain, entry at which it ended, rows then passed."""
    broken = 0
    k = start
    while k < end and gain >= least:
        i = rows[k]
        was = room[i]
        now = was + sign * values[k]
        room[i] = now
        if now < margin[i]:
            gain -= weight[i] * (min(was, margin[i]) - now)
            if now < 0.0 and was >= 0.0:
                broken += 1
        k += 1
    return gain, k, broken


@numba.njit(cache=True, nogil=True)
def make_moves(
    first: Ints,
    split: Ints,
    rows: Ints,
    values: Floats,
    worth: Floats,
    weight: Floats,
    margin: Floats,
    room: Floats,
    state: Ints,
    pool_group: Ints,
    pool_state: Ints,
    temperature: float,
    moves: int,
    seed: int,
    value: float,
    best_value: float,
    best: Ints,
) -> tuple[float, float, int]:
    """Propose moves and take them by Metropolis' rule; in place.

    A move puts one group, or two at a time, into another state: one of its
    columns, or none. Its gain is what the objective gains less what the
    penalties grow by; a row's penalty is weight x max(0, margin - room).

    Parameters
    ----------
    first, split : numpy.ndarray, shape (columns + 1,) and (columns,)
        Where a column's entries begin, and where those begin that take room.
    rows, values : numpy.ndarray, shape (entries,)
        Row and coefficient; of each column those that give room (below 0) first.
    worth : numpy.ndarray, shape (columns,)
        What a column adds to the objective.
    weight, margin, room : numpy.ndarray, shape (rows,)
        A row is held where room >= 0; `room` is kept up to date.
    state : numpy.ndarray, shape (groups,)
        The column that each group has; -1 for none. Kept up to date.
    pool_group, pool_state : numpy.ndarray, shape (proposals,)
        What may be proposed, each as likely as the other.
    temperature : float
    moves : int
    seed : int
        Not 0.
    value : float
        The objective's value of `state`.
    best_value : float
    best : numpy.ndarray, shape (groups,)
        The best states that hold all rows; kept up to date.

    Returns
    -------
    value, best_value : float
    taken : int
        How many moves were taken.
    """
    draw = np.uint64(seed)
    size = len(pool_group)
    group = np.zeros(2, np.int32)
    old = np.zeros(2, np.int32)
    new = np.zeros(2, np.int32)
    end_old = np.zeros(2, np.int32)
    end_new = np.zeros(2, np.int32)
    taken = 0
    broken = 0
    for i in range(len(room)):
        if room[i] < 0.0:
            broken += 1
    for _ in range(moves):
        draw = _drawn(draw)
        least = temperature * math.log(_share(draw) + _UNIT)
        draw = _drawn(draw)
        several = 2 if draw & np.uint64(1 << 40) else 1
        count = 0
        for _ in range(several):
            draw = _drawn(draw)
            chosen = int(_share(draw) * size)
            group[count] = pool_group[chosen]
            new[count] = pool_state[chosen]
            old[count] = state[group[count]]
            if new[count] != old[count] and (count == 0 or group[1] != group[0]):
                count += 1
        if count == 0:
            continue
        gain = 0.0
        change = 0
        # What gives room comes first: after it the gain only falls, and a move that
        # has fallen too low need not be followed to its end.
        for j in range(count):
            a, b = old[j], new[j]
            if a >= 0:
                more, mended = _give(
                    split[a], first[a + 1], 1.0, rows, values, weight, margin, room
                )
                gain += more - worth[a]
                change -= mended
            if b >= 0:
                more, mended = _give(first[b], split[b], -1.0, rows, values, weight, margin, room)
                gain += more + worth[b]
                change -= mended
        for j in range(count):
            a, b = old[j], new[j]
            if b >= 0:
                gain, end_new[j], passed = _take(
                    split[b], first[b + 1], -1.0, rows, values, weight, margin, room, gain, least
                )
                change += passed
            if a >= 0:
                gain, end_old[j], passed = _take(
                    first[a], split[a], 1.0, rows, values, weight, margin, room, gain, least
                )
                change += passed
        if gain >= least:
            taken += 1
            broken += change
            for j in range(count):
                state[group[j]] = new[j]
                if old[j] >= 0:
                    value -= worth[old[j]]
                if new[j] >= 0:
                    value += worth[new[j]]
            if broken == 0 and value > best_value:
                best_value = value
                best[:] = state
            continue
        for j in range(count):
            a, b = old[j], new[j]
            if a >= 0:
                for k in range(first[a], end_old[j]):
                    room[rows[k]] -= values[k]
                for k in range(split[a], first[a + 1]):
                    room[rows[k]] -= values[k]
            if b >= 0:
                for k in range(first[b], end_new[j]):
                    room[rows[k]] += values[k]
    return value, best_value, taken
