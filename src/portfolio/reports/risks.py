"""Risks of the projects in the plan: what they may cost, the ten that weigh most, who answers."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, share
from portfolio.language import mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.written import SHARE, WHOLE, days_short, money_in

__all__ = ["risks", "risks_sentence", "risks_table"]

_MOST = 10
_DELAY = {
    "month": mark("Delay, months"),
    "quarter": mark("Delay, quarters"),
    "year": mark("Delay, years"),
}


def risks_table(content: BoardContent) -> pd.DataFrame:
    """The risks of the projects in the plan, the heaviest first.

    Returns
    -------
    pandas.DataFrame
        project_id, project (its name), name, probability, cost_impact, expected (money:
        probability times impact), delay (periods), owner, due (date), overdue (whether the
        response was due before the data date), open (whether the risk may be printed).
    """
    rows = content.portfolio.tables["risks"]
    names = content.chosen.set_index("project_id")["name"]
    rows = rows[rows["project_id"].isin(names.index)]
    today = pd.Timestamp(content.today)
    found = rows.assign(
        project=rows["project_id"].map(names),
        expected=rows["probability"] * rows["cost_impact"],
        waits=rows["probability"] * rows["delay"],
        owner=[content.said(owner) for owner in rows["owner"].fillna("")],
        overdue=(rows["due"] < today).fillna(False).astype(bool),
        open=content.may_name(rows["project_id"]) & content.may_print(rows["name"]),
    )
    columns = ["project_id", "project", "name", "probability", "cost_impact", "expected"]
    columns += ["delay", "owner", "due", "overdue", "open"]
    heaviest = found.sort_values(["expected", "waits"], ascending=False, kind="stable")
    return heaviest[columns].reset_index(drop=True)


def risks_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """What the risks come to, how much of it the heaviest are, and what is overdue."""
    total = float(rows["expected"].sum())
    if total > 0:
        told = [
            plural(
                "{n} risk may cost {amount}, each weighed by its chance",
                "{n} risks may cost {amount}, each weighed by its chance",
                len(rows),
                amount=money(total, content.currency),
            )
        ]
        if len(rows) > _MOST:
            most = float(rows["expected"].head(_MOST).sum())
            part = share(most / total)
            told.append(say("the heaviest {most} are {share} of it", most=_MOST, share=part))
    else:
        told = [
            plural(
                "{n} risk is known, without an amount",
                "{n} risks are known, without an amount",
                len(rows),
            )
        ]
    overdue = int(rows["overdue"].sum())
    if overdue:
        told.append(plural("{n} response is overdue", "{n} responses are overdue", overdue))
    return "; ".join(told)


def risks(content: BoardContent) -> Pieces:
    """The heaviest risks; nothing where none is known."""
    rows = risks_table(content)
    if rows.empty:
        return Pieces()
    printed = rows[rows["open"]].head(_MOST)
    days = zip(days_short(printed["due"]), printed["overdue"], strict=True)
    listed = printed.assign(
        due=[say("{day}, overdue", day=day) if late else day for day, late in days]
    )
    frequency = content.portfolio.settings.frequency
    hidden = int((~rows["open"]).sum())
    note = say("Weighed: what it costs if it happens, times its chance")
    if hidden:
        note = plural(
            "{note}; {n} risk of confidential projects in the totals only",
            "{note}; {n} risks of confidential projects in the totals only",
            hidden,
            note=note,
        )
    return pieces.finding(risks_sentence(content, rows), note) + pieces.table(
        listed,
        {
            "name": say("Risk"),
            "project": say("Project"),
            "probability": say("Chance"),
            "cost_impact": say("If it happens"),
            "expected": say("Weighed"),
            "delay": say(_DELAY[frequency]),
            "owner": say("Who answers"),
            "due": say("Response due"),
        },
        name=say("Risks"),
        numbers={
            "probability": SHARE,
            "cost_impact": money_in(content.currency),
            "expected": money_in(content.currency),
            "delay": Written(lambda periods: WHOLE(periods) if periods else "", "0"),
        },
        unbroken=("due",),
    )
