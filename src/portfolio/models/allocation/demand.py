"""Families on the work: each project's demand, and what is reserved before it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.allocation.part import Part
from portfolio.models.linear import Family, LinearModel

__all__ = [
    "capacity_by_hand",
    "counting",
    "demand_covered",
    "filling",
    "least_that_counts",
    "people_max",
    "people_min",
    "reserved_work",
    "spread",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_COUNTS = 0.01


def demand_covered(part: Part, model: LinearModel) -> Family:
    """What people and capacity by hand give a project, with what is short, is what it needs.

    demand[p, r, t] <= sum over i of proficiency[i, r] x work[i, p, r, t] + unnamed[p, r, t]
    + short[p, r, t] <= max(demand[p, r, t], what bookings there give)
    """
    cells, rows = part.cells, part.candidates
    supply = pd.DataFrame(
        {
            "row": rows["cell"],
            "column": model.blocks["work"].columns,
            "coefficient": rows["proficiency"],
        }
    )
    unnamed = pd.DataFrame(
        {
            "row": part.by_hand["cell"],
            "column": model.blocks["unnamed"].columns,
            "coefficient": 1.0,
        }
    )
    short = pd.DataFrame(
        {"row": np.arange(len(cells)), "column": model.blocks["short"].columns, "coefficient": 1.0}
    )
    booked = np.bincount(
        rows["cell"].to_numpy(np.int64),
        (rows["booked"] * rows["proficiency"]).to_numpy(np.float64),
        minlength=len(cells),
    )
    need = cells["fte"].to_numpy(np.float64)
    keys = cells[["project", "role", "t"]].set_axis(["project_id", "role_id", "period"], axis=1)
    return Family("demand_covered", keys, (supply, unnamed, short), need, np.maximum(need, booked))


def reserved_work(part: Part, model: LinearModel) -> Family:
    """What is reserved of a role, beyond its capacity by hand, people do before any project.

    sum over i of proficiency[i, r] x duty[i, r, t] + undone[r, t] >= reserved[r, t]
    """
    rows, reserved = part.duties, part.reserved
    supply = pd.DataFrame(
        {
            "role_id": rows["role"],
            "period": rows["t"],
            "column": model.blocks["duty"].columns,
            "coefficient": rows["proficiency"],
        }
    )
    keys = reserved[["role", "t"]].set_axis(["role_id", "period"], axis=1)
    undone = keys.assign(column=model.blocks["undone"].columns, coefficient=1.0)
    return Family("reserved_work", keys, (supply, undone), lower=reserved["fte"].to_numpy())


def capacity_by_hand(part: Part, model: LinearModel) -> Family:
    """Capacity without names serves projects with no more than there is, less what is reserved.

    sum over p of unnamed[p, r, t] <= by_hand[r, t]
    """
    rows = part.by_hand
    entries = pd.DataFrame(
        {
            "role_id": rows["role"],
            "period": rows["t"],
            "column": model.blocks["unnamed"].columns,
            "coefficient": 1.0,
        }
    )
    keys = entries[["role_id", "period"]].drop_duplicates(ignore_index=True)
    upper = part.work.by_hand[keys["role_id"].to_numpy(), keys["period"].to_numpy()]
    return Family("capacity_by_hand", keys, entries, upper=upper)


def filling(part: Part, model: LinearModel) -> Family:
    """Who works in a role with a fewest or most people counts there.

    work[i, p, r, t] <= most[i, p, r, t] x fill[i, p, r, t]
    """
    counted = part.counted
    rows = part.candidates.iloc[counted]
    number = np.arange(len(rows))
    work = pd.DataFrame(
        {"row": number, "column": model.blocks["work"].columns[counted], "coefficient": 1.0}
    )
    fill = pd.DataFrame(
        {
            "row": number,
            "column": model.blocks["fill"].columns,
            "coefficient": -rows["most"].to_numpy(np.float64),
        }
    )
    return Family("filling", _keys(rows), (work, fill), upper=0.0)


def counting(part: Part, model: LinearModel) -> Family:
    """Who counts among a fewest people works there a least part of their time, but for bookings.

    work[i, p, r, t] >= max(minimum_fraction, 0.01) x time[i, t] x fill[i, p, r, t]
    """
    rows, cells = part.candidates, part.cells
    few = (cells["people_min"] > 1).to_numpy(dtype=bool)[rows["cell"].to_numpy(np.int64)]
    at = np.flatnonzero(few)
    fill = model.blocks["fill"].columns[np.searchsorted(part.counted, at)]
    least = least_that_counts(part)[at]
    number = np.arange(len(at))
    parts = [
        pd.DataFrame(
            {"row": number, "column": model.blocks["work"].columns[at], "coefficient": 1.0}
        ),
        pd.DataFrame({"row": number, "column": fill, "coefficient": -least}),
    ]
    return Family("counting", _keys(rows.iloc[at]), parts, lower=0.0)


def least_that_counts(part: Part) -> Floats:
    """Least FTE with which each candidate counts among a fewest people; no more than is booked."""
    rows, work = part.candidates, part.work
    time = work.time[rows["person"].to_numpy(), rows["t"].to_numpy()]
    least = max(work.scenario.minimum_fraction, _COUNTS) * time
    held = rows["booked"].to_numpy(np.float64)
    known: Floats = np.where(held > 0, np.minimum(least, held), least)
    return known


def people_max(part: Part, model: LinearModel) -> Family:
    """A project's demand for a role is spread over no more people than it allows, but for bookings.

    sum over i of fill[i, p, r, t] <= max(people_max[p, r, t], people booked there)
    """
    rows, cells = part.candidates.iloc[part.counted], part.cells
    limited = np.flatnonzero(np.isfinite(cells["people_max"].to_numpy(np.float64)))
    booked = np.bincount(
        rows["cell"].to_numpy(np.int64), (rows["booked"] > 0), minlength=len(cells)
    )
    most = cells["people_max"].to_numpy(np.float64)
    upper: Floats = np.maximum(most, booked.astype(np.float64))[limited]
    entries = _of_cells(limited, len(cells), rows, model)
    return Family("people_max", _cell_keys(cells, limited), entries, upper=upper)


def spread(part: Part, model: LinearModel) -> Family:
    """A role in which people work beyond their bookings counts as begun.

    sum over i of proficiency[i, r] x (work[i, p, r, t] - booked[i, p, r, t])
    <= demand[p, r, t] x begun[p, r, t]
    """
    rows, cells = part.candidates, part.cells
    begun = model.blocks["begun"]
    at = begun.keys["cell"].to_numpy(np.int64)
    place = np.full(len(cells), -1, dtype=np.int64)
    place[at] = np.arange(len(at))
    of = place[rows["cell"].to_numpy(np.int64)]
    use = np.flatnonzero(of >= 0)
    work = pd.DataFrame(
        {
            "row": of[use],
            "column": model.blocks["work"].columns[use],
            "coefficient": rows["proficiency"].to_numpy(np.float64)[use],
        }
    )
    need = cells["fte"].to_numpy(np.float64)[at]
    own = pd.DataFrame({"row": np.arange(len(at)), "column": begun.columns, "coefficient": -need})
    given = (rows["booked"] * rows["proficiency"]).to_numpy(np.float64)
    booked = np.bincount(of[use], given[use], minlength=len(at)).astype(np.float64)
    return Family("spread", _cell_keys(cells, at), (work, own), upper=booked)


def people_min(part: Part, model: LinearModel) -> Family:
    """A project's demand for a role is done by no fewer people than it asks for, but for bookings.

    sum over i of fill[i, p, r, t] >= people_min[p, r, t] x begun[p, r, t]
    """
    rows, cells = part.candidates.iloc[part.counted], part.cells
    begun = model.blocks["begun"]
    at = begun.keys["cell"].to_numpy(np.int64)
    least = cells["people_min"].to_numpy(np.float64)[at]
    own = pd.DataFrame({"row": np.arange(len(at)), "column": begun.columns, "coefficient": -least})
    entries = _of_cells(at, len(cells), rows, model)
    return Family("people_min", _cell_keys(cells, at), (entries, own), lower=0.0)


def _of_cells(
    at: Ints,
    size: int,
    rows: pd.DataFrame,
    model: LinearModel,
) -> pd.DataFrame:
    """Entries that count who fills the cells of a family's rows."""
    place = np.full(size, -1, dtype=np.int64)
    place[at] = np.arange(len(at))
    of = place[rows["cell"].to_numpy(np.int64)]
    use = np.flatnonzero(of >= 0)
    return pd.DataFrame(
        {"row": of[use], "column": model.blocks["fill"].columns[use], "coefficient": 1.0}
    )


def _cell_keys(cells: pd.DataFrame, at: Ints) -> pd.DataFrame:
    keys = cells[["project", "role", "t"]].iloc[at]
    return keys.set_axis(["project_id", "role_id", "period"], axis=1)


def _keys(rows: pd.DataFrame) -> pd.DataFrame:
    names = ["person_id", "project_id", "role_id", "period"]
    return rows[["person", "project", "role", "t"]].set_axis(names, axis=1)
