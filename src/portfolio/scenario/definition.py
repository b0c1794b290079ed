"""What a scenario says: settings of the optimiser and changes to a portfolio, from plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from portfolio.changes import Change, apply_change
from portfolio.data.portfolio import Portfolio
from portfolio.data.settings import read_calendar
from portfolio.errors import DataError, Fault, ScenarioError, nearest
from portfolio.labour import price_labour
from portfolio.scenario.balance import ShareLimit, misfits, read_balance
from portfolio.scenario.own import OwnRule, doubled, read_rules, rule_misfits
from portfolio.scenario.values import flag, name, several, share, text

__all__ = ["BASELINE", "HIRING", "OBJECTIVES", "Scenario", "parent_name"]

BASELINE = "baseline"
OBJECTIVES = ("strategic_value", "benefit", "npv", "cost", "early_start")
HIRING = ("none", "internal", "contractors", "both")
_KEYS = (
    "scenario",
    "title",
    "parent",
    "objectives",
    "give_up",
    "ignore",
    "soften",
    "hiring",
    "price_labour",
    "balance",
    "minimum_fraction",
    "risk_adjusted",
    "allow_stops",
    "own",
    "changes",
)
_FIELDS = {"scenario": "name"}


@dataclass(frozen=True)
class Scenario:
    """What is asked of the optimiser, and what is changed before it is asked.

    Attributes
    ----------
    name, title, parent : str
        `parent`'s changes come first.
    objectives : tuple of str
        In order of importance; each is held while the later ones are improved.
    give_up : tuple of float
        Share of |objective| that later objectives may spend, one an objective.
    ignore : frozenset of str
        Constraint families left out.
    soften : mapping of str to float
        Share by which a family's limits may be passed.
    hiring : str
        Who may join: none, internal, contractors or both.
    price_labour : bool
        Whether people's cost is priced from roles' rates, where costs do not hold it.
    balance : tuple of ShareLimit
        Bounds on shares of spend.
    minimum_fraction : float
        Least part of a person on a project where they work on it at all.
    risk_adjusted : bool
        Whether value is multiplied by delivery confidence.
    allow_stops : bool
        Whether projects in flight may be stopped.
    own : tuple of OwnRule
        Rules of the analyst's own, the parent's included.
    changes : tuple of Change
        Changes to the tables, in order, the parent's included.
    """

    name: str = BASELINE
    title: str = ""
    parent: str = ""
    objectives: tuple[str, ...] = ("strategic_value", "early_start")
    give_up: tuple[float, ...] = (0.0, 0.0)
    ignore: frozenset[str] = frozenset()
    soften: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    hiring: str = "none"
    price_labour: bool = False
    balance: tuple[ShareLimit, ...] = ()
    minimum_fraction: float = 0.1
    risk_adjusted: bool = False
    allow_stops: bool = False
    own: tuple[OwnRule, ...] = ()
    changes: tuple[Change, ...] = ()

    @classmethod
    def from_dict(cls, given: Mapping[str, Any], parent: Scenario | None = None) -> Scenario:
        """Make a scenario from plain data, as YAML or JSON give it.

        Parameters
        ----------
        given : mapping
            The keys of a scenario file; numbers and flags may be text.
        parent : Scenario, optional
            What it builds on.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            With every problem found.
        """
        if not isinstance(given, Mapping):
            raise ScenarioError("a scenario is a mapping of keys and values; see the guide")
        problems: list[str] = []
        for key in given:
            if key not in _KEYS:
                problems.append(f"'{key}' is not a key of a scenario; {nearest(str(key), _KEYS)}")
        base = parent or cls()
        values = {f.name: getattr(base, f.name) for f in fields(cls)}
        values["parent"] = base.name if parent else parent_name(given, problems)
        values["title"] = ""
        for key in _KEYS:
            if key in given and key not in ("parent", "changes"):
                try:
                    values[_FIELDS.get(key, key)] = _READERS[key](given[key])
                except ValueError as problem:
                    problems += [f"{key}: {said}" for said in problem.args]
        if not any(problem.startswith(("give_up:", "objectives:")) for problem in problems):
            _spread_give_up(values, "give_up" in given, problems)
        if values["own"] is not base.own:
            values["own"] = (*base.own, *values["own"])
            problems += [f"own: {problem}" for problem in doubled(values["own"])]
        changes, change_problems = _read_changes(given.get("changes"))
        values["changes"] = (*base.changes, *changes)
        problems += change_problems
        if problems:
            raise ScenarioError([_named(given, problem) for problem in problems])
        return cls(**values)

    def apply(self, portfolio: Portfolio) -> Portfolio:
        """Make the changed portfolio; the given one stays as it is.

        Parameters
        ----------
        portfolio : Portfolio

        Returns
        -------
        Portfolio

        Raises
        ------
        ScenarioError
            If a change names an unknown table or column, matches no row, or
            breaks a rule of the tables, labour cannot be priced, or a balance or
            a rule of its own names what is not there; every problem is in it.
        """
        changed = self.changed(portfolio)
        problems = self.misfits(changed)
        if problems:
            raise ScenarioError([f"scenario '{self.name}': {problem}" for problem in problems])
        return changed

    def misfits(self, changed: Portfolio) -> list[str]:
        """What a balance or a rule of its own names that is not there: sentences.

        Parameters
        ----------
        changed : Portfolio
            With the scenario's changes made.
        """
        problems = [f"balance: {problem}" for problem in misfits(self.balance, changed)]
        if self.own:
            problems += [f"own: {problem}" for problem in rule_misfits(self.own, changed)]
        return problems

    def changed(self, portfolio: Portfolio) -> Portfolio:
        """As `apply`, without a look at what a balance or a rule of its own names.

        Raises
        ------
        ScenarioError
            If a change names an unknown table or column, matches no row, or
            breaks a rule of the tables, or labour cannot be priced.
        """
        if not self.changes and not self.price_labour:
            return portfolio
        before, calendar = dict(portfolio.tables), portfolio.calendar
        tables = dict(before)
        problems: list[str] = []
        after: list[dict[str, pd.DataFrame]] = []
        for number, change in enumerate(self.changes, 1):
            place = f"scenario '{self.name}', change {number} ({change.table})"
            problems += [f"{place}: {p}" for p in apply_change(change, tables, calendar)]
            if change.table == "settings":
                calendar = read_calendar(tables["settings"]) or calendar
            after.append(_replaced(tables, before))
        if problems:
            raise ScenarioError(problems)
        if self.price_labour:
            tables, unpriced = price_labour(tables)
            if unpriced:
                place = f"scenario '{self.name}', price_labour"
                raise ScenarioError([f"{place}: {problem}" for problem in unpriced])
        try:
            return portfolio.with_tables(_replaced(tables, before))
        except DataError as error:
            raise ScenarioError(self._blamed(portfolio, error.faults, after)) from error

    def _blamed(
        self,
        portfolio: Portfolio,
        faults: Sequence[Fault],
        after: Sequence[Mapping[str, pd.DataFrame]],
    ) -> list[str]:
        """Each fault with the first change after which it was there, else what is priced."""
        first: dict[tuple[str, str, str, str], int] = {}
        for number, tables in enumerate(after, 1):
            try:
                portfolio.with_tables(tables)
            except DataError as error:
                for fault in error.faults:
                    first.setdefault((fault.table, fault.column, fault.value, fault.rule), number)
        said = []
        for fault in faults:
            place, made_by = "price_labour", (fault.table, fault.column, fault.value, fault.rule)
            if made_by in first:
                number = first[made_by]
                place = f"change {number} ({self.changes[number - 1].table})"
            said.append(f"scenario '{self.name}', {place} breaks the tables: {fault}")
        return said

    def with_changes(self, *changes: Mapping[str, Any], name: str = "") -> Scenario:
        """The scenario with further changes, as a file would give them."""
        read, problems = _read_changes(list(changes))
        if problems:
            raise ScenarioError(problems)
        return replace(self, name=name or self.name, changes=(*self.changes, *read))

    def with_own(self, *rules: OwnRule) -> Scenario:
        """The scenario with further rules of the analyst's own.

        Raises
        ------
        ScenarioError
            If two rules have one name.
        """
        own = (*self.own, *rules)
        problems = doubled(own)
        if problems:
            raise ScenarioError([f"scenario '{self.name}': own: {p}" for p in problems])
        return replace(self, own=own)


def _replaced(
    tables: Mapping[str, pd.DataFrame], before: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The tables that are not those of before."""
    return {name: frame for name, frame in tables.items() if frame is not before[name]}


def parent_name(given: Mapping[str, Any], problems: list[str], *, known: bool = False) -> str:
    """Name of the parent, which only a file can find by it, but for the baseline."""
    try:
        parent = text(given.get("parent"))
    except ValueError as problem:
        problems.append(f"parent: {problem}")
        return ""
    if parent and parent != BASELINE and not known:
        problems.append(f"parent: '{parent}' is not at hand; read the file, or give the parent too")
    return parent


def _named(given: Mapping[str, Any], problem: str) -> str:
    name = given.get("scenario")
    return f"scenario '{name}': {problem}" if name else problem


def _objectives(value: Any) -> tuple[str, ...]:
    names = tuple(text(item) for item in several(value))
    for one in names:
        if one not in OBJECTIVES:
            raise ValueError(f"'{one}' is not an objective; {nearest(one, OBJECTIVES)}")
    if not names:
        raise ValueError("names no objective")
    if len(set(names)) < len(names):
        raise ValueError("names an objective twice")
    return names


def _soften(value: Any) -> Mapping[str, float]:
    if value in (None, ""):
        return MappingProxyType({})
    if not isinstance(value, Mapping):
        raise ValueError("gives a share a family, for example {budget: 0.05}")
    return MappingProxyType({str(family): share(by) for family, by in value.items()})


def _hiring(value: Any) -> str:
    word = text(value)
    if word not in HIRING:
        raise ValueError(f"'{word}' is not known; {nearest(word, HIRING)}")
    return word


_READERS: dict[str, Any] = {
    "scenario": name,
    "title": text,
    "objectives": _objectives,
    "give_up": lambda value: tuple(share(item) for item in several(value)),
    "ignore": lambda value: frozenset(text(item) for item in several(value)),
    "soften": _soften,
    "hiring": _hiring,
    "price_labour": flag,
    "balance": read_balance,
    "minimum_fraction": share,
    "risk_adjusted": flag,
    "allow_stops": flag,
    "own": read_rules,
}


def _spread_give_up(values: dict[str, Any], given: bool, problems: list[str]) -> None:
    shares, wanted = values["give_up"], len(values["objectives"])
    if not given and len(set(shares)) <= 1:
        shares = shares[:1] or (0.0,)
    if len(shares) == 1:
        values["give_up"] = shares * wanted
    elif len(shares) != wanted:
        problems.append(
            f"give_up: {len(shares)} shares for {wanted} objectives; give one, or one for each"
        )


def _read_changes(value: Any) -> tuple[list[Change], list[str]]:
    changes, problems = [], []
    if value in (None, ""):
        return [], []
    if not isinstance(value, list | tuple):
        return [], ["changes: is a list, each with a table and what is done to it"]
    for number, entry in enumerate(value, 1):
        try:
            changes.append(Change.from_dict(entry))
        except ValueError as problem:
            problems.append(f"change {number}: {problem}")
    return changes, problems
