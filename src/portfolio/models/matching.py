"""People matched with demand at will: the least that can be short, whoever works where.

Sets
    kinds of people k (same roles, proficiencies and ring-fence), programmes g,
    roles r, periods t. Work outside the portfolio is a programme of its own.

Columns
    ``flow[k, g, r, t]`` >= 0, FTE: time that people of a kind spend on a role
    for a programme's projects (`people`, `skills`).
    ``unnamed[g, r, t]`` >= 0, FTE: capacity by hand that they get (`capacity`).
    ``short[g, r, t]`` >= 0, FTE: what is missing.
    ``worst[t]`` >= 0: the largest share of a demand that is missing.

Objectives, in order
    ``shortage``: sum of what is short; work outside the portfolio comes first.
    ``evenness``: sum of the worst shares. Where roles compete for the same
    people, which of them is short is a choice; none is left with much more of
    its demand missing than it has to be.
    ``time``: sum of all flows, so that what is free is really free.

People are taken as time that can be divided at will, so no allocation of named
people can be less short than this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.errors import SolveError
from portfolio.models.allocation.work import RESERVED_WEIGHT, Work
from portfolio.models.codes import pairs
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.solve import solve_in_order

__all__ = ["OUTSIDE", "Kinds", "Matching", "kinds_of_people", "match_people"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OUTSIDE = -2
"""Programme code of work outside the portfolio; -1 is that of projects without a programme."""
_NOTHING = 1e-6


@dataclass(frozen=True)
class Kinds:
    """People who can stand in for each other.

    Attributes
    ----------
    of_person : numpy.ndarray of int, shape (people,)
        Kind of each person; -1 for people without a role.
    fence : numpy.ndarray of int, shape (kinds,)
        Code of the programme that they are ring-fenced for; -1 where of none.
    skills : pandas.DataFrame
        kind, role (codes), proficiency.
    time : numpy.ndarray, shape (kinds, periods)
        FTE that they have together.
    """

    of_person: Ints
    fence: Ints
    skills: pd.DataFrame
    time: Floats


@dataclass(frozen=True)
class Matching:
    """What people can cover at best.

    Attributes
    ----------
    cells : pandas.DataFrame
        programme (code, or `OUTSIDE`), role, t, fte (demand), short.
    spent : numpy.ndarray, shape (kinds, periods)
        FTE of time that each kind of people spends.
    unnamed : numpy.ndarray, shape (roles, periods)
        FTE of capacity by hand that is used.
    """

    cells: pd.DataFrame
    spent: Floats
    unnamed: Floats


def kinds_of_people(work: Work) -> Kinds:
    """Sort people by what they can do and for whom.

    Parameters
    ----------
    work : Work

    Returns
    -------
    Kinds
        In the order of their first person.
    """
    skills = work.skills.sort_values(["person", "role"], kind="stable")
    can: dict[int, list[tuple[int, float]]] = {}
    for person, role, proficiency in skills.itertuples(index=False, name=None):
        can.setdefault(int(person), []).append((int(role), float(proficiency)))
    numbers: dict[tuple[object, int], int] = {}
    of_person = np.full(len(work.people), -1, dtype=np.int64)
    rows, fence = [], []
    for person in sorted(can):
        key = (tuple(can[person]), int(work.fence[person]))
        if key not in numbers:
            numbers[key] = len(numbers)
            fence.append(key[1])
            rows += [(numbers[key], role, proficiency) for role, proficiency in can[person]]
        of_person[person] = numbers[key]
    time = np.zeros((len(numbers), work.periods))
    np.add.at(time, of_person[of_person >= 0], work.time[of_person >= 0])
    frame = pd.DataFrame(rows, columns=["kind", "role", "proficiency"])
    frame = frame.astype({"kind": np.int64, "role": np.int64, "proficiency": np.float64})
    return Kinds(of_person, np.array(fence, dtype=np.int64), frame, time)


def match_people(work: Work, kinds: Kinds, settings: Settings | None = None) -> Matching:
    """Match people with demand so that the least is short.

    Parameters
    ----------
    work : Work
    kinds : Kinds
    settings : Settings, optional

    Returns
    -------
    Matching

    Raises
    ------
    SolveError
        If the solver finds no answer within its time; there always is one.
    """
    cells = _cells(work)
    flows = _flows(work, kinds, cells)
    model = LinearModel("matching")
    flow = model.add_block("flow", flows[["kind", "cell"]])
    unnamed = model.add_block("unnamed", cells.index.to_frame(name="cell"))
    short = model.add_block("short", unnamed.keys, upper=cells["fte"].to_numpy(np.float64))
    worst = model.add_block("worst", pd.DataFrame({"t": np.arange(work.periods)}))
    of_cell = flows["cell"].to_numpy(np.int64)
    row = np.arange(len(cells))
    need = cells["fte"].to_numpy(np.float64)
    covered = [
        _entries(of_cell, flow.columns, flows["proficiency"].to_numpy(np.float64)),
        _entries(row, unnamed.columns, 1.0),
        _entries(row, short.columns, 1.0),
    ]
    model.add_family(Family("demand_covered", unnamed.keys, covered, lower=need, upper=need))
    t = cells["t"].to_numpy(np.int64)
    spends = flows["kind"].to_numpy(np.int64) * work.periods + t[of_cell]
    places = pd.DataFrame({"place": np.arange(kinds.time.size)})
    spent = _entries(spends, flow.columns, 1.0)
    model.add_family(Family("person_time", places, spent, upper=kinds.time.ravel()))
    role = cells["role"].to_numpy(np.int64)
    places = pd.DataFrame({"place": np.arange(work.by_hand.size)})
    used = _entries(role * work.periods + t, unnamed.columns, 1.0)
    hand = work.by_hand.ravel()
    model.add_family(Family("capacity_by_hand", places, used, upper=hand))
    inside = np.flatnonzero((cells["programme"] != OUTSIDE).to_numpy(dtype=bool))
    row = np.arange(len(inside))
    even = [
        _entries(row, short.columns[inside], 1.0),
        _entries(row, worst.columns[t[inside]], -need[inside]),
    ]
    keys = unnamed.keys.iloc[inside]
    model.add_family(Family("evenness", keys, even, upper=0.0))
    weight = np.where(cells["programme"] == OUTSIDE, RESERVED_WEIGHT, 1.0)
    objectives = [
        _objective("shortage", model, short.columns, weight),
        _objective("evenness", model, worst.columns, 1.0),
        _objective("time", model, flow.columns, 1.0),
    ]
    settings = settings or Settings(gap=0.0)
    outcomes = solve_in_order(model, objectives, [0.0] * len(objectives), settings)
    columns = outcomes[-1].columns
    if columns is None:
        raise SolveError("how people can be matched with demand was not found in the time given")
    amounts = columns[short.columns]
    by_hand = np.zeros(work.by_hand.size)
    np.add.at(by_hand, role * work.periods + t, columns[unnamed.columns])
    time = np.zeros(kinds.time.size)
    np.add.at(time, spends, columns[flow.columns])
    return Matching(
        cells.assign(short=np.where(amounts > _NOTHING, amounts, 0.0)),
        time.reshape(kinds.time.shape),
        by_hand.reshape(work.by_hand.shape),
    )


def _cells(work: Work) -> pd.DataFrame:
    """Demand by programme, role and period; what is reserved of roles among it."""
    demand = work.demand
    of = work.programme[demand["project"].to_numpy(np.int64)]
    inside = demand.assign(programme=of).groupby(["programme", "role", "t"], as_index=False)["fte"]
    role, t = np.nonzero(work.reserved > 0)
    outside = pd.DataFrame(
        {"programme": OUTSIDE, "role": role, "t": t, "fte": work.reserved[role, t]}
    )
    cells: pd.DataFrame = pd.concat([pd.DataFrame(inside.sum()), outside], ignore_index=True)
    return cells.astype({"programme": np.int64, "role": np.int64, "t": np.int64, "fte": np.float64})


def _flows(work: Work, kinds: Kinds, cells: pd.DataFrame) -> pd.DataFrame:
    """Which kinds of people may serve which cells: kind, cell, proficiency."""
    skills = kinds.skills
    cell, skill = pairs(cells["role"].to_numpy(np.int64), skills["role"].to_numpy(np.int64))
    kind = skills["kind"].to_numpy(np.int64)[skill]
    fence = kinds.fence[kind]
    programme = cells["programme"].to_numpy(np.int64)[cell]
    t = cells["t"].to_numpy(np.int64)[cell]
    may = work.may_serve(fence, programme) & (kinds.time[kind, t] > 0)
    proficiency = skills["proficiency"].to_numpy(np.float64)[skill]
    frame = pd.DataFrame({"kind": kind, "cell": cell, "proficiency": proficiency})
    kept: pd.DataFrame = frame[may].reset_index(drop=True)
    return kept


def _entries(row: Ints, column: Ints, coefficient: float | Floats) -> pd.DataFrame:
    return pd.DataFrame({"row": row, "column": column, "coefficient": coefficient})


def _objective(name: str, model: LinearModel, columns: Ints, weight: float | Floats) -> Objective:
    coefficients = np.zeros(model.n_columns)
    coefficients[columns] = weight
    return Objective(name, "min", coefficients)
