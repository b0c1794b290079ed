"""Families on which projects are chosen and when they start."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.codes import pairs
from portfolio.models.linear import Family, LinearModel
from portfolio.models.selection.terms import Terms

__all__ = [
    "earliest_start",
    "finish_to_start",
    "forced_in",
    "forced_out",
    "groups",
    "in_flight",
    "latest_finish",
    "latest_start",
    "once",
    "requires",
    "start_to_start",
]

Ints = npt.NDArray[np.int64]


def once(terms: Terms, model: LinearModel) -> Family:
    """A free project has at most one option and one start.

    sum over o, t of start[p, o, t] <= 1
    """
    return _projects("once", terms, np.flatnonzero(terms.free), upper=1.0)


def in_flight(terms: Terms, model: LinearModel) -> Family:
    """A project in flight stays, or is stopped where the scenario allows it.

    start[p] + stop[p] = 1
    """
    stops = pd.DataFrame(
        {"column": terms.first_stop + np.arange(len(terms.stops)), "coefficient": 1.0}
    ).assign(project_id=terms.stops)
    codes = np.flatnonzero(terms.in_flight)
    return _projects("in_flight", terms, codes, stops, lower=1.0, upper=1.0)


def earliest_start(terms: Terms, model: LinearModel) -> Family:
    """A free project starts not before its earliest start.

    sum over o, t < earliest_start[p] of start[p, o, t] <= 0
    """
    return _window("earliest_start", terms, lambda starts, limit: starts["t"] < limit)


def latest_start(terms: Terms, model: LinearModel) -> Family:
    """A free project starts not after its latest start.

    sum over o, t > latest_start[p] of start[p, o, t] <= 0
    """
    return _window("latest_start", terms, lambda starts, limit: starts["t"] > limit)


def latest_finish(terms: Terms, model: LinearModel) -> Family:
    """The last period in which a free project runs is not after its latest finish.

    sum over o, t with t + duration[o] - 1 > latest_finish[p] of start[p, o, t] <= 0
    """
    return _window(
        "latest_finish",
        terms,
        lambda starts, limit: starts["t"] + starts["duration"] - 1 > limit,
    )


def forced_in(terms: Terms, model: LinearModel) -> Family:
    """A project that is forced in is chosen.

    sum over o, t of start[p, o, t] >= 1
    """
    chosen = (terms.projects["force"] == "in") & (terms.free | terms.in_flight)
    return _projects("forced_in", terms, np.flatnonzero(chosen), lower=1.0)


def forced_out(terms: Terms, model: LinearModel) -> Family:
    """A project that is forced out is not chosen.

    sum over o, t of start[p, o, t] <= 0
    """
    chosen = (terms.projects["force"] == "out") & (terms.free | terms.in_flight)
    return _projects("forced_out", terms, np.flatnonzero(chosen), upper=0.0)


def requires(terms: Terms, model: LinearModel) -> Family:
    """A project is chosen only where the one that it needs is chosen.

    sum of start[p] - sum of start[q] <= 0; a closed q counts as met. Under
    the timed kinds this stands for projects in flight, whose start is past.
    """
    links = _links(terms, "requires")
    return _needs("requires", terms, links)


def finish_to_start(terms: Terms, model: LinearModel) -> Family:
    """A project starts only after the one that it needs has finished, plus lag.

    sum over o, s <= t of start[p, o, s]
    - sum over o, s with s + duration[o] + lag <= t of start[q, o, s] <= 0, for each t

    One row a period rather than one a link: the relaxation is tight (Pritsker,
    Watters and Wolfe 1969; Christofides, Alvarez-Valdes and Tamarit 1987).
    """
    return _timed("finish_to_start", terms, after_finish=True)


def start_to_start(terms: Terms, model: LinearModel) -> Family:
    """A project starts only after the one that it needs has started, plus lag.

    sum over o, s <= t of start[p, o, s]
    - sum over o, s with s + lag <= t of start[q, o, s] <= 0, for each t
    """
    return _timed("start_to_start", terms, after_finish=False)


def groups(terms: Terms, model: LinearModel) -> Family:
    """Exactly, at least, at most, or all or none of a group's projects are chosen.

    limit <= sum over members p of sum of start[p] <= limit; for all or none,
    sum of start[p] - sum of start[p'] = 0 for members p and p' that follow each other.
    Closed members are left out; ideas count as not chosen.
    """
    table = terms.portfolio.tables["groups"]
    members = _members(terms)
    rows: list[str] = []
    lower: list[float] = []
    upper: list[float] = []
    counted: list[tuple[int, int, float]] = []
    soft = 1.0 + terms.scenario.soften.get("groups", 0.0)
    for group, kind, limit in zip(table["group_id"], table["kind"], table["limit"], strict=True):
        codes = members.get(group, [])
        if kind == "all_or_none":
            for one, other in itertools.pairwise(codes):
                counted += [(len(rows), one, 1.0), (len(rows), other, -1.0)]
                pair = f"{group}: {terms.projects['project_id'][one]} as "
                rows.append(pair + terms.projects["project_id"][other])
                lower.append(0.0)
                upper.append(0.0)
            continue
        counted += [(len(rows), code, 1.0) for code in codes]
        rows.append(group)
        lower.append(float(limit) * (2 - soft) if kind in ("exactly", "at_least") else -np.inf)
        upper.append(float(limit) * soft if kind in ("exactly", "at_most") else np.inf)
    frame = pd.DataFrame({"group_id": pd.Series(rows, dtype="str")})
    signs = pd.DataFrame(counted, columns=["row", "project", "coefficient"])
    return Family("groups", frame, _chosen(terms, signs), np.array(lower), np.array(upper))


def _members(terms: Terms) -> dict[str, list[int]]:
    """Codes of each group's projects, without closed ones."""
    table = terms.portfolio.tables["group_members"]
    members: dict[str, list[int]] = {}
    for group, project in zip(table["group_id"], table["project_id"], strict=True):
        if terms.stage[terms.code[project]] != "closed":
            members.setdefault(group, []).append(terms.code[project])
    return members


def _projects(
    name: str,
    terms: Terms,
    codes: Ints,
    *others: pd.DataFrame,
    lower: float = -np.inf,
    upper: float = np.inf,
) -> Family:
    """One row a project, over all of its starts, and other entries."""
    starts = terms.starts["project"].to_numpy()
    column = np.flatnonzero(np.isin(starts, codes))
    entries = pd.DataFrame({"project_id": starts[column], "column": column, "coefficient": 1.0})
    return Family(name, pd.DataFrame({"project_id": codes}), (entries, *others), lower, upper)


def _window(
    name: str, terms: Terms, outside: Callable[[pd.DataFrame, npt.NDArray[np.float64]], pd.Series]
) -> Family:
    """One row a project with the limit, over the starts that it rules out."""
    limit = terms.limit(name)
    codes = np.flatnonzero(terms.free & ~np.isnan(limit))
    starts = terms.starts
    project = starts["project"].to_numpy()
    ruled_out = outside(starts, limit[project]).to_numpy() & np.isin(project, codes)
    column = np.flatnonzero(ruled_out)
    entries = pd.DataFrame({"project_id": project[column], "column": column, "coefficient": 1.0})
    return Family(name, pd.DataFrame({"project_id": codes}), entries, upper=0.0)


def _links(terms: Terms, kind: str) -> pd.DataFrame:
    """Links of a kind as codes: project, other, lag; without those that are met for good."""
    table = terms.portfolio.tables["dependencies"]
    table = table[table["kind"] == kind]
    links = pd.DataFrame(
        {
            "project": table["project_id"].map(terms.code).to_numpy(np.int64),
            "other": table["other_id"].map(terms.code).to_numpy(np.int64),
            "lag": table["lag"].to_numpy(np.int64),
        }
    )
    offered = terms.free | terms.in_flight
    keep = offered[links["project"].to_numpy()] & (
        terms.stage[links["other"].to_numpy()] != "closed"
    )
    kept: pd.DataFrame = links[keep]
    return kept.reset_index(drop=True)


def _needs(name: str, terms: Terms, links: pd.DataFrame) -> Family:
    parts = []
    for sign, end in ((1.0, "project"), (-1.0, "other")):
        link, column = pairs(links[end].to_numpy(), terms.starts["project"].to_numpy())
        parts.append(pd.DataFrame({"row": link, "column": column, "coefficient": sign}))
    rows = links[["project", "other"]].set_axis(["project_id", "other_id"], axis=1)
    return Family(name, rows, _stacked(parts), upper=0.0)


def _timed(name: str, terms: Terms, *, after_finish: bool) -> Family:
    """Rows of a timed link: one a period for free projects, one for those in flight."""
    links = _links(terms, name)
    flying = terms.in_flight[links["project"].to_numpy()]
    periods = np.where(flying, 1, terms.periods)
    link = np.repeat(np.arange(len(links)), periods)
    t = np.arange(len(link)) - np.repeat(np.cumsum(periods) - periods, periods)
    # What is in flight has started already; of the link only the need remains.
    t[flying[link]] = terms.periods - 1
    starts = terms.starts
    project, start = starts["project"].to_numpy(), starts["t"].to_numpy()
    row, column = pairs(links["project"].to_numpy()[link], project)
    seen = start[column] <= t[row]
    own = pd.DataFrame({"row": row[seen], "column": column[seen], "coefficient": 1.0})
    row, column = pairs(links["other"].to_numpy()[link], project)
    ready = start[column] + links["lag"].to_numpy()[link[row]]
    if after_finish:
        ready = ready + starts["duration"].to_numpy()[column]
    seen = (ready <= t[row]) | flying[link[row]]
    other = pd.DataFrame({"row": row[seen], "column": column[seen], "coefficient": -1.0})
    rows = pd.DataFrame(
        {
            "project_id": links["project"].to_numpy()[link],
            "other_id": links["other"].to_numpy()[link],
            "period": t,
        }
    )
    return Family(name, rows, _stacked([own, other]), upper=0.0)


def _chosen(terms: Terms, signs: pd.DataFrame) -> pd.DataFrame:
    """Entries of rows that count projects as chosen: each row's projects over all starts."""
    projects = signs["project"].to_numpy(np.int64)
    place, column = pairs(projects, terms.starts["project"].to_numpy())
    counted = signs[["row", "coefficient"]].iloc[place].reset_index(drop=True)
    return counted.assign(column=column)


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if parts:
        return pd.concat(parts, ignore_index=True)
    return pd.DataFrame({"row": [], "column": [], "coefficient": []}).astype(
        {"row": np.int64, "column": np.int64}
    )
