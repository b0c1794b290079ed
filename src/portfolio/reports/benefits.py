"""Benefits of the plan by year: in money or not, when they come, and who answers for them."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, period_words, share
from portfolio.language import mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.timed import timed
from portfolio.reports.written import WHOLE, money_in
from portfolio.reports.years import by_year

__all__ = ["benefits", "benefits_rows", "benefits_sentence", "owners", "realised"]

_KINDS = {
    "cashable": mark("Cashable"),
    "other": mark("Not cashable"),
    "": mark("Not said"),
}
_MOST_OWNERS = 10


def benefits_rows(content: BoardContent) -> pd.DataFrame:
    """Benefits to come of the projects in the plan, those beyond the horizon included.

    Returns
    -------
    pandas.DataFrame
        project_id, benefit_id, kind (cashable, other, blank), owner, t (position of the
        period), amount.
    """
    projects = content.chosen[["project_id", "option_id", "start"]]
    rows = timed(content.portfolio, projects, "benefits")
    rows = rows[rows["t"] >= 0]
    kinds = ["" if pd.isna(flag) else _kind(bool(flag)) for flag in rows["cashable"]]
    names = [content.said(owner) for owner in rows["owner"].fillna("")]
    found = rows.assign(kind=pd.Series(kinds, index=rows.index, dtype="str"), owner=names)
    columns = ["project_id", "benefit_id", "kind", "owner", "t", "amount"]
    return found[columns].reset_index(drop=True)


def _kind(cashable: bool) -> str:
    return "cashable" if cashable else "other"


def owners(rows: pd.DataFrame) -> pd.DataFrame:
    """Who answers for how much: owner, projects, amount, cashable; the most first."""
    named = rows[rows["owner"] != ""]
    cash = named["amount"].where(named["kind"] == "cashable", 0.0)
    sums = named.assign(cashable=cash).groupby("owner", sort=False)
    found = sums.agg(
        projects=("project_id", "nunique"), amount=("amount", "sum"), cashable=("cashable", "sum")
    ).reset_index()
    return found.sort_values("amount", ascending=False, kind="stable", ignore_index=True)


def realised(content: BoardContent) -> float:
    """Benefits that have come so far, closed projects' included; NaN where none is recorded."""
    rows = content.portfolio.tables["benefit_actuals"]
    calendar = content.portfolio.calendar
    now = calendar.up_to(content.period)
    seen = rows[[calendar.index(label) <= now for label in rows["period"]]]
    return float(seen["amount"].sum()) if len(seen) else float("nan")


def benefits_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """What comes inside the horizon and after it, and how much of it is cash."""
    inside = rows[rows["t"] < content.portfolio.calendar.periods]
    now, all_ = float(inside["amount"].sum()), float(rows["amount"].sum())
    last = period_words(content.periods[-1])
    inside_words = money(now, content.currency)
    if abs(all_ - now) > 1e-9 * abs(all_):
        words = say(
            "The plan brings benefits of {amount} up to {period} and {more} after it",
            amount=inside_words,
            period=last,
            more=money(all_ - now, content.currency),
        )
    else:
        words = say(
            "The plan brings benefits of {amount} up to {period}", amount=inside_words, period=last
        )
    cash = float(rows.loc[rows["kind"] == "cashable", "amount"].sum())
    if all_ > 0 and (rows["amount"] >= 0).all() and (rows["kind"] != "").any():
        words = say(
            "{benefits}; {share} of all is cashable", benefits=words, share=share(cash / all_)
        )
    return words


def benefits(content: BoardContent) -> Pieces:
    """Benefits by year and by who answers for them; nothing where the plan has none."""
    rows = benefits_rows(content)
    if rows.empty:
        return Pieces()
    came = realised(content)
    until = period_words(content.period)
    note = ""
    if came == came:
        amount = money(came, content.currency)
        note = say("{amount} has come so far, up to {period}", amount=amount, period=until)
    page = pieces.finding(benefits_sentence(content, rows), note)
    named = rows.assign(kind=[say(_KINDS[kind]) for kind in rows["kind"]])
    page += by_year(content, named, "kind", say("Benefits"), say("Benefits by year"))
    answering = owners(rows)
    if answering.empty:
        return page
    nobody = float(rows.loc[rows["owner"] == "", "amount"].sum())
    rest = []
    if len(answering) > _MOST_OWNERS:
        rest.append(
            plural(
                "{n} owner more answers for the rest.",
                "{n} owners more answer for the rest.",
                len(answering) - _MOST_OWNERS,
            )
        )
    if nobody:
        rest.append(say("Nobody is named for {amount}.", amount=money(nobody, content.currency)))
    return (
        page
        + pieces.table(
            answering.head(_MOST_OWNERS),
            {
                "owner": say("Who answers"),
                "projects": say("Projects"),
                "amount": say("Benefits to come"),
                "cashable": say("Cashable"),
            },
            name=say("Who answers for benefits"),
            numbers={
                "projects": WHOLE,
                "amount": money_in(content.currency),
                "cashable": money_in(content.currency),
            },
        )
        + pieces.paragraphs(rest)
    )
