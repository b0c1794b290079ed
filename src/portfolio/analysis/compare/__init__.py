"""Scenarios side by side: what each brings and costs, what differs, and because of which change.

Because of which change: the way from one scenario to another is walked one change at a
time, in the order in which the files have them, and each plan on the way is solved. A
project that stands elsewhere in the end moved at the step since which it stands there. So
the gains of the steps add up to the whole difference; they are those of this order, since
changes help or hinder each other.
"""

from portfolio.analysis.compare.comparison import TABLES, Comparison
from portfolio.analysis.compare.moves import moves
from portfolio.analysis.compare.run import compare
from portfolio.analysis.compare.steps import change_words

__all__ = ["TABLES", "Comparison", "change_words", "compare", "moves"]
