"""Heat maps: a row of cells a thing, a cell a period, told apart by more than colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from portfolio.figures.formats import records
from portfolio.figures.labels import clean, text_width, unique_labels
from portfolio.figures.periods import Timeline, timeline
from portfolio.figures.plotted import Grid, GridCell
from portfolio.figures.sheet import Sheet, canvas
from portfolio.figures.style import INK, PAPER

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["Cell", "Row", "cell_layers", "heat_chart", "heat_rows", "ink_on", "name_room", "tint"]

_INSET = 1.5
# Of a text in bold letters by its width in plain ones, and the least size that can be read, px.
_BOLD, _LEAST_SIZE = 1.2, 8.5

# Room for a name where the map is drawn anew, px.
_ROOM = 320.0
# Share of a figure's width that names may take.
_NAMES = 0.27


@dataclass(frozen=True)
class Cell:
    """One cell of a heat map.

    Attributes
    ----------
    text : str
        What is printed in it; "" where there is no room.
    fill : str
        Its colour.
    outline : str
        Colour of a line around it; "" for none.
    strong : bool
        Whether its text is bold.
    ink : str
        Colour of the text; "" takes what can be read on `fill`.
    value : float or None
        Its number in full.
    """

    text: str
    fill: str
    outline: str = ""
    strong: bool = False
    ink: str = ""
    value: float | None = None


@dataclass
class Row:
    """One thing: two amounts by position on the timeline.

    Attributes
    ----------
    key, name : str
        Its id, and what it is called.
    cells : dict of int to (float, float)
        Sums of the two amounts.
    """

    key: str
    name: str
    cells: dict[int, tuple[float, float]]


Kind = TypeVar("Kind", bound=Row)


def heat_rows(
    table: pd.DataFrame, name: str, amounts: tuple[str, str], kind: type[Kind]
) -> tuple[Timeline, list[Kind]] | None:
    """The rows of a heat map from a tidy table.

    Parameters
    ----------
    table : DataFrame
        One row a thing and period (several are added): `name`, ``period``, the two
        amounts, and ``<name>_id`` where two things may have one name.
    name : str
        Column that holds what a thing is called.
    amounts : tuple of str
        Columns of the two amounts.
    kind : type
        What is made of each thing.

    Returns
    -------
    tuple of (Timeline, list) or None
        None where the table is empty.

    Raises
    ------
    ReportError
        A column or a number is missing, or a label is none.
    """
    ids = [f"{name}_id"] if f"{name}_id" in table.columns else []
    rows = records(table, text=[name, "period", *ids], numbers=amounts)
    if not rows:
        return None
    time = timeline(row["period"] for row in rows)
    things: dict[str, Kind] = {}
    for row in rows:
        key = row.get(f"{name}_id") or row[name]
        thing = things.setdefault(key, kind(key, clean(row[name]) or clean(key), {}))
        i = time.index(row["period"])
        one, other = thing.cells.get(i, (0.0, 0.0))
        thing.cells[i] = (one + row[amounts[0]], other + row[amounts[1]])
    return time, list(things.values())


def name_room(names: Sequence[str], width: float, least: float) -> float:
    """Room at the left in which names are whole, within reason.

    Parameters
    ----------
    names : sequence of str
    width : float
        Of the figure, px.
    least : float
        Room that there is in any case, px.
    """
    size = 10.5 if width < 640 else 11.5
    widest = max((text_width(name, size) for name in names), default=0.0) + 17
    return min(max(widest, least), max(width * _NAMES, least))


def heat_chart(
    sheet: Sheet,
    time: Timeline,
    things: Sequence[Row],
    rows: Sequence[Mapping[int, Cell]],
    description: str,
    *,
    high: float,
    plotted: tuple[str, str, str] | None = None,
    tail: float = 0.0,
) -> alt.LayerChart:
    """Put a heat map on a sheet: names at the left, periods above.

    Parameters
    ----------
    sheet : Sheet
    time : Timeline
    things : sequence of Row
        What each row is of.
    rows : sequence of mapping of int to Cell
        Cells of each row by position on the timeline.
    description : str
        The alternative text.
    high : float
        Height of a row, px.
    plotted : tuple of str, optional
        Name, what a row is, and the number format, as in `Grid`, for formats that draw it anew.
    tail : float
        As in `portfolio.figures.labels.shorten`.

    Returns
    -------
    altair.LayerChart
    """
    names, keys = [one.name for one in things], [one.key for one in things]
    labels = unique_labels(names, keys, sheet.left - 16, sheet.size, tail)
    axis = time.axis(
        sheet.inner, sheet.size, middle=True, grid=False, orient="top", labelFontSize=sheet.size
    )
    layers = cell_layers(sheet, time.periods, labels, rows, high, axis)
    full = unique_labels(names, keys, _ROOM, sheet.size, tail)
    grid = _grid(time, full, rows, *plotted) if plotted else None
    return sheet.chart(layers, high * len(rows), description, grid)


def _grid(
    time: Timeline,
    labels: Sequence[str],
    rows: Sequence[Mapping[int, Cell]],
    name: str,
    row: str,
    form: str,
) -> Grid:
    cells = tuple(
        tuple(
            GridCell(
                cell.text, cell.value, cell.fill, cell.ink or ink_on(cell.fill), cell.outline,
                cell.strong,
            )
            if (cell := own.get(i)) is not None
            else None
            for i in range(time.periods)
        )
        for own in rows
    )  # fmt: skip
    return Grid(name, row, tuple(labels), tuple(time.names), cells, form)


def cell_layers(
    sheet: Sheet,
    columns: int,
    labels: Sequence[str],
    rows: Sequence[Mapping[int, Cell]],
    high: float,
    axis: alt.Axis | None = None,
) -> list[alt.Chart]:
    """Rows of cells with their names at the left.

    Parameters
    ----------
    sheet : Sheet
    columns : int
        How many cells a row has.
    labels : sequence of str
        A name a row.
    rows : sequence of mapping of int to Cell
        Cells of each row by number of the column.
    high : float
        Height of a row, px.
    axis : altair.Axis, optional
        What stands above the columns.

    Returns
    -------
    list of altair.Chart
    """
    import altair as alt

    wide = sheet.inner / columns
    cells = [
        {
            "x": i, "x2": i + 1, "y": row * high, "y2": (row + 1) * high,
            "ox": i + _INSET / wide, "ox2": i + 1 - _INSET / wide,
            "oy": row * high + _INSET, "oy2": (row + 1) * high - _INSET,
            "middle": i + 0.5, "my": (row + 0.5) * high,
            "text": cell.text, "strong": cell.strong, "fill": cell.fill,
            "ink": cell.ink or ink_on(cell.fill), "outline": cell.outline,
        }
        for row, own in enumerate(rows)
        for i, cell in own.items()
    ]  # fmt: skip
    all_ = canvas(cells)
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[0, columns], nice=False),
        axis=axis,
    )
    y = alt.Y("y:Q", scale=None, axis=None)
    place = alt.Y("my:Q", scale=None, axis=None)
    ink = alt.Color("ink:N", scale=None)
    fill = all_.mark_rect(stroke=PAPER, strokeWidth=1.5)
    outline = all_.transform_filter("datum.outline != ''").mark_rect(fillOpacity=0, strokeWidth=2)
    size = _text_size(cells, wide - 2 * _INSET - 3, sheet.size - 1)
    text = all_.transform_filter("!datum.strong").mark_text(fontSize=size)
    bold = all_.transform_filter("datum.strong").mark_text(fontSize=size, fontWeight=700)
    names = [{"text": one, "y": (row + 0.5) * high} for row, one in enumerate(labels)]
    name = canvas(names).mark_text(align="left", fontSize=sheet.size)
    return [
        fill.encode(
            x=x, x2=alt.X2("x2:Q"), y=y, y2=alt.Y2("y2:Q"),
            fill=alt.Fill("fill:N", scale=None),
        ),
        outline.encode(
            x=alt.X("ox:Q"), x2=alt.X2("ox2:Q"),
            y=alt.Y("oy:Q", scale=None, axis=None), y2=alt.Y2("oy2:Q"),
            stroke=alt.Stroke("outline:N", scale=None),
        ),
        text.encode(x=alt.X("middle:Q"), y=place, text=alt.Text("text:N"), color=ink),
        bold.encode(x=alt.X("middle:Q"), y=place, text=alt.Text("text:N"), color=ink),
        name.encode(x=alt.XValue(sheet.margin - sheet.left), y=y, text=alt.Text("text:N")),
    ]  # fmt: skip


def _text_size(cells: Sequence[Mapping[str, Any]], room: float, most: float) -> float:
    """The size at which the widest text stays inside its outline, where it can be read so."""
    widest = max(
        (text_width(cell["text"], 1.0) * (_BOLD if cell["strong"] else 1.0) for cell in cells),
        default=0.0,
    )
    return min(most, max(room / widest, _LEAST_SIZE)) if widest else most


def tint(part: float, low: str, high: str) -> str:
    """A colour between two.

    Parameters
    ----------
    part : float
        0 gives `low`, 1 gives `high`; what lies outside is cut.
    low, high : str
        Colours as ``#rrggbb``.

    Returns
    -------
    str
    """
    part = min(max(part, 0.0), 1.0)
    ends = [(int(low[i : i + 2], 16), int(high[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in ends)


def ink_on(fill: str) -> str:
    """The text colour with the higher contrast (relative luminance as in WCAG 2)."""
    parts = [int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return PAPER if 1.05 / (light + 0.05) > (light + 0.05) / 0.06 else INK
