"""What the index shows of each report: its state, its figures, and how they went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from portfolio.language import ENGLISH, mark
from portfolio.reports.store import Place, Run, find_runs
from portfolio.reports.store.address import ISSUED
from portfolio.reports.store.seal import read_json

__all__ = ["DUE_NOTE", "Entry", "Missed", "Shelf", "read_entries"]

DUE_NOTE: Final = "due.json"
"""What the last call of ``portfolio due`` found, beside the reports."""

_LONGEST_TREND = 12
_FILES: Final = {"pdf": mark("PDF"), "pptx": mark("slides"), "xlsx": mark("workbook")}


@dataclass(frozen=True)
class Missed:
    """A report that is due and could not be made.

    Attributes
    ----------
    due : str
        Since when, with its zone.
    why : str
    """

    due: str
    why: str


@dataclass(frozen=True)
class Entry:
    """One report: a kind, period and scenario of one portfolio, for one audience.

    Attributes
    ----------
    place : Place
    issued, draft : Run or None
        The newest issued run, and the newest draft that is newer than that.
    failed, running : Run or None
        The newest run, where it has failed, or is at work.
    older : tuple of Run
        All other good runs, the newest first.
    missed : Missed or None
    trend : tuple of (str, float)
        Period and value of the plan, up to this report, of the same kind, scenario and audience.
    """

    place: Place
    issued: Run | None = None
    draft: Run | None = None
    failed: Run | None = None
    running: Run | None = None
    older: tuple[Run, ...] = ()
    missed: Missed | None = None
    trend: tuple[tuple[str, float], ...] = ()

    @property
    def good(self) -> Run | None:
        """The run that stands for the report: what was issued, else the draft."""
        return self.issued or self.draft

    @property
    def figures(self) -> Mapping[str, Any]:
        """The figures of its good run; empty where there are none."""
        return figures_of(self.good)

    @property
    def states(self) -> tuple[str, ...]:
        """All that is true of it: issued, draft, failed, running, missed."""
        said = ("issued", "draft", "failed", "running", "missed")
        return tuple(name for name in said if getattr(self, name) is not None)


@dataclass(frozen=True)
class Shelf:
    """Everything that the index shows.

    Attributes
    ----------
    entries : tuple of Entry
        By portfolio and kind, then the newest period first.
    runs : int
        How many runs stand in the folder.
    called : dict
        What the last call of ``portfolio due`` found; empty where there was none.
    language : str
        Of the newest run, and so of the index.
    """

    entries: tuple[Entry, ...]
    runs: int
    called: Mapping[str, Any] = field(default_factory=dict)
    language: str = ENGLISH


def read_entries(reports: Path) -> Shelf:
    """Read what stands in a reports folder, from the manifests alone.

    Parameters
    ----------
    reports : Path
        The reports folder; without one there is nothing to show.
    """
    runs = find_runs(reports)
    called = read_json(reports / DUE_NOTE)
    of_place: dict[Place, list[Run]] = {}
    for run in runs:
        of_place.setdefault(run.place, []).append(run)
    missed = dict(_missed(called, of_place))
    places = [*of_place, *(place for place in missed if place not in of_place)]
    values = {place: _value(of_place.get(place, ())) for place in places}
    entries = [
        _entry(place, of_place.get(place, ()), missed.get(place), _trend(place, values))
        for place in places
    ]
    entries.sort(key=lambda e: (e.place.scenario, e.place.audience, e.place.language))
    entries.sort(key=lambda entry: entry.place.period, reverse=True)
    entries.sort(key=lambda entry: (entry.place.portfolio, entry.place.kind))
    newest = max(runs, key=lambda run: run.run_id, default=None)
    return Shelf(tuple(entries), len(runs), called, newest.place.language if newest else ENGLISH)


def figures_of(run: Run | None) -> Mapping[str, Any]:
    """The figures that a run's manifest says."""
    said = run.manifest.get("figures") if run else None
    return said if isinstance(said, dict) else {}


def further_files(run: Run) -> dict[str, Path]:
    """Further formats of a run: what each is called, and its file."""
    found = {name: run.folder / f"report.{ending}" for ending, name in _FILES.items()}
    return {name: path for name, path in found.items() if path.is_file()}


def page_of(run: Run) -> Path:
    """The page of a good run: the one that says issued, where it was."""
    if run.state == "issued":
        return run.home / ISSUED / run.run_id / "report.html"
    return run.folder / "report.html"


def _entry(
    place: Place, runs: Sequence[Run], missed: Missed | None, trend: tuple[tuple[str, float], ...]
) -> Entry:
    """One report from its runs, the newest first."""
    good = [run for run in runs if run.good]
    issued = next((run for run in good if run.state == "issued"), None)
    draft = good[0] if good and good[0] is not issued else None
    shown = [run for run in (issued, draft) if run]
    newest = runs[0] if runs else None
    return Entry(
        place,
        issued=issued,
        draft=draft,
        failed=newest if newest and newest.state in ("failed", "killed") else None,
        running=newest if newest and newest.state == "running" else None,
        older=tuple(run for run in good if run not in shown),
        missed=missed,
        trend=trend,
    )


def _value(runs: Sequence[Run]) -> float | None:
    good = [run for run in runs if run.good]
    run = next((run for run in good if run.state == "issued"), good[0] if good else None)
    value = figures_of(run).get("value")
    return float(value) if isinstance(value, int | float) else None


def _trend(place: Place, values: Mapping[Place, float | None]) -> tuple[tuple[str, float], ...]:
    same = [
        (other.period, value)
        for other, value in values.items()
        if value is not None
        and _row(other) == _row(place)
        and len(other.period) == len(place.period)
        and other.period <= place.period
    ]
    return tuple(sorted(same)[-_LONGEST_TREND:])


def _row(place: Place) -> tuple[str, ...]:
    return place.kind, place.portfolio, place.scenario, place.audience, place.language


def _missed(
    called: Mapping[str, Any], of_place: Mapping[Place, Sequence[Run]]
) -> Iterable[tuple[Place, Missed]]:
    """What the last call could not make, and nobody has made since."""
    rows = called.get("missing")
    for row in rows if isinstance(rows, list) else ():
        place = Place.of(row) if isinstance(row, dict) else None
        if place is None or not isinstance(row.get("due"), str):
            continue
        later = [
            run
            for run in of_place.get(place, ())
            if run.good and _at(run.manifest.get("finished")) > _at(called.get("done"))
        ]
        if not later:
            yield place, Missed(row["due"], str(row.get("told") or row.get("state")))


def _at(stamp: object) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(str(stamp))
    except ValueError:
        moment = dt.datetime.min
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
