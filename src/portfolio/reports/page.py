"""Pieces put together as one page, through the same template and fences as a notebook's."""

from __future__ import annotations

from collections.abc import Iterable

from portfolio.reports.html import render_html
from portfolio.reports.pieces import Pieces

__all__ = ["page_of"]


def page_of(blocks: Iterable[tuple[Pieces, tuple[str, ...]]], title: str, footer: str = "") -> str:
    """Make a page of pieces.

    Parameters
    ----------
    blocks : iterable of (Pieces, tuple of str)
        Each with its layout tags, such as ``panel``.
    title : str
        Title of the page, as plain text.
    footer : str
        One line at the end of the page, as plain text.

    Returns
    -------
    str
        The whole page.
    """
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    cells = []
    for shown, tags in blocks:
        cell = new_code_cell("", metadata={"tags": list(tags)})
        cell.outputs = [new_output("display_data", data={"text/html": str(shown)})]
        cells.append(cell)
    return render_html(new_notebook(cells=cells), title, footer=footer)
