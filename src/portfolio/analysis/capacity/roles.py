"""Demand of each role against what people can give it, and which roles are short of people."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.analysis.capacity.covered import Covered
from portfolio.analysis.capacity.result import COLUMNS, DIGITS, NOTHING
from portfolio.analysis.capacity.rows import by_period, flat
from portfolio.models.allocation import Work
from portfolio.models.matching import Kinds

__all__ = ["bottlenecks", "of_roles"]

Floats = npt.NDArray[np.float64]


def of_roles(work: Work, kinds: Kinds, covered: Covered) -> pd.DataFrame:
    """As `CapacityAnalysis.roles`."""
    shape = work.by_hand.shape
    demand, short = np.zeros(shape), np.zeros(shape)
    place = (covered.cells["role"].to_numpy(np.int64), covered.cells["t"].to_numpy(np.int64))
    np.add.at(demand, place, covered.cells["fte"].to_numpy(np.float64))
    np.add.at(short, place, covered.cells["short"].to_numpy(np.float64))
    most = np.clip(_most(work, kinds) - work.reserved, 0.0, None)
    skills = kinds.skills[(kinds.fence < 0)[kinds.skills["kind"].to_numpy(np.int64)]]
    free = np.clip(kinds.time - covered.spent, 0.0, None)
    surplus = np.clip(work.by_hand - covered.unnamed, 0.0, None)
    supply = skills["proficiency"].to_numpy(np.float64)[:, None]
    np.add.at(surplus, skills["role"].to_numpy(), supply * free[skills["kind"].to_numpy(np.int64)])
    return pd.DataFrame(
        {
            **by_period(work, "role_id", work.roles),
            "demand": flat(demand),
            "reserved": flat(work.reserved),
            "most": flat(most),
            "supplied": flat(demand - short),
            "deficit": flat(short),
            "certain": flat(np.clip(demand - most, 0.0, None)),
            "surplus": flat(surplus),
        }
    )


def _most(work: Work, kinds: Kinds) -> Floats:
    """What each role could get if everybody who has it did nothing else, reserved work included."""
    most = work.by_hand.copy()
    skills = kinds.skills
    kind, role = skills["kind"].to_numpy(np.int64), skills["role"].to_numpy(np.int64)
    supply = skills["proficiency"].to_numpy(np.float64)[:, None] * kinds.time[kind]
    shared = kinds.fence[kind] < 0
    np.add.at(most, role[shared], supply[shared])
    return most + _by_fenced(work, kinds)


def _by_fenced(work: Work, kinds: Kinds) -> Floats:
    """What ring-fenced people could give each role: no more than those they may serve need.

    given[g] = min(own[g] + sum of given of the programmes right below, need of g and all
    within it)
    """
    table = work.portfolio.tables["programmes"]
    code = {name: number for number, name in enumerate(table["programme_id"])}
    own, need = (np.zeros((len(code), *work.by_hand.shape)) for _ in range(2))
    skills = kinds.skills[(kinds.fence >= 0)[kinds.skills["kind"].to_numpy(np.int64)]]
    kind = skills["kind"].to_numpy(np.int64)
    supply = skills["proficiency"].to_numpy(np.float64)[:, None] * kinds.time[kind]
    np.add.at(own, (kinds.fence[kind], skills["role"].to_numpy(np.int64)), supply)
    demand = work.demand.assign(of=work.programme[work.demand["project"].to_numpy(np.int64)])
    demand = demand[demand["of"] >= 0]
    place = tuple(demand[name].to_numpy(np.int64) for name in ("of", "role", "t"))
    np.add.at(need, place, demand["fte"].to_numpy(np.float64))
    above = dict(zip(table["programme_id"], table["parent_id"], strict=True))
    most = np.zeros_like(work.by_hand)
    # A programme holds more than any within it, so that these come before it.
    inner_first = sorted(work.portfolio.programmes_within.items(), key=lambda item: len(item[1]))
    for programme, inside in inner_first:
        given = np.minimum(own[code[programme]], need[[code[name] for name in inside]].sum(axis=0))
        outer = own[code[above[programme]]] if above[programme] else most
        outer += given
    return most


def bottlenecks(roles: pd.DataFrame) -> pd.DataFrame:
    """The roles that are needed, the shortest of people first.

    Parameters
    ----------
    roles : pandas.DataFrame
        As `CapacityAnalysis.roles`.

    Returns
    -------
    pandas.DataFrame
        As `CapacityAnalysis.bottlenecks`.
    """
    rows = []
    for role, own in roles.groupby("role_id", sort=False):
        if not (own["demand"] > NOTHING).any():
            continue
        short = own[own["deficit"] > NOTHING]
        deficit, demand, most = (own[name].to_numpy() for name in ("deficit", "demand", "most"))
        worst = int(deficit.argmax())
        there = most > NOTHING
        use = np.divide(demand, most, out=np.full(len(own), np.nan), where=there)
        nobody = ~there & (demand > NOTHING)
        peak = int(nobody.argmax() if nobody.any() else np.nanargmax(use))
        rows.append(
            {
                "role_id": role,
                "periods_short": len(short),
                "first_short": short["period"].iloc[0] if len(short) else "",
                "deficit": round(float(own["deficit"].sum()), DIGITS),
                "certain": round(float(own["certain"].sum()), DIGITS),
                "worst_period": own["period"].iloc[worst] if len(short) else "",
                "worst_deficit": float(deficit[worst]),
                "peak_use": float(use[peak]),
                "peak_period": own["period"].iloc[peak],
            }
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS["bottlenecks"]))
    order = frame.assign(nobody=frame["peak_use"].isna())
    order = order.sort_values(
        ["deficit", "nobody", "peak_use"], ascending=[False, False, False], kind="stable"
    )
    return order.drop(columns="nobody").reset_index(drop=True)
