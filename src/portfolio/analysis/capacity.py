"""Where people run short and where they have room: by role, pool, place, programme and person.

How demand is matched with people of several roles. A person who can do two
roles is one person: added to both roles they would be counted twice. So each
role has two figures. `most` is what it could get if everybody who has it did
nothing else; demand above `most` is short whatever is rearranged. `supplied` is
what it gets, while everybody's time is spent once: in the allocation where one
is given, else in the matching with the least shortage (people divided at will;
see `portfolio.models.matching`), which no allocation can better. `most` and
`surplus` of several roles must not be added up; `demand`, `supplied`, `deficit`
and all figures of pools, places, programmes and people may be.

Demand and supply are FTE of full proficiency; time is FTE of people's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.allocation import Allocation
from portfolio.analysis.bookings import bookings_today
from portfolio.models.allocation import Work
from portfolio.models.matching import OUTSIDE, Kinds, kinds_of_people, match_people
from portfolio.result_tables import Columns, conform, plain, write_folder

__all__ = ["CAPACITY_TABLES", "CapacityAnalysis", "analyse_capacity", "bottlenecks"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_COLUMNS: Final[dict[str, Columns]] = {
    "bottlenecks": {
        "role_id": "text",
        "periods_short": "number",
        "first_short": "text",
        "deficit": "number",
        "certain": "number",
        "worst_period": "text",
        "worst_deficit": "number",
        "peak_use": "number",
        "peak_period": "text",
    },
    "roles": {
        "role_id": "text",
        "period": "text",
        "demand": "number",
        "reserved": "number",
        "most": "number",
        "supplied": "number",
        "deficit": "number",
        "certain": "number",
        "surplus": "number",
    },
    "pools": {
        "pool_id": "text",
        "roles": "text",
        "programme_id": "text",
        "people": "number",
        "period": "text",
        "time": "number",
        "spent": "number",
        "surplus": "number",
    },
    "locations": {
        "location_id": "text",
        "period": "text",
        "demand": "number",
        "time": "number",
        "deficit": "number",
        "surplus": "number",
    },
    "programmes": {
        "programme_id": "text",
        "period": "text",
        "demand": "number",
        "supplied": "number",
        "deficit": "number",
        "ring_fenced": "number",
    },
    "people": {
        "person_id": "text",
        "period": "text",
        "time": "number",
        "committed": "number",
        "proposed": "number",
        "worked": "number",
        "load": "number",
        "utilisation": "number",
    },
    "today": {
        "person_id": "text",
        "period": "text",
        "time": "number",
        "committed": "number",
        "proposed": "number",
        "over_committed": "number",
        "over": "number",
        "projects": "number",
        "max_projects": "number",
        "bookings": "text",
    },
}

CAPACITY_TABLES: Final = tuple(_COLUMNS)
"""Names of the tables, the bottlenecks first."""

_NOTHING = 1e-6
_DIGITS = 6


@dataclass(frozen=True, eq=False)
class CapacityAnalysis:
    """Demand against people.

    Attributes
    ----------
    basis : str
        ``allocation``: people work as they are named; ``at_will``: nobody is
        named, and people are matched with demand so that the least is short.
    demand_of : str
        Whose demand: ``plan``, or ``wanted`` (every project on offer, from its earliest start).
    bottlenecks : pandas.DataFrame
        One row a role that is needed, the shortest of people first: periods_short, first_short,
        deficit (FTE-periods), certain (the part that no rearranging closes),
        worst_period and worst_deficit (FTE), peak_use (most of demand over `most`; NaN where
        there is demand and nobody) in peak_period.
    roles : pandas.DataFrame
        By role_id and period, FTE: demand of projects; reserved (work outside the
        portfolio that people of the role do first); most (that projects could get);
        supplied; deficit (demand less supplied); certain (demand less `most`, where
        more); surplus (what people who are not ring-fenced, and capacity by hand, could
        supply besides).
    pools : pandas.DataFrame
        People who can stand in for each other: same roles and proficiencies, same
        ring-fence. By pool_id and period: roles (ids with proficiencies other than 1),
        programme_id (of the fence), people (how many), time (FTE that they have),
        spent, surplus (time less spent).
    locations : pandas.DataFrame
        By location_id and period: demand of the projects there, time of the people
        there; deficit, surplus: their difference. People work for projects elsewhere
        too, so a deficit here says how much has to come from outside, not
        that it is missing.
    programmes : pandas.DataFrame
        By programme_id ("" where projects have none) and period: demand, supplied, deficit,
        ring_fenced (time of people who work only there).
    people : pandas.DataFrame
        By person_id and period: time, committed and proposed (booked FTE), worked (in the
        allocation, work outside the portfolio included; NaN without one), load
        (worked, else booked) and utilisation (load over time; NaN where there is a load and
        no time).
    today : pandas.DataFrame
        What is booked before any optimisation, by person_id and period: over_committed (FTE of
        committed bookings above the time that there is), over (with the proposed
        ones), projects (number booked) and max_projects, bookings in words.
    """

    basis: str
    demand_of: str
    bottlenecks: pd.DataFrame
    roles: pd.DataFrame
    pools: pd.DataFrame
    locations: pd.DataFrame
    programmes: pd.DataFrame
    people: pd.DataFrame
    today: pd.DataFrame

    def __post_init__(self) -> None:
        for name, columns in _COLUMNS.items():
            object.__setattr__(self, name, conform(name, columns, getattr(self, name)))

    @cached_property
    def over_allocated(self) -> pd.DataFrame:
        """The rows of `today` in which somebody is booked for more than there is."""
        return self.today[self.today["over"] > _NOTHING].reset_index(drop=True)

    def summary(self) -> dict[str, Any]:
        """The analysis in short, as plain JSON data.

        Returns
        -------
        dict
            basis, demand_of, demand, supplied, deficit, certain (FTE-periods),
            bottlenecks (records of the roles that are short), over_allocated (people,
            person_periods, committed and with_proposed: FTE-periods too many).
        """
        roles, over = self.roles, self.over_allocated
        short = self.bottlenecks[self.bottlenecks["periods_short"] > 0]
        return {
            "basis": self.basis,
            "demand_of": self.demand_of,
            **{
                name: round(float(roles[name].sum()), _DIGITS)
                for name in ("demand", "supplied", "deficit", "certain")
            },
            "bottlenecks": [
                {str(name): plain(value) for name, value in row.items()}
                for row in short.to_dict("records")
            ],
            "over_allocated": {
                "people": int(over["person_id"].nunique()),
                "person_periods": len(over),
                "committed": round(float(over["over_committed"].sum()), _DIGITS),
                "with_proposed": round(float(over["over"].sum()), _DIGITS),
            },
        }

    def write(self, folder: str | Path) -> None:
        """Write summary.json and one CSV a table, whole or not at all.

        Parameters
        ----------
        folder : str or Path
            Folder to write to; made where it is missing.

        Raises
        ------
        OSError
            If the folder cannot be written.
        """
        tables = {name: (columns, getattr(self, name)) for name, columns in _COLUMNS.items()}
        write_folder(folder, tables, CAPACITY_TABLES, self.summary())


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
    named = allocation is not None and allocation.allocation is not None
    covered = _as_named(work, kinds, allocation) if named else _at_will(work, kinds)
    roles = _roles(work, kinds, covered)
    today, booked = bookings_today(work)
    return CapacityAnalysis(
        basis="allocation" if named else "at_will",
        demand_of=demand_of,
        bottlenecks=bottlenecks(roles),
        roles=roles,
        pools=_pools(work, kinds, covered),
        locations=_locations(work),
        programmes=_programmes(work, covered),
        people=_people(work, covered, booked),
        today=today,
    )


@dataclass(frozen=True)
class _Covered:
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


def _at_will(work: Work, kinds: Kinds) -> _Covered:
    found = match_people(work, kinds)
    cells = found.cells[found.cells["programme"] != OUTSIDE]
    return _Covered(cells, found.spent, found.unnamed, None)


def _as_named(work: Work, kinds: Kinds, allocation: Allocation | None) -> _Covered:
    assert allocation is not None
    assert allocation.allocation is not None
    assert allocation.shortage is not None
    t_of = {label: t for t, label in enumerate(work.portfolio.calendar.labels)}
    rows = allocation.allocation[allocation.allocation["period"].isin(t_of)]
    t = rows["period"].map(t_of).to_numpy(np.int64)
    fte = rows["fte"].to_numpy(np.float64)
    person = _places(work.people["person_id"], rows["person_id"])
    role = _places(work.roles, rows["role_id"])
    worked, unnamed = np.zeros_like(work.time), np.zeros_like(work.by_hand)
    np.add.at(worked, (person[person >= 0], t[person >= 0]), fte[person >= 0])
    np.add.at(unnamed, (role[person < 0], t[person < 0]), fte[person < 0])
    spent = np.zeros_like(kinds.time)
    can = kinds.of_person >= 0
    np.add.at(spent, kinds.of_person[can], worked[can])
    short = allocation.shortage[allocation.shortage["project_id"] != ""]
    missing = pd.DataFrame(
        {
            "project": _places(work.projects["project_id"], short["project_id"]),
            "role": _places(work.roles, short["role_id"]),
            "t": short["period"].map(t_of).astype("float64").to_numpy(),
            "short": short["fte"].to_numpy(np.float64),
        }
    )
    cells = work.demand.merge(missing, on=["project", "role", "t"], how="left")
    cells["short"] = cells["short"].fillna(0.0)
    cells["programme"] = work.programme[cells["project"].to_numpy(np.int64)]
    key = ["programme", "role", "t"]
    return _Covered(
        cells.groupby(key, as_index=False)[["fte", "short"]].sum(), spent, unnamed, worked
    )


def _roles(work: Work, kinds: Kinds, covered: _Covered) -> pd.DataFrame:
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
            **_by_period(work, "role_id", work.roles),
            "demand": _flat(demand),
            "reserved": _flat(work.reserved),
            "most": _flat(most),
            "supplied": _flat(demand - short),
            "deficit": _flat(short),
            "certain": _flat(np.clip(demand - most, 0.0, None)),
            "surplus": _flat(surplus),
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
    # People who are ring-fenced serve no more than their programme needs.
    needs = work.demand.assign(of=work.programme[work.demand["project"].to_numpy(np.int64)])
    for programme in np.unique(kinds.fence[kinds.fence >= 0]):
        own, need = np.zeros_like(most), np.zeros_like(most)
        of = kinds.fence[kind] == programme
        np.add.at(own, role[of], supply[of])
        rows = needs[needs["of"] == programme]
        np.add.at(need, (rows["role"].to_numpy(), rows["t"].to_numpy()), rows["fte"].to_numpy())
        most += np.minimum(own, need)
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
        if not (own["demand"] > _NOTHING).any():
            continue
        short = own[own["deficit"] > _NOTHING]
        deficit, demand, most = (own[name].to_numpy() for name in ("deficit", "demand", "most"))
        worst = int(deficit.argmax())
        there = most > _NOTHING
        use = np.divide(demand, most, out=np.full(len(own), np.nan), where=there)
        nobody = ~there & (demand > _NOTHING)
        peak = int(nobody.argmax() if nobody.any() else np.nanargmax(use))
        rows.append(
            {
                "role_id": role,
                "periods_short": len(short),
                "first_short": short["period"].iloc[0] if len(short) else "",
                "deficit": round(float(own["deficit"].sum()), _DIGITS),
                "certain": round(float(own["certain"].sum()), _DIGITS),
                "worst_period": own["period"].iloc[worst] if len(short) else "",
                "worst_deficit": float(deficit[worst]),
                "peak_use": float(use[peak]),
                "peak_period": own["period"].iloc[peak],
            }
        )
    frame = pd.DataFrame(rows, columns=list(_COLUMNS["bottlenecks"]))
    order = frame.assign(nobody=frame["peak_use"].isna())
    order = order.sort_values(
        ["deficit", "nobody", "peak_use"], ascending=[False, False, False], kind="stable"
    )
    return order.drop(columns="nobody").reset_index(drop=True)


def _pools(work: Work, kinds: Kinds, covered: _Covered) -> pd.DataFrame:
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
            **_by_period(work, "pool_id", names),
            "roles": np.repeat(np.array(words, object), each),
            "programme_id": np.repeat(
                np.array([programmes[f] if f >= 0 else "" for f in kinds.fence], object), each
            ),
            "people": np.repeat(people, each),
            "time": _flat(kinds.time),
            "spent": _flat(covered.spent),
            "surplus": _flat(np.clip(kinds.time - covered.spent, 0.0, None)),
        }
    )


def _locations(work: Work) -> pd.DataFrame:
    names = list(work.portfolio.tables["locations"]["location_id"])
    of_project, of_person = work.projects["location_id"], work.people["location_id"]
    if (of_project == "").any() or (of_person == "").any():
        names.append("")
    demand, time = np.zeros((len(names), work.periods)), np.zeros((len(names), work.periods))
    project = _places(names, of_project)[work.demand["project"].to_numpy(np.int64)]
    place = (project, work.demand["t"].to_numpy(np.int64))
    np.add.at(demand, place, work.demand["fte"].to_numpy(np.float64))
    np.add.at(time, _places(names, of_person), work.time)
    return pd.DataFrame(
        {
            **_by_period(work, "location_id", names),
            "demand": _flat(demand),
            "time": _flat(time),
            "deficit": _flat(np.clip(demand - time, 0.0, None)),
            "surplus": _flat(np.clip(time - demand, 0.0, None)),
        }
    )


def _programmes(work: Work, covered: _Covered) -> pd.DataFrame:
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
            **_by_period(work, "programme_id", [*names, ""]),
            "demand": _flat(demand),
            "supplied": _flat(demand - short),
            "deficit": _flat(short),
            "ring_fenced": _flat(fenced),
        }
    )
    return frame if demand[-1].any() else frame[frame["programme_id"] != ""]


def _people(work: Work, covered: _Covered, booked: tuple[Floats, Floats]) -> pd.DataFrame:
    committed, proposed = booked
    load = committed + proposed if covered.worked is None else covered.worked
    none = np.where(load > _NOTHING, np.nan, 0.0)
    used = np.divide(load, work.time, out=none, where=work.time > _NOTHING)
    worked = np.full_like(load, np.nan) if covered.worked is None else covered.worked
    return pd.DataFrame(
        {
            **_by_period(work, "person_id", list(work.people["person_id"])),
            "time": _flat(work.time),
            "committed": _flat(committed),
            "proposed": _flat(proposed),
            "worked": _flat(worked),
            "load": _flat(load),
            "utilisation": _flat(used),
        }
    )


def _places(names: Iterable[str], texts: Iterable[str]) -> Ints:
    """Position in `names` of each text; -1 where it is none of them."""
    places: Ints = pd.Index(list(names)).get_indexer(pd.Index(list(texts))).astype(np.int64)
    return places


def _by_period(work: Work, name: str, ids: list[str] | tuple[str, ...]) -> dict[str, Any]:
    return {
        name: np.repeat(np.array(ids, dtype=object), work.periods),
        "period": np.tile(np.array(work.portfolio.calendar.labels, dtype=object), len(ids)),
    }


def _flat(amounts: Floats) -> Floats:
    return np.round(amounts.ravel(), _DIGITS)
