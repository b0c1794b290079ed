"""A chart as an SVG picture that keeps its alternative text.

Altair's own "svg" renderer drops a chart's description, so a reader who cannot see
the picture would be told nothing.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portfolio.errors import ReportError
from portfolio.language import number_signs

if TYPE_CHECKING:
    import altair as alt

__all__ = ["FIGURE", "Picture", "show", "svg"]

SVG = "image/svg+xml"
FIGURE = "application/vnd.portfolio.figure+json"
"""Type under which a figure's words and data travel beside its picture."""


def svg(chart: alt.TopLevelMixin) -> str:
    """Render a chart, offline, to an SVG that carries its alternative text.

    Parameters
    ----------
    chart : altair chart
        Any chart with a `description`.

    Returns
    -------
    str
        One ``<svg>`` element with ``role="img"`` and ``aria-label``.

    Raises
    ------
    ReportError
        The chart has no description, or cannot be drawn.
    """
    return _draw(_specification(chart)[0])


def _specification(chart: alt.TopLevelMixin) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the renderer draws, and what only travels with it."""
    # The renderer checks a specification too; altair's check of each row of its data
    # takes longer than the drawing.
    specification: dict[str, Any] = chart.to_dict(validate=False)
    return specification, specification.pop("usermeta", {})


def _draw(spec: dict[str, Any]) -> str:
    import vl_convert

    text = str(spec.get("description", "")).strip()
    if not text:
        raise ReportError("A picture needs alternative text: give the chart a description.")
    try:
        # No address is allowed: a chart that asks for one fails here, not at the reader's.
        drawn: str = vl_convert.vegalite_to_svg(
            spec, allowed_base_urls=[], format_locale=_number_signs()
        )
    except ValueError as error:
        raise ReportError("A chart could not be drawn.") from error
    label = html.escape(text, quote=True)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _number_signs() -> dict[str, Any]:
    """How the renderer writes the numbers of an axis."""
    point, group = number_signs()
    return {"decimal": point, "thousands": group, "grouping": [3], "currency": ["", ""]}


@dataclass(frozen=True)
class Picture:
    """An SVG with its alternative text, which a notebook displays by itself.

    Attributes
    ----------
    svg : str
        The picture.
    alt : str
        Its alternative text.
    title : str
        Its headline.
    facts : mapping
        title, subtitle; head (px from the top that they take); plotted (what it plots).
    """

    svg: str
    alt: str
    title: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
        data: dict[str, Any] = {SVG: self.svg, "text/plain": self.alt}
        if self.facts:
            data[FIGURE] = dict(self.facts)
        return data, {SVG: {"alt": self.alt}}


def show(chart: alt.TopLevelMixin) -> Picture:
    """Make a chart into what a notebook cell ends with.

    Parameters
    ----------
    chart : altair chart
        Any chart with a `description`.

    Returns
    -------
    Picture
        Displays as ``image/svg+xml``; the alternative text stands in the SVG itself, in
        the metadata of the display (``metadata["image/svg+xml"]["alt"]``), and as the
        plain text of the output.
    """
    spec, facts = _specification(chart)
    title = spec.get("title", "")
    words = title.get("text", "") if isinstance(title, dict) else title
    headline = " ".join(words) if isinstance(words, list) else str(words)
    return Picture(_draw(spec), str(spec.get("description", "")), headline, facts)
