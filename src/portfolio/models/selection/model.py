"""The selection model: built from its families, solved, and read back as tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Outcome, Progress, Settings
from portfolio.models.selection import choice, hiring, money, people
from portfolio.models.selection import own as analyst
from portfolio.models.selection.balance import balance
from portfolio.models.selection.money import Funding
from portfolio.models.selection.objectives import OBJECTIVES
from portfolio.models.selection.people import Staffing
from portfolio.models.selection.settling import within_limits
from portfolio.models.selection.terms import Terms
from portfolio.models.solve import polished, solve_in_order
from portfolio.plan import HIRE_KINDS, Plan
from portfolio.scenario import Scenario

__all__ = [
    "CONSTRAINTS",
    "SOFT",
    "STRUCTURAL",
    "Selection",
    "aims_of_settling",
    "build_selection",
    "select",
    "settled",
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

    def payments(self, columns: Floats) -> pd.DataFrame:
        """What each fund pays: fund_id, programme_id, category, period (t), amount in money.

        Where the rules that say who pays are ignored, what no fund pays has a
        blank fund_id.
        """
        terms, classes = self.terms, self.funding.classes
        spend = terms.spend
        due = np.bincount(
            self.funding.class_of_spend,
            spend["amount"].to_numpy() * columns[spend["column"].to_numpy(np.int64)],
            minlength=len(classes),
        )
        due = np.clip(due, 0.0, None)
        funds = np.array([*self.funding.funds, ""], dtype=object)
        row_fund = np.append(self.funding.budgets["fund"].to_numpy(np.int64), -1)
        sole = classes["sole"].to_numpy()
        straight = pd.DataFrame({"class": np.flatnonzero(sole >= 0)})
        straight["fund"] = row_fund[sole[straight["class"]]]
        straight["amount"] = due[straight["class"]]
        pay = self.model.blocks["pay"]
        shared = pay.keys[["class", "fund"]].assign(amount=columns[pay.columns])
        paid = np.bincount(shared["class"], shared["amount"], minlength=len(classes))
        rest = np.where(sole < 0, due - paid, 0.0)
        unpaid = np.flatnonzero(rest > 1e-9 * np.maximum(1.0, due))
        left = pd.DataFrame({"class": unpaid, "fund": -1, "amount": rest[unpaid]})
        rows = pd.concat([straight, shared, left], ignore_index=True)
        rows = rows[rows["amount"] > 0].reset_index(drop=True)
        of = classes.iloc[rows["class"].to_numpy(np.int64)]
        return pd.DataFrame(
            {
                "fund_id": funds[rows["fund"].to_numpy(np.int64)],
                "programme_id": np.array(terms.programmes, object)[of["programme"]],
                "category": np.array(terms.categories, object)[of["category"]],
                "t": of["t"].to_numpy(),
                "amount": rows["amount"] * terms.unit,
            }
        )

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

    def carried(self, columns: Floats) -> Floats:
        """What each budget row hands on to the next, in money."""
        carry = self.model.blocks["carry"]
        amounts = np.zeros(len(self.funding.budgets))
        amounts[carry.keys["row"].to_numpy(np.int64)] = columns[carry.columns]
        return amounts * self.terms.unit

    def supply(self, columns: Floats) -> pd.DataFrame:
        """What each pool gives: pool, role, t (codes), fte spent and supplied."""
        force = self.terms.workforce
        flow = self.model.blocks["flow"]
        divided = flow.keys[["pool", "role", "t", "proficiency"]].assign(fte=columns[flow.columns])
        whole = force.skills[~self.staffing.divided[force.skills["pool"].to_numpy()]]
        periods = self.terms.periods
        rest = whole.loc[whole.index.repeat(periods)].reset_index(drop=True)
        rest["t"] = np.tile(np.arange(periods), len(whole))
        rest["fte"] = force.time[rest["pool"].to_numpy(), rest["t"].to_numpy()]
        rows = pd.concat([rest, divided], ignore_index=True)
        used: pd.DataFrame = rows[rows["fte"] > 0]
        rows = used.sort_values(["pool", "role", "t"], kind="stable", ignore_index=True)
        return rows.assign(supplied=rows["fte"] * rows["proficiency"])


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


def select(
    selection: Selection,
    settings: Settings,
    progress: Progress | None = None,
    start: Plan | None = None,
) -> list[Outcome]:
    """Solve for the scenario's objectives in order.

    Parameters
    ----------
    selection : Selection
    settings : Settings
    progress : callable, optional
        Is told in words what is being done.
    start : Plan, optional
        A plan to begin with.

    Returns
    -------
    list of Outcome
        One an objective; the last one's columns are the plan, with payments, supply
        and who joins settled again for the projects chosen: nobody without need.
    """
    scenario = selection.terms.scenario
    deadline = time.monotonic() + settings.time_limit
    outcomes = solve_in_order(
        selection.model,
        selection.objectives,
        scenario.give_up,
        settings,
        progress,
        None if start is None else selection.decisions(start),
    )
    last = outcomes[-1]
    if last.columns is None:
        return outcomes
    left = deadline - time.monotonic()
    return [*outcomes[:-1], last.with_columns(settled(selection, last.columns, settings, left))]


def settled(
    selection: Selection, columns: Floats, settings: Settings, seconds: float | None = None
) -> Floats:
    """The same projects with who joins, payments and supply settled again.

    `seconds` is what is left of the time; see `portfolio.models.solve.polished`.
    """
    terms = selection.terms
    model, aims = aims_of_settling(selection)
    later = slice(terms.first_hire, None)
    held = [one for one in selection.objectives if one.coefficients[later].any()]
    more = np.zeros(model.n_columns - len(columns))
    found = polished(
        model,
        np.concatenate([columns, more]),
        aims,
        settings,
        decided=np.arange(terms.first_hire),
        held=[one.over(model.n_columns) for one in held],
        seconds=seconds,
    )
    return found[: selection.model.n_columns]


def aims_of_settling(selection: Selection) -> tuple[LinearModel, list[Objective]]:
    """What is made small once it is decided what is done, in order, and the model that has it."""
    terms, model, aims = selection.terms, selection.model, [_tidy(selection)]
    given = within_limits(model, terms, selection.funding, selection.staffing)
    if given is not None:
        model, overshoot = given
        aims = [overshoot, *aims]
    if terms.scenario.hiring != "none":
        aims = [*hiring.least_hiring(terms, selection.model), *aims]
    return model, [aim.over(model.n_columns) for aim in aims]


def _tidy(selection: Selection) -> Objective:
    """What is settled where it makes no difference to the objectives.

    No more is carried over and given by pools than is needed, and a fund that
    may pay for little pays before one that may pay for more.
    """
    model = selection.model
    coefficients = np.zeros(model.n_columns)
    pay = model.blocks["pay"]
    breadth = selection.funding.may_pay.mean(axis=(0, 1))
    coefficients[pay.columns] = 1.0 + breadth[pay.keys["fund"].to_numpy(np.int64)]
    coefficients[model.blocks["carry"].columns] = 1e-3
    for settled in ("flow", "arrive", "idle"):
        coefficients[model.blocks[settled].columns] = 1.0
    return Objective("tidy", "min", coefficients)


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
