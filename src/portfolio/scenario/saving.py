"""A scenario as the text of a file that reads back as the same scenario."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from portfolio.data.records import as_text
from portfolio.scenario.balance import ShareLimit
from portfolio.scenario.definition import Scenario
from portfolio.scenario.own import OwnRule

__all__ = ["scenario_text", "write_scenario"]

# A change is a line, however long.
_WIDTH = 10_000


def scenario_text(scenario: Scenario) -> str:
    """The scenario in YAML, with all that it takes from its parents in it.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
        Read from a file it is the same scenario, without a parent: it needs no file
        beside it. What is as in the baseline is not written.
    """
    plain = _plain(scenario)
    lines = yaml.dump(plain, Dumper=_Writer, sort_keys=False, width=_WIDTH, allow_unicode=True)
    return str(lines)


def write_scenario(scenario: Scenario, path: Path) -> None:
    """Write a scenario file, whole or not at all.

    Parameters
    ----------
    scenario : Scenario
    path : Path
        Replaced where it is there; its folder is made where it is missing.

    Raises
    ------
    OSError
        If it cannot be written; what was there is left as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = scenario_text(scenario)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        # A temporary file is its owner's alone; a scenario is as readable as any other file.
        mask = os.umask(0)
        os.umask(mask)
        Path(beside).chmod(0o666 & ~mask)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _plain(scenario: Scenario) -> dict[str, Any]:
    """What a file of the scenario holds: its name, and what is not as in the baseline."""
    given, usual = _keys(scenario), _keys(Scenario())
    return {"scenario": scenario.name} | {
        key: value for key, value in given.items() if value != usual[key]
    }


def _keys(scenario: Scenario) -> dict[str, Any]:
    """Every key but the name, in the order of the guide; numbers and flags in words."""
    give_up = [as_text(share) for share in scenario.give_up]
    return {
        "title": scenario.title,
        "objectives": list(scenario.objectives),
        # One share stands for all objectives, however many they are.
        "give_up": give_up if len(set(give_up)) > 1 else give_up[0],
        "ignore": sorted(scenario.ignore),
        "soften": {family: as_text(by) for family, by in sorted(scenario.soften.items())},
        "hiring": scenario.hiring,
        "price_labour": _word(scenario.price_labour),
        "balance": [_limit(limit) for limit in scenario.balance],
        "minimum_fraction": as_text(scenario.minimum_fraction),
        "risk_adjusted": _word(scenario.risk_adjusted),
        "allow_stops": _word(scenario.allow_stops),
        "own": [_rule(rule) for rule in scenario.own],
        "changes": [_Line(change.as_dict()) for change in scenario.changes],
    }


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def _limit(limit: ShareLimit) -> dict[str, str]:
    ends = {"min": as_text(limit.least), "max": as_text(limit.most)}
    return _Line({"by": limit.by, "key": limit.key, **ends})


def _rule(rule: OwnRule) -> dict[str, Any]:
    given = rule.as_dict()
    terms = [_Line(_texts(term)) for term in given.pop("terms")]
    return {**_texts(given), "terms": terms}


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    return {key: as_text(value) for key, value in given.items()}


class _Line(dict[str, Any]):
    """A mapping that is written in one line."""


class _Writer(yaml.SafeDumper):
    """Text as it stands, in quotes only where it must be: files are read as text alone."""

    def ignore_aliases(self, data: Any) -> bool:
        """Whether to write a thing that stands twice out twice: aliases are refused in files."""
        return True


def _line(writer: _Writer, data: _Line) -> yaml.Node:
    return writer.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)


_Writer.yaml_implicit_resolvers = {}
_Writer.add_representer(_Line, _line)
