"""Answers as scenarios: what has to change for the plan that an answer found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portfolio.data.portfolio import Portfolio
from portfolio.scenario import Scenario

__all__ = ["forced", "named", "stopped"]


def forced(
    scenario: Scenario,
    changed: Portfolio,
    project: str,
    way: str,
    *changes: Mapping[str, Any],
) -> Scenario:
    """The scenario with a project forced in or out, and further changes.

    Where the scenario ignores what is forced that way, the new one keeps to it, and
    frees all that was: its plans are the same, and the one project is held.

    Parameters
    ----------
    scenario : Scenario
    changed : Portfolio
        With the scenario's changes made.
    project : str
    way : str
        in or out.
    changes : mapping
        As a scenario file gives them.
    """
    name = named(scenario, "with" if way == "in" else "without", project)
    force = _set({"project_id": project}, force=way)
    kept = _keeping(scenario, changed, way)
    return replace(kept.with_changes(force, *changes, name=name), title="")


def stopped(scenario: Scenario, changed: Portfolio, project: str) -> Scenario:
    """The scenario with a project in flight stopped, and no other.

    Where it allows stops already, at the stop cost; else as if stopping cost nothing.

    Parameters
    ----------
    scenario : Scenario
    changed : Portfolio
        With the scenario's changes made.
    project : str
    """
    if scenario.allow_stops:
        return forced(scenario, changed, project, "out")
    # Freed before those in flight are held by force, which is then kept to.
    kept = _keeping(_keeping(scenario, changed, "in"), changed, "out")
    held = kept.with_changes(_set({"stage": "in_flight"}, force="in", stop_cost=0))
    return forced(replace(held, allow_stops=True), changed, project, "out")


def named(scenario: Scenario, *words: str) -> str:
    """A name that may be a file's, after that of the scenario."""
    return re.sub(r"[^\w.-]+", "-", "-".join([scenario.name, *words])).strip("-.")


def _keeping(scenario: Scenario, changed: Portfolio, way: str) -> Scenario:
    """The scenario in which what is forced one way is so, and nothing is that it ignored."""
    family = f"forced_{way}"
    if family not in scenario.ignore:
        return scenario
    kept = replace(scenario, ignore=scenario.ignore - {family})
    if not (changed.tables["projects"]["force"] == way).any():
        return kept
    return kept.with_changes(_set({"force": way}, force=""))


def _set(where: Mapping[str, str], **values: Any) -> dict[str, Any]:
    return {"table": "projects", "where": dict(where), "set": values}
