"""What the commands read and where they write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from portfolio.data.portfolio import Portfolio

__all__ = ["read", "writable"]


def read(data: Path, decimal: str, thousands: str) -> Portfolio:
    """The checked tables of DATA; numbers in them may be written with other signs."""
    from portfolio.data.read import read_portfolio

    try:
        return read_portfolio(data, decimal=decimal, thousands=thousands)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error


def writable(folder: Path) -> None:
    """Refuse a folder that could not be written to, before anything is solved for it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(13, "cannot be written to", str(folder))
