"""What a board decided before, and which of its conditions are open."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import period_words
from portfolio.language import mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.written import days_short

__all__ = ["conditions_sentence", "decided", "decisions_table"]

_MOST = 20
_DECISIONS = {
    "approve": mark("Approve"),
    "reject": mark("Reject"),
    "defer": mark("Defer"),
    "stop": mark("Stop"),
}


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
    seen = rows.assign(at=at)[at <= calendar.up_to(content.period)]
    names = content.portfolio.tables["projects"].set_index("project_id")["name"]
    project = seen["project_id"].fillna("")
    condition = seen["condition"].fillna("")
    waiting = (condition != "") & seen["closed_on"].isna()
    late = (seen["due"] < pd.Timestamp(content.today)).fillna(False).astype(bool)
    words = condition + " " + seen["reason"].fillna("")
    found = seen.assign(
        project_id=project,
        about=project.map(names).where(project != "", say("The portfolio")),
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
    if overdue:
        return plural(
            "{n} condition of earlier decisions is not met yet, {overdue} of them overdue.",
            "{n} conditions of earlier decisions are not met yet, {overdue} of them overdue.",
            waiting,
            overdue=overdue,
        )
    return plural(
        "{n} condition of earlier decisions is not met yet.",
        "{n} conditions of earlier decisions are not met yet.",
        waiting,
    )


def decided(content: BoardContent) -> Pieces:
    """Decisions taken before, for the appendix; nothing where none is known."""
    rows = decisions_table(content)
    printed = rows[rows["open"]]
    if printed.empty:
        return Pieces()
    shown = printed.head(_MOST)
    state = shown["waiting"].map({True: say("still open"), False: say("met")})
    state = state.where(shown["condition"] != "", "")
    listed = shown.assign(
        period=shown["period"].map(period_words),
        decision=[say(_DECISIONS[decision]) for decision in shown["decision"]],
        due=days_short(shown["due"]),
        state=state.where(~shown["overdue"], say("open, overdue")),
    )
    columns = {"period": say("When"), "about": say("About"), "decision": say("Decision")}
    columns |= {"decided_by": say("Decided by"), "reason": say("Why")}
    columns |= {"condition": say("Condition"), "owner": say("Who sees to it")}
    columns |= {"due": say("Due"), "state": say("Condition is")}
    columns = {name: words for name, words in columns.items() if (listed[name] != "").any()}
    hidden = len(rows) - len(printed)
    rest = []
    if len(printed) > len(shown):
        rest.append(
            say("The latest {shown} of {all} decisions.", shown=len(shown), all=len(printed))
        )
    if hidden:
        rest.append(
            plural(
                "{n} decision on confidential projects left out.",
                "{n} decisions on confidential projects left out.",
                hidden,
            )
        )
    return (
        pieces.title(say("Decisions taken before"), 3)
        + pieces.table(
            listed,
            columns,
            name=say("Decisions before"),
            unbroken=("period", "decision", "due", "state"),
        )
        + pieces.paragraphs(rest)
    )
