"""Limits that a plan passes because its scenario lets it, in a board's words."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.figures import period_words
from portfolio.language import mark, say
from portfolio.reports.written import code_words

__all__ = ["key_columns", "limit_words", "passed_limits", "without_projects"]


_LIMITS = {
    "budget": mark("Budget {fund}"),
    "spend_paid": mark("Money for {category}, {programme}"),
    "programme_budget": mark("Spend of {programme}"),
    "programme_projects": mark("Projects of {programme}"),
    "groups": mark("Group {group}"),
    "own": mark("Rule {rule}"),
    "balance": mark("Share of spend, {part}"),
    "role_capacity": "{role}",
    # A pool is called by a person, whom a page does not name.
    "pool_time": mark("Working time of some people"),
    "ring_fence": mark("{role} kept for {programme}"),
    "hire_limit": mark("Hires of {role}"),
    "contractor_limit": mark("Contractors, {role}"),
}


def key_columns(key: str) -> dict[str, str]:
    """A limit's key, such as ``fund_id=F1, period=2027``, as columns and values."""
    return dict(part.split("=", 1) for part in key.split(", ") if "=" in part)


def limit_words(
    family: str, key: Mapping[str, str], portfolio: Portfolio, roles: Mapping[str, str]
) -> str:
    """What a limit on an amount is called, with names instead of ids.

    Parameters
    ----------
    family : str
    key : mapping of str to str
        Its columns and values.
    portfolio : Portfolio
    roles : mapping of str to str
        What each role is called, by its id.
    """
    tables = portfolio.tables
    programmes = tables["programmes"].set_index("programme_id")["name"]
    programme = key.get("programme_id", "")
    outside = say("work outside programmes")
    programme = str(programmes.get(programme, programme or outside))
    role = str(roles.get(key.get("role_id", ""), key.get("role_id", "")))
    known = _LIMITS.get(family)
    if known is None:
        words = code_words(family).capitalize()
    else:
        words = say(
            known,
            fund=code_words(key.get("fund_id", "")),
            category=code_words(key.get("category", "")),
            programme=programme,
            group=code_words(key.get("group_id", "")),
            rule=key.get("rule", ""),
            part=_group(key, portfolio),
            role=role,
        )
    return f"{words}, {period_words(key['period'])}" if key.get("period") else words


def _group(key: Mapping[str, str], portfolio: Portfolio) -> str:
    """A group of `balance` by its name, where its table has one."""
    by, name = key.get("by", ""), key.get("key", "")
    if by in ("programme", "location", "driver"):
        named = portfolio.tables[f"{by}s"].set_index(f"{by}_id")["name"]
        return str(named.get(name, name))
    return name


def without_projects(overshoot: pd.DataFrame, secret: frozenset[str]) -> pd.DataFrame:
    """The rows whose key names none of the projects."""
    names = ("project_id", "other_id")
    keys = overshoot["key"].map(key_columns)
    open_ = [not secret & {key.get(name, "") for name in names} for key in keys]
    return overshoot[np.array(open_, dtype=bool)]


def passed_limits(
    overshoot: pd.DataFrame,
    portfolio: Portfolio,
    secret: frozenset[str],
    roles: Mapping[str, str],
) -> pd.DataFrame:
    """Limits that are passed, the most severe first, and then rules that are no amounts.

    Parameters
    ----------
    overshoot : pandas.DataFrame
        The plan's table.
    portfolio : Portfolio
    secret : frozenset of str
        Projects that may not be named; what is said of one of them is left out.
    roles : mapping of str to str
        What each role is called, by its id.

    Returns
    -------
    pandas.DataFrame
        words (of a limit; the whole sentence where it is no amount), available, used,
        over (NaN where it is no amount), unit.
    """
    rows = []
    shown = without_projects(overshoot, secret)
    severe = shown.assign(amount=shown["overshoot"].notna()).sort_values(
        ["amount", "share"], ascending=False, kind="stable", na_position="first"
    )
    for family, key, limit, activity, over, unit, sentence in zip(
        *(severe[c] for c in ("family", "key", "limit", "activity", "overshoot", "unit")),
        severe["sentence"],
        strict=True,
    ):
        words = str(sentence).rstrip(".")
        if not math.isnan(over):
            words = limit_words(family, key_columns(key), portfolio, roles)
        rows.append((words, limit, activity, over, unit))
    return pd.DataFrame(rows, columns=["words", "available", "used", "over", "unit"])
