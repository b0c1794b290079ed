"""From the inputs of a report to its content: read, optimise, and look for the next-best choice."""

from __future__ import annotations

import time
from dataclasses import replace

from portfolio.analysis.frontier import Frontier, frontier
from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.errors import ImpossibleError, SolveError
from portfolio.language import speak
from portfolio.optimize import optimize, pose
from portfolio.plan import Plan, Status
from portfolio.reports.content import BoardContent
from portfolio.reports.inputs import Inputs
from portfolio.reports.other_plans import other_plans
from portfolio.reports.questions import MOST_ASKED, NOT_ASKED, Questions, ask

__all__ = ["prepare", "refuse_without_plan"]

_ROUNDS = 3
# Of a point of the frontier, a share that a picture hardly shows; and of the time for a plan.
_FRONTIER_GAP, _FRONTIER_TIME = 0.02, 1 / 3


def prepare(inputs: Inputs) -> BoardContent:
    """Read the data, optimise, and compute what a board report says, in its language from now on.

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
    speak(inputs.language)
    portfolio = read_portfolio(inputs.data, decimal=inputs.decimal, thousands=inputs.thousands)
    plan, other = _plan_and_next_best(portfolio, inputs)
    refuse_without_plan(plan, inputs)
    content = _content(portfolio, inputs, plan, other)
    asked = _questions(portfolio, content, inputs)
    if asked.better is not None:
        plan, other = _plan_and_next_best(portfolio, inputs, start=asked.better)
        content = _content(portfolio, inputs, plan, other)
        asked = _questions(portfolio, content, inputs)
    if asked.better is not None:
        # Better once more: what was answered is about a plan that is not the best known.
        asked = NOT_ASKED
    return content.answered(
        questions=asked,
        frontier=_frontier(portfolio, plan, inputs),
        others=other_plans(portfolio, inputs.scenario, plan, inputs.beside, inputs.settings),
    )


def _content(portfolio: Portfolio, inputs: Inputs, plan: Plan, other: Plan | None) -> BoardContent:
    return BoardContent(
        portfolio=inputs.scenario.apply(portfolio),
        scenario=inputs.scenario,
        plan=plan,
        period=inputs.period_of(portfolio),
        next_best=other,
        assumptions=_assumptions(inputs),
        audience=inputs.audience,
        earlier=inputs.earlier,
    )


def _questions(portfolio: Portfolio, content: BoardContent, inputs: Inputs) -> Questions:
    """What would change the plan, asked of what may be named."""
    if not inputs.questions_time:
        return NOT_ASKED
    settings = replace(inputs.settings, time_limit=inputs.questions_time)
    projects = content.named("left_out", "stopped")["project_id"].head(MOST_ASKED)
    return ask(portfolio, content.scenario, content.plan, settings, list(projects))


def refuse_without_plan(plan: Plan, inputs: Inputs) -> None:
    """Raise where there is no plan that a report could be made of.

    Parameters
    ----------
    plan : Plan
    inputs : Inputs

    Raises
    ------
    ImpossibleError
        If the data themselves make every plan impossible.
    SolveError
        If the rules cannot all hold together, or the time was too short.
    """
    if plan.faults:
        raise ImpossibleError(plan.faults, plan.conflict.sentence if plan.conflict else "")
    if plan.status is Status.INFEASIBLE:
        said = "The rules cannot all hold together."
        if plan.conflict is not None:
            said = plan.conflict.sentence
        raise SolveError(
            f"There is no plan to report under the scenario {inputs.scenario.name}. {said} Leave "
            "rules out with ignore, widen them with soften, or allow stops."
        )
    if not plan.feasible:
        raise SolveError(
            "There is no plan to report: none was found within "
            f"{inputs.settings.time_limit:g} seconds."
        )


def _plan_and_next_best(
    portfolio: Portfolio, inputs: Inputs, start: Plan | None = None
) -> tuple[Plan, Plan | None]:
    """The plan, and the best other choice of projects by the first objective.

    Both are found within a gap, so that the other choice may turn out better
    than the plan. Then it becomes the plan, and the other one is looked for again.
    """
    scenario, settings = inputs.scenario, inputs.settings
    question = pose(portfolio, scenario)
    plan = optimize(portfolio, scenario, settings, start=start, question=question)
    if not plan.feasible or not inputs.next_best:
        return plan, None
    # Where an objective gives up for later ones, only plans that all did so compare.
    gives_up = scenario.give_up[0] > 0
    first = (
        scenario
        if gives_up
        else replace(scenario, objectives=scenario.objectives[:1], give_up=scenario.give_up[:1])
    )
    deadline = time.monotonic() + settings.time_limit
    for _ in range(_ROUNDS):
        left = replace(settings, time_limit=max(deadline - time.monotonic(), 1.0))
        posed = question if first == scenario else None
        # Of another choice no project's reason is told.
        other = optimize(portfolio, first, left, other_than=plan, question=posed, reasons=False)
        if gives_up or not other.feasible or not _better(other, plan):
            return plan, other
        plan = optimize(portfolio, scenario, settings, start=other, question=question)
    return plan, None


def _frontier(portfolio: Portfolio, plan: Plan, inputs: Inputs) -> Frontier | None:
    """What more money would buy; None where money limits nothing, or less is better."""
    scenario, settings = inputs.scenario, inputs.settings
    without = "budget" in scenario.ignore or not (portfolio.tables["budgets"]["amount"] > 0).any()
    if not inputs.frontier_points or without or plan.objectives["sense"].iloc[0] == "min":
        return None
    modest = replace(
        settings,
        gap=max(settings.gap, _FRONTIER_GAP),
        time_limit=settings.time_limit * _FRONTIER_TIME,
        solver="highs",
    )
    return frontier(portfolio, scenario, modest, points=inputs.frontier_points, plan=plan)


def _better(other: Plan, plan: Plan) -> bool:
    one, best = other.objectives.iloc[0], plan.objectives.iloc[0]
    gain = float(one["value"] - best["value"]) * (1.0 if best["sense"] == "max" else -1.0)
    return gain > 1e-9 * abs(float(best["value"]))


def _assumptions(inputs: Inputs) -> tuple[str, ...]:
    """Assumptions that an import has left beside the tables."""
    path = inputs.data / "notes" / "assumptions.md"
    if not inputs.data.is_dir() or not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))
