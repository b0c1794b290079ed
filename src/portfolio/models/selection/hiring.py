"""Families on who joins: hires arrive and stay, contractors come for a term, idle time is paid.

Who joins is a whole person of one FTE: a plan with a twentieth of a contractor for
half a year is nobody's to carry out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.selection.offers import Offers
from portfolio.models.selection.terms import Terms, rows_of

__all__ = [
    "contractor_arrival",
    "contractor_lead",
    "contractor_limit",
    "contractor_term",
    "hire_lead",
    "hire_limit",
    "idle_time",
    "joined",
    "least_hiring",
]


def hire_limit(terms: Terms, model: LinearModel) -> Family:
    """No more people are hired into a role over the horizon than can be.

    sum over t of hire[r, t] <= hire_max[r]
    """
    offers = terms.offers
    hire = _entries(model, "hire")[["role_id", "column", "coefficient"]]
    rows = pd.DataFrame({"role_id": offers.hired})
    return Family("hire_limit", rows, hire, upper=offers.most[offers.hired])


def hire_lead(terms: Terms, model: LinearModel) -> Family:
    """Nobody who is hired arrives before the lead of the role has passed.

    sum over t < hire_lead[r] of hire[r, t] <= 0
    """
    return _lead("hire_lead", "hire", terms, model)


def contractor_limit(terms: Terms, model: LinearModel) -> Family:
    """No more contractors of a role are there in a period than can be.

    contract[r, t] <= fte[r, t]
    """
    offers = terms.offers
    keys = offers.contracts
    most = offers.limits[keys["role"].to_numpy(np.int64), keys["t"].to_numpy(np.int64)]
    rows = keys.set_axis(["role_id", "period"], axis=1)
    return Family("contractor_limit", rows, _entries(model, "contract"), upper=most)


def contractor_lead(terms: Terms, model: LinearModel) -> Family:
    """No contractor comes before the lead of the role has passed.

    sum over t < contractor_lead[r] of arrive[r, t] <= 0
    """
    return _lead("contractor_lead", "arrive", terms, model)


def contractor_arrival(terms: Terms, model: LinearModel) -> Family:
    """Contractors who are there were there the period before, or arrive.

    contract[r, t] - contract[r, t-1] - arrive[r, t] <= 0
    """
    there = _entries(model, "contract")
    before = there.assign(period=there["period"] + 1, coefficient=-1.0)
    before = before[before["period"] < terms.periods]
    arrive = _entries(model, "arrive").assign(coefficient=-1.0)
    rows = there[["role_id", "period"]]
    return Family("contractor_arrival", rows, (there, before, arrive), upper=0.0)


def contractor_term(terms: Terms, model: LinearModel) -> Family:
    """Contractors stay at least for their term, which ends inside the horizon.

    sum over s with t - contractor_term[r] < s <= t of arrive[r, s] - contract[r, t] <= 0

    One row over all who came lately rather than one a pair of periods: with whole
    demand the relaxation is whole (Rajan and Takriti 2005).
    """
    there = _entries(model, "contract").assign(coefficient=-1.0)
    arrive = _entries(model, "arrive")
    term = terms.offers.whole_numbers("contractor_term")[arrive["role_id"].to_numpy(np.int64)]
    came = _repeated(arrive, term)
    came = came[came["period"] < terms.periods]
    return Family("contractor_term", there[["role_id", "period"]], (came, there), upper=0.0)


def idle_time(terms: Terms, model: LinearModel) -> Family:
    """What is there of those who joined and no project needs is idle, and paid as such.

    sum over s <= t of hire[r, s] + contract[r, t] - idle[r, t]
    - sum over p, o, s of demand[p, o, r, t - s] x start[p, o, s] <= 0

    Only where projects' costs pay for the people whom they need: then nothing else
    pays for idle time.
    """
    idle = _entries(model, "idle").assign(coefficient=-1.0)
    rows = idle[["role_id", "period"]]
    roles = np.unique(rows["role_id"].to_numpy(np.int64))
    demand = terms.demand
    need = demand[np.isin(demand["role"].to_numpy(), roles)]
    need = need.rename(columns={"role": "role_id", "t": "period"}).assign(coefficient=-need["fte"])
    there = joined(terms, model)
    there = there[np.isin(there["role_id"].to_numpy(), roles)]
    return Family("idle_time", rows, (there, idle, need), upper=0.0)


def joined(terms: Terms, model: LinearModel) -> pd.DataFrame:
    """Entries of those who are there in each period: role_id, period, column, coefficient."""
    hire = _entries(model, "hire")
    hired = _repeated(hire, terms.periods - hire["period"].to_numpy(np.int64))
    return pd.concat([hired, _entries(model, "contract")], ignore_index=True)


def least_hiring(terms: Terms, model: LinearModel) -> tuple[Objective, Objective]:
    """What is made small once the projects are chosen: the cost of who joins, then their time.

    An objective such as strategic value does not see the difference between a hire
    whom projects need and one whom the budget happens to allow.
    """
    cost = np.zeros(model.n_columns)
    np.add.at(
        cost, terms.joining["column"].to_numpy(np.int64), terms.joining["amount"] / terms.unit
    )
    time = np.zeros(model.n_columns)
    np.add.at(time, joined(terms, model)["column"].to_numpy(np.int64), 1.0)
    return Objective("hiring", "min", cost), Objective("time", "min", time)


def _entries(model: LinearModel, block: str) -> pd.DataFrame:
    """A block's columns once each: role_id, period, column, coefficient 1."""
    rows = rows_of(model, block)[["role", "t", "column"]]
    return rows.set_axis(["role_id", "period", "column"], axis=1).assign(coefficient=1.0)


def _repeated(entries: pd.DataFrame, times: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Entries once for each of so many periods, from their own on."""
    row = np.repeat(np.arange(len(entries)), times)
    later = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    repeated = entries.iloc[row].reset_index(drop=True)
    return repeated.assign(period=repeated["period"].to_numpy(np.int64) + later)


def _lead(name: str, block: str, terms: Terms, model: LinearModel) -> Family:
    """One row a role with a lead, over the arrivals that it rules out."""
    offers: Offers = terms.offers
    lead = offers.whole_numbers(name)
    roles = offers.hired if block == "hire" else offers.contracted
    roles = roles[lead[roles] > 0]
    entries = _entries(model, block)
    role, t = entries["role_id"].to_numpy(np.int64), entries["period"].to_numpy(np.int64)
    early = entries[np.isin(role, roles) & (t < lead[role])].drop(columns="period")
    return Family(name, pd.DataFrame({"role_id": roles}), early, upper=0.0)
