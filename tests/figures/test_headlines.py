"""Planted tables with known findings."""

import pandas as pd
import pytest

from portfolio.errors import ReportError
from portfolio.figures import (
    bindings_headline,
    capacity_headline,
    demand_headline,
    loads_headline,
    roadmap_description,
    roadmap_headline,
    selection_headline,
    shortfall_headline,
    spend_headline,
)

MONTHS = [f"2027-{month:02}" for month in range(1, 7)]


def spend(*amounts, first=2027):
    rows = [(str(first + i), "committed", amount) for i, amount in enumerate(amounts)]
    return pd.DataFrame(rows, columns=["period", "kind", "amount"])


def budget(*amounts, first=2027):
    rows = [(str(first + i), amount) for i, amount in enumerate(amounts)]
    return pd.DataFrame(rows, columns=["period", "amount"])


@pytest.mark.parametrize(
    ("spent", "given", "headline"),
    [
        (
            (9e6, 5e6),
            (10e6, 10e6),
            "Spend takes 70 % of the budget; 2027 is the fullest year at 90 %",
        ),
        (
            (9e6, 9e6, 2e6),
            (10e6,) * 3,
            "Spend takes 67 % of the budget; 2027 and 2028 are the fullest at 90 %",
        ),
        (
            (9e6, 9e6, 9e6, 1e6),
            (10e6,) * 4,
            "Spend takes 70 % of the budget; 3 of 4 years are the fullest at 90 %",
        ),
        ((9e6, 9e6), (10e6, 10e6), "Spend takes 90 % of the budget, the same in each year"),
        ((9e6,), (10e6,), "Spend takes 90 % of the budget and leaves £ 1.0 m"),
        ((10e6 + 1e-3,), (10e6,), "Spend takes all of the budget"),
        ((12e6, 5e6), (10e6, 10e6), "Spend passes the budget in 2027, by £ 2.0 m"),
        (
            (12e6, 15e6),
            (10e6, 10e6),
            "Spend passes the budget in 2 of 2 years, most in 2028, by £ 5.0 m",
        ),
        ((1e6, 5e5), (10e6,), "£ 500 k of spend falls where there is no budget"),
        ((1e6,), (0,), "Spend passes the budget in 2027, by £ 1.0 m"),
        ((0.0,), (10e6,), "Nothing is spent of a budget of £ 10.0 m"),
        ((), (10e6,), "Nothing is spent of a budget of £ 10.0 m"),
        ((0.0,), (0.0,), "There is no money in the budget, and none is spent"),
        ((3e6,), (), "£ 3.0 m of spend is planned, and no budget is given"),
        ((), (), "No spend is planned and no budget is given"),
    ],
)
def test_spend(spent, given, headline):
    assert spend_headline(spend(*spent), budget(*given), currency="GBP") == headline


def test_a_years_budget_is_compared_with_the_sum_of_its_months():
    months = pd.DataFrame(
        {"period": ["2027-04", "2027-05", "2028-04"], "kind": "must_do", "amount": [9e6, 0, 6e6]}
    )
    years = pd.DataFrame(
        {
            "period": ["2027", "2028"], "amount": [10e6, 10e6],
            "first": ["2027-04", "2028-04"], "last": ["2028-03", "2028-09"],
        }
    )  # fmt: skip
    headline = spend_headline(months, years, currency="GBP")
    assert headline == "Spend takes 75 % of the budget; 2027 is the fullest year at 90 %"


def test_budgets_of_several_funds_are_added_where_they_overlap():
    months = pd.DataFrame({"period": ["2027-01"], "kind": ["committed"], "amount": [15e6]})
    funds = pd.DataFrame(
        {
            "period": ["2027", "2027-01"], "amount": [10e6, 10e6],
            "first": ["2027-01", ""], "last": ["2027-12", ""],
        }
    )  # fmt: skip
    headline = spend_headline(months, funds, currency="GBP")
    assert headline == "Spend takes 75 % of the budget and leaves £ 5.0 m"


def test_unknown_kinds_of_spend_are_refused():
    table = pd.DataFrame({"period": ["2027"], "kind": ["other"], "amount": [1.0]})
    with pytest.raises(ReportError, match="'other' is no kind of spend"):
        spend_headline(table, budget(), currency="GBP")


def capacity(**demands):
    """Demand by role over MONTHS, of 10 FTE that are there."""
    rows = [
        (role.replace("_", " "), month, demand, 10.0)
        for role, values in demands.items()
        for month, demand in zip(MONTHS, values, strict=False)
    ]
    return pd.DataFrame(rows, columns=["role", "period", "demand", "capacity"])


@pytest.mark.parametrize(
    ("demands", "headline"),
    [
        ({"A": [12, 11, 5], "B": [10, 1, 1]}, "A runs short in 2 of 3 months, by up to 2 FTE"),
        (
            {"A": [12, 5], "B": [5, 13.5]},
            "B and A run short in 1 of 2 months each, by up to 3.5 FTE",
        ),
        (
            {"A": [12, 12], "B": [5, 13], "C": [1, 1]},
            "2 of 3 roles run short, A most: in 2 of 2 months",
        ),
        (
            {"A": [12, 12], "B": [11, 11], "C": [1, 11]},
            "3 of 3 roles run short, A and B most: in 2 of 2 months",
        ),
        (
            {"A": [10, 10, 5], "B": [10, 2, 1]},
            "A is at its limit in 2 of 3 months, the most of 2 full roles",
        ),
        ({"A": [10, 5], "B": [9, 2]}, "A is at its limit in 1 of 2 months"),
        ({"A": [10, 5], "B": [2, 10]}, "A and B are at their limit in 1 of 2 months each"),
        ({"A": [8, 5], "B": [2, 7]}, "No role is at its limit; A comes nearest: 80 % in Jan 27"),
        ({"A": [8, 5], "B": [2, 8]}, "No role passes 80 % of its people; 2 roles reach it"),
        ({"A": [10]}, "A is at its limit in 1 of 1 month"),
        ({"A": [0, 0]}, "No role is needed in these periods"),
        ({}, "No role has any demand or capacity"),
    ],
)
def test_capacity(demands, headline):
    assert capacity_headline(capacity(**demands)) == headline


def test_demand_without_anybody_runs_short():
    table = capacity(A=[2, 0]).assign(capacity=0.0)
    assert capacity_headline(table) == "A runs short in 1 of 2 months, by up to 2 FTE"


def test_roles_of_one_name_are_kept_apart():
    table = pd.concat(
        [capacity(A=[10, 10]).assign(role_id="R1"), capacity(A=[1, 1]).assign(role_id="R2")]
    )
    assert capacity_headline(table) == "A is at its limit in 2 of 2 months"


def roadmap(*rows):
    columns = ["project_id", "decision", "start", "finish", "target_finish"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(name="N" + table.project_id, programme="G", earliest_start="")


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        (
            [
                ("1", "funded", "2027-01", "2027-03", "2027-02"),
                ("2", "in_flight", "2026-01", "2027-02", "2027-02"),
            ],
            "1 of 2 projects finishes later than its target (N1)",
        ),
        (
            [
                ("1", "funded", "2027-01", "2027-03", "2027-02"),
                ("2", "in_flight", "2026-01", "2028-02", "2027-02"),
            ],
            "2 of 2 projects finish later than their target",
        ),
        (
            [
                ("1", "funded", "2027-01", "2027-03", ""),
                ("2", "deferred", "2027-03", "2027-04", "2027-04"),
            ],
            "1 of 2 new projects starts later than it could",
        ),
        (
            [("1", "funded", "2027-01", "2027-03", ""), ("2", "funded", "2027-01", "2027-03", "")],
            "All 2 new projects start as early as they can",
        ),
        (
            [("1", "funded", "2027-01", "2027-03", "")],
            "N1, the only new project, starts as early as it can",
        ),
        (
            [("1", "in_flight", "2026-01", "2027-03", "")],
            "1 project in flight continues; no new project starts",
        ),
        ([("1", "left_out", "", "", "2027-01")], "No project runs in this plan"),
        ([], "No project runs in this plan"),
    ],
)
def test_roadmap(rows, headline):
    assert roadmap_headline(roadmap(*rows), MONTHS) == headline


def test_the_roadmap_counts_what_it_does_not_draw():
    table = roadmap(*[(str(n), "in_flight", "2026-01", "2027-03", "") for n in range(9)])
    part = table.assign(drawn=[n < 4 for n in range(9)])
    headline = "9 projects in flight continue; no new project starts"
    assert roadmap_headline(table, MONTHS) == roadmap_headline(part, MONTHS) == headline
    assert "9 projects" in roadmap_description(part, MONTHS)
    assert roadmap_description(part, MONTHS).endswith(" 4 of them are drawn.")


def test_a_project_that_runs_needs_its_dates():
    with pytest.raises(ReportError, match="a start and a later finish of '1'"):
        roadmap_headline(roadmap(("1", "funded", "", "", "")), MONTHS)
    with pytest.raises(ReportError, match="is a year, but the figure is by month"):
        roadmap_headline(roadmap(("1", "funded", "2027", "2027", "")), MONTHS)


def selection(*rows):
    return pd.DataFrame(rows, columns=["decision", "value", "cost"])


@pytest.mark.parametrize(
    ("rows", "currency", "headline"),
    [
        (
            [("funded", 3.0, 1e6), ("left_out", 1.0, 1e6)],
            None,
            "The plan reaches 75 % of the value for 50 % of the cost",
        ),
        (
            [("funded", 1.0, 0), ("left_out", 1.0, 0)],
            None,
            "The plan reaches 50 % of the value with 1 of 2 projects",
        ),
        (
            [("funded", 3e6, 1e6), ("left_out", -1e6, 1e6)],
            "GBP",
            "The plan holds 1 of 2 projects, worth £ 3.0 m together",
        ),
        (
            [("funded", 0, 1e6), ("stopped", 0, 1e6)],
            None,
            "The plan holds 1 of 2 projects, worth 0.00 together",
        ),
        ([("left_out", 3.0, 1e6)], None, "None of 1 project is in the plan"),
        ([("deferred", 3.0, 1e6)], None, "The only project is in the plan"),
        ([("in_flight", 3.0, 1e6), ("funded", 1.0, 1)], None, "All 2 projects are in the plan"),
        ([("closed", 3.0, 1e6)], None, "There is no project to choose from"),
        ([], None, "There is no project to choose from"),
    ],
)
def test_selection(rows, currency, headline):
    assert selection_headline(selection(*rows), value_currency=currency) == headline


def limits(*rows):
    return pd.DataFrame(rows, columns=["limit", "used", "available"])


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ([("A", 5, 5), ("B", 1, 5)], "1 of 2 limits is used up: A"),
        ([("A", 5, 5), ("B", 5, 5)], "2 of 2 limits are used up: A and B"),
        ([("A", 5, 5), ("B", 5, 5), ("C", 5, 5)], "3 of 3 limits are used up: A, B and 1 more"),
        ([("A", 6, 5), ("B", 5, 5)], "1 of 2 limits is passed: A"),
        ([("A", 1, 0), ("B", 1, 5)], "1 of 2 limits is passed: A"),
        ([("A", 5 + 1e-9, 5), ("B", 1, 5)], "1 of 2 limits is used up: A"),
        ([("A", 5, 5)], "The only limit is used up: A"),
        ([("A", 1, 5), ("B", 4, 5)], "No limit is used up; the nearest is B at 80 %"),
        ([("A", 4, 5), ("B", 4, 5)], "No limit is used up; A and B reach 80 %"),
        ([("A", 0, 0)], "No limit holds the plan back"),
        ([], "No limit holds the plan back"),
    ],
)
def test_bindings(rows, headline):
    assert bindings_headline(limits(*rows)) == headline


def lacking(**deficits):
    rows = [
        (role, month, deficit, 0.5)
        for role, values in deficits.items()
        for month, deficit in zip(MONTHS, values, strict=False)
    ]
    return pd.DataFrame(rows, columns=["role", "period", "deficit", "surplus"])


@pytest.mark.parametrize(
    ("deficits", "headline"),
    [
        ({}, "No role has any demand or people"),
        ({"A": [0, 0], "B": [0, 0]}, "Every role has the people it needs"),
        ({"A": [0, 2, 1]}, "A lacks people in 2 of 3 months: up to 2 FTE in Feb 27"),
        (
            {"A": [1, 1], "B": [0, 3], "C": [0, 0]},
            "2 of 3 roles lack people, B most: up to 3 FTE in Feb 27",
        ),
    ],
)
def test_shortfall(deficits, headline):
    assert shortfall_headline(lacking(**deficits)) == headline


def loaded(**loads):
    rows = [
        (person, month, 1.0, load)
        for person, values in loads.items()
        for month, load in zip(MONTHS, values, strict=False)
    ]
    return pd.DataFrame(rows, columns=["person", "period", "time", "load"])


@pytest.mark.parametrize(
    ("loads", "headline"),
    [
        ({}, "No people are named"),
        ({"a": [0, 0]}, "Nobody has any work in these periods"),
        ({"a": [0.5, 0.5]}, "Nobody has more work than time; in all 50 % of the time is used"),
        (
            {"a": [1, 0.5], "b": [0.5, 0]},
            "Nobody has more work than time; in all 50 % of the time is used, and 1 of 2 is full "
            "at times",
        ),
        ({"a": [1.2, 0.5], "b": [1, 1]}, "a has more work than time in 1 of 2 months"),
        ({"a": [1.2], "b": [1.1], "c": [1]}, "2 of 3 people have more work than time"),
    ],
)
def test_loads(loads, headline):
    assert loads_headline(loaded(**loads)) == headline


@pytest.mark.parametrize(
    ("work", "there", "headline"),
    [
        ([], [], "No work and no time is given"),
        ([0, 0], [1, 1], "R: no work in these periods"),
        ([1, 3], [4, 4], "R: the fullest month is Feb 27, at 75 %"),
        ([5, 3], [4, 4], "R: more work than time in 1 of 2 months, most in Jan 27: 1 FTE too much"),
    ],
)
def test_demand(work, there, headline):
    tables = [
        pd.DataFrame({"period": MONTHS[: len(of)], "kind": "new", "fte": of})
        for of in (work, there)
    ]
    assert demand_headline(*tables, of="R") == headline
