"""Plan: what an optimisation found, as tables, and how it is written to a folder and read back.

A plan without a solution has a status and no tables: never zeros or blanks that
look like a plan.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import pandas as pd

from portfolio.conflict import Conflict
from portfolio.errors import Fault
from portfolio.result import OBJECTIVE_COLUMNS, Result, Status, read_result, records
from portfolio.result_tables import Columns, plain

__all__ = [
    "BEYOND_COLUMNS",
    "BINDING_COLUMNS",
    "BUDGET_COLUMNS",
    "CAPACITY_COLUMNS",
    "DECISIONS",
    "HIRES_COLUMNS",
    "HIRE_KINDS",
    "HIRING",
    "OBJECTIVE_COLUMNS",
    "OVERSHOOT_COLUMNS",
    "SELECTION_COLUMNS",
    "SPEND_COLUMNS",
    "STOPPING",
    "SUPPLY_COLUMNS",
    "TABLES",
    "Plan",
    "Status",
    "read_plan",
]


STOPPING: Final = "stopping"
"""Category of the cost of stopping a project in flight."""

HIRING: Final = "hiring"
"""Category of what hired and contracted people cost beside what projects pay for them."""

HIRE_KINDS: Final = ("internal", "contractor")

DECISIONS: Final = (
    "in_flight",
    "funded",
    "deferred",
    "left_out",
    "stopped",
    "not_offered",
    "closed",
)

_COLUMNS: Final[Mapping[str, Columns]] = {
    "selection": {
        "project_id": "text",
        "option_id": "text",
        "selected": "flag",
        "start": "text",
        "reason": "text",
        "finish": "text",
        "decision": "text",
    },
    "spend": {
        "fund_id": "text",
        "programme_id": "text",
        "category": "text",
        "period": "text",
        "amount": "number",
    },
    "budget": {
        "fund_id": "text",
        "period": "text",
        "amount": "number",
        "spent": "number",
        "carried_in": "number",
        "carried_out": "number",
    },
    "capacity": {
        "role_id": "text",
        "period": "text",
        "demand": "number",
        "capacity": "number",
    },
    "supply": {
        "pool_id": "text",
        "programme_id": "text",
        "role_id": "text",
        "period": "text",
        "fte": "number",
        "supplied": "number",
    },
    "hires": {
        "role_id": "text",
        "kind": "text",
        "period": "text",
        "arriving": "number",
        "present": "number",
        "idle": "number",
        "cost": "number",
    },
    "binding": {
        "family": "text",
        "key": "text",
        "lower": "number",
        "upper": "number",
        "activity": "number",
        "slack": "number",
    },
    "beyond": {
        "project_id": "text",
        "table": "text",
        "period": "text",
        "amount": "number",
    },
    "overshoot": {
        "family": "text",
        "key": "text",
        "limit": "number",
        "activity": "number",
        "overshoot": "number",
        "share": "number",
        "unit": "text",
        "sentence": "text",
    },
}

SELECTION_COLUMNS: Final = tuple(_COLUMNS["selection"])
SPEND_COLUMNS: Final = tuple(_COLUMNS["spend"])
BUDGET_COLUMNS: Final = tuple(_COLUMNS["budget"])
CAPACITY_COLUMNS: Final = tuple(_COLUMNS["capacity"])
SUPPLY_COLUMNS: Final = tuple(_COLUMNS["supply"])
HIRES_COLUMNS: Final = tuple(_COLUMNS["hires"])
BINDING_COLUMNS: Final = tuple(_COLUMNS["binding"])
BEYOND_COLUMNS: Final = tuple(_COLUMNS["beyond"])
OVERSHOOT_COLUMNS: Final = tuple(_COLUMNS["overshoot"])

TABLES: Final = tuple(_COLUMNS)
"""The tables that exist only where there is a solution, in the order they are written."""

_WORST: Final = ("overshoot", "share", "sentence")


@dataclass(frozen=True, eq=False)
class Plan(Result):
    """What to fund, when it starts, what pays for it and who does it.

    Frames are brought to the columns and types of their table: text is never
    missing (blank is ""), numbers are float64, flags are bool.

    Attributes
    ----------
    status : Status
        How the solve ended.
    scenario : str
        Name of the scenario.
    objectives : pandas.DataFrame
        One row an objective, in order: objective, sense (max, min), value (in this
        plan), bound, gap (a fraction of the value), status, seconds.
    selection : pandas.DataFrame or None
        One row a project: project_id, option_id, selected, start and finish (period
        labels, blank where nothing runs), decision (one of `DECISIONS`), reason.
    spend : pandas.DataFrame or None
        Payments: fund_id, programme_id, category, period, amount (money).
    budget : pandas.DataFrame or None
        One row a fund and budget label: amount, spent, carried_in, carried_out (money).
    capacity : pandas.DataFrame or None
        Demand and capacity (FTE) of each role and period.
    supply : pandas.DataFrame or None
        What each pool of people spends on a role (fte) and what that supplies (FTE).
    hires : pandas.DataFrame or None
        Who joins, one row a role, kind (internal, contractor) and period with people of
        it: arriving and present (whole people), idle (FTE that no project needs,
        contractors' first), cost (money, spend of the category ``hiring``).
    binding : pandas.DataFrame or None
        Rules that leave no room: family, key, lower, upper, activity, slack.
    beyond : pandas.DataFrame or None
        What falls after the horizon: project_id, table, period, amount (money or FTE).
    overshoot : pandas.DataFrame or None
        Limits that the scenario softens or ignores and the plan passes: family, key,
        limit (as the tables have it), activity, overshoot (how far it is past the
        limit), share (of the limit), unit (money, FTE or projects), sentence. A rule
        that is no amount, such as a latest start, has a sentence alone.
    seconds : float
        Time of the whole run.
    settings : mapping
        Settings of the solve, as plain JSON data; `gap` is the gap asked for.
    solver : str
        Solver and version.
    conflict : Conflict or None
        Where nothing is feasible, the rules that cannot all hold together.
    faults : tuple of Fault
        Why there can be no plan, where that was seen before the solve.
    warnings : tuple of Fault
        What is not wrong, and yet is worth a look.
    """

    COLUMNS: ClassVar[Mapping[str, Columns]] = _COLUMNS

    selection: pd.DataFrame | None = None
    spend: pd.DataFrame | None = None
    budget: pd.DataFrame | None = None
    capacity: pd.DataFrame | None = None
    supply: pd.DataFrame | None = None
    hires: pd.DataFrame | None = None
    binding: pd.DataFrame | None = None
    beyond: pd.DataFrame | None = None
    overshoot: pd.DataFrame | None = None
    conflict: Conflict | None = None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    def joining(self) -> pd.DataFrame:
        """Who joins, one row a role and kind, the first to come first.

        Returns
        -------
        pandas.DataFrame
            role_id, kind (internal, contractor), people (the most at once),
            first and last (labels of the periods in which somebody is there), idle
            (FTE times periods), cost (money).
        """
        rows = [] if self.hires is None else self._joining_rows(self.hires)
        columns = ["role_id", "kind", "people", "first", "last", "idle", "cost"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.sort_values(["first", "kind"], kind="stable", ignore_index=True)

    @staticmethod
    def _joining_rows(hires: pd.DataFrame) -> list[tuple[Any, ...]]:
        return [
            (
                *key,
                rows["present"].max(),
                rows["period"].min(),
                rows["period"].max(),
                rows["idle"].sum(),
                rows["cost"].sum(),
            )
            for key, rows in hires.groupby(["role_id", "kind"], sort=False)
        ]

    def summary(self) -> dict[str, Any]:
        """The plan in short, as plain JSON data.

        Returns
        -------
        dict
            status, objective, bound and gap (of the first objective), seconds,
            selected (project ids), spend (total, and by period), joining (who is hired and
            contracted), overshoot (by family of limits: how many are passed, the most
            severe in a sentence, its overshoot and share), scenario, objectives in order,
            settings, solver, conflict, faults, warnings. Null stands for what is not known,
            and for everything that only a solution has.
        """
        first = self.objectives.iloc[0] if len(self.objectives) and self.feasible else None
        selected = spend = None
        if self.feasible and self.selection is not None:
            chosen = self.selection.loc[self.selection["selected"], "project_id"]
            selected = list(dict.fromkeys(chosen))
        if self.feasible and self.spend is not None:
            by_period = self.spend.groupby("period")["amount"].sum().sort_index()
            spend = {
                "total": plain(self.spend["amount"].sum()),
                "by_period": {str(period): plain(value) for period, value in by_period.items()},
            }
        common = super().summary()
        return {
            "status": common.pop("status"),
            "scenario": common.pop("scenario"),
            "objective": None if first is None else plain(first["value"]),
            "bound": None if first is None else plain(first["bound"]),
            "gap": None if first is None else plain(first["gap"]),
            "seconds": common.pop("seconds"),
            "selected": selected,
            "spend": spend,
            "joining": None if not self.feasible else records(self.joining()),
            "overshoot": self._overshoot_in_short(),
            **common,
            "conflict": None if self.conflict is None else self.conflict.as_dict(),
            "faults": [fault.as_dict() for fault in self.faults],
            "warnings": [fault.as_dict() for fault in self.warnings],
        }

    def _overshoot_in_short(self) -> dict[str, Any] | None:
        if not self.feasible or self.overshoot is None:
            return None
        short = {}
        for family, rows in self.overshoot.groupby("family", sort=False):
            severe = int(rows["share"].fillna(math.inf).to_numpy().argmax())
            worst = {name: plain(rows[name].iloc[severe]) for name in _WORST}
            short[str(family)] = {"limits": len(rows), **worst}
        return short


def read_plan(folder: str | Path) -> Plan:
    """Read a plan that `Plan.write` has written.

    Parameters
    ----------
    folder : str or Path
        Folder with summary.json and, where there is a solution, one CSV a table.

    Returns
    -------
    Plan
        Equal to the one that was written.

    Raises
    ------
    DataError
        If the folder does not hold a whole plan; every fault is in `faults`.
    """
    return Plan(**read_result(folder, "plan", _COLUMNS, _own))


def _own(summary: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan adds to the summary of every result."""
    given = summary.get("conflict")
    return {
        "conflict": None if given is None else Conflict.from_dict(given),
        **{
            kind: tuple(Fault(**one) for one in summary.get(kind, ()))
            for kind in ("faults", "warnings")
        },
    }
