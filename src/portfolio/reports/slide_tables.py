"""Tables on a slide: of words and numbers, and heat maps as tables of coloured cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.figures.labels import shorten
from portfolio.figures.plotted import Grid, GridCell
from portfolio.reports.pieces import Cell, Table
from portfolio.reports.slide_text import INK, Box, width_of
from portfolio.reports.table_layout import column_widths, line_count

__all__ = ["add_grid", "add_table", "rows_that_fit", "size_of_table", "table_height"]

_RULE, _HEAD_RULE = "DCE2E8", "A9B4BF"
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
# Most lines of a cell: a slide is no page, and the page has the whole text.
_LINES = 5
# Sizes, points, and what a column of sentences asks for, em.
_SMALLER, _SENTENCE = (10.0, 9.0), 15.0
_LOW, _HIGH = 0.19, 0.26
# Of a column of a heat map, points.
_WIDEST = 110.0
_NARROW = 60.0
# Height of a line with its margins, em: a row is never lower, whatever it is told.
_LINE = 1.55


def rows_that_fit(
    table: Table, rows: Sequence[tuple[Cell, ...]], width: float, height: float, size: float
) -> int:
    """How many of some rows of a table fit into a height.

    Parameters
    ----------
    table : Table
    rows : sequence of tuple of Cell
    width, height : float
        Inches.
    size : float
        Points.
    """
    widths = column_widths(table, width * 72, size)
    left = height - _row_height(_head(table), widths, size)
    if table.total:
        left -= _row_height(table.total, widths, size)
    for number, row in enumerate(rows):
        left -= _row_height(row, widths, size)
        if left < 0:
            return number
    return len(rows)


def size_of_table(table: Table, width: float, most: float) -> float:
    """The size at which sentences have room beside the other columns.

    Parameters
    ----------
    table : Table
    width : float
        Inches.
    most : float
        The usual size, points.

    Returns
    -------
    float
        Points; the smallest that can be read from afar, where at none they have it.
    """
    sentences = [at for at, column in enumerate(table.columns) if column.kind == "wide"]
    for size in (most, *(one for one in _SMALLER if one < most)):
        widths = column_widths(table, width * 72, size)
        if all(widths[at] >= _SENTENCE * size for at in sentences):
            return size
    return min(most, *_SMALLER)


def table_height(table: Table, width: float, size: float) -> float:
    """Height of a whole table, inches.

    Parameters
    ----------
    table : Table
    width : float
        Inches.
    size : float
        Points.
    """
    widths = column_widths(table, width * 72, size)
    rows = [_head(table), *table.rows, *([table.total] if table.total else [])]
    return sum(_row_height(row, widths, size) for row in rows)


def add_table(
    slide: Any,
    table: Table,
    rows: Sequence[tuple[Cell, ...]],
    box: Box,
    size: float,
    *,
    last: bool,
) -> float:
    """Put some rows of a table under its headings.

    Parameters
    ----------
    slide : pptx.slide.Slide
    table : Table
    rows : sequence of tuple of Cell
    box : Box
        Its height does not count.
    size : float
        Points.
    last : bool
        Whether these are the last rows, so that the total follows.

    Returns
    -------
    float
        Its height, inches.
    """
    widths = column_widths(table, box.width * 72, size)
    head = _head(table)
    headed = any(cell.text for cell in head)
    body = [*rows, *([table.total] if last and table.total else [])]
    shown = [head, *body] if headed else body
    heights = [_row_height(row, widths, size) for row in shown]
    made = _frame(slide, len(shown), widths, heights, box, table.caption or table.name)
    made.first_row = headed
    for at, row in enumerate(shown):
        strong = (headed and at == 0) or (row is table.total and bool(table.total))
        for column, cell in enumerate(row):
            number = table.columns[column].kind == "number"
            text = shorten(cell.text, (widths[column] - size) * _LINES * 0.85, size)
            target = made.cell(at, column)
            _write(target, text, size, bold=strong, right=number)
            _border(target, {"B": (_HEAD_RULE if strong else _RULE, 1.0 if strong else 0.5)})
    return sum(heights)


def add_grid(slide: Any, grid: Grid, start: int, box: Box, alt: str) -> tuple[int, float]:
    """Put rows of a heat map as a table of coloured cells.

    Parameters
    ----------
    slide : pptx.slide.Slide
    grid : Grid
    start : int
        The first row.
    box : Box
    alt : str
        Alternative text.

    Returns
    -------
    tuple of (int, float)
        The row after the last that fitted, and the height, inches.
    """
    size = 10.0 if len(grid.columns) <= 16 else 8.0
    names = max(width_of(name, size) for name in (*grid.rows, grid.row)) + size * 1.5
    first = min(names, max(box.width * 72 - _WIDEST * len(grid.columns), 170.0))
    wide = min((box.width * 72 - first) / len(grid.columns), _WIDEST)
    widths = [first] + [wide] * len(grid.columns)
    number = len(grid.rows) - start
    least = max(_LOW, size * _LINE / 72)
    high = min(max((box.height - 0.3) / max(number, 1), least), _HIGH)
    end = min(start + max(int((box.height - 0.3) / high), 1), len(grid.rows))
    heights = [0.28] + [high] * (end - start)
    made = _frame(slide, end - start + 1, widths, heights, box, alt)
    made.first_row = made.first_col = True
    for column, name in enumerate((grid.row, *grid.columns)):
        # Bold names are wider than the estimate is for; periods are short, and stay whole.
        text = shorten(name, widths[column] * (1.0 if widths[column] > _NARROW else 1.15), size)
        _write(made.cell(0, column), text, size, bold=True, tight=column > 0)
    for at in range(start, end):
        name = shorten(grid.rows[at], first - size, size)
        _write(made.cell(at - start + 1, 0), name, size)
        for column, cell in enumerate(grid.cells[at], start=1):
            target = made.cell(at - start + 1, column)
            if cell is None:
                _write(target, "", size, tight=True)
            else:
                _paint(target, cell, size)
    return end, sum(heights)


def _head(table: Table) -> tuple[Cell, ...]:
    return tuple(Cell(column.heading) for column in table.columns)


def _row_height(row: tuple[Cell, ...], widths: list[float], size: float) -> float:
    lines = min(line_count(row, widths, size), _LINES)
    return (lines * size * 1.22 + size * 0.6) / 72


def _frame(
    slide: Any, rows: int, widths: list[float], heights: list[float], box: Box, alt: str
) -> Any:
    from pptx.util import Inches, Pt

    shape = slide.shapes.add_table(
        rows, len(widths), Inches(box.left), Inches(box.top), Pt(sum(widths)), Inches(sum(heights))
    )
    shape._element.nvGraphicFramePr.cNvPr.set("descr", alt)
    made = shape.table
    style = shape._element.graphic.graphicData.tbl.tblPr
    style.find(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId"
    ).text = _NO_STYLE
    made.horz_banding = made.vert_banding = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Pt(width)
    for row, height in zip(made.rows, heights, strict=True):
        row.height = Inches(height)
    return made


def _write(
    cell: Any,
    text: str,
    size: float,
    *,
    bold: bool = False,
    right: bool = False,
    tight: bool = False,
    color: str = INK,
) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    side = Pt(0) if tight else Pt(size * 0.4)
    cell.margin_left = cell.margin_right = side
    cell.margin_top = cell.margin_bottom = Pt(size * 0.15 if not tight else 0)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE if tight else MSO_ANCHOR.TOP
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER if tight else PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    # An empty cell has no run whose size would count, and its row would be as high as 18 points.
    paragraph._p.get_or_add_endParaRPr().set("sz", str(int(size * 100)))
    if not text:
        return
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(color)


def _paint(target: Any, cell: GridCell, size: float) -> None:
    from pptx.dml.color import RGBColor

    ink = cell.ink.lstrip("#").upper()
    _write(target, cell.text, size, bold=cell.strong, tight=True, color=ink)
    target.fill.solid()
    target.fill.fore_color.rgb = RGBColor.from_string(cell.fill.lstrip("#").upper())
    line = (cell.outline.lstrip("#").upper() or "FFFFFF", 2.0 if cell.outline else 1.0)
    _border(target, dict.fromkeys("LRTB", line))


def _border(cell: Any, sides: dict[str, tuple[str, float]]) -> None:
    """Lines at the sides of a cell, which python-pptx has no words for."""
    from pptx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()
    for at, side in enumerate(side for side in "LRTB" if side in sides):
        color, width = sides[side]
        line = properties.makeelement(qn(f"a:ln{side}"), {"w": str(int(width * 12700))})
        fill = line.makeelement(qn("a:solidFill"), {})
        fill.append(fill.makeelement(qn("a:srgbClr"), {"val": color}))
        line.append(fill)
        properties.insert(at, line)
