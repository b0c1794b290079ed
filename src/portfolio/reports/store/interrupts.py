"""Signals that end a run, as an exception, and held back while a step must not be cut in two."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["Interrupted", "interruptible", "uninterrupted"]

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


class _Gate:
    """Whether signals are let through; one that comes meanwhile waits."""

    def __init__(self) -> None:
        self.closed = 0
        self.waiting = 0

    def on_signal(self, signum: int, _frame: FrameType | None) -> None:
        if self.closed:
            self.waiting = signum
        else:
            raise Interrupted(signum)


_GATE = _Gate()


@contextmanager
def interruptible() -> Iterator[None]:
    """Make every signal that ends a run an `Interrupted`, while this lasts.

    Only the main thread may say what a signal does; elsewhere nothing is changed. A signal that
    is ignored, as under ``nohup``, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, _GATE.on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold signals back while this lasts; one that came is then raised."""
    signum = 0
    _GATE.closed += 1
    try:
        yield
    finally:
        _GATE.closed -= 1
        if not _GATE.closed:
            signum, _GATE.waiting = _GATE.waiting, 0
    if signum:
        raise Interrupted(signum)
