"""What the allocation makes as small as it can be, in order of importance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.allocation.part import Part
from portfolio.models.allocation.work import RESERVED_WEIGHT
from portfolio.models.linear import Family, LinearModel, Objective

__all__ = ["LOADS", "OBJECTIVES"]

Floats = npt.NDArray[np.float64]

LOADS = (0.5, 0.7, 0.9)
"""Shares of a person's time; what is worked beyond each counts once in the balance of load."""


def shortage(part: Part, model: LinearModel) -> Objective:
    """FTE that is short, weighted by the project's priority.

    sum over p, r, t of weight[p] x short[p, r, t] + RESERVED_WEIGHT x sum over r, t of undone[r, t]
    """
    coefficients = np.zeros(model.n_columns)
    coefficients[model.blocks["short"].columns] = part.cells["weight"]
    coefficients[model.blocks["undone"].columns] = RESERVED_WEIGHT
    return Objective("shortage", "min", coefficients)


def change(part: Part, model: LinearModel) -> Objective:
    """FTE that leaves where it is booked, preferred, or was in the previous allocation.

    sum over i, p, r, t of max(0, current[i, p, r, t] - work[i, p, r, t])
    """
    rows = part.candidates
    at = np.flatnonzero(rows["current"] > 0)
    current = rows["current"].to_numpy(np.float64)[at]
    keys = rows[["person", "project", "role", "t"]].iloc[at].reset_index(drop=True)
    left = model.add_block("left", keys, upper=current)
    number = np.arange(len(at))
    stays = pd.DataFrame(
        {"row": number, "column": model.blocks["work"].columns[at], "coefficient": 1.0}
    )
    leaves = pd.DataFrame({"row": number, "column": left.columns, "coefficient": 1.0})
    names = ["person_id", "project_id", "role_id", "period"]
    model.add_family(
        Family("leaving", keys.set_axis(names, axis=1), (stays, leaves), lower=current)
    )
    return _sum("change", model, "left")


def handovers(part: Part, model: LinearModel) -> Objective:
    """Times that somebody comes to a project, or comes back to it: whole stretches are few.

    sum over i, p, t of max(0, on[i, p, t] - on[i, p, t - 1])
    """
    ons = part.ons
    comes = model.add_block("comes", ons, upper=1.0)
    first = part.periods[0]
    packed = ons["pair"].to_numpy(np.int64) * part.work.periods + ons["t"].to_numpy(np.int64)
    before = np.searchsorted(packed, packed - 1)
    known = (before < len(packed)) & (packed[np.minimum(before, len(packed) - 1)] == packed - 1)
    known &= ons["t"].to_numpy() > first
    was = np.zeros(len(ons))
    if part.before is not None:
        was = (np.isin(ons["pair"], part.before) & (ons["t"].to_numpy() == first)).astype(
            np.float64
        )
    number, on = np.arange(len(ons)), model.blocks["on"].columns
    entries = [
        pd.DataFrame({"row": number, "column": comes.columns, "coefficient": 1.0}),
        pd.DataFrame({"row": number, "column": on, "coefficient": -1.0}),
        pd.DataFrame({"row": number[known], "column": on[before[known]], "coefficient": 1.0}),
    ]
    names = ["person_id", "project_id", "period"]
    keys = ons[["person", "project", "t"]].set_axis(names, axis=1)
    model.add_family(Family("coming", keys, entries, lower=-was))
    return _sum("handovers", model, "comes")


def people(part: Part, model: LinearModel) -> Objective:
    """People on each project, over the horizon.

    sum over i, p of max over t of on[i, p, t]
    """
    ons = part.ons
    pairs, of = np.unique(ons["pair"].to_numpy(np.int64), return_inverse=True)
    known = np.zeros(len(pairs)) if part.members is None else np.isin(pairs, part.members)
    person, project = np.divmod(pairs, len(part.work.projects))
    keys = pd.DataFrame({"person": person, "project": project})
    member = model.add_block("member", keys, lower=np.asarray(known, np.float64), upper=1.0)
    number = np.arange(len(ons))
    entries = [
        pd.DataFrame({"row": number, "column": member.columns[of], "coefficient": 1.0}),
        pd.DataFrame({"row": number, "column": model.blocks["on"].columns, "coefficient": -1.0}),
    ]
    names = ["person_id", "project_id", "period"]
    rows = ons[["person", "project", "t"]].set_axis(names, axis=1)
    model.add_family(Family("membership", rows, entries, lower=0.0))
    return _sum("people", model, "member")


def balance(part: Part, model: LinearModel) -> Objective:
    """FTE worked beyond 50, 70 and 90 per cent of a person's time, each counted once more.

    sum over i, t and k in (0.5, 0.7, 0.9) of max(0, load[i, t] - k x time[i, t]);
    load is all that i works in t, reserved work included
    """
    parts = [
        part.candidates[["person", "t"]].assign(column=model.blocks["work"].columns),
        part.duties[["person", "t"]].assign(column=model.blocks["duty"].columns),
    ]
    loads = pd.concat(parts, ignore_index=True)
    packed = loads["person"].to_numpy(np.int64) * part.work.periods + loads["t"].to_numpy(np.int64)
    places, of = np.unique(packed, return_inverse=True)
    person, t = np.divmod(places, part.work.periods)
    step = np.repeat(np.arange(len(LOADS)), len(places))
    keys = pd.DataFrame({"person": np.tile(person, len(LOADS)), "t": np.tile(t, len(LOADS))})
    above = model.add_block("above", keys.assign(step=step))
    entries = [
        pd.DataFrame(
            {"row": of + number * len(places), "column": loads["column"], "coefficient": 1.0}
        )
        for number in range(len(LOADS))
    ]
    entries.append(
        pd.DataFrame({"row": np.arange(len(keys)), "column": above.columns, "coefficient": -1.0})
    )
    limit = np.array(LOADS)[step] * np.tile(part.work.time[person, t], len(LOADS))
    rows = keys.set_axis(["person_id", "period"], axis=1).assign(step=step)
    model.add_family(Family("loading", rows, entries, upper=limit))
    return _sum("balance", model, "above")


def cost(part: Part, model: LinearModel) -> Objective:
    """What the work costs; money.

    sum over i, p, r, t of rate[i, r] x work[i, p, r, t] + sum over p, r, t of
    rate[r] x unnamed[p, r, t]; a person's own rate, else the role's
    """
    coefficients = np.zeros(model.n_columns)
    rate, rows = part.work.rate, part.candidates
    coefficients[model.blocks["work"].columns] = rate[rows["person"], rows["role"]]
    coefficients[model.blocks["unnamed"].columns] = rate[-1, part.by_hand["role"]]
    return Objective("cost", "min", coefficients)


def _sum(name: str, model: LinearModel, block: str) -> Objective:
    coefficients = np.zeros(model.n_columns)
    coefficients[model.blocks[block].columns] = 1.0
    return Objective(name, "min", coefficients)


OBJECTIVES: dict[str, Callable[[Part, LinearModel], Objective]] = {
    "shortage": shortage,
    "change": change,
    "handovers": handovers,
    "people": people,
    "balance": balance,
    "cost": cost,
}
"""In order of importance."""
