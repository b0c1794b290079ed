"""A folder brought to the disk whole, with a hash of every file, and checked against it later.

The hashes stand in ``SHA256SUMS``, so that ``sha256sum -c SHA256SUMS`` checks a run too, on a
machine that does not have the toolkit. The hash of that list is the run's seal: whoever has the
seal can tell any change, also one of the list itself. Later runs, issues and ``latest.json``
hold the seals of what stood before them.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from portfolio.errors import ReportError
from portfolio.reports.provenance import hash_file

__all__ = [
    "HASHES",
    "MANIFEST",
    "broken",
    "lock_folder",
    "read_json",
    "replace_json",
    "replace_text",
    "seal",
    "seal_of",
    "sync",
    "write_json",
]

HASHES: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)")
_READ_ONLY, _OPENED = 0o444, 0o555
# Left by macOS and Windows in a folder that somebody has only looked at, shares included: they
# show nothing of a report, and a check that calls each look a change is soon read by nobody.
_OF_FILE_BROWSERS = frozenset({".DS_Store", "Thumbs.db"})


def seal(folder: Path) -> str:
    """Write the hash list of a folder, and bring all that is in it to the disk, read-only.

    Parameters
    ----------
    folder : Path
        With its manifest, or whatever says what it is.

    Returns
    -------
    str
        The seal: the SHA-256 of the hash list.

    Raises
    ------
    ReportError
        If something in it is no plain file, or has a name that a list cannot hold.
    OSError
        If it cannot be written.
    """
    files = _plain_files(folder)
    lines = [f"{hash_file(path)}  {name}\n" for name, path in files.items()]
    text = "".join(lines)
    (folder / HASHES).write_text(text, encoding="utf-8", newline="\n")
    for path in (*files.values(), folder / HASHES):
        sync(path)
        _protect(path, _READ_ONLY)
    for path in (*_folders(folder), folder):
        sync(path)
    return sha256(text.encode()).hexdigest()


def lock_folder(folder: Path) -> None:
    """Take away the right to add and remove files; done last, since such a folder cannot move."""
    for path in (*_folders(folder), folder):
        _protect(path, _OPENED)


def seal_of(folder: Path) -> str:
    """The seal of a sealed folder; "" where it has no hash list."""
    try:
        return hash_file(folder / HASHES)
    except OSError:
        return ""


def broken(folder: Path) -> list[str]:
    """What is not as it was when the folder was sealed.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of str
        One phrase a fault, such as ``report.html was changed``; empty for a folder that is whole.
    """
    if folder.is_symlink():
        return ["is a link to another place"]
    try:
        text = (folder / HASHES).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [f"has no readable {HASHES} ({getattr(error, 'strerror', 'not text')})"]
    listed = {}
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            return [f"{HASHES} was changed: {line[:60]!r} is no line of a hash list"]
        listed[found[2]] = found[1]
    try:
        present = _plain_files(folder)
    except ReportError as error:
        return [str(error)]
    faults = [f"{name} is missing" for name in listed if name not in present]
    faults += [
        f"{name} was added"
        for name, path in present.items()
        if name not in listed and path.name not in _OF_FILE_BROWSERS
    ]
    for name, path in present.items():
        try:
            if name in listed and hash_file(path) != listed[name]:
                faults.append(f"{name} was changed")
        except OSError as error:
            faults.append(f"{name} cannot be read ({error.strerror})")
    return faults


def _plain_files(folder: Path) -> dict[str, Path]:
    """All files but the hash list, by their names in it."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise ReportError(f"The run holds {name}, which is no plain file.")
        if "\n" in name or "\\" in name:
            raise ReportError(f"The run holds {name!r}: a name with a line break or a backslash.")
        if path.is_file() and name != HASHES:
            files[name] = path
    return files


def _folders(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_dir()]


def _protect(path: Path, mode: int) -> None:
    # Shares of other systems know no modes; there the hashes alone must tell.
    with suppress(PermissionError, NotImplementedError):
        path.chmod(mode)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write an object as JSON, and bring it to the disk."""
    path.write_text(_json(content), encoding="utf-8")
    sync(path)


def replace_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a JSON file in one step: a reader finds the old content or the new one."""
    replace_text(path, _json(content))


def _json(content: Mapping[str, Any]) -> str:
    text = json.dumps(dict(content), indent=2, ensure_ascii=False, allow_nan=False, default=str)
    return text + "\n"


def replace_text(path: Path, text: str) -> None:
    """Replace a file in one step: a reader finds the old text or the new one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_text(text, encoding="utf-8")
        sync(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync(path.parent)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
