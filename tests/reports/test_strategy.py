"""What a board report says on strategy: computed, and left out whole where data is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from portfolio.analysis.frontier import frontier
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.figures import Picture
from portfolio.models.outcome import Settings
from portfolio.reports import strategy
from portfolio.reports.appendix import appendix
from portfolio.reports.content import BoardContent
from portfolio.reports.inputs import validate
from portfolio.reports.prepare import prepare

from . import boards

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1)


def made(portfolio: Portfolio) -> BoardContent:
    """A report's content with a frontier of its plan."""
    board = boards.solve(portfolio)
    return replace(board, frontier=frontier(portfolio, None, EXACT, points=6, plan=board.plan))


@pytest.fixture
def forced(small: Small) -> Portfolio:
    """With M forced in, A fits beside it: 7; without, A and B: 10, and B and M or A alone for 6."""
    projects = {
        "A": {"value": 6, "cost": [6]},
        "B": {"value": 4, "cost": [4]},
        "M": {"value": 1, "cost": [4], "force": "in"},
    }
    return small(projects, periods=1, budget=10)


def test_the_price_of_forcing_and_where_it_comes_from(forced: Portfolio) -> None:
    board = made(forced)
    picture = strategy.frontier(board)
    assert isinstance(picture, Picture)
    assert picture.title == (
        "The proposed plan reaches 70 % of what its money could buy if nothing were forced"
    )
    assert "What more money would buy" in str(appendix(board, ""))
    assert "two curves of 6 levels" in str(appendix(board, ""))


def test_projects_that_leave_as_money_rises_are_counted(small: Small) -> None:
    """From 3 on C alone, from 4 A, from 6 B and C, from 7 A and C: each leaves once."""
    projects = {
        "A": {"value": 5, "cost": [4]},
        "B": {"value": 4, "cost": [3]},
        "C": {"value": 4.5, "cost": [3]},
    }
    portfolio = small(projects, periods=1, budget=5)
    board = replace(boards.solve(portfolio), frontier=frontier(portfolio, None, EXACT, points=17))
    assert "As money rises, 3 projects leave the best plan" in str(strategy.frontier_note(board))


def test_what_is_missing_has_no_section(small: Small) -> None:
    board = boards.solve(small({"A": {"value": 1, "cost": [1]}}))
    assert not strategy.frontier(board)
    assert not strategy.frontier_note(board)
    assert not strategy.alignment(board)
    assert "What more money" not in str(appendix(board, ""))


@pytest.mark.parametrize(
    ("scenario", "points", "drawn"),
    [
        ("scenario: plain", 3, True),
        ("scenario: plain", 0, False),
        ("scenario: open\nignore: [budget]", 3, False),
        ("scenario: cheap\nobjectives: [cost]", 3, False),
    ],
)
def test_a_frontier_is_drawn_where_money_limits(
    forced: Portfolio, tmp_path: Path, scenario: str, points: int, drawn: bool
) -> None:
    data, file = tmp_path / "data", tmp_path / "scenario.yaml"
    write_folder(forced.tables, data)
    file.write_text(scenario)
    inputs = validate(
        data=str(data), scenario=str(file), period="", out="", decimal=".", thousands="",
        time_limit=30.0, gap=0.0, seed=0, threads=1, next_best=False, frontier_points=points,
    )  # fmt: skip
    content = prepare(inputs)
    assert (content.frontier is not None) == drawn
    if content.frontier is not None:
        placed = content.frontier.plans.set_index("plan")
        assert placed.loc["proposed", "value"] == content.plan.objectives["value"].iloc[0]
