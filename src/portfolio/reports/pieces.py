"""Pieces of a report: headings, cards, findings and tables, as every format is made from them.

A notebook's cell ends with pieces. Shown, they are HTML; beside it they travel as JSON, so
that an executed notebook holds all that a page, a document, slides and a workbook say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import pandas as pd

from portfolio.figures.labels import clean
from portfolio.language import say
from portfolio.reports.pieces_html import html_of

__all__ = [
    "MIMETYPE",
    "Cards",
    "Cell",
    "Column",
    "Finding",
    "Heading",
    "Paragraphs",
    "Piece",
    "Pieces",
    "Quotation",
    "Quotations",
    "Table",
    "Title",
    "Written",
    "cards",
    "finding",
    "heading",
    "paragraphs",
    "quotations",
    "table",
    "title",
]

MIMETYPE = "application/vnd.portfolio.pieces+json"
"""Type under which pieces travel in a notebook."""


@dataclass(frozen=True)
class Heading:
    """The title of a report, and what it is about."""

    title: str
    subtitle: str
    type: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Cards:
    """The figures at the top: numbers, and what they are."""

    figures: tuple[tuple[str, str], ...]
    type: Literal["cards"] = "cards"


@dataclass(frozen=True)
class Title:
    """The title of a part, of level 2 or 3."""

    words: str
    level: Literal[2, 3] = 2
    type: Literal["title"] = "title"


@dataclass(frozen=True)
class Finding:
    """The headline of a part, and a line below it."""

    words: str
    note: str = ""
    type: Literal["finding"] = "finding"


@dataclass(frozen=True)
class Paragraphs:
    """Sentences, one a paragraph: asks of a board, or notes."""

    sentences: tuple[str, ...]
    kind: Literal["note", "ask"] = "note"
    type: Literal["paragraphs"] = "paragraphs"


@dataclass(frozen=True)
class Quotation:
    """Words of somebody: what they are about, what they say, and whose they are."""

    about: str
    text: str
    author: str


@dataclass(frozen=True)
class Quotations:
    """Words that people wrote, apart from all that is computed."""

    all: tuple[Quotation, ...]
    type: Literal["quotations"] = "quotations"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    heading : str
    kind : str
        number; unbroken (its cells stay on one line); wide (sentences); else "".
    form : str
        How a workbook writes its numbers.
    unit : str
        What its numbers are in, where a workbook writes them in full.
    """

    heading: str
    kind: Literal["", "number", "unbroken", "wide"] = ""
    form: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell as it is printed, and its number where it has one."""

    text: str
    value: float | None = None


@dataclass(frozen=True)
class Table:
    """A table: rows of as many cells as there are columns.

    Attributes
    ----------
    name : str
        What it is called in a word or two.
    caption : str
        What it shows, for those who cannot see its place on the page.
    total : tuple of Cell
        A last row, or empty.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    name: str = ""
    caption: str = ""
    total: tuple[Cell, ...] = ()
    type: Literal["table"] = "table"


Piece: TypeAlias = Heading | Cards | Title | Finding | Paragraphs | Quotations | Table


@dataclass(frozen=True)
class Pieces:
    """Pieces in their order, which a notebook shows as HTML."""

    all: tuple[Piece, ...] = ()

    def __add__(self, other: Pieces) -> Pieces:
        return Pieces(self.all + other.all)

    def __iter__(self) -> Iterator[Piece]:
        return iter(self.all)

    def __bool__(self) -> bool:
        return bool(self.all)

    def __str__(self) -> str:
        """The pieces as HTML, with all that comes from data escaped."""
        return "".join(map(html_of, self.all))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        pieces = [asdict(piece) for piece in self.all]
        # Left to itself a notebook keeps all pieces once more, as text that nobody reads.
        plain = next((one.words for one in self.all if isinstance(one, Title | Finding)), "")
        return {"text/html": str(self), "text/plain": plain, MIMETYPE: {"pieces": pieces}}


@dataclass(frozen=True)
class Written:
    """How numbers are written: in a report's words, and in full in a workbook.

    Attributes
    ----------
    words : callable
        What is printed for a number.
    form : str
        The number format of a workbook.
    unit : str
        What the number in full is in, where the words bring their own.
    """

    words: Callable[[float], str]
    form: str
    unit: str = ""

    def __call__(self, value: float) -> str:
        """The words for a number."""
        return self.words(value)


def heading(words: str, subtitle: str) -> Pieces:
    """The title of the report.

    All text is cleaned here and in the other functions: a direction override in a name would
    turn round the rest of its sentence.
    """
    return Pieces((Heading(clean(words), clean(subtitle)),))


def cards(figures: Iterable[tuple[str, str]]) -> Pieces:
    """The row of figures at the top.

    Parameters
    ----------
    figures : iterable of (str, str)
        Number, and what it is.
    """
    return Pieces((Cards(tuple((clean(number), clean(words)) for number, words in figures)),))


def title(words: str, level: Literal[2, 3] = 2) -> Pieces:
    """The title of a part."""
    return Pieces((Title(clean(words), level),))


def finding(words: str, note: str = "") -> Pieces:
    """A section's headline, and a line below it."""
    return Pieces((Finding(clean(words), clean(note)),))


def paragraphs(sentences: Iterable[str], kind: Literal["note", "ask"] = "note") -> Pieces:
    """Sentences, one a paragraph; blank ones are left out."""
    said = tuple(clean(one) for one in sentences if one)
    return Pieces((Paragraphs(said, kind),)) if said else Pieces()


def quotations(words: Iterable[tuple[str, str, str]]) -> Pieces:
    """Words that people wrote.

    Parameters
    ----------
    words : iterable of (str, str, str)
        What they are about, what they say, and whose they are.
    """
    return Pieces((Quotations(tuple(Quotation(*map(clean, one)) for one in words)),))


def table(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    *,
    name: str = "",
    numbers: Mapping[str, Callable[[float], str]] | None = None,
    unbroken: Collection[str] = (),
    wide: Collection[str] = (),
    caption: str = "",
    total: Mapping[str, object] | None = None,
    empty: str | None = None,
) -> Pieces:
    """A table.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : mapping of str to str
        Column -> its heading, in the order shown.
    name : str
        What it is called in a word or two.
    numbers : mapping of str to callable, optional
        Columns that are numbers, and how each is written: a `Written`, or what gives the words.
    unbroken : collection of str, optional
        Columns whose cells stay on one line.
    wide : collection of str, optional
        Columns of sentences.
    caption : str
        What the table shows, for those who cannot see its place on the page.
    total : mapping of str to object, optional
        Cells of a last row by column.
    empty : str or None
        What stands instead of a table without rows; None for a word that says so.
    """
    if frame.empty:
        return paragraphs([say("None.") if empty is None else empty])
    numbers = numbers or {}

    def cell(column: str, value: Any) -> Cell:
        if column not in numbers or isinstance(value, str):
            return Cell(clean(value))
        number = float(value)
        return Cell(clean(numbers[column](value)), number if math.isfinite(number) else None)

    rows = tuple(
        tuple(cell(column, value) for column, value in zip(columns, values, strict=True))
        for values in frame[list(columns)].itertuples(index=False, name=None)
    )
    last = tuple(cell(column, total.get(column, "")) for column in columns) if total else ()
    heads = []
    for column, words in columns.items():
        written = numbers.get(column)
        form, unit = (written.form, written.unit) if isinstance(written, Written) else ("", "")
        kind: Literal["", "number", "unbroken", "wide"] = (
            "number"
            if written
            else "unbroken"
            if column in unbroken
            else "wide"
            if column in wide
            else ""
        )
        heads.append(Column(clean(words), kind, form, unit))
    return Pieces((Table(tuple(heads), rows, clean(name), clean(caption), last),))
