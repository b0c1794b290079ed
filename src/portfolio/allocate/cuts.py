"""What a selection must not choose again, since named people cannot do it; what that gave up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from portfolio.allocation import Allocation
from portfolio.models.allocation import Work
from portfolio.plan import Plan

__all__ = ["MOST_ALONE", "Cuts", "found_cuts", "gave_up", "with_given_up"]

_NOTHING = 1e-4
MOST_ALONE = 12
"""Most projects that are looked at by themselves in one round."""
_LIMITS = ["role_id", "period", "fte"]
_STARTS = ["project_id", "option_id", "start", "role_id", "period"]


def _none(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns)


@dataclass(frozen=True, eq=False)
class Cuts:
    """What is ruled out.

    Attributes
    ----------
    starts : pandas.DataFrame
        project_id, option_id and start that people cannot do even by itself, and the
        role_id and period in which they fall short.
    limits : pandas.DataFrame
        Most FTE of a role_id in a period, without those who join.
    """

    starts: pd.DataFrame = field(default_factory=lambda: _none(_STARTS))
    limits: pd.DataFrame = field(default_factory=lambda: _none(_LIMITS))

    @property
    def empty(self) -> bool:
        """Whether nothing is ruled out."""
        return self.starts.empty and self.limits.empty

    def and_(self, more: Cuts) -> Cuts:
        """These and more."""
        pairs = ((self.starts, more.starts), (self.limits, more.limits))
        return Cuts(*(_stacked(one, other) for one, other in pairs))


def _stacked(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    # pandas warns of tables without rows, whose types mean nothing.
    filled = [frame for frame in (one, other) if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else one


def found_cuts(work: Work, allocation: Allocation, alone: Callable[[Work, str], bool]) -> Cuts:
    """What to rule out where people fall short.

    Parameters
    ----------
    work : Work
        Of the plan that is allocated.
    allocation : Allocation
        With a solution.
    alone : callable
        Whether people can do a project with nothing beside it but what is settled.

    Returns
    -------
    Cuts
        Starts of projects that cannot be done even so; else limits on roles.
    """
    assert allocation.shortage is not None
    short = allocation.shortage[~allocation.shortage["project_id"].isin(["", *work.settled])]
    worst = short.sort_values("fte", ascending=False).drop_duplicates("project_id")
    chosen = work.selection.set_index("project_id")[["option_id", "start"]].to_dict("index")
    starts = []
    row: Any
    for row in worst.head(MOST_ALONE).itertuples():
        if not alone(work, row.project_id):
            start = chosen[row.project_id]
            place = (row.role_id, row.period)
            starts.append((row.project_id, start["option_id"], start["start"], *place))
    if starts:
        return Cuts(starts=pd.DataFrame(starts, columns=_STARTS))
    limits = _limits(work, allocation.shortage)
    return Cuts(limits=pd.DataFrame(limits, columns=_LIMITS))


def _limits(work: Work, shortage: pd.DataFrame) -> list[tuple[str, str, float]]:
    """What named people do of each role in each period in which they fall short."""
    demand = work.demand
    project = work.projects["project_id"].to_numpy(object)[demand["project"]]
    rows = demand.assign(
        role_id=np.array(work.roles, object)[demand["role"]],
        period=np.array(work.portfolio.calendar.labels, object)[demand["t"]],
        moves=np.where(np.isin(project, list(work.settled)), 0.0, demand["fte"]),
    )
    sums = rows.groupby(["role_id", "period"], as_index=False)[["fte", "moves"]].sum()
    of_projects = shortage[shortage["project_id"] != ""]
    missing = of_projects.groupby(["role_id", "period"], as_index=False)[["fte"]].sum()
    both = missing.merge(sums, on=["role_id", "period"], suffixes=("_short", ""))
    both = both[(both["fte_short"] > _NOTHING) & (both["moves"] > _NOTHING)]
    # What is settled cannot give way, however short it is.
    most = both["fte"] - np.minimum(both["fte_short"], both["moves"])
    if work.hires is not None:
        # Who joins is no part of the limit, so that more of them may.
        there = work.hires.groupby(["role_id", "period"])["present"].sum()
        place = pd.MultiIndex.from_frame(both[["role_id", "period"]])
        most = most - there.reindex(place, fill_value=0.0).to_numpy(np.float64)
    return list(zip(both["role_id"], both["period"], most, strict=True))


def gave_up(first: Plan, plan: Plan, cuts: Cuts) -> pd.DataFrame:
    """Projects that the first selection had and the last one has not, or has otherwise.

    Returns
    -------
    pandas.DataFrame
        As `portfolio.allocation.Allocation.given_up`.
    """
    columns = ["project_id", "role_id", "period", "reason"]
    if first is plan or first.selection is None or plan.selection is None or cuts.empty:
        return _none(columns)
    together = list(zip(cuts.limits["role_id"], cuts.limits["period"], strict=True))
    own: dict[str, list[tuple[str, str]]] = {}
    for project, role, period in zip(
        *(cuts.starts[name] for name in ("project_id", "role_id", "period")), strict=True
    ):
        own.setdefault(project, []).append((role, period))
    both = first.selection.merge(plan.selection, on="project_id", suffixes=("_first", ""))
    rows = []
    row: Any
    for row in both[both["selected_first"]].itertuples():
        if row.selected and (row.start, row.option_id) == (row.start_first, row.option_id_first):
            continue
        done = "left out"
        if row.selected:
            done = f"moved from {row.start_first} to {row.start}"
            done = "done as another option" if row.start == row.start_first else done
        places = own.get(str(row.project_id)) or together
        if not places:
            continue
        where = ", ".join(f"{role} in {period}" for role, period in places[:3])
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        reason = f"{done}, so that named people can do the work: {where}{more} would be short"
        rows.append((row.project_id, *places[0], reason))
    return pd.DataFrame(rows, columns=columns)


def with_given_up(plan: Plan, given_up: pd.DataFrame) -> Plan:
    """The plan with the reasons of what was given up."""
    assert plan.selection is not None
    said = dict(zip(given_up["project_id"], given_up["reason"], strict=True))
    selection = plan.selection
    reasons = [
        said.get(project, reason)
        for project, reason in zip(selection["project_id"], selection["reason"], strict=True)
    ]
    return replace(plan, selection=selection.assign(reason=reasons))
