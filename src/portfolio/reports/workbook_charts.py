"""What figures plot, in a workbook: their numbers, and charts of them that can be edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.figures.heat import ink_on
from portfolio.figures.labels import text_width
from portfolio.figures.plotted import Bars, Curve, Grid, Listing, Panels, Points, Series
from portfolio.language import say
from portfolio.reports.document import Figure
from portfolio.reports.workbook_looks import Looks

__all__ = ["write_plotted"]

_WIDTH, _HEIGHT = 860, 420
# A comma at the end of a number format divides by a thousand.
_UNITS = {1e3: "#,##0.0,", 1e6: "#,##0.0,,", 1e9: "#,##0.0,,,"}


def write_plotted(
    book: Any, sheet: Any, row: int, figure: Figure, looks: Looks, widths: dict[int, float]
) -> tuple[int, bool]:
    """Write the numbers of a figure, and a chart of them where workbooks have one of its kind.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    sheet : xlsxwriter.worksheet.Worksheet
    row : int
        Where they begin, in the first column.
    figure : Figure
        With what it plots.
    looks : Looks
    widths : dict of int to float
        Widths that the columns need, characters; added to.

    Returns
    -------
    tuple of (int, bool)
        How many rows they take, and whether nothing more is to be drawn: there is a chart, or
        the cells are the picture.
    """
    at = _Place(book, sheet, row, figure.alt, looks, widths)
    match figure.plotted:
        case Bars() as bars:
            return at.bars(bars)
        case Panels() as panels:
            return at.panels(panels)
        case Points() as points:
            return at.points(points)
        case Grid() as grid:
            return at.grid(grid)
        case Listing() as listing:
            return at.listing(listing)
    return 0, False


class _Place:
    def __init__(
        self, book: Any, sheet: Any, row: int, alt: str, looks: Looks, widths: dict[int, float]
    ) -> None:
        self._book, self._sheet, self._row = book, sheet, row
        self._alt, self._looks, self._widths = alt, looks, widths

    def bars(self, bars: Bars) -> tuple[int, bool]:
        every = (*bars.bars, *bars.lines)
        self._head([bars.category, *(series.name for series in every)])
        for number, name in enumerate(bars.categories, 1):
            self._text(number, 0, name)
            for column, series in enumerate(every, 1):
                self._number(number, column, series.values[number - 1], bars.form)
        if bars.categories and bars.bars:
            self._insert(self._bar_chart(bars), len(every) + 2)
        return len(bars.categories) + 1, bool(bars.categories and bars.bars)

    def panels(self, panels: Panels) -> tuple[int, bool]:
        first = panels.panels[0]
        self._head([first.category, *(panel.name for panel in panels.panels)])
        for number, name in enumerate(first.categories, 1):
            self._text(number, 0, name)
            for column, panel in enumerate(panels.panels, 1):
                self._number(number, column, panel.bars[0].values[number - 1], panel.form)
        size = len(first.categories) + 1
        high = 70 + 26 * len(first.categories)
        for at, panel in enumerate(panels.panels):
            chart = self._bar_chart(panel, at + 1)
            chart.set_title({"name": _titled(panel), "name_font": {"size": 11}})
            chart.set_legend({"none": True})
            chart.set_size({"width": _WIDTH // 2, "height": high})
            place = {
                "description": f"{panel.name}. {self._alt}",
                "object_position": 3,
                "x_offset": (at % 2) * (_WIDTH // 2 + 10),
                "y_offset": (at // 2) * (high + 10),
            }
            self._sheet.insert_chart(self._row + size + 1, 0, chart, place)
        # Rows are 20 pixels high; what follows must not lie under the charts.
        rows = -(-(-(-len(panels.panels) // 2) * (high + 10)) // 20)
        return size + rows + 2, True

    def _bar_chart(self, bars: Bars, before: int = 1) -> Any:
        """A chart of bars, whose numbers begin in a column."""
        kind: dict[str, Any] = {"type": "bar" if bars.lying else "column"}
        if bars.stacked:
            kind["subtype"] = "stacked"
        chart = self._book.add_chart(kind)
        rows = (self._row + 1, self._row + len(bars.categories))
        for column, series in enumerate(bars.bars, before):
            look = {"fill": {"color": series.fill}, "border": {"color": series.stroke}, "gap": 40}
            labels = {"data_labels": _labels(bars, series)} if bars.lying else {}
            chart.add_series(self._series(column, rows) | look | labels)
        if bars.lines:
            lines = self._book.add_chart({"type": "line"})
            for column, line in enumerate(bars.lines, 1 + len(bars.bars)):
                look = {"line": {"color": line.stroke, "width": 2}}
                lines.add_series(self._series(column, rows) | look)
            chart.combine(lines)
        axis: dict[str, Any] = {"major_gridlines": {"visible": True, "line": {"color": "#E7EAEE"}}}
        if bars.above_zero:
            # Left to itself an axis may begin near the least amount, and bars would lie.
            axis["min"] = 0
        if bars.form.endswith("%"):
            axis["num_format"] = "0%"
        elif bars.scale in _UNITS:
            axis |= {"name": bars.unit, "num_format": _UNITS[bars.scale]}
        else:
            axis["name"] = bars.unit
        if bars.lying:
            # Here the vertical axis is the one of the categories; the first stands on top.
            chart.set_y_axis({"reverse": True, "label_position": "low"})
            axis.pop("name", None)
            chart.set_x_axis({**axis, "visible": False, "major_gridlines": {"visible": False}})
        else:
            chart.set_y_axis(axis)
            chart.set_x_axis({"label_position": "low"})
        return chart

    def _series(self, column: int, rows: tuple[int, int]) -> dict[str, Any]:
        name = self._sheet.get_name()
        return {
            "name": [name, self._row, column],
            "categories": [name, rows[0], 0, rows[1], 0],
            "values": [name, rows[0], column, rows[1], column],
        }

    def points(self, points: Points) -> tuple[int, bool]:
        self._head([say("Curve"), points.x_title, points.y_title])
        name = self._sheet.get_name()
        chart = self._book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
        row = 1
        for curve in points.curves:
            for x, y in zip(curve.x, curve.y, strict=True):
                self._text(row, 0, curve.name)
                self._number(row, 1, x / points.x_scale, "#,##0.0##")
                self._number(row, 2, y / points.y_scale, "#,##0.0##")
                row += 1
            first, last = self._row + row - len(curve.x), self._row + row - 1
            chart.add_series(
                {
                    "name": [name, first, 0],
                    "categories": [name, first, 1, last, 1],
                    "values": [name, first, 2, last, 2],
                    **_marks(curve),
                    **_letters(curve),
                }
            )
        chart.set_x_axis({"name": points.x_title, **_ends(points.curves, "x", points.x_scale)})
        chart.set_y_axis(
            {
                "name": points.y_title,
                "major_gridlines": {"visible": True, "line": {"color": "#E7EAEE"}},
                **_ends(points.curves, "y", points.y_scale),
            }
        )
        self._insert(chart, 4)
        return row, True

    def grid(self, grid: Grid) -> tuple[int, bool]:
        self._head([grid.row, *grid.columns])
        texts = [cell.text for row in grid.cells for cell in row if cell is not None]
        wide = max((text_width(text, 1) for text in (*texts, *grid.columns)), default=0.0) * 1.8
        for column in range(1, len(grid.columns) + 1):
            # Narrower than other columns, or a map of many would be printed too small.
            self._widths.pop(column, None)
        self._sheet.set_column(1, len(grid.columns), min(wide + 1, 24))
        for number, (name, cells) in enumerate(zip(grid.rows, grid.cells, strict=True), 1):
            self._text(number, 0, name)
            for column, cell in enumerate(cells, 1):
                if cell is None:
                    continue
                look: dict[str, Any] = {
                    "bg_color": cell.fill, "font_color": cell.ink, "bold": cell.strong,
                    "align": "center",
                }  # fmt: skip
                look |= {"border": 1, "border_color": cell.outline or "#FFFFFF"}
                if cell.outline:
                    look["border"] = 2
                if cell.value is None:
                    self._sheet.write_string(
                        self._row + number, column, cell.text, self._looks.of("cell", **look)
                    )
                else:
                    form = self._looks.number("cell", grid.form, **look)
                    self._sheet.write_number(self._row + number, column, cell.value, form)
        return len(grid.rows) + 1, True

    def listing(self, listing: Listing) -> tuple[int, bool]:
        self._head(listing.columns)
        for number, row in enumerate(listing.rows, 1):
            for column, text in enumerate(row):
                self._text(number, column, text)
        return len(listing.rows) + 1, False

    def _head(self, names: Sequence[str]) -> None:
        for column, name in enumerate(names):
            look = self._looks.text("head", name)
            self._sheet.write_string(self._row, column, name, look)
            self._room(column, name)

    def _text(self, down: int, column: int, text: str) -> None:
        look = self._looks.text("cell", text)
        self._sheet.write_string(self._row + down, column, text, look)
        self._room(column, text)

    def _number(self, down: int, column: int, value: float | None, form: str) -> None:
        if value is not None:
            look = self._looks.number("cell", form)
            self._sheet.write_number(self._row + down, column, value, look)
            self._room(column, f"{value:,.2f}")

    def _room(self, column: int, text: str) -> None:
        self._widths[column] = max(self._widths.get(column, 0.0), text_width(text, 1) * 1.8)

    def _insert(self, chart: Any, column: int) -> None:
        chart.set_size({"width": _WIDTH, "height": _HEIGHT})
        chart.set_legend({"position": "top"})
        chart.set_title({"none": True})
        self._sheet.insert_chart(
            self._row, column, chart, {"description": self._alt, "object_position": 3}
        )


def _titled(bars: Bars) -> str:
    return f"{bars.name}, {bars.unit}" if bars.unit else bars.name


def _labels(bars: Bars, series: Series) -> dict[str, Any]:
    """Amounts at the ends of bars, or on stacked ones: in the unit in which they are drawn."""
    form = {"num_format": _UNITS[bars.scale]} if bars.scale in _UNITS else {}
    font = {"font": {"color": ink_on(series.fill)}} if bars.stacked else {}
    return {"value": True, **form, **font}


def _marks(curve: Curve) -> dict[str, Any]:
    look = {"fill": {"color": curve.color}, "border": {"color": curve.color}}
    if curve.joined:
        return {
            "line": {"color": curve.color, "width": 2},
            "marker": {"type": "circle", "size": 5, **look},
        }
    return {"line": {"none": True}, "marker": {"type": "diamond", "size": 11, **look}}


def _letters(curve: Curve) -> dict[str, Any]:
    """What stands beside points that look alike, by which a reader tells them apart."""
    if not curve.mark:
        return {}
    custom = [{"value": curve.mark}] * len(curve.x)
    return {"data_labels": {"value": True, "custom": custom, "position": "right"}}


def _ends(curves: Sequence[Curve], name: str, scale: float) -> dict[str, float]:
    """Ends of an axis around all points."""
    values = [value / scale for curve in curves for value in getattr(curve, name)]
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return {"min": _short(low - room), "max": _short(high + room)}


def _short(value: float) -> float:
    return float(f"{value:.3g}")
