"""What a report shows of people and of confidential projects, with leave and without."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.data.portfolio import Portfolio
from portfolio.errors import Fault
from portfolio.reports.appendix import appendix
from portfolio.reports.audience import AUDIENCES, WITHOUT_LEAVE, Audience
from portfolio.reports.commentary import commentary
from portfolio.reports.content import BoardContent
from portfolio.reports.edition import draft_line, draft_lines
from portfolio.reports.roles import MERGED, OTHER_ROLES, Roles

from ..sweeps import draws
from . import boards

Small = Callable[..., Portfolio]
INTERNAL = Audience(names=True, confidential=True)


def words(period: str, project: str, text: str, author: str = "J. Doe") -> dict[str, str]:
    return {
        "period": period,
        "project_id": project,
        "section": "next_steps",
        "text": text,
        "author": author,
    }


@pytest.fixture(scope="module")
def portfolio(small: Small) -> Portfolio:
    """Four people do R, one does S, one does T; a confidential project is in the plan."""
    return small(
        {
            "A": {"value": 3, "cost": [1], "need": {"R": [2], "S": [0.5]}, "name": "Alpha"},
            "B": {"value": 2, "cost": [1], "need": {"S": [0.6]}, "name": "Beta"},
            "XQX": {"value": 4, "cost": [1], "need": {"T": [1]}, "name": "Nightjar",
                    "confidential": True},
            "C": {"value": 1, "cost": [1], "name": "Gamma"},
        },
        periods=1,
        budget=3,
        people={**{f"r{n}": {"R": 1.0} for n in range(4)}, "s": {"S": 1.0}, "t": {"T": 1.0}},
        dependencies=[{"project_id": "C", "other_id": "XQX", "kind": "requires"}],
        commentary=[
            words("2027", "", "All is well."),
            words("2027", "B", "Beta <script>waits</script>."),
            words("2027", "XQX", "It goes on."),
            words("2027", "A", "Held up by nightjar."),
            words("2028", "A", "Words on another period."),
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def board(portfolio: Portfolio) -> BoardContent:
    return boards.solve(portfolio, audience=WITHOUT_LEAVE)


@pytest.fixture(scope="module")
def internal(board: BoardContent) -> BoardContent:
    return replace(board, audience=INTERNAL)


def everything(content: BoardContent, folder: Path) -> str:
    """All that a reader of the report could find."""
    content.write(folder)
    said = str(commentary(content.portfolio, content.period, content.audience))
    tables = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    return boards.page(content) + said + "".join(tables)


def test_an_audience_is_its_leave() -> None:
    leaves = list(itertools.product((False, True), repeat=2))
    names = [Audience(*leave).name for leave in leaves]
    assert len(set(names)) == 4
    assert [AUDIENCES[name] for name in names] == leaves
    assert WITHOUT_LEAVE.name == "board"
    assert draft_lines(WITHOUT_LEAVE) == draft_line()
    assert "names of people and confidential projects" in draft_lines(INTERNAL)


def test_without_leave_nothing_names_a_confidential_project(
    board: BoardContent, internal: BoardContent, tmp_path: Path
) -> None:
    for name in ("board", "internal"):
        (tmp_path / name).mkdir()
    without = everything(board, tmp_path / "board")
    assert "xqx" not in without.casefold()
    assert "nightjar" not in without.casefold()
    assert "1 confidential project counts in the totals only." in without
    with_ = everything(internal, tmp_path / "internal")
    assert "Nightjar" in with_
    assert "in the totals only" not in with_
    assert board.cards[:3] == internal.cards[:3]
    assert board.kinds.equals(internal.kinds)
    assert set(internal.shown["project_id"]) - set(board.shown["project_id"]) == {"XQX"}


def test_without_leave_roles_of_few_people_are_one(
    board: BoardContent, internal: BoardContent, tmp_path: Path
) -> None:
    # S and T have one person each, and R is the next one
    assert board.roles.hidden == {"R", "S", "T"}
    assert set(board.capacity["role"]) == {OTHER_ROLES}
    assert set(internal.capacity["role"]) == {"role R", "role S", "role T"}
    for column in ("demand", "capacity"):
        assert board.capacity[column].sum() == pytest.approx(internal.capacity[column].sum())
    assert "role S in 2027" in " ".join(internal.projects["reason"])
    assert "role S" not in " ".join(board.projects["reason"])
    assert f"{OTHER_ROLES.lower()} in 2027" in " ".join(board.projects["reason"])
    board.write(tmp_path)
    for name in ("capacity", "supply"):
        assert set(pd.read_csv(tmp_path / f"{name}.csv")["role_id"]) == {MERGED}
    assert "role_id=" not in (tmp_path / "binding.csv").read_text()


def test_without_leave_warnings_about_people_are_left_out(board: BoardContent) -> None:
    faults = [
        Fault(f"{table}.csv", 2, "", "Nomen Nescio", "is odd", "look", table, "warning")
        for table in ("people", "skills", "absences", "budgets")
    ]
    warned = replace(board, plan=replace(board.plan, warnings=tuple(faults)))
    said = str(appendix(warned, ""))
    assert said.count("Nomen Nescio") == 1
    assert "budgets.csv" in said
    named = str(appendix(replace(warned, audience=INTERNAL), ""))
    assert named.count("Nomen Nescio") == len(faults)


ROLES = st.dictionaries(st.sampled_from("RSTUVW"), st.integers(0, 5), min_size=1)


@settings(deadline=None, max_examples=draws(10))
@given(sizes=ROLES)
def test_no_shown_role_has_one_or_two_people(small: Small, sizes: dict[str, int]) -> None:
    people: dict[str, dict[str, float]] = {}
    for role, size in sizes.items():
        people |= {f"{role}{number}": {role: 1.0} for number in range(size)}
    # a role of nobody is supplied by hand, and shows nobody
    by_hand = [
        {"role_id": role, "period": "2027", "kind": "total", "fte": 1}
        for role, size in sizes.items()
        if not size
    ]
    more: dict[str, Any] = {"capacity": by_hand} if by_hand else {}
    portfolio = small({"A": {"value": 1, "cost": [1]}}, people=people, **more)
    roles = Roles(portfolio)
    together = sum(sizes[role] for role in roles.hidden)
    assert all(sizes[role] not in (1, 2) for role in sizes.keys() - roles.hidden)
    assert together == 0 or together >= 3 or together == sum(sizes.values())
    assert Roles(portfolio, each=True).hidden == set()


class TestCommentary:
    def test_words_stand_with_their_author_and_apart(self, portfolio: Portfolio) -> None:
        said = str(commentary(portfolio, "2027", INTERNAL))
        assert "What management says on 2027" in said
        assert "not computed from the data" in said
        assert said.count("<blockquote>") == said.count("<cite>J. Doe</cite>") == 4
        assert said.index("All is well.") < said.index("Held up by nightjar.")
        assert "The portfolio: next steps" in said
        assert "<script>" not in said
        assert "Beta &lt;script&gt;waits&lt;/script&gt;." in said
        assert "another period" not in said

    def test_without_leave_what_names_a_confidential_project_is_left_out(
        self, portfolio: Portfolio
    ) -> None:
        said = str(commentary(portfolio, "2027", WITHOUT_LEAVE))
        assert said.count("<blockquote>") == 2
        assert "2 remarks on confidential projects left out" in said

    def test_no_words_are_no_section(self, portfolio: Portfolio) -> None:
        assert not commentary(portfolio, "2026", INTERNAL)
