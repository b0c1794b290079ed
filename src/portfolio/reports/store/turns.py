"""One run of a report at a time, and who it is.

A run holds a lock of the operating system as long as its process lives: killed, it holds it no
more, whatever became of its files and of the clock. So a run in the staging folder whose lock is
free is dead. Who holds a lock is told from the note that each run leaves in its staging folder.
"""

from __future__ import annotations

import getpass
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from portfolio.errors import ReportError
from portfolio.reports.store.address import Place
from portfolio.reports.store.seal import read_json, write_json

__all__ = [
    "BUSY",
    "LOCKS",
    "OWNER",
    "STAGING",
    "WORK",
    "Owner",
    "holder",
    "idle_seconds",
    "in_turn",
    "is_dead",
    "is_free",
    "is_told_dead",
    "owners",
]

BUSY: Final = 75
"""Exit code where somebody else is at work, and the same may be tried later (``EX_TEMPFAIL``)."""

STAGING: Final = ".staging"
LOCKS: Final = ".locks"
OWNER: Final = "owner.json"
WORK: Final = "run"
# Whoever lists the runs holds each lock for a moment, to see whether it is free.
_A_LOOK = 0.25
# A run of another computer may hold a lock that this one cannot see.
_FOREIGN_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Owner:
    """Who runs a run.

    Attributes
    ----------
    run_id : str
    place : Place
        The report, as it was asked for: the name of its lock.
    started : str
        When the run began, with its zone.
    host : str
        Name of the computer.
    pid : int
        Number of the process on it.
    user : str
        Who started it.
    """

    run_id: str
    place: Place
    started: str
    host: str
    pid: int
    user: str

    @classmethod
    def me(cls, run_id: str, place: Place, started: datetime) -> Owner:
        """The process that asks."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a user without a name, as in containers
            user = str(os.getuid())
        when = started.isoformat(timespec="seconds")
        return cls(run_id, place, when, socket.gethostname(), os.getpid(), user)

    @classmethod
    def of(cls, note: Mapping[str, Any]) -> Owner | None:
        """The owner that a note names; None where it is no such note."""
        place = Place.of(note["place"]) if isinstance(note.get("place"), dict) else None
        if place is None or not isinstance(note.get("pid"), int):
            return None
        run_id, started, host, user = (
            str(note.get(name)) for name in ("run_id", "started", "host", "user")
        )
        return cls(run_id, place, started, host, note["pid"], user)

    def write(self, folder: Path) -> None:
        """Leave the note in the run's staging folder."""
        write_json(folder / OWNER, asdict(self))

    def __str__(self) -> str:
        """In words, for a sentence."""
        return (
            f"process {self.pid} of {self.user} on {self.host}, run {self.run_id}, "
            f"since {self.started}"
        )


@contextmanager
def in_turn(
    reports: Path, place: Place, *, patience: float = _A_LOOK, published: bool = False
) -> Iterator[None]:
    """Be the only one who works on a report.

    Parameters
    ----------
    reports : Path
        The reports folder.
    place : Place
        The report.
    patience : float
        Seconds to wait for another one to end; by default as long as a look at the lock takes.
    published : bool
        Whether it is about what is published already, to issue or to remove it, which waits for
        no run.

    Raises
    ------
    ReportError
        If somebody else works on it; with exit code 75, and who it is.
    OSError
        If the folder cannot be written.
    """
    lock = _lock(reports, place, ".published" if published else "")
    Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(timeout=patience)
    except Timeout as error:
        who = holder(reports, place)
        raise ReportError(
            f"The {place} is being made already: by {who or 'another process'}. "
            "One run works at a time; try again when it has ended.",
            BUSY,
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_free(reports: Path, place: Place) -> bool:
    """Whether nobody works on a report."""
    lock = _lock(reports, place)
    if not Path(lock.lock_file).exists():
        return True
    try:
        with lock.acquire(timeout=0):
            return True
    except Timeout:
        return False


def is_dead(reports: Path, owner: Owner) -> bool:
    """Whether the process that runs a run in the staging folder has ended."""
    return is_free(reports, owner.place) and is_told_dead(reports, owner)


def is_told_dead(reports: Path, owner: Owner) -> bool:
    """Whether a free lock says that a run is dead; of another computer it may say nothing."""
    here = owner.host == socket.gethostname()
    return here or idle_seconds(reports / STAGING / owner.run_id) > _FOREIGN_SECONDS


def owners(reports: Path) -> list[Owner]:
    """The owners of all runs in the staging folder, dead ones too, in order of their begin."""
    notes = sorted((reports / STAGING).glob(f"*/{OWNER}"))
    found = (Owner.of(read_json(note)) for note in notes)
    return [owner for owner in found if owner is not None]


def holder(reports: Path, place: Place) -> Owner | None:
    """Who works on a report; None where it cannot be told."""
    of_report = [owner for owner in owners(reports) if owner.place == place]
    return of_report[-1] if of_report else None


def idle_seconds(folder: Path) -> float:
    """Seconds since anything was written in a folder of the staging folder."""
    inside = (*folder.glob("*"), *folder.glob(f"{WORK}/*"))
    return time.time() - max(path.stat().st_mtime for path in (folder, *inside))


def _lock(reports: Path, place: Place, suffix: str = "") -> FileLock:
    return FileLock(reports / LOCKS / f"{'.'.join(place.folders)}{suffix}.lock")
