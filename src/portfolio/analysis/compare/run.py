"""Scenarios in, their comparison out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from portfolio.analysis.compare.asked import Asked, gather
from portfolio.analysis.compare.comparison import TABLES, Comparison
from portfolio.analysis.compare.measures import COSTS, costs_by_year, valued_alike
from portfolio.analysis.compare.moves import moves, placements
from portfolio.analysis.compare.places import PLACES, frontier_applies, places
from portfolio.analysis.compare.solving import Asking, Solved, solve_alike
from portfolio.analysis.compare.steps import Step, steps_between
from portfolio.analysis.frontier import Frontier, frontier
from portfolio.analysis.side_by_side import Call, SideBySide, processors
from portfolio.changes import Change
from portfolio.data.portfolio import Portfolio
from portfolio.drivers import strategic_value
from portfolio.errors import ScenarioError
from portfolio.models.outcome import Settings
from portfolio.models.solvers import DIRECT, check_solver
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = ["compare"]

_FRONTIER_GAP = 0.02
_UNKNOWN = "The rules cannot all hold together; time ran out before it was known which."


def compare(
    portfolio: Portfolio,
    scenarios: Sequence[Asked],
    settings: Settings | None = None,
    *,
    baseline: bool = True,
    points: int = 0,
    steps: int = 6,
    words: Callable[[Change], str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Solve scenarios side by side, and say how they differ and because of what.

    The first scenario, which is the baseline unless told otherwise, is solved first, and
    the others begin with its plan: so a scenario that only allows more is never worth less,
    and what need not move stays where it is. Equal models are solved once. A scenario
    that has no plan says why, and stops nothing.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; each scenario's changes are made here.
    scenarios : sequence of Scenario or path
    settings : Settings, optional
        The time limit is for each solve; `threads` is how many solves may run at a time,
        each on one thread (0: one a processor).
    baseline : bool
        Whether the baseline is compared too, and first; see
        `portfolio.analysis.compare.asked.gather`.
    points : int
        Points of the frontier over money beside which plans are placed; 0 for none, and
        none is drawn where money limits nothing.
    steps : int
        How many steps there may be between the first scenario and another, to say because
        of which change they differ; each but the last is a solve. 0 for none.
    words : callable, optional
        What a change is called in the tables; see `change_words`.
    progress : callable, optional
        Is told in words what is being done.

    Returns
    -------
    Comparison

    Raises
    ------
    ScenarioError
        If a scenario cannot be read or does not fit, before anything is solved; every
        problem of every scenario is in it.
    SolveError
        If a process fails.
    """
    settings, tell = settings or Settings(), progress or (lambda words: None)
    began = time.perf_counter()
    check_solver(settings.solver)
    asked = gather(scenarios, baseline=baseline)
    tell(f"building the models of {len(asked)} scenarios")
    asking = Asking(portfolio)
    alike = _fitted(asking, asked)
    first = asked[0]
    ways = {
        one.name: steps_between(first, one, steps, asking.fits, words)
        for one in asked[1:]
        if steps > 0
    }
    for scenario in asked:
        asking.add(scenario)
    for way in ways.values():
        for step in way:
            asking.add(step.scenario)
    wanted = points if points and frontier_applies(portfolio, first) else 0
    solved, curve = _solved(asking, asked, settings, wanted, tell)
    found = {one.name: solved[repr(one)] for one in asked}
    plans = {name: one.plan for name, one in found.items()}
    table = _scenarios(asked, found, alike, _twins(asking, asked))
    walked = {
        name: [(step, solved[repr(step.scenario)]) for step in way] for name, way in ways.items()
    }
    changed = {one.name: one.apply(portfolio) for one in asked}
    unlimited = {one.name for one in asked if "budget" in one.ignore}
    beside = pd.DataFrame(columns=list(PLACES))
    if curve is not None:
        beside = places(curve, table, unlimited)
    return Comparison(
        scenarios=table,
        costs=_stacked(
            [costs_by_year(plan, changed[name]) for name, plan in plans.items() if plan.feasible],
            COSTS,
        ),
        projects=_stacked(
            [
                _placed(plan, asked[n], changed[name])
                for n, (name, plan) in enumerate(plans.items())
                if plan.feasible
            ],
            TABLES["projects"],
        ),
        differences=_differences(first.name, found, walked),
        steps=_steps(first, found, walked),
        places=beside,
        plans=plans,
        definitions={one.name: one for one in asked},
        frontier=curve,
        solves=len(asking.groups),
        seconds=time.perf_counter() - began,
        settings=settings.as_dict(),
    )


def _fitted(asking: Asking, asked: Sequence[Scenario]) -> dict[str, bool]:
    """Whether each scenario's value means what the first one's does; all problems at once."""
    problems: list[str] = []
    alike: dict[str, bool] = {}
    first = None
    for scenario in asked:
        try:
            question = asking.pose(scenario)
        except ScenarioError as error:
            problems += error.problems
            continue
        first = first or question
        alike[scenario.name] = valued_alike(first, question)
    if problems:
        raise ScenarioError(problems)
    return alike


def _solved(
    asking: Asking,
    asked: Sequence[Scenario],
    settings: Settings,
    points: int,
    tell: Callable[[str], None],
) -> tuple[dict[str, Solved], Frontier | None]:
    """What came of every scenario, by its words; the frontier of the first."""
    most = settings.threads or processors()
    alone = replace(settings, threads=1)
    explained = frozenset(repr(one) for one in asked)
    portfolio, groups = asking.portfolio, asking.groups
    solved: dict[str, Solved] = {}

    def keep(group: Sequence[Scenario], found: Sequence[Solved]) -> None:
        for scenario, one in zip(group, found, strict=True):
            solved[repr(scenario)] = one

    with SideBySide(most) as work:
        tell(f"solving {asked[0].name}")
        whole = replace(settings, threads=most)
        call: Call = (solve_alike, (portfolio, groups[0], whole, None, explained))
        keep(groups[0], work.results([call])[0])
        start = solved[repr(asked[0])].plan
        start_from = start if start.feasible else None
        calls: list[Call] = [
            (solve_alike, (portfolio, group, alone, start_from, explained)) for group in groups[1:]
        ]
        if points:
            modest = replace(alone, gap=max(settings.gap, _FRONTIER_GAP), solver=DIRECT)
            calls.insert(0, (_frontier, (portfolio, asked[0], modest, points, start_from)))
        results = work.results(calls, _Progress(len(calls), tell))
    curve = results.pop(0) if points else None
    for group, result in zip(groups[1:], results, strict=True):
        keep(group, result)
    return solved, curve


class _Progress:
    """Tells in words which solves have ended, and how many are left."""

    def __init__(self, number: int, tell: Callable[[str], None]) -> None:
        self.left, self.number, self.tell = number, number, tell

    def __call__(self, number: int, result: list[Solved] | Frontier) -> None:
        self.left -= 1
        what = "the frontier"
        if isinstance(result, list):
            what = f"{result[0].plan.scenario}, {result[0].plan.status}"
        self.tell(f"solved: {what}; {self.left} of {self.number} are left")


def _frontier(
    portfolio: Portfolio, scenario: Scenario, settings: Settings, points: int, plan: Plan | None
) -> Frontier:
    return frontier(portfolio, scenario, settings, points=points, plan=plan)


def _twins(asking: Asking, asked: Sequence[Scenario]) -> dict[str, str]:
    """The first scenario of the same model, of each that is not the first itself."""
    names = {repr(one): one.name for one in asked}
    twins: dict[str, str] = {}
    for group in asking.groups:
        own = [names[repr(one)] for one in group if repr(one) in names]
        twins |= dict.fromkeys(own[1:], own[0] if own else "")
    return twins


def _scenarios(
    asked: Sequence[Scenario],
    found: Mapping[str, Solved],
    alike: Mapping[str, bool],
    twins: Mapping[str, str],
) -> pd.DataFrame:
    first = found[asked[0].name].plan
    rows = []
    for scenario in asked:
        one = found[scenario.name]
        rows.append(
            {
                "scenario": scenario.name,
                "title": scenario.title,
                "status": str(one.plan.status),
                "objective": scenario.objectives[0],
                **_value(one.plan),
                "alike": alike[scenario.name],
                **(_gain(first, one.plan) if alike[scenario.name] else {}),
                **one.measures,
                "same_as": twins.get(scenario.name, ""),
                "seconds": one.plan.seconds,
                "why_not": one.failed or _why_not(one.plan),
            }
        )
    return pd.DataFrame(rows, columns=list(TABLES["scenarios"]))


def _value(plan: Plan) -> dict[str, Any]:
    """Value, bound and gap of the first objective; NaN without a solution."""
    nothing = {"sense": "", "value": np.nan, "bound": np.nan, "gap": np.nan}
    if not plan.feasible:
        return nothing
    row = plan.objectives.iloc[0]
    return {name: row[name] for name in nothing}


def _gain(before: Plan, after: Plan) -> dict[str, float]:
    """Value less another plan's, and between what the difference of the best values lies."""
    one, two = _value(before), _value(after)
    low, high = ([min(v["value"], v["bound"]), max(v["value"], v["bound"])] for v in (one, two))
    return {
        "gain": two["value"] - one["value"],
        "gain_low": high[0] - low[1],
        "gain_high": high[1] - low[0],
    }


def _why_not(plan: Plan) -> str:
    """Why there is no plan; blank where there is one."""
    if plan.feasible:
        return ""
    said = [str(fault) for fault in plan.faults]
    if plan.conflict is not None:
        said.append(plan.conflict.sentence)
    if plan.status == "infeasible":
        return " ".join(said) or _UNKNOWN
    return "No plan was found within the time limit."


def _placed(plan: Plan, scenario: Scenario, changed: Portfolio) -> pd.DataFrame:
    """Where each project stands in a plan, and its value under the scenario."""
    assert plan.selection is not None
    values = strategic_value(changed, risk_adjusted=scenario.risk_adjusted)
    rows = placements(plan)
    finish = plan.selection.set_index("project_id")["finish"]
    rows = rows.assign(finish=finish, value=values.set_index("project_id")["value"])
    return rows.reset_index(names="project_id").assign(scenario=plan.scenario)


Walked = Mapping[str, Sequence[tuple[Step, Solved]]]


def _steps(first: Scenario, found: Mapping[str, Solved], walked: Walked) -> pd.DataFrame:
    rows = []
    for name, way in walked.items():
        before = found[first.name].plan
        for number, (step, solved) in enumerate(way, 1):
            plan = solved.plan
            row = {"scenario": name, "step": number, "what": step.words}
            row |= {"status": str(plan.status), "value": _value(plan)["value"]}
            if plan.feasible and before.feasible:
                what = moves(before, plan)["what"]
                same = (
                    before.objectives["objective"].iloc[0] == plan.objectives["objective"].iloc[0]
                )
                row |= _gain(before, plan) if same else {}
                row |= {
                    "spend": solved.measures["spend"],
                    "enters": (what == "enters").sum(),
                    "leaves": (what == "leaves").sum(),
                    "moves": what.isin(["option", "start"]).sum(),
                }
            if plan.feasible:
                before = plan
            rows.append(row)
    return pd.DataFrame(rows, columns=list(TABLES["steps"]))


def _differences(first: str, found: Mapping[str, Solved], walked: Walked) -> pd.DataFrame:
    frames = []
    before = found[first].plan
    for name, solved in found.items():
        if name == first or not (before.feasible and solved.plan.feasible):
            continue
        rows = moves(before, solved.plan)
        causes = _causes(before, [(s.words, one.plan) for s, one in walked.get(name, ())])
        because = [causes.get(project, "") for project in rows["project_id"]]
        frames.append(rows.assign(scenario=name, because=because))
    return _stacked(frames, TABLES["differences"])


def _causes(before: Plan, way: Sequence[tuple[str, Plan]]) -> dict[str, str]:
    """The step since which each project stands where it stands in the end.

    Where a step has no plan, it is told together with the next that has one.
    """
    causes: dict[str, str] = {}
    waiting: list[str] = []
    for words, plan in way:
        waiting.append(words)
        if plan.feasible:
            for project in moves(before, plan)["project_id"]:
                causes[project] = "; ".join(waiting)
            before, waiting = plan, []
    return causes


def _stacked(frames: Sequence[pd.DataFrame], columns: Mapping[str, Any]) -> pd.DataFrame:
    kept = [frame for frame in frames if len(frame)]
    if not kept:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(kept, ignore_index=True)
