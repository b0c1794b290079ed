"""Options of projects: every one that there is, and the one that a blank stands for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

__all__ = ["default_options", "every_option"]

_KEY = ["project_id", "option_id"]


def default_options(projects: pd.DataFrame, options: pd.DataFrame) -> pd.Series[str]:
    """What a blank option means: the running one, else the only one.

    Returns
    -------
    pandas.Series of str, indexed by project_id
        Of projects that have options.
    """
    first = options.groupby("project_id")["option_id"].first()
    named = projects.set_index("project_id")["option_id"]
    running = named[named != ""]
    defaults: pd.Series[str] = pd.concat([running, first[~first.index.isin(running.index)]])
    return defaults


def every_option(
    projects: pd.DataFrame, options: pd.DataFrame, happening: Iterable[pd.DataFrame]
) -> pd.DataFrame:
    """Every option of every project, implicit ones included.

    Parameters
    ----------
    projects, options : pandas.DataFrame
        The tables.
    happening : iterable of pandas.DataFrame
        What lasts as long as an option does, counted from the project's start: costs and demand.

    Returns
    -------
    pandas.DataFrame
        As `Portfolio.options`.
    """
    found = projects[["project_id"]].merge(options, on="project_id", how="left")
    found["option_id"] = found["option_id"].astype("str").fillna("")
    found["name"] = found["name"].astype("str").fillna("")
    found["value_share"] = found["value_share"].fillna(1.0)
    rows = pd.concat([table[[*_KEY, "offset"]] for table in happening])
    offsets = rows.groupby(_KEY)["offset"].max().reset_index()
    derived = found[_KEY].merge(offsets, on=_KEY, how="left")
    last = derived["offset"].fillna(0).to_numpy(dtype=np.int64)
    given = found["duration"].astype("float64").to_numpy()
    found["duration"] = np.where(np.isnan(given), np.maximum(last + 1, 1), given).astype(np.int64)
    return found
