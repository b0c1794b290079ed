"""Why nothing is possible: planted conflicts are found, none is larger than it must be."""

from __future__ import annotations

import itertools
import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.conflict import Conflict
from portfolio.language import spoken
from portfolio.models.conflict import Candidate, _Search, cheapest_softening, irreducible
from portfolio.models.linear import Family, LinearModel
from portfolio.models.outcome import Settings
from portfolio.models.selection import build_selection, find_conflict
from portfolio.optimize import optimize
from portfolio.plan import Status, read_plan
from portfolio.scenario import OwnRule, Scenario, ShareLimit, Term
from portfolio.verify import verify

from ..sweeps import draws

EXACT = Settings(gap=0.0)
VALUE = Scenario(objectives=("strategic_value",), give_up=(0.0,))
MUST = {"force": "in", "force_reason": "regulatory"}


def conflict_of(portfolio, scenario=VALUE):
    plan = optimize(portfolio, scenario, EXACT)
    assert plan.status == Status.INFEASIBLE
    assert plan.conflict is not None
    assert plan.conflict.proven
    return plan.conflict


def rules(conflict):
    return {(row.family, row.key) for row in conflict.rows}


# --- Planted ---------------------------------------------------------------------------


def test_two_must_be_done_and_one_can_be_paid(small):
    portfolio = small(
        {
            "A": {"value": 1, "cost": [700_000], **MUST},
            "B": {"value": 1, "cost": [500_000], **MUST},
            "C": {"value": 1, "cost": [100_000], **MUST},
            "D": {"value": 9, "cost": [900_000]},
        },
        periods=1,
        budget=900_000,
    )
    conflict = conflict_of(portfolio)
    assert conflict.families == ("forced_in", "budget")
    assert rules(conflict) == {
        ("forced_in", "project_id=A"),
        ("forced_in", "project_id=B"),
        ("budget", "fund_id=F, period=2027"),
    }
    (paid,) = [row for row in conflict.rows if row.family == "budget"]
    assert (paid.limit, paid.needed, paid.missing) == pytest.approx((900_000, 1_200_000, 300_000))
    assert conflict.sentence == (
        "These rules cannot all hold together: A (Project A) is forced in (regulatory); "
        "B (Project B) is forced in (regulatory); fund F for 2027 has EUR 900,000, and the others "
        "need at least EUR 1,200,000. The least that would make a plan possible is to pass "
        "fund F for 2027 by EUR 400,000 (44.44%)."
    )
    # All three cost 1,300,000.
    (soft,) = conflict.softening
    assert (soft.family, soft.by, soft.share) == (
        "budget", pytest.approx(400_000), pytest.approx(4 / 9),
    )  # fmt: skip
    eased = replace(VALUE, soften={"budget": soft.share + 1e-6})
    assert optimize(portfolio, eased, EXACT).status == Status.OPTIMAL


def test_a_conflict_in_dutch(small):
    portfolio = small(
        {name: {"value": 1, "cost": [cost], **MUST} for name, cost in (("A", 7000), ("B", 5000))},
        periods=1,
        budget=10_000,
    )
    with spoken("nl"):
        sentence = conflict_of(portfolio).sentence
    assert sentence == (
        "Deze regels kunnen niet allemaal samen gelden: A (Project A) is verplicht in het plan "
        "(wettelijk verplicht); B (Project B) is verplicht in het plan (wettelijk verplicht); het "
        "budget van F voor 2027 bedraagt EUR 10.000, en de andere regels vragen minstens "
        "EUR 12.000. De kleinste overschrijding die een plan mogelijk maakt, is die van het budget "
        "van F voor 2027 met EUR 2.000 (20,00%)."
    )


def test_what_is_needed_is_ruled_out(small):
    portfolio = small(
        {"A": {"value": 1, **MUST}, "B": {"value": 1, "force": "out"}, "C": {"value": 1, **MUST}},
        dependencies=[{"project_id": "A", "other_id": "B", "kind": "requires"}],
    )
    conflict = conflict_of(portfolio)
    assert rules(conflict) == {
        ("forced_in", "project_id=A"),
        ("forced_out", "project_id=B"),
        ("requires", "project_id=A, other_id=B"),
    }
    assert conflict.softening is None
    assert "A (Project A) needs B (Project B)" in conflict.sentence


def test_a_window_shorter_than_the_work(small):
    portfolio = small(
        {"A": {"value": 1, "duration": 2, "earliest_start": "2028", "latest_finish": "2028",
               **MUST}}
    )  # fmt: skip
    conflict = conflict_of(portfolio)
    assert conflict.families == ("earliest_start", "latest_finish", "forced_in")
    assert "A (Project A) starts not before 2028; A (Project A) ends by 2028" in conflict.sentence


def test_no_start_at_all(small):
    portfolio = small({"A": {"value": 1, "duration": 9, **MUST}})
    conflict = conflict_of(portfolio)
    assert conflict.sentence == (
        "One rule cannot hold by itself: A (Project A) is forced in (regulatory), and has no start "
        "at which it ends inside the horizon."
    )


def test_a_link_over_all_periods_is_one_rule(small):
    portfolio = small(
        {"A": {"value": 1, "latest_start": "2027", **MUST}, "B": {"value": 1}},
        dependencies=[{"project_id": "A", "other_id": "B", "kind": "finish_to_start"}],
    )
    conflict = conflict_of(portfolio)
    assert rules(conflict) == {
        ("latest_start", "project_id=A"),
        ("forced_in", "project_id=A"),
        ("finish_to_start", "project_id=A, other_id=B"),
    }


def test_a_group_of_two_with_one_candidate(small):
    portfolio = small(
        {"A": {"value": 1}, "B": {"value": 1, "force": "out"}, "C": {"value": 1, "stage": "idea"}},
        groups=[{"group_id": "G", "kind": "exactly", "limit": 2}],
        group_members=[{"group_id": "G", "project_id": name} for name in "ABC"],
    )
    conflict = conflict_of(portfolio)
    assert rules(conflict) == {("forced_out", "project_id=B"), ("groups", "group_id=G")}
    assert (
        "group G takes exactly 2 projects, and the others leave at most 1 project"
        in conflict.sentence
    )


def test_too_few_people(small):
    """Two roles of one person: 1.5 of one year's time; the pool is not named, the roles are."""
    portfolio = small(
        {"A": {"value": 1, "need": {"R": [0.75]}, **MUST},
         "B": {"value": 1, "need": {"S": [0.75]}, **MUST}},
        periods=1,
        people={"X": {"R": 1, "S": 1}},
    )  # fmt: skip
    conflict = conflict_of(portfolio)
    assert conflict.families == ("forced_in", "role_capacity")
    assert {key for family, key in rules(conflict) if family == "role_capacity"} == {
        "role_id=R, period=2027", "role_id=S, period=2027",
    }  # fmt: skip
    assert "the role role R in 2027 is short of 0.5 FTE" in conflict.sentence
    roles = [row for row in conflict.rows if row.family == "role_capacity"]
    assert [(row.limit, row.needed) for row in roles] == [(None, None)] * 2
    assert [row.missing for row in roles] == pytest.approx([0.5, 0.5])
    (soft,) = conflict.softening
    assert (soft.family, soft.by) == ("pool_time", pytest.approx(0.5))


def test_nobody_may_pay(small):
    portfolio = small(
        {"A": {"value": 1, "cost": {"opex": [2]}, **MUST}}, periods=2, budget={"F": {"2027": 50}}
    )
    late = VALUE.with_changes(
        {"table": "projects", "where": {"project_id": "A"}, "set": {"earliest_start": "2028"}}
    )
    conflict = conflict_of(portfolio, late)
    assert rules(conflict) == {
        ("earliest_start", "project_id=A"),
        ("forced_in", "project_id=A"),
        ("spend_paid", "programme_id=, category=opex, period=2028"),
    }
    assert "no fund may pay for opex in 2028" in conflict.sentence


def test_a_share_of_spend_that_what_runs_leaves_no_room_for(small):
    """6 of 10 at least are spent on what runs, so growth cannot have half."""
    portfolio = small(
        {
            "A": {"cost": [6], "category": "run", "stage": "in_flight", "started": "2027"},
            "B": {"value": 1, "cost": [4], "category": "growth"},
        },
        periods=1,
    )
    conflict = conflict_of(
        portfolio, replace(VALUE, balance=(ShareLimit("category", "growth", 0.5),))
    )
    assert rules(conflict) == {("balance", "by=category, key=growth, bound=min")}
    assert "category growth has at least 50% of all spend" in conflict.sentence


def test_an_own_rule_is_called_by_its_name(small):
    portfolio = small({name: {"value": 1, **MUST} for name in "ABC"})
    rule = OwnRule("no more than two", tuple(Term(name) for name in "ABC"), at_most=2)
    conflict = conflict_of(portfolio, replace(VALUE, own=(rule,)))
    assert conflict.families == ("forced_in", "own")
    assert len(conflict.rows) == 4
    assert (
        "your rule 'no more than two' is at most 2, and the others need at least 3"
        in conflict.sentence
    )


def test_projects_in_flight_are_no_rule_to_drop(small):
    flying = {"stage": "in_flight", "started": "2026", "cost": [4, 4]}
    portfolio = small({"A": {"value": 1, **flying}, "B": {"value": 1, **flying}}, budget=6)
    conflict = conflict_of(portfolio)
    assert conflict.families == ("budget",)
    assert conflict.sentence.startswith(
        "One rule cannot hold by itself: fund F for 2027 has EUR 6, and projects in flight take at "
        "least EUR 8."
    )


def test_confidential_projects_are_not_named(small):
    portfolio = small(
        {"A": {"value": 1, "name": "Nightjar", "confidential": "yes", "cost": [2], **MUST}},
        periods=1,
        budget=1,
    )
    assert "Nightjar" not in conflict_of(portfolio).sentence


# --- As part of a plan -----------------------------------------------------------------


def test_a_plan_keeps_its_conflict(small, tmp_path):
    portfolio = small({"A": {"value": 1, "cost": [2], **MUST}}, periods=1, budget=1)
    plan = optimize(portfolio, VALUE, EXACT)
    assert verify(plan, portfolio, VALUE) == []
    plan.write(tmp_path)
    assert read_plan(tmp_path).conflict == plan.conflict
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["conflict"]["families"] == ["forced_in", "budget"]
    assert Conflict.from_dict(summary["conflict"]) == plan.conflict
    assert pickle.loads(pickle.dumps(plan)).conflict == plan.conflict
    fine = optimize(portfolio, replace(VALUE, ignore=frozenset({"budget"})), EXACT)
    assert fine.conflict is None
    assert fine.summary()["conflict"] is None


def test_where_no_other_choice_is_left_there_is_no_conflict(small):
    portfolio = small({"A": {"value": 1, **MUST}})
    plan = optimize(portfolio, VALUE, EXACT)
    other = optimize(portfolio, VALUE, EXACT, other_than=plan)
    assert (other.status, other.conflict) == (Status.INFEASIBLE, None)


def test_without_time_nothing_is_proven(small):
    portfolio = small({"A": {"value": 1, "cost": [2], **MUST}}, periods=1, budget=1)
    selection = build_selection(portfolio, VALUE)
    assert find_conflict(selection, replace(EXACT, time_limit=1e-9)) is None


@pytest.mark.parametrize(("number", "named"), [(3, 4), (60, 0)])
def test_what_time_leaves_open_is_called_unproven(small, monkeypatch, number, named):
    """The filter comes to no end: rules are named where they are few, else their families."""
    names = [f"P{n}" for n in range(number)]
    portfolio = small({n: {"value": 1, "cost": [2], **MUST} for n in names}, periods=1, budget=1)

    def unfinished(search, candidates):
        search.proven = False
        return list(candidates)

    monkeypatch.setattr(_Search, "filtered", unfinished)
    monkeypatch.setattr(_Search, "reduced", lambda search, parts, of: list(parts))
    conflict = find_conflict(build_selection(portfolio, VALUE), EXACT)
    assert (conflict.proven, len(conflict.rows)) == (False, named)
    assert conflict.families == ("forced_in", "budget")
    assert "was not proven within the time limit" in conflict.sentence
    if not named:
        assert "cannot all hold together: forced in, budget." in conflict.sentence


def test_where_time_ends_after_the_first_filter_its_rules_are_named(small, monkeypatch):
    """Of 60 forced and 60 windows only those in conflict, although none was tried by itself."""
    late = {"latest_start": "2027", "cost": [1]}
    projects = {f"P{n:02}": {"value": 1, **late, **MUST} for n in range(60)}
    projects |= {"A": {"cost": [700], **MUST}, "B": {"cost": [500], **MUST}}
    portfolio = small(projects, periods=1, budget=1_000)
    real, filters = _Search.filtered, []

    def filtered(self, candidates):
        filters.append(len(candidates))
        if len(filters) > 1:
            self._deadline = float("-inf")
        return real(self, candidates)

    def reduced(self, parts, of):
        self.proven = self.proven and self.has_time
        return parts[:-1] if isinstance(parts[0], str) else list(parts)

    monkeypatch.setattr(_Search, "filtered", filtered)
    monkeypatch.setattr(_Search, "reduced", reduced)
    conflict = find_conflict(build_selection(portfolio, VALUE), EXACT)
    assert len(filters) == 2
    assert not conflict.proven
    assert {("forced_in", "project_id=A"), ("forced_in", "project_id=B")} <= rules(conflict)
    assert ("budget", "fund_id=F, period=2027") in rules(conflict)
    assert not any(row.family == "latest_start" for row in conflict.rows)


def test_what_can_hold_is_no_conflict(small):
    selection = build_selection(small({"A": {"value": 1, **MUST}}), VALUE)
    assert find_conflict(selection, EXACT) is None


# --- Laws ------------------------------------------------------------------------------


def model_of(rows, size=4):
    """Columns 0 or 1, and rows (family, coefficients, lower, upper)."""
    model = LinearModel("m")
    model.add_block("x", pd.DataFrame({"i": range(size)}), upper=1.0, integer=True)
    for family in sorted({row[0] for row in rows}):
        own = [row for row in rows if row[0] == family]
        entries = pd.DataFrame(
            [
                {"row": n, "column": k, "coefficient": float(c)}
                for n, (_, coefficients, _, _) in enumerate(own)
                for k, c in enumerate(coefficients)
            ]
        )
        keys = pd.DataFrame({"key": [f"{family}{n}" for n in range(len(own))]})
        lower = np.array([float(row[2]) for row in own])
        model.add_family(Family(family, keys, entries, lower, np.array([float(r[3]) for r in own])))
    candidates = [
        Candidate(name, {"key": f"{name}{n}"}, np.array([number]))
        for name in model.families
        for n, number in enumerate(model.row_numbers(name))
    ]
    return model, candidates


def can_hold(model, candidates, firm):
    """By trying every way."""
    rows = [number for one in firm for number in one.rows]
    lower, upper = model.row_bounds
    matrix = model.matrix.toarray()
    for ways in itertools.product([0, 1], repeat=model.n_columns):
        activity = matrix[rows] @ np.array(ways)
        if ((activity >= lower[rows]) & (activity <= upper[rows])).all():
            return True
    return False


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["f", "g", "h"]),
        st.lists(st.integers(-3, 3), min_size=4, max_size=4),
        st.integers(-4, 3),
        st.integers(0, 2),
    ).map(lambda row: (row[0], row[1], row[2], row[2] + row[3])),
    min_size=2,
    max_size=9,
)


@settings(max_examples=draws(20), deadline=None,
          suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])  # fmt: skip
@given(rows=ROWS)
def test_without_any_one_of_it_the_rest_of_a_conflict_holds(rows):
    model, candidates = model_of(rows)
    found = irreducible(model, candidates, EXACT)
    if can_hold(model, candidates, candidates):
        assert found is None
        return
    assert found is not None
    assert found.proven
    assert not can_hold(model, candidates, found.members)
    for one in found.members:
        assert can_hold(model, candidates, [m for m in found.members if m is not one])
    of_families = [one for one in candidates if one.family in found.families]
    assert not can_hold(model, candidates, of_families)
    for family in found.families:
        assert can_hold(model, candidates, [o for o in of_families if o.family != family])
    assert {one.family for one in found.members} == set(found.families)


@settings(max_examples=draws(12), deadline=None)
@given(rows=ROWS)
def test_the_cheapest_softening_is_the_cheapest(rows):
    """Beside every way to choose, and what each would pass."""
    rows = [(f, c, low, high) for f, c, low, high in rows if low and high]
    if not rows:
        return
    model, candidates = model_of(rows)
    lower, upper = model.row_bounds
    best = np.inf
    for ways in itertools.product([0, 1], repeat=model.n_columns):
        activity = model.matrix @ np.array(ways)
        over = np.clip(activity - upper, 0, None) / np.abs(upper)
        under = np.clip(lower - activity, 0, None) / np.abs(lower)
        best = min(best, float((over + under).sum()))
    found = cheapest_softening(model, candidates, EXACT)
    assert found is not None
    paid = sum(abs(by) / abs((upper if by > 0 else lower)[one.rows[0]]) for one, by in found)
    assert paid == pytest.approx(best, rel=0.011, abs=1e-6)


def test_money_is_not_passed_for_nothing_beside_a_fraction_of_a_person():
    """Two funds can pay all; that a hundredth of a person is too little costs no money."""
    model = LinearModel("people and money")
    model.add_block("pay", pd.DataFrame({"fund": [0, 1]}))
    model.add_block("work", pd.DataFrame({"role": [0]}), lower=1.0, upper=1.0)
    both = pd.DataFrame({"row": [0, 0], "column": [0, 1], "coefficient": [1.0, 1.0]})
    model.add_family(Family("bill", pd.DataFrame({"bill": [0]}), both, lower=1.5e9, upper=1.5e9))
    each = pd.DataFrame({"row": [0, 1], "column": [0, 1], "coefficient": [1.0, 1.0]})
    model.add_family(Family("fund", pd.DataFrame({"fund": [0, 1]}), each, upper=[1e9, 0.6e9]))
    work = pd.DataFrame({"row": [0], "column": [2], "coefficient": [1.0]})
    model.add_family(Family("role", pd.DataFrame({"role": [0]}), work, upper=0.01))
    soft = [
        Candidate("fund", {"fund": "0"}, model.row_numbers("fund")[:1]),
        Candidate("fund", {"fund": "1"}, model.row_numbers("fund")[1:]),
        Candidate("role", {"role": "0"}, model.row_numbers("role")),
    ]
    found = cheapest_softening(model, soft, EXACT)
    assert found is not None
    assert [(one.family, pytest.approx(by)) for one, by in found] == [("role", 0.99)]
