"""One hand-solvable allocation per constraint family: what is short, and without the family.

One project of the largest value weighs 1, one of none 0.1; periods are years. People
have no location, and so no holidays: a whole person has 1 FTE in each.
"""

from __future__ import annotations

import pytest

from portfolio.models.allocation import CONSTRAINTS
from portfolio.models.allocation.model import build_allocation
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.work import Work
from portfolio.models.outcome import Settings
from portfolio.models.solve import solve_in_order
from portfolio.scenario import Scenario

EXACT = Settings(gap=0.0)


def values(found):
    return {outcome.objective: outcome.value for outcome in found[1].outcomes}


def check(named, portfolio, family, with_it, without, objective="shortage", **scenario):
    """An objective with a family, and with the scenario ignoring it."""
    assert family in CONSTRAINTS
    assert values(named(portfolio, **scenario))[objective] == pytest.approx(with_it, abs=1e-7)
    ignoring = named(portfolio, ignore=frozenset([family]), **scenario)
    assert values(ignoring)[objective] == pytest.approx(without, abs=1e-7)


def check_stripped(everything, portfolio, family, with_it, without, **scenario):
    """Least shortage with a family, and with its rows taken out of the model."""
    assert family in CONSTRAINTS
    part = Part(Work(portfolio, Scenario(**scenario), everything(portfolio)), range(1))
    built = build_allocation(part, ("shortage",))
    kept = solve_in_order(built.model, built.objectives, [0.0], EXACT)[0]
    assert kept.value == pytest.approx(with_it)
    model = built.model.without_rows(built.model.row_numbers(family))
    gone = solve_in_order(model, built.objectives, [0.0], EXACT)[0]
    assert gone.value == pytest.approx(without)


def test_demand_covered(small, everything):
    """A needs 1 and nobody has the role: 1 is short; without the rule nothing is."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}},
        periods=1,
        people={"x": {"S": 1}},
        capacity=[{"role_id": "R", "period": "2027", "kind": "total", "fte": 0}],
    )
    check_stripped(everything, portfolio, "demand_covered", 1, 0)


def test_demand_of_several_periods_counts_each(small, named):
    """One person for A, who needs 1, 2 and 1.5: 0 + 1 + 0.5 are short."""
    portfolio = small({"A": {"value": 1, "need": [1, 2, 1.5]}}, people={"x": {"R": 1}})
    assert values(named(portfolio))["shortage"] == pytest.approx(1.5)


def test_a_half_proficient_person_covers_half(small, named):
    """x supplies half of what they spend: 0.5 of 1 is short."""
    portfolio = small({"A": {"value": 1, "need": [1]}}, periods=1, people={"x": {"R": 0.5}})
    assert values(named(portfolio))["shortage"] == pytest.approx(0.5)


def test_shortage_falls_on_what_is_worth_least(small, named):
    """One person for A (worth 10) and B (worth 5), 1 each: B is short, 0.1 + 0.9 x 0.5 = 0.55."""
    portfolio = small(
        {"A": {"value": 10, "need": [1]}, "B": {"value": 5, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
    )
    assert values(named(portfolio))["shortage"] == pytest.approx(0.55)


def test_what_is_in_flight_comes_first(small, named):
    """B in flight (worth 0, weight 1.1) gets the person; A (worth 10, weight 1) is short: 1."""
    flying = {"value": 0, "need": [1], "stage": "in_flight", "started": "2027"}
    portfolio = small(
        {"A": {"value": 10, "need": [1]}, "B": flying}, periods=1, people={"x": {"R": 1}}
    )
    assert values(named(portfolio))["shortage"] == pytest.approx(1.0)


def test_reserved_work(small, named):
    """Half of the only person is reserved for operations: 0.5 of A's 1 is short; without, none."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
        reserved=[{"role_id": "R", "period": "2027", "fte": 0.5, "reason": "operations"}],
    )
    check(named, portfolio, "reserved_work", 0.5, 0)


def test_capacity_by_hand(small, named):
    """1 FTE by hand for two projects that need 1 each, worth 1 and 1: 1 is short; without, none."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}, "B": {"value": 1, "need": [1]}},
        periods=1,
        capacity=[{"role_id": "R", "period": "2027", "kind": "total", "fte": 1}],
    )
    check(named, portfolio, "capacity_by_hand", 1, 0)


def test_capacity_beside_people(small, named):
    """x and half an FTE by hand for A, who needs 2: 0.5 is short."""
    portfolio = small(
        {"A": {"value": 1, "need": [2]}},
        periods=1,
        people={"x": {"R": 1}},
        capacity=[{"role_id": "R", "period": "2027", "kind": "extra", "fte": 0.5}],
    )
    assert values(named(portfolio))["shortage"] == pytest.approx(0.5)


def test_person_time(small, named):
    """x has 1 FTE for A and B, 1 each: 1 is short; without the rule x does both."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}, "B": {"value": 1, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
    )
    check(named, portfolio, "person_time", 1, 0)


def test_person_time_over_roles(small, named):
    """x can do R and S, but not both at once: 1 of 2 is short."""
    portfolio = small(
        {"A": {"value": 1, "need": {"R": [1], "S": [1]}}},
        periods=1,
        people={"x": {"R": 1, "S": 1}},
    )
    check(named, portfolio, "person_time", 1, 0)


def test_booked(small, named):
    """x is booked on B (weight 0.1), so A (weight 1) is short; without the booking B is."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}, "B": {"value": 0, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
        assignments=[
            {"person_id": "x", "project_id": "B", "role_id": "R", "period": "2027", "fte": 1}
            | {"booking": "committed"}
        ],
    )
    check(named, portfolio, "booked", 1, 0.1)


def test_a_proposed_booking_holds_nothing(small, named):
    """Proposed on B, x works on A all the same: B is short, 0.1."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}, "B": {"value": 0, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
        assignments=[
            {"person_id": "x", "project_id": "B", "role_id": "R", "period": "2027", "fte": 1}
            | {"booking": "proposed"}
        ],
    )
    found = values(named(portfolio))
    assert found["shortage"] == pytest.approx(0.1)
    assert found["change"] == pytest.approx(1)


def test_a_booking_holds_time_that_the_project_does_not_need(small, named):
    """x is committed to B, which needs nothing in 2027: A is short all the same."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}, "B": {"value": 1, "cost": [1, 1]}},
        people={"x": {"R": 1}},
        assignments=[
            {"person_id": "x", "project_id": "B", "role_id": "R", "period": "2027", "fte": 0.75}
            | {"booking": "committed"}
        ],
    )
    check(named, portfolio, "booked", 0.75, 0)


def test_banned(small, named):
    """x may not work on A, the only project: 1 is short; without the ban none is."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
        assignments=[{"person_id": "x", "project_id": "A", "role_id": "R", "kind": "banned"}],
    )
    check(named, portfolio, "banned", 1, 0)


def test_fte_max(small, named):
    """x gives A a quarter of the 1 that it needs, and is held with it; else x does all of it."""
    row = {"person_id": "x", "project_id": "A", "role_id": "R", "period": "2027"}
    row |= {"fte": 0.25, "fte_max": 0.25, "booking": "committed"}
    portfolio = small(
        {"A": {"value": 1, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
        assignments=[row],
    )
    check(named, portfolio, "fte_max", 0.75, 0)


def test_ring_fence(small, named):
    """x works for programme P only, and A is of none: 1 is short; without the fence none is."""
    portfolio = small(
        {"A": {"value": 1, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
        facts={"x": {"programme_id": "P"}},
        programmes=[{"programme_id": "P", "name": "P"}],
    )
    check(named, portfolio, "ring_fence", 1, 0)


@pytest.mark.parametrize(("fence", "short"), [("P", 0), ("Q", 0), ("R", 1)])
def test_who_is_ring_fenced_works_for_the_programmes_within(small, named, fence, short):
    """A is of Q, within P: x works there who is kept for P or Q, and not who is kept for R."""
    portfolio = small(
        {"A": {"value": 1, "need": [1], "programme_id": "Q"}},
        periods=1,
        people={"x": {"R": 1}},
        facts={"x": {"programme_id": fence}},
        programmes=[
            {"programme_id": "P", "name": "P"},
            {"programme_id": "Q", "name": "Q", "parent_id": "P"},
            {"programme_id": "R", "name": "R"},
        ],
    )
    check(named, portfolio, "ring_fence", short, 0)


def test_max_projects(small, named):
    """x may work on one project at once: of two that need a half each one is short."""
    portfolio = small(
        {"A": {"value": 1, "need": [0.5]}, "B": {"value": 1, "need": [0.5]}},
        periods=1,
        people={"x": {"R": 1}},
        facts={"x": {"max_projects": 1}},
    )
    check(named, portfolio, "max_projects", 0.5, 0)


def test_minimum_fraction(small, named):
    """A twentieth is less than the tenth of a person that works anywhere: short, else done."""
    portfolio = small({"A": {"value": 1, "need": [0.05]}}, periods=1, people={"x": {"R": 1}})
    check(named, portfolio, "minimum_fraction", 0.05, 0)


def test_working(small, everything):
    """Without the link from work to projects the limit of one project at once means nothing."""
    portfolio = small(
        {"A": {"value": 1, "need": [0.5]}, "B": {"value": 1, "need": [0.5]}},
        periods=1,
        people={"x": {"R": 1}},
        facts={"x": {"max_projects": 1}},
    )
    check_stripped(everything, portfolio, "working", 0.5, 0)


LIMITED = {"project_id": "A", "role_id": "R", "offset": 0, "fte": 1}


def limited(small, **limits):
    """A needs 1 by people_min or people_max people; x and y have a half each."""
    return small(
        {"A": {"value": 1}},
        periods=1,
        people={"x": {"R": 1}, "y": {"R": 1}},
        facts={"x": {"fte": 0.5}, "y": {"fte": 0.5}},
        demand=[LIMITED | limits],
    )


def test_people_max(small, named):
    """At most one person: a half is short; without the rule both work."""
    check(named, limited(small, people_max=1), "people_max", 0.5, 0)


def test_people_min(small, named):
    """At least three people, where there are two: nobody begins; without the rule both work."""
    check(named, limited(small, people_min=3), "people_min", 1, 0)


def test_filling(small, everything):
    """Without the link from work to the count of people the most of one means nothing."""
    check_stripped(everything, limited(small, people_max=1), "filling", 0.5, 0)


def test_spread(small, everything):
    """Without the link from work to what has begun the least of three means nothing."""
    check_stripped(everything, limited(small, people_min=3), "spread", 1, 0)


def two_people(small, needs=(1, 1), **tables):
    """A, and x and y, who are alike."""
    return small(
        {"A": {"value": 1, "need": list(needs)}},
        periods=len(needs),
        people={"x": {"R": 1}, "y": {"R": 1}},
        **tables,
    )


def test_change(small, named):
    """y is proposed for A: nothing changes when y works there."""
    row = {"person_id": "y", "project_id": "A", "role_id": "R", "fte": 1, "booking": "proposed"}
    work, found = named(two_people(small, assignments=[row]))
    assert {o.objective: o.value for o in found.outcomes}["change"] == pytest.approx(0, abs=1e-7)
    rows = work.candidates.assign(work=found.amounts.work)
    assert set(rows.loc[rows["work"] > 0, "person"]) == {1}


def test_handovers(small, named):
    """One of two alike comes once, and stays: 1 hand-over by 1 person."""
    found = values(named(two_people(small, needs=(0.5, 1, 0.5))))
    assert (found["handovers"], found["people"]) == (1, 1)


def test_people(small, named):
    """A pauses in 2028: whoever comes in 2029 comes anew, but one person does both years."""
    found = values(named(two_people(small, needs=(1, 0, 1))))
    assert (found["handovers"], found["people"]) == (2, 1)


def test_absences_end_stretches(small, named):
    """x is away in 2028 and y in 2027: two people, and two hand-overs, are the fewest."""
    away = [
        {"person_id": "x", "first_day": "2028-01-01", "last_day": "2028-12-31"},
        {"person_id": "y", "first_day": "2027-01-01", "last_day": "2027-12-31"},
    ]
    found = values(named(two_people(small, needs=(1, 1, 1), absences=away)))
    assert (found["handovers"], found["people"]) == (2, 2)


def test_balance(small, named):
    """A and B need 0.5 each; on both, x would work 0.5 + 0.3 + 0.1 beyond 50, 70 and 90 %."""
    portfolio = small(
        {"A": {"value": 1, "need": [0.5]}, "B": {"value": 1, "need": [0.5]}},
        periods=1,
        people={"x": {"R": 1}, "y": {"R": 1}},
    )
    assert values(named(portfolio))["balance"] == pytest.approx(0, abs=1e-7)
    alone = small(
        {"A": {"value": 1, "need": [0.5]}, "B": {"value": 1, "need": [0.5]}},
        periods=1,
        people={"x": {"R": 1}},
    )
    assert values(named(alone))["balance"] == pytest.approx(0.5 + 0.3 + 0.1)


def test_cost(small, named):
    """x at 10 and y at 20 are alike but for their rates: x does A's 0.5 for 5."""
    portfolio = small(
        {"A": {"value": 1, "need": [0.5]}},
        periods=1,
        people={"x": {"R": 1}, "y": {"R": 1}},
        facts={"x": {"cost_rate": 10}, "y": {"cost_rate": 20}},
    )
    assert values(named(portfolio))["cost"] == pytest.approx(5)
