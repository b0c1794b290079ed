"""Whether a plan, the last allocation and the tables fit each other, before people are named."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portfolio.allocation import Allocation
from portfolio.data.calendar import label_frequency
from portfolio.data.portfolio import Portfolio
from portfolio.errors import DataError, Fault
from portfolio.plan import Plan

__all__ = ["check_plan", "check_previous"]


def check_plan(portfolio: Portfolio, plan: Plan) -> None:
    """Refuse a plan that is not of these projects, or that leaves out where somebody is fixed.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    plan : Plan
        With a solution.

    Raises
    ------
    DataError
        With every fault found.
    """
    assert plan.selection is not None
    faults = _strangers(portfolio, plan.selection)
    if not faults:
        faults = _fixed_elsewhere(portfolio, plan.selection)
    if faults:
        raise DataError(faults)


def check_previous(portfolio: Portfolio, previous: Allocation) -> None:
    """Refuse an allocation of the last period in which nobody is of these people.

    Somebody may have left, and projects may have ended, but not all of them at once.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    previous : Allocation

    Raises
    ------
    DataError
        If it is of other people or of other projects.
    """
    if previous.allocation is None:
        return
    faults = []
    for column, table in (("person_id", "people"), ("project_id", "projects")):
        ids = previous.allocation[column]
        named = ids[ids != ""]
        if len(named) and not named.isin(portfolio[table][column]).any():
            rule = f"is not among the {table} of the data, nor is any other of the allocation"
            remedy = "give the last allocation of these data"
            number = int(named.index[0]) + 2
            value = str(named.iloc[0])
            faults.append(
                Fault("allocation.csv", number, column, value, rule, remedy, "allocation")
            )
    if faults:
        raise DataError(faults)


def _strangers(portfolio: Portfolio, selection: pd.DataFrame) -> list[Fault]:
    """Projects, options and starts of the plan that the tables do not know."""
    known = set(zip(portfolio.options["project_id"], portfolio.options["option_id"], strict=True))
    frequency = portfolio.calendar.frequency
    faults = []
    columns = ("project_id", "option_id", "start", "finish", "selected")
    rows = zip(*(selection[name].tolist() for name in columns), strict=True)
    for number, (project, option, start, finish, selected) in enumerate(rows, 2):
        if not selected:
            continue
        remedy = "give the plan of these data, or choose projects again by leaving --plan out"
        if (project, option) not in known:
            value = f"{project} {option}".strip()
            rule = "is in the plan, and not among the projects and options of the data"
            faults.append(
                Fault("selection.csv", number, "project_id", value, rule, remedy, "selection")
            )
            continue
        for column, label in (("start", start), ("finish", finish)):
            if label_frequency(label) != frequency:
                rule = f"is not a {frequency}, and the plan runs the project then"
                faults.append(
                    Fault("selection.csv", number, column, label, rule, remedy, "selection")
                )
    return faults


def _fixed_elsewhere(portfolio: Portfolio, selection: pd.DataFrame) -> list[Fault]:
    """Fixed assignments to projects that the plan leaves out."""
    decided = selection.set_index("project_id")["decision"]
    running = set(selection.loc[selection["selected"], "project_id"])
    rows = portfolio["assignments"]
    # Stopping a project ends its assignments; leaving one out contradicts them.
    fixed = (rows["kind"] == "fixed") & ~rows["project_id"].isin(running)
    fixed &= rows["project_id"].map(decided).astype("object") != "stopped"
    return [
        portfolio.fault(
            "assignments",
            int(number),
            "project_id",
            "has a fixed assignment, and is not in the plan",
            "force the project in, or make the assignment preferred, or delete it",
        )
        for number in np.flatnonzero(fixed)
    ]
