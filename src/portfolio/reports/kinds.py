"""The kinds of report that the toolkit makes, each with its name and its notebook."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.language import mark

__all__ = ["BOARD", "CAPACITY", "KINDS", "SCENARIOS", "Kind"]


@dataclass(frozen=True)
class Kind:
    """A kind of report.

    Attributes
    ----------
    name : str
        Its folder among the published reports.
    notebook : str
        The toolkit's notebook that makes it.
    words : str
        What it is called in a title, in English.
    several : bool
        Whether one report sets several scenarios side by side.
    """

    name: str
    notebook: str
    words: str
    several: bool = False


BOARD = Kind("board", "10-board-report.ipynb", mark("board report"))
CAPACITY = Kind("capacity", "20-capacity-and-people.ipynb", mark("capacity and people"))
SCENARIOS = Kind("scenarios", "15-scenarios.ipynb", mark("scenarios"), several=True)
KINDS = {kind.name: kind for kind in (BOARD, CAPACITY, SCENARIOS)}
