"""The allocation model of a part of the work: built from its families, and solved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.allocation import demand, people
from portfolio.models.allocation.objectives import OBJECTIVES
from portfolio.models.allocation.part import Part
from portfolio.models.linear import Family, LinearModel, Objective

__all__ = ["CONSTRAINTS", "OPEN", "SOFT", "Model", "build_allocation", "families"]

Floats = npt.NDArray[np.float64]

_AMOUNTS = (
    demand.demand_covered,
    demand.reserved_work,
    demand.capacity_by_hand,
    people.person_time,
    people.booked,
    people.banned,
    people.fte_max,
    people.ring_fence,
    demand.filling,
    demand.people_max,
)
_WHOLE = (
    demand.counting,
    demand.spread,
    demand.people_min,
    people.working,
    people.max_projects,
    people.minimum_fraction,
)


def families() -> tuple[Callable[[Part, LinearModel], Family], ...]:
    """The functions of all families, in the order in which they stand in the model."""
    return (*_AMOUNTS, *_WHOLE)


CONSTRAINTS = tuple(family.__name__ for family in families())
"""Names of the families, in the order in which they stand in the model."""

OPEN = tuple(
    name
    for name in CONSTRAINTS
    if name not in ("demand_covered", "filling", "counting", "spread", "working")
)
"""Those that a scenario may ignore; the others only say what the columns mean."""

SOFT = ("person_time",)
"""Those that a scenario may soften."""


@dataclass(frozen=True, eq=False)
class Model:
    """An allocation model with what it was built from.

    Attributes
    ----------
    part : Part
    model : LinearModel
    objectives : tuple of Objective
        Those asked for, in order.
    """

    part: Part
    model: LinearModel
    objectives: tuple[Objective, ...]


def build_allocation(
    part: Part, objectives: Sequence[str] = tuple(OBJECTIVES), *, whole: bool = True
) -> Model:
    """Build the model of a part of the work.

    Parameters
    ----------
    part : Part
        Families that its scenario ignores are left out.
    objectives : sequence of str
        Names of the objectives, in order.
    whole : bool
        Whether people are counted as whole. Without that the model is a
        relaxation, in amounts alone, whose optimum no allocation can pass.

    Returns
    -------
    Model
    """
    model = LinearModel("allocation", _labels(part))
    cells, candidates = part.cells, part.candidates
    keys = ["person", "project", "role", "t"]
    model.add_block("work", candidates[keys])
    model.add_block("unnamed", part.by_hand, upper=part.by_hand["fte"].to_numpy(np.float64))
    model.add_block("short", cells[["project", "role", "t"]], upper=cells["fte"].to_numpy())
    model.add_block("duty", part.duties)
    model.add_block("undone", part.reserved)
    counted = candidates[keys].iloc[part.counted]
    model.add_block("fill", counted, upper=1.0, integer=whole)
    if whole:
        begun = pd.DataFrame({"cell": np.flatnonzero(cells["people_min"] > 1)})
        model.add_block("begun", begun, upper=1.0, integer=True)
        model.add_block("on", part.ons, upper=1.0, integer=True)
    rules = families() if whole else _AMOUNTS
    for family in rules:
        if family.__name__ not in part.work.scenario.ignore:
            model.add_family(family(part, model))
    made = [OBJECTIVES[name](part, model) for name in objectives]
    return Model(part, model, tuple(objective.over(model.n_columns) for objective in made))


def _labels(part: Part) -> dict[str, npt.NDArray[np.object_]]:
    work = part.work
    return {
        "person_id": work.people["person_id"].to_numpy(dtype=object),
        "project_id": work.projects["project_id"].to_numpy(dtype=object),
        "role_id": np.array(work.roles, dtype=object),
        "period": np.array(work.portfolio.calendar.labels, dtype=object),
    }
