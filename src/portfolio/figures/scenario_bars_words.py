"""The findings of scenarios side by side, in words: what each is worth, spends and lacks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import money, number, records, worths
from portfolio.figures.labels import clean
from portfolio.language import decimal, plural, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ScenarioFacts",
    "description_of",
    "facts_of",
    "headline_of",
    "scenario_bars_description",
    "scenario_bars_headline",
    "value_words",
    "value_words_of",
]

# Less than this share apart is as good as the same to a board.
_CLOSE = 0.0005


@dataclass(frozen=True)
class ScenarioFacts:
    """One scenario: NaN where it has no plan, or where a thing has no meaning."""

    name: str
    value: float
    bound: float
    alike: bool
    amounts: dict[str, float]

    @property
    def planned(self) -> bool:
        """Whether it has a plan."""
        return not math.isnan(self.value)


def facts_of(table: pd.DataFrame) -> list[ScenarioFacts]:
    """Check the table of a figure, and read it."""
    names = records(table, text=("scenario", "alike"))
    columns = ("value", "bound", "chosen", "spend", "npv", "deficit")
    return [
        ScenarioFacts(
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
    return headline_of(facts_of(table), value_currency)


def headline_of(facts: list[ScenarioFacts], value_currency: str | None) -> str:
    """The finding; no full stop."""
    planned = [one for one in facts if one.planned]
    if not planned:
        return say("No scenario has a plan")
    found = _compared(planned, value_currency)
    without = len(facts) - len(planned)
    if not without:
        return found
    rest = plural("{n} scenario has no plan", "{n} scenarios have no plan", without)
    return f"{found}; {rest}"


def _compared(planned: list[ScenarioFacts], value_currency: str | None) -> str:
    """What the plans are worth beside the first."""
    first = planned[0]
    others = [one for one in planned[1:] if one.alike]
    if not others:
        worth = value_words_of(planned, value_currency)(first.value)
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


def _gain(first: ScenarioFacts, one: ScenarioFacts) -> tuple[int, str]:
    """Whether one is worth more (1), less (-1) or as much (0), and by how much; "" for unknown."""
    gain = one.value - first.value
    if abs(gain) / max(abs(first.value), 1e-12) < _CLOSE:
        return 0, ""
    sign = 1 if gain > 0 else -1
    if first.value <= 0:
        return sign, ""
    percent = abs(gain) / abs(first.value) * 100
    return sign, f"{decimal(percent, '.0f' if percent >= 9.5 else '.1f')} %"


def _change(first: ScenarioFacts, one: ScenarioFacts) -> str:
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


def _change_alone(first: ScenarioFacts, one: ScenarioFacts) -> str:
    """One scenario beside the first, at the end of a sentence that says so of another."""
    sign, part = _gain(first, one)
    if not sign:
        return say("as much")
    if part:
        return say("{share} more", share=part) if sign > 0 else say("{share} less", share=part)
    return say("more") if sign > 0 else say("less")


def value_words_of(
    facts: list[ScenarioFacts], value_currency: str | None
) -> Callable[[float], str]:
    """How the values of these scenarios are written."""
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
    return description_of(facts_of(table), currency, value_currency)


def description_of(facts: list[ScenarioFacts], currency: str, value_currency: str | None) -> str:
    """The alternative text."""
    words = value_words_of(facts, value_currency)
    parts = [headline_of(facts, value_currency)]
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
