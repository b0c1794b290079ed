"""What everybody wants: each project on offer from its earliest start, before any choice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.plan import SELECTION_COLUMNS

__all__ = ["wanted_selection"]

_ASKS = ("proposed", "approved")


def wanted_selection(portfolio: Portfolio) -> pd.DataFrame:
    """A selection of all projects that ask for people, as if nothing were limited.

    Projects in flight run on from where they started; proposed and approved
    ones begin at their earliest start, as their first option. Ideas, projects
    on hold or closed and those forced out ask for nobody.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.

    Returns
    -------
    pandas.DataFrame
        With the columns of `Plan.selection`; one row a project.
    """
    calendar = portfolio.calendar
    projects = portfolio.tables["projects"]
    first = portfolio.options.drop_duplicates("project_id")
    columns = ["project_id", "option_id", "duration"]
    running = projects[["project_id", "option_id"]].merge(
        portfolio.options[columns], on=["project_id", "option_id"]
    )
    options = pd.concat([running, first[columns]]).drop_duplicates("project_id")
    options = options.set_index("project_id").loc[projects["project_id"]]
    flying = (projects["stage"] == "in_flight").to_numpy(dtype=bool)
    asks = projects["stage"].isin(_ASKS) & (projects["force"] != "out")
    earliest = [
        max(calendar.index(label), 0) if label else 0 for label in projects["earliest_start"]
    ]
    start = np.where(flying, portfolio.started.to_numpy(np.int64), earliest)
    finish = start + options["duration"].to_numpy(np.int64) - 1
    selected = flying | asks.to_numpy(dtype=bool)
    rows = {
        "project_id": projects["project_id"],
        "option_id": options["option_id"].to_numpy(object),
        "selected": selected,
        "start": np.where(selected, [calendar.label(int(t)) for t in start], ""),
        "finish": np.where(selected, [calendar.label(int(t)) for t in finish], ""),
        "decision": np.select([flying, selected], ["in_flight", "funded"], "left_out"),
        "reason": "",
    }
    return pd.DataFrame(rows)[list(SELECTION_COLUMNS)]
