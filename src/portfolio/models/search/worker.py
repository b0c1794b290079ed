"""One process of a search: what it is told comes in pickled, what it finds goes out so.

A process of its own, and not a fork: HiGHS keeps threads, which a fork would
lose; and not `multiprocessing`, which would run the caller's script again.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from portfolio.models.search.climb import Climber
from portfolio.models.search.dive import first_plan
from portfolio.models.search.problem import Problem
from portfolio.models.search.relaxation import Relaxation, ask, relax

__all__ = ["Job", "Worker", "main"]

Floats = npt.NDArray[np.float64]

_PAYS = 0.1
"""Share of the distance between plan and bound that a slice of HiGHS alone has to close."""

_NODES = 200
"""Nodes of a neighbourhood where the limit is on work."""


@dataclass(frozen=True, eq=False)
class Job:
    """What a worker is asked to do.

    Attributes
    ----------
    problem : Problem
        Tightened.
    seconds : float
        Time that is left.
    gap : float
        Relative distance at which HiGHS alone may end.
    seed : int
    leads : bool
        Whether this worker solves the relaxation; the others get it.
    bounds : bool
        Whether this worker runs HiGHS alone, for the bound, as long as it pays.
    work : int
        Neighbourhoods after which the worker ends; 0: only time ends it.
    columns : numpy.ndarray or None
        A plan to begin with.
    """

    problem: Problem
    seconds: float
    gap: float
    seed: int
    leads: bool
    bounds: bool
    work: int = 0
    columns: Floats | None = None


class Worker:
    """Does a job and tells what it finds.

    Parameters
    ----------
    job : Job
    out : file
        Where pairs of a kind and its content are written.
    inbox : queue.SimpleQueue
        Pairs from the search: ``plan``, ``bound`` and ``relaxation``.
    """

    def __init__(self, job: Job, out: BinaryIO, inbox: queue.SimpleQueue[Any]) -> None:
        self.job, self.problem = job, job.problem
        self._out, self._inbox = out, inbox
        self.deadline = time.monotonic() + job.seconds
        self.relaxation: Relaxation | None = None
        self.bound = np.inf
        self.columns: Floats | None = None
        self.value = -np.inf
        if job.columns is not None:
            self._found(job.columns, tell=False)

    def run(self) -> None:
        """Relaxation, bound, first plan and neighbourhoods, until the time or the work is done."""
        if self.job.leads and not self._relaxed():
            return
        if self.job.bounds and self._bounded():
            return
        while self.relaxation is None:
            if not self._listen(wait=True):
                return
        self._first_plan()
        if self.columns is not None:
            self._climb(self.columns, self.relaxation)
        self._tell("ended", None)

    def _left(self) -> float:
        return self.deadline - time.monotonic()

    def _tell(self, kind: str, content: Any) -> None:
        pickle.dump((kind, content), self._out, protocol=pickle.HIGHEST_PROTOCOL)
        self._out.flush()

    def _listen(self, *, wait: bool = False) -> bool:
        """Take in what has come; False where the time is over before anything did."""
        try:
            heard = self._inbox.get(wait, max(self._left(), 0.0) if wait else None)
        except queue.Empty:
            return not wait
        while True:
            kind, content = heard
            if kind == "relaxation":
                self.relaxation = content
            elif kind == "bound":
                self.bound = min(self.bound, content)
            elif kind == "plan":
                self._found(content, tell=False)
            try:
                heard = self._inbox.get_nowait()
            except queue.Empty:
                return True

    def _found(self, columns: Floats, *, tell: bool = True) -> None:
        value = self.problem.value(columns)
        if value > self.value and self.problem.allows(columns):
            self.columns, self.value = columns, value
            if tell:
                self._tell("plan", columns)

    def _relaxed(self) -> bool:
        answer, self.relaxation = relax(self.problem, self._left())
        if answer.infeasible or answer.unbounded:
            self._tell("infeasible" if answer.infeasible else "unbounded", None)
        elif self.relaxation is not None:
            self.bound = self.relaxation.bound
            self._tell("relaxation", self.relaxation)
            return True
        return False

    def _bounded(self) -> bool:
        """HiGHS alone; True where it settles the whole problem."""
        slice_ = max(10.0, 0.1 * self.job.seconds)
        until, before = time.monotonic() + slice_, np.inf

        def improving(event: Any) -> None:
            self._found(self._rounded(np.array(event.data_out.mip_solution)))

        def pause(event: Any) -> None:
            nonlocal until, before
            self._listen()
            bound = float(event.data_out.mip_dual_bound)
            if bound < self.bound:
                self.bound = bound
                self._tell("bound", bound)
            if time.monotonic() < until or self.relaxation is None:
                return
            closed = before - self.bound
            before, until = self.bound, time.monotonic() + slice_
            if not closed > _PAYS * (self.bound - self.value):
                event.interrupt()

        def prepare(highs: Any) -> None:
            highs.cbMipImprovingSolution += improving
            highs.cbMipInterrupt += pause

        answer, _ = ask(
            self.problem,
            self._left(),
            start=self.columns,
            prepare=prepare,
            mip_rel_gap=self.job.gap,
            random_seed=self.job.seed,
        )
        if answer.infeasible or answer.unbounded:
            self._tell("infeasible" if answer.infeasible else "unbounded", None)
            return True
        if answer.columns is not None:
            self._found(self._rounded(answer.columns))
        if np.isfinite(answer.bound):
            self.bound = min(self.bound, answer.bound)
            self._tell("bound", self.bound)
        if answer.closed:
            self._tell("closed", None)
        return answer.closed

    def _rounded(self, columns: Floats) -> Floats:
        return np.where(self.problem.whole, np.round(columns), columns)

    def _first_plan(self) -> None:
        seed = self.job.seed
        while self.relaxation is not None and self._left() > 0:
            share = self._left() if self.job.work else min(self._left(), 0.4 * self.job.seconds)
            nodes = _NODES if self.job.work else None
            columns = first_plan(self.problem, self.relaxation, share, seed, nodes=nodes)
            if columns is not None:
                self._found(columns)
            self._listen()
            if self.columns is not None or self.job.work:
                return
            seed += 1000

    def _climb(self, columns: Floats, relaxation: Relaxation) -> None:
        nodes = _NODES if self.job.work else None
        bound = min(self.bound, relaxation.bound)
        climber = Climber(self.problem, relaxation, bound, columns, self.job.seed, nodes=nodes)
        steps = 0
        while self._left() > 0 and not (self.job.work and steps >= self.job.work):
            steps += 1
            if climber.step(self._left()):
                self._found(climber.columns)
            self._listen()
            climber.bound = min(climber.bound, self.bound)
            if self.columns is not None:
                climber.take(self.columns)


def _hear(source: BinaryIO, inbox: queue.SimpleQueue[Any]) -> None:
    while True:
        try:
            inbox.put(pickle.load(source))  # from the process that started this one
        except (EOFError, OSError):
            # The search is over, or has died: nothing is left to work for.
            os._exit(0)


def main() -> None:
    """Read a job, do it, and write what is found."""
    # An interrupt is the search's to handle, which then ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source, inbox = sys.stdin.buffer, queue.SimpleQueue[Any]()
    try:
        job = pickle.load(source)
        threading.Thread(target=_hear, args=(source, inbox), daemon=True).start()
        Worker(job, out, inbox).run()
    except BaseException:  # noqa: BLE001
        pickle.dump(("error", traceback.format_exc()), out)
        out.flush()
    # No clean-up that could wait for the thread that still reads.
    os._exit(0)
