"""How the projects in flight stand: what their managers report, dates, money and people."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.data.called import periods_counted
from portfolio.figures import money, number, period_words, share
from portfolio.figures.labels import join_names
from portfolio.language import listed, mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.standing import approved, latest_progress, periods_late, whole_cost
from portfolio.reports.timed import timed
from portfolio.reports.written import day_short, period_or_blank

__all__ = ["health", "health_sentence", "health_table"]

_ORDER = {"red": 0, "amber": 1, "": 2, "green": 3}
_WORDS = {
    "red": mark("■ Red"),
    "amber": mark("▲ Amber"),
    "green": mark("● Green"),
    "": mark("Not reported"),
}
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
    time = time.assign(t=at)[at <= calendar.up_to(content.period)]
    if time.empty:
        return pd.Series(dtype="float64"), pd.Series(dtype="float64")
    last = int(time["t"].max())
    need = timed(content.portfolio, flying[["project_id", "option_id", "start"]], "demand")
    need = need[need["t"] == last]
    used = time[time["t"] == last].groupby("project_id")["fte"].sum()
    return need.groupby("project_id")["fte"].sum(), used


def health_sentence(rows: pd.DataFrame) -> str:
    """How many are red, and which; how many end late, and how many cost more."""
    told = [_red_words(rows)]
    late = int((rows["late"] > 0).sum())
    dearer = int((rows["over"] > _MATTERS * rows["cost_approved"]).sum())
    worse = []
    if late:
        worse.append(plural("{n} ends later than approved", "{n} end later than approved", late))
    if dearer:
        worse.append(plural("{n} costs more", "{n} cost more", dearer))
    if worse:
        told.append(listed(worse))
    return "; ".join(told)


def _red_words(rows: pd.DataFrame) -> str:
    """How many are red, and which; where none is, how many are amber."""
    projects = plural("{n} project", "{n} projects", len(rows))
    red = rows[rows["rag"] == "red"]
    if red.empty:
        amber = int((rows["rag"] == "amber").sum())
        if amber:
            return say(
                "None of {projects} in flight is reported red, and {amber} amber",
                projects=projects,
                amber=amber,
            )
        return say("None of {projects} in flight is reported red", projects=projects)
    named = red.loc[red["open"], "name"]
    if len(named) == len(red):
        return plural(
            "{n} of {projects} in flight is red: {names}",
            "{n} of {projects} in flight are red: {names}",
            len(red),
            projects=projects,
            names=join_names(named),
        )
    return plural(
        "{n} of {projects} in flight is red",
        "{n} of {projects} in flight are red",
        len(red),
        projects=projects,
    )


def health(content: BoardContent) -> Pieces:
    """Status of the projects in flight on one page; nothing where none reports any."""
    rows = health_table(content)
    named = rows[rows["open"]]
    if not (rows["rag"] != "").any() or named.empty:
        return Pieces()
    shown = named.head(_MOST)
    listed = shown.assign(
        rag=[say(_WORDS[rag]) for rag in shown["rag"]],
        percent=shown["percent_complete"] / 100.0,
        approved=shown["finish_approved"].map(period_or_blank),
        finish=shown["finish"].map(period_or_blank),
        people=[_used(*one) for one in zip(shown["fte_used"], shown["fte_planned"], strict=True)],
    )
    columns = {"name": say("Project"), "rag": say("Reported"), "percent": say("Done")}
    columns |= {"approved": say("Approved end"), "finish": say("Expected end")}
    columns |= {"late": say("Later by"), "cost_approved": say("Approved cost")}
    columns |= {"cost": say("Expected cost"), "over": say("More by")}
    if (listed["people"] != "").any():
        columns["people"] = say("FTE used")
    frequency = content.portfolio.settings.frequency
    amount = Written(lambda one: "" if math.isnan(one) else money(one, content.currency), "#,##0")
    numbers = {
        "percent": Written(lambda part: "" if math.isnan(part) else share(part), "0%"),
        "late": Written(
            lambda late: periods_counted(int(late), frequency) if late > 0 else "", "0"
        ),
        "cost_approved": amount,
        "cost": amount,
        "over": Written(lambda one: amount(one) if one > 0 else "", "#,##0"),
    }
    return pieces.finding(health_sentence(rows), _note(content, rows, shown)) + pieces.table(
        listed,
        columns,
        name=say("Health"),
        numbers=numbers,
        unbroken=("rag", "approved", "finish", "people"),
    )


def _note(content: BoardContent, rows: pd.DataFrame, shown: pd.DataFrame) -> str:
    told = rows["updated_on"].dropna()
    if len(told):
        last = day_short(told.max().date())
        parts = [say("As managers reported, the last on {day}", day=last)]
    else:
        parts = [say("Up to {period}", period=period_words(content.period))]
    stale = int((told < told.max()).sum()) if len(told) else 0
    if stale:
        parts.append(plural("{n} of the reports is older", "{n} of the reports are older", stale))
    named = int(rows["open"].sum())
    if named > len(shown):
        parts.append(say("the {shown} in most trouble of {all}", shown=len(shown), all=named))
    hidden = len(rows) - named
    if hidden:
        parts.append(
            plural(
                "{n} confidential project in the totals only",
                "{n} confidential projects in the totals only",
                hidden,
            )
        )
    return "; ".join(parts)


def _used(used: float, planned: float) -> str:
    if math.isnan(used) and math.isnan(planned):
        return ""
    have, want = (number(0.0 if math.isnan(fte) else fte) for fte in (used, planned))
    return say("{part} of {whole}", part=have, whole=want)
