"""What each driver weighs beside what it gets of the spend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import money, records, share
from portfolio.figures.labels import clean, shorten, unique_labels
from portfolio.figures.plotted import Bars, Series
from portfolio.figures.sheet import Key, Sheet, box, canvas, label, nothing
from portfolio.figures.style import ACCENT, DIM, FULL, INK, LINE, MIDDLE, PAPER
from portfolio.language import plural, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["alignment_chart", "alignment_description", "alignment_headline"]

# So many hundredths apart, a board calls it the same.
_NEAR = 0.05


@dataclass(frozen=True)
class _Driver:
    key: str
    name: str
    weight: float
    share: float
    spend: float

    @property
    def apart(self) -> float:
        return self.share - self.weight


def _drivers(table: pd.DataFrame) -> list[_Driver]:
    rows = records(table, text=("driver_id", "driver"), numbers=("weight", "share", "spend"))
    return [
        _Driver(row["driver_id"], clean(row["driver"]), row["weight"], row["share"], row["spend"])
        for row in rows
    ]


def alignment_headline(table: pd.DataFrame) -> str:
    """The finding of `alignment_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `alignment_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_drivers(table))


def _headline(drivers: list[_Driver]) -> str:
    if not drivers:
        return say("There is no driver to compare with the spend")
    widest = max(drivers, key=lambda one: abs(one.apart))
    points = round(abs(widest.apart) * 100)
    if abs(widest.apart) <= _NEAR:
        if not points:
            return say("Spend follows the weights of the drivers, to the point")
        return plural(
            "Spend follows the weights of the drivers, to within {n} point",
            "Spend follows the weights of the drivers, to within {n} points",
            points,
        )
    if not widest.key:
        return say("{share} of the spend serves no driver", share=share(widest.share))
    fields = {
        "driver": shorten(widest.name, 30, 1.0),
        "weight": share(widest.weight),
        "share": share(widest.share),
    }
    if widest.apart < 0:
        return say("{driver} weighs {weight} and gets only {share} of the spend", **fields)
    return say("{driver} weighs {weight} and gets {share} of the spend", **fields)


def alignment_description(table: pd.DataFrame, *, currency: str) -> str:
    """The alternative text of `alignment_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `alignment_chart`.
    currency : str
        Currency of the spend.

    Returns
    -------
    str
        Two sentences with the main numbers.
    """
    return _describe(_drivers(table), currency)


def _describe(drivers: list[_Driver], currency: str) -> str:
    found = f"{_headline(drivers)}."
    if not drivers:
        return found
    parts = [
        say(
            "{driver} weight {weight}, spend {share} ({amount})",
            driver=one.name,
            weight=share(one.weight),
            share=share(one.share),
            amount=money(one.spend, currency),
        )
        for one in drivers
    ]
    beside = say("Share of spend beside weight, by driver: {drivers}.", drivers="; ".join(parts))
    return f"{found} {beside}"


def alignment_chart(table: pd.DataFrame, *, currency: str, width: int = FULL) -> alt.LayerChart:
    """Draw each driver's share of spend as a bar, and its weight as a mark on it.

    Parameters
    ----------
    table : DataFrame
        One row a driver. Columns: ``driver_id`` (blank: what serves none), ``driver``
        (its name), ``weight``, ``share`` (of spend), ``spend`` (currency).
    currency : str
        Currency of the spend.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where there is no driver.

    Raises
    ------
    ReportError
        A column or a number is missing.
    """
    import altair as alt

    drivers = _drivers(table)
    headline, description = _headline(drivers), _describe(drivers, currency)
    if not drivers:
        words = say("The portfolio rates no project by a driver, or spends nothing.")
        return nothing(headline, words, width)
    narrow = width < 640
    left, right = (128, 150) if narrow else (220, 210)
    sheet = Sheet(
        headline, say("Share of spend and weight by driver, %"), width, left=left, right=right,
        bottom=6, keys=(
            Key(say("Share of spend"), MIDDLE, MIDDLE),
            Key(say("Weight"), PAPER, ACCENT, shape="diamond"),
        ),
    )  # fmt: skip
    high = 24.0 if sheet.small else 28.0
    scale = (sheet.inner - 10) / max(max(one.share, one.weight) for one in drivers)
    names = unique_labels(
        [one.name for one in drivers], [one.key for one in drivers], left - 16, sheet.size
    )
    layers: list[alt.Chart] = [box(0, 0, 0, high * len(drivers), stroke=LINE)]
    for row, (one, name) in enumerate(zip(drivers, names, strict=True)):
        middle = (row + 0.5) * high
        end = one.share * scale
        layers.append(label(name, sheet.margin - left, middle, fontSize=sheet.size))
        if end >= 0.5:
            layers.append(
                box(0, middle - high * 0.27, end, middle + high * 0.27, fill=MIDDLE, stroke=MIDDLE)
            )
        if one.key:
            mark = canvas().mark_point(
                shape="diamond", size=80, filled=True, opacity=1, fill=PAPER, stroke=ACCENT,
                strokeWidth=1.8,
            )  # fmt: skip
            layers.append(mark.encode(x=alt.XValue(one.weight * scale), y=alt.YValue(middle)))
        weight = " · " + say("weight {share}", share=share(one.weight)) if one.key else ""
        spend = "" if narrow else f"{money(one.spend, currency)} · "
        layers.append(
            label(f"{spend}{share(one.share)}{weight}", sheet.inner + 14, middle,
                  fontSize=sheet.size, color=INK if one.key else DIM)
        )  # fmt: skip
    plotted = Bars(
        say("Alignment"), say("Driver"), tuple(names),
        (
            Series(say("Share of spend"), tuple(one.share for one in drivers), MIDDLE, MIDDLE),
            Series(say("Weight"), tuple(one.weight if one.key else None for one in drivers), PAPER,
                   ACCENT),
        ),
        form="0.0%", unit="%", lying=True,
    )  # fmt: skip
    return sheet.chart(layers, high * len(drivers), description, plotted)
