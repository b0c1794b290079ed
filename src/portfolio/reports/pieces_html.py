"""Pieces of a report as HTML, with all that comes from data escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portfolio.reports.pieces import Cell, Piece, Quotation, Table

__all__ = ["html_of"]


def html_of(piece: Piece) -> str:
    """One piece as HTML.

    Parameters
    ----------
    piece : Piece

    Returns
    -------
    str
        Balanced HTML without anything active.
    """
    match piece.type:
        case "heading":
            return (
                f'<h1 class="report-title">{_text(piece.title)}</h1>'
                f'<p class="subtitle">{_text(piece.subtitle)}</p>'
            )
        case "cards":
            cards = "".join(
                f'<div class="card"><p class="figure">{_text(number)}</p>'
                f'<p class="caption">{_text(words)}</p></div>'
                for number, words in piece.figures
            )
            return f'<div class="cards">{cards}</div>'
        case "title":
            return f"<h{piece.level}>{_text(piece.words)}</h{piece.level}>"
        case "finding":
            below = f'<p class="caption">{_text(piece.note)}</p>' if piece.note else ""
            return f'<h2 class="finding">{_text(piece.words)}</h2>{below}'
        case "paragraphs":
            return "".join(f'<p class="{piece.kind}">{_text(one)}</p>' for one in piece.sentences)
        case "quotations":
            return f'<div class="commentary">{"".join(map(_quotation, piece.all))}</div>'
        case "table":
            return _table(piece)


def _quotation(words: Quotation) -> str:
    return (
        f'<figure class="words"><figcaption><strong>{_text(words.about)}</strong> '
        f"<cite>{_text(words.author)}</cite></figcaption>"
        f"<blockquote>{_text(words.text)}</blockquote></figure>"
    )


def _table(table: Table) -> str:
    kinds = [f' class="{column.kind}"' if column.kind else "" for column in table.columns]
    head = "".join(
        f'<th scope="col"{kind}>{_text(column.heading)}</th>'
        for column, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(f"<tr>{_cells(row, kinds)}</tr>" for row in table.rows)
    if table.total:
        rows += f'<tr class="total">{_cells(table.total, kinds)}</tr>'
    caption = f"<caption>{_text(table.caption)}</caption>" if table.caption else ""
    return (
        f'<div class="table-wrap"><table class="report">{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cells(row: Iterable[Cell], kinds: Iterable[str]) -> str:
    return "".join(
        f"<td{kind}>{_text(cell.text)}</td>" for cell, kind in zip(row, kinds, strict=True)
    )


def _text(text: str) -> str:
    return escape(text)
