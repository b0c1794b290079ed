"""The findings of a frontier, in words: what a plan reaches, and what more would add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import money, number, records, share
from portfolio.figures.labels import count

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CLOSE", "FREE", "HELD", "PLANS", "Away", "Facts", "Point", "description_of", "facts_of",
    "frontier_description", "frontier_headline", "headline_of",
]  # fmt: skip

_NUMBERS = ("limit", "value")
_THINGS = {"budget": "money", "role_capacity": "people"}
FREE, HELD = "Nothing forced", "With what is forced"
PLANS = {"proposed": "Proposed plan", "as_is": "What runs already"}
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
    thing: str
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
        thing=_THINGS[over],
        amount=(lambda x: money(x, currency)) if over == "budget" else lambda x: f"{number(x)} FTE",
        worth=_worth(largest, value_currency),
    )


def _worth(largest: float, value_currency: str | None) -> Callable[[float], str]:
    if value_currency is not None or largest >= 10_000:
        return lambda value: money(value, value_currency or "")
    decimals = 0 if largest >= 1_000 else 1 if largest >= 10 else 2
    return lambda score: f"{score:,.{decimals}f}".replace("-", "−")


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
    if not facts.points:
        return f"No plan is possible at any level of {facts.thing}"
    could = "money could buy" if facts.thing == "money" else "people could do"
    plan = facts.proposed()
    if plan is None:
        if not facts.held:
            return f"What is forced cannot all be done at any level of {facts.thing}"
        first = facts.held[0]
        if facts.missing:
            return f"What must be done cannot be done for less than {facts.amount(first.limit)}"
        return f"The best plan for {facts.amount(first.limit)} is worth {facts.worth(first.value)}"
    if plan.high is not None and plan.high < 1 - CLOSE:
        if not plan.forced:
            could += " if nothing were forced"
        words = f"at most {share(plan.high)}"
        if plan.low is not None:
            words = _between(plan.low, plan.high).replace(">", "more than ")
        return f"The proposed plan reaches {words} of what its {could}"
    return _more(facts, plan)


def _more(facts: Facts, plan: Away) -> str:
    """What the highest level would add to a plan that is as good as any that is known."""
    curve = facts.held or facts.free
    last = curve[-1]
    if last.limit <= plan.limit * (1 + CLOSE) or plan.value <= 0:
        could = "money could buy" if facts.thing == "money" else "people could do"
        if plan.high is not None and plan.low is None:
            return f"How near the proposed plan is to the best that its {could} is not known"
        if plan.low is not None and plan.low < 1 - CLOSE:
            return f"The proposed plan reaches at least {share(plan.low)} of what its {could}"
        return f"The proposed plan is as good as its {could.replace('could', 'can')}"
    more = f"{share(last.limit / plan.limit - 1)} more {facts.thing}"
    gain, most = last.value / plan.value - 1, last.bound / plan.value - 1
    if not last.known:
        if gain < CLOSE:
            return f"What {more} would add to the plan's value is not known"
        return f"{more} would add at least {share(gain)} to the plan's value"
    if most < CLOSE:
        return f"{more} would add nothing to the plan's value"
    if gain < CLOSE:
        return f"{more} would add at most {share(most)} to the plan's value"
    return f"{more} would add {_between(gain, most)} to the plan's value"


def _between(low: float, high: float) -> str:
    """Two shares, as one where they read the same."""
    words, others = share(low), share(high)
    return words if words == others else f"{words.removesuffix(' %')} to {others}"


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
    text = f"{headline_of(facts)}."
    for name, points in ((HELD if facts.free else "", facts.held), (FREE, facts.free)):
        if points:
            first, last = points[0], points[-1]
            line = f"the best value rises from {facts.worth(first.value)} for "
            line += f"{facts.amount(first.limit)} to {facts.worth(last.value)} for "
            line += f"{facts.amount(last.limit)}, over {count(len(points), 'level')}"
            line = f"{name}, {line}" if name else line[0].upper() + line[1:]
            text += f" {line}."
    seen = dict.fromkeys((one.plan, one.limit, one.value) for one in facts.away)
    for plan, limit, value in seen:
        text += f" {PLANS.get(plan, plan)}: {facts.worth(value)} for {facts.amount(limit)}."
    if facts.held and facts.missing:
        text += f" At {count(facts.missing, 'level')} below, what must be done cannot be done."
    return text
