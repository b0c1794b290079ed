"""The look that all figures share: one accent, greys, red outlines, one face, short numbers."""

from __future__ import annotations

from typing import Any

from portfolio.figures.formats import money, money_unit, number, share

__all__ = [
    "ACCENT",
    "FULL",
    "HALF",
    "PALETTE",
    "RED",
    "config",
    "money",
    "money_unit",
    "number",
    "share",
]

FULL, HALF = 900, 440
"""Width of a figure that takes the page, and of one of two beside each other, px."""

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
ACCENT = "#1f4e79"
MIDDLE = "#7fa3c7"
PALE = "#e9f0f7"
INK, DIM, FAINT, LINE = "#1b2430", "#56606b", "#c9ced6", "#e7eaee"
RED = "#c0392b"
PAPER = "#ffffff"
PALETTE = ("#1f4e79", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#8a8f98")
"""For categories without an order; told apart with any colour vision (Okabe and Ito)."""


def config() -> dict[str, Any]:
    """The theme, as a Vega-Lite configuration.

    Returns
    -------
    dict
        Each figure carries it, so that a notebook needs no set-up.
    """
    return {
        "font": FONT,
        "background": PAPER,
        # One text describes the whole figure; labels on each mark would be read one by one.
        "aria": False,
        "view": {"stroke": None},
        "title": {"color": INK, "subtitleColor": DIM, "fontWeight": 700, "subtitleFontWeight": 400},
        "axis": {
            "labelColor": DIM,
            "labelPadding": 5,
            "domain": False,
            "ticks": False,
            "gridColor": LINE,
        },
        "text": {"color": INK, "baseline": "middle"},
    }
