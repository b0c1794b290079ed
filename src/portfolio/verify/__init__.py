"""Check of any plan: what its selection implies is recomputed from the tables, rule by rule.

No solver and no model's matrix is used here, so a mistake in a model, in the
hand-over to a solver or in the solver itself shows up as a violation.
"""

from portfolio.verify.allocation import verify_allocation
from portfolio.verify.allocation_rules import ALLOCATION_FAMILIES
from portfolio.verify.checking import verify
from portfolio.verify.choices import FAMILIES
from portfolio.verify.limits import LIMITS
from portfolio.verify.overshoot import overshoots
from portfolio.verify.rows import Violation

__all__ = [
    "ALLOCATION_FAMILIES",
    "FAMILIES",
    "LIMITS",
    "Violation",
    "overshoots",
    "verify",
    "verify_allocation",
]
