"""Scenarios side by side: what each brings, spends and lacks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import LARGE, money, money_unit, number, records, worths
from portfolio.figures.labels import clean
from portfolio.figures.lengths import fte_lengths
from portfolio.figures.plotted import Bars, Panels, Series
from portfolio.figures.scenario_names import lettered
from portfolio.figures.sheet import Sheet, box, label, nothing
from portfolio.figures.style import ACCENT, DIM, FULL, INK, LINE, MIDDLE, RED
from portfolio.language import decimal, plural, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = [
    "scenario_bars_chart",
    "scenario_bars_description",
    "scenario_bars_headline",
    "value_words",
]

_CLOSE = 0.0005
_SEEN = 0.01
# Room for a name where the bars are drawn anew, px.
_ROOM = 320.0


@dataclass(frozen=True)
class _Scenario:
    """One scenario: NaN where it has no plan, or where a thing has no meaning."""

    name: str
    value: float
    bound: float
    alike: bool
    amounts: dict[str, float]

    @property
    def planned(self) -> bool:
        return not math.isnan(self.value)


@dataclass(frozen=True)
class _Panel:
    """One column of bars."""

    title: str
    column: str
    words: Callable[[float], str]
    part: float
    currency: str | None = None


def _facts(table: pd.DataFrame) -> list[_Scenario]:
    names = records(table, text=("scenario", "alike"))
    columns = ("value", "bound", "chosen", "spend", "npv", "deficit")
    return [
        _Scenario(
            row["scenario"],
            float(table["value"].iloc[n]),
            float(table["bound"].iloc[n]),
            row["alike"] == "True",
            {column: float(table[column].iloc[n]) for column in columns},
        )
        for n, row in enumerate(names)
    ]


def scenario_bars_headline(table: pd.DataFrame, *, value_currency: str | None = None) -> str:
    """The finding of `scenario_bars_chart`, computed from its table.

    Parameters
    ----------
    table, value_currency
        As in `scenario_bars_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_facts(table), value_currency)


def _headline(facts: list[_Scenario], value_currency: str | None) -> str:
    planned = [one for one in facts if one.planned]
    if not planned:
        return say("No scenario has a plan")
    found = _compared(planned, value_currency)
    without = len(facts) - len(planned)
    if not without:
        return found
    rest = plural("{n} scenario has no plan", "{n} scenarios have no plan", without)
    return f"{found}; {rest}"


def _compared(planned: list[_Scenario], value_currency: str | None) -> str:
    """What the plans are worth beside the first."""
    first = planned[0]
    others = [one for one in planned[1:] if one.alike]
    if not others:
        worth = _worth(planned, value_currency)(first.value)
        return say("{scenario} is worth {worth}", scenario=clean(first.name), worth=worth)
    best = max(others, key=lambda one: one.value)
    worst = min(others, key=lambda one: one.value)
    found = _change(first, best)
    if best is worst:
        return found
    least = _change_alone(first, worst)
    return say(
        "{found}, and {scenario} {change}", found=found, scenario=clean(worst.name), change=least
    )


def _gain(first: _Scenario, one: _Scenario) -> tuple[int, str]:
    """Whether one is worth more (1), less (-1) or as much (0), and by how much; "" for unknown."""
    gain = one.value - first.value
    if abs(gain) / max(abs(first.value), 1e-12) < _CLOSE:
        return 0, ""
    sign = 1 if gain > 0 else -1
    if first.value <= 0:
        return sign, ""
    percent = abs(gain) / abs(first.value) * 100
    return sign, f"{decimal(percent, '.0f' if percent >= 9.5 else '.1f')} %"


def _change(first: _Scenario, one: _Scenario) -> str:
    """One scenario beside the first, as a sentence."""
    sign, part = _gain(first, one)
    fields = {"scenario": clean(one.name), "first": clean(first.name)}
    if not sign:
        return say("{scenario} is worth as much as {first}", **fields)
    if part and sign > 0:
        return say("{scenario} is worth {share} more than {first}", share=part, **fields)
    if part:
        return say("{scenario} is worth {share} less than {first}", share=part, **fields)
    if sign > 0:
        return say("{scenario} is worth more than {first}", **fields)
    return say("{scenario} is worth less than {first}", **fields)


def _change_alone(first: _Scenario, one: _Scenario) -> str:
    """One scenario beside the first, at the end of a sentence that says so of another."""
    sign, part = _gain(first, one)
    if not sign:
        return say("as much")
    if part:
        return say("{share} more", share=part) if sign > 0 else say("{share} less", share=part)
    return say("more") if sign > 0 else say("less")


def _worth(facts: list[_Scenario], value_currency: str | None) -> Callable[[float], str]:
    largest = max((abs(one.value) for one in facts if one.planned), default=0.0)
    return value_words(largest, value_currency)


def value_words(largest: float, currency: str | None) -> Callable[[float], str]:
    """How the values of scenarios are written, all with as many decimals.

    Parameters
    ----------
    largest : float
        The largest of them, without its sign; NaN where there is none.
    currency : str or None
        Currency, where value is money; else it is a score.

    Returns
    -------
    callable
        From a value to its words.
    """
    return worths(largest, 1 if largest >= 100 else 2 if largest >= 1 else 3, currency)


def scenario_bars_description(
    table: pd.DataFrame, *, currency: str, value_currency: str | None = None
) -> str:
    """The alternative text of `scenario_bars_chart`, computed from its table.

    Parameters
    ----------
    table, currency, value_currency
        As in `scenario_bars_chart`.

    Returns
    -------
    str
        A few sentences with the main numbers.
    """
    return _describe(_facts(table), currency, value_currency)


def _describe(facts: list[_Scenario], currency: str, value_currency: str | None) -> str:
    words = _worth(facts, value_currency)
    parts = [_headline(facts, value_currency)]
    for one in facts:
        name = clean(one.name)
        if not one.planned:
            parts.append(say("{scenario} has no plan", scenario=name))
            continue
        fields = {
            "scenario": name,
            "value": words(one.value),
            "projects": plural("{n} project", "{n} projects", round(one.amounts["chosen"])),
            "spend": money(one.amounts["spend"], currency),
        }
        deficit = one.amounts["deficit"]
        parts.append(
            say(
                "{scenario}: value {value}, {projects}, spend {spend}, {fte} FTE short",
                fte=number(deficit),
                **fields,
            )
            if deficit > 1e-6
            else say("{scenario}: value {value}, {projects}, spend {spend}", **fields)
        )
    return ". ".join(parts) + "."


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
    facts = _facts(table)
    headline, description = (
        _headline(facts, value_currency),
        _describe(facts, currency, value_currency),
    )
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


def _plotted(facts: list[_Scenario], panel: _Panel, names: list[str]) -> Bars:
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


def _open(one: _Scenario, facts: list[_Scenario]) -> bool:
    """Whether it is seen in the picture how much better a plan might be."""
    largest = max(abs(other.value) for other in facts if other.planned)
    return abs(one.bound - one.value) > _SEEN * largest


def _panels(facts: list[_Scenario], currency: str, value_currency: str | None) -> list[_Panel]:
    planned = [one for one in facts if one.planned]
    panels = [
        _Panel(say("Value"), "value", _worth(facts, value_currency), 0.3, value_currency),
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
    facts: list[_Scenario], sheet: Sheet, panel: _Panel, left: float, wide: float, high: float
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
