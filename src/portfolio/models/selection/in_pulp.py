"""The built model as a PuLP problem, in which an analyst writes rules in PuLP's own words.

::

    model = pulp_model(portfolio, scenario)
    problem, chosen = model.problem, model.chosen
    problem += chosen["P07"] + chosen["P12"] <= 1, "one_of_the_two"
    plan = optimize(portfolio, model.adopt(problem))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError, nearest
from portfolio.models.pulp_problem import AddedRow, added_rows, pulp_problem
from portfolio.models.selection.model import Selection, build_selection
from portfolio.scenario import OwnRule, Scenario, Term

if TYPE_CHECKING:
    import pulp

__all__ = ["PulpModel", "pulp_model"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Key = TypeVar("Key")


def pulp_model(portfolio: Portfolio, scenario: Scenario | None = None) -> PulpModel:
    """Build the selection model and hand it over as a PuLP problem.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario : Scenario, optional
        The baseline where absent.

    Returns
    -------
    PulpModel

    Raises
    ------
    ScenarioError
        If the scenario does not fit the portfolio.
    """
    scenario = scenario or Scenario()
    return PulpModel(build_selection(scenario.apply(portfolio), scenario))


class PulpModel:
    """A PuLP problem of the selection model, and what its variables mean.

    What the handles below give are PuLP expressions: they can be added, taken
    times a number and compared. A key that is not known raises a KeyError that
    names the nearest one. A project that is an idea or closed is never chosen:
    its expressions are 0.

    Parameters
    ----------
    selection : Selection

    Attributes
    ----------
    problem : pulp.LpProblem
        With the scenario's first objective.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._terms = selection.terms
        self.problem, self._variables = pulp_problem(selection.model, selection.objectives[0])

    @cached_property
    def chosen(self) -> Mapping[str | tuple[str, str], pulp.LpAffineExpression]:
        """``chosen["P07"]``: 1 where it is chosen; ``chosen["P07", "lite"]``: as this option."""
        return _Handles(self._chosen, list(self._terms.projects["project_id"]))

    @cached_property
    def starts(self) -> Mapping[tuple[str, str], pulp.LpAffineExpression]:
        """``starts["P07", "2027Q1"]``: 1 where it starts in the period."""
        return self._timed(lambda begin, end, first, last: (begin >= first) & (begin <= last))

    @cached_property
    def started(self) -> Mapping[tuple[str, str], pulp.LpAffineExpression]:
        """``started["P07", "2027"]``: 1 where it has started by the period's end."""
        return self._timed(lambda begin, end, first, last: begin <= last)

    @cached_property
    def finished(self) -> Mapping[tuple[str, str], pulp.LpAffineExpression]:
        """``finished["P07", "2027"]``: 1 where it has ended by the period's end."""
        return self._timed(lambda begin, end, first, last: end <= last)

    @cached_property
    def runs(self) -> Mapping[tuple[str, str], pulp.LpAffineExpression]:
        """``runs["P07", "2027"]``: 1 where it runs in the period, or in a part of it."""
        return self._timed(lambda begin, end, first, last: (begin <= last) & (end >= first))

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the periods, in order."""
        return self._terms.portfolio.calendar.labels

    def spend(
        self, period: str = "", *, project: str = "", programme: str = "", category: str = ""
    ) -> pulp.LpAffineExpression:
        """What is spent inside the horizon, in money; blank: of all.

        Parameters
        ----------
        period : str
            A period, or a longer one such as a year.
        project, programme, category : str
            A programme's spend is without that of programmes within it.

        Returns
        -------
        pulp.LpAffineExpression
            With the costs of this portfolio and scenario: other costs need the rule written again.
        """
        spend = self._terms.spend
        picked = self._picked(spend, period, project)
        for name, known, column in (
            (programme, self._terms.programmes[:-1], "programme"),
            (category, self._terms.categories, "category"),
        ):
            if name:
                picked &= spend[column].to_numpy() == _place(name, known, column)
        amounts = spend["amount"].to_numpy() * self._terms.unit
        return self._sum(spend["column"].to_numpy(np.int64)[picked], amounts[picked])

    def demand(
        self, period: str = "", *, project: str = "", role: str = ""
    ) -> pulp.LpAffineExpression:
        """Demand inside the horizon, in FTE summed over periods; blank: of all."""
        demand = self._terms.demand
        picked = self._picked(demand, period, project)
        if role:
            picked &= demand["role"].to_numpy() == _place(role, self._terms.workforce.roles, "role")
        return self._sum(
            demand["column"].to_numpy(np.int64)[picked], demand["fte"].to_numpy()[picked]
        )

    def adopt(self, problem: pulp.LpProblem) -> Scenario:
        """The scenario with the rules that were added to the problem.

        They stand in every model that is built for it as the family ``own``, by
        the names that they have in the problem (PuLP writes a blank as ``_``).

        Parameters
        ----------
        problem : pulp.LpProblem
            `PulpModel.problem`, or a copy, with constraints added.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            If something else was changed, a rule uses other variables than those
            of choices, or a name is taken; every problem is in it.
        """
        model, objective = self._selection.model, self._selection.objectives[0]
        rules, problems = [], []
        for row in added_rows(model, objective, problem):
            try:
                rules.append(self._rule(row))
            except ValueError as error:
                problems.append(f"rule '{row.name}': {error}")
        if problems:
            raise ScenarioError(problems)
        return self._terms.scenario.with_own(*rules)

    def _rule(self, row: AddedRow) -> OwnRule:
        times = np.zeros(len(self._terms.starts))
        constant = 0.0
        for column, value in row.coefficients.items():
            if column >= len(times) + len(self._terms.stops):
                raise ValueError(
                    "it speaks of payments, of people's time or of who joins, of which every plan "
                    "has its own; "
                    "a rule of your own speaks of projects, options and starts"
                )
            if column >= len(times):
                # A project in flight stays or is stopped, and nothing else: start + stop = 1.
                stopped = self._terms.stops[column - len(times)]
                column = int(np.searchsorted(self._project, stopped))
                constant += value
                value = -value
            times[column] += value
        return OwnRule(
            row.name, tuple(self._written(times)), row.lower - constant, row.upper - constant
        )

    def _written(self, times: Floats) -> Iterator[Term]:
        """Terms in as few words as they have: by project, else by option or start, else by both."""
        project, option = self._terms.projects["project_id"], self._terms.options["option_id"]
        for code in np.unique(self._project[np.flatnonzero(times)]).tolist():
            own = np.flatnonzero(self._project == code)
            starts = pd.DataFrame({"option": self._option[own], "t": self._begin[own]})
            starts["times"] = times[own]
            for keys in ([], ["option"], ["t"], ["option", "t"]):
                groups = starts.groupby(keys)["times"] if keys else starts["times"]
                if np.all(groups.nunique() == 1):
                    break
            rows = starts.drop_duplicates(keys) if keys else starts.iloc[:1]
            for place, t, value in zip(
                *(rows[c].tolist() for c in ("option", "t", "times")), strict=True
            ):
                named = option.iloc[place] if "option" in keys else ""
                label = self._label(t) if "t" in keys else ""
                if value:
                    yield Term(project.iloc[code], named, label, value)

    @cached_property
    def _project(self) -> Ints:
        return self._terms.starts["project"].to_numpy(np.int64)

    @cached_property
    def _option(self) -> Ints:
        return self._terms.starts["option"].to_numpy(np.int64)

    @cached_property
    def _begin(self) -> Ints:
        return self._terms.starts["t"].to_numpy(np.int64)

    def _label(self, t: int) -> str:
        return self._terms.portfolio.calendar.label(t)

    def _chosen(self, key: str | tuple[str, str]) -> pulp.LpAffineExpression:
        project, *options = (key,) if isinstance(key, str) else key
        picked = self._of_project(project)
        if options:
            own = self._terms.options[self._terms.options["project_id"] == project]
            place = _place(options[0], list(own["option_id"]), f"option of {project}")
            picked &= self._option == own.index[place]
        columns = np.flatnonzero(picked)
        return self._sum(columns, np.ones(len(columns)))

    def _timed(
        self, when: Callable[[Ints, Ints, int, int], Flags]
    ) -> Mapping[tuple[str, str], pulp.LpAffineExpression]:
        end = self._begin + self._terms.starts["duration"].to_numpy(np.int64) - 1

        def expression(key: tuple[str, str]) -> pulp.LpAffineExpression:
            project, period = key
            first, last = self._span(period)
            picked = self._of_project(project) & when(self._begin, end, first, last)
            columns = np.flatnonzero(picked)
            return self._sum(columns, np.ones(len(columns)))

        names = list(self._terms.projects["project_id"])
        return _Handles(expression, [(name, label) for name in names for label in self.periods])

    def _span(self, period: str) -> tuple[int, int]:
        try:
            return self._terms.portfolio.calendar.span(period)
        except ValueError as error:
            raise KeyError(str(error)) from None

    def _of_project(self, project: str) -> Flags:
        code = _place(project, list(self._terms.code), "project")
        found: Flags = self._project == code
        return found

    def _picked(self, rows: pd.DataFrame, period: str, project: str) -> Flags:
        picked = np.ones(len(rows), dtype=bool)
        if period:
            first, last = self._span(period)
            t = rows["t"].to_numpy()
            picked &= (t >= first) & (t <= last)
        if project:
            owner = np.concatenate([self._project, self._terms.stops])
            # What those who join cost is no project's.
            column = np.minimum(rows["column"].to_numpy(np.int64), len(owner))
            place = _place(project, list(self._terms.code), "project")
            picked &= np.append(owner, -1)[column] == place
        return picked

    def _sum(self, columns: Ints, times: Floats) -> pulp.LpAffineExpression:
        import pulp

        sums = np.bincount(columns, times, minlength=1)
        used = np.flatnonzero(sums)
        return pulp.LpAffineExpression(
            {self._variables[n]: float(sums[n]) for n in used.tolist()}, 0.0
        )


class _Handles(Mapping[Key, Any], Generic[Key]):
    """Expressions by key, made when they are asked for."""

    def __init__(self, make: Callable[[Key], pulp.LpAffineExpression], keys: list[Any]) -> None:
        self._make = make
        self._keys = keys

    def __getitem__(self, key: Key) -> pulp.LpAffineExpression:
        return self._make(key)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def _place(name: str, known: list[str] | tuple[str, ...], what: str) -> int:
    if name not in known:
        raise KeyError(f"there is no {what} '{name}'; {nearest(name, known)}")
    return known.index(name)
