"""What a plan states of itself, its tables, objectives and status, set against its loads.

The part of `portfolio.verify` that knows no constraint families.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np

from portfolio.data.portfolio import Portfolio
from portfolio.loads import FREE, Loads, pools, records
from portfolio.plan import DECISIONS, TABLES, Plan, Status
from portfolio.scenario import Scenario

__all__ = [
    "Row",
    "Violation",
    "amount",
    "check_ids",
    "check_objectives",
    "check_status",
    "check_tables",
    "differ",
]

TOLERANCE: Final = 1e-6
_SENSES: Final = {
    "strategic_value": "max",
    "benefit": "max",
    "npv": "max",
    "cost": "min",
    "early_start": "max",
}


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with a plan.

    Attributes
    ----------
    family : str
        Constraint family, or status, scenario, objective, offered or tables.
    key : mapping of str to str, or str
        What it is about, by column.
    message : str
        A sentence with the amounts.
    """

    family: str
    key: Mapping[str, str] | str
    message: str

    def __str__(self) -> str:
        return f"{self.family}: {self.message}"


Found: TypeAlias = Iterator[Violation]


@dataclass(frozen=True)
class Row:
    """A limit on an amount.

    Attributes
    ----------
    family : str
    key : mapping of str to str
    activity : float
        The amount.
    lower, upper : float
        Its limits.
    extra : float
        Added to `upper`, and not widened.
    what : str
        The amount in words, as a sentence begins.
    unit : str
        money, FTE or count.
    soft : bool
        Whether a share of the limits means anything.
    """

    family: str
    key: Mapping[str, str]
    activity: float
    lower: float = -math.inf
    upper: float = math.inf
    extra: float = 0.0
    what: str = ""
    unit: str = ""
    soft: bool = True

    def widened(self, share: float) -> Row:
        """The row with limits that may be passed by a share of them."""
        if not share or not self.soft:
            return self
        lower = self.lower - share * abs(self.lower)
        return replace(self, lower=lower, upper=self.upper + share * abs(self.upper))

    @property
    def below(self) -> float:
        """Room between the lower limit and the amount; negative where it is passed."""
        return self.activity - self.lower

    @property
    def above(self) -> float:
        """Room between the amount and the upper limit; negative where it is passed."""
        return self.upper + self.extra - self.activity

    @property
    def size(self) -> float:
        """Size of the numbers, for the tolerance."""
        ends = (self.activity, self.lower, self.upper, self.extra)
        return max(abs(end) for end in ends if math.isfinite(end))

    def holds(self) -> bool:
        """Whether the amount is within its limits."""
        return min(self.below, self.above) >= -TOLERANCE * max(1.0, self.size)

    def violation(self) -> Violation:
        """The violation, in a sentence."""
        value, unit = amount(self.activity), " FTE" if self.unit == "FTE" else ""
        if self.above < self.below:
            limit, by = amount(self.upper + self.extra), amount(-self.above)
            message = f"{self.what} is {value}{unit}, {by} more than the {limit} allowed."
        else:
            limit, by = amount(self.lower), amount(-self.below)
            message = f"{self.what} is {value}{unit}, {by} less than the {limit} required."
        return Violation(self.family, self.key, message)


def differ(one: float, other: float, size: float = 0.0) -> bool:
    """Whether two amounts differ by more than rounding, given the size of their parts."""
    if math.isinf(one) or math.isinf(other):
        return one != other
    # Written so that NaN differs from everything.
    return not abs(one - other) <= TOLERANCE * max(1.0, abs(one), abs(other), size)


def amount(value: float) -> str:
    """An amount as people read it."""
    if not math.isfinite(value):
        return str(value)
    text = f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def check_status(plan: Plan, scenario: Scenario) -> Found:
    """The status, bounds and gaps agree with each other and with what is there.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario

    Yields
    ------
    Violation
        Of the families ``status`` and ``objective``.
    """
    if plan.scenario != scenario.name:
        message = f"The plan is of scenario '{plan.scenario}', not '{scenario.name}'."
        yield Violation("status", "scenario", message)
    if not plan.feasible:
        for name, _ in plan.tables():
            message = f"The plan has no solution ({plan.status}), but a table {name}."
            yield Violation("status", name, message)
        if plan.objectives["value"].notna().any():
            message = f"The plan has no solution ({plan.status}), but values of objectives."
            yield Violation("status", "objectives", message)
        return
    names = tuple(plan.objectives["objective"])
    if names != scenario.objectives:
        message = (
            f"The plan has the objectives {', '.join(names) or 'none'}, "
            f"and the scenario asks for {', '.join(scenario.objectives)}."
        )
        yield Violation("objective", "objectives", message)
        return
    asked = plan.settings.get("gap", 0.0)
    if not isinstance(asked, int | float) or not 0 <= asked < math.inf:
        yield Violation("status", "settings", f"The gap asked for, {asked}, is not a number.")
        return
    for place, row in enumerate(records(plan.objectives)):
        given = scenario.give_up[place] if place < len(scenario.give_up) else 0.0
        yield from _check_objective_status(row, float(asked), given)
    if plan.status == Status.OPTIMAL and not (plan.objectives["status"] == "optimal").all():
        message = "The plan is said to be optimal, and not all its objectives are."
        yield Violation("status", "plan", message)


def _check_objective_status(row: Any, asked: float, give_up: float) -> Found:
    name, value, bound, gap = row.objective, row.value, row.bound, row.gap
    key = {"objective": name}
    if row.sense != _SENSES.get(name):
        message = f"Objective {name} is said to be {row.sense}, and is {_SENSES.get(name)}."
        yield Violation("objective", key, message)
        return
    if row.status not in set(Status):
        yield Violation("status", key, f"Objective {name} has no status that is known.")
    known = not math.isnan(bound)
    if not math.isfinite(value) or math.isinf(bound) or math.isinf(gap) or known == math.isnan(gap):
        message = f"Objective {name} has value {value}, bound {bound} and gap {gap}."
        yield Violation("objective", key, message)
        return
    if not known:
        if row.status == Status.OPTIMAL:
            message = f"Objective {name} is said to be optimal, and has no bound."
            yield Violation("status", key, message)
        return
    passed = value - bound if row.sense == "max" else bound - value
    if passed > 0 and differ(value, bound):
        message = f"Objective {name} is {amount(value)}, better than its bound {amount(bound)}."
        yield Violation("objective", key, message)
    distance = abs(bound - value)
    implied = 0.0 if distance <= 1e-9 else distance / max(abs(value), 1e-9)
    if differ(gap, implied):
        message = f"Objective {name} has gap {gap:.6g}; its value and bound imply {implied:.6g}."
        yield Violation("status", key, message)
    # Later objectives may have taken what was given up of this one.
    allowed = math.inf if give_up >= 1 else (1 + asked) / (1 - give_up) - 1
    if row.status == Status.OPTIMAL and max(gap, implied) > allowed + TOLERANCE:
        message = (
            f"Objective {name} is said to be optimal, and its gap {max(gap, implied):.6g} "
            f"is wider than {allowed:.6g}."
        )
        yield Violation("status", key, message)


def check_objectives(loads: Loads) -> Found:
    """The objectives' values are those that the selection has."""
    recomputed = loads.objectives()
    for row in records(loads.plan.objectives):
        name, value = row.objective, row.value
        if name in recomputed and math.isfinite(value) and differ(value, recomputed[name]):
            message = (
                f"Objective {name} is said to be {amount(value)}, "
                f"and the selection has {amount(recomputed[name])}."
            )
            yield Violation("objective", {"objective": name}, message)


def check_ids(plan: Plan, portfolio: Portfolio) -> Found:
    """All tables are there, their numbers finite, and their ids and labels known.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.

    Yields
    ------
    Violation
        Of the family ``tables``; where there is one, nothing more can be recomputed.
    """
    missing = [name for name in TABLES if getattr(plan, name) is None]
    for name in missing:
        yield _stated(name, {}, f"The plan is said to be {plan.status}, and has no table {name}.")
    if missing:
        return
    for name, frame in plan.tables():
        may_be_blank = ("lower", "upper") if name == "binding" else ()
        for column in frame.columns[frame.dtypes == "float64"]:
            bad = ~np.isfinite(frame[column]) & ~(frame[column].isna() & (column in may_be_blank))
            for number in np.flatnonzero(bad):
                message = (
                    f"Row {number + 1} of table {name} has {column} {frame[column].iloc[number]}."
                )
                yield _stated(name, {"row": str(number + 1), "column": column}, message)
        keys = _KEYS[name]
        for row in records(frame.loc[frame.duplicated(keys), keys]):
            key = {column: str(value) for column, value in row._asdict().items()}
            yield _stated(name, key, f"Table {name} has two rows for {text_key(key)}.")
    yield from _unknown_ids(plan, portfolio)
    yield from _unreadable_selection(plan, portfolio)
    yield from _supply_ids(plan, portfolio)


_KEYS: Final[Mapping[str, list[str]]] = {
    # A project that is selected twice is a matter of the family `once`.
    "selection": ["project_id", "selected", "option_id", "start"],
    "spend": ["fund_id", "programme_id", "category", "period"],
    "budget": ["fund_id", "period"],
    "capacity": ["role_id", "period"],
    "supply": ["pool_id", "role_id", "period"],
    "binding": ["family", "key", "lower", "upper"],
    "beyond": ["project_id", "table", "period"],
}


def _unknown_ids(plan: Plan, portfolio: Portfolio) -> Found:
    calendar = portfolio.calendar
    known: dict[str, Iterable[str]] = {
        "project_id": portfolio["projects"]["project_id"],
        # Blank: no fund pays. Whether that may be is a matter of the family `spend_paid`.
        "fund_id": ["", *portfolio["budgets"]["fund_id"]],
        "programme_id": ["", *portfolio["programmes"]["programme_id"]],
        "role_id": portfolio["roles"]["role_id"],
        "decision": DECISIONS,
        "table": ("costs", "benefits", "demand"),
        "period": calendar.labels,
    }
    for name, frame in plan.tables():
        for column in frame.columns.intersection(list(known)):
            if column == "period" and name in ("budget", "beyond"):
                continue
            for value in frame.loc[~frame[column].isin(list(known[column])), column].unique():
                message = f"Table {name} has {column} '{value}', which is not known."
                yield _stated(name, {column: str(value)}, message)
    assert plan.budget is not None
    assert plan.beyond is not None
    for value in plan.beyond["period"].unique():
        if not _is_period(portfolio, value):
            message = f"Table beyond has period '{value}', which is no period."
            yield _stated("beyond", {"period": value}, message)
    labels = portfolio["budgets"][["fund_id", "period"]]
    planned = [
        (fund, label)
        for fund, label in records(labels)
        if calendar.span(label)[1] >= 0 and calendar.span(label)[0] < calendar.periods
    ]
    stated = list(zip(plan.budget["fund_id"], plan.budget["period"], strict=True))
    for fund, label in sorted(set(planned) ^ set(stated)):
        verb = "lacks" if (fund, label) in planned else "has the unknown"
        message = f"Table budget {verb} period '{label}' of fund '{fund}'."
        yield _stated("budget", {"fund_id": fund, "period": label}, message)


def _unreadable_selection(plan: Plan, portfolio: Portfolio) -> Found:
    selection = plan.selection
    assert selection is not None
    offered = set(zip(portfolio.options["project_id"], portfolio.options["option_id"], strict=True))
    for row in records(selection):
        key = {"project_id": str(row.project_id)}
        known = (row.project_id, row.option_id) in offered
        # Of a project that is not selected the option may be left blank.
        if not known and (row.selected or row.option_id):
            message = f"Project {row.project_id} has the unknown option '{row.option_id}'."
            yield _stated("selection", key, message)
        if row.selected and not _is_period(portfolio, row.start):
            message = f"Project {row.project_id} is selected, and its start is '{row.start}'."
            yield _stated("selection", key, message)
    rows = Counter(selection["project_id"])
    selected = Counter(selection.loc[selection["selected"], "project_id"])
    for project in portfolio["projects"]["project_id"]:
        if not rows[project]:
            message = f"Table selection lacks project {project}."
            yield _stated("selection", {"project_id": project}, message)
        elif rows[project] > max(selected[project], 1):
            message = f"Table selection has several rows for project {project}."
            yield _stated("selection", {"project_id": project}, message)


def _supply_ids(plan: Plan, portfolio: Portfolio) -> Found:
    assert plan.supply is not None
    assert plan.spend is not None
    known = {pool.pool_id: pool for pool in pools(portfolio)}
    for row in records(plan.supply):
        key = {"pool_id": str(row.pool_id), "role_id": str(row.role_id), "period": str(row.period)}
        where = f"pool {row.pool_id} in {row.period}"
        pool = known.get(str(row.pool_id))
        if pool is None:
            yield _stated("supply", key, f"Table supply has the unknown pool '{row.pool_id}'.")
        elif row.role_id not in pool.skills:
            message = f"Table supply has role {row.role_id} of {where}, and nobody there fills it."
            yield _stated("supply", key, message)
        elif row.programme_id != pool.programme_id:
            message = (
                f"Table supply has {where} for programme '{row.programme_id}', "
                f"and its people are ring-fenced for '{pool.programme_id}'."
            )
            yield _stated("supply", key, message)
        elif row.fte < -TOLERANCE:
            yield _stated("supply", key, f"Table supply has {where} with {amount(row.fte)} FTE.")
        elif differ(row.supplied, row.fte * pool.skills[str(row.role_id)]):
            message = (
                f"Role {row.role_id} gets {amount(row.supplied)} FTE from {where}, and "
                f"{amount(row.fte)} FTE there supply {amount(row.fte * pool.skills[row.role_id])}."
            )
            yield _stated("supply", key, message)
    for row in records(plan.spend[plan.spend["amount"] < -TOLERANCE]):
        key = {"fund_id": str(row.fund_id), "period": str(row.period)}
        message = f"Fund {row.fund_id} pays {amount(row.amount)} in {row.period}."
        yield _stated("spend", key, message)


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
    yield from _budget_table(loads)
    yield from _capacity_table(loads)
    yield from _beyond_table(loads)
    yield from _binding_table(loads, rows)


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
            yield _stated("selection", key, message)
        if (row.start, row.finish) != (start, finish):
            message = (
                f"Project {project} is said to run from '{row.start}' to '{row.finish}', "
                f"and runs from '{start}' to '{finish}'."
            )
            yield _stated("selection", key, message)


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
        yield from _equal("capacity", key, "capacity", row.capacity, loads.capacity(*place))
    for role, t in sorted(loads.need.keys() - stated):
        key = {"role_id": role, "period": loads.calendar.label(t)}
        yield from _equal("capacity", key, "demand", 0.0, loads.need[role, t])


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
            yield _stated("binding", key, message)
            continue
        if not ends:
            message = f"Table binding has no limit for {stated.family}, {stated.key}."
            yield _stated("binding", key, message)
            continue
        row = known.get((str(stated.family), str(stated.key)))
        size = abs(stated.activity) if row is None else row.size
        yield from _equal("binding", key, "slack", stated.slack, min(ends), size)
        if row is None:
            if stated.family in families:
                message = f"Table binding has no such rule: {stated.family}, {stated.key}."
                yield _stated("binding", key, message)
            continue
        # Room is compared, not amounts: a row may have its terms on either side.
        if not math.isnan(below):
            yield from _equal("binding", key, "room above its least", below, row.below, size)
        if not math.isnan(above):
            yield from _equal("binding", key, "room below its most", above, row.above, size)


def _equal(
    table: str, key: Mapping[str, str], column: str, stated: float, real: float, size: float = 0.0
) -> Found:
    if differ(stated, real, size):
        message = (
            f"Table {table} has {column} {amount(stated)} for {text_key(key)}, "
            f"and it is {amount(real)}."
        )
        yield _stated(table, key, message)


def _stated(table: str, key: Mapping[str, str], message: str) -> Violation:
    return Violation("tables", {"table": table, **key}, message)


def text_key(key: Mapping[str, object]) -> str:
    """A key as text, such as ``fund_id=F1, period=2027``."""
    return ", ".join(f"{column}={value}" for column, value in key.items())


def _is_period(portfolio: Portfolio, label: object) -> bool:
    try:
        portfolio.calendar.index(str(label))
    except ValueError:
        return False
    return True
