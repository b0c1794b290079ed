"""Money by year: what it is for, and which fund pays."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, share
from portfolio.figures.labels import join_names
from portfolio.plan import HIRING, STOPPING
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.written import SHARE, money_in
from portfolio.reports.years import by_year, year_amounts

__all__ = ["fund_years", "funding", "funding_sentence", "spend_rows"]

_OWN = {HIRING: "People who join", STOPPING: "Stopping projects", "": "Not said"}
_FULL = 0.995


def spend_rows(content: BoardContent) -> pd.DataFrame:
    """Spend inside the horizon: category (words), t (position of the period), amount."""
    assert content.plan.spend is not None
    rows = content.plan.spend
    calendar = content.portfolio.calendar
    return pd.DataFrame(
        {
            "category": [_category(one) for one in rows["category"]],
            "t": [calendar.index(label) for label in rows["period"]],
            "amount": rows["amount"],
        }
    )


def _category(name: str) -> str:
    words = name.replace("_", " ")
    return _OWN.get(name, words[:1].upper() + words[1:])


def fund_years(content: BoardContent) -> pd.DataFrame:
    """What each fund has and pays by year.

    Returns
    -------
    pandas.DataFrame
        fund_id, pays_for (category, blank for any), year (label), available (its amounts with
        what is carried over from and to other periods), spent, left, used (share, NaN where
        nothing is available); by fund and year. What is carried within a year cancels out.
    """
    assert content.plan.budget is not None
    calendar = content.portfolio.calendar
    rows = content.plan.budget
    spans = [max(calendar.span(label)[0], 0) for label in rows["period"]]
    found = rows.assign(
        year=[calendar.coarser(t, "year") for t in spans],
        available=rows["amount"] + rows["carried_in"] - rows["carried_out"],
    )
    sums = found.groupby(["fund_id", "year"], sort=False)[["available", "spent"]].sum()
    funds = content.portfolio.tables["funds"].set_index("fund_id")["category"]
    table = sums.reset_index()
    return table.assign(
        pays_for=table["fund_id"].map(funds).astype("str").fillna(""),
        left=table["available"] - table["spent"],
        used=table["spent"] / table["available"].where(table["available"] > 0),
    ).sort_values(["fund_id", "year"], kind="stable", ignore_index=True)


def funding_sentence(content: BoardContent) -> str:
    """What most of the money is for, when most of it goes, and which funds are used up."""
    spend = spend_rows(content)
    amounts = year_amounts(content, spend, "category")
    total = float(amounts["total"].sum())
    first = amounts.iloc[0]
    words = f"{first['category']} takes {share(first['total'] / total)} of "
    words += f"{money(total, content.currency)}"
    years = amounts.drop(columns=["category", "total"]).sum()
    if len(years) > 1:
        most = money(float(years.max()), content.currency)
        words += f"; {years.idxmax()} takes the most of the years, {most}"
    funds = fund_years(content)
    full = funds[funds["used"] >= _FULL]
    if len(full):
        pairs = zip(full["fund_id"], full["year"], strict=True)
        names = [f"{fund.replace('_', ' ')} of {year}" for fund, year in pairs]
        words += f"; used up: {join_names(names)}"
    return words


def funding(content: BoardContent) -> Pieces:
    """Money by year, category and fund; nothing where none is spent."""
    spend = spend_rows(content)
    if not spend["amount"].gt(0).any():
        return Pieces()
    rows = fund_years(content)
    written = dict.fromkeys(("available", "spent", "left"), money_in(content.currency))
    listed = rows.assign(
        pays_for=[one.replace("_", " ") or "anything" for one in rows["pays_for"]],
        fund=rows["fund_id"].str.replace("_", " "),
    )
    return (
        pieces.finding(funding_sentence(content))
        + by_year(content, spend, "category", "Money for", "Money by year")
        + pieces.table(
            listed,
            {
                "fund": "Fund",
                "pays_for": "Pays for",
                "year": "Year",
                "available": "Available",
                "spent": "Planned",
                "left": "Left",
                "used": "Used",
            },
            name="Funds by year",
            numbers={**written, "used": SHARE},
            unbroken=("fund", "year"),
        )
    )
