"""What a plan leaves free of every limit, and which limits a further project would pass.

Used for the sentences of `portfolio.reasons`. Amounts are taken from the
plan's own tables, which `portfolio.verify` has checked or will check.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = ["Passed", "Room"]

Floats = npt.NDArray[np.float64]
Own = tuple[str, int] | None

_SMALL = 1e-6


@dataclass(frozen=True)
class Passed:
    """One limit that a project would pass: in words, and by what share of the limit."""

    words: str
    share: float


class Room:
    """What a plan leaves free.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    """

    def __init__(self, plan: Plan, portfolio: Portfolio, scenario: Scenario) -> None:
        assert plan.selection is not None
        self.plan = plan
        self.portfolio = portfolio
        self.scenario = scenario
        self.calendar = portfolio.calendar
        self._projects = rows_by(portfolio.tables["projects"], "project_id")
        self._selection = rows_by(plan.selection, "project_id")

    def passed(self, project: str, option: str, start: int) -> list[Passed]:
        """Limits that the project would pass, the most severe first."""
        own = self._own(project)
        passed = [
            *self._groups_passed(project),
            *self._money_passed(project, option, start, own),
            *self._people_passed(project, option, start, own),
            *self._programme_passed(project, option, start),
        ]
        return sorted(passed, key=lambda one: -one.share)

    def _own(self, project: str) -> Own:
        """Option and start that the plan gives it, whose load is its own already."""
        if not self._selection[project]["selected"]:
            return None
        start = self.calendar.index(self._selection[project]["start"])
        return self._selection[project]["option_id"], start

    def _load(self, table: str, project: str, option: str, start: int) -> dict[str, Floats]:
        """Amounts inside the horizon by category or role."""
        loads: dict[str, Floats] = {}
        for key, offset, amount in self._profiles[table].get((project, option), []):
            t = start + offset
            if 0 <= t < self.calendar.periods:
                loads.setdefault(key, np.zeros(self.calendar.periods))[t] += amount
        return loads

    @cached_property
    def _profiles(self) -> dict[str, dict[tuple[str, str], list[tuple[str, int, float]]]]:
        found: dict[str, dict[tuple[str, str], list[tuple[str, int, float]]]] = {}
        for table, key, amount in (("costs", "category", "amount"), ("demand", "role_id", "fte")):
            rows = self.portfolio.by_offset(table)
            profiles: dict[tuple[str, str], list[tuple[str, int, float]]] = {}
            columns = ("project_id", "option_id", key, "offset", amount)
            for project, option, name, offset, value in zip(
                *(rows[c] for c in columns), strict=True
            ):
                profiles.setdefault((project, option), []).append((name, int(offset), value))
            found[table] = profiles
        return found

    def _people_passed(self, project: str, option: str, start: int, own: Own) -> list[Passed]:
        if "role_capacity" in self.scenario.ignore:
            return []
        mine = self._load("demand", project, *own) if own else {}
        passed = []
        for role, need in self._load("demand", project, option, start).items():
            demand, capacity = self._capacity[role]
            over = need + demand - mine.get(role, 0.0) - capacity
            over[need <= 0] = 0.0
            worst = int(np.argmax(over))
            if over[worst] > _SMALL:
                label = self.calendar.label(worst)
                words = f"{self._role_names[role]} in {label} by {over[worst]:.1f} FTE"
                share = float(np.clip(over, 0, None).sum() / max(capacity.mean(), 0.1))
                passed.append(Passed(words, share))
        return passed

    @cached_property
    def _capacity(self) -> dict[str, tuple[Floats, Floats]]:
        assert self.plan.capacity is not None
        soft = 1.0 + self.scenario.soften.get("role_capacity", 0.0)
        return {
            str(role): (rows["demand"].to_numpy(), rows["capacity"].to_numpy() * soft)
            for role, rows in self.plan.capacity.groupby("role_id")
        }

    @cached_property
    def _role_names(self) -> dict[str, str]:
        roles = self.portfolio.tables["roles"]
        return dict(zip(roles["role_id"], roles["name"], strict=True))

    def _money_passed(self, project: str, option: str, start: int, own: Own) -> list[Passed]:
        if "budget" in self.scenario.ignore or "spend_paid" in self.scenario.ignore:
            return []
        programme = self._projects[project]["programme_id"]
        room = self._money_room(project, own)
        short: dict[str, list[float]] = {}
        for category, amounts in self._load("costs", project, option, start).items():
            for t in np.flatnonzero(amounts > 0):
                rows = self._payers(programme, category, int(t))
                left = float(amounts[t])
                for row in rows:
                    taken = min(left, max(room[row], 0.0))
                    room[row] -= taken
                    left -= taken
                if left > _SMALL * max(1.0, amounts[t]):
                    name, amount = self._budget_name(rows, category, int(t))
                    total = short.setdefault(name, [0.0, amount])
                    total[0] += left
        return [
            Passed(f"{name} by {self.money(over)}", over / max(amount, over))
            for name, (over, amount) in short.items()
        ]

    def _money_room(self, project: str, own: Own) -> Floats:
        """Money left in each budget row, with the project's own payments given back."""
        rows = self._budget
        room = np.asarray(rows["left"].to_numpy(copy=True), dtype=np.float64)
        if own:
            programme = self._projects[project]["programme_id"]
            for category, amounts in self._load("costs", project, *own).items():
                for t in np.flatnonzero(amounts > 0):
                    payers = self._payers(programme, category, int(t))
                    if payers:
                        room[payers[0]] += amounts[t]
        return room

    @cached_property
    def _budget(self) -> pd.DataFrame:
        assert self.plan.budget is not None
        rows = self.plan.budget.copy()
        soft = 1.0 + self.scenario.soften.get("budget", 0.0)
        rows["left"] = (
            rows["amount"] * soft + rows["carried_in"] - rows["spent"] - rows["carried_out"]
        )
        spans = np.array([self.calendar.span(p) for p in rows["period"]]).reshape(-1, 2)
        rules = self.portfolio.tables["funds"].set_index("fund_id")
        rules = rules.reindex(rows["fund_id"])
        return rows.assign(
            first=spans[:, 0],
            last=spans[:, 1],
            category=rules["category"].astype("str").fillna("").to_numpy(),
            programme=rules["programme_id"].astype("str").fillna("").to_numpy(),
        )

    def _payers(self, programme: str, category: str, t: int) -> list[int]:
        """Positions of the budget rows that may pay for a class in a period."""
        return self._payer_table.get((programme, category, t)) or self._find_payers(
            programme, category, t
        )

    @cached_property
    def _payer_table(self) -> dict[tuple[str, str, int], list[int]]:
        return {}

    def _find_payers(self, programme: str, category: str, t: int) -> list[int]:
        rows = self._budget
        may = (
            (rows["first"] <= t)
            & (rows["last"] >= t)
            & rows["category"].isin(["", category])
            & rows["programme"].isin(["", programme])
        )
        found = [int(n) for n in np.flatnonzero(may)]
        self._payer_table[programme, category, t] = found
        return found

    def _budget_name(self, rows: list[int], category: str, t: int) -> tuple[str, float]:
        if not rows:
            return f"the money for {category} in {self.calendar.label(t)} (there is none)", 0.0
        named = self._budget.iloc[rows[:2]]
        budgets = [f"{f} for {p}" for f, p in zip(named["fund_id"], named["period"], strict=True)]
        more = f" and {len(rows) - 2} more" if len(rows) > 2 else ""
        words = f"the budget of {' and '.join(budgets)}{more}"
        return words, float(self._budget["amount"].iloc[rows].sum())

    def _programme_passed(self, project: str, option: str, start: int) -> list[Passed]:
        """Programme limits on the number of projects, which adding one would pass."""
        programme = self._projects[project]["programme_id"]
        if self._selection[project]["selected"]:
            return []
        passed = []
        for limit in self._programme_limits:
            if programme not in limit.inside:
                continue
            if limit.most_projects is not None and limit.projects + 1 > limit.most_projects:
                words = f"the {limit.most_projects:g} projects that {limit.name} may have"
                passed.append(Passed(words, 1.0))
            if limit.most_money is None:
                continue
            cost = sum(
                amounts[limit.first : limit.last + 1].sum()
                for amounts in self._load("costs", project, option, start).values()
            )
            over = limit.spent + cost - limit.most_money
            if cost > 0 and over > _SMALL * max(1.0, limit.most_money):
                words = f"the most that {limit.name} may spend by {self.money(over)}"
                passed.append(Passed(words, over / max(limit.most_money, over)))
        return passed

    @cached_property
    def _programme_limits(self) -> list[_ProgrammeLimit]:
        return _programme_limits(self.plan, self.portfolio, self.scenario)

    def _groups_passed(self, project: str) -> list[Passed]:
        if "groups" in self.scenario.ignore or self._selection[project]["selected"]:
            return []
        passed = []
        members = self.portfolio.tables["group_members"]
        groups = self.portfolio.tables["groups"]
        mine = set(members.loc[members["project_id"] == project, "group_id"])
        for group, kind, limit in zip(
            groups["group_id"], groups["kind"], groups["limit"], strict=True
        ):
            if group not in mine or kind == "at_least":
                continue
            names = members.loc[members["group_id"] == group, "project_id"]
            chosen = sum(bool(self._selection[name]["selected"]) for name in names)
            if kind == "all_or_none":
                if chosen < len(names) - 1:
                    passed.append(Passed(f"group {group}, all or none of which is chosen,", 1.0))
            elif chosen + 1 > int(limit):
                passed.append(
                    Passed(f"group {group}, of which at most {int(limit)} may be chosen,", 1.0)
                )
        return passed

    def money(self, amount: float) -> str:
        """An amount as a sentence says it."""
        return f"{self.portfolio.settings.currency} {amount:,.0f}"


@dataclass(frozen=True)
class _ProgrammeLimit:
    """A row of programme_limits beside what the plan has of it."""

    name: str
    inside: frozenset[str]
    first: int
    last: int
    most_money: float | None
    most_projects: float | None
    spent: float
    projects: int


def _programme_limits(
    plan: Plan, portfolio: Portfolio, scenario: Scenario
) -> list[_ProgrammeLimit]:
    calendar = portfolio.calendar
    programmes = portfolio.tables["programmes"]
    parent = dict(zip(programmes["programme_id"], programmes["parent_id"], strict=True))
    named = dict(zip(programmes["programme_id"], programmes["name"], strict=True))
    assert plan.spend is not None
    assert plan.selection is not None
    spend = plan.spend.assign(t=[calendar.index(p) for p in plan.spend["period"]])
    chosen = plan.selection[plan.selection["selected"]].merge(
        portfolio.tables["projects"][["project_id", "programme_id"]], on="project_id"
    )
    begin = np.array([calendar.index(p) for p in chosen["start"]], dtype=np.int64)
    end = np.array([calendar.index(p) for p in chosen["finish"]], dtype=np.int64)
    limits = []
    table = portfolio.tables["programme_limits"]
    for programme, label, money, number in zip(
        table["programme_id"],
        table["period"],
        table["budget_max"],
        table["projects_max"],
        strict=True,
    ):
        inside = frozenset(name for name in parent if _within(name, programme, parent))
        first, last = calendar.span(label) if label else (0, calendar.periods - 1)
        money_seen = spend["programme_id"].isin(inside) & spend["t"].between(first, last)
        own = chosen["programme_id"].isin(inside).to_numpy()
        if label:
            own &= (begin <= last) & (end >= first)
        soft = 1 + scenario.soften.get("programme_budget", 0.0)
        limits.append(
            _ProgrammeLimit(
                f"{named[programme]}{' in ' + label if label else ''}",
                inside,
                max(first, 0),
                last,
                None
                if np.isnan(money) or "programme_budget" in scenario.ignore
                else float(money) * soft,
                None
                if pd.isna(number) or "programme_projects" in scenario.ignore
                else float(number),
                float(spend.loc[money_seen, "amount"].sum()),
                int(own.sum()),
            )
        )
    return limits


def _within(name: str, programme: str, parent: dict[str, str]) -> bool:
    while name:
        if name == programme:
            return True
        name = parent.get(name, "")
    return False


def rows_by(table: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Rows of a table as plain data, by a key."""
    return {str(row[key]): {str(k): v for k, v in row.items()} for row in table.to_dict("records")}
