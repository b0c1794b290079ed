"""Answers to why a project is in a plan or not, as plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from portfolio.conflict import Conflict
from portfolio.plan import Plan
from portfolio.result import records
from portfolio.scenario import Scenario

__all__ = ["BringsIn", "Explanation"]


@dataclass(frozen=True, eq=False)
class BringsIn:
    """What would bring a project into the plan, each by itself.

    Attributes
    ----------
    value : float or None
        The total value, in the terms of the first objective, at which a plan that holds
        the project ties with today's: its own plus what it lacks.
    budget : pandas.DataFrame or None
        Least extra money with which a plan that holds it is worth today's: fund_id,
        period, amount. Without rows where none is needed.
    capacity : pandas.DataFrame or None
        Least extra FTE for the same: role_id, period, fte.
    budget_at_least, capacity_at_least : float or None
        What no less in all would do, money and FTE summed over periods, as far as it is proven.
    unsettled : tuple of str
        Which of value, budget and capacity are None because the time ran out.
    """

    value: float | None = None
    budget: pd.DataFrame | None = None
    capacity: pd.DataFrame | None = None
    budget_at_least: float | None = None
    capacity_at_least: float | None = None
    unsettled: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON data."""
        return {
            "value": _number(self.value),
            "budget": None if self.budget is None else records(self.budget),
            "capacity": None if self.capacity is None else records(self.capacity),
            "budget_at_least": _number(self.budget_at_least),
            "capacity_at_least": _number(self.capacity_at_least),
            "unsettled": list(self.unsettled),
        }


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a project is not in the plan, or why it is.

    For a project that is not in the plan the other plan is the best one that holds it;
    for one that is, the best one without it.

    Attributes
    ----------
    project_id : str
    in_plan : bool
    objective : str
        What value means here: the scenario's first objective.
    sense : str
        max or min.
    value : float
        What today's plan is worth, in the users' unit.
    other_value : float or None
        What the other plan is worth; None where there is none, or none was found.
    value_lost : float or None
        By how much the other plan is worth less than today's; below 0 where it is worth
        more, which only what is forced, in flight or given up for later objectives can be.
    value_lost_low, value_lost_high : float or None
        Between these lies the difference of the two best plans, whatever the gaps hide.
    displaced : tuple of str
        Other projects of today's plan that the other plan does not hold.
    replaced_by : tuple of str
        Other projects that only the other plan holds.
    binding : pandas.DataFrame
        Limits that the project and today's plan would pass together: family, key, slack
        (what the plan leaves), missing (how far the limit would be passed).
    start : str
        The start at which it would pass them least.
    brings_in : BringsIn
    conflict : Conflict or None
        Where no plan is possible with the project, or without it: rules that cannot all hold
        then, none of them named without need.
    sentence : str
        The answer in plain words.
    plans : mapping of str to Plan
        The checked plans found: ``other``, ``budget`` and ``capacity``.
    scenarios : mapping of str to Scenario
        What each of them is a plan of.
    plan : Plan
        Today's plan.
    replaced : bool
        Whether that is a better plan than the one asked about, which turned up on the way.
    seconds : float
    """

    project_id: str
    in_plan: bool
    objective: str
    sense: str
    value: float
    plan: Plan
    sentence: str
    binding: pd.DataFrame
    other_value: float | None = None
    value_lost: float | None = None
    value_lost_low: float | None = None
    value_lost_high: float | None = None
    displaced: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    start: str = ""
    brings_in: BringsIn = field(default_factory=BringsIn)
    conflict: Conflict | None = None
    plans: Mapping[str, Plan] = field(default_factory=lambda: MappingProxyType({}))
    scenarios: Mapping[str, Scenario] = field(default_factory=lambda: MappingProxyType({}))
    replaced: bool = False
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain JSON data."""
        return {
            "project_id": self.project_id,
            "in_plan": self.in_plan,
            "objective": self.objective,
            "value": _number(self.value),
            "other_value": _number(self.other_value),
            "value_lost": _number(self.value_lost),
            "value_lost_low": _number(self.value_lost_low),
            "value_lost_high": _number(self.value_lost_high),
            "displaced": list(self.displaced),
            "replaced_by": list(self.replaced_by),
            "binding": records(self.binding),
            "start": self.start,
            "brings_in": self.brings_in.as_dict(),
            "conflict": None if self.conflict is None else self.conflict.as_dict(),
            "plan_replaced": self.replaced,
            "sentence": self.sentence,
            "seconds": self.seconds,
        }


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
