"""Amounts that a line does not break: ``£ 1.9 m`` would else leave its ``m`` on the next."""

from __future__ import annotations

import re

__all__ = ["unbroken"]

_BEFORE = r"(?<=[£€$¥]) (?=[−-]?\d)|(?<=\b[A-Z]{3}) (?=[−-]?\d)"
_AFTER = r"(?<=\d) (?=(?:k|m|bn|dzd|mln|mld|FTE|fte)\b|%)"
_WITHIN = re.compile(f"{_BEFORE}|{_AFTER}")


def unbroken(text: str) -> str:
    """A text whose amounts stay on one line.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The same, with no-break spaces between a currency, its number and their unit.
    """
    return _WITHIN.sub("\u00a0", text)
