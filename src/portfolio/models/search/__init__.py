"""A search for good solutions of large models, with a proven bound.

HiGHS alone finds the bound of a large selection with timing quickly, and a
good plan late. Here the relaxation leads the way (`relaxation`): what is
weighty is settled by a dive (`dive`), the rest is annealed at the relaxation's
prices (`anneal`), and what comes of it is improved by annealing and by
neighbourhoods that HiGHS decides (`climb`), on a process for each processor
(`worker`, `crew`), until the distance to the bound is small enough (`search`).
`SearchSession` is what `portfolio.models.solve` uses.
"""

from portfolio.models.search.session import SearchSession, is_large

__all__ = ["SearchSession", "is_large"]
