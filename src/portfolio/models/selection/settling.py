"""Who pays and who works, once it is decided what is done: as little past the limits as can be.

A limit that is softened or left out asks for nothing within its new bounds, so a
solver may pay from an empty fund beside a full one, and leave people idle beside
others who work too long. What a plan reports as passed should be what has to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.selection import money, people
from portfolio.models.selection.money import Funding
from portfolio.models.selection.people import Staffing
from portfolio.models.selection.terms import Terms

__all__ = ["within_limits"]

_WEIGHTS: Final = {
    "budget": 1.0,
    "spend_paid": 2.0,
    "role_capacity": 2.0,
    "pool_time": 1.0,
    "ring_fence": 1.0,
}
"""What it weighs to pass a limit by one unit: what nobody pays or does weighs double."""


def within_limits(
    model: LinearModel, terms: Terms, funding: Funding, staffing: Staffing
) -> tuple[LinearModel, Objective] | None:
    """The model with the limits as the tables have them, and what it costs to pass them.

    minimise sum over rows of weight x over, with
    activity - over <= limit, over >= 0 for each row that is softened or left out

    Parameters
    ----------
    model : LinearModel
        As the scenario has it; it stays as it is.
    terms : Terms
    funding : Funding
    staffing : Staffing

    Returns
    -------
    tuple of LinearModel and Objective, or None
        The columns of the model come first. None where no limit on payments or
        people is softened or left out.
    """
    scenario = terms.scenario
    relaxed = [f for f in _WEIGHTS if f in scenario.ignore or scenario.soften.get(f)]
    if not relaxed:
        return None
    as_given = replace(scenario, soften=MappingProxyType({}))
    strict = replace(terms, scenario=as_given)
    wider = model.copy()
    weights = []
    for name in relaxed:
        family = _family(name, strict, model, funding, staffing)
        over = wider.add_block(f"over {name}", pd.DataFrame({"row": range(len(family.rows))}))
        passed = pd.DataFrame({"row": over.keys["row"], "column": over.columns})
        entries = [*_several(family.entries), passed.assign(coefficient=-1.0)]
        wider.add_family(replace(family, name=f"given {name}", entries=entries))
        weights.append(np.full(len(family.rows), _WEIGHTS[name]))
    coefficients = np.concatenate([np.zeros(model.n_columns), *weights])
    return wider, Objective("overshoot", "min", coefficients)


def _family(
    name: str, terms: Terms, model: LinearModel, funding: Funding, staffing: Staffing
) -> Family:
    if name in ("budget", "spend_paid"):
        of_money = money.budget if name == "budget" else money.spend_paid
        return of_money(terms, model, funding)
    of_people = {
        "role_capacity": people.role_capacity,
        "pool_time": people.pool_time,
        "ring_fence": people.ring_fence,
    }
    return of_people[name](terms, model, staffing)


def _several(entries: pd.DataFrame | Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    return [entries] if isinstance(entries, pd.DataFrame) else list(entries)
