"""Why no plan can hold a project or keep a limit, in words and at a place in the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.called import periods_counted
from portfolio.errors import Fault
from portfolio.language import decimal, mark, say
from portfolio.models.propagation import Broken, Reach
from portfolio.models.selection.model import Selection

__all__ = ["Obstacles"]

_WINDOWS = ("earliest_start", "latest_start", "latest_finish")
_LINKS = ("requires", "finish_to_start", "start_to_start")
_FORCED = mark("correct the project or the limit, or clear force")
_STAYS = mark("correct the project or the limit, or let a scenario allow stops")
_FREE = mark("correct the project or the limit; until then it is never chosen")
# Of a project that no plan can hold, and of one that none can beside what is in it for sure.
_LOST = {
    False: mark("can never be chosen"),
    True: mark("can never be chosen beside what is in flight and forced in"),
}
_LOST_THOUGH_FORCED = {
    False: mark("forces in a project that no plan can hold"),
    True: mark("forces in a project that no plan can hold beside what is in flight and forced in"),
}
_LOST_IN_FLIGHT = {
    False: mark("is in flight, and no plan can hold it"),
    True: mark("is in flight, and no plan can hold it beside what is in flight and forced in"),
}
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
            clauses.append(
                say("its window ({window}) leaves no other start", window=self._window(code))
            )
        if forced:
            start, remedy = _LOST_THOUGH_FORCED, _FORCED
        elif flying:
            start, remedy = _LOST_IN_FLIGHT, _STAYS
        else:
            start, remedy = _LOST, _FREE
        column_name = "force" if forced else "stage" if flying else "project_id"
        name = "" if column_name == "project_id" else f" ({project['project_id']})"
        rule = f"{say(start[beside_others])}{name}: {_together(clauses)}"
        unpaid = self._unpaid(code) if set(names) == {"spend_paid"} else None
        if unpaid is not None:
            row, category = unpaid
            rule = self._unpaid_words(code, category)
            if not (forced or flying):
                rule = say("{rule}; the project can never be chosen", rule=rule)
            remedy = mark(
                "correct the category, or give money in budgets to a fund that may pay for it"
            )
            return tables.fault("costs", row, "category", rule, say(remedy))
        return tables.fault("projects", code, column_name, rule, say(remedy))

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
        keys = {str(k): v for k, v in self._keys(family).iloc[row].items()}
        unit = self._unit(family, row)
        need = self._amount(family, reach.need[column] * unit)
        room = self._amount(family, max(reach.room[column], 0.0) * unit)
        said = {
            "budget": mark(
                "it needs {need} of fund {fund_id} in {period}, which has {room} for it"
            ),
            "spend_paid": mark(
                "it needs {need} of {category} in {period}, and the funds that may pay have {room} "
                "for it"
            )
            if keys.get("category")
            else mark(
                "it needs {need} of no category in {period}, and the funds that may pay have "
                "{room} for it"
            ),
            "programme_budget": mark(
                "it spends {need}, and programme {programme_id} may spend {room} on it in {period}"
            )
            if keys.get("period")
            else mark("it spends {need}, and programme {programme_id} may spend {room} on it"),
            "programme_projects": mark("programme {programme_id} has no place for it"),
            "role_capacity": mark(
                "it needs {need} of {role_id} in {period}, and {room} can be had"
            ),
            "requires": mark("it needs {other_id}, which cannot be chosen"),
            "finish_to_start": mark("it needs {other_id}, which cannot have finished in time"),
            "start_to_start": mark("it needs {other_id}, which cannot have started in time"),
            "groups": mark("group {group_id} has no place for it"),
            "forced_out": mark("it is forced out"),
        }
        if family in said:
            return say(said[family], need=need, room=room, **keys)
        words = ", ".join(f"{name} {value}" for name, value in keys.items() if value)
        return say("the rule {family} ({keys}) rules it out", family=family, keys=words)

    def _window(self, code: int) -> str:
        project = self.selection.terms.projects.iloc[code]
        return ", ".join(f"{name} {project[name]}" for name in _WINDOWS if project[name])

    def _no_start_in_time(self, code: int) -> str:
        terms = self.selection.terms
        shortest = int(terms.options.loc[terms.options["project"] == code, "duration"].min())
        labels, window = terms.portfolio.calendar.labels, self._window(code)
        fields = {
            "length": periods_counted(shortest, terms.portfolio.settings.frequency),
            "first": labels[0],
            "last": labels[-1],
        }
        if window:
            return say(
                "it takes {length}, and the horizon, {first} to {last}, and its window ({window}) "
                "leave no start",
                window=window,
                **fields,
            )
        return say("it takes {length}, and the horizon, {first} to {last}, is shorter", **fields)

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

    def _unpaid_words(self, code: int, category: str) -> str:
        project = self.selection.terms.projects.iloc[code]
        fields = {"project": project["project_id"], "programme": project["programme_id"]}
        if category and fields["programme"]:
            words = mark(
                "is a cost of {project} that no fund may pay for {category} in programme "
                "{programme}"
            )
        elif category:
            words = mark("is a cost of {project} that no fund may pay for {category}")
        elif fields["programme"]:
            words = mark(
                "is a cost of {project} that no fund may pay for a blank category in programme "
                "{programme}"
            )
        else:
            words = mark("is a cost of {project} that no fund may pay for a blank category")
        return say(words, category=category, **fields)

    def _amount(self, family: str, amount: float) -> str:
        if family in ("budget", "spend_paid", "programme_budget"):
            currency = self.selection.terms.portfolio.settings.currency
            number = decimal(amount, ",.0f" if abs(amount) >= 100 else ".4g")
            return f"{currency} {number}"
        number = decimal(amount, ".4g")
        return say("{number} FTE", number=number) if family == "role_capacity" else number

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


def _together(clauses: Sequence[str]) -> str:
    """All that stands against a project."""
    first, *rest = clauses
    return say("{before}, and {last}", before=first, last=_together(rest)) if rest else first
