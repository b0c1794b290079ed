"""From the inputs of a report to its content: read, optimise, and look for the next-best choice."""

from __future__ import annotations

from dataclasses import replace

from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.errors import SolveError
from portfolio.optimize import optimize
from portfolio.plan import Plan, Status
from portfolio.reports.content import BoardContent
from portfolio.reports.inputs import Inputs

__all__ = ["prepare"]


def prepare(inputs: Inputs) -> BoardContent:
    """Read the data, optimise, and compute what a board report says.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    BoardContent

    Raises
    ------
    DataError, ScenarioError
        If the input has faults.
    SolveError
        If there is no plan to report.
    """
    portfolio = read_portfolio(inputs.data)
    plan = optimize(portfolio, inputs.scenario, inputs.settings)
    if plan.status is Status.INFEASIBLE:
        raise SolveError(
            f"There is no plan to report: under the scenario {inputs.scenario.name} the rules "
            "cannot all hold together. Leave rules out with ignore, widen them with soften, or "
            "allow stops."
        )
    if not plan.feasible:
        raise SolveError(
            "There is no plan to report: none was found within "
            f"{inputs.settings.time_limit:g} seconds."
        )
    return BoardContent(
        portfolio=inputs.scenario.apply(portfolio),
        scenario=inputs.scenario,
        plan=plan,
        period=inputs.period_of(portfolio),
        next_best=_next_best(portfolio, inputs, plan) if inputs.next_best else None,
        assumptions=_assumptions(inputs),
    )


def _next_best(portfolio: Portfolio, inputs: Inputs, plan: Plan) -> Plan | None:
    """The best other choice of projects, by the first objective."""
    first = replace(
        inputs.scenario,
        objectives=inputs.scenario.objectives[:1],
        give_up=inputs.scenario.give_up[:1],
    )
    other = optimize(portfolio, first, inputs.settings, other_than=plan)
    return other if other.feasible else None


def _assumptions(inputs: Inputs) -> tuple[str, ...]:
    """Assumptions that an import has left beside the tables."""
    path = inputs.data / "notes" / "assumptions.md"
    if not inputs.data.is_dir() or not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))
