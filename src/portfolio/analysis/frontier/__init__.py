"""The efficient frontier: for each level of money or people, the best plan under it.

Each point is the optimum under its own limits, not a ranking by value per
cost. Forced projects usually lie below the curve without them, so both are
drawn. A point whose gap is not closed is an interval, from its value to its bound.
"""

from portfolio.analysis.frontier.curves import FRONTIER_COLUMNS, PLAN_COLUMNS, Frontier, frontier
from portfolio.analysis.frontier.reading import distances, knee, returning

__all__ = [
    "FRONTIER_COLUMNS",
    "PLAN_COLUMNS",
    "Frontier",
    "distances",
    "frontier",
    "knee",
    "returning",
]
