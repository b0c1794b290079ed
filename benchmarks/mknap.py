"""How near do 0-1 knapsacks come to the best known, and what does our part of the time cost?

The same model goes to HiGHS twice: as a `LinearModel` through `solve_in_order`, and by a bare
`highspy` script, each with the same seconds, threads and gap; the two take turns at being first.
Overhead is the share of our whole time (building, handing over, reading) outside HiGHS' own runs.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.solve import solve_in_order

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Knapsack:
    """Maximise profit @ x with weights @ x <= limits and x in {0, 1}."""

    name: str
    profit: Floats
    weights: Floats
    limits: Floats


class RunClock:
    """Wall seconds inside `Highs.run`, whoever calls it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        run = highspy.Highs.run

        def timed(highs: highspy.Highs) -> Any:
            began = time.perf_counter()
            try:
                return run(highs)
            finally:
                self.seconds += time.perf_counter() - began

        highspy.Highs.run = timed


def read(path: Path) -> Iterator[Knapsack]:
    """The instances of a file of the OR-Library (layout: file-format.txt beside it)."""
    numbers = iter(path.read_text().split())

    def take(count: int) -> Floats:
        return np.array([float(next(numbers)) for _ in range(count)])

    for number in range(int(next(numbers))):
        items, limits = int(next(numbers)), int(next(numbers))
        next(numbers)  # the optimum, 0 where the library does not have it
        profit = take(items)
        weights = np.array([take(items) for _ in range(limits)])
        yield Knapsack(f"{limits}.{items}-{number:02d}", profit, weights, take(limits))


def best_known(folder: Path) -> dict[str, float]:
    """The best values that Chu and Beasley found, by instance."""
    with (folder / "best_known.csv").open() as lines:
        return {
            row["instance"]: float(row["best_feasible_chu_beasley"])
            for row in csv.DictReader(lines)
        }


def ours(knapsack: Knapsack, settings: Settings) -> dict[str, Any]:
    """From arrays to an answer through the toolkit."""
    model = LinearModel("knapsack")
    items = len(knapsack.profit)
    block = model.add_block("item", pd.DataFrame({"item": np.arange(items)}), upper=1, integer=True)
    row, column = np.nonzero(knapsack.weights)
    entries = pd.DataFrame(
        {
            "row": row,
            "column": block.columns[column],
            "coefficient": knapsack.weights[row, column],
        }
    )
    rows = pd.DataFrame({"limit": np.arange(len(knapsack.limits))})
    model.add_family(Family("limit", rows, entries, upper=knapsack.limits))
    profit = Objective("profit", "max", knapsack.profit)
    outcome = solve_in_order(model, [profit], [0.0], settings)[0]
    assert outcome.columns is not None
    check(knapsack, outcome.columns)
    return {"objective": outcome.value, "bound": outcome.bound, "gap": outcome.gap}


def bare(knapsack: Knapsack, settings: Settings) -> dict[str, Any]:
    """From arrays to an answer by HiGHS alone."""
    limits, items = knapsack.weights.shape
    row, column = np.nonzero(knapsack.weights)
    starts = np.searchsorted(row, np.arange(limits + 1))
    highspy.Highs.resetGlobalScheduler(True)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("random_seed", settings.seed)
    highs.setOptionValue("threads", settings.threads)
    highs.setOptionValue("mip_rel_gap", settings.gap)
    highs.setOptionValue("time_limit", settings.time_limit)
    highs.passModel(
        items,
        limits,
        len(row),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        knapsack.profit,
        np.zeros(items),
        np.ones(items),
        np.full(limits, -np.inf),
        knapsack.limits,
        starts.astype(np.int32),
        column.astype(np.int32),
        knapsack.weights[row, column],
        np.ones(items, dtype=np.int32),
    )
    highs.run()
    chosen = np.round(np.array(highs.getSolution().col_value))
    check(knapsack, chosen)
    info = highs.getInfo()
    value, bound = float(knapsack.profit @ chosen), float(info.mip_dual_bound)
    return {"objective": value, "bound": bound, "gap": (bound - value) / value}


def check(knapsack: Knapsack, chosen: Floats) -> None:
    """Every limit holds, and every item is in or out."""
    assert np.isin(chosen, (0, 1)).all()
    assert (knapsack.weights @ chosen <= knapsack.limits).all(), knapsack.name


def measure(knapsack: Knapsack, settings: Settings, ours_first: bool, clock: RunClock) -> Any:
    """One instance both ways."""
    found: dict[str, dict[str, Any]] = {}
    for way in (ours, bare) if ours_first else (bare, ours):
        clock.seconds = 0.0
        cpu, began = time.process_time(), time.perf_counter()
        answer = way(knapsack, settings)
        seconds = time.perf_counter() - began
        found[way.__name__] = {
            **answer,
            "seconds": seconds,
            "cpu_seconds": time.process_time() - cpu,
            "overhead": (seconds - clock.seconds) / seconds,
        }
    return found


def row_of(name: str, best: float, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """An instance's line: ours, and bare HiGHS' with its name before."""
    row: dict[str, Any] = {"instance": name, "best_known": best}
    for way, prefix in (("ours", ""), ("bare", "bare_")):
        answer = found[way]
        row |= {
            f"{prefix}objective": answer["objective"],
            f"{prefix}bound": round(answer["bound"], 3),
            f"{prefix}gap": round(answer["gap"], 6),
            f"{prefix}gap_to_best_known": round((best - answer["objective"]) / best, 6),
            f"{prefix}seconds": round(answer["seconds"], 3),
            f"{prefix}cpu_seconds": round(answer["cpu_seconds"], 3),
            f"{prefix}overhead": round(answer["overhead"], 5),
        }
    return row


def summary(rows: list[dict[str, Any]], settings: Settings) -> dict[str, Any]:
    """Means over the instances that have a best known value."""
    known = [row for row in rows if row["best_known"] == row["best_known"]]

    def mean(name: str) -> float:
        return statistics.fmean(row[name] for row in known)

    return {
        "instances": len(known),
        "seconds_each": settings.time_limit,
        "threads": settings.threads,
        "mean_gap_to_best_known": round(mean("gap_to_best_known"), 6),
        "bare_mean_gap_to_best_known": round(mean("bare_gap_to_best_known"), 6),
        "worst_gap_to_best_known": max(row["gap_to_best_known"] for row in known),
        "bare_worst_gap_to_best_known": max(row["bare_gap_to_best_known"] for row in known),
        "better_than_bare": sum(row["objective"] > row["bare_objective"] for row in known),
        "worse_than_bare": sum(row["objective"] < row["bare_objective"] for row in known),
        "mean_gap": round(mean("gap"), 6),
        "bare_mean_gap": round(mean("bare_gap"), 6),
        "overhead": round(
            sum(row["overhead"] * row["seconds"] for row in known)
            / sum(row["seconds"] for row in known),
            5,
        ),
        "worst_overhead": max(row["overhead"] for row in known),
        "cpu_to_bare": round(mean("cpu_seconds") / mean("bare_cpu_seconds"), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="+", type=Path, help="files such as mknapcb1.txt")
    parser.add_argument("--seconds", type=float, default=10.0, help="limit of each solve")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--gap", type=float, default=0.0, help="at which a solve may end")
    parser.add_argument("--only", default="", help="instances a:b of each file, for example 0:5")
    given = parser.parse_args()
    settings = Settings(given.seconds, given.gap, threads=given.threads)
    clock = RunClock()
    ends = [int(end) if end else None for end in given.only.split(":")]
    part = slice(*ends) if given.only else slice(None)
    rows = []
    for path in given.instances:
        best = best_known(path.parent)
        for knapsack in list(read(path))[part]:
            found = measure(knapsack, settings, len(rows) % 2 == 0, clock)
            rows.append(row_of(knapsack.name, best.get(knapsack.name, float("nan")), found))
            print(json.dumps(rows[-1]), flush=True)
    print(json.dumps({"summary": summary(rows, settings)}), flush=True)


if __name__ == "__main__":
    main()
