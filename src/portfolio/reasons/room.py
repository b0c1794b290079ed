"""What a plan leaves free of every limit, and which limits a further project would pass.

Used for the sentences of `portfolio.reasons`. Amounts are taken from the
plan's own tables, which `portfolio.verify` has checked or will check.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.pools import workforce
from portfolio.data.portfolio import Portfolio
from portfolio.plan import HIRING, STOPPING, Plan
from portfolio.reasons.joining import Joinable, joinable
from portfolio.reasons.own import OwnRules
from portfolio.reasons.programmes import ProgrammeLimit, programme_limits
from portfolio.reasons.shares import ShareOfSpend, shares_of_spend
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
            *self._shares_passed(project, option, start),
            *self._own_passed(project, option, start),
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
            capacity = capacity + self._more_time(self._projects[project]["programme_id"], role)
            over = need + demand - mine.get(role, 0.0) - capacity
            over[need <= 0] = 0.0
            if not (over > _SMALL).any():
                continue
            joining = self._joinable.get(role)
            if joining is None or not joining.fte.any():
                passed.append(self._short_of_people(role, over, capacity))
            elif (over > joining.fte + _SMALL).any():
                more = self._short_of_people(role, over - joining.fte, capacity)
                passed.append(replace(more, words=f"{more.words}, beyond all who can join"))
            else:
                passed += self._joining_passed(role, joining.least_cost(np.clip(over, 0, None)))
        return passed

    def _short_of_people(self, role: str, over: Floats, capacity: Floats) -> Passed:
        late = np.flatnonzero(over > _SMALL)
        labels = _some([self.calendar.label(int(t)) for t in late])
        most = _fte(float(over.max()))
        up_to = "up to " if len(late) > 1 else ""
        words = f"{self._role_names[role]} in {labels} by {up_to}{most} FTE"
        share = float(np.clip(over, 0, None).sum() / max(capacity.mean(), 0.1))
        return Passed(words, share)

    def _joining_passed(self, role: str, cost: float) -> list[Passed]:
        """The money for those who would have to join, where the plan has not that much left."""
        if "budget" in self.scenario.ignore or "spend_paid" in self.scenario.ignore:
            return []
        payers = {n for t in range(self.calendar.periods) for n in self._payers("", HIRING, t)}
        room = sum(max(float(self._money_left[n]), 0.0) for n in payers)
        over = cost - room
        if over <= _SMALL * max(1.0, cost):
            return []
        words = f"the money for more of {self._role_names[role]} to join by {self.money(over)}"
        return [Passed(words, over / cost)]

    @cached_property
    def _joinable(self) -> dict[str, Joinable]:
        return joinable(self.plan, self.portfolio, self.scenario)

    @cached_property
    def _capacity(self) -> dict[str, tuple[Floats, Floats]]:
        assert self.plan.capacity is not None
        soft = 1.0 + self.scenario.soften.get("role_capacity", 0.0)
        return {
            str(role): (rows["demand"].to_numpy(), rows["capacity"].to_numpy() * soft)
            for role, rows in self.plan.capacity.groupby("role_id")
        }

    def _more_time(self, programme: str, role: str) -> Floats:
        """FTE of a role that people kept for the programme have left, or anyone may work longer."""
        anyone = "ring_fence" in self.scenario.ignore
        within = self.portfolio.programmes_within
        kept = [
            fte
            for (own, what), fte in self._fenced.items()
            if what == role and (anyone or programme in within[own])
        ]
        return sum(kept, self._longer.get(role, self._nothing))

    @cached_property
    def _longer(self) -> dict[str, Floats]:
        """FTE of each role by which people may pass their time, because the scenario lets them."""
        share = self.scenario.soften.get("pool_time", 0.0)
        without_end = "pool_time" in self.scenario.ignore
        force = workforce(self.portfolio)
        longer: dict[str, Floats] = {}
        for pool, role, proficiency in force.skills.itertuples(index=False, name=None):
            if not (share or without_end) or force.pools["programme_id"].iloc[pool]:
                continue
            time = force.time[pool]
            more = np.where(time > 0, np.inf, 0.0) if without_end else share * proficiency * time
            name = force.roles[role]
            longer[name] = longer.get(name, self._nothing) + more
        return longer

    @cached_property
    def _fenced(self) -> dict[tuple[str, str], Floats]:
        """FTE that people ring-fenced for a programme have left for a role of it."""
        assert self.plan.supply is not None
        force = workforce(self.portfolio)
        place = {pool: n for n, pool in enumerate(force.pools["pool_id"])}
        left = force.time.copy()
        supply = self.plan.supply
        for pool, label, fte in zip(
            supply["pool_id"], supply["period"], supply["fte"], strict=True
        ):
            left[place[pool], self.calendar.index(label)] -= fte
        fenced: dict[tuple[str, str], Floats] = {}
        programmes = force.pools["programme_id"].to_list()
        for pool, role, proficiency in force.skills.itertuples(index=False, name=None):
            if programmes[pool]:
                key = (programmes[pool], force.roles[role])
                spare = np.clip(left[pool], 0.0, None) * proficiency
                fenced[key] = fenced.get(key, self._nothing) + spare
        return fenced

    @cached_property
    def _role_names(self) -> dict[str, str]:
        roles = self.portfolio.tables["roles"]
        return dict(zip(roles["role_id"], roles["name"], strict=True))

    def _money_passed(self, project: str, option: str, start: int, own: Own) -> list[Passed]:
        if "budget" in self.scenario.ignore or "spend_paid" in self.scenario.ignore:
            return []
        programme = self._projects[project]["programme_id"]
        room = self._money_room(project, own)
        short: dict[tuple[str, ...], _Short] = {}
        for category, amounts in self._load("costs", project, option, start).items():
            for t in np.flatnonzero(amounts > 0):
                rows = self._payers(programme, category, int(t))
                left = float(amounts[t])
                for row in rows:
                    taken = min(left, max(room[row], 0.0))
                    room[row] -= taken
                    left -= taken
                if left > _SMALL * max(1.0, amounts[t]):
                    named = [self._budget_rows[n] for n in rows if self._covers(n, int(t))]
                    funds = tuple(row["fund_id"] for row in named) or ("", category)
                    one = short.setdefault(funds, _Short())
                    one.amount += left
                    one.limits.update(
                        {(row["fund_id"], row["period"]): row["amount"] for row in named}
                    )
                    one.periods[self.calendar.label(int(t))] = None
        return [Passed(self._short_words(funds, one), one.share) for funds, one in short.items()]

    def _covers(self, row: int, t: int) -> bool:
        return bool(self._budget_rows[row]["first"] <= t <= self._budget_rows[row]["last"])

    def _short_words(self, funds: tuple[str, ...], short: _Short) -> str:
        """What is missing of a set of funds, over all the periods in which it is."""
        if funds[0] == "":
            periods = _some(list(short.periods))
            return f"the money for {funds[1]}, of which there is none in {periods}"
        labels = _some(list(dict.fromkeys(label for _, label in short.limits)))
        return f"the budget of {_some(list(funds))} for {labels} by {self.money(short.amount)}"

    def _money_room(self, project: str, own: Own) -> Floats:
        """Money left in each budget row, with the project's own payments given back."""
        room = self._money_left.copy()
        if self._selection[project]["decision"] == "stopped":
            # What stopping costs is not spent on what is kept.
            payers = self._payers(self._projects[project]["programme_id"], STOPPING, 0)
            if payers:
                room[payers[0]] += float(self._projects[project]["stop_cost"])
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
            carries=rules["carry_over"].astype("boolean").fillna(False).to_numpy(dtype=bool),
        )

    @cached_property
    def _money_left(self) -> Floats:
        return np.asarray(self._budget["left"].to_numpy(), dtype=np.float64)

    @cached_property
    def _budget_rows(self) -> list[dict[Hashable, Any]]:
        return self._budget.to_dict("records")

    def _payers(self, programme: str, category: str, t: int) -> list[int]:
        """Positions of the budget rows that may pay for a class in a period."""
        key = (programme, category, t)
        if key not in self._payer_table:
            self._payer_table[key] = self._find_payers(*key)
        return self._payer_table[key]

    @cached_property
    def _payer_table(self) -> dict[tuple[str, str, int], list[int]]:
        return {}

    def _find_payers(self, programme: str, category: str, t: int) -> list[int]:
        rows = self._budget_rows
        within = self.portfolio.programmes_within
        found = [
            n
            for n, row in enumerate(rows)
            if self._covers(n, t)
            and row["category"] in ("", category)
            and (not row["programme"] or programme in within[row["programme"]])
        ]
        # What a fund has left before may be carried to where it is needed.
        for into in [rows[n] for n in found if rows[n]["carries"]]:
            found += [
                n
                for n, row in enumerate(rows)
                if row["fund_id"] == into["fund_id"] and row["last"] < into["first"]
            ]
        return found

    def _programme_passed(self, project: str, option: str, start: int) -> list[Passed]:
        """Programme limits on the number of projects, which adding one would pass."""
        programme = self._projects[project]["programme_id"]
        if self._selection[project]["selected"]:
            return []
        finish = start + self._durations[project, option] - 1
        costs = sum(self._load("costs", project, option, start).values(), self._nothing)
        worst: dict[str, Passed] = {}
        for limit in self._programme_limits:
            if programme not in limit.inside:
                continue
            runs = not limit.label or (start <= limit.last and finish >= limit.first)
            most = limit.most_projects
            if most is not None and runs and limit.projects + 1 > most + _SMALL:
                at_once = " at once" if limit.label else ""
                words = f"the {most:g} projects that {limit.name} may have{at_once}"
                worst[words] = Passed(words, 1.0)
            if limit.most_money is None:
                continue
            cost = costs[limit.first : limit.last + 1].sum()
            over = limit.spent + cost - limit.most_money
            if cost > 0 and over > _SMALL * max(1.0, limit.most_money):
                when = f" in {limit.label}" if limit.label else ""
                words = f"the most that {limit.name} may spend{when} by {self.money(over)}"
                worst[words] = Passed(words, over / max(limit.most_money, over))
        return list(worst.values())

    def _shares_passed(self, project: str, option: str, start: int) -> list[Passed]:
        """Limits on shares of spend, which a project passes by its own spend or by none of it."""
        if not self._shares:
            return []
        more = self._costs(project, option, start)
        less = self._spend.get(project, {})
        found = [share.passed(project, more, less) for share in self._shares]
        return [Passed(words, share) for words, share in found if words]

    def _costs(self, project: str, option: str, start: int) -> dict[str, float]:
        """Spend inside the horizon by category, credits not taken off."""
        load = self._load("costs", project, option, start)
        return {name: float(np.clip(amounts, 0.0, None).sum()) for name, amounts in load.items()}

    @cached_property
    def _spend(self) -> dict[str, dict[str, float]]:
        """Spend inside the horizon by project, "" for none of them, and category."""
        spend = {}
        for project, row in self._selection.items():
            if row["selected"]:
                start = self.calendar.index(row["start"])
                spend[project] = self._costs(project, row["option_id"], start)
            elif row["decision"] == "stopped":
                spend[project] = {STOPPING: float(self._projects[project]["stop_cost"])}
        assert self.plan.hires is not None
        spend[""] = {HIRING: float(self.plan.hires["cost"].sum())}
        return spend

    @cached_property
    def _shares(self) -> list[ShareOfSpend]:
        spend = self._spend if self.scenario.balance else {}
        return shares_of_spend(self.portfolio, self.scenario, spend)

    @cached_property
    def _nothing(self) -> Floats:
        return np.zeros(self.calendar.periods)

    @cached_property
    def _durations(self) -> dict[tuple[str, str], int]:
        options = self.portfolio.options
        return {
            (project, option): int(duration)
            for project, option, duration in zip(
                options["project_id"], options["option_id"], options["duration"], strict=True
            )
        }

    @cached_property
    def _programme_limits(self) -> list[ProgrammeLimit]:
        return programme_limits(self.plan, self.portfolio, self.scenario)

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        table = self.portfolio.tables["group_members"]
        members: dict[str, list[str]] = {}
        for group, project in zip(table["group_id"], table["project_id"], strict=True):
            members.setdefault(group, []).append(project)
        return members

    @cached_property
    def _groups_of(self) -> dict[str, list[tuple[str, str, float]]]:
        """Group, kind and limit of the groups that each project is in."""
        groups = self.portfolio.tables["groups"]
        found: dict[str, list[tuple[str, str, float]]] = {}
        for group, kind, limit in zip(
            groups["group_id"], groups["kind"], groups["limit"], strict=True
        ):
            for project in dict.fromkeys(self._members.get(group, [])):
                found.setdefault(project, []).append((group, kind, limit))
        return found

    def _groups_passed(self, project: str) -> list[Passed]:
        if "groups" in self.scenario.ignore or self._selection[project]["selected"]:
            return []
        passed = []
        soft = 1.0 + self.scenario.soften.get("groups", 0.0)
        for group, kind, limit in self._groups_of.get(project, []):
            if kind == "at_least":
                continue
            names = self._members[group]
            names = [name for name in names if self._projects[name]["stage"] != "closed"]
            chosen = sum(bool(self._selection[name]["selected"]) for name in names)
            if kind == "all_or_none":
                if chosen < len(names) - 1:
                    passed.append(
                        Passed(f"the rule that all or none of group {group} is chosen", 1.0)
                    )
            elif chosen + 1 > int(limit) * soft + _SMALL:
                passed.append(
                    Passed(
                        f"the rule that at most {int(limit)} of group {group} may be chosen", 1.0
                    )
                )
        return passed

    def _own_passed(self, project: str, option: str, start: int) -> list[Passed]:
        return [
            Passed(f"your rule '{rule.name}' by {over:,.4g}", share)
            for rule, over, share in self._own_rules.passed(project, option, start)
        ]

    @cached_property
    def _own_rules(self) -> OwnRules:
        return OwnRules(self.plan, self.portfolio, self.scenario)

    def money(self, amount: float) -> str:
        """An amount as a sentence says it."""
        number = f"{amount:,.0f}" if abs(amount) >= 9.5 else f"{amount:.2g}"
        return f"{self.portfolio.settings.currency} {number}"


@dataclass
class _Short:
    """Money missing of one set of funds."""

    amount: float = 0.0
    limits: dict[tuple[str, str], float] = field(default_factory=dict)
    periods: dict[str, None] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """What is missing, as a share of what there is and what is missing."""
        return self.amount / max(sum(self.limits.values()), self.amount)


def _fte(amount: float) -> str:
    """An excess of people, never rounded to nothing."""
    return f"{amount:.1f}" if amount >= 0.95 else f"{amount:.1g}"


def _some(names: list[str], most: int = 2) -> str:
    """The first names, and how many more there are."""
    if len(names) <= most + 1:
        return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return ", ".join(names[:most]) + f" and {len(names) - most} more"


def rows_by(table: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Rows of a table as plain data, by a key."""
    return {str(row[key]): {str(k): v for k, v in row.items()} for row in table.to_dict("records")}
