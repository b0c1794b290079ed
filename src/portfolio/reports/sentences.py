"""Sentences of a board report, each computed from the content beside it."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.figures import money, share
from portfolio.figures.formats import worth
from portfolio.language import decimal, listed, mark, plural, say
from portfolio.plan import Plan, Status
from portfolio.reports.content import BoardContent
from portfolio.reports.decision_words import ON_OFFER
from portfolio.reports.units import in_unit, objective_words
from portfolio.reports.written import day_words

__all__ = [
    "approve_sentence",
    "cannot_sentence",
    "distance_sentence",
    "kinds_sentence",
    "next_best_sentence",
    "passed_sentence",
    "release_sentence",
    "stop_sentence",
]

_BOUND = {
    "must_do": mark("{amount} must be spent"),
    "committed": mark("{amount} is committed"),
    "discretionary": mark("{amount} is a choice"),
}
# Of rows of which some may not be named, and of rows that all may.
_FIRST = {
    "value": (
        mark("Of those that may be named, the most valuable is {project}: {why}."),
        mark("The most valuable is {project}: {why}."),
    ),
    "cost": (
        mark("Of those that may be named, the costliest is {project}: {why}."),
        mark("The costliest is {project}: {why}."),
    ),
}
_FAR = 10.0
"""A gap, as a share of the plan's value, that says nothing any more."""


def approve_sentence(content: BoardContent) -> str:
    """What the board is asked to approve, and by when."""
    rows = content.asks[content.asks["ask"] == "approve"]
    if rows.empty:
        return say("Nothing new is to be approved.")
    return plural(
        "Approve {n} project of {cost} in all; the first by {day}.",
        "Approve {n} projects of {cost} in all; the first by {day}.",
        len(rows),
        cost=money(rows["cost"].sum(), content.currency),
        day=day_words(rows["by"].min()),
    )


def release_sentence(content: BoardContent) -> str:
    """What the board is asked to release, and by when."""
    rows = content.asks[content.asks["release"] > 0]
    if rows.empty:
        return say("No money is to be released.")
    return plural(
        "Release {amount} to {n} project, each up to its next gate or, without one, the end of "
        "its first year in the plan; the first by {day}.",
        "Release {amount} to {n} projects, each up to its next gate or, without one, the end of "
        "its first year in the plan; the first by {day}.",
        len(rows),
        amount=money(rows["release"].sum(), content.currency),
        day=day_words(rows["by"].min()),
    )


def stop_sentence(content: BoardContent) -> str:
    """What the board is asked to stop; empty where nothing is."""
    rows = content.counted("stopped")
    if rows.empty:
        return ""
    return plural(
        "Stop {n} project in flight, which would still cost {cost}.",
        "Stop {n} projects in flight, which would still cost {cost}.",
        len(rows),
        cost=money(rows["cost"].sum(), content.currency),
    )


def kinds_sentence(content: BoardContent) -> str:
    """How much of the plan's money is bound, and how much is a choice."""
    spend = content.kinds.set_index("kind")["spend"]
    if not spend.any():
        return say("No money is spent inside the horizon.")
    said = [
        say(words, amount=money(spend[kind], content.currency))
        for kind, words in _BOUND.items()
        if spend[kind]
    ]
    if content.hiring:
        said[-1] = say(
            "{part} ({amount} of it for people who join)",
            part=said[-1],
            amount=money(content.hiring, content.currency),
        )
    total = money(spend.sum(), content.currency)
    return say("Of {total} inside the horizon, {parts}.", total=total, parts=listed(said))


def passed_sentence(content: BoardContent) -> str:
    """How many limits the plan passes because its scenario lets it, and the most severe."""
    rows = content.passed
    lead = plural(
        "The plan passes {n} limit, as its scenario lets it",
        "The plan passes {n} limits, as its scenario lets it",
        len(rows),
    )
    measured = rows[rows["over"].notna()]
    if measured.empty:
        return lead
    first = measured.iloc[0]
    if first["unit"] == "money":
        over = money(first["over"], content.currency)
    else:
        over = in_unit(first["over"], first["unit"], ",.3g")
    if len(rows) == 1:
        return say("{lead}: {limit} by {over}", lead=lead, limit=first["words"], over=over)
    return say("{lead}: most of all {limit} by {over}", lead=lead, limit=first["words"], over=over)


def cannot_sentence(content: BoardContent) -> str:
    """What cannot be done, and the largest part of it."""
    if content.counted(*ON_OFFER).empty:
        return say("No project is on offer.")
    left_out, stopped = content.counted("left_out"), content.counted("stopped")
    if len(left_out):
        lead = plural(
            "{n} project is left out, worth {value}.",
            "{n} projects are left out, worth {value}.",
            len(left_out),
            value=_value_share(content, left_out),
        )
        return f"{lead} {_first(left_out, 'value')}".rstrip()
    if len(stopped):
        lead = plural(
            "{n} project in flight is stopped.",
            "{n} projects in flight are stopped.",
            len(stopped),
        )
        return f"{lead} {_first(stopped, 'cost')}".rstrip()
    return say("Every project on offer is in the plan.")


def _first(rows: pd.DataFrame, by: str) -> str:
    """The first by a column that may be named, and why it is not in the plan; blank for none."""
    named = _named(rows)
    if named.empty:
        return ""
    first = named.sort_values(by, ascending=False, kind="stable").iloc[0]
    words = _FIRST[by][len(named) == len(rows)]
    return say(words, project=first["name"], why=_why(first["reason"]))


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows["confidential"].fillna(False).astype(bool)]


def _why(reason: str) -> str:
    """A reason as the end of another sentence.

    In every language a colon parts the decision, which that sentence says, from its reason.
    """
    why = reason.split(": ", 1)[-1].rstrip(".")
    return why[:1].lower() + why[1:]


def next_best_sentence(content: BoardContent) -> str:
    """The best other choice of projects, and what it is worth beside the plan.

    Empty where none was looked for.
    """
    other = content.next_best
    if other is None:
        return ""
    if other.status is Status.INFEASIBLE:
        return say("There is no other choice of projects within the rules.")
    if other.selection is None:
        return say("No other choice of projects was found in the time given.")
    now, then = (
        set(plan.selection.loc[plan.selection["selected"], "project_id"])
        for plan in (content.plan, other)
        if plan.selection is not None
    )
    gained, lost = _names(content, then - now), _names(content, now - then)
    difference = _difference(content.plan, other)
    if gained and lost:
        return say(
            "The next-best choice takes in {gained} and gives up {lost}, {difference}.",
            gained=gained,
            lost=lost,
            difference=difference,
        )
    if gained:
        return say(
            "The next-best choice takes in {gained}, {difference}.",
            gained=gained,
            difference=difference,
        )
    return say(
        "The next-best choice gives up {lost}, {difference}.", lost=lost, difference=difference
    )


def _difference(plan: Plan, other_plan: Plan) -> str:
    mine = plan.objectives.iloc[0]
    other = other_plan.objectives.iloc[0]
    change = float(other["value"] - mine["value"])
    valued = mine["objective"] == "strategic_value"
    what = say("value") if valued else objective_words(mine["objective"])
    size = abs(mine["value"])
    if abs(change) <= 1e-9 * size:
        return say("at the same {objective}", objective=what)
    by = _percent(abs(change) / size) if size else worth(abs(change))
    if change < 0:
        words = say("for {amount} less {objective}", amount=by, objective=what)
    else:
        words = say("for {amount} more {objective}", amount=by, objective=what)
    # Both are known to their own distances only, and so is their difference.
    known_to = max(float(mine["gap"]), float(other["gap"]))
    if not known_to > 1e-9:
        return words
    within = _rounded_up(known_to)
    return say("{difference} (each known to {gap} %)", difference=words, gap=within)


def distance_sentence(content: BoardContent) -> str:
    """How far the plan may be from the best possible."""
    first = content.plan.objectives.iloc[0]
    gap = float(first["gap"])
    if math.isnan(gap):
        return say("How far the plan is from the best possible is not known.")
    if gap <= 1e-9:
        if first["objective"] == "strategic_value":
            return say("No plan within the rules has a higher value.")
        return say("No plan within the rules is better.")
    if gap > _FAR:
        return say("A much better plan may exist: there was too little time to tell.")
    if content.scenario.give_up[0] > 0:
        return say(
            "No plan within the rules can be better by more than {gap} %, what later objectives "
            "were given included.",
            gap=_rounded_up(gap),
        )
    return say("No plan within the rules can be better by more than {gap} %.", gap=_rounded_up(gap))


def _rounded_up(gap: float) -> str:
    """Per cent; rounded to the nearest it could promise more than was proven."""
    return decimal(math.ceil(gap * 10_000 - 1e-6) / 100, ".2f")


def _value_share(content: BoardContent, rows: pd.DataFrame) -> str:
    offered = content.counted(*ON_OFFER)
    total = float(offered["value"].sum())
    if total <= 0 or (offered["value"] < 0).any():
        return say("{amount} in value", amount=worth(float(rows["value"].sum())))
    return say("{share} of the value on offer", share=share(rows["value"].sum() / total))


def _names(content: BoardContent, projects: set[str]) -> str:
    """Three of the projects by name, and how many there are more; blank for none."""
    rows = content.projects[content.projects["project_id"].isin(projects)]
    names = list(_named(rows)["name"][:3])
    rest = len(rows) - len(names)
    if rest and names:
        names.append(plural("{n} more", "{n} more", rest))
    elif rest:
        names.append(plural("{n} project", "{n} projects", rest))
    return listed(names) if names else ""


def _percent(part: float) -> str:
    if part < 0.00005:
        return say("under {part} %", part=decimal(0.01, ".2f"))
    return f"{decimal(part * 100, '.2f')} %"
