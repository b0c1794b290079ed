"""What the import says of itself: its scenarios and its assumptions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from portfolio.importers.gmpp_cells import RATINGS, plain
from portfolio.importers.gmpp_returns import Return
from portfolio.importers.gmpp_spread import Choices, Planned, planned_spend, reason_left_out
from portfolio.importers.gmpp_tables import FUND

__all__ = ["assumptions", "scenarios"]

_AS_IS = """\
# Every project in flight stays. The money for that passes the budgets (see
# notes/assumptions.md), so they are left out here: the plan shows spend beside
# budget, and what is over.
scenario: as-is
title: Everything in flight stays, whatever the budgets hold
ignore: [budget]
"""

_SPENDING_REVIEW = """\
# Projects in flight may be stopped, so that what stays fits the money.
scenario: spending-review
title: {cut} per cent less money in every budget, and projects may be stopped
allow_stops: true
changes:
  - {{table: budgets, where: {{fund_id: {fund}}}, scale: {{amount: {scale}}}}}
"""


def scenarios(choices: Choices) -> dict[str, str]:
    """The two scenarios, as YAML text by file name.

    Parameters
    ----------
    choices : Choices

    Returns
    -------
    dict of str to str
    """
    cut, scale = plain(choices.spending_cut * 100), plain(1 - choices.spending_cut)
    review = _SPENDING_REVIEW.format(cut=cut, scale=scale, fund=FUND)
    return {"as-is.yaml": _AS_IS, "spending-review.yaml": review}


def assumptions(
    file: str,
    returns: Sequence[Return],
    projects: Sequence[Planned],
    budgets: Mapping[int, int],
    choices: Choices,
) -> tuple[str, ...]:
    """State what was assumed, with the numbers used.

    Parameters
    ----------
    file : str
        Name of the source.
    returns : sequence of Return
        All projects of the year.
    projects : sequence of Planned
        Those in the tables.
    budgets : mapping of int to int
        GBP by year.
    choices : Choices

    Returns
    -------
    tuple of str
        Sentences.
    """
    return (
        *_scope(file, returns, projects, choices),
        *_time(projects, choices),
        *_money(projects, budgets, choices),
        *_worth(projects, choices),
        *_runs(projects, budgets, choices),
    )


def _scope(
    file: str, returns: Sequence[Return], projects: Sequence[Planned], choices: Choices
) -> Iterator[str]:
    out = [given for given in returns if reason_left_out(given)]
    yield (
        f"The return of {choices.year} in {file} names {_count(len(returns), 'project')}; "
        f"{len(projects)} have a cost and dates and are in the portfolio, {len(out)} are left "
        "out and named in left-out.csv."
    )
    stages = Counter(planned.stage for planned in projects)
    yield (
        f"{_count(stages['in_flight'], 'project')} had started by {choices.data_date} or before "
        f"{choices.year} and are in flight; {stages['proposed']} start later in the horizon, "
        f"{stages['idea']} after it, and {stages['closed']} ended before {choices.year}."
    )
    departments = {p.source.department.casefold() for p in projects if p.source.department}
    yield (
        "A whole-life cost of zero or less is none, and an end before the start leaves no dates: "
        "such a project is left out too."
    )
    yield (
        f"Each of {_count(len(departments), 'department')} is a programme; names that differ "
        "in capitals only are one department."
    )


def _time(projects: Sequence[Planned], choices: Choices) -> Iterator[str]:
    late = sum(p.stage == "in_flight" and p.end.year not in choices.years for p in projects)
    yield (
        f"Periods are calendar years, {choices.years[0]} to {choices.years[-1]}; the baseline of "
        f"the financial year that the return reports stands as the money of {choices.year}."
    )
    yield (
        "Whole-life cost is spread evenly over the days from start to end. Of a project in "
        f"flight only the part from 1 January {choices.year} is planned: what it has spent is "
        "not known, and no actuals are made up."
    )
    yield (
        f"{_count(late, 'project')} in flight {'ends' if late == 1 else 'end'} after "
        f"{choices.years[-1]}; that later money is in the tables and in no budget."
    )
    if any(_short_year(p.source.cells[name]) for p in projects for name in ("start", "end")):
        yield f"A year of two digits is the one nearest to {choices.year}."
    yield (
        f"The benefit comes in {choices.benefit_years} equal parts, one in each year after the "
        "year of the end."
    )
    yield (
        "A project that has not started may start later than planned where it still ends in the "
        "horizon; one that ends beyond it starts as planned or not at all."
    )


def _money(
    projects: Sequence[Planned], budgets: Mapping[int, int], choices: Choices
) -> Iterator[str]:
    year = choices.year
    none = sum(planned.source.baseline is None for planned in projects)
    ended = [p.source.baseline or 0 for p in projects if p.stage == "closed"]
    yield (
        f"The budget of {year} is the sum of the published baselines of all {len(projects)} "
        f"imported projects, {_millions(budgets[year])}: nothing is added for the {none} that "
        f"publish none, and {_millions(sum(ended))} is of the {len(ended)} that have ended."
    )
    yield (
        f"Budgets of later years are {plain(choices.budget_factor)} times the planned spend. "
        "One fund pays for everything, and nothing is carried over."
    )
    yield (
        "Money is in whole GBP, in the prices of the return, with labour in it; it is "
        f"discounted at {plain(choices.discount_rate * 100)} per cent a year."
    )


def _worth(projects: Sequence[Planned], choices: Choices) -> Iterator[str]:
    if choices.value == "cost":
        yield (
            "The value of a project is its whole-life cost, as the size of the commitment and "
            "not as a merit."
        )
    else:
        given = [p for p in projects if p.source.benefit is not None]
        kept = [p for p in projects if p.kept]
        spend = planned_spend(projects, choices)[choices.year]
        share = planned_spend(kept, choices)[choices.year]
        yield (
            "The value of a project is its published benefit less its whole-life cost, what is "
            f"spent already included: known for {_count(len(given), 'project')}, and below zero "
            f"for {sum(p.value < 0 for p in given)} of them."
        )
        yield (
            f"{_count(len(kept), 'project')} that publish no benefit stay outside the choice: "
            "they are forced in as committed, with value 0, and take their money first "
            f"({_millions(share)} of the {_millions(spend)} planned in {choices.year})."
        )
    levels = ", ".join(f"{word} {plain(choices.confidence[word])}" for word in RATINGS)
    rated = Counter(planned.source.rated_by for planned in projects)
    yield (
        f"Delivery confidence is a judgement of ours: {levels}; the reviewer's rating for "
        f"{rated['reviewer']}, else the owner's for {rated['owner']}, and none for {rated['']}."
    )
    yield (
        "To stop a project in flight costs "
        f"{'nothing' if not choices.stop_cost else 'GBP ' + plain(choices.stop_cost)}."
    )


def _runs(
    projects: Sequence[Planned], budgets: Mapping[int, int], choices: Choices
) -> Iterator[str]:
    flying = planned_spend([p for p in projects if p.stage == "in_flight"], choices)
    over = {year: flying[year] - budgets[year] for year in flying if flying[year] > budgets[year]}
    if over:
        # Years whose shares differ by rounding alone count as equal, and the first is named.
        shares = {
            year: round(100 * amount / budgets[year], 1) if budgets[year] else math.inf
            for year, amount in over.items()
        }
        most = max(shares, key=lambda year: (shares[year], -year))
        share = f"{shares[most]} per cent" if budgets[most] else "the whole of it"
        yield (
            f"What is in flight, kept as published, passes the budgets in {len(over)} of "
            f"{_count(choices.periods, 'year')}, by {_millions(sum(over.values()))} in all; in "
            f"{most} by {share}, the most. So the scenario as-is leaves the budgets out, and "
            "without a scenario no plan is feasible."
        )
    yield (
        f"The scenario spending-review takes {plain(choices.spending_cut * 100)} per cent off "
        "every budget and lets projects in flight be stopped."
    )
    kept = planned_spend([p for p in projects if p.kept and p.stage == "in_flight"], choices)
    short = [str(year) for year in kept if kept[year] > (1 - choices.spending_cut) * budgets[year]]
    if short:
        yield (
            "The projects outside the choice need more than its budgets hold in "
            f"{', '.join(short)}: no plan of it is feasible; take the value by cost instead."
        )


def _short_year(date: str) -> bool:
    return bool(re.fullmatch(r"\d+\.\d+\.\d\d", date))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _millions(pounds: int) -> str:
    return f"GBP {pounds / 1e6:,.1f} million"
