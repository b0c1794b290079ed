"""How a solve ended, in words; and its values in full, for an appendix."""

from __future__ import annotations

import math
from typing import Final

from portfolio.language import decimal, mark, say
from portfolio.reports.pieces import Written
from portfolio.result import Status

__all__ = ["EXACT", "status_words"]

_STATUSES: Final = {
    Status.OPTIMAL: mark("optimal"),
    Status.FEASIBLE: mark("feasible"),
    Status.INFEASIBLE: mark("infeasible"),
    Status.NO_SOLUTION: mark("no solution"),
    Status.INVALID: mark("invalid"),
}


def status_words(status: str) -> str:
    """What a status is called.

    Parameters
    ----------
    status : str
        A `portfolio.result.Status`.
    """
    return say(_STATUSES[Status(status)])


def _exact(value: float) -> str:
    if math.isnan(value):
        return ""
    return decimal(value, ",.0f" if abs(value) >= 100_000 else ",.6g")


EXACT: Final = Written(_exact, "#,##0.######")
"""A value or a bound in full; nothing where there is none."""
