"""Families on who joins: that they may, when, how many and for how long."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from portfolio.plan import HIRE_KINDS
from portfolio.verify.hires import or_nothing
from portfolio.verify.loads import Loads
from portfolio.verify.rows import TOLERANCE, Found, Row, Violation, amount, differ

__all__ = ["HIRING_FAMILIES", "HIRING_LIMITS", "hires_offered"]

_INTERNAL, _CONTRACTOR = HIRE_KINDS
_ALLOWED: Final = {
    "none": (),
    "internal": (_INTERNAL,),
    "contractors": (_CONTRACTOR,),
    "both": HIRE_KINDS,
}


def hires_offered(loads: Loads) -> Found:
    """Only a kind that the scenario allows joins, at a price and as whole people."""
    joined = loads.joined
    allowed = _ALLOWED[joined.scenario.hiring]
    for role, kind in joined.present:
        key = {"role_id": role, "kind": kind}
        there = bool((np.abs(joined.present[role, kind]) > TOLERANCE).any())
        who = "People are hired" if kind == _INTERNAL else "Contractors come"
        if there and kind not in allowed:
            message = f"{who} for role {role}; the scenario has hiring: {joined.scenario.hiring}."
            yield Violation("offered", key, message)
        if there and kind == _CONTRACTOR and math.isnan(joined.roles[role]["contractor_rate"]):
            message = f"Contractors come for role {role}, and its contractor_rate is blank."
            yield Violation("offered", key, message)
        present = joined.present[role, kind]
        for t in np.flatnonzero(np.abs(present - np.round(present)) > TOLERANCE):
            message = (
                f"{amount(present[t])} of role {role} ({kind}) are there in {joined.labels[t]}; "
                "only whole people join."
            )
            yield Violation("offered", key, message)


def _lead(kind: str, column: str) -> Callable[[Loads], Found]:
    """Check of hire_lead or contractor_lead."""

    def check(loads: Loads) -> Found:
        joined = loads.joined
        for (role, of_kind), came in joined.arriving.items():
            lead = int(joined.roles[role][column])
            for t in np.flatnonzero(came[:lead] > TOLERANCE):
                if of_kind == kind:
                    label = joined.labels[t]
                    message = (
                        f"{amount(came[t])} of role {role} ({kind}) arrive in {label}, "
                        f"before the lead of {lead} periods has passed."
                    )
                    yield Violation(column, {"role_id": role, "period": label}, message)

    return check


def _contractor_arrival(loads: Loads) -> Found:
    """Nobody is there who was not there before and does not arrive."""
    joined = loads.joined
    for (role, kind), present in joined.present.items():
        if kind != _CONTRACTOR:
            continue
        before = np.concatenate([[0.0], present[:-1]])
        unknown = present - before - joined.arriving[role, kind]
        for t in np.flatnonzero(unknown > TOLERANCE):
            label = joined.labels[t]
            message = (
                f"{amount(unknown[t])} contractors of role {role} are there in {label} "
                "without having arrived."
            )
            yield Violation("contractor_arrival", {"role_id": role, "period": label}, message)


def _contractor_term(loads: Loads) -> Found:
    """All who came less than a term ago are still there; a term ends inside the horizon."""
    joined = loads.joined
    periods = len(joined.labels)
    for (role, kind), came in joined.arriving.items():
        if kind != _CONTRACTOR:
            continue
        term = int(joined.roles[role]["contractor_term"])
        for t, label in enumerate(joined.labels):
            key = {"role_id": role, "period": label}
            bound = came[max(t - term + 1, 0) : t + 1].sum()
            present = joined.present[role, kind][t]
            if bound > present and differ(bound, present):
                message = (
                    f"{amount(present)} contractors of role {role} are there in {label}, "
                    f"and {amount(bound)} came less than their term of {term} periods ago."
                )
                yield Violation("contractor_term", key, message)
            if came[t] > TOLERANCE and t + term > periods:
                message = (
                    f"Contractors of role {role} come in {label} for a term of {term} periods, "
                    "past the end of the horizon."
                )
                yield Violation("contractor_term", key, message)


def _hire_limit(loads: Loads) -> Iterator[Row]:
    """People hired into a role over the horizon, within the most that can be."""
    joined = loads.joined
    for role, facts in joined.roles.items():
        came = joined.arriving.get((role, _INTERNAL), np.zeros(1)).sum()
        most = or_nothing(facts["hire_max"])
        what = f"The number of people hired into role {role}"
        yield Row(
            "hire_limit", {"role_id": role}, float(came), upper=most, what=what, unit="people"
        )


def _contractor_limit(loads: Loads) -> Iterator[Row]:
    """Contractors of a role in a period, within the most that can be."""
    joined = loads.joined
    nobody = np.zeros(len(joined.labels))
    for role in joined.roles:
        present = joined.present.get((role, _CONTRACTOR), nobody)
        for t, label in enumerate(joined.labels):
            what = f"The number of contractors of role {role} in {label}"
            key = {"role_id": role, "period": label}
            most = joined.limit(role, t)
            yield Row(
                "contractor_limit", key, float(present[t]), upper=most, what=what, unit="people"
            )


HIRING_FAMILIES: Final[Mapping[str, Callable[[Loads], Found]]] = {
    "hire_lead": _lead(_INTERNAL, "hire_lead"),
    "contractor_lead": _lead(_CONTRACTOR, "contractor_lead"),
    "contractor_arrival": _contractor_arrival,
    "contractor_term": _contractor_term,
}
"""Families on who joins, whose limits are no amounts."""

HIRING_LIMITS: Final[Mapping[str, Callable[[Loads], Iterator[Row]]]] = {
    "hire_limit": _hire_limit,
    "contractor_limit": _contractor_limit,
}
"""Families on who joins, whose limits are amounts; a scenario may soften them by a share."""
