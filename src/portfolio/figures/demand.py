"""Work against the people for it: of a role, of all, or of one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import number, records, share
from portfolio.figures.labels import clean, shorten
from portfolio.figures.lengths import by_length, fullest, part_of, work
from portfolio.figures.periods import Timeline, timeline
from portfolio.figures.sheet import Key, Sheet, canvas, nothing
from portfolio.figures.stack import plotted_stack, stacked_bars, stacked_layer, step_line
from portfolio.figures.style import ACCENT, FULL, INK, PALE, PALETTE, RED
from portfolio.language import mark, plural, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["demand_chart", "demand_description", "demand_headline", "person_chart"]

# What is drawn of each kind that is known: its name, its fill and its outline.
_KINDS = {
    "outside": (mark("Outside the portfolio"), "#c9ced6", "#8a8f98"),
    "in_flight": (mark("Projects in flight"), ACCENT, ACCENT),
    "new": (mark("New projects"), PALE, ACCENT),
    "committed": (mark("Committed"), ACCENT, ACCENT),
    "proposed": (mark("Proposed"), PALE, ACCENT),
}
_MOST_KINDS = 6
_REST = "\0rest"
_TOLERANCE = 1e-4


@dataclass
class _Facts:
    """Work by position on the timeline and kind, and what there is, FTE."""

    time: Timeline
    keys: dict[str, Key]
    amounts: dict[tuple[int, str], float]
    there: dict[int, float]

    def work(self, i: int) -> float:
        return sum(self.amounts.get((i, kind), 0.0) for kind in self.keys)

    @property
    def overs(self) -> list[int]:
        return [
            i
            for i in range(self.time.periods)
            if self.work(i) > self.there.get(i, 0.0) + _TOLERANCE
        ]


def _facts(work: pd.DataFrame, there: pd.DataFrame) -> _Facts | None:
    given = records(work, text=("period", "kind"), numbers=("fte",))
    limits = records(there, text=("period",), numbers=("fte",))
    if not given and not limits:
        return None
    time = timeline(row["period"] for row in (*given, *limits))
    amounts: dict[tuple[int, str], float] = defaultdict(float)
    sums: dict[str, float] = defaultdict(float)
    for row in given:
        amounts[time.index(row["period"]), row["kind"]] += row["fte"]
        sums[row["kind"]] += row["fte"]
    keys = _looks(sums)
    for (i, kind), amount in list(amounts.items()):
        if kind not in keys:
            amounts[i, _REST] += amount
            del amounts[i, kind]
    heights: dict[int, float] = defaultdict(float)
    for row in limits:
        heights[time.index(row["period"])] += row["fte"]
    return _Facts(time, keys, dict(amounts), dict(heights))


def _looks(sums: Mapping[str, float]) -> dict[str, Key]:
    """How each kind looks: in the order of the known ones, else the largest first."""
    if set(sums) <= set(_KINDS):
        return {
            kind: Key(say(words), fill, stroke)
            for kind, (words, fill, stroke) in _KINDS.items()
            if kind in sums
        }
    ordered = sorted(sums, key=lambda kind: (-sums[kind], kind))
    keys = {
        kind: Key(clean(kind), color, color)
        for kind, color in zip(ordered[:_MOST_KINDS], PALETTE, strict=False)
    }
    rest = len(ordered) - len(keys)
    if rest:
        keys[_REST] = Key(plural("{n} more", "{n} more", rest), PALETTE[-1], PALETTE[-1])
    return keys


def demand_headline(work: pd.DataFrame, there: pd.DataFrame, *, of: str = "") -> str:
    """The finding of `demand_chart`, computed from its tables.

    Parameters
    ----------
    work, there : DataFrame
        As in `demand_chart`.
    of : str
        As in `demand_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_facts(work, there), of)


def _headline(facts: _Facts | None, of: str) -> str:
    if facts is None:
        return say("No work and no time is given")
    who = shorten(clean(of or say("people")), 44, 1.0)
    start = f"{who[:1].upper()}{who[1:]}"
    over = facts.overs
    if over:
        worst = max(over, key=lambda i: facts.work(i) - facts.there.get(i, 0.0))
        return say(
            "{who}: more work than time in {when}, most in {period}: {gap} FTE too much",
            who=start,
            when=part_of(len(over), facts.time.periods, facts.time.frequency),
            period=facts.time.names[worst],
            gap=number(facts.work(worst) - facts.there.get(worst, 0.0)),
        )
    work = sum(facts.work(i) for i in range(facts.time.periods))
    if work <= _TOLERANCE:
        return say("{who}: no work in these periods", who=start)
    used = {i: facts.work(i) / room for i, room in facts.there.items() if room > _TOLERANCE}
    top = max(used, key=lambda i: (used[i], -i))
    return say(
        "{who}: {fullest} is {period}, at {share}",
        who=start,
        fullest=fullest(facts.time.frequency),
        period=facts.time.names[top],
        share=share(used[top]),
    )


def demand_description(work: pd.DataFrame, there: pd.DataFrame, *, of: str = "") -> str:
    """The alternative text of `demand_chart`, computed from its tables.

    Parameters
    ----------
    work, there : DataFrame
        As in `demand_chart`.
    of : str
        As in `demand_chart`.

    Returns
    -------
    str
        Two or three sentences with the main numbers.
    """
    return _describe(_facts(work, there), of)


def _describe(facts: _Facts | None, of: str) -> str:
    found = f"{_headline(facts, of)}."
    if facts is None:
        return found
    time, periods = facts.time, range(facts.time.periods)
    parts = []
    for kind, key in facts.keys.items():
        amount = sum(facts.amounts.get((i, kind), 0.0) for i in periods)
        parts.append(f"{key.text} {number(amount)}")
    room = work(sum(facts.there.values()), time.frequency)
    fields = {
        "by": by_length(time.frequency),
        "first": time.names[0],
        "last": time.names[-1],
        "work": number(sum(facts.work(i) for i in periods)),
        "room": room,
    }
    bars = (
        say(
            "Bars {by}, {first} to {last}: {parts}; in all {work} of {room}.",
            parts=", ".join(parts),
            **fields,
        )
        if parts
        else say("Bars {by}, {first} to {last}; in all {work} of {room}.", **fields)
    )
    return f"{found} {bars}"


def demand_chart(
    work: pd.DataFrame,
    there: pd.DataFrame,
    *,
    of: str = "",
    line: str = "",
    width: int = FULL,
) -> alt.LayerChart:
    """Draw work as stacked bars, and the people for it as steps above them.

    Where there is more work than time the step is red, and a triangle stands above.

    Parameters
    ----------
    work : DataFrame
        One row a period and kind (several are added). Columns: ``period`` (label),
        ``kind`` (outside, in_flight, new; committed, proposed; or any names, such as those
        of projects, of which the largest few are told apart), ``fte``.
    there : DataFrame
        One row a period (several are added). Columns: ``period``, ``fte``.
    of : str
        Whose work: a role, a person, all; blank: people.
    line : str
        What the steps are; blank: the people that are there.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where both tables are empty.

    Raises
    ------
    ReportError
        A column or a number is missing, or a label is none.
    """
    facts = _facts(work, there)
    headline, description = _headline(facts, of), _describe(facts, of)
    if facts is None:
        return nothing(headline, say("The tables have no rows."), width)
    bars = stacked_bars(facts.time.periods, facts.keys, facts.amounts)
    room = 150 if width < 640 else 210
    keys = [Key(shorten(key.text, room, 11.5), key.fill, key.stroke) for key in facts.keys.values()]
    over = set(facts.overs)
    line = line or say("People there")
    keys.append(Key(line, shape="line", stroke=INK))
    if over:
        keys.append(Key(say("▲ More work than time"), shape="line", stroke=RED))
    sheet = Sheet(
        headline,
        say("FTE {by}", by=by_length(facts.time.frequency)),
        width,
        left=52,
        above=14,
        keys=tuple(keys),
    )
    height = 150 if sheet.small else 200
    heights = {i: facts.there.get(i, 0.0) for i in range(facts.time.periods)}
    highest = max([*(bar["high"] for bar in bars), *heights.values()]) or 1.0
    lowest = min([*(bar["low"] for bar in bars), 0.0])
    layers = [
        stacked_layer(sheet, facts.time, bars, [lowest * 1.05, highest * 1.08]),
        step_line(heights, dict.fromkeys(over, RED)),
    ]
    if over:
        layers.append(_triangles(sorted(over)))
    plotted = plotted_stack(
        say("Work and people"), facts.time, facts.keys, facts.amounts, {line: facts.there},
        unit=say("FTE"), form="#,##0.00",
    )  # fmt: skip
    return sheet.chart(layers, height, description, plotted)


def _triangles(places: list[int]) -> alt.Chart:
    import altair as alt

    marks = canvas([{"x": i + 0.5} for i in places]).mark_text(text="▲", fontSize=10, color=RED)
    layer: alt.Chart = marks.encode(x=alt.X("x:Q"), y=alt.YValue(-5))
    return layer


def person_chart(
    work: pd.DataFrame, there: pd.DataFrame, *, person: str, width: int = FULL
) -> alt.LayerChart:
    """Draw the work of one person against the time that they have.

    Parameters
    ----------
    work, there : DataFrame
        As in `demand_chart`.
    person : str
        The person, as printed.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        As `demand_chart`.

    Raises
    ------
    ReportError
        As `demand_chart`.
    """
    return demand_chart(work, there, of=person, line=say("Time there"), width=width)
