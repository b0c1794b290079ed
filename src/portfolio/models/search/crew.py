"""The worker processes of a search, and the threads that talk with them."""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from portfolio.models.search.job import Job

__all__ = ["Crew", "processors", "python_process"]

_CODE = "from portfolio.models.search.worker import main; main()"


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def python_process(code: str) -> subprocess.Popen[bytes]:
    """Another Python that runs some code with the code of this process, wherever it came from."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, env=environment)


class Crew:
    """Worker processes, which end with this one, and what they say.

    Parameters
    ----------
    jobs : sequence of Job
        One a process.

    Attributes
    ----------
    said : queue.SimpleQueue
        Number of the worker, kind, and content; kind ``gone`` with the exit
        code when a process has ended.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.said: queue.SimpleQueue[tuple[int, str, Any]] = queue.SimpleQueue()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._orders: list[queue.SimpleQueue[bytes | None]] = []
        self._threads: list[threading.Thread] = []
        try:
            for number, job in enumerate(jobs):
                self._start(number, job)
        except BaseException:
            # Nobody else knows of those that have begun; an interrupt may come here as well.
            self.dismiss()
            raise

    def _start(self, number: int, job: Job) -> None:
        process = python_process(_CODE)
        self._processes.append(process)
        self._orders.append(queue.SimpleQueue())
        for task in (self._listen, self._send):
            thread = threading.Thread(target=task, args=(number,), daemon=True)
            thread.start()
            self._threads.append(thread)
        self._orders[number].put(pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL))

    def tell(self, number: int, kind: str, content: Any) -> None:
        """Tell one worker; never waits for it."""
        self._orders[number].put(pickle.dumps((kind, content), protocol=pickle.HIGHEST_PROTOCOL))

    def _send(self, number: int) -> None:
        stream = self._processes[number].stdin
        assert stream is not None
        while (order := self._orders[number].get()) is not None:
            try:
                stream.write(order)
                stream.flush()
            except (OSError, ValueError):
                return

    def _listen(self, number: int) -> None:
        process = self._processes[number]
        assert process.stdout is not None
        while True:
            try:
                kind, content = pickle.load(process.stdout)  # from a process that we started
            except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                self.said.put((number, "gone", process.wait()))
                return
            self.said.put((number, kind, content))

    def dismiss(self) -> None:
        """End all workers, and wait until they are gone."""
        for process in self._processes:
            process.kill()
        for orders in self._orders:
            orders.put(None)
        for process in self._processes:
            process.wait()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    _close(stream)


def _close(stream: Any) -> None:
    try:
        stream.close()
    except OSError:
        # What was still to be written has nobody to read it.
        return
