"""A scenario: settings of the optimiser and changes to a portfolio, in YAML or in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from portfolio.changes import Change, apply_change
from portfolio.data.portfolio import Portfolio
from portfolio.data.settings import read_calendar
from portfolio.errors import DataError, ScenarioError, nearest

__all__ = ["BASELINE", "OBJECTIVES", "Scenario", "read_scenario", "scenario_files"]

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
    "balance",
    "minimum_fraction",
    "risk_adjusted",
    "allow_stops",
    "changes",
)
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


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
        none, internal, contractors or both.
    balance : tuple of mappings
        Bounds on the share of spend.
    minimum_fraction : float
        Least part of a person on a project where they work on it at all.
    risk_adjusted : bool
        Whether value is multiplied by delivery confidence.
    allow_stops : bool
        Whether projects in flight may be stopped.
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
    balance: tuple[Mapping[str, Any], ...] = ()
    minimum_fraction: float = 0.1
    risk_adjusted: bool = False
    allow_stops: bool = False
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
        values["parent"] = base.name if parent else _parent_name(given, problems)
        values["title"] = ""
        for key in _KEYS:
            if key in given and key not in ("parent", "changes"):
                name = "name" if key == "scenario" else key
                try:
                    values[name] = _READERS[key](given[key])
                except ValueError as problem:
                    problems.append(f"{key}: {problem}")
        if not any(problem.startswith(("give_up:", "objectives:")) for problem in problems):
            _spread_give_up(values, "give_up" in given, problems)
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
            breaks a rule of the tables; every problem is in it.
        """
        if not self.changes:
            return portfolio
        tables, calendar = dict(portfolio.tables), portfolio.calendar
        problems: list[str] = []
        for number, change in enumerate(self.changes, 1):
            place = f"scenario '{self.name}', change {number} ({change.table})"
            problems += [f"{place}: {p}" for p in apply_change(change, tables, calendar)]
            if change.table == "settings":
                calendar = read_calendar(tables["settings"]) or calendar
        if problems:
            raise ScenarioError(problems)
        try:
            return Portfolio.from_changed(tables)
        except DataError as error:
            raise ScenarioError(
                [f"scenario '{self.name}' breaks the tables: {fault}" for fault in error.faults]
            ) from error

    def with_changes(self, *changes: Mapping[str, Any], name: str = "") -> Scenario:
        """The scenario with further changes, as a file would give them."""
        read, problems = _read_changes(list(changes))
        if problems:
            raise ScenarioError(problems)
        return replace(self, name=name or self.name, changes=(*self.changes, *read))


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario file and its parents, which lie beside it.

    Parameters
    ----------
    path : path-like
        A YAML file.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every problem found in the file, or in a parent's.
    """
    return _read(Path(path), ())


def scenario_files(path: str | Path) -> list[Path]:
    """A scenario file and the files of its parents, in the order in which they are read.

    Raises
    ------
    ScenarioError
        If one of them cannot be read.
    """
    files = [Path(path)]
    while len(files) == len(set(files)):
        name = str(_load(files[-1]).get("parent") or "")
        parent = files[-1].with_name(f"{name}.yaml")
        if not name or not parent.exists():
            return files
        files.append(parent)
    return files[:-1]


def _read(path: Path, children: tuple[Path, ...]) -> Scenario:
    if path.resolve() in children:
        loop = " -> ".join(child.stem for child in (*children, path))
        raise ScenarioError(f"{path}: the parents go round in a loop: {loop}")
    given = _load(path)
    problems: list[str] = []
    parent_name = _parent_name(given, problems, known=True)
    if problems:
        raise ScenarioError(f"{path}: {problems[0]}")
    parent = None
    if parent_name:
        parent = _parent(path, parent_name, (*children, path.resolve()))
    given = {"scenario": path.stem, **given}
    try:
        return Scenario.from_dict(given, parent)
    except ScenarioError as error:
        raise ScenarioError([f"{path}: {problem}" for problem in error.problems]) from error


def _load(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ScenarioError(f"{path}: there is no such scenario file") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ScenarioError(f"{path}: cannot be read as UTF-8 text ({problem})") from problem
    try:
        # Every scalar stays text, so that 007, 2027-01-01 and NO mean what was
        # typed; each is then parsed by the column that it belongs to.
        given = yaml.load(text, Loader=_TextLoader)
    # An escape or a version beyond all numbers ends in the last two.
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as problem:
        raise ScenarioError(f"{path}: is not YAML: {' '.join(str(problem).split())}") from problem
    if given in (None, ""):
        return {}
    if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
        raise ScenarioError(f"{path}: a scenario is a list of keys and values; see the guide")
    return given


class _TextLoader(yaml.BaseLoader):
    """Plain YAML, text only; aliases are refused: a few bytes of them can fill the memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.get_mark()
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", mark)
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    problem = f"the key '{key.value}' stands twice"
                    raise yaml.composer.ComposerError(None, None, problem, key.start_mark)
                seen.add(str(key.value))
        return node


def _parent(path: Path, name: str, children: tuple[Path, ...]) -> Scenario | None:
    if (
        set(name) & set("/\\:\0")
        or name.startswith(".")
        or len(name.encode("utf-8", "replace")) > 200
    ):
        raise ScenarioError(f"{path}: parent '{name}' is not the name of a scenario beside it")
    found = path.with_name(f"{name}.yaml")
    if not found.exists():
        if name == BASELINE:
            return Scenario()
        beside = sorted(file.stem for file in path.parent.glob("*.yaml") if file != path)
        raise ScenarioError(
            f"{path}: parent '{name}' is no scenario in this folder; {nearest(name, beside)}"
        )
    return _read(found, children)


def _parent_name(given: Mapping[str, Any], problems: list[str], *, known: bool = False) -> str:
    """Name of the parent, which only a file can find by it, but for the baseline."""
    try:
        name = _text(given.get("parent"))
    except ValueError as problem:
        problems.append(f"parent: {problem}")
        return ""
    if name and name != BASELINE and not known:
        problems.append(f"parent: '{name}' is not at hand; read the file, or give the parent too")
    return name


def _named(given: Mapping[str, Any], problem: str) -> str:
    name = given.get("scenario")
    return f"scenario '{name}': {problem}" if name else problem


def _text(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        raise ValueError("is a list where one word belongs")
    return "" if value is None else str(value).strip()


def _number(value: Any) -> float:
    try:
        number = float(_text(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a number") from None
    if not 0 <= number <= 1:
        raise ValueError(f"{number:g} is not between 0 and 1")
    return number


def _flag(value: Any) -> bool:
    text = _text(value).lower()
    if text not in _FLAGS:
        raise ValueError(f"'{value}' is neither true nor false")
    return _FLAGS[text]


def _name(value: Any) -> str:
    text = _text(value)
    if not text:
        raise ValueError("is blank")
    return text


def _list(value: Any) -> list[Any]:
    if value in (None, ""):
        return []
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _objectives(value: Any) -> tuple[str, ...]:
    names = tuple(_text(item) for item in _list(value))
    for name in names:
        if name not in OBJECTIVES:
            raise ValueError(f"'{name}' is not an objective; {nearest(name, OBJECTIVES)}")
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
    return MappingProxyType({str(name): _number(share) for name, share in value.items()})


def _hiring(value: Any) -> str:
    text = _text(value)
    if text not in HIRING:
        raise ValueError(f"'{text}' is not known; {nearest(text, HIRING)}")
    return text


def _balance(value: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(_bounds_of_share(row) for row in _list(value))


def _bounds_of_share(row: Any) -> Mapping[str, Any]:
    if not isinstance(row, Mapping) or not {"by", "key"} <= set(row) or len(row) < 3:
        raise ValueError("is a list of {by: category, key: growth, min: 0.2, max: 0.5}")
    read: dict[str, Any] = {}
    for name, value in row.items():
        if name not in ("by", "key", "min", "max"):
            raise ValueError(f"'{name}': {nearest(str(name), ('by', 'key', 'min', 'max'))}")
        read[name] = _number(value) if name in ("min", "max") else _name(value)
    if read.get("min", 0) > read.get("max", 1):
        raise ValueError(f"min {read['min']:g} is above max {read['max']:g}")
    return MappingProxyType(read)


_READERS: dict[str, Any] = {
    "scenario": _name,
    "title": _text,
    "objectives": _objectives,
    "give_up": lambda value: tuple(_number(item) for item in _list(value)),
    "ignore": lambda value: frozenset(_text(item) for item in _list(value)),
    "soften": _soften,
    "hiring": _hiring,
    "balance": _balance,
    "minimum_fraction": _number,
    "risk_adjusted": _flag,
    "allow_stops": _flag,
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
