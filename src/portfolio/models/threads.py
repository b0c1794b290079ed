"""HiGHS' pool of threads: one a process, of one size at a time.

A run that asks for another number of threads than the pool has ends at once, without
a solution and with an error alone to tell it from a model that has none. So whoever runs
HiGHS says first how many threads it wants, and gets a new pool where the number is another.
"""

from __future__ import annotations

from typing import Any

from portfolio.errors import SolveError
from portfolio.interrupts import uninterrupted

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

    A signal such as Ctrl-C, which Python would hear only when the run has ended by itself, ends
    it, and is then heard. Only before the search for whole numbers begins does it wait.

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
    with uninterrupted() as waiting:

        def pause(event: Any) -> None:
            if waiting():
                event.interrupt()

        highs.cbMipInterrupt += pause
        try:
            status = highs.run()
        finally:
            highs.cbMipInterrupt -= pause
    if status == highspy.HighsStatus.kError:
        word = highs.modelStatusToString(highs.getModelStatus())
        raise SolveError(f"HiGHS failed: {word}")
