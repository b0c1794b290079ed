"""The frame of a slide: its layout, its title, and its foot."""

from __future__ import annotations

from typing import Any

from portfolio.figures.labels import clean, shorten
from portfolio.reports.document import About
from portfolio.reports.slide_text import width_of
from portfolio.reports.slides_template import OPENING

__all__ = ["begin_slide", "put_title"]

_SIZES = (24, 20, 17, 14)
_BOLD = 1.1  # of a text in bold letters, by its width in plain ones


def begin_slide(made: Any, layout: str, about: About) -> Any:
    """Add a slide with an empty title.

    Parameters
    ----------
    made : pptx.presentation.Presentation
    layout : str
        `OPENING` or `CONTENT`.
    about : About
        What its foot says.

    Returns
    -------
    pptx.slide.Slide
    """
    chosen = _layout(made, layout)
    slide = made.slides.add_slide(chosen)
    kept = (0, 1) if layout == OPENING else (0,)
    for holder in list(slide.placeholders):
        if holder.placeholder_format.idx not in kept:
            holder._element.getparent().remove(holder._element)
    _foot(slide, chosen, about)
    return slide


def put_title(slide: Any, title: str) -> float:
    """Put the title in the largest size in which it fits.

    Parameters
    ----------
    slide : pptx.slide.Slide
    title : str

    Returns
    -------
    float
        Where what follows begins, inches from the top.
    """
    from pptx.util import Pt

    holder = slide.shapes.title
    room, high = holder.width / 12700, holder.height / 12700
    least = _SIZES[-1]
    size = next((one for one in _SIZES if _lines(title, room, one) * one * 1.2 <= high), least)
    most = max(int(high / (least * 1.2)), 1)
    holder.text_frame.text = shorten(title, room * most * 0.85, least)
    for paragraph in holder.text_frame.paragraphs:
        paragraph.font.size = Pt(size)
    top = (holder.top + holder.height) / 914400 + 0.05
    if _lines(title, room, size) == 1:
        top -= min(high / 72 - size * 1.3 / 72, 0.35)
    return float(top)


def _foot(slide: Any, layout: Any, about: About) -> None:
    """Whose slide it is, and its number, where the layout has a place for them."""
    from copy import deepcopy

    from pptx.enum.shapes import PP_PLACEHOLDER

    words = f"{about.portfolio} · {about.kind} · {about.period} · {about.run}"
    words = f"{clean(words)} · {clean(about.edition)}"
    for holder in layout.placeholders:
        kind = holder.placeholder_format.type
        if kind not in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
            continue
        own = deepcopy(holder._element)
        slide.shapes._spTree.append(own)
        if kind == PP_PLACEHOLDER.FOOTER:
            shape = slide.shapes[-1]
            shape.text_frame.text = shorten(words, holder.width / 12700 * 0.95, 9)


def _layout(made: Any, name: str) -> Any:
    """The layout of a name; in a user's template without it, the first with the placeholders."""
    layouts = list(made.slide_layouts)
    own = next((one for one in layouts if one.name == name), None)
    if own is not None:
        return own
    places = [{holder.placeholder_format.idx for holder in one.placeholders} for one in layouts]
    titled = [(one, own) for one, own in zip(layouts, places, strict=True) if 0 in own]
    if name == OPENING:
        return next((one for one, own in titled if 1 in own), titled[0][0])
    return next((one for one, own in titled if not {1, 2} & own), titled[-1][0])


def _lines(text: str, room: float, size: float) -> int:
    return max(-(-int(width_of(text, size) * _BOLD) // int(room)), 1)
