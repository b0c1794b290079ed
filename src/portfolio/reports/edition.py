"""The line on a page that says whether it is a draft or was issued, and what it shows of people.

A published run is never written to, so that its page always says draft. Who issues it gets the
same page once more, in a folder of its own, in which that line alone is another: so it can be
checked at any time, sign by sign, that what was issued is what was drafted.
"""

from __future__ import annotations

from html import escape

from portfolio.errors import ReportError
from portfolio.reports.audience import Audience

__all__ = ["DRAFT", "draft_lines", "draft_words", "issued_page", "issued_words"]

DRAFT = '<p class="edition draft" role="note"><strong>Draft</strong> <span>Not issued.</span></p>'
"""The line of a draft, as it stands in the page."""


def draft_lines(audience: Audience) -> str:
    """What stands above the page of a draft: that it is one, and who may not see it."""
    if not audience.warning:
        return DRAFT
    return f'{DRAFT}<p class="edition"><strong>Restricted</strong> {escape(audience.warning)}</p>'


def draft_words(audience: Audience) -> str:
    """The same as plain words, for documents of other formats."""
    return _with_warning("Draft, not issued", audience)


def issued_words(by: str, day: str, audience: Audience) -> str:
    """What such a document says once it is issued."""
    return _with_warning(f"Issued on {day} by {by}", audience)


def _with_warning(words: str, audience: Audience) -> str:
    return f"{words}. {audience.warning.rstrip('.')}" if audience.warning else words


def issued_page(page: str, by: str, day: str) -> str:
    """The page of a draft as it reads once it is issued.

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
        If the page has no line that says draft, or several.
    """
    from portfolio.figures.labels import clean  # loads the figures, which a run has no need of

    if page.count(DRAFT) != 1:
        raise ReportError("The page has no single line that says draft, so it cannot be issued.")
    words = f"On {day} by {escape(clean(by))}."
    line = f'<p class="edition issued" role="note"><strong>Issued</strong> <span>{words}</span></p>'
    return page.replace(DRAFT, line)
