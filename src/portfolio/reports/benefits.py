"""Benefits of the plan by year: in money or not, when they come, and who answers for them."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, period_words, share
from portfolio.figures.labels import count
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.timed import timed
from portfolio.reports.written import WHOLE, money_in
from portfolio.reports.years import by_year

__all__ = ["benefits", "benefits_rows", "benefits_sentence", "owners", "realised"]

_KINDS = {True: "Cashable", False: "Not cashable", None: "Not said"}
_MOST_OWNERS = 10


def benefits_rows(content: BoardContent) -> pd.DataFrame:
    """Benefits to come of the projects in the plan, those beyond the horizon included.

    Returns
    -------
    pandas.DataFrame
        project_id, benefit_id, kind (words), owner, t (position of the period), amount.
    """
    projects = content.chosen[["project_id", "option_id", "start"]]
    rows = timed(content.portfolio, projects, "benefits")
    rows = rows[rows["t"] >= 0]
    kinds = [_KINDS[None if pd.isna(flag) else bool(flag)] for flag in rows["cashable"]]
    names = [content.said(owner) for owner in rows["owner"].fillna("")]
    found = rows.assign(kind=pd.Series(kinds, index=rows.index, dtype="str"), owner=names)
    columns = ["project_id", "benefit_id", "kind", "owner", "t", "amount"]
    return found[columns].reset_index(drop=True)


def owners(rows: pd.DataFrame) -> pd.DataFrame:
    """Who answers for how much: owner, projects, amount, cashable; the most first."""
    named = rows[rows["owner"] != ""]
    cash = named["amount"].where(named["kind"] == _KINDS[True], 0.0)
    sums = named.assign(cashable=cash).groupby("owner", sort=False)
    found = sums.agg(
        projects=("project_id", "nunique"), amount=("amount", "sum"), cashable=("cashable", "sum")
    ).reset_index()
    return found.sort_values("amount", ascending=False, kind="stable", ignore_index=True)


def realised(content: BoardContent) -> float:
    """Benefits that have come so far, closed projects' included; NaN where none is recorded."""
    rows = content.portfolio.tables["benefit_actuals"]
    calendar = content.portfolio.calendar
    now = calendar.index(content.period)
    seen = rows[[calendar.index(label) <= now for label in rows["period"]]]
    return float(seen["amount"].sum()) if len(seen) else float("nan")


def benefits_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """What comes inside the horizon and after it, and how much of it is cash."""
    inside = rows[rows["t"] < content.portfolio.calendar.periods]
    now, all_ = float(inside["amount"].sum()), float(rows["amount"].sum())
    last = period_words(content.periods[-1])
    words = f"The plan brings benefits of {money(now, content.currency)} up to {last}"
    if abs(all_ - now) > 1e-9 * abs(all_):
        words += f" and {money(all_ - now, content.currency)} after it"
    cash = float(rows.loc[rows["kind"] == _KINDS[True], "amount"].sum())
    if all_ > 0 and (rows["amount"] >= 0).all() and (rows["kind"] != _KINDS[None]).any():
        words += f"; {share(cash / all_)} of all is cashable"
    return words


def benefits(content: BoardContent) -> Pieces:
    """Benefits by year and by who answers for them; nothing where the plan has none."""
    rows = benefits_rows(content)
    if rows.empty:
        return Pieces()
    came = realised(content)
    until = period_words(content.period)
    note = f"{money(came, content.currency)} has come so far, up to {until}" if came == came else ""
    page = pieces.finding(benefits_sentence(content, rows), note)
    page += by_year(content, rows, "kind", "Benefits", "Benefits by year")
    answering = owners(rows)
    if answering.empty:
        return page
    nobody = float(rows.loc[rows["owner"] == "", "amount"].sum())
    rest = []
    if len(answering) > _MOST_OWNERS:
        rest.append(f"{count(len(answering) - _MOST_OWNERS, 'owner')} more answer for the rest.")
    if nobody:
        rest.append(f"Nobody is named for {money(nobody, content.currency)}.")
    return (
        page
        + pieces.table(
            answering.head(_MOST_OWNERS),
            {
                "owner": "Who answers",
                "projects": "Projects",
                "amount": "Benefits to come",
                "cashable": "Cashable",
            },
            name="Who answers for benefits",
            numbers={
                "projects": WHOLE,
                "amount": money_in(content.currency),
                "cashable": money_in(content.currency),
            },
        )
        + pieces.paragraphs(rest)
    )
