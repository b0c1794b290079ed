"""What binds: how much of each limit the plan uses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portfolio.figures.formats import NEARLY, money, number, records, share
from portfolio.figures.labels import clean, join_names, unique_labels
from portfolio.figures.plotted import Bars, Series
from portfolio.figures.sheet import Key, Sheet, box, canvas, nothing
from portfolio.figures.style import ACCENT, DIM, FULL, INK, MIDDLE, PALE, RED
from portfolio.language import mark, plural, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["bindings_chart", "bindings_description", "bindings_headline"]

_AMOUNTS = {
    "FTE": mark("{used} of {available} FTE"),
    "projects": mark("{used} of {available} projects"),
}


@dataclass
class _Limit:
    name: str
    used: float
    available: float
    unit: str

    @property
    def ratio(self) -> float:
        if self.available > 0:
            return self.used / self.available
        return float("inf") if self.used > NEARLY else 0.0

    @property
    def over(self) -> bool:
        return self.used > self.available + NEARLY * max(1.0, abs(self.available))

    @property
    def full(self) -> bool:
        return self.ratio >= 1 - NEARLY and not self.over

    def words(self, currency: str) -> str:
        if self.unit == "money":
            used, available = money(self.used, currency), money(self.available, currency)
        else:
            used, available = number(self.used), number(self.available)
        if self.unit in _AMOUNTS:
            return say(_AMOUNTS[self.unit], used=used, available=available)
        words = say("{part} of {whole}", part=used, whole=available)
        return words if self.unit == "money" else f"{words} {clean(self.unit)}".rstrip()


def _limits(table: pd.DataFrame) -> list[_Limit]:
    text = ["limit"] + (["unit"] if "unit" in table.columns else [])
    rows = records(table, text=text, numbers=("used", "available"))
    limits = [
        _Limit(clean(row["limit"]), row["used"], row["available"], row.get("unit", ""))
        for row in rows
    ]
    # A limit of nothing of which nothing is used holds nobody back.
    limits = [one for one in limits if one.available > 0 or one.used > NEARLY]
    return sorted(limits, key=lambda one: -one.ratio)


def bindings_headline(table: pd.DataFrame) -> str:
    """The finding of `bindings_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `bindings_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_limits(table))


def _headline(limits: list[_Limit]) -> str:
    if not limits:
        return say("No limit holds the plan back")
    over = [one for one in limits if one.over]
    full = [one for one in limits if one.full]
    if over or full:
        return _reached(over or full, len(limits), passed=bool(over))
    top = limits[0].ratio
    first = [one for one in limits if share(one.ratio) == share(top)]
    who = join_names(one.name for one in first)
    if len(first) > 1:
        return say("No limit is used up; {limits} reach {share}", limits=who, share=share(top))
    return say(
        "No limit is used up; the nearest is {limit} at {share}", limit=who, share=share(top)
    )


def _reached(found: list[_Limit], every: int, *, passed: bool) -> str:
    """The headline where limits are passed or used up."""
    who = join_names(one.name for one in found)
    if every == 1:
        if passed:
            return say("The only limit is passed: {limit}", limit=who)
        return say("The only limit is used up: {limit}", limit=who)
    whole = number(every)
    if passed:
        return plural(
            "{n} of {whole} limits is passed: {limits}",
            "{n} of {whole} limits are passed: {limits}",
            len(found),
            whole=whole,
            limits=who,
        )
    return plural(
        "{n} of {whole} limits is used up: {limits}",
        "{n} of {whole} limits are used up: {limits}",
        len(found),
        whole=whole,
        limits=who,
    )


def bindings_description(table: pd.DataFrame, *, currency: str) -> str:
    """The alternative text of `bindings_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `bindings_chart`.
    currency : str
        Currency of rows whose unit is money.

    Returns
    -------
    str
        One or two sentences with the main numbers.
    """
    return _describe(_limits(table), currency)


def _describe(limits: list[_Limit], currency: str) -> str:
    found = f"{_headline(limits)}."
    if not limits:
        return found
    parts = [f"{one.name} {_percent(one)} ({one.words(currency)})" for one in limits[:4]]
    bars = plural(
        "Bars of the use of {n} limit; the fullest: {limits}.",
        "Bars of the use of {n} limits; the fullest: {limits}.",
        len(limits),
        limits="; ".join(parts),
    )
    return f"{found} {bars}"


def _percent(limit: _Limit) -> str:
    # Of nothing there is no share.
    return share(limit.ratio) if limit.ratio != float("inf") else say("passed")


def bindings_chart(
    table: pd.DataFrame, *, currency: str, most: int = 12, width: int = FULL
) -> alt.LayerChart:
    """Draw how much of each limit is used, the fullest first.

    Parameters
    ----------
    table : DataFrame
        One row a limit. Columns: ``limit`` (its name in plain words, such as ``Budget of
        2027`` or ``Data engineer, Nov 26``), ``used``, ``available``; ``unit`` where it
        has one (``money`` for amounts in currency, else a word such as FTE).
    currency : str
        Currency of rows whose unit is money.
    most : int
        The most bars; the headline counts all limits.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where no limit is in use.

    Raises
    ------
    ReportError
        A column or a number is missing.
    """
    import altair as alt

    limits = _limits(table)
    headline, description = _headline(limits), _describe(limits, currency)
    if not limits:
        words = say("The plan has no limit of which anything is used.")
        return nothing(headline, words, width)
    shown = limits[:most]
    subtitle = say("Use of each limit, %; the line is the limit")
    if len(shown) < len(limits):
        subtitle = say(
            "The {most} fullest of {whole} limits, %; the line is the limit",
            most=number(len(shown)),
            whole=number(len(limits)),
        )
    keys = [
        key
        for key, wanted in (
            (Key(say("▲ Passed"), PALE, RED), any(one.over for one in shown)),
            (Key(say("● Used up"), ACCENT, ACCENT), any(one.full for one in shown)),
            (
                Key(say("Room left"), MIDDLE, MIDDLE),
                any(not (one.full or one.over) for one in shown),
            ),
        )
        if wanted
    ]
    narrow = width < 640
    left = 140 if narrow else 236
    sheet = Sheet(
        headline, subtitle, width, left=left, right=166 if narrow else 220, bottom=6, above=8,
        keys=tuple(keys),
    )  # fmt: skip
    high = 18.0 if sheet.small else 23.0
    # Far over the limit the bar stops: the number beside it tells the rest.
    longest = min(max(1.0, *(min(one.ratio, 2.0) for one in shown)), 1.5)
    scale = sheet.inner / longest
    # Names such as "role, period" differ at their ends.
    names = unique_labels(
        [one.name for one in shown], [str(row + 1) for row in range(len(shown))], left - 16,
        sheet.size, tail=0.45,
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    for row, (limit, name) in enumerate(zip(shown, names, strict=True)):
        sign = "▲ " if limit.over else "● " if limit.full else ""
        fill, stroke = (
            (PALE, RED) if limit.over else (ACCENT, ACCENT) if limit.full else (MIDDLE, MIDDLE)
        )
        rows.append(
            {
                "name": name, "y": (row + 0.5) * high, "low": row * high + high * 0.2,
                "high": row * high + high * 0.8, "x": 0,
                "x2": max(min(limit.ratio, longest), 0.0) * scale, "fill": fill, "stroke": stroke,
                "percent": f"{sign}{_percent(limit)}", "words": limit.words(currency),
                "ink": RED if limit.over else INK,
            }
        )  # fmt: skip
    height = high * len(shown)
    data = canvas(rows)
    y = alt.Y("y:Q", scale=None, axis=None)
    bars = data.mark_rect(strokeWidth=1.4).encode(
        x=alt.X("x:Q", scale=None, axis=None), x2=alt.X2("x2:Q"),
        y=alt.Y("low:Q", scale=None, axis=None), y2=alt.Y2("high:Q"),
        fill=alt.Fill("fill:N", scale=None), stroke=alt.Stroke("stroke:N", scale=None),
    )  # fmt: skip
    text = data.mark_text(align="left", fontSize=sheet.size)
    percent = data.mark_text(align="right", fontSize=sheet.size, fontWeight=700)
    detail = data.mark_text(align="left", fontSize=sheet.size - 0.5, color=DIM)
    beside = sheet.inner + (50 if narrow else 62)
    layers = [
        bars,
        text.encode(x=alt.XValue(sheet.margin - left), y=y, text=alt.Text("name:N")),
        percent.encode(
            x=alt.XValue(beside),
            y=y,
            text=alt.Text("percent:N"),
            color=alt.Color("ink:N", scale=None),
        ),
        detail.encode(x=alt.XValue(beside + 7), y=y, text=alt.Text("words:N")),
        box(scale, -3, scale, height + 3, stroke=INK, strokeWidth=1.2),
    ]
    return sheet.chart(layers, height, description, _plotted(shown, names))


def _plotted(shown: list[_Limit], names: list[str]) -> Bars:
    states = {
        say("Passed"): ([one.over for one in shown], PALE, RED),
        say("Used up"): ([one.full for one in shown], ACCENT, ACCENT),
        say("Room left"): ([not (one.full or one.over) for one in shown], MIDDLE, MIDDLE),
    }
    series = [
        Series(
            name,
            tuple(
                one.ratio if here and math.isfinite(one.ratio) else None
                for one, here in zip(shown, own, strict=True)
            ),
            fill, stroke,
        )
        for name, (own, fill, stroke) in states.items()
        if any(own)
    ]  # fmt: skip
    return Bars(
        say("Use of limits"), say("Limit"), tuple(names), tuple(series), unit="%", form="0.0%",
        stacked=True, lying=True,
    )  # fmt: skip
