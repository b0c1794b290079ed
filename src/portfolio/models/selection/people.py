"""Families on people: each role's demand is supplied, and nobody is counted twice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.linear import Family, LinearModel
from portfolio.models.selection.hiring import joined
from portfolio.models.selection.terms import Terms, rows_of

__all__ = ["Staffing", "pool_time", "ring_fence", "role_capacity"]


@dataclass(frozen=True, eq=False)
class Staffing:
    """Which pools the model divides among roles, and what needs no dividing.

    Parameters
    ----------
    terms : Terms
    """

    terms: Terms

    @cached_property
    def divided(self) -> npt.NDArray[np.bool_]:
        """Whether each pool is divided: it has several roles, or serves one programme only.

        Where a pool's time may be passed, what it works is a question for every pool.
        """
        force, scenario = self.terms.workforce, self.terms.scenario
        if "pool_time" in scenario.ignore or scenario.soften.get("pool_time"):
            return np.ones(len(force.pools), dtype=bool)
        roles = np.bincount(force.skills["pool"], minlength=len(force.pools))
        return (roles > 1) | (force.pools["programme_id"] != "").to_numpy(dtype=bool)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Keys of the flow columns: pool, role, t (codes); proficiency, programme beside them."""
        force = self.terms.workforce
        codes = {name: n for n, name in enumerate(self.terms.programmes)}
        skills = force.skills[self.divided[force.skills["pool"].to_numpy()]]
        periods = self.terms.periods
        frame = skills.loc[skills.index.repeat(periods)].reset_index(drop=True)
        frame["t"] = np.tile(np.arange(periods), len(skills))
        programme = force.pools["programme_id"].map(codes).to_numpy(np.int64)
        frame["programme"] = programme[frame["pool"].to_numpy()]
        has_time: npt.NDArray[np.bool_] = (
            force.time[frame["pool"].to_numpy(), frame["t"].to_numpy()] > 0
        )
        kept: pd.DataFrame = frame[has_time]
        return kept.reset_index(drop=True)

    @cached_property
    def fixed(self) -> npt.NDArray[np.float64]:
        """FTE of each role that needs no dividing, shape (roles, periods)."""
        force = self.terms.workforce
        fixed = force.fixed.copy()
        whole = force.skills[~self.divided[force.skills["pool"].to_numpy()]]
        supply = whole["proficiency"].to_numpy()[:, None] * force.time[whole["pool"].to_numpy()]
        np.add.at(fixed, whole["role"].to_numpy(), supply)
        return fixed


def role_capacity(terms: Terms, model: LinearModel, staffing: Staffing) -> Family:
    """Demand for a role in a period is within what pools and capacity give, less reserved.

    sum over p, o, s of demand[p, o, r, t - s] x start[p, o, s]
    - sum over k of proficiency[k, r] x flow[k, r, t]
    - sum over s <= t of hire[r, s] - contract[r, t] <= fixed[r, t]
    """
    demand, flow = terms.demand, rows_of(model, "flow")
    names = {"role": "role_id", "t": "period", "fte": "coefficient"}
    need = demand.rename(columns=names)
    supply = pd.DataFrame(
        {
            "role_id": flow["role"],
            "period": flow["t"],
            "column": flow["column"],
            "coefficient": -flow["proficiency"],
        }
    )
    soft = 1.0 + terms.scenario.soften.get("role_capacity", 0.0)
    supply["coefficient"] *= soft
    more = joined(terms, model)
    more["coefficient"] *= -soft
    role, t = np.divmod(np.arange(len(terms.workforce.roles) * terms.periods), terms.periods)
    rows = pd.DataFrame({"role_id": role, "period": t})
    return Family("role_capacity", rows, (need, supply, more), upper=staffing.fixed[role, t] * soft)


def pool_time(terms: Terms, model: LinearModel, staffing: Staffing) -> Family:
    """What a pool spends on all of its roles is within the time that its people have.

    sum over r of flow[k, r, t] <= time[k, t]
    """
    flow = rows_of(model, "flow")
    entries = pd.DataFrame(
        {"pool_id": flow["pool"], "period": flow["t"], "column": flow["column"]}
    ).assign(coefficient=1.0)
    rows = entries[["pool_id", "period"]].drop_duplicates(ignore_index=True)
    soft = 1.0 + terms.scenario.soften.get("pool_time", 0.0)
    time = terms.workforce.time[rows["pool_id"].to_numpy(), rows["period"].to_numpy()]
    return Family("pool_time", rows, entries, upper=time * soft)


def ring_fence(terms: Terms, model: LinearModel, staffing: Staffing) -> Family:
    """People ring-fenced for a programme or within it supply a role with no more than it needs.

    sum over k of g and the programmes within it of proficiency[k, r] x flow[k, r, t]
    - sum over p of g and the programmes within it, o, s
    of demand[p, o, r, t - s] x start[p, o, s] <= 0

    One row for each programme g that has people of its own who fill the role. As programmes
    are within each other or apart, these rows are all that keeps a division of people from
    being possible (Hall 1935).
    """
    flow = rows_of(model, "flow")
    flow = flow[flow["programme"] != terms.no_programme]
    keys = ["programme_id", "role_id", "period"]
    names = {"programme": "programme_id", "role": "role_id", "t": "period"}
    flow = flow.rename(columns={**names, "proficiency": "coefficient"})
    rows = flow[keys].drop_duplicates(ignore_index=True)
    fenced = np.zeros((len(terms.programmes), len(terms.workforce.roles), terms.periods), bool)
    fenced[tuple(rows[key].to_numpy(np.int64) for key in keys)] = True
    demand = terms.demand.rename(columns=names)
    demand = demand.assign(coefficient=-demand["fte"])
    parts = []
    for outer in np.flatnonzero(fenced.any(axis=(1, 2))):
        inside, rows_here = terms.within[terms.programmes[outer]], fenced[outer]
        for frame in (flow, demand):
            own = frame[inside[frame["programme_id"].to_numpy(np.int64)]]
            own = own[rows_here[own["role_id"].to_numpy(np.int64), own["period"].to_numpy()]]
            parts.append(own[[*keys, "column", "coefficient"]].assign(programme_id=outer))
    return Family("ring_fence", rows, parts, upper=0.0)
