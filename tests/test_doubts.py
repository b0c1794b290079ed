"""What is not wrong about people, and yet is worth a look."""

from __future__ import annotations

from portfolio.doubts import doubts
from portfolio.scenario import Scenario

VALUE = Scenario(objectives=("strategic_value",), give_up=(0.0,))


def about(portfolio, table):
    return [fault for fault in doubts(portfolio, VALUE) if fault.table == table]


def absent(small, *days):
    rows = [
        {"person_id": person, "first_day": first, "last_day": last} for person, first, last in days
    ]
    return small({"A": {"need": [1]}}, people={"x": {"R": 1}, "y": {"R": 1}}, absences=rows)


def test_absences_that_overlap(small):
    """The third row begins within the first, though after the second has ended."""
    portfolio = absent(
        small,
        ("x", "2027-01-01", "2027-03-31"),
        ("x", "2027-02-01", "2027-02-02"),
        ("x", "2027-03-31", "2027-04-05"),
        ("y", "2027-02-01", "2027-02-02"),
    )
    found = about(portfolio, "absences")
    assert [(fault.row, fault.column, fault.severity) for fault in found] == [
        (3, "first_day", "warning"),
        (4, "first_day", "warning"),
    ]
    assert "ends on 2027-03-31" in found[1].rule


def test_absences_one_after_the_other(small):
    portfolio = absent(small, ("x", "2027-02-03", "2027-02-05"), ("x", "2027-02-01", "2027-02-02"))
    assert about(portfolio, "absences") == []


def test_people_without_skills(small):
    people = {"x": {"R": 1}, "y": {}, "z": {"R": 0}}
    found = about(small({"A": {"need": [1]}}, people=people), "people")
    assert [(fault.row, fault.value, fault.severity) for fault in found] == [
        (3, "y", "warning"),
        (4, "z", "warning"),
    ]


def test_where_nobody_has_a_skill_people_do_not_supply_roles(small):
    assert about(small({"A": {}}, people={"y": {}}), "people") == []
