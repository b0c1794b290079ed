"""The formats of a report, all made from its executed notebook."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from portfolio.errors import ReportError
from portfolio.reports.document import About, Document, read_document
from portfolio.reports.format_names import FORMATS, SLIDES

__all__ = ["FORMATS", "write_formats"]


def write_formats(
    notebook: Any,
    about: About,
    folder: Path,
    formats: Collection[str],
    slides: Path | None = None,
) -> list[str]:
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
    slides : Path or None
        Template of the slides, which is kept beside them; ours by default.

    Returns
    -------
    list of str
        Names of the files.

    Raises
    ------
    ReportError
        If one of them cannot be made.
    """
    wanted = [name for name in FORMATS if name in formats and name != "html"]
    if not wanted:
        return []
    document = read_document(notebook, about)
    if slides is not None and "pptx" in wanted:
        (folder / SLIDES).write_bytes(slides.read_bytes())
    for name in wanted:
        try:
            _write(name, document, folder / FORMATS[name], slides)
        except OSError as error:
            raise ReportError(
                f"{FORMATS[name]} cannot be written: {error.strerror or error}."
            ) from error
    return [FORMATS[name] for name in wanted]


def _write(name: str, document: Document, target: Path, slides: Path | None) -> None:
    # Each is imported where it is asked for: what it loads is not small.
    if name == "pdf":
        from portfolio.reports.pdf import write_pdf

        write_pdf(document, target)
    elif name == "pptx":
        from portfolio.reports.slides import write_slides

        write_slides(document, target, slides)
    else:
        from portfolio.reports.workbook import write_workbook

        write_workbook(document, target)
