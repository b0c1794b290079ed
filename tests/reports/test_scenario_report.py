"""The report on scenarios: what its page says, and what it must never show."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pypdf import PdfReader

from portfolio.analysis.compare import compare
from portfolio.changes import Change
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.errors import ReportError, ScenarioError
from portfolio.models.outcome import Settings
from portfolio.reports.format_names import FORMATS
from portfolio.reports.kinds import SCENARIOS
from portfolio.reports.pieces import Table
from portfolio.reports.publish import PublishedRun, publish_report
from portfolio.reports.scenario_differences import differences
from portfolio.reports.scenario_inputs import validate_scenarios
from portfolio.reports.scenario_sections import scenarios
from portfolio.reports.scenario_written import sized
from portfolio.reports.scenarios import ScenariosContent, discreet_words
from portfolio.scenario import Scenario

COMMON: dict[str, Any] = {
    "data": "",
    "scenario": "",
    "period": "",
    "out": "",
    "decimal": ".",
    "thousands": "",
    "time_limit": 60.0,
    "gap": 0.005,
    "seed": 0,
    "threads": 0,
    "frontier_points": 6,
}
OWN: dict[str, Any] = {"steps": 6, "answers": 1, "scenarios": ["cut"]}


@pytest.fixture(scope="module")
def data(small: Callable[..., Portfolio], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six projects, one confidential and one with a hostile name; two people; five scenarios."""
    portfolio = small(
        {
            "A": {"value": 10, "cost": [6], "need": {"R": [1]}, "benefit": [9]},
            "B": {"value": 7, "cost": [4], "name": "<script>alert(1)</script>"},
            "C": {"value": 6, "cost": [4], "need": {"R": [1]}},
            "SECRET7": {"value": 3, "cost": [3], "name": "Nightjar", "confidential": "yes"},
        },
        frequency="quarter",
        periods=2,
        budget={"2027Q1": 10, "2027Q2": 0},
        people={"rosalind": {"R": 1}},
        settings={"name": "Water & Co", "data_date": "2026-12-31", "currency": "GBP"},
    )
    folder = write_folder(portfolio.tables, tmp_path_factory.mktemp("data") / "data")
    (folder / "scenarios").mkdir()
    scenarios = {
        "cut": "title: <b>Less</b> money\n"
        "changes:\n"
        "  - {table: projects, where: {project_id: SECRET7}, set: {force: in}}\n"
        "  - {table: budgets, where: {period: 2027Q1}, scale: {amount: 0.8}}\n",
        "joined": "changes:\n"
        "  - {table: people, append: [{person_id: quentin, name: Quentin Ash}]}\n"
        "  - {table: skills, append: [{person_id: quentin, role_id: R}]}\n",
        "none": "changes:\n"
        "  - {table: projects, where: {project_id: [A, B, SECRET7]}, set: {force: in}}\n",
    }
    for name, text in scenarios.items():
        (folder / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


QUICK = {"gap": 0.0, "frontier_points": 3, "time_limit": 20.0, "answers": 1, "threads": 1}


def publish(data: Path, reports: Path, **leave: bool) -> PublishedRun:
    return publish_report(
        SCENARIOS,
        data,
        period="2027Q1",
        scenarios=[data / "scenarios" / f"{name}.yaml" for name in ("cut", "joined", "none")],
        reports=reports,
        parameters=QUICK | leave,
        formats=FORMATS,
    )


@pytest.fixture(scope="module")
def published(data: Path, tmp_path_factory: pytest.TempPathFactory) -> PublishedRun:
    return publish(data, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def internal(data: Path, tmp_path_factory: pytest.TempPathFactory) -> PublishedRun:
    return publish(data, tmp_path_factory.mktemp("internal"), names=True, confidential=True)


def said(path: Path) -> str:
    """All that a reader finds in a file, whatever its format."""
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(path).pages)
    if zipfile.is_zipfile(path):
        parts = []
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                inner = archive.read(name)
                if name.endswith(".xlsx"):
                    with zipfile.ZipFile(BytesIO(inner)) as book:
                        parts += [
                            book.read(one).decode("utf-8", "ignore") for one in book.namelist()
                        ]
                else:
                    parts.append(inner.decode("utf-8", "ignore"))
        return "\n".join(parts)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(published: PublishedRun) -> str:
    return published.page.read_text(encoding="utf-8")


def test_holds_its_findings(page: str) -> None:
    text = re.sub(r"<[^>]+>", "\n", page)
    for words in (
        "Water &amp; Co: scenarios Q1 2027",
        "Q1 2027 to Q2 2027 · 3 scenarios beside baseline",
        "3 of 4",
        "joined is worth as much as baseline, and cut 41 % less; 1 scenario has no plan",
        "All 3 plans are the best possible",
        "1 scenario has no plan",
        "No plan is possible",
        "cut against baseline: 1 enters, 1 leaves; value −7",
        "1 confidential project of them stands below unnamed",
        "joined against baseline: no project stands elsewhere; value ±0",
        "&lt;b&gt;Less&lt;/b&gt; money",
        "left out, and what would bring",
        "people: 1 more",
        "Appendix: how this was found",
        "1 confidential project, in totals only",
    ):
        assert words in text, words


def test_holds_nothing_active_and_nothing_from_elsewhere(page: str) -> None:
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            for name, value in attrs:
                assert not name.startswith("on"), name
                outside = value and re.match(r"(https?:)?//", value) and "xmlns" not in name
                assert not (name in ("src", "href", "xlink:href", "data") and outside)

    Reader().feed(page)
    assert not {"script", "link", "iframe", "object", "embed", "img"} & set(tags)
    figures = re.findall(r'<svg[^>]* role="img"[^>]*>', page)
    assert len(figures) == page.count("<svg") == 4
    for figure in figures:
        assert re.search(r'aria-label="([^"]{30,})"', figure)


def test_names_neither_people_nor_confidential_projects_in_any_file(
    published: PublishedRun,
) -> None:
    for path in published.folder.iterdir():
        if path.name in ("manifest.json", "SHA256SUMS"):
            continue
        found = re.search(r"Nightjar|SECRET7|rosalind|quentin|Quentin|Ash\b", said(path))
        assert not found, (path.name, found)


def test_the_grid_says_how_many_projects_it_does_not_show(published: PublishedRun) -> None:
    for name in ("html", "pdf", "pptx", "xlsx"):
        text = re.sub(r"\s+", " ", said(published.files[name]))
        assert "1 confidential project not shown" in text, name


@pytest.mark.parametrize("name", ["html", "pdf", "pptx", "xlsx"])
def test_with_leave_every_format_names_confidential_projects_and_people(
    internal: PublishedRun, name: str
) -> None:
    text = re.sub(r"\s+", " ", said(internal.files[name]))
    # In the grid and the differences by its name, in answers and changes by its id too.
    assert text.count("Nightjar") > 1
    assert "SECRET7 (Nightjar)" in text
    assert "confidential project not shown" not in text
    assert "quentin" in text
    assert "With names of people and confidential projects" in text


def test_a_report_with_leave_has_a_place_of_its_own(
    internal: PublishedRun, published: PublishedRun
) -> None:
    audiences = [
        json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))["audience"]
        for run in (internal, published)
    ]
    assert audiences == ["internal", "board"]
    # The totals are the same, whoever may see what they are made of.
    totals = [
        [(row["value"], row["spend"], row["chosen"]) for row in run.summary["scenarios"]]
        for run in (internal, published)
    ]
    assert totals[0] == totals[1]


def test_bars_and_frontier_are_charts_that_can_be_edited(published: PublishedRun) -> None:
    deck = Presentation(str(published.files["pptx"]))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    charts = {shape.name: shape.chart for shape in shapes if shape.has_chart}
    value = [row["value"] for row in published.summary["scenarios"]]
    assert list(charts["Value"].plots[0].series[0].values) == pytest.approx(value, nan_ok=True)
    assert list(charts["Value"].plots[0].categories) == [
        "A baseline", "B cut", "C joined", "D none",
    ]  # fmt: skip
    names = [series.name for series in charts["Frontier"].plots[0].series]
    assert names[-3:] == ["A baseline", "B cut", "C joined"]
    spend = {series.name: list(series.values) for series in charts["Spend by year"].plots[0].series}
    assert list(spend) == ["A baseline", "B cut", "C joined"]
    assert sum(spend["B cut"]) < sum(spend["A baseline"])
    assert not any(shape.shape_type == MSO_SHAPE_TYPE.PICTURE for shape in shapes)
    with zipfile.ZipFile(published.files["xlsx"]) as archive:
        parts = archive.namelist()
    assert not [name for name in parts if name.startswith("xl/media/")]
    assert len([name for name in parts if name.startswith("xl/charts/chart")]) == 7


def test_the_document_is_tagged_and_its_figures_are_told(published: PublishedRun) -> None:
    root = PdfReader(published.files["pdf"]).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    told: list[str] = []

    def walk(node: Any) -> None:
        node = getattr(node, "get_object", lambda: node)()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                told.append(str(node.get("/Alt", "")))
            walk(node.get("/K", []))

    walk(root["/StructTreeRoot"]["/K"])
    assert len(told) == 4
    assert all(len(words) > 30 for words in told)


def test_its_place_and_manifest_tell_the_scenarios(published: PublishedRun) -> None:
    manifest = json.loads((published.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"] == "baseline+cut+joined+none"
    assert manifest["kind"] == "scenarios"
    wanted = {f"scenario/{name}.yaml" for name in ("cut", "joined", "none")}
    assert wanted <= set(manifest["inputs"])
    summary = published.summary
    assert [row["status"] for row in summary["scenarios"]] == ["optimal"] * 3 + ["infeasible"]
    assert summary["solves"] >= 4


def test_what_is_wrong_is_refused_before_a_run_begins(data: Path, tmp_path: Path) -> None:
    wrong = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    with pytest.raises(ScenarioError) as caught:
        publish_report(SCENARIOS, data, scenarios=wrong, reports=tmp_path / "reports")
    assert len(caught.value.problems) == 2
    assert not (tmp_path / "reports").exists()


def test_the_notebook_knows_its_parameters(data: Path) -> None:
    given = COMMON | OWN | {"data": str(data)}
    inputs = validate_scenarios(**given)
    # A plain name is a file beside the data.
    assert [one.name for one in inputs.scenarios] == ["baseline", "cut"]
    against = validate_scenarios(**{**given, "scenario": "joined"})
    assert [one.name for one in against.scenarios] == ["joined", "cut"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("scenarios", "cut", "scenarios: 'cut' is not a list of files"),
        ("scenarios", [1], "scenarios: [1] is not a list of files"),
        ("scenario", None, "scenario: None is not text"),
        ("steps", -1, "steps: -1 is not a whole number from 0"),
        ("answers", True, "answers: True is not a whole number"),
        ("gap", "x", "gap: 'x' is not a number"),
    ],
)
def test_wrong_parameters(data: Path, name: str, value: Any, said: str) -> None:
    with pytest.raises(ReportError, match=re.escape(said)) as caught:
        validate_scenarios(**{**COMMON, **OWN, "data": str(data), name: value})
    assert caught.value.exit_code == 2


def test_no_scenario_is_nothing_to_compare(data: Path) -> None:
    with pytest.raises(ScenarioError, match="nothing to compare"):
        validate_scenarios(**{**COMMON, **OWN, "data": str(data), "scenarios": []})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"table": "people", "drop": {"person_id": "rosalind"}}, "people: fewer"),
        (
            {"table": "absences", "append": [{"person_id": "r", "first_day": "2027-01-01"}]},
            "absences: 1 more",
        ),
        ({"table": "roles", "scale": {"cost_rate": 1.1}}, "roles: rates changed"),
        (
            {"table": "budgets", "where": {"fund_id": "F"}, "scale": {"amount": 0.9}},
            "budgets: amount × 0.9 where fund is F",
        ),
    ],
)
def test_words_of_changes_name_nobody(change: dict[str, Any], words: str) -> None:
    assert discreet_words(Change.from_dict(change)) == words


def test_with_leave_words_of_changes_name_people_and_still_no_rate() -> None:
    drop = Change.from_dict({"table": "people", "drop": {"person_id": "rosalind"}})
    assert "rosalind" in discreet_words(drop, names=True)
    rate = {"table": "people", "where": {"person_id": "r"}, "set": {"cost_rate": 90}}
    assert discreet_words(Change.from_dict(rate), names=True) == "people: rates changed"


def two_steps(small: Callable[..., Portfolio], *changes: dict[str, Any]) -> list[Table]:
    """The tables on a scenario of several changes, each of which brings a project in."""
    portfolio = small({name: {"value": 2, "force": "out"} for name in "AB"})
    scenario = Scenario.from_dict({"scenario": "both", "changes": list(changes)})
    found = compare(portfolio, [scenario], Settings(gap=0.0), words=discreet_words)
    content = ScenariosContent(portfolio, found, "2027", Settings(gap=0.0))
    return [piece for piece in differences(content) if isinstance(piece, Table)]


def words_of(table: Table, *columns: int) -> list[tuple[str, ...]]:
    return [tuple(row[column].text for column in columns) for row in table.rows]


def allowed(project: str) -> dict[str, Any]:
    return {"table": "projects", "where": {"project_id": project}, "set": {"force": ""}}


def test_a_cause_is_told_by_the_number_of_its_step(small: Callable[..., Portfolio]) -> None:
    steps, moves = two_steps(small, allowed("B"), allowed("A"))
    assert [number for number, _ in words_of(steps, 0, 1)] == ["1", "2"]
    assert words_of(moves, 0, -1) == [("Project A", "2"), ("Project B", "1")]


def test_steps_that_say_the_same_are_told_apart(small: Callable[..., Portfolio]) -> None:
    people = {"table": "people", "append": [{"person_id": "ann", "name": "Ann"}]}
    others = {"table": "people", "append": [{"person_id": "bob", "name": "Bob"}]}
    steps, moves = two_steps(small, people, others, allowed("A"))
    assert [words for _, words in words_of(steps, 0, 1)][:2] == ["people: 1 more"] * 2
    assert words_of(moves, 0, -1) == [("Project A", "3")]


def test_a_project_that_a_scenario_stops_is_counted_and_told(
    small: Callable[..., Portfolio],
) -> None:
    portfolio = small(
        {
            "RUN": {
                "value": 1, "cost": [5], "stage": "in_flight", "started": "2027", "stop_cost": 0,
            },
            "NEW": {"value": 9, "cost": [5]},
        },
        periods=2,
        budget={"2027": 5, "2028": 0},
    )  # fmt: skip
    scenario = Scenario.from_dict({"scenario": "stops", "allow_stops": True})
    found = compare(portfolio, [scenario], Settings(gap=0.0))
    content = ScenariosContent(portfolio, found, "2027", Settings(gap=0.0))
    (moves,) = (piece for piece in differences(content) if isinstance(piece, Table))
    assert words_of(moves, 0, 1, 2, 3) == [
        ("Project NEW", "Enters", "–", "2027"),
        ("Project RUN", "Leaves", "2027", "Stopped"),
    ]
    measures = [piece for piece in scenarios(content) if isinstance(piece, Table)][-1]
    at = [column.heading for column in measures.columns].index("Stopped")
    assert [row[at].text for row in measures.rows] == ["0", "1"]


@pytest.mark.parametrize(
    ("difference", "words"), [(0.2657, "0.27"), (5.4, "5.40"), (0.0034, "0.003"), (0.0, "0.00")]
)
def test_a_difference_is_written_as_values_are(
    small: Callable[..., Portfolio], difference: float, words: str
) -> None:
    portfolio = small({"A": {"value": 13.25}})
    found = compare(portfolio, [Scenario()], Settings(gap=0.0))
    content = ScenariosContent(portfolio, found, "2027", Settings(gap=0.0))
    assert sized(content)(difference) == words
