"""What a plan states of its status and its objectives, set against its loads."""

from __future__ import annotations

import math
from typing import Any, Final

from portfolio.plan import Plan, Status
from portfolio.scenario import Scenario
from portfolio.verify.loads import Loads
from portfolio.verify.records import records
from portfolio.verify.rows import TOLERANCE, Found, Violation, amount, differ

__all__ = ["check_objectives", "check_status"]

_SENSES: Final = {
    "strategic_value": "max",
    "benefit": "max",
    "npv": "max",
    "cost": "min",
    "early_start": "max",
}


def check_status(plan: Plan, scenario: Scenario) -> Found:
    """The status, bounds and gaps agree with each other and with what is there.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario

    Yields
    ------
    Violation
        Of the families ``status`` and ``objective``.
    """
    if plan.scenario != scenario.name:
        message = f"The plan is of scenario '{plan.scenario}', not '{scenario.name}'."
        yield Violation("status", "scenario", message)
    if plan.conflict is not None and plan.status != Status.INFEASIBLE:
        message = f"The plan is said to be {plan.status}, and has a conflict of rules."
        yield Violation("status", "conflict", message)
    if not plan.feasible:
        for name, _ in plan.tables():
            message = f"The plan has no solution ({plan.status}), but a table {name}."
            yield Violation("status", name, message)
        if plan.objectives["value"].notna().any():
            message = f"The plan has no solution ({plan.status}), but values of objectives."
            yield Violation("status", "objectives", message)
        return
    names = tuple(plan.objectives["objective"])
    if names != scenario.objectives:
        message = (
            f"The plan has the objectives {', '.join(names) or 'none'}, "
            f"and the scenario asks for {', '.join(scenario.objectives)}."
        )
        yield Violation("objective", "objectives", message)
        return
    asked = plan.settings.get("gap", 0.0)
    if not isinstance(asked, int | float) or not 0 <= asked < math.inf:
        yield Violation("status", "settings", f"The gap asked for, {asked}, is not a number.")
        return
    for place, row in enumerate(records(plan.objectives)):
        given = scenario.give_up[place] if place < len(scenario.give_up) else 0.0
        yield from _check_objective_status(row, float(asked), given)
    if plan.status == Status.OPTIMAL and not (plan.objectives["status"] == "optimal").all():
        message = "The plan is said to be optimal, and not all its objectives are."
        yield Violation("status", "plan", message)


def _check_objective_status(row: Any, asked: float, give_up: float) -> Found:
    name, value, bound, gap = row.objective, row.value, row.bound, row.gap
    key = {"objective": name}
    if row.sense != _SENSES.get(name):
        message = f"Objective {name} is said to be {row.sense}, and is {_SENSES.get(name)}."
        yield Violation("objective", key, message)
        return
    if row.status not in set(Status):
        yield Violation("status", key, f"Objective {name} has no status that is known.")
    known = not math.isnan(bound)
    if not math.isfinite(value) or math.isinf(bound) or math.isinf(gap) or known == math.isnan(gap):
        message = f"Objective {name} has value {value}, bound {bound} and gap {gap}."
        yield Violation("objective", key, message)
        return
    if not known:
        if row.status == Status.OPTIMAL:
            message = f"Objective {name} is said to be optimal, and has no bound."
            yield Violation("status", key, message)
        return
    passed = value - bound if row.sense == "max" else bound - value
    if passed > 0 and differ(value, bound):
        message = f"Objective {name} is {amount(value)}, better than its bound {amount(bound)}."
        yield Violation("objective", key, message)
    distance = abs(bound - value)
    implied = 0.0 if distance <= 1e-9 else distance / max(abs(value), 1e-9)
    if differ(gap, implied):
        message = f"Objective {name} has gap {gap:.6g}; its value and bound imply {implied:.6g}."
        yield Violation("status", key, message)
    # Later objectives may have taken what was given up of this one.
    allowed = math.inf if give_up >= 1 else (1 + asked) / (1 - give_up) - 1
    if row.status == Status.OPTIMAL and max(gap, implied) > allowed + TOLERANCE:
        message = (
            f"Objective {name} is said to be optimal, and its gap {max(gap, implied):.6g} "
            f"is wider than {allowed:.6g}."
        )
        yield Violation("status", key, message)


def check_objectives(loads: Loads) -> Found:
    """The objectives' values are those that the selection has."""
    recomputed = loads.objectives()
    for row in records(loads.plan.objectives):
        name, value = row.objective, row.value
        if name in recomputed and math.isfinite(value) and differ(value, recomputed[name]):
            message = (
                f"Objective {name} is said to be {amount(value)}, "
                f"and the selection has {amount(recomputed[name])}."
            )
            yield Violation("objective", {"objective": name}, message)
