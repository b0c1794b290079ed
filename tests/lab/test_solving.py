"""Solves in a process of their own."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.lab.solving import Solving
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.scenario import Scenario

EXACT = Settings(gap=0.0, threads=1)
PATIENCE = 120.0


class Desk:
    """Solves, and what they say."""

    def __init__(self) -> None:
        self.said: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.solving = Solving(
            threading.RLock(), self.hear("doing"), self.hear("found"), self.hear("failed")
        )

    def hear(self, kind: str) -> Callable[[Any], None]:
        return lambda content: self.said.put((kind, content))

    def outcome(self) -> tuple[str, Any]:
        """The first thing said that is no news of progress."""
        while True:
            kind, content = self.said.get(timeout=PATIENCE)
            if kind != "doing":
                return kind, content


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    one = Desk()
    yield one
    one.solving.close()


def test_it_finds_what_is_found_here(desk: Desk, explored: Portfolio) -> None:
    desk.solving.ask(explored, Scenario(), EXACT)
    assert desk.said.get(timeout=PATIENCE)[0] == "doing"
    kind, found = desk.outcome()
    assert kind == "found"
    here = optimize(explored, Scenario(), EXACT)
    assert found.plan.selection.equals(here.selection)
    desk.solving.wait()
    assert not desk.solving.busy


def test_what_does_not_fit_is_a_sentence(desk: Desk, explored: Portfolio) -> None:
    desk.solving.ask(explored, replace(Scenario(), objectives=("npv",), give_up=(0.0,)), EXACT)
    kind, words = desk.outcome()
    assert kind == "failed"
    assert "need the table benefits" in words


def test_it_is_stopped_and_asked_again(desk: Desk, explored: Portfolio) -> None:
    assert not desk.solving.stop()
    desk.solving.ask(explored, Scenario(), EXACT)
    with pytest.raises(RuntimeError, match="stop it first"):
        desk.solving.ask(explored, Scenario(), EXACT)
    assert desk.solving.stop()
    assert not desk.solving.busy
    desk.solving.wait()
    # Whatever the stopped one was about to say is not heard.
    while not desk.said.empty():
        assert desk.said.get()[0] == "doing"
    desk.solving.ask(explored, Scenario(), EXACT)
    assert desk.outcome()[0] == "found"


def test_a_process_that_dies_is_told_and_replaced(desk: Desk, explored: Portfolio) -> None:
    desk.solving.ask(explored, Scenario(), EXACT)
    process = desk.solving._process
    assert process is not None
    process.kill()
    kind, words = desk.outcome()
    assert kind == "failed"
    assert "ended by itself" in words
    desk.solving.ask(explored, Scenario(), EXACT)
    assert desk.outcome()[0] == "found"


def test_it_ends_with_the_one_who_asks(explored: Portfolio) -> None:
    desk = Desk()
    desk.solving.ask(explored, Scenario(), EXACT)
    process = desk.solving._process
    assert process is not None
    assert process.stdin is not None
    assert desk.outcome()[0] == "found"
    process.stdin.close()
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.poll() == 0
    desk.solving.close()
