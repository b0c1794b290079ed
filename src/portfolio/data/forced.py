"""Why a project is forced in or out, in words."""

from __future__ import annotations

from typing import Final

from portfolio.language import mark, say

__all__ = ["forced_words"]

_REASONS: Final = {
    "regulatory": mark("regulatory"),
    "committed": mark("committed"),
    "strategic": mark("strategic"),
    "other": mark("other"),
}
_WAYS: Final = {"in": mark("forced in"), "out": mark("forced out")}


def forced_words(way: str, reason: str) -> str:
    """Why a project is forced; that it is where no reason is given.

    Parameters
    ----------
    way : str
        in or out.
    reason : str
        As in the column ``force_reason``.
    """
    return say(_REASONS[reason] if reason else _WAYS[way])
