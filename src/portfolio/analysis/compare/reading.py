"""What came of solves, read as the tables of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from portfolio.analysis.compare.comparison import TABLES
from portfolio.analysis.compare.moves import moves, placements
from portfolio.analysis.compare.solving import Asking, Solved
from portfolio.analysis.compare.steps import Step
from portfolio.data.portfolio import Portfolio
from portfolio.drivers import strategic_value
from portfolio.language import mark, plural, say
from portfolio.plan import Plan
from portfolio.scenario import Scenario

__all__ = [
    "Walked",
    "differences_table",
    "projects_table",
    "scenarios_table",
    "stacked",
    "steps_table",
    "twins",
]

_TOLD: Final = 3
_UNKNOWN: Final = mark(
    "The rules cannot all hold together; time ran out before it was known which."
)


def twins(asking: Asking, asked: Sequence[Scenario]) -> dict[str, str]:
    """The first scenario of the same model, of each that is not the first itself."""
    names = {repr(one): one.name for one in asked}
    found: dict[str, str] = {}
    for group in asking.groups:
        own = [names[repr(one)] for one in group if repr(one) in names]
        found |= dict.fromkeys(own[1:], own[0] if own else "")
    return found


def scenarios_table(
    asked: Sequence[Scenario],
    reference: str,
    found: Mapping[str, Solved],
    alike: Mapping[str, bool],
    alike_to: Mapping[str, str],
) -> pd.DataFrame:
    """A row a scenario: see `Comparison.scenarios`.

    Parameters
    ----------
    asked : sequence of Scenario
    reference : str
        The scenario that the others are compared with.
    found : mapping of str to Solved
    alike : mapping of str to bool
        Whether a value means the same as the reference's.
    alike_to : mapping of str to str
        See `twins`.
    """
    first = found[reference].plan
    rows = []
    for scenario in asked:
        one = found[scenario.name]
        rows.append(
            {
                "scenario": scenario.name,
                "title": scenario.title,
                "status": str(one.plan.status),
                "objective": scenario.objectives[0],
                **_value(one.plan),
                "alike": alike[scenario.name],
                **(_gain(first, one.plan) if alike[scenario.name] else {}),
                **one.measures,
                "same_as": alike_to.get(scenario.name, ""),
                "seconds": one.plan.seconds,
                "why_not": one.failed or _why_not(one.plan),
            }
        )
    return pd.DataFrame(rows, columns=list(TABLES["scenarios"]))


def _value(plan: Plan) -> dict[str, Any]:
    """Value, bound and gap of the first objective; NaN without a solution."""
    nothing = {"sense": "", "value": np.nan, "bound": np.nan, "gap": np.nan}
    if not plan.feasible:
        return nothing
    row = plan.objectives.iloc[0]
    return {name: row[name] for name in nothing}


def _gain(before: Plan, after: Plan) -> dict[str, float]:
    """Value less another plan's, and between what the difference of the best values lies."""
    one, two = _value(before), _value(after)
    low, high = ([min(v["value"], v["bound"]), max(v["value"], v["bound"])] for v in (one, two))
    return {
        "gain": two["value"] - one["value"],
        "gain_low": high[0] - low[1],
        "gain_high": high[1] - low[0],
    }


def _why_not(plan: Plan) -> str:
    """Why there is no plan, by the first of its reasons; blank where there is one."""
    if plan.feasible:
        return ""
    said = [str(fault) for fault in plan.faults[:_TOLD]]
    if len(plan.faults) > _TOLD:
        rest = len(plan.faults) - _TOLD
        said.append(plural("{n} more like these.", "{n} more like these.", rest))
    if plan.conflict is not None:
        said.append(plan.conflict.sentence)
    if plan.status == "infeasible":
        return " ".join(said) or say(_UNKNOWN)
    return say("No plan was found within the time limit.")


def projects_table(plan: Plan, scenario: Scenario, changed: Portfolio) -> pd.DataFrame:
    """Where each project stands in a plan, and its value under the scenario."""
    assert plan.selection is not None
    values = strategic_value(changed, risk_adjusted=scenario.risk_adjusted)
    rows = placements(plan)
    finish = plan.selection.set_index("project_id")["finish"]
    rows = rows.assign(finish=finish, value=values.set_index("project_id")["value"])
    return rows.reset_index(names="project_id").assign(scenario=plan.scenario)


Walked = Mapping[str, Sequence[tuple[Step, Solved]]]
"""The steps of the way to each scenario, and what came of them."""


def steps_table(reference: str, found: Mapping[str, Solved], walked: Walked) -> pd.DataFrame:
    """What each step on the way to a scenario does: see `Comparison.steps`."""
    rows = []
    for name, way in walked.items():
        before = found[reference].plan
        for number, (step, solved) in enumerate(way, 1):
            plan = solved.plan
            row = {"scenario": name, "step": number, "what": step.words}
            row |= {"status": str(plan.status), "value": _value(plan)["value"]}
            if plan.feasible and before.feasible:
                what = moves(before, plan)["what"]
                same = (
                    before.objectives["objective"].iloc[0] == plan.objectives["objective"].iloc[0]
                )
                row |= _gain(before, plan) if same else {}
                row |= {
                    "spend": solved.measures["spend"],
                    "enters": (what == "enters").sum(),
                    "leaves": (what == "leaves").sum(),
                    "moves": what.isin(["option", "start"]).sum(),
                }
            if plan.feasible:
                before = plan
            rows.append(row)
    return pd.DataFrame(rows, columns=list(TABLES["steps"]))


def differences_table(reference: str, found: Mapping[str, Solved], walked: Walked) -> pd.DataFrame:
    """How each plan differs from the reference's: see `Comparison.differences`."""
    frames = []
    before = found[reference].plan
    for name, solved in found.items():
        if name == reference or not (before.feasible and solved.plan.feasible):
            continue
        rows = moves(before, solved.plan)
        way = walked.get(name, ())
        causes = _causes(before, [one.plan for _, one in way])
        steps = [causes.get(project, ()) for project in rows["project_id"]]
        frames.append(
            rows.assign(
                scenario=name,
                because=["; ".join(way[number - 1][0].words for number in own) for own in steps],
                steps=[", ".join(map(str, own)) for own in steps],
            )
        )
    return stacked(frames, TABLES["differences"])


def _causes(before: Plan, way: Sequence[Plan]) -> dict[str, tuple[int, ...]]:
    """The number of the step since which each project stands where it stands in the end.

    Where a step has no plan, it is told together with the next that has one.
    """
    causes: dict[str, tuple[int, ...]] = {}
    waiting: tuple[int, ...] = ()
    for number, plan in enumerate(way, 1):
        waiting = (*waiting, number)
        if plan.feasible:
            for project in moves(before, plan)["project_id"]:
                causes[project] = waiting
            before, waiting = plan, ()
    return causes


def stacked(frames: Sequence[pd.DataFrame], columns: Mapping[str, Any]) -> pd.DataFrame:
    """Frames one upon the other; the columns alone where there is no row."""
    kept = [frame for frame in frames if len(frame)]
    if not kept:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(kept, ignore_index=True)
