"""Make HTML and SVG from notebook outputs harmless, and keep the figures as they are.

Nothing is filtered out of the text: the text is parsed, and a new text is written that has only
the elements and attributes listed in `allowed`, with every value escaped and every element closed.
None of the listed elements holds raw text, so what comes out has one reading in any browser.
Scripts, style sheets, frames, forms, event handlers, foreign objects and every address that a
browser would load by itself are not listed. (nbconvert's own `clean_html` is bleach with a list
that has no paragraph, no heading and no SVG.)

Ids inside an SVG get the figure's own prefix: renderers number them from zero in each figure, and
in one page the second figure would be clipped by the first one's frame.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import TypeAlias

from portfolio.reports.allowed import (
    ANY_ATTRIBUTE,
    ATTRIBUTES,
    CLOSED_BY_NEXT,
    DROPPED,
    HTML,
    STYLE_CALLS,
    STYLES,
    SVG,
    SVG_ATTRIBUTES,
    VOID,
)

__all__ = ["clean_html", "clean_svg", "has_unnamed_figure"]

_STYLE_VALUE = re.compile(r"""[\w\s.,%#()+\-*/'"!]+""")
_CALL = re.compile(r"([\w-]+)\s*\(")

_ID = re.compile(r"[A-Za-z_][\w.:-]*")
_LOCAL = re.compile(r"""url\(\s*["']?#([A-Za-z_][\w.:-]*)["']?\s*\)""")
_LINK = re.compile(r"(#|https?://|mailto:)[^\s\\]*", re.IGNORECASE)
# `>` in a value is written as &gt;, so a tag ends at the first one
_UNNAMED = re.compile(r'<svg(?=[^>]* role="img")(?![^>]* aria-label=)[^>]*>(?!<title>\s*[^<\s])')
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")

_Attributes: TypeAlias = list[tuple[str, str | None]]


def clean_html(source: str, prefix: str = "f") -> str:
    """Write an HTML fragment anew with nothing active in it.

    Parameters
    ----------
    source : str
        Any text.
    prefix : str
        Put before the ids inside SVG elements; different for each output of a page.

    Returns
    -------
    str
        Balanced HTML: nothing of it can close an element of the page around it.
    """
    return _Writer(prefix).write(source)


def clean_svg(source: str, label: str, prefix: str) -> str:
    """Write an SVG picture anew as one image with a name.

    Parameters
    ----------
    source : str
        The SVG document.
    label : str
        Alternative text; "" keeps the name that the picture brings.
    prefix : str
        Put before its ids.

    Returns
    -------
    str
        An ``<svg role="img" aria-label=...>`` element, or "" if there is none in `source`.
    """
    start = source.lower().find("<svg")
    return _Writer(prefix, label).write(source[start:]) if start >= 0 else ""


def has_unnamed_figure(clean: str) -> bool:
    """Whether a cleaned fragment holds an SVG image without alternative text.

    Parameters
    ----------
    clean : str
        What `clean_html` or `clean_svg` gave.

    Returns
    -------
    bool
        True if an image has neither ``aria-label`` nor a ``<title>`` as its first child.
    """
    return _UNNAMED.search(clean) is not None


class _Writer(HTMLParser):
    def __init__(self, prefix: str, label: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self._prefix = prefix
        self._label = label
        self._out: list[str] = []
        self._open: list[str] = []
        self._figures = 0
        self._in_svg = 0  # depth of open svg elements
        self._dropping: list[str] = []

    def write(self, source: str) -> str:
        self.feed(source)
        self.close()
        while self._open:
            self._out.append(f"</{self._pop()}>")
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        self._start(tag, attrs, empty=False)

    def handle_startendtag(self, tag: str, attrs: _Attributes) -> None:
        # only in SVG does a browser read `<g/>` as an empty element
        self._start(tag, attrs, empty=bool(self._in_svg))

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag == self._dropping[-1]:
                self._dropping.pop()
            return
        name = SVG.get(tag, tag) if self._in_svg else tag
        if name in self._open:
            while True:
                closed = self._pop()
                self._out.append(f"</{closed}>")
                if closed == name:
                    return

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._out.append(escape(data, quote=False))

    def _pop(self) -> str:
        name = self._open.pop()
        self._in_svg -= name == "svg"
        return name

    def _start(self, tag: str, attrs: _Attributes, *, empty: bool) -> None:
        svg = bool(self._in_svg) or tag == "svg"
        listed = tag in SVG if svg else tag in HTML
        if self._dropping or (not listed and tag in DROPPED):
            # what is dropped may hold more of its kind, and ends where the outermost does
            if (not self._dropping or tag == self._dropping[-1]) and not empty:
                self._dropping.append(tag)
            return
        if not listed:
            return
        if svg:
            self._start_svg(SVG[tag], attrs, empty=empty)
            return
        if tag in CLOSED_BY_NEXT and self._open and self._open[-1] == tag:
            self._out.append(f"</{self._open.pop()}>")
        self._tag(tag, self._html_attributes(tag, attrs))
        if tag not in VOID:
            self._open.append(tag)

    def _start_svg(self, name: str, attrs: _Attributes, *, empty: bool) -> None:
        if name == "svg" and not self._in_svg:
            self._figures += 1
        kept = {}
        for key, value in attrs:
            clean = self._svg_value(key, value or "")
            if key in SVG_ATTRIBUTES and clean is not None:
                kept[SVG_ATTRIBUTES[key]] = clean
        if name == "svg" and not self._in_svg:
            # one image with one name: what renderers say inside it is not read out anyway
            given = dict(attrs)
            if given.get("aria-hidden") == "true" and not self._label:
                kept["aria-hidden"] = "true"
            else:
                kept["role"] = "img"
                label = self._label or given.get("aria-label")
                if label:
                    kept["aria-label"] = label
        self._tag(name, kept, empty=empty)
        if not empty:
            self._open.append(name)
            self._in_svg += name == "svg"

    def _tag(self, name: str, attributes: dict[str, str], *, empty: bool = False) -> None:
        written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
        self._out.append(f"<{name}{written}{'/' if empty else ''}>")

    def _html_attributes(self, tag: str, attrs: _Attributes) -> dict[str, str]:
        kept = {}
        for key, given in attrs:
            value = (given or "").strip()
            if not (key in ANY_ATTRIBUTE or key in ATTRIBUTES.get(tag, ()) or _is_aria(key, value)):
                continue
            if key == "style":
                value = _clean_style(value)
            elif key == "id" and not _ID.fullmatch(value):
                value = ""
            elif (key == "href" and not _LINK.fullmatch(value)) or (
                key == "src" and not _IMAGE.fullmatch(value)
            ):
                continue
            if value or key not in ("style", "id"):
                kept[key] = value
        if tag == "a" and "href" in kept:
            kept["rel"] = "noopener noreferrer"
        if tag == "img":
            kept.setdefault("alt", "")
        return kept

    def _svg_value(self, key: str, value: str) -> str | None:
        """The value of an SVG attribute with its ids prefixed, or None if it may not stay."""
        own = f"{self._prefix}{self._figures}-"
        if key == "style":
            return _clean_style(value) or None
        if key == "id":
            return own + value if _ID.fullmatch(value) else None
        if key in ("href", "xlink:href"):
            value = value.strip()
            if _IMAGE.fullmatch(value):
                return value
            return f"#{own}{value[1:]}" if value[:1] == "#" and _ID.fullmatch(value[1:]) else None
        if "(" in value and "url" in value.lower():
            local = _LOCAL.fullmatch(value.strip())
            return f"url(#{own}{local[1]})" if local else None
        return value


def _is_aria(key: str, value: str) -> bool:
    return (key.startswith("aria-") and key[5:].isalpha()) or (key == "tabindex" and value == "0")


def _clean_style(style: str) -> str:
    kept = []
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if (
            name in STYLES
            and _STYLE_VALUE.fullmatch(value)
            and "/*" not in value
            and all(call.lower() in STYLE_CALLS for call in _CALL.findall(value))
        ):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)
