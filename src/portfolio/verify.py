"""Check of any plan: what its selection implies is recomputed from the tables, rule by rule.

No solver and no model's matrix is used here, so a mistake in a model, in the
hand-over to a solver or in the solver itself shows up as a violation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from portfolio.data.portfolio import Portfolio
from portfolio.loads import FREE, Loads, records, sums
from portfolio.plan import Plan
from portfolio.scenario import Scenario
from portfolio.statements import (
    Row,
    Violation,
    amount,
    check_ids,
    check_objectives,
    check_status,
    check_tables,
    differ,
)

__all__ = ["FAMILIES", "LIMITS", "Violation", "verify"]

Found: TypeAlias = Iterator[Violation]


def verify(plan: Plan, portfolio: Portfolio, scenario: Scenario) -> list[Violation]:
    """Find everything that is wrong with a plan.

    Parameters
    ----------
    plan : Plan
    portfolio : Portfolio
        As it was read, without the scenario's changes; they are made here.
    scenario : Scenario
        Families that it ignores are not checked, and limits that it softens are
        widened by its share.

    Returns
    -------
    list of Violation
        Empty where the plan may be shown. Beside the constraint families there are
        ``status``, ``scenario``, ``objective``, ``offered`` (a choice that is not
        open) and ``tables`` (a table that says something else than the selection).
    """
    found = [*check_status(plan, scenario), *_unchecked(scenario)]
    if not plan.feasible:
        return found
    portfolio = scenario.apply(portfolio)
    unreadable = list(check_ids(plan, portfolio))
    if unreadable:
        return found + unreadable
    loads = Loads(portfolio, scenario, plan)
    found += _offered(loads)
    rows: list[Row] = []
    for family, check in FAMILIES.items():
        if family not in scenario.ignore:
            found += check(loads)
    for family, limits in LIMITS.items():
        if family not in scenario.ignore:
            share = scenario.soften.get(family, 0.0)
            rows += [row.widened(share) for row in limits(loads)]
    found += [row.violation() for row in rows if not row.holds()]
    found += check_tables(loads, rows)
    found += check_objectives(loads)
    return found


def _unchecked(scenario: Scenario) -> Found:
    """What a scenario may ask for and nothing here can check yet."""
    if scenario.hiring != "none":
        message = f"The scenario allows hiring ({scenario.hiring}), which cannot be checked yet."
        yield Violation("scenario", "hiring", message)
    if scenario.balance:
        message = "The scenario sets a balance of spend, which cannot be checked yet."
        yield Violation("scenario", "balance", message)


def _offered(loads: Loads) -> Found:
    """Only projects, options and starts that are open to the optimiser are chosen."""
    periods, calendar = loads.calendar.periods, loads.calendar
    facts = loads.projects[["started", "option_id", "latest_start"]].to_dict("index")
    for choice in records(loads.chosen):
        project, start = str(choice.project_id), int(choice.start)
        row = facts[project]
        key = {"project_id": project}
        if choice.stage == "in_flight":
            if start != calendar.index(row["started"]):
                message = (
                    f"Project {project} is in flight since {row['started']}, "
                    f"and the plan starts it in {calendar.label(start)}."
                )
                yield Violation("offered", key, message)
            if row["option_id"] not in ("", choice.option_id):
                message = (
                    f"Project {project} runs as option {row['option_id']}, "
                    f"and the plan has it as option {choice.option_id}."
                )
                yield Violation("offered", key, message)
        elif choice.stage not in FREE:
            message = f"Project {project} is selected, and its stage is {choice.stage}."
            yield Violation("offered", key, message)
        elif not 0 <= start < periods:
            message = f"Project {project} starts in {calendar.label(start)}, outside the horizon."
            yield Violation("offered", key, message)
        elif start + choice.duration > periods:
            latest = row["latest_start"]
            if not latest or start > calendar.index(latest):
                message = (
                    f"Project {project} starts in {calendar.label(start)} and runs "
                    f"{choice.duration} periods, past the end of the horizon."
                )
                yield Violation("offered", key, message)


def _once(loads: Loads) -> Found:
    """A project has at most one option and start."""
    for project, number in Counter(loads.chosen["project_id"]).items():
        if number > 1:
            message = f"Project {project} is selected {number} times."
            yield Violation("once", {"project_id": str(project)}, message)


def _window(column: str) -> Callable[[Loads], Found]:
    """Check of earliest_start, latest_start or latest_finish of free projects."""

    def check(loads: Loads) -> Found:
        calendar = loads.calendar
        labels: dict[Any, str] = loads.projects[column].to_dict()
        free = loads.chosen[loads.chosen["stage"].isin(FREE)]
        for project, start, duration in zip(
            free["project_id"], free["start"], free["duration"], strict=True
        ):
            label = labels[project]
            if not label:
                continue
            limit = calendar.index(label)
            last = start + duration - 1
            if column == "earliest_start" and start < limit:
                verb, place, rule = "starts", start, "before its earliest start"
            elif column == "latest_start" and start > limit:
                verb, place, rule = "starts", start, "after its latest start"
            elif column == "latest_finish" and last > limit:
                verb, place, rule = "runs until", last, "after its latest finish"
            else:
                continue
            verb = f"{verb} in" if verb == "starts" else verb
            message = f"Project {project} {verb} {calendar.label(place)}, {rule}, {label}."
            yield Violation(column, {"project_id": project}, message)

    return check


def _forced(family: str, force: str, wanted: bool) -> Callable[[Loads], Found]:
    def check(loads: Loads) -> Found:
        projects = loads.projects
        forced = projects[(projects["force"] == force) & (projects["stage"] != "closed")]
        for project in forced["project_id"]:
            if (project in loads.running) != wanted:
                state = "is not selected" if wanted else "is selected"
                message = f"Project {project} is forced {force}, and {state}."
                yield Violation(family, {"project_id": project}, message)

    return check


def _in_flight(loads: Loads) -> Found:
    """A project in flight stays, or is stopped at its cost where stops are allowed."""
    projects = loads.projects
    costs: dict[Any, float] = projects["stop_cost"].to_dict()
    stopped = set(loads.stopped)
    for project in projects.loc[projects["stage"] == "in_flight", "project_id"]:
        if project in loads.running:
            continue
        if not loads.scenario.allow_stops:
            message = f"Project {project} is in flight and not in the plan; stops are not allowed."
        elif project not in stopped:
            message = f"Project {project} is in flight, and neither stays nor is stopped."
        elif math.isnan(costs[project]):
            message = f"Project {project} is stopped, and its stop_cost is blank."
        else:
            continue
        yield Violation("in_flight", {"project_id": project}, message)


def _spend_paid(loads: Loads) -> Found:
    """All spend is paid in full, by funds that may pay for it and have money then."""
    calendar = loads.calendar
    funds = loads.portfolio["funds"].set_index("fund_id")
    covered: dict[str, set[int]] = {}
    budgets = loads.portfolio["budgets"]
    for fund, label in zip(budgets["fund_id"], budgets["period"], strict=True):
        first, last = calendar.span(label)
        covered.setdefault(fund, set()).update(range(first, last + 1))
    paid: dict[tuple[str, str, int], float] = {}
    for row in records(loads.paid):
        programme, category, t, money = row.programme_id, row.category, int(row.t), row.amount
        paid[programme, category, t] = paid.get((programme, category, t), 0.0) + money
        if not differ(money, 0.0):
            continue
        why = "has no budget then" if t not in covered.get(row.fund_id, ()) else ""
        if row.fund_id in funds.index:
            only = funds.loc[row.fund_id]
            if only["category"] not in ("", category):
                why = f"pays for {only['category']} only"
            elif only["programme_id"] not in ("", programme):
                why = f"pays for programme {only['programme_id']} only"
        if why:
            key = {"programme_id": programme, "category": category, "period": row.period}
            message = (
                f"Fund {row.fund_id} pays {amount(money)} for {category} of "
                f"{_programme(programme)} in {row.period}, and {why}."
            )
            yield Violation("spend_paid", key, message)
    for place in sorted(loads.due.keys() | paid.keys()):
        programme, category, t = place
        # A credit is no money for a fund: what is due is never below nothing.
        due, pays = max(loads.due.get(place, 0.0), 0.0), paid.get(place, 0.0)
        if differ(due, pays):
            label = calendar.label(t)
            key = {"programme_id": programme, "category": category, "period": label}
            message = (
                f"{_sentence(_programme(programme))} spends {amount(due)} on {category} in "
                f"{label}, and the funds pay {amount(pays)}."
            )
            yield Violation("spend_paid", key, message)


def _programme(programme: str) -> str:
    return f"programme {programme}" if programme else "work outside programmes"


def _sentence(text: str) -> str:
    # str.capitalize would make ids in the text small.
    return text[:1].upper() + text[1:]


def _dependencies(kind: str) -> Callable[[Loads], Found]:
    """Check of requires, finish_to_start or start_to_start."""

    def check(loads: Loads) -> Found:
        calendar, running = loads.calendar, loads.running
        stage = loads.projects["stage"]
        links = loads.portfolio["dependencies"]
        links = links[links["kind"] == kind]
        for project, other, lag in zip(
            links["project_id"], links["other_id"], links["lag"], strict=True
        ):
            # What is closed has been done, whatever was started or needed for it.
            if project not in running or stage[other] == "closed":
                continue
            key = {"project_id": project, "other_id": other}
            if other not in running:
                message = f"Project {project} needs project {other}, which is not in the plan."
                yield Violation(kind, key, message)
                continue
            # A project in flight has started already: that is no choice of the plan.
            if kind == "requires" or stage[project] == "in_flight":
                continue
            start, (first, duration) = running[project][0], running[other]
            earliest = first + int(lag) + (duration if kind == "finish_to_start" else 0)
            if start < earliest:
                event = "finish" if kind == "finish_to_start" else "start"
                message = (
                    f"Project {project} starts in {calendar.label(start)}, and after the {event} "
                    f"of project {other} it can only start in {calendar.label(earliest)}."
                )
                yield Violation(kind, key, message)

    return check


def _budget_carried(loads: Loads) -> Found:
    """Only where a fund carries over, and only what its last period has left, comes in."""
    budget = loads.plan.budget
    assert budget is not None
    funds = loads.portfolio["funds"].set_index("fund_id")
    for fund, rows in budget.groupby("fund_id"):
        carries = fund in funds.index and bool(funds.at[fund, "carry_over"])
        before = 0.0
        order = rows["period"].map(loads.calendar.span)
        for row in records(rows.loc[order.sort_values().index]):
            key = {"fund_id": str(fund), "period": str(row.period)}
            if not carries and (differ(row.carried_in, 0.0) or differ(row.carried_out, 0.0)):
                message = f"Fund {fund} does not carry money over, and does so in {row.period}."
                yield Violation("budget", key, message)
            elif differ(row.carried_in, before):
                message = (
                    f"Fund {fund} brings {amount(row.carried_in)} into {row.period}, "
                    f"and its period before hands on {amount(before)}."
                )
                yield Violation("budget", key, message)
            elif row.carried_out < 0 and differ(row.carried_out, 0.0):
                message = f"Fund {fund} carries {amount(row.carried_out)} out of {row.period}."
                yield Violation("budget", key, message)
            before = row.carried_out


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
            need, upper = loads.need.get((role, t), 0.0), loads.limit(role, t)
            what = f"Demand for role {role} in {label}"
            key = {"role_id": role, "period": label}
            yield Row("role_capacity", key, need, upper=upper, what=what, unit="FTE")


def _pool_time(loads: Loads) -> Iterator[Row]:
    """What a pool spends on all its roles in a period, within the time of its people."""
    supply = loads.plan.supply
    assert supply is not None
    spent = sums(supply, ["pool_id", "period"], "fte")
    for pool in loads.pools.values():
        for label, time in zip(loads.calendar.labels, pool.fte.tolist(), strict=True):
            key = {"pool_id": pool.pool_id, "period": label}
            what = f"Work of pool {pool.pool_id} in {label}"
            used = spent.get((pool.pool_id, label), 0.0)
            yield Row("pool_time", key, used, upper=time, what=what, unit="FTE")


def _ring_fence(loads: Loads) -> Iterator[Row]:
    """People of a programme supply a role with no more than that programme needs."""
    supply = loads.plan.supply
    assert supply is not None
    supplied = sums(supply, ["programme_id", "role_id", "period"], "supplied")
    fenced = {
        (pool.programme_id, role)
        for pool in loads.pools.values()
        for role in pool.skills
        if pool.programme_id
    }
    for programme, role in sorted(fenced):
        for t, label in enumerate(loads.calendar.labels):
            key = {"programme_id": programme, "role_id": role, "period": label}
            fte = supplied.get((programme, role, label), 0.0)
            need = loads.own_need.get((programme, role, t), 0.0)
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


def _nested(loads: Loads) -> dict[str, set[str]]:
    """Each programme with itself and all programmes that belong to it, directly or not."""
    programmes = loads.portfolio["programmes"]
    parent = dict(zip(programmes["programme_id"], programmes["parent_id"], strict=True))
    inside: dict[str, set[str]] = {programme: set() for programme in parent}
    for programme in parent:
        above = programme
        while above:
            inside[above].add(programme)
            above = parent[above]
    return inside


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
    nested = _nested(loads)
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
        yield _Limit(programme, label, nested[programme], span, lower, upper)


FAMILIES: Final[Mapping[str, Callable[[Loads], Found]]] = {
    "once": _once,
    "earliest_start": _window("earliest_start"),
    "latest_start": _window("latest_start"),
    "latest_finish": _window("latest_finish"),
    "forced_in": _forced("forced_in", "in", True),
    "forced_out": _forced("forced_out", "out", False),
    "in_flight": _in_flight,
    "spend_paid": _spend_paid,
    "requires": _dependencies("requires"),
    "finish_to_start": _dependencies("finish_to_start"),
    "start_to_start": _dependencies("start_to_start"),
    "budget": _budget_carried,
}
"""Families whose limits are nothing or one, and what of the budget is no limit."""

LIMITS: Final[Mapping[str, Callable[[Loads], Iterator[Row]]]] = {
    "budget": _budget,
    "role_capacity": _role_capacity,
    "pool_time": _pool_time,
    "ring_fence": _ring_fence,
    "groups": _groups,
    "programme_budget": _programme_budget,
    "programme_projects": _programme_projects,
}
"""Families whose limits are amounts; but for ring_fence a scenario may soften them by a share."""
