"""The work that a plan asks for, and who may do it, as codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.pools import person_time, workforce
from portfolio.data.portfolio import Portfolio
from portfolio.drivers import strategic_value
from portfolio.models.allocation.booked import allocated, booked
from portfolio.models.codes import pairs, places
from portfolio.scenario import Scenario

__all__ = ["LEAST_WEIGHT", "RESERVED_WEIGHT", "Work"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_WEIGHT = 0.1
"""Weight of a project of no value, where the most valuable one has 1."""
RESERVED_WEIGHT = 10.0
"""Weight of work outside the portfolio, which comes before any project's."""


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be done, and by whom it may be.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    selection : pandas.DataFrame
        `Plan.selection`: which projects run, with which option, from when.
    previous : pandas.DataFrame, optional
        `Allocation.allocation` of the last period; stands for the bookings
        in what counts as a change.
    hires : pandas.DataFrame, optional
        `Plan.hires`: people who join without names yet, as capacity by hand.
    """

    portfolio: Portfolio
    scenario: Scenario
    selection: pd.DataFrame
    previous: pd.DataFrame | None = None
    hires: pd.DataFrame | None = None

    @cached_property
    def periods(self) -> int:
        """Number of periods, T."""
        return self.portfolio.calendar.periods

    @cached_property
    def projects(self) -> pd.DataFrame:
        """The projects; their position is their code."""
        return self.portfolio.tables["projects"]

    @cached_property
    def people(self) -> pd.DataFrame:
        """The people; their position is their code."""
        return self.portfolio.tables["people"]

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The roles; their position is their code."""
        return tuple(self.portfolio.tables["roles"]["role_id"])

    @cached_property
    def time(self) -> Floats:
        """FTE that each person has, shape (people, periods); less what is reserved of them."""
        return person_time(self.portfolio)

    @cached_property
    def least(self) -> Floats:
        """Least FTE of each person on a project where they work on it, shape (people, periods)."""
        return self.scenario.minimum_fraction * self.time

    @cached_property
    def by_hand(self) -> Floats:
        """FTE that `capacity` gives each role without names, shape (roles, periods)."""
        return np.clip(self._fixed, 0.0, None)

    @cached_property
    def reserved(self) -> Floats:
        """FTE that people supply to work outside the portfolio, shape (roles, periods).

        What is reserved of a role beyond its capacity by hand.
        """
        return np.clip(-self._fixed, 0.0, None)

    @cached_property
    def _fixed(self) -> Floats:
        fixed = workforce(self.portfolio).fixed.copy()
        if self.hires is not None:
            index = self.portfolio.calendar.index
            t = np.array([index(label) for label in self.hires["period"]], dtype=np.int64)
            np.add.at(fixed, (places(self.hires["role_id"], self.roles), t), self.hires["present"])
        return fixed

    @cached_property
    def weight(self) -> Floats:
        """Weight of a shortage by project code: its value over the largest, and what comes first.

        LEAST_WEIGHT + (1 - LEAST_WEIGHT) x value / largest value, and 1 more
        for what is in flight or forced in.
        """
        values = strategic_value(self.portfolio, risk_adjusted=self.scenario.risk_adjusted)
        value = np.clip(values["value"].to_numpy(np.float64), 0.0, None)
        largest = value.max(initial=0.0)
        share = value / largest if largest > 0 else np.ones(len(value))
        first = (self.projects["stage"] == "in_flight") | (self.projects["force"] == "in")
        return LEAST_WEIGHT + (1 - LEAST_WEIGHT) * share + first.to_numpy(np.float64)

    @cached_property
    def skills(self) -> pd.DataFrame:
        """Who can do what: person, role (codes), proficiency; without roles of given capacity."""
        table, capacity = self.portfolio.tables["skills"], self.portfolio.tables["capacity"]
        by_hand = set(capacity.loc[capacity["kind"] == "total", "role_id"])
        table = table[~table["role_id"].isin(by_hand) & (table["proficiency"] > 0)]
        return pd.DataFrame(
            {
                "person": places(table["person_id"], self.people["person_id"]),
                "role": places(table["role_id"], self.roles),
                "proficiency": table["proficiency"].to_numpy(np.float64),
            }
        )

    @cached_property
    def fence(self) -> Ints:
        """Code of the programme that each person is ring-fenced for; -1 where of none."""
        return self._programme_codes(self.people["programme_id"])

    @cached_property
    def programme(self) -> Ints:
        """Code of each project's programme; -1 where it has none."""
        return self._programme_codes(self.projects["programme_id"])

    def may_serve(self, fence: Ints, programme: Ints) -> npt.NDArray[np.bool_]:
        """Whether people of fences may work for programmes, both as codes and of one shape.

        Those of a programme serve it and the programmes within it; codes below 0 are none.
        """
        may: npt.NDArray[np.bool_] = self._within[fence, np.maximum(programme, -1)]
        return may | (fence < 0)

    @cached_property
    def _within(self) -> npt.NDArray[np.bool_]:
        """Whether the second programme is the first or within it; a row and column more for -1."""
        names = list(self.portfolio.tables["programmes"]["programme_id"])
        within = np.zeros((len(names) + 1, len(names) + 1), dtype=bool)
        for outer, inside in self.portfolio.programmes_within.items():
            within[names.index(outer), [names.index(name) for name in inside]] = True
        return within

    def _programme_codes(self, column: pd.Series) -> Ints:
        known = pd.Index(self.portfolio.tables["programmes"]["programme_id"])
        codes: Ints = known.get_indexer(pd.Index(column)).astype(np.int64)
        return codes

    @cached_property
    def running(self) -> pd.DataFrame:
        """The plan's projects: project (code), option_id, first and last period (t)."""
        chosen = self.selection[self.selection["selected"]]
        index = self.portfolio.calendar.index
        return pd.DataFrame(
            {
                "project": places(chosen["project_id"], self.projects["project_id"]),
                "option_id": chosen["option_id"].to_numpy(object),
                "first": np.array([index(label) for label in chosen["start"]], dtype=np.int64),
                "last": np.array([index(label) for label in chosen["finish"]], dtype=np.int64),
            }
        )

    @cached_property
    def settled(self) -> tuple[str, ...]:
        """Ids of the projects on which a selection has no choice: in flight, or forced in."""
        fixed = (self.projects["stage"] == "in_flight") | (self.projects["force"] == "in")
        return tuple(self.projects.loc[fixed, "project_id"])

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Demand inside the horizon: project, role (codes), t, fte, people_min, people_max."""
        rows = self.portfolio.by_offset("demand")
        chosen = self.running.assign(
            project_id=self.projects["project_id"].to_numpy(object)[self.running["project"]]
        )
        rows = rows.merge(chosen, on=["project_id", "option_id"])
        t = rows["first"].to_numpy(np.int64) + rows["offset"].to_numpy(np.int64)
        fte = rows["fte"].to_numpy(np.float64)
        keep = (t >= 0) & (t < self.periods) & (fte > 0)
        frame = pd.DataFrame(
            {
                "project": rows["project"].to_numpy(np.int64),
                "role": places(rows["role_id"], self.roles),
                "t": t,
                "fte": fte,
                "people_min": rows["people_min"].astype("float64").fillna(0.0).to_numpy(),
                "people_max": rows["people_max"].astype("float64").fillna(np.inf).to_numpy(),
            }
        )[keep]
        frame = frame.groupby(["project", "role", "t"], as_index=False).agg(
            {"fte": "sum", "people_min": "max", "people_max": "min"}
        )
        kept: pd.DataFrame = frame.reset_index(drop=True)
        return kept

    @cached_property
    def bookings(self) -> pd.DataFrame:
        """The assignments of projects that run, one row a period.

        Returns
        -------
        pandas.DataFrame
            row (position in `assignments`), person, project, role (codes), t,
            fte, fte_max (NaN where blank), reserves, banned, preferred. A blank period
            stands for all in which the project runs, unless a row names one.
        """
        return booked(self.portfolio, self.running)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Where work is done: project, role (codes), t, fte, people_min, people_max, weight.

        Every demand, and with no demand of their own the bookings that hold time.
        """
        held = self.bookings.loc[self.bookings["reserves"], ["project", "role", "t"]]
        cells = self.demand.merge(held.drop_duplicates(), how="outer").sort_values(
            ["t", "project", "role"], kind="stable", ignore_index=True
        )
        cells["fte"] = cells["fte"].fillna(0.0)
        cells["people_min"] = cells["people_min"].fillna(0.0)
        cells["people_max"] = cells["people_max"].fillna(np.inf)
        return cells.assign(weight=self.weight[cells["project"].to_numpy(np.int64)])

    @cached_property
    def candidates(self) -> pd.DataFrame:
        """Who may work where: person, cell, project, role, t (codes), proficiency, and amounts.

        Returns
        -------
        pandas.DataFrame
            Beside the codes: most (FTE that can be of use), booked (FTE held),
            fte_max (most FTE allowed; infinite where nothing is said), current (FTE that
            counts as there already), banned.
        """
        cells, skills = self.cells, self.skills
        cell, skill = pairs(cells["role"].to_numpy(np.int64), skills["role"].to_numpy(np.int64))
        person = skills["person"].to_numpy(np.int64)[skill]
        t = cells["t"].to_numpy(np.int64)[cell]
        here = self.time[person, t] > 0
        cell, skill, person, t = cell[here], skill[here], person[here], t[here]
        frame = pd.DataFrame(
            {
                "person": person,
                "cell": cell,
                "project": cells["project"].to_numpy(np.int64)[cell],
                "role": cells["role"].to_numpy(np.int64)[cell],
                "t": t,
                "proficiency": skills["proficiency"].to_numpy(np.float64)[skill],
            }
        )
        time = self.time[person, t]
        use = np.minimum(time, cells["fte"].to_numpy()[cell] / frame["proficiency"].to_numpy())
        known = self._on_candidates(frame, self.bookings)
        allowed = known["fte_max"].fillna(np.inf).to_numpy(np.float64)
        asked = known["fte"].fillna(pd.Series(use, index=frame.index)).to_numpy(np.float64)
        asked = np.minimum(asked, allowed)
        booked = np.where(known["reserves"].fillna(False).to_numpy(dtype=bool), asked, 0.0)
        held = np.zeros_like(self.time)
        np.add.at(held, (person, t), booked)
        # Bookings that a person's time does not hold together are cut in proportion.
        share = np.divide(self.time, held, out=np.ones_like(held), where=held > self.time)
        booked = booked * share[person, t]
        banned = known["banned"].fillna(False).to_numpy(dtype=bool)
        preferred = known["preferred"].fillna(False).to_numpy(dtype=bool)
        there = np.where(banned, 0.0, np.nan_to_num(asked) * known["row"].notna().to_numpy())
        if self.previous is not None:
            before = self._on_candidates(frame, self._previous)["fte"].fillna(0.0).to_numpy()
            there = np.where(preferred, np.maximum(there, before), before)
        most = np.maximum(use, booked)
        frame["most"], frame["booked"], frame["banned"] = most, booked, banned
        frame["fte_max"] = allowed
        frame["current"] = np.minimum(there, most)
        return frame

    @staticmethod
    def _on_candidates(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        key = ["person", "project", "role", "t"]
        return frame[key].merge(rows, on=key, how="left")

    @cached_property
    def _previous(self) -> pd.DataFrame:
        assert self.previous is not None
        return allocated(self.portfolio, self.previous)

    @cached_property
    def before(self) -> Ints:
        """Who worked where in the last period before the horizon: packed person and project."""
        if self.previous is None:
            return np.empty(0, dtype=np.int64)
        rows = self._previous[(self._previous["t"] == -1) & (self._previous["fte"] > 0)]
        packed = self.packed(rows["person"].to_numpy(np.int64), rows["project"].to_numpy(np.int64))
        return np.unique(packed)

    def packed(self, person: Ints, project: Ints) -> Ints:
        """One code for a person on a project."""
        return person * len(self.projects) + project

    @cached_property
    def duties(self) -> pd.DataFrame:
        """Who may do reserved work: person, role, t (codes), proficiency."""
        role, t = np.nonzero(self.reserved > 0)
        need, skill = pairs(role.astype(np.int64), self.skills["role"].to_numpy(np.int64))
        person = self.skills["person"].to_numpy(np.int64)[skill]
        frame = pd.DataFrame(
            {
                "person": person,
                "role": role[need],
                "t": t[need],
                "proficiency": self.skills["proficiency"].to_numpy(np.float64)[skill],
            }
        )
        shared = self.fence[person] < 0
        kept: pd.DataFrame = frame[shared & (self.time[person, t[need]] > 0)]
        return kept.reset_index(drop=True)

    @cached_property
    def rate(self) -> Floats:
        """Money that one FTE costs in a period, shape (people + 1, roles); the last row is unnamed.

        The person's own rate, else the role's, else 0.
        """
        roles = self.portfolio.tables["roles"]["cost_rate"].fillna(0.0).to_numpy(np.float64)
        own = self.people["cost_rate"].to_numpy(np.float64)
        rates = np.where(np.isnan(own)[:, None], roles[None, :], own[:, None])
        return np.vstack([rates, roles[None, :]])
