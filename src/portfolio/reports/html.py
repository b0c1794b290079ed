"""An executed notebook as one page of HTML that loads nothing and runs nothing.

The page is made by nbconvert from the short template in ``templates/board``: cells without their
code, figures as SVG inside the page, one style sheet in it. All that comes from a notebook goes
through `portfolio.reports.sanitize`; a content security policy stands behind that.

Layout by cell tags (in the notebook's metadata)::

    remove-output, parameters, injected-parameters    left out
    panel       the cell's outputs share one white card
    half        half the width; two such cells in a row stand side by side
    page        starts a new page when printed
    appendix    small text, on a page of its own when printed
    decision    the card of what is to be approved

Alternative text. Every figure must have one; a figure without is a `ReportError` that names the
cell. Altair's ``svg`` renderer drops ``description`` of a chart, so the text has to travel beside
the picture, in the metadata of the display message. The notebook (or the style module of the
figures) registers this once, and every chart then brings its ``description``::

    def described_svg(spec, **options):
        bundle = alt.vegalite.v6.display.svg_renderer(spec, **options)
        return bundle, {"image/svg+xml": {"alt": spec.get("description", "")}}

    alt.renderers.register("svg_described", described_svg)
    alt.renderers.enable("svg_described")

Looked up in this order: ``alt`` in the output's metadata for its type, ``alt`` in the output's
metadata, ``alt`` in the cell's metadata, the picture's own ``aria-label`` or ``<title>``, the title
of an altair chart. Inside an HTML output, ``<svg aria-label="...">`` or ``<img alt="...">`` count.

What cells print (standard output and error) is no part of the page; it stays in the notebook.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context

from portfolio.errors import ReportError
from portfolio.language import say
from portfolio.notebook_format import load_nbformat
from portfolio.reports.cells import (
    alternative_text,
    no_alternative,
    shown_cells,
    tags_of,
    title_in,
)
from portfolio.reports.sanitize import clean_html, clean_svg, has_unnamed_figure
from portfolio.reports.unbroken import unbroken

__all__ = ["TEMPLATES", "render_html"]

TEMPLATES = Path(__file__).parent / "templates"

_LAYOUT = ("panel", "half", "page", "appendix", "decision")
# best first; anything else an output offers (widgets, scripts) is not shown
_SHOWN = (
    "image/svg+xml",
    "text/html",
    "text/markdown",
    "image/png",
    "image/jpeg",
    "text/plain",
)

_TEXT = re.compile(r"(?<=>)[^<]+")


def render_html(
    notebook: Any,
    title: str,
    *,
    edition: str = "",
    footer: str = "",
    language: str = "en",
    template: str = "board",
) -> str:
    """Render an executed notebook as a page.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The notebook; it is not changed.
    title : str
        Title of the page, as plain text.
    edition : str
        A line above the page that says whether it is a draft, as HTML of our own.
    footer : str
        One line at the end of the page, as plain text.
    language : str
        Language of the text (BCP 47), which is spoken.
    template : str
        Folder under ``templates``.

    Returns
    -------
    str
        The whole page.

    Raises
    ------
    ReportError
        If a figure has no alternative text, or the template is missing or broken.
    """
    folder = TEMPLATES / template
    if not (folder / "index.html.j2").is_file():
        raise ReportError(f"The page template {folder} is missing; install the toolkit again.")
    exporter = _exporter(template)
    outputs = _Outputs(exporter.markdown2html)
    exporter.register_filter("clean_output", outputs.clean)
    exporter.register_filter("show_output", outputs.show)
    exporter.register_filter("layout", _layout)
    page = notebook.copy()
    page["cells"] = shown_cells(notebook)
    resources = {
        "page_title": title,
        "page_edition": edition,
        "page_footer": footer,
        "page_language": language,
        "page_skip": say("Skip to the report"),
    }
    try:
        html, _ = exporter.from_notebook_node(page, resources)
    except ReportError:
        raise
    except Exception as error:
        # A template is code: it may raise anything, and its author reads the name of the error.
        raise ReportError(
            f"The page could not be rendered: {type(error).__name__}: {error}."
        ) from error
    return str(html)


def _exporter(template: str) -> Any:
    load_nbformat()  # nbconvert does it too
    from nbconvert.exporters.html import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter

    class Exporter(HTMLExporter):
        """nbconvert's HTML exporter, with our template and nothing of this computer's Jupyter."""

        def get_prefix_root_dirs(self) -> list[str]:
            return []  # a folder `board` among a user's templates must not change a report

        def from_notebook_node(  # type: ignore[override]  # as nbconvert's own does
            self, nb: Any, resources: dict[str, Any] | None = None, **options: Any
        ) -> tuple[str, dict[str, Any]]:
            # HTMLExporter's own parses the whole page again, to name pictures "No description"
            html: tuple[str, dict[str, Any]] = TemplateExporter.from_notebook_node(
                self, nb, resources, **options
            )
            return html

    return Exporter(  # type: ignore[no-untyped-call]
        template_name=template,
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
        sanitize_html=True,
    )


class _Outputs:
    """Filters of the template: from what a cell left to HTML that is safe to show."""

    def __init__(self, markdown2html: Any) -> None:
        self._markdown2html = markdown2html
        self._number = 0

    def clean(self, html: str, cell: Any) -> str:
        self._number += 1
        clean = clean_html(html, f"f{self._number}-")
        if has_unnamed_figure(clean):
            raise no_alternative(cell)
        return _TEXT.sub(lambda text: unbroken(text[0]), clean)

    @pass_context
    def show(self, context: Any, output: Any, cell: Any) -> str:
        data = output.get("data", {})  # streams and errors have none
        kind = next((kind for kind in _SHOWN if kind in data), "")
        if kind == "text/html":
            return self.clean(data[kind], cell)
        if kind == "text/markdown":
            html = self._markdown2html(context, data[kind])
            return f'<div class="prose">{self.clean(html, cell)}</div>'
        if kind == "text/plain":
            return f"<pre>{escape(data[kind], quote=False)}</pre>"
        if not kind:
            return ""
        figure = self._figure(kind, data[kind], alternative_text(kind, output, cell))
        if not figure:
            raise no_alternative(cell)
        return f'<figure class="chart">{figure}</figure>'

    def _figure(self, kind: str, data: str, alternative: str) -> str:
        self._number += 1
        if kind != "image/svg+xml":
            html = f'<img src="data:{kind};base64,{escape(data)}" alt="{escape(alternative)}">'
            return clean_html(html) if alternative else ""
        if not alternative:
            clean = clean_svg(data, "", f"f{self._number}-")
            if not has_unnamed_figure(clean):
                return clean
            alternative = title_in(data)
        return clean_svg(data, alternative, f"f{self._number}-") if alternative else ""


def _layout(cell: Any) -> list[str]:
    tags = tags_of(cell)
    return [name for name in _LAYOUT if name in tags]
