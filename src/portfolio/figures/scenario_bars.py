"""Scenarios side by side: what each brings, spends and lacks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import LARGE, money, money_unit, number
from portfolio.figures.lengths import fte_lengths
from portfolio.figures.plotted import Bars, Panels, Series
from portfolio.figures.scenario_bars_words import (
    ScenarioFacts,
    description_of,
    facts_of,
    headline_of,
    value_words_of,
)
from portfolio.figures.scenario_names import lettered
from portfolio.figures.sheet import Sheet, box, label, nothing
from portfolio.figures.style import ACCENT, DIM, FULL, INK, LINE, MIDDLE, RED
from portfolio.language import say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["scenario_bars_chart"]

_SEEN = 0.01
# Room for a name where the bars are drawn anew, px.
_ROOM = 320.0


@dataclass(frozen=True)
class _Panel:
    """One column of bars."""

    title: str
    column: str
    words: Callable[[float], str]
    part: float
    currency: str | None = None


def scenario_bars_chart(
    table: pd.DataFrame,
    *,
    currency: str,
    frequency: str,
    value_currency: str | None = None,
    width: int = FULL,
) -> alt.LayerChart:
    """Draw value, projects, money and missing people of each scenario, side by side.

    Parameters
    ----------
    table : DataFrame
        One row a scenario. Columns: ``scenario``, ``value`` and ``bound`` (missing without a
        plan), ``alike`` (whether its value means the same as the first one's), ``chosen``
        (projects), ``spend`` and ``npv`` (currency; npv missing where there are no benefits),
        ``deficit`` (FTE-periods).
    currency : str
    frequency : str
        Length of a period: month, quarter or year.
    value_currency : str, optional
        Currency, where value is money; without one it is a score.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where no scenario has a plan.

    Raises
    ------
    ReportError
        A column is missing.
    """
    facts = facts_of(table)
    headline = headline_of(facts, value_currency)
    description = description_of(facts, currency, value_currency)
    if not any(one.planned for one in facts):
        return nothing(headline, say("The rules of each cannot all hold together."), width)
    fte = fte_lengths(frequency)
    subtitle = (
        say(
            "Value, projects, spend inside the horizon, net present value, and {fte} that people "
            "cannot supply",
            fte=fte,
        )
        if value_currency
        else say(
            "Value as strategic score, projects, spend inside the horizon, net present value, and "
            "{fte} that people cannot supply",
            fte=fte,
        )
    )
    if any(_open(one, facts) for one in facts):
        subtitle += "; " + say("a line after a bar: how much better a plan might be, at most")
    if any(one.planned and not one.alike for one in facts):
        subtitle += "; " + say("* a value that means something else than the first one's")
    sheet = Sheet(
        headline, subtitle, width, left=120 if width < 640 else 210, right=8, above=22, bottom=6
    )
    high = 27.0 if sheet.small else 30.0
    panels = _panels(facts, currency, value_currency)
    names = lettered([one.name for one in facts], sheet.left - 14, sheet.size)
    layers = [
        label(text, sheet.margin - sheet.left, (row + 0.5) * high, fontSize=sheet.size)
        for row, text in enumerate(names)
    ]
    left = 0.0
    whole = sum(panel.part for panel in panels)
    for panel in panels:
        room = sheet.inner * panel.part / whole
        layers.append(label(panel.title, left, -10, fontSize=sheet.size, color=DIM, fontWeight=700))
        layers += _bars(facts, sheet, panel, left, room - 22, high)
        left += room
    full = lettered([one.name for one in facts], _ROOM, sheet.size)
    plotted = Panels(say("Scenarios"), tuple(_plotted(facts, panel, full) for panel in panels))
    return sheet.chart(layers, high * len(facts), description, plotted)


def _plotted(facts: list[ScenarioFacts], panel: _Panel, names: list[str]) -> Bars:
    """A column of bars for formats that draw it anew."""
    amounts = tuple(
        None if not one.planned or math.isnan(amount := one.amounts[panel.column]) else amount
        for one in facts
    )
    largest = max((abs(amount) for amount in amounts if amount is not None), default=0.0)
    scale, unit = 1.0, ""
    if panel.currency is not None or largest >= LARGE:
        scale, unit = money_unit(largest, panel.currency or "")
    whole = scale == 1.0 and (largest >= 100 or panel.column == "chosen")
    form = "#,##0" if whole or scale > 1 else "#,##0.0##"
    color = RED if panel.column == "deficit" else ACCENT
    return Bars(
        panel.title, say("Scenario"), tuple(names), (Series(panel.title, amounts, color, color),),
        unit=unit.strip(), scale=scale, form=form, lying=True,
    )  # fmt: skip


def _open(one: ScenarioFacts, facts: list[ScenarioFacts]) -> bool:
    """Whether it is seen in the picture how much better a plan might be."""
    largest = max(abs(other.value) for other in facts if other.planned)
    return abs(one.bound - one.value) > _SEEN * largest


def _panels(facts: list[ScenarioFacts], currency: str, value_currency: str | None) -> list[_Panel]:
    planned = [one for one in facts if one.planned]
    panels = [
        _Panel(say("Value"), "value", value_words_of(facts, value_currency), 0.3, value_currency),
        _Panel(say("Projects"), "chosen", number, 0.18),
        _Panel(say("Spend"), "spend", lambda amount: money(amount, currency), 0.24, currency),
    ]
    if not all(math.isnan(one.amounts["npv"]) for one in planned):
        panels.append(
            _Panel(say("NPV"), "npv", lambda amount: money(amount, currency), 0.24, currency)
        )
    panels.append(_Panel(say("FTE short"), "deficit", number, 0.16))
    return panels


def _bars(
    facts: list[ScenarioFacts], sheet: Sheet, panel: _Panel, left: float, wide: float, high: float
) -> list[alt.Chart]:
    known = [one.amounts[panel.column] for one in facts if one.planned]
    ends = [*known, *(one.bound for one in facts if panel.column == "value" and one.planned)]
    ends = [end for end in ends if not math.isnan(end)]
    top, low = max([*ends, 0.0]), min([*ends, 0.0])
    span = (top - low) or 1.0
    zero = left + wide * -low / span
    layers, first = [], next(one for one in facts if one.planned)
    for row, one in enumerate(facts):
        y, amount = row * high, one.amounts[panel.column]
        if not one.planned:
            if panel.column == "value":
                style = {"fontSize": sheet.size - 0.5, "color": RED, "fontWeight": 700}
                layers.append(label(say("no plan"), left, y + high * 0.5, **style))
            continue
        if math.isnan(amount):
            continue
        end = zero + wide * amount / span
        fill = RED if panel.column == "deficit" else ACCENT if one is first else MIDDLE
        if abs(end - zero) >= 0.5:
            layers.append(box(min(zero, end), y + 3, max(zero, end), y + high * 0.42, fill=fill))
        text = panel.words(amount)
        if panel.column == "value":
            text += "" if one.alike else " *"
            if _open(one, facts):
                most = zero + wide * one.bound / span
                middle = y + 3 + (high * 0.42 - 3) / 2
                layers.append(box(end, middle, most, middle, stroke=INK, strokeWidth=1.2))
        layers.append(label(text, left, y + high * 0.69, fontSize=sheet.size - 0.5, color=INK))
    layers.append(box(zero, 0, zero, high * len(facts), stroke=LINE))
    return layers
