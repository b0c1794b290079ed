"""What more money, or more people, would bring: the best plan at each level."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from portfolio.figures.formats import money_unit, share
from portfolio.figures.frontier_words import (
    CLOSE,
    FREE,
    HELD,
    Away,
    Facts,
    Point,
    description_of,
    facts_of,
    headline_of,
    plan_words,
)
from portfolio.figures.labels import shorten, text_width
from portfolio.figures.plotted import Curve, Points
from portfolio.figures.sheet import Key, Sheet, box, canvas, label, nothing
from portfolio.figures.style import ACCENT, DIM, FULL, INK, MIDDLE, PAPER, RED
from portfolio.language import say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["Drawing", "frontier_chart"]


def frontier_chart(
    curves: pd.DataFrame,
    away: pd.DataFrame,
    *,
    over: str = "budget",
    currency: str,
    value_currency: str | None = None,
    width: int = FULL,
) -> alt.LayerChart:
    """Draw the best value at each level as a curve, and the plans beside it.

    Parameters
    ----------
    curves : DataFrame
        One row a curve and level. Columns: ``forced`` (whether forced projects stay
        so), ``limit`` (currency, or FTE), ``value``, ``bound``; where no plan was
        found, value is missing.
    away : DataFrame
        One row a plan and curve. Columns: ``plan`` (proposed, as_is), ``forced``,
        ``limit``, ``value``, ``best_low`` (the curve's value there), ``reach_low`` and
        ``reach_high`` (the plan's share of the best; missing where it has no meaning).
    over : str
        ``budget`` or ``role_capacity``.
    currency : str
        Currency of the limits, where they are money.
    value_currency : str, optional
        Currency, where value is money; without one it is a score.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where there is no point.

    Raises
    ------
    ReportError
        A column or a number is missing.
    """
    facts = facts_of(curves, away, over, currency, value_currency)
    headline, description = headline_of(facts), description_of(facts)
    if not facts.points:
        words = say("Other rules cannot hold together, whatever the level.")
        return nothing(headline, words, width)
    keys = tuple(
        Key(plan_words(name), fill=fill, stroke=RED if name == "proposed" else INK, shape="diamond")
        for name, fill in (("proposed", RED), ("as_is", PAPER))
        if any(one.plan == name for one in facts.away)
    )
    drawing = Drawing(facts, headline, currency, over, value_currency, width, keys)
    return drawing.chart(description)


class Drawing:
    """The curves in px."""

    def __init__(
        self,
        facts: Facts,
        headline: str,
        currency: str,
        over: str,
        value_currency: str | None,
        width: int,
        keys: tuple[Key, ...],
    ) -> None:
        self.facts = facts
        points = facts.points
        largest = max(abs(point.limit) for point in points)
        self.scale, unit = money_unit(largest, currency) if over == "budget" else (1.0, say("FTE"))
        tallest = max(abs(point.bound) for point in points)
        named = value_currency is not None or tallest >= 10_000
        self.tall, worth = (
            money_unit(tallest, value_currency or "") if named else (1.0, say("score"))
        )
        worth = worth.strip()
        self.worth = say("Best value, {unit}", unit=worth)
        if over == "budget":
            self.title = say("Budget, {unit}", unit=unit)
            subtitle = say("Best value ({worth}) by budget ({unit})", worth=worth, unit=unit)
        else:
            self.title = say("Capacity, on average, {unit}", unit=unit)
            subtitle = say(
                "Best value ({worth}) by capacity, on average ({unit})", worth=worth, unit=unit
            )
        wide = any(abs(p.bound - p.value) > CLOSE * abs(p.value) for p in points)
        if wide:
            subtitle += "; " + say("a bar above a point: how much better a plan might be, at most")
        if not all(p.known for p in points):
            subtitle += "; " + say("a hollow point: how much better is not known")
        self.sheet = Sheet(headline, subtitle, width, left=54, right=20, bottom=40, keys=keys)
        self.height = 200.0 if self.sheet.small else 270.0
        xs = [p.limit for p in points] + [one.limit for one in facts.away]
        ys = [y for p in points for y in (p.value, p.bound)] + [one.value for one in facts.away]
        self.x_ends, self.y_ends = _padded(xs, self.scale), _padded(ys, self.tall)

    def x(self, limit: float) -> float:
        """Place of a limit, px from the plot's left edge."""
        low, high = self.x_ends
        return (limit / self.scale - low) / (high - low) * self.sheet.inner

    def y(self, value: float) -> float:
        """Place of a value, px from the plot's upper edge."""
        low, high = self.y_ends
        return (high - value / self.tall) / (high - low) * self.height

    def chart(self, description: str) -> alt.LayerChart:
        """The figure."""
        layers = [self._axes(), *self._curve(self.facts.free, MIDDLE, [5, 3])]
        layers += self._curve(self.facts.held, ACCENT, [])
        layers += self._names()
        for one in {one.plan: one for one in self.facts.away}.values():
            layers += self.plan(one)
        return self.sheet.chart(layers, self.height, description, self._plotted())

    def _plotted(self) -> Points:
        curves = [
            Curve(say(name), tuple(p.limit for p in own), tuple(p.value for p in own), color, True)
            for name, own, color in (
                (FREE, self.facts.free, MIDDLE),
                (HELD, self.facts.held, ACCENT),
            )
            if own
        ]
        curves += [
            Curve(
                self.called(one), (one.limit,), (one.value,),
                RED if self.first(one) else INK, False, self.mark(one),
            )
            for one in {one.plan: one for one in self.facts.away}.values()
        ]  # fmt: skip
        return Points(say("Frontier"), tuple(curves), self.title, self.worth, self.scale, self.tall)

    def called(self, one: Away) -> str:
        """What a plan is called where there is room."""
        return plan_words(one.plan)

    def mark(self, one: Away) -> str:
        """What stands beside a plan where formats draw the figure anew."""
        return ""

    def first(self, one: Away) -> bool:
        """Whether a plan is the one that the figure is about."""
        return one.plan == "proposed"

    def _axes(self) -> alt.Chart:
        import altair as alt

        style: dict[str, Any] = {"labelFontSize": self.sheet.size}
        style |= {"titleColor": DIM, "titleFontWeight": 400, "titleFontSize": self.sheet.size}
        ends = [{"x": x, "y": y} for x, y in zip(self.x_ends, self.y_ends, strict=True)]
        mark = canvas(ends).mark_point(opacity=0)
        chart: alt.Chart = mark.encode(
            x=alt.X(
                "x:Q",
                scale=alt.Scale(domain=list(self.x_ends), nice=False, zero=False),
                axis=alt.Axis(
                    title=self.title,
                    grid=False,
                    domain=True,
                    domainColor=DIM,
                    tickCount=6,
                    format=_format(self.x_ends),
                    **style,
                ),
            ),
            y=alt.Y(
                "y:Q",
                scale=alt.Scale(domain=list(self.y_ends), nice=False, zero=False),
                axis=alt.Axis(title=None, tickCount=5, format=_format(self.y_ends), **style),
            ),
        )
        return chart

    def _curve(self, points: list[Point], color: str, dash: list[int]) -> list[alt.Chart]:
        import altair as alt

        if not points:
            return []
        rows: list[dict[str, Any]] = [
            {
                "px": self.x(p.limit),
                "py": self.y(p.value),
                "top": self.y(p.bound),
                "fill": color if p.known else PAPER,
            }
            for p in points
        ]
        place = {
            "x": alt.X("px:Q", scale=None, axis=None), "y": alt.Y("py:Q", scale=None, axis=None)
        }  # fmt: skip
        data = canvas(rows)
        return [
            data.mark_rule(stroke=color, strokeWidth=3, opacity=0.35).encode(
                y2=alt.Y2("top:Q"), **place
            ),
            data.mark_line(stroke=color, strokeWidth=2, strokeDash=dash).encode(**place),
            data.mark_point(size=20, opacity=1, stroke=color, strokeWidth=1.2).encode(
                fill=alt.Fill("fill:N", scale=None), **place
            ),
        ]

    def _names(self) -> list[alt.Chart]:
        """Names of the curves at their ends, where there are two."""
        if not (self.facts.free and self.facts.held):
            return []
        held = self.facts.held[-1]
        style: dict[str, Any] = {"align": "right", "fontSize": self.sheet.size}
        right = self.x(held.limit) + 8
        room = right - text_width(say(HELD), self.sheet.size) - 8
        above = min(self.y(p.bound) for p in self.facts.free if self.x(p.limit) > room)
        below = max(self.y(p.value) for p in self.facts.held if self.x(p.limit) > room)
        below = max(below, self._height(self.facts.held, room))
        return [
            label(say(FREE), right, above - 11, color=DIM, **style),
            label(say(HELD), right, below + 13, color=ACCENT, **style),
        ]

    def _height(self, points: list[Point], x: float) -> float:
        """Where the curve is at a place between its points, px from the plot's upper edge."""
        for one, other in pairwise(points):
            start, end = self.x(one.limit), self.x(other.limit)
            if start <= x < end:
                part = (x - start) / (end - start)
                return self.y(one.value) * (1 - part) + self.y(other.value) * part
        return self.y(points[-1].value)

    def plan(self, one: Away) -> list[alt.Chart]:
        """The mark of a plan, and what is written beside it."""
        import altair as alt

        x, y = self.x(one.limit), self.y(one.value)
        color, fill = (RED, RED) if one.plan == "proposed" else (INK, PAPER)
        mark = canvas().mark_point(
            shape="diamond", size=95, filled=True, opacity=1, fill=fill, stroke=color,
            strokeWidth=1.6,
        )  # fmt: skip
        layers = [mark.encode(x=alt.XValue(x), y=alt.YValue(y))]
        beside = next(
            (a for a in self.facts.away if a.plan == one.plan and not a.forced and a.low), None
        )
        fields = {"plan": plan_words(one.plan), "worth": self.facts.worth(one.value)}
        words = say("{plan}: {worth}", **fields)
        if beside is not None and beside.low is not None and y - self.y(beside.best) > 12:
            top = self.y(beside.best)
            layers.insert(0, box(x, top, x, y, stroke=color, strokeWidth=1, strokeDash=[2, 2]))
            part = share(beside.low)
            words = say("{plan}: {worth}, {share} of the best", share=part, **fields)
        room = self.sheet.inner
        words = shorten(words, room, self.sheet.size)
        # Bold text is wider than the estimate is for.
        end = x + 8 + text_width(words, self.sheet.size) * 1.1
        right = end <= room
        named = self.facts.free and end > room - text_width(say(HELD), self.sheet.size) * 1.3
        below = min(y + (34 if named else 18), self.height - 8)
        layers.append(
            label(words, x + 6 if right else room, below, align="left" if right else "right",
                  fontSize=self.sheet.size, fontWeight=700, color=color)
        )  # fmt: skip
        return layers


def _format(ends: tuple[float, float]) -> str:
    """How an axis writes its numbers: in full, unless they are very small."""
    return ",.3~f" if max(abs(end) for end in ends) >= 0.02 else "~g"


def _padded(values: list[float], scale: float) -> tuple[float, float]:
    """Ends of an axis with a little room at both, also around a single value."""
    low, high = min(values) / scale, max(values) / scale
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return low - room, high + room
