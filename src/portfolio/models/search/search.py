"""A search for good plans on several processes, always with a proven bound."""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.errors import SolveError
from portfolio.models.search.problem import Problem
from portfolio.models.search.worker import Job

__all__ = ["Found", "search"]

Floats = npt.NDArray[np.float64]

_MOST_WORKERS = 8


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
    trace : list of (seconds, value, bound)
        A row each time that one of the two became better.
    """

    columns: Floats | None = None
    value: float = -np.inf
    bound: float = np.inf
    closed: bool = False
    infeasible: bool = False
    unbounded: bool = False
    trace: list[tuple[float, float, float]] = field(default_factory=list)

    def near(self, gap: float, offset: float) -> bool:
        """Whether the plan is within a relative gap of the bound."""
        distance = self.bound - self.value
        return bool(distance <= max(gap * abs(self.value + offset), 1e-9))


class _Crew:
    """The worker processes and what they say."""

    def __init__(self, jobs: list[Job]) -> None:
        self.said: queue.SimpleQueue[tuple[int, str, Any]] = queue.SimpleQueue()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._orders: list[queue.SimpleQueue[bytes | None]] = []
        self._threads: list[threading.Thread] = []
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        code = "from portfolio.models.search.worker import main; main()"
        command = [sys.executable, "-c", code]
        try:
            for job in jobs:
                pipe = subprocess.PIPE
                process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment)
                self._processes.append(process)
                orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
                self._orders.append(orders)
                number = len(self._processes) - 1
                for task in (self._listen, self._send):
                    thread = threading.Thread(target=task, args=(number,), daemon=True)
                    thread.start()
                    self._threads.append(thread)
                orders.put(pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL))
        except BaseException:
            self.dismiss()
            raise

    def tell(self, number: int, kind: str, content: Any) -> None:
        """Tell one worker; never waits for it."""
        self._orders[number].put(pickle.dumps((kind, content), protocol=pickle.HIGHEST_PROTOCOL))

    def _send(self, number: int) -> None:
        stream = self._processes[number].stdin
        assert stream is not None
        while (order := self._orders[number].get()) is not None:
            try:
                stream.write(order)
                stream.flush()
            except OSError:
                return

    def _listen(self, number: int) -> None:
        process = self._processes[number]
        assert process.stdout is not None
        while True:
            try:
                kind, content = pickle.load(process.stdout)  # from a process that we started
            except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                self.said.put((number, "gone", process.wait()))
                return
            self.said.put((number, kind, content))

    def dismiss(self) -> None:
        """End all workers, and wait until they are gone."""
        for process in self._processes:
            process.kill()
        for orders in self._orders:
            orders.put(None)
        for process in self._processes:
            process.wait()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    try:
                        stream.close()
                    except OSError:
                        continue


def search(
    problem: Problem,
    seconds: float,
    *,
    gap: float = 0.0,
    offset: float = 0.0,
    seed: int = 0,
    threads: int = 0,
    work: int = 0,
    start: Floats | None = None,
    tell: Callable[[str], None] | None = None,
) -> Found:
    """Search for a plan, on a process for each thread.

    The first worker solves the relaxation, dives to a first plan and improves
    it. The second runs HiGHS alone, which may settle the problem, until it no
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
    work : int
        Neighbourhoods a worker, where the limit is on work and not on time;
        then workers do not exchange plans and HiGHS alone is left out, and the same
        seed and number of threads give the same plan, unless the time limit comes first.
    start : numpy.ndarray, optional
        A plan to begin with.
    tell : callable, optional
        Is told in words how far the search has come.

    Returns
    -------
    Found

    Raises
    ------
    SolveError
        If a worker fails.
    """
    began = time.monotonic()
    deadline = began + seconds
    tight = problem.tightened()
    size = min(threads or os.cpu_count() or 1, _MOST_WORKERS)
    found = Found()
    if start is not None and problem.allows(start):
        found.columns, found.value = start, problem.value(start)
    jobs = [
        Job(
            tight,
            deadline - time.monotonic(),
            gap,
            seed + 7919 * number,
            leads=number == 0,
            bounds=not work and number == min(1, size - 1),
            work=work,
            columns=found.columns,
        )
        for number in range(size)
    ]
    crew = _Crew(jobs)
    try:
        _follow(crew, size, found, tight, deadline, gap, offset, began, bool(work), tell)
    finally:
        crew.dismiss()
    return found


def _follow(
    crew: _Crew,
    size: int,
    found: Found,
    problem: Problem,
    deadline: float,
    gap: float,
    offset: float,
    began: float,
    alone: bool,
    tell: Callable[[str], None] | None,
) -> None:
    """Hear the workers until the gap is closed, the time over or the work done."""
    working, plans = set(range(size)), {}
    told = np.inf
    while working and (left := deadline - time.monotonic()) > 0:
        try:
            number, kind, content = crew.said.get(timeout=left)
        except queue.Empty:
            break
        others = [other for other in range(size) if other != number]
        if kind in ("error", "gone"):
            if number in working:
                words = content if kind == "error" else f"it ended with code {content}"
                raise SolveError(f"a worker of the search failed: {words}")
        elif kind == "ended":
            working.discard(number)
        elif kind in ("infeasible", "unbounded"):
            found.infeasible, found.unbounded = kind == "infeasible", kind == "unbounded"
            return
        elif kind == "closed":
            found.closed = True
            return
        elif kind == "plan":
            value = problem.value(content)
            better = value > found.value or (value == found.value and number < plans.get(value, size))
            if better and problem.allows(content):
                found.columns, found.value = content, value
                plans[value] = number
                for other in [] if alone else others:
                    crew.tell(other, "plan", content)
        else:
            bound = content.bound if kind == "relaxation" else content
            found.bound = min(found.bound, bound)
            for other in others:
                crew.tell(other, kind, content)
        if kind in ("plan", "bound", "relaxation"):
            now = time.monotonic() - began
            found.trace.append((now, found.value, found.bound))
            share = (found.bound - found.value) / max(abs(found.value + offset), 1e-12)
            if tell is not None and share < 0.95 * min(told, 1.0):
                told = share
                tell(f"a plan {100 * share:.2f} % from the best possible, after {now:.0f} s")
        if found.near(gap, offset):
            found.closed = True
            return
