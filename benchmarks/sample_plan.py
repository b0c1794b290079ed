"""How long does the sample portfolio take to a gap of 0.1 %, step by step, and bare HiGHS?

Seconds for reading, checking, building, solving and verifying, CPU and wall. Beside it HiGHS alone
on the same matrix, with nothing set but the gap and the seed: the first objective, which is then
held, and the second one from its solution. The two take turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_tables
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.selection import Selection, build_selection, select
from portfolio.optimize import optimize
from portfolio.scenario import Scenario
from portfolio.verify import verify

MAKER = Path(__file__).resolve().parents[1] / "data" / "make_sample.py"


class Clock:
    """CPU and wall seconds by step."""

    def __init__(self) -> None:
        self.taken: dict[str, list[tuple[float, float]]] = {}

    def __call__(self, step: str, call: Callable[[], Any]) -> Any:
        cpu, wall = time.process_time(), time.perf_counter()
        found = call()
        taken = (time.process_time() - cpu, time.perf_counter() - wall)
        self.taken.setdefault(step, []).append(taken)
        return found

    def row(self, step: str) -> dict[str, Any]:
        cpu, wall = (statistics.median(each) for each in zip(*self.taken[step], strict=True))
        return {"step": step, "cpu_seconds": round(cpu, 3), "wall_seconds": round(wall, 3)}


def bare(selection: Selection, settings: Settings) -> list[float]:
    """Values of the objectives in order, by HiGHS alone."""
    model, matrix = selection.model, selection.model.matrix
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("random_seed", settings.seed)
    highs.setOptionValue("mip_rel_gap", settings.gap)
    highs.passModel(
        model.n_columns,
        model.n_rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        np.zeros(model.n_columns),
        *model.column_bounds,
        *model.row_bounds,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        model.integrality,
    )
    columns = np.arange(model.n_columns, dtype=np.int32)
    values = []
    for objective in selection.objectives:
        sign = 1.0 if objective.sense == "max" else -1.0
        highs.changeColsCost(len(columns), columns, sign * objective.coefficients)
        highs.run()
        best = highs.getInfo().objective_function_value
        values.append(best * sign * objective.unit)
        used = np.flatnonzero(objective.coefficients).astype(np.int32)
        coefficients = sign * objective.coefficients[used]
        solution = highs.getSolution()
        highs.addRow(best - 1e-9 * max(1.0, abs(best)), np.inf, len(used), used, coefficients)
        highs.setSolution(solution)
    return values


def measure(data: Path, repeats: int, seconds: float) -> None:
    settings = Settings(time_limit=seconds, gap=0.001)
    scenario = Scenario()
    clock = Clock()
    for _ in range(repeats):
        raws, faults = clock("read", lambda: read_tables(data))
        portfolio = clock("check", lambda r=raws, f=faults: Portfolio.from_raw(r, None, f))
        selection = clock("build", lambda p=portfolio: build_selection(p, scenario))
        outcomes: list[Outcome] = clock("solve", lambda s=selection: select(s, settings))
        values = clock("bare HiGHS", lambda s=selection: bare(s, settings))
        fresh = Portfolio(portfolio.settings, portfolio.tables)
        plan = clock("optimize, whole", lambda p=fresh: optimize(p, scenario, settings))
        again = Portfolio(portfolio.settings, portfolio.tables)
        clock("verify", lambda n=plan, p=again: verify(n, p, scenario))
    for step in ("read", "check", "build", "solve", "verify", "optimize, whole", "bare HiGHS"):
        row = {**clock.row(step), "repeats": repeats}
        if step == "solve":
            row["objectives"] = [
                {
                    "objective": outcome.objective,
                    "status": str(outcome.status),
                    "value": outcome.value,
                    "gap": outcome.gap,
                    "wall_seconds": round(outcome.seconds, 3),
                }
                for outcome in outcomes
            ]
        if step == "bare HiGHS":
            row["values"] = values
            solve = clock.row("solve")
            row["solve_over_bare_cpu"] = round(solve["cpu_seconds"] / row["cpu_seconds"], 2)
        print(json.dumps(row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="*", type=Path, help="portfolios; default: the sample")
    parser.add_argument("--seconds", type=float, default=60.0, help="limit of a plan's solves")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        instances = given.instances
        if not instances:
            subprocess.run([sys.executable, MAKER, folder], check=True, capture_output=True)
            instances = [Path(folder)]
        for data in instances:
            measure(data, given.repeats, given.seconds)


if __name__ == "__main__":
    main()
