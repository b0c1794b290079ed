"""How much of the value the chosen projects reach, and for how much of the cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import money, number, records, share, worths
from portfolio.figures.labels import text_width
from portfolio.figures.plotted import Bars, Series
from portfolio.figures.sheet import Sheet, box, label, nothing
from portfolio.figures.style import ACCENT, DIM, FAINT, FULL, INK, LINE, MIDDLE, PAPER, RED
from portfolio.language import mark, plural, say

if TYPE_CHECKING:
    from collections.abc import Callable

    import altair as alt
    import pandas as pd

__all__ = ["selection_chart", "selection_description", "selection_headline"]

# What each decision is called, its fill and its outline.
_DECISIONS = {
    "in_flight": (mark("In flight"), MIDDLE, MIDDLE),
    "funded": (mark("Newly funded"), ACCENT, ACCENT),
    "deferred": (mark("Deferred"), PAPER, ACCENT),
    "left_out": (mark("Left out"), FAINT, FAINT),
    "stopped": (mark("Stopped"), PAPER, RED),
}
_GROUPS = {
    "in_flight": mark("in flight {projects}, cost {cost}, value {value}"),
    "funded": mark("newly funded {projects}, cost {cost}, value {value}"),
    "deferred": mark("deferred {projects}, cost {cost}, value {value}"),
    "left_out": mark("left out {projects}, cost {cost}, value {value}"),
    "stopped": mark("stopped {projects}, cost {cost}, value {value}"),
}
_IN = ("in_flight", "funded", "deferred")


@dataclass
class _Group:
    decision: str
    projects: int = 0
    cost: float = 0.0
    value: float = 0.0


@dataclass
class _Facts:
    groups: list[_Group]

    def total(self, what: str, *, chosen: bool = False) -> float:
        return float(sum(getattr(g, what) for g in self.groups if not chosen or g.decision in _IN))

    def reached(self, what: str) -> float | None:
        """Share that the plan reaches; None where parts below zero make shares meaningless."""
        total = self.total(what)
        if total <= 0 or any(getattr(one, what) < 0 for one in self.groups):
            return None
        return self.total(what, chosen=True) / total


def _facts(table: pd.DataFrame) -> _Facts | None:
    rows = records(table, text=("decision",), numbers=("value", "cost"))
    groups = {decision: _Group(decision) for decision in _DECISIONS}
    for row in rows:
        if row["decision"] in groups:
            group = groups[row["decision"]]
            group.projects += 1
            group.cost += row["cost"]
            group.value += row["value"]
    found = [group for group in groups.values() if group.projects]
    return _Facts(found) if found else None


def _worth(facts: _Facts, value_currency: str | None) -> Callable[[float], str]:
    # Sums of scores stand in one column, so they have the same decimals.
    decimals = 1 if facts.total("value") >= 10 else 2
    return worths(max(abs(one.value) for one in facts.groups), decimals, value_currency)


def selection_headline(table: pd.DataFrame, *, value_currency: str | None = None) -> str:
    """The finding of `selection_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `selection_chart`.
    value_currency : str, optional
        Currency, where value is money.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_facts(table), value_currency)


def _headline(facts: _Facts | None, value_currency: str | None) -> str:
    if facts is None:
        return say("There is no project to choose from")
    chosen, every = int(facts.total("projects", chosen=True)), int(facts.total("projects"))
    if chosen == 0:
        return plural(
            "None of {n} project is in the plan", "None of {n} projects is in the plan", every
        )
    if chosen == every:
        return plural("The only project is in the plan", "All {n} projects are in the plan", every)
    counts = {"part": number(chosen), "whole": number(every)}
    value, cost = facts.reached("value"), facts.reached("cost")
    if value is None:
        worth = _worth(facts, value_currency)
        return say(
            "The plan holds {part} of {whole} projects, worth {worth} together",
            worth=worth(facts.total("value", chosen=True)),
            **counts,
        )
    if cost is None:
        return say(
            "The plan reaches {value} of the value with {part} of {whole} projects",
            value=share(value),
            **counts,
        )
    return say(
        "The plan reaches {value} of the value for {cost} of the cost",
        value=share(value),
        cost=share(cost),
    )


def selection_description(
    table: pd.DataFrame, *, currency: str, value_currency: str | None = None
) -> str:
    """The alternative text of `selection_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `selection_chart`.
    currency : str
        Currency of the cost.
    value_currency : str, optional
        Currency, where value is money.

    Returns
    -------
    str
        Two sentences with the main numbers.
    """
    return _describe(_facts(table), currency, value_currency)


def _describe(facts: _Facts | None, currency: str, value_currency: str | None) -> str:
    found = f"{_headline(facts, value_currency)}."
    if facts is None:
        return found
    worth = _worth(facts, value_currency)
    parts = [
        say(
            _GROUPS[one.decision],
            projects=plural("{n} project", "{n} projects", one.projects),
            cost=money(one.cost, currency),
            value=worth(one.value),
        )
        for one in facts.groups
    ]
    return found + " " + say("Bars by decision: {decisions}.", decisions="; ".join(parts))


def selection_chart(
    table: pd.DataFrame, *, currency: str, value_currency: str | None = None, width: int = FULL
) -> alt.LayerChart:
    """Draw projects, cost and value by decision, side by side.

    Parameters
    ----------
    table : DataFrame
        One row a project. Columns: ``decision`` (in_flight, funded, deferred, left_out,
        stopped; rows of others are not counted), ``value`` (score, or currency),
        ``cost`` (currency).
    currency : str
        Currency of the cost.
    value_currency : str, optional
        Currency, where value is money; without one it is a score.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where no project counts.

    Raises
    ------
    ReportError
        A column or a number is missing.
    """
    facts = _facts(table)
    headline = _headline(facts, value_currency)
    description = _describe(facts, currency, value_currency)
    if facts is None:
        return nothing(headline, say("No project of the portfolio is open to a decision."), width)
    subtitle = (
        say("Projects, cost and value in money by decision, with shares of the total")
        if value_currency
        else say(
            "Projects, cost and value as strategic score by decision, with shares of the total"
        )
    )
    size = Sheet(headline, subtitle, width).size
    names = [say(_DECISIONS[group.decision][0]) for group in facts.groups]
    left_room = max(92.0, *(text_width(name, size) + 20 for name in names))
    sheet = Sheet(headline, subtitle, width, left=left_room, right=8, above=22, bottom=6)
    high = 27.0 if sheet.small else 30.0
    worth = _worth(facts, value_currency)
    panels: list[tuple[str, str, Callable[[float], str]]] = [
        (say("Projects"), "projects", number),
        (say("Cost"), "cost", lambda amount: money(amount, currency)),
        (say("Value"), "value", worth),
    ]
    layers = []
    for row, name in enumerate(names):
        y = (row + 0.5) * high
        layers.append(label(name, sheet.margin - sheet.left, y, fontSize=sheet.size))
    height = high * len(facts.groups)
    left = 0.0
    for part, (title, what, words) in zip((0.22, 0.39, 0.39), panels, strict=True):
        wide = sheet.inner * part - 22
        layers.append(label(title, left, -10, fontSize=sheet.size, color=DIM, fontWeight=700))
        layers += _panel(facts, sheet, what, words, left, wide, high)
        left += sheet.inner * part
    return sheet.chart(layers, height, description, _plotted(facts))


def _plotted(facts: _Facts) -> Bars:
    """Shares of projects, of cost and of value; amounts where shares have no meaning."""
    whats = {"projects": say("Projects"), "cost": say("Cost"), "value": say("Value")}
    totals = {what: facts.total(what) for what in whats if facts.reached(what) is not None}
    series = [
        Series(
            say(_DECISIONS[group.decision][0]),
            tuple(float(getattr(group, what)) / total for what, total in totals.items()),
            *_DECISIONS[group.decision][1:],
        )
        for group in facts.groups
    ]
    return Bars(
        say("Selection"), say("Share of"), tuple(whats[what] for what in totals), tuple(series),
        unit="%", form="0.0%", stacked=True, lying=True,
    )  # fmt: skip


def _panel(
    facts: _Facts,
    sheet: Sheet,
    what: str,
    words: Callable[[float], str],
    left: float,
    wide: float,
    high: float,
) -> list[alt.Chart]:
    """One column of bars; its numbers stand under the bars where it is narrow."""
    total = facts.total(what)
    shares = facts.reached(what) is not None
    amounts = [float(getattr(group, what)) for group in facts.groups]
    top, low = max(*amounts, 0.0), min(*amounts, 0.0)
    span = (top - low) or 1.0
    zero = left + wide * -low / span
    layers = []
    for row, (group, amount) in enumerate(zip(facts.groups, amounts, strict=True)):
        _, fill, stroke = _DECISIONS[group.decision]
        y = row * high
        end = zero + wide * amount / span
        if abs(end - zero) >= 0.5:
            layers.append(
                box(min(zero, end), y + 2, max(zero, end), y + high * 0.42, fill=fill,
                    stroke=stroke, strokeWidth=1.2)
            )  # fmt: skip
        text = words(amount)
        if shares and what != "projects":
            text += f" · {share(amount / total)}"
        layers.append(label(text, left, y + high * 0.69, fontSize=sheet.size - 0.5, color=INK))
    layers.append(box(zero, 0, zero, high * len(amounts), stroke=LINE))
    return layers
