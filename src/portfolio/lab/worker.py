"""A process that solves what it is asked and says what it does, until it is ended.

It reads questions from standard input and writes what it has to say to standard
output, both pickled; it ends when nobody is left to ask.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from typing import Any, BinaryIO

from portfolio.errors import PortfolioError
from portfolio.lab.answer import find

__all__ = ["main"]


def main() -> None:
    """Answer questions until standard input ends."""
    # An interrupt is for whoever asks, who then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get between what is written.
    os.dup2(2, 1)
    questions: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(sys.stdin.buffer, questions), daemon=True).start()
    while True:
        _answer(questions.get(), out)


def _answer(question: Any, out: BinaryIO) -> None:
    def tell(kind: str, content: object) -> None:
        pickle.dump((kind, content), out, protocol=pickle.HIGHEST_PROTOCOL)
        out.flush()

    try:
        portfolio, scenario, settings = question
        found = find(portfolio, scenario, settings, lambda words: tell("doing", words))
    except PortfolioError as error:
        tell("failed", str(error))
    except Exception as error:  # noqa: BLE001 -- the page is told, and the next question answered
        said = f"{type(error).__name__}: {error}".removesuffix(": ")
        tell("failed", f"This should not have happened: {said}")
    else:
        tell("found", found)


def _hear(source: BinaryIO, questions: queue.SimpleQueue[Any]) -> None:
    while True:
        try:
            questions.put(pickle.load(source))  # from the process that started this one
        except (EOFError, OSError):
            # Nobody is left to solve for, and a solve cannot be asked to end.
            os._exit(0)


if __name__ == "__main__":
    main()
