"""Publish a run whole, or keep it apart as failed.

A run works in a staging folder inside the reports folder, on the same file system. Published, it
moves by one rename to ``<portfolio>/<period>/<kind>/<scenario>/<run-id>/``, its files read-only,
and then ``latest.json`` beside it is replaced. Killed at any moment, a reader sees the old report
or the new one. A run that fails moves to ``failed/<run-id>/`` in the same place; nothing points to
it, so it replaces nothing.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from portfolio.errors import PortfolioError, ReportError
from portfolio.reports.provenance import hash_file

__all__ = ["LATEST", "MANIFEST", "Staging", "new_run_id", "slug", "stage"]

LATEST = "latest.json"
MANIFEST = "manifest.json"
_STAGING = ".staging"
_FAILED = "failed"

_PERIOD = re.compile(r"\d{4}(Q[1-4]|-\d{2})?")
_LENGTH = 48
# names that Windows keeps for devices, and our own folder
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", _FAILED}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(10)}
)


def slug(text: str) -> str:
    """A safe folder name for any text; different texts get different names.

    Parameters
    ----------
    text : str
        A name from the data.

    Returns
    -------
    str
        The text itself where it is a period or plain lower-case letters, digits, ``-`` and ``_``;
        else what is left of it, with a hash of the text. Safe on file systems that ignore case.
    """
    if _PERIOD.fullmatch(text):
        return text
    safe = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")[:_LENGTH].rstrip("-_")
    # a text that looks hashed already, or like a period in lower case, could be another's name
    taken = re.search(r"-[0-9a-f]{8}$", text) or _PERIOD.fullmatch(text.upper())
    if safe == text and safe and not taken and safe not in _RESERVED:
        return safe
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe or 'x'}-{digest}"


def new_run_id(now: datetime) -> str:
    """An id for a run: ids sort by time, and two runs at the same moment differ.

    Parameters
    ----------
    now : datetime
        With its time zone.

    Returns
    -------
    str
        Such as ``20261123T172501123Z-9f3eab``: UTC to the millisecond and random digits.
    """
    if now.tzinfo is None:
        raise ValueError("a run id needs a time with its zone")
    utc = now.astimezone(UTC)
    return f"{utc:%Y%m%dT%H%M%S}{utc.microsecond // 1000:03d}Z-{secrets.token_hex(3)}"


class Staging:
    """A run that is not published yet.

    Attributes
    ----------
    folder : Path
        Where the run works.
    run_id : str
        Its id.
    facts : dict
        What the manifest will say, published or failed; add to it as things become known.
    published : Path or None
        Where it was published.
    """

    def __init__(self, reports: Path, run_id: str, started: datetime, **place: str) -> None:
        self.run_id = run_id
        self.folder = reports / _STAGING / run_id
        self.facts: dict[str, Any] = {}
        self.published: Path | None = None
        self._reports = reports
        self._started = started
        self._place = {"portfolio": "unknown", "period": "unknown", "scenario": "unknown", **place}

    def identify(self, *, portfolio: str, period: str, scenario: str) -> None:
        """Say what the run is of, where that is known only after the data were read.

        Parameters
        ----------
        portfolio, period, scenario : str
            Names as they are in the data.
        """
        self._place.update(portfolio=portfolio, period=period, scenario=scenario)

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
            The published folder. Its files are read-only.

        Raises
        ------
        ReportError
            If a file is missing, or the reports folder cannot be written.
        """
        for name in required:
            path = self.folder / name
            if not path.is_file() or path.stat().st_size == 0:
                raise ReportError(f"The run left no {name}, so it is not published.")
        try:
            home = self._home()
            target = home / self.run_id
            self._seal({**self.facts, **manifest}, state="published", read_only=True)
            home.mkdir(parents=True, exist_ok=True)
            self.folder.rename(target)
            self.published = target
            _sync(home)
            written = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
            latest = {key: written.get(key) for key in ("run_id", "finished", "status", "kind")}
            _replace(home / LATEST, {"path": self.run_id, **latest})
        except OSError as error:
            raise ReportError(_sentence(self._reports, error)) from error
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
        with suppress(OSError):  # on a full disk it is still moved, without its manifest
            self._seal({**self.facts, "status": "failed", "error": said}, state="failed")
        target = self._home() / _FAILED / self.run_id
        target.parent.mkdir(parents=True, exist_ok=True)
        return self.folder.rename(target)

    def _home(self) -> Path:
        parts = (self._place[key] for key in ("portfolio", "period", "kind", "scenario"))
        return self._reports.joinpath(*map(slug, parts))

    def _seal(self, facts: dict[str, Any], *, state: str, read_only: bool = False) -> None:
        """Write the manifest with a hash of every file, and bring all of it to the disk."""
        paths = sorted(self.folder.rglob("*"))
        strange = [
            path for path in paths if path.is_symlink() or not (path.is_file() or path.is_dir())
        ]
        if strange and read_only:
            raise ReportError(f"The run left {strange[0].name}, which is no plain file.")
        files = [path for path in paths if path.is_file() and not path.is_symlink()]
        files = [path for path in files if path != self.folder / MANIFEST]
        manifest = {
            "run_id": self.run_id,
            "state": state,
            **self._place,
            "started": self._started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            **facts,
            "files": {path.relative_to(self.folder).as_posix(): hash_file(path) for path in files},
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False, default=str)
        (self.folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        for path in (*files, self.folder / MANIFEST):
            _sync(path)
            if read_only:
                path.chmod(0o444)
        for path in (*(path for path in paths if path.is_dir()), self.folder):
            _sync(path)


@contextmanager
def stage(
    reports: Path,
    *,
    kind: str,
    portfolio: str = "unknown",
    period: str = "unknown",
    scenario: str = "unknown",
) -> Iterator[Staging]:
    """A staging folder for one run; what is not published when it closes is kept as failed.

    Parameters
    ----------
    reports : Path
        The reports folder, made if it is not there.
    kind : str
        Kind of the report, such as ``board``.
    portfolio, period, scenario : str
        What the run is of, as far as known; see `Staging.identify`.

    Yields
    ------
    Staging
        The run.

    Raises
    ------
    ReportError
        If the reports folder cannot be written, or the run was not published.
    """
    started = datetime.now(UTC)
    place = {"kind": kind, "portfolio": portfolio, "period": period, "scenario": scenario}
    run = Staging(reports.absolute(), new_run_id(started), started, **place)
    try:
        run.folder.mkdir(parents=True)
    except OSError as error:
        raise ReportError(_sentence(reports, error)) from error
    try:
        yield run
        if run.published is None:
            raise ReportError(f"The run {run.run_id} ended without a report.")
    except BaseException as error:
        if run.published is None:
            # the first error is the one to tell; on a full disk the rest stays in staging
            with suppress(OSError, ReportError):
                error.add_note(f"The failed run is kept in {run.fail(error)}")
        raise


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _sentence(reports: Path, error: OSError) -> str:
    what = f" ({error.filename})" if error.filename else ""
    return f"The reports folder {reports} cannot be written: {error.strerror or error}{what}."


def _replace(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_text(
            json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        _sync(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
