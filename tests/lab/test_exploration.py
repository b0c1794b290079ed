"""An exploration without a browser: moves, solves, files, plans kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError
from portfolio.lab.exploration import Exploration
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.scenario import Scenario, read_scenario

from ..sweeps import draws

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1)


def chosen(exploration: Exploration) -> set[str]:
    assert exploration.answer is not None
    return set(exploration.answer.plan.summary()["selected"])


class TestSolving:
    """What each slider and switch does to the best plan, known by hand."""

    def test_nothing_moved_is_the_plan_of_the_scenario(
        self, exploration: Exploration, explored: Portfolio
    ) -> None:
        answer = exploration.solve()
        assert chosen(exploration) == {"BIG", "RUN"}
        assert answer.plan.summary()["objective"] == 7
        direct = optimize(explored, Scenario(), EXACT)
        assert direct.selection is not None
        assert answer.plan.selection is not None
        assert answer.plan.selection.equals(direct.selection)

    def test_half_a_person_more_lets_two_share(self, exploration: Exploration) -> None:
        exploration.people("R", 0.5)
        exploration.solve()
        assert chosen(exploration) == {"MID", "LOW", "RUN"}

    def test_less_money(self, exploration: Exploration) -> None:
        exploration.money("", 60)
        exploration.solve()
        assert chosen(exploration) == {"MID", "RUN"}

    def test_less_money_of_one_fund(self, exploration: Exploration) -> None:
        exploration.money("F", 50)
        exploration.solve()
        assert chosen(exploration) == {"MID", "RUN"}

    def test_forced_in_and_out(self, exploration: Exploration) -> None:
        exploration.force("LOW", "in")
        exploration.solve()
        assert chosen(exploration) == {"LOW", "RUN"}
        exploration.force("LOW", "auto")
        exploration.force("BIG", "out")
        exploration.solve()
        assert chosen(exploration) == {"MID", "RUN"}

    def test_a_start_that_no_money_meets(self, exploration: Exploration) -> None:
        exploration.start_from("BIG", "2028")
        exploration.solve()
        assert chosen(exploration) == {"MID", "RUN"}

    def test_what_cannot_be_says_why(self, exploration: Exploration) -> None:
        for project in ("BIG", "MID"):
            exploration.force(project, "in")
        answer = exploration.solve()
        assert answer.content is None
        assert answer.pictures == ()
        said = [*map(str, answer.plan.faults)]
        said += [answer.plan.conflict.sentence] if answer.plan.conflict else []
        assert said
        with pytest.raises(ScenarioError, match="no plan to keep"):
            exploration.keep()

    def test_pictures_come_with_their_words(self, exploration: Exploration) -> None:
        pictures = exploration.solve().pictures
        assert len(pictures) == 3  # nobody is needed, so people have none
        assert all(picture.alt and picture.title for picture in pictures)

    def test_a_plan_is_stale_until_it_is_solved_for(self, exploration: Exploration) -> None:
        assert exploration.stale
        exploration.solve()
        assert not exploration.stale
        exploration.money("F", 90)
        assert exploration.stale
        exploration.money("F", 100)
        assert not exploration.stale


class TestMoves:
    @pytest.mark.parametrize(
        ("do", "said"),
        [
            (lambda e: e.money("H", 90), "'H' is not a fund with a budget; known are: F, G"),
            (lambda e: e.money("F", 201), "money, .* is 201, and not from 0 to 200"),
            (lambda e: e.money("F", -1), "is -1, and not from 0"),
            (lambda e: e.money("F", float("nan")), "is 'nan', and not a number"),
            (lambda e: e.money("F", "90"), "is '90', and not a number"),
            (lambda e: e.money("F", True), "is 'True', and not a number"),
            (lambda e: e.people("Q", 1), "'Q' is not a role; known are: R"),
            (lambda e: e.people("R", -1.5), "FTE of R is -1.5, and not from -1 to 5"),
            (lambda e: e.people("R", 6), "FTE of R is 6, and not from -1 to 5"),
            (lambda e: e.force("BIGG", "in"), "'BIGG' is not a project; did you mean 'BIG'?"),
            (lambda e: e.force("BIG", "maybe"), "'maybe' is no way to force a project"),
            (lambda e: e.force("IDEA", "in"), "IDEA is idea and not on offer"),
            (lambda e: e.start_from("BIG", "2031"), "'2031' is not a period"),
            (lambda e: e.start_from("RUN", "2028"), "RUN is in flight, and its start"),
        ],
    )
    def test_what_cannot_be_moved_says_why_and_moves_nothing(
        self, exploration: Exploration, do: Callable[[Exploration], None], said: str
    ) -> None:
        with pytest.raises(ScenarioError, match=said):
            do(exploration)
        assert len(exploration.controls) == 0
        assert exploration.scenario.changes == ()

    def test_words(self, exploration: Exploration) -> None:
        assert exploration.words == "baseline"
        exploration.money("", 90)
        exploration.people("R", 0.5)
        exploration.force("LOW", "in")
        exploration.start_from("BIG", "2028")
        assert exploration.words == (
            "all money at 90 %; 0.5 FTE more of role R; Project LOW in; Project BIG not before 2028"
        )
        exploration.force("MID", "out")
        assert exploration.words.endswith("Project MID out; and 1 more")

    def test_a_title_names_no_confidential_project(self, small: Small) -> None:
        portfolio = small({"A": {"value": 1, "confidential": "yes", "name": "Nightjar"}})
        exploration = Exploration(portfolio)
        exploration.force("A", "in")
        assert exploration.scenario.title == "a confidential project in"

    def test_back_to_where_it_was(self, exploration: Exploration) -> None:
        before = exploration.scenario
        exploration.money("", 50)
        exploration.force("LOW", "in")
        exploration.reset()
        assert exploration.scenario == before

    def test_undone_one_after_the_other(self, exploration: Exploration) -> None:
        assert not exploration.undoable
        exploration.undo()  # nothing to be undone
        exploration.force("LOW", "in")
        for percent in (99, 98, 97):  # one slider, drawn
            exploration.money("", percent)
        exploration.money("", 97)  # no move
        exploration.reset()
        stood = []
        while exploration.undoable:
            exploration.undo()
            stood.append((dict(exploration.controls.money), dict(exploration.controls.forced)))
        assert stood == [({"F": 97, "G": 97}, {"LOW": "in"}), ({}, {"LOW": "in"}), ({}, {})]
        assert exploration.scenario == Scenario()

    def test_a_move_after_an_undo_is_undone_by_itself(self, exploration: Exploration) -> None:
        exploration.money("F", 90)
        exploration.force("LOW", "in")
        exploration.undo()
        exploration.money("F", 80)
        exploration.undo()
        assert exploration.controls.money == {"F": 90}

    def test_a_switch_that_the_scenario_ignores_is_refused(self, explored: Portfolio) -> None:
        ignoring = Scenario.from_dict({"ignore": ["forced_in"]})
        exploration = Exploration(explored, ignoring, EXACT)
        with pytest.raises(ScenarioError, match="take forced_in out of its ignore"):
            exploration.force("LOW", "in")
        exploration.force("BIG", "out")
        exploration.solve()
        assert "BIG" not in chosen(exploration)

    def test_what_a_scenario_forces_is_where_the_switch_stands(self, explored: Portfolio) -> None:
        change = {"table": "projects", "where": {"stage": "proposed"}, "set": {"force": "out"}}
        exploration = Exploration(explored, Scenario().with_changes(change, name="none"))
        exploration.force("BIG", "out")
        assert len(exploration.controls) == 0
        exploration.force("BIG", "auto")
        assert exploration.controls.forced == {"BIG": ""}
        changed = exploration.scenario.apply(explored)["projects"].set_index("project_id")
        assert changed["force"].to_dict() == {
            "BIG": "", "MID": "out", "LOW": "out", "RUN": "", "IDEA": "",
        }  # fmt: skip


class TestFiles:
    def test_what_is_saved_runs_unchanged_and_is_worth_the_same(
        self, exploration: Exploration, explored: Portfolio, tmp_path: Path
    ) -> None:
        exploration.people("R", 0.5)
        exploration.force("BIG", "out")
        path = exploration.save(tmp_path / "scenarios", "two share")
        assert path == tmp_path / "scenarios" / "two share.yaml"
        plan = optimize(explored, read_scenario(path), EXACT)
        found = exploration.solve().plan
        assert plan.objectives["value"].tolist() == found.objectives["value"].tolist()
        assert plan.scenario == found.scenario == "two share"

    @given(
        money=st.dictionaries(st.sampled_from("FG"), st.integers(0, 200)),
        force=st.dictionaries(
            st.sampled_from(["BIG", "MID", "LOW", "RUN"]), st.sampled_from(["in", "out", "auto"])
        ),
        fte=st.integers(-2, 10),
        known=st.booleans(),
    )
    @settings(
        deadline=None,
        max_examples=draws(10),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_what_is_saved_opens_with_everything_where_it_stood(
        self,
        explored: Portfolio,
        tmp_path_factory: pytest.TempPathFactory,
        money: dict[str, int],
        force: dict[str, str],
        fte: int,
        known: bool,
    ) -> None:
        change = {"table": "budgets", "where": {"period": "2027*"}, "scale": {"amount": 0.5}}
        begun = Scenario(allow_stops=True).with_changes(*([change] if known else []), name="begun")
        exploration = Exploration(explored, begun)
        for fund, percent in money.items():
            exploration.money(fund, percent)
        for project, to in force.items():
            exploration.force(project, to)
        exploration.people("R", fte / 2)
        path = exploration.save(tmp_path_factory.mktemp("saved"), "x")
        again = Exploration(explored)
        again.load(path)
        assert again.controls == exploration.controls
        assert again.scenario == exploration.scenario == read_scenario(path)

    def test_a_file_keeps_its_name_until_something_is_moved(
        self, exploration: Exploration, tmp_path: Path
    ) -> None:
        exploration.money("F", 50)
        exploration.save(tmp_path, "half", "Half of it")
        assert (exploration.scenario.name, exploration.scenario.title) == ("half", "Half of it")
        exploration.money("F", 60)
        assert exploration.scenario.name == "half explored"
        assert exploration.scenario.title == "F at 60 %"

    def test_a_file_that_is_there_is_not_replaced_unasked(
        self, exploration: Exploration, tmp_path: Path
    ) -> None:
        path = exploration.save(tmp_path, "x")
        before = path.read_bytes()
        exploration.money("F", 50)
        with pytest.raises(ScenarioError, match=r"x\.yaml is there already"):
            exploration.save(tmp_path, "x")
        assert path.read_bytes() == before
        exploration.save(tmp_path, "x", overwrite=True)
        assert read_scenario(path) == exploration.scenario
        # What was there, and perhaps had its author's remarks, is not lost.
        assert (tmp_path / "x.yaml~").read_bytes() == before

    def test_what_no_control_shows_is_kept(self, explored: Portfolio, tmp_path: Path) -> None:
        (tmp_path / "parent.yaml").write_text(
            "scenario: parent\nchanges:\n- {table: budgets, scale: {amount: 2}}\n"
            "- {table: projects, where: {project_id: BIG}, set: {category: growth}}\n"
        )
        (tmp_path / "own.yaml").write_text(
            "scenario: own\ntitle: Our own\nparent: parent\nobjectives: [npv, strategic_value]\n"
            "give_up: [0.1, 0]\nignore: [dependencies]\nsoften: {budget: 0.05}\nhiring: both\n"
            "balance: [{by: category, key: growth, max: 0.9}]\nminimum_fraction: 0.25\n"
            "risk_adjusted: true\nallow_stops: false\n"
            "own: [{rule: two, at_most: 2, terms: [{project_id: BIG}, {project_id: LOW}]}]\n"
            "changes: [{table: projects, where: {project_id: MID}, set: {name: Middle}}]\n"
        )
        read = read_scenario(tmp_path / "own.yaml")
        exploration = Exploration(explored)
        exploration.load(tmp_path / "own.yaml")
        assert exploration.scenario == replace(read, parent="")
        exploration.force("BIG", "out")
        assert exploration.words == "Our own with Project BIG out"
        saved = read_scenario(exploration.save(tmp_path, "more"))
        assert replace(saved, changes=saved.changes[:-1], name="own", title="Our own") == replace(
            read, parent=""
        )
        assert exploration.given["budgets"]["amount"].tolist() == [8, 0, 2, 0]

    def test_a_file_loaded_by_mistake_costs_no_moves(
        self, exploration: Exploration, tmp_path: Path
    ) -> None:
        exploration.money("F", 50)
        path = exploration.save(tmp_path, "half")
        exploration.force("BIG", "out")
        before = exploration.scenario
        exploration.load(path)
        exploration.undo()
        assert exploration.scenario == before

    @pytest.mark.parametrize("name", ["", " ", "../x", "a/b", "a\\b", ".x", "x.", "a\nb", "x" * 81])
    def test_a_name_that_is_none_of_a_file(
        self, exploration: Exploration, tmp_path: Path, name: str
    ) -> None:
        with pytest.raises(ScenarioError, match="cannot be the name of a scenario file"):
            exploration.save(tmp_path / "scenarios", name)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("budgets: 1", "'budgets' is not a key of a scenario"),
            ("changes: [{table: budgets, drop: {fund_id: Z}}]", "matches no row"),
            ("a: [", "is not YAML"),
        ],
    )
    def test_a_bad_file_says_its_sentences_and_changes_nothing(
        self, exploration: Exploration, tmp_path: Path, text: str, said: str
    ) -> None:
        exploration.money("F", 50)
        before = exploration.scenario
        (tmp_path / "bad.yaml").write_text(text)
        with pytest.raises(ScenarioError, match=said):
            exploration.load(tmp_path / "bad.yaml")
        assert exploration.scenario == before

    def test_changes_that_stand_only_together(self, explored: Portfolio) -> None:
        """A skill of somebody who comes by the next change; the move after both is known."""
        changes: list[dict[str, Any]] = [
            {"table": "skills", "append": [{"person_id": "bob", "role_id": "R"}]},
            {"table": "people", "append": [{"person_id": "bob", "name": "Bob"}]},
            {"table": "projects", "where": {"project_id": "BIG"}, "set": {"force": "in"}},
        ]
        exploration = Exploration(explored, Scenario().with_changes(*changes, name="both"))
        assert exploration.controls.forced == {"BIG": "in"}
        exploration.reset()
        assert exploration.scenario.name == "both before moves"
        assert [change.table for change in exploration.scenario.changes] == ["skills", "people"]


class TestKept:
    def test_plans_are_kept_apart(self, exploration: Exploration) -> None:
        exploration.solve()
        exploration.keep()
        exploration.money("", 60)
        exploration.solve()
        assert [label for label, _ in exploration.plans] == ["baseline", "Now"]
        exploration.keep()
        exploration.keep("baseline")
        labels = [label for label, _ in exploration.plans]
        assert labels == ["baseline", "all money at 60 %", "baseline (2)"]
        exploration.drop("baseline (2)")
        table = exploration.table()
        assert table.columns.tolist() == ["baseline", "all money at 60 %"]
        assert table.loc["Strategic value"].tolist() == [7, 5]
        assert table.loc["Spend"].tolist() == [4, 3]
        assert table.loc["Projects in the plan"].tolist() == [2, 2]

    def test_nothing_is_kept_of_nothing(self, exploration: Exploration) -> None:
        with pytest.raises(ScenarioError, match="no plan to keep; solve first"):
            exploration.keep()
        assert exploration.table().empty
