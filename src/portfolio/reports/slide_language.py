"""The language of all text on slides, by which it is spelled and read aloud."""

from __future__ import annotations

from typing import Any

__all__ = ["name_language"]


def name_language(made: Any, language: str) -> None:
    """Say of every text on the slides, and in their charts, which language it is in.

    Parameters
    ----------
    made : pptx.presentation.Presentation
    language : str
        Such as ``nl-NL``.
    """
    for slide in made.slides:
        _name(slide._element, language)
        for shape in slide.shapes:
            if shape.has_chart:
                _name(shape.chart._chartSpace, language)


def _name(root: Any, language: str) -> None:
    from pptx.oxml.ns import qn

    for run in root.iter(qn("a:r")):
        run.get_or_add_rPr()
    for properties in root.iter(qn("a:rPr"), qn("a:endParaRPr"), qn("a:defRPr")):
        properties.set("lang", language)
