"""Dates that moved: when projects of the plan end, beside what was approved or wanted."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import period_words
from portfolio.figures.labels import count
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.standing import approved, periods_late

__all__ = ["moved", "moved_sentence", "moved_table"]

_MOST = 12


def moved_table(content: BoardContent) -> pd.DataFrame:
    """Ends of the projects in the plan that have an approved or a wanted one, the latest first.

    Returns
    -------
    pandas.DataFrame
        project_id, name, first (approved first), due (approved now, else wanted), kind
        (approved, wanted), finish (by the plan), late (periods; below 0 where earlier), open
        (whether it may be named).
    """
    rows = content.chosen
    was = approved(content.portfolio).reindex(rows["project_id"])
    now = was["finish"].fillna("").to_numpy()
    wanted = rows["target_finish"].fillna("")
    has = pd.Series(now != "", index=rows.index)
    found = rows[["project_id", "name", "finish"]].assign(
        first=was["first_finish"].fillna("").to_numpy(),
        due=pd.Series(now, index=rows.index).where(has, wanted),
        kind=has.map({True: "approved", False: "wanted"}),
        open=content.may_name(rows["project_id"]),
    )
    found["late"] = periods_late(content.portfolio, found["finish"], found["due"])
    dated = found[found["late"].notna()]
    return dated.sort_values("late", ascending=False, kind="stable", ignore_index=True)


def moved_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """How many end later than approved or wanted, and how many earlier."""
    late, early = rows[rows["late"] > 0], rows[rows["late"] < 0]
    frequency = content.portfolio.settings.frequency
    dates = {"approved": "an approved end", "wanted": "a wanted end"}
    kinds = " or ".join(words for kind, words in dates.items() if (rows["kind"] == kind).any())
    lead = f"Of {count(len(rows), 'project')} with {kinds}, {len(late)}"
    lead += f" {'ends' if len(late) == 1 else 'end'} later"
    if len(late):
        lead += f", by {'up to ' if len(late) > 1 else ''}"
        lead += count(int(late["late"].max()), frequency)
    return f"{lead}, and {len(early)} earlier" if len(early) else lead


def moved(content: BoardContent) -> Pieces:
    """Dates that moved, the latest first; nothing where none did."""
    rows = moved_table(content)
    apart = rows[(rows["late"] != 0) & rows["open"]]
    if apart.empty:
        return Pieces()
    apart = apart.reindex(apart["late"].abs().sort_values(ascending=False, kind="stable").index)
    shown = apart.head(_MOST)
    frequency = content.portfolio.settings.frequency
    names = {"first": "First approved", "due": "Approved or wanted", "finish": "By this plan"}
    listed = shown.assign(
        **{name: [period_words(one) if one else "" for one in shown[name]] for name in names},
        by=[_by(int(late), frequency) for late in shown["late"]],
        kind=shown["kind"].str.capitalize(),
    )
    columns = {"name": "Project", "kind": "Date is", **names, "by": "Moved"}
    if (shown["first"] == "").all():
        del columns["first"]
    rest = len(apart) - len(shown)
    note = f"The {len(shown)} that moved the most, of {len(apart)}" if rest else ""
    return pieces.finding(moved_sentence(content, rows), note) + pieces.table(
        listed, columns, name="Dates that moved", unbroken=("kind", *names, "by")
    )


def _by(late: int, frequency: str) -> str:
    return f"{count(abs(late), frequency)} {'later' if late > 0 else 'earlier'}"
