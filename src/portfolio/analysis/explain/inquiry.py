"""Questions about one plan: what it is worth, what it decides, and better ones that turn up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.analysis.explain.flexible import Flexible
from portfolio.conflict import Conflict
from portfolio.data.portfolio import Portfolio
from portfolio.data.wording import EXACT, Wording
from portfolio.errors import ScenarioError, SolveError, nearest
from portfolio.foresight import Foresight
from portfolio.models.outcome import Outcome, Settings, found
from portfolio.models.selection import Selection, build_selection, decided, find_conflict
from portfolio.models.selection.rule_words import Beside
from portfolio.optimize import Question, answer, optimize
from portfolio.plan import Plan
from portfolio.scenario import Scenario
from portfolio.verify import verify

__all__ = ["SAME", "Inquiry", "check_project", "inquiry"]

Floats = npt.NDArray[np.float64]

SAME = 1e-6
"""What rounding may make of a value, as a share of it."""

# What leaves no plan is worth a second beside the time of the other questions.
_FOR_CONFLICT = 1.0


def inquiry(
    portfolio: Portfolio,
    scenario: Scenario | None,
    settings: Settings | None,
    plan: Plan | None,
    progress: Callable[[str], None] | None = None,
    *,
    steps: int = 3,
    checked: bool = False,
    wording: Wording = EXACT,
) -> Inquiry:
    """An inquiry into a plan, which is made first where none is given.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario, settings, plan, progress, steps, wording
        As of `Inquiry`.
    checked : bool
        Whether the plan comes straight from `optimize`, which has checked it against these tables.

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
    elif not checked:
        _refuse_others(plan, portfolio, scenario)
    return Inquiry(portfolio, scenario, settings, plan, progress, steps=steps, wording=wording)


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


class Inquiry(Flexible):
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
    wording : Wording
        How sentences write periods, money and ids.

    Attributes
    ----------
    changed : Portfolio
        With the scenario's changes made.
    value, bound : float
        What the plan is worth by the first objective, and what no plan can pass (NaN
        where unknown), in the users' unit.
    decisions : dict of int to float
        The whole columns at which the plan stands.
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
        wording: Wording = EXACT,
    ) -> None:
        if plan.selection is None:
            status = plan.status.replace("_", " ")
            raise SolveError(f"There is no plan to ask about: {status}; portfolio plan says why.")
        self.scenario = scenario
        self.wording = wording
        self.tell = progress or (lambda words: None)
        self.changed = scenario.apply(portfolio)
        # Whether what is in flight goes on is a question too, also where it may not be stopped.
        selection = build_selection(self.changed, replace(scenario, allow_stops=True))
        super().__init__(selection, settings, stops=scenario.allow_stops, steps=steps)
        self._take(plan)
        self._is_tight = False
        if scenario.give_up[0] > 0:
            # The plan may be worth less than could be had.
            self.steps += 1
            self.tighten()

    def _take(self, plan: Plan) -> None:
        self.plan = plan
        first = plan.objectives.iloc[0]
        self.value, self.bound = float(first["value"]), float(first["bound"])
        self.decisions = self.selection.decisions(plan)

    @property
    def today(self) -> Floats:
        """The plan's whole columns, the others at 0."""
        columns = np.zeros(self.model.n_columns)
        columns[list(self.decisions)] = list(self.decisions.values())
        return columns

    def better_of(self, one: float, other: float) -> float:
        """The better of two values."""
        return self.sign * max(self.sign * one, self.sign * other)

    def tighter_of(self, bound: float, other: float | None) -> float:
        """The tighter of two bounds; NaN is unknown."""
        known = [b for b in (bound, np.nan if other is None else other) if not np.isnan(b)]
        return self.sign * min(self.sign * b for b in known) if known else np.nan

    def better(self, value: float) -> bool:
        """Whether a value is better than the plan's, and not by rounding alone."""
        return self.sign * (value - self.value) > SAME * max(1.0, abs(self.value))

    def as_good(self, value: float) -> bool:
        """Whether a value is as good as the plan's, but for rounding."""
        return self.sign * (value - self.value) >= -SAME * max(1.0, abs(self.value))

    def improved(self, outcome: Outcome) -> bool:
        """Whether a plan of the scenario is better than today's, and so takes its place.

        Where the scenario gives up value for later objectives, today's plan stays, and only
        what could be had before that is known better.
        """
        if outcome.columns is None or outcome.value is None or not self.better(outcome.value):
            return False
        if self.scenario.give_up[0] > 0:
            self.value = outcome.value
            return False
        known = None if np.isnan(self.bound) else self.better_of(self.bound, outcome.value)
        self._take(self.plan_of(outcome.columns, self.scenario, known, reasons=True))
        return True

    def tighten(self) -> None:
        """Solve for today's plan again, closer; once."""
        if self._is_tight:
            return
        self._is_tight = True
        self.tell("the best plan, closer than before")
        start = self.near(self.objective, self.decisions, but=np.empty(0, np.int64))
        outcome = self.solve(self.objective, start=start)
        self.bound = self.tighter_of(self.bound, outcome.bound)
        self.improved(outcome)

    def conflict(self, project: str, *, chosen: bool) -> Conflict | None:
        """Rules that cannot all hold with a project in, or out; None where none were found."""
        self.tell(f"the rules that leave no plan {'with' if chosen else 'without'} {project}")
        # Of a project that is in, nothing else is asked.
        seconds = _FOR_CONFLICT if chosen else max(self.share_of_time(), _FOR_CONFLICT)
        within = replace(self.settings, time_limit=seconds)
        beside: Beside = "with" if chosen else "without"
        with self.off_the_clock():
            held = self.selection_holding(project, chosen=chosen)
            # What a project would need to come in is a question of its own.
            return find_conflict(
                held, within, beside=beside, soften=not chosen, wording=self.wording
            )

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

    @property
    def chosen(self) -> tuple[str, ...]:
        """Projects in the plan, in the order of the table `projects`."""
        selection = self.plan.selection
        assert selection is not None
        return tuple(selection.loc[selection["selected"], "project_id"])

    def plan_of(
        self,
        columns: Floats,
        scenario: Scenario,
        bound: float | None = None,
        *,
        as_is: bool = False,
        reasons: bool = False,
    ) -> Plan:
        """The checked plan of a solution's decisions under a scenario.

        No time of the solves is spent on it.

        Parameters
        ----------
        columns : numpy.ndarray of float
        scenario : Scenario
            This one, with further changes at its end.
        bound : float, optional
            What no plan under it can pass in its first objective, where known.
        as_is : bool
            Whether its further changes only force what is decided so, so that the plan is one
            of this scenario too, and is checked as such.
        reasons : bool
            Whether the plan is to say of each project why it has its decision. Beside an
            answer, that one is the reason.

        Raises
        ------
        SolveError
            If the decisions break a rule of the scenario.
        """
        with self.off_the_clock():
            if as_is:
                return self._checked(columns, self._unchanged, scenario.name, bound, reasons)
            more = scenario.changes[len(self.scenario.changes) :]
            # Its own changes are made already, and labour is priced.
            rest = replace(scenario, changes=more, price_labour=False)
            made = replace(scenario, changes=(), price_labour=False)
            selection = build_selection(rest.apply(self.changed), made)
            return self._checked(columns, selection, scenario.name, bound, reasons)

    @cached_property
    def _unchanged(self) -> Selection:
        """The scenario's own selection, in which what is in flight stays if it has to."""
        made = replace(self.scenario, changes=(), price_labour=False)
        return build_selection(self.changed, made)

    def _checked(
        self,
        columns: Floats,
        selection: Selection,
        name: str,
        bound: float | None,
        reasons: bool,
    ) -> Plan:
        first, *others = decided(selection, self._decisions(columns, selection), self.settings)
        if first.columns is None:
            raise SolveError(
                f"an answer is refused, since its plan breaks a rule of scenario '{name}'"
            )
        if bound is not None:
            aim = selection.objectives[0]
            proven = bound / aim.unit - aim.constant
            first = found(aim, first.columns, proven, False, first.seconds)
        made = replace(selection.terms.scenario, name=name)
        question = Question(selection.terms.portfolio, made, selection, Foresight())
        return answer(question, [first, *others], self.settings, reasons=reasons)

    def _decisions(self, columns: Floats, selection: Selection) -> dict[int, float]:
        """A solution's whole columns as another selection of the same projects numbers them."""
        taken: dict[int, float] = {}
        for name in ("start", "hire", "contract"):
            own, others = (one.model.blocks[name].columns for one in (self.selection, selection))
            taken |= dict(zip(others.tolist(), columns[own].tolist(), strict=True))
        names = self.terms.projects["project_id"].to_numpy(object)[selection.terms.stops]
        chosen = set(self.chosen_in(columns))
        stops = selection.model.blocks["stop"].columns.tolist()
        return taken | {n: float(p not in chosen) for n, p in zip(stops, names, strict=True)}
