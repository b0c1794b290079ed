"""The check of an allocation: a sound one passes, and a planted violation of each rule is found."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from portfolio.allocate import allocate
from portfolio.allocation import Allocation
from portfolio.models.allocation import OPEN
from portfolio.models.outcome import Settings
from portfolio.plan import Status
from portfolio.scenario import Scenario
from portfolio.verify import ALLOCATION_FAMILIES, verify_allocation

KEY = ["person_id", "project_id", "role_id", "period"]


@pytest.fixture(scope="module")
def sound(small):
    """Something of every rule: a portfolio, its scenario, its selection and its allocation."""
    portfolio = small(
        {
            "A": {"value": 5, "programme_id": "P", "force": "in"},
            "B": {"value": 4, "force": "in"},
            "C": {"value": 3, "force": "in", "need": {"H": [1, 1]}},
        },
        periods=2,
        people={"x": {"R": 1, "S": 0.5}, "y": {"R": 1}, "z": {"R": 1}, "w": {"R": 1}},
        facts={
            "x": {"max_projects": 1},
            "z": {"programme_id": "P"},
            "w": {"available_to": "2027-12-31"},
        },
        programmes=[{"programme_id": "P", "name": "P"}],
        demand=[
            {"project_id": "A", "role_id": "R", "offset": t, "fte": 1, "people_max": 1}
            for t in (0, 1)
        ]
        + [
            {"project_id": "B", "role_id": "R", "offset": 0, "fte": 1, "people_min": 2},
            {"project_id": "B", "role_id": "S", "offset": 1, "fte": 0.25},
            {"project_id": "C", "role_id": "R", "offset": 1, "fte": 2},
            {"project_id": "C", "role_id": "H", "offset": 0, "fte": 1},
        ],
        capacity=[{"role_id": "H", "period": "2027", "kind": "total", "fte": 1}],
        reserved=[{"role_id": "R", "period": "2027", "fte": 0.25, "reason": "operations"}],
        assignments=[
            {"person_id": "y", "project_id": "B", "role_id": "R", "period": "2027"}
            | {"fte": 0.5, "booking": "committed"},
            {"person_id": "w", "project_id": "A", "role_id": "R", "kind": "banned"},
            {"person_id": "x", "project_id": "C", "role_id": "R", "fte_max": 0.75},
        ],
    )
    scenario = Scenario(
        objectives=("strategic_value",), give_up=(0.0,), ignore=frozenset(["role_capacity"])
    )
    plan, allocation = allocate(portfolio, scenario, Settings(gap=0.0))
    return portfolio, scenario, plan, allocation


def families(sound, allocation):
    portfolio, scenario, plan, _ = sound
    found = verify_allocation(allocation, portfolio, scenario, plan)
    return {violation.family for violation in found}


def test_a_sound_allocation_passes(sound):
    assert families(sound, sound[3]) == set()
    assert len(sound[3].shortage)


def with_rows(sound, *rows, drop=None):
    """The allocation with rows set (person, project, role, period, fte) and some dropped."""
    frame = sound[3].allocation.set_index(KEY)["fte"].to_dict()
    frame = {key: fte for key, fte in frame.items() if drop is None or not drop(key)}
    frame |= {row[:4]: row[4] for row in rows}
    table = pd.DataFrame([(*key, fte) for key, fte in frame.items()], columns=[*KEY, "fte"])
    return replace(sound[3], allocation=table)


PLANTED = {
    "demand_covered": lambda s: with_rows(s, drop=lambda key: key[:2] == ("z", "A")),
    "reserved_work": lambda s: with_rows(s, drop=lambda key: key[1] == ""),
    "capacity_by_hand": lambda s: with_rows(s, ("", "C", "H", "2027", 1.5)),
    "person_time": lambda s: with_rows(s, ("z", "A", "R", "2027", 1.5)),
    "booked": lambda s: with_rows(s, drop=lambda key: key[:2] == ("y", "B")),
    "banned": lambda s: with_rows(s, ("w", "A", "R", "2027", 0.5)),
    "fte_max": lambda s: with_rows(s, ("x", "C", "R", "2028", 1.0)),
    "ring_fence": lambda s: with_rows(s, ("z", "B", "R", "2027", 0.5)),
    "max_projects": lambda s: with_rows(
        s, ("x", "B", "S", "2028", 0.5), ("x", "C", "R", "2028", 0.5)
    ),
    "minimum_fraction": lambda s: with_rows(s, ("y", "C", "R", "2028", 0.01)),
    "people_max": lambda s: with_rows(
        s, ("z", "A", "R", "2027", 0.5), ("x", "A", "R", "2027", 0.5)
    ),
    "people_min": lambda s: with_rows(
        s,
        ("y", "B", "R", "2027", 1.0),
        drop=lambda key: key[1:3] == ("B", "R") and key[0] != "y",
    ),
}


def test_every_open_rule_is_planted():
    assert set(PLANTED) == {"demand_covered", *OPEN} == set(ALLOCATION_FAMILIES)


@pytest.mark.parametrize("family", PLANTED)
def test_a_planted_violation_is_found(sound, family):
    assert family in families(sound, PLANTED[family](sound))


def test_a_rule_that_is_ignored_is_not_checked(sound):
    portfolio, scenario, plan, _ = sound
    ignoring = replace(scenario, ignore=scenario.ignore | {"banned"})
    found = verify_allocation(PLANTED["banned"](sound), portfolio, ignoring, plan)
    assert "banned" not in {violation.family for violation in found}


@pytest.mark.parametrize(
    ("row", "family"),
    [
        (("y", "B", "S", "2028", 0.25), "skills"),
        (("w", "C", "R", "2028", 0.5), "person_time"),  # has left
        (("y", "A", "S", "2028", 0.25), "demand_covered"),  # which A has no use for
        (("q", "B", "R", "2027", 0.5), "tables"),
        (("y", "B", "R", "2031", 0.5), "tables"),
        (("y", "B", "R", "2027", float("nan")), "tables"),
        (("y", "B", "R", "2027", -0.5), "tables"),
        (("", "", "R", "2027", 0.5), "tables"),
    ],
)
def test_a_row_that_cannot_be_is_found(sound, row, family):
    assert family in families(sound, with_rows(sound, row))


def test_a_shortage_that_is_hidden_is_found(sound):
    assert "demand_covered" in families(
        sound, replace(sound[3], shortage=sound[3].shortage.iloc[1:])
    )


def test_a_shortage_that_is_invented_is_found(sound):
    more = sound[3].shortage.assign(fte=sound[3].shortage["fte"] + 0.5)
    assert "demand_covered" in families(sound, replace(sound[3], shortage=more))


@pytest.mark.parametrize("objective", range(6))
def test_a_false_objective_is_found(sound, objective):
    frame = sound[3].objectives.copy()
    frame.loc[objective, "value"] += 1
    assert "objective" in families(sound, replace(sound[3], objectives=frame))


def test_a_bound_that_is_passed_is_found(sound):
    frame = sound[3].objectives.assign(bound=sound[3].objectives["value"] + 1)
    assert "objective" in families(sound, replace(sound[3], objectives=frame))


def test_a_change_that_is_left_out_is_found(sound):
    assert "tables" in families(sound, replace(sound[3], changes=sound[3].changes.iloc[1:]))


def test_a_table_that_is_missing_is_found(sound):
    assert families(sound, replace(sound[3], person_changes=None)) == {"tables"}


def test_a_false_status_is_found(sound):
    objectives = sound[3].objectives.assign(status="feasible")
    claimed = replace(sound[3], status=Status.OPTIMAL, objectives=objectives)
    assert families(sound, claimed) == {"status"}
    assert families(sound, replace(sound[3], scenario="other")) == {"status"}
    none = Allocation(Status.INFEASIBLE, allocation=sound[3].allocation)
    assert families(sound, none) == {"status"}
