"""Words and cards on a slide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portfolio.figures.labels import shorten, text_width
from portfolio.reports.pieces import Cards

__all__ = ["ACCENT", "DIM", "INK", "Box", "add_cards", "add_text", "text_height", "width_of"]

# Who lacks the face of the slides reads them in another, which may run this much wider.
_WIDER = 1.16
INK, DIM, ACCENT, LINE = "1B2733", "55616D", "1F4E79", "DCE2E8"


@dataclass(frozen=True)
class Box:
    """A place on a slide, inches."""

    left: float
    top: float
    width: float
    height: float


def width_of(text: str, size: float) -> float:
    """Estimate the width of a line where the face of the slides is missing.

    Parameters
    ----------
    text : str
    size : float
        Points.

    Returns
    -------
    float
        Points.
    """
    return text_width(text, size) * _WIDER


def text_height(text: str, width: float, size: float) -> float:
    """Height that a paragraph takes, inches, on the safe side.

    Parameters
    ----------
    text : str
    width : float
        Inches.
    size : float
        Points.
    """
    lines = math.ceil(width_of(text, size) / (width * 72 * 0.96)) or 1
    return (lines * size * 1.22 + size * 0.35) / 72


def add_text(
    slide: Any,
    sentences: Sequence[str],
    box: Box,
    size: float,
    *,
    bold: bool = False,
    dim: bool = False,
) -> None:
    """Put paragraphs on a slide.

    Parameters
    ----------
    slide : pptx.slide.Slide
    sentences : sequence of str
    box : Box
    size : float
        Points.
    bold, dim : bool
    """
    from pptx.util import Inches

    shape = slide.shapes.add_textbox(*map(Inches, (box.left, box.top, box.width, box.height)))
    shape.name = "Text"
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for number, sentence in enumerate(sentences):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _write(paragraph, sentence, size, bold=bold, color=DIM if dim else INK)


def add_cards(slide: Any, cards: Cards, box: Box) -> None:
    """Put the row of figures on a slide.

    Parameters
    ----------
    slide : pptx.slide.Slide
    cards : Cards
    box : Box
    """
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches, Pt

    number = max(len(cards.figures), 1)
    gap = 0.15
    width = (box.width - gap * (number - 1)) / number
    for at, (figure, words) in enumerate(cards.figures):
        left = box.left + at * (width + gap)
        shape = slide.shapes.add_shape(
            MSO_SHAPE.ROUNDED_RECTANGLE, *map(Inches, (left, box.top, width, box.height))
        )
        shape.name = "Card"
        shape.adjustments[0] = 0.06
        shape.fill.background()
        shape.line.color.rgb, shape.line.width = RGBColor.from_string(LINE), Pt(1)
        shape.shadow.inherit = False
        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = Inches(0.12)
        frame.margin_top = frame.margin_bottom = Inches(0.06)
        room = (width - 0.24) * 72
        _write(frame.paragraphs[0], shorten(figure, room, 22), 22, bold=True, color=ACCENT)
        _write(frame.add_paragraph(), shorten(words, room * 2.7, 10.5), 10.5, color=DIM)


def _write(paragraph: Any, text: str, size: float, *, bold: bool = False, color: str) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(color)
    paragraph.space_after = Pt(size * 0.35)
