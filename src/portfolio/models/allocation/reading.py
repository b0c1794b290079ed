"""Amounts read back as the tables of an allocation: who works where, what is short, changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.allocation.amounts import NEGLIGIBLE, Amounts
from portfolio.models.allocation.work import Work

__all__ = ["allocation_tables"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_DIGITS = 6


def allocation_tables(work: Work, amounts: Amounts) -> dict[str, pd.DataFrame]:
    """The tables of an allocation.

    Parameters
    ----------
    work : Work
    amounts : Amounts

    Returns
    -------
    dict of str to pandas.DataFrame
        allocation, shortage, changes, person_changes and project_changes, as
        `portfolio.allocation.Allocation` describes them.
    """
    allocation = _allocation(work, amounts)
    changes = _changes(work, allocation)
    return {
        "allocation": allocation,
        "shortage": _shortage(work, amounts),
        "changes": changes,
        "person_changes": _in_short(changes, "person_id", "project_id"),
        "project_changes": _in_short(changes, "project_id", "person_id"),
    }


def _allocation(work: Work, amounts: Amounts) -> pd.DataFrame:
    rows, cells, duties = work.candidates, work.cells, work.duties
    none_person, none_project = len(work.people), len(work.projects)
    parts = [
        rows[["person", "project", "role", "t"]].assign(fte=amounts.work),
        cells[["project", "role", "t"]].assign(person=none_person, fte=amounts.unnamed),
        duties[["person", "role", "t"]].assign(project=none_project, fte=amounts.duty),
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["fte"] = frame["fte"].round(_DIGITS)
    frame = frame[frame["fte"] > NEGLIGIBLE]
    frame = frame.sort_values(["person", "project", "role", "t"], kind="stable")
    person = np.append(work.people["person_id"].to_numpy(object), "")
    project = np.append(work.projects["project_id"].to_numpy(object), "")
    return pd.DataFrame(
        {
            "person_id": person[frame["person"].to_numpy(np.int64)],
            "project_id": project[frame["project"].to_numpy(np.int64)],
            "role_id": np.array(work.roles, object)[frame["role"].to_numpy(np.int64)],
            "period": _labels(work)[frame["t"].to_numpy(np.int64)],
            "fte": frame["fte"].to_numpy(np.float64),
        }
    )


def _labels(work: Work) -> npt.NDArray[np.object_]:
    return np.array(work.portfolio.calendar.labels, dtype=object)


def _shortage(work: Work, amounts: Amounts) -> pd.DataFrame:
    """What is short, and what would close it."""
    cells = work.cells.assign(short=amounts.short)
    cells = cells[cells["short"] > NEGLIGIBLE]
    role, t = np.nonzero(amounts.undone > NEGLIGIBLE)
    undone = pd.DataFrame(
        {
            "project": len(work.projects),
            "role": role,
            "t": t,
            "fte": work.reserved[role, t],
            "short": amounts.undone[role, t],
            "weight": np.inf,
        }
    )
    columns = list(undone.columns)
    frame = pd.concat([cells[columns], undone], ignore_index=True).sort_values(
        ["t", "project", "role"], kind="stable", ignore_index=True
    )
    room = _Room(work, amounts)
    project = np.append(work.projects["project_id"].to_numpy(object), "")
    names = dict(zip(work.roles, work.portfolio.tables["roles"]["name"], strict=True))
    labels = _labels(work)
    found = []
    row: Any
    for row in frame.itertuples(index=False):
        p, r, at = int(row.project), int(row.role), int(row.t)
        spare, movable, trainable = room.of(p, r, at, float(row.weight))
        short = round(float(row.short), _DIGITS)
        remedy, reason = _remedy(short, spare, movable, trainable, names[work.roles[r]])
        found.append(
            {
                "project_id": project[p],
                "role_id": work.roles[r],
                "period": labels[at],
                "fte": short,
                "demand": float(row.fte),
                "spare": round(spare, _DIGITS),
                "movable": round(movable, _DIGITS),
                "trainable": round(trainable, _DIGITS),
                "remedy": remedy,
                "reason": reason,
            }
        )
    names_ = ["project_id", "role_id", "period", "fte", "demand", "spare", "movable"]
    return pd.DataFrame(found, columns=[*names_, "trainable", "remedy", "reason"])


class _Room:
    """Where there is time for a shortage: with people who have the role, and with others."""

    def __init__(self, work: Work, amounts: Amounts) -> None:
        self._work = work
        self._left = np.clip(work.time - amounts.load(work), 0.0, None)
        self._proficiency = np.zeros((len(work.people), len(work.roles)))
        skills = work.skills
        self._proficiency[skills["person"], skills["role"]] = skills["proficiency"]
        given = work.candidates["proficiency"].to_numpy(np.float64) * amounts.work
        self._supplied = work.candidates[["project", "role", "t"]].assign(fte=given)
        self._by_place = self._supplied[given > NEGLIGIBLE].groupby(["role", "t"])

    def of(self, project: int, role: int, t: int, weight: float) -> tuple[float, float, float]:
        """FTE that is spare, movable and trainable for a project."""
        work = self._work
        programme = work.programme[project] if project < len(work.projects) else -1
        open_ = work.may_serve(work.fence, np.full_like(work.fence, programme))
        skilled = self._proficiency[:, role]
        left = np.where(open_, self._left[:, t], 0.0)
        spare = float((left * skilled).sum())
        trainable = float(left[skilled == 0].sum())
        movable = 0.0
        if (role, t) in self._by_place.groups:
            rows = self._by_place.get_group((role, t))
            lower = work.weight[rows["project"].to_numpy(np.int64)] < weight
            movable = float(rows["fte"].to_numpy()[lower].sum())
        return spare, movable, trainable


def _remedy(
    short: float, spare: float, movable: float, trainable: float, role: str
) -> tuple[str, str]:
    """What would close a shortage, and the sentence that says so."""
    lacks = f"{_fte(short)} of {role} missing."
    if spare >= short - NEGLIGIBLE:
        return "rearrange", (
            f"{lacks} People with the role have {_fte(spare)} left, which the rules on projects "
            "at once, least part of a person, number of people, what managers agreed to, bans or "
            "fences keep from it."
        )
    rest = f" {_fte(short - spare)} more would close it" if spare > NEGLIGIBLE else " To close it"
    if movable >= short - NEGLIGIBLE:
        return "move", f"{lacks}{rest}: projects of less weight have {_fte(movable)} of the role."
    if trainable >= short - NEGLIGIBLE:
        return "train", f"{lacks}{rest}: people of other roles have {_fte(trainable)} of time left."
    return "hire", f"{lacks}{rest}: hire or contract; nobody else has time."


def _fte(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + " FTE"


def _changes(work: Work, allocation: pd.DataFrame) -> pd.DataFrame:
    """Where the FTE of a person on a project differs from what was there."""
    key = ["person_id", "project_id", "role_id", "period"]
    before = _before(work)
    named = allocation[(allocation["person_id"] != "") & (allocation["project_id"] != "")]
    both = before.merge(named, on=key, how="outer", suffixes=("_before", "_after"))
    both["before"] = both["fte_before"].fillna(0.0)
    both["after"] = both["fte_after"].fillna(0.0)
    differs = (both["before"] - both["after"]).abs() > 10 * NEGLIGIBLE
    changed = both[differs].sort_values(key, kind="stable", ignore_index=True)
    return changed[[*key, "before", "after"]]


def _before(work: Work) -> pd.DataFrame:
    """FTE by person, project, role and period: of the previous allocation, else of the bookings."""
    key = ["person_id", "project_id", "role_id", "period"]
    labels = set(work.portfolio.calendar.labels)
    if work.previous is not None:
        rows = work.previous
        rows = rows[(rows["person_id"] != "") & (rows["project_id"] != "")]
    else:
        rows = work.portfolio.tables["assignments"]
        rows = rows[(rows["kind"] != "banned") & rows["fte"].notna()]
    return rows.loc[rows["period"].isin(labels), [*key, "fte"]].astype({"fte": "float64"})


def _in_short(changes: pd.DataFrame, who: str, other: str) -> pd.DataFrame:
    """Changes by person or by project: FTE-periods added and removed, who comes and who goes."""
    rows = []
    for key, of in changes.groupby(who, sort=True):
        step = of["after"] - of["before"]
        ends = of.groupby(other)[["before", "after"]].sum()
        rows.append(
            {
                who: key,
                "added": round(float(step.clip(lower=0.0).sum()), _DIGITS),
                "removed": round(float(-step.clip(upper=0.0).sum()), _DIGITS),
                "joins": ", ".join(ends.index[ends["before"] <= NEGLIGIBLE]),
                "leaves": ", ".join(ends.index[ends["after"] <= NEGLIGIBLE]),
            }
        )
    return pd.DataFrame(rows, columns=[who, "added", "removed", "joins", "leaves"])
