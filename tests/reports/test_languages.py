"""Reports in other languages: their words, their numbers, and what their files say they are in."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from gettext import NullTranslations
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from pypdf import PdfReader

from portfolio import language
from portfolio.allocate import allocate
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.errors import ReportError
from portfolio.language import decimal, spoken
from portfolio.models.outcome import Settings
from portfolio.reports import capacity_sections, pieces, scenario_sections
from portfolio.reports.capacity import CapacityContent
from portfolio.reports.capacity_appendix import appendix as capacity_appendix
from portfolio.reports.due import read_schedule
from portfolio.reports.formats import write_formats
from portfolio.reports.html import render_html
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.scenario_appendix import appendix as scenario_appendix
from portfolio.reports.scenario_differences import differences
from portfolio.reports.scenario_inputs import validate_scenarios
from portfolio.reports.scenarios import prepare_scenarios
from portfolio.scenario import Scenario

from . import boards, documents

Small = Callable[..., Portfolio]
_SPOKEN = re.compile(r'\blang="([^"]*)"')


@pytest.fixture(scope="module")
def dutch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document in Dutch, in every format."""
    folder = tmp_path_factory.mktemp("dutch")
    with spoken("nl"):
        notebook = documents.executed(["Pomp", "Leiding"])
        table = pieces.table(
            pd.DataFrame({"what": ["Pomp"] * 60, "fte": [1234.5] * 60}),
            {"what": "Wat", "fte": "Fte"},
            numbers={"fte": Written(lambda fte: decimal(fte, ",.1f"), "#,##0.0")},
        )
        empty = pieces.table(pd.DataFrame({"what": []}), {"what": "Wat"})
        notebook.cells.append(documents.cell(pieces.title("Bijlage 2") + table + empty))
        about = replace(documents.about(), language="nl", edition="Concept, niet vastgesteld")
        write_formats(notebook, about, folder, ["pdf", "pptx", "xlsx"])
        page = render_html(notebook, "Water", language="nl")
    (folder / "report.html").write_text(page, encoding="utf-8")
    return folder


def test_the_page_is_in_dutch(dutch: Path) -> None:
    page = (dutch / "report.html").read_text(encoding="utf-8")
    assert '<html lang="nl">' in page
    for words in (
        "Direct naar het rapport",
        "Geen.",
        "1.234,5",
        "€\u00a01,2\u00a0mln",
        "gaan in mrt 27",
    ):
        assert words in page, words


def test_the_document_is_in_dutch(dutch: Path) -> None:
    read = PdfReader(dutch / "report.pdf")
    assert read.trailer["/Root"]["/Lang"] == "nl"
    text = "\n".join(page.extract_text() for page in read.pages)
    for words in (
        "Run RUN-1 · Concept, niet vastgesteld",
        "Geen.",
        "1.234,5",
        "€\u00a01,2\u00a0mln",
    ):
        assert words in text, words


def test_all_text_on_slides_is_in_dutch(dutch: Path) -> None:
    deck = Presentation(str(dutch / "report.pptx"))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert "Bijlage 2 (vervolg)" in titles
    assert not [title for title in titles if title.count("(vervolg)") > 1]
    with zipfile.ZipFile(dutch / "report.pptx") as file:
        for name in file.namelist():
            if re.fullmatch(r"ppt/(slides/slide|charts/chart)\d+\.xml", name):
                text = file.read(name).decode()
                assert set(_SPOKEN.findall(text)) <= {"nl-NL"}, name
                runs = len(re.findall(r"<a:r>|<a:fld ", text))
                assert len(re.findall(r'<a:rPr[^>]* lang="nl-NL"', text)) == runs, name
        assert "<dc:language>nl-NL</dc:language>" in file.read("docProps/core.xml").decode()


def test_the_workbook_is_in_dutch(dutch: Path) -> None:
    book = openpyxl.load_workbook(dutch / "report.xlsx")
    assert book.sheetnames[0] == "Samenvatting"
    assert book.properties.language == "nl-NL"
    said = [str(row[0]) for row in book["Samenvatting"].iter_rows(values_only=True)]
    assert "Wat de bladen laten zien" in said
    assert "Run RUN-1 · Concept, niet vastgesteld" in said
    # Numbers are in full, and shown as the reader's own settings have it.
    assert any(cell.value == 1234.5 for sheet in book for row in sheet.rows for cell in row)
    with zipfile.ZipFile(dutch / "report.xlsx") as file:
        charts = [file.read(n).decode() for n in file.namelist() if n.startswith("xl/charts/chart")]
    assert charts
    assert all("en-US" not in chart and '<c:lang val="nl-NL"/>' in chart for chart in charts)


def test_a_sign_that_no_font_has_is_said_in_dutch(tmp_path: Path) -> None:
    with spoken("nl"):
        notebook = documents.executed(["\U0001f680", "B"])
        write_formats(notebook, replace(documents.about(), language="nl"), tmp_path, ["pdf"])
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages)
    if "□" in text:  # a computer may have a font with it
        assert "staat voor een teken" in text


def test_a_schedule_says_the_language(tmp_path: Path) -> None:
    path = tmp_path / "reports.yaml"
    path.write_text(
        "schedule:\n"
        "  - {kind: board, cadence: monthly, data: tables}\n"
        "  - {kind: board, name: bestuur, cadence: monthly, data: tables, language: nl}\n"
    )
    english, dutch = read_schedule(path).planned
    assert "language" not in english.parameters
    assert dutch.parameters["language"] == "nl"
    path.write_text(
        "schedule:\n  - {kind: board, cadence: monthly, data: tables, language: klingon}\n"
    )
    with pytest.raises(ReportError, match="klingon"):
        read_schedule(path)


class Odd(NullTranslations):
    """A language whose words stand in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


def bare(text: str) -> str:
    """What of a text stands outside all brackets."""
    while (rest := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = rest
    return text


# What comes from the data or from the solver: names, ids, categories, the currency, the run.
OF_DATA = re.compile(
    r"Project \d|baseline|Costs|highs|HiGHS|EUR|full|\bR\b|20270101T000000000Z-abcdef"
    r"|\d+(\.\d+)*(e-?\d+)?"
)


def test_every_word_of_a_board_is_of_the_catalogue(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "_catalogue", lambda _: Odd())
    with spoken("nl"):
        page = boards.page(
            boards.solve(
                small(
                    {
                        "1": {"value": 5, "cost": [4], "need": [0.5], "stage": "in_flight",
                              "started": "2026", "stop_cost": 1},
                        "2": {"value": 4, "cost": [5], "need": [0.5], "benefit": [9]},
                        "3": {"value": 3, "cost": [8], "need": [1]},
                        "4": {"value": 2, "cost": [1], "earliest_start": "2028"},
                        "5": {"value": 1, "cost": [1], "force": "in"},
                        "6": {"value": 1, "cost": [1], "confidential": "yes"},
                    },
                    budget=10,
                    people={"X": {"R": 1}},
                ),
                next_best=True,
            )
        )  # fmt: skip
    assert unsaid(page, least=100) == []


def unsaid(page: str, *, least: int, of_data: str = "") -> list[str]:
    """What a page of brackets shows past the catalogue; it shows something, too."""
    read = boards.read(page)
    shown = [*(words for _, words in read.texts), *(c for row in read.rows for c in row)]
    assert len(shown) > least
    known = re.compile(f"{of_data}|{OF_DATA.pattern}" if of_data else OF_DATA.pattern)
    return [text for text in shown if re.search(r"[A-Za-z]{2,}", known.sub(" ", bare(text)))]


def test_every_word_of_a_report_on_capacity_is_of_the_catalogue(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "_catalogue", lambda _: Odd())
    with spoken("nl"):
        portfolio = small(
            {
                "1": {"value": 2, "stage": "in_flight", "started": "2026-12",
                      "need": {"R": [1, 1, 2]}},
                "2": {"value": 3, "need": {"R": [2, 2]}},
            },
            frequency="month",
            periods=3,
            people={"X": {"R": 1.0}, "Y": {"R": 1.0}, "Z": {"R": 0.5}},
            assignments=[
                {"person_id": "X", "role_id": "R", "period": "2027-01", "project_id": project,
                 "fte": 0.8, "booking": "committed"}
                for project in "12"
            ],
        )  # fmt: skip
        plan, allocation = allocate(portfolio, None, Settings(gap=0.0, threads=1))
        content = CapacityContent(portfolio, Scenario(), plan, allocation, "2027-01")
        said = [
            capacity_sections.heading(content), capacity_sections.cards(content),
            capacity_sections.today(content), capacity_sections.bottlenecks(content),
            capacity_sections.shortage(content), capacity_sections.places(content),
            capacity_appendix(content, boards.RUN),
        ]  # fmt: skip
    # Months are named by the language itself, and not by the catalogue.
    assert unsaid(str(sum(said, Pieces())), least=30, of_data=r"(jan|feb|mrt) 2027|role R") == []


def test_every_word_of_a_report_on_scenarios_is_of_the_catalogue(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_folder(
        small({"1": {"value": 5, "cost": [4]}, "2": {"value": 3, "cost": [4]}}, budget=6).tables,
        tmp_path / "data",
    )
    for name, text in {
        "less": "changes:\n  - {table: budgets, where: {fund_id: F}, scale: {amount: 0.5}}\n",
        "none": "changes:\n  - {table: projects, where: {project_id: ['1', '2']}, set: "
        "{force: in}}\n",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(language, "_catalogue", lambda _: Odd())
    with spoken("nl"):
        content = prepare_scenarios(
            validate_scenarios(
                data=str(data), scenarios=[str(tmp_path / f"{n}.yaml") for n in ("less", "none")],
                scenario="", period="", out="", decimal=".", thousands="", time_limit=20.0,
                gap=0.0, seed=0, threads=1, steps=4, frontier_points=2, answers=0, names=True,
                confidential=True, language="nl",
            )
        )  # fmt: skip
        said = [
            scenario_sections.heading(content), scenario_sections.cards(content),
            scenario_sections.scenarios(content), scenario_sections.without_plan(content),
            differences(content), scenario_sections.costs(content),
            scenario_appendix(content, boards.RUN),
        ]  # fmt: skip
    assert unsaid(str(sum(said, Pieces())), least=30, of_data=r"less|none|budgets") == []
