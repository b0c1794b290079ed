"""How close to the best possible are people named within the seconds, from 50 to 500 people?

Instances come from the sample's maker: 120 projects over 24 months, with demand and capacity by
hand scaled so that people stay as busy as in the sample. The plan is chosen first, outside the
seconds. The peer solves one model of the same rules and objectives for the same seconds, with
HiGHS alone. Each objective of the whole has its value and its bound; the shortage, which comes
first, decides whether an instance is done: within 2 % of its bound.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portfolio.data.read import read_portfolio
from portfolio.models.allocation import Named, Work, naming
from portfolio.models.allocation.model import build_allocation
from portfolio.models.allocation.part import Part
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.solve import HighsSession
from portfolio.optimize import optimize
from portfolio.scenario import Scenario

MAKER = Path(__file__).resolve().parents[1] / "data" / "make_sample.py"
PROJECTS, PERIODS = 120, 24
AS_BUSY = 144  # people of a sample of so many projects
GOAL = 0.02


def scenario(people: int, load: float) -> Scenario:
    """The work of as many people as there are, so many times what the sample asks of them."""
    factor = round(load * people / AS_BUSY, 3)
    return Scenario().with_changes(
        {"table": "demand", "scale": {"fte": factor, "people_max": max(1, -(-people // AS_BUSY))}},
        {"table": "capacity", "scale": {"fte": factor}},
        name=f"work-times-{factor:g}",
    )


def instance(folder: Path, people: int, seed: int) -> Path:
    data = folder / f"people{people}"
    sizes = ["--projects", PROJECTS, "--periods", PERIODS, "--people", people, "--seed", seed]
    command = [sys.executable, str(MAKER), str(data), *map(str, sizes)]
    subprocess.run(command, check=True, capture_output=True)
    return data


def one_model(work: Work, settings: Settings) -> Named:
    """All rules and objectives in one model, objective after objective, by HiGHS alone."""
    deadline = time.monotonic() + settings.time_limit
    built = build_allocation(Part(work, range(work.periods)))
    session = HighsSession(built.model, settings)
    outcomes: list[Outcome] = []
    for objective in built.objectives:
        session.aim(objective)
        if outcomes:
            session.start_from(outcomes[-1].columns)
        outcomes.append(session.solve(max(deadline - time.monotonic(), 0.1)))
        columns = outcomes[-1].columns
        if columns is None:
            break
        best = objective.value(columns)
        session.hold(objective, best + 1e-9 * max(objective.scale, abs(best)))
    return Named(None, tuple(outcomes))


def timed(call: Callable[[], Named]) -> tuple[Named, float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    found = call()
    return found, time.process_time() - cpu, time.perf_counter() - wall


def row(way: str, work: Work, taken: tuple[Named, float, float]) -> dict[str, Any]:
    found, cpu, wall = taken
    first = found.outcomes[0]
    distance = None
    if first.value is not None and first.bound is not None:
        distance = first.value - first.bound
    return {
        "way": way,
        "people": len(work.people),
        "projects": len(work.running),
        "demand_fte_periods": round(float(work.demand["fte"].sum()), 1),
        "candidates": len(work.candidates),
        "wall_seconds": round(wall, 1),
        "cpu_seconds": round(cpu, 1),
        "within_goal": distance is not None and distance <= GOAL * (first.value or 0) + 1e-4,
        "objectives": [
            {
                "objective": outcome.objective,
                "value": outcome.value,
                "bound": outcome.bound,
                "gap": outcome.gap,
                "status": str(outcome.status),
            }
            for outcome in found.outcomes
        ],
    }


def measure(data: Path, load: float, given: argparse.Namespace) -> None:
    portfolio = read_portfolio(data)
    wanted = scenario(len(portfolio["people"]), load)
    plan = optimize(portfolio, wanted, Settings(time_limit=given.seconds, gap=0.01))
    if plan.selection is None:
        print(json.dumps({"data": data.name, "status": str(plan.status)}), flush=True)
        return
    changed = wanted.apply(portfolio)
    settings = Settings(time_limit=given.seconds, gap=0.001)
    ways: dict[str, Callable[[Work], Named]] = {
        "portfolio": lambda work: naming.name_people(work, settings),
        "one model, HiGHS": lambda work: one_model(work, settings),
    }
    for way, call in ways.items():
        if given.alone and way != "portfolio":
            continue
        work = Work(changed, wanted, plan.selection)
        taken = timed(lambda work=work, call=call: call(work))
        print(json.dumps({"load": load, **row(way, work, taken)}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="*", type=Path, help="portfolios; default: made ones")
    parser.add_argument("--people", nargs="*", type=int, default=[50, 100, 200, 350, 500])
    parser.add_argument("--load", nargs="*", type=float, default=[1.0])
    parser.add_argument("--seconds", type=float, default=60.0, help="limit of each way")
    parser.add_argument("--seed", type=int, default=2031)
    parser.add_argument("--alone", action="store_true", help="without the peer")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for load in given.load:
            if given.instances:
                for data in given.instances:
                    measure(data, load, given)
                continue
            for people in given.people:
                measure(instance(Path(name), people, given.seed), load, given)


if __name__ == "__main__":
    main()
