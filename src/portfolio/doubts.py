"""What in the tables is not wrong, and yet is worth a look before anybody trusts the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from portfolio.data.portfolio import FREE_STAGES, Portfolio
from portfolio.drivers import CONSISTENT, best_correction, driver_weights
from portfolio.errors import Fault
from portfolio.language import decimal, listed, say
from portfolio.scenario import Scenario

__all__ = ["doubts"]


def doubts(portfolio: Portfolio, scenario: Scenario) -> tuple[Fault, ...]:
    """Warnings about what the tables say.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario

    Returns
    -------
    tuple of Fault
        Each of severity ``warning``.
    """
    return tuple(fault.as_warning() for doubt in _DOUBTS for fault in doubt(portfolio, scenario))


def _driver_weights_unused(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """Weights by hand stand beside comparisons, which count alone."""
    drivers = portfolio["drivers"]
    given = np.flatnonzero(drivers["weight"].notna())
    if len(given) and len(portfolio["comparisons"]) and _scored(portfolio):
        rule = say(
            "is a weight by hand, which counts for nothing: the drivers are compared in pairs"
        )
        remedy = say("clear the weights, or delete the comparisons")
        yield portfolio.fault("drivers", int(given[0]), "weight", rule, remedy)


def _drivers_unused(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """Values by hand stand beside ratings, which then count for nothing."""
    values = np.flatnonzero(portfolio["projects"]["value"].notna())
    if len(values) and len(portfolio["impacts"]):
        rule = say("is a value by hand; ratings in impacts then count for nothing")
        remedy = say("clear the values to use drivers and ratings, or take out the ratings")
        yield portfolio.fault("projects", int(values[0]), "value", rule, remedy)


def _inconsistent_comparisons(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """The comparisons of the drivers contradict each other by more than Saaty's 0.1."""
    if not _scored(portfolio) or portfolio["comparisons"].empty:
        return
    found = driver_weights(portfolio)
    if found.consistency is None or found.consistency >= CONSISTENT:
        return
    rule = say(
        "the comparisons contradict each other: consistency {found} of 1, less than {least}",
        found=decimal(found.consistency, ".2f"),
        least=decimal(CONSISTENT, "g"),
    )
    correction = best_correction(portfolio)
    if correction is None:
        yield portfolio.table_fault("comparisons", rule, say("look at them again"))
        return
    remedy = say(
        "look at {driver} against {other} first: {preference}, for example, makes it {consistency}",
        driver=correction.driver_a,
        other=correction.driver_b,
        preference=correction.better,
        consistency=decimal(correction.consistency, ".2f"),
    )
    yield portfolio.fault("comparisons", correction.number, "preference", rule, remedy)


def _pairs_filled(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """Pairs of drivers that nobody compared are filled from the others."""
    if not _scored(portfolio) or portfolio["comparisons"].empty:
        return
    filled = driver_weights(portfolio).filled
    if filled:
        named = ", ".join(listed(pair) for pair in filled[:5])
        if len(filled) > 5:
            more = decimal(len(filled) - 5, "d")
            named = say("{names} and {number} more", names=named, number=more)
        rule = say("pairs not compared are filled from the others: {pairs}", pairs=named)
        yield portfolio.table_fault("comparisons", rule, say("compare them, if you can"))


def _fund_without_money(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """A fund has a rule and no budget."""
    unfunded = ~portfolio["funds"]["fund_id"].isin(portfolio["budgets"]["fund_id"])
    for number in np.flatnonzero(unfunded):
        rule = say("has no row in budgets, so it has no money")
        remedy = say("add its budget, or delete it")
        yield portfolio.fault("funds", int(number), "fund_id", rule, remedy)


def _group_never_binds(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """A group may have more of its members than it has."""
    groups = portfolio["groups"]
    members = portfolio["group_members"].groupby("group_id")["project_id"].nunique()
    count = groups["group_id"].map(members).fillna(0)
    idle = (groups["kind"] == "at_most") & (groups["limit"] > count).fillna(False)
    for number in np.flatnonzero(idle):
        rule = say(
            "is more than the group has members ({members}): it limits nothing",
            members=int(count.iloc[number]),
        )
        remedy = say("lower it, or add to group_members")
        yield portfolio.fault("groups", int(number), "limit", rule, remedy)


def _project_takes_nothing(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """A free project has neither costs nor demand, where others have."""
    projects = portfolio["projects"]
    takes = set(portfolio["costs"]["project_id"]) | set(portfolio["demand"]["project_id"])
    idle = projects["stage"].isin(FREE_STAGES) & ~projects["project_id"].isin(takes)
    if not takes:
        return
    for number in np.flatnonzero(idle & (projects["force"] != "out")):
        rule = say("has neither costs nor demand, so nothing speaks against it")
        remedy = say("add them to costs or demand, with an amount of 0 where it takes nothing")
        yield portfolio.fault("projects", int(number), "project_id", rule, remedy)


def _absences_overlap(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """An absence begins before another one of the same person has ended."""
    ordered = portfolio["absences"].sort_values(["person_id", "first_day"], kind="stable")
    for person, rows in ordered.groupby("person_id", sort=False):
        reach = rows["last_day"].cummax().shift()
        for number in rows.index[(rows["first_day"] <= reach).to_numpy(dtype=bool)]:
            rule = say(
                "overlaps an absence of {person} that ends on {day}; the days that both have "
                "count once",
                person=person,
                day=reach[number].date(),
            )
            remedy = say("correct the days, or delete one of the two")
            yield portfolio.fault("absences", int(number), "first_day", rule, remedy)


def _people_without_skills(portfolio: Portfolio, scenario: Scenario) -> Iterator[Fault]:
    """Somebody can fill no role, where others can."""
    people, skills = portfolio["people"], portfolio["skills"]
    skilled = skills.loc[skills["proficiency"] > 0, "person_id"]
    if skilled.empty:
        return
    for number in np.flatnonzero(~people["person_id"].isin(skilled)):
        rule = say("has no skill, so no project can use them")
        remedy = say("add a row for the person to skills, or delete the person")
        yield portfolio.fault("people", int(number), "person_id", rule, remedy)


def _scored(portfolio: Portfolio) -> bool:
    """Whether drivers decide what projects are worth."""
    return not portfolio["projects"]["value"].notna().any() and len(portfolio["drivers"]) > 0


_DOUBTS: tuple[Callable[[Portfolio, Scenario], Iterator[Fault]], ...] = (
    _driver_weights_unused,
    _drivers_unused,
    _inconsistent_comparisons,
    _pairs_filled,
    _fund_without_money,
    _group_never_binds,
    _project_takes_nothing,
    _absences_overlap,
    _people_without_skills,
)
