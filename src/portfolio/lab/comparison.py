"""Plans side by side: their key numbers, and what differs from the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from portfolio.figures import money, period_words, share
from portfolio.figures.formats import worth
from portfolio.lab.answer import Answer
from portfolio.reports.content import BoardContent
from portfolio.reports.decision_words import ON_OFFER
from portfolio.verify.loads import Loads

__all__ = ["Differences", "Measure", "differences", "measures", "side_by_side"]

_IN = ("in_flight", "funded", "deferred")


@dataclass(frozen=True)
class Measure:
    """One key number of a plan.

    Attributes
    ----------
    name : str
        What it is, in plain words.
    value : float
    words : str
        The value as it is printed.
    """

    name: str
    value: float
    words: str


def measures(answer: Answer) -> list[Measure]:
    """The key numbers of a plan.

    Parameters
    ----------
    answer : Answer
        With a solution.

    Returns
    -------
    list of Measure
        What each objective is worth in the plan, net present value where there are
        benefits, projects in the plan and left out, spend, spend in each year, and the
        fullest use of people.
    """
    content = answer.content
    assert content is not None
    currency = content.currency
    decisions = content.projects["decision"]
    number_in = int(decisions.isin(_IN).sum())
    number_out = int((decisions.isin(ON_OFFER) & ~decisions.isin(_IN)).sum())
    found = [
        *_worth(answer, currency),
        Measure("Projects in the plan", number_in, f"{number_in}"),
        Measure("Left out or stopped", number_out, f"{number_out}"),
        Measure("Spend", content.spent, money(content.spent, currency)),
    ]
    by_year = _by_year(content)
    if len(by_year) > 1:
        found += [
            Measure(f"Spend in {year}", amount, money(amount, currency))
            for year, amount in by_year.items()
        ]
    return [*found, *_people(content)]


def _worth(answer: Answer, currency: str) -> list[Measure]:
    """Strategic value and net present value, where the tables know them."""
    values = Loads(answer.portfolio, answer.scenario, answer.plan).objectives()
    tables = answer.portfolio.tables
    found = []
    if tables["projects"]["value"].notna().any() or len(tables["impacts"]):
        value = values["strategic_value"]
        found.append(Measure("Strategic value", value, worth(value)))
    if len(tables["benefits"]):
        found.append(Measure("Net present value", values["npv"], money(values["npv"], currency)))
    return found


def _by_year(content: BoardContent) -> dict[str, float]:
    calendar, spent = content.portfolio.calendar, content.spend
    by_year: dict[str, float] = {}
    for period, amount in zip(spent["period"].tolist(), spent["amount"].tolist(), strict=True):
        year = calendar.coarser(calendar.index(period), "year")
        by_year[year] = by_year.get(year, 0.0) + amount
    return by_year


def _people(content: BoardContent) -> list[Measure]:
    columns = (content.capacity[name].tolist() for name in ("demand", "capacity", "role", "period"))
    used = [
        (demand / capacity, role, period)
        for demand, capacity, role, period in zip(*columns, strict=True)
        if demand > 0 and capacity > 0
    ]
    if not used:
        return []
    fullest, role, period = max(used, key=lambda one: one[0])
    words = f"{share(fullest)} ({role}, {period_words(period)})"
    return [Measure("Fullest use of people", fullest, words)]


@dataclass(frozen=True)
class Differences:
    """What one plan has that another has not; projects by their names.

    Attributes
    ----------
    entered, left : tuple of str
        Projects that are only in this one, and only in the other.
    moved : tuple of str
        Projects that start at another time, each with both.
    changed : tuple of str
        Projects that are done as another option.
    """

    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Each kind of difference in a line; one line where there is none."""
        kinds = {"In": self.entered, "Out": self.left, "Moved": self.moved, "Done": self.changed}
        lines = [f"{word}: {', '.join(names)}" for word, names in kinds.items() if names]
        return lines or ["The same projects at the same time"]


def differences(answer: Answer, other: Answer) -> Differences:
    """What a plan does otherwise than another.

    Parameters
    ----------
    answer, other : Answer
        Both with a solution.
    """
    mine, theirs = _chosen(answer), _chosen(other)
    names = _names(other) | _names(answer)
    both = [project for project in mine if project in theirs]
    return Differences(
        tuple(names[project] for project in mine if project not in theirs),
        tuple(names[project] for project in theirs if project not in mine),
        tuple(
            f"{names[p]} from {period_words(theirs[p].start)} to {period_words(mine[p].start)}"
            for p in both
            if mine[p].start != theirs[p].start
        ),
        tuple(
            f"{names[p]} as {mine[p].option}, not {theirs[p].option}"
            for p in both
            if mine[p].option != theirs[p].option
        ),
    )


class _Choice(NamedTuple):
    option: str
    start: str


def _chosen(answer: Answer) -> dict[str, _Choice]:
    selection = answer.plan.selection
    assert selection is not None
    rows = selection[selection["selected"]]
    columns = (rows[name].tolist() for name in ("project_id", "option_id", "start"))
    return {
        project: _Choice(option, start) for project, option, start in zip(*columns, strict=True)
    }


def _names(answer: Answer) -> dict[str, str]:
    projects = answer.portfolio["projects"]
    return dict(zip(projects["project_id"].tolist(), projects["name"].tolist(), strict=True))


def side_by_side(answers: Sequence[tuple[str, Answer]]) -> pd.DataFrame:
    """Key numbers of plans: a row a measure, a column a plan.

    Parameters
    ----------
    answers : sequence of (str, Answer)
        What each is called, and the plan, with a solution.
    """
    columns = {
        label: {one.name: one.value for one in measures(answer)} for label, answer in answers
    }
    return pd.DataFrame(columns)
