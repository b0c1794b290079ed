"""HiGHS' pool of threads: one a process, of one size at a time.

A run that asks for another number of threads than the pool has ends at once, without
a solution and with an error alone to tell it from a model that has none. So whoever runs
HiGHS says first how many threads it wants, and gets a new pool where the number is another.
"""

from __future__ import annotations

from typing import Any

from portfolio.errors import SolveError

__all__ = ["pool_for", "run_on"]

_asked: int | None = None


def pool_for(threads: int) -> None:
    """Have the next run of HiGHS in this process find a pool of so many threads.

    Parameters
    ----------
    threads : int
        0: as many as HiGHS takes by itself.
    """
    import highspy

    global _asked
    if threads != _asked:
        highspy.Highs.resetGlobalScheduler(True)
        _asked = threads


def run_on(highs: Any, threads: int) -> None:
    """Run a HiGHS object, whose option ``threads`` is this number.

    Parameters
    ----------
    highs : highspy.Highs
    threads : int
        0: as many as HiGHS takes by itself.

    Raises
    ------
    SolveError
        If HiGHS says that the run failed, which is neither a limit nor an infeasible model.
    """
    import highspy

    pool_for(threads)
    if highs.run() == highspy.HighsStatus.kError:
        word = highs.modelStatusToString(highs.getModelStatus())
        raise SolveError(f"HiGHS failed: {word}")
