"""Sentences of a board report, each computed from the content beside it."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.figures import money, share
from portfolio.plan import Plan, Status
from portfolio.reports.content import ON_OFFER, BoardContent, worth

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

_FAR = 10.0
"""A gap, as a share of the plan's value, that says nothing any more."""


def approve_sentence(content: BoardContent) -> str:
    """What the board is asked to approve, and by when."""
    rows = content.asks[content.asks["ask"] == "approve"]
    if rows.empty:
        return "Nothing new is to be approved."
    cost = money(rows["cost"].sum(), content.currency)
    number = _projects(len(rows))
    return f"Approve {number} of {cost} in all; the first by {_day(rows['by'].min())}."


def release_sentence(content: BoardContent) -> str:
    """What the board is asked to release, and by when."""
    rows = content.asks[content.asks["release"] > 0]
    if rows.empty:
        return "No money is to be released."
    amount = money(rows["release"].sum(), content.currency)
    return (
        f"Release {amount} to {_projects(len(rows))}, each up to its next gate or, without one, "
        f"the end of its first year in the plan; the first by {_day(rows['by'].min())}."
    )


def stop_sentence(content: BoardContent) -> str:
    """What the board is asked to stop; empty where nothing is."""
    rows = content.counted("stopped")
    if rows.empty:
        return ""
    return (
        f"Stop {_projects(len(rows))} in flight, which would still cost "
        f"{money(rows['cost'].sum(), content.currency)}."
    )


def kinds_sentence(content: BoardContent) -> str:
    """How much of the plan's money is bound, and how much is a choice."""
    spend = content.kinds.set_index("kind")["spend"]
    if not spend.any():
        return "No money is spent inside the horizon."
    parts = {
        "must_do": "must be spent",
        "committed": "is committed",
        "discretionary": "is a choice",
    }
    said = [
        f"{money(spend[kind], content.currency)} {words}"
        for kind, words in parts.items()
        if spend[kind]
    ]
    if content.hiring:
        said[-1] += f" ({money(content.hiring, content.currency)} of it for people who join)"
    total = money(spend.sum(), content.currency)
    return f"Of {total} inside the horizon, {_listed(said)}."


def passed_sentence(content: BoardContent) -> str:
    """How many limits the plan passes because its scenario lets it, and the most severe."""
    rows = content.passed
    number = f"{len(rows)} {'limit' if len(rows) == 1 else 'limits'}"
    lead = f"The plan passes {number}, as its scenario lets it"
    measured = rows[rows["over"].notna()]
    if measured.empty:
        return lead
    first = measured.iloc[0]
    if first["unit"] == "money":
        over = money(first["over"], content.currency)
    else:
        over = f"{first['over']:,.3g} {first['unit']}".rstrip()
    most = "" if len(rows) == 1 else "most of all "
    return f"{lead}: {most}{first['words']} by {over}"


def cannot_sentence(content: BoardContent) -> str:
    """What cannot be done, and the largest part of it."""
    if content.counted(*ON_OFFER).empty:
        return "No project is on offer."
    rows = content.counted("left_out")
    by = "value"
    if rows.empty:
        rows, by = content.counted("stopped"), "cost"
    if rows.empty:
        return "Every project on offer is in the plan."
    if by == "value":
        verb = "is" if len(rows) == 1 else "are"
        lead = f"{_projects(len(rows))} {verb} left out, worth {_value_share(content, rows)}"
    else:
        lead = f"{_projects(len(rows))} in flight {'is' if len(rows) == 1 else 'are'} stopped"
    named = rows[~rows["confidential"].fillna(False).astype(bool)]
    if named.empty:
        return f"{lead}."
    first = named.sort_values(by, ascending=False, kind="stable").iloc[0]
    reason = str(first["reason"]).split(": ", 1)[-1].rstrip(".")
    reason = reason[:1].lower() + reason[1:]
    most = "most valuable" if by == "value" else "costliest"
    of_those = "The" if len(named) == len(rows) else "Of those that may be named, the"
    return f"{lead}. {of_those} {most} is {first['name']}: {reason}."


def next_best_sentence(content: BoardContent) -> str:
    """The best other choice of projects, and what it is worth beside the plan.

    Empty where none was looked for.
    """
    other = content.next_best
    if other is None:
        return ""
    if other.status is Status.INFEASIBLE:
        return "There is no other choice of projects within the rules."
    if other.selection is None:
        return "No other choice of projects was found in the time given."
    now, then = (
        set(plan.selection.loc[plan.selection["selected"], "project_id"])
        for plan in (content.plan, other)
        if plan.selection is not None
    )
    gained, lost = then - now, now - then
    parts = []
    if gained:
        parts.append(f"takes in {_names(content, gained)}")
    if lost:
        parts.append(f"{'and ' if gained else ''}gives up {_names(content, lost)}")
    return f"The next-best choice {' '.join(parts)}, {_difference(content.plan, other)}."


def _difference(plan: Plan, other_plan: Plan) -> str:
    mine = plan.objectives.iloc[0]
    other = other_plan.objectives.iloc[0]
    change = float(other["value"] - mine["value"])
    what = (
        "value" if mine["objective"] == "strategic_value" else mine["objective"].replace("_", " ")
    )
    size = abs(mine["value"])
    if abs(change) <= 1e-9 * size:
        return f"at the same {what}"
    by = _percent(abs(change) / size) if size else worth(abs(change))
    words = f"for {by} {'less' if change < 0 else 'more'} {what}"
    # Both are known to their own distances only, and so is their difference.
    known_to = max(float(mine["gap"]), float(other["gap"]))
    if not known_to > 1e-9:
        return words
    within = f"each known to {math.ceil(known_to * 10_000 - 1e-6) / 100:.2f} %"
    return f"{words} ({within})"


def distance_sentence(content: BoardContent) -> str:
    """How far the plan may be from the best possible."""
    first = content.plan.objectives.iloc[0]
    gap = float(first["gap"])
    if math.isnan(gap):
        return "How far the plan is from the best possible is not known."
    if gap <= 1e-9:
        valued = first["objective"] == "strategic_value"
        return f"No plan within the rules {'has a higher value' if valued else 'is better'}."
    if gap > _FAR:
        return "A much better plan may exist: there was too little time to tell."
    # Rounded up: rounded to the nearest it could promise more than was proven.
    most = math.ceil(gap * 10_000 - 1e-6) / 100
    words = f"No plan within the rules can be better by more than {most:.2f} %"
    if content.scenario.give_up[0] > 0:
        return f"{words}, what later objectives were given included."
    return f"{words}."


def _value_share(content: BoardContent, rows: pd.DataFrame) -> str:
    offered = content.counted(*ON_OFFER)
    total = float(offered["value"].sum())
    if total <= 0 or (offered["value"] < 0).any():
        return f"{worth(float(rows['value'].sum()))} in value"
    return f"{share(rows['value'].sum() / total)} of the value on offer"


def _names(content: BoardContent, projects: set[str]) -> str:
    rows = content.projects[content.projects["project_id"].isin(projects)]
    open_ = rows[~rows["confidential"].fillna(False).astype(bool)]
    names = list(open_["name"][:3])
    rest = len(rows) - len(names)
    if rest:
        names.append(f"{rest} more" if names else _projects(rest))
    return _listed(names)


def _percent(part: float) -> str:
    return f"{part:.2%}".replace("%", " %") if part >= 0.00005 else "under 0.01 %"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _projects(number: int) -> str:
    return f"{number} {'project' if number == 1 else 'projects'}"


def _day(day: object) -> str:
    stamp = pd.Timestamp(str(day))
    return f"{stamp.day} {stamp:%B %Y}"
