"""Families whose limits are nothing or one: choices, starts, who pays."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from portfolio.language import mark, say
from portfolio.verify.joining import HIRING_FAMILIES
from portfolio.verify.loads import FREE, Loads
from portfolio.verify.records import records, sums
from portfolio.verify.rows import Found, Row, Violation, amount, differ

__all__ = ["FAMILIES", "offered", "unpaid"]

# What a scenario ignores, a report says.
_EARLY: Final = mark("Project {project} starts in {period}, before its earliest start, {limit}.")
_LATE: Final = mark("Project {project} starts in {period}, after its latest start, {limit}.")
_LONG: Final = mark("Project {project} runs until {period}, after its latest finish, {limit}.")
_NOT_IN: Final = mark("Project {project} is forced in, and is not selected.")
_NOT_OUT: Final = mark("Project {project} is forced out, and is selected.")
_AFTER_FINISH: Final = mark(
    "Project {project} starts in {period}, and after the finish of project {other} it can only "
    "start in {earliest}."
)
_AFTER_START: Final = mark(
    "Project {project} starts in {period}, and after the start of project {other} it can only "
    "start in {earliest}."
)


def offered(loads: Loads) -> Found:
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
                place, words = start, _EARLY
            elif column == "latest_start" and start > limit:
                place, words = start, _LATE
            elif column == "latest_finish" and last > limit:
                place, words = last, _LONG
            else:
                continue
            message = say(words, project=project, period=calendar.label(place), limit=label)
            yield Violation(column, {"project_id": project}, message)

    return check


def _forced(family: str, force: str, wanted: bool) -> Callable[[Loads], Found]:
    def check(loads: Loads) -> Found:
        projects = loads.projects
        forced = projects[(projects["force"] == force) & (projects["stage"] != "closed")]
        for project in forced["project_id"]:
            if (project in loads.running) != wanted:
                message = say(_NOT_IN if wanted else _NOT_OUT, project=project)
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
    funds = {fund.fund_id: fund for fund in records(loads.portfolio["funds"])}
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
        only = funds.get(row.fund_id)
        if only is not None:
            if only.category not in ("", category):
                why = f"pays for {only.category} only"
            elif only.programme_id and programme not in loads.nested[only.programme_id]:
                why = f"pays for programme {only.programme_id} only"
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


def unpaid(loads: Loads) -> Iterator[Row]:
    """Spend that no fund pays, which may be where the rule that says who pays is left out."""
    rows = loads.paid[loads.paid["fund_id"] != ""]
    paid = sums(rows, ["programme_id", "category", "t"])
    for place, due in sorted(loads.due.items()):
        programme, category, t = place
        label = loads.calendar.label(t)
        key = {"programme_id": programme, "category": category, "period": label}
        what = f"Spend of {_programme(programme)} on {category} in {label}"
        by_funds = paid.get(place, 0.0)
        yield Row("spend_paid", key, due, upper=by_funds, what=what, unit="money", may="paid")


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
                message = say(
                    "Project {project} needs project {other}, which is not in the plan.",
                    project=project,
                    other=other,
                )
                yield Violation(kind, key, message)
                continue
            # A project in flight has started already: that is no choice of the plan.
            if kind == "requires" or stage[project] == "in_flight":
                continue
            start, (first, duration) = running[project][0], running[other]
            earliest = first + int(lag) + (duration if kind == "finish_to_start" else 0)
            if start < earliest:
                words = _AFTER_FINISH if kind == "finish_to_start" else _AFTER_START
                message = say(
                    words,
                    project=project,
                    period=calendar.label(start),
                    other=other,
                    earliest=calendar.label(earliest),
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
    **HIRING_FAMILIES,
}
"""Families whose limits are nothing or one, and what of the budget is no limit."""
