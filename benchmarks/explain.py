"""What do answers to "why not" cost: one, and one of every project that is left out?

The plan is made first and not counted. Each answer has the seconds that the command gives it,
checks included; the whole set shares the same seconds a project. The peer asks only the first
of an answer's three questions: each project forced in by a scenario, and the portfolio planned
again from nothing by its first objective, with the same gap and seconds. CPU seconds beside wall
seconds, since the latter say little where other work goes on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from portfolio.analysis.explain import LEFT_OUT, Explanation, explain, why_not_all
from portfolio.analysis.explain.scenarios import forced
from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.reports.places import find_sample
from portfolio.scenario import Scenario


def timed(call: Callable[[], Any]) -> tuple[Any, float, float]:
    """What a call gives, CPU seconds, wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = call()
    return found, time.process_time() - cpu, time.perf_counter() - wall


def tell(what: str, cpu: float, wall: float, **more: Any) -> None:
    row = {"what": what, "cpu_seconds": round(cpu, 2), "wall_seconds": round(wall, 2), **more}
    print(json.dumps(row), flush=True)


def settled(answer: Explanation) -> dict[str, Any]:
    """What is known of an answer, and how closely."""
    low, high = answer.value_lost_low, answer.value_lost_high
    known = low is not None and high is not None
    return {
        "value_lost": answer.value_lost,
        "width": round(high - low, 4) if known else None,
        "unsettled": list(answer.brings_in.unsettled),
    }


def peer(portfolio: Portfolio, projects: list[str], settings: Settings) -> None:
    """Each project forced in, and planned again from nothing."""
    first = replace(Scenario(), objectives=("strategic_value",), give_up=(0.0,))
    for project in projects:
        optimize(portfolio, forced(first, portfolio, project, "in"), settings)


def measure(data: Path, settings: Settings, within: float) -> None:
    portfolio = read_portfolio(data)
    plan, cpu, wall = timed(lambda: optimize(portfolio, None, settings))
    tell("the plan, not counted below", cpu, wall)
    assert plan.selection is not None
    rows = plan.selection["decision"].isin(LEFT_OUT)
    projects = plan.selection.loc[rows, "project_id"].tolist()
    one = replace(settings, time_limit=within)
    walls = []
    for project in projects:
        answer, cpu, wall = timed(lambda p=project: explain(portfolio, p, None, one, plan=plan))
        tell(project, cpu, wall, **settled(answer))
        walls.append(wall)
    tell("the slowest of them", 0.0, max(walls))
    every = replace(settings, time_limit=within * len(projects))
    answers, mine, wall = timed(lambda: why_not_all(portfolio, None, every, plan=plan))
    open_ = sum(len(answer.brings_in.unsettled) for answer in answers)
    tell("all of them, from one model", mine, wall, projects=len(answers), unsettled=open_)
    _, cpu, wall = timed(lambda: peer(portfolio, projects, one))
    tell("peer: forced in, planned from nothing", cpu, wall, ours_to_peer=round(mine / cpu, 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="*", type=Path, help="portfolios; default: the sample")
    parser.add_argument("--seconds", type=float, default=2.5, help="limit of one answer")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    settings = Settings(time_limit=300.0, gap=given.gap, threads=given.threads)
    for data in given.instances or [find_sample()]:
        measure(data, settings, given.seconds)


if __name__ == "__main__":
    main()
