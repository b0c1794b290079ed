"""The parameters of the notebook on scenarios, validated before anything is read or solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portfolio.analysis.compare.asked import gather
from portfolio.errors import ReportError
from portfolio.reports.inputs import Inputs, scenario_file, validate
from portfolio.scenario import Scenario

__all__ = ["ScenarioInputs", "validate_scenarios"]

_MOST_STEPS = 50


@dataclass(frozen=True)
class ScenarioInputs:
    """What a report on scenarios is made from.

    Attributes
    ----------
    common : Inputs
        What every report is made from.
    scenarios : tuple of Scenario
        The first is the one that the others are compared with.
    steps : int
        Most steps from one scenario to another.
    answers : int
        Of how many projects left out in each scenario it is asked why.
    """

    common: Inputs
    scenarios: tuple[Scenario, ...]
    steps: int
    answers: int


def validate_scenarios(
    *, scenarios: list[str], scenario: str, steps: int, answers: int, **common: Any
) -> ScenarioInputs:
    """Validate the parameters of the notebook on scenarios.

    Parameters
    ----------
    scenarios : list of str
        Scenario files, or names of those in the folder ``scenarios`` beside the data.
    scenario : str
        File of the scenario that they are compared with; blank for the baseline.
    steps, answers : int
    **common
        As in `portfolio.reports.inputs.validate`.

    Returns
    -------
    ScenarioInputs

    Raises
    ------
    ReportError
        With every parameter that is wrong.
    ScenarioError
        If a scenario cannot be read.
    """
    problems: list[str] = []
    if type(scenarios) is not list or not all(type(one) is str for one in scenarios):
        problems.append(f"scenarios: {scenarios!r} is not a list of files, each in quotes")
    for name, value in (("steps", steps), ("answers", answers)):
        if type(value) is not int or not 0 <= value <= _MOST_STEPS:
            problems.append(f"{name}: {value!r} is not a whole number from 0 to {_MOST_STEPS}")
    if type(scenario) is not str:
        problems.append(f"scenario: {scenario!r} is not text; put it in quotes")
    try:
        inputs = validate(scenario="", **common)
    except ReportError as error:
        problems += str(error).splitlines()
    if problems:
        raise ReportError("\n".join(problems), exit_code=2)
    files = [
        scenario_file(one, inputs.data) for one in ([scenario] if scenario else []) + scenarios
    ]
    return ScenarioInputs(inputs, gather(files, baseline=not scenario), steps, answers)
