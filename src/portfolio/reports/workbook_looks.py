"""How the cells of a report's workbook look."""

from __future__ import annotations

from typing import Any

__all__ = ["Looks", "in_full"]

_INK, _DIM, _ACCENT, _LINE, _RULE = "#1B2733", "#55616D", "#1F4E79", "#DCE2E8", "#A9B4BF"
_BASE: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": _ACCENT},
    "headline": {"bold": True, "font_size": 13},
    "bold": {"bold": True},
    "plain": {},
    "quiet": {"font_color": _DIM, "font_size": 10},
    "figure": {"bold": True, "font_size": 14, "font_color": _ACCENT},
    "link": {"font_color": _ACCENT, "underline": 1},
    "head": {
        "bold": True,
        "top": 2,
        "bottom": 2,
        "border_color": _RULE,
        "text_wrap": True,
        "align": "left",
        "indent": 1,
    },
    "cell": {"bottom": 1, "border_color": _LINE, "text_wrap": True, "align": "left", "indent": 1},
    "total": {
        "bold": True,
        "top": 2,
        "bottom": 1,
        "border_color": _RULE,
        "align": "left",
        "indent": 1,
    },
    "right": {"align": "right"},
}
# From here on the format of values has no decimals.
_LARGE = 1000
# What begins a formula in a spreadsheet, once the text is edited or saved as CSV.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")


def in_full(value: float | None, form: str) -> str:
    """A number about as a spreadsheet writes it in a format, for the width of its column."""
    if value is None:
        return ""
    if form.endswith("%"):
        return f"{100 * value:,.3f}%"
    # A format may have another part for small numbers, which has the decimals.
    last = form.rpartition(";")[2] if abs(value) < _LARGE else form.partition(";")[0]
    decimals = min(len(last.partition(".")[2]), 3)
    return f"{value:,.{decimals}f} "


class Looks:
    """Formats of a workbook, each made once.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, look: str, **more: Any) -> Any:
        """A format by the names of its looks, such as ``cell right``."""
        properties: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        properties["font_color"] = _INK
        for name in look.split():
            properties |= _BASE[name]
        properties |= more
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def text(self, look: str, text: str, **more: Any) -> Any:
        """The format of a text; one that could become active is marked as text."""
        marked = {"quote_prefix": True} if text.startswith(_ACTIVE) else {}
        return self.of(look, **marked, **more)

    def number(self, look: str, form: str, **more: Any) -> Any:
        """The format of a number."""
        return self.of(f"{look} right", num_format=form or "General", **more)
