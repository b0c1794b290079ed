"""HTML of a notebook's output, and words of its text, as pieces: what every format can show."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Literal

from portfolio.figures.labels import clean
from portfolio.reports.pieces import Cell, Column, Paragraphs, Piece, Pieces, Table, Title

__all__ = ["pieces_of_html"]

_TITLES = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset((*_TITLES, "p", "li", "dt", "dd", "div", "blockquote", "pre", "caption"))
_UNSEEN = frozenset(("script", "style", "svg", "template", "head"))


def pieces_of_html(html: str) -> Pieces:
    """Read the titles, paragraphs and tables of some HTML.

    Parameters
    ----------
    html : str
        Any HTML, such as that of a data frame.

    Returns
    -------
    Pieces
        Its words, without looks, pictures and links.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block("")
    return Pieces(tuple(reader.pieces))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self._words: list[str] = []
        self._unseen = 0
        self._rows: list[list[str]] | None = None
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag == "table":
            self.end_block("")
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append("")
            self._in_cell = True
        elif tag in _BLOCKS and not self._in_cell:
            self.end_block("")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(self._unseen - (tag in _UNSEEN), 0)
        if tag == "table" and self._rows is not None:
            self._end_table()
        elif tag in ("td", "th"):
            self._in_cell = False
        elif tag in _BLOCKS and not self._in_cell:
            self.end_block(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._in_cell and self._rows:
            self._rows[-1][-1] += data
        else:
            self._words.append(data)

    def end_block(self, tag: str) -> None:
        """End a paragraph or a title."""
        words = clean("".join(self._words))
        self._words.clear()
        if words:
            level: Literal[2, 3] = 2 if tag in _TITLES[:2] else 3
            title = tag in _TITLES
            self.pieces.append(Title(words, level) if title else Paragraphs((words,)))

    def _end_table(self) -> None:
        rows = [row for row in self._rows or [] if row]
        self._rows, self._in_cell = None, False
        if not rows:
            return
        wide = max(map(len, rows))
        head, *body = [[clean(text) for text in row] + [""] * (wide - len(row)) for row in rows]
        columns = tuple(Column(text) for text in head)
        self.pieces.append(Table(columns, tuple(tuple(map(Cell, row)) for row in body)))
