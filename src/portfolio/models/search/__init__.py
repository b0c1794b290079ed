"""A search for good solutions of large models, with a proven bound.

HiGHS alone finds the bound of a large selection with timing quickly, and a
good plan late. Here the relaxation leads the way: what is weighty is settled
by a dive (`dive`), HiGHS decides what is left, and neighbourhoods of the plan
are decided again and again (`climb`), on a process for each processor
(`worker`), until the distance to the bound is small enough (`search`).
"""

from portfolio.models.search.problem import Layout, Problem, problem_of
from portfolio.models.search.search import Found, search

__all__ = ["Found", "Layout", "Problem", "problem_of", "search"]
