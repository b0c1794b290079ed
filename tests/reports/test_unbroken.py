"""Amounts stay on one line, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.reports.html import render_html
from portfolio.reports.unbroken import unbroken

from . import documents


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("by £ 7.9 bn.", "by £_7.9_bn."),
        ("−£ 26.7 m", "−£_26.7_m"),
        ("CHF 1.2 k", "CHF_1.2_k"),
        ("€ 1,2 mln en € 3 dzd", "€_1,2_mln en €_3_dzd"),
        ("98 % of 12 roles", "98_% of 12 roles"),
        ("short of 0.25 FTE; 3 more", "short of 0.25_FTE; 3 more"),
        ("2,5 fte tekort; 3 meer", "2,5_fte tekort; 3 meer"),
        ("in 2027 m and NEXT 3", "in 2027_m and NEXT 3"),
        ("A 3 and B 4 kinds", "A 3 and B 4 kinds"),
    ],
)
def test_amounts_are_kept_together(text: str, shown: str) -> None:
    assert unbroken(text).replace("\u00a0", "_") == shown


@given(st.text())
def test_only_spaces_change(text: str) -> None:
    assert unbroken(text).replace("\u00a0", " ") == text.replace("\u00a0", " ")
    assert unbroken(unbroken(text)) == unbroken(text)


def test_a_page_keeps_amounts_together_and_its_drawings_as_they_are() -> None:
    page = render_html(documents.executed(["Pump", "Main"]), "Water")
    assert "€\u00a01.2\u00a0m" in page
    assert "€ 1.2 m" not in page
    assert page.count("<svg") > 0
    assert "\u00a0" not in "".join(part.split(">")[0] for part in page.split("<")[1:])
