"""A report as slides whose charts and tables can be edited.

Each part of the report has slides of its own: its headline is the title, its figure a chart of
PowerPoint where there is one of its kind, else a table with colours or a picture; a table that is
longer than a slide goes on under the same title and headings.
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

from portfolio.figures.labels import clean, shorten
from portfolio.figures.plotted import Grid
from portfolio.language import language_tag, say
from portfolio.reports.archive import fix_archive
from portfolio.reports.document import Document, Figure, Section
from portfolio.reports.pieces import Cards, Finding, Heading, Paragraphs, Quotations, Table, Title
from portfolio.reports.slide_charts import add_figure
from portfolio.reports.slide_frame import begin_slide, put_title
from portfolio.reports.slide_language import name_language
from portfolio.reports.slide_tables import (
    add_table,
    rows_that_fit,
    size_of_table,
    table_height,
)
from portfolio.reports.slide_text import Box, add_cards, add_text, text_height
from portfolio.reports.slides_template import CONTENT, OPENING, open_template

__all__ = ["write_slides"]

_SIZE, _SMALL = 12.0, 10.0
_GAP, _LINE_GAP = 0.12, 0.04
_NOTE = 0.42
_ROOM_FOR_WORDS = 0.9
# The most that what follows a figure takes of its room, and the least that it leaves to it.
_SHORT, _LEAST = 1.7, 2.4


def write_slides(document: Document, target: Path, template: Path | None = None) -> None:
    """Write a document as slides.

    Parameters
    ----------
    document : Document
    target : Path
        The file.
    template : Path or None
        A presentation whose master and layouts the slides take; ours by default.

    Raises
    ------
    ReportError
        If the template is none, or a figure cannot be drawn.
    """
    deck = _Deck(document, open_template(template))
    for section, after in zip_longest(document.sections, document.sections[1:]):
        deck.add(section, after)
    deck.finish()
    tag = language_tag(document.about.language)
    name_language(deck.made, tag)
    deck.made.save(str(target))
    fix_archive(target, document.about.made, tag)


class _Deck:
    """Slides in the making: the one that is written on, and the place on it."""

    def __init__(self, document: Document, made: Any) -> None:
        self.made = made
        self.about = document.about
        self._width = made.slide_width / 914400
        self._height = made.slide_height / 914400
        self._slide: Any = None
        self._title = ""
        self._opening = True
        self._top = 0.0
        self._waiting: list[Section] = []

    def add(self, section: Section, after: Section | None) -> None:
        """Put what a cell shows on slides, where another cell comes after it."""
        opens = isinstance(section.blocks[0], Heading)
        if opens:
            self._begin("", layout=OPENING)
        elif self._opening and not section.tags & {"panel", "half", "page", "appendix"}:
            pass  # cards and the decision stand on the first slide
        elif self._slide is not None and _only_words(section):
            # On a slide of their own a few words would be lost: they stand below what is there,
            # or above what comes next.
            if self._room > _ROOM_FOR_WORDS:
                self._say(section)
            else:
                self._waiting.append(section)
            return
        elif _headline(section):
            self._opening = False
            self._begin(_headline(section))
        self._say_what_waits()
        size = _SMALL if "appendix" in section.tags else _SIZE
        # What has a headline begins a slide of its own.
        below = after.blocks[0] if after and not _headline(after) else None
        following = [*section.blocks[1:], below]
        for block, next_ in zip(section.blocks, following, strict=True):
            self._add(block, size, next_)

    def _say(self, section: Section) -> None:
        """Put a headline with a line or two where the slide has room."""
        for block in section.blocks:
            if isinstance(block, Finding):
                self._text([block.words], _SIZE + 2, bold=True)
                self._text([block.note] if block.note else [], _SMALL, dim=True)

    def _say_what_waits(self) -> None:
        for section in self._waiting:
            self._say(section)
        self._waiting.clear()

    def _add(self, block: Any, size: float, after: Any) -> None:
        if self._slide is None:
            self._begin(self.about.title)
        match block:
            case Heading():
                self._head(block)
            case Cards():
                height = 1.12
                if self._room < height:
                    self._more()
                add_cards(self._slide, block, self._box(height))
                self._top += height + _GAP
            case Title():
                if block.words != self._title:
                    if self._room < _ROOM_FOR_WORDS:
                        self._more()  # a headline stands on the slide of what follows it
                    self._text([block.words], size + 2, bold=True)
            case Finding():
                if self._opening and block.words != self._title:
                    self._text([block.words], size + 2, bold=True)
                elif block.words != self._title:
                    # What follows belongs under this headline, not under the one before.
                    self._begin(block.words)
                if block.note:
                    self._text([block.note], _SMALL, dim=True)
            case Paragraphs():
                ask = block.kind == "ask"
                self._text(list(block.sentences), size + 2 if ask else size, dim=not ask)
            case Quotations():
                for one in block.all:
                    self._text([f"{one.about} · {one.author}"], size, bold=True)
                    self._text([one.text], size)
            case Table():
                self._table(block, size)
            case Figure():
                # A chart can be lower; a picture or a heat map could no longer be read.
                chart = block.plotted is not None and not isinstance(block.plotted, Grid)
                self._figure(block, self._short(after, size) if chart else 0.0)

    def _begin(self, title: str, layout: str = CONTENT) -> None:
        self._slide = begin_slide(self.made, layout, self.about)
        self._title = title
        self._top = put_title(self._slide, title)

    def _head(self, heading: Heading) -> None:
        self._title = heading.title
        self._top = put_title(self._slide, heading.title)
        below = [p for p in self._slide.placeholders if p.placeholder_format.idx == 1]
        if below:
            below[0].text_frame.text = heading.subtitle
            self._top = (below[0].top + below[0].height) / 914400 + _GAP
        else:
            holder = self._slide.shapes.title
            self._top = (holder.top + holder.height) / 914400
            self._text([heading.subtitle], _SIZE, dim=True)

    def _box(self, height: float) -> Box:
        left = self._slide.shapes.title.left / 914400
        return Box(left, self._top, self._width - 2 * left, height)

    @property
    def _lowest(self) -> float:
        return float(self._height) - 0.65

    @property
    def _room(self) -> float:
        return self._lowest - self._top

    def _more(self) -> None:
        """Another slide under the same title."""
        title = self._title
        self._begin(say("{title} (continued)", title=title))
        self._title = title

    def _text(
        self, sentences: list[str], size: float, *, bold: bool = False, dim: bool = False
    ) -> None:
        wide = self._box(1).width
        left = list(sentences)
        while left:
            heights = [text_height(one, wide, size) for one in left]
            number, used = 0, 0.0
            while number < len(left) and used + heights[number] <= self._room:
                used += heights[number]
                number += 1
            if number == 0 and self._room < 0.75 * (self._lowest - 1.3):
                self._more()
                continue
            if number == 0:
                # One that is longer than a slide is cut; the page has all of it.
                number, used = 1, self._room
                left[0] = shorten(left[0], self._room * 72 / (size * 1.3) * wide * 72 * 0.8, size)
            add_text(self._slide, left[:number], self._box(used), size, bold=bold, dim=dim)
            self._top += used + _LINE_GAP
            left = left[number:]
            if left:
                self._more()

    def _table(self, table: Table, size: float) -> None:
        size = self._size(table, size)
        rows, caption = list(table.rows), table.caption
        while True:
            wide = self._box(1).width
            # What a table is called does not stay behind on the slide before it.
            said = self._caption(caption)
            fit = rows_that_fit(table, rows, wide, self._room - said, size)
            if fit < min(len(rows), 3) and self._room < 3.5:
                self._more()
                continue
            self._text([caption] if caption else [], _SMALL, dim=True)
            caption = ""
            fit = max(fit, 1)
            last = fit >= len(rows)
            self._top += add_table(self._slide, table, rows[:fit], self._box(0), size, last=last)
            self._top += 2 * _GAP
            rows = rows[fit:]
            if not rows:
                return
            self._more()

    def _size(self, table: Table, size: float) -> float:
        return size_of_table(table, self._box(1).width, min(size, _SMALL + 1))

    def _caption(self, words: str) -> float:
        """Height of what a table is called, inches."""
        return text_height(words, self._box(1).width, _SMALL) + _LINE_GAP if words else 0.0

    def _short(self, after: Any, size: float) -> float:
        """Height of a short table, or of words, that follow a figure and stand on its slide."""
        wide = self._box(1).width
        if isinstance(after, Paragraphs):
            high = sum(text_height(one, wide, size) for one in after.sentences) + 2 * _GAP
        elif isinstance(after, Table):
            high = table_height(after, wide, self._size(after, size)) + 2 * _GAP
            high += self._caption(after.caption)
        else:
            return 0.0
        return high if high <= _SHORT else 0.0

    def _figure(self, figure: Figure, below: float) -> None:
        if self._room < 3.2:
            self._more()
        if figure.subtitle:
            self._text([figure.subtitle], _SMALL, dim=True)
        rest: Figure | None = figure
        while rest is not None:
            # Room for a line of notes below, which would else have a slide for itself.
            taken = below if self._room - below >= _LEAST else 0.0
            room = self._room - max(taken, _NOTE)
            rest, used = add_figure(self._slide, rest, self._box(room))
            self._top += used + _GAP
            if rest is not None:
                self._more()

    def finish(self) -> None:
        """What the file says of itself."""
        about, facts = self.about, self.made.core_properties
        if self._slide is None:
            self._begin(about.title)
        self._say_what_waits()
        facts.title, facts.author = clean(about.title)[:250], clean(about.portfolio)[:250]
        facts.subject, facts.keywords = clean(about.kind), clean(about.run_id)
        facts.last_modified_by, facts.comments, facts.category = "portfolio", "", ""
        facts.revision = 1
        facts.created = facts.modified = about.made.replace(microsecond=0, tzinfo=None)


def _headline(section: Section) -> str:
    for block in section.blocks:
        if isinstance(block, Title | Finding):
            return block.words
        if isinstance(block, Figure):
            return block.title or block.alt
    return ""


def _only_words(section: Section) -> bool:
    """Whether a section is a headline with a line or two."""
    return all(isinstance(block, Finding) for block in section.blocks)
