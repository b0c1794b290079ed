"""Whom a scenario may hire and contract: the roles, from when on, how many, and at what price."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.plan import HIRING
from portfolio.scenario import Scenario

__all__ = ["Offers", "hiring_problems"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Offers:
    """Whom a scenario may hire and contract.

    Roles are codes: positions in the table `roles`. Only roles that projects need are
    offered, each with the periods of the horizon.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    """

    portfolio: Portfolio
    scenario: Scenario

    @cached_property
    def periods(self) -> int:
        """Number of periods, T."""
        return self.portfolio.calendar.periods

    @cached_property
    def _roles(self) -> pd.DataFrame:
        return self.portfolio.tables["roles"]

    def _numbers(self, column: str) -> Floats:
        """A column of the table `roles`; blank is 0."""
        numbers: Floats = self._roles[column].to_numpy(np.float64, na_value=0.0)
        return np.nan_to_num(numbers)

    @cached_property
    def _needed(self) -> npt.NDArray[np.bool_]:
        demand = self.portfolio.tables["demand"]
        return self._roles["role_id"].isin(demand.loc[demand["fte"] > 0, "role_id"]).to_numpy(bool)

    @cached_property
    def hired(self) -> Ints:
        """Roles into which people may be hired: those with a `hire_max`."""
        if self.scenario.hiring not in ("internal", "both"):
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self._needed & (self.most > 0))

    @cached_property
    def contracted(self) -> Ints:
        """Roles in which contractors may work: those with a `contractor_rate` and a limit."""
        if self.scenario.hiring not in ("contractors", "both"):
            return np.empty(0, dtype=np.int64)
        allowed = (self.limits > 0).any(axis=1) | ("contractor_limit" in self.scenario.ignore)
        priced = self._roles["contractor_rate"].notna().to_numpy(bool)
        return np.flatnonzero(self._needed & priced & allowed)

    @cached_property
    def most(self) -> Floats:
        """Most people who can be hired into each role over the horizon, softened, (roles,)."""
        return self._numbers("hire_max") * (1.0 + self.scenario.soften.get("hire_limit", 0.0))

    @cached_property
    def limits(self) -> Floats:
        """Most contractors of each role in each period, softened; shape (roles, periods).

        A period without a row in `contractor_limits` has none.
        """
        place = {role: n for n, role in enumerate(self._roles["role_id"])}
        limits = np.zeros((len(place), self.periods))
        table, index = self.portfolio.tables["contractor_limits"], self.portfolio.calendar.index
        for role, label, fte in zip(table["role_id"], table["period"], table["fte"], strict=True):
            if 0 <= index(label) < self.periods:
                limits[place[role], index(label)] = fte
        return limits * (1.0 + self.scenario.soften.get("contractor_limit", 0.0))

    def whole_numbers(self, column: str) -> Ints:
        """`hire_lead`, `contractor_lead` or `contractor_term` of each role, in periods."""
        return self._roles[column].to_numpy(np.int64)

    @cached_property
    def projects_pay(self) -> bool:
        """Whether projects' costs pay for the people whom they need."""
        return bool(self.portfolio.settings.labour_in_costs)

    @cached_property
    def _cost_rate(self) -> Floats:
        return self._numbers("cost_rate")

    @cached_property
    def hire_cost(self) -> Floats:
        """What one hire costs on arrival, shape (roles,); money."""
        return self._numbers("hire_cost")

    @cached_property
    def salary(self) -> Floats:
        """What one hire costs in a period beside what projects pay, shape (roles,); money."""
        return np.zeros(len(self._roles)) if self.projects_pay else self._cost_rate

    @cached_property
    def contractor_price(self) -> Floats:
        """What a contractor costs in a period beside what projects pay; money.

        The whole rate; where projects pay the role's cost rate already, what it is dearer.
        """
        rate = self._numbers("contractor_rate")
        return np.maximum(rate - self._cost_rate, 0.0) if self.projects_pay else rate

    @cached_property
    def idle_price(self) -> Floats:
        """What one who joined costs in a period in which no project needs and pays them; money."""
        return self._cost_rate if self.projects_pay else np.zeros(len(self._roles))

    @cached_property
    def hires(self) -> pd.DataFrame:
        """Keys of the hire columns: role, t (of arrival)."""
        return _keys(self.hired, np.full(len(self.hired), self.periods))

    @cached_property
    def contracts(self) -> pd.DataFrame:
        """Keys of the contract columns: role, t."""
        return _keys(self.contracted, np.full(len(self.contracted), self.periods))

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        """Keys of the arrive columns: role, t; only where the term ends inside the horizon."""
        term = self.whole_numbers("contractor_term")[self.contracted]
        if "contractor_term" in self.scenario.ignore:
            term = np.ones_like(term)
        return _keys(self.contracted, np.maximum(self.periods - term + 1, 0))

    @cached_property
    def idles(self) -> pd.DataFrame:
        """Keys of the idle columns: role, t; of all who join, where idle time has a price."""
        joined = np.union1d(self.hired, self.contracted)
        joined = joined[self.idle_price[joined] > 0]
        return _keys(joined, np.full(len(joined), self.periods))

    def in_time(self, lead: str) -> bool:
        """Whether anybody can arrive inside the horizon, given `hire_lead` or `contractor_lead`."""
        keys = self.hires if lead == "hire_lead" else self.arrivals
        least = self.whole_numbers(lead)
        if lead in self.scenario.ignore:
            least = np.zeros_like(least)
        return bool((keys["t"].to_numpy() >= least[keys["role"].to_numpy(np.int64)]).any())

    @property
    def payable(self) -> bool:
        """Whether joining is free, or some fund may pay for it."""
        ignored = {"budget", "spend_paid"} & self.scenario.ignore
        free = not (len(self.costs(0)))
        funds = self.portfolio.tables["funds"].set_index("fund_id")
        budgets = self.portfolio.tables["budgets"]
        payers = funds.index[funds["category"].isin(["", HIRING]) & (funds["programme_id"] == "")]
        with_money = budgets.loc[budgets["amount"] > 0, "fund_id"]
        any_fund = (with_money.isin(payers) | ~with_money.isin(funds.index)).any()
        return bool(ignored) or free or bool(any_fund)

    def costs(self, first: int) -> pd.DataFrame:
        """What the columns of those who join cost: column, t, amount (money).

        hire_cost in the period of arrival, the salary from then on; the contractor's
        price and idle time in each period.

        Parameters
        ----------
        first : int
            Number of the first hire column; contract, arrive and idle columns follow.
        """
        role, t = (self.hires[key].to_numpy(np.int64) for key in ("role", "t"))
        there = self.periods - t
        column = np.repeat(np.arange(len(t)), there)
        when = t[column] + np.arange(len(column)) - np.repeat(np.cumsum(there) - there, there)
        parts = [
            (first + np.arange(len(t)), t, self.hire_cost[role]),
            (first + column, when, self.salary[role][column]),
        ]
        first += len(self.hires)
        parts.append(_priced(self.contracts, first, self.contractor_price))
        first += len(self.contracts) + len(self.arrivals)
        parts.append(_priced(self.idles, first, self.idle_price))
        columns, whens, amounts = (np.concatenate(part) for part in zip(*parts, strict=True))
        frame = pd.DataFrame({"column": columns, "t": whens, "amount": amounts})
        return frame[frame["amount"] > 0].reset_index(drop=True)


def _keys(roles: Ints, counts: Ints) -> pd.DataFrame:
    """Roles with their first periods, as many as counted."""
    t = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return pd.DataFrame({"role": np.repeat(roles, counts), "t": t.astype(np.int64)})


def _priced(keys: pd.DataFrame, first: int, price: Floats) -> tuple[Ints, Ints, Floats]:
    role, t = keys["role"].to_numpy(np.int64), keys["t"].to_numpy(np.int64)
    return first + np.arange(len(keys)), t, price[role]


def hiring_problems(portfolio: Portfolio, scenario: Scenario) -> list[str]:
    """Why nobody could join, or at no known price: sentences.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
        With hiring.
    """
    offers = Offers(portfolio, scenario)
    roles = portfolio.tables["roles"]
    problems = []
    if portfolio.settings.labour_in_costs is None:
        problems.append(
            "settings do not say whether costs hold people's cost already, which decides what "
            "those who join cost on top; write labour_in_costs: yes or no"
        )
    if not len(offers.hired) and not len(offers.contracted):
        needs = {
            "internal": "a hire_max and a hire_cost in roles",
            "contractors": "a contractor_rate in roles and rows in contractor_limits",
        }
        wanted = needs.get(scenario.hiring) or ", or ".join(needs.values())
        problems.append(f"nobody can join: no role that projects need has {wanted}")
    elif not (offers.in_time("hire_lead") or offers.in_time("contractor_lead")):
        problems.append(
            f"nobody can join in time: every lead, with the term of contractors, is longer than "
            f"the horizon of {offers.periods} periods"
        )
    unpaid = roles["role_id"][offers.hired][roles["cost_rate"].isna().to_numpy()[offers.hired]]
    if len(unpaid):
        problems.append(
            f"cost_rate is blank for {len(unpaid)} of the roles that people may be hired into "
            f"({', '.join(unpaid.head(5))}{', ...' if len(unpaid) > 5 else ''}); say what they "
            "cost in a period"
        )
    if not problems and not offers.payable:
        problems.append(
            f"no fund may pay for it: give budgets to a fund whose category is {HIRING} or blank, "
            "and whose programme is blank"
        )
    return problems
