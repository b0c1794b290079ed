"""Values of a scenario's keys, read from plain data: what is wrong is a ValueError's sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import category

__all__ = ["flag", "has_control", "name", "several", "share", "text"]

_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def text(value: Any) -> str:
    """One word or line; "" where it is blank."""
    if isinstance(value, Mapping | list | tuple):
        raise ValueError("is a list where one word belongs")
    return "" if value is None else str(value).strip()


def name(value: Any) -> str:
    """A text that is not blank and stands on one line."""
    found = text(value)
    if not found:
        raise ValueError("is blank")
    if has_control(found):
        raise ValueError(f"{found!r} has a line break or another control character; leave it out")
    return found


def has_control(words: str) -> bool:
    """Whether a text has a line break or another control character, which a terminal obeys."""
    return any(category(character) == "Cc" for character in words)


def share(value: Any) -> float:
    """A number from 0 to 1."""
    try:
        number = float(text(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a number") from None
    if not 0 <= number <= 1:
        raise ValueError(f"{number:g} is not between 0 and 1")
    return number


def flag(value: Any) -> bool:
    """True or false, in a word."""
    word = text(value).lower()
    if word not in _FLAGS:
        raise ValueError(f"'{value}' is neither true nor false")
    return _FLAGS[word]


def several(value: Any) -> list[Any]:
    """A list; one value is a list of one, and a blank one is empty."""
    if value in (None, ""):
        return []
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
