"""Money by year: what it is for, and which fund pays."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, share
from portfolio.figures.formats import NEARLY
from portfolio.figures.labels import join_names
from portfolio.language import mark, say
from portfolio.plan import HIRING, STOPPING
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.written import SHARE, code_words, money_in
from portfolio.reports.years import LATER, by_year, year_amounts

__all__ = ["fund_years", "funding", "funding_sentence", "spend_rows"]

_OWN = {HIRING: mark("People who join"), STOPPING: mark("Stopping projects"), "": mark("Not said")}
_PAID = {HIRING: mark("hiring"), STOPPING: mark("stopping"), "": mark("anything")}
_ALMOST = 0.995


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
    if name in _OWN:
        return say(_OWN[name])
    words = code_words(name)
    return words[:1].upper() + words[1:]


def _pays_for(category: str) -> str:
    if category in _PAID:
        return say(_PAID[category])
    return code_words(category)


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
    told = [
        say(
            "{category} takes {share} of {total}",
            category=first["category"],
            share=share(first["total"] / total),
            total=money(total, content.currency),
        )
    ]
    years = amounts.drop(columns=["category", "total"]).sum()
    if len(years) > 1:
        most = str(years.idxmax())
        amount = money(float(years.max()), content.currency)
        if most == LATER:
            told.append(say("most goes after these years, {amount}", amount=amount))
        else:
            told.append(
                say("{year} takes the most of the years, {amount}", year=most, amount=amount)
            )
    funds = fund_years(content)
    full, almost = funds["used"] >= 1 - NEARLY, funds["used"] >= _ALMOST
    if full.any():
        told.append(say("used up: {funds}", funds=_named(funds[full])))
    elif almost.any():
        told.append(say("all but used up: {funds}", funds=_named(funds[almost])))
    return "; ".join(told)


def _named(funds: pd.DataFrame) -> str:
    pairs = zip(funds["fund_id"], funds["year"], strict=True)
    return join_names(
        say("{fund} of {year}", fund=code_words(fund), year=year) for fund, year in pairs
    )


def funding(content: BoardContent) -> Pieces:
    """Money by year, category and fund; nothing where none is spent."""
    spend = spend_rows(content)
    if not spend["amount"].gt(0).any():
        return Pieces()
    rows = fund_years(content)
    written = dict.fromkeys(("available", "spent", "left"), money_in(content.currency))
    listed = rows.assign(
        pays_for=[_pays_for(one) for one in rows["pays_for"]],
        fund=rows["fund_id"].map(code_words),
    )
    return (
        pieces.finding(funding_sentence(content))
        + by_year(content, spend, "category", say("Money for"), say("Money by year"))
        + pieces.table(
            listed,
            {
                "fund": say("Fund"),
                "pays_for": say("Pays for"),
                "year": say("Year"),
                "available": say("Available"),
                "spent": say("Planned"),
                "left": say("Left"),
                "used": say("Used"),
            },
            name=say("Funds by year"),
            numbers={**written, "used": SHARE},
            unbroken=("fund", "year"),
        )
    )
