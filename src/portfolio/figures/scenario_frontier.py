"""The curve of what money can buy, and the plans of scenarios beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portfolio.figures.formats import share
from portfolio.figures.frontier import Drawing
from portfolio.figures.frontier_words import CLOSE, Away, Facts, facts_of
from portfolio.figures.labels import clean
from portfolio.figures.scenario_names import lettered, letters
from portfolio.figures.sheet import Key, canvas, label, nothing
from portfolio.figures.style import FULL, INK, PAPER, RED
from portfolio.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import altair as alt
    import pandas as pd

__all__ = [
    "scenario_frontier_chart",
    "scenario_frontier_description",
    "scenario_frontier_headline",
]


def scenario_frontier_headline(
    curves: pd.DataFrame,
    places: pd.DataFrame,
    scenarios: Sequence[str],
    *,
    currency: str,
    value_currency: str | None = None,
) -> str:
    """The finding of `scenario_frontier_chart`, computed from its tables.

    Parameters
    ----------
    curves, places, scenarios, currency, value_currency
        As in `scenario_frontier_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_facts(curves, places, currency, value_currency), scenarios)


def _facts(
    curves: pd.DataFrame, places: pd.DataFrame, currency: str, value_currency: str | None
) -> Facts:
    held = curves[curves["forced"].astype(bool)]
    away = places.assign(
        plan=places["scenario"],
        forced=True,
        limit=places["money"],
        best_low=places["best_low"].fillna(places["value"]),
    )
    return facts_of(held, away, "budget", currency, value_currency)


def _headline(facts: Facts, scenarios: Sequence[str]) -> str:
    if not facts.points:
        return say("No plan is possible at any level of money")
    # The first that has a plan is the one that the curve is of.
    own = facts.away[0].plan if facts.away else str(scenarios[0])
    first = clean(own)
    others = [one for one in facts.away if one.plan != own]
    above = [one for one in others if one.low is not None and one.low > 1 + CLOSE]
    if above:
        best = max(above, key=lambda one: one.low or 0.0)
        return say(
            "{scenario} brings at least {share} more than {first} could have for as much money",
            scenario=clean(best.plan),
            share=share((best.low or 1.0) - 1),
            first=first,
        )
    below = [one for one in others if one.high is not None and one.high < 1 - CLOSE]
    if below:
        worst = min(below, key=lambda one: one.high or 0.0)
        return say(
            "{scenario} brings at most {share} of what {first} could have for as much money",
            scenario=clean(worst.plan),
            share=share(worst.high or 0.0),
            first=first,
        )
    if others:
        return say(
            "No plan is proven to bring more or less than {first} could for its money", first=first
        )
    return say("What {first} could have for more money, and for less", first=first)


def scenario_frontier_description(
    curves: pd.DataFrame,
    places: pd.DataFrame,
    scenarios: Sequence[str],
    *,
    currency: str,
    value_currency: str | None = None,
) -> str:
    """The alternative text of `scenario_frontier_chart`, computed from its tables.

    Parameters
    ----------
    curves, places, scenarios, currency, value_currency
        As in `scenario_frontier_chart`.

    Returns
    -------
    str
        A few sentences with the main numbers.
    """
    return _describe(_facts(curves, places, currency, value_currency), scenarios)


def _describe(facts: Facts, scenarios: Sequence[str]) -> str:
    text = [f"{_headline(facts, scenarios)}."]
    if facts.held:
        first, last = facts.held[0], facts.held[-1]
        text.append(
            say(
                "The best value rises from {low} for {least} to {high} for {most}.",
                low=facts.worth(first.value),
                least=facts.amount(first.limit),
                high=facts.worth(last.value),
                most=facts.amount(last.limit),
            )
        )
    for one in facts.away:
        text.append(
            say(
                "{plan}: {worth} for {amount}.",
                plan=clean(one.plan),
                worth=facts.worth(one.value),
                amount=facts.amount(one.limit),
            )
        )
    return " ".join(text)


def scenario_frontier_chart(
    curves: pd.DataFrame,
    places: pd.DataFrame,
    scenarios: Sequence[str],
    *,
    currency: str,
    value_currency: str | None = None,
    width: int = FULL,
) -> alt.LayerChart:
    """Draw the best value at each level of money, and what each scenario's plan has and brings.

    Parameters
    ----------
    curves : DataFrame
        One row a level, of the first scenario: as in `portfolio.figures.frontier_chart`.
    places : DataFrame
        One row a scenario with a plan. Columns: ``scenario``, ``money`` (currency),
        ``value``, ``best_low``, ``reach_low``, ``reach_high`` (the plan's share of the best for
        as much money; missing where it has no meaning).
    scenarios : sequence of str
        All scenarios in their order, also those without a plan.
    currency : str
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
    facts = _facts(curves, places, currency, value_currency)
    names = [str(name) for name in scenarios]
    headline, description = _headline(facts, names), _describe(facts, names)
    if not facts.points:
        words = say("Other rules cannot hold together, whatever the level.")
        return nothing(headline, words, width)
    marks = dict(zip(names, letters(len(names)), strict=True))
    called = dict(zip(names, lettered(names, width * 0.3, 11.5), strict=True))
    keys = tuple(
        Key(called[one.plan], PAPER if n else RED, INK if n else RED, "diamond")
        for n, one in enumerate(facts.away)
    )  # fmt: skip
    # A letter stands for its scenario: names in the plot would cover it, and each other.
    short = replace(facts, away=[replace(one, plan=marks[one.plan]) for one in facts.away])
    drawing = _Marked(short, headline, currency, "budget", value_currency, width, keys)
    drawing.names = {mark: called[name] for name, mark in marks.items()}
    return drawing.chart(description)


class _Marked(Drawing):
    """The curve with a letter beside each plan."""

    names: Mapping[str, str]

    def called(self, one: Away) -> str:
        """Letter and name."""
        return self.names[one.plan]

    def mark(self, one: Away) -> str:
        """Its letter."""
        return one.plan

    def first(self, one: Away) -> bool:
        """Whether it is the plan of the scenario that the curve is of."""
        return one.plan == self.facts.away[0].plan

    def plan(self, one: Away) -> list[alt.Chart]:
        """The mark of a plan and its letter, which makes way for those before it."""
        import altair as alt

        first = self.first(one)
        x, y = self.x(one.limit), self.y(one.value)
        mark = canvas().mark_point(
            shape="diamond", size=95, filled=True, opacity=1, fill=RED if first else PAPER,
            stroke=RED if first else INK, strokeWidth=1.6,
        )  # fmt: skip
        before = self.facts.away[: [other.plan for other in self.facts.away].index(one.plan)]
        near = sum(abs(self.x(o.limit) - x) < 22 and abs(self.y(o.value) - y) < 16 for o in before)
        style: dict[str, Any] = {"fontSize": self.sheet.size + 1, "fontWeight": 700}
        style["color"] = RED if first else INK
        if first:
            place = label(one.plan, x + 7, y + 13, **style)
        elif near % 2:
            place = label(one.plan, x - 9, y, align="right", **style)
        else:
            place = label(one.plan, x + 9 + 7 * near, y, **style)
        return [mark.encode(x=alt.XValue(x), y=alt.YValue(y)), place]
