"""What a project is worth by itself, and what it would have to be worth to tie with the plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.drivers import strategic_value
from portfolio.models.outcome import Outcome

__all__ = ["own_value", "tie"]

Floats = npt.NDArray[np.float64]

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

    own value + loss / share of the value that its option has. Where options have
    different shares the best one may be another at that value; then it is asked again with
    that value, until the plan that holds it is worth no more than today's (Dinkelbach 1967).

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
    lost = asked.sign * (asked.value - outcome.value)
    if own is None:
        return None
    if asked.objective.name != "strategic_value":
        return own + asked.sign * lost
    starts = asked.starts_of(project)
    options = asked.terms.starts["option"].to_numpy(np.int64)[starts]
    shares = asked.terms.options["value_share"].to_numpy(np.float64)[options]
    value = _tied(outcome.columns, starts, shares, own, lost)
    if len(np.unique(shares)) == 1 or value is None:
        return value
    for _ in range(_ROUNDS):
        coefficients = asked.objective.coefficients.copy()
        coefficients[starts] = value * shares
        asked.steps += 1
        better = asked.solve(replace(asked.objective, coefficients=coefficients))
        if better.value is None or not asked.better(better.value):
            break
        value = _tied(better.columns, starts, shares, value, asked.value - better.value)
        assert value is not None
    return value


def _tied(
    columns: Floats | None, starts: npt.NDArray[np.int64], shares: Floats, value: float, lost: float
) -> float | None:
    assert columns is not None
    share = float(shares @ columns[starts])
    return value + lost / share if share > 0 else None
