"""Rules on whom a scenario may hire or contract."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio.data.tables import Tables
from portfolio.errors import Fault

__all__ = ["check_contractor_limits", "check_hires_priced", "may_join"]


def check_hires_priced(tables: Tables) -> Iterator[Fault]:
    """A role into which people can be hired says what a hire costs."""
    roles = tables["roles"]
    free = (roles["hire_max"] > 0).fillna(False) & roles["hire_cost"].isna()
    rule = "is blank, though hire_max lets people be hired into the role"
    remedy = "give the cost of a hire, and 0 where it is free"
    yield from tables.where("roles", free, ("hire_cost", "hire_max"), rule, remedy)


def check_contractor_limits(tables: Tables) -> Iterator[Fault]:
    """Only a role that has a contractor's rate has a limit of contractors."""
    if tables.unreadable("roles"):
        return
    limits, roles = tables["contractor_limits"], tables["roles"]
    unpriced = {
        role
        for number, role in enumerate(roles["role_id"])
        if roles["contractor_rate"].isna().iloc[number]
        and tables.sound("roles", number, "role_id", "contractor_rate")
    }
    bad = limits["role_id"].isin(unpriced) & (limits["fte"] > 0).fillna(False)
    # One fault a role: what is missing is one cell of it.
    bad &= ~limits["role_id"].where(bad).duplicated()
    rule = "has contractors, and no contractor_rate in roles: nobody comes without a price"
    remedy = "give the role a contractor_rate, or drop its rows here"
    yield from tables.where("contractor_limits", bad, ("role_id", "fte"), rule, remedy)


def may_join(tables: Tables) -> set[str]:
    """Roles into which people can be hired, or in which contractors can work."""
    roles, limits = tables["roles"], tables["contractor_limits"]
    hired = roles.loc[(roles["hire_max"] > 0).fillna(False), "role_id"]
    return set(hired) | set(limits.loc[(limits["fte"] > 0).fillna(False), "role_id"])
