"""What a project is worth by itself, and what it would have to be worth to tie with the plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.drivers import strategic_value
from portfolio.models.outcome import Outcome

__all__ = ["own_value", "tie"]

_ROUNDS = 4


def own_value(asked: Inquiry, project: str, outcome: Outcome) -> float | None:
    """What a project is worth by the first objective; None where that is no amount of its own.

    The whole value where that is strategic value; where it is money, what the project
    brings, or costs, as a plan that holds it does it.
    """
    if asked.objective.name == "strategic_value":
        values = strategic_value(asked.changed, risk_adjusted=asked.scenario.risk_adjusted)
        return float(values["value"].iloc[asked.terms.code[project]])
    if asked.objective.name == "early_start" or outcome.columns is None:
        return None
    starts = asked.starts_of(project)
    own = asked.objective.coefficients[starts] @ outcome.columns[starts]
    return float(own) * asked.objective.unit


def tie(asked: Inquiry, project: str, outcome: Outcome) -> float | None:
    """The total value at which a plan that holds a project ties with today's.

    own value + loss / share of the value that its option has. Where another option has a
    larger share, it may be the better one at that value; then it is asked again with that
    value, until the plan that holds it is worth no more than today's (Dinkelbach 1967).

    Parameters
    ----------
    asked : Inquiry
        With the project held in.
    project : str
    outcome : Outcome
        The best plan that holds it.
    """
    own = own_value(asked, project, outcome)
    assert outcome.value is not None
    assert outcome.columns is not None
    lost = asked.sign * (asked.value - outcome.value)
    if own is None:
        return None
    if asked.objective.name != "strategic_value":
        return own + asked.sign * lost
    starts = asked.starts_of(project)
    options = asked.terms.starts["option"].to_numpy(np.int64)[starts]
    shares = asked.terms.options["value_share"].to_numpy(np.float64)[options]
    if not shares.max(initial=0.0) > 0:
        return None
    columns = outcome.columns
    share = float(shares @ columns[starts])
    # At this value no option that has a share in it is left aside.
    ample = own + float(np.abs(asked.objective.coefficients).sum()) / shares[shares > 0].min()
    value = own + lost / share if share > 0 else ample
    for _ in range(_ROUNDS):
        # No option of a smaller share can tie sooner: each needs at least loss / share more.
        if share >= shares.max():
            break
        coefficients = asked.objective.coefficients.copy()
        coefficients[starts] = value * shares
        asked.steps += 1
        higher = replace(asked.objective, coefficients=coefficients)
        better = asked.solve(higher, start=columns, gap=asked.settings.gap)
        if better.value is None or better.columns is None or not asked.better(better.value):
            break
        columns = better.columns
        share = float(shares @ columns[starts])
        value -= (better.value - asked.value) / share
    return value
