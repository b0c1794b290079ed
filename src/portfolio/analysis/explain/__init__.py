"""Questions about a plan: why a project is in it or not, and what would change that.

Every answer is found by solving again, from one model that is built once, and the plan
that it rests on is checked without the solver. Value is the scenario's first objective:
the one that the plan makes best before all others. A difference of two solves carries
the gaps of both, and is shown as an interval.
"""

from portfolio.analysis.explain.alternatives import ALTERNATIVES, Alternatives, alternatives
from portfolio.analysis.explain.answers import BringsIn, Explanation
from portfolio.analysis.explain.ask import (
    EXPLANATIONS,
    LEFT_OUT,
    explain,
    explanations_table,
    why_not_all,
    why_not_each,
)
from portfolio.analysis.explain.inquiry import Inquiry, inquiry
from portfolio.analysis.explain.worth import BOTTLENECKS, Bottlenecks, bottlenecks, worth_of_more

__all__ = [
    "ALTERNATIVES",
    "BOTTLENECKS",
    "EXPLANATIONS",
    "LEFT_OUT",
    "Alternatives",
    "Bottlenecks",
    "BringsIn",
    "Explanation",
    "Inquiry",
    "alternatives",
    "bottlenecks",
    "explain",
    "explanations_table",
    "inquiry",
    "why_not_all",
    "why_not_each",
    "worth_of_more",
]
