"""A comparison in words, each sentence computed from its tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from portfolio.analysis.compare.comparison import Comparison

__all__ = ["compared_words", "gain_words", "size_words"]


def size_words(value: float) -> str:
    """A value of 0 or more, as exact as it is read at a terminal."""
    return f"{value:,.0f}" if value >= 100_000 else f"{value:,.4g}"


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
        return f"{_signed(gain, size)} (how much is proven is not known)"
    if high - low <= 1e-6 * max(abs(gain), 1e-6):
        return _signed(gain, size)
    return f"{_signed(gain, size)} (between {_signed(low, size)} and {_signed(high, size)})"


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
        return f"{name}: there is no plan"
    what = found.differences.loc[found.differences["scenario"] == name, "what"]
    counts = {
        "enters": _counted(int((what == "enters").sum()), "enters", "enter"),
        "leaves": _counted(int((what == "leaves").sum()), "leaves", "leave"),
        "moves": _counted(int(what.isin(["option", "start"]).sum()), "moves", "move"),
    }
    said = [words for words in counts.values() if words]
    moved = ", ".join(said) if said else "no project stands elsewhere"
    if not table.at[name, "alike"]:
        return f"{name} against {found.first}: {moved}; their values mean different things"
    gain = gain_words(dict(table.loc[name]), size)
    return f"{name} against {found.first}: {moved}; value {gain}"


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}" if number else ""


def _signed(value: float, size: Callable[[float], str]) -> str:
    said = size(abs(value))
    if said == size(0.0):
        return "±0"
    return f"+{said}" if value > 0 else f"−{said}"
