"""What the commands read and where they write."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from portfolio.data.portfolio import Portfolio

__all__ = ["read", "savable", "writable"]

_SCENARIOS = (".yaml", ".yml")


def read(data: Path, decimal: str, thousands: str) -> Portfolio:
    """The checked tables of DATA; numbers in them may be written with other signs."""
    from portfolio.data.read import read_portfolio

    try:
        return read_portfolio(data, decimal=decimal, thousands=thousands)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error


def writable(folder: Path) -> None:
    """Refuse a folder that no result may be written to, before anything is solved for it."""
    from portfolio.result_tables import spare_data

    _made(folder, "--out")
    spare_data(folder)


def savable(file: Path) -> None:
    """Refuse a file that no scenario may be saved as, before anything is solved for it."""
    if file.suffix.lower() not in _SCENARIOS:
        raise click.BadParameter(
            f"'{file}' is not called as a scenario file is; name one that ends in .yaml.",
            param_hint="'--save'",
        )
    _made(file.parent, "--save")


def _made(folder: Path, option: str) -> None:
    """Make a folder where it is missing; one that cannot be written to is refused."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise click.BadParameter(
            f"the folder '{folder}' cannot be written to ({error.strerror or error}); "
            "name one in another place.",
            param_hint=f"'{option}'",
        ) from error
