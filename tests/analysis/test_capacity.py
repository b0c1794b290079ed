"""Demand against people, on portfolios that are counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.allocate import allocate
from portfolio.analysis.capacity import CAPACITY_TABLES, CapacityAnalysis, analyse_capacity
from portfolio.analysis.wanted import wanted_selection
from portfolio.data.portfolio import Portfolio
from portfolio.models.allocation import Work
from portfolio.models.outcome import Settings
from portfolio.scenario import Scenario

from ..sweeps import draws

Small = Callable[..., Portfolio]


def wanted(portfolio: Portfolio) -> CapacityAnalysis:
    work = Work(portfolio, Scenario(), wanted_selection(portfolio))
    return analyse_capacity(work, demand_of="wanted")


def row(frame: pd.DataFrame, **keys: Any) -> dict[str, Any]:
    chosen = frame
    for name, value in keys.items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1, chosen
    return {str(name): value for name, value in chosen.iloc[0].items()}


def figures(frame: pd.DataFrame, **keys: Any) -> dict[str, Any]:
    return {k: v for k, v in row(frame, **keys).items() if isinstance(v, float)}


class TestRoles:
    def test_a_person_of_two_roles_is_counted_once(self, small: Small) -> None:
        """One person, half a year for each of two roles that ask for 0.8: 0.6 is short."""
        portfolio = small(
            {"A": {"need": {"R": [0.8], "S": [0.8]}}}, periods=1, people={"p": {"R": 1, "S": 1}}
        )
        found = wanted(portfolio)
        for role in "RS":
            assert figures(found.roles, role_id=role) == {
                "demand": 0.8,
                "reserved": 0.0,
                "most": 1.0,
                "supplied": 0.5,
                "deficit": pytest.approx(0.3),
                "certain": 0.0,
                "surplus": 0.0,
            }
        assert figures(found.pools, pool_id="pool 1") == {
            "people": 1.0,
            "time": 1.0,
            "spent": 1.0,
            "surplus": 0.0,
        }

    def test_what_no_rearranging_closes_is_certain(self, small: Small) -> None:
        """R asks for 3 of two people who have it, one at half a proficiency; S is short for it."""
        portfolio = small(
            {"A": {"need": {"R": [3], "S": [0.5]}}},
            periods=1,
            people={"p": {"R": 1}, "q": {"R": 0.5, "S": 1}},
        )
        found = wanted(portfolio)
        first = figures(found.roles, role_id="R")
        assert (first["most"], first["certain"]) == (1.5, 1.5)
        second = figures(found.roles, role_id="S")
        assert (second["most"], second["certain"], second["deficit"]) == (1.0, 0.0, 0.0)
        # q gives half to S, and the rest is worth a quarter to R.
        assert first["supplied"] == 1.25
        assert list(found.bottlenecks["role_id"]) == ["R", "S"]

    def test_capacity_by_hand_and_reserved_work(self, small: Small) -> None:
        portfolio = small(
            {"A": {"need": {"R": [2], "S": [1]}}},
            periods=1,
            people={"p": {"R": 1}, "q": {"R": 1}},
            capacity=[
                {"role_id": "R", "period": "2027", "kind": "extra", "fte": 0.25},
                {"role_id": "S", "period": "2027", "kind": "total", "fte": 3},
            ],
            reserved=[{"role_id": "R", "period": "2027", "fte": 0.75, "reason": "support"}],
        )
        found = wanted(portfolio)
        assert figures(found.roles, role_id="R") == {
            "demand": 2.0,
            "reserved": 0.5,  # a quarter of what is reserved is done by capacity without names
            "most": 1.5,
            "supplied": 1.5,
            "deficit": 0.5,
            "certain": 0.5,
            "surplus": 0.0,
        }
        assert figures(found.roles, role_id="S")["surplus"] == 2.0

    def test_ring_fenced_people_help_their_programme_alone(self, small: Small) -> None:
        portfolio = small(
            {
                "A": {"need": [1.5], "programme_id": "G"},
                "B": {"need": [1.5], "programme_id": "H"},
            },
            periods=1,
            people={"p": {"R": 1}, "q": {"R": 1}, "x": {"R": 1}},
            facts={"p": {"programme_id": "G"}, "q": {"programme_id": "G"}},
            programmes=[{"programme_id": "G", "name": "G"}, {"programme_id": "H", "name": "H"}],
        )
        found = wanted(portfolio)
        # Of the two in G 1.5 is of use; B gets x and lacks a half.
        assert figures(found.roles, role_id="R") == {
            "demand": 3.0,
            "reserved": 0.0,
            "most": 2.5,
            "supplied": 2.5,
            "deficit": 0.5,
            "certain": 0.5,
            "surplus": 0.0,
        }
        assert row(found.programmes, programme_id="G")["deficit"] == 0.0
        assert row(found.programmes, programme_id="G")["ring_fenced"] == 2.0
        assert row(found.programmes, programme_id="H")["deficit"] == 0.5

    def test_who_is_ring_fenced_helps_the_programmes_within(self, small: Small) -> None:
        """p and q of G: 1 goes to A, and 0.5 to C of I, within G, beside r of I; nothing to B."""
        portfolio = small(
            {
                "A": {"need": [1], "programme_id": "G"},
                "B": {"need": [1], "programme_id": "H"},
                "C": {"need": [1.5], "programme_id": "I"},
            },
            periods=1,
            people={name: {"R": 1} for name in ("p", "q", "r")},
            facts={
                "p": {"programme_id": "G"},
                "q": {"programme_id": "G"},
                "r": {"programme_id": "I"},
            },
            programmes=[
                {"programme_id": "G", "name": "G"},
                {"programme_id": "I", "name": "I", "parent_id": "G"},
                {"programme_id": "H", "name": "H"},
            ],
        )
        found = wanted(portfolio)
        role = figures(found.roles, role_id="R")
        assert {name: role[name] for name in ("most", "supplied", "deficit", "certain")} == {
            "most": 2.5,
            "supplied": 2.5,
            "deficit": 1.0,
            "certain": 1.0,
        }
        deficits = {
            name: row(found.programmes, programme_id=name)["deficit"] for name in ("G", "H", "I")
        }
        assert deficits == {"G": 0.0, "H": 1.0, "I": 0.0}

    def test_a_role_that_nobody_has_time_for_comes_first(self, small: Small) -> None:
        portfolio = small(
            {"A": {"need": {"R": [0.5, 0.5], "S": [0, 0.5]}}},
            periods=2,
            people={"p": {"R": 1}, "q": {"S": 1}},
            facts={"q": {"available_to": "2027-12-31"}},
        )
        first = row(wanted(portfolio).bottlenecks, role_id="S")
        assert np.isnan(first["peak_use"])
        assert (first["first_short"], first["worst_period"]) == ("2028", "2028")
        assert list(wanted(portfolio).bottlenecks["role_id"]) == ["S", "R"]


class TestPlaces:
    def test_locations_say_what_has_to_come_from_elsewhere(self, small: Small) -> None:
        portfolio = small(
            {"A": {"need": [1.5], "location_id": "N"}, "B": {"need": [0.25]}},
            periods=1,
            people={"p": {"R": 1}, "q": {"R": 1}},
            facts={"p": {"location_id": "N"}},
            locations=[{"location_id": "N", "name": "North"}],
        )
        found = wanted(portfolio)
        assert figures(found.locations, location_id="N")["deficit"] == 0.5
        assert figures(found.locations, location_id="")["surplus"] == 0.75
        assert found.roles["deficit"].sum() == 0


class TestToday:
    ASKED: Mapping[str, Any] = {
        "people": {"p": {"R": 1}, "q": {"R": 1}},
        "facts": {"p": {"max_projects": 2}, "q": {"fte": 0.5}},
    }

    def test_committed_and_proposed_apart(self, small: Small) -> None:
        rows = [
            ("p", "A", 0.6, "committed", ""),
            ("p", "B", 0.3, "", "fixed"),
            ("p", "C", 0.5, "proposed", ""),
            ("q", "A", 0.6, "committed", ""),
            ("q", "B", None, "", "banned"),
        ]
        names = ("person_id", "project_id", "fte", "booking", "kind")
        bookings = [
            {**dict(zip(names, one, strict=True)), "role_id": "R", "period": "2027"} for one in rows
        ]
        portfolio = small(
            {name: {"need": [1]} for name in "ABC"}, periods=1, assignments=bookings, **self.ASKED
        )
        found = wanted(portfolio)
        assert row(found.today, person_id="p") == {
            "person_id": "p",
            "period": "2027",
            "time": 1.0,
            "committed": pytest.approx(0.9),
            "proposed": 0.5,
            "over_committed": 0.0,
            "over": pytest.approx(0.4),
            "projects": 3.0,
            "max_projects": 2.0,
            "bookings": "A 0.6, B 0.3, C 0.5 proposed",
        }
        assert row(found.today, person_id="q")["over_committed"] == pytest.approx(0.1)
        assert found.summary()["over_allocated"] == {
            "people": 2,
            "person_periods": 2,
            "committed": 0.1,
            "with_proposed": 0.5,
        }
        assert row(found.people, person_id="p")["utilisation"] == pytest.approx(1.4)

    def test_a_row_without_a_period_counts_while_its_project_runs(self, small: Small) -> None:
        person = {"person_id": "p", "project_id": "A", "role_id": "R", "booking": "committed"}
        portfolio = small(
            {"A": {"need": [1, 1], "earliest_start": "2028"}},
            periods=3,
            assignments=[
                {**person, "period": "", "fte": 0.5},
                {**person, "period": "2029", "fte": 0.2},
            ],
            **self.ASKED,
        )
        found = wanted(portfolio).today
        assert list(zip(found["period"], found["committed"], strict=True)) == [
            ("2028", 0.5),
            ("2029", 0.2),
        ]


class TestWanted:
    def test_who_asks_for_people(self, small: Small) -> None:
        stages = ("idea", "proposed", "approved", "on_hold", "closed")
        projects: dict[str, Any] = {stage: {"stage": stage, "need": [1, 1]} for stage in stages}
        projects["out"] = {"force": "out", "need": [1]}
        projects["run"] = {"stage": "in_flight", "started": "2026", "need": [1, 1]}
        projects["late"] = {"earliest_start": "2028", "need": [1, 1]}
        found = wanted_selection(small(projects, people={"p": {"R": 1}})).set_index("project_id")
        chosen = found[found["selected"]]
        assert set(chosen.index) == {"proposed", "approved", "run", "late"}
        assert list(chosen.loc["run", ["start", "finish"]]) == ["2026", "2027"]
        assert list(chosen.loc["late", ["start", "finish"]]) == ["2028", "2029"]


def test_an_allocation_is_read_as_it_is(small: Small, tmp_path: Path) -> None:
    portfolio = small(
        {"A": {"value": 1, "force": "in", "need": {"R": [1.5], "S": [0.5]}}},
        periods=1,
        people={"p": {"R": 1, "S": 1}, "q": {"R": 0.5}},
        capacity=[{"role_id": "S", "period": "2027", "kind": "extra", "fte": 0.25}],
    )
    scenario = Scenario.from_dict({"ignore": ["role_capacity"]})
    plan, allocation = allocate(portfolio, scenario, Settings(gap=0.0, threads=1))
    assert plan.selection is not None
    work = Work(portfolio, scenario, plan.selection)
    named, at_will = analyse_capacity(work, allocation), analyse_capacity(work)
    assert (named.basis, at_will.basis) == ("allocation", "at_will")
    # p has 1 and q gives a half, the hand a quarter: 0.25 of 2 is short, whoever is named.
    assert named.summary()["deficit"] == pytest.approx(0.25)
    assert at_will.summary()["deficit"] == pytest.approx(0.25)
    assert named.people["load"].sum() == pytest.approx(2.0)
    assert at_will.people["worked"].isna().all()
    named.write(tmp_path / "out")
    assert {path.stem for path in (tmp_path / "out").glob("*.csv")} == set(CAPACITY_TABLES)


def test_a_portfolio_without_people_or_demand(small: Small) -> None:
    found = wanted(small({"A": {}}))
    assert found.bottlenecks.empty
    assert found.over_allocated.empty
    assert found.summary()["deficit"] == 0


AMOUNT = st.sampled_from([0, 0.25, 0.5, 1, 1.5])
SKILL = st.dictionaries(st.sampled_from("RST"), st.sampled_from([0.5, 0.8, 1]), min_size=1)


@settings(max_examples=draws(6), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    needs=st.lists(
        st.dictionaries(st.sampled_from("RST"), st.lists(AMOUNT, min_size=2, max_size=2)),
        min_size=1,
        max_size=3,
    ),
    people=st.lists(SKILL, min_size=1, max_size=4),
)
def test_laws_of_demand_and_supply(small: Small, needs: Any, people: Any) -> None:
    """What is supplied is within what is asked and possible; nobody's time is spent twice."""
    covers = {"z": {"R": 0.5, "S": 0.5, "T": 0.5}}
    portfolio = small(
        {f"P{n}": {"need": need} for n, need in enumerate(needs)},
        periods=2,
        people=covers | {f"p{n}": skills for n, skills in enumerate(people)},
    )
    found = wanted(portfolio)
    roles, pools = found.roles, found.pools
    tolerance = 1e-5
    assert np.allclose(roles["supplied"] + roles["deficit"], roles["demand"], atol=tolerance)
    assert (roles["supplied"] <= roles["most"] + tolerance).all()
    assert (roles["certain"] <= roles["deficit"] + tolerance).all()
    assert (pools["spent"] <= pools["time"] + tolerance).all()
    # Where a role is short nobody who has it is idle.
    assert (roles.loc[roles["deficit"] > 1e-3, "surplus"] <= 1e-3).all()
    for _, own in roles.groupby("period"):
        # No FTE of time supplies more than one of demand here.
        spent = pools.loc[pools["period"] == own["period"].iloc[0], "spent"].sum()
        assert own["supplied"].sum() <= spent + tolerance
    in_all = float(roles["deficit"].sum())
    assert found.programmes["deficit"].sum() == pytest.approx(in_all, abs=tolerance)
