"""Signals: as exceptions that know their exit codes, and held back where a step must be whole."""

from __future__ import annotations

import signal
import threading

import pytest

from portfolio.interrupts import (
    Interrupted,
    ended_words,
    exit_code_of,
    interruptible,
    uninterrupted,
)

pytestmark = pytest.mark.usefixtures("signals_heard")


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_is_an_exception_that_knows_its_exit_code(name: str, code: int) -> None:
    with pytest.raises(Interrupted) as caught, interruptible():
        signal.raise_signal(signal.Signals[name])
    assert (exit_code_of(caught.value), ended_words(caught.value)) == (
        code,
        f"the run was ended by {name}",
    )


def test_a_plain_interrupt_is_that_of_the_keyboard() -> None:
    assert exit_code_of(KeyboardInterrupt()) == 130
    assert ended_words(KeyboardInterrupt()) == "the run was interrupted"


def test_what_is_held_back_is_heard_at_the_end_and_as_before() -> None:
    done: list[object] = []

    def work() -> None:
        with uninterrupted() as waiting:
            done.append(waiting())
            signal.raise_signal(signal.SIGINT)
            done.append(waiting())

    with pytest.raises(KeyboardInterrupt) as caught:
        work()
    assert done == [False, True]
    assert type(caught.value) is KeyboardInterrupt


def test_of_two_that_hold_back_the_outer_one_decides_when_it_is_heard() -> None:
    done: list[str] = []

    def work() -> None:
        with interruptible(), uninterrupted():
            with uninterrupted():
                signal.raise_signal(signal.SIGTERM)
            done.append("after the inner one")

    with pytest.raises(Interrupted, match="SIGTERM"):
        work()
    assert done == ["after the inner one"]


def test_what_ends_the_process_by_itself_or_is_ignored_is_left_alone() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with interruptible():
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    with uninterrupted():
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_another_thread_changes_nothing() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work() -> None:
        with interruptible(), uninterrupted() as waiting:
            seen.append((signal.getsignal(signal.SIGINT), waiting()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(before, False)]
