"""What is said where there is no plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.errors import ImpossibleError, SolveError

if TYPE_CHECKING:
    from portfolio.plan import Plan

__all__ = ["refuse_without_plan"]


def refuse_without_plan(result: Plan) -> None:
    """Raise why there is no plan, and what to do, where there is none.

    Parameters
    ----------
    result : Plan

    Raises
    ------
    ImpossibleError
        If that was seen before the solve.
    SolveError
        If the solve found none.
    """
    if result.faults:
        raise ImpossibleError(result.faults, result.conflict.sentence if result.conflict else "")
    if not result.feasible:
        raise SolveError(_no_plan(result))


def _no_plan(result: Plan) -> str:
    """Why there is no plan, and what to do."""
    if result.conflict is not None:
        return (
            f"No plan is possible. {result.conflict.sentence}\n"
            f"Rules in conflict: {', '.join(result.conflict.families)}. Change what they say, or "
            "leave one out with `ignore:` or widen it with `soften:` in a scenario."
        )
    if result.status == "infeasible":
        return (
            "No plan is possible: the rules cannot all hold together, and the time limit did not "
            "show which; give more with --time-limit."
        )
    return "No plan was found within the time limit; give more with --time-limit."
