"""Words, numbers and days in each language, and catalogues that lack nothing."""

from __future__ import annotations

import ast
import datetime as dt
import string
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from portfolio.language import (
    ENGLISH,
    date_words,
    decimal,
    language,
    language_words,
    languages,
    listed,
    plural,
    say,
    speak,
    spoken,
)

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "portfolio"
FURTHER = [code for code in languages() if code != ENGLISH]
MAPPING = [("**.py", "python"), ("**.j2", "jinja2")]
KEYWORDS = {"say": None, "mark": None, "plural": (1, 2)}


def catalogue(code: str) -> Catalog:
    path = PACKAGE / "locale" / code / "LC_MESSAGES" / "portfolio.po"
    with path.open("rb") as file:
        return read_po(file, locale=code)


def texts(words: Any) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, tuple | list) else (words,)


def fields(words: Any) -> list[set[str]]:
    return [{name for _, name, _, _ in string.Formatter().parse(t) if name} for t in texts(words)]


@pytest.fixture(scope="module")
def said() -> set[tuple[str, ...]]:
    """All that the code says."""
    found = extract_from_dir(PACKAGE, MAPPING, keywords=KEYWORDS)
    return {texts(message) for _, _, message, _, _ in found}


def test_dutch_is_shipped() -> None:
    assert languages()[:1] == (ENGLISH,)
    assert "nl" in languages()


@pytest.mark.parametrize("code", FURTHER)
def test_a_catalogue_has_all_that_the_code_says_and_nothing_else(
    code: str, said: set[tuple[str, ...]]
) -> None:
    found = {texts(message.id): message.string for message in catalogue(code) if message.id}
    assert set(found) == said
    assert [words for words, string in found.items() if not all(texts(string))] == []


@pytest.mark.parametrize("code", FURTHER)
def test_a_translation_has_the_fields_of_the_original(code: str) -> None:
    for message in catalogue(code):
        if message.id:
            # One of a plural's forms may say its number in a word.
            wanted = set.union(*fields(message.id)) - {"n"}
            for found in fields(message.string):
                assert found - {"n"} == wanted, message.id


def test_what_is_said_is_a_constant() -> None:
    """A text that is put together before it is looked up is in no catalogue."""
    faults = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in KEYWORDS
            ):
                texts_given = node.args[: 2 if node.func.id == "plural" else 1]
                if any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in texts_given):
                    faults.append(f"{path.name}:{node.lineno}")
    assert faults == []


def test_numbers_have_the_signs_of_the_language() -> None:
    assert decimal(1250.5, ",.1f") == "1,250.5"
    with spoken("nl"):
        assert decimal(1250.5, ",.1f") == "1.250,5"
        assert decimal(1250.0, ",.1f", short=True) == "1.250"
        assert decimal(-0.25, ".2f") == "-0,25"
        assert decimal(0.125, ".1%") == "12,5%"


@given(st.floats(-1e12, 1e12))
def test_a_number_is_the_same_in_each_language(value: float) -> None:
    plain = format(value, ",.3f").replace(",", "")
    with spoken("nl"):
        assert decimal(value, ",.3f").replace(".", "").replace(",", ".") == plain


def test_days_are_in_the_words_of_the_language() -> None:
    day = dt.date(2026, 3, 1)
    assert date_words(day, "d MMMM y") == "1 March 2026"
    assert date_words(day, "QQQ y") == "Q1 2026"
    with spoken("nl"):
        assert date_words(day, "d MMMM y") == "1 maart 2026"
        assert date_words(day, "QQQ y") == "K1 2026"


def test_words_that_depend_on_a_number() -> None:
    said = [plural("{n} earlier run", "{n} earlier runs", number) for number in (0, 1, 1250)]
    assert said == ["0 earlier runs", "1 earlier run", "1,250 earlier runs"]
    with spoken("nl"):
        assert plural("{n} earlier run", "{n} earlier runs", 1250).startswith("1.250 ")


def test_parts_in_a_row() -> None:
    assert [listed("abc"[:most]) for most in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    with spoken("nl"):
        assert listed("abc") == "a, b en c"


def test_a_language_is_spoken_within_its_block_alone() -> None:
    with spoken("nl"):
        assert language() == "nl"
        assert say("Draft") == "Concept"
        assert language_words("nl") == "Nederlands"
    assert language() == ENGLISH
    assert say("Draft") == "Draft"
    assert say("no words of ours") == "no words of ours"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'xx' is not a language of reports; there are en, nl"):
        speak("xx")
    assert language() == ENGLISH


def test_the_names_of_fields_are_no_part_of_what_is_said() -> None:
    assert say("{part} of {whole}", part="{whole}", whole="}") == "{whole} of }"


def test_the_code_is_read_as_make_words_reads_it() -> None:
    import tomllib

    with (ROOT / "pyproject.toml").open("rb") as file:
        mappings = tomllib.load(file)["tool"]["babel"]["mappings"]
    expected = [(one["pattern"].removeprefix("src/portfolio/"), one["method"]) for one in mappings]
    assert expected == MAPPING
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in ("say", "mark", "plural:1,2"):
        assert f"--keyword {word}" in makefile
