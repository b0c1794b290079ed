"""A portfolio and a scenario -> a plan whose work named people do, and their allocation."""

from portfolio.allocate.run import allocate

__all__ = ["allocate"]
