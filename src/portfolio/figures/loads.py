"""How loaded people are, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from portfolio.figures.formats import number, share
from portfolio.figures.heat import heat_chart, heat_rows
from portfolio.figures.labels import join_names
from portfolio.figures.lengths import by_length, part_of
from portfolio.figures.loaded import Loaded, percent_cells, percent_keys, percents_fit
from portfolio.figures.periods import Timeline
from portfolio.figures.sheet import Key, Sheet, nothing
from portfolio.figures.style import FULL, PAPER
from portfolio.language import plural, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["MOST_PEOPLE", "loads_chart", "loads_description", "loads_headline"]

MOST_PEOPLE = 40
"""Most people drawn: more would be no picture but a wall."""

_TOLERANCE = 1e-4


class _Person(Loaded):
    """One person: work and time by position on the timeline, FTE."""

    tolerance: ClassVar[float] = _TOLERANCE

    @property
    def mean(self) -> float:
        return _mean([self])


def _mean(people: list[_Person]) -> float:
    """Share of their time that is used over all periods."""
    cells = [cell for person in people for cell in person.cells.values()]
    time = sum(time for _, time in cells)
    return sum(load for load, _ in cells) / time if time > _TOLERANCE else 0.0


@dataclass
class _Facts:
    time: Timeline
    people: list[_Person]

    @property
    def over(self) -> list[_Person]:
        return [person for person in self.people if person.overs]


def _facts(table: pd.DataFrame) -> _Facts | None:
    found = heat_rows(table, "person", ("load", "time"), _Person)
    if found is None:
        return None
    time, people = found
    people.sort(key=lambda one: (-len(one.overs), -len(one.fulls), -one.mean, one.name))
    return _Facts(time, people)


def loads_headline(table: pd.DataFrame) -> str:
    """The finding of `loads_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `loads_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_facts(table))


def _headline(facts: _Facts | None) -> str:
    if facts is None:
        return say("No people are named")
    if facts.over:
        return _overloaded(facts)
    mean = _mean(facts.people)
    if mean <= 0:
        return say("Nobody has any work in these periods")
    full = sum(1 for person in facts.people if person.fulls)
    if not full:
        return say(
            "Nobody has more work than time; in all {share} of the time is used", share=share(mean)
        )
    return plural(
        "Nobody has more work than time; in all {share} of the time is used, and {n} of {whole} "
        "is full at times",
        "Nobody has more work than time; in all {share} of the time is used, and {n} of {whole} "
        "are full at times",
        full,
        share=share(mean),
        whole=number(len(facts.people)),
    )


def _overloaded(facts: _Facts) -> str:
    """The headline where somebody has more work than time."""
    first = facts.over[0]
    if len(facts.over) == 1:
        return say(
            "{person} has more work than time in {when}",
            person=join_names([first.name]),
            when=part_of(len(first.overs), facts.time.periods, facts.time.frequency),
        )
    return say(
        "{part} of {whole} people have more work than time",
        part=number(len(facts.over)),
        whole=number(len(facts.people)),
    )


def loads_description(table: pd.DataFrame) -> str:
    """The alternative text of `loads_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `loads_chart`.

    Returns
    -------
    str
        Two or three sentences with the main numbers.
    """
    return _describe(_facts(table))


def _describe(facts: _Facts | None) -> str:
    found = f"{_headline(facts)}."
    if facts is None:
        return found
    tops = [
        say("{person} {share} on average", person=person.name, share=share(person.mean))
        for person in facts.people[:3]
    ]
    drawn = say(
        "Heat map of {people} {by}, {first} to {last}. Most loaded: {tops}.",
        people=_drawn(facts),
        by=by_length(facts.time.frequency),
        first=facts.time.names[0],
        last=facts.time.names[-1],
        tops="; ".join(tops),
    )
    return f"{found} {drawn}"


def _drawn(facts: _Facts) -> str:
    people = len(facts.people)
    if people > MOST_PEOPLE:
        return say(
            "the {most} most loaded of {people} people",
            most=number(MOST_PEOPLE),
            people=number(people),
        )
    return plural("{n} person", "{n} people", people)


def loads_chart(table: pd.DataFrame, *, width: int = FULL) -> alt.LayerChart:
    """Draw work over time as a heat map, the most loaded people first.

    Who has more work than time has a red outline and a bold number (a triangle where there
    is no room for one), who is just full a dark outline. Of more than `MOST_PEOPLE` only
    the most loaded are drawn, and the figure says so.

    Parameters
    ----------
    table : DataFrame
        One row a person and period (several are added). Columns: ``person`` (as printed),
        ``period`` (label), ``time`` and ``load`` (FTE); ``person_id`` where two people may have
        one name.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where the table is empty.

    Raises
    ------
    ReportError
        A column or a number is missing, or a label is none.
    """
    facts = _facts(table)
    headline, description = _headline(facts), _describe(facts)
    if facts is None:
        return nothing(headline, say("The portfolio has no table of people."), width)
    people = facts.people[:MOST_PEOPLE]
    left = 104 if width < 640 else 150
    numbers = percents_fit(width, left, facts.time.periods)
    subtitle = say("Work of the time that people have, % {by}", by=by_length(facts.time.frequency))
    if len(facts.people) > MOST_PEOPLE:
        subtitle += f"; {_drawn(facts)}"
    over = (
        say("More work than time: over 100, or not there (0!)")
        if numbers
        else say("▲ More work than time")
    )
    keys = percent_keys(people, say("Full"), over)
    sheet = Sheet(
        headline,
        subtitle,
        width,
        left=left,
        above=20,
        bottom=8,
        keys=(*keys, Key(say("– not there"), PAPER, PAPER)),
    )
    high = 15 if sheet.small else 18
    rows = [percent_cells(person, numbers=numbers) for person in people]
    plotted = (say("Loads"), say("Person"), "0%")
    return heat_chart(
        sheet, facts.time, people, rows, description, high=high, plotted=plotted, tail=0.4
    )
