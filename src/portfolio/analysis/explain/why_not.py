"""Why a project is not in the plan: what it lacks and pushes out, and what would bring it in."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from portfolio.analysis.explain.answers import BringsIn, Explanation
from portfolio.analysis.explain.differences import beside, no_answer
from portfolio.analysis.explain.extra import Extra, more_money, more_people
from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.analysis.explain.limits import limits_passed
from portfolio.analysis.explain.scenarios import forced
from portfolio.analysis.explain.sentences import Words
from portfolio.analysis.explain.ties import own_value, tie
from portfolio.models.outcome import Outcome
from portfolio.plan import Plan, Status
from portfolio.scenario import Scenario

__all__ = ["SOLVES", "answer_why_not"]

SOLVES = 3
"""Solves that one answer takes at most, where its options are worth the same."""

# An amount this close to the least is not worth the time that the last of it takes.
_OF_AMOUNTS = 0.005
# Of a solve for the least amount, what may go on a first plan: without one there is no answer.
_FOR_START = 0.4
_NOT_OFFERED = ("not_offered", "closed")


def answer_why_not(asked: Inquiry, project: str) -> Explanation | None:
    """Why a project is not in the plan.

    Solved at most three times, from today's plan: with the project in; for the least
    extra money, and for the least extra FTE, with which a plan that holds it is worth
    today's. Where its options are worth different shares of its value, the tie takes a
    solve or two more; where no plan holds it, so does finding the rules that make it so.

    Parameters
    ----------
    asked : Inquiry
    project : str
        One that is not in the plan.

    Returns
    -------
    Explanation or None
        None where a plan that holds the project is better than today's, and took its place.
    """
    began = time.perf_counter()
    words, decision = Words(asked), asked.decision(project)
    answer = no_answer(asked, project)
    if decision in _NOT_OFFERED:
        return replace(answer, sentence=words.not_offered(project, decision))
    asked.tell(f"the best plan that holds {project}")
    lifted = asked.forced(project) == "out"
    brings, plans = BringsIn(), dict[str, tuple[Plan, Scenario]]()
    with asked.holding(project, chosen=True):
        # Projects in the plan may leave for it, and none come instead: that is found soon.
        open_ = asked.choices_on(project, *asked.chosen)
        start = asked.near(asked.objective, asked.decisions, but=open_)
        outcome = asked.solve(asked.objective, start=start)
        if not lifted and asked.improved(outcome):
            return None
        impossible = outcome.status is Status.INFEASIBLE
        if impossible:
            answer = replace(answer, conflict=asked.conflict(project, chosen=True))
        if outcome.columns is not None:
            wanted = forced(asked.scenario, asked.changed, project, "in")
            plan = asked.plan_of(outcome.columns, wanted, outcome.bound, as_is=not lifted)
            plans["other"] = plan, wanted
        if not lifted:
            brings = _what_brings_in(asked, project, outcome, plans)
    limits, at = limits_passed(asked, project, leaving=impossible)
    answer = beside(asked, answer, outcome, within=not lifted)
    answer = replace(
        answer,
        binding=limits,
        start=at,
        brings_in=brings,
        plans={name: plan for name, (plan, _) in plans.items()},
        scenarios={name: scenario for name, (_, scenario) in plans.items()},
    )
    sentence = words.why_not(answer, own_value(asked, project, outcome), impossible=impossible)
    return replace(answer, sentence=sentence, seconds=time.perf_counter() - began)


def _what_brings_in(
    asked: Inquiry,
    project: str,
    outcome: Outcome,
    plans: dict[str, tuple[Plan, Scenario]],
) -> BringsIn:
    unsettled = ["value"] if outcome.status is Status.NO_SOLUTION else []
    value = None if outcome.value is None else tie(asked, project, outcome)
    found: dict[str, Any] = {}
    for name, extra in (("budget", more_money(asked)), ("capacity", more_people(asked))):
        if extra is None:
            continue
        if outcome.value is not None and asked.as_good(outcome.value):
            found[name] = extra.keys.head(0).assign(**{extra.amount: np.empty(0)})
            found[f"{name}_at_least"] = 0.0
            continue
        what = "money" if name == "budget" else "people"
        asked.tell(f"the least extra {what} with which {project} would be in")
        least = _least(asked, project, extra, outcome)
        if least.columns is None:
            unsettled += [name] if least.status is Status.NO_SOLUTION else []
            continue
        amounts = extra.amounts(least.columns)
        found[name] = amounts
        if least.bound is not None:
            found[f"{name}_at_least"] = max(least.bound, 0.0)
        changes = extra.changes(amounts, asked.changed)
        wanted = forced(asked.scenario, asked.changed, project, "in", *changes)
        plans[name] = asked.plan_of(least.columns, wanted), wanted
    return BringsIn(value=value, unsettled=tuple(unsettled), **found)


def _least(asked: Inquiry, project: str, extra: Extra, other: Outcome) -> Outcome:
    """Least of something more with which a plan that holds a project is worth today's."""
    objective = extra.objective(asked.model.n_columns)
    with asked.passable(extra.columns), asked.worth_at_least(asked.value):
        start = asked.near(objective, asked.decisions, but=asked.choices_on(project))
        if start is None and other.columns is not None:
            # What today's plan or the other one holds may leave or move; all else stays out.
            open_ = asked.choices_on(project, *asked.chosen, *asked.chosen_in(other.columns))
            start = asked.near(objective, asked.decisions, but=open_, part=_FOR_START)
        return asked.solve(objective, start=start, gap=max(asked.settings.gap, _OF_AMOUNTS))
