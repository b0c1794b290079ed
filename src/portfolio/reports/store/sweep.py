"""What killed runs leave behind: shown as failed, and pointers set right."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from portfolio.reports.store.address import Place
from portfolio.reports.store.runs import homes, run_folders
from portfolio.reports.store.seal import MANIFEST, broken, read_json, seal_of
from portfolio.reports.store.staging import LATEST, keep_as_failed, point_to
from portfolio.reports.store.turns import (
    OWNER,
    STAGING,
    WORK,
    Owner,
    idle_seconds,
    is_dead,
    is_free,
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
        if is_dead(reports, owner, holding=holding):
            with suppress(FileNotFoundError):  # another sweep was here first
                said.append(_bury(reports, owner))
    for folder in sorted((reports / STAGING).glob("*")):
        with suppress(FileNotFoundError):
            if not (folder / OWNER).exists() and idle_seconds(folder) > _UNKNOWN_SECONDS:
                shutil.rmtree(folder)
                said.append(f"{folder.name}: left over in the staging folder, removed.")
    return said


def _bury(reports: Path, owner: Owner) -> str:
    outer = reports / STAGING / owner.run_id
    if not (outer / WORK).is_dir():  # it died before it had anything, or when all was done
        shutil.rmtree(outer)
        mended = mend(owner.place.home(reports))
        return mended or f"{owner.run_id}: left over in the staging folder, removed."
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
    return f"{owner.run_id}: killed, kept as failed in {kept}."


def mend(home: Path) -> str:
    """Let ``latest.json`` name the newest good run, where a kill came between run and pointer.

    Returns
    -------
    str
        What was done; "" where nothing was to do.
    """
    pointed = str(read_json(home / LATEST).get("run_id", ""))
    if not (home / pointed / MANIFEST).is_file():
        pointed = ""
    newer = [folder for folder in run_folders(home) if folder.name > pointed]
    for folder in reversed(newer):
        if not broken(folder):
            point_to(home, folder.name, read_json(folder / MANIFEST), seal_of(folder))
            return f"{folder.name}: published, and now named by {LATEST} too."
    return ""


def sweep_all(reports: Path) -> list[str]:
    """As `sweep`, and `mend` for every report that nobody works on."""
    said = sweep(reports)
    for home in homes(reports):
        newest = run_folders(home)[-1:]
        place = Place.of(read_json(newest[0] / MANIFEST)) if newest else None
        if place is not None and is_free(reports, place):
            said.append(mend(home))
    return [one for one in said if one]
