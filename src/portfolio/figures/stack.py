"""Amounts stacked by kind in each period, and a line of what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from portfolio.figures.plotted import Bars, Series
from portfolio.figures.sheet import Key, Sheet, canvas
from portfolio.figures.style import DIM, INK
from portfolio.language import mark, say

if TYPE_CHECKING:
    import altair as alt

    from portfolio.figures.periods import Timeline

__all__ = ["plotted_stack", "stacked_bars", "stacked_layer", "step_line"]

_GAP = 0.12
_CATEGORIES = {"month": mark("Month"), "quarter": mark("Quarter"), "year": mark("Year")}


def stacked_bars(
    periods: int, keys: Mapping[str, Key], amounts: Mapping[tuple[int, str], float]
) -> list[dict[str, Any]]:
    """Bars of each period, one on the other.

    Parameters
    ----------
    periods : int
        How many periods.
    keys : mapping of str to Key
        How each kind looks, the lowest first.
    amounts : mapping of (int, str) to float
        By position on the timeline and kind; what is below 0 hangs below the line, and is not
        taken off the bar above it.

    Returns
    -------
    list of dict
        left, right (positions), low, high (amounts), fill, stroke.
    """
    bars = []
    for i in range(periods):
        ends = {True: 0.0, False: 0.0}
        for kind, key in keys.items():
            amount = amounts.get((i, kind), 0.0)
            if not amount:
                continue
            low, high = sorted((ends[amount > 0], ends[amount > 0] + amount))
            ends[amount > 0] += amount
            bars.append(
                {"left": i + _GAP, "right": i + 1 - _GAP, "low": low, "high": high,
                 "fill": key.fill, "stroke": key.stroke}
            )  # fmt: skip
    return bars


def stacked_layer(
    sheet: Sheet, time: Timeline, bars: Sequence[Mapping[str, Any]], domain: Sequence[float]
) -> alt.Chart:
    """The layer of stacked bars, with its axes.

    Parameters
    ----------
    sheet : Sheet
    time : Timeline
    bars : sequence of mapping
        As `stacked_bars` makes them.
    domain : sequence of float
        Lowest and highest amount of the axis.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    axis = time.axis(
        sheet.inner, sheet.size, middle=True, grid=False, labelFontSize=sheet.size, domain=True,
        domainColor=DIM,
    )  # fmt: skip
    layer: alt.Chart = canvas(bars).mark_rect(strokeWidth=1)
    return layer.encode(
        x=alt.X("left:Q", scale=alt.Scale(domain=[0, time.periods], nice=False), axis=axis),
        x2=alt.X2("right:Q"),
        y=alt.Y(
            "low:Q",
            scale=alt.Scale(domain=list(domain), nice=False),
            axis=alt.Axis(
                title=None, format=",.3~f", tickCount=5, labelFontSize=sheet.size, offset=2
            ),
        ),
        y2=alt.Y2("high:Q"),
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("stroke:N", scale=None),
    )


def plotted_stack(
    name: str,
    time: Timeline,
    keys: Mapping[str, Key],
    amounts: Mapping[tuple[int, str], float],
    lines: Mapping[str, Mapping[int, float]],
    **looks: Any,
) -> Bars:
    """Stacked bars and the lines over them as data.

    Parameters
    ----------
    name : str
        What is plotted, in a word or two.
    time : Timeline
    keys, amounts : mapping
        As in `stacked_bars`.
    lines : mapping of str to mapping of int to float
        What each line is, and its heights by position.
    **looks
        unit, scale and form, as in `Bars`.

    Returns
    -------
    Bars
    """
    every = range(time.periods)
    bars = [
        Series(key.text, tuple(amounts.get((i, kind), 0.0) for i in every), key.fill, key.stroke)
        for kind, key in keys.items()
        if any(one == kind for _, one in amounts)
    ]
    drawn = [
        Series(line, tuple(heights.get(i) for i in every), INK, INK)
        for line, heights in lines.items()
        if heights
    ]
    return Bars(
        name, say(_CATEGORIES[time.frequency]), tuple(time.names), tuple(bars), tuple(drawn),
        stacked=True, **looks,
    )  # fmt: skip


def step_line(heights: Mapping[int, float], colors: Mapping[int, str] | None = None) -> alt.Chart:
    """A line that has one height in each period, as steps.

    Parameters
    ----------
    heights : mapping of int to float
        Amount by position on the timeline.
    colors : mapping of int to str, optional
        Colour in a period, where it is another than that of text.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    colors = colors or {}
    steps: list[dict[str, Any]] = []
    for i, height in sorted(heights.items()):
        color = colors.get(i, INK)
        last = steps[-1] if steps else None
        if last and (last["x2"], last["y"], last["color"]) == (i, height, color):
            last["x2"] = i + 1
        else:
            steps.append({"x": i, "x2": i + 1, "y": height, "color": color})
    rule = canvas(steps).mark_rule(strokeWidth=2, strokeCap="butt")
    lines: alt.Chart = rule.encode(
        x=alt.X("x:Q"), x2=alt.X2("x2:Q"), y=alt.Y("y:Q"), stroke=alt.Stroke("color:N", scale=None)
    )
    return lines
