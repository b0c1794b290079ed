"""The layout that all figures share: headline, subtitle and legend over a plot.

A figure is laid out by us and not by the size of its text: the renderer measures text
in its own face, the reader's browser draws it in another, and what was measured would
be clipped. So the rooms beside a plot are given in px, and text is cut to them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from portfolio.figures.labels import clean, shorten, text_width, wrap
from portfolio.figures.style import ACCENT, FULL, INK, LINE, PAPER, config

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import altair as alt

    from portfolio.figures.plotted import Plotted

__all__ = ["Key", "Sheet", "box", "canvas", "label", "nothing"]


@dataclass(frozen=True)
class Key:
    """An entry of a legend.

    Attributes
    ----------
    text : str
        What it stands for.
    fill, stroke : str
        Colours; a hollow one has the paper's colour as fill.
    shape : str
        box, line, dash, upright (a short line across) or diamond.
    """

    text: str
    fill: str = PAPER
    stroke: str = ACCENT
    shape: Literal["box", "line", "dash", "upright", "diamond"] = "box"


def canvas(rows: Sequence[Mapping[str, Any]] = ({},)) -> alt.Chart:
    """Make a layer without a mark yet.

    Parameters
    ----------
    rows : sequence of mapping
        Its data; by default one row, for a mark that stands at a fixed place.

    Returns
    -------
    altair.Chart
        A chart with these data inside it.
    """
    import altair as alt

    return alt.Chart({"values": [dict(row) for row in rows]})


def label(text: str, x: float, y: float, **options: Any) -> alt.Chart:
    """Put one text at a place of the plot.

    Parameters
    ----------
    text : str
        The text.
    x, y : float
        Place, px from the plot's upper left corner; may lie outside the plot.
    **options
        Options of the text mark.

    Returns
    -------
    altair.Chart
        A layer.
    """
    import altair as alt

    options = {"align": "left", **options}
    mark: alt.Chart = canvas().mark_text(text=text, **options)
    return mark.encode(x=alt.XValue(x), y=alt.YValue(y))


def box(x: float, y: float, x2: float, y2: float, **options: Any) -> alt.Chart:
    """Put one rectangle, or a line where it has no height or no width, at a place of the plot.

    Parameters
    ----------
    x, y, x2, y2 : float
        Corners, px from the plot's upper left corner.
    **options
        Options of the mark.

    Returns
    -------
    altair.Chart
        A layer.
    """
    import altair as alt

    chart = canvas()
    flat = x == x2 or y == y2
    mark: alt.Chart = chart.mark_rule(**options) if flat else chart.mark_rect(**options)
    return mark.encode(x=alt.XValue(x), y=alt.YValue(y), x2=alt.X2Value(x2), y2=alt.Y2Value(y2))


@dataclass(frozen=True)
class Sheet:
    """The layout of one figure: headline, subtitle, legend, and rooms around the plot.

    Attributes
    ----------
    headline, subtitle : str
        The finding; what is shown and its unit.
    width : int
        Width of the whole figure, px.
    left, right, bottom, above : float
        Rooms beside the plot, px; `above` lies between legend and plot.
    keys : tuple of Key
        The legend.
    """

    headline: str
    subtitle: str
    width: int = FULL
    left: float = 14
    right: float = 14
    bottom: float = 26
    above: float = 8
    keys: tuple[Key, ...] = ()

    margin = 6

    @property
    def small(self) -> bool:
        """Whether it is narrow, such as one of two beside each other."""
        return self.width < 640

    @property
    def size(self) -> float:
        """Font size of the body, px."""
        return 10.5 if self.small else 11.5

    @property
    def inner(self) -> float:
        """Width of the plot, px."""
        return self.width - self.left - self.right

    @property
    def _head(self) -> tuple[list[str], list[str], float, float]:
        big, less = (14.0, 11.0) if self.small else (17.0, 12.5)
        room = self.width - 2 * self.margin
        # Bold text is wider than the estimate is for, and a headline must not be cut.
        title = wrap(clean(self.headline), room / 1.14, big, lines=3)
        return title, wrap(clean(self.subtitle), room / 1.06, less, lines=3), big, less

    @property
    def _title_height(self) -> float:
        title, subtitle, big, less = self._head
        return len(title) * big * 1.22 + len(subtitle) * less * 1.3 + 3

    @property
    def _places(self) -> list[tuple[Key, float, int]]:
        """Each key, where it starts, px from the figure's left edge, and its row."""
        places: list[tuple[Key, float, int]] = []
        x, row = float(self.margin), 0
        for key in self.keys:
            room = text_width(key.text, self.size) + 34
            if x > self.margin and x + room > self.width + 12:
                x, row = float(self.margin), row + 1
            places.append((key, x, row))
            x += room
        return places

    @property
    def top(self) -> float:
        """Room above the plot, px."""
        rows = self._places[-1][2] + 1 if self.keys else 0
        legend = rows * 18 + 8 if rows else 0
        return round(self.margin + self._title_height + legend + self.above + 6)

    def _legend(self) -> list[alt.Chart]:
        import altair as alt

        layers = []
        places = self._places
        for key, left, row in places:
            x = left - self.left
            y = -self.above - 18.0 * (places[-1][2] - row) - 8
            if key.shape == "box":
                layers.append(
                    box(x, y - 5, x + 14, y + 5, fill=key.fill, stroke=key.stroke, strokeWidth=1.4)
                )
            elif key.shape == "diamond":
                mark = canvas().mark_point(
                    shape="diamond", size=58, filled=True, opacity=1, fill=key.fill,
                    stroke=key.stroke, strokeWidth=1.4,
                )  # fmt: skip
                layers.append(mark.encode(x=alt.XValue(x + 7), y=alt.YValue(y)))
            elif key.shape == "upright":
                layers.append(box(x + 7, y - 6, x + 7, y + 6, stroke=key.stroke, strokeWidth=2))
            else:
                dash = [2, 2] if key.shape == "dash" else []
                layers.append(
                    box(x, y, x + 16, y, stroke=key.stroke, strokeWidth=2, strokeDash=dash)
                )
            text = shorten(key.text, self.width - left - 24, self.size)
            layers.append(label(text, x + 20, y, fontSize=self.size, color=INK))
        return layers

    def chart(
        self,
        layers: Sequence[alt.Chart],
        height: float,
        description: str,
        plotted: Plotted | None = None,
        cuts: Sequence[float] = (),
    ) -> alt.LayerChart:
        """Put the layers of a plot under the headline.

        Parameters
        ----------
        layers : sequence of altair.Chart
            Layers of the plot, the lowest first.
        height : float
            Height of the plot, px.
        description : str
            The alternative text.
        plotted : Plotted, optional
            What it plots, for formats that draw it anew.
        cuts : sequence of float, optional
            Where it may be cut to go on elsewhere under the same axis, px from the plot's top.

        Returns
        -------
        altair.LayerChart
            The figure, exactly `width` px wide.
        """
        import altair as alt

        title, subtitle, big, less = self._head
        heading = alt.TitleParams(
            title,
            subtitle=subtitle,
            anchor="start",
            frame="group",
            dx=self.margin - self.left,
            offset=-self._title_height - self.margin,
            fontSize=big,
            lineHeight=big * 1.22,
            subtitleFontSize=less,
            subtitleLineHeight=less * 1.3,
            subtitlePadding=3,
        )
        # The renderer puts a title above all that is drawn; with a clear sheet over all of it,
        # that place is known.
        paper = box(
            -self.left, -self.top, self.inner + self.right, height + self.bottom, fillOpacity=0
        )
        facts = {
            "title": clean(self.headline),
            "subtitle": clean(self.subtitle),
            "head": round(self.margin + self._title_height),
            "top": self.top,
            "cuts": [round(self.top + cut, 1) for cut in cuts],
            "plotted": asdict(plotted) if plotted else None,
        }
        rooms = {"left": self.left, "right": self.right, "top": self.top, "bottom": self.bottom}
        figure: alt.LayerChart = (
            alt.layer(*layers, *self._legend(), paper)
            .properties(
                title=heading,
                description=clean(description),
                width=self.inner,
                height=height,
                autosize=alt.AutoSizeParams(type="none"),
                padding=rooms,
                usermeta=facts,
            )
            .configure(**config())
        )
        return figure


def nothing(headline: str, sentence: str, width: int = FULL) -> alt.LayerChart:
    """Make the figure of a table that has nothing to show: it says so in words.

    Parameters
    ----------
    headline : str
        The finding.
    sentence : str
        Why there is nothing to show.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        A low figure with the sentence.
    """
    sheet = Sheet(headline, sentence, width, bottom=4, above=0)
    line = box(-8, 4, sheet.inner + 8, 4, stroke=LINE, strokeWidth=1)
    return sheet.chart([line], 8, f"{headline}. {sentence}")
