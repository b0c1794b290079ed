"""Scenarios in, their comparison out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from portfolio.analysis.compare.asked import Asked, gather
from portfolio.analysis.compare.comparison import TABLES, Comparison
from portfolio.analysis.compare.measures import COSTS, costs_by_year, valued_alike
from portfolio.analysis.compare.places import PLACES, frontier_applies, places
from portfolio.analysis.compare.reading import (
    differences_table,
    projects_table,
    scenarios_table,
    stacked,
    steps_table,
    twins,
)
from portfolio.analysis.compare.rounds import Rounds, frontier_call
from portfolio.analysis.compare.solving import Asking
from portfolio.analysis.compare.steps import steps_between
from portfolio.analysis.side_by_side import SideBySide, processors
from portfolio.changes import Change
from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError
from portfolio.models.outcome import Settings
from portfolio.models.solvers import check_solver
from portfolio.scenario import Scenario

__all__ = ["compare"]


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
    that has no plan says why, and stops nothing; where that is the first, the others are
    compared with the first that has one.

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
    asking = _fitted(portfolio, asked)
    alike_to = twins(asking, asked)
    most = settings.threads or processors()
    with SideBySide(most) as work:
        rounds = Rounds(asking, asked, replace(settings, threads=most), work, tell)
        reference, plan = asked[0], rounds.first(asked[0])
        if not plan.feasible:
            rounds.rest(asked, None)
            planned = [one for one in asked if rounds.found(one).plan.feasible]
            reference = planned[0] if planned else reference
            plan = rounds.found(reference).plan
        ways = {
            one.name: steps_between(reference, one, steps, asking.fits, words)
            for one in asked
            if steps > 0
            and plan.feasible
            and one is not reference
            # Nothing is a cause of what does not differ.
            and alike_to.get(one.name) != reference.name
        }
        further = []
        if points and plan.feasible and frontier_applies(portfolio, reference):
            further = [frontier_call(portfolio, reference, settings, points, plan)]
        every = [*asked, *(step.scenario for way in ways.values() for step in way)]
        curves = rounds.rest(every, plan if plan.feasible else None, further)
    found = {one.name: rounds.found(one) for one in asked}
    walked = {
        name: [(step, rounds.found(step.scenario)) for step in way] for name, way in ways.items()
    }
    changed = {one.name: one.apply(portfolio) for one in asked}
    at = (changed[reference.name], reference)
    alike = {one.name: valued_alike(*at, changed[one.name], one) for one in asked}
    table = scenarios_table(asked, reference.name, found, alike, alike_to)
    unlimited = {one.name for one in asked if "budget" in one.ignore}
    with_plan = [one for one in asked if found[one.name].plan.feasible]
    return Comparison(
        first=reference.name,
        scenarios=table,
        costs=stacked(
            [costs_by_year(found[one.name].plan, changed[one.name]) for one in with_plan], COSTS
        ),
        projects=stacked(
            [projects_table(found[one.name].plan, one, changed[one.name]) for one in with_plan],
            TABLES["projects"],
        ),
        differences=differences_table(reference.name, found, walked),
        steps=steps_table(reference.name, found, walked),
        places=places(curves[0], table, unlimited) if curves else stacked([], PLACES),
        plans={name: one.plan for name, one in found.items()},
        definitions={one.name: one for one in asked},
        frontier=curves[0] if curves else None,
        solves=len(asking.groups),
        seconds=time.perf_counter() - began,
        settings=settings.as_dict(),
    )


def _fitted(portfolio: Portfolio, asked: Sequence[Scenario]) -> Asking:
    """All scenarios among those that are solved; all problems at once."""
    asking = Asking(portfolio)
    problems: list[str] = []
    for scenario in asked:
        try:
            asking.add(scenario)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return asking
