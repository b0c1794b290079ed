"""Families on people: their time, where they may and must work, and on how much at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.allocation.part import Part
from portfolio.models.linear import Family, LinearModel

__all__ = [
    "banned",
    "booked",
    "fte_max",
    "held_on",
    "least_on",
    "max_projects",
    "minimum_fraction",
    "person_time",
    "ring_fence",
    "working",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def person_time(part: Part, model: LinearModel) -> Family:
    """Nobody works more than the time that they have: their FTE, calendar and reserved time.

    sum over p, r of work[i, p, r, t] + sum over r of duty[i, r, t] <= time[i, t]
    """
    parts = [
        _entries(part.candidates, model.blocks["work"].columns),
        _entries(part.duties, model.blocks["duty"].columns),
    ]
    keys = pd.concat([rows[["person_id", "period"]] for rows in parts])
    keys = keys.drop_duplicates(ignore_index=True)
    time = part.work.time[keys["person_id"].to_numpy(), keys["period"].to_numpy()]
    soft = 1.0 + part.work.scenario.soften.get("person_time", 0.0)
    return Family("person_time", keys, parts, upper=time * soft)


def booked(part: Part, model: LinearModel) -> Family:
    """Fixed assignments and committed bookings hold their time, cut to what the person has.

    work[i, p, r, t] >= booked[i, p, r, t]
    """
    rows = part.candidates
    return _each("booked", part, model, np.flatnonzero(rows["booked"] > 0), lower=rows["booked"])


def banned(part: Part, model: LinearModel) -> Family:
    """Nobody works where an assignment bans them.

    work[i, p, r, t] <= 0
    """
    rows = part.candidates
    at = np.flatnonzero(rows["banned"])
    return _each("banned", part, model, at, upper=pd.Series(0.0, index=rows.index))


def fte_max(part: Part, model: LinearModel) -> Family:
    """Nobody works more on a project than an assignment allows there.

    work[i, p, r, t] <= fte_max[i, p, r, t]
    """
    rows = part.candidates
    at = np.flatnonzero(np.isfinite(rows["fte_max"]))
    return _each("fte_max", part, model, at, upper=rows["fte_max"])


def ring_fence(part: Part, model: LinearModel) -> Family:
    """People ring-fenced for a programme work for it and those within it only, but for bookings.

    sum over r, p outside the programme of work[i, p, r, t] <= what is booked of i there
    """
    rows, work = part.candidates, part.work
    fence = work.fence[rows["person"].to_numpy(np.int64)]
    outside = ~work.may_serve(fence, work.programme[rows["project"].to_numpy(np.int64)])
    away = rows[outside]
    entries = _entries(away, model.blocks["work"].columns[outside])
    keys = entries[["person_id", "period"]].drop_duplicates(ignore_index=True)
    held = np.zeros_like(work.time)
    np.add.at(held, (away["person"].to_numpy(), away["t"].to_numpy()), away["booked"].to_numpy())
    upper = held[keys["person_id"].to_numpy(), keys["period"].to_numpy()]
    return Family("ring_fence", keys, entries, upper=upper)


def working(part: Part, model: LinearModel) -> Family:
    """Who works in any role of a project works on it.

    work[i, p, r, t] <= most[i, p, r, t] x on[i, p, t]; most is the person's
    time, or less where the project needs less
    """
    rows = part.candidates
    number = np.arange(len(rows))
    work = pd.DataFrame({"row": number, "column": model.blocks["work"].columns, "coefficient": 1.0})
    on = pd.DataFrame(
        {
            "row": number,
            "column": model.blocks["on"].columns[rows["on"].to_numpy(np.int64)],
            "coefficient": -rows["most"].to_numpy(np.float64),
        }
    )
    return Family("working", _keys(rows), (work, on), upper=0.0)


def max_projects(part: Part, model: LinearModel) -> Family:
    """Nobody works on more projects at once than they may, but for bookings.

    sum over p of on[i, p, t] <= max(max_projects[i], projects that i is booked on in t)
    """
    limit = part.work.people["max_projects"].astype("float64").to_numpy(np.float64)
    ons = part.ons
    held = held_on(part) > 0
    at = np.flatnonzero(~np.isnan(limit[ons["person"].to_numpy(np.int64)]))
    entries = _entries(ons.iloc[at], model.blocks["on"].columns[at])
    bookings = np.zeros((len(limit), part.work.periods))
    np.add.at(bookings, (ons["person"][held], ons["t"][held]), 1.0)
    keys = entries[["person_id", "period"]].drop_duplicates(ignore_index=True)
    person, t = keys["person_id"].to_numpy(np.int64), keys["period"].to_numpy(np.int64)
    return Family(
        "max_projects", keys, entries, upper=np.maximum(limit[person], bookings[person, t])
    )


def minimum_fraction(part: Part, model: LinearModel) -> Family:
    """Who works on a project at all works there a least part of their time, but for bookings.

    sum over r of work[i, p, r, t] >= minimum_fraction x time[i, t] x on[i, p, t]
    """
    ons, rows, least = part.ons, part.candidates, least_on(part)
    work = pd.DataFrame(
        {"row": rows["on"], "column": model.blocks["work"].columns, "coefficient": 1.0}
    )
    on = pd.DataFrame(
        {"row": np.arange(len(ons)), "column": model.blocks["on"].columns, "coefficient": -least}
    )
    names = ["person_id", "project_id", "period"]
    keys = ons[["person", "project", "t"]].set_axis(names, axis=1)
    return Family("minimum_fraction", keys, (work, on), lower=0.0)


def least_on(part: Part) -> Floats:
    """Least FTE of each person on each project where they work on it; no more than is booked."""
    ons, held = part.ons, held_on(part)
    least = part.work.least[ons["person"].to_numpy(), ons["t"].to_numpy()]
    known: Floats = np.where(held > 0, np.minimum(least, held), least)
    return known


def held_on(part: Part) -> Floats:
    """FTE booked of each person on each project."""
    rows = part.candidates
    booked = rows["booked"].to_numpy(np.float64)
    held = np.bincount(rows["on"].to_numpy(np.int64), booked, minlength=len(part.ons))
    return held.astype(np.float64)


def _each(
    name: str,
    part: Part,
    model: LinearModel,
    at: Ints,
    lower: pd.Series | None = None,
    upper: pd.Series | None = None,
) -> Family:
    """One row for each of some candidates."""
    columns = model.blocks["work"].columns[at]
    entries = pd.DataFrame({"row": np.arange(len(at)), "column": columns, "coefficient": 1.0})
    return Family(
        name,
        _keys(part.candidates.iloc[at]),
        entries,
        -np.inf if lower is None else lower.to_numpy(np.float64)[at],
        np.inf if upper is None else upper.to_numpy(np.float64)[at],
    )


def _entries(rows: pd.DataFrame, columns: Ints) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": rows["person"].to_numpy(np.int64),
            "period": rows["t"].to_numpy(np.int64),
            "column": columns,
            "coefficient": 1.0,
        }
    )


def _keys(rows: pd.DataFrame) -> pd.DataFrame:
    names = ["person_id", "project_id", "role_id", "period"]
    return rows[["person", "project", "role", "t"]].set_axis(names, axis=1)
