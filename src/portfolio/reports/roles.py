"""Roles as a report shows them: those of few people together, unless names may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.language import mark, say
from portfolio.reports.passed import key_columns
from portfolio.reports.pseudonyms import too_small

__all__ = ["MERGED", "OTHER_ROLES", "Roles"]

OTHER_ROLES: Final = mark("Roles of few people")
MERGED: Final = "*"


@dataclass(frozen=True, eq=False)
class Roles:
    """The roles of a portfolio as they are shown.

    Parameters
    ----------
    portfolio : Portfolio
    each : bool
        Whether each role is shown for itself, however few people have it.
    """

    portfolio: Portfolio
    each: bool = False

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Ids of the roles that are shown only together."""
        if self.each:
            return frozenset()
        skills = self.portfolio.tables["skills"]
        able = skills[skills["proficiency"] > 0]
        people = {str(role): set(rows) for role, rows in able.groupby("role_id")["person_id"]}
        return frozenset(too_small(people))

    @cached_property
    def names(self) -> dict[str, str]:
        """Name under which each role is shown, by role_id."""
        table = self.portfolio.tables["roles"]
        return {
            role: say(OTHER_ROLES) if role in self.hidden else name
            for role, name in zip(table["role_id"], table["name"], strict=True)
        }

    def key(self, role: str) -> str:
        """The id under which a role is shown."""
        return MERGED if role in self.hidden else role

    def together(self, rows: pd.DataFrame, sums: Sequence[str]) -> pd.DataFrame:
        """Rows with the hidden roles added up, in the order in which they came.

        Parameters
        ----------
        rows : pandas.DataFrame
            With role_id.
        sums : sequence of str
            Columns that are added up; all others tell rows apart.
        """
        if not self.hidden & set(rows["role_id"]):
            return rows
        columns = list(rows.columns)
        by = [name for name in columns if name not in sums]
        keys = [self.key(role) for role in rows["role_id"]]
        grouped = rows.assign(role_id=keys).groupby(by, as_index=False, sort=False)
        added: pd.DataFrame = grouped[list(sums)].sum()
        return added[columns]

    def without(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of limits whose ``key`` names no hidden role."""
        open_ = [key_columns(key).get("role_id", "") not in self.hidden for key in rows["key"]]
        return rows[pd.Series(open_, index=rows.index, dtype=bool)]

    @cached_property
    def renamed(self) -> Portfolio:
        """The portfolio in which hidden roles bear the one name, as reasons are to say it."""
        roles = self.portfolio.tables["roles"]
        names = roles["name"].mask(roles["role_id"].isin(self.hidden), say("roles of few people"))
        tables = {**self.portfolio.tables, "roles": roles.assign(name=names)}
        return replace(self.portfolio, tables=tables)
