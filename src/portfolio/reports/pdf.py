"""A report as PDF: A4, tagged for readers that speak (PDF/UA-1), with a font of its own.

typst sets it from ``templates/document/report.typ``. All words go there as JSON and are shown as
text, so that no name in a portfolio is read as markup. Signs that no font here has would make
a document that cannot be read aloud; they are shown as an empty box, and the document says so.
"""

from __future__ import annotations

import base64
import json
import re
import warnings
from itertools import groupby
from pathlib import Path
from typing import Any

from portfolio.errors import ReportError
from portfolio.figures.labels import clean
from portfolio.language import mark, say
from portfolio.reports.document import Block, Document, Figure, Section
from portfolio.reports.drawing import FONTS, size_of, without_head
from portfolio.reports.html import TEMPLATES
from portfolio.reports.pieces import Paragraphs, Quotation, Table
from portfolio.reports.unbroken import unbroken

__all__ = ["write_pdf"]

_TEMPLATE = TEMPLATES / "document" / "report.typ"
_UNKNOWN = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_BOX = "\u25a1"
_NOTE = mark("{box} stands for a sign that no font of the computer has on which this was made.")
_ROUNDS = 4
# A table of so many rows stays on one page, unless its cells are long; signs of a line in them.
_SHORT = 12
_SENTENCE = 110
# A figure that is taller, for its width, would be too small on a page that lies.
_TALL = 0.85
# A word that is longer may be broken anywhere; without that it would run out of its column.
_LONG_WORD = re.compile(r"\S{25,}")


def write_pdf(document: Document, target: Path) -> None:
    """Write a document as PDF.

    Parameters
    ----------
    document : Document
    target : Path
        The file.

    Raises
    ------
    ReportError
        If it cannot be set.
    """
    content = _content(document)
    target.write_bytes(_set(content, document))


def _set(content: dict[str, Any], document: Document) -> bytes:
    """Set the document; signs that no font has are replaced, and it is set again."""
    import typst

    fonts = typst.Fonts(font_paths=[str(FONTS)], include_embedded_fonts=False)
    source = _TEMPLATE.read_bytes()
    text = json.dumps(content, ensure_ascii=False)
    for _ in range(_ROUNDS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", typst.TypstWarning)
                made = typst.compile(
                    source,
                    sys_inputs={"content": text},
                    font_paths=fonts,
                    pdf_standards=["ua-1"],
                    timestamp=document.about.made.replace(microsecond=0),
                )
        except typst.TypstError as error:
            signs = {sign for found in _UNKNOWN.findall(error.diagnostic) for sign in _read(found)}
            if not signs:
                raise ReportError(f"The document could not be set: {error.message}.") from error
            if _BOX not in text:
                note = Paragraphs((say(_NOTE, box=_BOX),))
                content["rows"].append(_row((Section((note,), frozenset()),)))
                text = json.dumps(content, ensure_ascii=False)
            text = text.translate(dict.fromkeys(map(ord, signs), _BOX))
        else:
            return made
    raise ReportError("The document could not be set: no font has the signs that stand in it.")


def _read(found: str) -> str:
    """The signs of typst's message, in which some are written by their numbers."""
    return _ESCAPED.sub(lambda number: chr(int(number[1], 16)), found)


def _content(document: Document) -> dict[str, Any]:
    about = document.about
    rows = []
    for half, sections in groupby(document, key=lambda section: "half" in section.tags):
        own = list(sections)
        step = 2 if half else 1
        rows += [_row(tuple(own[i : i + step])) for i in range(0, len(own), step)]
    return {
        "about": {
            "title": clean(about.title),
            "portfolio": clean(about.portfolio),
            "kind": about.kind,
            "period": about.period,
            "foot": f"{about.run} · {clean(about.edition)}",
            "language": about.language,
        },
        "rows": rows,
    }


def _row(sections: tuple[Section, ...]) -> dict[str, Any]:
    shown: list[dict[str, Any]] = [
        {
            "tags": sorted(section.tags),
            "blocks": [_block(block, full=len(sections) == 1) for block in section.blocks],
        }
        for section in sections
    ]
    return {
        "page": any("page" in section.tags for section in sections),
        "upright": any(block.get("upright") for one in shown for block in one["blocks"]),
        "sections": shown,
    }


def _block(block: Block, *, full: bool) -> dict[str, Any]:
    if isinstance(block, Table):
        return _table(block, full=full)
    if isinstance(block, Figure):
        return _figure(block)
    return {name: _broken(value) for name, value in vars(block).items()}


def _table(table: Table, *, full: bool) -> dict[str, Any]:
    kinds = [column.kind for column in table.columns]
    # Sentences take the room that is left; in half a page the first column of words does, too.
    wide = [kind == "wide" or (kind == "" and _long(table, at)) for at, kind in enumerate(kinds)]
    if not any(wide) and not full:
        first = next((i for i, kind in enumerate(kinds) if kind == ""), 0)
        wide = [i == first for i in range(len(kinds))]
    if all(column.heading == "" for column in table.columns):
        wide = [i == len(kinds) - 1 for i in range(len(kinds))]
    return {
        "type": "table",
        "caption": _breakable(table.caption),
        "columns": [
            {"heading": _breakable(one.heading), "kind": one.kind} for one in table.columns
        ],
        "widths": [1 if own else None for own in wide],
        "whole": len(table.rows) <= _SHORT and _lines(table) <= 2 * _SHORT,
        "rows": [[_breakable(cell.text) for cell in row] for row in table.rows],
        "total": [_breakable(cell.text) for cell in table.total],
    }


def _long(table: Table, column: int) -> bool:
    """Whether a column has words that would leave no room to the others on one line."""
    return any(len(row[column].text) > _SENTENCE // 2 for row in table.rows)


def _lines(table: Table) -> int:
    """About how many lines a table takes."""
    return sum(1 + max(len(cell.text) for cell in row) // _SENTENCE for row in table.rows)


def _figure(figure: Figure) -> dict[str, Any]:
    facts = {"type": "figure", "alt": figure.alt, "title": "", "subtitle": ""}
    if not figure.svg:
        raw = base64.b64decode(figure.image)
        form = "png" if raw.startswith(b"\x89PNG") else "jpg"
        return facts | {"picture": list(raw), "format": form, "ratio": 1.6, "upright": False}
    head = figure.head if figure.title else 0.0
    if head:
        facts |= {"title": _breakable(figure.title), "subtitle": _breakable(figure.subtitle)}
    picture = without_head(figure.svg, head)
    width, height = size_of(picture)
    return facts | {
        "picture": picture,
        "format": "svg",
        "ratio": width / height,
        "upright": height > _TALL * width,
    }


def _broken(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(map(_broken, value))
    if isinstance(value, Quotation):
        return {name: _breakable(words) for name, words in vars(value).items()}
    return _breakable(value) if isinstance(value, str) else value


def _breakable(text: str) -> str:
    """A text whose long words may be broken, and no amount."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(word[0]), unbroken(text))
