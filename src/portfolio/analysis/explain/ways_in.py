"""What would bring a project into a plan, in words."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from portfolio.analysis.explain.amounts import Amounts
from portfolio.analysis.explain.answers import BringsIn
from portfolio.language import decimal, listed, mark, say

__all__ = ["ways_in"]

_NAMED = 3
_CLOSE, _TELLING = 0.99, 0.01
_WAYS = {"value": mark("value"), "budget": mark("money"), "capacity": mark("people")}


def ways_in(brings: BringsIn, own: float | None, said: Amounts) -> str:
    """What would bring a project into the plan, in a sentence or two.

    Parameters
    ----------
    brings : BringsIn
    own : float or None
        What the project is worth by itself.
    said : Amounts
    """
    sentences, ways = list[str](), list[str]()
    if brings.value is not None and own is not None:
        sentences.append(
            say(
                "It would come in with a value of {needed} instead of {own}.",
                needed=said.worth(brings.value),
                own=said.worth(own),
            )
        )
    if brings.budget is not None and len(brings.budget):
        least = float(brings.budget["amount"].sum()), brings.budget_at_least
        ways.append(_perhaps(_more_money(brings.budget, said), *least, said.money))
    if brings.capacity is not None and len(brings.capacity):
        least = float(brings.capacity["fte"].sum()), brings.capacity_at_least
        ways.append(_perhaps(_more_people(brings.capacity, said), *least, _fte))
    if ways:
        # The best plan with so much more may yet be another one, without the project.
        sentences.append(
            say(
                "A plan with it would be worth as much as today's with {ways}.",
                ways=_or_with(ways),
            )
        )
    elif brings.budget is not None or brings.capacity is not None:
        sentences.append(say("A plan with it is worth as much as today's."))
    if brings.unsettled:
        sentences.append(
            say(
                "Whether {ways} would bring it in was not found in the time.",
                ways=listed(say(_WAYS[name]) for name in brings.unsettled),
            )
        )
    if not sentences:
        return say("Neither value nor money nor people would bring it in.")
    return " ".join(sentences)


def _more_money(rows: pd.DataFrame, said: Amounts) -> str:
    total = float(rows["amount"].sum())
    places = _places(_worded(rows, said), "fund_id", "amount", said.money)
    return say("{amount} more money ({places})", amount=said.money(total), places=places)


def _more_people(rows: pd.DataFrame, said: Amounts) -> str:
    total = float(rows["fte"].sum())
    named = _worded(rows, said).assign(role_id=rows["role_id"].map(said.role_names))
    places = _places(named, "role_id", "fte", _fte)
    return say(
        "{fte} FTE more, summed over periods ({places})",
        fte=decimal(total, ".3g"),
        places=places,
    )


def _worded(rows: pd.DataFrame, said: Amounts) -> pd.DataFrame:
    """With periods, and funds where there are, as sentences write them."""
    wording = said.asked.wording
    written = {"period": wording.period, "fund_id": wording.code}
    return rows.assign(
        **{name: rows[name].map(words) for name, words in written.items() if name in rows}
    )


def _or_with(ways: list[str]) -> str:
    *before, last = ways
    if not before:
        return last
    return say("{before}, or with {last}", before=_or_with(before), last=last)


def _fte(fte: float) -> str:
    return say("{number} FTE", number=decimal(fte, ".3g"))


def _perhaps(way: str, total: float, at_least: float | None, said: Callable[[float], str]) -> str:
    """A way in; whether less might do, where the least was not proven, and what no less would."""
    least = at_least or 0.0
    if least >= _CLOSE * total:
        return way
    if least < _TELLING * total:
        return say("{way}, or perhaps with less", way=way)
    return say("{way}, or perhaps with less, though not below {least}", way=way, least=said(least))


def _places(rows: pd.DataFrame, key: str, amount: str, said: Callable[[float], str]) -> str:
    """Where amounts are needed, the largest first."""
    largest = rows.sort_values(amount, ascending=False, kind="stable")
    columns = (largest[name].tolist() for name in (key, "period", amount))
    places = zip(*columns, strict=True)
    named = [
        say("{place} in {period}: {amount}", place=one, period=period, amount=said(float(some)))
        for one, period, some in places
    ]
    more = len(named) - _NAMED
    if more <= 0:
        return ", ".join(named)
    number = decimal(more, "d")
    return say("{names}, and {number} more", names=", ".join(named[:_NAMED]), number=number)
