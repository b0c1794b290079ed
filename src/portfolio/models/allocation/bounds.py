"""How good an allocation can be at best: bounds of the whole, whatever it was made of.

No rule of the allocation links one period with another: only the objectives
`handovers` and `people` do. So for the other objectives the whole is the sum of
its periods, and the sum of the periods' bounds bounds the whole. A later
objective is bounded under what earlier ones hold: in one period no more can be
short than its own least plus what is given up in all periods together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.pools import workforce
from portfolio.models.allocation.amounts import NEGLIGIBLE
from portfolio.models.allocation.model import Model, build_allocation
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.work import Work
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.solve import HighsSession

__all__ = ["AMOUNTS", "Flow", "stretches_bound"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

AMOUNTS = ("shortage", "change", "balance", "cost")
"""Objectives of which the whole is the sum of its periods."""

HELD = ("shortage", "change")
"""Those of them that later ones are solved under."""


@dataclass(eq=False)
class Flow:
    """The amounts of one period without counting people: a relaxation, kept for solving again.

    Parameters
    ----------
    work : Work
    t : int
        The period.
    settings : Settings
    """

    work: Work
    t: int
    settings: Settings
    least: dict[str, float] = field(default_factory=dict)
    raised: bool = False

    def __post_init__(self) -> None:
        self.built: Model = build_allocation(Part(self.work, [self.t]), AMOUNTS, whole=False)
        self._objectives = {o.name: o for o in self.built.objectives}
        self._session = HighsSession(self.built.model, self.settings)
        for name in HELD:
            self._session.hold(self._objectives[name], np.inf)

    def solve(self, name: str, slack: Mapping[str, float]) -> Floats | None:
        """Make an objective small under those before it.

        Parameters
        ----------
        name : str
            Its least is kept in `least`; minus infinity where none was found.
        slack : mapping of str to float
            By how much more than its own least each earlier objective may be here.

        Returns
        -------
        numpy.ndarray or None
            The solution.
        """
        self._hold(slack)
        self._session.aim(self._objectives[name])
        outcome = self._session.solve()
        proven = outcome.columns is not None and outcome.bound is not None
        self.least[name] = float(outcome.bound or 0.0) if proven else -np.inf
        return outcome.columns

    def raise_least(self, name: str, bound: float) -> None:
        """Take in a better bound of an objective, found with whole people.

        What was found for later objectives was so under the lower one, and
        bounds them no longer.
        """
        if bound > self.least.get(name, -np.inf):
            self.least[name] = bound
            self.raised = True

    def _hold(self, slack: Mapping[str, float]) -> None:
        limits = np.full(len(HELD), np.inf)
        for place, name in enumerate(HELD):
            # What no time was left to solve for is not held.
            if name in slack and np.isfinite(self.least.get(name, -np.inf)):
                scale = self._objectives[name].scale
                limit = self.least[name] + slack[name]
                limits[place] = limit / scale + 1e-7 * max(1.0, abs(limit / scale))
        rows = self.built.model.n_rows + np.arange(len(HELD))
        self._session.limit(rows, np.full(len(HELD), -np.inf), limits)

    def leaning(self, prices: Floats) -> Floats | None:
        """The solution of least price that is as good as the objectives solved for last.

        Parameters
        ----------
        prices : numpy.ndarray, shape (candidates,)
            Of an FTE of each candidate of the period.
        """
        coefficients = np.zeros(self.built.model.n_columns)
        coefficients[self.built.model.blocks["work"].columns] = prices
        self._hold(dict.fromkeys(HELD, 0.0))
        self._session.aim(Objective("leaning", "min", coefficients))
        return self._session.solve().columns


def stretches_bound(
    work: Work, shortage: float, settings: Settings, *, whole_horizon: bool
) -> float:
    """Fewest hand-overs, or fewest people on projects, that any allocation can have.

    Where a role of a project needs D FTE and nobody can give more than a, k =
    ceil(D / a) people are there, or something is short: with f = D - a (k - 1),
    people >= k - (short + unnamed) / f (the mixed-integer rounding of the row;
    Nemhauser and Wolsey, 1990). Whoever works within a stretch of periods in
    which the project has work has come in that stretch. People who can do
    several of the project's roles count for each.

    Parameters
    ----------
    work : Work
    shortage : float
        Most weighted shortage that is held.
    settings : Settings
    whole_horizon : bool
        Whether a project's whole time is one stretch, which counts its people;
        else stretches end where no work can be done, which counts hand-overs.

    Returns
    -------
    float
        0 where the solver finds nothing.
    """
    needs, may = _needs(work, whole_horizon=whole_horizon)
    if needs.empty:
        return 0.0
    model = LinearModel("stretches")
    kinds = may[["stretch", "kind"]].drop_duplicates(ignore_index=True)
    come = model.add_block("come", kinds, integer=True)
    short = model.add_block("short", needs[["cell"]], upper=needs["fte"].to_numpy(np.float64))
    role, t = needs["role"].to_numpy(np.int64), needs["t"].to_numpy(np.int64)
    hand = np.minimum(work.by_hand[role, t], needs["fte"].to_numpy(np.float64))
    unnamed = model.add_block("unnamed", needs[["cell"]], upper=hand)
    of_kind = pd.MultiIndex.from_frame(kinds).get_indexer(
        pd.MultiIndex.from_frame(may[["stretch", "kind"]])
    )
    row = np.arange(len(needs))
    share = 1.0 / needs["rest"].to_numpy(np.float64)
    entries = [
        _entries(may["row"].to_numpy(np.int64), come.columns[of_kind], 1.0),
        _entries(row, short.columns, share),
        _entries(row, unnamed.columns, share),
    ]
    least = (needs["count"] - needs["there"]).to_numpy(np.float64)
    keys = pd.DataFrame({"cell": needs["cell"]})
    model.add_family(Family("people_needed", keys, entries, lower=least))
    held = _entries(np.zeros(len(needs), np.int64), short.columns, needs["weight"].to_numpy())
    keys = pd.DataFrame({"objective": ["shortage"]})
    model.add_family(Family("held", keys, held, upper=shortage * (1 + 1e-6) + 1e-6))
    model.add_family(_by_hand(work, role * work.periods + t, unnamed.columns))
    _pool_supply(work, model, needs)
    coefficients = np.zeros(model.n_columns)
    coefficients[come.columns] = 1.0
    session = HighsSession(model, settings)
    session.aim(Objective("come", "min", coefficients))
    bound = session.solve().bound
    # Whole people come: a bound between two numbers is the upper one.
    return 0.0 if bound is None else float(np.ceil(bound - 1e-6))


def _by_hand(work: Work, place: Ints, unnamed: Ints) -> Family:
    """Capacity by hand is used once."""
    places, of_place = np.unique(place, return_inverse=True)
    keys = pd.DataFrame({"place": places})
    limit = work.by_hand[np.divmod(places, work.periods)]
    return Family("capacity_by_hand", keys, _entries(of_place, unnamed, 1.0), upper=limit)


def _pool_supply(work: Work, model: LinearModel, needs: pd.DataFrame) -> None:
    """What is not short or unnamed, pools of people supply, each within its time.

    So the shortage that is held can only be where people are really short.
    """
    force = workforce(work.portfolio)
    skills = force.skills.loc[force.skills.index.repeat(work.periods)].reset_index(drop=True)
    t = np.tile(np.arange(work.periods), len(force.skills))
    flow = model.add_block("flow", skills[["pool", "role"]].assign(t=t))
    place = needs["role"].to_numpy(np.int64) * work.periods + needs["t"].to_numpy(np.int64)
    size = len(work.roles) * work.periods
    used = np.zeros(size, dtype=bool)
    used[place] = True
    supplies = skills["role"].to_numpy(np.int64) * work.periods + t
    entries = [
        _entries(place, model.blocks["short"].columns, 1.0),
        _entries(place, model.blocks["unnamed"].columns, 1.0),
        _entries(supplies, flow.columns, skills["proficiency"].to_numpy(np.float64)),
    ]
    demand = np.bincount(place, needs["fte"], minlength=size)
    keys = pd.DataFrame({"place": np.arange(size)})
    model.add_family(Family("role_supply", keys, entries, lower=np.where(used, demand, -np.inf)))
    of_pool = skills["pool"].to_numpy(np.int64) * work.periods + t
    keys = pd.DataFrame({"place": np.arange(force.time.size)})
    spent = _entries(of_pool, flow.columns, 1.0)
    model.add_family(Family("pool_time", keys, spent, upper=force.time.ravel()))


def _needs(work: Work, *, whole_horizon: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The people that each cell needs, and which kinds of people may come to it.

    Returns
    -------
    needs : pandas.DataFrame
        cell, role, t, fte, weight, stretch, count (k), rest (f), there (people
        who are on the project as the horizon begins, and need not come).
    may : pandas.DataFrame
        row (position in `needs`), stretch, kind (the project's roles that a
        person can fill there, as a number).
    """
    rows = work.candidates
    rows = rows[~rows["banned"] & (rows["most"] > 0)]
    project, t = rows["project"].to_numpy(np.int64), rows["t"].to_numpy(np.int64)
    worked = np.zeros((len(work.projects), work.periods + 1), dtype=bool)
    worked[project, t] = True
    begins = worked & ~np.roll(worked, 1, axis=1)
    turn = np.zeros_like(project) if whole_horizon else np.cumsum(begins, axis=1)[project, t]
    stretch = project * (work.periods + 1) + turn
    person, role = rows["person"].to_numpy(np.int64), rows["role"].to_numpy(np.int64)
    frame = pd.DataFrame(
        {"cell": rows["cell"], "stretch": stretch, "person": person, "role": role, "t": t}
    )
    frame["gives"] = (rows["proficiency"] * rows["most"]).to_numpy()
    frame["kind"] = _kinds(frame[["stretch", "person", "role"]], len(work.roles))
    needs = work.cells[["role", "t", "fte", "weight"]].rename_axis("cell").reset_index()
    by_cell = frame.groupby("cell").agg(stretch=("stretch", "first"), most=("gives", "max"))
    needs = needs.merge(by_cell, on="cell")
    needs = needs[needs["fte"] > NEGLIGIBLE].reset_index(drop=True)
    fte = needs["fte"].to_numpy(np.float64)
    most = np.minimum(needs["most"].to_numpy(np.float64), fte)
    needs["count"] = np.ceil(fte / most - 1e-9)
    needs["rest"] = fte - most * (needs["count"] - 1)
    needs["there"] = 0.0
    if not whole_horizon and len(work.before):
        packed = work.packed(
            frame["person"].to_numpy(), frame["stretch"].to_numpy() // (work.periods + 1)
        )
        was = np.isin(packed, work.before) & worked[project, 0] & (turn == 1)
        there = frame[was].groupby("cell")["person"].nunique()
        needs["there"] = needs["cell"].map(there).fillna(0.0)
    place = pd.Series(np.arange(len(needs)), index=needs["cell"])
    may = frame[["cell", "stretch", "kind"]].drop_duplicates()
    may = may[may["cell"].isin(place.index)]
    may = may.assign(row=may["cell"].map(place)).drop(columns="cell")
    return needs, may


def _kinds(can: pd.DataFrame, roles: int) -> Ints:
    """A number for the set of roles that each person of a stretch can fill in it."""
    known = can.drop_duplicates().sort_values("role", kind="stable")
    group = known.groupby(["stretch", "person"]).ngroup().to_numpy(np.int64)
    rank = known.groupby(["stretch", "person"]).cumcount().to_numpy(np.int64)
    kind = np.zeros(group.max(initial=-1) + 1, dtype=np.int64)
    for step in range(rank.max(initial=-1) + 1):
        at = rank == step
        more = np.zeros_like(kind)
        more[group[at]] = known["role"].to_numpy(np.int64)[at] + 1
        kind = pd.factorize(kind * (roles + 1) + more)[0].astype(np.int64)
    found: Ints = can.merge(known.assign(kind=kind[group]))["kind"].to_numpy(np.int64)
    return found


def _entries(row: Ints, column: Ints, coefficient: float | Floats) -> pd.DataFrame:
    return pd.DataFrame({"row": row, "column": column, "coefficient": coefficient})
