"""A search for good plans on several processes, always with a proven bound."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portfolio.errors import SolveError
from portfolio.models.search.crew import Crew, processors
from portfolio.models.search.job import Job
from portfolio.models.search.problem import TOLERANCE, Problem

__all__ = ["Found", "search"]

Floats = npt.NDArray[np.float64]
Tell = Callable[[str], None]

_MOST_WORKERS = 8

_NEWS = 0.9
"""Share of the distance told last under which a new one is worth telling."""


@dataclass(eq=False)
class Found:
    """What a search has found.

    Attributes
    ----------
    columns : numpy.ndarray or None
    value : float
        -inf without a plan.
    bound : float
        No plan is better; inf where unknown.
    closed : bool
        Whether the search ended by its gap.
    infeasible, unbounded : bool
    """

    columns: Floats | None = None
    value: float = -np.inf
    bound: float = np.inf
    closed: bool = False
    infeasible: bool = False
    unbounded: bool = False

    def take(self, problem: Problem, columns: Floats) -> bool:
        """Keep a plan that is better than the one before, and holds every row."""
        value = problem.value(columns)
        if not value > self.value or not problem.allows(columns):
            return False
        self.columns, self.value = columns, value
        return True

    def distance(self, offset: float) -> float:
        """Distance of plan and bound, as a share of the objective's value."""
        return (self.bound - self.value) / max(abs(self.value + offset), 1e-12)

    def near(self, gap: float, offset: float) -> bool:
        """Whether the plan is within a relative gap of the bound."""
        if self.columns is None:
            return False
        allowed = gap * abs(self.value + offset)
        return bool(self.bound - self.value <= max(allowed, 1e-9))


def search(
    problem: Problem,
    seconds: float,
    *,
    gap: float = 0.0,
    offset: float = 0.0,
    seed: int = 0,
    threads: int = 0,
    work: bool = False,
    start: Floats | None = None,
    tell: Tell | None = None,
) -> Found:
    """Search for a plan, on a process for each thread.

    The first worker solves the relaxation, dives to a first plan and improves
    it. The last runs HiGHS alone, which may settle the problem, until it no
    longer brings the bound down; then it dives and improves too, as all
    others do. Every plan and every bound goes to all.

    Parameters
    ----------
    problem : Problem
    seconds : float
    gap : float
        Relative distance of plan and bound at which the search ends.
    offset : float
        What the objective's value has beside the columns.
    seed : int
    threads : int
        Worker processes; 0: one for each processor, eight at most.
    work : bool
        Whether the limit is on work, about what an idle processor does in
        `seconds`, and not on time. Then workers do not exchange plans and HiGHS
        alone is left out, and the same seed and number of threads give the same plan.
    start : numpy.ndarray, optional
        A plan to begin with.
    tell : callable, optional
        Is told in words how far the search has come.

    Returns
    -------
    Found
        When interrupted by the limit: the best plan until then.

    Raises
    ------
    SolveError
        If a worker fails.
    """
    began = time.monotonic()
    tight = problem.tightened()
    found = Found()
    if start is not None:
        found.take(tight, start)
    size = threads or min(processors(), _MOST_WORKERS)
    left = seconds - (0.0 if work else time.monotonic() - began)
    jobs = [
        Job(
            problem=tight,
            seconds=left,
            gap=gap,
            offset=offset,
            seed=seed + 7919 * number,
            leads=number == 0,
            bounds=not work and number == size - 1,
            work=work,
            columns=found.columns,
        )
        for number in range(size)
    ]
    deadline = np.inf if work else began + seconds
    crew = Crew(jobs)
    try:
        _Search(crew, size, tight, found, gap, offset, work, tell).follow(began, deadline)
    finally:
        crew.dismiss()
    return found


class _Search:
    """Hears the workers and passes on what they find."""

    def __init__(
        self,
        crew: Crew,
        size: int,
        problem: Problem,
        found: Found,
        gap: float,
        offset: float,
        work: bool,
        tell: Tell | None,
    ) -> None:
        self.crew, self.size, self.problem, self.found = crew, size, problem, found
        self.gap, self.offset, self.work, self.tell = gap, offset, work, tell
        self.told = 1.0
        self.working = set(range(size))
        self.best_of = [found.columns] * size

    def follow(self, began: float, deadline: float) -> None:
        """Hear the workers until the gap is closed, the time over or the work done."""
        found = self.found
        while self.working and (left := deadline - time.monotonic()) > 0:
            try:
                patience = None if np.isinf(left) else left
                number, kind, content = self.crew.said.get(timeout=patience)
            except queue.Empty:
                break
            if kind in ("error", "gone"):
                if number in self.working:
                    words = content if kind == "error" else f"it ended with code {content}"
                    raise SolveError(f"a worker of the search failed: {words}")
            elif kind == "ended":
                self.working.discard(number)
            elif kind in ("infeasible", "unbounded"):
                found.infeasible, found.unbounded = kind == "infeasible", kind == "unbounded"
                return
            elif kind == "closed":
                # HiGHS alone is done; its plan may pass a row once it is rounded, and then is none.
                self.working.discard(number)
                found.closed = found.near(max(self.gap, TOLERANCE), self.offset)
                if found.closed:
                    return
            elif kind == "plan":
                self._plan(number, content)
            else:
                found.bound = min(found.bound, content.bound if kind == "relaxation" else content)
                self._pass_on(number, kind, content)
            self._say(time.monotonic() - began)
            if not self.work and found.near(self.gap, self.offset):
                break
        if self.work:
            # In the workers' order, whichever was the first to be heard.
            for columns in self.best_of:
                if columns is not None:
                    found.take(self.problem, columns)
        found.closed = found.near(self.gap, self.offset)

    def _plan(self, number: int, columns: Floats) -> None:
        if self.work:
            self.best_of[number] = columns
        elif self.found.take(self.problem, columns):
            self._pass_on(number, "plan", columns)

    def _pass_on(self, number: int, kind: str, content: object) -> None:
        for other in range(self.size):
            if other != number and other in self.working:
                self.crew.tell(other, kind, content)

    def _say(self, seconds: float) -> None:
        if self.found.columns is None or self.tell is None:
            return
        share = self.found.distance(self.offset)
        if share < _NEWS * self.told:
            self.told = share
            self.tell(f"a plan {100 * share:.2g} % from the best possible, after {seconds:.0f} s")
