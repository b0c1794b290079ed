"""Answers as scenarios: what has to change for the plan that an answer found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portfolio.scenario import Scenario

__all__ = ["forced", "named", "stopped"]


def forced(scenario: Scenario, project: str, way: str, *changes: Mapping[str, Any]) -> Scenario:
    """The scenario with a project forced in or out, and further changes.

    Parameters
    ----------
    scenario : Scenario
    project : str
    way : str
        in or out.
    changes : mapping
        As a scenario file gives them.
    """
    name = named(scenario, "with" if way == "in" else "without", project)
    force = _set({"project_id": project}, force=way)
    return replace(scenario.with_changes(force, *changes, name=name), title="")


def stopped(scenario: Scenario, project: str) -> Scenario:
    """The scenario with a project in flight stopped, and no other.

    Where it allows stops already, at the stop cost; else as if stopping cost nothing.

    Parameters
    ----------
    scenario : Scenario
    project : str
    """
    if scenario.allow_stops:
        return forced(scenario, project, "out")
    held = scenario.with_changes(_set({"stage": "in_flight"}, force="in", stop_cost=0))
    return forced(replace(held, allow_stops=True), project, "out")


def named(scenario: Scenario, *words: str) -> str:
    """A name that may be a file's, after that of the scenario."""
    return re.sub(r"[^\w.-]+", "-", "-".join([scenario.name, *words])).strip("-.")


def _set(where: Mapping[str, str], **values: Any) -> dict[str, Any]:
    return {"table": "projects", "where": dict(where), "set": values}
