"""A report as a workbook: a sheet a part, with numbers in full and charts that can be edited.

Nothing that stands in a portfolio becomes a formula or a link; texts that would begin one, once
edited or saved as CSV, are marked as text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import Any

from portfolio.figures.labels import clean, text_width
from portfolio.language import language_tag, say
from portfolio.reports.archive import fix_archive
from portfolio.reports.document import Document, Figure, Section
from portfolio.reports.drawing import png_of, without_head
from portfolio.reports.pieces import Cards, Finding, Heading, Paragraphs, Quotations, Table, Title
from portfolio.reports.workbook_charts import write_plotted
from portfolio.reports.workbook_looks import Looks, in_full

__all__ = ["write_workbook"]

_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
# Excel keeps this name of a sheet for itself.
_RESERVED = "history"
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
# Width of a column of words at the most, characters.
_WIDE = 60
# Characters that an em of text takes, and heights of rows, points.
_CHARACTERS = 1.8
_LINE = 13.5
# Characters that a line of a sentence may have; width of a column that nobody set, and how many
# columns a sentence may run over.
_PAGE = 120.0
_COLUMN = 8.43
_MOST_COLUMNS = 30
_HEIGHTS = {"title": 26.0, "headline": 19.0, "figure": 20.0}


def write_workbook(document: Document, target: Path) -> None:
    """Write a document as a workbook.

    Parameters
    ----------
    document : Document
    target : Path
        The file.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxFileError

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    about = document.about
    book = xlsxwriter.Workbook(target, options)
    book.set_properties(
        {
            "title": clean(about.title)[:250],
            "author": clean(about.portfolio)[:250],
            "subject": clean(about.kind),
            "keywords": about.run_id,
            "created": about.made.astimezone(UTC).replace(microsecond=0, tzinfo=None),
        }
    )
    _Book(book, document).write()
    try:
        book.close()
    except XlsxFileError as error:
        raise OSError(str(error)) from error
    fix_archive(target, about.made, language_tag(about.language))


@dataclass
class _Part:
    """Sections that stand on one sheet."""

    name: str
    headline: str
    sections: list[Section]


class _Book:
    def __init__(self, book: Any, document: Document) -> None:
        self._book = book
        self._document = document
        self._looks = Looks(book)

    def write(self) -> None:
        """Write the summary and a sheet a part."""
        opening, parts = self._parts()
        summary = self._book.add_worksheet(_summary())
        sheets = [self._book.add_worksheet(part.name) for part in parts]
        at = _Sheet(self._book, summary, self._looks)
        at.page("&L" + self._foot.replace("&", "&&"))
        for section in opening:
            at.section(section)
        about = self._document.about
        at.contents(parts)
        made = say("Made {when}", when=f"{about.made:%Y-%m-%d %H:%M %Z}")
        at.sentences([f"{about.run} · {clean(about.edition)}", made], "quiet")
        at.widths()
        for part, sheet in zip(parts, sheets, strict=True):
            own = _Sheet(self._book, sheet, self._looks)
            own.page("&L" + self._foot.replace("&", "&&"))
            for section in part.sections:
                own.section(section)
            own.widths()

    @property
    def _foot(self) -> str:
        about = self._document.about
        return clean(f"{about.portfolio[:80]} · {about.kind} · {about.period} · {about.run_id}")

    def _parts(self) -> tuple[list[Section], list[_Part]]:
        """What stands on the summary, and the parts with a sheet of their own."""
        opening: list[Section] = []
        parts: list[_Part] = []
        taken = {_summary().lower(), _RESERVED}
        for section in self._document:
            name, headline = _called(section)
            if name:
                parts.append(_Part(_sheet_name(name, taken), headline, [section]))
            elif parts:
                parts[-1].sections.append(section)
            else:
                opening.append(section)
        return opening, parts


def _summary() -> str:
    return _sheet_name(say("Summary"), {_RESERVED})


def _called(section: Section) -> tuple[str, str]:
    """Name and headline of the first table or figure of a section; "" where it has none."""
    headline = ""
    for block in section.blocks:
        if isinstance(block, Finding | Title) and not headline:
            headline = block.words
        elif isinstance(block, Table):
            return block.name or headline or say("Table"), headline
        elif isinstance(block, Figure):
            known = block.plotted.name if block.plotted else ""
            return known or block.title or say("Figure"), block.title or headline or block.alt
        elif isinstance(block, Quotations):
            return say("Commentary"), headline
    return "", headline


def _sheet_name(name: str, taken: set[str]) -> str:
    plain = " ".join(_FORBIDDEN.sub(" ", name).split())[:_LONGEST_NAME].strip() or say("Sheet")
    found, number = plain, 2
    while found.lower() in taken:
        end = f" ({number})"
        found, number = plain[: _LONGEST_NAME - len(end)].rstrip() + end, number + 1
    taken.add(found.lower())
    return found


class _Sheet:
    """A sheet in the making, and the row that comes next."""

    def __init__(self, book: Any, sheet: Any, looks: Looks) -> None:
        self._book, self._sheet, self._looks = book, sheet, looks
        self._row = 0
        self._widths: dict[int, float] = {}
        self._heights: dict[int, float] = {}
        self._wrapped: list[tuple[int, int, str]] = []
        self._long: list[tuple[int, str, str]] = []
        self._frozen = False
        sheet.hide_gridlines(2)

    def page(self, foot: str) -> None:
        """How the sheet is printed."""
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer(f"{foot[:200]}&R&P / &N")

    def section(self, section: Section) -> None:
        """Write what a cell of the notebook shows."""
        for block in section.blocks:
            match block:
                case Heading():
                    self.sentences([block.title], "title")
                    self.sentences([block.subtitle], "quiet")
                case Cards():
                    for number, words in block.figures:
                        self._text(self._row, 0, number, "figure")
                        self._text(self._row, 1, words, "plain")
                        self._widths[0] = max(self._widths.get(0, 0), len(number) * 1.6)
                        self._row += 1
                    self._row += 1
                case Title():
                    self.sentences([block.words], "headline")
                case Finding():
                    self.sentences([block.words], "headline")
                    self.sentences([block.note] if block.note else [], "quiet")
                case Paragraphs():
                    look = "plain" if block.kind == "ask" else "quiet"
                    self.sentences(block.sentences, look)
                case Quotations():
                    for one in block.all:
                        self.sentences([f"{one.about} · {one.author}"], "bold")
                        self.sentences([one.text], "plain")
                case Table():
                    self._table(block)
                case Figure():
                    self._figure(block)
        self._row += 1

    def sentences(self, sentences: Sequence[str], look: str) -> None:
        """Write sentences, one a row; they run over the cells beside them, long ones in lines."""
        for sentence in sentences:
            self._text(self._row, 0, sentence, look)
            if text_width(sentence, 1) * _CHARACTERS > _PAGE:
                self._long.append((self._row, sentence, look))
            self._row += 1

    def contents(self, parts: Sequence[_Part]) -> None:
        """The sheets, each with its headline."""
        self.sentences([say("What the sheets show")] if parts else [], "headline")
        for part in parts:
            link = f"internal:'{part.name}'!A1"
            self._sheet.write_url(self._row, 0, link, self._looks.of("link"), part.name)
            self._text(self._row, 1, part.headline, "plain")
            self._widths[0] = max(self._widths.get(0, 0), len(part.name))
            self._row += 1
        self._row += 1

    def widths(self) -> None:
        """Set the widths of the columns, once all is written."""
        widths = {column: min(max(one + 2, 8), _WIDE) for column, one in self._widths.items()}
        for column, width in widths.items():
            self._sheet.set_column(column, column, width)
        # Excel finds the height of a row itself; not every reader of workbooks does.
        for row, column, text in self._wrapped:
            lines = math.ceil(text_width(text, 1) * _CHARACTERS / (widths[column] - 1))
            self._heights[row] = max(self._heights.get(row, 0.0), lines * _LINE)
        for row, sentence, look in self._long:
            self._over_lines(row, sentence[:_LONGEST_TEXT], look, widths)
        for row, height in self._heights.items():
            if height > _LINE:
                self._sheet.set_row(row, min(height, 400))

    def _over_lines(self, row: int, sentence: str, look: str, widths: dict[int, float]) -> None:
        """Put a sentence over as many columns as a page has, in lines."""
        room, last = widths.get(0, _COLUMN), 0
        while room < _PAGE and last < _MOST_COLUMNS:
            last += 1
            room += widths.get(last, _COLUMN)
        form = self._looks.text(look, sentence, text_wrap=True)
        if last:
            self._sheet.merge_range(row, 0, row, last, "", form)
        self._sheet.write_string(row, 0, sentence, form)
        lines = math.ceil(text_width(sentence, 1) * _CHARACTERS / (room - 2))
        line = max(_LINE, _HEIGHTS.get(look, 0.0))
        self._heights[row] = max(self._heights.get(row, 0.0), lines * line)

    def _text(self, row: int, column: int, text: str, look: str) -> None:
        self._sheet.write_string(row, column, text[:_LONGEST_TEXT], self._looks.text(look, text))
        self._heights[row] = max(self._heights.get(row, 0.0), _HEIGHTS.get(look, 0.0))

    def _table(self, table: Table) -> None:
        self.sentences([table.caption] if table.caption else [], "quiet")
        heads = [
            f"{column.heading} ({column.unit})" if column.unit else column.heading
            for column in table.columns
        ]
        if any(heads):
            for place, head in enumerate(heads):
                right = table.columns[place].kind == "number"
                self._text(self._row, place, head, "head right" if right else "head")
            self._row += 1
            if not self._frozen:
                self._sheet.freeze_panes(self._row, 0)
                self._sheet.repeat_rows(self._row - 1)
                self._frozen = True
                if len(table.rows) > 1:
                    last = self._row + len(table.rows) - 1
                    self._sheet.autofilter(self._row - 1, 0, last, len(heads) - 1)
        for row in [*table.rows, *([table.total] if table.total else [])]:
            strong = "total" if row is table.total else "cell"
            for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                if column.kind == "number" and cell.value is not None and cell.text:
                    look = self._looks.number(strong, column.form)
                    self._sheet.write_number(self._row, place, cell.value, look)
                else:
                    side = " right" if column.kind == "number" else ""
                    self._text(self._row, place, cell.text, f"{strong}{side}")
                    self._wrapped.append((self._row, place, cell.text))
            self._row += 1
        for place, column in enumerate(table.columns):
            texts = [heads[place], *(row[place].text for row in table.rows)]
            # A number in full is wider than in words, and one that is cut is shown as ###.
            texts += [
                in_full(row[place].value, column.form)
                for row in (*table.rows, table.total)
                if row and column.kind == "number"
            ]
            wide = max(text_width(text, 1) for text in texts) * _CHARACTERS
            self._widths[place] = max(self._widths.get(place, 0), wide)

    def _figure(self, figure: Figure) -> None:
        self.sentences([figure.title] if figure.title else [], "headline")
        self.sentences([figure.subtitle] if figure.subtitle else [], "quiet")
        if figure.plotted is not None:
            size, charted = write_plotted(
                self._book, self._sheet, self._row, figure, self._looks, self._widths
            )
            self._row += size
            if charted:
                return
        if figure.svg:
            svg = without_head(figure.svg, figure.head if figure.title else 0.0)
            beside = len(self._widths) + 1 if figure.plotted else 0
            top = self._row if not figure.plotted else 2
            self._sheet.insert_image(
                top,
                beside,
                "figure.png",
                {
                    "image_data": BytesIO(png_of(svg, 1.0)),
                    "description": figure.alt,
                    "object_position": 3,
                },
            )
