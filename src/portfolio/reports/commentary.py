"""Management's words, printed as such: with their author, apart from all that is computed."""

from __future__ import annotations

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.figures import period_words
from portfolio.language import plural, say
from portfolio.reports import pieces
from portfolio.reports.audience import Audience
from portfolio.reports.confidential import secret_projects, secret_words
from portfolio.reports.pieces import Pieces

__all__ = ["commentary"]


def commentary(portfolio: Portfolio, period: str, audience: Audience) -> Pieces:
    """What management says on a period: on the portfolio first, then project by project.

    Parameters
    ----------
    portfolio : Portfolio
    period : str
        The period reported; words on other periods are not printed.
    audience : Audience
        Without leave, words on confidential projects, and words that name one, are left out.

    Returns
    -------
    Pieces
        None where there are none.
    """
    rows = portfolio.tables["commentary"]
    rows = rows[rows["period"] == period]
    shown = rows if audience.confidential else _open(portfolio, rows)
    if rows.empty:
        return Pieces()
    table = portfolio.tables["projects"]
    names = dict(zip(table["project_id"], table["name"], strict=True))
    order = {"": -1, **{project: number for number, project in enumerate(table["project_id"])}}
    project = shown["project_id"].fillna("")
    shown = shown.assign(project_id=project, order=project.map(order)).sort_values(
        "order", kind="stable"
    )
    said = [
        (f"{names.get(one, say('The portfolio'))}: {section.replace('_', ' ')}", text, author)
        for one, section, text, author in zip(
            *(shown[name] for name in ("project_id", "section", "text", "author")), strict=True
        )
    ]
    note = say("Written by those who are named, and not computed from the data")
    withheld = len(rows) - len(shown)
    if withheld:
        note = plural(
            "{note}; {n} remark on confidential projects left out",
            "{note}; {n} remarks on confidential projects left out",
            withheld,
            note=note,
        )
    heading = pieces.finding(
        say("What management says on {period}", period=period_words(period)), note
    )
    return heading + pieces.quotations(said)


def _open(portfolio: Portfolio, rows: pd.DataFrame) -> pd.DataFrame:
    """Words on what may be named, which name nothing that may not."""
    hidden = secret_words(portfolio)
    named = [bool(hidden.search(text)) for text in rows["text"]]
    about = rows["project_id"].isin(secret_projects(portfolio))
    return rows[~about & ~pd.Series(named, index=rows.index, dtype=bool)]
