"""Why there is no plan, and what a plan passes, in sentences and lists of rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portfolio.conflict import Conflict
from portfolio.lab.answer import Answer

__all__ = ["Obstacle", "obstacles", "overshoots"]


@dataclass(frozen=True)
class Obstacle:
    """Something in the way of a plan.

    Attributes
    ----------
    words : str
        A sentence, or what the list of rules is of.
    rules : tuple of str
        Rules in plain words; none where the sentence says it all.
    """

    words: str
    rules: tuple[str, ...] = ()


def obstacles(answer: Answer) -> list[Obstacle]:
    """What stands in the way of a plan.

    Parameters
    ----------
    answer : Answer
        Without a solution.
    """
    plan = answer.plan
    found = [Obstacle(str(fault)) for fault in plan.faults]
    if plan.conflict is not None:
        found += _of_conflict(plan.conflict)
    if not found and plan.status == "infeasible":
        found.append(
            Obstacle(
                "The rules cannot all hold together, and the time limit did not show which; "
                "give more time."
            )
        )
    return found or [Obstacle("None was found within the time limit; give more time.")]


def _of_conflict(conflict: Conflict) -> Iterable[Obstacle]:
    if len(conflict.rows) < 2:
        yield Obstacle(conflict.sentence)
    else:
        yield Obstacle(
            "These rules cannot all hold together:", tuple(row.words for row in conflict.rows)
        )
        if not conflict.proven:
            yield Obstacle("Whether fewer of them are enough was not proven within the time limit.")
    if conflict.softening:
        words = "It would be enough, and is the least, to pass:"
        yield Obstacle(words, tuple(row.words for row in conflict.softening))


def overshoots(answer: Answer) -> list[Obstacle]:
    """Limits that the plan passes because its scenario lets it.

    Parameters
    ----------
    answer : Answer
        With a solution.
    """
    families = answer.plan.summary()["overshoot"] or {}
    return [
        Obstacle(f"Past its limit, as the scenario lets it: {one['sentence']}")
        for one in families.values()
    ]
