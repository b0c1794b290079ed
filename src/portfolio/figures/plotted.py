"""What a figure plots, as plain data: slides and workbooks draw charts of their own from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "Bars",
    "Curve",
    "Grid",
    "GridCell",
    "Listing",
    "Panels",
    "Plotted",
    "Points",
    "Series",
]


@dataclass(frozen=True)
class Series:
    """Amounts of one kind, one a category; None where there is none.

    Attributes
    ----------
    name : str
    values : tuple of (float or None)
    fill, stroke : str
        Colours as ``#rrggbb``.
    """

    name: str
    values: tuple[float | None, ...]
    fill: str
    stroke: str


@dataclass(frozen=True)
class Bars:
    """Bars by category, and lines over them.

    Attributes
    ----------
    name : str
        What is plotted, in a word or two.
    category : str
        What a category is, such as Period.
    categories : tuple of str
    bars, lines : tuple of Series
    unit : str
        What amounts are drawn in.
    scale : float
        What amounts are divided by, to be drawn.
    form : str
        How a workbook writes the amounts.
    stacked : bool
        Whether bars stand on each other, else beside.
    lying : bool
        Whether bars lie; the first category is the uppermost.
    """

    name: str
    category: str
    categories: tuple[str, ...]
    bars: tuple[Series, ...]
    lines: tuple[Series, ...] = ()
    unit: str = ""
    scale: float = 1.0
    form: str = "#,##0.0"
    stacked: bool = False
    lying: bool = False
    type: Literal["bars"] = "bars"

    @property
    def above_zero(self) -> bool:
        """Whether nothing is below zero, so that an axis has to begin there."""
        every = (*self.bars, *self.lines)
        return all(value >= 0 for series in every for value in series.values if value is not None)


@dataclass(frozen=True)
class Panels:
    """Columns of bars beside each other, each of its own unit, over the same categories.

    Attributes
    ----------
    name : str
        What is plotted, in a word or two.
    panels : tuple of Bars
        Lying ones of one series; their names stand above them.
    """

    name: str
    panels: tuple[Bars, ...]
    type: Literal["panels"] = "panels"


@dataclass(frozen=True)
class Curve:
    """Points of one kind, whether a line joins them, and what stands beside each."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    color: str
    joined: bool
    mark: str = ""


@dataclass(frozen=True)
class Points:
    """Points by two amounts.

    Attributes
    ----------
    name : str
        What is plotted, in a word or two.
    curves : tuple of Curve
    x_title, y_title : str
        What the amounts are, with their units.
    x_scale, y_scale : float
        What amounts are divided by, to be drawn.
    """

    name: str
    curves: tuple[Curve, ...]
    x_title: str
    y_title: str
    x_scale: float = 1.0
    y_scale: float = 1.0
    type: Literal["points"] = "points"


@dataclass(frozen=True)
class GridCell:
    """A cell of a grid: what is printed, the number, and its looks."""

    text: str
    value: float | None
    fill: str
    ink: str
    outline: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Grid:
    """A heat map: cells by row and column, None where there is none.

    Attributes
    ----------
    name : str
        What is plotted, in a word or two.
    row : str
        What a row is, such as Role.
    rows, columns : tuple of str
    cells : tuple of tuple of (GridCell or None)
    form : str
        How a workbook writes the numbers.
    """

    name: str
    row: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[GridCell | None, ...], ...]
    form: str
    type: Literal["grid"] = "grid"


@dataclass(frozen=True)
class Listing:
    """What is drawn in a way that only a picture has: its facts as a table of text.

    Attributes
    ----------
    name : str
        What is plotted, in a word or two.
    columns : tuple of str
    rows : tuple of tuple of str
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    type: Literal["listing"] = "listing"


Plotted: TypeAlias = Bars | Panels | Points | Grid | Listing
