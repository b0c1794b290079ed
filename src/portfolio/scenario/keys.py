"""The keys of a scenario, read from plain data: all that is wrong with them is said at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from portfolio.changes import Change
from portfolio.errors import nearest
from portfolio.scenario.balance import read_balance
from portfolio.scenario.own import doubled, read_rules
from portfolio.scenario.values import flag, name, several, share, text

__all__ = ["BASELINE", "HIRING", "OBJECTIVES", "parent_name", "read_changes", "read_keys"]

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


def read_keys(
    given: Mapping[str, Any], base: Mapping[str, Any], *, parent: str | None
) -> tuple[dict[str, Any], list[str]]:
    """Read what a scenario is given, on top of what it builds on.

    Parameters
    ----------
    given : mapping
        The keys of a scenario file; numbers and flags may be text.
    base : mapping
        The fields of the scenario that it builds on.
    parent : str or None
        The name of that; None where it is not at hand: `given` may then name the baseline alone.

    Returns
    -------
    values : dict
        The fields of the scenario.
    problems : list of str
        Sentences; where there are any, the values are of no use.
    """
    problems: list[str] = []
    for key in given:
        if key not in _KEYS:
            problems.append(f"'{key}' is not a key of a scenario; {nearest(str(key), _KEYS)}")
    values = dict(base)
    values["parent"] = parent_name(given, problems) if parent is None else parent
    values["title"] = ""
    for key in _KEYS:
        if key in given and key not in ("parent", "changes"):
            try:
                values[_FIELDS.get(key, key)] = _READERS[key](given[key])
            except ValueError as problem:
                problems += [f"{key}: {said}" for said in problem.args]
    if not any(problem.startswith(("give_up:", "objectives:")) for problem in problems):
        _spread_give_up(values, "give_up" in given, problems)
    if values["own"] is not base["own"]:
        values["own"] = (*base["own"], *values["own"])
        problems += [f"own: {problem}" for problem in doubled(values["own"])]
    changes, change_problems = read_changes(given.get("changes"))
    values["changes"] = (*base["changes"], *changes)
    return values, problems + change_problems


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


def read_changes(value: Any) -> tuple[list[Change], list[str]]:
    """The changes of a scenario, and what is wrong with them."""
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
