"""What does a frontier of 20 points cost, in solves of one plan and beside 20 cold solves?

One plan is what `portfolio plan` solves at today's limits: all objectives, and the first alone.
The frontier is drawn with forced projects, and with both curves. The peer solves each level of
the first curve from nothing, on the same matrix, to the same gap and within the same time a point.
CPU seconds, since a limit of wall time says little where other work goes on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from portfolio.analysis.frontier import frontier
from portfolio.analysis.frontier.scaled import ScaledLimits
from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.models.outcome import Settings
from portfolio.models.selection import build_selection, select
from portfolio.models.solve import HighsSession
from portfolio.reports.places import find_sample
from portfolio.scenario import Scenario


def timed(call: Callable[[], Any]) -> tuple[Any, float, float]:
    """What a call gives, CPU seconds, wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = call()
    return found, time.process_time() - cpu, time.perf_counter() - wall


def cold(portfolio: Portfolio, levels: list[float], settings: Settings) -> list[float]:
    """Gap of each level, solved from nothing."""
    selection = build_selection(portfolio, Scenario())
    limits = ScaledLimits(selection, "budget")
    gaps = []
    for level in levels:
        session = HighsSession(selection.model, settings)
        session.aim(selection.objectives[0])
        session.limit(limits.rows, np.full(len(limits.rows), -np.inf), limits.at(level))
        gap = session.solve(settings.time_limit / len(levels)).gap
        gaps.append(np.inf if gap is None else gap)
    return gaps


def tell(what: str, cpu: float, wall: float, **more: Any) -> None:
    row = {"what": what, "cpu_seconds": round(cpu, 2), "wall_seconds": round(wall, 2), **more}
    print(json.dumps(row), flush=True)


def first_alone(portfolio: Portfolio, settings: Settings) -> None:
    selection = build_selection(portfolio, Scenario())
    session = HighsSession(selection.model, settings)
    session.aim(selection.objectives[0])
    session.solve()


def measure(data: Path, settings: Settings, points: int) -> None:
    portfolio = read_portfolio(data)
    one = replace(settings, gap=0.001)
    _, first, wall = timed(lambda: first_alone(portfolio, one))
    tell("one plan, first objective", first, wall, gap=one.gap)
    selection = build_selection(portfolio, Scenario())
    _, whole, wall = timed(lambda: select(selection, one))
    tell("one plan, all objectives", whole, wall, gap=one.gap)
    levels: list[float] = []
    for name, free in (("with what is forced", False), ("both curves", True)):
        found, cpu, wall = timed(
            lambda free=free: frontier(portfolio, None, settings, points=points, free=free)
        )
        gaps = found.curves["gap"].dropna()
        tell(
            f"frontier, {name}",
            cpu,
            wall,
            points=len(found.curves),
            mean_gap=round(float(gaps.mean()), 4),
            widest_gap=round(float(gaps.max()), 4),
            over_one_plan_first_objective=round(cpu / first, 2),
            over_one_plan=round(cpu / whole, 2),
        )
        levels = levels or found.curve(True)["level"].tolist()
    gaps_cold, cpu, wall = timed(lambda: cold(portfolio, levels, settings))
    tell(
        "peer: each level from nothing, with what is forced",
        cpu,
        wall,
        points=len(levels),
        mean_gap=round(float(np.mean(gaps_cold)), 4),
        widest_gap=round(float(np.max(gaps_cold)), 4),
        over_one_plan_first_objective=round(cpu / first, 2),
        over_one_plan=round(cpu / whole, 2),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="*", type=Path, help="portfolios; default: the sample")
    parser.add_argument("--seconds", type=float, default=120.0, help="limit of all points")
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--gap", type=float, default=0.02)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    settings = Settings(time_limit=given.seconds, gap=given.gap, threads=given.threads)
    for data in given.instances or [find_sample()]:
        measure(data, settings, given.points)


if __name__ == "__main__":
    main()
