"""What people have, in numbers worked out by hand.

January 2027 has 21 weekdays from Monday to Friday, February 20, March 23; from
Sunday to Thursday they have 21, 20 and 23 as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from portfolio.data.pools import Workforce, person_time, workforce
from portfolio.data.portfolio import Portfolio

DAYS = np.array([21, 20, 23])


def make(people: list[dict[str, Any]], **tables: Any) -> Portfolio:
    settings = {
        "name": "n",
        "currency": "EUR",
        "frequency": "month",
        "first_period": "2027-01",
        "periods": 3,
        **tables.pop("settings", {}),
    }
    roles = [{"role_id": role, "name": role} for role in ("R", "S", "T")]
    return Portfolio.from_tables(
        {
            "settings": settings,
            "projects": [{"project_id": "P1", "name": "P1", "stage": "idea"}],
            "budgets": [],
            "roles": roles,
            "people": people,
            **tables,
        }
    )


def time_of(person: dict[str, Any] | None = None, **tables: Any) -> list[float]:
    portfolio = make([{"person_id": "A", **(person or {})}], **tables)
    (row,) = person_time(portfolio)
    return [float(value) for value in row]


def about(*values: float) -> Any:
    return pytest.approx(list(values), abs=1e-12)


def test_full_time() -> None:
    assert time_of() == [1, 1, 1]


def test_part_time() -> None:
    assert time_of({"fte": 0.6}) == about(0.6, 0.6, 0.6)
    assert time_of({"fte": 0}) == [0, 0, 0]


LOCATION = {
    "locations": [{"location_id": "L", "name": "L"}],
    "holidays": [
        {"location_id": "L", "date": "2027-01-01"},  # a Friday
        {"location_id": "L", "date": "2027-01-02"},  # a Saturday takes nothing
        {"location_id": "L", "date": "2027-03-29"},
        {"location_id": "L", "date": "2026-12-25"},  # outside the horizon
        {"location_id": "L", "date": "2027-12-24"},
    ],
}


def test_holidays_count_where_the_person_is() -> None:
    assert time_of({"location_id": "L"}, **LOCATION) == about(20 / 21, 1, 22 / 23)
    assert time_of({}, **LOCATION) == [1, 1, 1]


def test_holidays_of_part_timers() -> None:
    assert time_of({"location_id": "L", "fte": 0.5}, **LOCATION) == about(10 / 21, 0.5, 11 / 23)


def test_joiners_and_leavers() -> None:
    # From Monday 18 January: ten weekdays. The first and the last day count.
    assert time_of({"available_from": "2027-01-18"}) == about(10 / 21, 1, 1)
    assert time_of({"available_to": "2027-01-15"}) == about(11 / 21, 0, 0)
    assert time_of({"available_from": "2027-02-05", "available_to": "2027-02-05"}) == about(
        0, 1 / 20, 0
    )
    assert time_of({"available_from": "2027-02-06", "available_to": "2027-02-07"}) == [0, 0, 0]
    assert time_of({"available_from": "2026-01-01", "available_to": "2030-01-01"}) == [1, 1, 1]
    assert time_of({"available_to": "2026-12-31"}) == [0, 0, 0]
    assert time_of({"available_from": "2027-04-01"}) == [0, 0, 0]
    assert time_of({"available_to": "2027-03-31"}) == [1, 1, 1]
    assert time_of({"available_from": "0001-01-01", "available_to": "9999-12-31"}) == [1, 1, 1]


def absences(*spans: tuple[str, str]) -> list[dict[str, str]]:
    return [{"person_id": "A", "first_day": first, "last_day": last} for first, last in spans]


def test_absences() -> None:
    assert time_of(absences=absences(("2027-02-01", "2027-02-05"))) == about(1, 15 / 20, 1)
    # A weekend within takes nothing: Friday and Monday are away.
    assert time_of(absences=absences(("2027-02-05", "2027-02-08"))) == about(1, 18 / 20, 1)
    # Across the turn of a month: 28, 29 January and 1, 2 February.
    assert time_of(absences=absences(("2027-01-28", "2027-02-02"))) == about(19 / 21, 18 / 20, 1)


def test_absences_beyond_both_ends_of_the_horizon() -> None:
    assert time_of(absences=absences(("2026-06-01", "2027-01-08"))) == about(15 / 21, 1, 1)
    assert time_of(absences=absences(("2027-03-29", "2028-03-01"))) == about(1, 1, 20 / 23)
    assert time_of(absences=absences(("2020-01-01", "2020-02-01"))) == [1, 1, 1]
    assert time_of(absences=absences(("2030-01-01", "2030-02-01"))) == [1, 1, 1]
    assert time_of(absences=absences(("2020-01-01", "2030-02-01"))) == [0, 0, 0]


def test_absences_that_overlap_each_other_count_once() -> None:
    two = absences(("2027-02-01", "2027-02-05"), ("2027-02-03", "2027-02-10"))
    assert time_of(absences=two) == about(1, 12 / 20, 1)
    twice = absences(("2027-02-01", "2027-02-05"), ("2027-02-02", "2027-02-03"))
    assert time_of(absences=twice) == about(1, 15 / 20, 1)


def test_an_absence_over_a_holiday_counts_once() -> None:
    away = absences(("2026-12-28", "2027-01-05"))  # 1 January, then 4 and 5
    assert time_of({"location_id": "L"}, absences=away, **LOCATION) == about(18 / 21, 1, 22 / 23)


def test_an_absence_is_one_persons() -> None:
    portfolio = make(
        [{"person_id": "A"}, {"person_id": "B"}],
        absences=[{"person_id": "B", "first_day": "2027-02-01", "last_day": "2027-02-28"}],
    )
    assert person_time(portfolio).tolist() == [[1, 1, 1], [1, 0, 1]]


def test_weeks_from_sunday_to_thursday() -> None:
    locations = [{"location_id": "L", "name": "L", "working_days": "Sun-Thu"}]
    away = absences(("2027-01-01", "2027-01-03"))  # Friday, Saturday, Sunday
    assert time_of({"location_id": "L"}, locations=locations, absences=away) == about(20 / 21, 1, 1)
    holidays = [{"location_id": "L", "date": day} for day in ("2027-03-05", "2027-03-07")]
    assert time_of({"location_id": "L"}, locations=locations, holidays=holidays) == about(
        1, 1, 22 / 23
    )


def test_one_day_a_week() -> None:
    locations = [{"location_id": "L", "name": "L", "working_days": "Mon"}]
    away = absences(("2027-01-01", "2027-01-04"))  # of the Mondays 4, 11, 18, 25
    assert time_of({"location_id": "L"}, locations=locations, absences=away) == about(0.75, 1, 1)


def test_reserved_of_a_person() -> None:
    rows = [
        {"person_id": "A", "period": "2027-01", "fte": 0.25},
        {"person_id": "A", "period": "2027-02", "fte": 5},
        {"person_id": "A", "period": "2026-12", "fte": 1},
        {"person_id": "A", "period": "2027-04", "fte": 1},
    ]
    assert time_of({"fte": 0.5}, reserved=rows) == about(0.25, 0, 0.5)
    # What is reserved comes off the time that is there, not off the full month.
    away = absences(("2027-01-18", "2027-01-31"))
    assert time_of(reserved=rows, absences=away) == about(11 / 21 - 0.25, 0, 1)


@pytest.mark.parametrize(
    ("frequency", "first", "days", "full"),
    [("quarter", "2027Q1", 64, 64), ("year", "2027", 261, 261)],
)
def test_quarters_and_years(frequency: str, first: str, days: int, full: int) -> None:
    settings = {"frequency": frequency, "first_period": first, "periods": 2}
    away = absences(("2027-02-01", "2027-02-05"))
    assert time_of(settings=settings, absences=away) == about((days - 5) / full, 1)


def test_a_year_from_april() -> None:
    settings = {"frequency": "year", "first_period": "2026", "periods": 1, "year_start": 4}
    # April 2026 to March 2027 has 261 weekdays.
    away = absences(("2027-03-29", "2027-04-30"))
    assert time_of(settings=settings, absences=away) == about(258 / 261)


def test_nobody() -> None:
    portfolio = make([])
    assert person_time(portfolio).shape == (0, 3)
    found = workforce(portfolio)
    assert found.fixed.shape == (3, 3)
    assert found.time.shape == (0, 3)
    assert not found.fixed.any()


# Pools.


def skills(**roles: str) -> list[dict[str, Any]]:
    """`A="R S:0.5"` gives A the roles R and, half as well, S."""
    return [
        {"person_id": person, "role_id": role, "proficiency": share or 1}
        for person, text in roles.items()
        for role, _, share in (part.partition(":") for part in text.split())
    ]


def people(*names: str, **facts: Any) -> list[dict[str, Any]]:
    return [{"person_id": name, **facts} for name in names]


def by_pool(found: Workforce) -> dict[str, int]:
    return dict(zip(found.pools["pool_id"], found.pools["people"], strict=True))


def test_people_with_the_same_skills_are_one_pool() -> None:
    portfolio = make(
        people("A", "B", "C", "D", "E"),
        skills=skills(A="R", B="R S", C="R", D="S R", E="R:0.5"),
    )
    found = workforce(portfolio)
    assert by_pool(found) == {"A": 2, "B": 2, "E": 1}
    assert found.time.tolist() == [[2, 2, 2], [2, 2, 2], [1, 1, 1]]
    assert found.skills.to_numpy().tolist() == [[0, 0, 1], [1, 0, 1], [1, 1, 1], [2, 0, 0.5]]


@pytest.mark.parametrize("facts", [{"programme_id": "G"}, {"location_id": "L"}, {"cost_rate": 5}])
def test_what_parts_a_pool(facts: dict[str, Any]) -> None:
    tables = {
        "programmes": [{"programme_id": "G", "name": "G"}],
        "locations": [{"location_id": "L", "name": "L"}],
        "skills": skills(A="R", B="R", C="R"),
    }
    given = [*people("A"), *people("B", "C", **facts)]
    found = workforce(make(given, **tables))
    assert by_pool(found) == {"A": 1, "B": 2}
    assert list(found.pools["programme_id"]) == ["", facts.get("programme_id", "")]


def test_who_has_no_skill_or_none_to_speak_of_is_in_no_pool() -> None:
    found = workforce(make(people("A", "B"), skills=skills(A="R:0")))
    assert len(found.pools) == len(found.skills) == 0
    assert not found.fixed.any()


def test_total_takes_the_role_out_of_the_pools() -> None:
    portfolio = make(
        people("A", "B"),
        skills=skills(A="R S", B="R"),
        capacity=[
            {"role_id": "R", "period": "2027-02", "kind": "total", "fte": 5},
            {"role_id": "R", "period": "2027-02", "kind": "extra", "fte": 1},
            {"role_id": "R", "period": "2027-03", "kind": "extra", "fte": 2},
            {"role_id": "R", "period": "2027-04", "kind": "total", "fte": 9},
        ],
    )
    found = workforce(portfolio)
    assert by_pool(found) == {"A": 1}
    assert found.skills.to_numpy().tolist() == [[0, 1, 1]]
    assert found.fixed.tolist() == [[0, 6, 2], [0, 0, 0], [0, 0, 0]]


def test_extra_adds_to_the_pools() -> None:
    rows = [{"role_id": "R", "period": "2027-01", "kind": "extra", "fte": 1.5}]
    found = workforce(make(people("A"), skills=skills(A="R"), capacity=rows))
    assert found.fixed.tolist() == [[1.5, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert found.time.tolist() == [[1, 1, 1]]


def reserved(role: str, *fte: float) -> list[dict[str, Any]]:
    return [
        {"role_id": role, "period": f"2027-{month:02d}", "fte": amount}
        for month, amount in enumerate(fte, 1)
    ]


def test_reserved_of_a_role_comes_off_its_limit_and_never_more_than_there_is() -> None:
    rows = reserved("R", 0.5, 3) + reserved("T", 1)
    found = workforce(make(people("A", "B"), skills=skills(A="R", B="R:0.5"), reserved=rows))
    # With all of both, R has 1.5: the limit is what pools give it, less the reserved.
    assert found.fixed.tolist() == [[-0.5, -1.5, 0], [0, 0, 0], [0, 0, 0]]


def test_reserved_of_a_role_by_total() -> None:
    rows = [{"role_id": "R", "period": f"2027-0{n}", "kind": "total", "fte": 2} for n in (1, 2)]
    found = workforce(make([], capacity=rows, reserved=reserved("R", 0.5, 3, 1)))
    assert found.fixed.tolist() == [[1.5, 0, 0], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("others", [{}, {"skills": skills(A="S")}])
def test_a_negative_extra_takes_no_more_than_there_is(others: dict[str, Any]) -> None:
    """Whether or not anybody has a skill, a role alone has a limit of at least 0."""
    rows = [{"role_id": "R", "period": "2027-01", "kind": "extra", "fte": -2}]
    found = workforce(make(people("A"), capacity=rows, **others))
    assert found.fixed.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_a_negative_extra_with_people() -> None:
    rows = [
        {"role_id": "R", "period": "2027-01", "kind": "extra", "fte": -0.4},
        {"role_id": "R", "period": "2027-02", "kind": "extra", "fte": -3},
    ]
    found = workforce(make(people("A"), skills=skills(A="R"), capacity=rows))
    assert found.fixed[0].tolist() == about(-0.4, -1, 0)


def test_who_is_ring_fenced_does_not_serve_what_is_reserved() -> None:
    tables = {
        "programmes": [{"programme_id": "G", "name": "G"}],
        "skills": skills(A="R", B="R"),
        "reserved": reserved("R", 0.5, 3),
    }
    given = [*people("A"), *people("B", programme_id="G")]
    assert workforce(make(given, **tables)).fixed[0].tolist() == about(-0.5, -1, 0)
    assert workforce(make(given[1:], **{**tables, "skills": skills(B="R")})).fixed[0].tolist() == [
        *(0, 0, 0)
    ]
