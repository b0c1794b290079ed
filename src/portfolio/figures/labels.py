"""Text that comes from data, made fit to stand in a chart: clean, short and unique."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from portfolio.language import language, listed, mark, plural, say

__all__ = ["clean", "join_names", "shorten", "text_width", "unique_labels", "wrap"]

ELLIPSIS = "…"
# Advance widths in em, between those of Arial and of the wider faces that a reader's
# "sans-serif" may be.
_NARROW = frozenset("ijltfrI.,:;'|!()[]·-/ ")
_WIDE = frozenset("mwMW@%—…&")
# Format characters that may stay: the joiners, which shape scripts and emoji.
_JOINERS = frozenset("\u200c\u200d")
# No script in use puts more on one letter.
_MARKS = 3
_UNITS = (mark("{number} bn"), mark("{number} m"), mark("{number} k"), mark("{number} FTE"))


def clean(text: object) -> str:
    """Turn any value into one line of printable text.

    Control characters and direction overrides go, since they can hide or reorder
    what a reader sees; lone surrogates go, since no file can hold them; and so do marks
    piled on one letter, which would grow over the lines around. Markup stays as it is:
    the renderer escapes it.

    Parameters
    ----------
    text : object
        The value as the table holds it.

    Returns
    -------
    str
        The text, with runs of white space as one space.
    """
    kept = []
    marks = 0
    for character in str(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > _MARKS:
            continue
        if character.isspace() or category in {"Zl", "Zp"}:
            kept.append(" ")
        elif category[0] != "C" or character in _JOINERS:
            kept.append(character)
    return " ".join("".join(kept).split())


def _advance(character: str) -> float:
    if character in _JOINERS or unicodedata.category(character) in {"Mn", "Me"}:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.1
    if character in _NARROW:
        return 0.36
    if character in _WIDE or ord(character) >= 0x10000:
        return 0.95
    return 0.68 if character.isupper() else 0.57


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text, on the safe side.

    Parameters
    ----------
    text : str
        One line.
    size : float
        Font size, px.

    Returns
    -------
    float
        Width, px.
    """
    return size * sum(_advance(character) for character in text)


def _fit(characters: str, room: float, size: float) -> int:
    """How many of the first characters fit into a room, px."""
    used = 0.0
    for number, character in enumerate(characters):
        used += _advance(character) * size
        if used > room:
            return number
    return len(characters)


def _cut(text: str, at: int) -> int:
    """Move a cut so that no joiner or mark is parted from what it belongs to."""
    while 0 < at < len(text) and (_advance(text[at]) == 0.0 or text[at - 1] in _JOINERS):
        at -= 1
    return at


def shorten(text: str, width: float, size: float, tail: float = 0.0) -> str:
    """Cut a text to a width, with an ellipsis where something was cut.

    Parameters
    ----------
    text : str
        One line.
    width : float
        Room for it, px.
    size : float
        Font size, px.
    tail : float
        Share of the room that is kept for its end, where ends tell texts apart.

    Returns
    -------
    str
        The text itself where it fits.
    """
    if text_width(text, size) <= width:
        return text
    room = width - text_width(ELLIPSIS, size)
    end = _fit(text[::-1], room * tail, size) if tail else 0
    keep = text[_cut(text, len(text) - end) :] if end else ""
    start = _cut(text, _fit(text, room - text_width(keep, size), size))
    return text[:start].rstrip() + ELLIPSIS + keep.lstrip()


def unique_labels(
    names: Sequence[object],
    ids: Sequence[object],
    width: float,
    size: float,
    tail: float = 0.0,
) -> list[str]:
    """Label things by their names, and by their ids too where names do not tell them apart.

    Parameters
    ----------
    names, ids : sequence
        A name and an id of each thing, in the same order; a blank name is its id.
    width : float
        Room for a label, px.
    size : float
        Font size, px.
    tail : float
        As in `shorten`.

    Returns
    -------
    list of str
        Labels, no two equal.
    """
    keys = [clean(one) for one in ids]
    full = [clean(name) or key for name, key in zip(names, keys, strict=True)]
    short = [shorten(name, width, size, tail) for name in full]
    seen = Counter(short)
    labels: list[str] = []
    taken: set[str] = set()
    for name, key, label in zip(full, keys, short, strict=True):
        if seen[label] > 1:
            end = f" ({shorten(key, width * 0.45, size)})"
            label = shorten(name, width - text_width(end, size), size) + end
        number, base = 2, label
        while label in taken:
            end = f" #{number}"
            label = shorten(base, width - text_width(end, size), size) + end
            number += 1
        taken.add(label)
        labels.append(label)
    return labels


def _lines(words: Sequence[str], width: float, size: float) -> list[str]:
    done: list[str] = []
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if line and text_width(longer, size) > width:
            done.append(line)
            line = word
        else:
            line = longer
    return [*done, line]


@cache
def _unit_gaps(_: str) -> re.Pattern[str]:
    """Blanks between a number and its unit, in the language that is spoken."""
    units = "|".join(["%", *(re.escape(say(unit, number="").strip()) for unit in _UNITS)])
    return re.compile(rf"(?<=\d) (?=(?:{units})(?:\W|$))|(?<=[£€]) (?=\d)")


def wrap(text: str, width: float, size: float, lines: int = 3) -> list[str]:
    """Break a text into lines of about one length; the last is cut where there are too many.

    Parameters
    ----------
    text : str
        The text.
    width : float
        Room for a line, px.
    size : float
        Font size, px.
    lines : int
        The most lines.

    Returns
    -------
    list of str
        At least one line. A number is not parted from its unit.
    """
    words = _unit_gaps(language()).sub("\u00a0", text).split(" ")
    done = _lines(words, width, size)
    if len(done) > lines:
        done = [*done[: lines - 1], " ".join(done[lines - 1 :])]
    else:
        # The narrowest room that takes no more lines leaves no single word on the last.
        for part in range(60, 100, 2):
            narrow = _lines(words, width * part / 100, size)
            if len(narrow) == len(done):
                done = narrow
                break
    return [shorten(one.replace("\u00a0", " "), width, size) for one in done]


def join_names(names: Iterable[object], most: int = 2, width: float = 34.0) -> str:
    """Join names as a sentence does: ``A and B``, or ``A, B and 3 more``.

    Parameters
    ----------
    names : iterable
        The names.
    most : int
        The most names that are written out.
    width : float
        The most em that one name may take.

    Returns
    -------
    str
        The names, each cut with an ellipsis where it is very long.
    """
    words = [shorten(clean(name), width * 0.5, 1.0) for name in names]
    rest = len(words) - most
    if rest > 0:
        words = [*words[:most], plural("{n} more", "{n} more", rest)]
    return listed(words) if words else ""
