"""What a board calls the decisions on projects, and the ways in which their money is bound."""

from __future__ import annotations

from typing import Final

from portfolio.language import mark, say
from portfolio.reports.history import IN

__all__ = ["KINDS", "ON_OFFER", "decision_words", "kind_words"]

KINDS: Final = ("must_do", "committed", "discretionary")
"""How a project's money is bound."""

ON_OFFER: Final = (*IN, "left_out", "stopped")
"""Decisions on what the optimiser may choose, or keep."""

_KINDS = {
    "must_do": mark("Must do"),
    "committed": mark("Committed"),
    "discretionary": mark("Discretionary"),
}
_DECISIONS = {
    "in_flight": mark("In flight"),
    "funded": mark("Funded"),
    "deferred": mark("Deferred"),
    "left_out": mark("Left out"),
    "stopped": mark("Stopped"),
    "not_offered": mark("Idea"),
    "closed": mark("Closed"),
}


def kind_words(kind: str) -> str:
    """What a kind of money is called; one of `KINDS`."""
    return say(_KINDS[kind])


def decision_words(decision: str) -> str:
    """What a decision is called; one of `portfolio.plan.DECISIONS`."""
    return say(_DECISIONS[decision])
