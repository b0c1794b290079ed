"""A small line of how a number went, as SVG that says in words what it shows."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["points"]

WIDTH, HEIGHT, _EDGE = 96, 24, 3


def points(values: Sequence[float]) -> list[tuple[float, float]]:
    """Where the points of a line lie, in a box of `WIDTH` and `HEIGHT`.

    Parameters
    ----------
    values : sequence of float
        The oldest first; at least two.

    Returns
    -------
    list of (float, float)
        Evenly from left to right; the largest value at the top, equal values in the middle.
    """
    low, high = min(values), max(values)
    span = high - low
    step = (WIDTH - 2 * _EDGE) / (len(values) - 1)
    return [
        (
            round(_EDGE + number * step, 1),
            round(HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * ((value - low) / span), 1)
            if span
            else HEIGHT / 2,
        )
        for number, value in enumerate(values)
    ]
