"""What may not be named is not named, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.reports.withheld import replacing

WORDS = {"Nightjar": "a confidential project", "P7": "project 7", "A": "somebody", "An": "no one"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Without Nightjar", "Without a confidential project"),
        (
            "without NIGHTJAR and nightjar",
            "without a confidential project and a confidential project",
        ),
        ("Nightjars stay", "Nightjars stay"),
        ("P7, not p7", "project 7, not p7"),
        ("A works a day", "somebody works a day"),
        ("An apple a day", "no one apple a day"),
    ],
)
def test_whole_words_are_replaced_in_capitals_or_not(text: str, said: str) -> None:
    assert replacing(WORDS)(text) == said


def test_the_longest_word_is_replaced_first() -> None:
    say = replacing({"Dam": "one", "Dam wall": "another"})
    assert say("the dam wall and the dam") == "the another and the one"


@given(st.text(alphabet=st.characters(categories=("Lu", "Ll"), max_codepoint=127), min_size=3))
def test_no_letters_hide_a_name(name: str) -> None:
    say = replacing({name: "*"})
    for written in (name, name.upper(), name.lower(), name.swapcase()):
        assert say(f"on {written}.").endswith("*.")
