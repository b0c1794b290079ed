"""Money released beside the money that projects are forecast to need up to their next gates."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money
from portfolio.language import say
from portfolio.reports import pieces
from portfolio.reports.asks import releases
from portfolio.reports.content import BoardContent
from portfolio.reports.decision_words import KINDS, kind_words
from portfolio.reports.pieces import Pieces
from portfolio.reports.written import WHOLE, money_in

__all__ = ["released", "released_sentence", "released_table"]


def released_table(content: BoardContent) -> pd.DataFrame:
    """What is released and what is needed, by kind of money.

    Returns
    -------
    pandas.DataFrame
        kind, projects, released, forecast (up to the next gates), asked (what the forecast
        passes the release by, project by project), spare (what is released beyond the
        forecast). So forecast - released = asked - spare.
    """
    rows = releases(content.portfolio, content.chosen).merge(
        content.chosen[["project_id", "kind"]], on="project_id"
    )
    apart = rows["forecast"] - rows["released"]
    rows = rows.assign(projects=1, asked=apart.clip(lower=0.0), spare=(-apart).clip(lower=0.0))
    columns = ["projects", "released", "forecast", "asked", "spare"]
    sums = rows.groupby("kind")[columns].sum().reindex(list(KINDS), fill_value=0)
    return sums[sums["projects"] > 0].reset_index()


def released_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """What is released, what is needed, and what is missing."""
    sums = rows[["released", "forecast", "asked", "spare"]].sum()
    said = {str(name): money(float(amount), content.currency) for name, amount in sums.items()}
    more, spare = sums["asked"] > 0, sums["spare"] >= 0.5
    if more and spare:
        return say(
            "{released} is released, and {forecast} is needed up to the next gates: {asked} more, "
            "while {spare} is released and not needed before them",
            **said,
        )
    if more:
        return say(
            "{released} is released, and {forecast} is needed up to the next gates: {asked} more",
            **said,
        )
    if spare:
        return say(
            "{released} is released, and {forecast} is needed up to the next gates, while {spare} "
            "is released and not needed before them",
            **said,
        )
    return say("{released} is released, and {forecast} is needed up to the next gates", **said)


def released(content: BoardContent) -> Pieces:
    """Released against forecast; nothing where no approval is known."""
    rows = released_table(content)
    if content.portfolio.tables["approvals"].empty or rows.empty:
        return Pieces()
    columns = {"kind": say("Money"), "projects": say("Projects"), "released": say("Released")}
    columns |= {"forecast": say("Forecast to the next gate"), "asked": say("To release")}
    columns |= {"spare": say("Released, not needed yet")}
    written = dict.fromkeys(("released", "forecast", "asked", "spare"), money_in(content.currency))
    numbers = {"projects": WHOLE, **written}
    return pieces.finding(released_sentence(content, rows)) + pieces.table(
        rows.assign(kind=rows["kind"].map(kind_words)),
        columns,
        name=say("Released and needed"),
        numbers=numbers,
        total={"kind": say("All"), **rows[list(numbers)].sum()},
    )
