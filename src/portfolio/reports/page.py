"""Pieces put together as one page, through the same template and fences as a notebook's."""

from __future__ import annotations

from collections.abc import Iterable

from portfolio.notebook_format import load_nbformat
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
    v4 = load_nbformat().v4
    cells = []
    for shown, tags in blocks:
        cell = v4.new_code_cell("", metadata={"tags": list(tags)})
        cell.outputs = [v4.new_output("display_data", data={"text/html": str(shown)})]
        cells.append(cell)
    return render_html(v4.new_notebook(cells=cells), title, footer=footer)
