"""Projects by scenario: who is in, from when, and where that differs from the first scenario."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portfolio.figures.formats import number, records
from portfolio.figures.heat import Cell, cell_layers, ink_on
from portfolio.figures.labels import clean, text_width, unique_labels
from portfolio.figures.periods import period_name
from portfolio.figures.plotted import Grid, GridCell
from portfolio.figures.scenario_names import heads, lettered
from portfolio.figures.sheet import Key, Sheet, label, nothing
from portfolio.figures.style import ACCENT, DIM, FAINT, FULL, INK, MIDDLE, PALE, PAPER, RED
from portfolio.language import plural, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt
    import pandas as pd

__all__ = [
    "MOST_ROWS",
    "scenario_grid_chart",
    "scenario_grid_description",
    "scenario_grid_headline",
]

MOST_ROWS = 64
"""Most projects drawn: more would be no picture but a wall."""

_LINE = 13.0
# Room for a cell where it is drawn anew, px.
_ROOM = 150.0
_IN = ("in_flight", "funded", "deferred")
_TEXT = ("scenario", "project_id", "name", "decision", "option_id", "start")
_NOWHERE = ("not_offered", "", "")


@dataclass
class _Project:
    """One project: decision, option and start in each scenario that has a plan."""

    key: str
    name: str
    places: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def place(self, scenario: str) -> tuple[str, str, str]:
        return self.places.get(scenario, _NOWHERE)

    def differs(self, scenario: str, first: str) -> bool:
        """Whether it is in or out, or otherwise in, than in the first scenario."""
        one, other = self.place(first), self.place(scenario)
        if (one[0] in _IN) != (other[0] in _IN):
            return True
        return one[0] in _IN and one[1:] != other[1:]


@dataclass
class _Facts:
    scenarios: list[str]
    projects: list[_Project]

    @property
    def first(self) -> str:
        return self.scenarios[0]

    @property
    def planned(self) -> list[str]:
        """The scenarios that have a plan."""
        have = {scenario for project in self.projects for scenario in project.places}
        return [scenario for scenario in self.scenarios if scenario in have]

    def offered(self) -> list[_Project]:
        """Projects that are in somewhere, or could be."""
        nowhere = {"not_offered", "closed"}
        return [p for p in self.projects if {place[0] for place in p.places.values()} - nowhere]

    def unlike(self) -> list[_Project]:
        """Projects that do not stand alike in all plans."""
        planned = self.planned
        return [p for p in self.offered() if any(p.differs(s, planned[0]) for s in planned[1:])]

    def always(self) -> list[_Project]:
        """Projects that are in every plan."""
        planned = self.planned
        return [p for p in self.offered() if all(p.place(s)[0] in _IN for s in planned)]


def _facts(table: pd.DataFrame, scenarios: Sequence[str]) -> _Facts:
    found: dict[str, _Project] = {}
    for row in records(table, text=_TEXT):
        key = row["project_id"]
        project = found.setdefault(key, _Project(key, clean(row["name"]) or clean(key)))
        project.places[row["scenario"]] = (row["decision"], row["option_id"], row["start"])
    return _Facts([str(name) for name in scenarios], list(found.values()))


def scenario_grid_headline(table: pd.DataFrame, scenarios: Sequence[str]) -> str:
    """The finding of `scenario_grid_chart`, computed from its table.

    Parameters
    ----------
    table, scenarios
        As in `scenario_grid_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _headline(_facts(table, scenarios))


def _headline(facts: _Facts) -> str:
    planned, offered = facts.planned, facts.offered()
    if not planned:
        return say("No scenario has a plan")
    if len(planned) == 1:
        return say("Only {scenario} has a plan", scenario=clean(planned[0]))
    everywhere = (
        say("in both plans")
        if len(planned) == 2
        else say("in all {number} plans", number=number(len(planned)))
    )
    unlike = len(facts.unlike())
    every = number(len(offered))
    if not unlike:
        return say(
            "All {number} projects stand alike {in_plans}", number=every, in_plans=everywhere
        )
    always = plural(
        "{n} of {projects} is {in_plans}",
        "{n} of {projects} are {in_plans}",
        len(facts.always()),
        projects=plural("{n} project", "{n} projects", len(offered)),
        in_plans=everywhere,
    )
    return always + "; " + plural("{n} stands differently", "{n} stand differently", unlike)


def scenario_grid_description(table: pd.DataFrame, scenarios: Sequence[str]) -> str:
    """The alternative text of `scenario_grid_chart`, computed from its table.

    Parameters
    ----------
    table, scenarios
        As in `scenario_grid_chart`.

    Returns
    -------
    str
        A few sentences with the main numbers.
    """
    return _describe(_facts(table, scenarios))


def _describe(facts: _Facts) -> str:
    text = [f"{_headline(facts)}."]
    for scenario in facts.scenarios:
        name = clean(scenario)
        if scenario not in facts.planned:
            text.append(say("{scenario} has no plan", scenario=name) + ".")
            continue
        first = facts.planned[0]
        inside = sum(p.place(scenario)[0] in _IN for p in facts.offered())
        projects = plural("{n} project", "{n} projects", inside)
        if scenario == first:
            text.append(
                say("{scenario}: {projects} in the plan.", scenario=name, projects=projects)
            )
            continue
        differ = sum(p.differs(scenario, first) for p in facts.offered())
        text.append(
            say(
                "{scenario}: {projects} in the plan, {number} differently from {first}.",
                scenario=name,
                projects=projects,
                number=number(differ),
                first=clean(first),
            )
        )
    return " ".join(text)


def scenario_grid_chart(
    table: pd.DataFrame, scenarios: Sequence[str], *, unnamed: int = 0, width: int = FULL
) -> alt.LayerChart:
    """Draw projects by scenario, with starts.

    A cell says when a project starts, or that it runs on or is out; what differs from the
    first plan is bold and has an outline. Drawn are the projects that do not stand alike in
    all plans, at most `MOST_ROWS`; the figure says how many others there are.

    Parameters
    ----------
    table : DataFrame
        One row a scenario with a plan and project. Columns: ``scenario``, ``project_id``,
        ``name`` (as printed), ``decision``, ``option_id``, ``start`` (label; blank where out).
    scenarios : sequence of str
        All scenarios in their order, also those without a plan.
    unnamed : int
        How many projects are not in the table since they may not be named.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where nothing differs.

    Raises
    ------
    ReportError
        A column is missing.
    """
    facts = _facts(table, scenarios)
    headline, description = _headline(facts), _describe(facts)
    unlike = facts.unlike() if len(facts.planned) > 1 else []
    if not unlike:
        words = plural("{n} project on offer.", "{n} projects on offer.", len(facts.offered()))
        return nothing(headline, words, width)
    drawn = unlike[:MOST_ROWS]
    alike = len(facts.offered()) - len(unlike)
    notes = [
        say(
            "When each project starts in each scenario; bold with an outline: other than in "
            "{scenario}",
            scenario=clean(facts.planned[0]),
        )
    ]
    if alike:
        notes.append(
            plural(
                "{n} other project stands alike in all plans",
                "{n} other projects stand alike in all plans",
                alike,
            )
        )
    if len(drawn) < len(unlike):
        notes.append(
            say(
                "The first {number} of {whole} that differ",
                number=number(len(drawn)),
                whole=number(len(unlike)),
            )
        )
    if unnamed:
        notes.append(
            plural(
                "{n} confidential project not shown", "{n} confidential projects not shown", unnamed
            )
        )
    subtitle = ". ".join(notes)
    sheet = Sheet(
        headline,
        subtitle,
        width,
        left=150 if width < 640 else 260,
        above=_LINE * 3 + 4,
        bottom=8,
        keys=_keys(drawn, facts),
    )
    high = 15.0 if sheet.small else 18.0
    labels = unique_labels(
        [p.name for p in drawn], [p.key for p in drawn], sheet.left - 16, sheet.size, tail=0.3
    )
    wide = sheet.inner / len(facts.scenarios)
    rows = [
        {n: _cell(project, s, facts, wide, sheet.size) for n, s in enumerate(facts.scenarios)}
        for project in drawn
    ]
    layers = cell_layers(sheet, len(facts.scenarios), labels, rows, high)
    small = sheet.size - 1
    for n, lines in enumerate(heads(facts.scenarios, wide - 6, small)):
        for line, words in enumerate(reversed(lines)):
            last = line == len(lines) - 1
            layers.append(
                label(
                    words,
                    (n + 0.5) * wide,
                    -9 - line * _LINE,
                    align="center",
                    fontSize=sheet.size if last else small,
                    fontWeight=700 if last else 400,
                    color=INK,
                )
            )
    return sheet.chart(layers, high * len(drawn), description, _plotted(drawn, facts))


def _plotted(drawn: Sequence[_Project], facts: _Facts) -> Grid:
    """The grid for formats that draw it anew."""
    cells = tuple(
        tuple(_anew(_cell(project, name, facts, _ROOM, 10.0)) for name in facts.scenarios)
        for project in drawn
    )
    names = unique_labels([p.name for p in drawn], [p.key for p in drawn], 320, 10.0, tail=0.3)
    columns = tuple(lettered(facts.scenarios, _ROOM, 10.0))
    return Grid(say("Projects by scenario"), say("Project"), tuple(names), columns, cells, "")


def _anew(cell: Cell) -> GridCell:
    ink = cell.ink or ink_on(cell.fill)
    return GridCell(cell.text, cell.value, cell.fill, ink, cell.outline, cell.strong)


def _keys(drawn: Sequence[_Project], facts: _Facts) -> tuple[Key, ...]:
    known = {place[0] for project in drawn for place in project.places.values()}
    kinds = [
        ("in_flight", Key(say("Runs on"), PALE, PALE)),
        ("funded", Key(say("Starts at its earliest"), ACCENT, ACCENT)),
        ("deferred", Key(say("Starts later"), MIDDLE, MIDDLE)),
        ("left_out", Key(say("– left out"), PAPER, FAINT)),
        ("stopped", Key(say("× stopped"), PAPER, RED)),
    ]
    keys = [key for kind, key in kinds if kind in known]
    if any(scenario not in facts.planned for scenario in facts.scenarios):
        keys.append(Key(say("no plan is possible, or none was found"), FAINT, FAINT))
    return tuple(keys)


def _cell(project: _Project, scenario: str, facts: _Facts, wide: float, size: float) -> Cell:
    if scenario not in facts.planned:
        return Cell(say("no plan") if wide > 60 else "", FAINT)
    decision, option, start = project.place(scenario)
    differs = project.differs(scenario, facts.planned[0])
    outline = INK if differs else ""
    if decision == "stopped":
        return Cell("×", PAPER, RED, strong=True, ink=RED)
    if decision not in _IN:
        return Cell("–", PAPER, outline, strong=differs, ink=INK if differs else DIM)
    if decision == "in_flight":
        return Cell(say("runs on"), PALE, outline, strong=differs)
    text = period_name(start)
    others = {place[1] for place in project.places.values() if place[0] in _IN}
    named = f"{text} · {clean(option)}"
    # Where there is no room for the option, the outline alone says that it differs.
    if len(others) > 1 and text_width(named, size) <= wide - 4:
        text = named
    if text_width(text, size) > wide:
        text = ""
    return Cell(text, ACCENT if decision == "funded" else MIDDLE, outline, strong=differs)
