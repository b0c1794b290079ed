"""The scenarios that are compared: read, told apart by their names, the baseline first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portfolio.errors import ScenarioError
from portfolio.scenario import BASELINE, Scenario, read_scenario, scenario_files

__all__ = ["Asked", "gather"]

Asked = Scenario | str | Path
"""A scenario, or its file."""


def gather(asked: Sequence[Asked], *, baseline: bool = True) -> tuple[Scenario, ...]:
    """Read scenarios and put the baseline before them.

    Parameters
    ----------
    asked : sequence of Scenario or path
    baseline : bool
        Whether the baseline is compared too, where it is not among those that are asked
        for: the file ``baseline.yaml`` that they build on, else the tables as they are
        under the usual objectives.

    Returns
    -------
    tuple of Scenario
        The baseline first, where there is one; the others in the order of asking.

    Raises
    ------
    ScenarioError
        If a file cannot be read, two scenarios have one name, there is nothing to compare,
        or the scenarios build on different baselines; every problem is in it.
    """
    problems: list[str] = []
    read: list[tuple[str, Scenario]] = []
    for one in asked:
        if isinstance(one, Scenario):
            read.append(("given in Python", one))
            continue
        try:
            read.append((str(one), read_scenario(one)))
        except ScenarioError as error:
            problems += error.problems
    problems += _doubled(read)
    if not problems and not read:
        problems.append("there is nothing to compare; give one scenario or more")
    scenarios = [scenario for _, scenario in read]
    if baseline and not problems and BASELINE not in (one.name for one in scenarios):
        found = _baselines([one for one in asked if not isinstance(one, Scenario)])
        if len({repr(one) for one in found.values()}) > 1:
            problems.append(
                f"the scenarios build on different baselines: {', '.join(found)}; give the one "
                "to compare with as a scenario too, or leave the baseline out"
            )
        scenarios.insert(0, next(iter(found.values()), Scenario()))
    if problems:
        raise ScenarioError(problems)
    if baseline:
        scenarios.sort(key=lambda one: one.name != BASELINE)
    return tuple(scenarios)


def _doubled(read: Sequence[tuple[str, Scenario]]) -> list[str]:
    places: dict[str, list[str]] = {}
    for place, scenario in read:
        places.setdefault(scenario.name, []).append(place)
    return [
        f"{len(those)} scenarios are called '{name}': {', '.join(those)}; give each a name of its "
        "own, with the key scenario, so that they can be told apart"
        for name, those in places.items()
        if len(those) > 1
    ]


def _baselines(files: Sequence[str | Path]) -> dict[str, Scenario]:
    """Each baseline that scenario files build on, by its file."""
    found = {}
    for file in files:
        for above in scenario_files(file):
            if above.stem == BASELINE and str(above) not in found:
                found[str(above)] = read_scenario(above)
    return found
