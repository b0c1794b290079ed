"""An executed notebook as a document: what PDF, slides and workbook are made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeAlias

from portfolio.errors import ReportError
from portfolio.figures.picture import FIGURE, SVG
from portfolio.figures.plotted import Plotted
from portfolio.language import ENGLISH, say
from portfolio.reports.cells import (
    alternative_text,
    no_alternative,
    shown_cells,
    tags_of,
    title_in,
)
from portfolio.reports.html_pieces import pieces_of_html
from portfolio.reports.pieces import MIMETYPE, Piece, Pieces, paragraphs

__all__ = ["About", "Block", "Document", "Figure", "Section", "read_document"]

_LABEL = re.compile(r'<svg[^>]* aria-label="([^"]*)"')


@dataclass(frozen=True)
class Figure:
    """A picture, its words, and what it plots.

    Attributes
    ----------
    alt : str
        Alternative text.
    svg : str
        The picture, or "".
    image : str
        The picture as Base64 of PNG or JPEG, where there is no SVG.
    title, subtitle : str
        Its headline, and what is shown; "" where they are not known apart from the picture.
    head : float
        What the headline and subtitle take of the SVG, px from the top.
    plotted : Plotted or None
        None where the data are not known.
    top : float
        Where its plot begins, px from the top; what is above it heads each part of it.
    cuts : tuple of float
        Where it may be cut to go on elsewhere, px from the top.
    begun : float
        Where what is left of it begins, px from the top; 0 where nothing was shown yet.
    """

    alt: str
    svg: str = ""
    image: str = ""
    title: str = ""
    subtitle: str = ""
    head: float = 0.0
    plotted: Plotted | None = None
    top: float = 0.0
    cuts: tuple[float, ...] = ()
    begun: float = 0.0
    type: Literal["figure"] = "figure"


Block: TypeAlias = Piece | Figure


@dataclass(frozen=True)
class Section:
    """What one cell shows, with the tags of its layout."""

    blocks: tuple[Block, ...]
    tags: frozenset[str]


@dataclass(frozen=True)
class About:
    """What a document says of itself.

    Attributes
    ----------
    portfolio, kind, period : str
        In words; of names, they may be anything.
    run_id : str
    made : datetime
        When its run made it, with time zone.
    edition : str
        Whether it is a draft or was issued.
    language : str
        Of its text (BCP 47).
    """

    portfolio: str
    kind: str
    period: str
    run_id: str
    made: datetime
    edition: str = "Draft, not issued"
    language: str = ENGLISH

    @property
    def title(self) -> str:
        """Of the whole document."""
        return f"{self.portfolio}: {self.kind} {self.period}"

    @property
    def run(self) -> str:
        """Its run, in words."""
        return say("Run {run_id}", run_id=self.run_id)


@dataclass(frozen=True)
class Document:
    """Sections in their order, and what the document says of itself."""

    about: About
    sections: tuple[Section, ...]

    def __iter__(self) -> Iterator[Section]:
        return iter(self.sections)


def read_document(notebook: Any, about: About) -> Document:
    """Read what an executed notebook shows.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook; its cells are taken by the rules of `portfolio.reports.html`.
    about : About

    Returns
    -------
    Document
        Sections that show something.

    Raises
    ------
    ReportError
        If a figure has no alternative text, or the pieces of an output are none of ours.
    """
    sections = []
    for cell in shown_cells(notebook):
        if cell.cell_type == "markdown":
            blocks: list[Block] = list(pieces_of_html(_markdown(cell.source)))
        else:
            outputs = cell.get("outputs", ())
            blocks = [block for output in outputs for block in _blocks(output, cell)]
        if blocks:
            sections.append(Section(tuple(blocks), frozenset(tags_of(cell))))
    return Document(about, tuple(sections))


def _blocks(output: Any, cell: Any) -> list[Block]:
    data = output.get("data", {})  # streams and errors have none
    if MIMETYPE in data:
        return list(_checked("pieces", data[MIMETYPE]).all)
    if SVG in data:
        return [_drawn(data, output, cell)]
    if "text/html" in data:
        return list(pieces_of_html(data["text/html"]))
    if "text/markdown" in data:
        return list(pieces_of_html(_markdown(data["text/markdown"])))
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            alt = alternative_text(kind, output, cell)
            if not alt:
                raise no_alternative(cell)
            return [Figure(alt, image=data[kind].strip())]
    return list(paragraphs(data.get("text/plain", "").splitlines()))


def _drawn(data: Any, output: Any, cell: Any) -> Figure:
    svg = data[SVG]
    labelled = _LABEL.search(svg)
    alt = (
        alternative_text(SVG, output, cell)
        or (labelled[1].strip() if labelled else "")
        or title_in(svg)
    )
    if not alt:
        raise no_alternative(cell)
    facts = _checked("figure", data[FIGURE]) if FIGURE in data else _Facts()
    return Figure(alt, svg, "", **vars(facts))


@dataclass(frozen=True)
class _Facts:
    title: str = ""
    subtitle: str = ""
    head: float = 0.0
    plotted: Plotted | None = None
    top: float = 0.0
    cuts: tuple[float, ...] = ()


@dataclass(frozen=True)
class _All:
    pieces: tuple[Piece, ...]


def _checked(what: Literal["pieces", "figure"], data: Any) -> Any:
    """What stands in a notebook is checked before it is taken for ours."""
    from pydantic import ValidationError

    try:
        if what == "pieces":
            return Pieces(_reader(_All).validate_python(data).pieces)
        return _reader(_Facts).validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ReportError(
            f"The notebook shows {what} that cannot be read: {place}: {first['msg']}. Run it "
            "again with this version of the toolkit."
        ) from error


@cache
def _reader(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _markdown(source: str) -> str:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(source))
