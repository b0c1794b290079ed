"""What has changed since the last issued report, for page one; left out whole without one."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, period_words
from portfolio.figures.labels import join_names
from portfolio.language import listed, mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.history import Changes
from portfolio.reports.pieces import Pieces

__all__ = ["changed", "changed_sentence"]

_MOST = 3
_WIDE = 60.0
_COST = (
    mark("projects that stayed in the plan cost {amount} more"),
    mark("projects that stayed in the plan cost {amount} less"),
)
_BUDGET = (mark("the budget is {amount} more"), mark("the budget is {amount} less"))
_SPEND = (mark("planned spend is {amount} more"), mark("planned spend is {amount} less"))
# Of an amount of money: less is not told.
_MATTERS = 0.0005


def changed(content: BoardContent) -> Pieces:
    """What has changed since the last issued report, in a few lines; nothing where there is none.

    The tables behind it are in `portfolio.reports.changed_in_full`.
    """
    found = content.changes
    if found is None:
        return Pieces()
    last = content.earlier[-1]
    note = say(
        "Compared with the issued report of {period}, run {run}; costs are whole, what is past "
        "included",
        period=period_words(last.period),
        run=last.run_id,
    )
    if content.hidden:
        note = plural(
            "{note}; {n} confidential project not compared",
            "{note}; {n} confidential projects not compared",
            content.hidden,
            note=note,
        )
    moved = found.differing("finish")
    late = periods_moved(content, moved)
    joined = _named(content, found.joined, "whole_cost")
    left = _named(content, found.left, "whole_cost_before")
    later, earlier = _dated(moved[late > 0], late), _dated(moved[late < 0], -late)
    return pieces.finding(changed_sentence(content), note) + pieces.paragraphs(
        [
            say("Joined: {projects}.", projects=joined) if joined else "",
            say("Left: {projects}.", projects=left) if left else "",
            say("Later: {projects}.", projects=later) if later else "",
            say("Earlier: {projects}.", projects=earlier) if earlier else "",
            _money_sentence(content, found),
            _limits_sentence(found),
        ]
    )


def changed_sentence(content: BoardContent) -> str:
    """How many projects joined the plan, left it, or are to finish at another time."""
    found = content.changes
    assert found is not None
    late = periods_moved(content, found.differing("finish"))
    later, earlier = int((late > 0).sum()), int((late < 0).sum())
    since = period_words(content.earlier[-1].period)
    said = [*_in_and_out(len(found.joined), len(found.left))]
    said += _other_times(later, earlier, first=not said)
    if not said:
        return say(
            "Since {period}, no project joined or left the plan, or is to finish at another time",
            period=since,
        )
    return say("Since {period}, {changes}", period=since, changes=listed(said))


def _in_and_out(joined: int, left: int) -> list[str]:
    said = []
    if joined:
        said.append(plural("{n} project joined the plan", "{n} projects joined the plan", joined))
    if left and joined:
        said.append(plural("{n} left it", "{n} left it", left))
    elif left:
        said.append(plural("{n} project left the plan", "{n} projects left the plan", left))
    return said


def _other_times(later: int, earlier: int, *, first: bool) -> list[str]:
    """What finishes at another time; `first` where nothing is said of projects before it."""
    said = []
    if later and first:
        said.append(plural("{n} project finishes later", "{n} projects finish later", later))
    elif later:
        said.append(plural("{n} finishes later", "{n} finish later", later))
    if earlier and later:
        said.append(plural("{n} earlier", "{n} earlier", earlier))
    elif earlier and first:
        said.append(plural("{n} project finishes earlier", "{n} projects finish earlier", earlier))
    elif earlier:
        said.append(plural("{n} finishes earlier", "{n} finish earlier", earlier))
    return said


def periods_moved(content: BoardContent, rows: pd.DataFrame) -> pd.Series[int]:
    """By how many periods each finish is after the one in the last issued report.

    Parameters
    ----------
    content : BoardContent
    rows : pandas.DataFrame
        finish and finish_before, labels.

    Returns
    -------
    pandas.Series
        Below 0 where it is before that.
    """
    index = content.portfolio.calendar.index
    pairs = zip(rows["finish_before"], rows["finish"], strict=True)
    return pd.Series([index(now) - index(then) for then, now in pairs], rows.index, dtype="int64")


def _named(content: BoardContent, rows: pd.DataFrame, cost: str) -> str:
    """The costliest of some projects by name, and what all of them cost."""
    if rows.empty:
        return ""
    first = rows.sort_values(cost, ascending=False, kind="stable")["name"]
    amount = money(float(rows[cost].fillna(0.0).sum()), content.currency)
    names = join_names(first, _MOST, _WIDE)
    if len(rows) > 1:
        return say("{names}; {amount} in all", names=names, amount=amount)
    return f"{names}; {amount}"


def _dated(rows: pd.DataFrame, by: pd.Series[int]) -> str:
    """Those that moved the most, by name, with their finish then and now."""
    if rows.empty:
        return ""
    first = rows.loc[by.loc[rows.index].sort_values(ascending=False, kind="stable").index]
    named = [
        f"{join_names([name], width=_WIDE)} ({period_words(then)} → {period_words(now)})"
        for name, then, now in zip(
            *(first.head(_MOST)[column] for column in ("name", "finish_before", "finish")),
            strict=True,
        )
    ]
    rest = len(rows) - len(named)
    return listed([*named, plural("{n} more", "{n} more", rest)] if rest else named)


def _money_sentence(content: BoardContent, found: Changes) -> str:
    """What is other about money: cost of those that stayed, budget and spend of common periods."""
    stayed = found.stayed[["whole_cost_before", "whole_cost"]].dropna().sum()
    both = found.budget[["amount_before", "amount", "spent_before", "spent"]].sum()
    cost = _more(content, _COST, *stayed)
    common = [
        _more(content, _BUDGET, both["amount_before"], both["amount"]),
        _more(content, _SPEND, both["spent_before"], both["spent"]),
    ]
    common = [one for one in common if one]
    parts = [cost] if cost else []
    if common:
        parts.append(
            say("over the periods that both reports cover, {changes}", changes=listed(common))
        )
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _more(content: BoardContent, words: tuple[str, str], then: float, now: float) -> str:
    """By how much an amount is more or less; nothing where it hardly is."""
    change = now - then
    if abs(change) <= _MATTERS * max(abs(then), abs(now)):
        return ""
    more, less = words
    return say(more if change > 0 else less, amount=money(abs(change), content.currency))


def _limits_sentence(found: Changes) -> str:
    """How many limits are passed, where it was another number."""
    before, now = int(found.limits["was_passed"].sum()), int(found.limits["is_passed"].sum())
    if before == now:
        return ""
    return plural(
        "The plan passes {n} limit; it was {before}.",
        "The plan passes {n} limits; it was {before}.",
        now,
        before=before,
    )
