"""What scenarios are called in figures: a letter each, which stands wherever a name is too long."""

from __future__ import annotations

import re
from collections.abc import Sequence

from portfolio.figures.labels import clean, unique_labels, wrap

__all__ = ["heads", "lettered", "letters"]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letters(number: int) -> list[str]:
    """A letter each; numbers where there are more than letters.

    Parameters
    ----------
    number : int
        How many scenarios.

    Returns
    -------
    list of str
    """
    if number <= len(_ALPHABET):
        return list(_ALPHABET[:number])
    return [str(n + 1) for n in range(number)]


def lettered(names: Sequence[object], width: float, size: float) -> list[str]:
    """Letter and name of each scenario, cut to a width.

    Parameters
    ----------
    names : sequence
        In the order of the comparison.
    width : float
        Room for a label, px.
    size : float
        Font size, px.

    Returns
    -------
    list of str
        For example ``B  budget-cut-10``.
    """
    marks = letters(len(names))
    full = [f"{mark}  {clean(name)}" for mark, name in zip(marks, names, strict=True)]
    return unique_labels(full, marks, width, size, tail=0.4)


def heads(names: Sequence[object], width: float, size: float) -> list[list[str]]:
    """Letter and name of each scenario above its column: a line for the letter, up to two more.

    Parameters
    ----------
    names : sequence
    width : float
        Room above a column, px.
    size : float
        Font size, px.

    Returns
    -------
    list of list of str
    """
    # Names are file names, and break at their hyphens as others do at their blanks.
    broken = [re.sub(r"(?<=[-_])(?=\w)", " ", clean(name)) for name in names]
    lines = [wrap(name, width, size, lines=2) for name in broken]
    return [
        [mark, *(re.sub(r"(?<=[-_]) ", "", line) for line in own)]
        for mark, own in zip(letters(len(names)), lines, strict=True)
    ]
