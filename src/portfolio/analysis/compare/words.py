"""A comparison in words, each sentence computed from its tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from portfolio.analysis.compare.comparison import Comparison
from portfolio.language import decimal, plural, say

__all__ = ["compared_words", "gain_words", "size_words"]


def size_words(value: float) -> str:
    """A value of 0 or more, as exact as it is read at a terminal."""
    return decimal(value, ",.0f" if value >= 100_000 else ",.4g")


def gain_words(row: Mapping[Any, Any], size: Callable[[float], str] = size_words) -> str:
    """A gain of value, with what the best possible values leave open; blank where unknown.

    Parameters
    ----------
    row : mapping
        gain, gain_low and gain_high.
    size : callable, optional
        How a value of 0 or more is written.
    """
    gain, low, high = (float(row[name]) for name in ("gain", "gain_low", "gain_high"))
    if math.isnan(gain):
        return ""
    if math.isnan(low) or math.isnan(high):
        return say("{gain} (how much is proven is not known)", gain=_signed(gain, size))
    if high - low <= 1e-6 * max(abs(gain), 1e-6):
        return _signed(gain, size)
    return say(
        "{gain} (between {low} and {high})",
        gain=_signed(gain, size),
        low=_signed(low, size),
        high=_signed(high, size),
    )


def compared_words(found: Comparison, name: str, size: Callable[[float], str] = size_words) -> str:
    """How a scenario's plan differs from the first one's, in a sentence without its full stop.

    Parameters
    ----------
    found : Comparison
    name : str
        A scenario other than the first.
    size : callable, optional
        How a value of 0 or more is written.
    """
    table = found.scenarios.set_index("scenario")
    if not found.plans[name].feasible:
        return say("{scenario}: there is no plan", scenario=name)
    what = found.differences.loc[found.differences["scenario"] == name, "what"]
    enter, leave = int((what == "enters").sum()), int((what == "leaves").sum())
    move = int(what.isin(["option", "start"]).sum())
    said = [
        plural("{n} enters", "{n} enter", enter) if enter else "",
        plural("{n} leaves", "{n} leave", leave) if leave else "",
        plural("{n} moves", "{n} move", move) if move else "",
    ]
    moved = ", ".join(words for words in said if words) or say("no project stands elsewhere")
    if not table.at[name, "alike"]:
        return say(
            "{scenario} against {first}: {moves}; their values mean different things",
            scenario=name,
            first=found.first,
            moves=moved,
        )
    return say(
        "{scenario} against {first}: {moves}; value {gain}",
        scenario=name,
        first=found.first,
        moves=moved,
        gain=gain_words(dict(table.loc[name]), size),
    )


def _signed(value: float, size: Callable[[float], str]) -> str:
    said = size(abs(value))
    if said == size(0.0):
        return "±0"
    return f"+{said}" if value > 0 else f"−{said}"
