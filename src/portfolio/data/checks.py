"""Rules across tables and between columns: one function a rule, all listed in `CHECKS`.

Each takes the parsed tables and yields every fault that it finds. A cell that
could not be read was faulted already and is passed over here, so that one
mistake is reported once.
"""

from __future__ import annotations

import graphlib
import itertools
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from portfolio.data.calendar import label_frequency
from portfolio.data.checks_hiring import check_contractor_limits, check_hires_priced
from portfolio.data.checks_money import check_funds_used, check_options_costed
from portfolio.data.checks_people import (
    check_assigned_have_skill,
    check_fixed_against_bans,
    check_fixed_in_time,
    check_fixed_within_fte,
    check_fte_within_most,
)
from portfolio.data.checks_value import check_comparisons, check_driver_weights, check_value
from portfolio.data.checks_work import (
    check_absences,
    check_capacity_total,
    check_demand_has_people,
    check_people_dates,
    check_reserved,
)
from portfolio.data.schema import dictionary
from portfolio.data.tables import Tables
from portfolio.errors import Fault, nearest

__all__ = ["CHECKS"]

_LONGER_PERIODS = {
    ("budgets", "period"),
    ("programme_limits", "period"),
    ("commentary", "period"),
    ("decisions", "period"),
}
_BY_OFFSET = ("costs", "benefits", "demand")


def check_references(tables: Tables) -> Iterator[Fault]:
    """What refers to another table names a row of it."""
    references = [
        (name, column.name, *column.reference)
        for name, table in dictionary().items()
        for column in table.columns
        if column.reference is not None
    ]
    # References to a whole key of several columns come last: where the first of them
    # leads nowhere, that is the one mistake, and the rest of the row goes unjudged.
    references.sort(key=lambda reference: (len(reference[3]), reference[2]))
    astray: set[tuple[str, str, int]] = set()
    for other, group in itertools.groupby(references, key=lambda reference: reference[2]):
        dangling = [
            (name, column, columns, number)
            for name, column, _, columns in group
            for number in _dangling(tables, name, column, other, columns)
            if not any((name, part, number) in astray for part in columns)
        ]
        names = {_named(tables, *place) for place in dangling}
        # A row whose own name is at fault may be the one that is meant.
        key = dictionary()[other].key
        lost = {number for name, column, number in astray if name == other and column in key}
        if len(names) <= len(lost) + tables.lost(other):
            continue
        for name, column, columns, number in dangling:
            astray.add((name, column, number))
            value = str(tables[name][column].iloc[number])
            among = _known_values(tables, name, number, other, columns)
            rule = f"is not in the table {other}"
            remedy = f"add it to {other}, or correct it; {nearest(value, among)}"
            if len(among) > 12 and "did you mean" not in remedy:
                remedy = f"add it to {other}, or correct it"
            yield tables.fault(name, number, column, rule, remedy)


def _dangling(
    tables: Tables, name: str, column: str, other: str, columns: tuple[str, ...]
) -> list[int]:
    """Rows of a table whose reference leads nowhere."""
    if tables.unreadable(other) or tables.unreadable(name) or tables.incomplete(other):
        return []
    if tables[name].empty:
        return []
    given = (tables[name][column].astype("str") != "").to_numpy()
    if not given.any():
        return []
    key = list(dictionary()[other].key)
    if len(key) == 1:
        found = tables[name][column].isin(tables[other][key[0]]).to_numpy()
    else:
        known = pd.MultiIndex.from_frame(tables[other][key])
        used = tables[name][list(columns)].set_axis(key, axis=1)
        found = pd.MultiIndex.from_frame(used).isin(known)
    numbers = np.flatnonzero(given & ~found).tolist()
    return [number for number in numbers if tables.sound(name, number, *columns)]


def _named(
    tables: Tables, name: str, column: str, columns: tuple[str, ...], number: int
) -> tuple[str, ...]:
    return tuple(str(tables[name][part].iloc[number]) for part in columns)


def _known_values(
    tables: Tables, name: str, number: int, other: str, columns: tuple[str, ...]
) -> list[str]:
    key = dictionary()[other].key
    frame = tables[other]
    for mine, theirs in list(zip(columns, key, strict=True))[:-1]:
        frame = frame[frame[theirs] == tables[name][mine].iloc[number]]
    return [str(value) for value in frame[key[-1]]]


def check_period_lengths(tables: Tables) -> Iterator[Fault]:
    """A period is one of the calendar, or a longer one where the table allows it."""
    calendar = tables.calendar
    if calendar is None:
        return
    for name, table in dictionary().items():
        if table.layout == "key_value":
            continue
        for column in (c for c in table.columns if c.type == "period"):
            longer = (name, column.name) in _LONGER_PERIODS
            codes, labels = pd.factorize(tables[name][column.name])
            for code, label in enumerate(labels):
                if not label or label_frequency(label) == calendar.frequency:
                    continue
                if longer and calendar.covers(label):
                    continue
                allowed = f"a {calendar.frequency}" + (" or longer" if longer else "")
                rule = f"is not {allowed}, and settings say frequency {calendar.frequency}"
                remedy = f"write it like {calendar.first_period}"
                yield from tables.where(name, codes == code, (column.name,), rule, remedy)


def check_offset_or_period(tables: Tables) -> Iterator[Fault]:
    """Costs, benefits and demand give an offset or a period, and a period only in flight."""
    stage = tables["projects"].drop_duplicates("project_id").set_index("project_id")["stage"]
    for name in _BY_OFFSET:
        frame = tables[name]
        dated = frame["period"] != ""
        counted = frame["offset"].notna()
        columns = ("offset", "period")
        rule, remedy = "is given with a period", "keep the offset or the period, not both"
        yield from tables.where(name, dated & counted, columns, rule, remedy)
        rule = "and period are both blank"
        remedy = "give the offset from the project's start, or the period for a project in flight"
        yield from tables.where(name, ~dated & ~counted, columns, rule, remedy)
        moves = ~frame["project_id"].map(stage).astype("object").fillna("").isin(
            ["in_flight", "closed", ""]
        )
        rule = "is a period, but the project is not in flight and may move"
        remedy = "give the offset from its start instead, or set its stage to in_flight"
        yield from tables.where(name, dated & ~counted & moves, ("period",), rule, remedy)


def check_options_named(tables: Tables) -> Iterator[Fault]:
    """Where a project has several options, its rows say which."""
    options = tables["options"][tables["options"]["option_id"] != ""]
    several = options.groupby("project_id")["option_id"].nunique()
    several = several[several > 1]
    projects = tables["projects"]
    # In flight, a blank means the option that runs; where that one is not named, the
    # project's own row is at fault.
    unsettled = projects.loc[~projects["stage"].isin(["in_flight", ""]), "project_id"]
    for name in _BY_OFFSET:
        frame = tables[name]
        bad = (
            (frame["option_id"] == "")
            & frame["project_id"].isin(several.index)
            & frame["project_id"].isin(unsettled)
        )
        rule, remedy = "is blank, and the project has several options", "name the option"
        yield from tables.where(name, bad, ("option_id", "project_id"), rule, remedy)
    bad = (
        (projects["stage"] == "in_flight")
        & (projects["option_id"] == "")
        & projects["project_id"].isin(several.index)
    )
    rule = "is blank, and the project is in flight and has several options"
    yield from tables.where("projects", bad, ("option_id",), rule, "name the one that runs")


def check_in_flight(tables: Tables) -> Iterator[Fault]:
    """A project in flight says when it started, and that is not after the first period."""
    calendar = tables.calendar
    projects = tables["projects"]
    flying = projects["stage"] == "in_flight"
    rule = "is blank, and the project is in flight"
    remedy = "give the period in which it started, or another stage"
    yield from tables.where(
        "projects", flying & (projects["started"] == ""), ("started", "stage"), rule, remedy
    )
    if calendar is None:
        return
    late = [
        label_frequency(label) == calendar.frequency and calendar.index(label) > 0
        for label in projects["started"]
    ]
    rule = f"lies after the first period, {calendar.first_period}"
    remedy = "a project that has yet to start is approved, not in_flight: correct one of the two"
    yield from tables.where(
        "projects", flying & np.array(late, dtype=bool), ("started", "stage"), rule, remedy
    )


def check_windows(tables: Tables) -> Iterator[Fault]:
    """A project's latest start is not before its earliest, nor its finish before its start."""
    projects = tables["projects"]
    pairs = (
        ("latest_start", "earliest_start"),
        ("latest_finish", "earliest_start"),
        ("target_finish", "earliest_start"),
        ("latest_finish", "started"),
    )
    for end, begin in pairs:
        comparable = (
            (projects[end] != "")
            & (projects[begin] != "")
            & (projects[end].map(label_frequency) == projects[begin].map(label_frequency))
        )
        bad = comparable & (projects[end] < projects[begin])
        rule = f"lies before {begin}"
        yield from tables.where("projects", bad, (end, begin), rule, f"correct {end} or {begin}")


def check_forced(tables: Tables) -> Iterator[Fault]:
    """A project that is forced in can be chosen at all."""
    projects = tables["projects"]
    bad = (projects["force"] == "in") & projects["stage"].isin(["idea", "closed"])
    rule = "forces in a project that is not offered in its stage"
    remedy = "set its stage to proposed or approved, or clear force"
    yield from tables.where("projects", bad, ("force", "stage"), rule, remedy)


def check_budgets(tables: Tables) -> Iterator[Fault]:
    """Periods of one fund do not overlap."""
    calendar = tables.calendar
    if calendar is None:
        return
    budgets = tables["budgets"]
    for fund, rows in budgets[budgets["fund_id"] != ""].groupby("fund_id"):
        spans = {label: calendar.span(label) for label in rows["period"] if calendar.covers(label)}
        # The longer of two comes first, so that the shorter one is named.
        ordered = sorted(spans, key=lambda label: (spans[label][0], -spans[label][1]))
        reach: str | None = None
        for label in ordered:
            if reach is not None and spans[label][0] <= spans[reach][1]:
                number = int(rows.index[rows["period"] == label][0])
                rule = f"overlaps the fund's period {reach} (fund {fund})"
                remedy = "give the money of a time once"
                yield tables.fault("budgets", number, "period", rule, remedy)
            if reach is None or spans[label][1] > spans[reach][1]:
                reach = label


def check_estimates(tables: Tables) -> Iterator[Fault]:
    """Low estimates are not above the likely one, nor that above the high one."""
    for name, low, likely, high in (
        ("costs", "low", "amount", "high"),
        ("uncertainty", "low", "likely", "high"),
        ("tasks", "low", "duration", "high"),
    ):
        frame = tables[name]
        for small, large in ((low, likely), (likely, high), (low, high)):
            bad = (frame[small] > frame[large]).fillna(False)
            if (small, large) == (low, high):
                bad &= frame[likely].isna()
            rule = f"is above {large}"
            yield from tables.where(name, bad, (small, large), rule, f"correct {small} or {large}")


def check_dependencies(tables: Tables) -> Iterator[Fault]:
    """No project needs itself, directly or around a loop of links."""
    links = tables["dependencies"]
    themselves = links["project_id"] == links["other_id"]
    rule, remedy = "is the project itself", "name another project, or delete the row"
    yield from tables.where("dependencies", themselves, ("other_id", "project_id"), rule, remedy)
    # A link makes its project later than the other: by a duration, or by its lag.
    later = (links["kind"] == "finish_to_start") & (links["lag"] >= 0)
    later |= (links["kind"] == "start_to_start") & (links["lag"] > 0)
    forward = links[later & ~themselves]
    waits_for: dict[tuple[str, str], int] = {
        (one, other): int(number)
        for number, one, other in zip(
            forward.index, forward["project_id"], forward["other_id"], strict=True
        )
        if tables.sound("dependencies", int(number), "project_id", "other_id", "lag")
    }
    while loop := _loop(waits_for):
        links_of_loop = list(zip(loop[1:], loop[:-1], strict=True))
        closing = max(links_of_loop, key=waits_for.__getitem__)
        rule = f"closes a loop of links in which each waits for the next: {' -> '.join(loop)}"
        number = waits_for.pop(closing)
        yield tables.fault("dependencies", number, "other_id", rule, "delete one of them")


def _loop(waits_for: Iterable[tuple[str, str]]) -> list[str]:
    """One loop among links (who waits, for whom), in the order in which they run; or none."""
    sorter: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
    for one, other in waits_for:
        sorter.add(one, other)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def check_nesting(tables: Tables) -> Iterator[Fault]:
    """No programme belongs to itself, directly or around."""
    programmes = tables["programmes"].drop_duplicates("programme_id")
    parent = dict(zip(programmes["programme_id"], programmes["parent_id"], strict=True))
    row = dict(zip(programmes["programme_id"], programmes.index, strict=True))
    done: set[str] = {""}
    for programme in programmes["programme_id"]:
        chain: list[str] = []
        while programme not in done:
            done.add(programme)
            chain.append(programme)
            programme = parent.get(programme, "")
        if programme in chain:
            loop = chain[chain.index(programme) :]
            rule = f"makes the programme belong to itself: {' -> '.join([*loop, loop[0]])}"
            last = max(row[one] for one in loop)
            yield tables.fault("programmes", int(last), "parent_id", rule, "break the loop")


def check_groups(tables: Tables) -> Iterator[Fault]:
    """A group's limit is given where its kind needs one, and its members can meet it."""
    groups = tables["groups"]
    members = tables["group_members"].groupby("group_id")["project_id"].nunique()
    count = groups["group_id"].map(members).fillna(0).astype(int)
    limited = groups["kind"] != "all_or_none"
    rule, remedy = "is blank", "say how many, or use the kind all_or_none"
    yield from tables.where(
        "groups", limited & groups["limit"].isna(), ("limit", "kind"), rule, remedy
    )
    least = groups["kind"].isin(["exactly", "at_least"])
    if tables.unreadable("group_members") or tables.incomplete("group_members"):
        return
    # A member whose row could not be read may belong to any group.
    stray = ~tables["group_members"]["group_id"].isin(groups["group_id"])
    possible = count + int(stray.sum()) + tables.lost("group_members")
    too_many = least & (groups["limit"] > possible).fillna(False)
    rule, remedy = "is more than the group has members", "lower it, or add to group_members"
    yield from tables.where("groups", too_many, ("limit", "kind", "group_id"), rule, remedy)


def check_programme_limits(tables: Tables) -> Iterator[Fault]:
    """A least is not above its most."""
    limits = tables["programme_limits"]
    for least, most in (("budget_min", "budget_max"), ("projects_min", "projects_max")):
        bad = (limits[least] > limits[most]).fillna(False)
        yield from tables.where(
            "programme_limits", bad, (least, most), f"is above {most}", f"correct {least} or {most}"
        )


CHECKS: tuple[Callable[[Tables], Iterator[Fault]], ...] = (
    check_references,
    check_period_lengths,
    check_offset_or_period,
    check_options_named,
    check_in_flight,
    check_windows,
    check_forced,
    check_budgets,
    check_estimates,
    check_dependencies,
    check_nesting,
    check_groups,
    check_programme_limits,
    check_options_costed,
    check_funds_used,
    check_value,
    check_driver_weights,
    check_comparisons,
    check_people_dates,
    check_absences,
    check_reserved,
    check_capacity_total,
    check_demand_has_people,
    check_hires_priced,
    check_contractor_limits,
    check_assigned_have_skill,
    check_fixed_in_time,
    check_fixed_within_fte,
    check_fte_within_most,
    check_fixed_against_bans,
)
