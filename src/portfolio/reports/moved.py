"""Dates that moved: when projects end, beside what was approved, wanted, and last issued."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.data.called import periods_counted
from portfolio.figures import period_words
from portfolio.language import mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.roadmap_rows import issued_finishes
from portfolio.reports.standing import approved, periods_late

__all__ = ["moved", "moved_sentence", "moved_table"]

_MOST = 12
_KINDS = {"approved": mark("Approved"), "wanted": mark("Wanted")}


def moved_table(content: BoardContent) -> pd.DataFrame:
    """Ends of the projects in the plan that have another one to compare with, the latest first.

    Returns
    -------
    pandas.DataFrame
        project_id, name, first (approved first), due (approved now, else wanted), kind
        (approved, wanted, blank for neither), issued (by the plan that was issued last; blank
        where there is none, and for what is confidential), finish (by the plan), late and since
        (by how many periods it is after what was due, and after what was issued; below 0 where
        earlier, NaN where that is not known), open (whether it may be named).
    """
    rows = content.chosen
    issued = issued_finishes(content.changes)
    was = approved(content.portfolio).reindex(rows["project_id"])
    now = was["finish"].fillna("").to_numpy()
    wanted = rows["target_finish"].fillna("")
    has = pd.Series(now != "", index=rows.index)
    found = rows[["project_id", "name", "finish"]].assign(
        first=was["first_finish"].fillna("").to_numpy(),
        due=pd.Series(now, index=rows.index).where(has, wanted),
        kind=has.map({True: "approved", False: "wanted"}).where(has | (wanted != ""), ""),
        issued=[issued.get(str(project), "") for project in rows["project_id"]],
        open=content.may_name(rows["project_id"]),
    )
    found["late"] = periods_late(content.portfolio, found["finish"], found["due"])
    found["since"] = periods_late(content.portfolio, found["finish"], found["issued"])
    dated = found[found["late"].notna() | found["since"].notna()]
    return dated.sort_values("late", ascending=False, kind="stable", ignore_index=True)


def moved_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """How many end later than approved or wanted, and how many moved since the last issue."""
    told = [_due_words(content, rows[rows["late"].notna()])]
    since = rows["since"].dropna()
    if len(since):
        later, earlier = int((since > 0).sum()), int((since < 0).sum())
        period = period_words(content.earlier[-1].period)
        told.append(
            say(
                "since {period}, {later} moved later and {earlier} earlier",
                period=period,
                later=later,
                earlier=earlier,
            )
            if later
            else say(
                "since {period}, none moved later and {earlier} earlier",
                period=period,
                earlier=earlier,
            )
        )
    words = "; ".join(one for one in told if one)
    return f"{words[:1].upper()}{words[1:]}"


def _due_words(content: BoardContent, rows: pd.DataFrame) -> str:
    """How many end later than approved or wanted, and how many earlier."""
    if rows.empty:
        return ""
    late, early = rows[rows["late"] > 0], rows[rows["late"] < 0]
    kinds = set(rows["kind"])
    if kinds == {"approved"}:
        of = plural(
            "{n} project with an approved end", "{n} projects with an approved end", len(rows)
        )
    elif kinds == {"wanted"}:
        of = plural("{n} project with a wanted end", "{n} projects with a wanted end", len(rows))
    else:
        of = plural(
            "{n} project with an approved end or a wanted end",
            "{n} projects with an approved end or a wanted end",
            len(rows),
        )
    if late.empty:
        words = say("Of {projects}, 0 end later", projects=of)
    else:
        most = int(late["late"].max())
        words = plural(
            "Of {projects}, {n} ends later, by {most}",
            "Of {projects}, {n} end later, by up to {most}",
            len(late),
            projects=of,
            most=periods_counted(most, content.portfolio.settings.frequency),
        )
    return say("{later}, and {n} earlier", later=words, n=len(early)) if len(early) else words


def moved(content: BoardContent) -> Pieces:
    """Dates that moved, the most first; nothing where none did."""
    rows = moved_table(content)
    late, since = rows["late"].fillna(0.0), rows["since"].fillna(0.0)
    apart = rows[((late != 0) | (since != 0)) & rows["open"]]
    if apart.empty:
        return Pieces()
    most = late.abs().combine(since.abs(), max)
    apart = apart.loc[most[apart.index].sort_values(ascending=False, kind="stable").index]
    shown = apart.head(_MOST)
    frequency = content.portfolio.settings.frequency
    last = period_words(content.earlier[-1].period) if content.earlier else ""
    names = {"first": say("First approved"), "due": say("Approved or wanted")}
    names |= {"finish": say("By this plan"), "issued": say("As issued for {period}", period=last)}
    listed = shown.assign(
        **{name: [period_words(one) if one else "" for one in shown[name]] for name in names},
        by=[_by(by, frequency) for by in shown["late"]],
        moved=[_by(by, frequency) for by in shown["since"]],
        kind=[say(_KINDS[kind]) if kind else "" for kind in shown["kind"]],
    )
    columns = {
        "name": say("Project"),
        "kind": say("Date is"),
        "first": names["first"],
        "due": names["due"],
        "issued": names["issued"],
        "finish": names["finish"],
        "by": say("Moved"),
        "moved": say("Since {period}", period=last),
    }
    said = {name: head for name, head in columns.items() if (listed[name] != "").any()}
    rest = len(apart) - len(shown)
    note = ""
    if rest:
        note = say("The {shown} that moved the most, of {all}", shown=len(shown), all=len(apart))
    return pieces.finding(moved_sentence(content, rows), note) + pieces.table(
        listed,
        said,
        name=say("Dates that moved"),
        unbroken=[name for name in said if name != "name"],
    )


def _by(late: float, frequency: str) -> str:
    """By how much, in words; blank where it is not known or not at all."""
    if math.isnan(late) or not late:
        return ""
    by = periods_counted(abs(int(late)), frequency)
    return say("{periods} later", periods=by) if late > 0 else say("{periods} earlier", periods=by)
