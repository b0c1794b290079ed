"""An allocation as requests: what each line of people is asked for, and why.

The data name no line manager, so a line is what they do tell of people:

role
    The role that a person does best (of equals the first in the table `roles`): a line
    by discipline, as in a matrix organisation.
location
    The person's location.
programme
    The programme that the person is ring-fenced for; all others form one line.

Who is short of somebody asks too: each shortage is a request for whoever has the role,
and goes to the line of most of the people who have it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable
from typing import Any, Final

import pandas as pd

from portfolio.allocation import Allocation
from portfolio.data.portfolio import Portfolio

__all__ = ["LINES", "REQUEST_COLUMNS", "staffing_requests"]

LINES: Final = ("role", "location", "programme")
"""By what people form a line."""

REQUEST_COLUMNS: Final = (
    "line", "person_id", "person", "role_id", "role", "project_id", "project", "period", "fte",
    "why",
)  # fmt: skip

_KEY = ["person_id", "project_id", "role_id", "period"]
_SAME = 1e-4
_NO_LINE = {"role": "No role", "location": "No location", "programme": "Not ring-fenced"}


def staffing_requests(
    portfolio: Portfolio, allocation: Allocation, *, line: str = "role", until: str = ""
) -> pd.DataFrame:
    """What each line of people is asked for.

    Left out is what is committed already, and work outside the portfolio.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    allocation : Allocation
        With a solution.
    line : {"role", "location", "programme"}
        By what people form a line.
    until : str
        The last period asked about; "" for all.

    Returns
    -------
    pandas.DataFrame
        One row a person (or a role that is short, with a blank person_id), project,
        role and period, in the order of lines, people and periods: `REQUEST_COLUMNS`;
        fte is in hundredths, as people agree on it.

    Raises
    ------
    ValueError
        If `line` is none.
    """
    if line not in LINES:
        raise ValueError(f"'{line}' is no line; lines are by {', '.join(LINES)}")
    assert allocation.allocation is not None
    assert allocation.shortage is not None
    last = portfolio.calendar.index(until) if until else portfolio.calendar.periods
    words = _Words(portfolio, allocation)
    lines = _lines(portfolio, line)
    of_role = _line_of_role(portfolio, lines, line)
    work = allocation.allocation
    work = work[(work["person_id"] != "") & (work["project_id"] != "")]
    held = _committed(portfolio)
    rows: list[dict[str, Any]] = []
    for row in _records(work):
        booked = held.get(tuple(row[name] for name in _KEY), 0.0)
        # Down, so that all that is asked of somebody fits into their time together.
        fte = math.floor(row["fte"] * 100 + _SAME) / 100
        if abs(booked - row["fte"]) <= 0.01 + _SAME or fte <= 0:
            continue
        why = words.of_work(row, booked)
        rows.append({**row, "fte": fte, "line": lines[row["person_id"]], "why": why})
    short = allocation.shortage
    for row in _records(short[short["project_id"] != ""]):
        fte = round(float(row["fte"]), 2)
        if fte > 0:
            asked = {**row, "person_id": "", "fte": fte, "line": of_role[row["role_id"]]}
            rows.append({**asked, "why": words.of_shortage(row)})
    rows = [row for row in rows if portfolio.calendar.index(row["period"]) <= last]
    for row in rows:
        row.update(words.names(row))
    frame = pd.DataFrame(rows, columns=list(REQUEST_COLUMNS))
    order = {label: number for number, label in enumerate(portfolio.calendar.labels)}
    frame["t"] = frame["period"].map(order)
    # What has nobody yet stands last.
    frame["open"] = frame["person_id"] == ""
    by = ["line", "open", "person", "person_id", "project", "project_id", "role_id", "t"]
    return frame.sort_values(by, kind="stable", ignore_index=True)[list(REQUEST_COLUMNS)]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _committed(portfolio: Portfolio) -> dict[tuple[Hashable, ...], float]:
    """FTE held by bookings that name their period."""
    rows = portfolio.tables["assignments"]
    firm = (rows["booking"] == "committed") | (rows["kind"] == "fixed")
    rows = rows[firm & (rows["kind"] != "banned") & rows["fte"].notna()]
    keys = zip(*(rows[name] for name in _KEY), strict=True)
    return dict(zip(keys, rows["fte"].astype("float64").tolist(), strict=True))


def _lines(portfolio: Portfolio, line: str) -> dict[str, str]:
    """The line of each person, in words."""
    people = portfolio.tables["people"]
    if line == "role":
        of_person = _home_roles(portfolio)
        table, key = "roles", "role_id"
    else:
        table, key = f"{line}s", f"{line}_id"
        of_person = dict(zip(people["person_id"], people[key], strict=True))
    rows = portfolio.tables[table]
    names = dict(zip(rows[key], rows["name"], strict=True))
    twice = {name for name, number in Counter(names.values()).items() if number > 1}
    called = {key: f"{name} ({key})" if name in twice else name for key, name in names.items()}
    called[""] = _NO_LINE[line]
    return {person: called[of_person.get(person, "")] for person in people["person_id"]}


def _home_roles(portfolio: Portfolio) -> dict[str, str]:
    order = {role: number for number, role in enumerate(portfolio.tables["roles"]["role_id"])}
    skills = portfolio.tables["skills"]
    best: dict[str, tuple[float, int, str]] = {}
    for row in skills.to_dict("records"):
        rank = (-float(row["proficiency"]), order[row["role_id"]], row["role_id"])
        best[row["person_id"]] = min(best.get(row["person_id"], rank), rank)
    return {person: role for person, (_, _, role) in best.items()}


def _line_of_role(portfolio: Portfolio, lines: dict[str, str], line: str) -> dict[str, str]:
    """The line that is asked where a role is short: that of most who have it."""
    skills = portfolio.tables["skills"]
    found = {}
    for role in portfolio.tables["roles"]["role_id"]:
        of = [lines[person] for person in skills.loc[skills["role_id"] == role, "person_id"]]
        found[role] = Counter(sorted(of)).most_common(1)[0][0] if of else _NO_LINE[line]
    return found


class _Words:
    """Names, and reasons in a sentence."""

    def __init__(self, portfolio: Portfolio, allocation: Allocation) -> None:
        self._people, self._projects, self._roles = (
            dict(zip(portfolio.tables[table][key], portfolio.tables[table]["name"], strict=True))
            for table, key in (
                ("people", "person_id"), ("projects", "project_id"), ("roles", "role_id")
            )
        )  # fmt: skip
        stages = portfolio.tables["projects"]
        self._flying = set(stages.loc[stages["stage"] == "in_flight", "project_id"])
        rows = allocation.allocation
        assert rows is not None
        rows = rows[rows["project_id"] != ""]
        self._sharing = Counter(
            zip(rows["project_id"], rows["role_id"], rows["period"], strict=True)
        )
        booked = portfolio.tables["assignments"]
        booked = booked[booked["kind"] != "banned"]
        self._there = set(zip(booked["person_id"], booked["project_id"], strict=True))

    def names(self, row: dict[str, Any]) -> dict[str, str]:
        """What person, role and project are called."""
        person = row["person_id"]
        return {
            "person": self._people[person] or person if person else "(whoever has the role)",
            "role": self._roles[row["role_id"]],
            "project": self._projects[row["project_id"]],
        }

    def of_work(self, row: dict[str, Any], booked: float) -> str:
        """Why a person is asked for."""
        kind = "In flight" if row["project_id"] in self._flying else "In the plan"
        others = self._sharing[row["project_id"], row["role_id"], row["period"]] - 1
        shared = ""
        if others:
            shared = f", with {others} {'other' if others == 1 else 'others'}"
        if booked:
            return f"{kind}; {booked:g} FTE are committed, and {row['fte']:.2f} are needed{shared}"
        known = (row["person_id"], row["project_id"]) in self._there
        return f"{kind}; {'booked there already' if known else 'new to the project'}{shared}"

    @staticmethod
    def of_shortage(row: dict[str, Any]) -> str:
        """Why somebody is asked for."""
        return f"Nobody is found for this part of {row['demand']:g} FTE. {row['reason']}"
