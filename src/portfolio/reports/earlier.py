"""The issued reports that a report is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portfolio.data.calendar import label_frequency
from portfolio.errors import ReportError
from portfolio.reports.store import Place, Run, find_run
from portfolio.reports.store.issue import issues
from portfolio.reports.store.seal import MANIFEST, broken, read_json, seal_of

__all__ = ["NONE", "Earlier", "earlier_folders", "named", "read_earlier"]

NONE: Final = "none"
"""Asked for instead of a run: the report is compared with no earlier one."""

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


def earlier_folders(reports: Path, place: Place, since: str = "") -> list[Path]:
    """The runs that a report is compared with: of each period up to its own, what was issued last.

    Only reports of the same kind, portfolio, scenario and audience count, on periods of the same
    length, and with tables to compare.

    Parameters
    ----------
    reports : Path
        The reports folder.
    place : Place
        The report.
    since : str
        Another run to be the last of them, as `portfolio.reports.store.find_run` takes it: a draft,
        or one on another scenario; `NONE` for no comparison.

    Returns
    -------
    list of Path
        By period, the latest last; at most eleven.

    Raises
    ------
    ReportError
        If one of them is not as it was published: then nothing that is said to have changed since
        could be trusted. With exit code 2, if the run asked for cannot be compared with.
    """
    if since == NONE:
        return []
    asked = _asked(find_run(reports, since), place) if since else None
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
    if asked is not None:
        last = asked.place.period
        of_period = {period: folder for period, folder in of_period.items() if period < last}
        of_period[last] = asked.folder.resolve()
    found = [of_period[period] for period in sorted(of_period)][-_MOST:]
    for folder in found:
        faults = broken(folder)
        if faults:
            raise ReportError(
                f"This report would be compared with the run {folder.name}, which is not "
                f"whole: {faults[0]}. See portfolio reports verify."
            )
    return found


def _asked(run: Run, place: Place) -> Run:
    """A run that was asked for, if the report can be compared with it."""
    own = run.place
    same = {
        "kind": (own.kind, place.kind),
        "portfolio": (own.portfolio, place.portfolio),
        "audience": (own.audience, place.audience),
    }
    faults = [
        f"is of the {what} {one}, and not {two}" for what, (one, two) in same.items() if one != two
    ]
    if not run.good:
        faults = [f"is {run.state}: only a draft or an issued run has tables to compare"]
    elif not faults and label_frequency(own.period) != label_frequency(place.period):
        faults = [f"is of {own.period}, and {place.period} is a period of another length"]
    elif not faults and own.period > place.period:
        faults = [f"is of {own.period}, after {place.period}"]
    elif not faults and not (run.folder / "projects.csv").is_file():
        faults = ["has no table of projects"]
    if faults:
        words = " and ".join(faults)
        raise ReportError(
            f"since: the run {run.run_id} {words}; name another one, or {NONE} for no comparison.",
            2,
        )
    return run


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
