"""A run while it works: published whole at its end, or kept apart as failed."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from portfolio.errors import PortfolioError, ReportError
from portfolio.interrupts import ended_words, exit_code_of, interruptible, uninterrupted
from portfolio.reports.store.address import FAILED, Place, new_run_id
from portfolio.reports.store.seal import (
    HASHES,
    MANIFEST,
    lock_folder,
    read_json,
    replace_json,
    seal,
    sync,
    write_json,
)
from portfolio.reports.store.turns import STAGING, WORK, Owner, in_turn

__all__ = ["LATEST", "Staging", "keep_as_failed", "point_to", "stage"]

LATEST: Final = "latest.json"
_PATIENCE = 60.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Staging:
    """A run that is not published yet.

    Attributes
    ----------
    folder : Path
        Where the run works.
    run_id : str
        Its id.
    place : Place
        What it is of.
    facts : dict
        What the manifest will say, published or failed; add to it as things become known.
    published : Path or None
        Where it was published.
    """

    def __init__(self, reports: Path, run_id: str, started: datetime, place: Place) -> None:
        self.run_id = run_id
        self.place = place
        self.facts: dict[str, Any] = {}
        self.published: Path | None = None
        self._asked = place
        self._reports = reports
        self._started = started
        self._outer = reports / STAGING / run_id
        self.folder = self._outer / WORK

    def begin(self) -> None:
        """Make the run's folder, and say who runs it."""
        self._outer.mkdir(parents=True)
        Owner.me(self.run_id, self.place, self._started).write(self._outer)
        self.folder.mkdir()

    def identify(self, *, portfolio: str, period: str, scenario: str) -> None:
        """Say what the run is of, where that is known only after the data were read.

        Parameters
        ----------
        portfolio, period, scenario : str
            Names as they are in the data.
        """
        self.place = replace(self.place, portfolio=portfolio, period=period, scenario=scenario)

    def publish(self, manifest: Mapping[str, Any], required: Sequence[str]) -> Path:
        """Check the run and publish it by one rename.

        Parameters
        ----------
        manifest : mapping
            What to say about the run, beside `facts`.
        required : sequence of str
            Files that must be there and not be empty.

        Returns
        -------
        Path
            The published folder. It is read-only.

        Raises
        ------
        ReportError
            If a file is missing, or the reports folder cannot be written.
        Interrupted
            If a signal came meanwhile; the run is published, or not, all the same.
        """
        for name in required:
            path = self.folder / name
            if not path.is_file() or path.stat().st_size == 0:
                raise ReportError(f"The run left no {name}, so it is not published.")
        try:
            with uninterrupted(), ExitStack() as turn:
                if self.place.folders != self._asked.folders:  # the data called it otherwise
                    turn.enter_context(in_turn(self._reports, self.place, patience=_PATIENCE))
                return self._publish({**self.facts, **manifest})
        except OSError as error:
            raise ReportError(_sentence(self._reports, error)) from error

    def _publish(self, facts: Mapping[str, Any]) -> Path:
        home = self.place.home(self._reports)
        before = read_json(home / LATEST)
        previous = {name: before.get(name) for name in ("run_id", "seal")} if before else None
        manifest = self._manifest({**facts, "previous": previous}, state="published")
        write_json(self.folder / MANIFEST, manifest)
        own_seal = seal(self.folder)
        _make(home, self._reports)
        target = home / self.run_id
        self.folder.rename(target)
        self.published = target
        sync(self._outer)
        sync(home)
        lock_folder(target)
        point_to(home, self.run_id, manifest, own_seal)
        _discard(self._outer)
        return target

    def fail(self, error: BaseException) -> Path:
        """Keep the run apart as failed.

        Parameters
        ----------
        error : BaseException
            What went wrong.

        Returns
        -------
        Path
            Where it is kept.
        """
        said = str(error) if isinstance(error, PortfolioError) else _words(error)
        facts = {**self.facts, "status": "failed", "error": said}
        manifest = self._manifest(facts, state="failed")
        with uninterrupted():
            return keep_as_failed(self._reports, self.run_id, self.place, manifest)

    def _manifest(self, facts: Mapping[str, Any], *, state: str) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "state": state,
            **self.place.facts(),
            "started": self._started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            **facts,
        }


@contextmanager
def stage(reports: Path, place: Place) -> Iterator[Staging]:
    """A staging folder for one run; what is not published when it closes is kept as failed.

    Parameters
    ----------
    reports : Path
        The reports folder, made if it is not there.
    place : Place
        What the run is of, as far as known; see `Staging.identify`.

    Yields
    ------
    Staging
        The run.

    Raises
    ------
    ReportError
        If another run of the report is at work (exit code 75), the reports folder cannot be
        written, the run was not published, or a signal ended it (exit code 128 + its number).
    """
    from portfolio.reports.store.sweep import sweep

    reports = reports.absolute()
    started = datetime.now(UTC)
    run = Staging(reports, new_run_id(started), started, place)
    with interruptible(), ExitStack() as turn:
        try:
            try:
                turn.enter_context(in_turn(reports, place))
                sweep(reports, holding=place)
                run.begin()
            except OSError as error:
                raise ReportError(_sentence(reports, error)) from error
            yield run
            if run.published is None:
                raise ReportError(f"The run {run.run_id} ended without a report.")
        except BaseException as error:
            told = _ended(run, error)
            if told is error:
                raise
            raise told from error


def _ended(run: Staging, error: BaseException) -> BaseException:
    """Keep a run that was not published as failed, and say so; what went wrong is told first."""
    told = error
    if isinstance(error, KeyboardInterrupt):
        words = ended_words(error)
        when = " just when the report had been published" if run.published else ""
        told = ReportError(f"{words[:1].upper()}{words[1:]}{when}.", exit_code_of(error))
    if run.published is None and run.folder.is_dir():
        try:
            told.add_note(f"The failed run is kept in {run.fail(told)}")
        except OSError as problem:  # it stays in the staging folder, for the next run to sweep
            told.add_note(f"The failed run stays in {run.folder} ({problem.strerror})")
    return told


def keep_as_failed(reports: Path, run_id: str, place: Place, manifest: Mapping[str, Any]) -> Path:
    """Move a run from the staging folder to the failed ones of its report.

    Where the disk is too full even for the manifest, the run's own files make room: a failed run
    that says why is worth more than half of its files.

    Parameters
    ----------
    reports : Path
    run_id : str
    place : Place
    manifest : mapping
        What to say about the run.

    Returns
    -------
    Path
        Where it is kept.

    Raises
    ------
    OSError
        If it cannot be moved.
    """
    outer = reports / STAGING / run_id
    folder = outer / WORK
    for name in (MANIFEST, HASHES):  # of a run that was about to be published: read-only
        (folder / name).unlink(missing_ok=True)
    try:
        write_json(folder / MANIFEST, manifest)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _empty(folder)
        write_json(folder / MANIFEST, {**manifest, "dropped": "all files, as the disk is full"})
    target = place.home(reports) / FAILED / run_id
    _make(target.parent, reports)
    folder.rename(target)
    sync(target.parent)
    _discard(outer)
    return target


def point_to(home: Path, run_id: str, manifest: Mapping[str, Any], own_seal: str) -> None:
    """Make a published run the newest good one of its report."""
    facts = {key: manifest.get(key) for key in ("run_id", "finished", "status", "kind")}
    replace_json(home / LATEST, {"path": run_id, **facts, "seal": own_seal})


def _make(folder: Path, reports: Path) -> None:
    """Make a folder and those above it, each brought to the disk."""
    missing = []
    while not folder.is_dir() and folder != reports:
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync(path.parent)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _discard(outer: Path) -> None:
    # what cannot be removed now is removed by the next sweep
    with suppress(OSError):
        shutil.rmtree(outer)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _sentence(reports: Path, error: OSError) -> str:
    what = f" ({error.filename})" if error.filename else ""
    return f"The reports folder {reports} cannot be written: {error.strerror or error}{what}."
