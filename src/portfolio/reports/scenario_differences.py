"""What each scenario changes in the plan, and because of which of its changes."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.analysis.compare.words import compared_words, gain_words
from portfolio.figures import period_words
from portfolio.language import decimal, mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.pieces import Pieces
from portfolio.reports.scenario_written import or_blank, sized
from portfolio.reports.scenarios import ScenariosContent
from portfolio.reports.written import WHOLE

__all__ = ["differences"]

_MOST_ROWS = 40
_WHAT = {
    "enters": mark("Enters"),
    "leaves": mark("Leaves"),
    "option": mark("Other option"),
    "start": mark("Other start"),
}


def differences(content: ScenariosContent) -> Pieces:
    """What each scenario changes in the plan, and because of which of its changes."""
    page = Pieces()
    for name in content.found.others:
        if content.found.plans[name].feasible:
            page += _difference(content, name)
    return page


def _difference(content: ScenariosContent, name: str) -> Pieces:
    rows = content.differences(name)
    notes = []
    hidden = content.hidden_moves.get(name, 0)
    if hidden:
        notes.append(
            plural(
                "{n} confidential project of them stands below unnamed",
                "{n} confidential projects of them stand below unnamed",
                hidden,
            )
        )
    if len(rows) > _MOST_ROWS:
        notes.append(
            say("the first {most} of {all}", most=_MOST_ROWS, all=decimal(len(rows), ",d"))
        )
    said = pieces.finding(compared_words(content.found, name, sized(content)), "; ".join(notes))
    steps = content.shown.steps
    steps = steps[steps["scenario"] == name]
    if len(steps) > 1:
        said += pieces.table(
            steps.assign(
                step=[decimal(number, ".0f") for number in steps["step"]],
                gained=[
                    gain_words(row, sized(content))
                    if not math.isnan(row["value"])
                    else say("no plan by itself")
                    for row in steps.to_dict("records")
                ],
            ),
            {
                "step": "",
                "what": say("Step by step"),
                "gained": say("Gain of value"),
                "enters": say("Enter"),
                "leaves": say("Leave"),
                "moves": say("Move"),
            },
            name=say("Steps"),
            numbers=dict.fromkeys(("enters", "leaves", "moves"), or_blank(WHOLE)),
            wide=("what",),
        )
    if rows.empty:
        return said
    shown = rows.head(_MOST_ROWS)
    columns = {"project": say("Project"), "what": "", "before": say("Was"), "after": say("Becomes")}
    if len(steps) > 1:
        columns["steps"] = say("Because of step")
    return said + pieces.table(
        shown.assign(
            what=[say(_WHAT[what]) for what in shown["what"]],
            before=_placed(
                shown["decision_before"],
                shown["start_before"],
                shown["option_before"],
                shown["option_id"],
            ),
            after=_placed(
                shown["decision"], shown["start"], shown["option_id"], shown["option_before"]
            ),
        ),
        columns,
        name=say("Differences"),
        unbroken=("before", "after"),
        caption=""
        if len(steps) > 1
        else "; ".join(say("Because of: {change}", change=one) for one in steps["what"]),
    )


def _placed(
    decisions: pd.Series[str],
    starts: pd.Series[str],
    options: pd.Series[str],
    others: pd.Series[str],
) -> list[str]:
    """When a project starts, and as what where that differs; that it is stopped."""

    def place(decision: str, start: str, option: str, other: str) -> str:
        if not start:
            return say("Stopped") if decision == "stopped" else "–"
        return " · ".join([period_words(start), *([option] if other not in ("", option) else [])])

    return [place(*row) for row in zip(decisions, starts, options, others, strict=True)]
