"""What the analyst has moved away from a scenario, and the changes that this stands for.

The moves become changes of a scenario, and those are read back as moves: what was
explored and saved opens again with every slider and switch where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from portfolio.changes import Change
from portfolio.data.portfolio import Portfolio
from portfolio.data.records import as_text

__all__ = ["AS_GIVEN", "Controls", "changes_of", "controls_of"]

AS_GIVEN = 100.0
"""Money in per cent where nothing is moved."""

Key = TypeVar("Key", str, float)


@dataclass(frozen=True)
class Controls:
    """How far each slider and switch is from where it stood; those not moved are in none.

    Attributes
    ----------
    money : mapping of str to float
        Per cent of each fund's money, in all its budgets.
    people : mapping of str to float
        FTE more (or, below 0, less) of each role, in every period.
    forced : mapping of str to str
        ``in``, ``out`` or "" (the optimiser decides) of each project.
    starts : mapping of str to str
        Label of the period in which each project may start first; "" is any.
    """

    money: Mapping[str, float] = field(default_factory=dict)
    people: Mapping[str, float] = field(default_factory=dict)
    forced: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[str, str] = field(default_factory=dict)

    def with_money(self, fund: str, percent: float) -> Controls:
        """The same with a fund's money at another share of what is given."""
        return replace(self, money=_moved(self.money, fund, percent, AS_GIVEN))

    def with_people(self, role: str, fte: float) -> Controls:
        """The same with another number of people more or less in a role."""
        return replace(self, people=_moved(self.people, role, fte, 0.0))

    def with_force(self, project: str, force: str, given: str) -> Controls:
        """The same with a project forced otherwise than the scenario has it."""
        return replace(self, forced=_moved(self.forced, project, force, given))

    def with_start(self, project: str, period: str, given: str) -> Controls:
        """The same with another earliest start of a project than the scenario has."""
        return replace(self, starts=_moved(self.starts, project, period, given))

    def __len__(self) -> int:
        return len(self.money) + len(self.people) + len(self.forced) + len(self.starts)


def _moved(moves: Mapping[str, Key], name: str, to: Key, given: Key) -> Mapping[str, Key]:
    """Moves with one more; what stands where it stood is none."""
    others = {other: value for other, value in moves.items() if other != name}
    return others if to == given else others | {name: to}


def changes_of(controls: Controls, portfolio: Portfolio) -> list[Change]:
    """The moves as changes of a scenario, in the order of the tables.

    Parameters
    ----------
    controls : Controls
    portfolio : Portfolio
        With the changes made that come before.
    """
    given = [
        *_money_changes(controls.money, portfolio),
        *_people_changes(controls.people, portfolio),
        *_project_changes(controls, portfolio),
    ]
    return [Change.from_dict(change) for change in given]


def _money_changes(money: Mapping[str, float], portfolio: Portfolio) -> list[dict[str, Any]]:
    funds = list(dict.fromkeys(portfolio["budgets"]["fund_id"]))
    shares = {fund: as_text(money[fund] / AS_GIVEN) for fund in funds if fund in money}
    if len(shares) == len(funds) > 1 and len(set(shares.values())) == 1:
        return [{"table": "budgets", "scale": {"amount": shares[funds[0]]}}]
    return [
        {"table": "budgets", "where": {"fund_id": fund}, "scale": {"amount": share}}
        for fund, share in shares.items()
    ]


def _people_changes(people: Mapping[str, float], portfolio: Portfolio) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = []
    for role in portfolio["roles"]["role_id"]:
        if role not in people:
            continue
        extra = _extra(portfolio, role)
        free = [label for label in portfolio.calendar.labels if label not in extra]
        rows = [(label, people[role]) for label in (free if extra else ["*"])]
        if rows:
            append = [
                {"role_id": role, "period": label, "kind": "extra", "fte": as_text(fte)}
                for label, fte in rows
            ]
            changes.append({"table": "capacity", "append": append})
        # A role has one extra row a period: where there is one already, it says more.
        changes += [
            {
                "table": "capacity",
                "where": {"role_id": role, "period": label, "kind": "extra"},
                "set": {"fte": as_text(fte + people[role])},
            }
            for label, fte in extra.items()
        ]
    return changes


def _extra(portfolio: Portfolio, role: str) -> dict[str, float]:
    """FTE that a role is given by hand beside its people, by period of the horizon."""
    rows = portfolio["capacity"]
    rows = rows[(rows["role_id"] == role) & (rows["kind"] == "extra")]
    known = set(portfolio.calendar.labels)
    return {
        period: fte
        for period, fte in zip(rows["period"].tolist(), rows["fte"].tolist(), strict=True)
        if period in known
    }


def _project_changes(controls: Controls, portfolio: Portfolio) -> list[dict[str, Any]]:
    columns = {"force": controls.forced, "earliest_start": controls.starts}
    changes = []
    for project in portfolio["projects"]["project_id"]:
        moved = {column: moves[project] for column, moves in columns.items() if project in moves}
        if moved:
            where = {"project_id": project}
            changes.append({"table": "projects", "where": where, "set": moved})
    return changes


def controls_of(changes: Sequence[Change], portfolio: Portfolio) -> Controls | None:
    """The moves that changes stand for; None where they are not exactly those of any moves.

    Parameters
    ----------
    changes : sequence of Change
        The last ones of a scenario.
    portfolio : Portfolio
        With the changes made that come before.
    """
    found = Controls()
    for change in changes:
        read = _READERS.get((change.table, change.action))
        after = None if read is None else read(change, found, portfolio)
        if after is None:
            return None
        found = after
    return found if changes_of(found, portfolio) == list(changes) else None


def _read_money(change: Change, found: Controls, portfolio: Portfolio) -> Controls | None:
    share = _number(change.values.get("amount", ""))
    if share is None:
        return None
    funds = change.where.get("fund_id", tuple(dict.fromkeys(portfolio["budgets"]["fund_id"])))
    percent = round(share * AS_GIVEN, 6)
    return replace(found, money={**found.money, **dict.fromkeys(funds, percent)})


def _read_people(change: Change, found: Controls, portfolio: Portfolio) -> Controls | None:
    if change.action == "append":
        row = change.rows[0]
        role, more = row.get("role_id", ""), _number(row.get("fte", ""))
    else:
        (role,), (period,) = (change.where.get(name, ("",))[:1] for name in ("role_id", "period"))
        fte, before = _number(change.values.get("fte", "")), _extra(portfolio, role).get(period)
        more = None if fte is None or before is None else round(fte - before, 9)
    if more is None:
        return None
    # Of a role with rows in some periods, the first change says how many.
    return replace(found, people={role: more, **found.people})


def _read_project(change: Change, found: Controls, portfolio: Portfolio) -> Controls | None:
    projects = change.where.get("project_id", ())
    for column, text in change.values.items():
        moves = dict.fromkeys(projects, text)
        if column == "force":
            found = replace(found, forced={**found.forced, **moves})
        elif column == "earliest_start":
            found = replace(found, starts={**found.starts, **moves})
        else:
            return None
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_READERS = {
    ("budgets", "scale"): _read_money,
    ("capacity", "append"): _read_people,
    ("capacity", "set"): _read_people,
    ("projects", "set"): _read_project,
}
