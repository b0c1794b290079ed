"""The selection model solved, and settled once it is decided what is done."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt

from portfolio.models.linear import LinearModel, Objective
from portfolio.models.outcome import Outcome, Progress, Settings
from portfolio.models.selection import hiring
from portfolio.models.selection.model import Selection
from portfolio.models.selection.settling import within_limits
from portfolio.models.solve import polished, solve_in_order
from portfolio.plan import Plan

__all__ = ["aims_of_settling", "select", "settled"]

Floats = npt.NDArray[np.float64]


def select(
    selection: Selection,
    settings: Settings,
    progress: Progress | None = None,
    start: Plan | None = None,
) -> list[Outcome]:
    """Solve for the scenario's objectives in order.

    Parameters
    ----------
    selection : Selection
    settings : Settings
    progress : callable, optional
        Is told in words what is being done.
    start : Plan, optional
        A plan to begin with.

    Returns
    -------
    list of Outcome
        One an objective; the last one's columns are the plan, with payments, supply
        and who joins settled again for the projects chosen: nobody without need.
    """
    scenario = selection.terms.scenario
    deadline = time.monotonic() + settings.time_limit
    outcomes = solve_in_order(
        selection.model,
        selection.objectives,
        scenario.give_up,
        settings,
        progress,
        None if start is None else selection.decisions(start),
    )
    last = outcomes[-1]
    if last.columns is None:
        return outcomes
    left = deadline - time.monotonic()
    return [*outcomes[:-1], last.with_columns(settled(selection, last.columns, settings, left))]


def settled(
    selection: Selection, columns: Floats, settings: Settings, seconds: float | None = None
) -> Floats:
    """The same projects with who joins, payments and supply settled again.

    `seconds` is what is left of the time; see `portfolio.models.solve.polished`.
    """
    terms = selection.terms
    model, aims = aims_of_settling(selection)
    later = slice(terms.first_hire, None)
    held = [one for one in selection.objectives if one.coefficients[later].any()]
    more = np.zeros(model.n_columns - len(columns))
    found = polished(
        model,
        np.concatenate([columns, more]),
        aims,
        settings,
        decided=np.arange(terms.first_hire),
        held=[one.over(model.n_columns) for one in held],
        seconds=seconds,
    )
    return found[: selection.model.n_columns]


def aims_of_settling(selection: Selection) -> tuple[LinearModel, list[Objective]]:
    """What is made small once it is decided what is done, in order, and the model that has it."""
    terms, model, aims = selection.terms, selection.model, [_tidy(selection)]
    given = within_limits(model, terms, selection.funding, selection.staffing)
    if given is not None:
        model, overshoot = given
        aims = [overshoot, *aims]
    if terms.scenario.hiring != "none":
        aims = [*hiring.least_hiring(terms, selection.model), *aims]
    return model, [aim.over(model.n_columns) for aim in aims]


def _tidy(selection: Selection) -> Objective:
    """What is settled where it makes no difference to the objectives.

    No more is carried over and given by pools than is needed, and a fund that
    may pay for little pays before one that may pay for more.
    """
    model = selection.model
    coefficients = np.zeros(model.n_columns)
    pay = model.blocks["pay"]
    breadth = selection.funding.may_pay.mean(axis=(0, 1))
    coefficients[pay.columns] = 1.0 + breadth[pay.keys["fund"].to_numpy(np.int64)]
    coefficients[model.blocks["carry"].columns] = 1e-3
    for settled in ("flow", "arrive", "idle"):
        coefficients[model.blocks[settled].columns] = 1.0
    return Objective("tidy", "min", coefficients)
