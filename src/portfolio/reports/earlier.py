"""The issued reports that a report is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portfolio.data.calendar import label_frequency
from portfolio.errors import ReportError
from portfolio.reports.store import Place
from portfolio.reports.store.issue import issues
from portfolio.reports.store.seal import MANIFEST, broken, read_json, seal_of

__all__ = ["Earlier", "earlier_folders", "named", "read_earlier"]

_MOST = 11


@dataclass(frozen=True)
class Earlier:
    """A report that was issued before.

    Attributes
    ----------
    period : str
        The period that it reports.
    run_id : str
    folder : Path
        Its published tables.
    """

    period: str
    run_id: str
    folder: Path


def earlier_folders(reports: Path, place: Place) -> list[Path]:
    """The runs that a report is compared with: of each period up to its own, what was issued last.

    Only reports of the same kind, portfolio, scenario and audience count, on periods of the same
    length, and with tables to compare.

    Parameters
    ----------
    reports : Path
        The reports folder.
    place : Place
        The report.

    Returns
    -------
    list of Path
        By period, the latest last; at most eleven.

    Raises
    ------
    ReportError
        If one of them is not as it was published: then nothing that is said to have changed since
        could be trusted.
    """
    of_period: dict[str, Path] = {}
    for issue in issues(reports, place):
        period, folder = issue.run.place.period, issue.run.folder
        if (
            issue.run.place.scenario == place.scenario
            and label_frequency(period) == label_frequency(place.period) != ""
            and period <= place.period
            and (folder / "projects.csv").is_file()
        ):
            of_period[period] = folder.resolve()
    found = [of_period[period] for period in sorted(of_period)][-_MOST:]
    for folder in found:
        faults = broken(folder)
        if faults:
            raise ReportError(
                f"This report would be compared with the issued run {folder.name}, which is not "
                f"whole: {faults[0]}. See portfolio reports verify."
            )
    return found


def named(folders: Sequence[Path]) -> list[dict[str, str]]:
    """The runs as a manifest names them: run_id, period and seal."""
    return [
        {"run_id": one.run_id, "period": one.period, "seal": seal_of(one.folder)}
        for one in map(read_earlier, folders)
    ]


def read_earlier(folder: Path) -> Earlier:
    """A published run, from its folder.

    Raises
    ------
    ReportError
        If there is none, with exit code 2.
    """
    manifest = read_json(folder / MANIFEST)
    place = Place.of(manifest)
    if place is None:
        raise ReportError(f"history: {folder} is no published run", 2)
    return Earlier(place.period, str(manifest.get("run_id")), folder)
