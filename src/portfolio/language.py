"""The language of what is published: its words, its plurals, its numbers and its days.

Words stand in the code in English, and a catalogue has them in each further language
(``locale/<language>/LC_MESSAGES/portfolio.po``, in the format of gettext). What is said
is looked up when it is said, so that one process can speak one language after another::

    with spoken("nl"):
        plural("{n} project", "{n} projects", 3)  # 3 projecten

A language is of the whole process, threads included, and not of a call: a report is in one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

__all__ = [
    "ENGLISH",
    "date_words",
    "decimal",
    "language",
    "language_tag",
    "language_words",
    "languages",
    "listed",
    "mark",
    "number_signs",
    "plural",
    "say",
    "speak",
    "spoken",
]

ENGLISH: Final = "en"
_LOCALES = Path(__file__).parent / "locale"
_DOMAIN = "portfolio"
_spoken = ENGLISH


def languages() -> tuple[str, ...]:
    """The languages that are shipped, English first: ``("en", "nl")``."""
    shipped = _LOCALES.glob(f"*/LC_MESSAGES/{_DOMAIN}.po")
    return (ENGLISH, *sorted(path.parts[-3] for path in shipped))


def language() -> str:
    """The language that is spoken now, such as ``nl`` (BCP 47)."""
    return _spoken


def language_words(code: str) -> str:
    """What a language is called in the one that is spoken: ``Dutch``, ``Nederlands``."""
    from babel import Locale

    return str(Locale.parse(code).get_language_name(_spoken) or code)


def language_tag(code: str) -> str:
    """A language with the land whose spelling is meant: ``en-GB``, ``nl-NL``.

    Parameters
    ----------
    code : str
        Such as ``nl``.
    """
    from babel.core import get_global

    if code == ENGLISH:
        return "en-GB"
    likely = str(get_global("likely_subtags").get(code, code)).split("_")
    return f"{code}-{likely[-1]}" if len(likely) > 1 else code


def speak(code: str) -> None:
    """Speak a language from now on.

    Parameters
    ----------
    code : str
        One of `languages`.

    Raises
    ------
    ValueError
        If the language is not shipped.
    """
    global _spoken
    known = languages()
    if code not in known:
        raise ValueError(f"'{code}' is not a language of reports; there are {', '.join(known)}")
    _spoken = code


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Speak a language within a ``with`` block.

    Parameters
    ----------
    code : str
        One of `languages`.

    Raises
    ------
    ValueError
        If the language is not shipped.
    """
    before = _spoken
    speak(code)
    try:
        yield
    finally:
        speak(before)


def mark(text: str) -> str:
    """A text as it is, for the catalogue: `say` it where it is needed.

    Parameters
    ----------
    text : str
        Words of a constant, which is made before a language is chosen.
    """
    return text


def say(text: str, /, **fields: object) -> str:
    """Words in the language that is spoken.

    Parameters
    ----------
    text : str
        In English, a constant or one that was marked; its parts that vary are named in
        braces, since their order is another in other languages.
    **fields : object
        What stands for the names.

    Returns
    -------
    str
        In English where the catalogue lacks it.
    """
    said = _catalogue(_spoken).gettext(text)
    return said.format(**fields) if fields else said


def plural(one: str, many: str, number: int, /, **fields: object) -> str:
    """Words that depend on a number, in the language that is spoken.

    Parameters
    ----------
    one, many : str
        In English, for 1 and for other numbers; ``{n}`` stands for the number.
    number : int
    **fields : object
        What stands for further names.
    """
    said = _catalogue(_spoken).ngettext(one, many, number)
    return said.format(n=decimal(number, ",d"), **fields)


def listed(parts: Iterable[str]) -> str:
    """Parts in a row: ``a``, ``a and b``, ``a, b and c``.

    Parameters
    ----------
    parts : iterable of str
        At least one.
    """
    *before, last = parts
    return say("{before} and {last}", before=", ".join(before), last=last) if before else last


def decimal(value: float, form: str, *, short: bool = False) -> str:
    """A number with the signs of the language.

    Parameters
    ----------
    value : float
    form : str
        As for `format`, such as ``,.1f``; rounded as Python rounds.
    short : bool
        Without zeros at the end of its decimals.

    Returns
    -------
    str
        ``1,250.5`` in English, ``1.250,5`` in Dutch.
    """
    text = format(value, form)
    if short and "." in text:
        text = text.rstrip("0").rstrip(".")
    if _spoken == ENGLISH:
        return text
    point, group = number_signs()
    return text.translate({ord("."): point, ord(","): group})


def number_signs() -> tuple[str, str]:
    """The decimal sign and the sign between thousands: ``.`` and ``,`` in English."""
    return _signs(_spoken)


def date_words(day: dt.date, pattern: str) -> str:
    """A day in words.

    Parameters
    ----------
    day : datetime.date
    pattern : str
        By Unicode's date patterns, such as ``d MMMM y``, ``LLL y`` and ``QQQ y``.

    Returns
    -------
    str
        ``3 September 2026``, ``Sep 2026`` and ``Q3 2026`` in English.
    """
    return _format_date(day, pattern, _spoken)


@cache
def _format_date(day: dt.date, pattern: str, code: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, pattern, locale=code))


@cache
def _signs(code: str) -> tuple[str, str]:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_decimal_symbol(code), get_group_symbol(code)


@cache
def _catalogue(code: str) -> NullTranslations:
    """The words of a language; compiled here, so that a catalogue is text alone."""
    if code == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (_LOCALES / code / "LC_MESSAGES" / f"{_DOMAIN}.po").open("rb") as file:
        catalogue = read_po(file, locale=code, domain=_DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
