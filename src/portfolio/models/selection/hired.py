"""Who joins, read back from a solution of the selection model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.selection.model import Selection
from portfolio.plan import HIRE_KINDS

__all__ = ["hires_table", "joined", "needed"]

Floats = npt.NDArray[np.float64]

_NOBODY = 0.5


def hires_table(selection: Selection, columns: Floats) -> pd.DataFrame:
    """Who joins, by role, kind and period, as `portfolio.plan.Plan` describes it.

    Parameters
    ----------
    selection : Selection
    columns : numpy.ndarray of float, shape (columns,)

    Returns
    -------
    pandas.DataFrame
        Contractors are idle before hired people are.
    """
    terms = selection.terms
    there, arriving = joined(selection, columns), _arriving(selection, columns)
    need = needed(selection, columns)
    idle = np.clip(there.sum(axis=0) - need, 0.0, None)
    if "idle_time" in terms.scenario.ignore:
        idle[:] = 0.0
    contractors_idle = np.minimum(idle, there[1])
    parts = []
    for kind, idle_of_kind in enumerate((idle - contractors_idle, contractors_idle)):
        role, t = np.nonzero(there[kind] > _NOBODY)
        present, came, unused = there[kind], arriving[kind], idle_of_kind
        offers = terms.offers
        price = (offers.salary, offers.contractor_price)[kind][role]
        cost = present[role, t] * price + unused[role, t] * offers.idle_price[role]
        if kind == 0:
            cost = cost + came[role, t] * offers.hire_cost[role]
        parts.append(
            pd.DataFrame(
                {
                    "role_id": np.array(terms.workforce.roles, object)[role],
                    "kind": HIRE_KINDS[kind],
                    "period": np.array(terms.portfolio.calendar.labels, object)[t],
                    "arriving": came[role, t],
                    "present": present[role, t],
                    "idle": unused[role, t],
                    "cost": cost,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def needed(selection: Selection, columns: Floats) -> Floats:
    """FTE that the chosen projects need, shape (roles, periods)."""
    demand = selection.terms.demand
    need = np.zeros((len(selection.terms.workforce.roles), selection.terms.periods))
    place = (demand["role"].to_numpy(np.int64), demand["t"].to_numpy(np.int64))
    used = demand["fte"].to_numpy() * columns[demand["column"].to_numpy(np.int64)]
    np.add.at(need, place, used)
    return need


def joined(selection: Selection, columns: Floats) -> Floats:
    """People who are there of those who joined, shape (2, roles, periods): hired, contractors."""
    hired = np.cumsum(_by_role(selection, "hire", columns), axis=1)
    return np.stack([hired, _by_role(selection, "contract", columns)])


def _arriving(selection: Selection, columns: Floats) -> Floats:
    """People who arrive, as `joined`."""
    blocks = ("hire", "arrive")
    return np.stack([_by_role(selection, block, columns) for block in blocks])


def _by_role(selection: Selection, block: str, columns: Floats) -> Floats:
    found = selection.model.blocks[block]
    sums = np.zeros((len(selection.terms.workforce.roles), selection.terms.periods))
    place = (found.keys["role"].to_numpy(np.int64), found.keys["t"].to_numpy(np.int64))
    sums[place] = columns[found.columns]
    return sums
