"""What has changed since the last issued report, for page one; left out whole without one."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, period_words
from portfolio.figures.labels import count, join_names
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.history import Changes
from portfolio.reports.pieces import Pieces

__all__ = ["changed", "changed_sentence"]

_MOST = 3
_WIDE = 60.0
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
    note = (
        f"Compared with the issued report of {period_words(last.period)}, run {last.run_id}; costs "
        "are whole, what is past included"
    )
    if content.hidden:
        note += f"; {count(content.hidden, 'confidential project')} not compared"
    moved = found.differing("finish")
    late = periods_moved(content, moved)
    return pieces.finding(changed_sentence(content), note) + pieces.paragraphs(
        [
            _named(content, "Joined", found.joined, "whole_cost"),
            _named(content, "Left", found.left, "whole_cost_before"),
            _dated("Later", moved[late > 0], late),
            _dated("Earlier", moved[late < 0], -late),
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
    parts = [
        (len(found.joined), "joined the plan"),
        (len(found.left), "left it" if len(found.joined) else "left the plan"),
        (later, "finish later" if later > 1 else "finishes later"),
        (earlier, "earlier" if later else _verb(earlier)),
    ]
    said = [
        f"{number} {words}" if place else f"{count(number, 'project')} {words}"
        for place, (number, words) in enumerate(part for part in parts if part[0])
    ]
    since = f"Since {period_words(content.earlier[-1].period)}"
    if not said:
        return f"{since}, no project joined or left the plan, or is to finish at another time"
    return f"{since}, {_listed(said)}"


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


def _verb(number: int) -> str:
    return "finish earlier" if number > 1 else "finishes earlier"


def _named(content: BoardContent, word: str, rows: pd.DataFrame, cost: str) -> str:
    """The costliest of some projects by name, and what all of them cost."""
    if rows.empty:
        return ""
    first = rows.sort_values(cost, ascending=False, kind="stable")["name"]
    amount = money(float(rows[cost].fillna(0.0).sum()), content.currency)
    return f"{word}: {join_names(first, _MOST, _WIDE)}; {amount}{' in all' * (len(rows) > 1)}."


def _dated(word: str, rows: pd.DataFrame, by: pd.Series[int]) -> str:
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
    return f"{word}: {_listed([*named, f'{rest} more'] if rest else named)}."


def _money_sentence(content: BoardContent, found: Changes) -> str:
    """What is other about money: cost of those that stayed, budget and spend of common periods."""
    stayed = found.stayed[["whole_cost_before", "whole_cost"]].dropna().sum()
    both = found.budget[["amount_before", "amount", "spent_before", "spent"]].sum()
    told = [
        _more(content, "projects that stayed in the plan cost", *stayed),
        _more(content, "the budget is", both["amount_before"], both["amount"]),
        _more(content, "planned spend is", both["spent_before"], both["spent"]),
    ]
    cost, *common = told
    common = [one for one in common if one]
    parts = [cost] if cost else []
    if common:
        parts.append(f"over the periods that both reports cover, {_listed(common)}")
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _more(content: BoardContent, words: str, then: float, now: float) -> str:
    """By how much an amount is more or less; nothing where it hardly is."""
    change = now - then
    if abs(change) <= _MATTERS * max(abs(then), abs(now)):
        return ""
    amount = money(abs(change), content.currency)
    return f"{words} {amount} {'more' if change > 0 else 'less'}"


def _limits_sentence(found: Changes) -> str:
    """How many limits are passed, where it was another number."""
    before, now = int(found.limits["was_passed"].sum()), int(found.limits["is_passed"].sum())
    if before == now:
        return ""
    return f"The plan passes {count(now, 'limit')}; it was {before}."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
