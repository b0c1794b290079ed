"""A portfolio and a scenario -> a plan whose work named people do, and their allocation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from portfolio.allocate.cuts import MOST_ALONE, Cuts, found_cuts, gave_up, with_given_up
from portfolio.allocate.fitting import check_plan, check_previous
from portfolio.allocation import Allocation
from portfolio.data.portfolio import Portfolio
from portfolio.errors import SolveError
from portfolio.models.allocation import Named, Work, allocation_tables, name_people
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize, solver_words
from portfolio.plan import OBJECTIVE_COLUMNS, Plan, Status
from portfolio.scenario import Scenario
from portfolio.verify import verify_allocation

__all__ = ["allocate"]

_ROUNDS = 3
"""Most times that a selection is made again because named people cannot do it."""
_NOTHING = 1e-4
"""FTE under which nothing is short."""
_TRUSTED = {"role_capacity", "pool_time"}
"""Rules by which a selection sees to it that people can do its work."""


def allocate(
    portfolio: Portfolio,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    progress: Callable[[str], None] | None = None,
    *,
    plan: Plan | None = None,
    previous: Allocation | None = None,
) -> tuple[Plan, Allocation]:
    """Name the people who do a plan's work; choose the projects first where no plan is given.

    What a selection takes for covered, by pools of people, named people may not
    be able to do: they work on so many projects at once, with no less than a
    part of their time. Then the projects are chosen again, a few times at most:
    without a start at which a project is short even by itself, and with that
    much less of a role in a period in which several are short together. Such a
    limit may rule out more than it should, so the plan is no longer said to be
    optimal; its bound is that of the first selection, which no plan can pass.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario : Scenario, optional
        The baseline where absent.
    settings : Settings, optional
        For each of the solves; choosing again ends when that has taken as long once more.
    progress : callable, optional
        Is told in words what is being done.
    plan : Plan, optional
        The plan whose work is allocated; it is taken as it is.
    previous : Allocation, optional
        The allocation of the last period, from which as little as possible changes.

    Returns
    -------
    plan : Plan
    allocation : Allocation
        Without tables where the plan has none.

    Raises
    ------
    DataError
        If the plan is of other projects, the previous allocation of other people, or a
        fixed assignment is to a project that the plan leaves out.
    ScenarioError
        If the scenario does not fit the portfolio.
    SolveError
        If the solver fails, or its answer breaks a rule.
    """
    scenario, settings = scenario or Scenario(), settings or Settings()
    run = _Run(portfolio, scenario, settings, progress or (lambda words: None), previous)
    if plan is not None:
        return plan, run.allocated(plan)
    first = optimize(portfolio, scenario, settings, progress)
    if not first.feasible:
        return first, run.allocated(first)
    return run.nameable(first)


class _Run:
    """One run: what stays the same from one selection to the next."""

    def __init__(
        self,
        portfolio: Portfolio,
        scenario: Scenario,
        settings: Settings,
        tell: Callable[[str], None],
        previous: Allocation | None,
    ) -> None:
        self._portfolio, self._scenario, self._settings = portfolio, scenario, settings
        self._tell, self._previous = tell, previous
        self._changed = scenario.apply(portfolio)
        if previous is not None:
            check_previous(self._changed, previous)

    def allocated(self, plan: Plan) -> Allocation:
        """The allocation of a plan, checked."""
        began = time.perf_counter()
        empty = Allocation(
            plan.status,
            self._scenario.name,
            settings=self._settings.as_dict(),
            solver=solver_words(self._settings),
        )
        if plan.selection is None:
            return empty
        check_plan(self._changed, plan)
        work = self._work(plan)
        named = name_people(work, self._settings, self._tell)
        result = replace(empty, status=_overall(named), objectives=_objectives(named))
        if named.amounts is not None:
            tables: dict[str, Any] = dict(allocation_tables(work, named.amounts))
            result = replace(result, **tables, given_up=gave_up(plan, plan, Cuts()))
        result = replace(result, seconds=time.perf_counter() - began)
        self._tell("checking the allocation")
        found = verify_allocation(result, self._portfolio, self._scenario, plan, self._previous)
        if found:
            lines = "\n".join(f"  {violation.message}" for violation in found[:20])
            more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
            raise SolveError(
                f"the allocation is refused, since it breaks its own rules:\n{lines}{more}"
            )
        return result

    def nameable(self, first: Plan) -> tuple[Plan, Allocation]:
        """The plan that named people can do, as far as a few selections find one."""
        plan, allocation = first, self.allocated(first)
        cuts = Cuts()
        # Who leaves these rules out or widens them wants to see what is short.
        if _TRUSTED & (set(self._scenario.ignore) | set(self._scenario.soften)):
            return plan, allocation
        began = time.monotonic()
        for _ in range(_ROUNDS):
            if time.monotonic() - began > self._settings.time_limit:
                break
            more = found_cuts(self._work(plan), allocation, self._alone)
            if more.empty:
                break
            cuts = cuts.and_(more)
            self._tell("choosing projects again, with the people that can be named")
            other = optimize(
                self._portfolio,
                self._scenario,
                self._settings,
                self._tell,
                nameable=cuts.limits,
                unnameable=cuts.starts,
            )
            if not other.feasible:
                break
            tried = self.allocated(other)
            if _weighed(tried) >= _weighed(allocation) - _NOTHING:
                break
            plan, allocation = other, tried
        if plan is first:
            return plan, allocation
        plan = _bounded_by(first, plan)
        given_up = gave_up(first, plan, cuts)
        return with_given_up(plan, given_up), replace(allocation, given_up=given_up)

    def _work(self, plan: Plan) -> Work:
        assert plan.selection is not None
        before = None if self._previous is None else self._previous.allocation
        return Work(self._changed, self._scenario, plan.selection, before, plan.hires)

    def _alone(self, work: Work, project: str) -> bool:
        """Whether people can do a project with nothing beside it but what is settled."""
        keep = set(work.settled) | {project}
        selected = work.selection["selected"] & work.selection["project_id"].isin(keep)
        alone = replace(work, selection=work.selection.assign(selected=selected))
        brief = replace(self._settings, time_limit=self._settings.time_limit / MOST_ALONE)
        named = name_people(alone, brief)
        if named.amounts is None:
            return True
        code = int(np.flatnonzero(work.projects["project_id"] == project)[0])
        of_project = (alone.cells["project"] == code).to_numpy(dtype=bool)
        return float(named.amounts.short[of_project].sum()) <= _NOTHING


def _overall(named: Named) -> Status:
    if named.amounts is None:
        return named.outcomes[-1].status
    proven = all(outcome.status == Status.OPTIMAL for outcome in named.outcomes)
    return Status.OPTIMAL if proven else Status.FEASIBLE


def _objectives(named: Named) -> pd.DataFrame:
    rows = [
        (o.objective, o.sense, o.value, o.bound, o.gap, str(o.status), o.seconds)
        for o in named.outcomes
    ]
    return pd.DataFrame(rows, columns=list(OBJECTIVE_COLUMNS))


def _weighed(allocation: Allocation) -> float:
    return float(allocation.objectives["value"].iloc[0])


def _bounded_by(first: Plan, plan: Plan) -> Plan:
    """The plan under the bound of the first selection, of which it is a special case."""
    objectives = plan.objectives.copy()
    objectives["status"] = str(Status.FEASIBLE)
    objectives["bound"] = np.nan
    objectives["gap"] = np.nan
    bound, value = first.objectives["bound"].iloc[0], objectives["value"].iloc[0]
    if not np.isnan(bound):
        objectives.loc[0, "bound"] = bound
        objectives.loc[0, "gap"] = abs(bound - value) / max(abs(value), 1e-9)
    return replace(plan, objectives=objectives, status=Status.FEASIBLE)
