"""A plan's model, built once, of which one question after another is asked.

Every question changes limits of the same model and takes them back: a project is held in
or out, limits may be passed, the plan's worth is kept. Which solver columns and rows that
takes is known here alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError, SolveError, nearest
from portfolio.models.levels import LevelSession
from portfolio.models.linear import Family, Objective
from portfolio.models.outcome import Outcome, Settings, found
from portfolio.models.selection import build_selection, decided, plan_tables, rules_of
from portfolio.optimize import answer, optimize, pose
from portfolio.plan import Plan, Status
from portfolio.scenario import Scenario
from portfolio.verify import verify

__all__ = ["Inquiry", "check_project", "inquiry"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# A difference of two solves carries both gaps, so that each is solved closer than a plan.
_CLOSER = 0.25
_SAME = 1e-6


def inquiry(
    portfolio: Portfolio,
    scenario: Scenario | None,
    settings: Settings | None,
    plan: Plan | None,
    progress: Callable[[str], None] | None = None,
    *,
    steps: int = 3,
) -> Inquiry:
    """An inquiry into a plan, which is made first where none is given.

    Raises
    ------
    ScenarioError
        If the scenario does not fit, or a given plan is not one of the portfolio under it.
    SolveError
        If there is no plan.
    """
    scenario, settings = scenario or Scenario(), settings or Settings()
    if plan is None:
        plan = optimize(portfolio, scenario, settings, progress)
    else:
        _refuse_others(plan, portfolio, scenario)
    return Inquiry(portfolio, scenario, settings, plan, progress, steps=steps)


def check_project(portfolio: Portfolio, project: str) -> None:
    """Refuse a project that is not there.

    Raises
    ------
    ScenarioError
        With the nearest one that is.
    """
    projects = portfolio.tables["projects"]
    if project in set(projects["project_id"]):
        return
    named = projects.loc[projects["name"].str.lower() == project.lower(), "project_id"]
    hint = nearest(project, projects["project_id"])
    if len(named):
        hint = f"'{named.iloc[0]}' has that name: did you mean that?"
    raise ScenarioError(f"'{project}' is not a project of this portfolio; {hint}")


def _refuse_others(plan: Plan, portfolio: Portfolio, scenario: Scenario) -> None:
    """Refuse a plan that was not made of these tables under this scenario."""
    violations = verify(plan, portfolio, scenario)
    if violations:
        raise ScenarioError(
            f"the plan is not one of this portfolio under scenario '{scenario.name}': "
            f"{violations[0].message} Make it again, or give the scenario that it was made with"
        )


class Inquiry:
    """Questions about one plan.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario : Scenario
    settings : Settings
        The time limit is for all questions together; each is solved closer than the gap.
    plan : Plan
        With a solution, made under the scenario.
    progress : callable, optional
        Is told in words what is being done.
    steps : int
        How many solves are to come, which share the time.

    Attributes
    ----------
    value, bound : float
        What the plan is worth by the first objective, and what no plan can pass (NaN
        where unknown), in the users' unit.
    sign : float
        1 where more is better, else -1.
    """

    def __init__(
        self,
        portfolio: Portfolio,
        scenario: Scenario,
        settings: Settings,
        plan: Plan,
        progress: Callable[[str], None] | None = None,
        *,
        steps: int = 3,
    ) -> None:
        if plan.selection is None:
            status = plan.status.replace("_", " ")
            raise SolveError(f"There is no plan to ask about: {status}; portfolio plan says why.")
        self.portfolio, self.scenario, self.settings = portfolio, scenario, settings
        self.tell = progress or (lambda words: None)
        self.changed = scenario.apply(portfolio)
        # Whether what is in flight goes on is a question too, also where it may not be stopped.
        self.selection = build_selection(self.changed, replace(scenario, allow_stops=True))
        self.terms = self.selection.terms
        self.objective = self.selection.objectives[0]
        self.sign = 1.0 if self.objective.sense == "max" else -1.0
        self._prepare()
        self.steps = steps
        self._deadline = time.monotonic() + settings.time_limit
        self._take(plan)
        if scenario.give_up[0] > 0:
            # The plan may be worth less than could be had.
            self.steps += 1
            self.tighten()

    def _prepare(self) -> None:
        """Add rows to hold projects and worth by, and columns by which rules may be passed."""
        terms, objective = self.terms, self.objective
        model = self.selection.model.copy()
        self.rules = rules_of(model)
        codes = terms.starts["project"].to_numpy(np.int64)
        held = pd.DataFrame({"project_id": np.arange(len(terms.projects))})
        starts = pd.DataFrame({"row": codes, "column": np.arange(len(codes)), "coefficient": 1.0})
        model.add_family(Family("held", held, starts))
        used = np.flatnonzero(objective.coefficients)
        worth = {"row": 0, "column": used, "coefficient": objective.coefficients[used]}
        entries = pd.DataFrame(worth).assign(coefficient=lambda of: of["coefficient"] / self._scale)
        model.add_family(Family("worth", pd.DataFrame({"objective": [objective.name]}), entries))
        rows = np.concatenate([np.empty(0, np.int64), *(rule.rows for rule in self.rules)])
        apart = pd.DataFrame({"distance": ["least"]})
        self.apart = int(model.add_block("apart", apart, upper=len(terms.projects)).first)
        self.model, over, under = model.stretched(rows)
        self.over = np.full(model.n_rows, -1, dtype=np.int64)
        self.under = self.over.copy()
        self.over[rows], self.under[rows] = over, under
        self.passing = np.concatenate([over, under])
        self.whole = np.flatnonzero(self.model.integrality == 1)
        self.session = LevelSession(self.model, self.settings)
        self.session.fix(self.passing, np.zeros(len(self.passing)))
        if not self.scenario.allow_stops:
            self.session.fix(self._stops, np.zeros(len(self._stops)))

    @property
    def _scale(self) -> float:
        return self.objective.scale

    @property
    def _stops(self) -> Ints:
        return self.selection.model.blocks["stop"].columns

    def _take(self, plan: Plan) -> None:
        self.plan = plan
        first = plan.objectives.iloc[0]
        self.value, self.bound = float(first["value"]), float(first["bound"])
        self.decisions = self.selection.decisions(plan)

    def better_of(self, one: float, other: float) -> float:
        """The better of two values."""
        return self.sign * max(self.sign * one, self.sign * other)

    def tighter_of(self, bound: float, other: float | None) -> float:
        """The tighter of two bounds; NaN is unknown."""
        known = [b for b in (bound, np.nan if other is None else other) if not np.isnan(b)]
        return self.sign * min(self.sign * b for b in known) if known else np.nan

    def better(self, value: float) -> bool:
        """Whether a value is better than the plan's, and not by rounding alone."""
        return self.sign * (value - self.value) > _SAME * max(1.0, abs(self.value))

    def as_good(self, value: float) -> bool:
        """Whether a value is as good as the plan's, but for rounding."""
        return self.sign * (value - self.value) >= -_SAME * max(1.0, abs(self.value))

    def improved(self, outcome: Outcome) -> bool:
        """Whether a plan of the scenario is better than today's, and so takes its place.

        Where the scenario gives up value for later objectives, today's plan stays, and only
        what could be had before that is known better.
        """
        if outcome.columns is None or outcome.value is None or not self.better(outcome.value):
            return False
        bound = self.tighter_of(self.bound, None)
        if self.scenario.give_up[0] > 0:
            self.value = outcome.value
            return False
        known = None if np.isnan(bound) else self.better_of(bound, outcome.value)
        self._take(self.plan_of(outcome.columns, self.scenario, known))
        return True

    def tighten(self) -> None:
        """Solve for today's plan again, closer."""
        self.tell("the best plan, closer than before")
        outcome = self.solve(self.objective, start=self.decisions)
        self.bound = self.tighter_of(self.bound, outcome.bound)
        self.improved(outcome)

    def facts(self, project: str) -> dict[str, Any]:
        """A project's row in the table `projects`, with the scenario's changes."""
        return {str(k): v for k, v in self.terms.projects.iloc[self.terms.code[project]].items()}

    def decision(self, project: str) -> str:
        """What the plan decides on a project; one of `portfolio.plan.DECISIONS`."""
        selection = self.plan.selection
        assert selection is not None
        return str(selection.loc[selection["project_id"] == project, "decision"].iloc[0])

    def forced(self, project: str) -> str:
        """Whether a project is forced in or out, as far as the scenario keeps to that."""
        way = str(self.facts(project)["force"])
        return way if f"forced_{way}" in self.model.families else ""

    def others(self, project: str) -> dict[int, float]:
        """The plan's choices of all projects but one, for the solver to begin with."""
        own = set(self.starts_of(project).tolist())
        return {n: value for n, value in self.decisions.items() if n not in own}

    @property
    def chosen(self) -> tuple[str, ...]:
        """Projects in the plan, in the order of the table `projects`."""
        selection = self.plan.selection
        assert selection is not None
        return tuple(selection.loc[selection["selected"], "project_id"])

    def chosen_in(self, columns: Floats) -> tuple[str, ...]:
        """Projects that a solution holds, in the order of the table `projects`."""
        codes = self.terms.starts["project"].to_numpy(np.int64)
        taken = np.unique(codes[columns[: len(codes)] > 0.5])
        return tuple(self.terms.projects["project_id"].to_numpy(object)[taken])

    def starts_of(self, project: str) -> Ints:
        """Columns of a project's starts."""
        codes = self.terms.starts["project"].to_numpy(np.int64)
        return np.flatnonzero(codes == self.terms.code[project])

    @contextmanager
    def holding(self, project: str, *, chosen: bool) -> Iterator[None]:
        """With a project in, or out, whatever it is forced to or in flight."""
        code, model = self.terms.code[project], self.model
        rows = [model.row_numbers("held")[code]]
        lower, upper = ([1.0], [np.inf]) if chosen else ([-np.inf], [0.0])
        contrary = "forced_out" if chosen else "forced_in"
        if contrary in model.families:
            at = np.flatnonzero(model.families[contrary].rows["project_id"].to_numpy() == code)
            rows += model.row_numbers(contrary)[at].tolist()
            lower, upper = lower + [-np.inf] * len(at), upper + [np.inf] * len(at)
        numbers = np.array(rows, dtype=np.int64)
        stop = self._stops[self.terms.stops == code]
        stoppable = not chosen and not self.scenario.allow_stops
        self.session.limit(numbers, np.array(lower), np.array(upper))
        if stoppable:
            self.session.bound(stop, np.zeros(len(stop)), np.ones(len(stop)))
        try:
            yield
        finally:
            low, high = model.row_bounds
            self.session.limit(numbers, low[numbers], high[numbers])
            if stoppable:
                self.session.fix(stop, np.zeros(len(stop)))

    @contextmanager
    def passable(self, columns: Ints, most: float | Floats = np.inf) -> Iterator[None]:
        """With limits that may be passed, by so much at most."""
        most = np.broadcast_to(np.asarray(most, dtype=np.float64), len(columns))
        most = np.minimum(most, self.model.column_bounds[1][columns])
        self.session.bound(columns, np.zeros(len(columns)), most)
        try:
            yield
        finally:
            self.session.fix(columns, np.zeros(len(columns)))

    @contextmanager
    def worth_at_least(self, value: float) -> Iterator[None]:
        """With plans alone that are worth so much by the first objective."""
        objective = self.objective
        limit = (value / objective.unit - objective.constant) / self._scale
        limit -= self.sign * 1e-9 * max(1.0, abs(limit))
        row = self.model.row_numbers("worth")
        ends = (limit, np.inf) if self.sign > 0 else (-np.inf, limit)
        self.session.limit(row, np.array([ends[0]]), np.array([ends[1]]))
        try:
            yield
        finally:
            self.session.limit(row, np.array([-np.inf]), np.array([np.inf]))

    @contextmanager
    def at_least(self, column: int, value: float) -> Iterator[None]:
        """With a column at a value or more."""
        number = np.array([column])
        lower, upper = (bounds[number] for bounds in self.model.column_bounds)
        self.session.bound(number, np.array([value]), upper)
        try:
            yield
        finally:
            self.session.bound(number, lower, upper)

    @contextmanager
    def as_planned(self, but: Ints) -> Iterator[None]:
        """With every choice as in the plan, but for some columns; who joins is free."""
        open_ = np.union1d(but, np.arange(self.terms.first_hire, self.selection.model.n_columns))
        held = np.setdiff1d(self.whole, open_)
        values = np.array([self.decisions.get(n, 0.0) for n in held.tolist()])
        lower, upper = (bounds[held] for bounds in self.model.column_bounds)
        if not self.scenario.allow_stops:
            upper = np.where(np.isin(held, self._stops), 0.0, upper)
        self.session.fix(held, values)
        try:
            yield
        finally:
            self.session.bound(held, lower, upper)

    def solve(
        self,
        objective: Objective,
        *,
        start: Mapping[int, float] | None = None,
        gap: float | None = None,
    ) -> Outcome:
        """Solve for an objective in a fair share of the time that is left.

        Parameters
        ----------
        objective : Objective
        start : mapping of int to float, optional
            Whole columns to begin with; the solver works out the others.
        gap : float, optional
            A quarter of the settings' where absent.
        """
        if start:
            self.session.start_from_some(start)
        self.session.aim(objective.over(self.model.n_columns))
        seconds = max(self._deadline - time.monotonic(), 0.0) / max(self.steps, 1)
        self.steps -= 1
        return self.session.solve_to(self.settings.gap * _CLOSER if gap is None else gap, seconds)

    def plan_of(self, columns: Floats, scenario: Scenario, bound: float | None = None) -> Plan:
        """The checked plan of a solution's decisions under a scenario.

        Raises
        ------
        SolveError
            If the decisions break a rule of the scenario.
        """
        tables = plan_tables(self.selection, columns[: self.selection.model.n_columns])
        like = Plan(Status.FEASIBLE, selection=tables["selection"], hires=tables["hires"])
        question = pose(self.portfolio, scenario)
        selection = question.selection
        first, *rest = decided(selection, selection.decisions(like), self.settings)
        if first.columns is None:
            raise SolveError(
                f"an answer is refused, since its plan breaks a rule of scenario '{scenario.name}'"
            )
        if bound is not None:
            aim = selection.objectives[0]
            proven = bound / aim.unit - aim.constant
            first = found(aim, first.columns, proven, False, first.seconds)
        return answer(question, [first, *rest], self.settings)
