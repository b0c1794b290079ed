"""Bounds on shares of spend: how a scenario gives them, and what of each project's spend counts.

The whole of which a share is taken is all spend of a plan inside the horizon:
what runs already and what stopping costs included, credits not taken off. What belongs to no group,
such as a project without a category, counts in the whole alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.data.portfolio import Portfolio
from portfolio.drivers import driver_shares
from portfolio.errors import nearest
from portfolio.language import mark, say
from portfolio.scenario.values import name, several, share

__all__ = ["GROUPINGS", "ShareLimit", "misfits", "parts_of_spend", "read_balance"]

GROUPINGS = {
    "category": "projects.category",
    "programme": "the table programmes",
    "location": "the table locations",
    "cost_category": "costs.category",
    "driver": "the table drivers",
}
"""By what spend may be balanced, and where its groups are named."""

OWN_SPEND = ("stopping", "hiring")
"""Categories of spend that stand in no table: the plan's own."""

_CALLED = {
    "category": mark("category {key}"),
    "programme": mark("programme {key}"),
    "location": mark("location {key}"),
    "cost_category": mark("cost category {key}"),
    "driver": mark("driver {key}"),
}
_BOUNDS = ("min", "max")
_EXAMPLE = "{by: category, key: growth, min: 0.2, max: 0.5}"
_ROUNDING = 1e-9


@dataclass(frozen=True)
class ShareLimit:
    """Least and most share of all spend that a group of projects or costs may have.

    Attributes
    ----------
    by : str
        One of `GROUPINGS`.
    key : str
        Which group of them.
    least, most : float
        Shares, 0 to 1; 0 and 1 are no limit.

    Raises
    ------
    ValueError
        With every problem among its arguments.
    """

    by: str
    key: str
    least: float = 0.0
    most: float = 1.0

    def __post_init__(self) -> None:
        problems = []
        if self.by not in GROUPINGS:
            problems.append(f"by: '{self.by}' is no grouping; {nearest(self.by, GROUPINGS)}")
        for bound, value in zip(_BOUNDS, (self.least, self.most), strict=True):
            if not 0 <= value <= 1:
                problems.append(f"{bound}: {value:g} is not between 0 and 1")
        if not problems and self.least > self.most:
            problems.append(f"min {self.least:g} is above max {self.most:g}")
        if problems:
            raise ValueError(*problems)

    def __str__(self) -> str:
        return say(_CALLED[self.by], key=self.key)


def read_balance(value: Any) -> tuple[ShareLimit, ...]:
    """Read the key `balance` of a scenario.

    Parameters
    ----------
    value : plain data
        A list of mappings with `by`, `key`, and `min` or `max` or both.

    Returns
    -------
    tuple of ShareLimit

    Raises
    ------
    ValueError
        With every problem among its arguments.
    """
    limits: list[ShareLimit] = []
    problems: list[str] = []
    for number, row in enumerate(several(value), 1):
        found = _read_row(row)
        if isinstance(found, ShareLimit):
            limits.append(found)
        else:
            problems += [f"row {number}: {problem}" for problem in found]
    problems += _clashes(limits)
    if problems:
        raise ValueError(*problems)
    return tuple(limits)


def _read_row(row: Any) -> ShareLimit | list[str]:
    """A row as a limit, or all that is wrong with it."""
    if not isinstance(row, Mapping):
        return [f"is no mapping like {_EXAMPLE}"]
    known = ("by", "key", *_BOUNDS)
    problems = [
        f"'{word}' is not known; {nearest(str(word), known)}" for word in row if word not in known
    ]
    read: dict[str, Any] = {}
    for key, reader in (("by", name), ("key", name), ("min", share), ("max", share)):
        if key in row:
            try:
                read[key] = reader(row[key])
            except ValueError as problem:
                problems.append(f"{key}: {problem}")
        elif key in ("by", "key"):
            problems.append(f"{key} is missing; write it like {_EXAMPLE}")
    if not problems and not set(_BOUNDS) & set(read):
        problems.append(f"gives neither min nor max; write it like {_EXAMPLE}")
    by = str(read.get("by", "category"))
    try:
        limit = ShareLimit(by, read.get("key", ""), read.get("min", 0.0), read.get("max", 1.0))
    except ValueError as problem:
        return [*problems, *problem.args]
    return problems or limit


def _clashes(limits: Sequence[ShareLimit]) -> list[str]:
    """Groups that are given twice, and least shares that sum to more than all."""
    twice = [
        f"{by.replace('_', ' ')} {key} is given {number} times; keep one row"
        for (by, key), number in Counter((limit.by, limit.key) for limit in limits).items()
        if number > 1
    ]
    if twice:
        return twice
    # Of programmes one may lie within another: `misfits` knows which.
    sums = {
        by: sum(limit.least for limit in limits if limit.by == by)
        for by in GROUPINGS
        if by != "programme"
    }
    return [_too_much(by, total) for by, total in sums.items() if total > 1 + _ROUNDING]


def _too_much(by: str, total: float) -> str:
    return (
        f"the least shares by {by.replace('_', ' ')} sum to {total:.4g}, which is more than all "
        "spend; lower them to 1 or less"
    )


def misfits(limits: Iterable[ShareLimit], portfolio: Portfolio) -> list[str]:
    """Sentences on what the limits name and the portfolio does not have.

    Parameters
    ----------
    limits : iterable of ShareLimit
    portfolio : Portfolio
        With the scenario's changes made.

    Returns
    -------
    list of str
        Empty where everything fits.
    """
    limits = list(limits)
    groups = {by: _groups(portfolio, by) for by in {limit.by for limit in limits}}
    problems = []
    for limit in limits:
        known = groups[limit.by]
        if limit.key not in known:
            problems.append(
                f"'{limit.key}' is not in {GROUPINGS[limit.by]}; {nearest(limit.key, known)}"
            )
    if "driver" in groups and not problems and driver_shares(portfolio).empty:
        problems.append(
            "spend is shared over drivers by weight and rating, and no project has a rating "
            "above none; fill in the table impacts"
        )
    if not problems:
        problems += _nothing_left(limits, portfolio)
    if "programme" in groups and not problems:
        least = {limit.key: limit.least for limit in limits if limit.by == "programme"}
        total = _least_of_programmes(portfolio, least)
        if total > 1 + _ROUNDING:
            problems.append(_too_much("programme", total))
    return problems


def _groups(portfolio: Portfolio, by: str) -> list[str]:
    tables = portfolio.tables
    if by in ("programme", "location", "driver"):
        return list(tables[f"{by}s"][f"{by}_id"])
    if by == "category":
        return [key for key in tables["projects"]["category"].unique() if key]
    return [*tables["costs"]["category"].unique(), *OWN_SPEND]


def _nothing_left(limits: Sequence[ShareLimit], portfolio: Portfolio) -> Iterator[str]:
    """Groupings of which the most shares leave room for less than all spend, and no project is out.

    Then a plan could spend nothing.
    """
    projects = portfolio.tables["projects"]
    live = projects[~projects["stage"].isin(["idea", "closed"])]
    for by, column in (("category", "category"), ("location", "location_id")):
        most = {limit.key: limit.most for limit in limits if limit.by == by}
        total = sum(most.values())
        if most and total < 1 - _ROUNDING and live[column].isin(most).all():
            yield (
                f"the most shares by {by} sum to {total:.4g}, and no project is outside of them, "
                "so that nothing could be spent; raise them to 1 or more"
            )


def _least_of_programmes(portfolio: Portfolio, least: Mapping[str, float]) -> float:
    """What the least shares ask for together, where a programme holds those within it."""
    table = portfolio.tables["programmes"]
    within: dict[str, list[str]] = {}
    for programme, parent in zip(table["programme_id"], table["parent_id"], strict=True):
        within.setdefault(parent, []).append(programme)

    def asked(programme: str) -> float:
        inside = sum(asked(child) for child in within.get(programme, []))
        return max(least.get(programme, 0.0), inside)

    return sum(asked(programme) for programme in within.get("", []))


def parts_of_spend(
    portfolio: Portfolio, limit: ShareLimit, categories: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Part of what a project spends in a category of cost that belongs to a limit's group.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    limit : ShareLimit
    categories : sequence of str
        Categories of cost.

    Returns
    -------
    numpy.ndarray of float, shape (projects + 1, categories)
        From 0 to 1, in the order of the table `projects`; the last row is what
        belongs to no project.
    """
    projects = portfolio.tables["projects"]
    parts = np.zeros((len(projects) + 1, len(categories)))
    if limit.by == "cost_category":
        parts[:, [n for n, category in enumerate(categories) if category == limit.key]] = 1.0
        return parts
    if limit.by == "driver":
        shares = driver_shares(portfolio)
        of_key = shares[shares["driver_id"] == limit.key].set_index("project_id")["share"]
        own = projects["project_id"].map(of_key).fillna(0.0).to_numpy(np.float64)
    elif limit.by == "programme":
        own = (
            projects["programme_id"]
            .isin(portfolio.programmes_within[limit.key])
            .to_numpy(np.float64)
        )
    else:
        column = {"category": "category", "location": "location_id"}[limit.by]
        own = (projects[column] == limit.key).to_numpy(np.float64)
    parts[:-1] = own[:, None]
    return parts
