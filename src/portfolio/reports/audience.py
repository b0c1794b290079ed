"""Who a report is for, and so what it may show.

Without leave, a report shows people by pseudonyms or not at all, roles of under three people
together, and confidential projects in totals only. Personal rates are in no report, whatever the
leave. A report that shows more than the board's has a place of its own: neither replaces the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portfolio.language import listed, say

__all__ = ["AUDIENCES", "BOARD_AUDIENCE", "WITHOUT_LEAVE", "Audience"]

BOARD_AUDIENCE: Final = "board"
AUDIENCES: Final = {
    BOARD_AUDIENCE: (False, False),
    "internal": (True, True),
    "names": (True, False),
    "confidential": (False, True),
}
"""Names of all audiences, and whether each sees names of people, and confidential projects."""


@dataclass(frozen=True)
class Audience:
    """What a report may show.

    Attributes
    ----------
    names : bool
        People by name, and roles of few people each for itself.
    confidential : bool
        Confidential projects like all others.
    """

    names: bool = False
    confidential: bool = False

    @classmethod
    def of(cls, parameters: Mapping[str, object]) -> Audience:
        """The audience that the parameters of a notebook are for."""
        return cls(*(parameters.get(leave) is True for leave in ("names", "confidential")))

    @classmethod
    def named(cls, name: str) -> Audience:
        """The audience of a name; for an unknown one, that of the board."""
        return cls(*AUDIENCES.get(name, AUDIENCES[BOARD_AUDIENCE]))

    @property
    def name(self) -> str:
        """What the audience is called: ``board`` for the one without any leave."""
        return next(
            name for name, leave in AUDIENCES.items() if leave == (self.names, self.confidential)
        )

    @property
    def warning(self) -> str:
        """What readers must know before they hand the report on; "" for the board's."""
        shown = [say("names of people")] if self.names else []
        shown += [say("confidential projects")] if self.confidential else []
        return say("With {shown}.", shown=listed(shown)) if shown else ""


WITHOUT_LEAVE: Final = Audience()
"""The board's: neither names of people nor confidential projects."""
