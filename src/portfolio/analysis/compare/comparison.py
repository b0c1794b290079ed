"""A comparison of scenarios: its tables, how it reads, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from portfolio.analysis.compare.measures import COSTS, MEASURES
from portfolio.analysis.compare.moves import MOVES, moves
from portfolio.analysis.compare.places import PLACES
from portfolio.analysis.frontier import Frontier
from portfolio.plan import Plan
from portfolio.result import records
from portfolio.result_tables import Columns, conform, write_folder
from portfolio.scenario import Scenario

__all__ = ["TABLES", "Comparison"]

TABLES: Final[Mapping[str, Columns]] = {
    "scenarios": {
        "scenario": "text",
        "title": "text",
        "status": "text",
        "objective": "text",
        "sense": "text",
        "value": "number",
        "bound": "number",
        "gap": "number",
        "alike": "flag",
        "gain": "number",
        "gain_low": "number",
        "gain_high": "number",
        **MEASURES,
        "same_as": "text",
        "seconds": "number",
        "why_not": "text",
    },
    "costs": COSTS,
    "projects": {
        "scenario": "text",
        "project_id": "text",
        "decision": "text",
        "option_id": "text",
        "start": "text",
        "finish": "text",
        "value": "number",
    },
    "differences": {"scenario": "text", **MOVES, "because": "text", "steps": "text"},
    "steps": {
        "scenario": "text",
        "step": "number",
        "what": "text",
        "status": "text",
        "value": "number",
        "gain": "number",
        "gain_low": "number",
        "gain_high": "number",
        "spend": "number",
        "enters": "number",
        "leaves": "number",
        "moves": "number",
    },
    "places": PLACES,
}
"""The tables of a comparison."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios side by side.

    Attributes
    ----------
    first : str
        The scenario that the others are compared with: the first one that has a plan.
    scenarios : pandas.DataFrame
        One row a scenario, in the order of asking: status, objective (the first one),
        sense, value, bound, gap; alike (whether its value means the same as the first
        scenario's), gain (value less the first scenario's), gain_low and gain_high (between
        which the difference of the best possible values lies); strategic_value, npv, benefit,
        cost (from the first period on, also beyond the horizon), budget, spend and unspent
        (inside the horizon), chosen, in_flight, funded, deferred, left_out, stopped (numbers
        of projects), joining (people), deficit (FTE-periods that people cannot supply),
        passed (limits that are passed because the scenario lets them be), confidence
        (delivery confidence of what is chosen, weighted by value), risk_cost (probability
        times cost of its risks), same_as (the scenario whose model is the same, solved
        once), seconds, why_not (why there is no plan, by its first reasons). Numbers of what
        a scenario has not are NaN.
    costs : pandas.DataFrame
        scenario, year, spend (inside the horizon).
    projects : pandas.DataFrame
        scenario, project_id, decision, option_id, start, finish, value; only of scenarios
        with a plan.
    differences : pandas.DataFrame
        How each plan differs from the first scenario's: see `moves`; because (the step
        since which the project stands where it stands in the end) and steps (its number).
    steps : pandas.DataFrame
        The way from the first scenario to each other of another model, one change at a time:
        step (from 1), what (in words), status, value, gain (on the step before; gain_low and
        gain_high as above), spend, and how many projects it lets enter, leave, and move.
    places : pandas.DataFrame
        Where plans lie beside the frontier; empty where it was not drawn.
    frontier : Frontier or None
        Over money, of the first scenario.
    plans : mapping of str to Plan
        By scenario.
    definitions : mapping of str to Scenario
    solves : int
        How many models were solved, the steps between scenarios included, the points of
        the frontier left out.
    seconds : float
        Time of everything together.
    settings : mapping
        As plain data.
    """

    first: str
    scenarios: pd.DataFrame
    costs: pd.DataFrame
    projects: pd.DataFrame
    differences: pd.DataFrame
    steps: pd.DataFrame
    places: pd.DataFrame
    plans: Mapping[str, Plan]
    definitions: Mapping[str, Scenario]
    frontier: Frontier | None = None
    solves: int = 0
    seconds: float = 0.0
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, columns in TABLES.items():
            object.__setattr__(self, name, conform(name, columns, getattr(self, name)))
        for name in ("plans", "definitions", "settings"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def others(self) -> tuple[str, ...]:
        """The scenarios that are compared with `first`."""
        return tuple(name for name in self.names if name != self.first)

    @property
    def names(self) -> tuple[str, ...]:
        """The scenarios, in the order of asking."""
        return tuple(self.scenarios["scenario"])

    @property
    def feasible(self) -> bool:
        """Whether any scenario has a plan."""
        return any(plan.feasible for plan in self.plans.values())

    def grid(self) -> pd.DataFrame:
        """Start of each project, a column a scenario with a plan; blank where it is not in.

        Returns
        -------
        pandas.DataFrame
            Indexed by project_id.
        """
        rows = self.projects.pivot(index="project_id", columns="scenario", values="start")
        order = list(dict.fromkeys(self.projects["project_id"]))
        names = [name for name in self.names if name in rows.columns]
        return rows.reindex(index=order, columns=names).fillna("")

    def difference(self, before: str, after: str) -> pd.DataFrame:
        """How the plans of any two scenarios differ: see `moves`.

        Raises
        ------
        KeyError
            If a scenario is not among those compared.
        ValueError
            If one of them has no plan.
        """
        for name in (before, after):
            if not self.plans[name].feasible:
                raise ValueError(f"scenario '{name}' has no plan")
        return moves(self.plans[before], self.plans[after])

    def cost_difference(self, before: str, after: str) -> pd.DataFrame:
        """Spend of any two scenarios by year: year, before, after, more (after less before)."""
        rows = self.costs.pivot(index="year", columns="scenario", values="spend").sort_index()
        frame = pd.DataFrame({"before": rows[before], "after": rows[after]}).reset_index()
        return frame.assign(more=frame["after"] - frame["before"])

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain JSON data; what is not known is null."""
        return {
            "first": self.first,
            **{name: records(getattr(self, name)) for name in TABLES},
            "conflicts": {
                name: plan.conflict.as_dict()
                for name, plan in self.plans.items()
                if plan.conflict is not None
            },
            "faults": {
                name: [fault.as_dict() for fault in plan.faults]
                for name, plan in self.plans.items()
                if plan.faults
            },
            "solves": self.solves,
            "seconds": round(self.seconds, 3),
            "settings": dict(self.settings),
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
        tables = {name: (columns, getattr(self, name)) for name, columns in TABLES.items()}
        kept = (
            "first",
            "scenarios",
            "steps",
            "conflicts",
            "faults",
            "solves",
            "seconds",
            "settings",
        )
        summary = {name: value for name, value in self.as_dict().items() if name in kept}
        write_folder(folder, tables, TABLES, summary)
