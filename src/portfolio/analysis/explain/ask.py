"""Why one project, or every one that is left out, is or is not in the plan."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

import pandas as pd

from portfolio.analysis.explain.answers import Explanation
from portfolio.analysis.explain.inquiry import Inquiry, check_project, inquiry
from portfolio.analysis.explain.sentences import Words
from portfolio.analysis.explain.why_in import answer_why_in
from portfolio.analysis.explain.why_not import SOLVES, answer_why_not
from portfolio.data.portfolio import Portfolio
from portfolio.data.wording import EXACT, Wording
from portfolio.models.outcome import Settings
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = [
    "EXPLANATIONS",
    "LEFT_OUT",
    "explain",
    "explanations_table",
    "why_not_all",
    "why_not_each",
]

LEFT_OUT: Final = ("left_out", "stopped")
"""Decisions on projects of which `why_not_all` says why they are not in the plan."""

EXPLANATIONS: Final = (
    "project_id", "in_plan", "value_lost", "value_lost_low", "value_lost_high", "displaced",
    "ties_at", "money", "fte", "sentence",
)  # fmt: skip


def explain(
    portfolio: Portfolio,
    project_id: str,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    *,
    plan: Plan | None = None,
    progress: Callable[[str], None] | None = None,
    wording: Wording = EXACT,
) -> Explanation:
    """Why a project is not in the plan, or why it is.

    Value is the scenario's first objective. Every answer is found by solving again, and the
    plan that it found is checked without the solver.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    project_id : str
    scenario : Scenario, optional
    settings : Settings, optional
        The time limit is for all solves of the answer together, and once more for the plan
        where none is given. Each is solved to a quarter of the gap.
    plan : Plan, optional
        The plan that is asked about, made under the scenario; made here where absent.
    progress : callable, optional
        Is told in words what is being done.
    wording : Wording
        How the sentence writes periods, money and ids.

    Returns
    -------
    Explanation

    Raises
    ------
    ScenarioError
        If there is no such project, or the plan is not one of the portfolio and scenario.
    SolveError
        If there is no plan, or an answer does not pass the check.
    """
    scenario = scenario or Scenario()
    check_project(scenario.apply(portfolio), project_id)
    asked = inquiry(portfolio, scenario, settings, plan, progress, wording=wording)
    return _answer(asked, project_id)


def why_not_all(
    portfolio: Portfolio,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    *,
    plan: Plan | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Explanation]:
    """Why each project that is offered and left out is not in the plan.

    One model serves all questions. Where a better plan turns up on the way, it takes the
    plan's place and all answers are about that one.

    Parameters
    ----------
    portfolio : Portfolio
    scenario : Scenario, optional
    settings : Settings, optional
        The time limit is for all answers together.
    plan : Plan, optional
    progress : callable, optional

    Returns
    -------
    list of Explanation
        In the order of the table `projects`.

    Raises
    ------
    ScenarioError, SolveError
        As `explain`.
    """
    return why_not_each(inquiry(portfolio, scenario, settings, plan, progress))


def why_not_each(asked: Inquiry, projects: Collection[str] | None = None) -> list[Explanation]:
    """As `why_not_all`, in an inquiry that may go on afterwards.

    Parameters
    ----------
    asked : Inquiry
        Its plan is the one that the answers are about: another than before, where a better
        one turned up on the way.
    projects : collection of str, optional
        Those that are asked about, as far as they are left out.

    Returns
    -------
    list of Explanation
    """
    first, answers = asked.plan, dict[str, Explanation]()
    asked.steps = SOLVES * len(_left_out(asked, projects))
    asked.tighten()
    while waiting := [one for one in _left_out(asked, projects) if one not in answers]:
        asked.steps = SOLVES * len(waiting)
        answer = answer_why_not(asked, waiting[0])
        if answer is None:
            # What was answered was about a plan that is not today's any more.
            answers.clear()
        else:
            answers[waiting[0]] = answer
    replaced = asked.plan is not first
    return [replace(answers[one], replaced=replaced) for one in _left_out(asked, projects)]


def explanations_table(answers: list[Explanation]) -> pd.DataFrame:
    """Answers as a table, one row a project.

    Returns
    -------
    pandas.DataFrame
        project_id, in_plan, value_lost with value_lost_low and value_lost_high, displaced
        (tuple of project_id), ties_at (the value that would bring it in), money and fte
        (extra ones that would, in all), sentence. NaN where there is no such number.
    """
    rows = []
    for one in answers:
        brings = one.brings_in
        rows.append(
            {
                "project_id": one.project_id,
                "in_plan": one.in_plan,
                "value_lost": one.value_lost,
                "value_lost_low": one.value_lost_low,
                "value_lost_high": one.value_lost_high,
                "displaced": one.displaced,
                "ties_at": brings.value,
                "money": None if brings.budget is None else brings.budget["amount"].sum(),
                "fte": None if brings.capacity is None else brings.capacity["fte"].sum(),
                "sentence": one.sentence,
            }
        )
    frame = pd.DataFrame(rows, columns=list(EXPLANATIONS))
    numbers = ["value_lost", "value_lost_low", "value_lost_high", "ties_at", "money", "fte"]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def _answer(asked: Inquiry, project: str) -> Explanation:
    """The answer about the plan as it is, or about a better one that turned up on the way."""
    first, before, answer = asked.plan, asked.value, None
    while answer is None:
        is_in = project in asked.chosen
        asked.steps = 1 if is_in else SOLVES
        answer = (answer_why_in if is_in else answer_why_not)(asked, project)
    if asked.plan is first:
        return answer
    return replace(answer, replaced=True, sentence=Words(asked).replaced(before, answer))


def _left_out(asked: Inquiry, projects: Collection[str] | None) -> list[str]:
    selection = asked.plan.selection
    assert selection is not None
    out = selection["decision"].isin(LEFT_OUT)
    if projects is not None:
        out &= selection["project_id"].isin(projects)
    return selection.loc[out, "project_id"].tolist()
