"""Naming people: one model where that is small enough, else period by period; with its bounds."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from portfolio.models.allocation.amounts import Amounts, measured
from portfolio.models.allocation.bounds import AMOUNTS, HELD, Flow, stretches_bound
from portfolio.models.allocation.model import build_allocation
from portfolio.models.allocation.objectives import OBJECTIVES
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.rolling import roll, settled
from portfolio.models.allocation.work import Work
from portfolio.models.outcome import Outcome, Progress, Settings, relative_gap
from portfolio.models.solve import solve_in_order
from portfolio.models.solvers import DIRECT
from portfolio.plan import Status

__all__ = ["Named", "by_one_model", "name_people"]

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
    rolled = roll(work, settings, tell)
    values = measured(work, rolled.amounts)
    tell("bounding what any allocation can reach")
    bounds = _bounds(work, rolled.flows, values, settings)
    seconds = time.perf_counter() - began
    return Named(
        rolled.amounts,
        tuple(_outcome(name, values[name], bounds[name], settings, seconds) for name in OBJECTIVES),
    )


def _bounds(
    work: Work, flows: list[Flow], values: dict[str, float], settings: Settings
) -> dict[str, float]:
    """A bound of every objective of the whole, under the values of those before it."""
    slack: dict[str, float] = {}
    bounds: dict[str, float] = {}
    for name in AMOUNTS:
        # With nothing given up, the flows have been solved so already.
        given = any(value > 1e-6 for value in slack.values()) or any(f.raised for f in flows)
        if name not in HELD or (given and name != HELD[0]):
            for flow in flows:
                flow.solve(name, slack)
        bounds[name] = float(sum(flow.least[name] for flow in flows))
        if name in HELD:
            slack[name] = max(values[name] - bounds[name], 0.0)
    brief = replace(settings, time_limit=max(settings.time_limit / 10, 1.0))
    for name, whole_horizon in (("handovers", False), ("people", True)):
        bounds[name] = stretches_bound(work, values["shortage"], brief, whole_horizon=whole_horizon)
    return bounds


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
