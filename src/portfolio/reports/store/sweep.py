"""What killed runs leave behind: shown as failed, and pointers set right."""

from __future__ import annotations

import shutil
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

from portfolio.errors import ReportError
from portfolio.reports.store.address import ISSUED, Place
from portfolio.reports.store.issue import ISSUED_POINTER, point_to_issue
from portfolio.reports.store.runs import ISSUE, homes, run_folders
from portfolio.reports.store.seal import MANIFEST, broken, read_json, seal_of
from portfolio.reports.store.staging import LATEST, keep_as_failed, point_to
from portfolio.reports.store.turns import (
    OWNER,
    STAGING,
    WORK,
    Owner,
    idle_seconds,
    in_turn,
    is_free,
    is_told_dead,
    owners,
)

__all__ = ["mend", "sweep", "sweep_all"]

# What has no note of its owner is seconds old, or of a process that died before it wrote one.
_UNKNOWN_SECONDS = 3600


def sweep(reports: Path, *, holding: Place | None = None) -> list[str]:
    """Keep runs whose process died as failed, and remove what else is left over.

    Parameters
    ----------
    reports : Path
        The reports folder.
    holding : Place or None
        A report whose lock this process holds.

    Returns
    -------
    list of str
        What was done, a sentence each.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    said = []
    for owner in owners(reports):
        mine = owner.place == holding
        try:
            with nullcontext() if mine else in_turn(reports, owner.place, patience=0.0):
                if is_told_dead(reports, owner):
                    said += _bury(reports, owner)
        except ReportError:
            continue  # it works
        except PermissionError as error:
            said.append(f"{owner.run_id}: killed, and left for {owner.user} ({error.strerror}).")
    for folder in sorted((reports / STAGING).glob("*")):
        with suppress(FileNotFoundError):
            if not (folder / OWNER).exists() and idle_seconds(folder) > _UNKNOWN_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
                said.append(f"{folder.name}: left over in the staging folder, removed.")
    return said


def _bury(reports: Path, owner: Owner) -> list[str]:
    outer = reports / STAGING / owner.run_id
    if not outer.is_dir():  # another sweep was here first
        return []
    if not (outer / WORK).is_dir():  # it died before it had anything, or when all was done
        shutil.rmtree(outer)
        mended = mend(owner.place.home(reports))
        return mended or [f"{owner.run_id}: left over in the staging folder, removed."]
    manifest = {
        "run_id": owner.run_id,
        "state": "failed",
        **owner.place.facts(),
        "started": owner.started,
        "found": datetime.now(UTC).isoformat(timespec="seconds"),
        "status": "failed",
        "error": f"The run was killed: {owner} ended without a word.",
    }
    kept = keep_as_failed(reports, owner.run_id, owner.place, manifest)
    return [f"{owner.run_id}: killed, kept as failed in {kept}."]


def mend(home: Path) -> list[str]:
    """Let the pointers of a report name what is newest, where a kill came before they did.

    Parameters
    ----------
    home : Path
        The folder of the report.

    Returns
    -------
    list of str
        What was done, a sentence each.
    """
    said = []
    pointed = str(read_json(home / LATEST).get("run_id", ""))
    if not (home / pointed / MANIFEST).is_file():
        pointed = ""
    newer = [run for run in run_folders(home) if run.name > pointed and not broken(run)]
    if newer:
        point_to(home, newer[-1].name, read_json(newer[-1] / MANIFEST), seal_of(newer[-1]))
        said.append(f"{newer[-1].name}: published, and now named by {LATEST} too.")
    issued = max(run_folders(home / ISSUED), key=_when, default=None)
    named = read_json(home / ISSUED_POINTER).get("run_id")
    if issued is not None and named != issued.name and not broken(issued):
        point_to_issue(home, read_json(issued / ISSUE), seal_of(issued))
        said.append(f"{issued.name}: issued, and now named by {ISSUED_POINTER} too.")
    return said


def _when(issue: Path) -> str:
    return str(read_json(issue / ISSUE).get("issued"))


def sweep_all(reports: Path) -> list[str]:
    """As `sweep`, and `mend` for every report that nobody works on."""
    said = sweep(reports)
    for home in homes(reports):
        newest = run_folders(home)[-1:]
        place = Place.of(read_json(newest[0] / MANIFEST)) if newest else None
        if place is not None and is_free(reports, place):
            with in_turn(reports, place):
                said += mend(home)
    return said
