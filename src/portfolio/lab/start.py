"""Where an exploration starts: a scenario without the moves that it ends with, and those."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError
from portfolio.lab.controls import Controls, controls_of
from portfolio.scenario import BASELINE, Scenario

__all__ = ["Start", "start_of", "unnamed"]


@dataclass(frozen=True, eq=False)
class Start:
    """Where an exploration starts.

    Attributes
    ----------
    scenario : Scenario
        With nothing moved: its changes are those that come before any move.
    portfolio : Portfolio
        With these changes made.
    controls : Controls
        The moves that the scenario ended with.
    name : str
        What the scenario is called with them; "" where nothing but moves is in it.
    """

    scenario: Scenario
    portfolio: Portfolio
    controls: Controls
    name: str


def start_of(scenario: Scenario, portfolio: Portfolio) -> Start:
    """Take a scenario apart: what it begins with, and the moves that it ends with.

    Parameters
    ----------
    scenario : Scenario
    portfolio : Portfolio
        As it was read.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the portfolio.
    """
    whole = scenario.apply(portfolio)
    for count in range(len(scenario.changes)):
        ground = replace(scenario, changes=scenario.changes[:count])
        try:
            given = ground.apply(portfolio)
        except ScenarioError:
            continue  # these changes stand only together with the next ones
        controls = controls_of(scenario.changes[count:], given)
        if controls is not None:
            plain = unnamed(ground) == Scenario()
            called = BASELINE if plain else f"{scenario.name} before moves"
            ground = replace(ground, name=called, title="", parent="")
            return Start(ground, given, controls, "" if plain else scenario.name)
    name = "" if unnamed(scenario) == Scenario() else scenario.title or scenario.name
    return Start(scenario, whole, Controls(), name)


def unnamed(scenario: Scenario) -> Scenario:
    """A scenario without what it is called."""
    return replace(scenario, name=BASELINE, title="", parent="")
