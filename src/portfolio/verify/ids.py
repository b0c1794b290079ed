"""Whether a plan's tables can be read: known ids, one row a key, finite numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from typing import Final

import numpy as np

from portfolio.data.portfolio import Portfolio
from portfolio.plan import DECISIONS, HIRE_KINDS, TABLES, Plan
from portfolio.verify.people import pools
from portfolio.verify.records import records
from portfolio.verify.rows import TOLERANCE, Found, Violation, amount, differ, text_key

__all__ = ["check_ids", "misstated"]


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
        yield misstated(name, {}, f"The plan is said to be {plan.status}, and has no table {name}.")
    if missing:
        return
    for name, frame in plan.tables():
        if frame.empty:
            continue
        may_be_blank = _MAY_BE_BLANK.get(name, ())
        for column in frame.columns[frame.dtypes == "float64"]:
            bad = ~np.isfinite(frame[column]) & ~(frame[column].isna() & (column in may_be_blank))
            for number in np.flatnonzero(bad):
                message = (
                    f"Row {number + 1} of table {name} has {column} {frame[column].iloc[number]}."
                )
                yield misstated(name, {"row": str(number + 1), "column": column}, message)
        keys = _KEYS[name]
        for row in records(frame.loc[frame.duplicated(keys), keys]):
            key = {column: str(value) for column, value in row._asdict().items()}
            yield misstated(name, key, f"Table {name} has two rows for {text_key(key)}.")
    yield from _unknown_ids(plan, portfolio)
    yield from _unreadable_selection(plan, portfolio)
    yield from _supply_ids(plan, portfolio)
    yield from _negative_hires(plan)


_KEYS: Final[Mapping[str, list[str]]] = {
    # A project that is selected twice is a matter of the family `once`.
    "selection": ["project_id", "selected", "option_id", "start"],
    "spend": ["fund_id", "programme_id", "category", "period"],
    "budget": ["fund_id", "period"],
    "capacity": ["role_id", "period"],
    "supply": ["pool_id", "role_id", "period"],
    "hires": ["role_id", "kind", "period"],
    "binding": ["family", "key", "lower", "upper"],
    "beyond": ["project_id", "table", "period"],
    "overshoot": ["family", "key"],
}

_MAY_BE_BLANK: Final[Mapping[str, tuple[str, ...]]] = {
    "binding": ("lower", "upper"),
    "overshoot": ("limit", "activity", "overshoot", "share"),
}


def _unknown_ids(plan: Plan, portfolio: Portfolio) -> Found:
    calendar = portfolio.calendar
    known: dict[str, Set[str]] = {
        "project_id": set(portfolio["projects"]["project_id"].tolist()),
        # Blank: no fund pays. Whether that may be is a matter of the family `spend_paid`.
        "fund_id": {"", *portfolio["budgets"]["fund_id"].tolist()},
        "programme_id": {"", *portfolio["programmes"]["programme_id"].tolist()},
        "role_id": set(portfolio["roles"]["role_id"].tolist()),
        "decision": set(DECISIONS),
        "kind": set(HIRE_KINDS),
        "table": {"costs", "benefits", "demand"},
        "period": set(calendar.labels),
    }
    for name, frame in plan.tables():
        for column in [column for column in frame.columns if column in known]:
            if column == "period" and name in ("budget", "beyond"):
                continue
            for value in sorted(set(frame[column].tolist()) - known[column]):
                message = f"Table {name} has {column} '{value}', which is not known."
                yield misstated(name, {column: str(value)}, message)
    assert plan.budget is not None
    assert plan.beyond is not None
    for value in plan.beyond["period"].unique():
        if not _is_period(portfolio, value):
            message = f"Table beyond has period '{value}', which is no period."
            yield misstated("beyond", {"period": value}, message)
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
        yield misstated("budget", {"fund_id": fund, "period": label}, message)


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
            yield misstated("selection", key, message)
        if row.selected and not _is_period(portfolio, row.start):
            message = f"Project {row.project_id} is selected, and its start is '{row.start}'."
            yield misstated("selection", key, message)
    rows = Counter(selection["project_id"])
    selected = Counter(selection.loc[selection["selected"], "project_id"])
    for project in portfolio["projects"]["project_id"]:
        if not rows[project]:
            message = f"Table selection lacks project {project}."
            yield misstated("selection", {"project_id": project}, message)
        elif rows[project] > max(selected[project], 1):
            message = f"Table selection has several rows for project {project}."
            yield misstated("selection", {"project_id": project}, message)


def _negative_hires(plan: Plan) -> Found:
    assert plan.hires is not None
    for column in ("arriving", "present", "idle"):
        for row in records(plan.hires[plan.hires[column] < -TOLERANCE]):
            key = {"role_id": str(row.role_id), "kind": str(row.kind), "period": str(row.period)}
            value = amount(getattr(row, column))
            message = f"Table hires has {value} FTE {column} for {text_key(key)}."
            yield misstated("hires", key, message)


def _supply_ids(plan: Plan, portfolio: Portfolio) -> Found:
    assert plan.supply is not None
    assert plan.spend is not None
    known = {pool.pool_id: pool for pool in pools(portfolio)}
    for row in records(plan.supply):
        key = {"pool_id": str(row.pool_id), "role_id": str(row.role_id), "period": str(row.period)}
        where = f"pool {row.pool_id} in {row.period}"
        pool = known.get(str(row.pool_id))
        if pool is None:
            yield misstated("supply", key, f"Table supply has the unknown pool '{row.pool_id}'.")
        elif row.role_id not in pool.skills:
            message = f"Table supply has role {row.role_id} of {where}, and nobody there fills it."
            yield misstated("supply", key, message)
        elif row.programme_id != pool.programme_id:
            message = (
                f"Table supply has {where} for programme '{row.programme_id}', "
                f"and its people are ring-fenced for '{pool.programme_id}'."
            )
            yield misstated("supply", key, message)
        elif row.fte < -TOLERANCE:
            yield misstated("supply", key, f"Table supply has {where} with {amount(row.fte)} FTE.")
        elif differ(row.supplied, row.fte * pool.skills[str(row.role_id)]):
            message = (
                f"Role {row.role_id} gets {amount(row.supplied)} FTE from {where}, and "
                f"{amount(row.fte)} FTE there supply {amount(row.fte * pool.skills[row.role_id])}."
            )
            yield misstated("supply", key, message)
    for row in records(plan.spend[plan.spend["amount"] < -TOLERANCE]):
        key = {"fund_id": str(row.fund_id), "period": str(row.period)}
        message = f"Fund {row.fund_id} pays {amount(row.amount)} in {row.period}."
        yield misstated("spend", key, message)


def misstated(table: str, key: Mapping[str, str], message: str) -> Violation:
    """A violation of what a table states."""
    return Violation("tables", {"table": table, **key}, message)


def _is_period(portfolio: Portfolio, label: object) -> bool:
    try:
        portfolio.calendar.index(str(label))
    except ValueError:
        return False
    return True
