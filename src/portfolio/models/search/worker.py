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
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from portfolio.models.search.anneal import Annealer, Cooling
from portfolio.models.search.climb import Climber, Pace
from portfolio.models.search.dive import completed, dive
from portfolio.models.search.highs import Answer, ask
from portfolio.models.search.job import Job
from portfolio.models.search.lagrangian import relax_by_prices
from portfolio.models.search.problem import Problem
from portfolio.models.search.relaxation import Relaxation, priced, relax

__all__ = ["Worker", "main"]

Floats = npt.NDArray[np.float64]

_PAYS = 0.1
"""Share of the distance between plan and bound that a slice of HiGHS alone has to close."""

_SHARES = {
    "soon": 0.06,
    "relaxation": 0.35,
    "dive": 0.15,
    "anneal": 0.12,
    "completion": 0.4,
    "long anneal": 0.25,
}
"""Shares of all time that the first steps may take; for completion and long anneal, of the rest."""

_HEAVY = 400_000
"""Coefficients from which on a plan is found by prices before a linear program is solved."""

_LONG = 1_500_000
"""Coefficients from which on prices bound a problem sooner than its linear program is solved."""

_WHOLE = 0.3
"""Share of an annealing that deciding whole columns of no group, such as hires, may take."""

_NODES = 200
"""Nodes of a completion where the limit is on work."""


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
        self.pace = Pace(job.seconds, job.work)
        self.rng = np.random.default_rng(job.seed)
        self.relaxation: Relaxation | None = None
        self.annealer: Annealer | None = None
        self.bound = np.inf
        self.columns: Floats | None = None
        self.value = -np.inf
        if job.columns is not None:
            self._found(job.columns, tell=False)

    def run(self) -> None:
        """Relaxation, bound, first plan and better ones, until the time or the work is done."""
        if self.job.leads and not self._relaxed():
            return
        if self.job.bounds and not self._is_long and self._bounded():
            return
        while self.relaxation is None:
            if not self._listen(wait=True):
                return
        if self.job.columns is None and not self._near():
            self._first_plan(self.relaxation)
        if self.columns is not None:
            self._climb(self.columns, self.relaxation)
        self._tell("ended", None)

    @property
    def _is_long(self) -> bool:
        """Whether HiGHS takes too long for the linear relaxation."""
        return bool(self.problem.matrix.nnz >= _LONG)

    def _tell(self, kind: str, content: Any) -> None:
        pickle.dump((kind, content), self._out, protocol=pickle.HIGHEST_PROTOCOL)
        self._out.flush()

    def _listen(self, *, wait: bool = False) -> bool:
        """Take in what has come; False where the time is over before anything did."""
        try:
            patience = None if self.job.work else max(self.pace.left, 0.0)
            heard = self._inbox.get(wait, patience if wait else None)
        except queue.Empty:
            return not wait
        while True:
            kind, content = heard
            if kind == "relaxation":
                self.relaxation = content
                self.bound = min(self.bound, content.bound)
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

    def _soon(self) -> tuple[Answer, Relaxation | None] | None:
        """A plan to have by prices alone, since a linear program may take what time there is.

        Returns
        -------
        tuple or None
            What the prices prove; None where the model is light, has no groups, or is so
            long that its prices come first anyway, or where a plan is known.
        """
        problem, pace = self.problem, self.pace
        heavy = problem.matrix.nnz >= _HEAVY and not self._is_long
        if not heavy or not problem.groups or self.columns is not None:
            return None
        answer, relaxation = relax_by_prices(problem, _SHARES["soon"] * pace.wall)
        share = _SHARES["soon"] * pace.seconds
        pace.count(share)
        if relaxation is not None:
            annealer = Annealer(problem, relaxation, self.rng)
            begin = annealer.rounded(relaxation.columns)
            self._offered(annealer.run(begin, Cooling(), pace.annealing(share)))
            pace.count(share)
        return answer, relaxation

    def _relaxed(self) -> bool:
        """By a linear program, or by prices where that takes too long; False at a dead end."""
        soon = self._soon()

        def by_prices(problem: Problem, seconds: float) -> tuple[Answer, Relaxation | None]:
            return soon or relax_by_prices(problem, seconds)

        relaxation = None
        for way in [by_prices] if self._is_long else [relax, by_prices]:
            answer, relaxation = way(self.problem, _SHARES["relaxation"] * self.pace.wall)
            if self._hopeless(answer):
                return False
            if relaxation is not None:
                break
        if relaxation is None:
            # Without prices the bound is weak, but the way is open.
            relaxation = priced(self.problem, np.zeros(self.problem.matrix.shape[0]))
        self.relaxation, self.bound = relaxation, relaxation.bound
        self._tell("relaxation", relaxation)
        return True

    def _hopeless(self, answer: Answer) -> bool:
        """Tell that there is no plan, or no best one."""
        infeasible = answer.infeasible
        if answer.unbounded:
            # HiGHS may leave open which of two it is; without an objective only one can be.
            aimless = replace(self.problem, cost=np.zeros(self.problem.size))
            infeasible = ask(aimless, self.pace.wall)[0].infeasible
        if infeasible or answer.unbounded:
            self._tell("infeasible" if infeasible else "unbounded", None)
        return infeasible or answer.unbounded

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
            self.pace.left,
            start=self.columns,
            prepare=prepare,
            options={"mip_rel_gap": self.job.gap, "random_seed": self.job.seed},
        )
        if self._hopeless(answer):
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

    def _first_plan(self, relaxation: Relaxation) -> None:
        """A dive, annealed; where that meets no plan, from elsewhere, or what HiGHS makes of it."""
        problem, pace = self.problem, self.pace
        self.annealer = annealer = Annealer(problem, relaxation, self.rng)
        point = self._dived(relaxation)
        begin = relaxation.columns if point is None else point
        # Always once: what HiGHS alone has found by then is seldom near the relaxation.
        first = True
        while (first or self.columns is None) and pace.left > 0:
            first = False
            longer = _SHARES["long anneal"] * pace.left if self._is_long else 0.0
            share = min(max(_SHARES["anneal"] * pace.seconds, longer), pace.left)
            if problem.groups:
                columns = annealer.rounded(begin, np.inf if pace.work else _WHOLE * share)
                self._offered(annealer.run(columns, Cooling(), pace.annealing(share)))
                pace.count(share)
            self._listen()
            # What a long problem's annealing leaves open would keep HiGHS busy to the end.
            if not (self._is_long and problem.groups) and self.columns is None:
                share = _SHARES["completion"] * pace.left
                seconds, nodes = (np.inf, _NODES) if pace.work else (share, None)
                self._offered(completed(problem, relaxation, point, seconds, nodes))
                # At least so much, that work without an end comes to one.
                pace.count(max(share, 0.05 * pace.seconds))
            self._listen()
            begin, point = relaxation.columns, None

    def _dived(self, relaxation: Relaxation) -> Floats | None:
        """Where a dive ends; None where its linear programs would take too long."""
        if relaxation.basis is None:
            return None
        share = _SHARES["dive"] * self.pace.seconds
        seed = int(self.rng.integers(2**31 - 1))
        point = dive(self.problem, relaxation, np.inf if self.pace.work else share, seed)
        self.pace.count(share)
        self._listen()
        return point

    def _offered(self, columns: Floats | None) -> None:
        if columns is not None:
            self._found(columns)

    def _climb(self, columns: Floats, relaxation: Relaxation) -> None:
        bound = min(self.bound, relaxation.bound)
        pace, annealer = self.pace, self.annealer
        climber = Climber(self.problem, relaxation, bound, columns, self.rng, pace, annealer)
        while self.pace.left > 0 and not self._near():
            if climber.step():
                self._found(climber.columns)
            self._listen()
            climber.bound = min(climber.bound, self.bound)
            if self.columns is not None:
                climber.take(self.columns)

    def _near(self) -> bool:
        """Whether there is a plan as near to the bound as is asked."""
        if self.columns is None:
            return False
        allowed = self.job.gap * abs(self.value + self.job.offset)
        return bool(self.bound - self.value <= max(allowed, 1e-9))


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
    # Whatever a library prints must not get between what is written.
    os.dup2(2, 1)
    source, inbox = sys.stdin.buffer, queue.SimpleQueue[Any]()
    try:
        job = pickle.load(source)
        threading.Thread(target=_hear, args=(source, inbox), daemon=True).start()
        Worker(job, out, inbox).run()
    except Exception:  # noqa: BLE001 -- the search raises it, where somebody hears
        pickle.dump(("error", traceback.format_exc()), out)
        out.flush()
    # No clean-up that could wait for the thread that still reads.
    os._exit(0)
