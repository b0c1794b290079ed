"""Demand set against people: by role, pool, place, programme and person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.allocation import Allocation
from portfolio.analysis.bookings import bookings_today
from portfolio.analysis.capacity.covered import Covered, as_named, at_will
from portfolio.analysis.capacity.result import NOTHING, CapacityAnalysis
from portfolio.analysis.capacity.roles import bottlenecks, of_roles
from portfolio.analysis.capacity.rows import by_period, flat, places
from portfolio.models.allocation import Work
from portfolio.models.matching import Kinds, kinds_of_people

__all__ = ["analyse_capacity"]

Floats = npt.NDArray[np.float64]


def analyse_capacity(
    work: Work, allocation: Allocation | None = None, *, demand_of: str = "plan"
) -> CapacityAnalysis:
    """Set demand against people.

    Parameters
    ----------
    work : Work
        The portfolio, the scenario, and the selection whose demand is meant: a plan's, or
        `portfolio.analysis.wanted.wanted_selection`.
    allocation : Allocation, optional
        Who works where, in that plan; without it people are matched at will.
    demand_of : str
        What the selection is, for those who read the result.

    Returns
    -------
    CapacityAnalysis

    Raises
    ------
    SolveError
        If matching fails.
    """
    kinds = kinds_of_people(work)
    if allocation is not None and allocation.allocation is not None:
        basis, covered = "allocation", as_named(work, kinds, allocation)
    else:
        basis, covered = "at_will", at_will(work, kinds)
    roles = of_roles(work, kinds, covered)
    today, booked = bookings_today(work)
    return CapacityAnalysis(
        basis=basis,
        demand_of=demand_of,
        bottlenecks=bottlenecks(roles),
        roles=roles,
        pools=_pools(work, kinds, covered),
        locations=_locations(work),
        programmes=_programmes(work, covered),
        people=_people(work, covered, booked),
        today=today,
    )


def _pools(work: Work, kinds: Kinds, covered: Covered) -> pd.DataFrame:
    programmes = work.portfolio.tables["programmes"]["programme_id"].to_numpy(object)
    words = ["" for _ in kinds.fence]
    for kind, role, proficiency in kinds.skills.itertuples(index=False, name=None):
        own = work.roles[int(role)] + ("" if proficiency == 1 else f" ({proficiency:g})")
        words[int(kind)] += f", {own}" if words[int(kind)] else own
    number = len(kinds.fence)
    people = np.bincount(kinds.of_person[kinds.of_person >= 0], minlength=number)
    names = [f"pool {n:0{len(str(number))}d}" for n in range(1, number + 1)]
    each = work.periods
    return pd.DataFrame(
        {
            **by_period(work, "pool_id", names),
            "roles": np.repeat(np.array(words, object), each),
            "programme_id": np.repeat(
                np.array([programmes[f] if f >= 0 else "" for f in kinds.fence], object), each
            ),
            "people": np.repeat(people, each),
            "time": flat(kinds.time),
            "spent": flat(covered.spent),
            "surplus": flat(np.clip(kinds.time - covered.spent, 0.0, None)),
        }
    )


def _locations(work: Work) -> pd.DataFrame:
    names = list(work.portfolio.tables["locations"]["location_id"])
    of_project, of_person = work.projects["location_id"], work.people["location_id"]
    if (of_project == "").any() or (of_person == "").any():
        names.append("")
    demand, time = np.zeros((len(names), work.periods)), np.zeros((len(names), work.periods))
    project = places(names, of_project)[work.demand["project"].to_numpy(np.int64)]
    place = (project, work.demand["t"].to_numpy(np.int64))
    np.add.at(demand, place, work.demand["fte"].to_numpy(np.float64))
    np.add.at(time, places(names, of_person), work.time)
    return pd.DataFrame(
        {
            **by_period(work, "location_id", names),
            "demand": flat(demand),
            "time": flat(time),
            "deficit": flat(np.clip(demand - time, 0.0, None)),
            "surplus": flat(np.clip(time - demand, 0.0, None)),
        }
    )


def _programmes(work: Work, covered: Covered) -> pd.DataFrame:
    names = list(work.portfolio.tables["programmes"]["programme_id"])
    cells = covered.cells
    # Code -1, that of projects without a programme, is the last row.
    demand, short, fenced = (np.zeros((len(names) + 1, work.periods)) for _ in range(3))
    place = (cells["programme"].to_numpy(np.int64), cells["t"].to_numpy(np.int64))
    np.add.at(demand, place, cells["fte"].to_numpy(np.float64))
    np.add.at(short, place, cells["short"].to_numpy(np.float64))
    inside = work.fence >= 0
    np.add.at(fenced, work.fence[inside], work.time[inside])
    frame = pd.DataFrame(
        {
            **by_period(work, "programme_id", [*names, ""]),
            "demand": flat(demand),
            "supplied": flat(demand - short),
            "deficit": flat(short),
            "ring_fenced": flat(fenced),
        }
    )
    return frame if demand[-1].any() else frame[frame["programme_id"] != ""]


def _people(work: Work, covered: Covered, booked: tuple[Floats, Floats]) -> pd.DataFrame:
    committed, proposed = booked
    load = committed + proposed if covered.worked is None else covered.worked
    none = np.where(load > NOTHING, np.nan, 0.0)
    used = np.divide(load, work.time, out=none, where=work.time > NOTHING)
    worked = np.full_like(load, np.nan) if covered.worked is None else covered.worked
    return pd.DataFrame(
        {
            **by_period(work, "person_id", list(work.people["person_id"])),
            "time": flat(work.time),
            "committed": flat(committed),
            "proposed": flat(proposed),
            "worked": flat(worked),
            "load": flat(load),
            "utilisation": flat(used),
        }
    )
