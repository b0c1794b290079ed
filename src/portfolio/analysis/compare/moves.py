"""What differs between two plans: who is in, who is out, who starts at another time."""

from __future__ import annotations

from typing import Final

import pandas as pd

from portfolio.plan import Plan
from portfolio.result_tables import Columns

__all__ = ["MOVES", "WHAT", "moves", "placements"]

MOVES: Final[Columns] = {
    "project_id": "text",
    "what": "text",
    "decision_before": "text",
    "option_before": "text",
    "start_before": "text",
    "decision": "text",
    "option_id": "text",
    "start": "text",
}

WHAT: Final = ("enters", "leaves", "option", "start")
"""What may happen to a project: it enters or leaves the plan, has another option, or start."""

_PLACE: Final = ["decision", "option_id", "start"]
_NOWHERE: Final = dict.fromkeys(_PLACE, "")


def placements(plan: Plan) -> pd.DataFrame:
    """Where each project stands in a plan: decision, option_id, start; by project_id.

    What is not chosen has neither option nor start.
    """
    assert plan.selection is not None
    rows = plan.selection.set_index("project_id")
    return rows[_PLACE].where(rows["selected"], rows[_PLACE].assign(option_id="", start=""))


def moves(before: Plan, after: Plan) -> pd.DataFrame:
    """Projects that stand elsewhere in a plan than in another.

    Parameters
    ----------
    before, after : Plan
        With solutions.

    Returns
    -------
    pandas.DataFrame
        One row a project that is in one plan only, or in both with another option or start:
        project_id, what (one of `WHAT`), decision_before, option_before, start_before,
        decision, option_id, start. Those that enter come first, then those that leave.
    """
    assert before.selection is not None
    assert after.selection is not None
    one, two = (placements(plan).to_dict("index") for plan in (before, after))
    inside = [set(p.loc[p["selected"], "project_id"]) for p in (before.selection, after.selection)]
    rows = []
    for project in dict.fromkeys([*one, *two]):
        was, now = one.get(project, _NOWHERE), two.get(project, _NOWHERE)
        what = ""
        if (project in inside[0]) != (project in inside[1]):
            what = "enters" if project in inside[1] else "leaves"
        elif was["option_id"] != now["option_id"]:
            what = "option"
        elif was["start"] != now["start"]:
            what = "start"
        if what:
            rows.append((project, what, *was.values(), *now.values()))
    frame = pd.DataFrame(rows, columns=list(MOVES))
    order = frame["what"].map({what: n for n, what in enumerate(WHAT)})
    return frame.iloc[order.argsort(kind="stable")].reset_index(drop=True)
