"""Why no plan can hold a project or keep a limit, in words and at a place in the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.errors import Fault
from portfolio.models.propagation import Broken, Reach
from portfolio.models.selection.model import Selection

__all__ = ["Obstacles"]

_WINDOWS = ("earliest_start", "latest_start", "latest_finish")
_LINKS = ("requires", "finish_to_start", "start_to_start")
_FORCED = "correct the project or the limit, or clear force"
_STAYS = "correct the project or the limit, or let a scenario allow stops"
_FREE = "correct the project or the limit; until then it is never chosen"
_WIDER = "raise the limit, or ask for less; a scenario may soften or ignore the rule"


@dataclass(frozen=True, eq=False)
class Obstacles:
    """Turns what propagation has found into faults.

    Parameters
    ----------
    selection : Selection
    """

    selection: Selection

    def of_project(self, code: int, reach: Reach, *, beside_others: bool = False) -> Fault:
        """Why a project has no start left.

        Parameters
        ----------
        code : int
        reach : Reach
            What ruled its starts out.
        beside_others : bool
            Whether what is in flight and forced in was taken to be in the plan.
        """
        terms, tables = self.selection.terms, self.selection.terms.portfolio
        project = terms.projects.iloc[code]
        forced = project["force"] == "in"
        flying = bool(terms.in_flight[code])
        columns = np.flatnonzero(terms.starts["project"].to_numpy() == code)
        names, rows = self.selection.model.families_of(reach.ruled_by[columns])
        others = " beside what is in flight and forced in" if beside_others else ""
        clauses = []
        for family in dict.fromkeys(names):
            if family in _WINDOWS:
                continue
            of_family = names == family
            # The start that needs the least beyond what there is.
            over = (reach.need - reach.room)[columns]
            best = int(np.flatnonzero(of_family)[np.argmin(over[of_family])])
            column = int(columns[best])
            said = self._clause(family, int(rows[best]), code, column, reach)
            clauses.append(said)
        if not clauses:
            clauses = [self._no_start_in_time(code)]
        elif set(names) & set(_WINDOWS):
            clauses.append(f"its window ({self._window(code)}) leaves no other start")
        if forced:
            start, remedy = "forces in a project that no plan can hold", _FORCED
        elif flying:
            start, remedy = "is in flight, and no plan can hold it", _STAYS
        else:
            start, remedy = "can never be chosen", _FREE
        column_name = "force" if forced else "stage" if flying else "project_id"
        name = "" if column_name == "project_id" else f" ({project['project_id']})"
        rule = f"{start}{others}{name}: {', and '.join(clauses)}"
        unpaid = self._unpaid(code) if set(names) == {"spend_paid"} else None
        if unpaid is not None:
            row, category = unpaid
            payers = f"no fund may pay for {category or 'a blank category'}"
            rule = f"is a cost of {project['project_id']} that {payers}{self._of_programme(code)}"
            rule += "" if forced or flying else "; the project can never be chosen"
            remedy = "correct the category, or give money in budgets to a fund that may pay for it"
            return tables.fault("costs", row, "category", rule, remedy)
        return tables.fault("projects", code, column_name, rule, remedy)

    def only_waits_for(self, code: int, lost: npt.NDArray[np.bool_], reach: Reach) -> bool:
        """Whether a project has no start left only because it needs one that is lost itself."""
        columns = np.flatnonzero(self.selection.terms.starts["project"].to_numpy() == code)
        names, rows = self.selection.model.families_of(reach.ruled_by[columns])
        return bool(len(columns)) and any(
            name in _LINKS and lost[self.selection.model.families[name].rows["other_id"].iloc[row]]
            for name, row in zip(names, rows, strict=True)
        )

    def of_rows(self, broken: Sequence[Broken]) -> list[Fault]:
        """One fault for each limit that no plan can keep, over all of its periods."""
        found: dict[tuple[str, str], list[Broken]] = {}
        for one in broken:
            names, rows = self.selection.model.families_of(np.array([one.row]))
            key = self._keys(str(names[0])).iloc[int(rows[0])]
            # A limit on money may differ from one period to the next; one on people is one.
            found.setdefault((str(names[0]), str(key.iloc[0]) if len(key) else ""), []).append(one)
        return [self._of_limit(family, key, ones) for (family, key), ones in found.items()]

    def _of_limit(self, family: str, key: str, ones: list[Broken]) -> Fault:
        worst = max(ones, key=lambda one: one.excess)
        _, rows = self.selection.model.families_of(np.array([worst.row]))
        keys = self._keys(family).iloc[int(rows[0])].to_dict()
        unit = self._unit(family, int(rows[0]))
        more = f" (and {len(ones) - 1} more)" if len(ones) > 1 else ""
        when = f" in {keys['period']}{more}" if keys.get("period") else ""
        who = self._who(worst.parts, family, unit)
        excess = self._amount(family, worst.excess * unit)
        tables = self.selection.terms.portfolio
        if family == "budget":
            place = self._row("budgets", fund_id=keys["fund_id"], period=keys["period"])
            rule = f"is too little for {who}: {excess} more is needed of fund {key}{when}"
            return tables.fault("budgets", place, "amount", rule, _WIDER)
        if family == "role_capacity":
            place = self._row("roles", role_id=key)
            rule = f"is too short{when} for {who}: {excess} more is needed"
            return tables.fault("roles", place, "role_id", rule, _WIDER)
        if family in ("programme_budget", "programme_projects"):
            place = self._row("programme_limits", programme_id=key, period=keys["period"])
            table = tables["programme_limits"].iloc[place]
            what = family.removeprefix("programme_")
            over = worst.excess * unit
            most = pd.notna(table[f"{what}_max"]) and bool(worst.parts)
            column = f"{what}_max" if most else f"{what}_min"
            rule = (
                f"is passed by {who} by {self._amount(family, over)}"
                if most
                else f"is more than can be reached, by {self._amount(family, over)}"
            )
            return tables.fault("programme_limits", place, column, rule, _WIDER)
        if family == "groups":
            place = self._row("groups", group_id=key.split(":")[0])
            rule = f"cannot be met by what can be chosen of group {key}"
            if worst.parts:
                rule = f"cannot be met, since {who} cannot be left out"
            return tables.fault("groups", place, "limit", rule, _WIDER)
        said = ", ".join(f"{name} {value}" for name, value in keys.items() if value)
        rule = f"the rule {family} ({said}) cannot be kept by {who or 'any plan'}"
        return tables.table_fault("projects", rule, _WIDER)

    def _who(self, parts: dict[int, float], family: str, unit: float) -> str:
        """Projects that bring something to a row whatever is chosen, the largest part first."""
        names = self.selection.terms.projects["project_id"]
        ordered = sorted(parts.items(), key=lambda part: -part[1])
        said = [
            f"{names.iloc[code]} ({self._amount(family, part * unit)})" for code, part in ordered
        ]
        if len(said) > 4:
            said = [*said[:3], f"{len(said) - 3} more"]
        return "what is in flight and forced in, " + ", ".join(said) if said else ""

    # Clauses.

    def _clause(self, family: str, row: int, code: int, column: int, reach: Reach) -> str:
        keys = self._keys(family).iloc[row].to_dict()
        unit = self._unit(family, row)
        need = self._amount(family, reach.need[column] * unit)
        room = self._amount(family, max(reach.room[column], 0.0) * unit)
        said: dict[str, Callable[[], str]] = {
            "budget": lambda: (
                f"it needs {need} of fund {keys['fund_id']} in {keys['period']}, "
                f"which has {room} for it"
            ),
            "spend_paid": lambda: (
                f"it needs {need} of {keys['category'] or 'no category'} in {keys['period']}, "
                f"and the funds that may pay have {room} for it"
            ),
            "programme_budget": lambda: (
                f"it spends {need}, and programme {keys['programme_id']} may spend {room} on it"
                + (f" in {keys['period']}" if keys["period"] else "")
            ),
            "programme_projects": lambda: f"programme {keys['programme_id']} has no place for it",
            "role_capacity": lambda: (
                f"it needs {need} of {keys['role_id']} in {keys['period']}, and {room} can be had"
            ),
            "requires": lambda: f"it needs {keys['other_id']}, which cannot be chosen",
            "finish_to_start": lambda: (
                f"it needs {keys['other_id']}, which cannot have finished in time"
            ),
            "start_to_start": lambda: (
                f"it needs {keys['other_id']}, which cannot have started in time"
            ),
            "groups": lambda: f"group {keys['group_id']} has no place for it",
            "forced_out": lambda: "it is forced out",
        }
        if family in said:
            return said[family]()
        words = ", ".join(f"{name} {value}" for name, value in keys.items() if value)
        return f"the rule {family} ({words}) rules it out"

    def _window(self, code: int) -> str:
        project = self.selection.terms.projects.iloc[code]
        return ", ".join(f"{name} {project[name]}" for name in _WINDOWS if project[name])

    def _no_start_in_time(self, code: int) -> str:
        terms = self.selection.terms
        shortest = int(terms.options.loc[terms.options["project"] == code, "duration"].min())
        number = f"{shortest} {terms.portfolio.settings.frequency}{'s' if shortest != 1 else ''}"
        labels = terms.portfolio.calendar.labels
        horizon, window = f"the horizon, {labels[0]} to {labels[-1]}", self._window(code)
        if window:
            return f"it takes {number}, and {horizon}, and its window ({window}) leave no start"
        return f"it takes {number}, and {horizon}, is shorter"

    def _unpaid(self, code: int) -> tuple[int, str] | None:
        """The first cost row of a project in a category that no fund with money may pay for."""
        terms, funding = self.selection.terms, self.selection.funding
        costs = terms.portfolio["costs"]
        mine = costs[costs["project_id"] == terms.projects["project_id"].iloc[code]]
        for number, category in zip(mine.index, mine["category"], strict=True):
            may = funding.may_pay[terms.programme[code], terms.categories.index(category)]
            if not may.any():
                return int(number), category
        return None

    def _of_programme(self, code: int) -> str:
        programme = self.selection.terms.projects["programme_id"].iloc[code]
        return f" in programme {programme}" if programme else ""

    def _amount(self, family: str, amount: float) -> str:
        if family in ("budget", "spend_paid", "programme_budget"):
            currency = self.selection.terms.portfolio.settings.currency
            number = f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:.4g}"
            return f"{currency} {number}"
        number = f"{amount:.4g}"
        return f"{number} FTE" if family == "role_capacity" else number

    def _unit(self, family: str, row: int) -> float:
        """What one unit of a row is worth in the unit that users know."""
        rows = self.selection.model.families[family]
        return float(np.broadcast_to(rows.unit, len(rows.rows))[row])

    # Places.

    def _row(self, table: str, **keys: str) -> int:
        frame = self.selection.terms.portfolio[table]
        hit = np.ones(len(frame), dtype=bool)
        for name, value in keys.items():
            hit &= (frame[name] == value).to_numpy()
        return int(np.flatnonzero(hit)[0])

    def _keys(self, family: str) -> pd.DataFrame:
        if family not in self._key_tables:
            self._key_tables[family] = self.selection.model.keys_of(family)
        return self._key_tables[family]

    @cached_property
    def _key_tables(self) -> dict[str, pd.DataFrame]:
        return {}
