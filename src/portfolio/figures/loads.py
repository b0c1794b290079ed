"""How loaded people are, period by period."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import share
from portfolio.figures.heat import Cell, Row, heat_chart, heat_rows, tint
from portfolio.figures.labels import count, join_names
from portfolio.figures.periods import Timeline
from portfolio.figures.sheet import Key, Sheet, nothing
from portfolio.figures.style import ACCENT, DIM, FULL, INK, PALE, PAPER, RED

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["MOST_PEOPLE", "loads_chart", "loads_description", "loads_headline"]

MOST_PEOPLE = 40
"""Most people drawn: more would be no picture but a wall."""

_TOLERANCE = 1e-4
# From here on a cell reads 100 %.
_AT_LIMIT = 0.995


class _Person(Row):
    """One person: time and load by position on the timeline, FTE."""

    def used(self, i: int) -> float:
        time, load = self.cells[i]
        if time > _TOLERANCE:
            return load / time
        return float("inf") if load > _TOLERANCE else 0.0

    def over(self, i: int) -> bool:
        time, load = self.cells[i]
        return load > time + _TOLERANCE

    @property
    def overs(self) -> list[int]:
        return [i for i in self.cells if self.over(i)]

    @property
    def fulls(self) -> list[int]:
        return [i for i in self.cells if self.used(i) >= _AT_LIMIT and not self.over(i)]

    @property
    def mean(self) -> float:
        time = sum(time for time, _ in self.cells.values())
        load = sum(load for _, load in self.cells.values())
        return load / time if time > _TOLERANCE else 0.0


@dataclass
class _Facts:
    time: Timeline
    people: list[_Person]

    @property
    def over(self) -> list[_Person]:
        return [person for person in self.people if person.overs]

    @property
    def mean(self) -> float:
        time = sum(time for person in self.people for time, _ in person.cells.values())
        load = sum(load for person in self.people for _, load in person.cells.values())
        return load / time if time > _TOLERANCE else 0.0


def _facts(table: pd.DataFrame) -> _Facts | None:
    found = heat_rows(table, "person", ("time", "load"), _Person)
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
        return "No people are named"
    number = len(facts.people)
    if facts.over:
        first = facts.over[0]
        if len(facts.over) == 1:
            when = f"in {len(first.overs)} of {count(facts.time.periods, facts.time.frequency)}"
            return f"{join_names([first.name])} has more work than time {when}"
        return f"{len(facts.over)} of {count(number, 'person')} have more work than time".replace(
            "persons", "people"
        )
    if facts.mean <= 0:
        return "Nobody has any work in these periods"
    full = sum(1 for person in facts.people if person.fulls)
    nobody = f"Nobody has more work than time; in all {share(facts.mean)} of the time is used"
    if full:
        verb = "is" if full == 1 else "are"
        return f"{nobody}, and {full} of {number} {verb} full at times"
    return nobody


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
    if facts is None:
        return f"{_headline(facts)}."
    names = facts.time.names
    drawn = _drawn(facts)
    tops = [f"{person.name} {share(person.mean)} on average" for person in facts.people[:3]]
    return (
        f"{_headline(facts)}. Heat map of {drawn} by {facts.time.frequency}, {names[0]} to "
        f"{names[-1]}. Most loaded: {'; '.join(tops)}."
    )


def _drawn(facts: _Facts) -> str:
    number = len(facts.people)
    if number > MOST_PEOPLE:
        return f"the {MOST_PEOPLE} most loaded of {number} people"
    return "1 person" if number == 1 else f"{number} people"


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
        return nothing(headline, "The portfolio has no table of people.", width)
    people = facts.people[:MOST_PEOPLE]
    left = 104 if width < 640 else 150
    # The widest number is >100.
    numbers = (width - left - 14) / facts.time.periods >= 2.2 * (10.5 if width < 640 else 11.5)
    subtitle = f"Work of the time that people have, % by {facts.time.frequency}"
    if len(facts.people) > MOST_PEOPLE:
        subtitle += f"; {_drawn(facts)}"
    sheet = Sheet(
        headline, subtitle, width, left=left, above=20, bottom=8,
        keys=_keys(people, numbers=numbers),
    )  # fmt: skip
    high = 15 if sheet.small else 18
    rows = [_cells(person, numbers=numbers) for person in people]
    plotted = ("Loads", "Person", "0%")
    return heat_chart(
        sheet, facts.time, people, rows, description, high=high, plotted=plotted, tail=0.4
    )


def _keys(people: list[_Person], *, numbers: bool) -> tuple[Key, ...]:
    tints = [tint(part, PALE, ACCENT) for part in (0.0, 0.5, 1.0)]
    keys = [Key(share(part), fill, fill) for part, fill in zip((0.0, 0.5, 1.0), tints, strict=True)]
    if any(person.fulls for person in people):
        keys.append(Key("Full", PAPER, INK))
    if any(person.overs for person in people):
        words = "More work than time: over 100, or not there (0!)"
        keys.append(Key(words if numbers else "▲ More work than time", PAPER, RED))
    return (*keys, Key("– not there", PAPER, PAPER))


def _cells(person: _Person, *, numbers: bool) -> dict[int, Cell]:
    cells = {}
    for i, (there, load) in person.cells.items():
        used, over = person.used(i), person.over(i)
        if there <= _TOLERANCE and load <= _TOLERANCE:
            cells[i] = Cell("–", PAPER, ink=DIM)
            continue
        percent = "0!" if used == float("inf") else share(used).removesuffix(" %")
        text = percent if numbers else "▲" if over else ""
        outline = RED if over else INK if used >= _AT_LIMIT else ""
        value = used if math.isfinite(used) else None
        cells[i] = Cell(text, tint(used, PALE, ACCENT), outline, over, value=value)
    return cells
