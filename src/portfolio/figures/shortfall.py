"""Which roles lack people, and which have some to spare, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.figures.formats import number
from portfolio.figures.heat import Cell, Row, heat_chart, heat_rows, name_room, tint
from portfolio.figures.labels import join_names, text_width
from portfolio.figures.lengths import by_length, fte_lengths, part_of
from portfolio.figures.periods import Timeline
from portfolio.figures.sheet import Key, Sheet, nothing
from portfolio.figures.style import DIM, FULL, MIDDLE, PALE, PAPER, RED
from portfolio.language import plural, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["shortfall_chart", "shortfall_description", "shortfall_headline"]

_NOTHING = 0.005
_FAINT_RED, _DEEP_RED = "#fbe9e7", "#e8a49b"


class _Role(Row):
    """One role: deficit and surplus by position on the timeline, FTE."""

    @property
    def shorts(self) -> list[int]:
        return [i for i, (deficit, _) in self.cells.items() if deficit > _NOTHING]

    @property
    def deficit(self) -> float:
        return sum(deficit for deficit, _ in self.cells.values())


@dataclass
class _Facts:
    time: Timeline
    roles: list[_Role]

    @property
    def short(self) -> list[_Role]:
        return [role for role in self.roles if role.shorts]


def _facts(table: pd.DataFrame) -> _Facts | None:
    found = heat_rows(table, "role", ("deficit", "surplus"), _Role)
    if found is None:
        return None
    time, roles = found
    return _Facts(time, sorted(roles, key=lambda one: (-one.deficit, -len(one.shorts), one.name)))


def shortfall_headline(table: pd.DataFrame) -> str:
    """The finding of `shortfall_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `shortfall_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_facts(table))


def _headline(facts: _Facts | None) -> str:
    if facts is None:
        return say("No role has any demand or people")
    short = facts.short
    if not short:
        return say("Every role has the people it needs")
    first = short[0]
    worst = max(first.shorts, key=lambda i: first.cells[i][0])
    fields = {
        "role": join_names([first.name]),
        "gap": number(first.cells[worst][0]),
        "period": facts.time.names[worst],
    }
    if len(short) == 1:
        return say(
            "{role} lacks people in {when}: up to {gap} FTE in {period}",
            when=part_of(len(first.shorts), facts.time.periods, facts.time.frequency),
            **fields,
        )
    return say(
        "{part} of {whole} roles lack people, {role} most: up to {gap} FTE in {period}",
        part=number(len(short)),
        whole=number(len(facts.roles)),
        **fields,
    )


def shortfall_description(table: pd.DataFrame) -> str:
    """The alternative text of `shortfall_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `shortfall_chart`.

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
    time, roles = facts.time, facts.roles
    lacking = plural(
        "people are missing in {part} of {n} cell",
        "people are missing in {part} of {n} cells",
        sum(len(role.cells) for role in roles),
        part=number(sum(len(role.shorts) for role in roles)),
    )
    drawn = say(
        "{heat_map} {by}, {first} to {last}: {cells}.",
        heat_map=plural("Heat map of {n} role", "Heat map of {n} roles", len(roles)),
        by=by_length(time.frequency),
        first=time.names[0],
        last=time.names[-1],
        cells=lacking,
    )
    unit = fte_lengths(time.frequency)
    tops = [f"{role.name} {number(role.deficit)} {unit}" for role in facts.short[:3]]
    text = f"{found} {drawn}"
    if tops:
        text += " " + say("Missing in all: {tops}.", tops="; ".join(tops))
    return text


def shortfall_chart(table: pd.DataFrame, *, width: int = FULL) -> alt.LayerChart:
    """Draw what is missing and what is spare as a heat map, the shortest role first.

    Missing people have a minus, bold, in a red outline; spare ones a plus. Cells too
    small for their number show a triangle where people are missing.

    Parameters
    ----------
    table : DataFrame
        One row a role and period (several are added). Columns: ``role`` (name),
        ``period`` (label), ``deficit`` and ``surplus`` (FTE); ``role_id`` where two
        roles may have one name.
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
        words = say("The portfolio asks for no roles and has no people.")
        return nothing(headline, words, width)
    left: float = 124 if width < 640 else 172
    small = 9.5 if width < 640 else 10.5
    cells = [pair for role in facts.roles for pair in role.cells.values()]
    texts = {word for lack, spare in cells for word in (_missing(lack), _signed(spare))}
    widest = max(text_width(text, small) for text in texts)
    wanted = name_room([role.name for role in facts.roles], width, left)
    # Numbers are worth more than the ends of names.
    if (width - wanted - 14) / facts.time.periods >= widest + 3:
        left = wanted
    numbers = (width - left - 14) / facts.time.periods >= widest + 3
    keys = [Key(say("Spare people (+)"), PALE, MIDDLE)]
    if facts.short:
        words = say("People missing (−)") if numbers else say("▼ People missing")
        keys.insert(0, Key(words, _FAINT_RED, RED))
    subtitle = say(
        "People missing (−) and people who could still work in the role (+), FTE {by}; "
        "somebody with two roles is spare in both",
        by=by_length(facts.time.frequency),
    )
    sheet = Sheet(headline, subtitle, width, left=left, above=20, bottom=8, keys=tuple(keys))
    high = 17 if sheet.small else 22
    most, room = (max(amounts) for amounts in zip(*cells, strict=True))
    rows = [_cells(role, most, room, numbers=numbers) for role in facts.roles]
    plotted = (say("People missing and spare"), say("Role"), "+#,##0.0;-#,##0.0;0")
    return heat_chart(sheet, facts.time, facts.roles, rows, description, high=high, plotted=plotted)


def _signed(amount: float) -> str:
    """Spare FTE, short: one decimal, none from 10 on."""
    return f"+{number(round(amount, 1 if amount < 10 else None))}"


def _missing(amount: float) -> str:
    """Missing FTE, short; never rounded to nothing."""
    return f"−{number(round(amount, 1 if 0.05 <= amount < 10 else 2 if amount < 1 else None))}"


def _cells(role: _Role, most: float, room: float, *, numbers: bool) -> dict[int, Cell]:
    cells = {}
    for i, (deficit, surplus) in role.cells.items():
        if deficit > _NOTHING:
            text = _missing(deficit) if numbers else "▼"
            fill = tint(deficit / most, _FAINT_RED, _DEEP_RED)
            cells[i] = Cell(text, fill, RED, strong=True, value=-deficit)
        elif round(surplus, 1) > 0:
            text = _signed(surplus) if numbers else ""
            cells[i] = Cell(text, tint(surplus / room, PALE, MIDDLE), value=surplus)
        else:
            cells[i] = Cell("0" if numbers else "", PAPER, ink=DIM, value=0.0)
    return cells
