"""The plan beside the plans of other scenarios, known by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.errors import ReportError
from portfolio.figures import money
from portfolio.models.outcome import Settings
from portfolio.reports.beside import beside, beside_table
from portfolio.reports.content import BoardContent
from portfolio.reports.inputs import validate
from portfolio.reports.other_plans import other_plans
from portfolio.scenario import Scenario

from . import boards

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1, time_limit=30)
RICHER = {"scenario": "richer", "title": "More money",
          "changes": [{"table": "budgets", "scale": {"amount": 2.0}}]}  # fmt: skip
POORER = {"scenario": "poorer", "changes": [{"table": "budgets", "scale": {"amount": 0.65}}]}


def laid(small: Small, *others: dict[str, Any], **b: Any) -> BoardContent:
    """Of A for 60 and B for 70, money for one: A, worth 5, and not B, worth 3."""
    portfolio = small(
        {"A": {"value": 5, "cost": [60]}, "B": {"value": 3, "cost": [70], **b}},
        periods=1,
        budget=100,
    )
    board = boards.solve(portfolio)
    scenarios = [Scenario.from_dict(one) for one in others]
    found = other_plans(portfolio, board.scenario, board.plan, scenarios, EXACT)
    return replace(board, others=found)


def test_what_another_scenario_brings(small: Small) -> None:
    content = laid(small, RICHER)
    page = beside(content)
    assert boards.finding(page) == "'More money' is worth 60 % more than this plan"
    own, other = boards.rows(page)
    assert own == {
        "Scenario": "baseline (this plan)",
        "Value": "5",
        "Spend": money(60, "EUR"),
        "Projects": "1",
        "In, beside this plan": "",
        "Out, beside this plan": "",
    }
    assert (other["Value"], other["Spend"], other["Projects"]) == ("8", money(130, "EUR"), "2")
    assert other["In, beside this plan"] == "Project B"


def test_the_best_and_the_poorest_of_several_are_told(small: Small) -> None:
    content = laid(small, RICHER, POORER)
    assert list(beside_table(content)["gain"]) == [0, 3, 0]
    assert boards.finding(beside(content)) == (
        "'More money' is worth 60 % more than this plan and 'poorer' is worth as much as this plan"
    )


def test_a_scenario_without_a_plan(small: Small) -> None:
    forced = {"table": "projects", "where": {"project_id": "*"}, "set": {"force": "in"}}
    both = [{**forced, "where": {"project_id": name}} for name in "AB"]
    content = laid(small, {"scenario": "both", "changes": both})
    assert boards.finding(beside(content)).endswith("1 scenario has no plan")
    assert boards.rows(beside(content))[1]["Spend"] == "No plan"


def test_confidential_projects_are_not_named(small: Small) -> None:
    titled = {**RICHER, "title": "With the merger"}
    page = beside(laid(small, titled, confidential=True, name="Merger"))
    _, other = boards.rows(page)
    assert other["In, beside this plan"] == "1 confidential project"
    assert "erger" not in str(page)


def test_nothing_is_said_without_another_scenario(small: Small) -> None:
    assert not beside(laid(small))


def given(small: Small, folder: Path, **more: Any) -> Any:
    portfolio = small({"A": {"value": 5, "cost": [60]}})
    write_folder(portfolio.tables, folder / "data", overwrite=True)
    (folder / "data" / "scenarios").mkdir()
    for name in ("cut", "more"):
        file = folder / "data" / "scenarios" / f"{name}.yaml"
        file.write_text(f"scenario: {name}\n", encoding="utf-8")
    common: dict[str, Any] = {"data": str(folder / "data"), "scenario": "", "period": ""}
    common |= {"out": "", "decimal": ".", "thousands": "", "time_limit": 5.0, "gap": 0.0}
    return validate(**common, seed=0, threads=1, **more)


def test_scenarios_are_named_by_file_or_beside_the_data(small: Small, tmp_path: Path) -> None:
    inputs = given(small, tmp_path, scenarios=["cut", "more"])
    assert [one.name for one in inputs.beside] == ["cut", "more"]


def test_another_scenario_is_laid_beside_the_baseline(small: Small, tmp_path: Path) -> None:
    inputs = given(small, tmp_path)
    assert inputs.beside == ()
    file = str(tmp_path / "data" / "scenarios" / "cut.yaml")
    common: dict[str, Any] = {"data": str(inputs.data), "period": "", "out": "", "decimal": "."}
    found = validate(
        **common, scenario=file, thousands="", time_limit=5.0, gap=0.0, seed=0, threads=1
    )
    assert (found.scenario.name, [one.name for one in found.beside]) == ("cut", ["baseline"])


def test_what_is_no_list_is_refused(small: Small, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="scenarios: 'cut' is not a list of files"):
        given(small, tmp_path, scenarios="cut")
