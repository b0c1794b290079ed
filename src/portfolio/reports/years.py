"""Amounts by year, side by side: one row a kind, a column a year, and what comes later."""

from __future__ import annotations

import pandas as pd

from portfolio.language import say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.written import money_in

__all__ = ["LATER", "by_year", "year_amounts"]

LATER = "later"
"""Column of what lies beyond the last year shown."""

_MOST_YEARS = 6


def year_amounts(content: BoardContent, rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Amounts by year of the horizon.

    Parameters
    ----------
    content : BoardContent
    rows : pandas.DataFrame
        With t (position of the period, from 0), amount and the column `by`.
    by : str
        What tells rows of the result apart.

    Returns
    -------
    pandas.DataFrame
        `by`, a column a year (its label) up to six of the horizon, later (where anything comes
        after those), and total; the largest row first.
    """
    calendar = content.portfolio.calendar
    years = list(dict.fromkeys(calendar.coarser(t, "year") for t in range(calendar.periods)))
    shown = years[:_MOST_YEARS]
    label = [calendar.coarser(int(t), "year") for t in rows["t"]]
    inside = (rows["t"] < calendar.periods).tolist()
    column = [
        one if one in shown and within else LATER for one, within in zip(label, inside, strict=True)
    ]
    sums = rows.assign(year=column).pivot_table(
        index=by, columns="year", values="amount", aggfunc="sum", fill_value=0.0, sort=False
    )
    columns = [*shown, LATER] if LATER in sums.columns else shown
    found = sums.reindex(columns=columns, fill_value=0.0)
    found = found.assign(total=found.sum(axis=1)).reset_index()
    found.columns.name = None
    return found.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def by_year(content: BoardContent, rows: pd.DataFrame, by: str, title: str, name: str) -> Pieces:
    """`year_amounts` as a table, with its sums below."""
    amounts = year_amounts(content, rows, by)
    numbers = [column for column in amounts.columns if column != by]
    heads = {column: say("Later") if column == LATER else column for column in numbers}
    total = {by: say("All"), **amounts[numbers].sum()} if len(amounts) > 1 else None
    return pieces.table(
        amounts,
        {by: title, **heads, "total": say("All")},
        name=name,
        numbers=dict.fromkeys(numbers, money_in(content.currency, blank=True)),
        total=total,
    )
