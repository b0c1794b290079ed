"""Plans kept for comparison."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.errors import ScenarioError
from portfolio.lab.answer import Answer

__all__ = ["NOW", "Kept", "KeptPlans"]

NOW = "Now"
"""What the last plan is called beside those that are kept."""


@dataclass(frozen=True, eq=False)
class Kept:
    """A plan kept for comparison.

    Attributes
    ----------
    label : str
        What it is called, unlike all others that are kept.
    answer : Answer
    """

    label: str
    answer: Answer


class KeptPlans(list[Kept]):
    """Plans kept for comparison, in the order in which they were."""

    def keep(self, answer: Answer | None, label: str = "") -> Kept:
        """Keep an answer.

        Parameters
        ----------
        answer : Answer or None
        label : str
            What to call it; by default its scenario's title. One that is taken gets a number.

        Raises
        ------
        ScenarioError
            If nothing was solved for, or there is no plan.
        """
        if answer is None or not answer.plan.feasible:
            raise ScenarioError("there is no plan to keep; solve first")
        wanted = " ".join(label.split()) or answer.scenario.title or answer.scenario.name
        taken = {kept.label for kept in self}
        label, count = wanted, 1
        while label in taken:
            count += 1
            label = f"{wanted} ({count})"
        self.append(Kept(label, answer))
        return self[-1]

    def drop(self, label: str) -> None:
        """Keep a plan no longer."""
        self[:] = [kept for kept in self if kept.label != label]

    def beside(self, last: Answer | None) -> list[tuple[str, Answer]]:
        """What each is called, and the plan; the last one too, where it is none of them."""
        plans = [(kept.label, kept.answer) for kept in self]
        if last is not None and last.plan.feasible and all(last is not one for _, one in plans):
            plans.append((NOW, last))
        return plans
