"""Page one of a board report: what it is about, its figures, and what is to be decided."""

from __future__ import annotations

import math

from portfolio import figures
from portfolio.figures import money, period_words
from portfolio.language import mark, say
from portfolio.reports import pieces, sentences
from portfolio.reports.content import BoardContent
from portfolio.reports.decided import conditions_sentence
from portfolio.reports.decision_words import kind_words
from portfolio.reports.pieces import Pieces
from portfolio.reports.project_lists import confidential_note
from portfolio.reports.units import in_unit
from portfolio.reports.written import SHARE, WHOLE, day_short, money_in, period_or_blank

__all__ = ["asks", "capacity", "cards", "decision", "heading", "kinds", "passed"]

_MOST_ASKS = 12
_MOST_PASSED = 12
_ASKS = {"stop": mark("Stop"), "approve": mark("Approve"), "release": mark("Release")}


def heading(content: BoardContent) -> Pieces:
    """The title, and what the report is about."""
    settings = content.portfolio.settings
    first, last = period_words(content.periods[0]), period_words(content.periods[-1])
    if len(content.periods) == 1:
        horizon = say("Plan for {period}", period=first)
    else:
        horizon = say("Plan for {first} to {last}", first=first, last=last)
    scenario = content.scenario.title or say("scenario {name}", name=content.scenario.name)
    return pieces.heading(
        say(
            "{portfolio}: board report {period}",
            portfolio=settings.name,
            period=period_words(content.period),
        ),
        f"{horizon} · {scenario} · {sentences.distance_sentence(content)}",
    )


def cards(content: BoardContent) -> Pieces:
    """The four figures at the top."""
    return pieces.cards(content.cards)


def decision(content: BoardContent) -> Pieces:
    """What the board is asked, what cannot be done, the next-best choice, and what is owed."""
    asked = [
        sentences.approve_sentence(content),
        sentences.release_sentence(content),
        sentences.stop_sentence(content),
    ]
    rest = [
        sentences.cannot_sentence(content),
        sentences.next_best_sentence(content),
        conditions_sentence(content),
    ]
    return (
        pieces.title(say("For decision"))
        + pieces.paragraphs(asked, "ask")
        + pieces.paragraphs(rest, "note")
    )


def passed(content: BoardContent) -> Pieces:
    """Limits that the plan passes because the scenario lets it; nothing where there are none."""
    rows = content.passed
    if rows.empty:
        return Pieces()
    shown = rows.head(_MOST_PASSED)
    note = say("A limit that is widened or left out is measured as the data have it")
    if len(rows) > len(shown):
        note = say(
            "{note}; the {shown} passed by the most, of {all}",
            note=note,
            shown=len(shown),
            all=len(rows),
        )
    amounts = {
        name: [_amount(content, *one) for one in zip(shown[name], shown["unit"], strict=True)]
        for name in ("available", "used", "over")
    }
    columns = {"words": say("Limit"), "available": say("Allows"), "used": say("Planned")}
    columns |= {"over": say("Past it by")}
    return pieces.finding(sentences.passed_sentence(content), note) + pieces.table(
        shown.assign(**amounts),
        columns,
        name=say("Limits passed"),
        unbroken=("available", "used", "over"),
    )


def _amount(content: BoardContent, value: float, unit: str) -> str:
    if math.isnan(value):
        return ""
    return money(value, content.currency) if unit == "money" else in_unit(value, unit, ",.4g")


def kinds(content: BoardContent) -> Pieces:
    """Must-do, committed and discretionary money."""
    rows = content.kinds.assign(kind=content.kinds["kind"].map(kind_words))
    sums = rows[["projects", "spend"]].sum()
    total = {"kind": say("All"), **sums, "share": 1.0 if sums["spend"] else 0.0}
    return pieces.finding(sentences.kinds_sentence(content).rstrip(".")) + pieces.table(
        rows,
        {
            "kind": say("Money"),
            "projects": say("Projects"),
            "spend": say("Spend"),
            "share": say("Share"),
        },
        name=say("Kinds of money"),
        numbers={"projects": WHOLE, "spend": money_in(content.currency), "share": SHARE},
        total=total,
    )


def capacity(content: BoardContent) -> figures.Picture | Pieces:
    """How much of each role is used; nothing where no role is needed."""
    rows = content.capacity_shown
    return Pieces() if rows.empty else figures.show(figures.capacity_chart(rows))


def asks(content: BoardContent) -> Pieces:
    """What is asked for, project by project, the most urgent first."""
    rows = content.asks
    hidden = rows["confidential"].fillna(False).astype(bool)
    named = rows[~hidden]
    shown = named[named.groupby("ask").cumcount() < _MOST_ASKS]
    listed = shown.assign(
        start=shown["start"].map(period_or_blank),
        ask=[say(_ASKS[ask]) for ask in shown["ask"]],
        by=[day_short(day) for day in shown["by"]],
        until=shown["until"].where(shown["release"] > 0, ""),
    )
    rest = len(named) - len(shown)
    note = ""
    if rest:
        note = say(
            "The {most} most urgent of each kind, {shown} of {all}; the lists below hold all",
            most=_MOST_ASKS,
            shown=len(shown),
            all=len(named),
        )
    return (
        pieces.finding(say("What the board is asked for, and by when"), note)
        + pieces.table(
            listed,
            {
                "by": say("By"),
                "ask": say("Asked"),
                "name": say("Project"),
                "start": say("Start"),
                "cost": say("Cost to come"),
                "release": say("Release"),
                "until": say("Up to"),
            },
            name=say("Asks"),
            numbers={
                "cost": money_in(content.currency),
                "release": money_in(content.currency, blank=True),
            },
            unbroken=("by", "ask", "start", "until"),
            empty=say("Nothing is asked for."),
        )
        + confidential_note(int(hidden.sum()))
    )
