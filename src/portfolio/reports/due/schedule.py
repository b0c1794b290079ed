"""What is to be reported, and when: the content of a ``reports.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portfolio.reports.due.cadence import Cadence
from portfolio.reports.kinds import Kind
from portfolio.reports.parameters import JSON

__all__ = ["PERIOD", "Planned", "Schedule"]

PERIOD = "{period}"
"""Stands in a path for the label of the period reported."""


@dataclass(frozen=True)
class Planned:
    """One report that is to be made again and again.

    Attributes
    ----------
    name : str
        What it is called in the schedule.
    kind : Kind
    cadence : Cadence
    data : str
        Path of the data; may hold `PERIOD`.
    scenario : str
        Path of a scenario file, which may hold `PERIOD`; "" for the baseline.
    beside : tuple of str
        Such paths of further scenarios, where a report sets several side by side.
    notebook : str
        Path of another notebook than the kind's own; "" for that one.
    since : str
        The first period to report; "": none is made up for before the first that was made.
    catch_up : bool
        Whether periods that were missed are made up for, or only the newest is made.
    attempts : int
        How often a report that fails is tried for one period.
    formats : tuple of str
        Formats beside the page.
    parameters : mapping
        Parameters of the notebook.
    """

    name: str
    kind: Kind
    cadence: Cadence
    data: str
    scenario: str = ""
    beside: tuple[str, ...] = ()
    notebook: str = ""
    since: str = ""
    catch_up: bool = True
    attempts: int = 3
    formats: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = field(default_factory=dict)

    def data_of(self, period: str) -> Path:
        """Path of the data of a period."""
        return Path(self.data.replace(PERIOD, period))

    def scenario_of(self, period: str) -> Path | None:
        """Path of the scenario of a period; None for the baseline."""
        return Path(self.scenario.replace(PERIOD, period)) if self.scenario else None

    def beside_of(self, period: str) -> tuple[Path, ...]:
        """Paths of the further scenarios of a period."""
        return tuple(Path(one.replace(PERIOD, period)) for one in self.beside)


@dataclass(frozen=True)
class Schedule:
    """Everything that is to be reported.

    Attributes
    ----------
    path : Path
        The file.
    reports : Path
        Where reports are published.
    planned : tuple of Planned
        In the order of the file.
    keep : int or None
        How many drafts, and how many failed runs, each report keeps; None: all.
    """

    path: Path
    reports: Path
    planned: tuple[Planned, ...]
    keep: int | None = None
