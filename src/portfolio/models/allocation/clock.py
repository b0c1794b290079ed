"""How much of its time a run has left."""

from __future__ import annotations

import time

__all__ = ["Clock"]


class Clock:
    """The seconds of a run, which begin as this is made.

    Parameters
    ----------
    seconds : float
        Of the whole run, by the clock on the wall.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began = time.monotonic()

    def until(self, share: float) -> float:
        """Seconds until a share of the whole has passed; 0 where it has.

        Parameters
        ----------
        share : float
            From 0 to 1.
        """
        return max(share * self._seconds - (time.monotonic() - self._began), 0.0)
