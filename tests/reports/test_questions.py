"""What would change the plan: what brings projects in, and what one more person is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portfolio.analysis.explain import BringsIn
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.figures import money
from portfolio.models.outcome import Settings
from portfolio.reports.audience import Audience
from portfolio.reports.brings_in import brings_in, brings_in_table
from portfolio.reports.content import BoardContent
from portfolio.reports.inputs import Inputs
from portfolio.reports.one_more import one_more, one_more_sentence, one_more_table
from portfolio.reports.prepare import prepare
from portfolio.reports.questions import NOT_ASKED, ask
from portfolio.scenario import Scenario

from . import boards

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1, time_limit=30)


def asked(
    portfolio: Portfolio, audience: Audience = boards.EACH_ROLE, **scenario: Any
) -> BoardContent:
    board = boards.solve(portfolio, scenario, audience=audience)
    projects = list(board.named("left_out", "stopped")["project_id"])
    return replace(board, questions=ask(portfolio, board.scenario, board.plan, EXACT, projects))


def one_period(small: Small, **tables: Any) -> Portfolio:
    """Money for one of two, and an engineer for half of what all need."""
    projects = {
        "A": {"value": 5, "cost": [60]},
        "B": {"value": 3, "cost": [70], **tables.pop("b", {})},
    }
    return small(projects, periods=1, budget=100, **tables)


def test_what_brings_a_project_in(small: Small) -> None:
    """With B instead of A the plan loses 2; with 30 more money there is room for both."""
    content = asked(one_period(small))
    (row,) = brings_in_table(content).to_dict("records")
    assert (row["project_id"], row["lost"], row["value"], row["money"]) == ("B", 2, 5, 30)
    assert row["pushed_out"] == "Project A"
    page = brings_in(content)
    assert boards.finding(page) == (
        "Of 1 project left out, 1 would come in with more money and 1 at a higher value"
    )
    (shown,) = boards.rows(page)
    assert shown["Or comes in with more of"] == f"{money(30, 'EUR')} (F 2027)"


def test_what_would_keep_a_project_that_is_stopped(small: Small) -> None:
    runs = {"stage": "in_flight", "started": "2027", "stop_cost": 0}
    content = asked(one_period(small, b=runs), allow_stops=True)
    assert list(content.named("stopped")["project_id"]) == ["B"]
    assert boards.finding(brings_in(content)).startswith("Of 1 project stopped, 1 would come in")


def test_what_no_plan_can_hold_is_said(small: Small) -> None:
    content = asked(one_period(small, b={"cost": [170]}))
    (shown,) = boards.rows(brings_in(content))
    assert shown["Plan loses"] == "Not possible"
    assert shown["Or comes in with more of"].startswith(money(130, "EUR"))


def test_what_was_not_found_in_time_is_counted_and_not_listed(small: Small) -> None:
    content = asked(one_period(small))
    (found,) = content.questions.explanations
    nothing = BringsIn(unsettled=("value", "budget"))
    unsettled = replace(found, other_value=None, value_lost=None, brings_in=nothing)
    late = replace(content, questions=replace(content.questions, explanations=(unsettled,)))
    assert not brings_in(late)
    half = replace(found, brings_in=replace(found.brings_in, unsettled=("capacity",)))
    late = replace(content, questions=replace(content.questions, explanations=(half,)))
    (shown,) = boards.rows(brings_in(late))
    assert shown["Or comes in with more of"].endswith("; or another way, not found in time")


def test_confidential_projects_are_neither_asked_about_nor_named(small: Small) -> None:
    secret = {"confidential": True, "name": "Merger"}
    assert not brings_in(asked(one_period(small, b=secret)))
    content = asked(
        small(
            {"A": {"value": 5, "cost": [60], **secret}, "B": {"value": 3, "cost": [70]}},
            periods=1,
            budget=100,
        )
    )
    page = brings_in(content)
    assert [row["It pushes out"] for row in boards.rows(page)] == ["1 confidential project"]
    assert "Merger" not in str(page)


def with_engineers(small: Small, engineers: int = 1) -> Portfolio:
    return small(
        {"A": {"value": 5, "need": [1]}, "B": {"value": 3, "need": [1]}},
        periods=1,
        people={f"e{number}": {"R": 1} for number in range(engineers)},
        roles=[{"role_id": "R", "name": "Engineer", "cost_rate": 400}],
    )


def test_one_more_person_beside_what_one_costs(small: Small) -> None:
    content = asked(with_engineers(small))
    (row,) = one_more_table(content).to_dict("records")
    assert (row["role"], row["gain"], row["cost"]) == ("Engineer", 3, 400)
    page = one_more(content)
    assert boards.finding(page) == (
        f"One more Engineer would make the plan better by 60 %, for {money(400, 'EUR')} over the "
        "whole plan"
    )
    (shown,) = boards.rows(page)
    assert (shown["Better by"], shown["Cost of one employed"]) == ("3", money(400, "EUR"))


def test_nobody_is_needed_where_all_is_done(small: Small) -> None:
    content = asked(with_engineers(small, engineers=2))
    page = one_more(content)
    assert boards.finding(page) == "One more person of any one role would not make the plan better"
    assert not boards.rows(page)
    unproven = one_more_table(content).assign(gain_high=1.0)
    assert one_more_sentence(content, unproven).startswith("In the time given, no role was found")


def test_roles_of_few_people_are_not_told_apart(small: Small) -> None:
    content = asked(with_engineers(small), audience=Audience())
    assert one_more_table(content).empty
    assert not one_more(content)


def test_where_nothing_was_asked_nothing_is_said(small: Small) -> None:
    board = boards.solve(one_period(small))
    assert board.questions is NOT_ASKED
    assert not brings_in(board)
    assert not one_more(board)


@pytest.mark.parametrize("seconds", [0.0, 20.0])
def test_a_report_asks_within_its_time(small: Small, tmp_path: Path, seconds: float) -> None:
    write_folder(one_period(small).tables, tmp_path, overwrite=True)
    inputs = Inputs(tmp_path, Scenario(), "", None, EXACT, questions_time=seconds)
    content = prepare(inputs)
    assert list(brings_in_table(content)["money"]) == ([30] if seconds else [])


def test_a_better_plan_on_the_way_takes_the_place_of_the_plan(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan that is found first is made a poor one, as a wide gap may leave it."""
    from portfolio.optimize import optimize
    from portfolio.reports import prepare as module

    portfolio = one_period(small)
    write_folder(portfolio.tables, tmp_path, overwrite=True)
    forced = Scenario.from_dict({"changes": [{"table": "projects", "where": {"project_id": "A"},
                                              "set": {"force": "out"}}]})  # fmt: skip
    poor = optimize(portfolio, forced, EXACT)
    found = module._plan_and_next_best

    def first_poor(*given: Any, start: Any = None) -> Any:
        return found(*given, start=start) if start else (poor, None)

    monkeypatch.setattr(module, "_plan_and_next_best", first_poor)
    content = prepare(Inputs(tmp_path, Scenario(), "", None, EXACT, questions_time=20.0))
    assert list(content.named("funded")["project_id"]) == ["A"]
    assert list(brings_in_table(content)["project_id"]) == ["B"]
