"""Moves and the changes that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.changes import Change
from portfolio.data.portfolio import Portfolio
from portfolio.lab.controls import Controls, changes_of, controls_of
from portfolio.scenario import Scenario

from ..sweeps import draws

Small = Callable[..., Portfolio]
Move = tuple[str, str, Any]
PROJECTS = ("A", "B", "C")
GIVEN = {"A": "", "B": "in", "C": "out"}

MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("money"), st.sampled_from("FG"), st.integers(0, 200).map(float)),
        st.tuples(st.just("people"), st.sampled_from(["R", "S", "T"]), st.integers(-4, 10)),
        st.tuples(st.just("force"), st.sampled_from(PROJECTS), st.sampled_from(["", "in", "out"])),
        st.tuples(st.just("start"), st.sampled_from(PROJECTS), st.sampled_from(["", "2028"])),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def portfolio(small: Small) -> Portfolio:
    """R has people alone; S some capacity by hand; T some in every period."""
    extra = [("S", "2027", 0.25), *(("T", str(year), 1.5) for year in (2027, 2028, 2029))]
    return small(
        {p: {"value": 1, "cost": [1], "force": GIVEN[p], "need": {"R": [1]}} for p in PROJECTS},
        budget={"F": {"2027": 4, "2028": 0}, "G": {"2027": 1}},
        people={"ann": {"R": 1.0}, "bob": {"S": 1.0}},
        capacity=[
            {"role_id": role, "period": period, "kind": "extra", "fte": fte}
            for role, period, fte in extra
        ],
    )


def moved(controls: Controls, move: Move) -> Controls:
    kind, name, to = move
    if kind == "money":
        return controls.with_money(name, to)
    if kind == "people":
        return controls.with_people(name, to / 2)
    if kind == "force":
        return controls.with_force(name, to, GIVEN[name])
    return controls.with_start(name, to, "")


def after(moves: list[Move]) -> Controls:
    return reduce(moved, moves, Controls())


@given(MOVES)
@settings(deadline=None)
def test_changes_read_back_as_the_moves(portfolio: Portfolio, moves: list[Move]) -> None:
    controls = after(moves)
    assert controls_of(changes_of(controls, portfolio), portfolio) == controls


@given(MOVES, MOVES)
def test_a_move_and_its_inverse_change_nothing(first: list[Move], others: list[Move]) -> None:
    back: dict[str, Any] = {"money": 100.0, "people": 0, "start": ""}
    inverse = [(kind, name, back.get(kind, GIVEN.get(name))) for kind, name, _ in others]
    untouched = [move for move in first if move[:2] not in {other[:2] for other in others}]
    assert after([*untouched, *others, *inverse]) == after(untouched)


@given(MOVES, st.randoms())
@settings(deadline=None)
def test_the_order_of_moves_is_no_matter(
    portfolio: Portfolio, moves: list[Move], random: Any
) -> None:
    last = list({move[:2]: move for move in moves}.values())
    mixed = list(last)
    random.shuffle(mixed)
    assert changes_of(after(last), portfolio) == changes_of(after(mixed), portfolio)


@given(MOVES)
@settings(deadline=None, max_examples=draws(12))
def test_the_tables_have_what_is_moved(portfolio: Portfolio, moves: list[Move]) -> None:
    controls = after(moves)
    changes = [change.as_dict() for change in changes_of(controls, portfolio)]
    changed = Scenario().with_changes(*changes).apply(portfolio)
    budgets = changed["budgets"].set_index(["fund_id", "period"])["amount"]
    assert budgets["F", "2027"] == pytest.approx(4 * controls.money.get("F", 100.0) / 100)
    assert budgets["G", "2027"] == pytest.approx(controls.money.get("G", 100.0) / 100)
    given_, now = (fte_by_hand(one) for one in (portfolio, changed))
    for role in ("R", "S", "T"):
        for year in ("2027", "2028", "2029"):
            key = role, year
            more = controls.people.get(role, 0.0)
            assert now.get(key, 0.0) == pytest.approx(given_.get(key, 0.0) + more)
    force = changed["projects"].set_index("project_id")["force"].to_dict()
    assert force == GIVEN | dict(controls.forced)
    starts = changed["projects"].set_index("project_id")["earliest_start"].to_dict()
    assert starts == dict.fromkeys(PROJECTS, "") | dict(controls.starts)


def fte_by_hand(portfolio: Portfolio) -> dict[tuple[str, str], float]:
    rows = portfolio["capacity"]
    return dict(zip(zip(rows["role_id"], rows["period"], strict=True), rows["fte"], strict=True))


def test_all_money_is_one_change(portfolio: Portfolio) -> None:
    controls = Controls().with_money("F", 90.0).with_money("G", 90.0)
    (change,) = changes_of(controls, portfolio)
    assert change.as_dict() == {"table": "budgets", "scale": {"amount": "0.9"}}


@pytest.mark.parametrize(
    "other",
    [
        {"table": "budgets", "where": {"period": "2027"}, "scale": {"amount": 0.9}},
        {"table": "budgets", "where": {"fund_id": "F"}, "set": {"amount": 0.9}},
        {"table": "projects", "where": {"project_id": "A"}, "set": {"name": "x"}},
        {"table": "projects", "where": {"project_id": ["A", "C"]}, "set": {"earliest_start": ""}},
        {"table": "projects", "where": {"stage": "proposed"}, "set": {"force": "in"}},
        {"table": "projects", "drop": {"project_id": "A"}},
        {"table": "capacity", "append": {"role_id": "R", "period": "2027", "fte": 1}},
        {"table": "capacity", "append": {"role_id": "R", "period": "*", "fte": "x"}},
        {"table": "capacity", "where": {"kind": "extra"}, "set": {"fte": 1}},
        {"table": "capacity", "where": {"role_id": "S"}, "set": {"fte": 1}},
        {"table": "roles", "where": {"role_id": "R"}, "set": {"name": "x"}},
    ],
)
def test_other_changes_are_no_moves(portfolio: Portfolio, other: dict[str, Any]) -> None:
    assert controls_of([Change.from_dict(other)], portfolio) is None
