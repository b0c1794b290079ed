"""One project of a return, spread over the years: its stage, money by year and value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portfolio.importers.gmpp_returns import Return

__all__ = ["Choices", "Planned", "apportion", "plan_project", "planned_spend", "reason_left_out"]


@dataclass(frozen=True)
class Choices:
    """What the import assumes.

    Attributes
    ----------
    year : int
        Year of the return, and first period.
    periods : int
        Years in the horizon.
    data_date : datetime.date
        Day that the return describes: what started by then is in flight.
    budget_factor : Fraction
        Later years' budgets as a multiple of the planned spend.
    benefit_years : int
        Years after the end over which the benefit comes.
    value : str
        ``benefit`` (less cost) or ``cost``.
    stop_cost : Fraction
        GBP, of each project in flight.
    spending_cut : Fraction
        Share that the spending review takes off every budget.
    discount_rate : Fraction
        A year.
    confidence : mapping of str to Fraction
        Delivery confidence by rating.
    """

    year: int
    periods: int
    data_date: dt.date
    budget_factor: Fraction
    benefit_years: int
    value: Literal["benefit", "cost"]
    stop_cost: Fraction
    spending_cut: Fraction
    discount_rate: Fraction
    confidence: Mapping[str, Fraction]

    @property
    def first_day(self) -> dt.date:
        """First day of the horizon."""
        return dt.date(self.year, 1, 1)

    @property
    def years(self) -> range:
        """Years of the horizon."""
        return range(self.year, self.year + self.periods)


@dataclass(frozen=True)
class Planned:
    """A project with a cost and dates, spread over the years.

    Attributes
    ----------
    source : Return
    start, end : datetime.date
    stage : str
        ``in_flight``, ``closed`` (ended before the horizon), ``proposed`` or
        ``idea`` (starts after the horizon).
    value : int
        GBP; 0 where it stands outside the choice.
    kept : bool
        Whether it stands outside the choice: the value is by benefit, and none
        is published.
    costs, benefits : mapping of int to int
        GBP by calendar year, nothing before the horizon.
    """

    source: Return
    start: dt.date
    end: dt.date
    stage: str
    value: int
    kept: bool
    costs: Mapping[int, int]
    benefits: Mapping[int, int]


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Share out a whole number in proportion to weights, exactly, by largest remainders.

    Parameters
    ----------
    total : int
        May be negative.
    weights : sequence of int
        Not negative, and not all zero.

    Returns
    -------
    list of int
        Whole shares that sum to `total`, each within one of its exact share;
        of equal remainders the earlier is served first.
    """
    whole = sum(weights)
    shares = [abs(total) * weight // whole for weight in weights]
    remainders = [abs(total) * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: -remainders[i])
    for i in order[: abs(total) - sum(shares)]:
        shares[i] += 1
    return [-share for share in shares] if total < 0 else shares


def reason_left_out(source: Return) -> str:
    """Why a project cannot be planned; "" where it can.

    Parameters
    ----------
    source : Return

    Returns
    -------
    str
    """
    words = {"start": "start", "end": "end", "wlc_m": "whole-life cost"}
    reasons = [
        f"no {word}: {source.unread[column]}"
        for column, word in words.items()
        if column in source.unread
    ]
    if source.start and source.end and source.end < source.start:
        reasons.append(f"the end, {source.end}, lies before the start, {source.start}")
    if source.cost is not None and source.cost <= 0:
        sign = "zero" if source.cost == 0 else "negative"
        reasons.append(f"the whole-life cost is published as {sign}")
    return "; ".join(reasons)


def plan_project(source: Return, choices: Choices) -> Planned:
    """Spread a project over the years.

    Parameters
    ----------
    source : Return
        With a cost and dates.
    choices : Choices

    Returns
    -------
    Planned

    Raises
    ------
    ValueError
        If it has no cost or dates.

    Notes
    -----
    Of a project that has begun, only the part of the even spread from the first
    day of the horizon is left; what lies before it is not known, and no actuals
    are made up. The part left is rounded to whole GBP and shared out by days.
    """
    start, end, cost = source.start, source.end, source.cost
    if start is None or end is None or cost is None:
        raise ValueError(f"{source.project_id} has no cost or dates")
    stage = _stage(start, end, choices)
    begun = stage in ("in_flight", "closed")
    by_benefit = choices.value == "benefit"
    return Planned(
        source=source,
        start=start,
        end=end,
        stage=stage,
        value=cost if not by_benefit else 0 if source.benefit is None else source.benefit - cost,
        kept=by_benefit and source.benefit is None and stage in ("in_flight", "proposed"),
        costs=_costs(cost, start, end, choices.first_day if begun else start),
        benefits={
            year: amount
            for year, amount in _benefits(source.benefit or 0, end, choices).items()
            if year >= choices.year
        },
    )


def planned_spend(projects: Sequence[Planned], choices: Choices) -> dict[int, int]:
    """GBP by year of the horizon, if every project runs as published.

    Parameters
    ----------
    projects : sequence of Planned
    choices : Choices

    Returns
    -------
    dict of int to int
    """
    spend = dict.fromkeys(choices.years, 0)
    for planned in projects:
        for year, amount in planned.costs.items():
            if year in spend:
                spend[year] += amount
    return spend


def _stage(start: dt.date, end: dt.date, choices: Choices) -> str:
    if start < choices.first_day or start <= choices.data_date:
        return "closed" if end < choices.first_day else "in_flight"
    return "proposed" if start.year in choices.years else "idea"


def _costs(cost: int, start: dt.date, end: dt.date, first: dt.date) -> dict[int, int]:
    begin = max(start, first)
    if end < begin:
        return {}
    years = range(begin.year, end.year + 1)
    days = [
        (min(end, dt.date(year, 12, 31)) - max(begin, dt.date(year, 1, 1))).days + 1
        for year in years
    ]
    left = round(Fraction(cost * sum(days), (end - start).days + 1))
    return _nonzero(years, apportion(left, days))


def _benefits(benefit: int, end: dt.date, choices: Choices) -> dict[int, int]:
    years = range(end.year + 1, end.year + 1 + choices.benefit_years)
    return _nonzero(years, apportion(benefit, [1] * choices.benefit_years))


def _nonzero(years: Sequence[int], amounts: Sequence[int]) -> dict[int, int]:
    return {year: amount for year, amount in zip(years, amounts, strict=True) if amount}
