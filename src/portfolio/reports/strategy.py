"""Sections of a board report on strategy: what the drivers get, and what more money would buy."""

from __future__ import annotations

import math

from portfolio.analysis.frontier import distances, returning
from portfolio.figures import (
    Picture,
    alignment_chart,
    frontier_chart,
    money,
    share,
    show,
)
from portfolio.language import decimal, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces

__all__ = ["alignment", "frontier", "frontier_asked", "frontier_note"]

_IN_MONEY = ("npv", "benefit", "cost")
_SAME = 0.001


def alignment(content: BoardContent) -> Picture | Pieces:
    """What each driver weighs and gets; nothing where no project is rated by one."""
    if content.alignment.empty:
        return Pieces()
    return show(alignment_chart(content.alignment, currency=content.currency))


def frontier(content: BoardContent) -> Picture | Pieces:
    """What more money would buy; nothing where it was not looked for."""
    found = content.frontier
    if found is None:
        return Pieces()
    chart = frontier_chart(
        found.curves,
        distances(found),
        currency=content.currency,
        value_currency=content.currency if found.objective in _IN_MONEY else None,
    )
    return show(chart)


def frontier_note(content: BoardContent) -> Pieces:
    """What would buy the same value, and that more money also drops projects."""
    if content.frontier is None:
        return Pieces()
    return pieces.paragraphs([_same_value(content), _dropped(content)])


def _same_value(content: BoardContent) -> str:
    assert content.frontier is not None
    away = distances(content.frontier)
    own = away[away["plan"] == "proposed"].sort_values("forced")
    if own.empty:
        return ""
    row = own.iloc[0]
    low, high, limit = (float(row[name]) for name in ("same_low", "same_high", "limit"))
    if math.isnan(high) or high >= limit * (1 - _SAME):
        return ""
    least, most = (money(limit - one, content.currency) for one in (high, low))
    if low > 0 and row["forced"]:
        return say(
            "The plan's value could be had for between {least} and {most} less.",
            least=least,
            most=most,
        )
    if low > 0:
        return say(
            "The plan's value could be had for between {least} and {most} less, if nothing were "
            "forced.",
            least=least,
            most=most,
        )
    if row["forced"]:
        return say("The plan's value could be had for at least {least} less.", least=least)
    return say(
        "The plan's value could be had for at least {least} less, if nothing were forced.",
        least=least,
    )


def _dropped(content: BoardContent) -> str:
    assert content.frontier is not None
    gone = returning(content.frontier.curve(True))
    if not gone:
        return ""
    return plural(
        "As money rises, {n} project leaves the best plan at some level, because others then fit "
        "together better: what is in at one budget is not sure of the next.",
        "As money rises, {n} projects leave the best plan at some level, because others then fit "
        "together better: what is in at one budget is not sure of the next.",
        len(gone),
    )


def frontier_asked(content: BoardContent) -> list[tuple[str, str]]:
    """What was asked of the frontier, for the appendix."""
    found = content.frontier
    if found is None:
        return []
    levels = found.curves["level"]
    two = found.curves["forced"].nunique() > 1
    said = say(
        "{curves} of {levels} levels, all budgets times {least} to {most}; gap asked {gap} a "
        "level, {seconds} s of at most {limit} s",
        curves=say("two curves") if two else say("one curve"),
        levels=levels.nunique(),
        least=decimal(levels.min(), ".2f"),
        most=decimal(levels.max(), ".2f"),
        gap=share(found.settings.gap),
        seconds=decimal(found.seconds, ".1f"),
        limit=decimal(found.settings.time_limit, ".1f", short=True),
    )
    return [(say("What more money would buy"), said)]
