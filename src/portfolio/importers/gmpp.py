"""The UK Government Major Projects Portfolio: one year's return as a portfolio by year.

Each project with a cost and dates becomes a project; its department is its
programme. Its whole-life cost is spread evenly over the days from start to end,
its benefit over the years after the end, and budgets are made from the year's
baselines and the planned spend. All of these are assumptions: they are options
here, and `Imported.assumptions` states them with the numbers used. What is not
published is listed and never guessed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from portfolio.errors import DataError, Fault
from portfolio.importers.gmpp_cells import RATINGS, parse_rating
from portfolio.importers.gmpp_notes import import_notes
from portfolio.importers.gmpp_returns import read_returns
from portfolio.importers.gmpp_spread import (
    Choices,
    Planned,
    plan_project,
    planned_spend,
    reason_left_out,
)
from portfolio.importers.gmpp_tables import left_out_table, portfolio_tables
from portfolio.importers.gmpp_texts import assumptions, scenarios
from portfolio.importers.imported import Imported, write_import

__all__ = ["CONFIDENCE", "Imported", "import_gmpp", "write_import"]

CONFIDENCE: Mapping[str, float] = MappingProxyType(
    dict(zip(RATINGS, (0.3, 0.45, 0.6, 0.75, 0.9), strict=True))
)
"""Delivery confidence by rating: a judgement of ours, never a statistic."""

# The reports of 2019 and 2020 describe the September before; later ones the end of March.
_DATA_DATES = {2019: dt.date(2018, 9, 30), 2020: dt.date(2019, 9, 30)}


def import_gmpp(
    source: Path,
    *,
    year: int = 2023,
    budget_factor: float = 0.9,
    benefit_years: int = 10,
    value: Literal["benefit", "cost"] | None = None,
    stop_cost: float = 0.0,
    confidence: Mapping[str, float] = CONFIDENCE,
    periods: int = 10,
    spending_cut: float = 0.1,
    discount_rate: float = 0.0,
    data_date: dt.date | None = None,
) -> Imported:
    """Make a portfolio by year from one year's return.

    Parameters
    ----------
    source : Path
        The published CSV file.
    year : int
        Year of the return, and the first period.
    budget_factor : float
        Budgets of later years as a multiple of the planned spend.
    benefit_years : int
        Years after the end over which the benefit comes, in equal parts.
    value : {"benefit", "cost"}, optional
        Benefit less cost, or cost as the size of the commitment; by default
        benefit where the year publishes any, else cost.
    stop_cost : float
        GBP, of each project in flight.
    confidence : mapping of str to float
        Delivery confidence, 0 to 1, by rating.
    periods : int
        Years in the horizon.
    spending_cut : float
        Share that the scenario ``spending-review`` takes off every budget.
    discount_rate : float
        A year; 0 leaves published money as it is.
    data_date : datetime.date, optional
        What started by this day is in flight; by default the day that the
        return describes.

    Returns
    -------
    Imported

    Raises
    ------
    DataError
        With every fault of the options or of the file.
    """
    source = Path(source)
    faults = _option_faults(
        year, budget_factor, benefit_years, value, stop_cost, confidence, periods, spending_cut,
        discount_rate, data_date,
    )  # fmt: skip
    if faults:
        raise DataError(faults)
    returns = read_returns(source, year)
    reasons = {given.project_id: reason_left_out(given) for given in returns}
    usable = [given for given in returns if not reasons[given.project_id]]
    published = any(given.benefit is not None for given in usable)
    if value == "benefit" and not published:
        rule = f"no project of {year} that has a cost and dates publishes a benefit"
        faults = [Fault(source.name, None, "benefits_m", "", rule, "value by cost: --value cost")]
        raise DataError(faults)
    choices = Choices(
        year=year,
        periods=periods,
        data_date=data_date or _DATA_DATES.get(year, dt.date(year, 3, 31)),
        budget_factor=_exact(budget_factor),
        benefit_years=benefit_years,
        value=value or ("benefit" if published else "cost"),
        stop_cost=_exact(stop_cost),
        spending_cut=_exact(spending_cut),
        discount_rate=_exact(discount_rate),
        confidence={parse_rating(word): _exact(level) for word, level in confidence.items()},
    )
    projects = [plan_project(given, choices) for given in usable]
    budgets = _budgets(source, projects, choices)
    left_out = [given for given in returns if reasons[given.project_id]]
    return Imported(
        tables=portfolio_tables(projects, budgets, choices),
        scenarios=scenarios(choices),
        notes=import_notes(returns, projects, choices),
        left_out=left_out_table(left_out, reasons),
        assumptions=assumptions(source.name, returns, projects, budgets, choices),
    )


def _exact(number: float) -> Fraction:
    # Through its shortest text: 0.9 is nine tenths, not the binary number nearest to it.
    return Fraction(str(number))


def _option_faults(
    year: int,
    budget_factor: float,
    benefit_years: int,
    value: str | None,
    stop_cost: float,
    confidence: Mapping[str, float],
    periods: int,
    spending_cut: float,
    discount_rate: float,
    data_date: dt.date | None,
) -> list[Fault]:
    def within(number: float, low: float, high: float) -> bool:
        return math.isfinite(number) and low <= number <= high

    rated_words = [parse_rating(word) for word in confidence]
    rules = [
        ("year", year, within(year, 1950, 2150), "is no year of a return", "give four digits"),
        ("budget_factor", budget_factor, within(budget_factor, 0, 10), "is not from 0 to 10",
         "0.9 is nine tenths of the planned spend"),
        ("benefit_years", benefit_years, within(benefit_years, 1, 100), "is not from 1 to 100",
         "give a number of years"),
        ("value", value, value in (None, "benefit", "cost"), "is not a way to value projects",
         "give benefit or cost"),
        ("stop_cost", stop_cost, within(stop_cost, 0, 1e12), "is not from 0 to 1e12",
         "give GBP a project"),
        ("confidence", ", ".join(confidence), sorted(rated_words) == sorted(RATINGS),
         "does not name each rating once", f"they are {', '.join(RATINGS)}"),
        ("confidence", ", ".join(map(str, confidence.values())),
         all(within(level, 0, 1) for level in confidence.values()),
         "is not from 0 to 1 throughout", "0.6 stands for Amber by default"),
        ("periods", periods, within(periods, 1, 100), "is not from 1 to 100",
         "give a number of years"),
        ("spending_cut", spending_cut, within(spending_cut, 0, 1), "is not from 0 to 1",
         "0.1 is a tenth less"),
        ("discount_rate", discount_rate, within(discount_rate, 0, 1), "is not from 0 to 1",
         "0.035 is 3.5 per cent a year"),
        ("data_date", data_date, data_date is None or data_date.year <= year,
         f"lies after {year}", "give a day up to the end of the year of the return"),
    ]  # fmt: skip
    return [
        Fault("options of the import", None, name, str(given), rule, remedy)
        for name, given, good, rule, remedy in rules
        if not good
    ]


def _budgets(source: Path, projects: Sequence[Planned], choices: Choices) -> dict[int, int]:
    """GBP by year: the published baselines first, then the planned spend times the factor."""
    baselines = [p.source.baseline for p in projects if p.source.baseline is not None]
    faults = []
    if not projects:
        rule = f"no project of {choices.year} has a cost and dates"
        remedy = "ask for another year, or give the file as published"
        faults.append(Fault(source.name, None, "", "", rule, remedy))
    elif not baselines or sum(baselines) < 0:
        rule = f"the year baselines of {choices.year} give no budget"
        remedy = "ask for another year, or give the file as published"
        faults.append(Fault(source.name, None, "fy_baseline_m", "", rule, remedy))
    if faults:
        raise DataError(faults)
    spend = planned_spend(projects, choices)
    later = {year: round(choices.budget_factor * spend[year]) for year in choices.years[1:]}
    return {choices.year: sum(baselines), **later}
