"""Figures on a slide: charts that can be edited, coloured tables, and pictures of the rest."""

from __future__ import annotations

import base64
import math
from copy import deepcopy
from dataclasses import replace
from io import BytesIO
from typing import Any

from portfolio.figures.plotted import Bars, Grid, Panels, Points, Series
from portfolio.language import say
from portfolio.reports.document import Figure
from portfolio.reports.drawing import part_of, png_of, size_of, without_head
from portfolio.reports.slide_data import CategoryNumbers, PointNumbers
from portfolio.reports.slide_tables import add_grid
from portfolio.reports.slide_text import INK, Box, width_of

__all__ = ["add_figure"]

_categories: Any = CategoryNumbers
_points: Any = PointNumbers

_MOST_COLUMNS = 30
_GAP = 0.25
_SIZE = 11
# A picture that is drawn smaller than at this part of a slide's width has words too small to read.
_SMALLEST = 0.78
# Pixels of a picture an inch.
_DENSITY = 200


def add_figure(slide: Any, figure: Figure, box: Box) -> tuple[Figure | None, float]:
    """Put a figure on a slide.

    Parameters
    ----------
    slide : pptx.slide.Slide
    figure : Figure
    box : Box

    Returns
    -------
    tuple of (Figure or None, float)
        What of it is left for another slide, and the height that was used, inches.
    """
    match figure.plotted:
        case Bars(categories=categories) as bars if categories and bars.bars:
            _chart(slide, _bar_chart, bars, box, figure)
            return None, box.height
        case Panels(panels=panels) if panels:
            return None, _panels(slide, panels, box, figure)
        case Points(curves=curves) as points if curves:
            _chart(slide, _point_chart, points, box, figure)
            return None, box.height
        case Grid() as grid if grid.rows and len(grid.columns) <= _MOST_COLUMNS:
            end, used = add_grid(slide, grid, 0, box, figure.alt)
            rest = replace(grid, rows=grid.rows[end:], cells=grid.cells[end:])
            return (replace(figure, plotted=rest) if rest.rows else None), used
    if figure.svg and figure.cuts:
        return _part(slide, figure, box)
    return None, _picture(slide, figure, box)


def _part(slide: Any, figure: Figure, box: Box) -> tuple[Figure | None, float]:
    """The first part of a tall picture, as much as can be read on a slide, and what is left."""
    head = figure.head if figure.title else 0.0
    wide, high = size_of(figure.svg)
    room = box.height * wide / box.width / _SMALLEST - (figure.top - head)
    start = figure.top if not figure.begun else figure.begun
    parts = max(math.ceil((high - start) / max(room, 1.0)), 1)
    aim = start + (high - start) / parts
    before = [cut for cut in figure.cuts if start < cut <= aim]
    if parts == 1 or not before:
        end, rest = high, None
    else:
        end = before[-1]
        rest = replace(figure, begun=end)
    if rest is None and not figure.begun:
        return None, _picture(slide, figure, box)
    svg = part_of(without_head(figure.svg, head), (head, figure.top), (start, end))
    whole = replace(figure, svg=svg, title="")
    return rest, _picture(slide, whole, box)


def _picture(slide: Any, figure: Figure, box: Box) -> float:
    from pptx.util import Inches

    if figure.svg:
        svg = without_head(figure.svg, figure.head if figure.title else 0.0)
        wide, high = size_of(svg)
        scale = min(box.width / wide, box.height / high)
        raw = png_of(svg, max(scale * _DENSITY, 1.0))
        size = (wide * scale, high * scale)
        shape = slide.shapes.add_picture(
            BytesIO(raw), Inches(box.left), Inches(box.top), Inches(size[0]), Inches(size[1])
        )
    else:
        raw = base64.b64decode(figure.image)
        shape = slide.shapes.add_picture(BytesIO(raw), Inches(box.left), Inches(box.top))
        part = min(Inches(box.width) / shape.width, Inches(box.height) / shape.height)
        shape.width, shape.height = int(shape.width * part), int(shape.height * part)
    shape._element.nvPicPr.cNvPr.set("descr", figure.alt)
    return float(shape.height) / 914400


def _panels(slide: Any, panels: tuple[Bars, ...], box: Box, figure: Figure) -> float:
    """Charts beside each other; the first has the names of the categories."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    high = min(box.height, 1.0 + 0.55 * len(panels[0].categories))
    names = min(max(width_of(name, _SIZE) for name in panels[0].categories) / 72 + 0.2, 3.0)
    wide = (box.width - names) / len(panels)
    left = box.left
    for number, panel in enumerate(panels):
        room = wide + (names if number == 0 else 0.0)
        # Amounts stand at the ends of the longest bars, and must not meet the next panel's.
        own = Box(left, box.top, room - _GAP, high)
        alt = figure.alt
        if number:
            alt = say("{name}: a part of the figure beside it", name=panel.name)
        chart = _chart(slide, _bar_chart, panel, own, replace(figure, alt=alt))
        chart.has_legend = False
        chart.has_title = True
        title = chart.chart_title.text_frame
        title.text = f"{panel.name}, {panel.unit}" if panel.unit else panel.name
        title.paragraphs[0].font.size, title.paragraphs[0].font.bold = Pt(_SIZE), True
        chart.chart_title.include_in_layout = False
        if number:
            chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        left += room
    return high


def _chart(slide: Any, make: Any, plotted: Any, box: Box, figure: Figure) -> Any:
    """Put a chart on a slide, and hand it back for what else there is to say of its looks."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Inches, Pt

    kind, data = make(plotted)
    places = map(Inches, (box.left, box.top, box.width, box.height))
    shape = slide.shapes.add_chart(kind, *places, data)
    shape.name = plotted.name
    shape._element.nvGraphicFramePr.cNvPr.set("descr", figure.alt)
    chart = shape.chart
    chart.has_title = False
    chart.font.size = Pt(_SIZE)
    chart.font.color.rgb = RGBColor.from_string(INK)
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.TOP
    chart.legend.include_in_layout = False
    if isinstance(plotted, Bars):
        _look_of_bars(chart, plotted)
    else:
        _look_of_points(chart, plotted)
    return chart


def _bar_chart(bars: Bars) -> tuple[Any, Any]:
    from pptx.enum.chart import XL_CHART_TYPE as KIND

    data: Any = _categories(number_format=_form(bars))
    data.categories = bars.categories
    for series in (*bars.bars, *bars.lines):
        data.add_series(series.name, [_scaled(value, bars) for value in series.values])
    kinds = {
        (True, True): KIND.BAR_STACKED,
        (True, False): KIND.BAR_CLUSTERED,
        (False, True): KIND.COLUMN_STACKED,
        (False, False): KIND.COLUMN_CLUSTERED,
    }
    return kinds[bars.lying, bars.stacked], data


def _scaled(value: float | None, bars: Bars) -> float | None:
    return None if value is None else value / bars.scale


def _form(bars: Bars) -> str:
    if bars.form.endswith("%"):
        return "0%"
    return "#,##0.0" if bars.scale != 1.0 else bars.form


def _look_of_bars(chart: Any, bars: Bars) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.util import Pt

    plot = chart.plots[0]
    plot.gap_width = 40
    plot.overlap = 100 if bars.stacked else -5
    for own, series in zip(plot.series, (*bars.bars, *bars.lines), strict=True):
        own.format.fill.solid()
        own.format.fill.fore_color.rgb = _rgb(series.fill)
        own.format.line.color.rgb, own.format.line.width = _rgb(series.stroke), Pt(1)
        own.invert_if_negative = False
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("E7EAEE")
    chart.value_axis.format.line.fill.background()
    if bars.above_zero:
        # Left to itself an axis may begin near the least amount, and bars would lie.
        chart.value_axis.minimum_scale = 0
    chart.value_axis.tick_labels.number_format = "0%" if _form(bars) == "0%" else "#,##0.###"
    chart.value_axis.tick_labels.number_format_is_linked = False
    chart.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.format.line.color.rgb = RGBColor.from_string("A9B4BF")
    if bars.lying:
        chart.category_axis.reverse_order = True
        chart.value_axis.visible = False
        chart.value_axis.has_major_gridlines = False
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = _form(bars), False
        labels.font.size = Pt(_SIZE - 1)
        for own, series in zip(plot.series, bars.bars, strict=True):
            if bars.stacked:
                own.data_labels.font.color.rgb = _rgb(_ink_on(series.fill))
                own.data_labels.font.size = Pt(_SIZE - 1)
                own.data_labels.show_value = True
    if bars.lines:
        _lines_over_bars(chart, bars.lines)


def _ink_on(fill: str) -> str:
    from portfolio.figures.heat import ink_on

    return ink_on(fill)


def _lines_over_bars(chart: Any, lines: tuple[Series, ...]) -> None:
    """Make the last series lines on the same axes, which python-pptx has no words for."""
    from pptx.oxml.ns import qn

    bars = chart._chartSpace.chart.plotArea.find(qn("c:barChart"))
    drawn = bars.makeelement(qn("c:lineChart"), {})
    drawn.append(drawn.makeelement(qn("c:grouping"), {"val": "standard"}))
    drawn.append(drawn.makeelement(qn("c:varyColors"), {"val": "0"}))
    for own, series in zip(bars.findall(qn("c:ser"))[-len(lines) :], lines, strict=True):
        bars.remove(own)
        for name in ("c:invertIfNegative", "c:spPr"):
            for child in own.findall(qn(name)):
                own.remove(child)
        look = own.makeelement(qn("c:spPr"), {})
        line = look.makeelement(qn("a:ln"), {"w": "25400", "cap": "flat"})
        fill = line.makeelement(qn("a:solidFill"), {})
        fill.append(fill.makeelement(qn("a:srgbClr"), {"val": series.stroke.lstrip("#").upper()}))
        line.append(fill)
        look.append(line)
        own.find(qn("c:tx")).addnext(look)
        marker = own.makeelement(qn("c:marker"), {})
        marker.append(marker.makeelement(qn("c:symbol"), {"val": "none"}))
        look.addnext(marker)
        own.append(own.makeelement(qn("c:smooth"), {"val": "0"}))
        drawn.append(own)
    for axis in bars.findall(qn("c:axId")):
        drawn.append(deepcopy(axis))
    bars.addnext(drawn)


def _point_chart(points: Points) -> tuple[Any, Any]:
    from pptx.enum.chart import XL_CHART_TYPE

    data: Any = _points(number_format="General")
    for curve in _longest_first(points):
        own = data.add_series(curve.name)
        for x, y in zip(curve.x, curve.y, strict=True):
            own.add_data_point(x / points.x_scale, y / points.y_scale)
    return XL_CHART_TYPE.XY_SCATTER_LINES, data


def _longest_first(points: Points) -> list[Any]:
    # LibreOffice drops a first series that is shorter than a later one.
    return sorted(points.curves, key=lambda curve: -len(curve.x))


def _look_of_points(chart: Any, points: Points) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE
    from pptx.util import Pt

    for own, curve in zip(chart.plots[0].series, _longest_first(points), strict=True):
        own.smooth = False
        own.marker.style = XL_MARKER_STYLE.CIRCLE if curve.joined else XL_MARKER_STYLE.DIAMOND
        own.marker.size = 5 if curve.joined else 11
        own.marker.format.fill.solid()
        own.marker.format.fill.fore_color.rgb = _rgb(curve.color)
        own.marker.format.line.color.rgb = _rgb(curve.color)
        if curve.joined:
            own.format.line.color.rgb, own.format.line.width = _rgb(curve.color), Pt(2)
        else:
            own.format.line.fill.background()
        for at in range(len(curve.x) if curve.mark else 0):
            # Points that look alike are told apart by what stands beside them.
            beside = own.points[at].data_label
            beside.text_frame.text = curve.mark
            beside.text_frame.paragraphs[0].runs[0].font.size = Pt(_SIZE)
            beside.position = XL_LABEL_POSITION.RIGHT
    for axis, title, ends in (
        (chart.category_axis, points.x_title, _ends(points, "x")),
        (chart.value_axis, points.y_title, _ends(points, "y")),
    ):
        axis.has_title = True
        axis.axis_title.text_frame.text = title
        axis.axis_title.text_frame.paragraphs[0].font.size = Pt(_SIZE)
        axis.axis_title.text_frame.paragraphs[0].font.bold = False
        axis.minimum_scale, axis.maximum_scale = ends
        axis.tick_labels.number_format = "#,##0.###"
        axis.tick_labels.number_format_is_linked = False
        axis.has_major_gridlines = axis is chart.value_axis
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("E7EAEE")


def _ends(points: Points, name: str) -> tuple[float, float]:
    """Round ends of an axis around all points."""
    import math

    scale = points.x_scale if name == "x" else points.y_scale
    values = [value / scale for curve in points.curves for value in getattr(curve, name)]
    low, high = min(values), max(values)
    step = 10.0 ** math.floor(math.log10((high - low) or abs(high) or 1.0))
    return (
        math.floor((low - step * 0.1) / step) * step,
        math.ceil((high + step * 0.1) / step) * step,
    )


def _rgb(color: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(color.lstrip("#").upper())
