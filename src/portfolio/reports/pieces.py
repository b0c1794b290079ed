"""Pieces of a page: cards, findings and tables as HTML, with all that comes from data escaped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from html import escape

import pandas as pd

from portfolio.figures.labels import clean

__all__ = ["Html", "cards", "finding", "heading", "paragraphs", "table"]


class Html(str):
    """HTML that a notebook shows as such."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)

    def __add__(self, other: str) -> Html:
        return Html(str(self) + other)


def _text(text: str) -> str:
    """Text from data as text of a page.

    Cleaned too: a direction override in a name would turn round the rest of its sentence.
    """
    return escape(clean(text))


def heading(title: str, subtitle: str) -> Html:
    """The title of the page."""
    return Html(
        f'<h1 class="report-title">{_text(title)}</h1><p class="subtitle">{_text(subtitle)}</p>'
    )


def cards(figures: Iterable[tuple[str, str]]) -> Html:
    """The row of figures at the top.

    Parameters
    ----------
    figures : iterable of (str, str)
        Number, and what it is.
    """
    inner = "".join(
        f'<div class="card"><p class="figure">{_text(number)}</p>'
        f'<p class="caption">{_text(caption)}</p></div>'
        for number, caption in figures
    )
    return Html(f'<div class="cards">{inner}</div>')


def finding(words: str, note: str = "") -> Html:
    """A section's headline, and a line below it."""
    below = f'<p class="caption">{_text(note)}</p>' if note else ""
    return Html(f'<h2 class="finding">{_text(words)}</h2>{below}')


def paragraphs(sentences: Iterable[str], kind: str = "note") -> Html:
    """Sentences, one a paragraph; blank ones are left out."""
    return Html("".join(f'<p class="{kind}">{_text(one)}</p>' for one in sentences if one))


def table(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    *,
    numbers: Mapping[str, Callable[[float], str]] | None = None,
    unbroken: Collection[str] = (),
    wide: Collection[str] = (),
    caption: str = "",
    total: Sequence[str] | None = None,
    empty: str = "None.",
) -> Html:
    """A table.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : mapping of str to str
        Column -> its heading, in the order shown.
    numbers : mapping of str to callable, optional
        Columns that are numbers, and how each is written.
    unbroken : collection of str, optional
        Columns whose cells stay on one line.
    wide : collection of str, optional
        Columns of sentences.
    caption : str
        What the table shows, for those who cannot see its place on the page.
    total : sequence of str, optional
        Cells of a last row.
    empty : str
        What stands instead of a table without rows.
    """
    if frame.empty:
        return Html(f'<p class="note">{_text(empty)}</p>')
    numbers = numbers or {}
    kind = {
        name: ' class="number"'
        if name in numbers
        else ' class="unbroken"'
        if name in unbroken
        else ' class="wide"'
        if name in wide
        else ""
        for name in columns
    }
    head = "".join(
        f'<th scope="col"{kind[name]}>{_text(title)}</th>' for name, title in columns.items()
    )
    rows = []
    for values in frame[list(columns)].itertuples(index=False, name=None):
        cells = []
        for name, value in zip(columns, values, strict=True):
            text = numbers[name](value) if name in numbers else str(value)
            cells.append(f"<td{kind[name]}>{_text(text)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    if total:
        cells = [
            f"<td{kind[name]}>{_text(text)}</td>" for name, text in zip(columns, total, strict=True)
        ]
        rows.append(f'<tr class="total">{"".join(cells)}</tr>')
    title = f"<caption>{_text(caption)}</caption>" if caption else ""
    return Html(
        f'<div class="table-wrap"><table class="report">{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
