"""What commands that solve are asked: of which tables, under which scenario, solved how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.files import read
from portfolio.cli.options import DATA
from portfolio.cli.words import tell

if TYPE_CHECKING:
    from portfolio.data.portfolio import Portfolio
    from portfolio.models.outcome import Settings
    from portfolio.scenario import Scenario

__all__ = ["Asked", "asks"]

_SIGNS = ("decimal", "thousands")
_SOLVING = ("time_limit", "gap", "seed", "threads", "solver")


class Asked:
    """Tables, scenario and settings of a command, read when they are first wanted.

    Parameters
    ----------
    data : Path
    scenario : Path or None
        None for the baseline.
    signs : mapping
        How numbers are written: decimal and thousands.
    solving : mapping
        Arguments of `Settings`.
    """

    def __init__(
        self,
        data: Path,
        scenario: Path | None,
        signs: Mapping[str, str],
        solving: Mapping[str, Any],
    ) -> None:
        self._data, self._scenario, self._signs, self._solving = data, scenario, signs, solving

    @cached_property
    def portfolio(self) -> Portfolio:
        """The checked tables."""
        tell(f"reading {self._data}")
        return read(self._data, **self._signs)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario; the baseline where none is named."""
        from portfolio.scenario import Scenario, read_scenario

        return read_scenario(self._scenario) if self._scenario else Scenario()

    @cached_property
    def settings(self) -> Settings:
        """How models are solved."""
        from portfolio.models.outcome import Settings

        return Settings(**self._solving)


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """The argument DATA; with it, what options name or settle is handed over as an `Asked`.

    Those are the options of `scenario_file`, `notation`, `solving` and the solver's name.
    """

    @click.argument("data", type=DATA)
    @wraps(command)
    def asking(data: Path, scenario: Path | None = None, **given: Any) -> None:
        signs, solving = (
            {name: given.pop(name) for name in names if name in given}
            for names in (_SIGNS, _SOLVING)
        )
        command(Asked(data, scenario, signs, solving), **given)

    return asking
