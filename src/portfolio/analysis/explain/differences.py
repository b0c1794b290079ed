"""Another plan beside today's: what it is worth less, as an interval, and where they differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from portfolio.analysis.explain.answers import Explanation
from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.analysis.explain.limits import BINDING_LIMITS
from portfolio.models.outcome import Outcome

__all__ = ["beside", "no_answer"]


def no_answer(asked: Inquiry, project: str) -> Explanation:
    """What is known of a project before anything is solved."""
    return Explanation(
        project_id=project,
        in_plan=project in asked.chosen,
        objective=asked.objective.name,
        sense=asked.objective.sense,
        value=asked.value,
        plan=asked.plan,
        sentence="",
        binding=pd.DataFrame(columns=list(BINDING_LIMITS)),
    )


def beside(asked: Inquiry, answer: Explanation, outcome: Outcome, *, within: bool) -> Explanation:
    """An answer with what another plan is worth less than today's, and where they differ.

    best - other's bound <= loss of the two best <= bound - other's value, since each best
    plan lies between what was found and what was proven.

    Parameters
    ----------
    asked : Inquiry
    answer : Explanation
    outcome : Outcome
        The other plan, of the first objective.
    within : bool
        Whether the other plan keeps all that today's has to keep, so that it cannot be
        better than the best.
    """
    if outcome.value is None or outcome.columns is None:
        return answer
    sign, bound = asked.sign, asked.bound
    others = asked.tighter_of(bound if within else np.nan, outcome.bound)
    low, high = sign * (asked.value - others), sign * (bound - outcome.value)
    if within:
        low = max(float(np.nan_to_num(low)), 0.0)
    these, those = asked.chosen, asked.chosen_in(outcome.columns)
    return replace(
        answer,
        other_value=outcome.value,
        value_lost=sign * (asked.value - outcome.value),
        value_lost_low=None if np.isnan(low) else float(low),
        value_lost_high=None if np.isnan(high) else float(high),
        displaced=_only_in(these, those, answer.project_id),
        replaced_by=_only_in(those, these, answer.project_id),
    )


def _only_in(these: tuple[str, ...], others: tuple[str, ...], project: str) -> tuple[str, ...]:
    return tuple(one for one in these if one not in others and one != project)
