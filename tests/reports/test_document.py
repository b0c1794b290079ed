"""What a notebook shows is what every format is made from."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from portfolio.errors import ReportError
from portfolio.figures.plotted import Bars, Grid, Listing
from portfolio.reports import pieces
from portfolio.reports.document import Figure, read_document
from portfolio.reports.html_pieces import pieces_of_html
from portfolio.reports.pieces import MIMETYPE, Paragraphs, Table, Title

from . import documents
from .notebooks import code, markdown, notebook, shown

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def blocks(*cells: Any) -> list[Any]:
    sections = read_document(notebook(*cells), documents.about())
    return [block for section in sections for block in section.blocks]


def test_pieces_come_back_as_they_were_shown() -> None:
    said = pieces.heading("A", "B") + pieces.finding("C", "D") + documents.listing(["x", "y"])
    assert tuple(blocks(documents.cell(said))) == said.all


def test_a_figure_brings_its_words_and_what_it_plots() -> None:
    spend, capacity, roadmap, limits = blocks(*map(documents.cell, documents.charts(["A", "B"])))
    assert isinstance(spend.plotted, Bars)
    assert spend.plotted.categories == ("Jan 27", "Feb 27", "Mar 27")
    assert [line.values for line in spend.plotted.lines] == [(2e6, 2e6, 0.5e6)]
    assert spend.title.startswith("Spend passes the budget")
    assert spend.alt.startswith(spend.title)
    assert isinstance(capacity.plotted, Grid)
    assert {row: [cell.value for cell in cells]
            for row, cells in zip(capacity.plotted.rows, capacity.plotted.cells, strict=True)} == {
        "A": [0.0] * 3, "B": [0.25] * 3,
    }  # fmt: skip
    assert isinstance(roadmap.plotted, Listing)
    assert roadmap.plotted.rows[0][:4] == ("A", "A", "Newly funded", "Jan 27")
    assert isinstance(limits.plotted, Bars)
    assert limits.plotted.categories == ("B", "A")


def test_parameters_and_hidden_cells_are_left_out_and_tags_stay() -> None:
    hidden = documents.cell(pieces.title("hidden"), "remove-output")
    given = documents.cell(pieces.title("given"), "parameters")
    stays = documents.cell(pieces.title("shown"), "panel", "half")
    (section,) = read_document(notebook(hidden, given, stays, code("1")), documents.about())
    assert section.blocks == (Title("shown"),)
    assert section.tags == {"panel", "half"}


def test_what_is_no_piece_is_read_all_the_same() -> None:
    frame = pd.DataFrame({"a": ["<b>"], "b": [2]}).to_html()
    found = blocks(
        markdown("# Words\n\nOne *two*\n\n- three"),
        shown({"text/html": frame, "text/plain": "not this"}),
        shown({"text/plain": "plain\nlines"}),
        shown({"image/png": PIXEL}, alt="A dot"),
    )
    assert found[:3] == [Title("Words"), Paragraphs(("One two",)), Paragraphs(("three",))]
    assert isinstance(found[3], Table)
    assert [cell.text for cell in found[3].rows[0]] == ["0", "<b>", "2"]
    assert found[4:] == [Paragraphs(("plain", "lines")), Figure("A dot", image=PIXEL)]


def test_html_of_any_kind_gives_words() -> None:
    found = pieces_of_html("<div>a<table><tr><th>h<td>1</table>b</div><style>p{}</style><p>c")
    assert [type(one) for one in found] == [Paragraphs, Table, Paragraphs, Paragraphs]


def test_a_figure_without_alternative_text_is_refused() -> None:
    with pytest.raises(ReportError, match="no alternative text"):
        blocks(shown({"image/png": PIXEL}))
    with pytest.raises(ReportError, match="no alternative text"):
        blocks(shown({"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"/>'}))


@pytest.mark.parametrize(
    "data", [{"pieces": [{"type": "table"}]}, {"pieces": [{"type": "spell"}]}, {}, "x"]
)
def test_pieces_that_are_none_of_ours_are_refused(data: Any) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        blocks(shown({MIMETYPE: data}))
