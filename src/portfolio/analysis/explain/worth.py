"""What more people and more money are worth, each by itself, beside what they cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.analysis.explain.extra import Extra, more_money, more_people
from portfolio.analysis.explain.inquiry import SAME, Inquiry, inquiry
from portfolio.analysis.explain.scenarios import named
from portfolio.analysis.explain.sentences import Words
from portfolio.data.portfolio import Portfolio
from portfolio.language import decimal, say
from portfolio.models.outcome import Outcome, Settings
from portfolio.plan import Plan
from portfolio.result import records
from portfolio.scenario import Scenario

__all__ = ["BOTTLENECKS", "Bottlenecks", "bottlenecks"]

Floats = npt.NDArray[np.float64]

BOTTLENECKS: Final = (
    "kind", "role_id", "fund_id", "period", "more", "gain", "gain_low", "gain_high", "cost",
    "gain_per_cost", "contractor_cost", "status",
)  # fmt: skip

_SHARE = 0.01


@dataclass(frozen=True, eq=False)
class Bottlenecks:
    """What a little more of each thing that is short would be worth.

    Attributes
    ----------
    objective : str
        What value means here: the scenario's first objective.
    sense : str
        max or min.
    value : float
        What today's plan is worth.
    table : pandas.DataFrame
        One row a role, and a fund and budget period, what is worth most for its cost first:
        kind (people, money), role_id or fund_id, period (blank: every one), more (FTE in
        every period, or money), gain (how much better the plan becomes), gain_low and
        gain_high (between these lies that of the two best plans), cost (money: the role's
        cost_rate over all periods, or the money itself), gain_per_cost, contractor_cost
        (the same by contractor_rate), status. NaN where it is not known.
    plan : Plan
        Today's.
    plans : mapping of str to Plan
        The checked plans with something more, where that makes a better one, by the name
        of their scenario.
    scenarios : mapping of str to Scenario
    sentence : str
    replaced : bool
        Whether a better plan turned up on the way and took the place of the one asked about.
    seconds : float
    """

    objective: str
    sense: str
    value: float
    table: pd.DataFrame
    plan: Plan
    plans: Mapping[str, Plan]
    scenarios: Mapping[str, Scenario]
    sentence: str
    replaced: bool
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain JSON data."""
        return {
            "objective": self.objective,
            "value": self.value,
            "sentence": self.sentence,
            "rows": records(self.table),
            "plan_replaced": self.replaced,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, eq=False)
class _More:
    """One thing of which there might be more."""

    kind: str
    role_id: str
    fund_id: str
    period: str
    more: float
    cost: float
    contractor_cost: float
    extra: Extra
    at: npt.NDArray[np.int64]
    """Positions of its columns in `extra`."""

    @property
    def label(self) -> str:
        """What its scenario is called after."""
        return f"{self.role_id or self.fund_id}-{self.period}".strip("-")


def bottlenecks(
    portfolio: Portfolio,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    *,
    plan: Plan | None = None,
    fte: float = 1.0,
    money: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Bottlenecks:
    """What one more FTE of each role, and more money in each budget, would be worth.

    Each is solved again by itself, from today's plan: a model with whole projects has no
    valid price of its limits.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario : Scenario, optional
    settings : Settings, optional
        The time limit is for all solves together.
    plan : Plan, optional
        The plan that is asked about; made here where absent.
    fte : float
        How much more of a role, in every period.
    money : float, optional
        How much more in a fund's budget period; by default a hundredth of what is there.
    progress : callable, optional

    Returns
    -------
    Bottlenecks

    Raises
    ------
    ScenarioError
        If the plan is not one of the portfolio and scenario.
    SolveError
        If there is no plan, or one that was found does not pass the check.
    """
    began = time.perf_counter()
    asked = inquiry(portfolio, scenario, settings, plan, progress)
    return replace(worth_of_more(asked, fte, money), seconds=time.perf_counter() - began)


def worth_of_more(asked: Inquiry, fte: float = 1.0, money: float | None = None) -> Bottlenecks:
    """As `bottlenecks`, in an inquiry that may have begun before.

    Parameters
    ----------
    asked : Inquiry
    fte, money
        As of `bottlenecks`.

    Returns
    -------
    Bottlenecks
    """
    began, first = time.perf_counter(), asked.plan
    every = [*_people(asked, fte), *_money(asked, money)]
    asked.steps = len(every) + 1
    asked.tighten()
    start = asked.near(asked.objective, asked.decisions, but=np.empty(0, np.int64))
    rows, plans, scenarios = [], dict[str, Plan](), dict[str, Scenario]()
    for number, more in enumerate(every, 1):
        what = f"{more.role_id or more.fund_id} {more.period}".strip()
        asked.tell(f"with more of {what}: {number} of {len(every)}")
        outcome = _with_more(asked, more, start)
        rows.append(_row(asked, more, outcome))
        if outcome.columns is not None and rows[-1]["gain"] > 0:
            wanted = _scenario(asked, more)
            scenarios[wanted.name] = wanted
            plans[wanted.name] = asked.plan_of(outcome.columns, wanted, outcome.bound)
    table = _ranked(pd.DataFrame(rows, columns=list(BOTTLENECKS)))
    return Bottlenecks(
        objective=asked.objective.name,
        sense=asked.objective.sense,
        value=asked.value,
        table=table,
        plan=asked.plan,
        plans=MappingProxyType(plans),
        scenarios=MappingProxyType(scenarios),
        sentence=_sentence(asked, table),
        replaced=asked.plan is not first,
        seconds=time.perf_counter() - began,
    )


def _people(asked: Inquiry, fte: float) -> Iterator[_More]:
    """Every role that projects on offer need."""
    extra = more_people(asked)
    if extra is None:
        return
    roles = asked.changed.tables["roles"].set_index("role_id")
    needed = asked.terms.demand.loc[asked.terms.demand["fte"] > 0, "role"]
    names = asked.terms.workforce.roles
    for role in sorted({names[code] for code in needed}):
        at = np.flatnonzero((extra.keys["role_id"] == role).to_numpy())
        rates = roles.loc[role, ["cost_rate", "contractor_rate"]].astype("float64")
        cost, contractor = (float(rate) * fte * len(at) for rate in rates)
        yield _More("people", role, "", "", fte, cost, contractor, extra, at)


def _money(asked: Inquiry, money: float | None) -> Iterator[_More]:
    """Every fund in every period of its budget."""
    extra = more_money(asked)
    if extra is None:
        return
    budgets = asked.selection.funding.budgets
    today = budgets["amount"].to_numpy(np.float64) * asked.terms.unit
    fund = budgets.groupby("fund_id")["amount"].transform("mean").to_numpy() * asked.terms.unit
    for n, (name, period) in enumerate(extra.keys.itertuples(index=False, name=None)):
        step = money if money is not None else _SHARE * float(today[n] or fund[n])
        if step > 0:
            yield _More("money", "", name, period, step, step, np.nan, extra, np.array([n]))


def _with_more(asked: Inquiry, more: _More, start: Floats | None) -> Outcome:
    usable = np.maximum(more.more - more.extra.owed[more.at], 0.0) / more.extra.per
    with asked.passable(more.extra.columns[more.at], usable):
        return asked.solve(asked.objective, start=start)


def _row(asked: Inquiry, more: _More, outcome: Outcome) -> dict[str, Any]:
    # Today's plan keeps within wider limits too, so that no value is worse and no gain below 0.
    found = asked.value if outcome.value is None else asked.better_of(asked.value, outcome.value)
    bound = np.nan if outcome.bound is None else outcome.bound
    gain = asked.sign * (found - asked.value) if asked.better(found) else 0.0
    low, high = asked.sign * (found - asked.bound), asked.sign * (bound - asked.value)
    return {
        "kind": more.kind,
        "role_id": more.role_id,
        "fund_id": more.fund_id,
        "period": more.period,
        "more": more.more,
        "gain": gain,
        "gain_low": max(float(np.nan_to_num(low)), 0.0),
        "gain_high": max(high, gain) if not np.isnan(high) else np.nan,
        "cost": more.cost,
        "gain_per_cost": gain / more.cost if more.cost > 0 else np.nan,
        "contractor_cost": more.contractor_cost,
        "status": str(outcome.status),
    }


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """What is worth most for its cost first; what has no known cost after that, by its gain."""
    known = table["gain_per_cost"].fillna(0.0)
    order = table.assign(known=known).sort_values(
        ["known", "gain", "gain_high"], ascending=False, kind="stable", ignore_index=True
    )
    return order[list(BOTTLENECKS)]


def _scenario(asked: Inquiry, more: _More) -> Scenario:
    amounts = more.extra.keys.iloc[more.at].reset_index(drop=True)
    amounts = amounts.assign(**{more.extra.amount: more.more})
    changes = more.extra.changes(amounts, asked.changed)
    return asked.scenario.with_changes(*changes, name=named(asked.scenario, "more", more.label))


def _sentence(asked: Inquiry, table: pd.DataFrame) -> str:
    if table.empty:
        return (
            "There is nothing to have more of: no project on offer needs people that are limited, "
            "and no budget limits them and is above 0."
        )
    words = Words(asked)
    better = [
        row
        for row in table.to_dict("records")
        if asked.better(asked.value + asked.sign * row["gain"])
    ]
    closed = table["gain_high"] <= table["gain"] + SAME * max(1.0, abs(asked.value))
    named_ = [words.worth_of_more({str(k): v for k, v in row.items()}) for row in better[:2]]
    if len(named_) > 1:
        said = say(
            "Worth most for its cost: {first}; then {second}.", first=named_[0], second=named_[1]
        )
    elif named_:
        said = say("Worth most for its cost: {first}.", first=named_[0])
    else:
        said = say("None of these by itself was found to make the plan better.")
    if closed.all():
        return said
    rest = say(
        "Of {open} of {all}, more may still come than the time showed.",
        open=decimal(int((~closed).sum()), "d"),
        all=decimal(len(table), "d"),
    )
    return f"{said} {rest}"
