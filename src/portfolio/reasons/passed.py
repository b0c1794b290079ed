"""A limit that a project would pass, and the words for lists in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portfolio.language import decimal, listed, say

__all__ = ["SMALL", "Passed", "some"]

SMALL = 1e-6
"""What is no more than this, relative where the amount is above 1, passes nothing."""


@dataclass(frozen=True)
class Passed:
    """One limit that a project would pass.

    Attributes
    ----------
    tell : callable
        Says the limit, and by how much it would be passed. Of all starts that are tried only
        the best is told of, and words take longer than numbers.
    share : float
        By what share of the limit.
    """

    tell: Callable[[], str]
    share: float

    @classmethod
    def said(cls, words: str, share: float) -> Passed:
        """A limit whose words are there already."""
        return cls(lambda: words, share)

    @property
    def words(self) -> str:
        """The limit, and by how much it would be passed."""
        return self.tell()


def some(names: list[str], most: int = 2) -> str:
    """The first names, and how many more there are."""
    if len(names) <= most + 1:
        return listed(names)
    more = decimal(len(names) - most, "d")
    return say("{names} and {number} more", names=", ".join(names[:most]), number=more)
