"""All runs that stand in a reports folder, whatever became of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from portfolio.errors import ReportError, nearest
from portfolio.reports.store.address import FAILED, ISSUED, RUN_ID, Place
from portfolio.reports.store.seal import MANIFEST, read_json
from portfolio.reports.store.turns import STAGING, is_dead, owners

__all__ = ["FACTS", "ISSUE", "STATES", "Run", "find_run", "find_runs", "homes", "run_folders"]

ISSUE: Final = "issue.json"
STATES: Final = ("draft", "issued", "failed", "running", "killed")
"""What became of a run: killed is one whose process ended, and which no sweep has seen yet."""
FACTS: Final = (
    *("run_id", "state", "kind", "portfolio", "period", "scenario", "audience"),
    *("started", "finished", "status", "objective", "gap", "error", "owner", "data_date"),
    *("issued", "issued_by", "folder"),
)
"""What is told of a run in a list, None where it is not known."""


@dataclass(frozen=True)
class Run:
    """One run of a report.

    Attributes
    ----------
    run_id : str
    place : Place
        What it is of.
    state : str
        One of `STATES`.
    folder : Path
        Where it stands.
    manifest : dict
        What it says of itself; empty where it left no word.
    issue : dict
        Who issued it, and when; empty for one that is not issued.
    """

    run_id: str
    place: Place
    state: str
    folder: Path
    manifest: dict[str, Any] = field(default_factory=dict)
    issue: dict[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether it is published."""
        return self.state in ("draft", "issued")

    @property
    def home(self) -> Path:
        """The folder of its report."""
        return self.folder.parent if self.good else self.folder.parent.parent

    def facts(self) -> dict[str, Any]:
        """The run as plain JSON data: `FACTS`."""
        known = {
            **self.manifest,
            **self.place.facts(),
            "run_id": self.run_id,
            "state": self.state,
            "issued": self.issue.get("issued"),
            "issued_by": self.issue.get("by"),
            "folder": str(self.folder),
        }
        return {name: known.get(name) for name in FACTS}


def find_runs(reports: Path) -> list[Run]:
    """All runs, the newest first: published, failed, at work and killed.

    Parameters
    ----------
    reports : Path
        The reports folder; without one there are no runs.
    """
    found = [*_working(reports)]
    for home in homes(reports):
        found += [_published(folder) for folder in run_folders(home)]
        found += [_failed(folder) for folder in run_folders(home / FAILED)]
    return sorted(found, key=lambda run: run.run_id, reverse=True)


def find_run(reports: Path, name: str) -> Run:
    """One run, by its id, the first signs of it, or its folder.

    Parameters
    ----------
    reports : Path
    name : str

    Raises
    ------
    ReportError
        If there is none of that name, or several; with exit code 2.
    """
    runs = find_runs(reports)
    wanted = Path(name).name
    fitting = [run for run in runs if wanted and run.run_id.startswith(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ids = ", ".join(run.run_id for run in fitting)
        raise ReportError(f"Several runs begin with {wanted}: {ids}; write more of the id.", 2)
    hint = nearest(wanted, [run.run_id for run in runs]) if runs else "there are no runs"
    raise ReportError(f"There is no run {name} in {reports}; {hint}", 2)


def homes(reports: Path) -> Iterator[Path]:
    """The folders of all reports, in the order of the alphabet."""
    for home in sorted(reports.glob("[!.]*/*/*/*")):
        if home.is_dir() and not home.is_symlink():
            yield home


def run_folders(folder: Path) -> list[Path]:
    """The folders of runs in a home, or among its failed ones, the oldest first."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if RUN_ID.fullmatch(path.name) and path.is_dir())


def _published(folder: Path) -> Run:
    manifest = read_json(folder / MANIFEST)
    issue = read_json(folder.parent / ISSUED / folder.name / ISSUE)
    place = Place.of(manifest) or _place_of(folder.parent)
    return Run(folder.name, place, "issued" if issue else "draft", folder, manifest, issue)


def _failed(folder: Path) -> Run:
    manifest = read_json(folder / MANIFEST) or {"error": "It left no word."}
    place = Place.of(manifest) or _place_of(folder.parents[1])
    return Run(folder.name, place, "failed", folder, {"status": "failed", **manifest})


def _working(reports: Path) -> Iterator[Run]:
    for owner in owners(reports):
        state = "killed" if is_dead(reports, owner) else "running"
        manifest = {"started": owner.started, "status": state, "owner": str(owner)}
        folder = reports / STAGING / owner.run_id
        yield Run(owner.run_id, owner.place, state, folder, manifest)


def _place_of(home: Path) -> Place:
    """The place that the folders say, where a manifest says none."""
    portfolio, period, kind, scenario = home.parts[-4:]
    return Place(kind, portfolio, period, scenario)
