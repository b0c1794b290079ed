"""What a board reads in Dutch, where a sentence is made of parts or of another's sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.language import spoken
from portfolio.reports import project_lists, sections, sentences
from portfolio.reports.appendix import appendix
from portfolio.reports.audience import WITHOUT_LEAVE

from . import boards

Small = Callable[..., Portfolio]


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    with spoken("nl"):
        yield


def test_sentences_of_page_one(small: Small) -> None:
    board = boards.solve(
        small(
            {
                "A": {"value": 3, "cost": [9000], "name": "Alpha"},
                "B": {"value": 5, "cost": [9000], "name": "Beta"},
            },
            periods=1,
            budget=10_000,
        ),
        next_best=True,
    )
    assert sentences.approve_sentence(board) == (
        "Keur 1 project goed van in totaal € 9,0 dzd, uiterlijk op 1 januari 2027."
    )
    assert sentences.next_best_sentence(board) == (
        "De op één na beste keuze neemt Alpha op en laat Beta vallen, voor 40,00 % minder waarde."
    )
    said = sentences.cannot_sentence(board)
    assert said.startswith(
        "1 project zit niet in het plan, ter waarde van 38 % van de voorgestelde waarde. "
        "Het waardevolste is Alpha: "
    )
    # of the project's reason, what comes after its decision alone
    (reason,) = board.named("left_out")["reason"]
    decision, why = reason.split(": ", 1)
    assert said.endswith(f"Alpha: {why}")
    assert decision not in said
    html = str(sections.asks(board))
    assert "01-01-2027" in html
    assert "Goedkeuren" in html
    assert "Niet in het plan" in str(project_lists.left_out(board))
    assert "Rekenprogramma" in str(appendix(board, ""))


def test_reasons_name_no_role_of_few_people(small: Small) -> None:
    """Whatever stands around a role's name in the sentences of a language."""
    board = boards.solve(
        small(
            {
                "A": {"value": 3, "cost": [1], "need": {"S": [0.5]}, "name": "Alpha"},
                "B": {"value": 2, "cost": [1], "need": {"S": [0.6]}, "name": "Beta"},
            },
            periods=1,
            budget=3,
            people={"s": {"S": 1.0}},
        ),
        audience=WITHOUT_LEAVE,
    )
    assert board.roles.hidden == {"S"}
    reasons = " ".join(board.projects["reason"])
    assert "role S" not in reasons
    assert "functies met weinig mensen" in reasons
    named = replace(board, audience=boards.EACH_ROLE)
    assert "role S" in " ".join(named.projects["reason"])
