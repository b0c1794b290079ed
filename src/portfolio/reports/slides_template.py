"""The template of the slides: 16:9, two layouts, and the colours and the face of the reports.

It is made here and not kept as a file, so that it can be read and changed like all else. Whoever
wants slides of another look takes the file that `portfolio template slides.pptx` writes, changes
it in PowerPoint or Impress, and gives it to ``--slides``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portfolio.errors import ReportError

__all__ = ["CONTENT", "OPENING", "make_template", "open_template", "write_slides_template"]

OPENING, CONTENT = "Opening", "Content"
"""Names of the layouts: of the first slide, and of the others."""

_FACE = "Arial"
_COLORS = {
    "dk1": "1B2733", "lt1": "FFFFFF", "dk2": "1F4E79", "lt2": "F4F6F8", "accent1": "1F4E79",
    "accent2": "7FA3C7", "accent3": "C9CED6", "accent4": "E69F00", "accent5": "009E73",
    "accent6": "C0392B", "hlink": "1F4E79", "folHlink": "56606B",
}  # fmt: skip
# Inches: left, top, width, height.
_PLACES = {
    OPENING: {"title": (0.5, 0.35, 12.33, 0.8), "subtitle": (0.5, 1.12, 12.33, 0.55)},
    CONTENT: {"title": (0.5, 0.32, 12.33, 0.85)},
}
_FOOT = {"footer": (0.5, 7.02, 10.5, 0.3), "number": (11.33, 7.02, 1.5, 0.3)}


def make_template() -> Any:
    """The template as a presentation without slides.

    Returns
    -------
    pptx.presentation.Presentation
    """
    from pptx import Presentation
    from pptx.util import Inches

    made = Presentation()
    made.slide_width, made.slide_height = Inches(13.333), Inches(7.5)
    _keep_layouts(made, {"Title Slide": OPENING, "Title Only": CONTENT})
    _color(made)
    master = made.slide_master
    _arrange(master, _PLACES[CONTENT] | _FOOT)
    for layout in made.slide_layouts:
        _arrange(layout, _PLACES[layout.name] | _FOOT)
    return made


def write_slides_template(path: Path, *, overwrite: bool = False) -> Path:
    """Write the template as a file, to be changed.

    Parameters
    ----------
    path : Path
    overwrite : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ReportError
        If it is there already, or cannot be written.
    """
    if path.exists() and not overwrite:
        raise ReportError(f"{path} is there already; --force replaces it.", exit_code=2)
    try:
        make_template().save(str(path))
    except OSError as error:
        raise ReportError(
            f"{path} cannot be written: {error.strerror or error}.", exit_code=2
        ) from error
    return path


def open_template(path: Path | None) -> Any:
    """A user's template, or ours.

    Parameters
    ----------
    path : Path or None
        A presentation (.pptx) with a layout that has a title; its slides are left out.

    Raises
    ------
    ReportError
        If it is none, or has no layout with a title.
    """
    if path is None:
        return make_template()
    from pptx import Presentation
    from pptx.exc import PackageNotFoundError

    try:
        found = Presentation(str(path))
    except (PackageNotFoundError, KeyError, ValueError, OSError) as error:
        raise ReportError(
            f"{path} is no presentation that can be read: it must be a .pptx file. Write one with "
            "`portfolio template slides.pptx` and change that.",
            exit_code=2,
        ) from error
    if not any(
        layout.placeholders and _title(layout) is not None for layout in found.slide_layouts
    ):
        raise ReportError(
            f"{path} has no slide layout with a title; the slides need one.", exit_code=2
        )
    slides = found.slides._sldIdLst
    for entry in list(slides):
        found.part.drop_rel(entry.rId)
        slides.remove(entry)
    return found


def _title(layout: Any) -> Any:
    from pptx.enum.shapes import PP_PLACEHOLDER

    titles = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
    return next((p for p in layout.placeholders if p.placeholder_format.type in titles), None)


def _keep_layouts(made: Any, names: dict[str, str]) -> None:
    for layout in list(made.slide_layouts):
        if layout.name in names:
            layout._element.cSld.set("name", names[layout.name])
        else:
            made.slide_layouts.remove(layout)


def _color(made: Any) -> None:
    """Our colours and face in the theme, which all text and charts take theirs from."""
    from lxml import etree
    from pptx.opc.constants import RELATIONSHIP_TYPE

    part = made.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = etree.fromstring(part.blob)
    space = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
    for name, color in _COLORS.items():
        (entry,) = theme.findall(f".//a:clrScheme/a:{name}", space)
        for child in list(entry):
            entry.remove(child)
        etree.SubElement(entry, f"{{{space['a']}}}srgbClr", val=color)
    for latin in theme.findall(".//a:fontScheme/*/a:latin", space):
        latin.set("typeface", _FACE)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _arrange(page: Any, places: dict[str, tuple[float, float, float, float]]) -> None:
    """Put the placeholders of a master or a layout in their places; others go."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches, Pt

    looks = {
        KIND.TITLE: ("title", 24, True, PP_ALIGN.LEFT),
        KIND.CENTER_TITLE: ("title", 28, True, PP_ALIGN.LEFT),
        KIND.SUBTITLE: ("subtitle", 14, False, PP_ALIGN.LEFT),
        KIND.FOOTER: ("footer", 9, False, PP_ALIGN.LEFT),
        KIND.SLIDE_NUMBER: ("number", 9, False, PP_ALIGN.RIGHT),
    }
    for holder in list(page.placeholders):
        name, size, bold, align = looks.get(
            holder.placeholder_format.type, ("", 0, False, PP_ALIGN.LEFT)
        )
        if name not in places:
            if holder.placeholder_format.type != KIND.BODY:
                holder._element.getparent().remove(holder._element)
            continue
        holder.left, holder.top, holder.width, holder.height = map(Inches, places[name])
        frame = holder.text_frame
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for paragraph in frame.paragraphs:
            paragraph.alignment = align
        _style(holder, size, bold, align)
        if name in ("footer", "number"):
            for paragraph in frame.paragraphs:
                paragraph.font.size = Pt(size)


def _style(holder: Any, size: int, bold: bool, align: Any) -> None:
    """Size, weight and side for all text that a slide puts into the placeholder."""
    from pptx.oxml.ns import qn

    body = holder._element.txBody
    styles = body.find(qn("a:lstStyle"))
    for child in list(styles):
        styles.remove(child)
    level = styles.makeelement(
        qn("a:lvl1pPr"),
        {"algn": "r" if str(align).startswith("RIGHT") else "l", "marL": "0", "indent": "0"},
    )
    styles.append(level)
    level.append(level.makeelement(qn("a:buNone"), {}))
    run = level.makeelement(qn("a:defRPr"), {"sz": str(size * 100), "b": str(int(bold))})
    level.append(run)
    fill = run.makeelement(qn("a:solidFill"), {})
    run.append(fill)
    fill.append(fill.makeelement(qn("a:schemeClr"), {"val": "tx1"}))
