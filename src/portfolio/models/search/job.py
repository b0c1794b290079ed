"""What a worker of a search is asked to do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portfolio.models.search.problem import Problem

__all__ = ["Job"]


@dataclass(frozen=True, eq=False)
class Job:
    """What a worker is asked to do.

    Attributes
    ----------
    problem : Problem
        Tightened.
    seconds : float
        Time that is left; where `work` is asked, idle seconds that the work is to take.
    gap, offset : float
        Relative distance to the bound at which the worker may end; what the
        objective's value has beside the columns.
    seed : int
    leads : bool
        Whether this worker solves the relaxation; the others get it.
    bounds : bool
        Whether this worker runs HiGHS alone, for the bound, as long as it pays.
    work : bool
        Whether the limit is on work and not on time.
    columns : numpy.ndarray or None
        A plan to begin with.
    """

    problem: Problem
    seconds: float
    gap: float
    offset: float
    seed: int
    leads: bool
    bounds: bool
    work: bool
    columns: npt.NDArray[np.float64] | None = None
