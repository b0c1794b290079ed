"""Pieces of HTML: whatever stands in the data is text, and nothing but text."""

from __future__ import annotations

import pandas as pd
import pytest

from portfolio.reports import pieces
from portfolio.reports.html import render_html
from portfolio.reports.pieces import Pieces

from . import boards
from .notebooks import notebook, shown

HOSTILE = [
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    "\"quoted\" 'x' & ]]>",
    '=HYPERLINK("http://evil.invalid","x")',
    "{{ 7 * 7 }} {% raw %}",
    "$x^2$ \\(a\\)",
    "x" * 300,
    "مشروع المياه",
    "\U0001f680",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_every_piece_shows_text_as_it_is(text: str) -> None:
    frame = pd.DataFrame({"a": [text], "b": [1.5]})
    html = (
        pieces.heading(text, text)
        + pieces.cards([(text, text)])
        + pieces.finding(text, text)
        + pieces.paragraphs([text, ""])
        + pieces.table(
            frame,
            {"a": text, "b": "B"},
            numbers={"b": lambda _: text},
            caption=text,
            total={"a": text, "b": text},
        )
    )
    read = boards.read(html)
    assert {cell for row in read.rows for cell in row} == {text, "B"}
    assert {said for _, said in read.texts} == {text}
    # title, subtitle; figure, caption; finding, note; paragraph; caption
    assert len(read.texts) == 8
    assert not {"script", "img"} & set(read.tags)


def test_what_would_turn_a_sentence_round_is_taken_out() -> None:
    html = pieces.paragraphs(["Fund \u202egnp.exe\u2066 now\x1b[31m\nand here"])
    assert str(html) == '<p class="note">Fund gnp.exe now[31m and here</p>'


def test_a_page_with_hostile_names_holds_nothing_active() -> None:
    frame = pd.DataFrame({"a": HOSTILE})
    html = pieces.heading(HOSTILE[0], HOSTILE[1]) + pieces.table(frame, {"a": HOSTILE[2]})
    page = render_html(notebook(shown({"text/html": str(html)})), HOSTILE[0], footer=HOSTILE[1])
    lowered = page.lower()
    assert "<script" not in lowered
    assert "<img" not in lowered
    for text in HOSTILE:
        assert (
            text in {cell for row in boards.read(page).rows for cell in row} or text == HOSTILE[2]
        )


def test_an_empty_table_says_so() -> None:
    frame = pd.DataFrame({"a": []})
    assert str(pieces.table(frame, {"a": "A"})) == '<p class="note">None.</p>'
    assert "Nothing &lt;here&gt;" in str(pieces.table(frame, {"a": "A"}, empty="Nothing <here>"))


def test_numbers_stand_right_and_ids_stay_on_one_line() -> None:
    frame = pd.DataFrame({"id": ["007"], "n": [2.0], "why": ["Because."], "x": ["y"]})
    shown = pieces.table(
        frame,
        {"id": "Id", "n": "N", "why": "Why", "x": "X"},
        numbers={"n": "{:.1f}".format},
        unbroken=["id"],
        wide=["why"],
    )
    html = str(shown)
    assert '<td class="unbroken">007</td><td class="number">2.0</td>' in html
    assert '<td class="wide">Because.</td><td>y</td>' in html


def test_pieces_add_up_in_their_order() -> None:
    both = pieces.title("One") + pieces.title("Two", 3)
    assert str(both) == "<h2>One</h2><h3>Two</h3>"
    assert not pieces.paragraphs(["", ""])
    assert both + Pieces() == both
