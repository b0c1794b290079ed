"""Put a file or a folder where the user wants it: whole or not at all, and over nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portfolio.errors import DataError, Fault, PortfolioError

__all__ = ["new_file", "new_folder", "refuse"]


@contextmanager
def new_file(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a place to write to beside `path`, and rename it when all went well.

    Parameters
    ----------
    path : Path
        Where the file shall stand.
    overwrite : bool
        Whether a file that stands there may be replaced.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    DataError
        If the file is there already, or its folder is not.
    PortfolioError
        If the disk is full, or writing is not allowed.
    """
    _check_parent(path)
    if path.is_dir():
        refuse(path, "is a folder", "name a file")
    staged = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _check_absent(path, overwrite)
        yield staged
        _check_absent(path, overwrite)
        staged.replace(path)
    except OSError as problem:
        raise _unwritable(path, problem) from problem
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path, names: set[str], *, overwrite: bool) -> Iterator[Path]:
    """Give a folder to write files to, and move them to `path` when all went well.

    Parameters
    ----------
    path : Path
        Where the files shall stand; what else stands there is left alone.
    names : set of str
        Names of all files that belong together: none of them may stand there already,
        unless `overwrite`; those not written anew are then removed.
    overwrite : bool
        Whether files that stand there may be replaced.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    DataError
        If one of the files is there already, or the parent folder is not.
    PortfolioError
        If the disk is full, or writing is not allowed.
    """
    _check_parent(path)
    if path.exists() and not path.is_dir():
        refuse(path, "is a file", "name a folder")
    staged = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        standing = [name for name in sorted(names) if (path / name).exists()]
        if standing and not overwrite:
            remedy = "choose another folder, or say that it may be overwritten"
            refuse(path, f"holds {standing[0]} already", remedy)
        staged.mkdir()
        yield staged
        if not path.exists():
            staged.rename(path)
            return
        written = {file.name for file in staged.iterdir()}
        for name in sorted(written):
            (staged / name).replace(path / name)
        for name in standing:
            if name not in written:
                (path / name).unlink()
    except OSError as problem:
        raise _unwritable(path, problem) from problem
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def refuse(path: Path, rule: str, remedy: str) -> None:
    """Raise a `DataError` about a path that the user named."""
    raise DataError([Fault(str(path), None, "", "", rule, remedy)])


def _check_parent(path: Path) -> None:
    if not path.absolute().parent.is_dir():
        parent = str(path.parent)
        refuse(path, f"cannot be written: there is no folder {parent}", "make the folder first")


def _check_absent(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        remedy = "choose another name, or say that it may be overwritten"
        refuse(path, "is there already", remedy)


def _unwritable(path: Path, problem: OSError) -> PortfolioError:
    return PortfolioError(f"{path} cannot be written: {problem.strerror or problem}.")
