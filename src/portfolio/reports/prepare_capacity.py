"""From the parameters of the notebook on capacity and people to what its report is made of."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Final

from portfolio.allocate import allocate
from portfolio.data.read import read_portfolio
from portfolio.errors import ReportError
from portfolio.language import speak
from portfolio.reports.capacity import CapacityContent
from portfolio.reports.inputs import Inputs
from portfolio.reports.prepare import refuse_without_plan
from portfolio.reports.withheld import places_only, under_pseudonyms

__all__ = ["prepare_capacity"]

_OF_PEOPLE: Final = ("roles", "people", "capacity", "demand")


def prepare_capacity(inputs: Inputs) -> CapacityContent:
    """Read the data, choose projects, name people, and compute what the report says.

    What is said from now on is in the report's language.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    CapacityContent

    Raises
    ------
    DataError, ScenarioError
        If the input has faults; without names it does not say whose.
    SolveError
        If there is no plan to report.
    ReportError
        If the data say nothing of people and of who needs them.
    """
    speak(inputs.language)
    with nullcontext() if inputs.audience.names else places_only():
        portfolio = read_portfolio(inputs.data, decimal=inputs.decimal, thousands=inputs.thousands)
    if not any(len(portfolio.tables[name]) for name in _OF_PEOPLE):
        raise ReportError(
            f"There is nothing to report on capacity: {', '.join(_OF_PEOPLE[:-1])} and "
            f"{_OF_PEOPLE[-1]} have no rows. Fill roles and demand, with capacity or people, or "
            "publish the board report.",
            exit_code=2,
        )
    with nullcontext() if inputs.audience.names else under_pseudonyms(portfolio):
        plan, allocation = allocate(portfolio, inputs.scenario, inputs.settings)
        refuse_without_plan(plan, inputs)
    return CapacityContent(
        portfolio=inputs.scenario.apply(portfolio),
        scenario=inputs.scenario,
        plan=plan,
        allocation=allocation,
        period=inputs.period_of(portfolio),
        audience=inputs.audience,
    )
