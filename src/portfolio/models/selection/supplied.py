"""What people and roles supply, read back from a solution of the selection model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.selection.hired import joined, needed
from portfolio.models.selection.model import Selection

__all__ = ["capacity_table", "supply_table", "within_reach"]

Floats = npt.NDArray[np.float64]


def supply_table(selection: Selection, columns: Floats) -> pd.DataFrame:
    """What each pool gives to each role, as `portfolio.plan.Plan` describes it."""
    terms = selection.terms
    force = terms.workforce
    rows = _supplied(selection, columns)
    pools = rows["pool"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "pool_id": force.pools["pool_id"].to_numpy(object)[pools],
            "programme_id": force.pools["programme_id"].to_numpy(object)[pools],
            "role_id": np.array(force.roles, object)[rows["role"].to_numpy(np.int64)],
            "period": np.array(terms.portfolio.calendar.labels, object)[
                rows["t"].to_numpy(np.int64)
            ],
            "fte": rows["fte"],
            "supplied": rows["supplied"],
        }
    )


def capacity_table(selection: Selection, columns: Floats) -> pd.DataFrame:
    """Demand, and what each role has or could have with the other roles' use unchanged.

    What ring-fenced people have left is nobody's but their programme's, and not counted.
    """
    terms = selection.terms
    force = terms.workforce
    shape = (len(force.roles), terms.periods)
    need = needed(selection, columns)
    has = within_reach(selection, columns, force.time)
    role_of, period_of = np.divmod(np.arange(shape[0] * shape[1]), max(shape[1], 1))
    return pd.DataFrame(
        {
            "role_id": np.array(force.roles, object)[role_of],
            "period": np.array(terms.portfolio.calendar.labels, object)[period_of],
            "demand": need[role_of, period_of],
            "capacity": np.clip(has, 0.0, None)[role_of, period_of],
        }
    )


def within_reach(selection: Selection, columns: Floats, time: Floats) -> Floats:
    """FTE that each role has, with all that pools have left of a time, shape (roles, periods)."""
    pools = selection.terms.workforce.pools
    flow = selection.model.blocks["flow"]
    pool, role, t = (flow.keys[c].to_numpy(np.int64) for c in ("pool", "role", "t"))
    proficiency = flow.keys["proficiency"].to_numpy()
    has: Floats = selection.staffing.fixed + joined(selection, columns).sum(axis=0)
    np.add.at(has, (role, t), columns[flow.columns] * proficiency)
    left = time.copy()
    np.subtract.at(left, (pool, t), columns[flow.columns])
    left[(pools["programme_id"] != "").to_numpy(dtype=bool)] = 0.0
    np.add.at(has, (role, t), np.clip(left, 0.0, None)[pool, t] * proficiency)
    return has


def _supplied(selection: Selection, columns: Floats) -> pd.DataFrame:
    """What each pool gives: pool, role, t (codes), fte spent and supplied."""
    force = selection.terms.workforce
    flow = selection.model.blocks["flow"]
    divided = flow.keys[["pool", "role", "t", "proficiency"]].assign(fte=columns[flow.columns])
    whole = force.skills[~selection.staffing.divided[force.skills["pool"].to_numpy()]]
    periods = selection.terms.periods
    rest = whole.loc[whole.index.repeat(periods)].reset_index(drop=True)
    rest["t"] = np.tile(np.arange(periods), len(whole))
    rest["fte"] = force.time[rest["pool"].to_numpy(), rest["t"].to_numpy()]
    rows = pd.concat([rest, divided], ignore_index=True)
    used: pd.DataFrame = rows[rows["fte"] > 0]
    rows = used.sort_values(["pool", "role", "t"], kind="stable", ignore_index=True)
    return rows.assign(supplied=rows["fte"] * rows["proficiency"])
