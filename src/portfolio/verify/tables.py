"""What a plan's tables state, set against what its selection implies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from portfolio.plan import DECISIONS
from portfolio.verify.ids import misstated
from portfolio.verify.loads import FREE, Loads
from portfolio.verify.overshoot import passed_limits
from portfolio.verify.records import records, sums
from portfolio.verify.rows import Found, Row, amount, differ, text_key

__all__ = ["check_tables"]


def check_tables(loads: Loads, rows: Iterable[Row]) -> Found:
    """The plan's tables say what its selection, payments and supply imply.

    Parameters
    ----------
    loads : Loads
    rows : iterable of Row
        All limits that are checked, softened ones widened.

    Yields
    ------
    Violation
        Of the family ``tables``.
    """
    yield from _selection_table(loads)
    yield from _spend_table(loads)
    yield from _budget_table(loads)
    yield from _capacity_table(loads)
    yield from _hires_table(loads)
    yield from _beyond_table(loads)
    yield from _binding_table(loads, rows)
    yield from _overshoot_table(loads)


def _selection_table(loads: Loads) -> Found:
    assert loads.plan.selection is not None
    calendar = loads.calendar
    stages = loads.projects["stage"].to_dict()
    earliest = loads.projects["earliest_start"].to_dict()
    lengths = {(row.project_id, row.option_id): int(row.duration) for row in records(loads.chosen)}
    for row in records(loads.plan.selection):
        project, stage = str(row.project_id), stages[row.project_id]
        key = {"project_id": project}
        start = finish = ""
        if row.selected:
            start = str(row.start)
            first = calendar.index(start)
            finish = calendar.label(first + lengths[project, row.option_id] - 1)
            label = earliest[project]
            open_from = max(calendar.index(label), 0) if label else 0
            decisions: tuple[str, ...] = ("deferred",) if first > open_from else ("funded",)
            if stage not in FREE:
                decisions = (stage,) if stage == "in_flight" else DECISIONS
        elif stage == "in_flight":
            decisions = ("stopped", "left_out")
            if "in_flight" not in loads.scenario.ignore:
                decisions = ("stopped",)
        else:
            decisions = ({"idea": "not_offered", "closed": "closed"}.get(stage, "left_out"),)
        if row.decision not in decisions:
            message = f"Project {project} is said to be {row.decision}, and is {decisions[0]}."
            yield misstated("selection", key, message)
        if (row.start, row.finish) != (start, finish):
            message = (
                f"Project {project} is said to run from '{row.start}' to '{row.finish}', "
                f"and runs from '{start}' to '{finish}'."
            )
            yield misstated("selection", key, message)


def _spend_table(loads: Loads) -> Found:
    """Where nobody has to pay, what is paid and what is not are together what is spent."""
    if "spend_paid" not in loads.scenario.ignore:
        return
    stated = sums(loads.paid, ["programme_id", "category", "t"])
    for place in sorted(stated.keys() | loads.due.keys()):
        key = dict(zip(("programme_id", "category"), place[:2], strict=True))
        key["period"] = loads.calendar.label(place[2])
        due = max(loads.due.get(place, 0.0), 0.0)
        yield from _equal("spend", key, "amount", stated.get(place, 0.0), due)


def _budget_table(loads: Loads) -> Found:
    assert loads.plan.budget is not None
    money = loads.portfolio["budgets"].set_index(["fund_id", "period"])["amount"].to_dict()
    for row in records(loads.plan.budget):
        first, last = loads.calendar.span(str(row.period))
        spent = sum(
            loads.fund_spend.get((row.fund_id, t), 0.0)
            for t in range(max(first, 0), min(last, loads.calendar.periods - 1) + 1)
        )
        key = {"fund_id": str(row.fund_id), "period": str(row.period)}
        yield from _equal("budget", key, "amount", row.amount, money[row.fund_id, row.period])
        yield from _equal("budget", key, "spent", row.spent, spent)


def _capacity_table(loads: Loads) -> Found:
    assert loads.plan.capacity is not None
    stated: set[tuple[str, int]] = set()
    for row in records(loads.plan.capacity):
        place = (str(row.role_id), loads.position[str(row.period)])
        stated.add(place)
        key = {"role_id": str(row.role_id), "period": str(row.period)}
        yield from _equal("capacity", key, "demand", row.demand, loads.need.get(place, 0.0))
        yield from _equal("capacity", key, "capacity", row.capacity, loads.supply.capacity(*place))
    for role, t in sorted(loads.need.keys() - stated):
        key = {"role_id": role, "period": loads.calendar.label(t)}
        yield from _equal("capacity", key, "demand", 0.0, loads.need[role, t])


def _hires_table(loads: Loads) -> Found:
    assert loads.plan.hires is not None
    joined = loads.joined
    real = {
        "present": joined.present,
        "idle": joined.idle(loads.need),
        "cost": joined.costs(loads.need),
    }
    for column, amounts in real.items():
        stated = joined.stated(column)
        for (role, kind), values in joined.present.items():
            found = amounts.get((role, kind))
            for t, label in enumerate(joined.labels):
                key = {"role_id": role, "kind": kind, "period": label}
                value = 0.0 if found is None else float(found[t])
                size = float(values[t])
                yield from _equal("hires", key, column, stated[role, kind][t], value, size)


def _beyond_table(loads: Loads) -> Found:
    assert loads.plan.beyond is not None
    frame = loads.plan.beyond
    keys = zip(frame["project_id"], frame["table"], frame["period"], strict=True)
    stated = dict(zip(keys, frame["amount"], strict=True))
    for place in sorted(stated.keys() | loads.beyond.keys()):
        key = dict(zip(("project_id", "in_table", "period"), place, strict=True))
        yield from _equal(
            "beyond", key, "amount", stated.get(place, 0.0), loads.beyond.get(place, 0.0)
        )


def _binding_table(loads: Loads, rows: Iterable[Row]) -> Found:
    assert loads.plan.binding is not None
    # Families of which no row is known here are only checked against themselves.
    known = {(row.family, text_key(row.key)): row for row in rows}
    families = {family for family, _ in known}
    for stated in records(loads.plan.binding):
        key = {"family": str(stated.family), "key": str(stated.key)}
        below, above = stated.activity - stated.lower, stated.upper - stated.activity
        ends = [room for room in (below, above) if not math.isnan(room)]
        if stated.family in loads.scenario.ignore:
            message = f"Table binding has family {stated.family}, which the scenario ignores."
            yield misstated("binding", key, message)
            continue
        if not ends:
            message = f"Table binding has no limit for {stated.family}, {stated.key}."
            yield misstated("binding", key, message)
            continue
        row = known.get((str(stated.family), str(stated.key)))
        size = abs(stated.activity) if row is None else row.size
        yield from _equal("binding", key, "slack", stated.slack, min(ends), size)
        if row is None:
            if stated.family in families:
                message = f"Table binding has no such rule: {stated.family}, {stated.key}."
                yield misstated("binding", key, message)
            continue
        # Room is compared, not amounts: a row may have its terms on either side.
        if not math.isnan(below):
            yield from _equal("binding", key, "room above its least", below, row.below, size)
        if not math.isnan(above):
            yield from _equal("binding", key, "room below its most", above, row.above, size)


def _overshoot_table(loads: Loads) -> Found:
    assert loads.plan.overshoot is not None
    numbers = ("limit", "activity", "overshoot", "share")
    stated = {(row.family, row.key): row for row in records(loads.plan.overshoot)}
    real = {(row.family, row.key): row for row in records(passed_limits(loads))}
    for family, place in sorted(stated.keys() ^ real.keys()):
        key = {"family": family, "key": place}
        verb = "lacks" if (family, place) in real else "has, and the plan does not pass,"
        yield misstated("overshoot", key, f"Table overshoot {verb} the limit {family}, {place}.")
    for (family, place), row in real.items():
        said = stated.get((family, place), row)
        key = {"family": family, "key": place}
        for column in numbers:
            one, other = getattr(said, column), getattr(row, column)
            if not (math.isnan(one) and math.isnan(other)):
                yield from _equal("overshoot", key, column, one, other)
        if (said.unit, said.sentence) != (row.unit, row.sentence):
            message = f"Table overshoot says '{said.sentence}', and the plan: '{row.sentence}'"
            yield misstated("overshoot", key, message)


def _equal(
    table: str, key: Mapping[str, str], column: str, stated: float, real: float, size: float = 0.0
) -> Found:
    if differ(stated, real, size):
        message = (
            f"Table {table} has {column} {amount(stated)} for {text_key(key)}, "
            f"and it is {amount(real)}."
        )
        yield misstated(table, key, message)
