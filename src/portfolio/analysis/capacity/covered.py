"""What of the demand is covered, by people who are named or by people divided at will."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.allocation import Allocation
from portfolio.analysis.capacity.rows import places
from portfolio.models.allocation import Work
from portfolio.models.matching import OUTSIDE, Kinds, match_people

__all__ = ["Covered", "as_named", "at_will"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Covered:
    """What of the demand is covered, and whose time that takes.

    Attributes
    ----------
    cells : pandas.DataFrame
        programme (code), role, t, fte, short.
    spent : numpy.ndarray, shape (kinds, periods)
    unnamed : numpy.ndarray, shape (roles, periods)
    worked : numpy.ndarray or None, shape (people, periods)
    """

    cells: pd.DataFrame
    spent: Floats
    unnamed: Floats
    worked: Floats | None


def at_will(work: Work, kinds: Kinds) -> Covered:
    """Demand as people divided at will cover it, with the least short."""
    found = match_people(work, kinds)
    cells = found.cells[found.cells["programme"] != OUTSIDE]
    return Covered(cells, found.spent, found.unnamed, None)


def as_named(work: Work, kinds: Kinds, allocation: Allocation) -> Covered:
    """Demand as named people cover it."""
    assert allocation.allocation is not None
    assert allocation.shortage is not None
    t_of = {label: t for t, label in enumerate(work.portfolio.calendar.labels)}
    rows = allocation.allocation[allocation.allocation["period"].isin(t_of)]
    t = rows["period"].map(t_of).to_numpy(np.int64)
    fte = rows["fte"].to_numpy(np.float64)
    person = places(work.people["person_id"], rows["person_id"])
    role = places(work.roles, rows["role_id"])
    worked, unnamed = np.zeros_like(work.time), np.zeros_like(work.by_hand)
    np.add.at(worked, (person[person >= 0], t[person >= 0]), fte[person >= 0])
    np.add.at(unnamed, (role[person < 0], t[person < 0]), fte[person < 0])
    spent = np.zeros_like(kinds.time)
    can = kinds.of_person >= 0
    np.add.at(spent, kinds.of_person[can], worked[can])
    short = allocation.shortage[allocation.shortage["project_id"] != ""]
    missing = pd.DataFrame(
        {
            "project": places(work.projects["project_id"], short["project_id"]),
            "role": places(work.roles, short["role_id"]),
            "t": short["period"].map(t_of).astype("float64").to_numpy(),
            "short": short["fte"].to_numpy(np.float64),
        }
    )
    cells = work.demand.merge(missing, on=["project", "role", "t"], how="left")
    cells["short"] = cells["short"].fillna(0.0)
    cells["programme"] = work.programme[cells["project"].to_numpy(np.int64)]
    key = ["programme", "role", "t"]
    return Covered(
        cells.groupby(key, as_index=False)[["fte", "short"]].sum(), spent, unnamed, worked
    )
