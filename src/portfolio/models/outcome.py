"""What is asked of a solver, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from portfolio.models.linear import Objective
from portfolio.plan import Status

__all__ = ["Outcome", "Progress", "Settings", "found", "kept", "relative_gap", "without"]

Floats = npt.NDArray[np.float64]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How a model is solved.

    Attributes
    ----------
    time_limit : float
        Seconds for all objectives together.
    gap : float
        Relative distance from the best possible at which a solve may end.
    seed : int
    threads : int
        0 leaves it to the solver.
    solver : str
        ``highs``, or the name of a solver that PuLP drives, for example ``cbc``; see
        `portfolio.models.solvers`.
    limit : {"time", "work"}
        What ends the search of a large model that does not reach its gap:
        ``time_limit`` by the clock, or, for each objective, the work that an idle
        processor does in about that time, however long it takes here. With the same
        seed and number of threads a limit of work gives the same plan each time.
        Smaller models end by their gap or by the clock.
    """

    time_limit: float = 60.0
    gap: float = 0.001
    seed: int = 0
    threads: int = 0
    solver: str = "highs"
    limit: Literal["time", "work"] = "time"

    def __post_init__(self) -> None:
        if not self.time_limit > 0:
            raise ValueError("the time limit is more than 0 seconds")
        if not 0 <= self.gap < 1:
            raise ValueError("the gap is a share from 0 to under 1, for example 0.001")
        if not 0 <= self.seed < 2**31:
            raise ValueError("the seed is from 0 to 2147483647")
        # A system that lets no more threads begin ends HiGHS, and Python with it.
        if not 0 <= self.threads <= 1024:
            raise ValueError("the number of threads is from 0 to 1024")
        if self.limit not in ("time", "work"):
            raise ValueError(f"the limit is on time or on work, not '{self.limit}'")

    def as_dict(self) -> dict[str, Any]:
        """The settings as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Outcome:
    """What came of one solve.

    Attributes
    ----------
    objective : str
    sense : str
    status : Status
    value : float or None
        The objective in the users' unit; None without a solution.
    bound : float or None
        No plan can do better than this.
    gap : float or None
        Distance between the two as a share of |value|.
    seconds : float
    columns : numpy.ndarray or None, shape (columns,)
        The solution, whole where whole is asked.
    """

    objective: str
    sense: str
    status: Status
    value: float | None
    bound: float | None
    gap: float | None
    seconds: float
    columns: Floats | None

    def with_columns(self, columns: Floats) -> Outcome:
        """The same outcome with another solution of the same worth."""
        return replace(self, columns=columns)


def without(objective: Objective, status: Status, seconds: float) -> Outcome:
    """An outcome that has no solution."""
    return Outcome(objective.name, objective.sense, status, None, None, None, seconds, None)


def found(
    objective: Objective, columns: Floats, bound: float, proven: bool, seconds: float
) -> Outcome:
    """An outcome with a solution.

    Parameters
    ----------
    objective : Objective
    columns : numpy.ndarray of float
    bound : float
        Without the objective's constant, in the model's unit; infinite or NaN where unknown.
    proven : bool
        Whether the solver ended by its gap.
    seconds : float
    """
    value = objective.value(columns)
    bound = bound + objective.constant
    if not np.isfinite(bound):
        bound = np.nan
    elif objective.sense == "max":
        bound = max(bound, value)
    else:
        bound = min(bound, value)
    unit = objective.unit
    has_bound = not np.isnan(bound)
    return Outcome(
        objective=objective.name,
        sense=objective.sense,
        status=Status.OPTIMAL if proven and has_bound else Status.FEASIBLE,
        value=value * unit,
        bound=bound * unit if has_bound else None,
        gap=relative_gap(value, bound) if has_bound else None,
        seconds=seconds,
        columns=columns,
    )


def relative_gap(value: float, bound: float) -> float:
    """Distance between a value and its bound, as a share of |value|; 0 where both are 0."""
    return abs(bound - value) / max(abs(value), 1e-9)


def kept(objective: Objective, before: Outcome) -> Outcome:
    """The solution of the objective before, which holds all that is held, for want of time."""
    assert before.columns is not None
    value = objective.value(before.columns) * objective.unit
    return Outcome(
        objective.name, objective.sense, Status.FEASIBLE, value, None, None, 0.0, before.columns
    )
