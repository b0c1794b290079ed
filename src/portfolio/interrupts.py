"""Signals that end a run, as an exception, and held back while a step must not be cut in two."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

__all__ = ["Interrupted", "ended_words", "exit_code_of", "interruptible", "uninterrupted"]

# Ctrl-C; the end that a scheduler or a shutdown asks for; a terminal that was closed
_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Interrupted(KeyboardInterrupt):
    """The run was told to end.

    Parameters
    ----------
    signum : int
        The signal.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(f"the run was ended by {signal.Signals(signum).name}")
        self.exit_code = 128 + signum


def ended_words(error: KeyboardInterrupt) -> str:
    """What ended a run, without a full stop."""
    return str(error) if isinstance(error, Interrupted) else "the run was interrupted"


def exit_code_of(error: KeyboardInterrupt) -> int:
    """What a command exits with that was told to end: 128 and the number of the signal."""
    return error.exit_code if isinstance(error, Interrupted) else 128 + signal.SIGINT


@contextmanager
def interruptible() -> Iterator[None]:
    """Make every signal that ends a run an `Interrupted`, while this lasts.

    Only the main thread may say what a signal does; elsewhere nothing is changed. A signal that
    is ignored, as under ``nohup``, stays ignored.
    """
    with _handled(_raise, lambda handler: handler is not signal.SIG_IGN):
        yield


@contextmanager
def uninterrupted() -> Iterator[Callable[[], bool]]:
    """Hold signals back while this lasts; one that came is then heard as it would have been.

    Those are held back that Python hears, as it hears Ctrl-C or what `interruptible` has it
    hear; a signal that ends the process by itself still does.

    Yields
    ------
    callable
        Whether a signal is waiting: long work in a library, which no signal cuts off, can ask.
    """
    waiting: list[tuple[int, FrameType | None]] = []
    with _handled(lambda *heard: waiting.append(heard), callable) as before:
        yield lambda: bool(waiting)
    for signum, frame in waiting[-1:]:
        before[signum](signum, frame)


def _raise(signum: int, _frame: FrameType | None) -> NoReturn:
    raise Interrupted(signum)


@contextmanager
def _handled(
    hear: Callable[[int, FrameType | None], Any], wanted: Callable[[Any], bool]
) -> Iterator[dict[int, Any]]:
    """Have signals heard, of those whose handlers are wanted; yields these handlers."""
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        handlers = {number: signal.getsignal(number) for number in _SIGNALS}
        before = {number: handler for number, handler in handlers.items() if wanted(handler)}
    try:
        for number in before:
            signal.signal(number, hear)
        yield before
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
