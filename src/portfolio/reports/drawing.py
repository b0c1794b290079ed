"""Pictures of a report for formats that set headlines as words of their own."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree

from portfolio.errors import ReportError

__all__ = ["FONTS", "part_of", "png_of", "size_of", "without_head"]

FONTS = Path(__file__).parent / "fonts"
"""The font that stands in documents and pictures, whatever the computer has."""

_SVG = "http://www.w3.org/2000/svg"
_PIXELS = re.compile(r"\s*([0-9.]+)(px)?\s*")


def without_head(svg: str, head: float) -> str:
    """Cut headline and subtitle off a figure.

    Parameters
    ----------
    svg : str
        The figure.
    head : float
        What they take, px from the top; 0 leaves the figure as it is.

    Returns
    -------
    str
        The rest of the figure, without their words.

    Raises
    ------
    ReportError
        If it is no SVG.
    """
    if not head:
        return svg
    root = _parsed(svg)
    width, height = _size(root)
    for parent in list(root.iter()):
        for child in list(parent):
            if "role-title" in child.get("class", "").split():
                parent.remove(child)
    root.set("viewBox", f"0 {head:g} {width:g} {height - head:g}")
    root.set("width", f"{width:g}")
    root.set("height", f"{height - head:g}")
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def part_of(svg: str, strip: tuple[float, float], part: tuple[float, float]) -> str:
    """A part of a figure, under the strip that has its legend and its axis.

    Parameters
    ----------
    svg : str
        The figure.
    strip, part : tuple of (float, float)
        From where and to where they reach, px from the top.

    Returns
    -------
    str

    Raises
    ------
    ReportError
        If it is no SVG.
    """
    root = _parsed(svg)
    width, _ = _size(root)
    children, down = list(root), 0.0
    for child in children:
        root.remove(child)
    for start, end in (strip, part):
        place = {"x": "0", "y": f"{down:g}", "width": f"{width:g}", "height": f"{end - start:g}"}
        place["viewBox"] = f"0 {start:g} {width:g} {end - start:g}"
        window = ElementTree.SubElement(root, f"{{{_SVG}}}svg", place)
        window.extend(deepcopy(children))
        down += end - start
    root.set("viewBox", f"0 0 {width:g} {down:g}")
    root.set("width", f"{width:g}")
    root.set("height", f"{down:g}")
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of a figure, px.

    Raises
    ------
    ReportError
        If it is no SVG, or has no size.
    """
    return _size(_parsed(svg))


def png_of(svg: str, scale: float) -> bytes:
    """A figure as PNG.

    Parameters
    ----------
    svg : str
    scale : float
        Pixels of the picture a px of the figure.

    Raises
    ------
    ReportError
        If it cannot be drawn.
    """
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    try:
        drawn: bytes = vl_convert.svg_to_png(svg, scale=scale)
    except ValueError as error:
        raise ReportError("A figure could not be drawn as a picture.") from error
    return drawn


def _parsed(svg: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ReportError(f"A figure is no SVG that can be read: {error}.") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise ReportError("A figure is no SVG that can be read: it is another kind of XML.")
    return root


def _size(root: ElementTree.Element) -> tuple[float, float]:
    found = [_PIXELS.fullmatch(root.get(name, "")) for name in ("width", "height")]
    if found[0] and found[1]:
        return float(found[0][1]), float(found[1][1])
    box = root.get("viewBox", "").replace(",", " ").split()
    if len(box) != 4:
        raise ReportError("A figure is an SVG without a size.")
    return float(box[2]), float(box[3])
