"""People without their names, and groups so large that nobody is seen through them.

A pseudonym is ``Person 07``: the place of a person in an order by a keyed hash of
their id. The key is a hash of all tables together. So the same data give the same
pseudonyms, and a report can be made again; other data, such as those of the next
period, give others, and two reports cannot be laid side by side to follow somebody. Who
does not have the data cannot work the key out: it is neither written anywhere nor made
from the hashes of files that a manifest shows.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from portfolio.data.portfolio import Portfolio
from portfolio.data.write import column_words
from portfolio.language import say
from portfolio.plan import Plan

__all__ = ["FEWEST", "pseudonyms", "too_small", "without_pools"]

FEWEST = 3
"""Fewest people that a published group has."""


def pseudonyms(portfolio: Portfolio) -> dict[str, str]:
    """A pseudonym for each person.

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    dict of str to str
        Pseudonym by person_id.
    """
    key = _key(portfolio)
    people = list(portfolio.tables["people"]["person_id"])
    ordered = sorted(people, key=lambda one: hmac.digest(key, str(one).encode(), "sha256"))
    width = max(len(str(len(ordered))), 2)
    return {
        person: say("Person {number}", number=f"{number:0{width}d}")
        for number, person in enumerate(ordered, 1)
    }


def _key(portfolio: Portfolio) -> bytes:
    found = sha256(b"portfolio pseudonyms")
    for name, frame in portfolio.tables.items():
        found.update(f"\0{name}\0{len(frame)}".encode())
        for column in frame.columns:
            words = "\0".join([column, *column_words(frame[column])])
            found.update(words.encode("utf-8", "surrogatepass"))
    return found.digest()


def too_small(groups: Mapping[str, Collection[str]]) -> set[str]:
    """The groups that are published only together, since each alone shows somebody.

    Parameters
    ----------
    groups : mapping of str to collection of str
        People of each group. A group without people, such as a role that only
        `capacity` supplies, shows nobody.

    Returns
    -------
    set of str
        Groups of under `FEWEST` people, and the smallest of the others as long as all
        of these together have fewer.
    """
    sizes = {name: set(people) for name, people in groups.items() if people}
    small = {name for name, people in sizes.items() if len(people) < FEWEST}
    rest = sorted(sizes.keys() - small, key=lambda name: (len(sizes[name]), name))
    while small and rest and len(set().union(*(sizes[name] for name in small))) < FEWEST:
        small.add(rest.pop(0))
    return small


def without_pools(plan: Plan) -> Plan:
    """A plan that tells no pool of people, which bears the id of one of them, from another.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    Plan
        What pools supply is added up by programme, role and period; where a rule is about
        a pool, its key says ``pool_id=*``.
    """
    changed: dict[str, Any] = {}
    if plan.supply is not None:
        by = ["programme_id", "role_id", "period"]
        sums = plan.supply.groupby(by, as_index=False, sort=False)[["fte", "supplied"]].sum()
        changed["supply"] = sums.assign(pool_id="*")[list(plan.supply.columns)]
    for name in ("binding", "overshoot"):
        rows = getattr(plan, name)
        if rows is not None:
            keys = rows["key"].str.replace(r"\bpool_id=.*?(?=, \w+=|$)", "pool_id=*", regex=True)
            changed[name] = rows.assign(key=keys)
    return replace(plan, **changed)
