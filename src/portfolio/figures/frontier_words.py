"""The findings of a frontier, in words: what a plan reaches, and what more would add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import money, number, records, share, worths
from portfolio.language import mark, plural, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CLOSE", "FREE", "HELD", "Away", "Facts", "Point", "description_of", "facts_of",
    "frontier_description", "frontier_headline", "headline_of", "plan_words",
]  # fmt: skip

_NUMBERS = ("limit", "value")
FREE, HELD = mark("Nothing forced"), mark("With what is forced")
_PLANS = {"proposed": mark("Proposed plan"), "as_is": mark("What runs already")}
CLOSE = 0.0005
"""Less than this share apart is as good as the same to a board."""


@dataclass(frozen=True)
class Point:
    """A point of a curve; where no bound is known, its value stands for it and `known` is False."""

    limit: float
    value: float
    bound: float
    known: bool = True


@dataclass(frozen=True)
class Away:
    """A plan beside a curve: the best value there, and the share of it that the plan reaches.

    The share is between `low` and `high`; without `low` alone nobody knows how little it is.
    """

    plan: str
    forced: bool
    limit: float
    value: float
    best: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Facts:
    """What the figure knows: both curves, plans, levels without a plan, and how numbers read."""

    held: list[Point]
    free: list[Point]
    away: list[Away]
    missing: int
    over: str
    amount: Callable[[float], str]
    worth: Callable[[float], str]

    @property
    def points(self) -> list[Point]:
        """The points of both curves."""
        return [*self.held, *self.free]

    def proposed(self) -> Away | None:
        """The proposed plan beside the free curve, where there is one."""
        own = [one for one in self.away if one.plan == "proposed"]
        return min(own, key=lambda one: one.forced, default=None)


def facts_of(
    curves: pd.DataFrame, away: pd.DataFrame, over: str, currency: str, value_currency: str | None
) -> Facts:
    """Check the tables of a figure, and read them."""
    kept = curves[curves["value"].notna()]
    bounds, unknown = kept["bound"].fillna(kept["value"]), kept["bound"].isna().tolist()
    rows = records(kept.assign(bound=bounds), text=("forced",), numbers=(*_NUMBERS, "bound"))
    both = {
        forced: [
            Point(row["limit"], row["value"], row["bound"], not open_)
            for row, open_ in zip(rows, unknown, strict=True)
            if (row["forced"] == "True") == forced
        ]
        for forced in (True, False)
    }
    known = away[away["best_low"].notna()]
    lows, highs = (known[name].tolist() for name in ("reach_low", "reach_high"))
    plans = records(known, text=("plan", "forced"), numbers=("limit", "value", "best_low"))
    distances = [
        Away(
            row["plan"], row["forced"] == "True", row["limit"], row["value"], row["best_low"],
            None if low != low else low, None if high != high else high,
        )
        for row, low, high in zip(plans, lows, highs, strict=True)
    ]  # fmt: skip
    largest = max((abs(point.bound) for points in both.values() for point in points), default=0.0)
    return Facts(
        held=both[True],
        free=both[False],
        away=distances,
        missing=int((curves["value"].isna() & curves["forced"].astype(bool)).sum()),
        over=over,
        amount=(
            (lambda x: money(x, currency))
            if over == "budget"
            else lambda x: say("{number} FTE", number=number(x))
        ),
        worth=worths(largest, 0 if largest >= 1_000 else 1 if largest >= 10 else 2, value_currency),
    )


def plan_words(plan: str) -> str:
    """What a plan beside the curves is called.

    Parameters
    ----------
    plan : str
        proposed, as_is; any other stands as it is.
    """
    return say(_PLANS[plan]) if plan in _PLANS else plan


def frontier_headline(
    curves: pd.DataFrame,
    away: pd.DataFrame,
    *,
    over: str = "budget",
    currency: str,
    value_currency: str | None = None,
) -> str:
    """The finding of `frontier_chart`, computed from its tables.

    Parameters
    ----------
    curves, away, over, currency, value_currency
        As in `frontier_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return headline_of(facts_of(curves, away, over, currency, value_currency))


def headline_of(facts: Facts) -> str:
    """The finding; no full stop."""
    money_ = facts.over == "budget"
    if not facts.points:
        if money_:
            return say("No plan is possible at any level of money")
        return say("No plan is possible at any level of people")
    plan = facts.proposed()
    if plan is None:
        if not facts.held:
            if money_:
                return say("What is forced cannot all be done at any level of money")
            return say("What is forced cannot all be done at any level of people")
        first = facts.held[0]
        least = facts.amount(first.limit)
        if facts.missing:
            return say("What must be done cannot be done for less than {amount}", amount=least)
        worth = facts.worth(first.value)
        return say("The best plan for {amount} is worth {worth}", amount=least, worth=worth)
    if plan.high is not None and plan.high < 1 - CLOSE:
        could = _could(facts, forced=plan.forced)
        if plan.low is None:
            most = _in_words(share(plan.high))
            return say(
                "The proposed plan reaches at most {share} of {could}", share=most, could=could
            )
        reached = _between(_in_words(share(plan.low)), _in_words(share(plan.high)))
        return say("The proposed plan reaches {share} of {could}", share=reached, could=could)
    return _more(facts, plan)


def _could(facts: Facts, *, forced: bool = True) -> str:
    """The best that could be: a part of a sentence."""
    if facts.over == "budget":
        if forced:
            return say("what its money could buy")
        return say("what its money could buy if nothing were forced")
    if forced:
        return say("what its people could do")
    return say("what its people could do if nothing were forced")


def _more(facts: Facts, plan: Away) -> str:
    """What the highest level would add to a plan that is as good as any that is known."""
    curve = facts.held or facts.free
    last = curve[-1]
    money_ = facts.over == "budget"
    if last.limit <= plan.limit * (1 + CLOSE) or plan.value <= 0:
        return _nothing_above(facts, plan)
    part = share(last.limit / plan.limit - 1)
    more = (
        say("{share} more money", share=part) if money_ else say("{share} more people", share=part)
    )
    gain, most = last.value / plan.value - 1, last.bound / plan.value - 1
    if not last.known:
        if gain < CLOSE:
            return say("What {more} would add to the plan's value is not known", more=more)
        least = share(gain)
        return say("{more} would add at least {share} to the plan's value", more=more, share=least)
    if most < CLOSE:
        return say("{more} would add nothing to the plan's value", more=more)
    if gain < CLOSE:
        most_ = share(most)
        return say("{more} would add at most {share} to the plan's value", more=more, share=most_)
    between = _between(share(gain), share(most))
    return say("{more} would add {share} to the plan's value", more=more, share=between)


def _nothing_above(facts: Facts, plan: Away) -> str:
    """The headline where no level beyond the plan's is known."""
    money_ = facts.over == "budget"
    if plan.high is not None and plan.low is None:
        if money_:
            return say(
                "How near the proposed plan is to the best that its money could buy is not known"
            )
        return say(
            "How near the proposed plan is to the best that its people could do is not known"
        )
    if plan.low is not None and plan.low < 1 - CLOSE:
        return say(
            "The proposed plan reaches at least {share} of {could}",
            share=share(plan.low),
            could=_could(facts),
        )
    if money_:
        return say("The proposed plan is as good as its money can buy")
    return say("The proposed plan is as good as its people can do")


def _between(low: str, high: str) -> str:
    """Two shares, as one where they read the same."""
    return low if low == high else say("{low} to {high}", low=low.removesuffix(" %"), high=high)


def _in_words(part: str) -> str:
    """A share without a sign for more."""
    return say("more than {share}", share=part[1:]) if part.startswith(">") else part


def frontier_description(
    curves: pd.DataFrame,
    away: pd.DataFrame,
    *,
    over: str = "budget",
    currency: str,
    value_currency: str | None = None,
) -> str:
    """The alternative text of `frontier_chart`, computed from its tables.

    Parameters
    ----------
    curves, away, over, currency, value_currency
        As in `frontier_chart`.

    Returns
    -------
    str
        A few sentences with the main numbers.
    """
    return description_of(facts_of(curves, away, over, currency, value_currency))


def description_of(facts: Facts) -> str:
    """The alternative text."""
    text = [f"{headline_of(facts)}."]
    if facts.held:
        text.append(_rise(facts, facts.held, HELD if facts.free else ""))
    if facts.free:
        text.append(_rise(facts, facts.free, FREE))
    for plan, limit, value in dict.fromkeys((a.plan, a.limit, a.value) for a in facts.away):
        text.append(
            say(
                "{plan}: {worth} for {amount}.",
                plan=plan_words(plan),
                worth=facts.worth(value),
                amount=facts.amount(limit),
            )
        )
    if facts.held and facts.missing:
        text.append(
            plural(
                "At {n} level below, what must be done cannot be done.",
                "At {n} levels below, what must be done cannot be done.",
                facts.missing,
            )
        )
    return " ".join(text)


def _rise(facts: Facts, points: list[Point], curve: str) -> str:
    """How one curve rises; it has a name where there are two."""
    first, last = points[0], points[-1]
    fields = {
        "low": facts.worth(first.value),
        "least": facts.amount(first.limit),
        "high": facts.worth(last.value),
        "most": facts.amount(last.limit),
    }
    if not curve:
        return plural(
            "The best value rises from {low} for {least} to {high} for {most}, over {n} level.",
            "The best value rises from {low} for {least} to {high} for {most}, over {n} levels.",
            len(points),
            **fields,
        )
    return plural(
        "{curve}, the best value rises from {low} for {least} to {high} for {most}, "
        "over {n} level.",
        "{curve}, the best value rises from {low} for {least} to {high} for {most}, "
        "over {n} levels.",
        len(points),
        curve=say(curve),
        **fields,
    )
