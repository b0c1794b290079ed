"""Plans that are nearly as good as today's, and as different from each other as can be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.analysis.explain.inquiry import Inquiry, inquiry
from portfolio.analysis.explain.sentences import Words
from portfolio.data.portfolio import Portfolio
from portfolio.language import decimal, say
from portfolio.models.linear import Objective
from portfolio.models.outcome import Settings
from portfolio.plan import Plan
from portfolio.result import records
from portfolio.scenario import Scenario

__all__ = ["ALTERNATIVES", "Alternatives", "alternatives"]

Floats = npt.NDArray[np.float64]

ALTERNATIVES: Final = (
    "plan", "value", "lost", "lost_share", "projects", "distance", "distance_at_most", "entered",
    "left", "moved",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Plans that differ most within a loss of value.

    Attributes
    ----------
    objective : str
        What value means here: the scenario's first objective.
    sense : str
        max or min.
    loss : float
        Most that a plan may be worth less than today's, as a share.
    table : pandas.DataFrame
        One row a plan, today's first: plan (``today``, then 1, 2, ...), value, lost (how
        much less than today's) and lost_share, projects (how many), distance (from the
        nearest of those before it, in projects), distance_at_most (no plan within the
        loss is farther; NaN where unknown), entered, left and moved (tuples of project_id
        that today's plan does not hold, holds alone, or starts at another time).
    grid : pandas.DataFrame
        One row a project that is offered, one column a plan: its start there, blank where
        it is not in the plan; the first column is project_id.
    plans : tuple of Plan
        Checked, in the order of the table.
    in_all, in_none : tuple of str
        Projects that every plan holds, and that none does.
    sentence : str
    replaced : bool
        Whether a better plan turned up on the way and took the place of the one asked about.
    seconds : float
    """

    objective: str
    sense: str
    loss: float
    table: pd.DataFrame
    grid: pd.DataFrame
    plans: tuple[Plan, ...]
    in_all: tuple[str, ...]
    in_none: tuple[str, ...]
    sentence: str
    replaced: bool
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain JSON data."""
        return {
            "objective": self.objective,
            "loss": self.loss,
            "plans": records(self.table),
            "grid": records(self.grid),
            "in_all": list(self.in_all),
            "in_none": list(self.in_none),
            "sentence": self.sentence,
            "plan_replaced": self.replaced,
            "seconds": self.seconds,
        }


def alternatives(
    portfolio: Portfolio,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    *,
    plan: Plan | None = None,
    loss: float = 0.01,
    number: int = 3,
    starts: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Alternatives:
    """Find plans within a loss of value that differ most from today's and from each other.

    One after another, each is as far from the nearest of those before it as can be, and
    among such plans the best:

    maximise d, with d <= sum over p in plan k of (1 - chosen[p]) + sum over the others of
    chosen[p] for each plan k found before, and value >= (1 - loss) x today's;
    then maximise value with that d.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here.
    scenario : Scenario, optional
    settings : Settings, optional
        The time limit is for all plans together.
    plan : Plan, optional
        Today's plan; made here where absent.
    loss : float
        Share of today's value, from 0 to under 1.
    number : int
        Most plans beside today's.
    starts : bool
        Whether a project that starts at another time, or as another option, differs too.
    progress : callable, optional

    Returns
    -------
    Alternatives
        With fewer plans where no further one differs within the loss.

    Raises
    ------
    ScenarioError
        If the plan is not one of the portfolio and scenario.
    SolveError
        If there is no plan, or one that was found does not pass the check.
    """
    if not 0 <= loss < 1:
        raise ValueError("the loss is a share from 0 to under 1, for example 0.01")
    if number < 1:
        raise ValueError("the number of plans is 1 or more")
    began = time.perf_counter()
    asked = inquiry(portfolio, scenario, settings, plan, progress)
    first = asked.plan
    asked.steps = 2 * number + 1
    asked.tighten()
    plans, distances, bounds = [asked.plan], [np.nan], [np.nan]
    ended = False
    decided = [asked.decisions]
    with asked.worth_at_least(asked.value - asked.sign * loss * abs(asked.value)):
        for turn in range(1, number + 1):
            asked.tell(f"the plan that differs most: {turn} of {number}")
            found = _farthest(asked, decided[-1], starts=starts)
            columns, distance, at_most = found
            if columns is None:
                ended = at_most < 1
                break
            other = asked.plan_of(columns, asked.scenario, _known(asked.bound), reasons=True)
            plans.append(other)
            decided.append(asked.selection.decisions(other))
            distances.append(distance)
            bounds.append(at_most)
    table = _table(asked, plans, distances, bounds)
    grid = _grid(asked, plans)
    held = grid.set_index("project_id") != ""
    in_all, in_none = (tuple(held.index[rows]) for rows in (held.all(axis=1), ~held.any(axis=1)))
    return Alternatives(
        objective=asked.objective.name,
        sense=asked.objective.sense,
        loss=loss,
        table=table,
        grid=grid,
        plans=tuple(plans),
        in_all=in_all,
        in_none=in_none,
        sentence=_sentence(asked, table, in_all, loss, ended=ended),
        replaced=asked.plan is not first,
        seconds=time.perf_counter() - began,
    )


def _known(bound: float) -> float | None:
    return None if np.isnan(bound) else bound


def _farthest(
    asked: Inquiry, decisions: dict[int, float], *, starts: bool
) -> tuple[Floats | None, float, float]:
    """The best of the plans that are farthest from all before, how far it is and may be at most.

    None where no other is found; then none is to be found where the most is under 1.
    """
    asked.session.hold(_beyond(asked, decisions, starts=starts), 0.0)
    far = np.zeros(asked.model.n_columns)
    far[asked.apart] = 1.0
    outcome = asked.solve(Objective("distance", "max", far), gap=asked.settings.gap)
    asked.steps -= 1
    at_most = np.nan if outcome.bound is None else float(np.floor(outcome.bound + 1e-6))
    if outcome.columns is None or outcome.value is None or outcome.value < 1 - 1e-6:
        return None, 0.0, at_most
    distance = float(np.floor(outcome.value + 1e-6))
    asked.steps += 1
    best = None
    with asked.at_least(asked.apart, distance):
        best = asked.solve(asked.objective, start=outcome.columns)
    return (outcome.columns if best.columns is None else best.columns), distance, at_most


def _beyond(asked: Inquiry, decisions: dict[int, float], *, starts: bool) -> Objective:
    """How much farther a plan is from given decisions than the distance that is made large."""
    terms = asked.terms
    open_ = terms.free.copy()
    open_[terms.stops] = asked.scenario.allow_stops
    code = terms.starts["project"].to_numpy(np.int64)
    taken = np.array([decisions.get(n, 0.0) > 0.5 for n in range(len(code))], dtype=bool)
    held = np.zeros(len(open_), dtype=bool)
    held[code[taken]] = True
    coefficients = np.zeros(asked.model.n_columns)
    same = taken if starts else held[code]
    others = ~held[code]
    column = np.arange(len(code))
    coefficients[column[same & open_[code]]] = -1.0
    coefficients[column[others & open_[code]]] = 1.0
    coefficients[asked.apart] = -1.0
    return Objective("beyond", "max", coefficients, constant=float((held & open_).sum()))


def _table(
    asked: Inquiry, plans: list[Plan], distances: list[float], bounds: list[float]
) -> pd.DataFrame:
    today = _starts(plans[0])
    rows: list[dict[str, Any]] = []
    for number, (plan, distance, at_most) in enumerate(zip(plans, distances, bounds, strict=True)):
        value, starts = float(plan.objectives["value"].iloc[0]), _starts(plan)
        lost = asked.sign * (asked.value - value)
        rows.append(
            {
                "plan": str(number) if number else "today",
                "value": value,
                "lost": lost,
                "lost_share": lost / abs(asked.value) if asked.value else np.nan,
                "projects": len(starts),
                "distance": distance,
                "distance_at_most": at_most,
                "entered": tuple(p for p in starts if p not in today),
                "left": tuple(p for p in today if p not in starts),
                "moved": tuple(p for p in starts if p in today and starts[p] != today[p]),
            }
        )
    return pd.DataFrame(rows, columns=list(ALTERNATIVES))


def _starts(plan: Plan) -> dict[str, tuple[str, str]]:
    """Start and option of each project in a plan."""
    assert plan.selection is not None
    rows = plan.selection[plan.selection["selected"]]
    columns = (rows[name].tolist() for name in ("project_id", "start", "option_id"))
    return {project: (start, option) for project, start, option in zip(*columns, strict=True)}


def _grid(asked: Inquiry, plans: list[Plan]) -> pd.DataFrame:
    selection = plans[0].selection
    assert selection is not None
    offered = ~selection["decision"].isin(["not_offered", "closed"])
    grid = pd.DataFrame({"project_id": selection.loc[offered, "project_id"]})
    for number, plan in enumerate(plans):
        starts = {project: start for project, (start, _) in _starts(plan).items()}
        name = str(number) if number else "today"
        grid[name] = [starts.get(project, "") for project in grid["project_id"]]
    return grid.reset_index(drop=True)


def _sentence(
    asked: Inquiry, table: pd.DataFrame, in_all: tuple[str, ...], loss: float, *, ended: bool
) -> str:
    words, others = Words(asked), table.iloc[1:]
    share = f"{decimal(100 * loss, '.3g')} %"
    if others.empty and ended:
        return say(
            "No other choice of projects is within {share} of today's {objective}.",
            share=share,
            objective=words.objective,
        )
    if others.empty:
        return say(
            "No other choice of projects is within {share} of today's {objective}, as far as the "
            "time showed.",
            share=share,
            objective=words.objective,
        )
    far = others["distance"].astype(int)
    most = words.size(float(others["lost"].max()))
    kept, today = decimal(len(in_all), "d"), decimal(int(table["projects"].iloc[0]), "d")
    if len(others) == 1:
        return say(
            "The plan that differs most within {share} of today's {objective} does so by "
            "{number} projects, and is worth {most} less; {kept} of today's {today} projects are "
            "in both.",
            share=share,
            objective=words.objective,
            number=decimal(far.iloc[0], "d"),
            most=most,
            kept=kept,
            today=today,
        )
    least, largest = decimal(far.min(), "d"), decimal(far.max(), "d")
    between = largest
    if least != largest:
        between = say("{least} to {most}", least=least, most=largest)
    return say(
        "{plans} plans within {share} of today's {objective} differ by {between} projects "
        "from the nearest, and are worth at most {most} less; {kept} of today's {today} projects "
        "are in all of them.",
        plans=decimal(len(others), "d"),
        share=share,
        objective=words.objective,
        between=between,
        most=most,
        kept=kept,
        today=today,
    )
