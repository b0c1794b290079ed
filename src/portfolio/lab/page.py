"""What the page shows of an exploration, as plain JSON data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from portfolio.data.portfolio import FREE_STAGES, Portfolio
from portfolio.drivers import strategic_value
from portfolio.figures import money, number, period_words
from portfolio.figures.formats import worth
from portfolio.lab.answer import Answer
from portfolio.lab.comparison import differences, measures
from portfolio.lab.exploration import AUTO, MOST_MONEY, MOST_PEOPLE, Exploration
from portfolio.lab.obstacles import obstacles, overshoots
from portfolio.lab.words import moves_in_words
from portfolio.reports.decision_words import decision_words
from portfolio.reports.sentences import distance_sentence

__all__ = ["comparison", "moves", "pictures", "result", "setting"]

_STAGES = {
    "idea": "Idea, not on offer",
    "proposed": "Proposed",
    "approved": "Approved",
    "in_flight": "In flight",
    "on_hold": "On hold",
    "closed": "Closed",
}
_NO_PLAN = {"infeasible": "No plan is possible."}


def setting(exploration: Exploration) -> dict[str, Any]:
    """What sliders and switches there are, and what they are about."""
    given = exploration.given
    return {
        "portfolio": given.settings.name,
        "funds": _funds(exploration),
        "roles": _roles(exploration),
        "periods": [
            {"label": label, "words": period_words(label)} for label in given.calendar.labels
        ],
        "projects": _projects(exploration),
        "valued": _valued(given),
        "most_money": MOST_MONEY,
    }


def _funds(exploration: Exploration) -> list[dict[str, Any]]:
    given = exploration.given
    sums = given["budgets"].groupby("fund_id", sort=False)["amount"].sum()
    currency = given.settings.currency
    return [
        {
            "id": fund,
            "name": fund.replace("_", " ").capitalize(),
            "amount": float(sums[fund]),
            "words": money(float(sums[fund]), currency),
        }
        for fund in exploration.funds
    ]


def _roles(exploration: Exploration) -> list[dict[str, Any]]:
    given = exploration.given
    needed = set(given["demand"].loc[given["demand"]["fte"] > 0, "role_id"])
    rows = []
    for role, name in zip(given["roles"]["role_id"], given["roles"]["name"], strict=True):
        has = exploration.supply[role]
        rows.append(
            {
                "id": role,
                "name": name,
                "least": exploration.least_people(role),
                "most": MOST_PEOPLE,
                "words": _range(float(has.min()), float(has.max())),
                "needed": role in needed,
            }
        )
    return rows


def _range(least: float, most: float) -> str:
    low, high = number(least), number(most)
    return f"{low} FTE" if low == high else f"{low} to {high} FTE"


def _valued(given: Portfolio) -> bool:
    tables = given.tables
    return bool(tables["projects"]["value"].notna().any() or len(tables["impacts"]))


def _projects(exploration: Exploration) -> list[dict[str, Any]]:
    given = exploration.given
    risk_adjusted = exploration.scenario.risk_adjusted
    values = strategic_value(given, risk_adjusted=risk_adjusted)["value"].tolist()
    costs = _costs(given)
    programmes = given["programmes"].set_index("programme_id")["name"].to_dict()
    currency = given.settings.currency
    rows = []
    for row, value in zip(given["projects"].to_dict("records"), values, strict=True):
        project, cost = row["project_id"], costs.get(row["project_id"], 0.0)
        free = row["stage"] in FREE_STAGES
        rows.append(
            {
                "id": project,
                "name": row["name"],
                "programme": programmes.get(row["programme_id"], ""),
                "stage": _STAGES[row["stage"]],
                "value": value,
                "value_words": worth(value),
                "cost": cost,
                "cost_words": money(cost, currency),
                "force": row["force"] or AUTO,
                "earliest": row["earliest_start"],
                "switch": free or row["stage"] == "in_flight",
                "movable": free,
            }
        )
    return rows


def _costs(given: Portfolio) -> dict[str, float]:
    """What each project costs from the first period on, by its first option."""
    costs = given.by_offset("costs")
    first = given.options.drop_duplicates("project_id").set_index("project_id")["option_id"]
    running = given["projects"].set_index("project_id")["option_id"]
    option = running.where(running != "", first.reindex(running.index))
    rows = costs[costs["option_id"].to_numpy() == costs["project_id"].map(option).to_numpy()]
    begun = rows["project_id"].map(given.started.clip(upper=0)).to_numpy(np.int64)
    ahead = rows[begun + rows["offset"].to_numpy(np.int64) >= 0]
    return {str(p): float(a) for p, a in ahead.groupby("project_id")["amount"].sum().items()}


def moves(exploration: Exploration) -> dict[str, Any]:
    """What is moved, and what that is called."""
    controls, scenario = exploration.controls, exploration.scenario
    return {
        "money": dict(controls.money),
        "people": dict(controls.people),
        "forced": {project: force or AUTO for project, force in controls.forced.items()},
        "starts": dict(controls.starts),
        "count": len(moves_in_words(controls, exploration.given)),
        "words": exploration.words,
        "scenario": scenario.name,
        "title": scenario.title,
        "stale": exploration.stale,
        "undoable": exploration.undoable,
    }


def result(answer: Answer | None) -> dict[str, Any]:
    """What the last solve found, or why it found nothing."""
    if answer is None:
        return {"headline": "Nothing is solved for yet.", "cards": [], "rows": {}, "obstacles": []}
    content = answer.content
    if content is None or answer.plan.selection is None:
        return {
            "headline": _NO_PLAN.get(answer.plan.status, "No plan was found."),
            "cards": [],
            "rows": {},
            "obstacles": [asdict(one) for one in obstacles(answer)],
        }
    cards = [{"figure": figure, "words": words} for figure, words in content.cards]
    return {
        "headline": distance_sentence(content),
        "cards": cards,
        "rows": _rows(answer.plan.selection),
        "obstacles": [asdict(one) for one in overshoots(answer)],
        "objective": float(answer.plan.objectives["value"].iloc[0]),
        "seconds": answer.plan.seconds,
    }


def _rows(selection: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {
        row["project_id"]: {
            "decision": row["decision"],
            "words": decision_words(row["decision"]),
            "start": period_words(row["start"]) if row["start"] else "",
            "finish": period_words(row["finish"]) if row["finish"] else "",
            "reason": row["reason"],
            "selected": bool(row["selected"]),
        }
        for row in selection.to_dict("records")
    }


def comparison(exploration: Exploration) -> dict[str, Any]:
    """Plans that are kept, and the last one, side by side."""
    plans = exploration.plans
    columns = [{one.name: one for one in measures(answer)} for _, answer in plans]
    names = list(dict.fromkeys(name for column in columns for name in column))
    return {
        "labels": [label for label, _ in plans],
        "kept": len(exploration.kept),
        "measures": [
            {
                "name": name,
                "cells": [column[name].words if name in column else "" for column in columns],
            }
            for name in names
        ],
        "differences": [
            {"label": label, "lines": differences(answer, plans[0][1]).lines()}
            for label, answer in plans[1:]
        ],
    }


def pictures(answer: Answer | None) -> list[dict[str, str]]:
    """The pictures, with their headlines and alternative texts."""
    if answer is None or answer.content is None:
        return []
    found = [
        {"title": one.title, "alt": one.alt, "svg": one.svg, "note": ""} for one in answer.pictures
    ]
    if answer.content.undrawn:
        # The last is the roadmap, which would else seem to tell of all.
        found[-1]["note"] = (
            f"The roadmap leaves out {answer.content.undrawn} of the smaller projects in flight."
        )
    return found
