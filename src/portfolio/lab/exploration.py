"""What an analyst explores: a scenario, what is moved away from it, and the plans kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from portfolio.data.portfolio import FREE_STAGES, Portfolio
from portfolio.errors import ScenarioError, nearest
from portfolio.lab.answer import Answer, Found
from portfolio.lab.comparison import side_by_side
from portfolio.lab.controls import Controls, changes_of
from portfolio.lab.kept import Kept, KeptPlans
from portfolio.lab.saving import scenario_path, set_aside
from portfolio.lab.start import Start, start_of, unnamed
from portfolio.lab.supply import supply
from portfolio.lab.words import moves_in_words
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.scenario import Scenario, read_scenario, write_scenario

__all__ = ["AUTO", "MOST_MONEY", "MOST_PEOPLE", "Exploration"]

AUTO = "auto"
"""The optimiser decides on a project."""

MOST_MONEY = 200.0
"""Most money that a slider gives, per cent of what the scenario gives."""

MOST_PEOPLE = 5.0
"""Most people that a slider adds to a role, FTE."""

_MOST_MOVES_NAMED = 4


class _Stand(NamedTuple):
    """How an exploration stood."""

    start: Start
    named: Scenario
    controls: Controls


class Exploration:
    """The state of an exploration, which knows nothing of a browser.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; it is never changed.
    scenario : Scenario, optional
        Where to begin; the baseline where absent. Moves that a scenario saved from here
        ends with become moves again.
    settings : Settings, optional
        How plans are solved for.

    Attributes
    ----------
    portfolio : Portfolio
    settings : Settings
    funds : tuple of str
        The funds that have a budget.
    supply : dict of str to numpy.ndarray, shape (periods,)
        FTE that each role has, with nothing moved.
    answer : Answer or None
        What the last solve found.
    kept : KeptPlans
        Plans kept for comparison; the others are compared with the first.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the portfolio.
    """

    def __init__(
        self,
        portfolio: Portfolio,
        scenario: Scenario | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.portfolio = portfolio
        self.settings = settings or Settings()
        self.answer: Answer | None = None
        self.kept = KeptPlans()
        self._past: list[_Stand] = []
        begun = scenario or Scenario()
        start = start_of(begun, portfolio)
        self._go_to(_Stand(start, begun, start.controls))

    def _go_to(self, stand: _Stand) -> None:
        self._start, self._named, self.controls = stand
        self._last = ""
        self.funds = tuple(dict.fromkeys(self.given["budgets"]["fund_id"]))
        self.supply = supply(self.given)

    @property
    def given(self) -> Portfolio:
        """The portfolio with the scenario's changes made, and nothing moved."""
        return self._start.portfolio

    @property
    def scenario(self) -> Scenario:
        """What is explored, as a scenario of its own."""
        moves, ground = changes_of(self.controls, self.given), self._start.scenario
        scenario = replace(ground, changes=(*ground.changes, *moves), parent="")
        if scenario.changes == self._named.changes:
            return replace(scenario, name=self._named.name, title=self._named.title)
        if not moves:
            return scenario
        return replace(scenario, name=f"{self._named.name} explored", title=self.words)

    @property
    def stale(self) -> bool:
        """Whether something was moved since the last solve."""
        return self.answer is None or unnamed(self.answer.scenario) != unnamed(self.scenario)

    def least_people(self, role: str) -> float:
        """How many people may be taken from a role: FTE, 0 or below, in halves.

        No more than it has in the period in which it has least.
        """
        return 0.0 - math.floor(2 * float(self.supply[role].min())) / 2

    def money(self, fund: str, percent: float) -> None:
        """Set a fund's money, or with ``""`` that of all funds, as per cent of what is given."""
        if fund and fund not in self.funds:
            raise ScenarioError(
                f"'{fund}' is not a fund with a budget; {nearest(fund, self.funds)}"
            )
        percent = _within(percent, 0.0, MOST_MONEY, "money, per cent of what is given,")
        moved = self.controls
        for one in [fund] if fund else self.funds:
            moved = moved.with_money(one, percent)
        self._move(f"money {fund}", moved)

    def people(self, role: str, fte: float) -> None:
        """Give a role so many FTE more, or below 0 less, in every period."""
        roles = self.given["roles"]["role_id"].tolist()
        if role not in roles:
            raise ScenarioError(f"'{role}' is not a role; {nearest(role, roles)}")
        fte = _within(fte, self.least_people(role), MOST_PEOPLE, f"FTE of {role}")
        self._move(f"people {role}", self.controls.with_people(role, fte))

    def force(self, project: str, to: str) -> None:
        """Force a project ``in`` or ``out``, or leave it to the optimiser: ``auto``."""
        row = self._project(project)
        known = (AUTO, "in", "out")
        if to not in known:
            raise ScenarioError(f"'{to}' is no way to force a project; {nearest(to, known)}")
        if row["stage"] not in (*FREE_STAGES, "in_flight"):
            raise ScenarioError(
                f"{project} is {row['stage'].replace('_', ' ')} and not on offer; "
                "set its stage to proposed in the data or in a scenario"
            )
        if f"forced_{to}" in self.scenario.ignore:
            raise ScenarioError(
                f"the scenario ignores what is forced {to}, so that this would change nothing; "
                f"take forced_{to} out of its ignore"
            )
        word = "" if to == AUTO else to
        self._move(f"force {project}", self.controls.with_force(project, word, row["force"]))

    def start_from(self, project: str, period: str) -> None:
        """Let a project start no earlier than in a period; with ``""`` whenever it may."""
        row = self._project(project)
        if row["stage"] not in FREE_STAGES:
            stage = row["stage"].replace("_", " ")
            raise ScenarioError(f"{project} is {stage}, and its start is not chosen")
        labels = self.given.calendar.labels
        if period and period not in labels:
            raise ScenarioError(f"'{period}' is not a period; {nearest(period, labels)}")
        moved = self.controls.with_start(project, period, row["earliest_start"])
        self._move(f"start {project}", moved)

    def _project(self, project: str) -> Mapping[str, str]:
        projects = self.given["projects"].set_index("project_id", drop=False)
        if project not in projects.index:
            raise ScenarioError(f"'{project}' is not a project; {nearest(project, projects.index)}")
        row = projects.loc[project]
        return {name: str(row[name]) for name in ("stage", "force", "earliest_start")}

    def reset(self) -> None:
        """Move everything back to where the scenario has it."""
        self._move("", Controls())

    def _move(self, what: str, to: Controls) -> None:
        """Move a control; moves of the same one after each other are undone together."""
        if to == self.controls:
            return
        if what != self._last:
            self._remember()
        self._last, self.controls = what, to

    def _remember(self) -> None:
        self._past.append(_Stand(self._start, self._named, self.controls))

    @property
    def undoable(self) -> bool:
        """Whether there is a move, or a file that was loaded, to be undone."""
        return bool(self._past)

    def undo(self) -> None:
        """Undo the last move, or the last file loaded; nothing where there is none."""
        if self._past:
            self._go_to(self._past.pop())

    def load(self, path: str | Path) -> None:
        """Go on with a scenario file; plans that are kept stay, and it can be undone.

        Raises
        ------
        ScenarioError
            If it cannot be read or does not fit; then all stays as it is.
        """
        scenario = read_scenario(path)
        start = start_of(scenario, self.portfolio)
        self._remember()
        self._go_to(_Stand(start, scenario, start.controls))

    def save(
        self, folder: str | Path, name: str, title: str = "", *, overwrite: bool = False
    ) -> Path:
        """Write what is explored as a scenario file, which every command runs.

        Parameters
        ----------
        folder : path-like
        name : str
            Of the scenario, and of the file.
        title : str
            What a report prints; what is moved, in words, where it is blank.
        overwrite : bool
            Whether a file of that name may be replaced; it is then kept beside the new one.

        Raises
        ------
        ScenarioError
            If the name cannot be that of a file, or is taken.
        """
        path = scenario_path(folder, name)
        if path.exists() and not overwrite:
            raise ScenarioError(
                f"{path.name} is there already; choose another name, or tick to replace it"
            )
        title = " ".join(title.split()) or self.scenario.title or path.stem
        scenario = replace(self.scenario, name=path.stem, title=title)
        set_aside(path)
        write_scenario(scenario, path)
        self._named = scenario
        return path

    def solve(self, progress: Callable[[str], None] | None = None) -> Answer:
        """Find the best plan of what is explored, here and now.

        Raises
        ------
        ScenarioError
            If what is moved breaks a rule of the tables.
        SolveError
            If the solver fails.
        """
        scenario = self.scenario
        plan = optimize(self.portfolio, scenario, self.settings, progress)
        return self.take(scenario, Found(plan))

    def take(self, scenario: Scenario, found: Found) -> Answer:
        """Take what a solve found for a scenario as the answer."""
        self.answer = Answer(scenario.apply(self.portfolio), scenario, found)
        return self.answer

    def keep(self, label: str = "") -> Kept:
        """Keep the last answer for comparison.

        Parameters
        ----------
        label : str
            What to call it; by default its scenario's title. One that is taken gets a number.

        Raises
        ------
        ScenarioError
            If nothing was solved for, or there is no plan.
        """
        return self.kept.keep(self.answer, label)

    def drop(self, label: str) -> None:
        """Keep a plan no longer."""
        self.kept.drop(label)

    @property
    def plans(self) -> list[tuple[str, Answer]]:
        """Plans that are kept and, where it is none of them, the last one: what each is called."""
        return self.kept.beside(self.answer)

    def table(self) -> pd.DataFrame:
        """Key numbers of these plans: a row a measure, a column a plan."""
        return side_by_side(self.plans)

    @property
    def words(self) -> str:
        """What is moved, in one line; what the scenario is called where nothing is."""
        moves = moves_in_words(self.controls, self.given)
        if not moves:
            return self._start.scenario.title or self._start.scenario.name
        more = len(moves) - _MOST_MOVES_NAMED
        named = moves[:_MOST_MOVES_NAMED] + ([f"and {more} more"] if more > 0 else [])
        start = f"{self._start.name} with " if self._start.name else ""
        return start + "; ".join(named)


def _within(value: float, least: float, most: float, what: str) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ScenarioError(f"{what} is '{value}', and not a number")
    if not least <= value <= most:
        raise ScenarioError(f"{what} is {value:g}, and not from {least:g} to {most:g}")
    return float(value)
