"""The formats of a report, all made from its executed notebook."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from portfolio.errors import ReportError
from portfolio.reports.document import About, Document, read_document

__all__ = ["FORMATS", "write_formats"]

FORMATS: Mapping[str, str] = {
    "html": "report.html",
    "pdf": "report.pdf",
}
"""Name of the file of each format."""


def write_formats(notebook: Any, about: About, folder: Path, formats: Collection[str]) -> list[str]:
    """Write a report in other formats than its page.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook.
    about : About
    folder : Path
        Where to.
    formats : collection of str
        Of `FORMATS`; the page, html, is not written here.

    Returns
    -------
    list of str
        Names of the files.

    Raises
    ------
    ReportError
        If one of them cannot be made.
    """
    wanted = [name for name in _WRITERS if name in formats]
    if not wanted:
        return []
    document = read_document(notebook, about)
    for name in wanted:
        try:
            _WRITERS[name](document, folder / FORMATS[name])
        except OSError as error:
            raise ReportError(
                f"{FORMATS[name]} cannot be written: {error.strerror or error}."
            ) from error
    return [FORMATS[name] for name in wanted]


def _pdf(document: Document, target: Path) -> None:
    from portfolio.reports.pdf import write_pdf

    write_pdf(document, target)


_WRITERS: Mapping[str, Callable[[Document, Path], None]] = {"pdf": _pdf}
