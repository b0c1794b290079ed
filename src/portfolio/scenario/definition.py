"""What a scenario says: settings of the optimiser and changes to a portfolio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from portfolio.changes import Change, apply_change
from portfolio.data.portfolio import Portfolio
from portfolio.data.settings import read_calendar
from portfolio.errors import DataError, Fault, ScenarioError
from portfolio.labour import price_labour
from portfolio.scenario.balance import ShareLimit, misfits
from portfolio.scenario.keys import BASELINE, read_changes, read_keys
from portfolio.scenario.own import OwnRule, doubled, rule_misfits
from portfolio.scenario.values import has_control

__all__ = ["Scenario"]


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
            raise ScenarioError("a scenario is a mapping of keys and values; see docs/scenarios.md")
        base = parent or cls()
        values, problems = read_keys(
            given,
            {one.name: getattr(base, one.name) for one in fields(cls)},
            parent=parent.name if parent else None,
        )
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
        read, problems = read_changes(list(changes))
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


def _named(given: Mapping[str, Any], problem: str) -> str:
    name = given.get("scenario")
    told = isinstance(name, str) and not has_control(name)
    return f"scenario '{name}': {problem}" if name and told else problem
