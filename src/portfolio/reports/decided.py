"""What a board decided before, and which of its conditions are open."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import period_words
from portfolio.figures.labels import count
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces

__all__ = ["conditions_sentence", "decided", "decisions_table"]

_MOST = 20


def decisions_table(content: BoardContent) -> pd.DataFrame:
    """Decisions up to the period reported, the latest first.

    Returns
    -------
    pandas.DataFrame
        decision_id, period, project_id, about (name of the project, or the portfolio),
        decision, condition, owner, due (date), waiting (whether its condition is not met),
        overdue, reason, decided_by, open (whether it may be printed).
    """
    rows = content.portfolio.tables["decisions"]
    calendar = content.portfolio.calendar
    at = pd.Series(
        [calendar.span(one)[1] for one in rows["period"]], index=rows.index, dtype="int64"
    )
    seen = rows.assign(at=at)[at <= calendar.index(content.period)]
    names = content.portfolio.tables["projects"].set_index("project_id")["name"]
    project = seen["project_id"].fillna("")
    condition = seen["condition"].fillna("")
    waiting = (condition != "") & seen["closed_on"].isna()
    late = (seen["due"] < pd.Timestamp(content.today)).fillna(False).astype(bool)
    words = condition + " " + seen["reason"].fillna("")
    found = seen.assign(
        project_id=project,
        about=project.map(names).where(project != "", "The portfolio"),
        condition=condition.map(content.said),
        owner=seen["owner"].fillna("").map(content.said),
        reason=seen["reason"].fillna("").map(content.said),
        decided_by=seen["decided_by"].fillna("").map(content.said),
        waiting=waiting,
        overdue=waiting & late,
        open=content.may_name(project) & content.may_print(words),
    )
    columns = ["decision_id", "period", "project_id", "about", "decision", "condition", "owner"]
    columns += ["due", "waiting", "overdue", "reason", "decided_by", "open"]
    latest = found.sort_values(["at", "waiting"], ascending=False, kind="stable")
    return latest[columns].reset_index(drop=True)


def conditions_sentence(content: BoardContent) -> str:
    """How many conditions of earlier decisions are not met; empty where all are."""
    rows = decisions_table(content)
    waiting, overdue = int(rows["waiting"].sum()), int(rows["overdue"].sum())
    if not waiting:
        return ""
    verb = "is" if waiting == 1 else "are"
    words = f"{count(waiting, 'condition')} of earlier decisions {verb} not met yet"
    return f"{words}, {overdue} of them overdue." if overdue else f"{words}."


def decided(content: BoardContent) -> Pieces:
    """Decisions taken before, for the appendix; nothing where none is known."""
    rows = decisions_table(content)
    printed = rows[rows["open"]]
    if printed.empty:
        return Pieces()
    shown = printed.head(_MOST)
    due = [f"{day:%Y-%m-%d}" if pd.notna(day) else "" for day in shown["due"]]
    state = shown["waiting"].map({True: "open", False: "met"}).where(shown["condition"] != "", "")
    listed = shown.assign(
        period=shown["period"].map(period_words),
        decision=shown["decision"].str.capitalize(),
        due=due,
        state=state.where(~shown["overdue"], "open, overdue"),
    )
    columns = {"period": "When", "about": "About", "decision": "Decision", "decided_by": "By"}
    columns |= {"reason": "Why", "condition": "Condition", "owner": "Who sees to it"}
    columns |= {"due": "Due", "state": "Condition is"}
    columns = {name: words for name, words in columns.items() if (listed[name] != "").any()}
    hidden = len(rows) - len(printed)
    rest = []
    if len(printed) > len(shown):
        rest.append(f"The latest {len(shown)} of {len(printed)} decisions.")
    if hidden:
        rest.append(f"{count(hidden, 'decision')} on confidential projects left out.")
    return (
        pieces.title("Decisions taken before", 3)
        + pieces.table(
            listed,
            columns,
            name="Decisions before",
            unbroken=("period", "decision", "due", "state"),
        )
        + pieces.paragraphs(rest)
    )
