"""Which roles run short, and when."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from portfolio.figures.formats import number, share
from portfolio.figures.heat import Cell, Row, heat_chart, heat_rows, tint
from portfolio.figures.labels import count, join_names
from portfolio.figures.periods import Timeline
from portfolio.figures.sheet import Key, Sheet, nothing
from portfolio.figures.style import ACCENT, DIM, FULL, INK, PALE, PAPER, RED

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["capacity_chart", "capacity_description", "capacity_headline"]

_TOLERANCE = 1e-6
# From here on a cell reads 100 %.
_AT_LIMIT = 0.995


class _Role(Row):
    """One role: demand and capacity by position on the timeline, FTE."""

    def ratio(self, i: int) -> float:
        demand, capacity = self.cells[i]
        if capacity > 0:
            return demand / capacity
        return float("inf") if demand > _TOLERANCE else 0.0

    def short(self, i: int) -> float:
        demand, capacity = self.cells[i]
        missing = demand - capacity
        return missing if missing > _TOLERANCE * max(1.0, abs(capacity)) else 0.0

    @property
    def shorts(self) -> list[int]:
        return [i for i in self.cells if self.short(i) > 0]

    @property
    def fulls(self) -> list[int]:
        return [i for i in self.cells if self.ratio(i) >= _AT_LIMIT]

    @property
    def peak(self) -> tuple[float, int]:
        return max(((self.ratio(i), -i) for i in self.cells), default=(0.0, 0))


def _roles(table: pd.DataFrame) -> tuple[Timeline, list[_Role]] | None:
    found = heat_rows(table, "role", ("demand", "capacity"), _Role)
    if found is None:
        return None
    time, roles = found
    for role in roles:
        role.cells = dict(sorted(role.cells.items()))
    # The tightest stand on top, where a reader begins.
    roles.sort(key=lambda one: (-len(one.shorts), -len(one.fulls), -one.peak[0], one.name))
    return time, roles


def capacity_headline(table: pd.DataFrame) -> str:
    """The finding of `capacity_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `capacity_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_roles(table))


def _headline(facts: tuple[Timeline, list[_Role]] | None) -> str:
    if facts is None:
        return "No role has any demand or capacity"
    time, roles = facts
    length = count(time.periods, time.frequency)
    short = [role for role in roles if role.shorts]
    if short:
        most = [role for role in short if len(role.shorts) == len(short[0].shorts)]
        gap = max(role.short(i) for role in most for i in role.shorts)
        when = f"in {len(short[0].shorts)} of {length}"
        if len(short) == 1:
            return f"{join_names([short[0].name])} runs short {when}, by up to {number(gap)} FTE"
        if len(most) == len(short):
            each = " each" if len(short) > 1 else ""
            who = join_names(role.name for role in short)
            return f"{who} run short {when}{each}, by up to {number(gap)} FTE"
        who = join_names(role.name for role in most)
        if len(most) > 2:
            who = f"{len(most)} of them"
        return f"{len(short)} of {count(len(roles), 'role')} run short, {who} most: {when}"
    full = [role for role in roles if role.fulls]
    if full:
        most = [role for role in full if len(role.fulls) == len(full[0].fulls)]
        when = f"in {len(full[0].fulls)} of {length}"
        who = join_names(role.name for role in most)
        if len(full) == 1:
            return f"{who} is at its limit {when}"
        if len(most) == len(full):
            return f"{who} are at their limit {when} each"
        rest = f"the most of {len(full)} full roles"
        if len(most) == 1:
            return f"{who} is at its limit {when}, {rest}"
        return f"{who} are at their limit {when} each, {rest}"
    top = max(role.peak[0] for role in roles)
    if top <= 0:
        return "No role is needed in these periods"
    peaks = [role for role in roles if share(role.peak[0]) == share(top)]
    if len(peaks) > 1:
        return f"No role passes {share(top)} of its people; {len(peaks)} roles reach it"
    when = time.names[-peaks[0].peak[1]]
    return f"No role is at its limit; {join_names([peaks[0].name])} comes nearest: " + (
        f"{share(top)} in {when}"
    )


def capacity_description(table: pd.DataFrame) -> str:
    """The alternative text of `capacity_chart`, computed from its table.

    Parameters
    ----------
    table : DataFrame
        As in `capacity_chart`.

    Returns
    -------
    str
        Two or three sentences with the main numbers.
    """
    return _describe(_roles(table))


def _describe(facts: tuple[Timeline, list[_Role]] | None) -> str:
    if facts is None:
        return f"{_headline(facts)}."
    time, roles = facts
    cells = sum(len(role.cells) for role in roles)
    short = sum(len(role.shorts) for role in roles)
    full = sum(len(set(role.fulls) - set(role.shorts)) for role in roles)
    tops = []
    for role in roles[:3]:
        peak, at = role.peak
        word = share(peak) if peak != float("inf") else "demand without any capacity"
        tops.append(f"{role.name} {word} in {time.names[-at]}")
    return (
        f"{_headline(facts)}. Heat map of {count(len(roles), 'role')} by {time.frequency}, "
        f"{time.names[0]} to {time.names[-1]}: of {count(cells, 'cell')} {short} are short of "
        f"people and {full} at the limit. Highest: {'; '.join(tops)}."
    )


def _color(ratio: float) -> str:
    return tint(ratio, PALE, ACCENT)


def capacity_chart(table: pd.DataFrame, *, width: int = FULL) -> alt.LayerChart:
    """Draw demand over capacity as a heat map, tightest role first.

    Where people run short a cell has a red outline and a triangle, where they are just
    enough a dark one. Cells too small for their number go without.

    Parameters
    ----------
    table : DataFrame
        One row a role and period (several are added). Columns: ``role`` (name),
        ``period`` (label), ``demand`` and ``capacity`` (FTE); ``role_id`` where two
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
    facts = _roles(table)
    headline, description = _headline(facts), _describe(facts)
    if facts is None:
        return nothing(headline, "The portfolio asks for no roles and has no people.", width)
    time, roles = facts
    left = 124 if width < 640 else 172
    # The widest number is >100.
    fits = (width - left - 14) / time.periods >= 2.2 * (10.5 if width < 640 else 11.5)
    sheet = Sheet(
        headline, f"People needed of people there, % by {time.frequency}", width,
        left=left, above=20, bottom=8, keys=_keys(roles, numbers=fits),
    )  # fmt: skip
    high = 17 if sheet.small else 22
    cells = [_cells(role, numbers=fits) for role in roles]
    plotted = ("Capacity", "Role", "0%")
    return heat_chart(sheet, time, roles, cells, description, high=high, plotted=plotted)


def _keys(roles: list[_Role], *, numbers: bool) -> tuple[Key, ...]:
    keys = [Key(share(part), _color(part), _color(part)) for part in (0.0, 0.5, 1.0)]
    if any(set(role.fulls) - set(role.shorts) for role in roles):
        keys.append(Key("At the limit", PAPER, INK))
    if any(role.shorts for role in roles):
        nobody = any(role.peak[0] == float("inf") for role in roles)
        words = f"Short of people: over 100{', or nobody there (0!)' if nobody else ''}"
        keys.append(Key(words if numbers else "▲ Short of people", PAPER, RED))
    return tuple(keys)


def _cells(role: _Role, *, numbers: bool) -> dict[int, Cell]:
    cells = {}
    for i in role.cells:
        ratio, short = role.ratio(i), role.short(i) > 0
        if role.cells[i][1] <= 0 and not short:
            cells[i] = Cell("–", PAPER, ink=DIM)
            continue
        percent = "0!" if ratio == float("inf") else share(ratio).removesuffix(" %")
        text = percent if numbers else "▲" if short else ""
        outline = RED if short else INK if ratio >= _AT_LIMIT else ""
        value = ratio if math.isfinite(ratio) else None
        cells[i] = Cell(text, _color(ratio), outline, short, value=value)
    return cells
