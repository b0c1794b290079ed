"""Risks of the projects in the plan: what they may cost, the ten that weigh most, who answers."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, share
from portfolio.figures.labels import count
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.written import SHARE, money_in

__all__ = ["risks", "risks_sentence", "risks_table"]

_MOST = 10


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
    number = count(len(rows), "risk")
    if total > 0:
        words = f"{number} may cost {money(total, content.currency)}, each weighed by its chance"
        if len(rows) > _MOST:
            most = float(rows["expected"].head(_MOST).sum())
            words += f"; the heaviest {_MOST} are {share(most / total)} of it"
    else:
        words = f"{number} {'is' if len(rows) == 1 else 'are'} known, without an amount"
    overdue = int(rows["overdue"].sum())
    if overdue:
        words += f"; {count(overdue, 'response')} {'is' if overdue == 1 else 'are'} overdue"
    return words


def risks(content: BoardContent) -> Pieces:
    """The heaviest risks; nothing where none is known."""
    rows = risks_table(content)
    if rows.empty:
        return Pieces()
    printed = rows[rows["open"]].head(_MOST)
    late = printed["overdue"].map({True: ", overdue", False: ""})
    due = [f"{day:%Y-%m-%d}" if pd.notna(day) else "" for day in printed["due"]]
    listed = printed.assign(due=pd.Series(due, index=printed.index, dtype="str") + late)
    frequency = content.portfolio.settings.frequency
    hidden = int((~rows["open"]).sum())
    note = "Weighed: what it costs if it happens, times its chance"
    if hidden:
        note += f"; {count(hidden, 'risk')} of confidential projects in the totals only"
    return pieces.finding(risks_sentence(content, rows), note) + pieces.table(
        listed,
        {
            "name": "Risk",
            "project": "Project",
            "probability": "Chance",
            "cost_impact": "If it happens",
            "expected": "Weighed",
            "delay": f"Delay, {frequency}s",
            "owner": "Who answers",
            "due": "Response due",
        },
        name="Risks",
        numbers={
            "probability": SHARE,
            "cost_impact": money_in(content.currency),
            "expected": money_in(content.currency),
            "delay": Written(lambda periods: f"{periods:.0f}" if periods else "", "0"),
        },
        unbroken=("due",),
    )
