"""From a portfolio to named people: what selection trusts and naming cannot do, re-planning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from portfolio.allocate import allocate
from portfolio.allocation import Allocation, read_allocation
from portfolio.errors import DataError, SolveError
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.plan import Status, read_plan
from portfolio.scenario import Scenario, ShareLimit

EXACT = Settings(gap=0.0)
VALUE = Scenario(objectives=("strategic_value",), give_up=(0.0,))


def selected(plan):
    return set(plan.selection.loc[plan.selection["selected"], "project_id"])


def three(small, need=0.5, **facts):
    """A, B and C, worth 5, 4 and 3, need the same of two people; pools can do all three."""
    return small(
        {
            name: {"value": value, "need": [need]}
            for name, value in zip("ABC", (5, 4, 3), strict=True)
        },
        periods=1,
        people={"x": {"R": 1}, "y": {"R": 1}},
        facts={"x": facts, "y": facts},
    )


def test_what_one_project_at_once_rules_out_is_given_up(small):
    """Pools do 1.5 of 2 FTE; people on one project at once do two of three: 9 of 12."""
    plan, allocation = allocate(three(small, max_projects=1), VALUE, EXACT)
    assert selected(plan) == {"A", "B"}
    assert allocation.shortage.empty
    assert plan.status == Status.FEASIBLE
    first = plan.objectives.iloc[0]
    assert (first["value"], first["bound"]) == pytest.approx((9, 12))
    assert first["gap"] == pytest.approx(3 / 9)
    assert list(allocation.given_up["project_id"]) == ["C"]
    reason = plan.selection.set_index("project_id").loc["C", "reason"]
    assert reason.startswith("left out, so that named people can do the work: R in 2027")


def test_who_may_join_does_what_named_people_cannot(small):
    """As above, but a third person may be hired, whom the pools alone did not ask for."""
    portfolio = small(
        {name: {"value": 1, "need": [0.5]} for name in "ABC"},
        periods=1,
        people={"x": {"R": 1}, "y": {"R": 1}},
        facts={name: {"max_projects": 1} for name in "xy"},
        roles=[{"role_id": "R", "name": "R", "hire_max": 1, "hire_cost": 0, "cost_rate": 0}],
        settings={"labour_in_costs": "yes"},
    )
    plan, allocation = allocate(portfolio, replace(VALUE, hiring="internal"), EXACT)
    assert selected(plan) == {"A", "B", "C"}
    assert plan.hires["arriving"].sum() == 1
    assert allocation.shortage.empty


@pytest.mark.parametrize("large", [False, True])
def test_a_selection_keeps_to_what_people_can_do(small, monkeypatch, large):
    """Half an FTE is room for one project: the best one, or the next where that cannot be done."""
    if large:
        monkeypatch.setattr("portfolio.models.search.session.LARGE", 0)
    limits = pd.DataFrame({"role_id": ["R"], "period": ["2027"], "fte": [0.5]})
    starts = pd.DataFrame({"project_id": ["A"], "option_id": [""], "start": ["2027"]})
    settings = Settings(gap=0.0, time_limit=20.0)
    assert selected(optimize(three(small), VALUE, settings, nameable=limits)) == {"A"}
    plan = optimize(three(small), VALUE, settings, nameable=limits, unnameable=starts)
    assert selected(plan) == {"B"}


def test_what_is_asked_of_a_selection_holds_when_it_is_made_again(small):
    """A share of spend is kept: C, alone in its programme, stays, and B is given up."""
    portfolio = small(
        {
            "A": {"value": 5, "need": [0.5], "cost": [1], "programme_id": "P"},
            "B": {"value": 4, "need": [0.5], "cost": [1], "programme_id": "P"},
            "C": {"value": 3, "need": [0.5], "cost": [1], "programme_id": "Q"},
        },
        periods=1,
        programmes=[{"programme_id": name, "name": name} for name in "PQ"],
        people={"x": {"R": 1}, "y": {"R": 1}},
        facts={name: {"max_projects": 1} for name in "xy"},
    )
    share = (ShareLimit("programme", "Q", least=0.3),)
    plan, allocation = allocate(portfolio, replace(VALUE, balance=share), EXACT)
    assert selected(plan) == {"A", "C"}
    assert allocation.shortage.empty


def test_what_a_least_part_rules_out_is_given_up(small):
    """A twentieth of a person is less than the tenth that works anywhere: nothing can be done."""
    plan, allocation = allocate(three(small, need=0.05), VALUE, EXACT)
    assert selected(plan) == set()
    assert allocation.shortage.empty
    assert set(allocation.given_up["project_id"]) == {"A", "B", "C"}


def test_what_a_ban_rules_out_is_given_up(small):
    """x alone can do A (5) or B (4), and is banned from A, which is ruled out; B comes in."""
    portfolio = small(
        {"A": {"value": 5, "need": [1]}, "B": {"value": 4, "need": [0.5]}},
        periods=1,
        people={"x": {"R": 1}},
        assignments=[{"person_id": "x", "project_id": "A", "role_id": "R", "kind": "banned"}],
    )
    plan, allocation = allocate(portfolio, VALUE, EXACT)
    assert selected(plan) == {"B"}
    assert allocation.shortage.empty
    assert list(allocation.given_up["project_id"]) == ["A"]


def test_a_project_that_is_short_by_itself_starts_when_it_is_not(small):
    """x may not work on A in 2027: A starts in 2028."""
    ban = {"person_id": "x", "project_id": "A", "role_id": "R", "period": "2027", "kind": "banned"}
    portfolio = small(
        {"A": {"value": 5, "need": [1]}}, periods=2, people={"x": {"R": 1}}, assignments=[ban]
    )
    scenario = Scenario(objectives=("strategic_value", "early_start"), give_up=(0.0, 0.0))
    plan, allocation = allocate(portfolio, scenario, EXACT)
    assert plan.selection.set_index("project_id").loc["A", "start"] == "2028"
    reason = allocation.given_up.set_index("project_id").loc["A", "reason"]
    assert reason.startswith("moved from 2027 to 2028")


def test_what_fewest_people_rule_out_is_given_up(small):
    """A asks for three people where there are two; B takes what is left of the role."""
    portfolio = small(
        {"A": {"value": 5}, "B": {"value": 4, "need": [0.5]}},
        periods=1,
        people={"x": {"R": 1}, "y": {"R": 1}},
        demand=[
            {"project_id": "A", "role_id": "R", "offset": 0, "fte": 1.5, "people_min": 3},
            {"project_id": "B", "role_id": "R", "offset": 0, "fte": 0.5},
        ],
    )
    plan, allocation = allocate(portfolio, VALUE, EXACT)
    assert selected(plan) == {"B"}
    assert allocation.shortage.empty


def test_a_plan_that_is_given_stays(small):
    """The same plan, given: nothing is chosen again, and what is short is said."""
    portfolio = three(small, max_projects=1)
    plan = optimize(portfolio, VALUE, EXACT)
    same, allocation = allocate(portfolio, VALUE, EXACT, plan=plan)
    assert same is plan
    row = allocation.shortage.iloc[0]
    assert (row["project_id"], row["fte"], row["remedy"]) == ("C", 0.5, "rearrange")
    assert row["spare"] == pytest.approx(1.0)
    assert allocation.given_up.empty


def test_who_ignores_capacity_wants_to_see_what_is_short(small):
    scenario = replace(VALUE, ignore=frozenset(["role_capacity"]))
    plan, allocation = allocate(three(small, need=1), scenario, EXACT)
    assert selected(plan) == {"A", "B", "C"}
    assert allocation.shortage["fte"].sum() == pytest.approx(1)


def test_forced_projects_stay_and_are_short(small):
    """What cannot be moved is not given up: the shortage is the answer."""
    portfolio = small(
        {name: {"value": 1, "need": [0.5], "force": "in"} for name in "ABC"},
        periods=1,
        people={"x": {"R": 1}, "y": {"R": 1}},
        facts={name: {"max_projects": 1} for name in "xy"},
    )
    plan, allocation = allocate(portfolio, VALUE, EXACT)
    assert selected(plan) == {"A", "B", "C"}
    assert allocation.shortage["fte"].sum() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("people", "remedy"),
    [
        ({"x": {"R": 1}, "y": {"S": 1}}, "train"),
        ({"x": {"R": 1}}, "hire"),
    ],
)
def test_what_would_close_a_shortage(small, people, remedy):
    portfolio = small({"A": {"value": 1, "need": [2], "force": "in"}}, periods=1, people=people)
    scenario = replace(VALUE, ignore=frozenset(["role_capacity"]))
    _, allocation = allocate(portfolio, scenario, EXACT)
    assert list(allocation.shortage["remedy"]) == [remedy]


def test_what_matters_less_can_be_moved_from(small):
    """x is booked on B, worth less: A's shortage is closed by moving them."""
    portfolio = small(
        {"A": {"value": 10, "need": [1], "force": "in"}, "B": {"value": 1, "need": [1]}},
        periods=1,
        people={"x": {"R": 1}},
        assignments=[
            {"person_id": "x", "project_id": "B", "role_id": "R", "period": "2027", "fte": 1}
            | {"booking": "committed"}
        ],
    )
    scenario = replace(VALUE, ignore=frozenset(["role_capacity"]))
    _, allocation = allocate(portfolio, scenario, EXACT)
    row = allocation.shortage.iloc[0]
    assert (row["project_id"], row["remedy"], row["movable"]) == ("A", "move", 1.0)


def test_a_fixed_assignment_to_what_is_left_out_is_refused(small):
    portfolio = small(
        {"A": {"value": 1, "need": [1]}, "B": {"value": 1, "need": [0.5], "force": "out"}},
        periods=1,
        people={"x": {"R": 1}},
        assignments=[
            {"person_id": "x", "project_id": "B", "role_id": "R", "fte": 0.5, "kind": "fixed"}
        ],
    )
    with pytest.raises(DataError) as caught:
        allocate(portfolio, VALUE, EXACT)
    fault = caught.value.faults[0]
    assert (fault.table, fault.row, fault.column, fault.value) == (
        "assignments",
        2,
        "project_id",
        "B",
    )
    assert "not in the plan" in fault.rule


def test_without_a_plan_there_is_no_allocation(small):
    portfolio = small({"A": {"value": 1, "need": [2], "force": "in"}}, people={"x": {"R": 1}})
    plan, allocation = allocate(portfolio, VALUE, EXACT)
    assert plan.status == allocation.status == Status.INFEASIBLE
    assert not list(allocation.tables())


# Re-planning.


def team(small, **tables):
    """A and B need a whole person each for four years; x, y and z can do either."""
    return small(
        {name: {"value": 1, "need": [1] * 4, "force": "in"} for name in "AB"},
        periods=4,
        people={name: {"R": 1} for name in "xyz"},
        **tables,
    )


def who(allocation, period):
    rows = allocation.allocation
    rows = rows[rows["period"] == period]
    return dict(zip(rows["project_id"], rows["person_id"], strict=True))


def test_nothing_changes_where_nothing_has_changed(small):
    portfolio = team(small)
    _, first = allocate(portfolio, VALUE, EXACT)
    _, again = allocate(portfolio, VALUE, EXACT, previous=first)
    assert again.changes.empty
    assert again.person_changes.empty
    assert again.project_changes.empty


def test_the_last_allocation_of_other_people_is_refused(small):
    portfolio = team(small)
    _, first = allocate(portfolio, VALUE, EXACT)
    assert first.allocation is not None
    other = replace(first, allocation=first.allocation.assign(person_id="nobody"))
    with pytest.raises(DataError) as caught:
        allocate(portfolio, VALUE, EXACT, previous=other)
    fault = caught.value.faults[0]
    assert (fault.file, fault.row, fault.column) == ("allocation.csv", 2, "person_id")


def test_when_someone_leaves_only_their_work_moves(small):
    """A's person leaves after 2028: the free one takes over, and B's stays."""
    portfolio = team(small)
    _, first = allocate(portfolio, VALUE, EXACT)
    before = who(first, "2027")
    leaver, stayer = before["A"], before["B"]
    free = ({"x", "y", "z"} - {leaver, stayer}).pop()
    left = {
        "table": "people",
        "where": {"person_id": leaver},
        "set": {"available_to": "2028-12-31"},
    }
    _, after = allocate(portfolio, VALUE.with_changes(left), EXACT, previous=first)
    assert who(after, "2028") == before
    assert who(after, "2029") == {"A": free, "B": stayer}
    changes = after.person_changes.set_index("person_id")
    assert set(changes.index) == {leaver, free}
    assert changes.loc[leaver, "removed"] == changes.loc[free, "added"] == 2
    assert changes.loc[free, "joins"] == "A"
    projects = after.project_changes.set_index("project_id")
    assert list(projects.index) == ["A"]
    assert projects.loc["A", "joins"] == free
    values = after.objectives.set_index("objective")["value"]
    assert values["change"] == pytest.approx(0, abs=1e-6)  # who is gone cannot stay


def test_when_a_project_slips_its_people_slip_with_it(small):
    """B starts a year later: its person stays its person."""
    portfolio = team(small)
    _, first = allocate(portfolio, VALUE, EXACT)
    slip = {"table": "projects", "where": {"project_id": "B"}, "set": {"earliest_start": "2028"}}
    late = {"table": "projects", "where": {"project_id": "B"}, "set": {"latest_start": "2028"}}
    _, after = allocate(portfolio, VALUE.with_changes(slip, late), EXACT, previous=first)
    assert who(after, "2029") == who(first, "2029")
    changes = after.project_changes.set_index("project_id")
    assert list(changes.index) == ["B"]
    assert changes.loc["B", "removed"] == 1


def test_an_allocation_is_read_back_as_it_was_written(small, tmp_path):
    _, allocation = allocate(three(small, max_projects=1), VALUE, EXACT)
    allocation.write(tmp_path)
    again = read_allocation(tmp_path)
    for name, frame in allocation.tables():
        pd.testing.assert_frame_equal(frame, getattr(again, name))
    assert again.summary() == allocation.summary()
    Allocation(Status.INFEASIBLE).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
    (tmp_path / "summary.json").unlink()
    with pytest.raises(DataError, match="holds no whole allocation"):
        read_allocation(tmp_path)


def test_another_kind_of_result_is_told_apart(small, tmp_path):
    plan, allocation = allocate(three(small, max_projects=1), VALUE, EXACT)
    allocation.write(tmp_path)
    plan.write(tmp_path / "plan")
    with pytest.raises(DataError, match=r"no plan; did you mean .*plan\?$"):
        read_plan(tmp_path)
    with pytest.raises(DataError, match="no allocation; give the folder"):
        read_allocation(tmp_path / "plan")


def test_an_allocation_that_breaks_a_rule_is_refused(small, monkeypatch):
    """What a model gets wrong, the check of its tables finds."""
    from portfolio.models.allocation import people

    def no_time(part, model):
        family = original(part, model)
        return replace(family, upper=np.full(len(family.rows), 9.0))

    original = people.person_time
    monkeypatch.setattr(
        "portfolio.models.allocation.model._AMOUNTS",
        tuple(
            no_time if family is original else family
            for family in __import__("portfolio.models.allocation.model", fromlist=["x"])._AMOUNTS
        ),
    )
    no_time.__name__ = "person_time"
    scenario = replace(VALUE, ignore=frozenset(["role_capacity"]))
    with pytest.raises(SolveError, match="x works"):
        allocate(
            small(
                {"A": {"value": 1, "need": [1]}, "B": {"value": 1, "need": [1]}},
                periods=1,
                people={"x": {"R": 1}},
            ),
            scenario,
            EXACT,
        )
