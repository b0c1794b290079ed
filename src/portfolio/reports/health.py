"""How the projects in flight stand: what their managers report, dates, money and people."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.figures import money, number, period_words, share
from portfolio.figures.labels import count, join_names
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.standing import approved, latest_progress, periods_late, whole_cost
from portfolio.reports.timed import timed

__all__ = ["health", "health_sentence", "health_table"]

_ORDER = {"red": 0, "amber": 1, "": 2, "green": 3}
_WORDS = {"red": "■ Red", "amber": "▲ Amber", "green": "● Green", "": "Not reported"}
_MOST = 24
_MATTERS = 0.005
"""Share of an approved cost from which on a difference is told."""


def health_table(content: BoardContent) -> pd.DataFrame:
    """The projects in flight, those in trouble first.

    Returns
    -------
    pandas.DataFrame
        project_id, name, rag ("" where none is reported), percent_complete, updated_on,
        finish_approved (the current baseline's, else the target; "" for neither), finish (as
        reported, else as planned), late (periods), cost_approved (NaN where unknown), cost
        (what is past, and what is to come), over (money), fte_planned (of the last period
        with people's time, NaN for none), fte_used (NaN where no time is known), open
        (whether it may be named).
    """
    portfolio = content.portfolio
    rows = content.chosen[content.chosen["decision"] == "in_flight"].set_index("project_id")
    seen = latest_progress(portfolio, content.period).reindex(rows.index)
    was = approved(portfolio).reindex(rows.index)
    reported = seen["forecast_finish"].fillna("")
    due = was["finish"].fillna("")
    cost = whole_cost(portfolio, rows.reset_index()).reindex(rows.index).fillna(0.0)
    planned, used = _people(content, rows.reset_index())
    found = pd.DataFrame(
        {
            "name": rows["name"],
            "rag": seen["rag"].fillna(""),
            "percent_complete": seen["percent_complete"].astype("float64"),
            "updated_on": seen["updated_on"],
            "finish_approved": due.where(due != "", rows["target_finish"].fillna("")),
            "finish": reported.where(reported != "", rows["finish"]),
            "cost_approved": was["cost"].astype("float64"),
            "cost": cost,
            "fte_planned": planned.reindex(rows.index),
            "fte_used": used.reindex(rows.index),
        }
    )
    found["late"] = periods_late(portfolio, found["finish"], found["finish_approved"])
    found["over"] = found["cost"] - found["cost_approved"]
    found["open"] = ~found.index.isin(content.secret)
    order = found.assign(at=found["rag"].map(_ORDER)).sort_values(
        ["at", "late", "cost"], ascending=[True, False, False], kind="stable"
    )
    return order.drop(columns="at").rename_axis("project_id").reset_index()


def _people(
    content: BoardContent, flying: pd.DataFrame
) -> tuple[pd.Series[float], pd.Series[float]]:
    """FTE that each project was to have, and had, in the last period that time is known of."""
    calendar = content.portfolio.calendar
    time = content.portfolio.tables["actuals"]
    time = time[time["fte"].notna()]
    at = pd.Series([calendar.index(one) for one in time["period"]], index=time.index, dtype="int64")
    time = time.assign(t=at)[at <= calendar.index(content.period)]
    if time.empty:
        return pd.Series(dtype="float64"), pd.Series(dtype="float64")
    last = int(time["t"].max())
    need = timed(content.portfolio, flying[["project_id", "option_id", "start"]], "demand")
    need = need[need["t"] == last]
    used = time[time["t"] == last].groupby("project_id")["fte"].sum()
    return need.groupby("project_id")["fte"].sum(), used


def health_sentence(rows: pd.DataFrame) -> str:
    """How many are red, and which; how many end late, and how many cost more."""
    number_ = count(len(rows), "project")
    red = rows[rows["rag"] == "red"]
    if red.empty:
        amber = int((rows["rag"] == "amber").sum())
        words = f"None of {number_} in flight is reported red"
        words += f", and {amber} amber" if amber else ""
    else:
        named = red.loc[red["open"], "name"]
        who = f": {join_names(named)}" if len(named) == len(red) else ""
        words = f"{len(red)} of {number_} in flight {'is' if len(red) == 1 else 'are'} red{who}"
    late = int((rows["late"] > 0).sum())
    dearer = int((rows["over"] > _MATTERS * rows["cost_approved"]).sum())
    told = []
    if late:
        told.append(f"{late} {'ends' if late == 1 else 'end'} later than approved")
    if dearer:
        told.append(f"{dearer} {'costs' if dearer == 1 else 'cost'} more")
    return f"{words}; {' and '.join(told)}" if told else words


def health(content: BoardContent) -> Pieces:
    """Status of the projects in flight on one page; nothing where none reports any."""
    rows = health_table(content)
    named = rows[rows["open"]]
    if not (rows["rag"] != "").any() or named.empty:
        return Pieces()
    shown = named.head(_MOST)
    listed = shown.assign(
        rag=shown["rag"].map(_WORDS),
        percent=shown["percent_complete"] / 100.0,
        approved=shown["finish_approved"].map(_when),
        finish=shown["finish"].map(_when),
        people=[_used(*one) for one in zip(shown["fte_used"], shown["fte_planned"], strict=True)],
    )
    columns = {"name": "Project", "rag": "Reported", "percent": "Done"}
    columns |= {"approved": "Approved end", "finish": "Expected end", "late": "Later by"}
    columns |= {"cost_approved": "Approved cost", "cost": "Expected cost", "over": "More by"}
    if (listed["people"] != "").any():
        columns["people"] = "FTE used"
    frequency = content.portfolio.settings.frequency
    amount = Written(lambda one: "" if math.isnan(one) else money(one, content.currency), "#,##0")
    numbers = {
        "percent": Written(lambda part: "" if math.isnan(part) else share(part), "0%"),
        "late": Written(lambda late: count(int(late), frequency) if late > 0 else "", "0"),
        "cost_approved": amount,
        "cost": amount,
        "over": Written(lambda one: amount(one) if one > 0 else "", "#,##0"),
    }
    return pieces.finding(health_sentence(rows), _note(content, rows, shown)) + pieces.table(
        listed,
        columns,
        name="Health",
        numbers=numbers,
        unbroken=("rag", "approved", "finish", "people"),
    )


def _note(content: BoardContent, rows: pd.DataFrame, shown: pd.DataFrame) -> str:
    told = rows["updated_on"].dropna()
    last = f"{told.max():%Y-%m-%d}" if len(told) else period_words(content.period)
    parts = [f"As managers reported, the last on {last}" if len(told) else f"Up to {last}"]
    stale = int((told < told.max()).sum()) if len(told) else 0
    if stale:
        parts.append(f"{stale} of the reports {'is' if stale == 1 else 'are'} older")
    named = int(rows["open"].sum())
    if named > len(shown):
        parts.append(f"the {len(shown)} in most trouble of {named}")
    hidden = len(rows) - named
    if hidden:
        parts.append(f"{count(hidden, 'confidential project')} in the totals only")
    return "; ".join(parts)


def _used(used: float, planned: float) -> str:
    if math.isnan(used) and math.isnan(planned):
        return ""
    have, want = (number(0.0 if math.isnan(fte) else fte) for fte in (used, planned))
    return f"{have} of {want}"


def _when(label: str) -> str:
    return period_words(label) if label else ""
