"""Scenarios side by side: what each brings, spends and lacks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import money, money_unit, number, records
from portfolio.figures.labels import clean, count
from portfolio.figures.plotted import Bars, Panels, Series
from portfolio.figures.scenario_names import lettered
from portfolio.figures.sheet import Sheet, box, label, nothing
from portfolio.figures.style import ACCENT, DIM, FULL, INK, LINE, MIDDLE, RED

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["scenario_bars_chart", "scenario_bars_description", "scenario_bars_headline"]

_CLOSE = 0.0005
_SEEN = 0.01
# Scores from here on are written short.
_SHORT = 10_000
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
        return "No scenario has a plan"
    words = _worth(planned, value_currency)
    first = planned[0]
    without = len(facts) - len(planned)
    rest = f"; {count(without, 'scenario')} {'has' if without == 1 else 'have'} no plan"
    end = rest if without else ""
    others = [one for one in planned[1:] if one.alike]
    if not others:
        return f"{clean(first.name)} is worth {words(first.value)}{end}"
    best = max(others, key=lambda one: one.value)
    worst = min(others, key=lambda one: one.value)
    if best is worst:
        return f"{clean(best.name)} is worth {_change(first, best)} {clean(first.name)}{end}"
    most, least = (_change(first, one) for one in (best, worst))
    return (
        f"{clean(best.name)} is worth {most} {clean(first.name)}, and {clean(worst.name)} "
        f"{least.removesuffix(' than')}{end}"
    )


def _change(first: _Scenario, one: _Scenario) -> str:
    gain = one.value - first.value
    size = max(abs(first.value), 1e-12)
    if abs(gain) / size < _CLOSE:
        return "as much as"
    if first.value <= 0:
        return "more than" if gain > 0 else "less than"
    percent = abs(gain) / size * 100
    said = f"{percent:.0f} %" if percent >= 9.5 else f"{percent:.1f} %"
    return f"{said} {'more' if gain > 0 else 'less'} than"


def _worth(facts: list[_Scenario], value_currency: str | None) -> Callable[[float], str]:
    largest = max((abs(one.value) for one in facts if one.planned), default=0.0)
    if value_currency is not None:
        return lambda amount: money(amount, value_currency)
    if largest >= _SHORT:
        return lambda score: money(score, "")
    decimals = 1 if largest >= 100 else 2
    return lambda score: f"{score:,.{decimals}f}".replace("-", "−")


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
    parts = []
    for one in facts:
        if not one.planned:
            parts.append(f"{clean(one.name)} has no plan")
            continue
        said = f"{clean(one.name)}: value {words(one.value)}, {one.amounts['chosen']:.0f} projects"
        said += f", spend {money(one.amounts['spend'], currency)}"
        if one.amounts["deficit"] > 1e-6:
            said += f", {number(one.amounts['deficit'])} FTE short"
        parts.append(said)
    return f"{_headline(facts, value_currency)}. {'. '.join(parts)}."


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
        return nothing(headline, "The rules of each cannot all hold together.", width)
    subtitle = f"Value{'' if value_currency else ' as strategic score'}, projects, spend inside "
    subtitle += f"the horizon, net present value, and FTE-{frequency}s that people cannot supply"
    if any(_open(one, facts) for one in facts):
        subtitle += "; a line after a bar: how much better a plan might be, at most"
    if any(one.planned and not one.alike for one in facts):
        subtitle += "; * a value that means something else than the first one's"
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
    plotted = Panels("Scenarios", tuple(_plotted(facts, panel, full) for panel in panels))
    return sheet.chart(layers, high * len(facts), description, plotted)


def _plotted(facts: list[_Scenario], panel: _Panel, names: list[str]) -> Bars:
    """A column of bars for formats that draw it anew."""
    amounts = tuple(
        None if not one.planned or math.isnan(amount := one.amounts[panel.column]) else amount
        for one in facts
    )
    largest = max((abs(amount) for amount in amounts if amount is not None), default=0.0)
    scale, unit = 1.0, ""
    if panel.currency is not None or largest >= _SHORT:
        scale, unit = money_unit(largest, panel.currency or "")
    whole = scale == 1.0 and (largest >= 100 or panel.column == "chosen")
    form = "#,##0" if whole or scale > 1 else "#,##0.0##"
    color = RED if panel.column == "deficit" else ACCENT
    return Bars(
        panel.title, "Scenario", tuple(names), (Series(panel.title, amounts, color, color),),
        unit=unit.strip(), scale=scale, form=form, lying=True,
    )  # fmt: skip


def _open(one: _Scenario, facts: list[_Scenario]) -> bool:
    """Whether it is seen in the picture how much better a plan might be."""
    largest = max(abs(other.value) for other in facts if other.planned)
    return abs(one.bound - one.value) > _SEEN * largest


def _panels(facts: list[_Scenario], currency: str, value_currency: str | None) -> list[_Panel]:
    planned = [one for one in facts if one.planned]
    panels = [
        _Panel("Value", "value", _worth(facts, value_currency), 0.3, value_currency),
        _Panel("Projects", "chosen", lambda n: f"{n:.0f}", 0.18),
        _Panel("Spend", "spend", lambda amount: money(amount, currency), 0.24, currency),
    ]
    if not all(math.isnan(one.amounts["npv"]) for one in planned):
        panels.append(_Panel("NPV", "npv", lambda amount: money(amount, currency), 0.24, currency))
    panels.append(_Panel("FTE short", "deficit", number, 0.16))
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
                layers.append(label("no plan", left, y + high * 0.5, **style))
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
