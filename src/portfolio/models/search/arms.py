"""What is tried next, by what it brought lately, and how large."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["Arms"]

_MEMORY = 0.7
"""Weight of what was known of an arm when more is learnt."""

_CHANCE = 0.08
"""What every arm keeps: what brings nothing today may be all that is left tomorrow."""


class Arms:
    """Things to try, drawn by their gain in a second and sized by their success ([1]_).

    Parameters
    ----------
    sizes : sequence of float
        Size of each arm at first.
    rng : numpy.random.Generator

    References
    ----------
    .. [1] S. Ropke, D. Pisinger (2006). An adaptive large neighborhood search
       heuristic for the pickup and delivery problem with time windows.
       Transportation Science 40, 455-472.
    """

    def __init__(self, sizes: Sequence[float], rng: np.random.Generator) -> None:
        self.rng = rng
        self.sizes = list(sizes)
        self._rates = np.full(len(self.sizes), np.inf)

    def draw(self) -> int:
        """Number of the arm that comes next."""
        untried = np.flatnonzero(np.isinf(self._rates))
        if len(untried):
            return int(untried[0])
        share = np.sqrt(self._rates / max(self._rates.max(), 1e-300)) + _CHANCE
        return int(self.rng.choice(len(self.sizes), p=share / share.sum()))

    def learn(self, arm: int, gain: float, seconds: float, larger: float) -> None:
        """Take in what came of an arm.

        Parameters
        ----------
        arm : int
        gain : float
            What the objective gained, 0 or more.
        seconds : float
            What it took.
        larger : float
            Factor of its size from now on.
        """
        rate = gain / max(seconds, 1e-3)
        known = self._rates[arm]
        self._rates[arm] = rate if np.isinf(known) else _MEMORY * known + (1 - _MEMORY) * rate
        self.sizes[arm] *= larger
