"""Which roles run short, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.figures.formats import number, share
from portfolio.figures.heat import heat_chart, heat_rows, name_room
from portfolio.figures.labels import join_names
from portfolio.figures.lengths import by_length, part_of
from portfolio.figures.loaded import Loaded, percent_cells, percent_keys, percents_fit
from portfolio.figures.periods import Timeline
from portfolio.figures.sheet import Sheet, nothing
from portfolio.figures.style import FULL
from portfolio.language import plural, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["capacity_chart", "capacity_description", "capacity_headline"]


class _Role(Loaded):
    """One role: demand and capacity by position on the timeline, FTE."""

    @property
    def peak(self) -> tuple[float, int]:
        return max(((self.used(i), -i) for i in self.cells), default=(0.0, 0))


def _roles(table: pd.DataFrame) -> tuple[Timeline, list[_Role]] | None:
    found = heat_rows(table, "role", ("demand", "capacity"), _Role)
    if found is None:
        return None
    time, roles = found
    for role in roles:
        role.cells = dict(sorted(role.cells.items()))
    # The tightest stand on top, where a reader begins.
    roles.sort(key=lambda one: (-len(one.overs), -len(one.fulls), -one.peak[0], one.name))
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
        return say("No role has any demand or capacity")
    time, roles = facts
    if any(role.overs for role in roles):
        return _short(time, roles)
    if any(role.fulls for role in roles):
        return _full(time, roles)
    top = max(role.peak[0] for role in roles)
    if top <= 0:
        return say("No role is needed in these periods")
    peaks = [role for role in roles if share(role.peak[0]) == share(top)]
    if len(peaks) > 1:
        return say(
            "No role passes {share} of its people; {roles} roles reach it",
            share=share(top),
            roles=number(len(peaks)),
        )
    return say(
        "No role is at its limit; {role} comes nearest: {share} in {period}",
        role=join_names([peaks[0].name]),
        share=share(top),
        period=time.names[-peaks[0].peak[1]],
    )


def _short(time: Timeline, roles: list[_Role]) -> str:
    """The headline where people run short."""
    short = [role for role in roles if role.overs]
    most = [role for role in short if len(role.overs) == len(short[0].overs)]
    who = join_names(role.name for role in most)
    when = part_of(len(short[0].overs), time.periods, time.frequency)
    if len(most) == len(short):
        gap = number(max(role.excess(i) for role in most for i in role.overs))
        if len(short) == 1:
            return say(
                "{role} runs short in {when}, by up to {gap} FTE", role=who, when=when, gap=gap
            )
        return say(
            "{roles} run short in {when} each, by up to {gap} FTE", roles=who, when=when, gap=gap
        )
    counts = {"part": number(len(short)), "whole": number(len(roles)), "when": when}
    if len(most) > 2:
        return say(
            "{part} of {whole} roles run short, {most} of them most: in {when}",
            most=number(len(most)),
            **counts,
        )
    return say("{part} of {whole} roles run short, {roles} most: in {when}", roles=who, **counts)


def _full(time: Timeline, roles: list[_Role]) -> str:
    """The headline where people are just enough."""
    full = [role for role in roles if role.fulls]
    most = [role for role in full if len(role.fulls) == len(full[0].fulls)]
    who = join_names(role.name for role in most)
    when = part_of(len(full[0].fulls), time.periods, time.frequency)
    if len(most) == len(full):
        if len(full) == 1:
            return say("{role} is at its limit in {when}", role=who, when=when)
        return say("{roles} are at their limit in {when} each", roles=who, when=when)
    every = number(len(full))
    if len(most) == 1:
        return say(
            "{role} is at its limit in {when}, the most of {n} full roles",
            role=who,
            when=when,
            n=every,
        )
    return say(
        "{roles} are at their limit in {when} each, the most of {n} full roles",
        roles=who,
        when=when,
        n=every,
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
    found = f"{_headline(facts)}."
    if facts is None:
        return found
    time, roles = facts
    tops = []
    for role in roles[:3]:
        peak, at = role.peak
        fields = {"role": role.name, "period": time.names[-at]}
        if peak == float("inf"):
            tops.append(say("{role} demand without any capacity in {period}", **fields))
        else:
            tops.append(say("{role} {share} in {period}", share=share(peak), **fields))
    of_roles = plural("Heat map of {n} role", "Heat map of {n} roles", len(roles))
    cells = sum(len(role.cells) for role in roles)
    counted = plural(
        "of {n} cell {short} are short of people and {full} at the limit",
        "of {n} cells {short} are short of people and {full} at the limit",
        cells,
        short=number(sum(len(role.overs) for role in roles)),
        full=number(sum(len(role.fulls) for role in roles)),
    )
    drawn = say(
        "{heat_map} {by}, {first} to {last}: {cells}. Highest: {tops}.",
        heat_map=of_roles,
        by=by_length(time.frequency),
        first=time.names[0],
        last=time.names[-1],
        cells=counted,
        tops="; ".join(tops),
    )
    return f"{found} {drawn}"


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
        words = say("The portfolio asks for no roles and has no people.")
        return nothing(headline, words, width)
    time, roles = facts
    least = 124 if width < 640 else 172
    left = name_room([role.name for role in roles], width, least)
    # Numbers are worth more than the ends of names.
    if not percents_fit(width, left, time.periods):
        left = least
    numbers = percents_fit(width, left, time.periods)
    sheet = Sheet(
        headline,
        say("People needed of people there, % {by}", by=by_length(time.frequency)),
        width,
        left=left,
        above=20,
        bottom=8,
        keys=percent_keys(roles, say("At the limit"), _over_words(roles, numbers=numbers)),
    )
    high = 17 if sheet.small else 22
    cells = [percent_cells(role, numbers=numbers) for role in roles]
    plotted = (say("Capacity"), say("Role"), "0%")
    return heat_chart(sheet, time, roles, cells, description, high=high, plotted=plotted)


def _over_words(roles: list[_Role], *, numbers: bool) -> str:
    if not numbers:
        return say("▲ Short of people")
    if any(role.peak[0] == float("inf") for role in roles):
        return say("Short of people: over 100, or nobody there (0!)")
    return say("Short of people: over 100")
