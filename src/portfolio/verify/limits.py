"""Families whose limits are amounts: money, people, numbers of projects."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from portfolio.scenario import ShareLimit
from portfolio.verify.joining import HIRING_LIMITS
from portfolio.verify.loads import Loads
from portfolio.verify.records import records, sums
from portfolio.verify.rows import Row, amount

__all__ = ["LIMITS"]


def _budget(loads: Loads) -> Iterator[Row]:
    """Spend of a fund in the span of a budget label, within its money."""
    budget = loads.plan.budget
    assert budget is not None
    carried = {
        (row.fund_id, row.period): row.carried_in - row.carried_out for row in records(budget)
    }
    budgets = loads.portfolio["budgets"]
    for fund, label, money in zip(
        budgets["fund_id"], budgets["period"], budgets["amount"], strict=True
    ):
        first, last = loads.calendar.span(label)
        inside = range(max(first, 0), min(last, loads.calendar.periods - 1) + 1)
        if inside:
            key = {"fund_id": fund, "period": label}
            spent = sum(loads.fund_spend.get((fund, t), 0.0) for t in inside)
            extra = carried.get((fund, label), 0.0)
            what = f"What fund {fund} pays in {label}"
            yield Row("budget", key, spent, upper=money, extra=extra, what=what, unit="money")


def _role_capacity(loads: Loads) -> Iterator[Row]:
    """Demand for a role in a period, within what it has."""
    for role in loads.portfolio["roles"]["role_id"]:
        for t, label in enumerate(loads.calendar.labels):
            need, upper = loads.need.get((role, t), 0.0), loads.supply.limit(role, t)
            what = f"Demand for role {role} in {label}"
            key = {"role_id": role, "period": label}
            yield Row("role_capacity", key, need, upper=upper, what=what, unit="FTE")


def _pool_time(loads: Loads) -> Iterator[Row]:
    """What a pool spends on all its roles in a period, within the time of its people."""
    supply = loads.plan.supply
    assert supply is not None
    spent = sums(supply, ["pool_id", "period"], "fte")
    for pool in loads.supply.pools.values():
        for label, time in zip(loads.calendar.labels, pool.fte.tolist(), strict=True):
            key = {"pool_id": pool.pool_id, "period": label}
            what = f"Work of pool {pool.pool_id} in {label}"
            used = spent.get((pool.pool_id, label), 0.0)
            yield Row("pool_time", key, used, upper=time, what=what, unit="FTE")


def _ring_fence(loads: Loads) -> Iterator[Row]:
    """People of a programme and those within it supply a role with no more than all these need."""
    supply = loads.plan.supply
    assert supply is not None
    supplied = sums(supply, ["programme_id", "role_id", "period"], "supplied")
    fenced = {
        (pool.programme_id, role)
        for pool in loads.supply.pools.values()
        for role in pool.skills
        if pool.programme_id
    }
    for programme, role in sorted(fenced):
        for t, label in enumerate(loads.calendar.labels):
            key = {"programme_id": programme, "role_id": role, "period": label}
            inside = loads.nested[programme]
            fte = sum(supplied.get((own, role, label), 0.0) for own in inside)
            need = sum(loads.own_need.get((own, role, t), 0.0) for own in inside)
            what = f"What people of programme {programme} supply to role {role} in {label}"
            yield Row("ring_fence", key, fte, upper=need, what=what, unit="FTE", soft=False)


def _groups(loads: Loads) -> Iterator[Row]:
    """Number of chosen projects of a group; what is closed is counted no more."""
    stage = loads.projects["stage"].to_dict()
    members: dict[str, list[str]] = {}
    rows = loads.portfolio["group_members"]
    for group, project in zip(rows["group_id"], rows["project_id"], strict=True):
        if stage[project] != "closed":
            members.setdefault(group, []).append(project)
    groups = loads.portfolio["groups"]
    for group, kind, limit in zip(groups["group_id"], groups["kind"], groups["limit"], strict=True):
        names = members.get(group, [])
        chosen = sum(name in loads.running for name in names)
        what = f"The number of projects chosen from group {group}"
        lower, upper = -math.inf, math.inf
        if kind == "all_or_none":
            lower = upper = float(len(names) if chosen else 0)
            what += ", all or none,"
        if kind in ("exactly", "at_least"):
            lower = float(limit)
        if kind in ("exactly", "at_most"):
            upper = float(limit)
        soft = kind != "all_or_none"
        key = {"group_id": group}
        yield Row("groups", key, chosen, lower, upper, what=what, unit="count", soft=soft)


def _own(loads: Loads) -> Iterator[Row]:
    """Sums that the analyst's own rules limit, over what is chosen."""
    chosen: dict[str, list[tuple[str, str]]] = {}
    for row in records(loads.chosen):
        way = (str(row.option_id), loads.calendar.label(int(row.start)))
        chosen.setdefault(str(row.project_id), []).append(way)
    for rule in loads.scenario.own:
        total = sum(
            term.times
            for term in rule.terms
            for option, start in chosen.get(term.project_id, [])
            if term.option_id in ("", option) and term.start in ("", start)
        )
        what = f"The sum of your rule '{rule.name}'"
        yield Row("own", {"rule": rule.name}, total, rule.at_least, rule.at_most, what=what)


def _programme_budget(loads: Loads) -> Iterator[Row]:
    """Spend of a programme, nested ones included, within its least and most."""
    spend: dict[tuple[str, int], float] = {}
    for (programme, _, t), money in loads.due.items():
        spend[programme, t] = spend.get((programme, t), 0.0) + money
    for limit in _programme_limits(loads, "budget_min", "budget_max"):
        spent = sum(spend.get((owner, t), 0.0) for owner in limit.inside for t in limit.span)
        what = f"Spend of programme {limit.programme} {limit.when}"
        yield Row(
            "programme_budget", limit.key, spent, limit.lower, limit.upper, what=what, unit="money"
        )


def _programme_projects(loads: Loads) -> Iterator[Row]:
    """Projects of a programme running in a period, or chosen at all, within least and most."""
    owner = loads.projects["programme_id"].to_dict()
    own: dict[str, list[tuple[int, int]]] = {}
    for project, times in loads.running.items():
        own.setdefault(owner[project], []).append(times)
    for limit in _programme_limits(loads, "projects_min", "projects_max"):
        number = sum(
            limit.chosen or (start <= limit.span[-1] and start + duration > limit.span[0])
            for programme in limit.inside
            for start, duration in own.get(programme, [])
        )
        state = "chosen" if limit.chosen else "running"
        what = f"The number of projects of programme {limit.programme} {state} {limit.when}"
        yield Row(
            "programme_projects",
            limit.key,
            number,
            limit.lower,
            limit.upper,
            what=what,
            unit="count",
        )


@dataclass(frozen=True)
class _Limit:
    """One row of programme_limits: the programmes and periods that it counts."""

    programme: str
    label: str
    inside: set[str]
    span: range
    lower: float
    upper: float

    @property
    def chosen(self) -> bool:
        return not self.label

    @property
    def key(self) -> dict[str, str]:
        return {"programme_id": self.programme, "period": self.label}

    @property
    def when(self) -> str:
        return f"in {self.label}" if self.label else "over the horizon"


def _programme_limits(loads: Loads, least: str, most: str) -> Iterator[_Limit]:
    limits = loads.portfolio["programme_limits"]
    lowers = limits[least].to_numpy("float64", na_value=math.nan)
    uppers = limits[most].to_numpy("float64", na_value=math.nan)
    for programme, label, lower, upper in zip(
        limits["programme_id"], limits["period"], lowers.tolist(), uppers.tolist(), strict=True
    ):
        first, last = loads.calendar.span(label) if label else (0, loads.calendar.periods - 1)
        span = range(max(first, 0), min(last, loads.calendar.periods - 1) + 1)
        if not span or (math.isnan(lower) and math.isnan(upper)):
            continue
        lower = -math.inf if math.isnan(lower) else lower
        upper = math.inf if math.isnan(upper) else upper
        yield _Limit(programme, label, loads.nested[programme], span, lower, upper)


def _balance(loads: Loads) -> Iterator[Row]:
    """Spend of a group of projects or costs, within its least and most share of all spend."""
    limits = loads.scenario.balance
    spend = loads.costs[loads.costs["t"] < loads.calendar.periods] if limits else loads.costs
    # A credit is no spend: a share of what it leaves could be below nothing or above all.
    amounts = spend["amount"].clip(lower=0.0).to_numpy("float64")
    whole = float(amounts.sum())
    for limit in limits:
        spent = float((amounts * _part(loads, limit, spend)).sum())
        share = f", {spent / whole:.1%} of {amount(whole)}," if whole > 0 else ""
        yield Row(
            "balance",
            {"by": limit.by, "key": limit.key},
            spent,
            limit.least * whole if limit.least > 0 else -math.inf,
            limit.most * whole if limit.most < 1 else math.inf,
            what=f"Spend of {limit.by.replace('_', ' ')} {limit.key}{share}",
            unit="money",
            whole=whole,
        )


def _part(loads: Loads, limit: ShareLimit, spend: pd.DataFrame) -> pd.Series:
    """Part of each amount that belongs to the group."""
    if limit.by == "cost_category":
        return (spend["category"] == limit.key).astype("float64")
    if limit.by == "programme":
        return spend["programme_id"].isin(loads.nested[limit.key]).astype("float64")
    if limit.by == "driver":
        of_project = loads.driver_parts(limit.key)
        return spend["project_id"].map(of_project).fillna(0.0)
    column = "category" if limit.by == "category" else "location_id"
    group = spend["project_id"].map(loads.projects[column])
    return (group == limit.key).astype("float64")


LIMITS: Final[Mapping[str, Callable[[Loads], Iterator[Row]]]] = {
    "budget": _budget,
    "role_capacity": _role_capacity,
    "pool_time": _pool_time,
    "ring_fence": _ring_fence,
    "groups": _groups,
    "own": _own,
    "programme_budget": _programme_budget,
    "programme_projects": _programme_projects,
    "balance": _balance,
    **HIRING_LIMITS,
}
"""Families whose limits are amounts; but for ring_fence a scenario may soften them by a share."""
