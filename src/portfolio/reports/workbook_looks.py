"""How the cells of a report's workbook look."""

from __future__ import annotations

from typing import Any

__all__ = ["Looks"]

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
# What begins a formula in a spreadsheet, once the text is edited or saved as CSV.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")


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
