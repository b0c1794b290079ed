"""Calls of functions side by side, in processes of their own.

Processes, since a solver does not share its threads; not `multiprocessing`, which
would run the caller's script again, and not forks, which would lose threads that
are there.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any

from portfolio.errors import PortfolioError, SolveError
from portfolio.language import language, speak
from portfolio.models.search.crew import processors, python_process

__all__ = ["Call", "SideBySide", "main", "processors"]

Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function that a module has by name, and its arguments."""

_Said = tuple[str, Callable[..., Any], tuple[Any, ...]]
"""A call, and before it the language that its caller speaks."""

_CODE = "from portfolio.analysis.side_by_side import main; main()"


class SideBySide:
    """Processes that make calls; they end with the ``with`` block, or with this process.

    Parameters
    ----------
    most : int
        How many may run at a time.
    """

    def __init__(self, most: int) -> None:
        self._threads = ThreadPoolExecutor(max(most, 1))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._over = False

    def __enter__(self) -> SideBySide:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._over = True
            for process in self._processes:
                process.kill()
        # Threads wait for processes alone, and so they end too.
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.wait()
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                _close(stream)

    def results(
        self, calls: Sequence[Call], ended: Callable[[int, Any], None] | None = None
    ) -> list[Any]:
        """What each call returns.

        Parameters
        ----------
        calls : sequence of Call
            Begun in this order.
        ended : callable, optional
            Is told the number and the result of each call when it ends.

        Returns
        -------
        list
            In the order of the calls.

        Raises
        ------
        SolveError
            If a call fails, or its process ends before it.
        """
        numbers = {self._threads.submit(self._result, call): n for n, call in enumerate(calls)}
        found: dict[int, Any] = {}
        waiting: set[Future[Any]] = set(numbers)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                number = numbers[future]
                found[number] = future.result()
                if ended is not None:
                    ended(number, found[number])
        return [found[number] for number in range(len(calls))]

    def _result(self, call: Call) -> Any:
        process = self._process()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump((language(), *call), process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            done, content = pickle.load(process.stdout)  # from a process that we started
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise SolveError(
                f"a process that was solving ended before it was done (exit code "
                f"{process.wait()}); where memory ran out, give fewer threads"
            ) from error
        self._idle.put(process)
        if not done:
            raise SolveError(content)
        return content

    def _process(self) -> subprocess.Popen[bytes]:
        """A process that has nothing to do, or a new one."""
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            pass
        with self._lock:
            if self._over:
                raise SolveError("the work was ended")
            process = python_process(_CODE)
            self._processes.append(process)
        return process


def _close(stream: Any) -> None:
    try:
        stream.close()
    except OSError:
        # What was still to be written has nobody to read it.
        return


def main() -> None:
    """Read calls one after the other, make them, and write what they return."""
    # An interrupt is the caller's to handle, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get between what is written.
    os.dup2(2, 1)
    calls: queue.SimpleQueue[_Said] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(calls,), daemon=True).start()
    while True:
        tongue, function, arguments = calls.get()
        speak(tongue)
        try:
            said = (True, function(*arguments))
        except PortfolioError as error:
            said = (False, str(error))
        except Exception:  # noqa: BLE001
            # Raised by the caller in words: an end of this process would not say what failed.
            said = (False, f"a solve failed in its process:\n{traceback.format_exc()}")
        pickle.dump(said, out, protocol=pickle.HIGHEST_PROTOCOL)
        out.flush()


def _hear(calls: queue.SimpleQueue[_Said]) -> None:
    while True:
        try:
            calls.put(pickle.load(sys.stdin.buffer))  # from the process that started this one
        except (EOFError, OSError):
            # The caller is done, or has died: nothing is left to work for.
            os._exit(0)
