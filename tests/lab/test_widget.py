"""The widget without a browser: what the page asks for, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portfolio.lab.exploration import Exploration
from portfolio.lab.widget import WhatIf
from portfolio.scenario import read_scenario


@pytest.fixture
def shown(exploration: Exploration, tmp_path: Path) -> Iterator[WhatIf]:
    widget = WhatIf(exploration, tmp_path / "scenarios")
    yield widget
    widget.close()


def ask(widget: WhatIf, what: str, **more: Any) -> None:
    """Ask as the page does, through JSON."""
    widget._handle_custom_msg(json.loads(json.dumps({"do": what, **more})), [])


def test_what_it_shows_is_plain_json(shown: WhatIf) -> None:
    exploration = shown.exploration
    exploration.solve()
    exploration.keep()
    shown.refresh()
    state = {name: getattr(shown, name) for name in shown.class_own_traits()}
    assert json.loads(json.dumps(state, allow_nan=False)) == state
    assert shown.setting["portfolio"] == "small"
    assert [fund["words"] for fund in shown.setting["funds"]] == ["€ 4", "€ 1"]
    (role,) = shown.setting["roles"]
    assert (role["least"], role["most"], role["words"]) == (-1, 5, "1 FTE")
    projects = {row["id"]: row for row in shown.setting["projects"]}
    assert projects["BIG"]["cost_words"] == "€ 4"
    assert not projects["IDEA"]["switch"]
    assert projects["RUN"]["switch"]
    assert not projects["RUN"]["movable"]
    assert shown.result["rows"]["BIG"]["words"] == "Funded"
    assert shown.result["rows"]["MID"]["reason"]
    assert len(shown.pictures) == 3
    assert all(picture["alt"] for picture in shown.pictures)


def test_moves_and_a_solve(shown: WhatIf) -> None:
    ask(shown, "people", role="R", fte=0.5)
    ask(shown, "force", project="BIG", to="out")
    assert shown.moves["count"] == 2
    assert shown.moves["stale"]
    ask(shown, "solve")
    assert shown.status["busy"]
    ask(shown, "solve")  # a second press does nothing
    shown.wait()
    assert not shown.status["busy"]
    assert shown.status["words"].startswith("Solved in ")
    assert shown.result["objective"] == 8
    assert not shown.moves["stale"]
    ask(shown, "keep")
    ask(shown, "reset")
    assert shown.moves["count"] == 0
    assert shown.moves["stale"]
    shown.solve()
    shown.wait()
    assert shown.comparison["labels"] == ["0.5 FTE more of role R; Project BIG out", "Now"]
    (difference,) = shown.comparison["differences"]
    assert difference["lines"] == ["In: Project BIG", "Out: Project MID, Project LOW"]
    ask(shown, "drop", label=shown.comparison["labels"][0])
    assert shown.comparison["labels"] == ["Now"]


def test_a_solve_is_stopped_and_the_last_plan_stays(shown: WhatIf) -> None:
    shown.solve()
    shown.wait()
    before = shown.result
    ask(shown, "money", fund="", percent=60)
    ask(shown, "solve")
    ask(shown, "stop")
    assert shown.status["words"].startswith("Stopped after ")
    assert not shown.status["busy"]
    assert shown.result == before
    assert shown.moves["stale"]
    ask(shown, "stop")  # nothing is left to stop
    ask(shown, "solve")
    shown.wait()
    assert shown.result["objective"] == 5


def test_a_cell_run_again_ends_what_the_first_run_solves(
    shown: WhatIf, exploration: Exploration, tmp_path: Path
) -> None:
    shown.solve()
    process = shown._solving._process
    assert process is not None
    again = WhatIf(exploration, tmp_path / "scenarios")
    try:
        assert process.wait() != 0
        assert shown.status["words"].startswith("Stopped after ")
        shown.solve()  # and it still solves, where it is still looked at
        shown.wait()
        assert shown.result["objective"] == 7
    finally:
        again.close()


def test_moves_are_undone(shown: WhatIf) -> None:
    assert not shown.moves["undoable"]
    ask(shown, "money", fund="F", percent=50)
    assert shown.moves["undoable"]
    ask(shown, "undo")
    assert shown.moves["count"] == 0
    assert not shown.moves["undoable"]


def test_a_folder_that_is_not_to_be_written_to(exploration: Exploration, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    widget = WhatIf(exploration, tmp_path / "file" / "scenarios")
    try:
        ask(widget, "save", name="x")
        assert widget.notice["bad"]
        assert widget.notice["words"].startswith("Nothing was saved: ")
        ask(widget, "undo")
        assert widget.notice == {}  # it was about something done before
    finally:
        widget.close()


def test_a_folder_named_twice_is_listed_once(exploration: Exploration, tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    exploration.save(folder, "x")
    widget = WhatIf(exploration, folder, (tmp_path / "scenarios" / ".." / "scenarios",))
    try:
        assert [file["path"] for file in widget.files] == [str(folder / "x.yaml")]
        assert widget.files[0]["folder"] == f"{tmp_path.name}/scenarios"
    finally:
        widget.close()


def test_what_is_impossible_says_why(shown: WhatIf) -> None:
    for project in ("BIG", "MID"):
        ask(shown, "force", project=project, to="in")
    ask(shown, "solve")
    shown.wait()
    assert shown.status["bad"]
    assert shown.result["headline"] == "No plan is possible."
    conflict = shown.result["obstacles"][-2]
    assert conflict["words"] == "These rules cannot all hold together:"
    assert sum("is forced in" in rule for rule in conflict["rules"]) == 2
    assert len(shown.result["obstacles"][-1]["rules"]) == 1  # the least to pass
    assert shown.pictures == []
    assert shown.result["rows"] == {}


def test_files(shown: WhatIf, tmp_path: Path) -> None:
    ask(shown, "money", fund="F", percent=50)
    ask(shown, "save", name="half", title="Half of F")
    path = tmp_path / "scenarios" / "half.yaml"
    assert read_scenario(path).title == "Half of F"
    assert [file["path"] for file in shown.files] == [str(path)]
    assert shown.notice["words"].startswith(f"Saved: {path}")
    ask(shown, "reset")
    ask(shown, "load", path=str(path))
    assert shown.moves["money"] == {"F": 50}
    assert shown.moves["title"] == "Half of F"
    (tmp_path / "scenarios" / "bad.yaml").write_text("a: [")
    ask(shown, "look")
    assert len(shown.files) == 2
    ask(shown, "load", path=shown.files[0]["path"])
    assert shown.notice["bad"]
    assert "is not YAML" in shown.notice["words"]
    assert shown.moves["money"] == {"F": 50}


@pytest.mark.parametrize(
    ("what", "more", "said"),
    [
        ("money", {"fund": "F", "percent": "much"}, "is 'much', and not a number"),
        ("money", {"fund": "F"}, "is '', and not a number"),
        ("people", {"role": "R", "fte": None}, "is 'None', and not a number"),
        ("force", {"project": "BIG"}, "'' is no way to force a project"),
        ("start", {"project": "X", "period": "2027"}, "'X' is not a project"),
        ("save", {"name": "../x"}, "cannot be the name"),
        ("load", {"path": "nowhere.yaml"}, "no such scenario file"),
        ("keep", {}, "no plan to keep"),
    ],
)
def test_what_cannot_be_done_is_said(
    shown: WhatIf, what: str, more: dict[str, Any], said: str
) -> None:
    ask(shown, what, **more)
    assert said in shown.notice["words"]
    assert shown.notice["bad"]


def test_what_it_does_not_know_it_leaves(shown: WhatIf) -> None:
    before = shown.moves
    ask(shown, "explode")
    shown._handle_custom_msg("solve", [])
    shown._handle_custom_msg({}, [])
    assert shown.moves == before
    assert shown.notice == {}
