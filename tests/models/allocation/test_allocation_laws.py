"""Laws that hold for every allocation, on random portfolios."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portfolio.allocate import allocate
from portfolio.data.pools import person_time
from portfolio.models.allocation import Work, naming
from portfolio.models.allocation.bounds import Flow
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.scenario import Scenario

from ...sweeps import draws

EXACT = Settings(gap=0.0, time_limit=600.0)
VALUE = Scenario(objectives=("strategic_value",), give_up=(0.0,))
FEW = settings(
    max_examples=draws(3),
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

NEEDS = st.lists(st.sampled_from([0, 0.25, 0.5, 1, 1.5]), min_size=1, max_size=3)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "fte": st.sampled_from([0.5, 0.8, 1.0]),
            "max_projects": st.sampled_from([None, 1, 2]),
            "programme_id": st.sampled_from(["", "", "P"]),
            "available_to": st.sampled_from([None, None, "2028-05-31"]),
            "skills": st.sampled_from([{"R": 1}, {"R": 0.5}, {"S": 1}, {"R": 1, "S": 0.8}]),
        }
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def drawn(draw, *, free=False):
    """Projects with their needs, people with their facts, and bans and bookings."""
    projects = {
        name: {
            "value": draw(st.integers(0, 9)),
            "programme_id": draw(st.sampled_from(["", "P"])),
            "need": {"R": draw(NEEDS), "S": draw(NEEDS)},
        }
        for name in ["A", "B", "C"][: draw(st.integers(1, 3))]
    }
    people = draw(PEOPLE)
    if free:
        people = [{**person, "max_projects": None} for person in people]
    assignments = []
    for number, person in enumerate(people):
        if free or draw(st.booleans()):
            continue
        kind = draw(st.sampled_from(["fixed", "banned", "preferred"]))
        role = draw(st.sampled_from(sorted(person["skills"])))
        project = draw(st.sampled_from(sorted(projects)))
        assignments.append(
            {"person_id": f"p{number}", "project_id": project, "role_id": role}
            | {"period": "2027", "kind": kind, "fte": None if kind == "banned" else 0.25}
        )
    return projects, people, assignments


def made(small, case, people=None):
    projects, drawn_people, assignments = case
    people = drawn_people if people is None else people
    return small(
        projects,
        people={f"p{n}": person["skills"] for n, person in enumerate(people)},
        facts={
            f"p{n}": {key: value for key, value in person.items() if key != "skills"}
            for n, person in enumerate(people)
        },
        programmes=[{"programme_id": "P", "name": "P"}],
        locations=[{"location_id": "L", "name": "L"}],
        capacity=[
            {"role_id": role, "period": "2027", "kind": "extra", "fte": 0.25} for role in "RS"
        ],
        assignments=assignments,
    )


@FEW
@given(case=drawn(free=True))
def test_selection_is_a_relaxation(small, everything, case):
    """Whatever a selection covers, amounts of people cover: nothing is short in any period."""
    portfolio = made(small, case)
    scenario = replace(VALUE, minimum_fraction=0.0)
    plan = optimize(portfolio, scenario, EXACT)
    work = Work(portfolio, scenario, plan.selection)
    for t in range(work.periods):
        flow = Flow(work, t, EXACT)
        flow.solve("shortage", {})
        assert flow.least["shortage"] == pytest.approx(0, abs=1e-6)


@FEW
@given(case=drawn(), large=st.booleans())
def test_nobody_is_over_their_time_or_outside_their_skills(small, everything, case, large):
    """Read off the tables; all else is checked by `verify_allocation`, which `allocate` asks."""
    portfolio = made(small, case)
    scenario = replace(VALUE, ignore=frozenset(["role_capacity"]))
    plan = replace(optimize(portfolio, scenario, EXACT), selection=everything(portfolio))
    most = naming._ONE_MODEL
    try:
        naming._ONE_MODEL = -1 if large else most
        _, allocation = allocate(portfolio, scenario, EXACT, plan=plan)
    finally:
        naming._ONE_MODEL = most
    people = list(portfolio["people"]["person_id"])
    time, labels = person_time(portfolio), portfolio.calendar.labels
    rows = allocation.allocation[allocation.allocation["person_id"] != ""]
    for (person, period), of in rows.groupby(["person_id", "period"]):
        assert of["fte"].sum() <= time[people.index(person), labels.index(period)] + 1e-5
    skills = portfolio["skills"]
    known = set(zip(skills["person_id"], skills["role_id"], strict=True))
    assert set(zip(rows["person_id"], rows["role_id"], strict=True)) <= known
    for row in portfolio["assignments"].itertuples():
        same = rows[
            (rows["person_id"] == row.person_id)
            & (rows["project_id"] == row.project_id)
            & (rows["role_id"] == row.role_id)
            & (rows["period"] == row.period)
        ]
        if row.kind == "banned":
            assert same.empty
        if row.kind == "fixed":
            assert same["fte"].sum() >= 0.25 - 1e-5


@FEW
@given(case=drawn())
def test_more_people_never_raise_the_shortage(small, named, case):
    """One more person than before, of whatever kind."""
    projects, people, assignments = case
    more = named(made(small, case), EXACT)[1].outcomes[0].value
    if len(people) > 1:
        kept = [row for row in assignments if row["person_id"] != f"p{len(people) - 1}"]
        fewer = (projects, people[:-1], kept)
        assert more <= named(made(small, fewer), EXACT)[1].outcomes[0].value + 1e-5


@FEW
@given(case=drawn())
def test_without_time_there_is_an_answer_all_the_same(small, everything, case):
    """Every rule is kept, which `allocate` checks, and no bound is better than the optimum."""
    portfolio = made(small, case)
    scenario = replace(VALUE, ignore=frozenset(["role_capacity"]))
    plan = replace(optimize(portfolio, scenario, EXACT), selection=everything(portfolio))
    _, best = allocate(portfolio, scenario, EXACT, plan=plan)
    most = naming._ONE_MODEL
    try:
        naming._ONE_MODEL = -1
        _, hasty = allocate(portfolio, scenario, replace(EXACT, time_limit=1e-6), plan=plan)
    finally:
        naming._ONE_MODEL = most
    least, found = best.objectives.iloc[0], hasty.objectives.iloc[0]
    assert found["value"] >= least["value"] - 1e-5
    assert not found["bound"] > least["value"] + 1e-5
