"""A selection's model whose projects can be held in or out, and whose limits can be passed.

Every question changes limits of the same model for as long as it is asked, and takes the
change back. Which rows and columns of the solver that takes is known here alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.levels import LevelSession
from portfolio.models.linear import Family, Objective
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.selection import HELD, Selection, rules_of

__all__ = ["Flexible"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# A difference of two solves carries both gaps, so that each is solved closer than a plan.
_CLOSER = 0.25
# Where to begin is found roughly, in a part of the time of the solve that begins there.
_ROUGH, _PART = 0.02, 0.2


class Flexible:
    """A model that is solved again and again under changed limits.

    Parameters
    ----------
    selection : Selection
        Built as if projects in flight could be stopped.
    settings : Settings
        The time limit is for all solves together; each is solved closer than the gap.
    stops : bool
        Whether projects in flight may indeed be stopped.
    steps : int
        How many solves are to come, which share the time.

    Attributes
    ----------
    model : LinearModel
        The selection's, with further rows and columns after its own.
    rules : list of Candidate
        Rules that can be passed.
    over, under : numpy.ndarray of int, shape (rows,)
        Columns by which a row is passed upward and downward; -1 where it cannot be.
    passing : numpy.ndarray of int
        All of these columns.
    stops : numpy.ndarray of int
        Columns of the projects that are stopped.
    apart : int
        Column of the distance between plans.
    sign : float
        1 where more of the first objective is better, else -1.
    """

    def __init__(
        self, selection: Selection, settings: Settings, *, stops: bool, steps: int
    ) -> None:
        self.selection, self.settings = selection, settings
        self.terms, self.objective = selection.terms, selection.objectives[0]
        self.sign = 1.0 if self.objective.sense == "max" else -1.0
        self.steps = steps
        self.allow(settings.time_limit)
        self._may_stop = stops
        self.stops = selection.model.blocks["stop"].columns
        self._add_rows()
        self.session = LevelSession(self.model, settings)
        self.session.fix(self.passing, np.zeros(len(self.passing)))
        if not stops:
            self.session.fix(self.stops, np.zeros(len(self.stops)))

    def _add_rows(self) -> None:
        """Add rows to hold projects and worth by, and columns by which rules may be passed."""
        terms, objective = self.terms, self.objective
        model = self.selection.model.copy()
        self.rules = rules_of(model)
        codes = terms.starts["project"].to_numpy(np.int64)
        held = pd.DataFrame({"project_id": np.arange(len(terms.projects))})
        starts = pd.DataFrame({"row": codes, "column": np.arange(len(codes)), "coefficient": 1.0})
        model.add_family(Family(HELD, held, starts))
        used = np.flatnonzero(objective.coefficients)
        scaled = objective.coefficients[used] / objective.scale
        worth = pd.DataFrame({"row": 0, "column": used, "coefficient": scaled})
        model.add_family(Family("worth", pd.DataFrame({"objective": [objective.name]}), worth))
        apart = pd.DataFrame({"distance": ["least"]})
        self.apart = int(model.add_block("apart", apart, upper=len(terms.projects)).first)
        rows = np.concatenate([np.empty(0, np.int64), *(rule.rows for rule in self.rules)])
        self.model, over, under = model.stretched(rows)
        self.over = np.full(model.n_rows, -1, dtype=np.int64)
        self.under = self.over.copy()
        self.over[rows], self.under[rows] = over, under
        self.passing = np.concatenate([over, under])
        self.whole = np.flatnonzero(self.model.integrality == 1)

    def starts_of(self, *projects: str) -> Ints:
        """Columns of projects' starts."""
        codes = self.terms.starts["project"].to_numpy(np.int64)
        return np.flatnonzero(np.isin(codes, [self.terms.code[project] for project in projects]))

    def choices_on(self, *projects: str) -> Ints:
        """Columns that say whether, how and when projects are done: their starts and stops."""
        codes = [self.terms.code[project] for project in projects]
        return np.union1d(self.starts_of(*projects), self.stops[np.isin(self.terms.stops, codes)])

    def chosen_in(self, columns: Floats) -> tuple[str, ...]:
        """Projects that a solution holds, in the order of the table `projects`."""
        codes = self.terms.starts["project"].to_numpy(np.int64)
        taken = np.unique(codes[columns[: len(codes)] > 0.5])
        return tuple(self.terms.projects["project_id"].to_numpy(object)[taken])

    @contextmanager
    def holding(self, project: str, *, chosen: bool) -> Iterator[None]:
        """With a project in, or out, whatever it is forced to or in flight.

        One in flight that may not be stopped is then as if it had never been there: what
        stopping it costs is not counted.
        """
        code, model = self.terms.code[project], self.model
        held, contrary = model.row_numbers(HELD)[[code]], self._contrary(project, chosen=chosen)
        numbers, free = np.concatenate([held, contrary]), np.full(len(contrary), np.inf)
        lower, upper = (1.0, np.inf) if chosen else (-np.inf, 0.0)
        self.session.limit(numbers, np.append(lower, -free), np.append(upper, free))
        try:
            yield
        finally:
            low, high = model.row_bounds
            self.session.limit(numbers, low[numbers], high[numbers])

    def _contrary(self, project: str, *, chosen: bool) -> Ints:
        """Rows by which a project is not in, or not out, as it is held; in both models alike."""
        families = ["forced_out"] if chosen else ["forced_in"]
        if not chosen and not self._may_stop:
            families.append("in_flight")
        code, rows = self.terms.code[project], [np.empty(0, np.int64)]
        for family in families:
            if family in self.model.families:
                of = self.model.families[family].rows["project_id"].to_numpy()
                rows.append(self.model.row_numbers(family)[of == code])
        return np.concatenate(rows)

    def selection_holding(self, project: str, *, chosen: bool) -> Selection:
        """The selection with a project in, or out, as `holding` has it."""
        model = self.selection.model.without_rows(self._contrary(project, chosen=chosen))
        starts, flying = self.starts_of(project), np.empty(0, np.int64)
        if not self._may_stop:
            flying = np.setdiff1d(self.stops, self.choices_on(project))
        rows = np.concatenate([np.zeros(len(starts), np.int64), 1 + np.arange(len(flying))])
        entries = pd.DataFrame({"row": rows, "column": np.append(starts, flying)})
        lower, upper = np.full(1 + len(flying), -np.inf), np.zeros(1 + len(flying))
        if chosen:
            lower[0], upper[0] = 1.0, np.inf
        held = pd.DataFrame({"held": np.arange(1 + len(flying))})
        model.add_family(Family(HELD, held, entries.assign(coefficient=1.0), lower, upper))
        return replace(self.selection, model=model)

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
        """With plans alone that are worth so much by the first objective, in the users' unit."""
        objective = self.objective
        limit = (value / objective.unit - objective.constant) / objective.scale
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
    def decided(self, decisions: Mapping[int, float], *, but: Ints) -> Iterator[None]:
        """With every choice as it was decided, but for some columns; who joins is free."""
        open_ = np.union1d(but, np.arange(self.terms.first_hire, self.selection.model.n_columns))
        held = np.setdiff1d(self.whole, open_)
        values = np.array([decisions.get(n, 0.0) for n in held.tolist()])
        lower, upper = (bounds[held] for bounds in self.model.column_bounds)
        if not self._may_stop:
            upper = np.where(np.isin(held, self.stops), 0.0, upper)
        self.session.fix(held, values)
        try:
            yield
        finally:
            self.session.bound(held, lower, upper)

    def solve(
        self, objective: Objective, *, start: Floats | None = None, gap: float | None = None
    ) -> Outcome:
        """Solve for an objective in a fair share of the time that is left.

        Parameters
        ----------
        objective : Objective
        start : numpy.ndarray of float, optional
            A solution to begin with.
        gap : float, optional
            A quarter of the settings' where absent.
        """
        self.session.aim(objective.over(self.model.n_columns))
        if start is not None:
            # After the aim: HiGHS may drop what it was offered before its costs changed.
            self.session.start_from(start)
        seconds = self.share_of_time()
        self.steps -= 1
        return self.session.solve_to(self.settings.gap * _CLOSER if gap is None else gap, seconds)

    def near(
        self,
        objective: Objective,
        decisions: Mapping[int, float],
        *,
        but: Ints,
        part: float = _PART,
    ) -> Floats | None:
        """A good solution with most choices as they were decided, for a solve to begin with.

        Parameters
        ----------
        objective : Objective
        decisions : mapping of int to float
        but : numpy.ndarray of int
            Columns on which there is a choice.
        part : float
            Of the time of the solve, what may be spent on it.

        Returns
        -------
        numpy.ndarray of float or None
            None where there is none, or none was found soon.
        """
        with self.decided(decisions, but=but):
            self.session.aim(objective.over(self.model.n_columns))
            return self.session.solve_to(_ROUGH, self.share_of_time() * part).columns

    @contextmanager
    def off_the_clock(self) -> Iterator[None]:
        """What is done meanwhile takes no time of the solves that are to come."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._deadline += time.monotonic() - began

    def allow(self, seconds: float) -> None:
        """Give the solves that are to come so much time together, whatever was left."""
        self._deadline = time.monotonic() + seconds

    def share_of_time(self) -> float:
        """Seconds of one of the solves that are to come."""
        return max(self._deadline - time.monotonic(), 0.0) / max(self.steps, 1)
