"""What the keys of a scenario, and the codes that they take, are called."""

from __future__ import annotations

from typing import Final

from portfolio.language import mark, say

__all__ = ["code_words"]

_CALLED: Final = (
    # Keys.
    mark("objectives"),
    mark("give up"),
    mark("ignore"),
    mark("soften"),
    mark("hiring"),
    mark("price labour"),
    mark("balance"),
    mark("minimum fraction"),
    mark("risk adjusted"),
    mark("allow stops"),
    mark("own"),
    # Objectives.
    mark("strategic value"),
    mark("benefit"),
    mark("npv"),
    mark("cost"),
    mark("early start"),
    # Who may join; none says so of every key.
    mark("none"),
    mark("internal"),
    mark("contractors"),
    mark("both"),
    # Rules that may be ignored or softened.
    mark("earliest start"),
    mark("latest start"),
    mark("latest finish"),
    mark("forced in"),
    mark("forced out"),
    mark("requires"),
    mark("finish to start"),
    mark("start to start"),
    mark("groups"),
    mark("budget"),
    mark("spend paid"),
    mark("programme budget"),
    mark("programme projects"),
    mark("role capacity"),
    mark("pool time"),
    mark("ring fence"),
    mark("hire limit"),
    mark("hire lead"),
    mark("contractor limit"),
    mark("contractor lead"),
    mark("contractor arrival"),
    mark("contractor term"),
    mark("idle time"),
    mark("person time"),
    mark("banned"),
    mark("booked"),
    mark("max projects"),
)


def code_words(code: str) -> str:
    """What a code is called: ``strategic_value`` is strategic value.

    Parameters
    ----------
    code : str
        A key of a scenario, an objective, a family of rules, or who may join.
    """
    words = code.replace("_", " ")
    return say(words)
