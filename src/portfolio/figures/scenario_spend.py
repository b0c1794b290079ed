"""What the plans of scenarios spend by year, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portfolio.figures.formats import money, money_unit, records
from portfolio.figures.heat import tint
from portfolio.figures.labels import clean
from portfolio.figures.lengths import by_length
from portfolio.figures.periods import Timeline, timeline
from portfolio.figures.plotted import Bars, Series
from portfolio.figures.scenario_names import lettered, letters
from portfolio.figures.sheet import Key, Sheet, label, nothing
from portfolio.figures.stack import stacked_layer
from portfolio.figures.style import ACCENT, DIM, FULL, PALE
from portfolio.language import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt
    import pandas as pd

__all__ = ["scenario_spend_chart", "scenario_spend_description", "scenario_spend_headline"]

# Sums of floats miss each other by less than this, in whole units of money.
_SAME = 0.5
# Room for a name in the legend, px.
_ROOM = 200.0
_GAP = 0.12
# Of the width of a bar, px: its letter needs as much.
_LETTER = 9.0


@dataclass(frozen=True)
class _Facts:
    time: Timeline
    names: list[str]
    marks: list[str]
    spend: dict[tuple[str, int], float]

    def total(self, name: str) -> float:
        return sum(amount for (one, _), amount in self.spend.items() if one == name)


def _facts(table: pd.DataFrame, names: Sequence[str]) -> _Facts | None:
    rows = records(table, text=("scenario", "year"), numbers=("spend",))
    if not rows:
        return None
    time = timeline(row["year"] for row in rows)
    planned = {row["scenario"] for row in rows}
    marks = [
        (name, mark) for name, mark in zip(names, letters(len(names)), strict=True)
        if name in planned
    ]  # fmt: skip
    spend = {(row["scenario"], time.index(row["year"])): row["spend"] for row in rows}
    return _Facts(time, [name for name, _ in marks], [mark for _, mark in marks], spend)


def scenario_spend_headline(table: pd.DataFrame, names: Sequence[str], *, currency: str) -> str:
    """The finding of `scenario_spend_chart`, computed from its table.

    Parameters
    ----------
    table, names, currency
        As in `scenario_spend_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_facts(table, names), currency)


def _headline(facts: _Facts | None, currency: str) -> str:
    if facts is None:
        return say("No scenario has a plan")
    totals = {name: facts.total(name) for name in facts.names}
    most, least = max(totals, key=totals.__getitem__), min(totals, key=totals.__getitem__)
    if totals[most] - totals[least] <= _SAME:
        if len(totals) == 1:
            return say(
                "{scenario} spends {amount}",
                scenario=clean(most),
                amount=money(totals[most], currency),
            )
        return say("All plans spend {amount}", amount=money(totals[most], currency))
    return say(
        "{most} spends {high}, and {least} {low}",
        most=clean(most),
        high=money(totals[most], currency),
        least=clean(least),
        low=money(totals[least], currency),
    )


def scenario_spend_description(table: pd.DataFrame, names: Sequence[str], *, currency: str) -> str:
    """The alternative text of `scenario_spend_chart`, computed from its table.

    Parameters
    ----------
    table, names, currency
        As in `scenario_spend_chart`.

    Returns
    -------
    str
        A few sentences with the main numbers.
    """
    return _describe(_facts(table, names), currency)


def _describe(facts: _Facts | None, currency: str) -> str:
    parts = [_headline(facts, currency)]
    if facts is None:
        return f"{parts[0]}."
    for name in facts.names:
        years = [
            say("{amount} in {year}", amount=money(amount, currency), year=year)
            for i, year in enumerate(facts.time.names)
            if (amount := facts.spend.get((name, i), 0.0))
        ]
        parts.append(
            say("{scenario}: {amounts}", scenario=clean(name), amounts=", ".join(years))
            if years
            else say("{scenario} spends nothing", scenario=clean(name))
        )
    return ". ".join(parts) + "."


def scenario_spend_chart(
    table: pd.DataFrame, names: Sequence[str], *, currency: str, width: int = FULL
) -> alt.LayerChart:
    """Draw the spend of each scenario by year, the scenarios of a year beside each other.

    Parameters
    ----------
    table : DataFrame
        One row a scenario and year. Columns: ``scenario``, ``year`` (label), ``spend``
        (currency). Scenarios without a plan have no row.
    names : sequence of str
        All scenarios, in the order of the comparison: it gives them their letters.
    currency : str
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where no scenario has a plan.

    Raises
    ------
    ReportError
        A column or a number is missing, or a label is none.
    """
    facts = _facts(table, names)
    headline, description = _headline(facts, currency), _describe(facts, currency)
    if facts is None:
        return nothing(headline, say("The rules of each cannot all hold together."), width)
    number = len(facts.names)
    steps = [n / max(number - 1, 1) for n in range(number)]
    fills = [tint(step, ACCENT, PALE) for step in steps]
    scale, unit = money_unit(max(abs(one) for one in facts.spend.values()), currency)
    size = 10.5 if width < 640 else 11.5
    full = dict(zip(names, lettered(names, _ROOM, size), strict=True))
    keys = [Key(full[name], fill, ACCENT) for name, fill in zip(facts.names, fills, strict=True)]
    subtitle = say(
        "Spend inside the horizon {by}, {unit}", by=by_length(facts.time.frequency), unit=unit
    )
    sheet = Sheet(headline, subtitle, width, left=52, bottom=40, keys=tuple(keys))
    wide = (1 - 2 * _GAP) / number
    bars: list[dict[str, Any]] = []
    texts: list[alt.Chart] = []
    height = 170 if sheet.small else 230
    a_year = sheet.inner / facts.time.periods
    for i in range(facts.time.periods):
        for n, name in enumerate(facts.names):
            left, amount = i + _GAP + n * wide, facts.spend.get((name, i), 0.0) / scale
            bars.append(
                {"left": left, "right": left + wide, "low": min(amount, 0.0),
                 "high": max(amount, 0.0), "fill": fills[n], "stroke": ACCENT}
            )  # fmt: skip
            if wide * a_year >= _LETTER:
                texts.append(
                    label(facts.marks[n], (left + wide / 2) * a_year, height + 24,
                          align="center", fontSize=sheet.size - 1, color=DIM)
                )  # fmt: skip
    low, high = min(one["low"] for one in bars), max(one["high"] for one in bars)
    layers = [stacked_layer(sheet, facts.time, bars, [low * 1.05, (high or 1.0) * 1.05]), *texts]
    return sheet.chart(layers, height, description, _plotted(facts, full, fills, scale, unit))


def _plotted(
    facts: _Facts, full: dict[str, str], fills: list[str], scale: float, unit: str
) -> Bars:
    series = [
        Series(
            full[name],
            tuple(facts.spend.get((name, i), 0.0) for i in range(facts.time.periods)),
            fill, ACCENT,
        )
        for name, fill in zip(facts.names, fills, strict=True)
    ]  # fmt: skip
    return Bars(
        say("Spend by year"), say("Year"), tuple(facts.time.names), tuple(series), unit=unit,
        scale=scale, form="#,##0",
    )  # fmt: skip
