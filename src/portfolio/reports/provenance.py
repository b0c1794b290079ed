"""What a report was made from: hashes of the inputs, versions of the software."""

from __future__ import annotations

import platform
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from portfolio.errors import ReportError

__all__ = ["hash_file", "input_hashes", "versions"]

_PACKAGES = ("portfolio", "pandas", "highspy", "pulp", "papermill", "nbconvert", "altair")


def hash_file(path: Path) -> str:
    """SHA-256 of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def input_hashes(data: Path, *others: Path) -> dict[str, str]:
    """SHA-256 of each input file.

    Parameters
    ----------
    data : Path
        A folder of CSV files, or one file (a workbook, a database).
    others : Path
        More input files, such as the scenario.

    Returns
    -------
    dict of str to str
        By file name for the data; by ``scenario/<name>`` for the others.

    Raises
    ------
    ReportError
        If a file cannot be read.
    """
    try:
        tables = sorted(data.glob("*.csv")) if data.is_dir() else [data]
        hashes = {path.name: hash_file(path) for path in tables}
        return hashes | {f"scenario/{path.name}": hash_file(path) for path in others}
    except OSError as error:
        raise ReportError(f"{error.filename} cannot be read: {error.strerror}.") from error


def versions() -> dict[str, str]:
    """Versions of what makes a report.

    Returns
    -------
    dict of str to str
        By package, Python first; a package that is not installed is ``not installed``.
    """
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
