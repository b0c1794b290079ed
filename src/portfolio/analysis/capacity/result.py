"""The tables of a capacity analysis, and how they are summed up and written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd

from portfolio.result_tables import Columns, conform, plain, write_folder

__all__ = ["CAPACITY_TABLES", "COLUMNS", "DIGITS", "NOTHING", "CapacityAnalysis"]

COLUMNS: Final[dict[str, Columns]] = {
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

CAPACITY_TABLES: Final = tuple(COLUMNS)
"""Names of the tables, the bottlenecks first."""

NOTHING: Final = 1e-6
"""FTE under which nothing is short, spare or too much."""
DIGITS: Final = 6
"""Decimal places of FTE."""


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
        for name, columns in COLUMNS.items():
            object.__setattr__(self, name, conform(name, columns, getattr(self, name)))

    @cached_property
    def over_allocated(self) -> pd.DataFrame:
        """The rows of `today` in which somebody is booked for more than there is."""
        return self.today[self.today["over"] > NOTHING].reset_index(drop=True)

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
                name: round(float(roles[name].sum()), DIGITS)
                for name in ("demand", "supplied", "deficit", "certain")
            },
            "bottlenecks": [
                {str(name): plain(value) for name, value in row.items()}
                for row in short.to_dict("records")
            ],
            "over_allocated": {
                "people": int(over["person_id"].nunique()),
                "person_periods": len(over),
                "committed": round(float(over["over_committed"].sum()), DIGITS),
                "with_proposed": round(float(over["over"].sum()), DIGITS),
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
        tables = {name: (columns, getattr(self, name)) for name, columns in COLUMNS.items()}
        write_folder(folder, tables, CAPACITY_TABLES, self.summary())
