"""The notebooks as they stand in the repository, and the page that the board's one makes."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.errors import ReportError, ScenarioError
from portfolio.plan import read_plan
from portfolio.reports.inputs import validate
from portfolio.reports.kinds import BOARD, CAPACITY, Kind
from portfolio.reports.notebook import NotebookRun, run_notebook
from portfolio.reports.places import find_notebook
from portfolio.reports.publish import PublishedRun, publish_report
from portfolio.scenario import read_scenario

FOLDER = find_notebook(BOARD.notebook).parent
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LINE = re.compile(
    r"(?P<name>[a-z_]+): (?P<type>[a-z\[\], |]+) = (?P<default>.+?)  # (?P<help>\S.+)"
)
JSON_TYPES = {"str", "int", "float", "bool", "list", "dict", "None"}


def cells(path: Path) -> list[Any]:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def parameters(path: Path) -> dict[str, Any]:
    (cell,) = [cell for cell in cells(path) if "parameters" in cell.metadata.get("tags", [])]
    found = {}
    for line in cell.source.splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        assert set(re.findall(r"\w+", match["type"])) <= JSON_TYPES, line
        found[match["name"]] = ast.literal_eval(match["default"])
    return found


def test_there_are_notebooks() -> None:
    assert BOARD.notebook in {path.name for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestEveryNotebook:
    def test_is_numbered_and_named(self, path: Path) -> None:
        assert re.fullmatch(r"\d\d-[a-z0-9-]+\.ipynb", path.name)

    def test_has_parameters_that_a_run_can_be_given(self, path: Path) -> None:
        given = parameters(path)
        assert json.loads(json.dumps(given)) == given
        (cell,) = [cell for cell in cells(path) if "parameters" in cell.metadata.get("tags", [])]
        kinds = dict(re.findall(r"^(\w+): (\w+) =", cell.source, re.MULTILINE))
        assert {name: type(value).__name__ for name, value in given.items()} == kinds
        assert "parameters" in cells(path)[0].metadata.get("tags", [])

    def test_holds_no_outputs(self, path: Path) -> None:
        for cell in cells(path):
            assert cell.outputs == []
            assert cell.execution_count is None

    def test_holds_no_model(self, path: Path) -> None:
        for cell in cells(path):
            tree = ast.parse(cell.source)
            names = [
                name
                for node in ast.walk(tree)
                for name in (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [f"{node.module}.{alias.name}" for alias in node.names]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
            ]
            for name in names:
                assert not name.startswith(
                    ("portfolio.models", "highspy", "pulp", "ortools", "numba")
                )
            made = (ast.FunctionDef, ast.ClassDef, ast.Lambda)
            assert not any(isinstance(node, made) for node in ast.walk(tree))

    def test_names_no_machine(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/home/|/Users/|/work/|/tmp/|[A-Z]:\\\\", text)
        assert "://" not in text


GIVEN: dict[str, Any] = {
    "data": "",
    "scenario": "",
    "period": "",
    "out": "",
    "decimal": ".",
    "thousands": "",
    "time_limit": 60.0,
    "gap": 0.001,
    "seed": 0,
    "threads": 0,
    "language": "en",
}
OWN_PARAMETERS: dict[Kind, dict[str, Any]] = {
    BOARD: {
        "next_best": True,
        "frontier_points": 8,
        "questions_time": 30.0,
        "scenarios": [],
        "names": False,
        "confidential": False,
        "history": [],
    },
    CAPACITY: {"names": False, "confidential": False},
}


class TestValidate:
    """The second cell, which says what is wrong before anything is read."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> dict[str, Any]:
        own = {name: value for more in OWN_PARAMETERS.values() for name, value in more.items()}
        return {**GIVEN, **own, "data": str(tmp_path)}

    @pytest.mark.parametrize("kind", OWN_PARAMETERS, ids=lambda kind: kind.name)
    def test_knows_the_parameters_of_the_notebook(self, kind: Kind) -> None:
        given = GIVEN | OWN_PARAMETERS[kind]
        declared = parameters(FOLDER / kind.notebook)
        assert declared.pop("run_id") == ""
        assert declared == given
        second = cells(FOLDER / kind.notebook)[1].source
        assert all(f"{name}={name}," in second for name in given)

    def test_good_ones(self, place: dict[str, Any], tmp_path: Path) -> None:
        inputs = validate(**{**place, "time_limit": 5, "gap": 0, "period": "2026Q4", "out": "."})
        assert (inputs.data, inputs.out, inputs.period) == (tmp_path, Path(), "2026Q4")
        assert (inputs.settings.time_limit, inputs.settings.gap) == (5, 0)
        assert inputs.scenario.name == "baseline"

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("period", 2026, "period: 2026 is not text; put it in quotes"),
            ("period", "2026-13", "period: '2026-13' is not a period"),
            ("period", "../../x", "period: '../../x' is not a period"),
            ("period", None, "period: None is not text"),
            ("data", "/nowhere/at/all", "data: there is no /nowhere/at/all"),
            ("time_limit", "60", "time_limit: '60' is not a number"),
            ("time_limit", True, "time_limit: True is not a number"),
            ("time_limit", 0, "the time limit is more than 0 seconds"),
            ("time_limit", float("nan"), "the time limit is more than 0 seconds"),
            ("gap", 1, "the gap is a share"),
            ("seed", 1.5, "seed: 1.5 is not a whole number"),
            ("seed", "7", "seed: '7' is not a whole number"),
            ("threads", -1, "the number of threads is from 0 to 1024"),
            ("next_best", "false", "next_best: 'false' is not True or False"),
            ("frontier_points", 1, "frontier_points: 1 is neither 0, for no frontier, nor from 2"),
            ("questions_time", -1, "questions_time: -1 is not from 0, for no questions, to 86400"),
            ("scenarios", "x.yaml", "scenarios: 'x.yaml' is not a list of files, each in quotes"),
            ("questions_time", "30", "questions_time: '30' is not a number"),
            ("frontier_points", 2.5, "frontier_points: 2.5 is not a whole number"),
            ("names", 1, "names: 1 is not True or False"),
            ("decimal", ";", "the decimal sign is"),
            ("thousands", ".", "cannot be the same"),
        ],
    )
    def test_wrong_ones(self, place: dict[str, Any], name: str, value: Any, said: str) -> None:
        with pytest.raises(ReportError, match=re.escape(said)) as caught:
            validate(**{**place, name: value})
        assert caught.value.exit_code == 2

    def test_all_that_is_wrong_at_once(self, place: dict[str, Any]) -> None:
        with pytest.raises(ReportError) as caught:
            validate(**{**place, "period": "26", "data": "/nowhere", "gap": -1, "decimal": "x"})
        assert len(str(caught.value).splitlines()) == 4

    def test_a_scenario_that_is_not_there(self, place: dict[str, Any]) -> None:
        with pytest.raises(ScenarioError, match="no such scenario"):
            validate(**{**place, "scenario": "/nowhere.yaml"})


@pytest.fixture(scope="module")
def published(
    small: Callable[..., Portfolio], tmp_path_factory: pytest.TempPathFactory
) -> PublishedRun:
    """A report of six projects, one of each decision and one confidential."""
    runs = {"stage": "in_flight", "started": "2026Q3", "stop_cost": 1}
    portfolio = small(
        {
            "RUN": {**runs, "value": 4, "cost": [1, 2, 3], "need": {"R": [1, 1, 1]}},
            "END": {**runs, "value": -2, "cost": [5, 5, 5]},
            "NEW": {"value": 5, "cost": [3, 3], "name": "<script>alert(1)</script>",
                    "force": "in", "force_reason": "regulatory", "need": {"R": [1, 1]}},
            "LATE": {"value": 2, "cost": [5], "need": {"R": [1]}},
            "DEAR": {"value": 9, "cost": [90], "name": "https://evil.invalid/x.js"},
            "SECRET7": {"value": 1, "cost": [1], "name": "Nightjar", "confidential": "yes"},
        },
        frequency="quarter",
        periods=4,
        budget=8,
        people={"rosalind": {"R": 1}, "quentin": {"R": 0.5}},
        settings={"name": "Water & Co", "data_date": "2026-12-31", "currency": "GBP"},
        dependencies=[{"project_id": "LATE", "other_id": "SECRET7", "kind": "finish_to_start"}],
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("board")
    data = write_folder(portfolio.tables, folder / "data")
    scenario = folder / "review.yaml"
    scenario.write_text("title: A review\nallow_stops: true\n")
    return publish_report(
        BOARD,
        data,
        period="2027Q1",
        scenario=scenario,
        reports=folder / "reports",
        parameters={"seed": 3, "time_limit": 20.0},
    )


@pytest.fixture(scope="module")
def page(published: PublishedRun) -> str:
    return published.page.read_text(encoding="utf-8")


class TestBoardReport:
    def test_holds_its_headings(self, page: str) -> None:
        text = re.sub(r"<[^>]+>", "\n", page)
        for words in (
            "Water &amp; Co: board report Q1 2027",
            "Plan for Q1 2027 to Q4 2027 · A review · No plan within the rules has a higher value.",
            "For decision",
            "Stop 1 project in flight, which would still cost £\u00a05.",
            "What the board is asked for, and by when",
            "newly funded",
            "1 project is left out and 1 in flight is stopped",
            "1 project runs on",
            "Appendix: how this plan was found",
        ):
            assert words in text, words

    def test_holds_nothing_active_and_nothing_from_elsewhere(self, page: str) -> None:
        loads: list[str] = []
        tags: list[str] = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                tags.append(tag)
                for name, value in attrs:
                    assert not name.startswith("on"), name
                    outside = value and re.match(r"(https?:)?//", value) and "xmlns" not in name
                    if name in ("src", "href", "xlink:href", "data", "action") and outside:
                        loads.append(str(value))

        Reader().feed(page)
        assert not {"script", "link", "iframe", "object", "embed", "img"} & set(tags)
        assert loads == []
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", page)

    def test_every_figure_says_what_it_shows(self, page: str) -> None:
        figures = re.findall(r'<svg[^>]* role="img"[^>]*>', page)
        assert len(figures) == 6
        for figure in figures:
            alternative = re.search(r'aria-label="([^"]{30,})"', figure)
            assert alternative, figure
        assert page.count("<svg") == len(figures)

    def test_names_no_confidential_project(self, page: str) -> None:
        assert "Nightjar" not in page
        assert "SECRET7" not in page
        assert "a confidential project" in page

    def test_names_no_person_in_any_file(self, published: PublishedRun) -> None:
        """A pool of people bears the id of one of them, in the plan's own tables."""
        for path in published.folder.iterdir():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(rosalind|quentin)\b", text), path.name
        assert len(read_plan(published.folder).supply) > 0

    def test_no_path_of_this_machine_is_on_the_page(
        self, page: str, published: PublishedRun
    ) -> None:
        assert str(published.folder.parents[5]) not in page

    def test_manifest(self, published: PublishedRun) -> None:
        manifest = json.loads((published.folder / "manifest.json").read_text())
        assert {"budgets.csv", "projects.csv", "settings.csv", "scenario/review.yaml"} <= set(
            manifest["inputs"]
        )
        assert all(re.fullmatch(r"(sha256:)?[0-9a-f]{64}", h) for h in manifest["inputs"].values())
        assert manifest["parameters"]["period"] == "2027Q1"
        assert manifest["parameters"]["time_limit"] == 20.0
        assert {"python", "portfolio", "highspy", "papermill", "pandas"} <= {
            name.lower() for name in manifest["versions"]
        }
        assert manifest["seed"] == 3
        assert (manifest["status"], manifest["gap"]) == ("optimal", 0)
        assert manifest["seconds"] > 0
        assert manifest["notebook_seconds"] > 0
        assert manifest["started"] <= manifest["finished"]
        assert manifest["notebook"]["name"] == BOARD.notebook
        assert manifest["data_date"] == "2026-12-31"
        assert (manifest["portfolio"], manifest["scenario"]) == ("Water & Co", "review")

    def test_the_page_and_the_tables_beside_it_agree(
        self, page: str, published: PublishedRun
    ) -> None:
        summary = json.loads((published.folder / "summary.json").read_text())
        assert set(summary["selected"]) == {"RUN", "NEW", "LATE"}
        cards = re.findall(r'<p class="figure">([^<]*)</p>', page)
        assert cards[0] == "4 of 6"
        # RUN 3, END stopped for 1, NEW 6, LATE 5, SECRET7 1
        assert summary["spend"]["total"] == 16
        assert cards[2] == "£\u00a016"

    def test_the_executed_notebook_is_beside_it(self, published: PublishedRun) -> None:
        notebook = nbformat.read(published.folder / "report.ipynb", as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert all(cell.execution_count for cell in code)


OWN = "50-your-own-constraint.ipynb"


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def own_run(small: Callable[..., Portfolio], own_folder: Path) -> NotebookRun:
    facts = {"programme_id": "P", "duration": 2, "cost": [3, 3]}
    portfolio = small(
        {"A": {"value": 5, **facts}, "B": {"value": 4, **facts}, "C": {"value": 3, **facts}},
        periods=4,
        programmes=[{"programme_id": "P", "name": "P"}],
    )
    data = write_folder(portfolio.tables, own_folder / "data")
    given = {"data": str(data), "programme": "P", "quarter": "2027", "at_most": 1,
             "rule": "one at once", "out": str(own_folder / "plan")}  # fmt: skip
    target = own_folder / "run.ipynb"
    return run_notebook(FOLDER / OWN, target, given, cwd=own_folder, progress=False)


class TestYourOwnConstraint:
    """The notebook that writes a rule in PuLP's words, on three projects of one programme."""

    def test_the_rule_is_written_in_under_five_lines(self) -> None:
        (cell,) = [cell for cell in cells(FOLDER / OWN) if "problem +=" in cell.source]
        assert len(cell.source.splitlines()) < 5

    def test_it_runs_and_calls_the_rule_by_its_name(self, own_run: NotebookRun) -> None:
        own_run.raise_for_error()
        shown = "\n".join(
            str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            for cell in own_run.notebook.cells
            if cell.cell_type == "code"
            for output in cell.outputs
        )
        assert "rule=one_at_once" in shown
        assert "it would pass your rule 'one_at_once' by 1" in shown
        assert "They agree: no value is above another's bound." in shown
        assert "The rule costs between 0.000 and 0.000 of 12.000." in shown
        assert "new projects start later than they could" in shown

    def test_what_it_leaves_is_a_plan_under_the_rule(
        self, own_run: NotebookRun, own_folder: Path
    ) -> None:
        own_run.raise_for_error()
        plan = read_plan(own_folder / "plan")
        starts = plan.selection.set_index("project_id")["start"].to_dict()
        assert sum(start == "2027" for start in starts.values()) == 1
        scenario = read_scenario(own_folder / "plan" / "own.yaml")
        (rule,) = scenario.own
        assert (rule.name, rule.at_most) == ("one_at_once", 1)
        assert {term.start for term in rule.terms} == {"2027"}
