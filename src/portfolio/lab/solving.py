"""Solves in a process of their own, so that one can be stopped while everything else goes on."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from portfolio.data.portfolio import Portfolio
from portfolio.lab.answer import Found
from portfolio.models.outcome import Settings
from portfolio.scenario import Scenario

__all__ = ["Solving"]

_GONE = "The process that solves has ended by itself; perhaps there was too little memory."


class Solving:
    """Solves, one at a time.

    The process is started ahead, since loading a solver takes a second or two, and
    is kept for the next question.

    Parameters
    ----------
    lock : threading.RLock
        Held while anything is told; whoever holds it is not told of an older solve.
    doing : callable
        Is told in words what is being done.
    found : callable
        Is given what was found.
    failed : callable
        Is told why nothing was found.

    Notes
    -----
    All three are called from a thread, and never after `stop` has returned.
    """

    def __init__(
        self,
        lock: threading.RLock,
        doing: Callable[[str], None],
        found: Callable[[Found], None],
        failed: Callable[[str], None],
    ) -> None:
        self._hearers: dict[str, Callable[[Any], None]] = {
            "doing": doing,
            "found": found,
            "failed": failed,
        }
        self._lock = lock
        self._process: subprocess.Popen[bytes] | None = None
        self._idle = threading.Event()
        self._idle.set()

    @property
    def busy(self) -> bool:
        """Whether something is being solved."""
        return not self._idle.is_set()

    def wait(self) -> None:
        """Wait until nothing is being solved; not to be called by whoever holds the lock."""
        self._idle.wait()

    def warm_up(self) -> None:
        """Start the process, where there is none."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = _started()
                threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def ask(self, portfolio: Portfolio, scenario: Scenario, settings: Settings) -> None:
        """Ask for the best plan; what comes of it is told to those who hear.

        Raises
        ------
        RuntimeError
            If another solve is still going on.
        """
        question = pickle.dumps((portfolio, scenario, settings), pickle.HIGHEST_PROTOCOL)
        with self._lock:
            if self.busy:
                raise RuntimeError("a solve is going on; stop it first")
            self.warm_up()
            assert self._process is not None
            self._idle.clear()
            # The process may still be loading, and a large question waits to be read.
            sender = threading.Thread(target=_send, args=(self._process, question), daemon=True)
        sender.start()

    def stop(self) -> bool:
        """End the solve that is going on; whether there was one."""
        with self._lock:
            was_busy = self.busy
            if was_busy:
                self.close()
        return was_busy

    def close(self) -> None:
        """End the process."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                _ended(process)
            self._idle.set()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        while True:
            try:
                kind, content = pickle.load(process.stdout)  # from a process that we started
            except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                self._lost(process)
                return
            self._tell(process, kind, content)

    def _lost(self, process: subprocess.Popen[bytes]) -> None:
        """Tell that a process has ended by itself; whoever asks next gets another."""
        with self._lock:
            self._tell(process, "failed", _GONE)
            if self._process is process:
                self._process = None
        _ended(process)

    def _tell(self, process: subprocess.Popen[bytes], kind: str, content: Any) -> None:
        with self._lock:
            if self._process is not process or not self.busy:
                return  # stopped, or ended between two solves
            try:
                self._hearers[kind](content)
            finally:
                if kind != "doing":
                    self._idle.set()


def _started() -> subprocess.Popen[bytes]:
    # The code of this process, wherever it was imported from.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    return subprocess.Popen(
        [sys.executable, "-m", "portfolio.lab.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        # A session of its own: an interrupt of the notebook's kernel does not reach it.
        start_new_session=True,
    )


def _send(process: subprocess.Popen[bytes], question: bytes) -> None:
    assert process.stdin is not None
    # Where the process has ended, the one who listens to it says so.
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(question)
        process.stdin.flush()


def _ended(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, if it has not ended by itself."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        # What was still to be written has nobody to read it; what is being read ends itself.
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()
