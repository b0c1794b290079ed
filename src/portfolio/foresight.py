"""What is known of a portfolio and a scenario before the solve: faults and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from portfolio.data.portfolio import Portfolio
from portfolio.data.schema import dictionary
from portfolio.doubts import doubts
from portfolio.errors import Fault, PortfolioError
from portfolio.models.selection import Selection, build_selection
from portfolio.models.selection.impossible import Foresight, foresee
from portfolio.scenario import Scenario

__all__ = ["Foresight", "foresight_of"]

_Subject: TypeAlias = tuple[str, str, tuple[str, ...]]


def foresight_of(selection: Selection, portfolio: Portfolio, scenario: Scenario) -> Foresight:
    """What is known before a selection model is solved.

    Parameters
    ----------
    selection : Selection
        Built from the changed portfolio.
    portfolio : Portfolio
        As it was read, so that a fault can be told from one of the scenario's making.
    scenario : Scenario

    Returns
    -------
    Foresight
        Faults stand at their place in the data, or name the scenario's change that makes them.
    """
    seen = foresee(selection)
    warnings = (*seen.warnings, *doubts(selection.terms.portfolio, scenario))
    faults: Sequence[Fault] = seen.faults
    if faults and scenario.changes:
        faults = _with_changes_named(faults, selection, portfolio, scenario)
    return Foresight(tuple(faults), tuple(warnings))


def _with_changes_named(
    faults: Sequence[Fault], selection: Selection, portfolio: Portfolio, scenario: Scenario
) -> list[Fault]:
    """Each fault with the first change after which it was there; as it is where none makes it."""
    changed = selection.terms.portfolio
    first: dict[_Subject, tuple[int, Fault]] = {}
    for number in range(len(scenario.changes)):
        part = replace(scenario, changes=scenario.changes[:number])
        try:
            tables = part.apply(portfolio)
        except PortfolioError:
            continue  # a later change puts right what this part of them leaves broken
        # Without the places of a file, rows count from 2 in every one of them.
        partly = Portfolio(tables.settings, tables.tables)
        for fault in foresee(build_selection(partly, part)).faults:
            first.setdefault(_subject(fault, partly), (number, fault))
    last = len(scenario.changes)
    return [
        _named(*first.get(_subject(fault, changed), (last, fault)), fault, portfolio, scenario)
        for fault in faults
    ]


def _subject(fault: Fault, portfolio: Portfolio) -> _Subject:
    """What a fault is about, whatever the row in which it stands and the amounts that it tells."""
    if fault.row is None:
        return fault.table, fault.column, ()
    row = portfolio[fault.table].iloc[fault.row - 2]
    return fault.table, fault.column, tuple(str(row[c]) for c in dictionary()[fault.table].key)


def _named(
    number: int, earlier: Fault, fault: Fault, portfolio: Portfolio, scenario: Scenario
) -> Fault:
    if number == 0 and earlier.row is not None:
        place = earlier.table, earlier.row - 2, earlier.column
        return portfolio.fault(*place, earlier.rule, earlier.remedy)
    if number == 0:
        return earlier
    change = scenario.changes[number - 1]
    place_of_change = f"scenario '{scenario.name}', change {number} ({change.table})"
    return replace(fault, file=place_of_change, row=None, column="")
