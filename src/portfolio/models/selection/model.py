"""The selection model, built from its families."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.selection import choice, hiring, money, people
from portfolio.models.selection import own as analyst
from portfolio.models.selection.balance import balance
from portfolio.models.selection.money import Funding
from portfolio.models.selection.objectives import OBJECTIVES
from portfolio.models.selection.people import Staffing
from portfolio.models.selection.terms import Terms
from portfolio.plan import HIRE_KINDS, Plan
from portfolio.scenario import Scenario

__all__ = [
    "CONSTRAINTS",
    "SOFT",
    "STRUCTURAL",
    "Selection",
    "build_selection",
]

Floats = npt.NDArray[np.float64]

_CHOICE = (
    choice.once,
    choice.in_flight,
    choice.earliest_start,
    choice.latest_start,
    choice.latest_finish,
    choice.forced_in,
    choice.forced_out,
    choice.requires,
    choice.finish_to_start,
    choice.start_to_start,
    choice.groups,
    analyst.own,
)
_MONEY = (
    money.budget,
    money.spend_paid,
    money.programme_budget,
    money.programme_projects,
    balance,
)
_PEOPLE = (people.role_capacity, people.pool_time, people.ring_fence)
_HIRING = (
    hiring.hire_limit,
    hiring.hire_lead,
    hiring.contractor_limit,
    hiring.contractor_lead,
    hiring.contractor_arrival,
    hiring.contractor_term,
    hiring.idle_time,
)


def families() -> tuple[Callable[..., Family], ...]:
    """The functions of all families, in the order in which they stand in the model."""
    return (*_CHOICE, *_MONEY, *_PEOPLE, *_HIRING)


CONSTRAINTS = tuple(family.__name__ for family in families())
"""Names of the families, in the order in which they stand in the model."""

STRUCTURAL = ("once", "in_flight", "contractor_arrival")
"""Families without which there is no plan: never left out, and in no conflict."""

SOFT = (
    "balance",
    "budget",
    "contractor_limit",
    "groups",
    "hire_limit",
    "own",
    "pool_time",
    "programme_budget",
    "programme_projects",
    "role_capacity",
)
"""Families whose limits may be passed by a share of them."""

_INTERNAL, _CONTRACTOR = HIRE_KINDS
# Who arrives decides on who was hired, and who is there on who is contracted.
_WHO_JOINS = (("hire", _INTERNAL, "arriving"), ("contract", _CONTRACTOR, "present"))


@dataclass(frozen=True, eq=False)
class Selection:
    """A selection model with what it was built from.

    Attributes
    ----------
    terms : Terms
    funding : Funding
    staffing : Staffing
    model : LinearModel
    objectives : tuple of Objective
        Those of the scenario, in order.
    """

    terms: Terms
    funding: Funding
    staffing: Staffing
    model: LinearModel
    objectives: tuple[Objective, ...]

    def decisions(self, plan: Plan) -> dict[int, float]:
        """The whole columns at which a plan stands: column -> value; empty without a solution."""
        if plan.selection is None:
            return {}
        terms = self.terms
        index = terms.portfolio.calendar.index
        options = {
            key: n
            for n, key in enumerate(
                zip(terms.options["project_id"], terms.options["option_id"], strict=True)
            )
        }
        chosen = plan.selection[plan.selection["selected"]]
        taken = {
            (options[project, option], index(start))
            for project, option, start in zip(
                chosen["project_id"], chosen["option_id"], chosen["start"], strict=True
            )
            if (project, option) in options
        }
        starts = zip(terms.starts["option"].tolist(), terms.starts["t"].tolist(), strict=True)
        columns = {n: float(key in taken) for n, key in enumerate(starts)}
        running = set(chosen["project_id"])
        names = terms.projects["project_id"].to_numpy(object)[terms.stops]
        stops = {terms.first_stop + n: float(p not in running) for n, p in enumerate(names)}
        return columns | stops | self._joined(plan)

    def _joined(self, plan: Plan) -> dict[int, float]:
        """The hire and contract columns at which a plan stands."""
        roles, labels = self.terms.workforce.roles, self.terms.portfolio.calendar.labels
        assert plan.hires is not None
        found: dict[int, float] = {}
        for block, kind, column in _WHO_JOINS:
            rows = plan.hires[plan.hires["kind"] == kind]
            places = zip(rows["role_id"], rows["period"], strict=True)
            number = dict(zip(places, rows[column], strict=True))
            joins = self.model.blocks[block]
            keys = zip(joins.keys["role"], joins.keys["t"], joins.columns.tolist(), strict=True)
            found |= {n: float(number.get((roles[role], labels[t]), 0.0)) for role, t, n in keys}
        return found


def build_selection(portfolio: Portfolio, scenario: Scenario) -> Selection:
    """Build the selection model.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
        Families that it ignores are left out; those that it softens have wider limits.

    Returns
    -------
    Selection
    """
    terms = Terms(portfolio, scenario)
    funding, staffing = Funding(terms), Staffing(terms)
    model = LinearModel("selection", _labels(terms))
    starts = terms.starts[["project", "option", "t"]]
    model.add_block("start", starts, upper=1.0, integer=True)
    model.add_block("stop", pd.DataFrame({"project": terms.stops}), upper=1.0, integer=True)
    offers = terms.offers
    model.add_block("hire", offers.hires, integer=True)
    model.add_block("contract", offers.contracts, integer=True)
    model.add_block("arrive", offers.arrivals)
    model.add_block("idle", offers.idles)
    model.add_block("pay", funding.payments)
    model.add_block("carry", funding.carries)
    model.add_block("flow", staffing.flows)
    for rule in _CHOICE:
        if rule.__name__ not in scenario.ignore:
            model.add_family(rule(terms, model))
    for of_money in _MONEY:
        if of_money.__name__ not in scenario.ignore:
            model.add_family(of_money(terms, model, funding))
    for of_people in _PEOPLE:
        if of_people.__name__ not in scenario.ignore:
            model.add_family(of_people(terms, model, staffing))
    for of_hiring in _HIRING:
        if scenario.hiring != "none" and of_hiring.__name__ not in scenario.ignore:
            model.add_family(of_hiring(terms, model))
    objectives = tuple(OBJECTIVES[name](terms, model) for name in scenario.objectives)
    return Selection(terms, funding, staffing, model, objectives)


def _labels(terms: Terms) -> dict[str, npt.NDArray[np.object_]]:
    return {
        "project_id": terms.projects["project_id"].to_numpy(dtype=object),
        "other_id": terms.projects["project_id"].to_numpy(dtype=object),
        "period": np.array(terms.portfolio.calendar.labels, dtype=object),
        "programme_id": np.array(terms.programmes, dtype=object),
        "category": np.array(terms.categories, dtype=object),
        "role_id": np.array(terms.workforce.roles, dtype=object),
        "pool_id": terms.workforce.pools["pool_id"].to_numpy(dtype=object),
    }
