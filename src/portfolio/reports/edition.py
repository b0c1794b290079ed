"""The line on a page that says whether it is a draft or was issued, and what it shows of people.

A published run is never written to, so that its page always says draft. Who issues it gets the
same page once more, in a folder of its own, in which that line alone is another: so it can be
checked at any time, sign by sign, that what was issued is what was drafted.
"""

from __future__ import annotations

from html import escape

from portfolio.errors import ReportError
from portfolio.language import say
from portfolio.reports.audience import Audience

__all__ = ["draft_line", "draft_lines", "draft_words", "issued_page", "issued_words"]


def draft_line() -> str:
    """The line of a draft, as it stands in the page."""
    return _line("draft", say("Draft"), say("Not issued."))


def _line(kind: str, lead: str, words: str) -> str:
    return (
        f'<p class="edition {kind}" role="note"><strong>{escape(lead)}</strong> '
        f"<span>{escape(words)}</span></p>"
    )


def draft_lines(audience: Audience) -> str:
    """What stands above the page of a draft: that it is one, and who may not see it."""
    if not audience.warning:
        return draft_line()
    lead, words = escape(say("Restricted")), escape(audience.warning)
    return f'{draft_line()}<p class="edition"><strong>{lead}</strong> {words}</p>'


def draft_words(audience: Audience) -> str:
    """The same as plain words, for documents of other formats."""
    return _with_warning(say("Draft, not issued"), audience)


def issued_words(by: str, day: str, audience: Audience) -> str:
    """What such a document says once it is issued."""
    return _with_warning(say("Issued on {day} by {name}", day=day, name=by), audience)


def _with_warning(words: str, audience: Audience) -> str:
    return f"{words}. {audience.warning.rstrip('.')}" if audience.warning else words


def issued_page(page: str, by: str, day: str) -> str:
    """The page of a draft as it reads once it is issued, in the language that is spoken.

    Parameters
    ----------
    page : str
        The page of the draft.
    by : str
        Who issues it.
    day : str
        When, such as ``2026-11-26``.

    Returns
    -------
    str

    Raises
    ------
    ReportError
        If the page has no line that says draft in that language, or several.
    """
    from portfolio.figures.labels import clean  # loads the figures, which a run has no need of

    draft = draft_line()
    if page.count(draft) != 1:
        raise ReportError("The page has no single line that says draft, so it cannot be issued.")
    words = say("On {day} by {name}.", day=day, name=clean(by))
    return page.replace(draft, _line("issued", say("Issued"), words))
