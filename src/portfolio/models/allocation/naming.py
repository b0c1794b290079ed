"""Naming people: one model where that is small enough, else period by period; with its bounds."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from portfolio.models.allocation.alone import settled
from portfolio.models.allocation.amounts import Amounts, measured
from portfolio.models.allocation.bounds import HELD, Flow, stretches_bound
from portfolio.models.allocation.clock import Clock
from portfolio.models.allocation.model import build_allocation
from portfolio.models.allocation.objectives import OBJECTIVES
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.rolling import roll
from portfolio.models.allocation.work import Work
from portfolio.models.outcome import Outcome, Progress, Settings, relative_gap
from portfolio.models.solve import solve_in_order
from portfolio.models.solvers import DIRECT
from portfolio.plan import Status

__all__ = ["Named", "by_one_model", "name_people"]

STRETCHES = {"handovers": False, "people": True}
"""Objectives that link periods, and whether the whole horizon is one stretch to them."""

_ONE_MODEL = 250
"""Most choices (a person on a project in a period) that are left to one model."""


@dataclass(frozen=True, eq=False)
class Named:
    """An allocation as amounts, with what is known of each objective.

    Attributes
    ----------
    amounts : Amounts or None
        None without a solution.
    outcomes : tuple of Outcome
        One an objective, without columns.
    """

    amounts: Amounts | None
    outcomes: tuple[Outcome, ...]


def name_people(work: Work, settings: Settings, progress: Progress | None = None) -> Named:
    """Allocate people to the work.

    Parameters
    ----------
    work : Work
    settings : Settings
        Another solver than HiGHS solves one model of the whole.
    progress : callable, optional
        Is told in words what is being done.

    Returns
    -------
    Named
    """
    tell = progress or (lambda words: None)
    whole = Part(work, range(work.periods))
    if settings.solver.strip().lower() != DIRECT or len(whole.ons) <= _ONE_MODEL:
        return by_one_model(whole, settings, tell)
    return _by_periods(work, settings, tell)


def by_one_model(part: Part, settings: Settings, tell: Progress | None = None) -> Named:
    """Allocate people by one model of a part of the work, objective after objective."""
    built = build_allocation(part)
    give_up = [0.0] * len(built.objectives)
    outcomes = solve_in_order(built.model, built.objectives, give_up, settings, tell)
    columns = outcomes[-1].columns
    if columns is None:
        return Named(None, tuple(outcomes))
    amounts = Amounts.none(part.work)
    amounts.fill(part, built.model, settled(built, columns, replace(settings, solver=DIRECT)))
    values = measured(part.work, amounts)
    return Named(
        amounts,
        tuple(
            _outcome(o.objective, values[o.objective], o.bound, settings, o.seconds)
            for o in outcomes
        ),
    )


def _by_periods(work: Work, settings: Settings, tell: Progress) -> Named:
    began = time.perf_counter()
    clock = Clock(settings.time_limit)
    rolled = roll(work, settings, clock, tell)
    values = measured(work, rolled.amounts)
    tell("bounding what any allocation can reach")
    bounds = _bounds(work, rolled.flows, values, clock, settings)
    seconds = time.perf_counter() - began
    return Named(
        rolled.amounts,
        tuple(_outcome(name, values[name], bounds[name], settings, seconds) for name in OBJECTIVES),
    )


def _bounds(
    work: Work, flows: list[Flow], values: dict[str, float], clock: Clock, settings: Settings
) -> dict[str, float]:
    """A bound of every objective of the whole, under the values of those before it.

    Minus infinity where time was up before it was found.
    """
    bounds = {name: _bound(name, flows, {}, clock) for name in HELD[:1]}
    slack = {name: max(values[name] - bounds[name], 0.0) for name in HELD[:1]}
    for name in OBJECTIVES:
        if name in STRETCHES:
            left = clock.until(1.0)
            brief = replace(settings, time_limit=max(min(settings.time_limit / 10, left / 2), 0.1))
            bounds[name] = -np.inf
            if left > 0:
                bounds[name] = stretches_bound(
                    work, values["shortage"], brief, whole_horizon=STRETCHES[name]
                )
        elif name not in bounds:
            bounds[name] = _bound(name, flows, slack, clock)
        if name in HELD[1:]:
            slack[name] = max(values[name] - bounds[name], 0.0)
    return bounds


def _bound(name: str, flows: list[Flow], slack: dict[str, float], clock: Clock) -> float:
    """The sum of the periods' bounds."""
    # With nothing given up, the flows have been solved so already.
    given = any(value > 1e-6 for value in slack.values()) or any(flow.raised for flow in flows)
    known = all(name in flow.least for flow in flows)
    if not known or (given and name != HELD[0]):
        for flow in flows:
            if clock.until(1.0) <= 0:
                return -np.inf
            flow.solve(name, slack)
    return float(sum(flow.least[name] for flow in flows))


def _outcome(
    name: str, value: float, bound: float | None, settings: Settings, seconds: float
) -> Outcome:
    """What is known of an objective, all of which are made small."""
    if bound is None or not np.isfinite(bound):
        return Outcome(name, "min", Status.FEASIBLE, value, None, None, seconds, None)
    bound = min(bound, value)
    gap = relative_gap(value, bound)
    close = gap <= settings.gap + 1e-9 or value - bound <= 1e-5
    status = Status.OPTIMAL if close else Status.FEASIBLE
    return Outcome(name, "min", status, value, bound, gap, seconds, None)
