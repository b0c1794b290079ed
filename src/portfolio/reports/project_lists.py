"""Sections of a board report that list projects: new ones, those left out, those that run."""

from __future__ import annotations

import math

from portfolio.figures.formats import worth
from portfolio.language import plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.decision_words import decision_words, kind_words
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.written import SCORE, money_in, period_or_blank

__all__ = ["confidential_note", "funded", "in_flight", "left_out", "not_drawn"]


def funded(content: BoardContent) -> Pieces:
    """What is newly funded, now or later, and why; nothing where nothing is."""
    decisions = ("funded", "deferred")
    later = len(content.counted("deferred"))
    number = len(content.counted(*decisions))
    if not number:
        return Pieces()
    if later:
        words = plural(
            "{n} project is newly funded, {later} of them later than they could start",
            "{n} projects are newly funded, {later} of them later than they could start",
            number,
            later=later,
        )
    else:
        words = plural("{n} project is newly funded", "{n} projects are newly funded", number)
    dates = {"start": say("Start"), "finish": say("Finish")}
    return _listing(content, decisions, words, say("Newly funded"), dates)


def left_out(content: BoardContent) -> Pieces:
    """What is left out or stopped, and why."""
    number = len(content.counted("left_out"))
    stops = len(content.counted("stopped"))
    words = plural("{n} project is left out", "{n} projects are left out", number)
    if stops and number:
        words = plural(
            "{left_out} and {n} in flight is stopped",
            "{left_out} and {n} in flight are stopped",
            stops,
            left_out=words,
        )
    elif stops:
        words = plural(
            "{n} project in flight is stopped", "{n} projects in flight are stopped", stops
        )
    return _listing(content, ("left_out", "stopped"), words, say("Left out"), {})


def in_flight(content: BoardContent) -> Pieces:
    """What runs already."""
    number = len(content.counted("in_flight"))
    words = plural("{n} project runs on", "{n} projects run on", number)
    dates = {"start": say("Since"), "finish": say("Finish")}
    return _listing(content, ("in_flight",), words, say("In flight"), dates, reasons=False)


def _listing(
    content: BoardContent,
    decisions: tuple[str, ...],
    words: str,
    name: str,
    dates: dict[str, str],
    *,
    reasons: bool = True,
) -> Pieces:
    rows = content.named(*decisions)
    releases = content.asks.set_index("project_id")["release"]
    listed = rows.assign(
        decision=rows["decision"].map(decision_words),
        kind=rows["kind"].map(kind_words),
        start=rows["start"].map(period_or_blank),
        finish=rows["finish"].map(period_or_blank),
        release=rows["project_id"].map(releases).fillna(0.0),
    )
    columns = {"project_id": say("Id"), "name": say("Project"), "decision": say("Decision")}
    columns |= {**dates, "kind": say("Money"), "cost": say("Cost to come"), "value": say("Value")}
    if reasons:
        columns["reason"] = say("Why")
    else:
        columns["release"] = say("Release")
    hidden = len(content.counted(*decisions)) - len(rows)
    return (
        pieces.finding(words)
        + pieces.table(
            listed,
            columns,
            name=name,
            numbers={
                "cost": money_in(content.currency),
                "value": Written(_value, SCORE),
                "release": money_in(content.currency, blank=True),
            },
            unbroken=("project_id", "decision", "start", "finish", "kind"),
            wide=("reason",),
        )
        + confidential_note(hidden)
    )


def not_drawn(content: BoardContent) -> Pieces:
    """What the roadmap leaves to the lists."""
    number = content.undrawn
    if not number:
        return Pieces()
    return pieces.paragraphs(
        [
            plural(
                "{n} project in flight is listed below and not drawn.",
                "{n} smaller projects in flight are listed below and not drawn.",
                number,
            )
        ]
    )


def confidential_note(number: int) -> Pieces:
    """How many projects count without being named; nothing where none does."""
    if not number:
        return Pieces()
    return pieces.paragraphs(
        [
            plural(
                "{n} confidential project counts in the totals only.",
                "{n} confidential projects count in the totals only.",
                number,
            )
        ]
    )


def _value(value: float) -> str:
    return "" if math.isnan(value) else worth(value)
