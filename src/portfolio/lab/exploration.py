"""What an analyst explores: a scenario, what is moved away from it, and the plans kept."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from portfolio.data.portfolio import FREE_STAGES, Portfolio
from portfolio.errors import ScenarioError, nearest
from portfolio.lab.answer import Answer, Found
from portfolio.lab.comparison import side_by_side
from portfolio.lab.controls import Controls, changes_of, controls_of
from portfolio.lab.supply import supply
from portfolio.lab.words import moves_in_words
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.scenario import BASELINE, Scenario, read_scenario, write_scenario

__all__ = ["AUTO", "MOST_MONEY", "MOST_PEOPLE", "NOW", "Exploration", "Kept"]

AUTO = "auto"
"""The optimiser decides on a project."""

NOW = "Now"
"""What the last plan is called beside those that are kept."""

MOST_MONEY = 200.0
"""Most money that a slider gives, per cent of what the scenario gives."""

MOST_PEOPLE = 5.0
"""Most people that a slider adds to a role, FTE."""

_NAME = re.compile(r"\w[\w .-]{0,79}")
_MOST_MOVES_NAMED = 4


@dataclass(frozen=True, eq=False)
class Kept:
    """A plan kept for comparison.

    Attributes
    ----------
    label : str
        What it is called, unlike all others that are kept.
    answer : Answer
    """

    label: str
    answer: Answer


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
    controls : Controls
        What is moved.
    funds : tuple of str
        The funds that have a budget.
    supply : dict of str to numpy.ndarray, shape (periods,)
        FTE that each role has, with nothing moved.
    answer : Answer or None
        What the last solve found.
    kept : list of Kept
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
        self.kept: list[Kept] = []
        self._begin(scenario or Scenario())

    def _begin(self, scenario: Scenario) -> None:
        ground, given, controls = _taken_apart(scenario, self.portfolio)
        self._ground, self._given, self.controls = ground, given, controls
        self._named = scenario
        self.funds = tuple(dict.fromkeys(given["budgets"]["fund_id"]))
        self.supply = supply(given)

    @property
    def given(self) -> Portfolio:
        """The portfolio with the scenario's changes made, and nothing moved."""
        return self._given

    @property
    def scenario(self) -> Scenario:
        """What is explored, as a scenario of its own."""
        moves = changes_of(self.controls, self._given)
        scenario = replace(self._ground, changes=(*self._ground.changes, *moves), parent="")
        same = scenario.changes == self._named.changes
        name = self._named.name if same else f"{self._named.name} explored"
        title = self._named.title if same else self.words
        return replace(scenario, name=name, title=title)

    @property
    def stale(self) -> bool:
        """Whether something was moved since the last solve."""
        return self.answer is None or _same(self.answer.scenario) != _same(self.scenario)

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
        for one in [fund] if fund else self.funds:
            self.controls = self.controls.with_money(one, percent)

    def people(self, role: str, fte: float) -> None:
        """Give a role so many FTE more, or below 0 less, in every period."""
        roles = self._given["roles"]["role_id"].tolist()
        if role not in roles:
            raise ScenarioError(f"'{role}' is not a role; {nearest(role, roles)}")
        fte = _within(fte, self.least_people(role), MOST_PEOPLE, f"FTE of {role}")
        self.controls = self.controls.with_people(role, fte)

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
        word = "" if to == AUTO else to
        self.controls = self.controls.with_force(project, word, row["force"])

    def start_from(self, project: str, period: str) -> None:
        """Let a project start no earlier than in a period; with ``""`` whenever it may."""
        row = self._project(project)
        if row["stage"] not in FREE_STAGES:
            stage = row["stage"].replace("_", " ")
            raise ScenarioError(f"{project} is {stage}, and its start is not chosen")
        labels = self._given.calendar.labels
        if period and period not in labels:
            raise ScenarioError(f"'{period}' is not a period; {nearest(period, labels)}")
        self.controls = self.controls.with_start(project, period, row["earliest_start"])

    def _project(self, project: str) -> Mapping[str, str]:
        projects = self._given["projects"].set_index("project_id", drop=False)
        if project not in projects.index:
            raise ScenarioError(f"'{project}' is not a project; {nearest(project, projects.index)}")
        row = projects.loc[project]
        return {name: str(row[name]) for name in ("stage", "force", "earliest_start")}

    def reset(self) -> None:
        """Move everything back to where the scenario has it."""
        self._begin(self._ground)

    def load(self, path: str | Path) -> None:
        """Begin with a scenario file; plans that are kept stay.

        Raises
        ------
        ScenarioError
            If it cannot be read or does not fit; then all stays as it is.
        """
        self._begin(read_scenario(path))

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
            Whether a file of that name may be replaced.

        Raises
        ------
        ScenarioError
            If the name cannot be that of a file, or is taken.
        """
        name = name.strip()
        if not _NAME.fullmatch(name) or name.endswith("."):
            raise ScenarioError(
                f"'{name}' cannot be the name of a scenario file; it begins with a letter or a "
                "digit, and has letters, digits, blanks, points, - and _, at most 80"
            )
        path = Path(folder) / f"{name}.yaml"
        if path.exists() and not overwrite:
            raise ScenarioError(
                f"{path.name} is there already; choose another name, or tick to replace it"
            )
        title = " ".join(title.split()) or self.scenario.title or name
        scenario = replace(self.scenario, name=name, title=title)
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
        if self.answer is None or not self.answer.plan.feasible:
            raise ScenarioError("there is no plan to keep; solve first")
        scenario = self.answer.scenario
        wanted = " ".join(label.split()) or scenario.title or scenario.name
        taken = {kept.label for kept in self.kept}
        label, count = wanted, 1
        while label in taken:
            count += 1
            label = f"{wanted} ({count})"
        self.kept.append(Kept(label, self.answer))
        return self.kept[-1]

    def drop(self, label: str) -> None:
        """Keep a plan no longer."""
        self.kept = [kept for kept in self.kept if kept.label != label]

    @property
    def plans(self) -> list[tuple[str, Answer]]:
        """Plans that are kept and, where it is none of them, the last one: what each is called."""
        plans = [(kept.label, kept.answer) for kept in self.kept]
        last = self.answer
        if last is not None and last.plan.feasible and all(last is not one for _, one in plans):
            plans.append((NOW, last))
        return plans

    def table(self) -> pd.DataFrame:
        """Key numbers of these plans: a row a measure, a column a plan."""
        return side_by_side(self.plans)

    @property
    def words(self) -> str:
        """What is moved, in one line; what the scenario is called where nothing is."""
        moves = moves_in_words(self.controls, self._given)
        called = self._ground.title or self._ground.name
        if not moves:
            return called
        more = len(moves) - _MOST_MOVES_NAMED
        named = moves[:_MOST_MOVES_NAMED] + ([f"and {more} more"] if more > 0 else [])
        start = "" if _same(self._ground) == Scenario() else f"{called}: "
        return start + "; ".join(named)


def _taken_apart(scenario: Scenario, portfolio: Portfolio) -> tuple[Scenario, Portfolio, Controls]:
    """A scenario without the moves that it ends with, its portfolio, and those moves."""
    whole = scenario.apply(portfolio)
    for count in range(len(scenario.changes)):
        ground = replace(scenario, changes=scenario.changes[:count])
        try:
            given = ground.apply(portfolio)
        except ScenarioError:
            continue  # these changes stand only together with the next ones
        controls = controls_of(scenario.changes[count:], given)
        if controls is not None:
            plain = _same(ground) == Scenario()
            called = BASELINE if plain else f"{scenario.name} before moves"
            return replace(ground, name=called, title="", parent=""), given, controls
    return scenario, whole, Controls()


def _same(scenario: Scenario) -> Scenario:
    """A scenario without what it is called."""
    return replace(scenario, name=BASELINE, title="", parent="")


def _within(value: float, least: float, most: float, what: str) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ScenarioError(f"{what} is '{value}', and not a number")
    if not least <= value <= most:
        raise ScenarioError(f"{what} is {value:g}, and not from {least:g} to {most:g}")
    return float(value)
