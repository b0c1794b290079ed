"""What a report takes from an executed notebook: which cells, which output of each, and its words.

The rules are described in `portfolio.reports.html`; every format follows the same ones.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from portfolio.errors import ReportError

__all__ = ["alternative_text", "no_alternative", "shown_cells", "tags_of", "title_in"]

_LEFT_OUT = {"remove-output", "remove-cell", "parameters", "injected-parameters"}
_VEGA_TITLE = re.compile(r"""role-title-text"[^>]*aria-label="Title text '([^"]+)'\"""")


def shown_cells(notebook: Any) -> list[Any]:
    """The cells whose outputs, or words, are part of the report."""
    return [cell for cell in notebook.cells if not tags_of(cell) & _LEFT_OUT]


def tags_of(cell: Any) -> set[str]:
    """The tags of a cell."""
    return set(cell.metadata.get("tags", ()))


def alternative_text(kind: str, output: Any, cell: Any) -> str:
    """The alternative text that stands beside a picture; "" where none does.

    Parameters
    ----------
    kind : str
        The picture's type.
    output, cell : NotebookNode
        The output that holds it, and the cell of that.
    """
    metadata = output.get("metadata", {})
    own = metadata.get(kind, {})
    for place in (own if isinstance(own, dict) else {}, metadata, cell.metadata):
        if isinstance(place.get("alt"), str) and place["alt"].strip():
            return str(place["alt"]).strip()
    return ""


def title_in(svg: str) -> str:
    """The title that a chart of altair has inside its picture; "" for none."""
    found = _VEGA_TITLE.search(svg)
    return unescape(found[1]) if found else ""


def no_alternative(cell: Any) -> ReportError:
    """The error of a figure without alternative text."""
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return ReportError(
        f"A figure of the cell that begins with {first[:60]!r} has no alternative text: give the "
        "chart a description, or the cell's metadata an entry 'alt'."
    )
