"""What does a big portfolio cost, stage by stage, and how does that grow with its size?

The sample's maker makes it: projects with options, links, groups, funds, roles and people. Each
size is measured in a process of its own, with the memory that it and its workers hold together.
`optimize` is what a user runs, from the portfolio to a verified plan with reasons, and with
--hiring under a scenario that lets people join. Beside it, with --peer, HiGHS alone on the same
matrix for the same seconds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_tables
from portfolio.models.outcome import Settings
from portfolio.models.search.highs import ask
from portfolio.models.search.lagrangian import relax_by_prices
from portfolio.models.search.problem import Problem, problem_of
from portfolio.models.selection import Selection, build_selection
from portfolio.optimize import optimize
from portfolio.plan import Plan
from portfolio.scenario import HIRING, Scenario
from portfolio.verify import verify

MAKER = Path(__file__).resolve().parents[1] / "data" / "make_sample.py"


LOOK = 0.5
"""Seconds between two looks at the memory."""


class Memory:
    """The most memory that this process and all that it started have held together.

    In proportional set size: what processes share, such as libraries, counts once. The peak
    that the system keeps of a process would not do: a child has its parent's from birth, and
    peaks at different times add up to nothing.
    """

    def __init__(self) -> None:
        self._all = psutil.Process()
        self._lock, self._peak = threading.Lock(), 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self._look()
            time.sleep(LOOK)

    def _look(self) -> None:
        held = 0
        for process in (self._all, *self._all.children(recursive=True)):
            try:
                held += process.memory_full_info().pss
            except psutil.Error:
                continue  # it has ended since
        with self._lock:
            self._peak = max(self._peak, held / 2**20)

    def peak(self) -> float:
        """Megabytes, since the last call."""
        self._look()
        with self._lock:
            found, self._peak = self._peak, 0.0
        return found


class Clock:
    """Wall and CPU seconds of each stage, and the memory that was held in it."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[str, float]] = {}
        self.memory = Memory()

    def __call__(self, stage: str, call: Callable[[], Any]) -> Any:
        self.memory.peak()
        wall, cpu = time.perf_counter(), time.process_time()
        found = call()
        self.stages[stage] = {
            "wall_seconds": round(time.perf_counter() - wall, 2),
            "cpu_seconds": round(time.process_time() - cpu, 2),
            "megabytes": round(self.memory.peak()),
        }
        return found


def wishes(selection: Selection) -> dict[str, float]:
    """How much of the money and of people's time all projects together ask for, full scope."""
    terms = selection.terms
    starts = terms.starts
    first = np.zeros(selection.model.n_columns, dtype=bool)
    first[starts.groupby("project").head(1).index] = True
    spend, demand = terms.spend, terms.demand
    asked = spend.loc[first[spend["column"]], "amount"].sum()
    fte = demand.loc[first[demand["column"]], "fte"].sum()
    budget = selection.funding.budgets["amount"].sum()
    force = terms.workforce
    return {
        "asked_over_budgets": round(float(asked / budget), 2),
        "asked_over_people": round(float(fte / (force.time.sum() + force.fixed.sum())), 2),
    }


def priced_share(selection: Selection, problem: Problem, prices: np.ndarray) -> dict[str, float]:
    """Of the rows of money and people, the share that has a price in the relaxation."""
    families = ("budget", "role_capacity", "pool_time", "finish_to_start", "groups")
    model = selection.model
    shares = {}
    for family in families:
        rows = model.row_numbers(family)
        if len(rows):
            shares[family] = round(float((np.abs(prices[rows]) > 1e-7).mean()), 2)
    return shares


def measure(size: int, given: argparse.Namespace) -> dict[str, Any]:
    """Make a portfolio and measure every stage of it."""
    clock, scenario = Clock(), Scenario(hiring=given.hiring)
    with tempfile.TemporaryDirectory() as folder:
        counts = ["--projects", size, "--periods", given.periods, "--roles", given.roles]
        command = [sys.executable, MAKER, folder, *counts]
        command = [str(word) for word in command]
        clock("make", lambda: subprocess.run(command, check=True, capture_output=True))
        raws, faults = clock("read", lambda: read_tables(Path(folder)))
        portfolio = clock("check", lambda: Portfolio.from_raw(raws, None, faults))
    row = modelled(portfolio, scenario, given, clock)
    return {"projects": size, **row, **finished(portfolio, scenario, given, clock)}


def modelled(
    portfolio: Portfolio, scenario: Scenario, given: argparse.Namespace, clock: Clock
) -> dict[str, Any]:
    """The model, how tight it is, and what bounds it."""
    selection = clock("build", lambda: build_selection(portfolio, scenario))
    model = selection.model
    problem = clock("tighten", lambda: problem_of(model, selection.objectives[0]).tightened())
    answer, relaxation = clock("bound", lambda: relax_by_prices(problem, given.seconds))
    row: dict[str, Any] = {
        "columns": model.n_columns,
        "rows": model.n_rows,
        "coefficients": int(model.matrix.nnz),
        **wishes(selection),
    }
    if relaxation is not None:
        row["rows_with_a_price"] = priced_share(selection, problem, relaxation.prices)
        row["bound_by_prices"] = answer.bound * selection.objectives[0].scale
    if given.peer:
        row["highs_alone"] = clock("highs_alone", lambda: peer(problem, selection, given))
    return row


def finished(
    portfolio: Portfolio, scenario: Scenario, given: argparse.Namespace, clock: Clock
) -> dict[str, Any]:
    """The plan that a user gets, verified once more, and what all of it took."""
    settings = Settings(time_limit=given.seconds, gap=given.gap)
    progress = say if given.say else None
    plan: Plan = clock("optimize", lambda: optimize(portfolio, scenario, settings, progress))
    clock("verify", lambda: verify(plan, portfolio, scenario))
    return {
        "status": str(plan.status),
        "objectives": json.loads(plan.objectives.to_json(orient="records", double_precision=15)),
        "stages": clock.stages,
        "megabytes": max(stage["megabytes"] for stage in clock.stages.values()),
    }


def peer(problem: Problem, selection: Selection, given: argparse.Namespace) -> dict[str, Any]:
    """HiGHS alone on the same matrix, two threads."""
    scale = selection.objectives[0].scale
    options = {"threads": 2, "mip_rel_gap": given.gap}
    answer, _ = ask(problem, given.seconds, options=options)
    found = answer.columns is not None
    return {
        "objective": answer.value * scale if found else None,
        "bound": answer.bound * scale if np.isfinite(answer.bound) else None,
        "gap": (answer.bound - answer.value) / abs(answer.value) if found else None,
        "closed": answer.closed,
    }


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--projects", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument("--periods", type=int, default=36)
    parser.add_argument("--roles", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=240.0, help="limit of a plan's solves")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--hiring", choices=HIRING, default="none", help="who may join")
    parser.add_argument("--peer", action="store_true", help="HiGHS alone beside it, as long")
    parser.add_argument("--say", action="store_true", help="progress on standard error")
    given = parser.parse_args()
    if len(given.projects) == 1:
        print(json.dumps(measure(given.projects[0], given)), flush=True)
        return
    own = [word for word in sys.argv[1:] if word.startswith("--") and word in ("--peer", "--say")]
    for size in given.projects:
        # A process of its own, so that no size's memory is counted with another's.
        words = [sys.executable, __file__, "--projects", size, "--periods", given.periods]
        words += ["--roles", given.roles, "--seconds", given.seconds, "--gap", given.gap]
        words += ["--hiring", given.hiring, *own]
        subprocess.run([str(word) for word in words], check=True)


if __name__ == "__main__":
    main()
