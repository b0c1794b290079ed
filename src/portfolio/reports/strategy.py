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
from portfolio.figures.labels import count
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
    least = f"at least {money(limit - high, content.currency)} less"
    if low > 0:
        least = f"between {money(limit - high, content.currency)} and "
        least += f"{money(limit - low, content.currency)} less"
    freely = "" if row["forced"] else ", if nothing were forced"
    return f"The plan's value could be had for {least}{freely}."


def _dropped(content: BoardContent) -> str:
    assert content.frontier is not None
    gone = returning(content.frontier.curve(True))
    if not gone:
        return ""
    verb = "leaves" if len(gone) == 1 else "leave"
    return (
        f"As money rises, {count(len(gone), 'project')} {verb} the best plan at some level, "
        "because others then fit together better: what is in at one budget is not sure of the next."
    )


def frontier_asked(content: BoardContent) -> list[tuple[str, str]]:
    """What was asked of the frontier, for the appendix."""
    found = content.frontier
    if found is None:
        return []
    levels = found.curves["level"]
    curves = "two curves" if found.curves["forced"].nunique() > 1 else "one curve"
    return [
        (
            "What more money would buy",
            f"{curves} of {levels.nunique()} levels, all budgets times {levels.min():.2f} to "
            f"{levels.max():.2f}; gap asked {share(found.settings.gap)} a level, "
            f"{found.seconds:.1f} s of at most {found.settings.time_limit:g} s",
        )
    ]
