"""Slides: titles, charts and tables that can be edited, on a template that may be another."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE_TYPE

from portfolio import figures
from portfolio.errors import ReportError
from portfolio.figures.labels import clean
from portfolio.reports import pieces
from portfolio.reports.document import Document, Figure, Section, read_document
from portfolio.reports.pieces import Finding, Paragraphs
from portfolio.reports.slides import write_slides
from portfolio.reports.slides_template import make_template
from portfolio.reports.workbook import write_workbook

from . import documents


def written(document: Document, folder: Path, template: Path | None = None) -> Any:
    write_slides(document, folder / "report.pptx", template)
    return Presentation(str(folder / "report.pptx"))


ABOUT = documents.about()
NAMES = [f"Project {i}" for i in range(40)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Slides of forty projects, each with a reason of many words."""
    return written(documents.document(NAMES, "Why " * 60), tmp_path_factory.mktemp("many"))


def shapes(deck: Any) -> list[Any]:
    return [shape for slide in deck.slides for shape in slide.shapes]


def words(deck: Any) -> str:
    said = []
    for shape in shapes(deck):
        if shape.has_text_frame:
            said.append(shape.text_frame.text)
        if shape.has_table:
            said += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


def test_each_slide_has_a_title_and_says_whose_it_is(tmp_path: Path) -> None:
    deck = written(documents.document(["Pump", "Main"]), tmp_path)
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert all(titles)
    assert titles[0] == "Pump"
    assert "2 are funded" in titles
    for slide in deck.slides:
        assert any("Run RUN-1" in shape.text_frame.text for shape in slide.placeholders)
    assert deck.core_properties.title == "Water: board report Nov 2026"
    assert deck.core_properties.created == documents.MADE.replace(microsecond=0, tzinfo=None)


def test_charts_are_native_with_the_numbers_of_the_figure(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    deck = written(document, tmp_path)
    charts = {shape.name: shape.chart for shape in shapes(deck) if shape.has_chart}
    spend = charts["Spend and budget"]
    assert spend.plots[0].categories[0] == "Jan 27"
    assert [series.name for plot in spend.plots for series in plot.series] == [
        "Must do", "Committed", "Discretionary", "Budget",
    ]  # fmt: skip
    assert list(spend.plots[1].series[0].values) == [2.0, 2.0, 0.5]
    assert charts["Use of limits"].chart_type == XL_CHART_TYPE.BAR_STACKED
    # What opens to be edited holds the same numbers.
    book = openpyxl.load_workbook(BytesIO(spend.part.chart_workbook.xlsx_part.blob))
    assert [cell.value for cell in book.active["E"]] == ["Budget", 2.0, 2.0, 0.5]


def test_every_figure_has_its_alternative_text(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    deck = written(document, tmp_path)
    told = {shape._element.xpath(".//p:cNvPr")[0].get("descr") for shape in shapes(deck)}
    figures = [b for section in document for b in section.blocks if isinstance(b, Figure)]
    assert {clean(figure.alt) for figure in figures} <= {clean(one or "") for one in told}


def test_a_long_table_goes_on_under_its_headings(many: Any) -> None:
    own = [slide for slide in many.slides if slide.shapes.title.text.startswith("40 are funded")]
    assert len(own) > 2
    listed = []
    for slide in own:
        (table,) = [shape.table for shape in slide.shapes if shape.has_table]
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert rows[0] == ["Id", "Project", "Cost", "Share", "Why"]
        listed += [row[1] for row in rows[1:] if row[0] != "All"]
    assert listed == NAMES
    assert own[-1].shapes.title.text.endswith("(continued)")


def test_nothing_runs_off_a_slide(many: Any) -> None:
    for shape in shapes(many):
        assert shape.left >= 0
        assert shape.top >= 0
        assert shape.left + shape.width <= many.slide_width
        assert shape.top + shape.height <= many.slide_height, shape.name


def test_a_tall_roadmap_goes_on_over_slides_under_its_axis(many: Any) -> None:
    own = [shape for shape in shapes(many) if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert len(own) > 1
    # None is drawn so small that its words cannot be read.
    assert all(shape.width > 0.7 * many.slide_width for shape in own)


def slide_words(slide: Any) -> list[str]:
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_a_headline_alone_has_no_slide_of_its_own(tmp_path: Path) -> None:
    drawn = documents.charts(["Pump", "Main"])
    made = documents.notebook(
        documents.cell(drawn[0], "panel"),
        documents.cell(pieces.finding("All is well", "As seen today"), "panel"),
        documents.cell(drawn[3], "panel"),
        documents.cell(pieces.finding("All is still well"), "panel"),
    )
    deck = written(read_document(made, documents.about()), tmp_path)
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert "All is well" not in titles
    # The first slide is full of its chart, so that the words stand above the next one.
    assert "All is well" not in slide_words(deck.slides[0])
    assert {"All is well", "As seen today"} <= set(slide_words(deck.slides[1]))
    assert "All is still well" in "".join(text for one in deck.slides for text in slide_words(one))


@pytest.mark.parametrize(("rows", "together"), [(3, True), (12, False)])
def test_a_short_table_stands_below_its_chart(tmp_path: Path, rows: int, together: bool) -> None:
    chart = documents.charts(["Pump", "Main"])[0]
    table = pieces.table(pd.DataFrame({"a": ["x"] * rows}), {"a": "First"}, caption="Called so")
    made = documents.notebook(documents.cell(chart, "panel"), documents.cell(table, "panel"))
    first, *others = written(read_document(made, documents.about()), tmp_path).slides
    assert bool(others) is not together
    parts = {shape.name: shape for shape in first.shapes}
    (drawn,) = (shape for shape in first.shapes if shape.has_chart)
    below = [shape for shape in first.shapes if shape.has_table]
    assert len(below) == together
    for shape in below:
        assert drawn.top + drawn.height < parts["Text"].top < shape.top
        assert (
            shape.top + shape.height
            < first.part.package.presentation_part.presentation.slide_height
        )


def test_sentences_are_set_smaller_before_they_are_squeezed(tmp_path: Path) -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    given = {name: ["Approved by board"] for name in names} | {"why": ["Because it fits. " * 6]}
    columns = dict.fromkeys(names, "Column") | {"why": "Why"}
    sizes = []
    for table in (
        pieces.table(pd.DataFrame(given), columns, wide=("why",), unbroken=tuple(names)),
        pieces.table(pd.DataFrame(given)[["a", "why"]], {"a": "A", "why": "Why"}, wide=("why",)),
    ):
        made = documents.notebook(documents.cell(pieces.finding("One") + table, "panel"))
        deck = written(read_document(made, documents.about()), tmp_path)
        (drawn,) = [shape.table for shape in shapes(deck) if shape.has_table]
        (run,) = drawn.cell(1, len(drawn.columns) - 1).text_frame.paragraphs[0].runs
        sizes.append(run.font.size.pt)
    assert sizes[0] < sizes[1] == 11


def test_words_below_a_chart_stand_on_its_slide(tmp_path: Path) -> None:
    words = "What is in at one budget is not sure of the next. " * 5
    made = documents.notebook(
        documents.cell(documents.charts(["Pump", "Main"])[0], "panel"),
        documents.cell(pieces.paragraphs([words], "note")),
    )
    (slide,) = written(read_document(made, documents.about()), tmp_path).slides
    assert words.strip() in [text.strip() for text in slide_words(slide)]


def test_a_chart_stays_high_enough_to_be_read(tmp_path: Path) -> None:
    """Where little room is left for it, what follows does not take of that, too."""
    chart = documents.cell(documents.charts(["Pump", "Main"])[0])
    ((figure,),) = (one.blocks for one in read_document(documents.notebook(chart), ABOUT))
    above = Paragraphs(("What is in at one budget is not sure of the next. " * 5,) * 4)
    blocks = (Finding("Money"), above, figure, Paragraphs(above.sentences[:3]))
    deck = written(Document(ABOUT, (Section(blocks, frozenset({"panel"})),)), tmp_path)
    (drawn,) = (shape for shape in shapes(deck) if shape.has_chart)
    assert drawn.height.inches > 2.4
    assert len(deck.slides) == 2


def test_a_chart_leaves_no_room_to_what_has_a_slide_of_its_own(tmp_path: Path) -> None:
    heights = []
    for following in (
        pieces.finding("Next"),
        pieces.paragraphs(["A word."]) + pieces.title("Next"),
    ):
        made = documents.notebook(
            documents.cell(documents.charts(["Pump", "Main"])[0], "panel"),
            documents.cell(following + pieces.paragraphs(["Words."] * 5), "panel"),
        )
        deck = written(read_document(made, ABOUT), tmp_path)
        assert [slide.shapes.title.text for slide in deck.slides][1:] == ["Next"]
        heights += [shape.height for shape in shapes(deck) if shape.has_chart]
    assert heights[0] == heights[1]


def test_columns_have_room_for_a_wider_face(tmp_path: Path) -> None:
    texts = ["Brackholt treatment works upgrade", "+0.62 (between +0.57 and +0.68)"]
    table = pieces.table(pd.DataFrame([texts], columns=["a", "b"]), {"a": "First", "b": "Second"})
    made = documents.notebook(documents.cell(pieces.finding("One") + table, "panel"))
    deck = written(read_document(made, documents.about()), tmp_path)
    (drawn,) = [shape.table for shape in shapes(deck) if shape.has_table]
    for column, text in zip(drawn.columns, texts, strict=True):
        # DejaVu Sans, which stands for Arial where that is missing: 0.6 em a character of these.
        assert column.width.pt > 11 * (0.6 * len(text) + 0.8)


@pytest.mark.parametrize("rows", range(8, 16))
def test_what_a_table_is_called_stands_on_its_slide(tmp_path: Path, rows: int) -> None:
    above = pieces.table(pd.DataFrame({"a": ["x"] * rows}), {"a": "First"})
    below = pieces.table(pd.DataFrame({"a": ["x"] * 8}), {"a": "Second"}, caption="Called so")
    made = documents.notebook(documents.cell(pieces.finding("Two tables") + above + below, "panel"))
    deck = written(read_document(made, documents.about()), tmp_path)
    for slide in deck.slides:
        tables = [shape.table for shape in slide.shapes if shape.has_table]
        heads = [table.cell(0, 0).text for table in tables]
        if "Called so" in slide_words(slide):
            assert "Second" in heads
            return
    pytest.fail("the caption is on no slide")


@pytest.mark.parametrize("rows", range(12, 22))
def test_a_headline_stands_on_the_slide_of_what_follows_it(tmp_path: Path, rows: int) -> None:
    above = pieces.table(pd.DataFrame({"a": ["x"] * rows}), {"a": "First"})
    below = pieces.title("Assumed", level=3) + pieces.paragraphs(["One is assumed."])
    made = documents.notebook(documents.cell(pieces.finding("A table") + above + below, "panel"))
    deck = written(read_document(made, documents.about()), tmp_path)
    (slide,) = [one for one in deck.slides if "Assumed" in slide_words(one)]
    assert "One is assumed." in slide_words(slide)


def test_points_that_look_alike_have_a_mark_beside_them(tmp_path: Path) -> None:
    held = pd.DataFrame(
        [(True, 6e7, 7.0, 7.0), (True, 8e7, 9.0, 9.1)],
        columns=["forced", "limit", "value", "bound"],
    )
    plans = pd.DataFrame(
        [("baseline", 8e7, 9.0, 9.0, 1.0, 1.0), ("less", 6e7, 6.5, 7.0, 0.92, 0.93)],
        columns=["scenario", "money", "value", "best_low", "reach_low", "reach_high"],
    )
    chart = figures.scenario_frontier_chart(held, plans, ["baseline", "less"], currency="EUR")
    made = documents.notebook(documents.cell(figures.show(chart), "panel"))
    document = read_document(made, documents.about())
    deck = written(document, tmp_path)
    (drawn,) = [shape.chart for shape in shapes(deck) if shape.has_chart]
    assert set(re.findall(r"<a:t>([^<]*)</a:t>", drawn.part.blob.decode())) >= {"A", "B"}
    write_workbook(document, tmp_path / "report.xlsx")
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        xml = archive.read("xl/charts/chart1.xml").decode()
    assert set(re.findall(r"<a:t>([^<]*)</a:t>", xml)) >= {"A", "B"}


def test_an_empty_cell_makes_no_row_higher(tmp_path: Path) -> None:
    deck = written(documents.document(["Pump", ""]), tmp_path)
    tables = [shape.table for shape in shapes(deck) if shape.has_table]
    blank = [
        cell._tc.xpath(".//a:endParaRPr/@sz")
        for table in tables
        for row in table.rows
        for cell in row.cells
        if not cell.text
    ]
    assert blank
    assert all(sizes and int(sizes[0]) <= 1200 for sizes in blank)


def test_hostile_names_are_text(tmp_path: Path) -> None:
    deck = written(documents.document(documents.HOSTILE), tmp_path)
    said = words(deck)
    for name in documents.HOSTILE:
        assert clean(name)[:100] in said, name
    assert not re.search("[\u202e\u2066\x00\x0b\x1b]", said)
    with zipfile.ZipFile(tmp_path / "report.pptx") as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert "External" not in archive.read(name).decode(), name
            if name.endswith(".xlsx"):
                book = openpyxl.load_workbook(BytesIO(archive.read(name)))
                cells = [cell for sheet in book for row in sheet for cell in row]
                assert all(cell.data_type != "f" for cell in cells)


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    document = documents.document(["Pump", "Main"])
    written(document, tmp_path)
    first = (tmp_path / "report.pptx").read_bytes()
    written(document, tmp_path)
    assert (tmp_path / "report.pptx").read_bytes() == first


def test_another_template_brings_its_size_and_its_layouts(tmp_path: Path) -> None:
    mine = tmp_path / "mine.pptx"
    Presentation().save(str(mine))  # 4:3, with layouts of other names
    deck = written(documents.document(["Pump", "Main"]), tmp_path, mine)
    assert deck.slide_width == Presentation().slide_width
    assert deck.slides[0].slide_layout.name == "Title Slide"
    assert {slide.slide_layout.name for slide in deck.slides} == {"Title Slide", "Title Only"}
    for shape in shapes(deck):
        assert shape.left + shape.width <= deck.slide_width, shape.name
    # Its title stands in the middle of the first slide, and leaves no room for figures there.
    foot = min(
        place.top for place in deck.slides[0].placeholders if place.placeholder_format.idx > 1
    )
    assert [shape for shape in shapes(deck) if shape.name == "Card"]
    assert all(shape.top + shape.height <= foot for shape in shapes(deck) if shape.name == "Card")


def test_slides_of_a_template_are_left_out(tmp_path: Path) -> None:
    made = make_template()
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "An example"
    made.save(str(tmp_path / "mine.pptx"))
    deck = written(documents.document(["Pump", "Main"]), tmp_path, tmp_path / "mine.pptx")
    assert "An example" not in words(deck)
    with zipfile.ZipFile(tmp_path / "report.pptx") as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())


def test_a_template_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.pptx").write_text("no slides")
    with pytest.raises(ReportError, match=r"must be a \.pptx file") as caught:
        written(documents.document(["Pump", "Main"]), tmp_path, tmp_path / "mine.pptx")
    assert caught.value.exit_code == 2
