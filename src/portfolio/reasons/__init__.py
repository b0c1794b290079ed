"""Why each project is in, later or out: one sentence each, without a solver."""

from portfolio.reasons.sentences import with_reasons

__all__ = ["with_reasons"]
