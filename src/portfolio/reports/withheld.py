"""Errors of a run that is kept, told without naming anybody.

A failed run stays among the reports with the sentence that says why; where a report shows
people by pseudonyms, that sentence, and the notebook with it, must not undo them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from portfolio.data.portfolio import Portfolio
from portfolio.data.schema import dictionary
from portfolio.errors import DataError, Fault, PortfolioError
from portfolio.reports.pseudonyms import pseudonyms

__all__ = ["places_only", "renaming", "replacing", "under_pseudonyms"]

_HEADER = 1
# From so many signs on a word in other letters is taken for the same.
_SURE = 3


@contextmanager
def places_only() -> Iterator[None]:
    """Say of a fault in a table about people only where it is.

    Raises
    ------
    DataError
        With as many faults as the one that was raised.
    """
    try:
        yield
    except DataError as error:
        raise DataError([_place_of(fault) for fault in error.faults]) from None


def _place_of(fault: Fault) -> Fault:
    table = dictionary().get(fault.table)
    whole = fault.row is None or fault.row == _HEADER
    if whole or table is None or "person_id" not in table.names:
        return fault
    rule, remedy = "has a fault that may name somebody", "portfolio check says which"
    return replace(fault, value="", rule=rule, remedy=remedy)


@contextmanager
def under_pseudonyms(portfolio: Portfolio) -> Iterator[None]:
    """Say whatever goes wrong with pseudonyms in the place of people's ids and names.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.

    Raises
    ------
    PortfolioError
        The one that was raised, in other words.
    """
    try:
        yield
    except PortfolioError as error:
        say = renaming(portfolio)
        error.args = tuple(say(str(word)) for word in error.args)
        if isinstance(error, DataError):
            error.faults = tuple(
                replace(f, value=say(f.value), rule=say(f.rule), remedy=say(f.remedy))
                for f in error.faults
            )
        raise error from None


def renaming(portfolio: Portfolio) -> Callable[[str], str]:
    """What says a text with pseudonyms in the place of people's ids and names."""
    people = portfolio.tables["people"]
    called = pseudonyms(portfolio)
    names = zip(people["name"], people["person_id"], strict=True)
    return replacing({**{name: called[person] for name, person in names if name}, **called})


def replacing(words: Mapping[str, str]) -> Callable[[str], str]:
    """What says a text with some whole words replaced, in capitals or not.

    Parameters
    ----------
    words : mapping of str to str
        What is replaced, and by what.
    """
    if not words:
        return lambda text: text
    # The longest first: an id may be the beginning of another one. Each is a group of its own,
    # since what was found may be written in other letters than what was looked for.
    ordered = sorted(words, key=len, reverse=True)
    either = "|".join(f"({_pattern(word)})" for word in ordered)
    known = re.compile(rf"(?<!\w)(?:{either})(?!\w)")

    def said(found: re.Match[str]) -> str:
        assert found.lastindex is not None
        return words[ordered[found.lastindex - 1]]

    return lambda text: known.sub(said, text)


def _pattern(word: str) -> str:
    """A word in any letters; a very short one, such as the id A, only as it is."""
    plain = re.escape(word)
    return f"(?i:{plain})" if len(word) >= _SURE else plain
