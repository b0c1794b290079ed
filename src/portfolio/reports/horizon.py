"""The periods that a report is about, in words."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.figures import period_words
from portfolio.language import say

__all__ = ["horizon_words"]


def horizon_words(periods: Sequence[str]) -> str:
    """From which period to which: ``Nov 2026 to Oct 2028``.

    Parameters
    ----------
    periods : sequence of str
        Labels of the horizon, at least one.
    """
    first, last = period_words(periods[0]), period_words(periods[-1])
    if len(periods) == 1:
        return first
    return say("{first} to {last}", first=first, last=last)
