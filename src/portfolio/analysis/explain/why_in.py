"""Why a project is in the plan: what is lost without it, and what would take its place."""

from __future__ import annotations

import time
from dataclasses import replace

from portfolio.analysis.explain.answers import Explanation
from portfolio.analysis.explain.differences import beside, no_answer
from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.analysis.explain.scenarios import forced, stopped
from portfolio.analysis.explain.sentences import Words
from portfolio.plan import Status

__all__ = ["answer_why_in"]


def answer_why_in(asked: Inquiry, project: str) -> Explanation | None:
    """Why a project is in the plan.

    Solved once, without the project; where no plan is possible then, the rules are found that
    make it so. One that is forced in, or in flight, is in for that
    reason alone: what is lost without it, which may be less than nothing, is then what
    forcing it brings or costs. What stopping itself costs counts where the scenario allows
    stops.

    Parameters
    ----------
    asked : Inquiry
    project : str
        One that is in the plan.

    Returns
    -------
    Explanation or None
        None where a plan without the project is better than today's, and took its place.
    """
    began = time.perf_counter()
    asked.tell(f"the best plan without {project}")
    flying = asked.facts(project)["stage"] == "in_flight"
    must = asked.forced(project) == "in" or (flying and not asked.scenario.allow_stops)
    with asked.holding(project, chosen=False):
        open_ = asked.choices_on(*asked.chosen)
        start = asked.near(asked.objective, asked.decisions, but=open_)
        outcome = asked.solve(asked.objective, start=start)
    if not must and asked.improved(outcome):
        return None
    answer = beside(asked, no_answer(asked, project), outcome, within=not must)
    if outcome.columns is not None:
        scenario = forced(asked.scenario, asked.changed, project, "out")
        if flying:
            scenario = stopped(asked.scenario, asked.changed, project)
        plan = asked.plan_of(outcome.columns, scenario, outcome.bound, as_is=not must)
        answer = replace(answer, plans={"other": plan}, scenarios={"other": scenario})
    impossible = outcome.status is Status.INFEASIBLE
    if impossible:
        answer = replace(answer, conflict=asked.conflict(project, chosen=False))
    sentence = Words(asked).why_in(answer, must=must, impossible=impossible)
    return replace(answer, sentence=sentence, seconds=time.perf_counter() - began)
